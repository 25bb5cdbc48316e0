/** What the pages about rules show, put together from several stores. */
import type { RulesInForce } from '../screening/in-force.ts';
import { transaction } from '../platform/database.ts';
import type { ActiveRules } from './active-service.ts';
import { samplesOf, sumsOf } from './backtest-store.ts';
import type {
  Diff,
  Draft,
  RuleHistory,
  RulebookList,
  RunDetail,
  Sums,
  VersionDetail,
  VersionRow,
} from './contract.ts';
import { changesBetween } from './diff.ts';
import { checkDraft } from './draft-service.ts';
import { listDrafts, type StoredDraft } from './draft-store.ts';
import { aboutVersion, checkOf, factsOf, type LifeDeps } from './life-service.ts';
import type { Who } from '../people/identify.ts';
import { bandFactor, bandOf, windowClaims } from './rate.ts';
import { findRate, monthsOfBacktest } from './rate-store.ts';
import { findRun, lastBacktest, listRuns } from './run-store.ts';
import { shadowSums } from './shadow-store.ts';
import {
  type Action,
  actions,
  type Facts,
  mayAct,
  stateAfter,
  type VersionState,
} from './states-contract.ts';
import {
  activationsOf,
  documentOf,
  examplesOf,
  findVersion,
  listVersions,
  placedVersions,
  stepsOf,
  type StoredVersion,
} from './store.ts';

const ruleRunsMax = 20;
const shadowSamplesMax = 20;

export const rowOf = (version: StoredVersion, state: VersionState): VersionRow => ({
  content_hash: version.content_hash,
  code: version.code,
  version: version.version,
  name: documentOf(version).name,
  state,
  origin: version.origin,
  author: version.author,
  based_on: version.based_on,
  created_at: version.created_at.toISOString(),
});

const draftRowOf = ({ code, author, based_on, updated_at }: Omit<StoredDraft, 'document' | 'examples'>) => ({
  code,
  author,
  based_on,
  updated_at: updated_at.toISOString(),
});

export async function rulebookList(
  { database: { pool } }: LifeDeps,
  rules: Pick<ActiveRules, 'current' | 'generation'>,
): Promise<RulebookList> {
  const [versions, placed, drafts] = await Promise.all([
    listVersions(pool, null),
    placedVersions(pool, null),
    listDrafts(pool, null),
  ]);
  const inForce = (code: string, mode: 'active' | 'shadow') => {
    const one = placed.find((each) => each.code === code && each.mode === mode);
    if (one === undefined || one.version === null) return null;
    const { content_hash, version } = one.version;
    return { content_hash, version, ramp: one.ramp, account: one.account, at: one.at.toISOString() };
  };
  const byCode = new Map<string, typeof versions>();
  for (const version of versions) byCode.set(version.code, [...(byCode.get(version.code) ?? []), version]);
  return {
    generation: rules.generation(),
    rule_set: rules.current().version,
    rules: [...byCode].flatMap(([code, list]) => {
      const [latest] = list;
      if (latest === undefined) return [];
      const row = rowOf(latest, stateAfter(latest.steps));
      return [
        {
          code,
          name: row.name,
          active: inForce(code, 'active'),
          shadow: inForce(code, 'shadow'),
          latest: row,
          versions: list.length,
        },
      ];
    }),
    drafts: drafts.map(draftRowOf),
  };
}

/** `null`: neither a version nor a draft has this code. */
export async function ruleHistory(deps: LifeDeps, who: Who, code: string): Promise<RuleHistory | null> {
  const { pool } = deps.database;
  const [versions, activations, drafts, runs] = await Promise.all([
    listVersions(pool, code),
    activationsOf(pool, code),
    listDrafts(pool, code),
    listRuns(pool, code, ruleRunsMax),
  ]);
  if (versions.length + drafts.length === 0) return null;
  const held = activations.find(({ mode }) => mode === 'active')?.content_hash ?? null;
  const active = versions.find(({ content_hash }) => content_hash === held);
  return {
    code,
    versions: versions.map((version) => rowOf(version, stateAfter(version.steps))),
    activations: activations.map(({ code: _code, at, ...one }) => ({ ...one, at: at.toISOString() })),
    drafts: drafts.map(draftRowOf),
    runs,
    may_roll_back:
      active === undefined
        ? { action: 'rollback', allowed: false, reason: { zh: '没有在用的版本', en: 'No version is active' } }
        : ((await actionsOf(deps, who, active)).find(({ action }) => action === 'rollback') ?? {
            action: 'rollback',
            allowed: false,
            reason: null,
          }),
  };
}

type ActionVerdict = VersionDetail['actions'][number];

async function actionsOf(deps: LifeDeps, who: Who, version: StoredVersion): Promise<ActionVerdict[]> {
  const check = await checkOf(deps, version);
  return transaction(deps.database, async (client) => {
    const about = await aboutVersion(client, version);
    const facts = factsOf(about, check, who);
    return actions.map((action) => verdictOf(about.state, action, facts));
  });
}

function verdictOf(state: VersionState, action: Action, facts: Facts): ActionVerdict {
  const verdict = mayAct(state, action, facts);
  return { action, allowed: verdict.allowed, reason: verdict.allowed ? null : verdict.reason };
}

export async function versionDetail(
  deps: LifeDeps,
  who: Who,
  contentHash: string,
): Promise<VersionDetail | null> {
  const { pool } = deps.database;
  const version = await findVersion(pool, contentHash);
  if (version === null) return null;
  const [steps, activations, rate, backtest, shadow, check, verdicts] = await Promise.all([
    stepsOf(pool, contentHash),
    activationsOf(pool, version.code),
    findRate(pool, contentHash),
    lastBacktest(pool, contentHash),
    shadowSums(pool, contentHash, shadowSamplesMax),
    checkOf(deps, version),
    actionsOf(deps, who, version),
  ]);
  const active = activations.find(({ mode }) => mode === 'active');
  const wasInShadow = steps.some(({ action }) => action === 'shadow');
  return {
    ...rowOf(version, stateAfter(steps.map(({ action }) => action))),
    document: documentOf(version),
    examples: examplesOf(version),
    check,
    steps: steps.map((step) => ({ ...step, at: step.at.toISOString() })),
    actions: verdicts,
    ramp: active?.content_hash === contentHash ? active.ramp : null,
    backtest,
    rate: rate === null ? null : rateOfDetail(rate),
    shadow: wasInShadow ? { ...shadow, samples: [...shadow.samples] } : null,
  };
}

const rateOfDetail = ({
  content_hash: _hash,
  ...rate
}: NonNullable<Awaited<ReturnType<typeof findRate>>>): NonNullable<VersionDetail['rate']> => ({
  ...rate,
  factor: bandFactor,
  window_claims_max: windowClaims,
});

export async function diffOf(
  { database: { pool } }: LifeDeps,
  from: string,
  to: string,
): Promise<Diff | null> {
  const [before, after] = await Promise.all([findVersion(pool, from), findVersion(pool, to)]);
  if (before === null || after === null) return null;
  const stateOf = async (hash: string): Promise<VersionState> =>
    stateAfter((await stepsOf(pool, hash)).map(({ action }) => action));
  return {
    from: rowOf(before, await stateOf(from)),
    to: rowOf(after, await stateOf(to)),
    changes: changesBetween(documentOf(before), documentOf(after)),
    examples_changed: before.examples !== after.examples,
  };
}

export const draftDetail = async (
  deps: LifeDeps & { readonly rules: RulesInForce },
  draft: StoredDraft,
): Promise<Draft> => ({
  ...draftRowOf(draft),
  document: draft.document,
  examples: draft.examples,
  check: await checkDraft(deps, draft),
});

const noLabels = {
  labelled: 0,
  precision: null,
  note: {
    zh: '回测不计复核结论，各版本的准确率另见复核统计',
    en: 'no label: those of reviews stand with the versions that found what was reviewed',
  },
} as const;

export async function runDetail({ database: { pool } }: LifeDeps, id: number): Promise<RunDetail | null> {
  const run = await findRun(pool, id);
  if (run === null) return null;
  if (run.kind === 'replay') return { run, results: null };
  const [all, institutions, months, counts] = await Promise.all([
    sumsOf(pool, id, 'all'),
    sumsOf(pool, id, 'fixmedins_code'),
    sumsOf(pool, id, 'month'),
    monthsOfBacktest(pool, id, () => true),
  ]);
  const [fresh, lost, same] = await Promise.all([
    samplesOf(pool, id, 'new'),
    samplesOf(pool, id, 'lost'),
    samplesOf(pool, id, 'same'),
  ]);
  return {
    run,
    results: {
      total: all[0] === undefined ? nothingSummed : sumsOnly(all[0]),
      by_institution: institutions.map(({ place, ...sums }) => ({ ...sums, fixmedins_code: place })),
      by_month: months.map(({ place, ...sums }) => ({ ...sums, month: place })),
      band: bandOf(counts),
      // Findings have no outcome before there are cases; the field stands so that nobody takes silence for certainty.
      precision: noLabels,
      samples: { new: fresh, lost, same },
    },
  };
}

const sumsOnly = ({ place: _place, ...sums }: Sums & { readonly place: string }): Sums => sums;
const nothingSummed: Sums = {
  claims: 0,
  new: { findings: 0, amount: '0.00' },
  lost: { findings: 0, amount: '0.00' },
  same: { findings: 0, amount: '0.00', amount_before: '0.00', changed: 0 },
  rate: null,
  rate_before: null,
};
