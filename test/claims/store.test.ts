import { storedText } from '../support/stored-text.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { canonicalClaim, type CanonicalClaim } from '../../src/claims/canonical.ts';
import { personalPlace } from '../../src/claims/personal.ts';
import {
  claimDetailSchema,
  type ClaimInput,
  claimsPageSchema,
  claimsQuerySchema,
} from '../../src/claims/contract.ts';
import { documentOfRevision } from '../../src/claims/document-store.ts';
import {
  findClaim,
  listClaims,
  screeningPressure,
  storeClaims,
  type StoredClaims,
} from '../../src/claims/store.ts';
import { everything } from '../../src/people/sight.ts';
import { transaction } from '../../src/platform/database.ts';
import { isStreaming } from '../../src/screening/store.ts';
import { asOf, claimOf, lineOf, seeded } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';

let held: TestDatabase;
beforeAll(async () => {
  held = await createTestDatabase();
});
afterAll(() => held.drop());
beforeEach(async () => {
  await held.database.pool.query(`
    SET session_replication_role = replica;
    TRUNCATE claim_revision, claim_document, intake_batch, person, trace_sale;
    SET session_replication_role = DEFAULT`);
});

function canonical(over: Partial<ClaimInput> = {}): CanonicalClaim {
  const result = canonicalClaim(claimOf(over), asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result;
}
const store = (...claims: CanonicalClaim[]): Promise<StoredClaims> => storeCanonical(held, claims);
const said = ({ verdicts }: StoredClaims): string[] =>
  verdicts.map((verdict) => (verdict.status === 'revised' ? `revised ${verdict.current}` : verdict.status));
async function counts(): Promise<Record<string, number>> {
  const tables = ['claim_revision', 'claim_document', 'intake_batch', 'person', 'trace_sale'];
  const entries = tables.map(async (table): Promise<[string, number]> => {
    const { rows } = await held.database.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`);
    return [table, rows[0]?.count ?? -1];
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('what is stored', () => {
  test('a claim: its columns, the canonical bytes without personal data, and personal data beside them', async () => {
    const claim = canonical({
      updt_time: '2026-02-01',
      refd_setl_id: 'S0',
      traces: [{ feedetl_sn: '1', drug_trac_codg: '81' }],
    });
    const {
      batchIds: [batchId],
    } = await store(claim);
    const { rows } = await held.database.pool.query(
      `SELECT * FROM claim_revision r JOIN ${documentOfRevision}`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      batch_id: batchId,
      fixmedins_code: 'H33070000001',
      setl_id: 'S1',
      psn_no: 'P1',
      mdtrt_id: 'M1',
      med_type: '21',
      setl_time: '2026-01-05 10:00:00',
      begntime: '2026-01-01 08:00:00',
      endtime: '2026-01-05 09:00:00',
      updt_time: '2026-02-01 00:00:00',
      refd_setl_id: 'S0',
      medfee_sumamt: '50.00',
      fund_pay_sumamt: '40.00',
      lines: 2,
      states_death: false,
    });
    const keys = await held.vault.keys();
    expect(keys.open(personalPlace(claim.hash.toString('hex')), rows[0].personal).toString()).toBe(
      '{"certno":"330702198001011234","psn_name":"张三丰"}',
    );
    const { psn_name: _name, certno: _number, ...person } = claim.claim.person;
    expect(rows[0].doc).toBe(storedText({ ...claim.claim, person }));
    expect(rows[0].content_hash.equals(claim.hash)).toBe(true);
    expect(await counts()).toEqual({
      claim_revision: 1,
      claim_document: 1,
      intake_batch: 1,
      person: 1,
      trace_sale: 1,
    });
  });

  test('the same content again writes nothing at all', async () => {
    const claim = canonical();
    await store(claim);
    const before = await counts();
    expect(await store(claim, claim)).toEqual({
      batchIds: [],
      verdicts: [{ status: 'duplicate' }, { status: 'duplicate' }],
    });
    expect(await counts()).toEqual(before);
  });

  test('claims of one call are answered as if they had come one by one', async () => {
    const [old, late, other] = [
      canonical({ updt_time: '2026-02-01' }),
      canonical({ updt_time: '2026-03-01' }),
      canonical({ setl_id: 'S2' }),
    ];
    const result = await store(late, late, old, other);
    expect(said(result)).toEqual(['accepted', 'duplicate', 'revised false', 'accepted']);
    expect(await counts()).toMatchObject({ claim_revision: 3, intake_batch: 1 });
    expect(said(await store(canonical({ updt_time: '2026-04-01' })))).toEqual(['revised true']);
  });

  test('a day counts as its midnight when revisions are ordered', async () => {
    await store(canonical({ updt_time: '2026-02-01 00:00:01' }));
    expect(said(await store(canonical({ updt_time: '2026-02-01' })))).toEqual(['revised false']);
    expect(said(await store(canonical({ updt_time: '2026-02-01 00:00:02' })))).toEqual(['revised true']);
  });

  test('one number at two institutions is two settlements', async () => {
    expect(said(await store(canonical(), canonical({ institution: { fixmedins_code: 'H2' } })))).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  test('nothing of a transaction that fails stays', async () => {
    const keys = await held.vault.keys();
    await expect(
      transaction(held.database, async (client) => {
        await storeClaims(client, keys, 'test', [canonical().storable]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await counts()).toEqual({
      claim_revision: 0,
      claim_document: 0,
      intake_batch: 0,
      person: 0,
      trace_sale: 0,
    });
  });
});

describe('at the same time', () => {
  test('intakes of the same claims, many and few, end in one revision each, and every settlement is accepted once', async () => {
    const random = seeded(1);
    const claims = Array.from({ length: 120 }, (_, at) =>
      canonical({
        setl_id: `S${at % 40}`,
        updt_time: `2026-02-0${1 + (at % 3)}`,
        person: { psn_no: `P${at % 7}` },
        institution: { fixmedins_code: `H${at % 5}` },
        traces: [{ feedetl_sn: '1', drug_trac_codg: `T${at % 11}` }],
      }),
    );
    const shuffled = (): CanonicalClaim[] => claims.toSorted(() => random.below(3) - 1);
    // As many as take all settlements together, and few enough to take each.
    const pieces = Array.from({ length: 5 }, (_, at): CanonicalClaim[][] => {
      const all = shuffled();
      return at < 2 ? [all] : [all.slice(0, 60), all.slice(60)];
    });
    const results = await Promise.all(pieces.flat().map((piece) => store(...piece)));
    const verdicts = results.flatMap(({ verdicts: each }) => each.map(({ status }) => status));
    const revisions = new Set(
      claims.map(
        ({ hash, claim }) => claim.institution.fixmedins_code + claim.setl_id + hash.toString('hex'),
      ),
    );
    const settlements = new Set(claims.map(({ claim }) => claim.institution.fixmedins_code + claim.setl_id));
    const count = (status: string): number => verdicts.filter((each) => each === status).length;
    expect(count('accepted')).toBe(settlements.size);
    expect(count('revised')).toBe(revisions.size - settlements.size);
    expect(count('duplicate')).toBe(verdicts.length - revisions.size);
    expect(await counts()).toMatchObject({ claim_revision: revisions.size, person: 7 });
    const { rows } = await held.database.pool.query<{ wrong: number }>(
      `SELECT count(*) AS wrong FROM intake_batch b WHERE claims <> (SELECT count(*) FROM claim_revision WHERE batch_id = b.id)`,
    );
    expect(rows[0]?.wrong).toBe(0);
  });

  test('an intake waits for one that is not yet committed, and then sees it', async () => {
    const claim = canonical();
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = (): void => undefined;
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const keys = await held.vault.keys();
    const first = transaction(held.database, async (client) => {
      const stored = await storeClaims(client, keys, 'first', [claim.storable]);
      entered();
      await gate;
      return stored;
    });
    await inside;
    const second = store(claim);
    const others = await store(
      canonical({ setl_id: 'S2', person: { psn_no: 'P2' } }),
      canonical({ institution: { fixmedins_code: 'H2' }, person: { psn_no: 'P2' } }),
    );
    expect(said(others)).toEqual(['accepted', 'accepted']);
    const many = store(
      claim,
      ...Array.from({ length: 100 }, (_, at) => canonical({ setl_id: `M${at}`, person: { psn_no: 'P3' } })),
    );
    await vi.waitFor(async () => {
      const { rows } = await held.database.pool.query<{ waiting: number }>(
        `SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rows[0]?.waiting).toBe(2);
    });
    release();
    expect(said(await first)).toEqual(['accepted']);
    expect(said(await second)).toEqual(['duplicate']);
    expect(said(await many)[0]).toBe('duplicate');
  });
});

describe('what is read', () => {
  test('a settlement with its revisions, the current one first, personal data masked', async () => {
    await store(canonical({ updt_time: '2026-03-01', lines: [lineOf('9')] }));
    await store(canonical({ updt_time: '2026-02-01' }));
    const detail = await findClaim(held.database, await held.vault.keys(), 'H33070000001', 'S1');
    expect(claimDetailSchema.parse(JSON.parse(JSON.stringify(detail)))).toEqual(detail);
    expect(detail?.claim.lines).toHaveLength(1);
    expect(detail?.claim.person).toMatchObject({
      psn_name: '张**',
      certno: '3307**********1234',
      brdy: '1980-01-01',
    });
    expect(detail?.revisions.map(({ updt_time, current, state }) => [updt_time, current, state])).toEqual([
      ['2026-03-01 00:00:00', true, 'waiting'],
      ['2026-02-01 00:00:00', false, 'waiting'],
    ]);
    expect(await findClaim(held.database, await held.vault.keys(), 'H33070000001', 'S9')).toBeNull();
  });

  test('pages of current revisions, the latest settlement first', async () => {
    const at = (day: number, institution: string): CanonicalClaim =>
      canonical({
        setl_id: `S${day}`,
        setl_time: `2026-02-0${day}`,
        institution: { fixmedins_code: institution },
      });
    await store(at(1, 'H1'), at(2, 'H1'), at(3, 'H2'));
    await store(
      canonical({
        setl_id: 'S2',
        setl_time: '2026-02-02',
        updt_time: '2026-03-01',
        institution: { fixmedins_code: 'H1' },
      }),
    );
    const page = async (query: object) =>
      claimsPageSchema.parse(await listClaims(held.database, claimsQuerySchema.parse(query), everything));
    expect((await page({})).items.map(({ setl_id }) => setl_id)).toEqual(['S3', 'S2', 'S1']);
    expect(await page({ fixmedins_code: 'H1', page_size: '1', page: '2' })).toMatchObject({
      total: 2,
      items: [{ setl_id: 'S1' }],
    });
    expect(
      (await page({ from: '2026-02-02', to: '2026-02-03' })).items.map(({ setl_id }) => setl_id),
    ).toEqual(['S2']);
    expect((await page({ med_type: '11' })).total).toBe(0);
  });

  test('how much waits and how fast it goes', async () => {
    const {
      batchIds: [batchId],
    } = await store(canonical(), canonical({ setl_id: 'S2' }));
    expect(await screeningPressure(held.database)).toEqual({ waitingClaims: 2, screenedLastMinute: 0 });
    await held.database.pool.query(
      `UPDATE intake_batch SET state = 'screened', screened_at = now() WHERE id = $1`,
      [batchId],
    );
    expect(await screeningPressure(held.database)).toEqual({ waitingClaims: 0, screenedLastMinute: 2 });
  });

  test('claims come in while a batch waits, and for a moment after one came', async () => {
    const moment = 60_000;
    expect(await isStreaming(held.database, moment)).toBe(false);
    await store(canonical());
    const set = (change: string) => held.database.pool.query(`UPDATE intake_batch SET ${change}`);
    await set(`received_at = now() - interval '2 minutes'`);
    expect(await isStreaming(held.database, moment)).toBe(true);
    await set(`state = 'screened', screened_at = now()`);
    expect(await isStreaming(held.database, moment)).toBe(false);
    await set('received_at = now()');
    expect(await isStreaming(held.database, moment)).toBe(true);
  });
});

describe('many claims at once', () => {
  test('are batches that have no person in common, and each claim is in one of them', async () => {
    const claims = Array.from({ length: 1_200 }, (_, at) =>
      canonical({ setl_id: `MANY${at}`, person: { psn_no: `MANY${at % 300}` } }),
    );
    const { batchIds } = await store(...claims);
    expect(batchIds.length).toBeGreaterThan(4);
    const { rows } = await held.database.pool.query<{
      persons: number;
      batches: number;
      claims: number;
      right: boolean;
    }>(
      `SELECT count(DISTINCT r.psn_no) AS persons, count(DISTINCT (r.psn_no, r.batch_id)) AS batches, count(*) AS claims,
              bool_and(b.share IS NOT NULL) AND (SELECT sum(claims) FROM intake_batch WHERE id = ANY($1)) = count(*) AS right
         FROM claim_revision r JOIN intake_batch b ON b.id = r.batch_id WHERE r.batch_id = ANY($1)`,
      [batchIds],
    );
    expect(rows).toEqual([{ persons: 300, batches: 300, claims: 1_200, right: true }]);
  });

  test('few stay together', async () => {
    const { batchIds } = await store(canonical({ setl_id: 'FEW1' }), canonical({ setl_id: 'FEW2' }));
    expect(batchIds).toHaveLength(1);
  });
});
