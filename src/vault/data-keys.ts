/** Data keys: made, sealed with the master key, and opened again. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { VaultError } from './fault.ts';
import { insertKey, nextKeyId, type Purpose, type StoredKey } from './key-store.ts';
import type { DataKey } from './keyring.ts';
import { makeMasterKey, type MasterKey, readMasterKey } from './master-key.ts';
import { materialBytes, openWith, sealWith, type Suite } from './suite.ts';

type Named = Pick<StoredKey, 'id' | 'purpose' | 'suite'>;

const boundTo = ({ id, purpose, suite }: Named): Buffer => Buffer.from(`data key ${id} ${purpose} ${suite}`);

export const wrap = (master: MasterKey, key: Named, material: Buffer): Buffer =>
  sealWith(key.suite, master.material, boundTo(key), material);

/** @throws VaultError `master_key_wrong`, `tampered` */
export function unwrap(master: MasterKey, key: StoredKey): DataKey {
  requireMaster([key], master);
  const material = openWith(key.suite, master.material, boundTo(key), key.wrapped);
  if (material?.length !== materialBytes) throw new VaultError('tampered', `data key ${key.id}`);
  return { id: key.id, suite: key.suite, material };
}

export function requireMaster(stored: readonly StoredKey[], master: MasterKey): void {
  const foreign = stored.find((key) => key.master !== master.fingerprint);
  if (foreign !== undefined)
    throw new VaultError('master_key_wrong', `${foreign.master} ≠ ${master.fingerprint}`);
}

/**
 * The first start of an empty installation makes the file. Afterwards its loss is an error: a new key would open nothing.
 * @throws VaultError `master_key_missing`, `master_key_wrong`, `master_key_unreadable`
 */
export async function masterFor(stored: readonly StoredKey[], file: string): Promise<MasterKey> {
  const held = await readMasterKey(file);
  if (held === null) {
    if (stored.length > 0) throw new VaultError('master_key_missing');
    return (await makeMasterKey(file)) ?? masterFor(stored, file);
  }
  requireMaster(stored, held);
  return held;
}

/** Inside the caller's transaction, which records the events as its last statement. */
export async function makeKeys(
  client: PoolClient,
  master: MasterKey,
  suite: Suite,
  purposes: readonly Purpose[],
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for (const purpose of purposes) {
    const id = await nextKeyId(client);
    const wrapped = wrap(master, { id, purpose, suite }, randomBytes(materialBytes));
    await insertKey(client, { id, purpose, suite, wrapped, master: master.fingerprint });
    events.push({
      kind: 'vault.key_created',
      key: String(id),
      detail: { purpose, suite, master: master.fingerprint },
    });
  }
  return events;
}
