/**
 * Backtests and replays: walks over all persons. A run is divided into ranges that workers walk beside each other, some persons a transaction;
 * the cursor of a range moves in the transaction that writes what was seen, so a walk that was cancelled or killed goes on where it was and
 * comes to the same sums as one that was not.
 */
import type { PoolClient } from 'pg';
import { type Actor, systemActor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import { knowledgeOf, type Table } from '../knowledge/table.ts';
import { type Database, transaction } from '../platform/database.ts';
import { type RuleSet, ruleSetOf } from '../rules/library.ts';
import { labelOf } from '../screening/parts-service.ts';
import { planForFewRows } from '../screening/plans.ts';
import { previewPersons } from '../screening/preview-service.ts';
import { replayPersonsMax } from '../screening/replay-service.ts';
import { retryUnderOtherRules, screenPersonsAgain } from '../screening/service.ts';
import { type ActiveRules, ruleSetOfPlaced } from './active-service.ts';
import { compared } from './backtest.ts';
import { addCells, addSamples } from './backtest-store.ts';
import type { Run } from './contract.ts';
import {
  advanceSlice,
  allSlicesDone,
  findRun,
  findSlice,
  fromDayOf,
  insertRun,
  insertSlices,
  type LockedRun,
  lockRun,
  lockSlice,
  personsOfSlice,
  setRunState,
  shareRun,
} from './run-store.ts';
import { findVersion, placedVersions } from './store.ts';
import { tableAt } from './table-in-force-service.ts';

/** A range that a worker walks alone. */
const slicePersons = 2_000;
const slicesMax = 8;

export interface RunDeps {
  readonly database: Database;
  /** By what replays judge, and what backtests stand beside. */
  readonly rules: ActiveRules;
}

export type RunAnswer =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly code: 'not_found' | 'not_allowed'; readonly reason: Message };

/** Begins a backtest of a stored version against what is active of its rule now. Workers find it within seconds. */
export async function startBacktest(
  database: Pick<Database, 'pool'>,
  actor: Actor,
  contentHash: string,
): Promise<RunAnswer> {
  return transaction(database, async (client) => {
    const version = await findVersion(client, contentHash);
    if (version === null)
      return refuse('not_found', '没有这个规则版本', 'There is no such version of a rule');
    const active = (await placedVersions(client, null)).find(
      ({ mode, code }) => mode === 'active' && code === version.code,
    );
    const id = await insertRun(client, {
      kind: 'backtest',
      subject: 'rule',
      code: version.code,
      content_hash: contentHash,
      base_hash: active?.content_hash ?? null,
      from_day: null,
      account: actor.account,
    });
    const answer = await answerOf(client, id);
    await recordEvents(client, actor, [
      {
        kind: 'rulebook.backtest_started',
        key: contentHash,
        detail: { rule_code: version.code, run: id },
      },
    ]);
    return answer;
  });
}

/** Workers stop after the persons they are at. A replay is not cancelled: what it has not seen would stand by former rules. */
export async function cancelRun(
  database: Pick<Database, 'pool'>,
  actor: Actor,
  id: number,
): Promise<RunAnswer> {
  return transaction(database, async (client) => {
    const run = await lockRun(client, id);
    if (run === null) return noRun;
    if (run.kind === 'replay')
      return refuse(
        'not_allowed',
        '规则变更后的重新筛查不能取消',
        'A replay after a change cannot be cancelled',
      );
    if (run.state !== 'waiting') return refuse('not_allowed', '该回测已经结束', 'It has ended already');
    await setRunState(client, id, 'cancelled');
    const answer = await answerOf(client, id);
    await recordEnd(client, actor, answer);
    return answer;
  });
}

/** Goes on where it was stopped or failed. */
export async function resumeRun(
  database: Pick<Database, 'pool'>,
  actor: Actor,
  id: number,
): Promise<RunAnswer> {
  return transaction(database, async (client) => {
    const run = await lockRun(client, id);
    if (run === null) return noRun;
    const isStopped = run.state === 'failed' || (run.state === 'cancelled' && run.kind === 'backtest');
    if (!isStopped)
      return refuse(
        'not_allowed',
        '只有已取消或失败的可以继续',
        'Only what was cancelled or failed is resumed',
      );
    await setRunState(client, id, 'waiting');
    const answer = await answerOf(client, id);
    await recordEvents(client, actor, [{ kind: 'rulebook.run_resumed', key: String(id), detail: {} }]);
    return answer;
  });
}

const refuse = (code: 'not_found' | 'not_allowed', zh: string, en: string): RunAnswer => ({
  ok: false,
  code,
  reason: { zh, en },
});
const noRun = refuse('not_found', '没有这次运行', 'There is no such run');

async function answerOf(client: PoolClient, id: number): Promise<RunAnswer & { ok: true }> {
  const run = await findRun(client, id);
  if (run === null) throw new Error('a run vanished in its own transaction');
  return { ok: true, run };
}

/**
 * Divides a run into ranges, once. Workers do: counting everybody takes longer than whoever begins a run should wait. A replay says that the
 * rules have changed, so what could not be screened by the former ones is tried again as well.
 */
export async function planRun(
  { database, rules }: Pick<RunDeps, 'rules'> & { readonly database: Pick<Database, 'pool'> },
  id: number,
): Promise<void> {
  const kind = await transaction(database, async (client) => {
    const run = await lockRun(client, id);
    if (run === null || run.state !== 'waiting' || run.planned) return null;
    await insertSlices(client, id, slicePersons, slicesMax, run.from_day);
    return run.kind;
  });
  if (kind === 'replay')
    await retryUnderOtherRules(database, await transaction(database, (client) => rules.hold(client)));
}

/** Walks a range to its end, or until the run is cancelled or `isStopping`. Somebody else who is at it is left alone. */
export async function walkSlice(
  deps: RunDeps,
  runId: number,
  slice: number,
  isStopping: () => boolean = () => false,
): Promise<void> {
  while (!isStopping()) {
    const run = await findRun(deps.database.pool, runId);
    if (run === null || run.state !== 'waiting') return;
    const step = await (run.kind === 'backtest'
      ? backtestOn(deps, runId, slice)
      : replayOn(deps, run, slice));
    if (step === 'stopped') return;
    if (step === 'done') {
      await endIfDone(deps.database, runId);
      return;
    }
  }
}

type Walked = 'on' | 'done' | 'stopped';

const nothing = {
  persons: 0,
  claims: 0,
  undecided: 0,
  alarms: 0,
  created: 0,
  changed: 0,
  withdrawn: 0,
} as const;

async function backtestOn({ database, rules }: RunDeps, runId: number, slice: number): Promise<Walked> {
  return transaction(database, async (client) => {
    await planForFewRows(client);
    const run = await shareRun(client, runId);
    if (run === null || run.state !== 'waiting') return 'stopped';
    const range = await lockSlice(client, runId, slice);
    if (range === null) return 'stopped';
    if (range.done) return 'done';
    const persons = await personsOfSlice(client, range, replayPersonsMax, run.from_day);
    if (persons.length === 0) {
      await advanceSlice(client, range, null, nothing);
      return 'done';
    }
    const inForce = run.generation === null ? rules.current() : await rules.at(client, run.generation);
    const ruleSets = await (run.subject === 'rule' ? ruleSetsOfRule : ruleSetsOfTable)(client, inForce, run);
    const preview = await previewPersons(client, ruleSets, persons);
    const codes = new Set(ruleSets.flatMap((set) => set.rules.map(({ document }) => document.code)));
    const { cells, samples, claims, undecided, alarms } = compared(preview, codes);
    await addCells(client, runId, cells);
    await addSamples(client, runId, samples);
    const counts = { ...nothing, persons: persons.length, claims, undecided, alarms };
    await advanceSlice(client, range, persons.at(-1) ?? null, counts);
    return 'on';
  });
}

/**
 * Nothing of the run is locked while persons are judged: whoever changes the rules locks replays after the rules, and a walk that held its
 * replay while it waits for the rules would wait in a ring. Judging persons twice changes nothing, and the cursor moves once.
 */
async function replayOn({ database, rules }: RunDeps, { id, scope }: Run, slice: number): Promise<Walked> {
  const runId = Number(id);
  const range = await findSlice(database.pool, runId, slice);
  if (range === null) return 'stopped';
  if (range.done) return 'done';
  const fromDay = await fromDayOf(database.pool, runId);
  const persons = await personsOfSlice(database.pool, range, replayPersonsMax, fromDay);
  const last = persons.at(-1) ?? null;
  const judged = last === null ? null : await screenPersonsAgain(database, rules, persons, scope);
  const counts =
    judged === null
      ? nothing
      : {
          ...nothing,
          persons: persons.length,
          claims: judged.judged,
          created: judged.created,
          changed: judged.changed,
          withdrawn: judged.withdrawn,
          alarms: judged.alarms.length,
        };
  await transaction(database, (client) => advanceSlice(client, range, last, counts));
  return last === null ? 'done' : 'on';
}

/** The version, and what it is compared with. */
async function ruleSetsOfRule(
  client: PoolClient,
  { knowledge }: RuleSet,
  run: LockedRun,
): Promise<RuleSet[]> {
  const sets: RuleSet[] = [];
  for (const hash of [run.content_hash, run.base_hash]) {
    const version = hash === null ? null : await findVersion(client, hash);
    if (version !== null) sets.push(ruleSetOfPlaced([{ version, ramp: null, code: run.code }], knowledge));
  }
  return sets;
}

/** Range after range asks for the same: compiled once, as long as nobody asks for another. */
let compiledTables: { readonly name: string; readonly sets: RuleSet[] } | null = null;

/** The rules that consult a table, with the table that is tried and with the one that was in force. */
async function ruleSetsOfTable(client: PoolClient, inForce: RuleSet, run: LockedRun): Promise<RuleSet[]> {
  const name = `${run.content_hash} ${run.base_hash} ${inForce.version}`;
  if (compiledTables?.name === name) return compiledTables.sets;
  const sets: RuleSet[] = [];
  for (const hash of [run.content_hash, run.base_hash]) {
    if (hash === null) continue;
    const table = await tableAt(client, run.code, hash, [inForce.knowledge]);
    sets.push(withTable(inForce, table));
  }
  compiledTables = { name, sets };
  return sets;
}

function withTable(inForce: RuleSet, table: Table): RuleSet {
  const { table: name } = table.spec;
  const knowledge = knowledgeOf([...inForce.knowledge.tables.values(), table]);
  const consulting = inForce.rules.filter(({ tables }) => name in tables);
  const tried = ruleSetOf(
    consulting.map(({ document }) => document),
    knowledge,
  );
  const within = new Map(consulting.map((rule) => [rule.document.code, rule.within] as const));
  const rules = tried.rules.map((rule) => {
    const place = within.get(rule.document.code);
    return place === undefined ? rule : { ...rule, within: place };
  });
  return { ...tried, rules };
}

/** The last range that ends ends the run: of two that end at once the one that comes second sees the other done. */
async function endIfDone(database: Pick<Database, 'pool'>, runId: number): Promise<void> {
  await transaction(database, async (client) => {
    const run = await lockRun(client, runId);
    if (run?.state !== 'waiting' || !(await allSlicesDone(client, runId))) return;
    await setRunState(client, runId, 'done');
    await recordEnd(client, runActor, await answerOf(client, runId));
  });
}

const runActor = systemActor('rulebook');

/** A range failed again and again: the run stops with the name of the error, and can be resumed. */
export async function failRun(database: Pick<Database, 'pool'>, runId: number, error: Error): Promise<void> {
  await transaction(database, async (client) => {
    const run = await lockRun(client, runId);
    if (run?.state !== 'waiting') return;
    await setRunState(client, runId, 'failed', labelOf(error));
    await recordEnd(client, runActor, await answerOf(client, runId));
  });
}

async function recordEnd(client: PoolClient, actor: Actor, { run }: RunAnswer & { ok: true }): Promise<void> {
  if (run.state === 'waiting') throw new Error('a run that goes on did not end');
  await recordEvents(client, actor, [
    {
      kind: 'rulebook.run_ended',
      key: run.id,
      detail: {
        kind: run.kind,
        rule_code: run.code,
        state: run.state,
        persons: run.persons,
        created: run.created,
        changed: run.changed,
        withdrawn: run.withdrawn,
      },
    },
  ]);
}
