/** The database of tips: sealed texts, and what the office did. No column tells where a tip came from, or when but for the day. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import {
  referralsMax,
  type RewardSums,
  tipsPageSize,
  tipStepsMax,
  type TipStepDetail,
} from './tips-contract.ts';
import type { TipAction, TipState } from './tip-states-contract.ts';

type Client = Pool | PoolClient;

export interface StoredKey {
  readonly id: number;
  readonly public_key: string;
  readonly since: string;
}

export async function currentKey(client: Client): Promise<StoredKey | null> {
  const { rows } = await client.query<StoredKey>(
    `SELECT id, public_key, (at AT TIME ZONE 'Asia/Shanghai')::date AS since FROM tip_key ORDER BY id DESC LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** `null`: it was set before. */
export async function insertKey(
  client: PoolClient,
  publicKey: string,
  account: string,
): Promise<number | null> {
  const { rows } = await client.query<{ id: number }>(
    'INSERT INTO tip_key (public_key, account) VALUES ($1, $2) ON CONFLICT (public_key) DO NOTHING RETURNING id',
    [publicKey, account],
  );
  return rows[0]?.id ?? null;
}

export interface StoredTip {
  readonly id: number;
  readonly tip_no: string;
  readonly key_id: number;
  readonly public_key: string;
  readonly sealed: Buffer;
  readonly reply_key: string;
  readonly received_on: string;
  readonly state: TipState;
  readonly revision: number;
}

const tipColumns = `t.id, t.tip_no, t.key_id, k.public_key, t.sealed, t.reply_key, t.received_on, t.state, t.revision
  FROM tip t JOIN tip_key k ON k.id = t.key_id`;

/** `null`: there is a tip with this receipt already. */
export async function insertTip(
  client: PoolClient,
  given: Pick<StoredTip, 'key_id' | 'reply_key' | 'received_on'> & {
    readonly sealed: Uint8Array;
    readonly receipt_sha256: string;
  },
): Promise<Pick<StoredTip, 'id' | 'tip_no'> | null> {
  const { rows } = await client.query<Pick<StoredTip, 'id' | 'tip_no'>>(
    `INSERT INTO tip (id, tip_no, key_id, sealed, receipt_sha256, reply_key, received_on, state, revision)
     SELECT n.id, 'J' || substr($5, 1, 4) || '-' || lpad(n.id::text, 6, '0'), $1, $2, $3, $4, $5, 'received', 0
       FROM (SELECT nextval(pg_get_serial_sequence('tip', 'id')) AS id) n
     ON CONFLICT (receipt_sha256) DO NOTHING RETURNING id, tip_no`,
    [given.key_id, Buffer.from(given.sealed), given.receipt_sha256, given.reply_key, given.received_on],
  );
  return rows[0] ?? null;
}

export async function findTip(client: Client, id: number): Promise<StoredTip | null> {
  const { rows } = await client.query<StoredTip>(`SELECT ${tipColumns} WHERE t.id = $1`, [id]);
  return rows[0] ?? null;
}

/** The same, held until the transaction ends. */
export async function lockTip(client: PoolClient, id: number): Promise<StoredTip | null> {
  const { rows } = await client.query<StoredTip>(`SELECT ${tipColumns} WHERE t.id = $1 FOR UPDATE OF t`, [
    id,
  ]);
  return rows[0] ?? null;
}

export async function findTipByReceipt(client: Client, receiptSha256: string): Promise<StoredTip | null> {
  const { rows } = await client.query<StoredTip>(`SELECT ${tipColumns} WHERE t.receipt_sha256 = $1`, [
    receiptSha256,
  ]);
  return rows[0] ?? null;
}

/** The newest first. */
export async function listTips(
  client: Client,
  state: TipState | null,
  page: number,
): Promise<{ total: number; tips: StoredTip[] }> {
  const { rows: counted } = await client.query<{ total: number }>(
    'SELECT count(*) AS total FROM tip WHERE $1::text IS NULL OR state = $1',
    [state],
  );
  const { rows } = await client.query<StoredTip>(
    `SELECT ${tipColumns} WHERE $1::text IS NULL OR t.state = $1 ORDER BY t.id DESC LIMIT ${tipsPageSize} OFFSET $2`,
    [state, (page - 1) * tipsPageSize],
  );
  return { total: counted[0]?.total ?? 0, tips: rows };
}

export interface StoredStep {
  readonly tip_id: number;
  readonly seq: number;
  readonly action: TipAction;
  readonly detail: TipStepDetail;
  readonly answer: Buffer | null;
  readonly account: string;
  readonly on: string;
  readonly case_id: number | null;
  readonly case_no: string | null;
}

/** In order. */
export async function stepsOf(client: Client, ids: readonly number[]): Promise<StoredStep[]> {
  const { rows } = await client.query<StoredStep>(
    `SELECT s.tip_id, s.seq, s.action, s.detail, s.answer, s.account, s.taken_on AS on, c.case_id, f.case_no
       FROM tip_step s LEFT JOIN tip_case c USING (tip_id, seq) LEFT JOIN case_file f ON f.id = c.case_id
      WHERE s.tip_id = ANY($1::int8[]) ORDER BY s.tip_id, s.seq`,
    [ids],
  );
  return rows;
}

export async function insertStep(
  client: PoolClient,
  { id, revision }: Pick<StoredTip, 'id' | 'revision'>,
  step: {
    readonly action: TipAction;
    readonly detail: TipStepDetail;
    readonly answer: Uint8Array | null;
    readonly account: string;
    readonly on: string;
  },
  state: TipState,
): Promise<void> {
  if (revision >= tipStepsMax) throw new RangeError(`a tip has at most ${tipStepsMax} steps`);
  await client.query(
    'INSERT INTO tip_step (tip_id, seq, action, detail, answer, account, taken_on) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [
      id,
      revision + 1,
      step.action,
      JSON.stringify(step.detail),
      step.answer === null ? null : Buffer.from(step.answer),
      step.account,
      step.on,
    ],
  );
  await client.query('UPDATE tip SET state = $2, revision = $3 WHERE id = $1', [id, state, revision + 1]);
}

export interface StoredFile {
  readonly no: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** In the order in which they came. */
export async function tipFilesOf(client: Client, id: number): Promise<StoredFile[]> {
  const { rows } = await client.query<StoredFile>(
    'SELECT no, octet_length(sealed) AS bytes, sha256 FROM tip_file WHERE tip_id = $1 ORDER BY no',
    [id],
  );
  return rows;
}

export async function sealedFileOf(client: Client, id: number, no: number): Promise<Buffer | null> {
  const { rows } = await client.query<{ sealed: Buffer }>(
    'SELECT sealed FROM tip_file WHERE tip_id = $1 AND no = $2',
    [id, no],
  );
  return rows[0]?.sealed ?? null;
}

export const insertTipFile = (
  client: PoolClient,
  id: number,
  file: { readonly no: number; readonly sha256: string; readonly sealed: Buffer },
): Promise<unknown> =>
  client.query('INSERT INTO tip_file (tip_id, no, sha256, sealed) VALUES ($1, $2, $3, $4)', [
    id,
    file.no,
    file.sha256,
    file.sealed,
  ]);

/**
 * Counts so many bytes to what all tips of a day brought. Whoever comes at the same time, by whatever process, waits for this transaction.
 *
 * @returns whether they fit. What does not fit is not counted
 */
export async function countTipFileBytes(
  client: PoolClient,
  day: string,
  bytes: number,
  bytesMax: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO tip_file_day AS d (day, bytes) SELECT $1, $2::int8 WHERE $2::int8 <= $3::int8
     ON CONFLICT (day) DO UPDATE SET bytes = d.bytes + excluded.bytes WHERE d.bytes + excluded.bytes <= $3::int8`,
    [day, bytes, bytesMax],
  );
  return rowCount === 1;
}

const rewardSteps = {
  proposed: 'reward',
  approved: 'approve_reward',
  paid: 'pay_reward',
  forgone: 'forgo_reward',
} as const satisfies Record<string, TipAction>;

/** How many rewards went how far, and what they come to. Of whom they are, nothing says. */
export async function rewardSums(client: Client): Promise<RewardSums[]> {
  const { rows } = await client.query<RewardSums>(
    `SELECT substr(taken_on, 1, 4) AS year, ${Object.entries(rewardSteps)
      .map(
        ([name, action]) => `json_build_object(
           'count', count(*) FILTER (WHERE action = '${action}'),
           'fen', coalesce(sum((detail ->> 'fen')::int8) FILTER (WHERE action = '${action}'), 0)) AS ${name}`,
      )
      .join(', ')}
       FROM tip_step WHERE action = ANY($1::text[]) GROUP BY 1 ORDER BY 1 DESC`,
    [Object.values(rewardSteps)],
  );
  return rows;
}

const referralSchema = z.object({ fixmedins_code: z.string(), summary: z.string() });
interface Referral extends z.infer<typeof referralSchema> {
  readonly tip_id: number;
  readonly seq: number;
  readonly tip_no: string;
  readonly on: string;
}

/** What was referred and has no case yet, the oldest first. */
export async function openReferrals(client: Client): Promise<Referral[]> {
  const { rows } = await client.query<
    Omit<Referral, keyof z.infer<typeof referralSchema>> & { detail: unknown }
  >(
    `SELECT s.tip_id, s.seq, t.tip_no, s.taken_on AS on, s.detail FROM tip_step s JOIN tip t ON t.id = s.tip_id
      WHERE s.action = 'refer' AND NOT EXISTS (SELECT FROM tip_case c WHERE c.tip_id = s.tip_id AND c.seq = s.seq)
      ORDER BY s.tip_id, s.seq LIMIT ${referralsMax}`,
  );
  return rows.map(({ detail, ...row }) => ({ ...row, ...referralSchema.parse(detail) }));
}

export const insertTipCase = (
  client: PoolClient,
  tipId: number,
  seq: number,
  caseId: number,
): Promise<unknown> =>
  client.query('INSERT INTO tip_case (tip_id, seq, case_id) VALUES ($1, $2, $3)', [tipId, seq, caseId]);

/** Objects that the office raised, by day: for the proposal of a directory. */
export async function raisedByDay(
  client: Client,
): Promise<{ readonly fixmedins_code: string; readonly day: string; readonly findings: number }[]> {
  const { rows } = await client.query<{ fixmedins_code: string; day: string; findings: number }>(
    `SELECT detail ->> 'fixmedins_code' AS fixmedins_code, taken_on AS day, count(*) AS findings
       FROM tip_step WHERE action = 'raise' GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return rows;
}
