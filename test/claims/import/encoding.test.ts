import { describe, expect, test } from 'vitest';
import { seeded } from '../../support/claims.ts';
import {
  decodeText,
  detectEncoding,
  type Encoding,
  sampleBytesMax,
} from '../../../src/claims/import/encoding.ts';

/** The text below in GB18030. */
const gb = Buffer.from('d0d5c3fb2cd5c5c8fd2cfd98', 'hex');
const text = '姓名,张三,龢';

async function decoded(bytes: Uint8Array, chunkBytes: number, chosen?: Encoding): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  let all = '';
  for await (const piece of decodeText(chunks(), chosen, () => new Error('unknown encoding'))) all += piece;
  return all;
}

describe('the encoding is told', () => {
  test.each([
    ['GB18030', gb, text],
    ['UTF-8', Buffer.from(text), text],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), text],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), text],
    ['ASCII', Buffer.from('a,b\n'), 'a,b\n'],
    ['nothing', Buffer.alloc(0), ''],
  ])('%s, however the bytes are cut', async (_name, bytes, expected) => {
    for (const chunkBytes of [1, 2, 3, 5, 1000]) expect(await decoded(bytes, chunkBytes)).toBe(expected);
  });

  test('by the first Chinese character, even when it comes after a megabyte of ASCII', async () => {
    const ascii = Buffer.from('1234567\n'.repeat(131_072));
    expect(await decoded(Buffer.concat([ascii, gb]), 65_536)).toBe(ascii.toString() + text);
    expect(await decoded(Buffer.concat([ascii, Buffer.from(text)]), 65_536)).toBe(ascii.toString() + text);
  });

  test('a character that the sample cuts off is no objection', () => {
    expect(detectEncoding(Buffer.from(text).subarray(0, 5), false)).toBe('utf-8');
    expect(detectEncoding(gb.subarray(0, 3), false)).toBe('gb18030');
  });
});

test('a name cut off in mid-character does not turn UTF-8 into something else', async () => {
  const rows = Buffer.concat([
    Buffer.from(`${text}\n`.repeat(20)),
    Buffer.from([0xe5, 0xbc]),
    Buffer.from(`\n${text}`),
  ]);
  const result = await decoded(rows, 64);
  expect(result.startsWith(text)).toBe(true);
  expect(result).toContain('\ufffd');
});

test('bytes that are no text are refused', async () => {
  const random = seeded(7);
  const binary = Buffer.from(Array.from({ length: sampleBytesMax + 10 }, () => random.below(256)));
  await expect(decoded(binary, 4096)).rejects.toThrow('unknown encoding');
});

test('a chosen encoding is not questioned', async () => {
  expect(await decoded(gb, 3, 'gb18030')).toBe(text);
});
