/** The database of draws. Nothing here is ever changed or removed; what is later is another row. */
import type { Pool, PoolClient } from 'pg';
import type { DrawObject, DrawResult, Evidence, Expert, Inspector, Replacement } from './contract.ts';
import {
  type DirectoryBrief,
  type DirectoryKind,
  type DrawRow,
  drawsShownMax,
  type RecordGiven,
} from './draws-contract.ts';

type Reader = Pick<Pool | PoolClient, 'query'>;

/** One at a time: directories, commitments and draws of the same agency do not overtake each other. */
export const lockDraws = (client: PoolClient): Promise<unknown> =>
  client.query(`SELECT pg_advisory_xact_lock(hashtext('fundwatch draws'))`);

interface DirectoryRecord extends Omit<DirectoryBrief, 'at'> {
  at: Date;
}
const briefOf = ({ at, ...rest }: DirectoryRecord): DirectoryBrief => ({ ...rest, at: at.toISOString() });
const directoryColumns = 'id, kind, sha256, rows, file_name, account, at';

/** The last of each kind. */
export async function latestDirectories(database: Reader): Promise<DirectoryBrief[]> {
  const { rows } = await database.query<DirectoryRecord>(
    `SELECT DISTINCT ON (kind) ${directoryColumns} FROM draw_directory ORDER BY kind DESC, id DESC`,
  );
  return rows.map(briefOf);
}

/** A line of a directory. */
export type DirectoryEntry = DrawObject | Inspector | Expert;

export async function entriesOf<Entry extends DirectoryEntry>(
  database: Reader,
  id: number,
): Promise<Entry[]> {
  const { rows } = await database.query<{ entries: Entry[] }>(
    'SELECT entries FROM draw_directory WHERE id = $1',
    [id],
  );
  return rows[0]?.entries ?? [];
}

export async function insertDirectory(
  client: PoolClient,
  given: {
    readonly kind: DirectoryKind;
    readonly sha256: string;
    readonly entries: readonly DirectoryEntry[];
    readonly file_name: string;
    readonly account: string;
  },
): Promise<DirectoryBrief> {
  const { rows } = await client.query<DirectoryRecord>(
    `INSERT INTO draw_directory (kind, sha256, entries, rows, file_name, account) VALUES ($1, $2, $3, $4, $5, $6)
     RETURNING ${directoryColumns}`,
    [
      given.kind,
      given.sha256,
      JSON.stringify(given.entries),
      given.entries.length,
      given.file_name,
      given.account,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a directory was not stored');
  return briefOf(row);
}

export interface StoredDraw {
  readonly id: number;
  readonly commitment: string;
  readonly commitment_sha256: string;
  readonly objects_id: number;
  readonly inspectors_id: number | null;
  readonly salt: string;
  readonly account: string;
  readonly redrawn_by: string | null;
  readonly evidence: Evidence | null;
  readonly result: DrawResult | null;
  readonly drawn_by: string | null;
  readonly opened_at: Date | null;
}

const drawSelect = `SELECT d.id, d.commitment, d.commitment_sha256, d.objects_id, d.inspectors_id, s.salt, d.account,
    (SELECT l.commitment_sha256 FROM draw l WHERE l.redraw_of = d.id) AS redrawn_by,
    r.evidence, r.result, r.account AS drawn_by, o.at AS opened_at
  FROM draw d JOIN draw_secret s ON s.draw_id = d.id LEFT JOIN draw_result r ON r.draw_id = d.id
  LEFT JOIN draw_opening o ON o.draw_id = d.id`;

export async function findDraw(database: Reader, id: number): Promise<StoredDraw | null> {
  const { rows } = await database.query<StoredDraw>(`${drawSelect} WHERE d.id = $1`, [id]);
  return rows[0] ?? null;
}

export async function findDrawByHash(database: Reader, hash: string): Promise<StoredDraw | null> {
  const { rows } = await database.query<StoredDraw>(`${drawSelect} WHERE d.commitment_sha256 = $1`, [hash]);
  return rows[0] ?? null;
}

export async function insertDraw(
  client: PoolClient,
  given: {
    readonly commitment: string;
    readonly commitment_sha256: string;
    readonly objects_id: number;
    readonly inspectors_id: number | null;
    readonly redraw_of: number | null;
    readonly salt: string;
    readonly account: string;
    readonly committed_at: string;
  },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO draw (commitment, commitment_sha256, objects_id, inspectors_id, redraw_of, account, committed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [
      given.commitment,
      given.commitment_sha256,
      given.objects_id,
      given.inspectors_id,
      given.redraw_of,
      given.account,
      given.committed_at,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a draw was not stored');
  await client.query('INSERT INTO draw_secret (draw_id, salt) VALUES ($1, $2)', [id, given.salt]);
  return id;
}

export async function listDraws(database: Reader): Promise<DrawRow[]> {
  const { rows } = await database.query<Omit<DrawRow, 'committed_at'> & { committed_at: Date }>(
    `SELECT d.id, d.commitment::json->'plan'->>'plan_id' AS plan_id, d.commitment::json->'plan'->>'title' AS title,
            d.commitment::json->'plan'->>'agency' AS agency, d.commitment_sha256, d.committed_at,
            CASE WHEN r.draw_id IS NULL THEN 'committed' WHEN o.draw_id IS NULL THEN 'drawn' ELSE 'opened' END AS state,
            (d.commitment::json->'plan'->>'unannounced')::boolean AS unannounced,
            d.commitment::json->'plan'->'checks' AS checks,
            (SELECT coalesce(sum(json_array_length(s->'drawn')), 0)::int4 FROM json_array_elements(r.result->'strata') s) AS drawn,
            (SELECT count(DISTINCT i.object_id) FROM inspection_record i WHERE i.draw_id = d.id) AS checked,
            (SELECT l.commitment_sha256 FROM draw l WHERE l.redraw_of = d.id) AS redrawn_by
       FROM draw d LEFT JOIN draw_result r ON r.draw_id = d.id LEFT JOIN draw_opening o ON o.draw_id = d.id
      ORDER BY d.id DESC LIMIT ${drawsShownMax}`,
  );
  return rows.map(({ committed_at, ...row }) => ({ ...row, committed_at: committed_at.toISOString() }));
}

export interface StoredReading {
  readonly place: number;
  readonly account: string;
  readonly reading: unknown;
  readonly at: Date;
}

export async function readingsOf(database: Reader, drawId: number): Promise<StoredReading[]> {
  const { rows } = await database.query<StoredReading>(
    'SELECT place, account, reading, at FROM draw_reading WHERE draw_id = $1 ORDER BY place',
    [drawId],
  );
  return rows;
}

export const insertReading = (
  client: PoolClient,
  drawId: number,
  { place, account, reading }: Pick<StoredReading, 'place' | 'account' | 'reading'>,
): Promise<unknown> =>
  client.query('INSERT INTO draw_reading (draw_id, place, account, reading) VALUES ($1, $2, $3, $4)', [
    drawId,
    place,
    account,
    JSON.stringify(reading),
  ]);

export const insertResult = (
  client: PoolClient,
  drawId: number,
  given: { readonly evidence: Evidence; readonly result: DrawResult; readonly account: string },
): Promise<unknown> =>
  client.query('INSERT INTO draw_result (draw_id, evidence, result, account) VALUES ($1, $2, $3, $4)', [
    drawId,
    JSON.stringify(given.evidence),
    JSON.stringify(given.result),
    given.account,
  ]);

export async function replacementsOf(database: Reader, drawId: number): Promise<Replacement[]> {
  const { rows } = await database.query<{ replacement: Replacement }>(
    'SELECT replacement FROM draw_replacement WHERE draw_id = $1 ORDER BY seq',
    [drawId],
  );
  return rows.map(({ replacement }) => replacement);
}

export const insertReplacement = (
  client: PoolClient,
  drawId: number,
  seq: number,
  replacement: Replacement,
  account: string,
): Promise<unknown> =>
  client.query('INSERT INTO draw_replacement (draw_id, seq, replacement, account) VALUES ($1, $2, $3, $4)', [
    drawId,
    seq,
    JSON.stringify(replacement),
    account,
  ]);

export interface RedrawApproval {
  readonly account: string;
  readonly reason: string;
  readonly at: Date;
}

export async function approvalsOf(database: Reader, drawId: number): Promise<RedrawApproval[]> {
  const { rows } = await database.query<RedrawApproval>(
    'SELECT account, reason, at FROM draw_redraw_approval WHERE draw_id = $1 ORDER BY at, account',
    [drawId],
  );
  return rows;
}

/** `false`: this person has approved before. */
export async function insertApproval(
  client: PoolClient,
  drawId: number,
  account: string,
  reason: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'INSERT INTO draw_redraw_approval (draw_id, account, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [drawId, account, reason],
  );
  return rowCount === 1;
}

export interface StoredRecord extends RecordGiven {
  readonly account: string;
  readonly at: Date;
  /** Day of the first entry. */
  readonly published_on: string;
  readonly corrections: number;
}

/** The last of each object. */
export async function recordsOf(database: Reader, drawId: number): Promise<StoredRecord[]> {
  const { rows } = await database.query<StoredRecord>(
    `SELECT DISTINCT ON (object_id) object_id, checked_on, result_code, note, account, at,
            (min(at) OVER (PARTITION BY object_id) AT TIME ZONE 'Asia/Shanghai')::date::text AS published_on,
            count(*) OVER (PARTITION BY object_id) - 1 AS corrections
       FROM inspection_record WHERE draw_id = $1 ORDER BY object_id, id DESC`,
    [drawId],
  );
  return rows;
}

/** The last day on which each object was checked. */
export async function lastChecks(database: Reader): Promise<Map<string, string>> {
  const { rows } = await database.query<{ object_id: string; day: string }>(
    'SELECT object_id, max(checked_on) AS day FROM inspection_record GROUP BY object_id',
  );
  return new Map(rows.map(({ object_id, day }) => [object_id, day]));
}

/** Everybody who recorded a check of the draw. */
export async function recordersOf(database: Reader, drawId: number): Promise<string[]> {
  const { rows } = await database.query<{ account: string }>(
    'SELECT DISTINCT account FROM inspection_record WHERE draw_id = $1',
    [drawId],
  );
  return rows.map(({ account }) => account);
}

export const insertRecord = (
  client: PoolClient,
  drawId: number,
  { object_id, checked_on, result_code, note }: RecordGiven,
  account: string,
): Promise<unknown> =>
  client.query(
    `INSERT INTO inspection_record (draw_id, object_id, checked_on, result_code, note, account)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [drawId, object_id, checked_on, result_code, note, account],
  );

export const insertOpening = (client: PoolClient, drawId: number, account: string): Promise<unknown> =>
  client.query('INSERT INTO draw_opening (draw_id, account) VALUES ($1, $2)', [drawId, account]);
