import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VaultError } from '../../src/vault/fault.ts';
import { type DataKey, keyIdOf, type Keyring, keyring } from '../../src/vault/keyring.ts';
import { materialBytes, type Suite, suites } from '../../src/vault/suite.ts';

const keyOf = (id: number, suite: Suite): DataKey => ({ id, suite, material: randomBytes(materialBytes) });
const bytes = fc.uint8Array({ maxLength: 300 });
const place = fc.string({ maxLength: 40 });

function faultOf(work: () => unknown): string {
  try {
    work();
    return 'opened';
  } catch (error) {
    if (error instanceof VaultError) return error.fault;
    throw error;
  }
}

describe.each(suites)('keys of suite %s', (suite) => {
  const seal = keyOf(7, suite);
  const index = keyOf(8, suite);
  const keys: Keyring = keyring([seal], [index]);

  test('open what they sealed, at its place', () => {
    fc.assert(
      fc.property(place, bytes, (at, plain) => {
        const sealed = keys.seal(at, plain);
        expect(keyIdOf(sealed)).toBe(7);
        expect(keys.open(at, sealed)).toEqual(Buffer.from(plain));
      }),
    );
  });

  test('never seal the same twice to the same bytes, nor show what they seal', () => {
    const plain = Buffer.from('{"certno":"330702198001011234"}');
    const sealed = keys.seal('a', plain);
    expect(keys.seal('a', plain)).not.toEqual(sealed);
    expect(sealed.includes('330702')).toBe(false);
  });

  test('never use a nonce twice', () => {
    const nonces = Array.from({ length: 5_000 }, () =>
      keys.seal('a', Buffer.alloc(0)).subarray(5, 17).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('refuse whatever was changed by a bit, cut, lengthened or moved', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (plain, where, bit) => {
        const sealed = keys.seal('here', plain);
        const changed = Buffer.from(sealed);
        const at = where % changed.length;
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(faultOf(() => keys.open('here', changed))).toBe(
          at === 0 ? 'not_sealed' : at < 5 ? 'unknown_key' : 'tampered',
        );
        expect(faultOf(() => keys.open('there', sealed))).toBe('tampered');
        expect(faultOf(() => keys.open('here', sealed.subarray(0, -1)))).not.toBe('opened');
        expect(faultOf(() => keys.open('here', Buffer.concat([sealed, Buffer.from([0])])))).toBe('tampered');
      }),
    );
  });

  test('refuse what another key of the same number sealed', () => {
    const other = keyring([keyOf(7, suite)], [index]);
    expect(faultOf(() => keys.open('a', other.seal('a', Buffer.from('x'))))).toBe('tampered');
  });

  test('find values again by what says nothing about them', () => {
    const blind = keys.blind('certno', '330702198001011234');
    expect(blind).toHaveLength(16);
    expect(keys.blind('certno', '330702198001011234')).toEqual(blind);
    expect(keys.blind('tel', '330702198001011234')).not.toEqual(blind);
    const other = keyring([seal], [keyOf(8, suite)]);
    expect(other.blind('certno', '330702198001011234')).not.toEqual(blind);
  });
});

test('keys of both suites stand beside each other; what is sealed now is sealed with the first', () => {
  const old = keyring([keyOf(1, 'aes')], [keyOf(2, 'aes')]);
  const sealed = old.seal('a', Buffer.from('before'));
  const mine = keyOf(1, 'aes');
  const mixed = keyring([keyOf(3, 'sm'), mine], [keyOf(4, 'sm'), keyOf(2, 'aes')]);
  expect(faultOf(() => mixed.open('a', sealed))).toBe('tampered');
  const known = keyring([mine], [keyOf(2, 'aes')]).seal('a', Buffer.from('before'));
  expect(mixed.open('a', known).toString()).toBe('before');
  expect(keyIdOf(mixed.seal('a', Buffer.from('after')))).toBe(3);
  expect(mixed.blinds('tel', '1')).toHaveLength(2);
});

test('what is not sealed is named so, and never taken for text', () => {
  const keys = keyring([keyOf(1, 'aes')], [keyOf(2, 'aes')]);
  for (const text of ['', '{"certno":"330702198001011234"}', '张三丰'])
    expect(faultOf(() => keys.open('a', Buffer.from(text)))).toBe('not_sealed');
});
