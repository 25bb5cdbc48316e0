/** What is done with versions: each act checks the table of states, and writes step, what is in force, and its event in one transaction. */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import type { Knowledge } from '../knowledge/table.ts';
import type { Who } from '../people/identify.ts';
import { conflict } from '../people/segregation.ts';
import { type Database, transaction } from '../platform/database.ts';
import { checkTexts } from './check.ts';
import type { Check, Ramp } from './contract.ts';
import { unreachedOf, within } from './ramp.ts';
import { bandOf } from './rate.ts';
import { institutionsOfBacktest, monthsOfBacktest, watchRate } from './rate-store.ts';
import {
  type Changed,
  insertRun,
  lastBacktest,
  type NewRun,
  scopeOfChange,
  supersedeReplays,
} from './run-store.ts';
import { markStanding } from '../screening/window-store.ts';
import { type Action, type Facts, mayAct, stateAfter, type VersionState } from './states-contract.ts';
import {
  type Activation,
  activationsOf,
  findVersion,
  insertActivation,
  insertStep,
  lockRules,
  type Mode,
  type Step,
  stepsOf,
  type StoredVersion,
} from './store.ts';

export interface LifeDeps {
  readonly database: Pick<Database, 'pool'>;
  /** The tables in force. */
  readonly knowledge: () => Knowledge;
  readonly asOf: () => number;
}

export interface ActOptions {
  readonly reason?: string;
  /** Of an activation; `null`: everywhere. */
  readonly ramp?: Ramp | null;
}

export type Acted =
  | {
      readonly ok: true;
      readonly version: StoredVersion;
      readonly state: VersionState;
      readonly replay: number | null;
      /** Places of the ramp where the backtest saw no institution. */
      readonly unreached: readonly string[];
    }
  | { readonly ok: false; readonly code: 'not_found' | 'not_allowed'; readonly reason: Message };

/** Acts that change by which rules the stream is judged. */
const changesForce: ReadonlySet<Action> = new Set(['shadow', 'activate', 'pause', 'retire', 'rollback']);

export async function act(
  deps: LifeDeps,
  who: Who,
  contentHash: string,
  action: Action,
  options: ActOptions = {},
): Promise<Acted> {
  const known = await findVersion(deps.database.pool, contentHash);
  if (known === null) return notFound;
  // Outside of the transaction: examples are judged, and the stream does not wait for that.
  const check = await checkOf(deps, known);
  return transaction(deps.database, async (client) => {
    if (changesForce.has(action)) await lockRules(client);
    await lockRule(client, known.code);
    const about = await aboutVersion(client, known);
    const verdict = mayAct(about.state, action, factsOf(about, check, who));
    if (!verdict.allowed) return { ok: false, code: 'not_allowed', reason: verdict.reason } as const;
    const { replay, event } = await apply(client, who.actor, about, action, options);
    await recordEvents(client, who.actor, [event]);
    const { ramp = null } = options;
    const unreached = action === 'activate' && ramp !== null ? await unreachedBy(client, about, ramp) : [];
    return { ok: true, version: known, state: verdict.to, replay, unreached } as const;
  });
}

/**
 * A rule whose hits are not what its backtest saw is taken off the stream by nobody's hand. @returns whether it was: it may be gone already
 * @param note runs in the same transaction, before the event
 */
export async function pauseAutomatically(
  database: Pick<Database, 'pool'>,
  actor: Actor,
  contentHash: string,
  note: (client: PoolClient, version: StoredVersion, state: VersionState) => Promise<void>,
): Promise<boolean> {
  const known = await findVersion(database.pool, contentHash);
  if (known === null) return false;
  return transaction(database, async (client) => {
    await lockRules(client);
    await lockRule(client, known.code);
    const about = await aboutVersion(client, known);
    if (about.state !== 'active' && about.state !== 'shadow') return false;
    const { event } = await apply(client, actor, about, 'pause', {}, true);
    await note(client, known, about.state);
    await recordEvents(client, actor, [event]);
    return true;
  });
}

const notFound: Acted = {
  ok: false,
  code: 'not_found',
  reason: { zh: '没有这个规则版本', en: 'There is no such version of a rule' },
};

/** Two people who act on one rule at once come one after the other. */
const lockRule = (client: PoolClient, code: string): Promise<unknown> =>
  client.query('SELECT FROM rule_version WHERE code = $1 ORDER BY content_hash FOR UPDATE', [code]);

export interface About {
  readonly version: StoredVersion;
  readonly steps: readonly Step[];
  readonly state: VersionState;
  readonly activations: readonly Activation[];
  /** What was in force before, and would be again after a rollback. */
  readonly previous: Activation | null;
  readonly backtest: number | null;
}

export async function aboutVersion(client: PoolClient, version: StoredVersion): Promise<About> {
  const steps = await stepsOf(client, version.content_hash);
  const activations = await activationsOf(client, version.code);
  const backtest = await lastBacktest(client, version.content_hash);
  return {
    version,
    steps,
    state: stateAfter(steps.map(({ action }) => action)),
    activations,
    previous: await previousOf(client, version.content_hash, activations),
    backtest: backtest === null ? null : Number(backtest.id),
  };
}

/** The last version that was in force and was replaced, not paused, retired or rolled back: what people took out stays out. */
async function previousOf(
  client: PoolClient,
  contentHash: string,
  activations: readonly Activation[],
): Promise<Activation | null> {
  for (const one of activations) {
    if (one.mode !== 'active' || one.content_hash === null || one.content_hash === contentHash) continue;
    const actions = (await stepsOf(client, one.content_hash)).map(({ action }) => action);
    if (actions.at(-1) === 'supersede' && stateAfter(actions) === 'retired') return one;
  }
  return null;
}

export function factsOf(about: About, check: Check, { actor, permissions }: Who): Facts {
  const { version, steps } = about;
  const written = [
    { action: 'rule.write', account: version.author },
    ...steps
      .filter(({ action }) => action === 'submit')
      .map(({ account }) => ({ action: 'rule.write', account })),
  ];
  const wrote = (account: string): boolean => conflict('rule.approve', account, written) !== null;
  return {
    permissions,
    isOwn: wrote(actor.account),
    isShipped: version.origin === 'shipped',
    lintClean: check.lint_clean,
    // Only a shipped rule may have come without any.
    examplesPass: check.examples_pass || version.examples === null,
    approvedByOther: steps.some(({ action, account }) => action === 'approve' && !wrote(account)),
    backtested: about.backtest !== null,
    hasPrevious: about.previous !== null,
  };
}

interface Applied {
  readonly replay: number | null;
  readonly event: AuditEvent;
}

async function apply(
  client: PoolClient,
  actor: Actor,
  about: About,
  action: Action,
  { reason, ramp = null }: ActOptions,
  automatic = false,
): Promise<Applied> {
  const { version, state } = about;
  const { content_hash: key, code } = version;
  const { account } = actor;
  const rule_code = code;
  const step = (contentHash: string, done: Step['action']): Promise<void> =>
    insertStep(client, contentHash, { action: done, account, reason: reason ?? null });
  const place = (mode: Mode, contentHash: string | null, where: Ramp | null = null): Promise<void> =>
    insertActivation(client, { code, mode, content_hash: contentHash, ramp: where, account });
  /** Another version that stands where this one will. */
  const replaced = (mode: Mode): string | null => {
    const held = about.activations.find((one) => one.mode === mode)?.content_hash ?? null;
    return held === key ? null : held;
  };
  const replay = (): Promise<number> => beginReplay(client, { subject: 'rule', code, account });
  const takeOut = async (): Promise<number | null> => {
    if (state === 'shadow') await place('shadow', null);
    if (state !== 'active') return null;
    await place('active', null);
    return replay();
  };
  await step(key, action);
  switch (action) {
    case 'submit':
      return { replay: null, event: { kind: 'rulebook.submitted', key, detail: { rule_code } } };
    case 'approve':
      return { replay: null, event: { kind: 'rulebook.approved', key, detail: { rule_code } } };
    case 'reject':
      return { replay: null, event: { kind: 'rulebook.rejected', key, detail: { rule_code } } };
    case 'shadow': {
      const other = replaced('shadow');
      if (other !== null) await step(other, 'supersede');
      await place('shadow', key);
      await watch(client, about, null);
      return { replay: null, event: { kind: 'rulebook.shadowed', key, detail: { rule_code } } };
    }
    case 'activate': {
      if (state === 'shadow') await place('shadow', null);
      const other = replaced('active');
      if (other !== null) await step(other, 'supersede');
      await place('active', key, ramp);
      await watch(client, about, ramp);
      const run = await replay();
      return {
        replay: run,
        event: { kind: 'rulebook.activated', key, detail: { rule_code, ramp, replay: run } },
      };
    }
    case 'pause': {
      const run = await takeOut();
      return {
        replay: run,
        event: { kind: 'rulebook.paused', key, detail: { rule_code, automatic, replay: run } },
      };
    }
    case 'retire': {
      const run = await takeOut();
      return { replay: run, event: { kind: 'rulebook.retired', key, detail: { rule_code, replay: run } } };
    }
    case 'rollback': {
      const { previous } = about;
      if (previous === null || previous.content_hash === null)
        throw new Error('a rollback was allowed that leads nowhere');
      await step(previous.content_hash, 'restore');
      await place('active', previous.content_hash, previous.ramp);
      const run = await replay();
      return {
        replay: run,
        event: {
          kind: 'rulebook.rolled_back',
          key,
          detail: { rule_code, restored: previous.content_hash, replay: run },
        },
      };
    }
  }
}

/**
 * After the commit what is stored is judged again: `active-service.ts` says why that is exact.
 * @param fromDay only persons with a claim on this day or later, as a day number; left out: everybody
 * @param changed where more changed than what the run is named after
 */
export async function beginReplay(
  client: PoolClient,
  {
    fromDay = null,
    changed,
    ...about
  }: Pick<NewRun, 'subject' | 'code' | 'account'> & {
    readonly fromDay?: number | null;
    readonly changed?: Changed;
  },
): Promise<number> {
  const { subject, code } = about;
  const left = await supersedeReplays(client);
  const own = await scopeOfChange(
    client,
    changed ?? (subject === 'rule' ? { rules: [code] } : { tables: [code] }),
  );
  const scope = left.every((one) => one.scope === own) ? own : 'all';
  if (subject === 'rule' && scope !== 'persons') await markStanding(client);
  return insertRun(client, {
    ...about,
    kind: 'replay',
    content_hash: null,
    base_hash: null,
    from_day: earliest([fromDay, ...left.map(({ from_day }) => from_day)]),
    scope,
  });
}

/** The days of all: `null` is every day. */
const earliest = (days: readonly (number | null)[]): number | null =>
  days.reduce((least, day) => (least === null || day === null ? null : Math.min(least, day)));

/** What people wrote is held against its backtest, of the places where it will hold. */
async function watch(client: PoolClient, { version, backtest }: About, ramp: Ramp | null): Promise<void> {
  if (version.origin !== 'written') return;
  const isWithin = ramp === null ? () => true : within(ramp);
  const months = backtest === null ? [] : await monthsOfBacktest(client, backtest, isWithin);
  await watchRate(client, version.content_hash, bandOf(months));
}

/** A backtest that saw nobody, and a shipped rule without one, say nothing of who there is. */
async function unreachedBy(client: PoolClient, { backtest }: About, ramp: Ramp): Promise<string[]> {
  const known = backtest === null ? [] : await institutionsOfBacktest(client, backtest);
  return known.length === 0 ? [] : unreachedOf(ramp, known);
}

/** A content never changes, and tables are named: what was checked once is remembered. */
const remembered = new Map<string, Check>();
const rememberedMax = 500;

export async function checkOf(
  { knowledge: inForce, asOf }: Pick<LifeDeps, 'knowledge' | 'asOf'>,
  version: Pick<StoredVersion, 'content_hash' | 'code' | 'document' | 'examples'>,
): Promise<Check> {
  const knowledge = inForce();
  const name = `${version.content_hash} ${knowledge.version} ${asOf()}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const { document, examples, code } = version;
  const { check } = await checkTexts({ document, examples: examples ?? 'null' }, code, knowledge, asOf());
  remembered.set(name, check);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= rememberedMax) break;
    remembered.delete(oldest);
  }
  return check;
}
