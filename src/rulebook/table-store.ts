/** The database of knowledge tables: batches as they were sent, what was done with them, and which version of a table is in force. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import {
  type BatchExtent,
  type BatchIssue,
  type BatchRow,
  batchIssueSchema,
  type TableSpec,
} from '../knowledge/contract.ts';
import type { BatchAction } from '../knowledge/states-contract.ts';

type Client = Pool | PoolClient;

export interface StoredBatch {
  readonly id: number;
  readonly table_name: string;
  readonly origin: BatchRow['origin'];
  readonly extent: BatchExtent;
  readonly source: string;
  readonly batch: string;
  readonly published_at: string;
  readonly effective_from: string | null;
  readonly effective_to: string | null;
  readonly supersedes: string | null;
  readonly file_name: string | null;
  readonly file_sha256: string;
  readonly format: BatchRow['format'];
  readonly encoding: string | null;
  readonly rows: number;
  readonly bad_rows: number;
  readonly account: string;
  readonly created_at: Date;
}

/** With what was done with it, in order. */
export type BatchWithSteps = StoredBatch & { readonly steps: readonly BatchAction[] };

const batchColumns = [
  'id',
  'table_name',
  'origin',
  'extent',
  'source',
  'batch',
  'published_at',
  'effective_from',
  'effective_to',
  'supersedes',
  'file_name',
  'file_sha256',
  'format',
  'encoding',
  'rows',
  'bad_rows',
  'account',
  'created_at',
] as const;

const batchSelect = `SELECT ${batchColumns.map((name) => `b.${name}`).join(', ')},
    ARRAY(SELECT s.action::text FROM knowledge_step s WHERE s.batch_id = b.id ORDER BY s.id) AS steps
  FROM knowledge_batch b`;

export type NewBatch = Omit<StoredBatch, 'id' | 'created_at'> & {
  /** `null`: it came with the installation and is kept as a version of its table. */
  readonly file: Buffer | null;
  readonly issues: readonly BatchIssue[];
};

export async function insertBatch(client: PoolClient, batch: NewBatch): Promise<number> {
  const { issues, ...plain } = batch;
  const entries = Object.entries(plain);
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO knowledge_batch (${entries.map(([name]) => name).join(', ')}, issues)
     VALUES (${entries.map((_entry, index) => `$${index + 1}`).join(', ')}, $${entries.length + 1}) RETURNING id`,
    [...entries.map(([, value]) => value), JSON.stringify(issues)],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a batch got no number');
  return id;
}

export async function findBatch(client: Client, id: number): Promise<BatchWithSteps | null> {
  const { rows } = await client.query<BatchWithSteps>(`${batchSelect} WHERE b.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function findBatches(
  client: Client,
  ids: readonly number[],
): Promise<ReadonlyMap<number, BatchWithSteps>> {
  const { rows } = await client.query<BatchWithSteps>(`${batchSelect} WHERE b.id = ANY($1::int8[])`, [
    [...new Set(ids)],
  ]);
  return new Map(rows.map((batch) => [batch.id, batch]));
}

/** Of a table or of all, newest first. */
export async function listBatches(
  client: Client,
  table: string | null,
  batchesMax: number,
): Promise<BatchWithSteps[]> {
  const { rows } = await client.query<BatchWithSteps>(
    `${batchSelect} WHERE $1::text IS NULL OR b.table_name = $1 ORDER BY b.id DESC LIMIT $2`,
    [table, batchesMax],
  );
  return rows;
}

/** Batches without faults that nobody has decided about, by table. */
export async function waitingBatches(client: Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ table_name: string; waiting: number }>(
    `SELECT b.table_name, count(*) AS waiting FROM knowledge_batch b
      WHERE b.origin = 'uploaded' AND b.bad_rows = 0 AND NOT EXISTS (SELECT FROM knowledge_step s WHERE s.batch_id = b.id)
      GROUP BY b.table_name`,
  );
  return new Map(rows.map(({ table_name, waiting }) => [table_name, waiting]));
}

/** The same file, waiting already; `null`: there is none. */
export async function waitingTwin(client: Client, table: string, fileSha256: string): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT b.id FROM knowledge_batch b WHERE b.table_name = $1 AND b.file_sha256 = $2 AND b.origin = 'uploaded'
        AND NOT EXISTS (SELECT FROM knowledge_step s WHERE s.batch_id = b.id) LIMIT 1`,
    [table, fileSha256],
  );
  return rows[0]?.id ?? null;
}

/** Two people who act on batches of one table at once come one after the other. */
export async function lockTable(client: PoolClient, table: string): Promise<void> {
  await client.query('SELECT FROM knowledge_batch WHERE table_name = $1 ORDER BY id FOR UPDATE', [table]);
}

const issuesSchema = z.array(batchIssueSchema);

export async function issuesOf(client: Client, id: number): Promise<BatchIssue[]> {
  const { rows } = await client.query<{ issues: unknown }>(
    'SELECT issues FROM knowledge_batch WHERE id = $1',
    [id],
  );
  return issuesSchema.parse(rows[0]?.issues ?? []);
}

export async function fileOf(client: Client, id: number): Promise<Buffer | null> {
  const { rows } = await client.query<{ file: Buffer | null }>(
    'SELECT file FROM knowledge_batch WHERE id = $1',
    [id],
  );
  return rows[0]?.file ?? null;
}

export interface BatchStep {
  readonly action: BatchAction;
  readonly account: string;
  readonly reason: string | null;
  readonly at: Date;
}

export async function batchSteps(client: Client, id: number): Promise<BatchStep[]> {
  const { rows } = await client.query<BatchStep>(
    'SELECT action, account, reason, at FROM knowledge_step WHERE batch_id = $1 ORDER BY id',
    [id],
  );
  return rows;
}

export async function insertBatchStep(
  client: PoolClient,
  id: number,
  { action, account, reason }: Omit<BatchStep, 'at'>,
): Promise<void> {
  await client.query(
    'INSERT INTO knowledge_step (batch_id, action, account, reason) VALUES ($1, $2, $3, $4)',
    [id, action, account, reason],
  );
}

/** Stores the bytes of a version, which may be there already. @returns whether it was new */
export async function insertTableVersion(
  client: PoolClient,
  spec: TableSpec,
  content: Buffer,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO knowledge_version (table_name, sha256, spec, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [spec.table, spec.sha256, JSON.stringify(spec), content],
  );
  return rowCount === 1;
}

export interface StoredTable {
  readonly spec: unknown;
  readonly content: Buffer;
}

/** @param version its SHA-256, or the first digits of it, as findings name it */
export async function findTableVersion(
  client: Client,
  table: string,
  version: string,
): Promise<StoredTable | null> {
  const { rows } = await client.query<StoredTable>(
    'SELECT spec, content FROM knowledge_version WHERE table_name = $1 AND starts_with(sha256, $2) LIMIT 1',
    [table, version],
  );
  return rows[0] ?? null;
}

export interface TableActivation {
  readonly id: number;
  readonly table_name: string;
  readonly sha256: string;
  readonly batch_id: number;
  readonly account: string;
  readonly at: Date;
}

/** Under the lock of `lockRules`: what counts from the commit on. */
export async function insertTableActivation(
  client: PoolClient,
  { table_name, sha256, batch_id, account }: Omit<TableActivation, 'id' | 'at'>,
): Promise<void> {
  await client.query(
    `INSERT INTO knowledge_activation (id, table_name, sha256, batch_id, account)
     VALUES (nextval('rule_activation_id_seq'), $1, $2, $3, $4)`,
    [table_name, sha256, batch_id, account],
  );
}

/** The last one of every table. @param generation `null`: as it is now */
export async function placedTables(client: Client, generation: number | null): Promise<TableActivation[]> {
  const { rows } = await client.query<TableActivation>(
    `SELECT DISTINCT ON (table_name) id, table_name, sha256, batch_id, account, at FROM knowledge_activation
      WHERE id <= coalesce($1, id) ORDER BY table_name, id DESC`,
    [generation],
  );
  return rows;
}

/** What was in force of a table, newest first. */
export async function tableActivations(
  client: Client,
  table: string,
  activationsMax: number,
): Promise<TableActivation[]> {
  const { rows } = await client.query<TableActivation>(
    `SELECT id, table_name, sha256, batch_id, account, at FROM knowledge_activation WHERE table_name = $1 ORDER BY id DESC LIMIT $2`,
    [table, activationsMax],
  );
  return rows;
}

/** Whether this version of the table was ever in force. */
export async function wasInForce(client: Client, table: string, sha256: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM knowledge_activation WHERE table_name = $1 AND sha256 = $2 LIMIT 1',
    [table, sha256],
  );
  return rowCount === 1;
}
