import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../../src/audit/actor.ts';
import { quickClaim } from '../../../src/claims/canonical.ts';
import type { Claim } from '../../../src/claims/contract.ts';
import { readClaims } from '../../../src/claims/import/read.ts';
import { runImport } from '../../../src/claims/import/run.ts';
import { noCounts } from '../../../src/claims/intake.ts';
import { judgeItem } from '../../../src/claims/item.ts';
import { today } from '../../../src/platform/clock.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { isFullSize } from '../../support/full-size.ts';
import { referenceOf, told } from '../../support/reference.ts';
import { sharedData } from '../../support/shared-data.ts';

const cms = path.join(sharedData ?? '', 'cms-provider-fraud');
const tuva = path.join(sharedData ?? '', 'tuva-medicare-synthetic');

/** Both ways of reading a claim are compared on one in so many. */
const comparedEach = isFullSize ? 1 : 20;

async function read(folder: string, mapping: string): Promise<{ claims: Claim[]; rejected: unknown[] }> {
  const claims: Claim[] = [];
  const rejected: unknown[] = [];
  for await (const item of readClaims([folder], { mapping })) {
    const result = judgeItem(item, today());
    if (result.ok) {
      claims.push(result.claim);
      if (claims.length % comparedEach === 0)
        expect(told(quickClaim(item.raw, today()))).toBe(told(referenceOf(item.raw, today())));
    } else rejected.push(result.issues);
  }
  return { claims, rejected };
}
const keys = (claims: readonly Claim[]): number =>
  new Set(claims.map((claim) => `${claim.institution.fixmedins_code} ${claim.setl_id}`)).size;

describe.skipIf(sharedData === null)('40 474 inpatient claims through cms-provider-fraud.json', () => {
  test('all become claims, none is rejected', async () => {
    const { claims, rejected } = await read(cms, 'cms-provider-fraud');
    expect(rejected).toEqual([]);
    expect(claims).toHaveLength(40_474);
    expect(keys(claims)).toBe(40_474);
    const sum = claims.reduce((total, claim) => total + Number(claim.settlement.fund_pay_sumamt ?? 0), 0);
    expect(sum).toBe(408_297_020);
    expect(claims.filter((claim) => claim.person.die_date !== undefined).length).toBeGreaterThan(0);
    expect(claims.filter((claim) => claim.person.gend === '1' || claim.person.gend === '2')).toHaveLength(
      40_474,
    );
    expect(
      claims.every(
        (claim) => claim.lines.length === 1 && (claim.visit.endtime ?? '') >= claim.visit.begntime,
      ),
    ).toBe(true);
    expect(claims.filter((claim) => claim.visit.atddr_no === undefined)).toHaveLength(112);
    expect(claims.filter((claim) => claim.settlement.psn_part_amt === undefined)).toHaveLength(899);
  });
});

describe.skipIf(sharedData === null)(
  '2 075 medical and 291 pharmacy lines through tuva-medicare.json',
  () => {
    test('all lines are in claims, none is rejected', async () => {
      const { claims, rejected } = await read(tuva, 'tuva-medicare');
      expect(rejected).toEqual([]);
      expect(claims).toHaveLength(1_138 + 97);
      expect(keys(claims)).toBe(1_235);
      expect(claims.reduce((lines, claim) => lines + claim.lines.length, 0)).toBe(2_075 + 291);
      expect(claims.filter((claim) => claim.visit.med_type === '41')).toHaveLength(97);
      expect(claims.every((claim) => claim.person.brdy !== undefined)).toBe(true);
      expect(
        claims.filter(
          (claim) => claim.visit.med_type === '21' && claim.visit.begntime !== claim.visit.endtime,
        ).length,
      ).toBeGreaterThan(3);
    });
  },
);

describe.skipIf(sharedData === null)('into the database', () => {
  let held: TestDatabase;
  beforeAll(async () => {
    held = await createTestDatabase();
  });
  afterAll(() => held.drop());

  test('both are imported completely', async () => {
    const deps = {
      database: held.database,
      vault: held.vault,
      actor: systemActor('test'),
      announce: async (): Promise<void> => undefined,
      asOf: today,
      log: createLog({ process: 'test', level: 'silent' }),
    };
    let counts = noCounts;
    for await (const progress of runImport(deps, { paths: [cms], mapping: 'cms-provider-fraud' }))
      ({ counts } = progress);
    expect(counts).toEqual({ received: 40_474, accepted: 40_474, duplicate: 0, revised: 0, rejected: 0 });
    for await (const progress of runImport(deps, { paths: [tuva], mapping: 'tuva-medicare' }))
      ({ counts } = progress);
    expect(counts).toEqual({ received: 1_235, accepted: 1_235, duplicate: 0, revised: 0, rejected: 0 });
    const { rows } = await held.database.pool.query<{ claims: number; persons: number }>(
      'SELECT (SELECT count(*) FROM claim_revision) AS claims, (SELECT count(*) FROM person) AS persons',
    );
    expect(rows[0]).toEqual({ claims: 41_709, persons: 31_289 + 10 });
  }, 180_000);
});
