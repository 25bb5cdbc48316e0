/** Sealing of tips: the vector of the RFC, and laws on random texts and keys. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerInfo,
  base64Of,
  bytesOfBase64,
  keyFileOf,
  keyFileSchema,
  newKeyPair,
  newReceipt,
  open,
  openKeyFile,
  openText,
  publicKeyBytes,
  publicKeyText,
  receiptKeys,
  seal,
  sealText,
  tipInfo,
} from '../../src/publicity/seal-contract.ts';

import {
  openFile,
  sealedFileBytesMax,
  sealFile,
  tipFileBytesMax,
  tipFileKind,
} from '../../src/publicity/tip-file-contract.ts';
import { jpegOf, pdfOf, pngOf } from '../support/pictures.ts';

const hex = publicKeyBytes;

describe('what is sealed', () => {
  test('is the first message of RFC 9180, appendix A.1.1', async () => {
    const office = newKeyPair(hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'));
    const once = newKeyPair(hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'));
    expect(publicKeyText(office)).toBe('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d');
    const sealed = await seal(
      office.publicKey,
      hex('4f6465206f6e2061204772656369616e2055726e'),
      hex('4265617574792069732074727574682c20747275746820626561757479'),
      { aad: hex('436f756e742d30'), once },
    );
    expect(Buffer.from(sealed).toString('hex')).toBe(
      '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431' +
        'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
    );
  });

  test('is opened by its key alone, for its use alone, and not after a bit of it was changed', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => text === text.trimEnd());
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(), async (text, place) => {
        const office = newKeyPair();
        const sealed = await sealText(office.publicKey, tipInfo, text);
        expect(await openText(office, tipInfo, sealed)).toBe(new TextDecoder().decode(Buffer.from(text)));
        expect(await openText(newKeyPair(), tipInfo, sealed)).toBeNull();
        expect(await openText(office, answerInfo, sealed)).toBeNull();
        const changed = Uint8Array.from(sealed);
        // The highest bit of an X25519 key is ignored, and no secret.
        const at = place % sealed.length;
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await openText(office, tipInfo, changed)).toBeNull();
        expect(await open(office, tipInfo, sealed.subarray(0, place % 48))).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  test('tells by its length only how many blocks were written', async () => {
    const { publicKey } = newKeyPair();
    const lengths = await Promise.all(
      ['', 'a', 'x'.repeat(900), 'x'.repeat(1_100)].map(
        async (text) => (await sealText(publicKey, tipInfo, text)).length,
      ),
    );
    expect(new Set(lengths.slice(0, 3)).size).toBe(1);
    expect(lengths[3]).toBeGreaterThan(lengths[0] ?? 0);
  });

  test('goes over the wire as it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect([...bytesOfBase64(base64Of(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});

describe('a file that goes along', () => {
  const files = [jpegOf(), pngOf(), pdfOf('a')];

  test('is what its bytes say, and whole', () => {
    expect(files.map(tipFileKind)).toEqual(['jpeg', 'png', 'pdf']);
    for (const file of files) expect(tipFileKind(file.subarray(0, -8))).toBeNull();
    expect(tipFileKind(Buffer.from('<script>alert(1)</script>%%EOF'))).toBeNull();
    expect(tipFileKind(new Uint8Array())).toBeNull();
  });

  test('is opened by the office alone, not as a tip, not after a bit of it was changed, and tells blocks only', async () => {
    const sealedOf = fc.tuple(fc.uint8Array({ maxLength: 3_000 }), fc.string({ maxLength: 60 }), fc.nat());
    await fc.assert(
      fc.asyncProperty(sealedOf, async ([content, name, place]) => {
        const office = newKeyPair();
        const sealed = await sealFile(office.publicKey, { name, content });
        const opened = await openFile(office, sealed);
        expect(opened === null ? null : [...opened.content]).toEqual([...content]);
        expect(opened?.name).toBe(new TextDecoder().decode(Buffer.from(name)));
        expect(sealed.length).toBe(
          (await sealFile(office.publicKey, { name: '', content: files[0] ?? content })).length,
        );
        expect(await openFile(newKeyPair(), sealed)).toBeNull();
        expect(await openText(office, tipInfo, sealed)).toBeNull();
        const changed = Uint8Array.from(sealed);
        const at = place % sealed.length;
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await openFile(office, changed)).toBeNull();
      }),
      { numRuns: 20 },
    );
    const { publicKey } = newKeyPair();
    const greatest = await sealFile(publicKey, {
      name: 'n'.repeat(300),
      content: new Uint8Array(tipFileBytesMax),
    });
    expect(greatest.length).toBeLessThanOrEqual(sealedFileBytesMax);
    expect(() => sealFile(publicKey, { name: '', content: new Uint8Array(tipFileBytesMax + 1) })).toThrow(
      RangeError,
    );
  });
});

describe('a receipt', () => {
  test('is read however it is typed, and gives what the server never sees', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (random) => {
        const code = newReceipt(random);
        expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
        const keys = receiptKeys(code);
        const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(receiptKeys(typed)).toEqual(keys);
        expect(keys?.token).not.toBe(keys?.receiptHash);
        expect(receiptKeys(code.slice(1))).toBeNull();
      }),
      { numRuns: 20 },
    );
    expect(newReceipt()).not.toBe(newReceipt());
    expect(receiptKeys('UUUUU-UUUUU-UUUUU-UUUUU')).toBeNull();
  });
});

describe('the key of the office', () => {
  test('is a file that only its passphrase opens', async () => {
    const keys = newKeyPair();
    const file = keyFileSchema.parse(
      JSON.parse(JSON.stringify(await keyFileOf(keys, '十二个字以上的口令口令'))),
    );
    expect(JSON.stringify(file)).not.toContain(Buffer.from(keys.secret).toString('base64'));
    expect(await openKeyFile(file, '十二个字以上的口令口令')).toEqual(keys);
    expect(await openKeyFile(file, '十二个字以上的口令口今')).toBeNull();
    expect(
      await openKeyFile({ ...file, public_key: publicKeyText(newKeyPair()) }, '十二个字以上的口令口令'),
    ).toBeNull();
  });
});
