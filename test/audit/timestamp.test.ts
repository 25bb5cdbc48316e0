/** Time stamps of anchors, by a real authority: OpenSSL's. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { type Anchor, anchorOfLine, lineOfAnchor } from '../../src/audit/anchor.ts';
import { anchorDay } from '../../src/audit/anchor-service.ts';
import { lastAnchor, listAnchors } from '../../src/audit/anchor-store.ts';
import { lineOfRow } from '../../src/audit/chain-row.ts';
import { checkTimestamp, timeOf, timestampRequest, tokenOfReply } from '../../src/audit/timestamp.ts';
import { stampAnchors, stampContinually, type StampOptions } from '../../src/audit/timestamp-service.ts';
import { tsaCertificates } from '../../src/audit/tsa-certificates.ts';
import { verifyDatabase, verifyFile, type VerifyRequest } from '../../src/audit/verify-service.ts';
import { today } from '../../src/platform/clock.ts';
import { withReadOnlyConnection } from '../../src/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { startTsa, type Tsa } from '../support/tsa.ts';
import { growChain, rowsOf } from './chains.ts';

let held: TestDatabase;
let tsa: Tsa;
beforeAll(async () => {
  [held, tsa] = await Promise.all([createTestDatabase(), startTsa()]);
  await growChain(held.database, 20);
});
afterEach(() => {
  tsa.answerBy = null;
});
afterAll(() => Promise.all([held.drop(), tsa.close()]));

const { privateKey: key } = generateKeyPairSync('ed25519');
const actor = systemActor('test');
const signerName = 'C=CN, O=Test, CN=Time stamps';
/** Of so many bytes of a token one is altered; all of them take a minute. */
const stepBytes = 13;
const goOn = new AbortController().signal;

const logged: unknown[] = [];
const options = (over: Partial<StampOptions> = {}): StampOptions => ({
  url: tsa.url,
  actor,
  today,
  log: { info: (line: unknown) => logged.push(line), warn: (line: unknown) => logged.push(line) },
  ...over,
});
const stamp = (over: Partial<StampOptions> = {}) => stampAnchors(held.database, options(over), goOn);

async function anchored(): Promise<void> {
  const { made } = await anchorDay(held.database, {
    day: today(),
    key,
    actor,
    now: new Date(),
    once: false,
  });
  expect(made).not.toBeNull();
}

async function last(): Promise<Anchor> {
  const anchor = await lastAnchor(held.database);
  if (anchor === null) throw new Error('there is no anchor');
  return anchor;
}

async function stamped(): Promise<Anchor & { readonly timestamp: string }> {
  await anchored();
  await stamp();
  const { timestamp, ...anchor } = await last();
  if (timestamp === undefined) throw new Error('it has no time stamp');
  return { ...anchor, timestamp };
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

async function tokenFor(text: string): Promise<Buffer> {
  const nonce = randomBytes(8);
  const { body } = await tsa.reply(Buffer.from(timestampRequest(text, nonce)));
  return (await tokenOfReply(body, text, nonce)).token;
}

test('an anchor is stamped once, on record, and the stamp is verified in the database and beside an export', async () => {
  const before = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const anchor = await stamped();
  expect(tsa.asked).toEqual(['application/timestamp-query']);
  await stamp();
  expect(tsa.asked).toHaveLength(1);
  expect((await rowsOf(held.url)).at(-1)).toMatchObject({ kind: 'audit.timestamped' });

  const published = anchorOfLine(lineOfAnchor(anchor));
  expect(published).toEqual(anchor);
  const report = await live();
  expect(report).toMatchObject({ fault: null, timestamps: [{ signer: signerName }] });
  expect(report.timestamps[0]?.time.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(timeOf(Buffer.from(anchor.timestamp, 'base64'))).toEqual(report.timestamps[0]?.time);

  const folder = await folderOf({ 'chain.jsonl': (await rowsOf(held.url)).map(lineOfRow).join('') });
  const authorities = await tsaCertificates(tsa.rootFile);
  const offline = await verifyFile(
    path.join(folder, 'chain.jsonl'),
    request({ anchors: [anchor], authorities }),
  );
  expect(offline).toMatchObject({ fault: null, anchors: 1, timestamps: [{ signer: signerName }] });
});

test('a stamp is trusted by the root, by the certificate itself, and by no other root of the same name', async () => {
  const text = 'an anchor';
  const token = await tokenFor(text);
  for (const file of [tsa.rootFile, tsa.certificateFile])
    expect(await checkTimestamp(token, text, await tsaCertificates(file))).toMatchObject({ ok: true });
  expect(await checkTimestamp(token, text, await tsaCertificates(tsa.strangerFile))).toEqual({
    ok: false,
    fault: 'untrusted',
  });
});

test('whatever byte of a token is altered, it does not hold, or says the same', async () => {
  const text = 'an anchor';
  const token = await tokenFor(text);
  const trusted = await tsaCertificates(tsa.rootFile);
  const whole = await checkTimestamp(token, text, trusted);
  const faults = new Set<string>();
  for (const change of [0x01, 0x80, 0xff]) {
    for (let at = change % stepBytes; at < token.length; at += stepBytes) {
      const altered = Buffer.from(token);
      altered[at] = (altered[at] ?? 0) ^ change;
      const checked = await checkTimestamp(altered, text, trusted);
      // The copy of the root that comes along is signed by nobody and not needed.
      if (checked.ok) expect(checked, `byte ${at}`).toEqual(whole);
      else faults.add(checked.fault);
    }
  }
  expect([...faults]).toEqual(
    expect.arrayContaining(['unreadable', 'wrong_imprint', 'bad_signature', 'untrusted']),
  );
  expect(await checkTimestamp(Buffer.concat([token, Buffer.of(0)]), text, null)).toMatchObject({ ok: false });
});

test('a stamp of another text, or by a certificate for something else, does not hold', async () => {
  const token = await tokenFor('another text');
  expect(await checkTimestamp(token, 'a text', null)).toEqual({ ok: false, fault: 'wrong_imprint' });
  const forged = await tsa.signedByWebServer(token);
  expect(await checkTimestamp(forged, 'another text', null)).toEqual({
    ok: false,
    fault: 'wrong_certificate',
  });
});

test('anchors with stamps that do not hold are named by the verifier', async () => {
  const anchor = await stamped();
  const other = await tokenFor('another text');
  const { day, seq } = JSON.parse(anchor.text);
  const fault = { fault: 'bad_timestamp', day, seq };
  const exchanged = { ...anchor, timestamp: other.toString('base64') };
  expect((await live({ anchors: [exchanged] })).fault).toEqual({ ...fault, reason: 'wrong_imprint' });
  const spoiled = { ...anchor, timestamp: Buffer.from('no token').toString('base64') };
  expect((await live({ anchors: [spoiled] })).fault).toEqual({ ...fault, reason: 'unreadable' });
  const authorities = await tsaCertificates(tsa.strangerFile);
  expect((await live({ authorities })).fault).toMatchObject({ reason: 'untrusted' });
  expect((await live()).fault).toBeNull();
});

test('an answer to another request, a refusal, an error and a flood are not kept, and the anchor waits for the next time', async () => {
  await anchored();
  const earlier = await tsa.reply(Buffer.from(timestampRequest((await last()).text, randomBytes(8))));
  tsa.answerBy = async () => earlier;
  await expect(stamp()).rejects.toThrow('another request');
  tsa.answerBy = (asked) => tsa.reply(asked.subarray(1));
  await expect(stamp()).rejects.toThrow('refused: status 2');
  tsa.answerBy = async () => ({ status: 503, body: Buffer.alloc(0) });
  await expect(stamp()).rejects.toThrow('status 503');
  tsa.answerBy = async () => ({ status: 200, body: Buffer.alloc(100_000) });
  await expect(stamp()).rejects.toThrow('more than 65536 bytes');
  await expect(stamp({ url: `http://127.0.0.1:${await freePort()}/` })).rejects.toThrow('fetch failed');
  expect((await last()).timestamp).toBeUndefined();
  tsa.answerBy = null;
  await stamp();
  expect((await last()).timestamp).toBeDefined();
});

test('an authority that is down stops neither the anchors nor the worker, which does not ask at once again', async () => {
  logged.length = 0;
  await anchored();
  const stop = stampContinually(held.database, options({ url: `http://127.0.0.1:${await freePort()}/` }));
  await sleep(500);
  await anchored();
  await stop();
  expect(logged).toEqual([{ err: expect.any(Error) }]);
  expect((await last()).timestamp).toBeUndefined();
});

test('a worker that stops does not wait for an authority that is silent', async () => {
  let release = (): void => undefined;
  const silence = new Promise<void>((resolve) => {
    release = resolve;
  });
  tsa.answerBy = async (asked) => {
    await silence;
    return tsa.reply(asked);
  };
  await anchored();
  const stop = stampContinually(held.database, options());
  await sleep(300);
  const startedAt = performance.now();
  await stop();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  release();
});

test('of several workers one stamp is kept, and old anchors are left', async () => {
  await stamp();
  await anchored();
  await Promise.all([stamp(), stamp(), stamp()]);
  const events = (await rowsOf(held.url)).filter(({ kind }) => kind === 'audit.timestamped');
  const anchors = await withReadOnlyConnection(held.url, 'fundwatch test reader', listAnchors);
  expect(anchors.every(({ timestamp }) => timestamp !== undefined)).toBe(true);
  expect(events).toHaveLength(anchors.length);
  await anchored();
  await stamp({ today: () => today() + 30 });
  expect((await last()).timestamp).toBeUndefined();
});

test('a file without certificates is not taken for one that trusts nobody', async () => {
  const folder = await folderOf({});
  await writeFile(path.join(folder, 'empty.pem'), '');
  await expect(tsaCertificates(path.join(folder, 'empty.pem'))).rejects.toThrow('没有证书');
});
