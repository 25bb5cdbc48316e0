/** The database of retention: the only place from which anything that was received ever goes. */
import type { PoolClient } from 'pg';
import { type DocumentMonth, documentMonthOf, documentTexts, earlyDays } from '../claims/document-store.ts';
import { documentOf, itemsOf } from '../claims/stored.ts';
import { dayOf } from '../platform/civil.ts';
import type { Database } from '../platform/database.ts';
import type { Reach } from './reach.ts';
import { practitionerSeparator } from '../claims/practitioners.ts';
import { beginDay } from './neighbours.ts';
import type { RetainedRevision } from './retention.ts';

export interface RetainedRow extends RetainedRevision {
  /** Room its keys take, without indexes. */
  readonly bytes: number;
}

/** Persons after this one, in order, who have claims that end before the day. */
export async function personsBefore(
  database: Database,
  after: string,
  beforeDay: number,
  personsMax: number,
): Promise<string[]> {
  const { rows } = await database.pool.query<{ psn_no: string }>(
    `SELECT p.psn_no FROM person p WHERE p.psn_no > $1 AND ${hasClaimBefore} ORDER BY p.psn_no LIMIT $3`,
    [after, beforeDay, personsMax],
  );
  return rows.map(({ psn_no }) => psn_no);
}

const hasClaimBefore = `(SELECT true FROM claim_revision r WHERE r.psn_no = p.psn_no AND r.last_day < $2 LIMIT 1) IS NOT NULL`;

export async function countPersonsBefore(database: Database, beforeDay: number): Promise<number> {
  const { rows } = await database.pool.query<{ persons: number }>(
    `SELECT count(*) AS persons FROM person p WHERE p.psn_no > $1 AND ${hasClaimBefore}`,
    ['', beforeDay],
  );
  return rows[0]?.persons ?? 0;
}

/** SQL: something ties the revision `r` to another person: a content of the settlement, a refund of it, or what it refunds. */
const tiedElsewhere = `(SELECT true FROM claim_revision o WHERE o.fixmedins_code = r.fixmedins_code AND o.setl_id = r.setl_id
    AND o.psn_no <> r.psn_no LIMIT 1) IS NOT NULL
  OR (SELECT true FROM claim_revision o WHERE o.fixmedins_code = r.fixmedins_code AND o.refd_setl_id = r.setl_id
    AND o.psn_no <> r.psn_no LIMIT 1) IS NOT NULL
  OR (SELECT true FROM claim_revision o WHERE o.fixmedins_code = r.fixmedins_code AND o.setl_id = r.refd_setl_id
    AND o.psn_no <> r.psn_no LIMIT 1) IS NOT NULL`;

/** SQL: the finding `f` stands about days among which is the one on which the visit of `r` began. */
const standsOverR = `f.window_day >= ${beginDay('r')} AND f.window_from <= ${beginDay('r')} AND f.state = 'active'`;

/** SQL: a finding stands about a window in which the visit of `r` began: the whole window stays, or it would be judged otherwise. */
const standsInWindow = `((SELECT true FROM finding f WHERE f.fixmedins_code = r.fixmedins_code AND ${standsOverR} LIMIT 1) IS NOT NULL
  OR (SELECT true FROM unnest(string_to_array(r.practitioners, chr(${practitionerSeparator}))) AS p(code) JOIN practitioner_place l ON l.practitioner = p.code
        JOIN finding f ON f.fixmedins_code = l.fixmedins_code AND ${standsOverR} AND f.body->'window'->>'practitioner' = p.code LIMIT 1) IS NOT NULL)`;

/** Everything known of these persons. Whoever is to be removed must be locked before. */
export async function retainedOf(
  client: PoolClient,
  persons: readonly string[],
  reach: Reach,
): Promise<RetainedRow[]> {
  const { rows } = await client.query<Omit<RetainedRow, 'codes' | 'using'> & { traced: boolean }>(
    `SELECT r.id, r.psn_no, r.fixmedins_code, r.setl_id, r.med_type, r.refd_setl_id, r.first_day, r.last_day, r.traced, pg_column_size(r.*) AS bytes,
            r.states_death OR b.state <> 'screened'
            OR (SELECT true FROM held_revision h WHERE h.revision_id = r.id) IS NOT NULL
            OR (SELECT true FROM finding f WHERE f.fixmedins_code = r.fixmedins_code AND f.setl_id = r.setl_id AND f.state = 'active'
                 LIMIT 1) IS NOT NULL
            OR ${standsInWindow} OR ${tiedElsewhere} AS pinned
       FROM claim_revision r JOIN intake_batch b ON b.id = r.batch_id WHERE r.psn_no = ANY($1) ORDER BY r.id`,
    [persons],
  );
  const documents = await documentTexts(client, rows);
  // What is held back may not be readable, and stays anyhow.
  const traced = rows.filter((row) => row.traced && !row.pinned);
  const codes = new Map(traced.map(({ id }) => [id, codesOf(documents.get(id))]));
  const shared = await sharedCodes(client, traced, [...codes.values()].flat());
  return rows.map(({ traced: _traced, ...row }) => {
    const own = codes.get(row.id) ?? [];
    return {
      ...row,
      codes: own,
      pinned: row.pinned || own.some((code) => shared.has(code)),
      using: daysUsed(documents.get(row.id), reach),
    };
  });
}

/** What cannot be read may hold anything. */
function daysUsed(document: string | undefined, reach: Reach): number {
  try {
    return document === undefined ? 0 : reach.using(itemsOf(document));
  } catch {
    return reach.longest;
  }
}

const codesOf = (document: string | undefined): string[] =>
  document === undefined
    ? []
    : [...new Set((documentOf(document).traces ?? []).map(({ drug_trac_codg }) => drug_trac_codg))];

/** Those of the codes that anything else carries than free revisions of one person. */
async function sharedCodes(
  client: PoolClient,
  free: readonly { readonly id: number; readonly psn_no: string }[],
  codes: readonly string[],
): Promise<Set<string>> {
  if (codes.length === 0) return new Set();
  const { rows } = await client.query<{ code: string; revisions: number[] }>(
    `SELECT drug_trac_codg AS code, json_agg(revision_id) AS revisions FROM trace_sale WHERE drug_trac_codg = ANY($1)
      GROUP BY drug_trac_codg HAVING count(*) > 1`,
    [[...new Set(codes)]],
  );
  const personOf = new Map(free.map(({ id, psn_no }) => [id, psn_no]));
  const isShared = ({ revisions }: { revisions: number[] }): boolean => {
    const persons = new Set(revisions.map((id) => personOf.get(id)));
    return persons.size > 1 || persons.has(undefined);
  };
  return new Set(rows.filter(isShared).map(({ code }) => code));
}

/** Removes revisions with all that is said of them. Their documents are not found any more, and go with their month. */
export async function removeRevisions(client: PoolClient, rows: readonly RetainedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const sales = rows.flatMap(({ id, codes }) => codes.map((code) => ({ id, code })));
  // Ends with the transaction: nobody else can delete on this connection afterwards.
  await client.query(`SET LOCAL fundwatch.retention = 'on'`);
  await client.query(
    `DELETE FROM trace_sale s USING unnest($1::text[], $2::bigint[]) AS k(code, id)
      WHERE s.drug_trac_codg = k.code AND s.revision_id = k.id`,
    [sales.map(({ code }) => code), sales.map(({ id }) => id)],
  );
  await client.query(
    `DELETE FROM undecided u USING unnest($1::text[], $2::text[]) AS k(fixmedins_code, setl_id)
      WHERE u.fixmedins_code = k.fixmedins_code AND u.setl_id = k.setl_id`,
    [rows.map(({ fixmedins_code }) => fixmedins_code), rows.map(({ setl_id }) => setl_id)],
  );
  await client.query(
    `DELETE FROM window_undecided u USING unnest($1::text[], $2::text[]) AS k(fixmedins_code, setl_id)
      WHERE u.fixmedins_code = k.fixmedins_code AND u.setl_id = k.setl_id`,
    [rows.map(({ fixmedins_code }) => fixmedins_code), rows.map(({ setl_id }) => setl_id)],
  );
  await client.query('DELETE FROM claim_revision WHERE id = ANY($1)', [rows.map(({ id }) => id)]);
}

/** What goes by the time it came, and not by what it says. $1: the first moment that stays. */
const dated = {
  audit_warning: { key: 'jr_id', old: 't.given_at < $1' },
  intake_batch: {
    key: 'id',
    old: `t.state = 'screened' AND t.received_at < $1
      AND (SELECT true FROM claim_revision r WHERE r.batch_id = t.id LIMIT 1) IS NULL
      AND (SELECT true FROM held_revision h WHERE h.batch_id = t.id LIMIT 1) IS NULL`,
  },
  quarantine: {
    key: 'id',
    old: `t.state <> 'open' AND t.resolved_at < $1
      AND (SELECT true FROM held_revision h WHERE h.quarantine_id = t.id LIMIT 1) IS NULL`,
  },
} as const;

export type DatedTable = keyof typeof dated;
export const datedTables = ['audit_warning', 'intake_batch', 'quarantine'] as const satisfies DatedTable[];

export async function countDated(database: Database, table: DatedTable, before: Date): Promise<number> {
  const { rows } = await database.pool.query<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${table} t WHERE ${dated[table].old}`,
    [before],
  );
  return rows[0]?.rows ?? 0;
}

/** @returns how many went: fewer than `rowsMax` when there are no more */
export async function removeDated(
  client: PoolClient,
  table: DatedTable,
  before: Date,
  rowsMax: number,
): Promise<number> {
  const { key, old } = dated[table];
  const { rowCount } = await client.query(
    `DELETE FROM ${table} WHERE ${key} IN (SELECT t.${key} FROM ${table} t WHERE ${old} LIMIT $2)`,
    [before, rowsMax],
  );
  return rowCount ?? 0;
}

export interface DocumentPartition {
  readonly name: string;
  readonly month: DocumentMonth;
  readonly compact: boolean;
  readonly bytes: number;
}

/** The partitions whose days lie before this one, oldest first. */
export async function partitionsBefore(database: Database, beforeDay: number): Promise<DocumentPartition[]> {
  const { rows } = await database.pool.query<{ name: string; compact: boolean; bytes: number }>(
    `SELECT c.relname AS name, coalesce(obj_description(c.oid, 'pg_class') = '${compactMark}', false) AS compact,
            pg_total_relation_size(c.oid) AS bytes
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'claim_document'::regclass ORDER BY c.relname`,
  );
  return rows
    .flatMap((row) => {
      const month = monthNamed(row.name);
      return month === null || month.nextDay > beforeDay ? [] : [{ ...row, month }];
    })
    .sort((a, b) => a.month.firstDay - b.month.firstDay);
}

const earlyName = 'claim_document_early';

function monthNamed(name: string): DocumentMonth | null {
  if (name === earlyName) return earlyDays;
  const [, year, month] = /^claim_document_(\d{4})_(\d{2})$/.exec(name) ?? [];
  const day = year === undefined || month === undefined ? null : dayOf(`${year}-${month}-01`);
  return day === null ? null : documentMonthOf(day);
}

/** Waits at most this long for readers to finish; they wait behind it as long. Then lets them through and tries again. */
const swapLockMs = 2_000;
const swapPauseS = 1;
const swapAttemptsMax = 60;

export type Rewritten = 'unchanged' | 'dropped' | 'rewritten';

/**
 * Writes the documents of a month anew: only those that still have a revision, compressed, those of a person beside each other. A month of
 * which nothing is left is dropped. While it runs, only intake of claims of this very month waits; readers wait for the moment of the swap.
 * @param always rewrite it even if no document is superfluous
 */
export async function rewriteMonth(
  client: PoolClient,
  { name, month }: DocumentPartition,
  always: boolean,
): Promise<Rewritten> {
  await client.query('SELECT pg_advisory_xact_lock($1, $2)', [monthLockSpace, month.firstDay]);
  const { rows } = await client.query<{ kept: boolean; gone: boolean }>(
    `SELECT EXISTS (SELECT FROM ${name} d JOIN claim_revision r ON r.id = d.revision_id) AS kept,
            EXISTS (SELECT FROM ${name} d LEFT JOIN claim_revision r ON r.id = d.revision_id WHERE r.id IS NULL) AS gone`,
  );
  const kept = rows[0]?.kept === true;
  const gone = rows[0]?.gone === true;
  if (!gone && (kept ? !always : name === earlyName)) return 'unchanged';
  const stays = kept || name === earlyName;
  const fresh = `${name}_fresh`;
  if (stays) {
    await client.query('SELECT make_document_table($1)', [fresh]);
    // The check spares the reading of all rows when the table is attached.
    await client.query(
      `ALTER TABLE ${fresh} ADD CONSTRAINT days CHECK (last_day >= ${month.firstDay} AND last_day < ${month.nextDay});
       COMMENT ON TABLE ${fresh} IS '${compactMark}';
       CREATE TEMPORARY TABLE stage (psn_no text, revision_id bigint, last_day int, doc text STORAGE MAIN, personal bytea, filler text STORAGE MAIN)
         WITH (toast_tuple_target = ${stagedBytesTarget}) ON COMMIT DROP;
       INSERT INTO stage
         SELECT r.psn_no, d.*, repeat(' ', ${fillerBytes}) FROM ${name} d JOIN claim_revision r ON r.id = d.revision_id;
       INSERT INTO ${fresh} SELECT revision_id, last_day, doc, personal FROM stage ORDER BY psn_no, revision_id`,
    );
  }
  await lockDocuments(client);
  await client.query(`ALTER TABLE claim_document DETACH PARTITION ${name}`);
  await client.query(`DROP TABLE ${name}`);
  if (!stays) return 'dropped';
  const from = month.firstDay === earlyDays.firstDay ? 'MINVALUE' : month.firstDay;
  await client.query(
    `ALTER TABLE ${fresh} RENAME TO ${name};
     ALTER TABLE claim_document ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${month.nextDay});
     ALTER TABLE ${name} DROP CONSTRAINT days`,
  );
  return 'rewritten';
}

/** 'mont': as in `hold_document_months`. */
const monthLockSpace = 0x6d6f6e74;
const compactMark = 'compacted';
/**
 * PostgreSQL compresses only rows of more than 2 kB, which few documents are, but keeps what is compressed as it is. So rows are made longer
 * for a moment: they are compressed until they have this size (its least), or everything in them is.
 */
const fillerBytes = 2_100;
const stagedBytesTarget = 128;

async function lockDocuments(client: PoolClient): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${swapLockMs}`);
  for (let attempt = 1; ; attempt += 1) {
    await client.query('SAVEPOINT unlocked');
    try {
      await client.query('LOCK TABLE ONLY claim_document IN ACCESS EXCLUSIVE MODE');
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === lockNotAvailable;
      if (!isBusy || attempt >= swapAttemptsMax) throw error;
      await client.query('ROLLBACK TO SAVEPOINT unlocked');
      await client.query('SELECT pg_sleep($1)', [swapPauseS]);
    }
  }
}

const lockNotAvailable = '55P03';
