/**
 * What is done with batches of knowledge. An approval names the bytes of the table that would be in force; when they are not the ones that were
 * looked at, because another batch has come into force since, it is refused. Step, what is in force, the replay and the event are one transaction.
 */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import { readBatch } from '../knowledge/batch.ts';
import type { BatchTerms } from '../knowledge/contract.ts';
import { difference } from '../knowledge/difference.ts';
import { readSheet } from '../knowledge/sheet.ts';
import {
  type BatchAction,
  type BatchFacts,
  batchStateAfter,
  mayActOnBatch,
} from '../knowledge/states-contract.ts';
import { conflict } from '../people/segregation.ts';
import { formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { ActiveRules } from './active-service.ts';
import { beginReplay } from './life-service.ts';
import type { Who } from '../people/identify.ts';
import { insertRun } from './run-store.ts';
import { lockRules } from './store.ts';
import {
  type Candidate,
  candidateOf,
  candidateOfRows,
  reachesThePast,
  tableInForce,
} from './table-candidate-service.ts';
import { tableAt } from './table-in-force-service.ts';
import {
  type BatchWithSteps,
  findBatch,
  insertBatch,
  insertBatchStep,
  insertTableActivation,
  insertTableVersion,
  lockTable,
  type TableActivation,
  tableActivations,
  waitingTwin,
} from './table-store.ts';

export interface TableDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly rules: ActiveRules;
  /** Today, as a day number. */
  readonly asOf: () => number;
}

export type Refused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'bad_file';
  readonly reason: Message;
};

/** How far back a rollback looks for what was in force. */
export const activationsMax = 200;

const refuse = (code: Refused['code'], zh: string, en: string): Refused => ({
  ok: false,
  code,
  reason: { zh, en },
});
const noTable = refuse('not_found', '没有这张知识表', 'There is no such table');
const noBatch = refuse('not_found', '没有这个批次', 'There is no such batch');
const noChange = refuse('not_allowed', '与现行知识表没有差异', 'It would change nothing');

/**
 * Takes a file in. One that can be read is kept with the reasons of its bad rows; if there are none, a backtest begins at once, so that an
 * approver sees what would change.
 */
export async function uploadBatch(
  deps: TableDeps,
  actor: Actor,
  name: string,
  terms: BatchTerms,
  file: Buffer,
): Promise<{ readonly ok: true; readonly id: number; readonly run: number | null } | Refused> {
  const { pool } = deps.database;
  const base = await tableInForce(pool, deps.rules, name);
  if (base === null) return noTable;
  const sha256 = createHash('sha256').update(file).digest('hex');
  if (sha256 !== terms.sha256)
    return refuse(
      'bad_file',
      `收到的文件 sha256 为 ${sha256}，与所填不符`,
      `the file that came has the sha256 ${sha256}`,
    );
  const sheet = await readSheet(file);
  if (!sheet.ok) return { ok: false, code: 'bad_file', reason: atRow(sheet.row, sheet.message) };
  const { effective_from, effective_to = null, supersedes = null, file_name = null, ...plain } = terms;
  const read = readBatch(base.table.spec, sheet.rows, { effective_from, effective_to }, sheet.encoding);
  const { sha256: file_sha256, ...kept } = plain;
  return transaction(deps.database, async (client) => {
    await lockTable(client, name);
    const twin = await waitingTwin(client, name, sha256);
    if (twin !== null)
      return refuse(
        'not_allowed',
        `同一文件已上传，批次编号 ${twin}`,
        `The same file waits as batch ${twin}`,
      );
    const id = await insertBatch(client, {
      ...kept,
      table_name: name,
      origin: 'uploaded',
      effective_from,
      effective_to,
      supersedes,
      file_name,
      file_sha256,
      file,
      format: sheet.format,
      encoding: sheet.encoding,
      rows: read.allRows,
      bad_rows: read.badRows,
      issues: read.issues,
      account: actor.account,
    });
    const batch = await findBatch(client, id);
    if (batch === null) throw new Error('a batch vanished in its own transaction');
    const backtest =
      read.badRows > 0
        ? null
        : await tryCandidate(client, actor, batch, candidateOfRows(base, batch, read.rows));
    await recordEvents(client, actor, [
      {
        kind: 'knowledge.uploaded',
        key: String(id),
        detail: { ...nameOf(batch), rows: read.allRows, bad_rows: read.badRows },
      },
      ...(backtest === null ? [] : [backtest.event]),
    ]);
    return { ok: true, id, run: backtest?.run ?? null } as const;
  });
}

const atRow = (row: number | null, { zh, en }: Message): Message =>
  row === null ? { zh, en } : { zh: `第 ${row} 行：${zh}`, en: `row ${row}: ${en}` };

const nameOf = ({ table_name, file_sha256 }: BatchWithSteps) => ({ table: table_name, file: file_sha256 });

/** A backtest of the table that would be in force, over persons whom the change can touch. `null`: nothing changes. */
async function tryCandidate(
  client: PoolClient,
  actor: Actor,
  batch: BatchWithSteps,
  { spec, content, base, difference: { firstDay } }: Candidate,
) {
  if (firstDay === null) return null;
  await insertTableVersion(client, spec, content);
  const run = await insertRun(client, {
    kind: 'backtest',
    subject: 'table',
    code: batch.table_name,
    content_hash: spec.sha256,
    base_hash: base.table.spec.sha256,
    from_day: firstDay,
    account: actor.account,
  });
  const event = {
    kind: 'knowledge.backtest_started',
    key: String(batch.id),
    detail: { ...nameOf(batch), version: spec.sha256, run },
  } as const;
  return { run, event };
}

/** Begins the backtest anew: another table is in force than when the batch came. */
export async function backtestBatch(
  deps: TableDeps,
  actor: Actor,
  id: number,
): Promise<{ readonly ok: true; readonly run: number } | Refused> {
  const known = await readyBatch(deps, id);
  if (!known.ok) return known;
  const { batch, candidate } = known;
  return transaction(deps.database, async (client) => {
    const begun = await tryCandidate(client, actor, batch, candidate);
    if (begun === null) return noChange;
    await recordEvents(client, actor, [begun.event]);
    return { ok: true, run: begun.run } as const;
  });
}

/** A batch that may come into force, and the table that would. */
export async function readyBatch(
  deps: Pick<TableDeps, 'database' | 'rules'>,
  id: number,
): Promise<{ readonly ok: true; readonly batch: BatchWithSteps; readonly candidate: Candidate } | Refused> {
  const { pool } = deps.database;
  const batch = await findBatch(pool, id);
  if (batch === null) return noBatch;
  if (batchStateAfter(batch, batch.steps) !== 'waiting')
    return refuse('not_allowed', '该批次不在待审批状态', 'The batch does not wait for approval');
  const base = await tableInForce(pool, deps.rules, batch.table_name);
  if (base === null) return noTable;
  return { ok: true, batch, candidate: await candidateOf(pool, base, batch) };
}

export interface Acted {
  readonly ok: true;
  /** The batch that was acted on. */
  readonly id: number;
  readonly replay: number | null;
}

/** @param tableSha256 of the table that whoever approves looked at */
export async function approveBatch(
  deps: TableDeps,
  who: Who,
  id: number,
  tableSha256: string,
): Promise<Acted | Refused> {
  const ready = await readyBatch(deps, id);
  if (!ready.ok) return ready;
  const {
    spec,
    content,
    base,
    difference: { firstDay },
  } = ready.candidate;
  if (firstDay === null) return noChange;
  if (spec.sha256 !== tableSha256)
    return refuse(
      'not_allowed',
      '将要生效的表与所看的预览不同，请重新查看预览',
      'The table that would be in force is not the one of that preview: look at it again',
    );
  return actOnBatch(deps, who, id, 'approve', null, async (client, batch, inForce) => {
    const { table: name } = spec;
    if (inForce.sha256 !== base.table.spec.sha256)
      return refuse(
        'not_allowed',
        '现行表刚刚变更，请重新查看预览',
        'The table in force has just changed: look at the preview again',
      );
    await insertTableVersion(client, spec, content);
    const { account } = who.actor;
    await insertTableActivation(client, { table_name: name, sha256: spec.sha256, batch_id: id, account });
    const replay = await replayFrom(deps, client, name, account, firstDay);
    const detail = {
      ...nameOf(batch),
      version: spec.sha256,
      replaced: inForce.sha256,
      from_day: formatDay(firstDay),
      replay,
    };
    return { ok: true, replay, event: { kind: 'knowledge.approved', key: String(id), detail } };
  });
}

export const rejectBatch = (
  deps: TableDeps,
  who: Who,
  id: number,
  reason: string,
): Promise<Acted | Refused> => endBatch(deps, who, id, 'reject', reason);

export const withdrawBatch = (deps: TableDeps, who: Who, id: number): Promise<Acted | Refused> =>
  endBatch(deps, who, id, 'withdraw', null);

const endBatch = (
  deps: TableDeps,
  who: Who,
  id: number,
  action: 'reject' | 'withdraw',
  reason: string | null,
): Promise<Acted | Refused> =>
  actOnBatch(deps, who, id, action, reason, async (_client, batch) => {
    const kind = action === 'reject' ? 'knowledge.rejected' : 'knowledge.withdrawn';
    return { ok: true, replay: null, event: { kind, key: String(id), detail: nameOf(batch) } };
  });

/** Puts the version into force again that was before the one in force, in one step. */
export async function rollBackTable(
  deps: TableDeps,
  who: Who,
  name: string,
  reason: string,
): Promise<Acted | Refused> {
  const { pool } = deps.database;
  const base = await tableInForce(pool, deps.rules, name);
  if (base === null) return noTable;
  const { batch_id: id } = base.activation;
  return actOnBatch(deps, who, id, 'roll_back', reason, async (client, batch, inForce) => {
    const previous = await previousOf(client, name);
    if (previous === null) throw new Error('a rollback was allowed that leads nowhere');
    const restored = await tableAt(client, name, previous.sha256, [deps.rules.current().knowledge]);
    const { firstDay } = difference(base.table.spec, base.table.rows, restored.rows);
    const { account } = who.actor;
    const { sha256, batch_id } = previous;
    await insertTableActivation(client, { table_name: name, sha256, batch_id, account });
    const replay = await replayFrom(deps, client, name, account, firstDay);
    const detail = { ...nameOf(batch), version: inForce.sha256, restored: sha256, replay };
    return { ok: true, replay, event: { kind: 'knowledge.rolled_back', key: String(id), detail } };
  });
}

/** After the commit the claims that the change can touch are judged again; a change of days to come touches none. */
const replayFrom = async (
  { asOf }: TableDeps,
  client: PoolClient,
  code: string,
  account: string,
  fromDay: number | null,
): Promise<number | null> =>
  reachesThePast(fromDay, asOf()) ? beginReplay(client, { subject: 'table', code, account, fromDay }) : null;

/** What follows from an act besides its step. A refusal has written nothing. */
type Effect = (
  client: PoolClient,
  batch: BatchWithSteps,
  inForce: TableActivation,
) => Promise<{ readonly ok: true; readonly replay: number | null; readonly event: AuditEvent } | Refused>;

/** Checks the table of states, and writes what follows, the step and the event. */
async function actOnBatch(
  deps: TableDeps,
  who: Who,
  id: number,
  action: BatchAction,
  reason: string | null,
  effect: Effect,
): Promise<Acted | Refused> {
  const changesForce = action === 'approve' || action === 'roll_back';
  return transaction(deps.database, async (client) => {
    if (changesForce) await lockRules(client);
    const known = await findBatch(client, id);
    if (known === null) return noBatch;
    await lockTable(client, known.table_name);
    const about = await aboutBatch(client, id);
    if (about === null) return noBatch;
    const verdict = mayActOnBatch(about.state, action, batchFactsOf(about, who));
    if (!verdict.allowed) return { ok: false, code: 'not_allowed', reason: verdict.reason } as const;
    const done = await effect(client, about.batch, about.inForce);
    if (!done.ok) return done;
    await insertBatchStep(client, id, { action, account: who.actor.account, reason });
    await recordEvents(client, who.actor, [done.event]);
    return { ok: true, id, replay: done.replay } as const;
  });
}

export interface AboutBatch {
  readonly batch: BatchWithSteps;
  readonly state: ReturnType<typeof batchStateAfter>;
  readonly inForce: TableActivation;
  readonly batchInForce: BatchWithSteps;
  readonly previous: TableActivation | null;
}

/** What decides about a batch. `null`: there is none, or its table was never registered. */
export async function aboutBatch(client: PoolClient, id: number): Promise<AboutBatch | null> {
  const batch = await findBatch(client, id);
  if (batch === null) return null;
  const [inForce] = await tableActivations(client, batch.table_name, 1);
  const batchInForce = inForce === undefined ? null : await findBatch(client, inForce.batch_id);
  if (inForce === undefined || batchInForce === null) return null;
  return {
    batch,
    state: batchStateAfter(batch, batch.steps),
    inForce,
    batchInForce,
    previous: await previousOf(client, batch.table_name),
  };
}

export function batchFactsOf(about: AboutBatch, { actor, permissions }: Who): BatchFacts {
  const { batch, inForce, batchInForce, previous } = about;
  const uploaded = [{ action: 'knowledge.upload', account: batch.account }];
  return {
    permissions,
    isOwn: conflict('knowledge.approve', actor.account, uploaded) !== null,
    supersedesInForce: batch.supersedes === null || batch.supersedes === batchInForce.batch,
    isInForce: inForce.batch_id === batch.id,
    hasPrevious: previous !== null,
  };
}

/** The last version that was in force before another took its place; what people took back stays out. */
async function previousOf(client: PoolClient, table: string): Promise<TableActivation | null> {
  const [held, ...before] = await tableActivations(client, table, activationsMax);
  for (const one of before) {
    if (one.sha256 === held?.sha256 || one.batch_id === held?.batch_id) continue;
    const batch = await findBatch(client, one.batch_id);
    if (batch !== null && batchStateAfter(batch, batch.steps) === 'approved') return one;
  }
  return null;
}
