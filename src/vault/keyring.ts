/** The data keys as one process knows them: seals, opens and makes what can be searched, without asking anybody. */
import { VaultError } from './fault.ts';
import { macWith, openWith, sealWith, type Suite } from './suite.ts';

export interface DataKey {
  readonly id: number;
  readonly suite: Suite;
  readonly material: Buffer;
}

export interface Keyring {
  /**
   * @param place what the bytes belong to; opened at another place, they are refused
   * @returns a version byte, the id of the key in 4 bytes, and what the suite makes of it: 33 (AES) or 37 (SM4) bytes more than came
   */
  readonly seal: (place: string, plain: Uint8Array) => Buffer;
  /** @throws VaultError `unknown_key`, `not_sealed`, `tampered` */
  readonly open: (place: string, sealed: Buffer) => Buffer;
  /** The same for the same value, and nothing to whoever has not the key: 16 bytes by which a value is found again. */
  readonly blind: (kind: string, value: string | Uint8Array) => Buffer;
  /** By every index key that there is, the current one first: what was stored before the last rotation is found too. */
  readonly blinds: (kind: string, value: string) => readonly Buffer[];
  /** Ids of the keys that are used now. */
  readonly current: { readonly seal: number; readonly index: number };
}

const version = 1;
/** Version and id. */
const headBytes = 5;
export const blindBytes = 16;

/** @param seals and indexes: the one that is used now comes first */
export function keyring(seals: readonly DataKey[], indexes: readonly DataKey[]): Keyring {
  const [seal] = seals;
  const [index] = indexes;
  if (seal === undefined || index === undefined) throw new VaultError('unknown_key');
  const byId = new Map(seals.map((key) => [key.id, key]));
  const head = headOf(seal.id);
  return {
    seal: (place, plain) =>
      Buffer.concat([head, sealWith(seal.suite, seal.material, boundTo(head, place), plain)]),
    open: (place, sealed) => {
      const id = keyIdOf(sealed);
      if (id === null) throw new VaultError('not_sealed');
      const key = byId.get(id);
      if (key === undefined) throw new VaultError('unknown_key', `data key ${id}`);
      const bound = boundTo(sealed.subarray(0, headBytes), place);
      const plain = openWith(key.suite, key.material, bound, sealed.subarray(headBytes));
      if (plain === null) throw new VaultError('tampered', `data key ${id}`);
      return plain;
    },
    blind: (kind, value) => blindOf(index, kind, value),
    blinds: (kind, value) => indexes.map((key) => blindOf(key, kind, value)),
    current: { seal: seal.id, index: index.id },
  };
}

/** What everything begins with that this key seals. */
export function headOf(id: number): Buffer {
  const head = Buffer.alloc(headBytes, version);
  head.writeUInt32BE(id, 1);
  return head;
}

/** `null`: this was not sealed by us. */
export const keyIdOf = (sealed: Buffer): number | null =>
  sealed.length > headBytes && sealed[0] === version ? sealed.readUInt32BE(1) : null;

const boundTo = (head: Buffer, place: string): Buffer => Buffer.concat([head, Buffer.from(place)]);

function blindOf(key: DataKey, kind: string, value: string | Uint8Array): Buffer {
  const text = Buffer.concat([Buffer.from(`${kind}\0`), Buffer.from(value)]);
  return macWith(key.suite, key.material, text).subarray(0, blindBytes);
}
