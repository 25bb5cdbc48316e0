/** `fundwatch vault` as an operator runs it. */
import { readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { findClaim } from '../../src/claims/store.ts';
import { openVault } from '../../src/vault/vault-service.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { storeCanonical } from '../support/store-claims.ts';

const runMs = 120_000;

let held: TestDatabase;
beforeEach(async () => {
  held = await createTestDatabase();
});
afterEach(() => held.drop());

async function installation() {
  const masterKeyFile = path.join(await folderOf({}), 'master-key');
  const environment = { DATABASE_URL: held.url, FUNDWATCH_MASTER_KEY_FILE: masterKeyFile };
  return {
    masterKeyFile,
    vault: (...parameters: string[]) => runCommand(['vault', ...parameters], environment),
    open: () => openVault({ database: held.database, masterKeyFile, suite: 'aes' }),
  };
}

async function keyIds(): Promise<number[]> {
  const { rows } = await held.database.pool.query<{ id: number }>('SELECT id FROM data_key ORDER BY id');
  return rows.map(({ id }) => id);
}

async function eventsOf(kind: string): Promise<number> {
  const { rows } = await held.database.pool.query('SELECT 1 FROM audit_event WHERE kind = $1', [kind]);
  return rows.length;
}

/** As if it had been so for an hour. */
const age = () => held.database.pool.query(`UPDATE data_key SET created_at = created_at - interval '1 hour'`);

const personal = async (): Promise<unknown> =>
  (await held.database.pool.query(`SELECT encode(personal, 'hex') AS value FROM claim_document`)).rows;

test(
  'status lists the keys without a word of them, and names a master key file that is lost',
  async () => {
    const { masterKeyFile, vault } = await installation();
    const status = await vault('status');
    expect(status.code).toBe(0);
    const lines = status.out.trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const [at, purpose] of ['seal', 'index'].entries())
      expect(lines[at]).toMatch(
        new RegExp(
          String.raw`^${at + 1}  ${purpose}  aes  \d{4}-\S+Z  master [0-9a-f]{16}  使用中 / in use$`,
        ),
      );
    expect((await stat(masterKeyFile)).mode & 0o777).toBe(0o600);
    const material = (await readFile(masterKeyFile, 'utf8')).split(':')[2]?.trim() ?? '';
    expect(material).toHaveLength(64);
    expect(status.out + status.told).not.toContain(material);

    await rm(masterKeyFile);
    expect(await vault('status')).toMatchObject({
      code: 2,
      out: '',
      told: expect.stringContaining('找不到主密钥文件'),
    });
  },
  runMs,
);

test(
  'a new master key takes the place of the old one, and is written over no file',
  async () => {
    const { masterKeyFile, vault, open } = await installation();
    const before = await open().keys();
    const sealed = before.seal('here', Buffer.from('张三丰'));
    const next = `${masterKeyFile}.next`;
    const changed = await vault('new-master-key', next);
    expect(changed).toMatchObject({ code: 0, out: expect.stringContaining(next) });
    expect((await stat(next)).mode & 0o777).toBe(0o600);
    expect(await eventsOf('vault.master_key_changed')).toBe(1);

    expect(await vault('status')).toMatchObject({
      code: 2,
      told: expect.stringContaining('不是加密此数据库所用'),
    });
    const text = await readFile(next, 'utf8');
    await rename(next, masterKeyFile);
    const fingerprint = /[0-9a-f]{16}/.exec(changed.out)?.[0] ?? 'none';
    expect((await vault('status')).out).toContain(`master ${fingerprint}`);
    expect((await open().keys()).open('here', sealed).toString()).toBe('张三丰');

    expect(await vault('new-master-key', masterKeyFile)).toMatchObject({
      code: 2,
      told: expect.stringContaining('未覆盖'),
    });
    expect(await readFile(masterKeyFile, 'utf8')).toBe(text);
    expect(await eventsOf('vault.master_key_changed')).toBe(1);
  },
  runMs,
);

test.each([
  { options: [], kept: [], destroyed: 2 },
  { options: ['--keep'], kept: [1, 2], destroyed: 0 },
])(
  'rotation waits until every process knows the new keys, seals everything with them, and keeps or destroys the old: $options',
  async ({ options, kept, destroyed }) => {
    const { vault, open } = await installation();
    const claim = canonicalClaim(
      claimOf({ setl_id: 'S1', person: { psn_no: 'P1', gend: '1', brdy: '1980-01-01', psn_name: '张三丰' } }),
      asOf,
    );
    if (!claim.ok) throw new Error(JSON.stringify(claim.issues));
    await storeCanonical({ database: held.database, vault: open() }, [claim]);
    await age();
    const before = await personal();

    let ended = false;
    const running = vault('rotate', ...options).finally(() => {
      ended = true;
    });
    await expect.poll(keyIds).toEqual([1, 2, 3, 4]);
    // Longer than it takes to look once whether they are known.
    await sleep(7_000);
    expect(ended).toBe(false);
    expect(await personal()).toEqual(before);
    await age();

    const { code, out, told } = await running;
    expect(code).toBe(0);
    expect(told).toContain('单据 documents 1，');
    expect(out).toBe(destroyed === 0 ? '' : `已销毁旧密钥 2 个。Old keys destroyed: 2.\n`);
    expect(await keyIds()).toEqual([...kept, 3, 4]);
    expect(await eventsOf('vault.key_destroyed')).toBe(destroyed);
    expect(await personal()).not.toEqual(before);
    expect(
      (await findClaim(held.database, await open().keys(), 'H33070000001', 'S1'))?.claim.person,
    ).toMatchObject({ psn_name: '张**' });
  },
  runMs,
);
