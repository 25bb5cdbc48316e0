/** API keys: made, taken back, and told from what is none – without a query for every request of a stream. */
import { timingSafeEqual } from 'node:crypto';
import type { Actor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { KeyCaller } from './caller.ts';
import { findLiveKey, insertKey, markUsed, revokeKey as revokeStored, type StoredKey } from './key-store.ts';
import type { Scope } from './permissions.ts';
import { newPrefix, newToken, readToken, sha256, tokenOfKey } from './tokens.ts';

type Pooled = Pick<Database, 'pool'>;

export interface KeyOrder {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** `null`: speaks for every institution, as the platform of a city does. */
  readonly fixmedinsCode: string | null;
  readonly days: number;
}

/** @returns the key as it stands in the list, and the text that is shown once */
export async function createKey(
  { database }: { database: Pooled },
  order: KeyOrder,
  actor: Actor,
): Promise<{ key: StoredKey; token: string }> {
  const prefix = newPrefix();
  const secret = newToken();
  return transaction(database, async (client) => {
    const key = await insertKey(client, {
      prefix,
      secretHash: sha256(secret),
      name: order.name,
      scopes: [...order.scopes],
      fixmedins_code: order.fixmedinsCode,
      created_by: actor.account,
      days: order.days,
    });
    const { scopes, fixmedins_code, expires_at } = key;
    await recordEvents(client, actor, [
      {
        kind: 'people.key_created',
        key: prefix,
        detail: { scopes: [...scopes], fixmedins_code, expires_at: expires_at.toISOString() },
      },
    ]);
    return { key, token: tokenOfKey(prefix, secret) };
  });
}

export async function revokeKey(
  { database }: { database: Pooled },
  id: number,
  actor: Actor,
): Promise<StoredKey | null> {
  return transaction(database, async (client) => {
    const key = await revokeStored(client, id);
    if (key !== null)
      await recordEvents(client, actor, [{ kind: 'people.key_revoked', key: key.prefix, detail: {} }]);
    return key;
  });
}

export interface KeyLimits {
  /** How long a key that was revoked may still be taken for good. */
  readonly rememberedMs: number;
  readonly rememberedMax: number;
  /** A use is written down once in so long. */
  readonly usedEveryMs: number;
}

export const keyLimits: KeyLimits = { rememberedMs: 5_000, rememberedMax: 1_000, usedEveryMs: 60_000 };

export interface KeyRing {
  /** What is remembered costs a hash and no query; `undefined`: it has to be looked up. */
  readonly remembered: (token: string) => KeyCaller | undefined;
  readonly find: (token: string) => Promise<KeyCaller | null>;
}

interface Remembered {
  readonly at: number;
  readonly caller: Promise<KeyCaller | null>;
  known?: KeyCaller;
}

/** The keys of one process. Only good ones are remembered: nobody can fill the memory with inventions. */
export function keyRing(
  database: Pooled,
  onError: (error: unknown) => void,
  limits: KeyLimits = keyLimits,
  now: () => number = () => performance.now(),
): KeyRing {
  const ring = new Map<string, Remembered>();
  const usedAt = new Map<number, number>();

  const fresh = (name: string): Remembered | undefined => {
    const found = ring.get(name);
    return found !== undefined && now() - found.at < limits.rememberedMs ? found : undefined;
  };
  const noteUse = (caller: KeyCaller): void => {
    const last = usedAt.get(caller.keyId);
    if (last !== undefined && now() - last < limits.usedEveryMs) return;
    usedAt.set(caller.keyId, now());
    // The caller does not wait for it, and a use that is not written down is no reason to refuse.
    markUsed(database.pool, caller.keyId).catch(onError);
  };
  const lookUp = async (token: string): Promise<KeyCaller | null> => {
    const read = readToken(token);
    const live = read === null ? null : await findLiveKey(database.pool, read.prefix);
    if (read === null || live === null || !timingSafeEqual(live.secret_hash, sha256(read.secret)))
      return null;
    return {
      kind: 'key',
      keyId: live.id,
      prefix: live.prefix,
      scopes: live.scopes,
      fixmedinsCode: live.fixmedins_code,
    };
  };

  return {
    remembered: (token) => {
      const known = fresh(nameOf(token))?.known;
      if (known !== undefined) noteUse(known);
      return known;
    },
    find: async (token) => {
      const name = nameOf(token);
      const before = fresh(name);
      if (before !== undefined) return before.caller;
      const entry: Remembered = { at: now(), caller: lookUp(token) };
      // Again at the end of the map, which is in the order of age.
      ring.delete(name);
      ring.set(name, entry);
      try {
        const caller = await entry.caller;
        if (caller === null) ring.delete(name);
        else {
          entry.known = caller;
          noteUse(caller);
        }
        forgetOldest(ring, limits.rememberedMax);
        return caller;
      } catch (error) {
        ring.delete(name);
        throw error;
      }
    },
  };
}

/** Secrets are not kept in memory longer than the request that brings them. */
const nameOf = (token: string): string => sha256(token).toString('base64');

function forgetOldest(ring: Map<string, unknown>, max: number): void {
  for (const name of ring.keys()) {
    if (ring.size <= max) return;
    ring.delete(name);
  }
}
