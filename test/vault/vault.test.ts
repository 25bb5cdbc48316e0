/** The keys of an installation on a real database: made, lost, exchanged, and everything sealed again. */
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { openedName, sealedByCases } from '../../src/cases/seal-store.ts';
import { evidenceOf } from '../../src/cases/store.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { personsOf } from '../../src/claims/identity-store.ts';
import { findQuarantined, keepRejected } from '../../src/claims/quarantine-store.ts';
import { sealAnew } from '../../src/claims/seal-anew-service.ts';
import { isSealedOtherwise } from '../../src/claims/seal-store.ts';
import { findClaim } from '../../src/claims/store.ts';
import { findAccount, updateAccount } from '../../src/people/account-store.ts';
import { totpPlace } from '../../src/people/second-factor-service.ts';
import { everything } from '../../src/people/sight.ts';
import { hashOf } from '../../src/platform/content/checked-upload.ts';
import { transaction } from '../../src/platform/database.ts';
import { insertStoredFile, readStoredFile } from '../../src/vault/file-store.ts';
import { headOf, keyIdOf } from '../../src/vault/keyring.ts';
import { changeMasterKey, destroyOtherKeys, makeNewKeys } from '../../src/vault/rotation-service.ts';
import { openVault } from '../../src/vault/vault-service.ts';
import type { VaultSettings } from '../../src/vault/vault.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeAccount } from '../support/people.ts';
import { storeCanonical } from '../support/store-claims.ts';

let held: TestDatabase;
let folder: string;
let settings: VaultSettings;
const actor = systemActor('test');
beforeEach(async () => {
  held = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'fundwatch-vault-'));
  settings = { database: held.database, masterKeyFile: path.join(folder, 'master-key'), suite: 'aes' };
});
afterEach(async () => {
  await held.drop();
  await rm(folder, { recursive: true });
});

const person = {
  psn_no: 'P1',
  gend: '1',
  brdy: '1980-01-01',
  certno: '33070219800101123X',
  psn_name: '张三丰',
  tel: '139 5790 1234',
};
const claimNamed = (setl_id: string, stated: Partial<typeof person> = {}) => {
  const result = canonicalClaim(claimOf({ setl_id, person: { ...person, ...stated } }), asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result;
};
const vault = () => openVault(settings);
const store = async (setlId: string, stated: Partial<typeof person> = {}): Promise<void> => {
  await storeCanonical({ database: held.database, vault: vault() }, [claimNamed(setlId, stated)]);
};
const shown = async (setlId: string) =>
  (await findClaim(held.database, await vault().keys(), 'H33070000001', setlId))?.claim.person;
const column = async (sql: string): Promise<unknown[]> =>
  (await held.database.pool.query<{ value: unknown }>(sql)).rows.map(({ value }) => value);
/** As if they had been there for an hour. */
const settle = (): Promise<unknown> =>
  held.database.pool.query(`UPDATE data_key SET created_at = created_at - interval '1 hour'`);

describe('the first use', () => {
  test('makes a file that only its owner reads, and two keys, once', async () => {
    await Promise.all([vault().keys(), vault().keys(), vault().keys()]);
    expect(await readFile(settings.masterKeyFile, 'utf8')).toMatch(/^fundwatch-master-key:1:/);
    expect(await column('SELECT purpose AS value FROM data_key ORDER BY id')).toEqual(['seal', 'index']);
    expect(
      await column(`SELECT count(*) AS value FROM audit_event WHERE kind = 'vault.key_created'`),
    ).toEqual([2]);
  });

  test('keeps nothing of the key itself in the database', async () => {
    await vault().keys();
    const material = (await readFile(settings.masterKeyFile, 'utf8')).split(':')[2]?.trim() ?? '?';
    const rows = await column(`SELECT data_key::text || encode(wrapped, 'base64') AS value FROM data_key`);
    expect(JSON.stringify(rows)).not.toContain(material);
  });
});

describe('a master key', () => {
  test('that is lost is missed, and no other is made', async () => {
    await store('S1');
    await rm(settings.masterKeyFile);
    await expect(vault().keys()).rejects.toMatchObject({ status: 503, code: 'master_key_missing' });
    await expect(readFile(settings.masterKeyFile)).rejects.toThrow('ENOENT');
  });

  test('that is another is named, and opens nothing', async () => {
    await store('S1');
    await rename(settings.masterKeyFile, `${settings.masterKeyFile}.old`);
    const other = await createTestDatabase();
    await openVault({ ...settings, database: other.database }).keys();
    await other.drop();
    await expect(vault().keys()).rejects.toMatchObject({ code: 'master_key_wrong' });
  });

  test.each([
    ['malformed', async (file: string) => writeFile(file, 'secret')],
    ['readable for others', async (file: string) => chmod(file, 0o644)],
  ])('that is %s is refused, without a word of it', async (_what, spoil) => {
    await vault().keys();
    await spoil(settings.masterKeyFile);
    const failure = vault().keys();
    await expect(failure).rejects.toMatchObject({ code: 'master_key_unreadable' });
    await expect(failure).rejects.not.toThrow('secret');
  });

  test('is exchanged without touching what is sealed', async () => {
    await store('S1');
    const next = path.join(folder, 'next');
    await changeMasterKey(settings, next, actor);
    await expect(vault().keys()).rejects.toMatchObject({ code: 'master_key_wrong' });
    await rename(next, settings.masterKeyFile);
    expect(await shown('S1')).toMatchObject({ psn_name: '张**' });
  });
});

describe('personal data', () => {
  test('lies sealed, is shown masked, and its owner is found by number in any way of writing', async () => {
    await store('S1');
    const [personal] = await column('SELECT personal AS value FROM claim_document');
    expect(Buffer.isBuffer(personal) && personal.includes('张三丰')).toBe(false);
    expect(await shown('S1')).toMatchObject({ certno: '3307**********123X', psn_name: '张**', psn_no: 'P1' });
    const keys = await vault().keys();
    expect(await personsOf(held.database, keys, 'certno', '33070219800101123x')).toEqual(['P1']);
    expect(await personsOf(held.database, keys, 'tel', '139-5790-1234')).toEqual(['P1']);
    expect(await personsOf(held.database, keys, 'tel', '33070219800101123x')).toEqual([]);
  });

  test('that is stated again writes nothing by which its owner is found, and what differs does', async () => {
    await store('S1');
    const written = () => column(`SELECT xmin::text AS value FROM identity_index ORDER BY blind`);
    const noted = () => column('SELECT xmin::text AS value FROM person');
    const [rows, persons] = [await written(), await noted()];
    expect(rows).toHaveLength(2);
    await store('S2', { tel: '13957901234' });
    expect([await written(), await noted()]).toEqual([rows, persons]);
    await store('S3', { tel: '0579-87654321' });
    const keys = await vault().keys();
    for (const tel of ['13957901234', '0579 87654321'])
      expect(await personsOf(held.database, keys, 'tel', tel)).toEqual(['P1']);
  });

  test('of whoever is known without any number is found by those that a later claim states', async () => {
    await held.database.pool.query(`INSERT INTO person (psn_no) VALUES ('P1')`);
    const blocked = await held.database.pool.connect();
    try {
      await blocked.query(`BEGIN; SELECT FROM person FOR UPDATE`);
      // Intake does not wait for who is being screened; what it could not note is noted with the next claim.
      await store('S1');
      await blocked.query('ROLLBACK');
    } finally {
      blocked.release();
    }
    expect(await column('SELECT identity AS value FROM person')).toEqual([null]);
    expect(await personsOf(held.database, await vault().keys(), 'certno', person.certno)).toEqual(['P1']);
    await store('S2');
    expect(await column('SELECT identity AS value FROM person')).toEqual([expect.any(Buffer)]);
  });

  test('that was changed, or moved to another claim, is refused', async () => {
    await store('S1');
    await store('S2');
    const spoil = (sql: string): Promise<unknown> =>
      transaction(held.database, async (client) => {
        await client.query('SET LOCAL session_replication_role = replica');
        await client.query(sql);
      });
    await spoil(
      `UPDATE claim_document d SET personal = o.personal FROM claim_document o WHERE o.revision_id <> d.revision_id`,
    );
    await expect(shown('S1')).rejects.toMatchObject({ code: 'tampered' });
    await spoil('UPDATE claim_document SET personal = set_byte(personal, 20, get_byte(personal, 20) # 1)');
    await expect(shown('S2')).rejects.toMatchObject({ code: 'tampered' });
  });

  test('lies append-only: only sealing anew may change it, and nothing else with it', async () => {
    await store('S1');
    const change = (set: string, allowed: boolean): Promise<unknown> =>
      transaction(held.database, async (client) => {
        if (allowed) await client.query(`SELECT set_config('fundwatch.seal_anew', 'on', true)`);
        await client.query(`UPDATE claim_document SET ${set}`);
      });
    await expect(change('personal = NULL', false)).rejects.toThrow('append-only');
    await expect(change(`doc = '{}'`, true)).rejects.toThrow('append-only');
    await expect(change('personal = personal', true)).resolves.toBeUndefined();
  });
});

describe('rotation', () => {
  const rotated = async (suite: VaultSettings['suite']): Promise<number | null> => {
    await settle();
    settings = { ...settings, suite };
    await makeNewKeys(settings, actor);
    await settle();
    const keys = await vault().keys();
    for await (const _progress of sealAnew(held.database, keys, actor, sealedByCases));
    return destroyOtherKeys(settings, keys, actor, isSealedOtherwise);
  };
  const raw = Buffer.from('{"person":{"certno":"33070219800101123X"}');
  const reject = async (): Promise<bigint> => {
    const keys = await vault().keys();
    const input = { position: 3, raw, issues: [], setl_id: null, fixmedins_code: null };
    const [id = ''] = await transaction(held.database, (client) =>
      keepRejected(client, keys, 'test', [input]),
    );
    return BigInt(id);
  };

  test('seals everything again, in the other suite too, and destroys the keys that were', async () => {
    await store('S1');
    const entry = await reject();
    const { id } = await makeAccount(held.database, { login: 'li', role: 'leader' });
    const former = await vault().keys();
    await transaction(held.database, (client) =>
      updateAccount(client, id, { totp_secret: former.seal(totpPlace(id), Buffer.from('of the telephone')) }),
    );
    const before = await column(`SELECT encode(personal, 'hex') AS value FROM claim_document`);
    const document = Buffer.from('%PDF-1.7 of a patient');
    const sha256 = hashOf(document);
    const kept = { sha256, kind: 'pdf', content: document } as const;
    await transaction(held.database, (client) => insertStoredFile(client, former, kept));
    expect(await rotated('sm')).toBe(2);
    expect(await column(`SELECT encode(personal, 'hex') AS value FROM claim_document`)).not.toEqual(before);
    expect(await column('SELECT DISTINCT suite AS value FROM data_key')).toEqual(['sm']);
    expect(await shown('S1')).toMatchObject({ psn_name: '张**' });
    const keys = await vault().keys();
    expect((await findQuarantined(held.database, keys, entry, everything))?.raw).toBe(raw.toString());
    expect(await personsOf(held.database, keys, 'certno', person.certno)).toEqual(['P1']);
    expect(await column('SELECT DISTINCT key_id AS value FROM identity_index')).toEqual([keys.current.index]);
    const byKey = `SELECT ('x' || encode(substring(identity FOR 4), 'hex'))::bit(32)::int AS value FROM person`;
    expect(await column(byKey)).not.toEqual([keys.current.index]);
    await store('S2');
    expect(await column(byKey)).toEqual([keys.current.index]);
    expect((await readStoredFile(held.database.pool, keys, sha256))?.content).toEqual(document);
    expect(await column('SELECT content AS value FROM stored_file')).toEqual([
      expect.toSatisfy((content: Buffer) => keyIdOf(content) === keys.current.seal),
    ]);
    const account = await findAccount(held.database.pool, 'li');
    expect(keys.open(totpPlace(id), account?.totp_secret ?? raw).toString()).toBe('of the telephone');
    // The same input is still known.
    expect(await reject()).toBe(entry);
  });

  test('seals what a former version stored in the clear, and until then it is refused by name', async () => {
    await store('S1');
    await transaction(held.database, async (client) => {
      await client.query('SET LOCAL session_replication_role = replica');
      await client.query(`UPDATE claim_document SET personal = convert_to('{"psn_name":"张三丰"}', 'UTF8')`);
    });
    await expect(shown('S1')).rejects.toMatchObject({ code: 'not_sealed' });
    await rotated('aes');
    expect(await shown('S1')).toMatchObject({ psn_name: '张**' });
  });

  test('seals a file that a former version kept unsealed, which is read until then', async () => {
    const document = Buffer.from('%PDF-1.7 of a patient');
    const sha256 = hashOf(document);
    await held.database.pool.query('ALTER TABLE stored_file DROP CONSTRAINT stored_file_sealed');
    await held.database.pool.query(
      `INSERT INTO stored_file (sha256, kind, bytes, content) VALUES ($1, 'pdf', $2, $3)`,
      [sha256, document.length, document],
    );
    const read = async () =>
      (await readStoredFile(held.database.pool, await vault().keys(), sha256))?.content;
    expect(await read()).toEqual(document);
    await vault().keys();
    await rotated('aes');
    const [lies] = await column('SELECT content AS value FROM stored_file');
    expect(Buffer.isBuffer(lies) && lies.includes('of a patient')).toBe(false);
    expect(await read()).toEqual(document);
  });

  test('seals evidence and names of files that a former version kept unsealed, which are read until then', async () => {
    // One begins as sealed bytes do; its hash tells that it is not.
    const texts = ['{"statement":"张三已退回"}', `\u0001\u0000\u0000\u0000\u0001${'张三的账册'.repeat(9)}`];
    const finding = '7'.repeat(32);
    const file = '8'.repeat(64);
    await transaction(held.database, async (client) => {
      await client.query(`SET LOCAL session_replication_role = replica;
        ALTER TABLE case_evidence DROP CONSTRAINT case_evidence_sealed;
        ALTER TABLE finding_answer_file DROP CONSTRAINT finding_answer_file_sealed`);
      for (const [place, text] of texts.entries())
        await client.query(
          'INSERT INTO case_evidence (case_id, no, sha256, content) VALUES (1, $1, $2, $3)',
          [place + 1, hashOf(Buffer.from(text)), Buffer.from(text)],
        );
      await client.query(
        `INSERT INTO finding_answer_file (finding_id, sha256, name, account) VALUES ($1, $2, $3, 'office')`,
        [finding, file, Buffer.from('张三病历.pdf')],
      );
    });
    const names = () => column('SELECT name AS value FROM finding_answer_file');
    const contents = () => column('SELECT content AS value FROM case_evidence ORDER BY no');
    const readNow = async () => {
      const keys = await vault().keys();
      const [name] = await names();
      return [
        await evidenceOf(held.database.pool, keys, 1),
        openedName(keys, finding, file, Buffer.isBuffer(name) ? name : raw),
      ];
    };
    const expected = [texts.map((content, place) => ({ no: place + 1, content })), '张三病历.pdf'];
    expect(await readNow()).toEqual(expected);
    await rotated('aes');
    const sealed = [...(await contents()), ...(await names())];
    expect(sealed.map((one) => Buffer.isBuffer(one) && one.includes('张三'))).toEqual([false, false, false]);
    expect(await readNow()).toEqual(expected);
    // And once more, from one key to the next.
    expect(await rotated('sm')).toBe(2);
    expect(await readNow()).toEqual(expected);
    expect(await contents()).not.toEqual(sealed.slice(0, 2));
    const spoil = (sql: string): Promise<unknown> =>
      transaction(held.database, async (client) => {
        await client.query('SET LOCAL session_replication_role = replica');
        await client.query(sql);
      });
    await spoil('UPDATE case_evidence e SET content = o.content FROM case_evidence o WHERE o.no <> e.no');
    await expect(readNow()).rejects.toMatchObject({ code: 'tampered' });
    // Whatever of them lies otherwise keeps every key.
    const { current } = await vault().keys();
    const isLeft = () =>
      transaction(held.database, (client) => isSealedOtherwise(client, headOf(current.seal)));
    expect(await isLeft()).toBe(false);
    await spoil(`UPDATE case_evidence SET content = 'x' || content WHERE no = 1`);
    expect(await isLeft()).toBe(true);
    await spoil(`UPDATE case_evidence SET content = substr(content, 2) WHERE no = 1`);
    expect(await isLeft()).toBe(false);
    await spoil(`UPDATE finding_answer_file SET name = 'x'`);
    expect(await isLeft()).toBe(true);
  });

  test('destroys no key that something is sealed with, nor one that somebody is sealing with', async () => {
    await store('S1');
    await settle();
    const former = await vault().keys();
    await makeNewKeys(settings, actor);
    await settle();
    const keys = await vault().keys();
    expect(await destroyOtherKeys(settings, keys, actor, isSealedOtherwise)).toBeNull();
    for await (const _progress of sealAnew(held.database, keys, actor, sealedByCases));
    expect(await destroyOtherKeys(settings, keys, actor, isSealedOtherwise)).toBe(2);
    // Whoever comes with a key that is gone is sent back.
    const late = transaction(held.database, (client) =>
      keepRejected(client, former, 'test', [
        { position: 0, raw, issues: [], setl_id: null, fixmedins_code: null },
      ]),
    );
    await expect(late).rejects.toMatchObject({ code: 'unknown_key' });
  });

  test('comes by itself after a month, and the new key is used once everybody knows it', async () => {
    const first = await vault().keys();
    await held.database.pool.query(`UPDATE data_key SET created_at = created_at - interval '32 days'`);
    expect((await vault().keys()).current).toEqual(first.current);
    expect(await column(`SELECT count(*) AS value FROM data_key WHERE purpose = 'seal'`)).toEqual([2]);
    await settle();
    const then = await vault().keys();
    expect(then.current.seal).toBeGreaterThan(first.current.seal);
    expect(then.current.index).toBe(first.current.index);
    expect(await column('SELECT count(*) AS value FROM data_key')).toEqual([3]);
  });
});
