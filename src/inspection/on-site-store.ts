/** The database of checks on the spot: what is written is added, tasks move on, and nothing is removed. */
import type { Pool, PoolClient } from 'pg';
import type { DirectoryKind, RecordGiven } from './draws-contract.ts';
import {
  type Answer,
  entriesFoundMax,
  type EntriesFound,
  type HeldAnswer,
  type Member,
  type Photo,
  type Signature,
  type TaskChecklist,
  type TaskKind,
  type TaskObject,
  type TasksQuery,
  type TaskState,
} from './on-site-contract.ts';
import type { SignedCheck } from './to-credit.ts';

type Reader = Pick<Pool | PoolClient, 'query'>;

/** Inspectors of the directory for whom an account stands: one at most. */
export async function inspectorOf(database: Reader, account: string): Promise<string | null> {
  const { rows } = await database.query<{ inspector_id: string }>(
    'SELECT inspector_id FROM inspector_account WHERE account = $1',
    [account],
  );
  return rows[0]?.inspector_id ?? null;
}

/** `false`: the account stands for another inspector. */
export async function linkInspector(
  client: PoolClient,
  inspectorId: string,
  account: string | null,
  by: string,
): Promise<boolean> {
  if (account === null) {
    await client.query('DELETE FROM inspector_account WHERE inspector_id = $1', [inspectorId]);
    return true;
  }
  const { rowCount } = await client.query(
    `INSERT INTO inspector_account (inspector_id, account, linked_by)
     SELECT $1::text, $2::text, $3 WHERE NOT EXISTS (SELECT FROM inspector_account WHERE account = $2 AND inspector_id <> $1)
     ON CONFLICT (inspector_id) DO UPDATE SET account = excluded.account, linked_by = excluded.linked_by, at = now()`,
    [inspectorId, account, by],
  );
  return rowCount === 1;
}

/** Lines of a directory whose number or name holds the text. */
export async function findEntries(
  database: Reader,
  kind: DirectoryKind,
  text: string,
): Promise<EntriesFound['items']> {
  const [id, about] = kind === 'objects' ? ['object_id', 'kind'] : ['inspector_id', 'unit'];
  const { rows } = await database.query<EntriesFound['items'][number]>(
    `SELECT e->>'${id}' AS id, e->>'name' AS name, e->>'${about}' AS about, a.account
       FROM (SELECT entries FROM draw_directory WHERE kind = $1 ORDER BY id DESC LIMIT 1) d
       CROSS JOIN json_array_elements(d.entries) e
       LEFT JOIN inspector_account a ON $1 = 'inspectors' AND a.inspector_id = e->>'inspector_id'
      WHERE strpos(lower(e->>'${id}'), lower($2)) > 0 OR strpos(lower(e->>'name'), lower($2)) > 0
      ORDER BY 1 LIMIT ${entriesFoundMax}`,
    [kind, text],
  );
  return rows;
}

export interface StoredTask {
  readonly id: number;
  readonly kind: TaskKind;
  readonly draw_id: number | null;
  readonly recheck_of: number | null;
  readonly object: TaskObject;
  readonly team: readonly Member[];
  readonly from_day: string;
  readonly due_day: string;
  readonly reason: string;
  readonly state: TaskState;
  readonly account: string;
  readonly reopened_reason: string | null;
  /** Of the last entry in the list of results. */
  readonly result_code: string | null;
}

const taskColumns = `t.id, t.kind, t.draw_id, t.recheck_of, t.object, t.team, t.from_day, t.due_day, t.reason, t.state, t.account,
  t.reopened_reason, (SELECT r.result_code FROM inspection_record r
    WHERE r.task_id = t.id OR (r.draw_id = t.draw_id AND r.object_id = t.object_id) ORDER BY r.id DESC LIMIT 1) AS result_code`;

/** Where the task is somebody's, and where it is still to be done. */
const isOf = (place: string): string =>
  `EXISTS (SELECT FROM json_array_elements(t.team) m WHERE m->>'inspector_id' = ${place})`;
const isDue = `t.state IN ('planned', 'open', 'concluded')`;

export async function listTasks(
  database: Reader,
  { whose, state, page, page_size }: TasksQuery,
  inspectorId: string | null,
): Promise<{ readonly total: number; readonly rows: StoredTask[] }> {
  const where = `WHERE ($1::text = 'all' OR ${isOf('$2::text')})
    AND ($3::text = 'every' OR ($3 = 'due' AND ${isDue}) OR t.state = $3)`;
  const given = [whose, inspectorId, state];
  const { rows: counted } = await database.query<{ total: number }>(
    `SELECT count(*) AS total FROM inspection_task t ${where}`,
    given,
  );
  const { rows } = await database.query<StoredTask>(
    `SELECT ${taskColumns} FROM inspection_task t ${where}
      ORDER BY ${isDue} DESC, CASE WHEN ${isDue} THEN t.due_day END, t.id DESC LIMIT $4 OFFSET $5`,
    [...given, page_size, (page - 1) * page_size],
  );
  return { total: counted[0]?.total ?? 0, rows };
}

export async function findTask(database: Reader, id: number): Promise<StoredTask | null> {
  const { rows } = await database.query<StoredTask>(
    `SELECT ${taskColumns} FROM inspection_task t WHERE t.id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The same, held until the transaction ends: one act at a time. */
export async function lockTask(client: PoolClient, id: number): Promise<StoredTask | null> {
  await client.query('SELECT FROM inspection_task WHERE id = $1 FOR UPDATE', [id]);
  return findTask(client, id);
}

/** The task of an object that was drawn, held; `null`: the draw is older than tasks, or never drew it. */
export async function lockDrawnTask(
  client: PoolClient,
  drawId: number,
  objectId: string,
): Promise<StoredTask | null> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT id FROM inspection_task WHERE draw_id = $1 AND object_id = $2 FOR UPDATE',
    [drawId, objectId],
  );
  return rows[0] === undefined ? null : findTask(client, rows[0].id);
}

/** By object. */
export async function checksOfDraw(
  database: Reader,
  drawId: number,
): Promise<ReadonlyMap<string, Pick<StoredTask, 'id' | 'state'>>> {
  const { rows } = await database.query<{ object_id: string } & Pick<StoredTask, 'id' | 'state'>>(
    'SELECT object_id, id, state FROM inspection_task WHERE draw_id = $1',
    [drawId],
  );
  return new Map(rows.map(({ object_id, id, state }) => [object_id, { id, state }]));
}

export type NewTask = Pick<
  StoredTask,
  'kind' | 'draw_id' | 'recheck_of' | 'object' | 'team' | 'from_day' | 'due_day' | 'reason' | 'account'
>;

export async function insertTask(client: PoolClient, task: NewTask): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO inspection_task (kind, draw_id, recheck_of, object_id, object, team, from_day, due_day, reason, account)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      task.kind,
      task.draw_id,
      task.recheck_of,
      task.object.object_id,
      JSON.stringify(task.object),
      JSON.stringify(task.team),
      task.from_day,
      task.due_day,
      task.reason,
      task.account,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a task was not stored');
  return id;
}

/** Tasks of a draw as it stands: who came in is added, whose team changed gets the new one, and who went out is called off. */
export async function followDraw(
  client: PoolClient,
  drawId: number,
  tasks: readonly NewTask[],
): Promise<void> {
  const rows = tasks.map(({ object, team, from_day, due_day, reason, account }) => ({
    object_id: object.object_id,
    object,
    team,
    from_day,
    due_day,
    reason,
    account,
  }));
  await client.query(
    `INSERT INTO inspection_task (kind, draw_id, object_id, object, team, from_day, due_day, reason, account)
     SELECT 'drawn', $1, e->>'object_id', e->'object', e->'team', e->>'from_day', e->>'due_day', e->>'reason', e->>'account'
       FROM json_array_elements($2::json) e
     ON CONFLICT (draw_id, object_id) DO UPDATE SET team = excluded.team
      WHERE inspection_task.state = 'planned' AND inspection_task.team::text <> excluded.team::text`,
    [drawId, JSON.stringify(rows)],
  );
  await cancelPlanned(
    client,
    drawId,
    rows.map(({ object_id }) => object_id),
  );
}

/** Calls off what of a draw has not begun, but for these objects. */
export async function cancelPlanned(
  client: PoolClient,
  drawId: number,
  butFor: readonly string[],
): Promise<void> {
  await client.query(
    `UPDATE inspection_task SET state = 'cancelled' WHERE draw_id = $1 AND state = 'planned' AND object_id <> ALL($2::text[])`,
    [drawId, butFor],
  );
}

export const moveTask = (client: PoolClient, id: number, state: TaskState): Promise<unknown> =>
  client.query('UPDATE inspection_task SET state = $2 WHERE id = $1', [id, state]);
export const cancelTask = (client: PoolClient, id: number, reason: string): Promise<unknown> =>
  client.query(`UPDATE inspection_task SET state = 'cancelled', cancelled_reason = $2 WHERE id = $1`, [
    id,
    reason,
  ]);
export const reopenTask = (client: PoolClient, id: number, reason: string): Promise<unknown> =>
  client.query(`UPDATE inspection_task SET state = 'open', reopened_reason = $2 WHERE id = $1`, [id, reason]);
export const setTeam = (client: PoolClient, id: number, team: readonly Member[]): Promise<unknown> =>
  client.query('UPDATE inspection_task SET team = $2 WHERE id = $1', [id, JSON.stringify(team)]);

export const insertChecklist = (
  client: PoolClient,
  id: number,
  checklist: TaskChecklist,
  account: string,
): Promise<unknown> =>
  client.query('INSERT INTO inspection_checklist (task_id, checklist, account) VALUES ($1, $2, $3)', [
    id,
    JSON.stringify(checklist),
    account,
  ]);

export async function checklistOf(database: Reader, id: number): Promise<TaskChecklist | null> {
  const { rows } = await database.query<{ checklist: TaskChecklist }>(
    'SELECT checklist FROM inspection_checklist WHERE task_id = $1',
    [id],
  );
  return rows[0]?.checklist ?? null;
}

/** The last answer to each item. */
export async function answersOf(database: Reader, id: number): Promise<HeldAnswer[]> {
  const { rows } = await database.query<Omit<HeldAnswer, 'at'> & { at: Date }>(
    `SELECT DISTINCT ON (item) item, verdict, fen, note, seq, account, at FROM inspection_answer
      WHERE task_id = $1 ORDER BY item, seq DESC`,
    [id],
  );
  return rows.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() }));
}

export async function insertAnswers(
  client: PoolClient,
  id: number,
  answers: readonly Answer[],
  account: string,
): Promise<void> {
  await client.query(
    `INSERT INTO inspection_answer (task_id, item, verdict, fen, note, account)
     SELECT $1, a.item, a.verdict, a.fen, a.note, $6
       FROM unnest($2::text[], $3::text[], $4::int8[], $5::text[]) AS a(item, verdict, fen, note)`,
    [
      id,
      answers.map(({ item }) => item),
      answers.map(({ verdict }) => verdict),
      answers.map(({ fen }) => fen),
      answers.map(({ note }) => note),
      account,
    ],
  );
}

/** Those that were not taken off. */
export async function photosOf(database: Reader, id: number): Promise<Photo[]> {
  const { rows } = await database.query<Omit<Photo, 'at'> & { at: Date }>(
    `SELECT no, item, sha256, sent_sha256, account, at FROM inspection_photo WHERE task_id = $1 AND removed_by IS NULL ORDER BY no`,
    [id],
  );
  return rows.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() }));
}

/** @returns its number: those that were taken off count too, so that none is given twice */
export async function insertPhoto(
  client: PoolClient,
  id: number,
  given: Pick<Photo, 'item' | 'sha256' | 'sent_sha256' | 'account'>,
): Promise<number> {
  const { rows } = await client.query<{ no: number }>(
    `INSERT INTO inspection_photo (task_id, no, item, sha256, sent_sha256, account)
     SELECT $1, coalesce(max(no), 0) + 1, $2, $3, $4, $5 FROM inspection_photo WHERE task_id = $1 RETURNING no`,
    [id, given.item, given.sha256, given.sent_sha256, given.account],
  );
  return rows[0]?.no ?? 0;
}

export const removePhoto = (client: PoolClient, id: number, no: number, account: string): Promise<unknown> =>
  client.query(
    'UPDATE inspection_photo SET removed_by = $3 WHERE task_id = $1 AND no = $2 AND removed_by IS NULL',
    [id, no, account],
  );

export interface Protocol {
  readonly no: number;
  readonly record: string;
  readonly sha256: string;
}

/** The last record that was concluded, whether it stands or was opened again. */
export async function protocolOf(database: Reader, id: number): Promise<Protocol | null> {
  const { rows } = await database.query<Protocol>(
    'SELECT no, record, sha256 FROM inspection_protocol WHERE task_id = $1 ORDER BY no DESC LIMIT 1',
    [id],
  );
  return rows[0] ?? null;
}

export const insertProtocol = (
  client: PoolClient,
  id: number,
  { no, record, sha256 }: Protocol,
  account: string,
): Promise<unknown> =>
  client.query(
    'INSERT INTO inspection_protocol (task_id, no, record, sha256, account) VALUES ($1, $2, $3, $4, $5)',
    [id, no, record, sha256, account],
  );

export async function signaturesOf(database: Reader, id: number, no: number): Promise<Signature[]> {
  const { rows } = await database.query<{ signature: Signature }>(
    'SELECT signature FROM inspection_signature WHERE task_id = $1 AND no = $2 ORDER BY place',
    [id, no],
  );
  return rows.map(({ signature }) => signature);
}

export const insertSignature = (
  client: PoolClient,
  id: number,
  no: number,
  place: number,
  signature: Signature,
): Promise<unknown> =>
  client.query(
    'INSERT INTO inspection_signature (task_id, no, place, signature, drawing_sha256) VALUES ($1, $2, $3, $4, $5)',
    [
      id,
      no,
      place,
      JSON.stringify(signature),
      signature.signer === 'inspector' ? null : signature.drawing_sha256,
    ],
  );

export const insertSigned = (
  client: PoolClient,
  id: number,
  no: number,
  sha256: string,
  account: string,
): Promise<unknown> =>
  client.query('INSERT INTO inspection_signed (task_id, no, sha256, account) VALUES ($1, $2, $3, $4)', [
    id,
    no,
    sha256,
    account,
  ]);

export async function signedShaOf(database: Reader, id: number): Promise<string | null> {
  const { rows } = await database.query<{ sha256: string }>(
    'SELECT sha256 FROM inspection_signed WHERE task_id = $1',
    [id],
  );
  return rows[0]?.sha256 ?? null;
}

/** In the one list of results, drawn or not. */
export const insertTaskRecord = (
  client: PoolClient,
  task: Pick<StoredTask, 'id' | 'draw_id'>,
  { object_id, checked_on, result_code, note }: RecordGiven,
  account: string,
): Promise<unknown> =>
  client.query(
    `INSERT INTO inspection_record (draw_id, task_id, object_id, checked_on, result_code, note, account)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [task.draw_id, task.id, object_id, checked_on, result_code, note, account],
  );

export const insertClue = (
  client: PoolClient,
  id: number,
  caseId: number,
  account: string,
): Promise<unknown> =>
  client.query('INSERT INTO inspection_clue (task_id, case_id, account) VALUES ($1, $2, $3)', [
    id,
    caseId,
    account,
  ]);

export async function clueOf(database: Reader, id: number): Promise<number | null> {
  const { rows } = await database.query<{ case_id: number }>(
    'SELECT case_id FROM inspection_clue WHERE task_id = $1',
    [id],
  );
  return rows[0]?.case_id ?? null;
}

/** The re-check that follows an order to correct. */
export async function recheckOf(database: Reader, id: number): Promise<StoredTask | null> {
  const { rows } = await database.query<{ id: number }>(
    'SELECT id FROM inspection_task WHERE recheck_of = $1',
    [id],
  );
  return rows[0] === undefined ? null : findTask(database, rows[0].id);
}

/**
 * Signed checks of institutions from which no clue was opened, the oldest first: what leads to a case is counted by its decision.
 * @param after the one that was looked at last
 */
export async function signedAfter(
  database: Reader,
  after: number,
  checksMax: number,
): Promise<SignedCheck[]> {
  const { rows } = await database.query<SignedCheck>(
    `SELECT t.id, t.kind, t.object_id, p.record, s.sha256 AS signed_sha256
       FROM inspection_signed s JOIN inspection_task t ON t.id = s.task_id
       JOIN inspection_protocol p ON p.task_id = s.task_id AND p.no = s.no
       JOIN inspection_checklist c ON c.task_id = t.id AND c.checklist->>'subject' = 'institution'
      WHERE t.id > $1 AND NOT EXISTS (SELECT FROM inspection_clue l WHERE l.task_id = t.id) ORDER BY t.id LIMIT $2`,
    [after, checksMax],
  );
  return rows;
}
