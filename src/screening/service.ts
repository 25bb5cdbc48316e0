/** Screens what waits in the database. The only caller is the worker of the screening queue. */
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import type { Vault } from '../vault/vault.ts';
import { screeningActor } from './actor.ts';
import { type Met, retrySetAside } from './held-store.ts';
import {
  carriersOf,
  type Change,
  codesOf,
  codesWithoutReading,
  companyOf,
  keyOfChange,
  lockPersons,
  neighbourhoodOf,
  type Revision,
  revisionsOfBatches,
  revisionsOfPersons,
  salesElsewhere,
} from './neighbours.ts';
import { type AsideReport, type PartsReport, screenInParts, takeApart } from './parts-service.ts';
import { inForce, type Rules } from './in-force.ts';
import { planForFewRows } from './plans.ts';
import { reachOf } from './reach.ts';
import { noteForWindows } from './window-service.ts';
import type { Finding } from './contract.ts';
import { type Alarm, engineVersion } from './screen.ts';
import { byPerson, screenPersons } from './screen-all.ts';
import {
  batchesAnswered,
  batchState,
  beginBatch,
  beginOthers,
  type FindingChanges,
  lockBatch,
  lockWaiting,
  markScreened,
  retryFailed,
  writeFindings,
  writeUndecided,
} from './store.ts';

export interface Judgement extends FindingChanges {
  /** Claims whose verdicts were looked at again, and documents read to do so. */
  readonly judged: number;
  readonly read: number;
  readonly alarms: readonly Alarm[];
  /** Of a batch that was screened as a whole: for whoever looks at the same claims by other rules afterwards. */
  readonly seen?: Seen;
}

/** What was read and judged. */
export interface Seen {
  readonly judged: readonly Change[];
  readonly documents: readonly Revision[];
  readonly elsewhere: readonly Revision[];
  readonly findings: readonly Finding[];
}

export interface BatchReport extends Judgement {
  /** `already`: it was screened before; `in_hand`: somebody else is at it; `unknown`: there is no such batch. */
  readonly outcome: 'screened' | 'already' | 'in_hand' | 'unknown' | PartsReport<Judgement>['outcome'];
  /** The batches that were screened: this one, and others that waited beside it. */
  readonly screened: readonly number[];
  /** Claims that could not be screened: the others went on. */
  readonly setAside: readonly AsideReport[];
}

/** A batch that was begun so often, and killed whoever began it, is screened in parts. */
const deathsMax = 2;

/**
 * Small batches that wait are screened together, up to so many claims: what a batch costs beside its claims is paid once, so a stream of small
 * uploads does not fall behind. Of more than these at once so much lives so long that collecting it costs more than is saved.
 */
const togetherClaims = 1_000;
const togetherBatchesMax = 200;

/** One round where a batch touches only its own persons, a second where it touches more; others only while settlements move between persons. */
const lockRoundsMax = 10;

const nothing = { judged: 0, read: 0, created: 0, changed: 0, withdrawn: 0, alarms: [] } as const;

/**
 * Judges again every claim whose verdict the batch can change, and no other, and writes findings, undecided claims and the state of the
 * batch in one transaction. A second delivery changes nothing. The persons stay locked until the commit, and everything known of them –
 * waiting in other batches too – is read after the lock, so whoever comes last has seen everything.
 *
 * A batch that was taken apart, because it failed as a whole again and again or kills its workers, is screened in parts (`parts-service.ts`).
 *
 * @param togetherClaimsMax other batches that wait are screened with it while all of them hold no more claims than these; 0: it goes alone
 */
export async function screenBatch(
  database: Database,
  vault: Vault,
  rules: Rules,
  batchId: number,
  togetherClaimsMax: number = togetherClaims,
): Promise<BatchReport> {
  const begun = await beginBatch(database, batchId);
  if (begun === null) {
    const outcome = (
      { screened: 'already', waiting: 'in_hand', failed: 'in_hand', none: 'unknown' } as const
    )[(await batchState(database, batchId)) ?? 'none'];
    return { outcome, screened: [], setAside: [], ...nothing };
  }
  if (begun.begun > deathsMax) await takeApart(database, batchId, 'ones');
  const report =
    (begun.begun === 1
      ? await screenWithOthers(database, rules, batchId, togetherClaimsMax - begun.claims)
      : null) ?? (await screenWhole(database, rules, batchId));
  if (report !== null) return { ...report, setAside: [] };
  const { verdicts, ...rest } = await screenInParts(database, await vault.keys(), batchId, {
    versions: versionsOf(inForce(rules).current()),
    judge: async (client, own, onMet) => {
      await planForFewRows(client);
      return judgeRevisions(client, await inForce(rules).hold(client), own, { onMet });
    },
  });
  const screened = rest.outcome === 'screened_in_parts' ? [batchId] : [];
  return { ...verdicts.reduce(sumOf, nothing), ...rest, screened };
}

/**
 * A worker begins: by which rules is on record from now on, and what failed under earlier ones is tried again.
 * @returns how many claims that had been set aside are tried again
 */
export async function beginWork(database: Database, ruleSet: RuleSet, concurrency: number): Promise<number> {
  return transaction(database, async (client) => {
    const { claims, events } = await tryFailedAgain(client, ruleSet);
    const rules = ruleSet.rules.length;
    await recordEvents(client, screeningActor, [
      {
        kind: 'screening.worker_started',
        key: ruleSet.version,
        detail: { engine: engineVersion, rules, concurrency },
      },
      ...events,
    ]);
    return claims;
  });
}

/** Other rules are in force: what failed under the former ones may well succeed under these. */
export async function retryUnderOtherRules(
  database: Pick<Database, 'pool'>,
  ruleSet: RuleSet,
): Promise<void> {
  await transaction(database, async (client) => {
    const { events } = await tryFailedAgain(client, ruleSet);
    await recordEvents(client, screeningActor, events);
  });
}

async function tryFailedAgain(
  client: PoolClient,
  ruleSet: RuleSet,
): Promise<{ readonly claims: number; readonly events: readonly AuditEvent[] }> {
  const batches = await retryFailed(client);
  const claims = await retrySetAside(client, versionsOf(ruleSet));
  if (batches + claims === 0) return { claims, events: [] };
  return {
    claims,
    events: [{ kind: 'screening.retried', key: ruleSet.version, detail: { batches, claims } }],
  };
}

export const versionsOf = (ruleSet: RuleSet) => ({ engine: engineVersion, ruleSet: ruleSet.version });

type WholeReport = Omit<BatchReport, 'setAside'>;

/**
 * Screens the batch together with others that wait. A batch that was begun before goes alone, and so does each of them after they failed
 * together: whose fault it is shows then. That nobody answered for them counts for each, so what kills does so together with others once.
 * @returns `null`: the batch has to go alone
 */
async function screenWithOthers(
  database: Database,
  rules: Rules,
  batchId: number,
  claimsMax: number,
): Promise<WholeReport | null> {
  if (claimsMax <= 0) return null;
  const others = await beginOthers(database, batchId, claimsMax, togetherBatchesMax);
  if (others.length === 0) return null;
  let report: WholeReport | null = null;
  try {
    report = await screenTogether(database, rules, batchId, others);
  } catch {
    // Found again, and reported, where it goes alone.
  }
  if (report?.outcome !== 'screened') await batchesAnswered(database, others);
  return report;
}

/** @returns `null` when the batch is screened in parts */
async function screenWhole(database: Database, rules: Rules, batchId: number): Promise<WholeReport | null> {
  try {
    return await screenTogether(database, rules, batchId, []);
  } catch (error) {
    // Where even this cannot be written, it counts as a death: then the batch is screened in parts sooner, and that is all.
    await batchesAnswered(database, [batchId]).catch(() => undefined);
    throw error;
  }
}

async function screenTogether(
  database: Database,
  rules: Rules,
  batchId: number,
  others: readonly number[],
): Promise<WholeReport | null> {
  return transaction(database, async (client) => {
    await planForFewRows(client);
    const ruleSet = await inForce(rules).hold(client);
    const batch = await lockBatch(client, batchId);
    if (batch === null) return { outcome: 'unknown', screened: [], ...nothing };
    if (batch.state === 'screened') return { outcome: 'already', screened: [], ...nothing };
    if (batch.in_parts) return null;
    const screened = [batchId, ...(others.length === 0 ? [] : await lockWaiting(client, others))];
    const report = await judgeRevisions(client, ruleSet, await revisionsOfBatches(client, screened));
    await markScreened(client, screened);
    return { outcome: 'screened', screened, ...report };
  });
}

function sumOf(a: Judgement, b: Judgement): Judgement {
  const hits = { ...a.hits };
  for (const [code, count] of Object.entries(b.hits ?? {})) hits[code] = (hits[code] ?? 0) + count;
  return {
    judged: a.judged + b.judged,
    read: a.read + b.read,
    created: a.created + b.created,
    changed: a.changed + b.changed,
    withdrawn: a.withdrawn + b.withdrawn,
    alarms: [...a.alarms, ...b.alarms],
    hits,
  };
}

/**
 * Judges everything that is known of these persons again, in one transaction.
 * @param scope `persons`: no rule over windows says anything else than before; `windows`: no other rule does, and days are judged later
 */
export async function screenPersonsAgain(
  database: Database,
  rules: Rules,
  persons: readonly string[],
  scope: 'persons' | 'windows' | 'all' = 'all',
): Promise<Judgement> {
  return transaction(database, async (client) => {
    await planForFewRows(client);
    const ruleSet = await inForce(rules).hold(client);
    const known = await revisionsOfPersons(client, persons);
    if (scope === 'windows') {
      await noteForWindows(client, ruleSet, known);
      return { ...nothing, judged: known.length };
    }
    const { seen: _seen, ...judgement } = await judgeRevisions(client, ruleSet, known, {
      notes: scope === 'all',
    });
    return judgement;
  });
}

/**
 * Locks the persons that these revisions touch, and judges again every claim whose verdict they can change.
 * Where they may say something new to rules over windows, that is noted.
 */
export async function judgeRevisions(
  client: PoolClient,
  ruleSet: RuleSet,
  own: readonly Revision[],
  { onMet = async () => {}, notes = true }: JudgeOptions = {},
): Promise<Judgement> {
  const { changes, sharing, sole } = await lockTouched(client, own, onMet);
  const reach = reachOf(ruleSet);
  const { near, documents } = await neighbourhoodOf(client, changes, sharing, reach, sole);
  const concerned = new Map([...changes, ...sharing, ...near].map((change) => [keyOfChange(change), change]));
  const codes = codesOf([...near, ...sharing]);
  await onMet({ codes });
  const elsewhere = await salesElsewhere(client, codes, documents);
  const psnNoOf = ({ psn_no }: Revision): string => psn_no;
  const verdicts = await screenPersons(
    byPerson(documents, psnNoOf),
    byPerson(elsewhere, psnNoOf),
    ruleSet,
    (key) => concerned.has(key),
  );
  const written = await writeFindings(
    client,
    [...concerned.values()],
    verdicts.flatMap(({ findings }) => findings),
  );
  await writeUndecided(
    client,
    [...concerned.values()],
    verdicts.flatMap(({ undecided }) => undecided),
  );
  if (notes) await noteForWindows(client, ruleSet, changes);
  return {
    judged: concerned.size,
    read: documents.length + elsewhere.length,
    ...written,
    alarms: verdicts.flatMap(({ alarms }) => alarms),
    seen: {
      judged: [...concerned.values()],
      documents,
      elsewhere,
      findings: verdicts.flatMap(({ findings }) => findings),
    },
  };
}

type OnMet = (met: Met) => Promise<void>;

interface JudgeOptions {
  /** Runs whenever persons were locked, before anything of them is read, and before claims elsewhere with their codes are. */
  readonly onMet?: OnMet;
  /** `false`: the revisions are not new, and nothing is noted for rules over windows. */
  readonly notes?: boolean;
}

interface Touched {
  /** What the revisions change, with everything that refunds ties to them. */
  readonly changes: readonly Revision[];
  /** Claims of anybody that carry one of their trace codes: their verdicts on resale may change. */
  readonly sharing: readonly Revision[];
  readonly sole: readonly Revision[];
}

/**
 * Locks every person these revisions touch, and says what they touch as seen under these locks: while one waits for a lock, a settlement can
 * move to a person who is not locked yet. Whatever is committed later has a batch of its own that needs one of these locks.
 *
 * When more persons turn out to be touched, all are let go and locked again together: locks taken one round after the other would be out of
 * order, and batches that share trace codes would wait for each other in rings.
 */
async function lockTouched(client: PoolClient, own: readonly Revision[], onMet: OnMet): Promise<Touched> {
  const persons = new Set(own.map(({ psn_no }) => psn_no));
  await client.query('SAVEPOINT unlocked');
  for (let round = 0; round < lockRoundsMax; round += 1) {
    if (round > 0) await client.query('ROLLBACK TO SAVEPOINT unlocked');
    const locked = [...persons].sort();
    await lockPersons(client, locked);
    await onMet({ persons: locked });
    const { sole, held, companions } = await companyOf(client, own);
    const touched = [...own, ...companions];
    const codes = codesOf(held.length === 0 ? touched : touched.filter((one) => !held.includes(one)));
    for (const code of await codesWithoutReading(client, held)) codes.add(code);
    const sharing = await carriersOf(client, codes, touched);
    for (const { psn_no } of [...touched, ...sharing]) persons.add(psn_no);
    if (persons.size === locked.length) return { changes: touched, sharing, sole };
  }
  throw new Error(
    `the persons of ${own.length} revisions changed ${lockRoundsMax} times while they were being locked`,
  );
}
