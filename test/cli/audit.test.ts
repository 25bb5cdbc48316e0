/** `fundwatch audit` as an auditor runs it. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { stampAnchors } from '../../src/audit/timestamp-service.ts';
import { today } from '../../src/platform/clock.ts';
import { growChain } from '../audit/chains.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { startTsa } from '../support/tsa.ts';

const root = path.join(import.meta.dirname, '../..');
const runMs = 120_000;

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
  await growChain(held.database, 3_000);
});
afterAll(() => held.drop());

const audit = (parameters: readonly string[], environment: Record<string, string> = {}) =>
  runCommand(['audit', ...parameters], environment);

test(
  'a key is made, the head signed, the chain exported – and verified elsewhere, where a change and a cut are named',
  async () => {
    const folder = await folderOf({});
    const file = (name: string): string => path.join(folder, name);
    const live = { DATABASE_URL: held.url, FUNDWATCH_AUDIT_KEY_FILE: file('key.pem') };

    expect(await audit(['anchor'], live)).toMatchObject({ code: 2, told: expect.stringContaining('keygen') });
    const made = await audit(['keygen'], live);
    expect(made).toMatchObject({ code: 0 });
    expect(await audit(['keygen'], live)).toMatchObject({ code: 2 });

    const anchor = await audit(['anchor'], live);
    expect(anchor.out.trim().split('\n')).toHaveLength(1);
    await writeFile(file('anchors.jsonl'), anchor.out);
    const exported = await audit(['export'], live);
    // 3,000 events, and that an anchor was made.
    expect(exported.out.trim().split('\n')).toHaveLength(3_001);
    await writeFile(file('chain.jsonl'), exported.out);

    const whole = await audit(['verify'], live);
    expect(whole).toMatchObject({ code: 0, told: expect.stringContaining('3002（1 – 3002）') });

    // From here on without database and key.
    const proofs = ['--anchors', file('anchors.jsonl'), '--key', file('key.pem.pub')];
    const good = await audit(['verify', file('chain.jsonl'), ...proofs]);
    expect(good).toMatchObject({ code: 0, told: expect.stringContaining('审计链完好') });
    expect(good.told).toMatch(/head [0-9a-f]{64}\n/);
    expect(good.told).toMatch(/anchors 1，/);

    await writeFile(
      file('edited.jsonl'),
      exported.out.replace('\\"accepted\\":1500,', '\\"accepted\\":1501,'),
    );
    expect(await audit(['verify', file('edited.jsonl')])).toMatchObject({
      code: 1,
      told: expect.stringContaining('第 1500 条被改动'),
    });
    await writeFile(file('cut.jsonl'), `${exported.out.split('\n').slice(0, 2_999).join('\n')}\n`);
    expect(await audit(['verify', file('cut.jsonl'), ...proofs])).toMatchObject({
      code: 1,
      told: expect.stringContaining('链尾被截断'),
    });
    expect(await audit(['verify', file('chain.jsonl'), '--head', 'f'.repeat(64)])).toMatchObject({ code: 1 });
    expect(await audit(['verify', file('nowhere.jsonl')])).toMatchObject({ code: 2 });
  },
  runMs,
);

test(
  'time stamps are verified: by whoever signed, and by whom one trusts',
  async () => {
    const tsa = await startTsa();
    onTestFinished(() => tsa.close());
    const folder = await folderOf({});
    const file = (name: string): string => path.join(folder, name);
    const live = { DATABASE_URL: held.url, FUNDWATCH_AUDIT_KEY_FILE: file('key.pem') };
    await audit(['keygen'], live);
    await audit(['anchor'], live);
    await stampAnchors(
      held.database,
      { url: tsa.url, actor: systemActor('test'), today, log: { info: () => {}, warn: () => {} } },
      new AbortController().signal,
    );
    await writeFile(file('anchors.jsonl'), (await audit(['anchors'], live)).out);
    await writeFile(file('chain.jsonl'), (await audit(['export'], live)).out);
    const parameters = ['verify', file('chain.jsonl'), '--anchors', file('anchors.jsonl')];
    const signer = '签发者 / signed by C=CN, O=Test, CN=Time stamps';

    const unknown = await audit(parameters);
    expect(unknown).toMatchObject({
      code: 0,
      told: expect.stringContaining(`${signer}，未核对信任 / trust not checked`),
    });
    expect(await audit([...parameters, '--tsa-certificate', tsa.rootFile])).toMatchObject({
      code: 0,
      told: expect.stringContaining(`${signer}，受信任 / trusted`),
    });
    expect(await audit([...parameters, '--tsa-certificate', tsa.strangerFile])).toMatchObject({
      code: 1,
      told: expect.stringContaining('不能追溯到所信任的证书'),
    });
    expect(await audit(['verify', '--tsa-certificate', tsa.rootFile], live)).toMatchObject({ code: 0 });
  },
  runMs,
);

test(
  'a break in the database is named, and the handbook is printed as it stands in the documents',
  async () => {
    const handbook = await audit(['handbook']);
    expect(handbook.out).toBe(await readFile(path.join(root, 'docs/audit-events.zh-CN.md'), 'utf8'));
    const client = await held.database.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL session_replication_role = replica`);
      await client.query('DELETE FROM audit_event WHERE seq = 2000; COMMIT');
    } finally {
      client.release();
    }
    const live = { DATABASE_URL: held.url };
    expect(await audit(['verify'], live)).toMatchObject({
      code: 1,
      told: expect.stringContaining('缺少第 2000 条'),
    });
    expect(await audit(['verify', '--from', '2001', '--to', '2500'], live)).toMatchObject({ code: 0 });
  },
  runMs,
);
