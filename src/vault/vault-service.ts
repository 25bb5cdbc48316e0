/** The keys of one process: read from the database, made when there are none or the last is too old, and remembered for a minute. */
import { systemActor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { secondsPerDay } from '../platform/civil.ts';
import { transaction } from '../platform/database.ts';
import { makeKeys, masterFor, unwrap } from './data-keys.ts';
import { listKeys, lockKeys, type Purpose, type StoredKey } from './key-store.ts';
import { type Keyring, keyring } from './keyring.ts';
import type { Vault, VaultSettings } from './vault.ts';

/** How long a process believes what it knows of the keys. */
const knownForS = 60;
/** A new key is used once every process has had the time to hear of it. */
const settledAfterS = 120;
/** So long after a new key was made, nobody seals with the one before it. */
export const believedForS = settledAfterS + knownForS;
/**
 * A sealing key is followed by the next after so many days: at 28 million claims a day, the nation's, it has sealed 2^30 by then, and
 * random nonces of 96 bits are safe up to 2^32 (NIST SP 800-38D, 8.3).
 */
const keyDays = 31;

export function openVault(settings: VaultSettings): Vault {
  let known: { at: number; keyring: Promise<Keyring> } | null = null;
  return {
    keys: () => {
      if (known !== null && performance.now() - known.at < knownForS * 1_000) return known.keyring;
      const loading = { at: performance.now(), keyring: load(settings) };
      known = loading;
      // What failed is tried again by the next who asks.
      loading.keyring.catch(() => {
        if (known === loading) known = null;
      });
      return loading.keyring;
    },
  };
}

/** What a process finds out at its start rather than with the first claim. @throws VaultError */
export async function openVaultNow(settings: VaultSettings): Promise<Vault> {
  const vault = openVault(settings);
  await vault.keys();
  return vault;
}

async function load(settings: VaultSettings): Promise<Keyring> {
  const found = await listKeys(settings.database.pool);
  const stored = isDue(found) ? await makeDue(settings) : found;
  const master = await masterFor(stored, settings.masterKeyFile);
  const ofPurpose = (purpose: Purpose) =>
    inOrder(stored.filter((key) => key.purpose === purpose)).map((key) => unwrap(master, key));
  return keyring(ofPurpose('seal'), ofPurpose('index'));
}

/** The one that is used now comes first: the newest that is settled, or the oldest of an installation that has just begun. */
function inOrder(oldestFirst: readonly StoredKey[]): StoredKey[] {
  const used = oldestFirst.findLast(({ age_s }) => age_s > settledAfterS) ?? oldestFirst[0];
  return used === undefined ? [] : [used, ...oldestFirst.filter((key) => key !== used)];
}

const has = (stored: readonly StoredKey[], purpose: Purpose, ageMaxS: number): boolean =>
  stored.some((key) => key.purpose === purpose && key.age_s <= ageMaxS);

const isDue = (stored: readonly StoredKey[]): boolean =>
  !has(stored, 'seal', keyDays * secondsPerDay) || !has(stored, 'index', Number.POSITIVE_INFINITY);

async function makeDue({ database, masterKeyFile, suite }: VaultSettings): Promise<StoredKey[]> {
  return transaction(database, async (client) => {
    await lockKeys(client);
    const before = await listKeys(client);
    if (!isDue(before)) return before;
    const master = await masterFor(before, masterKeyFile);
    const events = await makeKeys(client, master, suite, before.length === 0 ? ['seal', 'index'] : ['seal']);
    const after = await listKeys(client);
    await recordEvents(client, systemActor('vault'), events);
    return after;
  });
}
