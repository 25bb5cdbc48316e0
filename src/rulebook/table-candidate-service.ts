/** A batch against the table in force: the table that would be in force instead, and how the two differ. Nothing is written. */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { futureDaysMax } from '../claims/explain.ts';
import { readBatch } from '../knowledge/batch.ts';
import { compose, tableText } from '../knowledge/compose.ts';
import type { TableSpec } from '../knowledge/contract.ts';
import { conflicts, type ConflictingRows, difference, type Difference } from '../knowledge/difference.ts';
import { readSheet } from '../knowledge/sheet.ts';
import type { Row, Table } from '../knowledge/table.ts';
import type { ActiveRules } from './active-service.ts';
import { tableAt } from './table-in-force-service.ts';
import { fileOf, type StoredBatch, type TableActivation, tableActivations } from './table-store.ts';

type Client = Pool | PoolClient;

export interface TableInForce {
  readonly table: Table;
  readonly activation: TableActivation;
}

/** `null`: there is no such table, or no process has registered it yet. */
export async function tableInForce(
  client: Client,
  rules: Pick<ActiveRules, 'current'>,
  name: string,
): Promise<TableInForce | null> {
  const [activation] = await tableActivations(client, name, 1);
  if (activation === undefined) return null;
  const { knowledge } = rules.current();
  return { table: await tableAt(client, name, activation.sha256, [knowledge]), activation };
}

export interface Candidate {
  readonly base: TableInForce;
  readonly spec: TableSpec;
  readonly rows: readonly Row[];
  /** The bytes that `spec.sha256` names. */
  readonly content: Buffer;
  readonly difference: Difference;
  readonly conflicts: readonly ConflictingRows[];
}

/** A preview is followed by an approval of the same: what was read last is kept. */
let last: { readonly name: string; readonly candidate: Candidate } | null = null;

/** @param batch without bad rows */
export async function candidateOf(
  client: Client,
  base: TableInForce,
  batch: StoredBatch,
): Promise<Candidate> {
  if (last?.name === nameOf(base, batch)) return last.candidate;
  const file = await fileOf(client, batch.id);
  if (file === null) throw new Error(`the batch ${batch.id} has no file`);
  return candidateOfRows(base, batch, await rowsOfFile(base.table.spec, batch, file));
}

/** @param rows of the batch, where they were read already */
export function candidateOfRows(base: TableInForce, batch: StoredBatch, rows: readonly Row[]): Candidate {
  const { spec: before, rows: inForce } = base.table;
  const after = compose(before, inForce, rows, batch.extent);
  const content = Buffer.from(tableText(before, after));
  const candidate = {
    base,
    spec: specOf(before, batch, createHash('sha256').update(content).digest('hex')),
    rows: after,
    content,
    difference: difference(before, inForce, after),
    conflicts: batch.extent === 'whole' ? [] : conflicts(before, inForce, rows),
  };
  last = { name: nameOf(base, batch), candidate };
  return candidate;
}

const nameOf = (base: TableInForce, batch: StoredBatch): string =>
  `${batch.id} ${batch.file_sha256} ${base.table.spec.sha256}`;

async function rowsOfFile(
  spec: TableSpec,
  { id, effective_from, effective_to }: StoredBatch,
  file: Buffer,
): Promise<readonly Row[]> {
  const sheet = await readSheet(file);
  if (!sheet.ok) throw new Error(`the file of batch ${id} cannot be read any more`);
  if (effective_from === null) throw new Error(`the batch ${id} states no days`);
  const read = readBatch(spec, sheet.rows, { effective_from, effective_to });
  if (read.badRows > 0) throw new Error(`the batch ${id} has bad rows by the columns of today`);
  return read.rows;
}

/** A table that was sent as a whole is no example any more; a supplement leaves examples beside it. */
function specOf(base: TableSpec, batch: StoredBatch, sha256: string): TableSpec {
  const isWhole = batch.extent === 'whole';
  return {
    ...base,
    title: isWhole
      ? { zh: base.title.zh.replace('（示例）', ''), en: base.title.en.replace(' (example)', '') }
      : base.title,
    standing: isWhole ? '正式' : base.standing,
    source: batch.source,
    batch: batch.batch,
    published_at: batch.published_at,
    sha256,
  };
}

/** Whether claims that can be known today may be judged otherwise. */
export const reachesThePast = (firstDay: number | null, asOf: number): boolean =>
  firstDay !== null && firstDay <= asOf + futureDaysMax;
