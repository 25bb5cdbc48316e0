/** Seals everything again that other keys than the current ones seal: after keys were changed, and once for what was stored in the clear. */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { lockSecrets, updateAccount } from '../people/account-store.ts';
import { totpPlace } from '../people/second-factor-service.ts';
import { type Database, transaction } from '../platform/database.ts';
import { sealNextFile } from '../vault/file-store.ts';
import { type Keyring, keyIdOf } from '../vault/keyring.ts';
import { insertIdentities, removeIdentitiesOfOtherKeys } from './identity-store.ts';
import { personalPlace } from './personal.ts';
import {
  nextDocuments,
  nextQuarantined,
  replacePersonal,
  replaceRaw,
  type SealedDocument,
  type SealedInput,
} from './seal-store.ts';
import { rawPlace } from './quarantine-store.ts';

export interface SealProgress {
  /** That were looked at. */
  readonly documents: number;
  readonly quarantined: number;
  readonly files: number;
  /** Pieces of evidence of cases. */
  readonly evidence: number;
  /** Names of files that came with answers. */
  readonly file_names: number;
}

/**
 * What later folders keep sealed: each seals the next row after a place with the current key, if it was not.
 * @returns the place of that row; `null`: there is none
 */
export type SealedElsewhere = Readonly<
  Record<
    'evidence' | 'file_names',
    (client: PoolClient, keys: Keyring, after: string) => Promise<string | null>
  >
>;

/** Rows of one transaction. */
const rowsMax = 2_000;

/** What was done stays done when this is stopped, and is passed over the next time. */
export async function* sealAnew(
  database: Database,
  keys: Keyring,
  actor: Actor,
  elsewhere: SealedElsewhere,
): AsyncGenerator<SealProgress> {
  let progress: SealProgress = { documents: 0, quarantined: 0, files: 0, evidence: 0, file_names: 0 };
  for (let after = 0; ; ) {
    const rows = await transaction(database, (client) => documentsAnew(client, keys, after));
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.revision_id;
    progress = { ...progress, documents: progress.documents + rows.length };
    yield progress;
  }
  for (let after = 0; ; ) {
    const rows = await transaction(database, (client) => inputsAnew(client, keys, after));
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
    progress = { ...progress, quarantined: progress.quarantined + rows.length };
    yield progress;
  }
  const oneByOne = { files: sealNextFile, ...elsewhere };
  for (const kind of ['files', 'evidence', 'file_names'] as const)
    for (let after = ''; ; ) {
      const sealed = await transaction(database, (client) => oneByOne[kind](client, keys, after));
      if (sealed === null) break;
      after = sealed;
      progress = { ...progress, [kind]: progress[kind] + 1 };
      yield progress;
    }
  await transaction(database, (client) => secretsAnew(client, keys));
  await transaction(database, async (client) => {
    await removeIdentitiesOfOtherKeys(client, keys);
    await recordEvents(client, actor, [
      { kind: 'vault.sealed_anew', key: String(keys.current.seal), detail: progress },
    ]);
  });
  yield progress;
}

async function documentsAnew(client: PoolClient, keys: Keyring, after: number): Promise<SealedDocument[]> {
  const rows = await nextDocuments(client, after, rowsMax);
  const opened = rows.map((row) => ({
    ...row,
    personal: openOrPlain(keys, personalPlace(row.hash), row.personal),
  }));
  await insertIdentities(client, keys, opened);
  await replacePersonal(
    client,
    opened
      .filter((_, at) => isOld(keys, rows[at]?.personal))
      .map((row) => ({ ...row, personal: keys.seal(personalPlace(row.hash), row.personal) })),
  );
  return rows;
}

async function inputsAnew(client: PoolClient, keys: Keyring, after: number): Promise<SealedInput[]> {
  const rows = await nextQuarantined(client, after, rowsMax);
  await replaceRaw(
    client,
    rows
      .filter(({ raw }) => isOld(keys, raw))
      .map((row) => {
        const place = rawPlace(row.source, row.position);
        const raw = openOrPlain(keys, place, row.raw);
        return { id: row.id, raw: keys.seal(place, raw), rawHash: keys.blind('raw', raw) };
      }),
  );
  return rows;
}

async function secretsAnew(client: PoolClient, keys: Keyring): Promise<void> {
  for (const { id, totp_secret } of await lockSecrets(client)) {
    if (!isOld(keys, totp_secret)) continue;
    const secret = openOrPlain(keys, totpPlace(id), totp_secret);
    await updateAccount(client, id, { totp_secret: keys.seal(totpPlace(id), secret) });
  }
}

const isOld = (keys: Keyring, sealed: Buffer | undefined): boolean =>
  sealed !== undefined && keyIdOf(sealed) !== keys.current.seal;

/** What does not look sealed was stored before anything was. */
const openOrPlain = (keys: Keyring, place: string, bytes: Buffer): Buffer =>
  keyIdOf(bytes) === null ? bytes : keys.open(place, bytes);
