import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import {
  type Anchor,
  anchoredSchema,
  anchorOfLine,
  checkAnchor,
  fingerprintOf,
  lineOfAnchor,
  makeAnchor,
} from '../../src/audit/anchor.ts';
import { anchorDaily, anchorDay } from '../../src/audit/anchor-service.ts';
import { lineOfRow } from '../../src/audit/chain-row.ts';
import { makeKeyFile, publicFileOf, readKeyFile, trustedKeys } from '../../src/audit/key-file.ts';
import { verifyDatabase, verifyFile, type VerifyRequest } from '../../src/audit/verify-service.ts';
import { withReadOnlyConnection } from '../../src/platform/database.ts';
import { today } from '../../src/platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { broken, growChain, rowsOf } from './chains.ts';

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
  await growChain(held.database, 20);
});
afterAll(() => held.drop());

const { privateKey: key, publicKey } = generateKeyPairSync('ed25519');
const actor = systemActor('test');
const sign = (over: Partial<Parameters<typeof anchorDay>[1]> = {}) =>
  anchorDay(held.database, { day: today(), key, actor, now: new Date(), once: false, ...over });

async function made(): Promise<Anchor> {
  const outcome = await sign();
  if (outcome.made === null) throw new Error(outcome.reason);
  return outcome.made;
}

const request = (over: Partial<VerifyRequest> = {}): VerifyRequest => ({
  from: 1,
  to: null,
  anchors: [],
  trusted: null,
  authorities: null,
  ...over,
});
const live = (over: Partial<VerifyRequest> = {}) =>
  withReadOnlyConnection(held.url, 'fundwatch test reader', (client) =>
    verifyDatabase(client, request(over)),
  );

const exported = async (events: number): Promise<string> => {
  const lines = (await rowsOf(held.url)).slice(0, events).map(lineOfRow);
  return path.join(await folderOf({ 'export.jsonl': lines.join('') }), 'export.jsonl');
};

test('a signed head holds: in the database, and as a printed line beside an export', async () => {
  const anchor = await made();
  const anchored = anchoredSchema.parse(JSON.parse(anchor.text));
  const rows = await rowsOf(held.url);
  expect(anchored).toMatchObject({
    chain: rows[0]?.hash,
    format: 'fundwatch-anchor/1+ed25519',
    key: fingerprintOf(publicKey),
  });
  expect(rows[anchored.seq - 1]?.hash).toBe(anchored.hash);
  // That it was made is the next event.
  expect(rows[anchored.seq]).toMatchObject({ kind: 'audit.anchored' });
  expect(await live()).toMatchObject({ fault: null, anchors: 1, keys: [anchored.key] });
  const line = lineOfAnchor(anchor);
  expect(line).not.toContain('\n');
  const published = anchorOfLine(line);
  expect(published).toEqual(anchor);
  expect(await verifyFile(await exported(99), request({ anchors: [anchor] }))).toMatchObject({
    fault: null,
    anchors: 1,
  });
});

test('a tail that is cut off before an anchored head is missed', async () => {
  const anchor = await made();
  const { seq } = anchoredSchema.parse(JSON.parse(anchor.text));
  const cut = await exported(seq - 1);
  expect(broken(await verifyFile(cut, request()))).toBe('holds');
  expect((await verifyFile(cut, request({ anchors: [anchor] }))).fault).toEqual({
    fault: 'cut_off',
    seq: seq - 1,
    known: seq,
  });
});

test('a chain that was written anew is not the one that was anchored', async () => {
  const anchor = await made();
  const other = await createTestDatabase();
  try {
    await other.database.pool.query(
      `SET session_replication_role = replica; TRUNCATE audit_event; SET session_replication_role = origin`,
    );
    await growChain(other.database, 60);
    const report = await withReadOnlyConnection(other.url, 'fundwatch test reader', (client) =>
      verifyDatabase(client, request({ anchors: [anchor] })),
    );
    expect(report.fault?.fault).toBe('foreign_anchor');
    const { chain, day, signed_at } = anchoredSchema.parse(JSON.parse(anchor.text));
    const elsewhere = makeAnchor({ chain, day, signed_at, seq: 3, hash: 'f'.repeat(64) }, key);
    expect(broken(await live({ anchors: [elsewhere] }))).toBe('not_as_anchored 3');
  } finally {
    await other.drop();
  }
});

test('a signature that does not fit is named, and so is a key that nobody knows', async () => {
  const anchor = await made();
  const { seq, day } = anchoredSchema.parse(JSON.parse(anchor.text));
  const signature = Buffer.from(anchor.signature, 'base64');
  signature[5] = (signature[5] ?? 0) ^ 1;
  const spoiled = { ...anchor, signature: signature.toString('base64') };
  expect((await live({ anchors: [spoiled] })).fault).toEqual({ fault: 'bad_signature', seq, day });
  const shifted = { ...anchor, text: anchor.text.replace(`"seq":${seq}`, `"seq":${seq - 1}`) };
  expect((await live({ anchors: [shifted] })).fault?.fault).toBe('bad_signature');
  const stranger = generateKeyPairSync('ed25519');
  const forged = makeAnchor(anchoredSchema.parse(JSON.parse(anchor.text)), stranger.privateKey);
  const trusted = new Set([fingerprintOf(publicKey)]);
  expect((await live({ anchors: [forged], trusted })).fault).toEqual({
    fault: 'unknown_key',
    seq,
    day,
    key: fingerprintOf(stranger.publicKey),
  });
  // A statement that names our key, signed with another one that it brings along.
  const posing = { ...forged, text: anchor.text };
  expect(checkAnchor(posing, trusted)).toMatchObject({ ok: false, reason: 'bad_signature' });
  expect(broken(await live({ trusted }))).toBe('holds');
});

test('anchors in the database that were tampered with are named', async () => {
  await made();
  const client = await held.database.pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica`);
    await client.query(`UPDATE audit_anchor SET signature = replace(signature, left(signature, 4), 'AAAA')`);
    await client.query('COMMIT');
    expect((await live()).fault?.fault).toBe('bad_signature');
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica`);
    await client.query('DELETE FROM audit_anchor; COMMIT');
  } finally {
    client.release();
  }
});

test('workers sign a day once when it is over, however many they are', async () => {
  const lines: unknown[] = [];
  const log = { info: (line: unknown) => lines.push(line), warn: (line: unknown) => lines.push(line) };
  // For these workers it is tomorrow: what was recorded until now was recorded yesterday.
  const stops = [1, 2, 3].map(() =>
    anchorDaily(held.database, { key, actor, today: () => today() + 1, log }),
  );
  await sleep(500);
  for (const stop of stops) await stop();
  const { rows } = await held.database.pool.query<{ day: string }>('SELECT day FROM audit_anchor');
  expect(rows).toHaveLength(1);
  expect(lines).toHaveLength(1);
  expect(await sign({ once: true })).toEqual({ made: null, reason: 'already' });
});

test('before the chain there is nothing to sign', async () => {
  expect(await sign({ day: today() - 400 })).toEqual({ made: null, reason: 'before_chain' });
});

test('a key file is for its owner only, and is never overwritten', async () => {
  const folder = await folderOf({});
  const file = path.join(folder, 'keys', 'audit.pem');
  expect(await readKeyFile(file)).toBeNull();
  const fingerprint = await makeKeyFile(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const made = await readKeyFile(file);
  expect(made === null ? null : fingerprintOf(createPublicKey(made))).toBe(fingerprint);
  expect(await trustedKeys(publicFileOf(file))).toEqual(new Set([fingerprint]));
  const before = await readFile(file, 'utf8');
  await expect(makeKeyFile(file)).rejects.toThrow('已存在');
  expect(await readFile(file, 'utf8')).toBe(before);
  await chmod(file, 0o644);
  await expect(readKeyFile(file)).rejects.toThrow('chmod 600');
});

test('another kind of key is refused without quoting it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  expect(createPrivateKey(pem).asymmetricKeyType).toBe('rsa');
  const folder = await folderOf({ 'rsa.pem': pem, 'text.pem': 'no key' });
  for (const name of ['rsa.pem', 'text.pem']) {
    await chmod(path.join(folder, name), 0o600);
    await expect(readKeyFile(path.join(folder, name))).rejects.toThrow('Ed25519');
  }
});
