/** What cases keep sealed: content of evidence, and the names of files that came with answers. A former version kept both unsealed. */
import type { PoolClient } from 'pg';
import { AppError } from '../platform/http.ts';
import { type Keyring, keyIdOf } from '../vault/keyring.ts';
import { sha256Hex } from './sha256.ts';

/** Equal contents may lie at one another's place: each is compared with its hash. */
const contentPlace = (sha256: string): string => `evidence ${sha256}`;
const namePlace = (findingId: string, sha256: string): string => `answer file ${findingId} ${sha256}`;

export const sealedContent = (keys: Keyring, sha256: string, content: string): Buffer =>
  keys.seal(contentPlace(sha256), Buffer.from(content));

/** @throws VaultError; AppError 500 `case_evidence_damaged` when what lies there is not what was frozen */
export function openedContent(keys: Keyring, sha256: string, lies: Buffer): string {
  // Texts may begin as sealed bytes do; sealed bytes cannot have the hash of what they hold.
  if (sha256Hex(lies) === sha256) return lies.toString('utf8');
  const plain = keys.open(contentPlace(sha256), lies);
  if (sha256Hex(plain) === sha256) return plain.toString('utf8');
  throw new AppError({
    status: 500,
    code: 'case_evidence_damaged',
    message: {
      zh: '证据内容与固定时的哈希不符，已拒绝提供，请把 support_id 告诉管理员',
      en: 'A piece of evidence is not what was frozen and is not given out; tell the administrator the support_id',
    },
  });
}

export const sealedName = (keys: Keyring, findingId: string, sha256: string, name: string): Buffer =>
  keys.seal(namePlace(findingId, sha256), Buffer.from(name));

/** Names hold nothing that controls a screen, so none begins as sealed bytes do. @throws VaultError */
export const openedName = (keys: Keyring, findingId: string, sha256: string, lies: Buffer): string =>
  (keyIdOf(lies) === null ? lies : keys.open(namePlace(findingId, sha256), lies)).toString('utf8');

/** The piece of evidence after this place, `case no`, sealed with the current key if it was not. `null`: there is none. */
async function sealNextEvidence(client: PoolClient, keys: Keyring, after: string): Promise<string | null> {
  const { rows } = await client.query<{ case_id: number; no: number; sha256: string; content: Buffer }>(
    `SELECT case_id, no, sha256, content FROM case_evidence WHERE (case_id, no) > ($1::int8, $2::int4)
      ORDER BY case_id, no LIMIT 1 FOR UPDATE`,
    after === '' ? [0, 0] : after.split(' '),
  );
  const [piece] = rows;
  if (piece === undefined) return null;
  const { case_id, no, sha256, content } = piece;
  if (keyIdOf(content) !== keys.current.seal) {
    // The trigger lets nothing else change (migration 20261128122000_sealed_evidence).
    await client.query(`SELECT set_config('fundwatch.seal_anew', 'on', true)`);
    await client.query('UPDATE case_evidence SET content = $3 WHERE case_id = $1 AND no = $2', [
      case_id,
      no,
      sealedContent(keys, sha256, openedContent(keys, sha256, content)),
    ]);
  }
  return `${case_id} ${no}`;
}

/** The same of the name of a file, by finding and hash. */
async function sealNextName(client: PoolClient, keys: Keyring, after: string): Promise<string | null> {
  const { rows } = await client.query<{ finding_id: string; sha256: string; name: Buffer }>(
    `SELECT finding_id, sha256, name FROM finding_answer_file WHERE (finding_id, sha256) > ($1, $2)
      ORDER BY finding_id, sha256 LIMIT 1 FOR UPDATE`,
    after === '' ? ['', ''] : after.split(' '),
  );
  const [file] = rows;
  if (file === undefined) return null;
  const { finding_id, sha256, name } = file;
  if (keyIdOf(name) !== keys.current.seal)
    await client.query('UPDATE finding_answer_file SET name = $3 WHERE finding_id = $1 AND sha256 = $2', [
      finding_id,
      sha256,
      sealedName(keys, finding_id, sha256, openedName(keys, finding_id, sha256, name)),
    ]);
  return `${finding_id} ${sha256}`;
}

/** For `sealAnew` (claims/seal-anew-service.ts). */
export const sealedByCases = { evidence: sealNextEvidence, file_names: sealNextName } as const;
