/** What the pages about knowledge tables show, put together from several stores. */
import type { Pool } from 'pg';
import {
  batchesShownMax,
  type BatchDetail,
  type BatchRow,
  type KnowledgeList,
  previewRowsMax,
  type TableDetail,
  type TablePreview,
  type TableVersion,
} from '../knowledge/contract.ts';
import type { Row } from '../knowledge/table.ts';
import {
  type BatchAction,
  batchActions,
  type BatchFacts,
  type BatchState,
  batchStateAfter,
  mayActOnBatch,
} from '../knowledge/states-contract.ts';
import type { Table } from '../knowledge/table.ts';
import { formatDay } from '../platform/civil.ts';
import { transaction } from '../platform/database.ts';
import type { ActiveRules } from './active-service.ts';
import { sumsOf } from './backtest-store.ts';
import type { Who } from '../people/identify.ts';
import { findRun, lastBacktestOfTable } from './run-store.ts';
import { type Candidate, reachesThePast } from './table-candidate-service.ts';
import {
  aboutBatch,
  activationsMax,
  batchFactsOf,
  readyBatch,
  type Refused,
  type TableDeps,
} from './table-life-service.ts';
import {
  batchSteps,
  type BatchWithSteps,
  findBatch,
  findBatches,
  issuesOf,
  listBatches,
  placedTables,
  type TableActivation,
  tableActivations,
  waitingBatches,
} from './table-store.ts';

const rulesOf = (rules: Pick<ActiveRules, 'current'>, table: string): string[] =>
  rules
    .current()
    .rules.filter(({ tables }) => table in tables)
    .map(({ document }) => document.code);

const rowOf = ({ id, table_name, steps, ...batch }: BatchWithSteps, inForce: number | null): BatchRow => ({
  ...batch,
  id: String(id),
  table: table_name,
  state: batchStateAfter(batch, steps),
  in_force: id === inForce,
  created_at: batch.created_at.toISOString(),
});

/** What was in force, in the order given. */
async function versionsOf(
  pool: Pool,
  activations: readonly TableActivation[],
  isInForce: (activation: TableActivation) => boolean,
): Promise<TableVersion[]> {
  const batches = await findBatches(
    pool,
    activations.map(({ batch_id }) => batch_id),
  );
  return activations.map((one) => {
    const batch = batches.get(one.batch_id);
    if (batch === undefined) throw new Error(`the batch ${one.batch_id} is gone`);
    const { sha256, account, at } = one;
    return {
      sha256,
      batch: rowOf(batch, isInForce(one) ? batch.id : null),
      account,
      at: at.toISOString(),
    };
  });
}

type TableRow = KnowledgeList['tables'][number];

const tableRow = (
  rules: TableDeps['rules'],
  { spec, rows }: Table,
  inForce: TableVersion | null,
  waiting: ReadonlyMap<string, number>,
): TableRow => ({
  table: spec.table,
  title: spec.title,
  standing: spec.standing,
  rows: rows.length,
  rules: rulesOf(rules, spec.table),
  in_force: inForce,
  waiting: waiting.get(spec.table) ?? 0,
});

export async function tableList({ database: { pool }, rules }: TableDeps): Promise<KnowledgeList> {
  const [placed, waiting] = await Promise.all([placedTables(pool, null), waitingBatches(pool)]);
  const versions = await versionsOf(pool, placed, () => true);
  const byName = new Map(placed.map(({ table_name }, index) => [table_name, versions[index] ?? null]));
  const { knowledge } = rules.current();
  return {
    generation: rules.generation(),
    version: knowledge.version,
    tables: [...knowledge.tables.values()].map((table) =>
      tableRow(rules, table, byName.get(table.spec.table) ?? null, waiting),
    ),
  };
}

/** `null`: there is no such table. */
export async function tableDetail(deps: TableDeps, who: Who, name: string): Promise<TableDetail | null> {
  const { pool } = deps.database;
  const table = deps.rules.current().knowledge.tables.get(name);
  if (table === undefined) return null;
  const [activations, waiting, batches] = await Promise.all([
    tableActivations(pool, name, activationsMax),
    waitingBatches(pool),
    listBatches(pool, name, batchesShownMax),
  ]);
  const inForce = activations[0]?.batch_id ?? null;
  const history = await versionsOf(pool, activations, ({ batch_id }) => batch_id === inForce);
  const verdicts = inForce === null ? [] : await verdictsOf(deps, who, inForce);
  return {
    ...tableRow(deps.rules, table, history[0] ?? null, waiting),
    spec: table.spec,
    history,
    batches: batches.map((batch) => rowOf(batch, inForce)),
    may_roll_back: verdicts.find(({ action }) => action === 'roll_back') ?? {
      action: 'roll_back',
      allowed: false,
      reason: { zh: '该表尚未登记', en: 'The table is not registered yet' },
    },
  };
}

type Verdict = BatchDetail['actions'][number];

const verdictsOf = (deps: TableDeps, who: Who, id: number): Promise<Verdict[]> =>
  transaction(deps.database, async (client) => {
    const about = await aboutBatch(client, id);
    if (about === null) return [];
    const facts = batchFactsOf(about, who);
    return batchActions.map((action) => verdictOf(about.state, action, facts));
  });

function verdictOf(state: BatchState, action: BatchAction, facts: BatchFacts): Verdict {
  const verdict = mayActOnBatch(state, action, facts);
  return { action, allowed: verdict.allowed, reason: verdict.allowed ? null : verdict.reason };
}

/** `null`: there is no such batch. */
export async function batchDetail(deps: TableDeps, who: Who, id: number): Promise<BatchDetail | null> {
  const { pool } = deps.database;
  const batch = await findBatch(pool, id);
  if (batch === null) return null;
  const [inForce] = await tableActivations(pool, batch.table_name, 1);
  const steps = await batchSteps(pool, id);
  return {
    ...rowOf(batch, inForce?.batch_id ?? null),
    issues: await issuesOf(pool, id),
    steps: steps.map((step) => ({ ...step, at: step.at.toISOString() })),
    actions: await verdictsOf(deps, who, id),
  };
}

export async function batchPreview(
  deps: TableDeps,
  id: number,
): Promise<{ readonly ok: true; readonly preview: TablePreview } | Refused> {
  const ready = await readyBatch(deps, id);
  if (!ready.ok) return ready;
  const { batch, candidate } = ready;
  const { base, spec, rows, difference, conflicts } = candidate;
  const { firstDay } = difference;
  /** As the columns stand in a file: what a batch cuts off in front of itself was given its end last. */
  const inOrder = ({ cells }: Row): Record<string, string> =>
    Object.fromEntries(
      Object.keys(spec.columns).flatMap((name) => {
        const cell = cells[name];
        return cell === undefined ? [] : [[name, cell]];
      }),
    );
  return {
    ok: true,
    preview: {
      table: batch.table_name,
      table_sha256: spec.sha256,
      base_sha256: base.table.spec.sha256,
      rows_before: base.table.rows.length,
      rows_after: rows.length,
      added: some(difference.added, (row) => ({ cells: inOrder(row) })),
      changed: some(difference.changed, ({ before, after, columns }) => ({
        before: inOrder(before),
        after: inOrder(after),
        columns: [...columns],
      })),
      withdrawn: some(difference.withdrawn, (row) => ({ cells: inOrder(row) })),
      conflicts: some(conflicts, ({ in_force, incoming }) => ({
        in_force: inOrder(in_force),
        incoming: inOrder(incoming),
      })),
      first_changed_day: firstDay === null ? null : formatDay(firstDay),
      replay_follows: reachesThePast(firstDay, deps.asOf()),
      rules: rulesOf(deps.rules, batch.table_name),
      findings: await findingsThatChange(deps.database.pool, candidate),
    },
  };
}

const some = <Row, Shown>(
  rows: readonly Row[],
  show: (row: Row) => Shown,
): { count: number; first: Shown[] } => ({
  count: rows.length,
  first: rows.slice(0, previewRowsMax).map(show),
});

/** What the last backtest of exactly this table against exactly the one in force says, as far as it has come. */
async function findingsThatChange(pool: Pool, { base, spec }: Candidate): Promise<TablePreview['findings']> {
  const id = await lastBacktestOfTable(pool, spec.table, spec.sha256, base.table.spec.sha256);
  const run = id === null ? null : await findRun(pool, id);
  if (run === null) return null;
  const [total] = await sumsOf(pool, Number(run.id), 'all');
  return {
    method: 'backtest',
    run: run.id,
    is_done: run.state === 'done',
    persons: run.persons,
    persons_total: run.persons_total,
    claims: run.claims,
    new: total?.new.findings ?? 0,
    lost: total?.lost.findings ?? 0,
    changed: total?.same.changed ?? 0,
    same: total?.same.findings ?? 0,
  };
}
