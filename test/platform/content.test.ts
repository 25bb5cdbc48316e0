/** Files that come from outside: what is taken for what, what is taken off, and that what is read is what was kept. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkedUpload, hashOf, type UploadTerms } from '../../src/platform/content/checked-upload.ts';
import { fileKinds } from '../../src/platform/content/file-kind.ts';
import { sendStoredFile } from '../../src/platform/content/send-file.ts';
import { transaction } from '../../src/platform/database.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { insertStoredFile, readStoredFile } from '../../src/vault/file-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { chunk, exifOf, jpegOf, pdfOf, pngOf, segment } from '../support/pictures.ts';

const terms: UploadTerms = { kinds: fileKinds, bytesMax: 1024 * 1024 };
const kept = (bytes: Buffer) => {
  const checked = checkedUpload(bytes, terms);
  if (!checked.ok) throw new Error(checked.reason.en);
  return checked.file;
};
const refused = (bytes: Buffer, given = terms): string => {
  const checked = checkedUpload(bytes, given);
  return checked.ok ? 'taken' : checked.reason.en;
};
const position = 'N30.2741 E120.1551';

describe('a file that is uploaded', () => {
  test('is what its bytes say, not what it is called', () => {
    expect(kept(pngOf()).kind).toBe('png');
    expect(kept(jpegOf()).kind).toBe('jpeg');
    expect(kept(pdfOf('a')).kind).toBe('pdf');
    expect(refused(Buffer.from('<html>'))).toMatch(/^Only JPG, PNG, PDF/);
    expect(refused(pdfOf('a'), { ...terms, kinds: ['jpeg'] })).toMatch(/^Only JPG files/);
    expect(refused(Buffer.alloc(0))).toBe('The file is empty');
  });

  test('is refused beyond its limit, to the byte', () => {
    const file = pngOf();
    expect(refused(file, { ...terms, bytesMax: file.length })).toBe('taken');
    expect(refused(file, { ...terms, bytesMax: file.length - 1 })).toMatch(/at most/);
  });

  test('is refused wherever it breaks off', () => {
    const jpeg = jpegOf([exifOf(6, 'II', position)], Buffer.from([1, 255, 0, 7]));
    for (const file of [pngOf(), jpeg, pdfOf('a').subarray(0, -1)])
      for (let length = 1; length < file.length; length += 1)
        expect(refused(file.subarray(0, length))).not.toBe('taken');
  });

  test('a photo keeps picture and upright side, and loses position, device and whatever stands behind its end', () => {
    const other = fc.tuple(fc.integer({ min: 0xe1, max: 0xef }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('II' as const, 'MM' as const),
        fc.array(other, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 20 }),
        (side, order, others, coded, behind) => {
          const beside = others
            .filter(([marker]) => marker !== 0xee)
            .map(([marker, data]) => segment(marker, data));
          const sent = Buffer.concat([
            jpegOf([exifOf(side, order, position), ...beside, segment(0xfe, Buffer.from(position))], coded),
            behind,
          ]);
          const { content, sha256, sent_sha256 } = kept(sent);
          expect(content.includes(position)).toBe(false);
          // Nothing but the one tag is left of what was written beside the picture.
          const plain = jpegOf([upright(side)], coded);
          expect(content.equals(plain)).toBe(true);
          expect(kept(content).sha256).toBe(sha256);
          expect(sent_sha256).toBe(hashOf(sent));
        },
      ),
    );
  });

  test('a PNG loses its texts and keeps every other byte', () => {
    const sent = pngOf([chunk('tEXt', Buffer.from(position)), chunk('eXIf', Buffer.from(position))]);
    expect(kept(sent).content.equals(pngOf())).toBe(true);
  });

  test('bytes of any kind are taken or refused, and nothing else happens', () => {
    const beginnings = [jpegOf().subarray(0, 24), pngOf().subarray(0, 40), Buffer.from('%PDF-1.4')];
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 200 }), (beginning, rest) => {
        const checked = checkedUpload(Buffer.concat([beginning, rest]), terms);
        if (checked.ok) expect(kept(checked.file.content).sha256).toBe(checked.file.sha256);
      }),
    );
  });
});

/** Exif that says which side is up and nothing else. */
const upright = (side: number): Buffer =>
  segment(
    0xe1,
    Buffer.from([
      ...Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0', 'latin1'),
      side,
      0,
      0,
      0,
      0,
      0,
      0,
    ]),
  );

describe('a file that is kept', () => {
  let held: TestDatabase;
  beforeAll(async () => {
    held = await createTestDatabase();
  });
  afterAll(() => held.drop());
  const keep = async (bytes: Buffer) => {
    const keys = await held.vault.keys();
    return transaction(held.database, (client) => insertStoredFile(client, keys, kept(bytes)));
  };
  const read = async (sha256: string) => readStoredFile(held.database.pool, await held.vault.keys(), sha256);

  test('is found by its hash, once however often it comes', async () => {
    const { sha256, content } = kept(pngOf());
    await keep(pngOf());
    await keep(pngOf([chunk('tEXt', Buffer.from('again'))]));
    const found = await read(sha256);
    expect(found?.content.equals(content)).toBe(true);
    const { rows } = await held.database.pool.query('SELECT count(*) AS files FROM stored_file');
    expect(rows).toEqual([{ files: 1 }]);
    expect(await read('0'.repeat(64))).toBeNull();
  });

  test('goes out as what it is, and can do nothing in a browser', async () => {
    await keep(pdfOf('a'));
    const log = createLog({ process: 'test', level: 'silent' });
    const metrics = createMetrics('test');
    const app = createHttpApp({ log, metrics });
    app.get('/file', async (_request, response) => {
      const file = await read(kept(pdfOf('a')).sha256);
      if (file !== null) sendStoredFile(response, file, 'answer-1');
    });
    presentErrors(app, { metrics });
    const server = await listen(app, { host: '127.0.0.1', port: 0 });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const answer = await fetch(`http://127.0.0.1:${port}/file`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(pdfOf('a'))).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="answer-1.pdf"',
      'content-security-policy': `default-src 'none'; sandbox`,
      'x-content-type-options': 'nosniff',
    });
    await closeServer(server, { graceMs: 100 });
  });

  test('lies sealed: nothing of its content is in the table, and at another place it is not opened', async () => {
    const secret = 'diagnosis of Zhang Sanfeng';
    await keep(pdfOf(secret));
    const { pool } = held.database;
    const { sha256 } = kept(pdfOf(secret));
    const { rows } = await pool.query<{ content: Buffer; bytes: number }>(
      'SELECT content, bytes FROM stored_file WHERE sha256 = $1',
      [sha256],
    );
    const [row] = rows;
    expect(row?.bytes).toBe(pdfOf(secret).length);
    for (const piece of [secret, '%PDF', '%%EOF']) expect(row?.content.includes(piece)).toBe(false);
    expect((await read(sha256))?.content.equals(pdfOf(secret))).toBe(true);
    const other = hashOf(Buffer.from('another file'));
    await pool.query('INSERT INTO stored_file (sha256, kind, bytes, content) VALUES ($1, $2, $3, $4)', [
      other,
      'pdf',
      row?.bytes,
      row?.content,
    ]);
    await expect(read(other)).rejects.toMatchObject({ code: 'tampered' });
  });

  test('cannot be changed or removed, nor stored unsealed', async () => {
    await keep(pngOf());
    const { pool } = held.database;
    await expect(pool.query(`UPDATE stored_file SET content = 'x', bytes = 1`)).rejects.toThrow(
      'append-only',
    );
    await expect(pool.query('DELETE FROM stored_file')).rejects.toThrow('append-only');
    await expect(
      pool.query(`INSERT INTO stored_file (sha256, kind, bytes, content) VALUES ($1, 'png', 1, 'x')`, [
        '0'.repeat(64),
      ]),
    ).rejects.toThrow('stored_file_sealed');
    const changeOther = transaction(held.database, async (client) => {
      await client.query(`SELECT set_config('fundwatch.seal_anew', 'on', true)`);
      await client.query('UPDATE stored_file SET bytes = bytes + 1');
    });
    await expect(changeOther).rejects.toThrow('append-only');
  });

  test('is not given out when somebody got around all of that', async () => {
    await keep(pdfOf('the truth'));
    const { pool } = held.database;
    await pool.query(
      `ALTER TABLE stored_file DISABLE TRIGGER stored_file_append_only, DROP CONSTRAINT stored_file_sealed`,
    );
    const { sha256 } = kept(pdfOf('the truth'));
    await pool.query('UPDATE stored_file SET content = $2 WHERE sha256 = $1', [sha256, pdfOf('the Truth')]);
    await expect(read(sha256)).rejects.toThrow('stored_file_damaged');
  });
});
