/** The database of persons: what is known of somebody, over all settlements in sight. */
import { parameters, seenSql, type Sight } from '../people/sight.ts';
import type { Database } from '../platform/database.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { ClaimRow } from './contract.ts';
import { isCurrent } from './current.ts';
import { documentOfRevision } from './document-store.ts';
import { maskPersonal, type Personal, personalOf } from './personal.ts';
import { personClaimsMax, type PersonDetail, type PersonRow } from './persons-contract.ts';
import { claimColumns } from './store.ts';
import { documentOf } from './stored.ts';

/** `null`: there is no such settlement. */
export async function psnNoOf(
  { pool }: Database,
  fixmedinsCode: string,
  setlId: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ psn_no: string }>(
    `SELECT r.psn_no FROM claim_revision r WHERE r.fixmedins_code = $1 AND r.setl_id = $2 AND ${isCurrent}`,
    [fixmedinsCode, setlId],
  );
  return rows[0]?.psn_no ?? null;
}

interface Statement {
  readonly hash: string;
  readonly doc: string;
  readonly personal: Buffer | null;
}

/** What the latest settlement in sight states of the person. */
async function latestStatement(
  { pool }: Database,
  psnNo: string,
  sight: Sight,
): Promise<(Statement & ClaimRow) | null> {
  const { values, bind } = parameters(psnNo);
  const { rows } = await pool.query<Statement & ClaimRow>(
    `SELECT ${claimColumns}, encode(r.content_hash, 'hex') AS hash, d.doc, d.personal FROM claim_revision r JOIN ${documentOfRevision}
      WHERE r.psn_no = $1 AND ${isCurrent} AND ${seenSql(sight, 'r.fixmedins_code', bind)}
      ORDER BY (d.personal IS NULL), r.setl_time DESC, r.id DESC LIMIT 1`,
    values,
  );
  return rows[0] ?? null;
}

async function claimsOf(
  { pool }: Database,
  psnNo: string,
  sight: Sight,
): Promise<{ total: number; items: ClaimRow[] }> {
  const { values, bind } = parameters(psnNo);
  const where = `r.psn_no = $1 AND ${isCurrent} AND ${seenSql(sight, 'r.fixmedins_code', bind)}`;
  const [counted, found] = await Promise.all([
    pool.query<{ total: number }>(`SELECT count(*) AS total FROM claim_revision r WHERE ${where}`, values),
    pool.query<ClaimRow>(
      `SELECT ${claimColumns} FROM claim_revision r WHERE ${where} ORDER BY r.setl_time DESC, r.id DESC LIMIT ${personClaimsMax}`,
      values,
    ),
  ]);
  return { total: counted.rows[0]?.total ?? 0, items: found.rows };
}

const maskedOf = (keys: Keyring, { hash, personal }: Statement): Personal =>
  personal === null ? {} : maskPersonal(personalOf(keys, hash, personal));

/** @returns in the order of the numbers, without persons of whom nothing is in sight */
export async function personRows(
  database: Database,
  keys: Keyring,
  psnNos: readonly string[],
  sight: Sight,
): Promise<PersonRow[]> {
  const rows: PersonRow[] = [];
  for (const psn_no of psnNos) {
    const statement = await latestStatement(database, psn_no, sight);
    const { total, items } = await claimsOf(database, psn_no, sight);
    const [latest] = items;
    if (statement === null || latest === undefined) continue;
    const { psn_name = null, certno = null } = maskedOf(keys, statement);
    rows.push({ psn_no, psn_name, certno, claims: total, latest });
  }
  return rows;
}

/** Masked. `null`: nothing of the person is in sight. @throws VaultError */
export async function findPerson(
  database: Database,
  keys: Keyring,
  psnNo: string,
  sight: Sight,
): Promise<PersonDetail | null> {
  const statement = await latestStatement(database, psnNo, sight);
  if (statement === null) return null;
  const { total, items } = await claimsOf(database, psnNo, sight);
  const { person } = documentOf(statement.doc);
  const { psn_name = null, certno = null, tel = null, addr = null } = maskedOf(keys, statement);
  return {
    psn_no: psnNo,
    psn_name,
    certno,
    tel,
    addr,
    gend: person.gend ?? null,
    brdy: person.brdy ?? null,
    claims_total: total,
    claims: items,
  };
}

/** What one settlement states, in full. `null`: there is no such settlement. @throws VaultError */
export async function personalOfClaim(
  { pool }: Database,
  keys: Keyring,
  fixmedinsCode: string,
  setlId: string,
): Promise<{ psn_no: string; personal: Personal } | null> {
  const { rows } = await pool.query<{ psn_no: string; hash: string; personal: Buffer | null }>(
    `SELECT r.psn_no, encode(r.content_hash, 'hex') AS hash, d.personal FROM claim_revision r JOIN ${documentOfRevision}
      WHERE r.fixmedins_code = $1 AND r.setl_id = $2 AND ${isCurrent}`,
    [fixmedinsCode, setlId],
  );
  const [found] = rows;
  if (found === undefined) return null;
  const { psn_no, hash, personal } = found;
  return { psn_no, personal: personal === null ? {} : personalOf(keys, hash, personal) };
}
