/** What administrators do with keys on the server. */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { transaction } from '../platform/database.ts';
import { makeKeys, masterFor, unwrap, wrap } from './data-keys.ts';
import { listKeys, lockHeld, lockKeys, removeKeys, rewrapKey } from './key-store.ts';
import { headOf, type Keyring } from './keyring.ts';
import { makeMasterKey } from './master-key.ts';
import type { VaultSettings } from './vault.ts';

/** New data keys, which every process uses once they are settled. */
export async function makeNewKeys(
  { database, masterKeyFile, suite }: VaultSettings,
  actor: Actor,
): Promise<void> {
  await transaction(database, async (client) => {
    await lockKeys(client);
    const master = await masterFor(await listKeys(client), masterKeyFile);
    await recordEvents(client, actor, await makeKeys(client, master, suite, ['seal', 'index']));
  });
}

/**
 * Removes every key but the current ones: what was sealed with the others is closed for ever, wherever a copy of it lies.
 * @param isInUse whether anything is left that was sealed with another key than the current one, as the transaction sees it
 * @returns how many were removed; `null`: some are in use
 */
export async function destroyOtherKeys(
  { database }: Pick<VaultSettings, 'database'>,
  keys: Keyring,
  actor: Actor,
  isInUse: (client: PoolClient, head: Buffer) => Promise<boolean>,
): Promise<number | null> {
  const kept = [keys.current.seal, keys.current.index];
  return transaction(database, async (client) => {
    await lockKeys(client);
    const ids = (await listKeys(client)).map(({ id }) => id).filter((id) => !kept.includes(id));
    await lockHeld(client, ids);
    if (await isInUse(client, headOf(keys.current.seal))) return null;
    await removeKeys(client, ids);
    await recordEvents(
      client,
      actor,
      ids.map((id) => ({ kind: 'vault.key_destroyed', key: String(id), detail: {} })),
    );
    return ids.length;
  });
}

/**
 * Seals all data keys with a new master key, which is written to `newFile`. Data is not touched. The new file takes the place of the old
 * one afterwards, and processes are started again.
 * @returns the fingerprint of the new master key
 */
export async function changeMasterKey(
  { database, masterKeyFile }: VaultSettings,
  newFile: string,
  actor: Actor,
): Promise<string> {
  return transaction(database, async (client) => {
    await lockKeys(client);
    const stored = await listKeys(client);
    const old = await masterFor(stored, masterKeyFile);
    // On the disk before anything in the database depends on it.
    const next = await makeMasterKey(newFile);
    if (next === null)
      throw new Error(`文件已存在，未覆盖：${newFile} / the file exists and was not overwritten`);
    for (const key of stored)
      await rewrapKey(client, {
        id: key.id,
        wrapped: wrap(next, key, unwrap(old, key).material),
        master: next.fingerprint,
      });
    await recordEvents(client, actor, [
      {
        kind: 'vault.master_key_changed',
        key: next.fingerprint,
        detail: { former: old.fingerprint, keys: stored.length },
      },
    ]);
    return next.fingerprint;
  });
}
