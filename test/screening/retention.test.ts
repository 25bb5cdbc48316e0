import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalClaim, type CanonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { personsOf } from '../../src/claims/identity-store.ts';
import { findClaim, type StoredClaims } from '../../src/claims/store.ts';
import { openDay } from '../../src/claims/timeline.ts';
import { transaction } from '../../src/platform/database.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { reachOf } from '../../src/screening/reach.ts';
import { replay } from '../../src/screening/replay-service.ts';
import { compactionMarginDays, retentionMarginDays } from '../../src/screening/retention.ts';
import {
  retireClaims,
  retireDated,
  type RetentionProgress,
  tidyMonths,
} from '../../src/screening/retention-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { claimOf, day, lineOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { endStateOf } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = day('2027-01-01');
const border = day('2024-06-01');

let ruleSet: RuleSet;
let held: TestDatabase;
beforeAll(async () => {
  ruleSet = await loadRuleSet('rules');
});
beforeEach(async () => {
  held = await createTestDatabase();
});
afterEach(() => held.drop());

function canonical(input: ClaimInput, receivedOn = asOf): CanonicalClaim {
  const result = canonicalClaim(input, receivedOn);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result;
}

const store = (...claims: CanonicalClaim[]): Promise<StoredClaims> => storeCanonical(held, claims);

async function known(...inputs: ClaimInput[]): Promise<void> {
  const { batchIds } = await store(...inputs.map((input) => canonical(input)));
  for (const batchId of batchIds) await screenBatch(held.database, held.vault, ruleSet, batchId);
}

async function column(sql: string): Promise<unknown[]> {
  const { rows } = await held.database.pool.query<{ value: unknown }>(sql);
  return rows.map(({ value }) => value);
}
const settlements = (): Promise<unknown[]> =>
  column('SELECT DISTINCT setl_id AS value FROM claim_revision ORDER BY 1');
const partitions = (): Promise<unknown[]> =>
  column(
    `SELECT replace(inhrelid::regclass::text, 'claim_document_', '') AS value FROM pg_inherits WHERE inhparent = 'claim_document'::regclass ORDER BY 1`,
  );

const request = (act: boolean) => ({ beforeDay: border, reach: reachOf(ruleSet), asOf, act });

async function retire(act = true): Promise<RetentionProgress> {
  let last: RetentionProgress | undefined;
  for await (const progress of retireClaims(held.database, request(act))) last = progress;
  if (act) {
    for await (const dated of retireDated(held.database, request(true)))
      expect(dated.rows).toBeGreaterThanOrEqual(0);
    for await (const month of tidyMonths(held.database, { ...request(true), compact: false }))
      expect(month.total).toBeGreaterThan(0);
  }
  if (last === undefined) throw new Error('retention says how it ended');
  return last;
}

async function replayChanges(): Promise<{ created: number; changed: number; withdrawn: number }> {
  const sum = { created: 0, changed: 0, withdrawn: 0 };
  for await (const progress of replay(held.database, ruleSet, { concurrency: 1 })) {
    const { created, changed, withdrawn } = progress;
    Object.assign(sum, { created, changed, withdrawn });
  }
  return sum;
}

/** A visit of one day on which no rule has anything to say. */
const visit = (setl_id: string, on: string, over: Partial<ClaimInput> = {}): ClaimInput =>
  claimOf({
    setl_id,
    setl_time: `${on} 10:00:00`,
    visit: { mdtrt_id: `M${setl_id}`, med_type: '11', begntime: `${on} 08:00:00`, endtime: `${on} 09:00:00` },
    lines: [{ ...lineOf('1'), fee_ocur_time: `${on} 08:30:00` }],
    identity_checks: [{ check_time: `${on} 08:00:00`, method: 'ecode', result: 'pass' }],
    ...over,
  });
/** Charged twice in the same minute by the same doctor: a finding. */
const fraud = (setl_id: string, on: string, over: Partial<ClaimInput> = {}): ClaimInput =>
  visit(setl_id, on, {
    lines: ['1', '2'].map((line) => ({
      ...lineOf(line),
      fee_ocur_time: `${on} 08:30:00`,
      bilg_dr_codg: 'D1',
    })),
    ...over,
  });
const refund = (setl_id: string, on: string, refd_setl_id: string): ClaimInput =>
  visit(setl_id, on, {
    refd_setl_id,
    lines: [{ ...lineOf('1'), fee_ocur_time: `${on} 08:30:00`, cnt: -1, det_item_fee_sumamt: -25 }],
    settlement: { medfee_sumamt: -25 },
  });
const ofPerson = (psn_no: string): Partial<ClaimInput> => ({
  person: { psn_no, gend: '1', brdy: '1980-01-01' },
});

describe('partitions', () => {
  test('two intakes that are the first to speak of the same months make each of them once', async () => {
    const months = ['2024-01', '2024-02', '2024-03', '2024-04'];
    const batch = (who: string): CanonicalClaim[] =>
      months.map((month) =>
        canonical(
          visit(`${who}${month}`, `${month}-10`, {
            institution: { fixmedins_code: `H3307000000${who}`, fixmedins_name: '某医院' },
          }),
        ),
      );
    await Promise.all([store(...batch('1')), store(...batch('2').toReversed()), store(...batch('3'))]);
    expect(await partitions()).toEqual(['2024_01', '2024_02', '2024_03', '2024_04', 'early', 'open']);
    expect(await column('SELECT count(*) AS value FROM claim_document')).toEqual([12]);
  });

  test('claims in every corner of the calendar land in a partition and are found', async () => {
    const days = [
      '1900-01-01',
      '1999-12-31',
      '2000-01-01',
      '2024-02-01',
      '2024-02-29',
      '2024-12-31',
      '7445-10-20',
      '9999-12-30',
    ];
    const claims = days.map((on, at) =>
      canonical(visit(`S${at}`, on, ofPerson(`P${at}`)), day('9999-12-30')),
    );
    const { endtime: _endtime, ...open } = claimOf().visit;
    await store(...claims, canonical(claimOf({ setl_id: 'open', visit: open })));
    for (const setlId of [...days.keys()].map((at) => `S${at}`).concat('open')) {
      const found = await findClaim(held.database, await held.vault.keys(), 'H33070000001', setlId);
      expect(found?.claim.setl_id).toBe(setlId);
    }
    expect(await column(`SELECT last_day AS value FROM claim_document ORDER BY 1 DESC LIMIT 2`)).toEqual([
      day('9999-12-30'),
      openDay,
    ]);
    expect(await partitions()).toEqual(['2000_01', '2024_02', '2024_12', '7445_10', 'early', 'open']);
  });

  test('what was received cannot be changed or taken away, in no partition and not by a setting alone', async () => {
    await known(visit('S1', '2024-02-10'));
    const refused = async (sql: string): Promise<void> =>
      expect(
        transaction(held.database, async (client) => {
          await client.query(`SET LOCAL fundwatch.retention = '${sql.startsWith('!') ? 'on' : 'off'}'`);
          await client.query(sql.replace('!', ''));
        }),
      ).rejects.toThrow('append-only');
    await refused('DELETE FROM claim_revision');
    await refused('!UPDATE claim_revision SET lines = 0');
    await refused('!TRUNCATE claim_revision');
    for (const table of ['claim_document', 'claim_document_2024_02']) {
      await refused(`!DELETE FROM ${table}`);
      await refused(`!UPDATE ${table} SET doc = ''`);
      await refused(`!TRUNCATE ${table}`);
    }
    await refused('!DELETE FROM finding_revision');
  });
});

describe('retention', () => {
  test('what lies wholly before the month goes with all its traces, and its months are dropped', async () => {
    await known(
      visit('A', '2023-05-10', { traces: [{ feedetl_sn: '1', drug_trac_codg: '81' }] }),
      visit('B', '2024-05-31', ofPerson('P2')),
      visit('C', '2024-06-01', ofPerson('P3')),
    );
    const { months } = await retire();
    expect([...months].map(([month, { claims }]) => [month, claims])).toEqual([
      ['2023-05', 1],
      ['2024-05', 1],
    ]);
    expect(await settlements()).toEqual(['C']);
    expect(await column('SELECT count(*) AS value FROM trace_sale')).toEqual([0]);
    expect(await partitions()).toEqual(['2024_06', 'early', 'open']);
    expect(await findClaim(held.database, await held.vault.keys(), 'H33070000001', 'A')).toBeNull();
  });

  test('a claim that comes again after it was removed is new', async () => {
    const old = visit('A', '2023-05-10');
    await known(old, visit('C', '2025-01-01'));
    expect((await store(canonical(old))).verdicts).toEqual([{ status: 'duplicate' }]);
    await retire();
    expect((await store(canonical(old))).verdicts).toEqual([{ status: 'accepted' }]);
    expect(await settlements()).toEqual(['A', 'C']);
  });

  test('who comes back after all of theirs was removed is found by their number again', async () => {
    const certno = '33070219800101123X';
    const stating = { person: { psn_no: 'P1', gend: '1', brdy: '1980-01-01', certno } } as const;
    const old = visit('A', '2023-05-10', stating);
    const found = async () => personsOf(held.database, await held.vault.keys(), 'certno', certno);
    await known(old, visit('C', '2025-01-01', ofPerson('P3')));
    expect(await found()).toEqual(['P1']);
    await retire();
    expect(await found()).toEqual([]);
    await store(canonical(old));
    expect(await found()).toEqual(['P1']);
  });

  test('refunds across the border, deaths, active findings, open stays and what they lean on stay', async () => {
    const { endtime: _endtime, ...open } = claimOf().visit;
    await known(
      visit('refunded', '2023-05-10', ofPerson('P1')),
      refund('refund', '2024-07-01', 'refunded'),
      visit('death', '2023-05-10', { person: { psn_no: 'P2', gend: '1', die_date: '2023-05-11' } }),
      fraud('fraud', '2023-05-10', ofPerson('P3')),
      visit('near fraud', '2023-05-10', ofPerson('P3')),
      visit('far from fraud', '2023-08-25', ofPerson('P3')),
      claimOf({ ...ofPerson('P4'), setl_id: 'open', visit: { ...open, begntime: '2023-05-10 08:00:00' } }),
      visit('sold', '2023-05-10', { ...ofPerson('P5'), traces: [{ feedetl_sn: '1', drug_trac_codg: '81' }] }),
      visit('sold again', '2025-05-10', {
        ...ofPerson('P6'),
        traces: [{ feedetl_sn: '1', drug_trac_codg: '81' }],
      }),
      visit('revised', '2023-05-10', ofPerson('P7')),
      visit('revised', '2025-05-10', { ...ofPerson('P7'), updt_time: '2026-01-01 00:00:00' }),
      visit('gone', '2023-05-10', ofPerson('P8')),
    );
    const before = await endStateOf(held.database);
    expect(before.findings.some((line) => line.includes('fraud'))).toBe(true);
    const everything = await settlements();
    const { kept } = await retire();
    const left = await settlements();
    expect(everything.filter((id) => !left.includes(id))).toEqual(['far from fraud', 'gone']);
    expect(kept).toBeGreaterThan(4);
    expect((await endStateOf(held.database)).findings).toEqual(before.findings);
    expect(await replayChanges()).toEqual({ created: 0, changed: 0, withdrawn: 0 });
  });

  test('what waits to be screened stays', async () => {
    await store(canonical(visit('A', '2023-05-10')));
    expect((await retire()).months.size).toBe(0);
    expect(await settlements()).toEqual(['A']);
  });

  test('a dry run changes nothing, and says what the run then does', async () => {
    await known(visit('A', '2023-05-10'), visit('C', '2025-01-01'));
    const planned = await retire(false);
    expect(await settlements()).toEqual(['A', 'C']);
    expect(planned.months.get('2023-05')?.bytes).toBeGreaterThan(500);
    expect((await retire()).months).toEqual(planned.months);
    expect((await retire()).months.size).toBe(0);
  });

  test('what may still be needed is refused', async () => {
    const young = asOf - reachOf(ruleSet).longest;
    const claims = (beforeDay: number) => retireClaims(held.database, { ...request(true), beforeDay }).next();
    const months = (beforeDay: number) =>
      tidyMonths(held.database, { ...request(true), compact: true, beforeDay }).next();
    await expect(claims(young - retentionMarginDays + 1)).rejects.toThrow('仍可能被用到');
    await expect(claims(young - retentionMarginDays)).resolves.toBeDefined();
    const ofKinds = asOf - reachOf(ruleSet).ofKinds;
    await expect(months(ofKinds - compactionMarginDays + 1)).rejects.toThrow('仍可能被用到');
    await expect(months(ofKinds - compactionMarginDays)).resolves.toBeDefined();
  });

  test('one that is stopped between its transactions is finished by the next', async () => {
    await known(visit('A', '2023-05-10'), visit('C', '2025-01-01'));
    for await (const progress of retireClaims(held.database, request(true))) expect(progress.persons).toBe(1);
    // Keys are gone, documents are not yet.
    expect(await partitions()).toContain('2023_05');
    await retire();
    expect(await partitions()).not.toContain('2023_05');
  });

  test('claims that come while their month is removed or written anew are all there', async () => {
    await known(visit('A', '2023-05-10'), visit('B', '2023-06-10', ofPerson('P2')));
    const late = Array.from({ length: 8 }, (_, at) =>
      visit(`L${at}`, `2023-0${5 + (at % 3)}-11`, ofPerson(`P1${at}`)),
    );
    await Promise.all([retire(), ...late.map((claim) => store(canonical(claim)))]);
    await retire();
    expect(await settlements()).toEqual(late.map(({ setl_id }) => setl_id).toSorted());
    for (const { setl_id } of late)
      expect(
        (await findClaim(held.database, await held.vault.keys(), 'H33070000001', setl_id))?.claim.setl_id,
      ).toBe(setl_id);
  });

  test('batches, resolved inputs and warnings go by the time they came', async () => {
    await known(visit('A', '2023-05-10'), visit('C', '2025-01-01'));
    await held.database.pool.query(`
      UPDATE intake_batch SET received_at = '2024-05-31 15:59:59Z';
      INSERT INTO intake_batch (source, claims, state, received_at) VALUES ('empty', 1, 'screened', '2024-05-31 15:59:59Z'),
        ('later', 1, 'screened', '2024-05-31 16:00:00Z'), ('waiting', 1, 'waiting', '2020-01-01');
      INSERT INTO quarantine (source, position, raw, raw_hash, issues, state, resolved_at) VALUES
        ('old', 0, '', '', '[]', 'dismissed', '2023-01-01'), ('open', 0, '', '', '[]', 'open', NULL),
        ('later', 0, '', '', '[]', 'corrected', '2025-01-01');
      INSERT INTO audit_warning VALUES ('old', 'R', 'V', 'H', 'M', NULL, NULL, '1', '2023-01-01'),
        ('later', 'R', 'V', 'H', 'M', NULL, NULL, '1', '2025-01-01');
      INSERT INTO audit_feedback VALUES ('old', '1', '2', NULL, 1, '2023-01-01')`);
    await retire();
    expect(await column('SELECT source AS value FROM intake_batch ORDER BY id')).toEqual([
      'test',
      'later',
      'waiting',
    ]);
    expect(await column('SELECT source AS value FROM quarantine ORDER BY id')).toEqual(['open', 'later']);
    expect(await column('SELECT trim(jr_id) AS value FROM audit_warning')).toEqual(['later']);
    expect(await column('SELECT count(*) AS value FROM audit_feedback')).toEqual([0]);
  });

  test.each([2, 5, 8, 11, 14, 17])('world %i: nothing that stays is judged otherwise', async (seed) => {
    // Everybody sells the same few packs in that world, which would keep all of it.
    const claims = randomClaims(seed, 80).map(({ traces: _traces, ...input }) => input);
    await known(...claims);
    const before = await endStateOf(held.database);
    const revisionsBefore = await column('SELECT count(*) AS value FROM claim_revision');
    const { months } = await retire();
    const removed = [...months.values()].reduce((sum, month) => sum + month.claims, 0);
    removedOfAll += removed;
    const revisions = await column('SELECT count(*) AS value FROM claim_revision');
    expect(Number(revisions[0]) + removed).toBe(revisionsBefore[0]);
    expect(await column('SELECT count(*) AS value FROM claim_document')).toEqual(revisions);
    expect(await replayChanges()).toEqual({ created: 0, changed: 0, withdrawn: 0 });
    const after = await endStateOf(held.database);
    expect(after.findings).toEqual(before.findings);
    expect(before.undecided).toEqual(expect.arrayContaining([...after.undecided]));
  });
  let removedOfAll = 0;
  test('… and something went in these worlds', () => {
    expect(removedOfAll).toBeGreaterThan(0);
  });
});

describe('compaction', () => {
  test('a month is smaller and says the same; what comes late is stored in it as before', async () => {
    const claims = Array.from({ length: 300 }, (_, at) =>
      fraud(`S${at}`, '2026-02-10', {
        ...ofPerson(`P${at % 7}`),
        lines: Array.from({ length: 5 }, (__, line) => ({
          ...lineOf(String(line)),
          fee_ocur_time: `2026-02-10 08:${10 + line}:00`,
          med_list_codg: `XB${String((at * 7 + line * 13) % 997).padStart(6, '0')}`,
        })),
      }),
    );
    await known(...claims);
    const documents = (): Promise<unknown[]> =>
      column(
        `SELECT md5(string_agg(revision_id || doc || coalesce(personal, ''), ',' ORDER BY revision_id)) AS value FROM claim_document`,
      );
    expect(await column('SELECT max(octet_length(doc)) < 2000 AS value FROM claim_document')).toEqual([true]);
    const [digest] = await documents();
    const before = await endStateOf(held.database);
    const compact = async (): Promise<{ outcome: string; bytesBefore: number; bytesAfter: number }[]> => {
      const months = [];
      for await (const month of tidyMonths(held.database, {
        ...request(true),
        beforeDay: day('2026-03-01'),
        compact: true,
      }))
        months.push(month);
      return months.filter(({ outcome }) => outcome !== 'unchanged');
    };
    const [month, ...others] = await compact();
    expect(others).toEqual([]);
    expect(month?.outcome).toBe('rewritten');
    expect(month?.bytesAfter).toBeLessThan((month?.bytesBefore ?? 0) * 0.8);
    expect(await documents()).toEqual([digest]);
    expect(await replayChanges()).toEqual({ created: 0, changed: 0, withdrawn: 0 });
    expect(await endStateOf(held.database)).toEqual(before);
    expect(await compact()).toEqual([]);
    await known(visit('late', '2026-02-11'));
    expect(
      (await findClaim(held.database, await held.vault.keys(), 'H33070000001', 'late'))?.claim.setl_id,
    ).toBe('late');
  });
});
