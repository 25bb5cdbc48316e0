/** Looking at persons over HTTP: masked, in full for a purpose, by district, and always on record. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchEvents } from '../../src/audit/search-store.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { maskedInput } from '../../src/claims/masked-json.ts';
import { personRoutes } from '../../src/claims/person-routes.ts';
import {
  personDetailSchema,
  personSeenSchema,
  personsFoundSchema,
  revealedSchema,
} from '../../src/claims/persons-contract.ts';
import type { Caller } from '../../src/people/caller.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs, someone } from '../support/people.ts';
import { storeCanonical } from '../support/store-claims.ts';

let held: TestDatabase;
let server: Server;
let base = '';
let caller: Caller = someone('inspector');
const here = 'H33070200001';
const there = 'H33078100001';
const certno = '33070219800101123X';

beforeAll(async () => {
  held = await createTestDatabase();
  const claims = [
    ['A1', here, '2026-01-05 10:00:00'],
    ['A2', here, '2026-02-05 10:00:00'],
    ['B1', there, '2026-03-05 10:00:00'],
  ].map(([setl_id = '', fixmedins_code = '', setl_time = '']) => {
    const result = canonicalClaim(
      claimOf({
        setl_id,
        setl_time,
        institution: { fixmedins_code },
        person: {
          psn_no: 'P1',
          gend: '1',
          brdy: '1980-01-01',
          certno,
          psn_name: setl_id === 'B1' ? '张三丰' : '张三',
          tel: '13957901234',
          addr: '密巷 7 号',
        },
      }),
      asOf,
    );
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  await storeCanonical(held, claims);
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
  app.use(
    actAs(() => caller),
    personRoutes({ database: held.database, vault: held.vault }),
  );
  presentErrors(app, { metrics });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await held.drop();
});

async function ask(path: string, body?: unknown): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(base + path, {
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: await response.json() };
}
const lastEvent = async () => (await searchEvents(held.database, { page_size: 1 })).items[0];

describe('a search', () => {
  test.each([
    ['certno', '33070219800101123x'],
    ['tel', '139 5790 1234'],
    ['psn_no', 'P1'],
  ])('by %s finds the person, masked, and is on record without the number', async (by, value) => {
    caller = someone('inspector');
    const { answer } = await ask('/persons/search', { by, value });
    expect(personsFoundSchema.parse(answer).items).toMatchObject([
      { psn_no: 'P1', psn_name: '张**', certno: '3307**********123X', claims: 3, latest: { setl_id: 'B1' } },
    ]);
    const event = await lastEvent();
    expect(event).toMatchObject({ kind: 'person.searched', subject: { key: by }, detail: { found: 1 } });
    if (by !== 'psn_no') expect(JSON.stringify(event)).not.toContain(value);
  });

  test('finds nothing by what is not exactly it', async () => {
    for (const value of ['330702198001011', certno.slice(0, -1), '%'])
      expect(await ask('/persons/search', { by: 'certno', value })).toMatchObject({ answer: { items: [] } });
  });

  test('shows a district what lies in the district', async () => {
    caller = someone('inspector', '330702');
    const { answer } = await ask('/persons/search', { by: 'certno', value: certno });
    // What the other district states of the name is not shown either.
    expect(answer).toMatchObject({ items: [{ psn_name: '张*', claims: 2, latest: { setl_id: 'A2' } }] });
    caller = someone('inspector', '330703');
    expect(await ask('/persons/search', { by: 'tel', value: '13957901234' })).toMatchObject({
      answer: { items: [] },
    });
  });
});

describe('a person', () => {
  test('is opened by a settlement, masked, and that is on record', async () => {
    caller = someone('inspector', '330702');
    const { answer } = await ask(`/claims/${here}/A1/person`);
    const person = personDetailSchema.parse(answer);
    expect(person).toMatchObject({ psn_name: '张*', tel: '***********', addr: '***', claims_total: 2 });
    expect(person.claims.map(({ setl_id }) => setl_id)).toEqual(['A2', 'A1']);
    expect(await lastEvent()).toMatchObject({
      kind: 'person.opened',
      subject: { type: 'person', key: 'P1' },
      detail: { fixmedins_code: here, setl_id: 'A1' },
    });
    expect(await ask(`/claims/${there}/B1/person`)).toMatchObject({ status: 404 });
    expect(await ask(`/claims/${here}/none/person`)).toMatchObject({ status: 404 });
  });

  test('is shown in full for a purpose, which is on record', async () => {
    caller = someone('case_officer');
    const address = `/claims/${here}/A1/reveal`;
    const { answer } = await ask(address, { purpose: { case_number: '金医保稽〔2026〕12号' } });
    expect(revealedSchema.parse(answer)).toEqual({
      certno,
      psn_name: '张三',
      tel: '13957901234',
      addr: '密巷 7 号',
    });
    const event = await lastEvent();
    expect(event).toMatchObject({
      kind: 'person.revealed',
      purpose: 'case 金医保稽〔2026〕12号',
      detail: { fields: ['certno', 'psn_name', 'tel', 'addr'] },
    });
    expect(event?.text).not.toContain('张三');
    for (const body of [
      {},
      { purpose: '' },
      { purpose: { reason: 'curiosity' } },
      { purpose: { case_number: ' ' } },
    ])
      expect(await ask(address, body)).toMatchObject({ status: 400 });
    expect(await lastEvent()).toMatchObject({ seq: event?.seq });
    caller = someone('case_officer', '330781');
    expect(await ask(address, { purpose: { reason: 'on_site' } })).toMatchObject({ status: 404 });
  });

  test('shows auditors who has looked', async () => {
    caller = someone('inspector');
    await ask(`/claims/${there}/B1/person`);
    caller = someone('auditor');
    const { items } = personSeenSchema.parse((await ask(`/claims/${here}/A1/person/seen`)).answer);
    expect(items[0]).toMatchObject({
      kind: 'person.opened',
      account: 'someone',
      role: 'inspector',
      area: '330700',
    });
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'person.revealed', purpose: 'case 金医保稽〔2026〕12号' }),
    );
    caller = someone('inspector');
    expect(await ask(`/claims/${here}/A1/person/seen`)).toMatchObject({ status: 403 });
  });
});

describe('rejected input', () => {
  test('keeps what fields of claims say, and hides persons, what is wrong, and what has no name of ours', () => {
    const raw = JSON.stringify({
      setl_id: 'S1',
      person: { psn_no: 'P1', certno, psn_name: '张三丰', brdy: '密巷 7 号', addr: { street: '密巷' } },
      lines: [{ feedetl_sn: '1', cnt: 2 }],
      settlement: ['张三丰'],
      身份证号: certno,
      note: '张三丰',
    });
    expect(JSON.parse(maskedInput(raw, ['$.person.brdy', '$.settlement']) ?? '')).toEqual({
      setl_id: 'S1',
      person: {
        psn_no: 'P1',
        certno: '3307**********123X',
        psn_name: '张**',
        brdy: '***',
        addr: { street: '***' },
      },
      lines: [{ feedetl_sn: '1', cnt: 2 }],
      settlement: '***',
      '***': '***',
      note: '***',
    });
  });

  test('that is no JSON is not shown at all', () => {
    expect(maskedInput('{"psn_name":"张三丰"', [])).toBeNull();
  });
});
