import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { type ClaimInput } from '../../src/claims/contract.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { claimKey, type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { everything } from '../../src/people/sight.ts';
import { loadRuleSet, type RuleSet, selectRules } from '../../src/rules/library.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { prechecker } from '../../src/screening/precheck.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { type Random, randomOf } from '../../src/demo/random.ts';
import { claimOf, jsonOf, lineOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { withSmallLimits, withSmallWindows } from '../support/small-windows.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = dayOf('2027-01-01') ?? 0;
/** Worlds, every other one of a single institution on a few days. */
const seeds = 6;

let library: RuleSet;
let database: TestDatabase;
beforeAll(async () => {
  library = beforePayment(await loadRuleSet('rules'));
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a pre-check', () => {
  test('says of every claim what the stream says of it, byte for byte', async () => {
    const windows = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed += 1) {
      const world = await createTestDatabase();
      try {
        const inputs = seed % 2 === 0 ? randomClaims(seed, 50) : crowdedClaims(seed, 40);
        await store(world, inputs);
        const ruleSet = ruleSetsOfWorlds[seed % ruleSetsOfWorlds.length]?.(library) ?? library;
        const expected = await screenAll(currentClaims(inputs.map(read)), [], ruleSet);
        const patient = { historyReadsMax: 32, historyMs: 30_000, historyLateMs: Number.POSITIVE_INFINITY };
        const precheck = prechecker(world.database, ruleSet, () => asOf, patient);
        const current = new Set(currentClaims(inputs.map(read)).map(({ contentHash }) => contentHash));
        for (const input of inputs) {
          if (!current.has(read(input).contentHash) || input.refd_setl_id != null) continue;
          const key = claimKey(input.institution.fixmedins_code, input.setl_id);
          const result = await precheck(jsonOf(input), everything);
          if (!result.ok) throw new Error('rejected');
          expect(result.precheck).toMatchObject({ history: 'used', left_out: [], whole_days: [] });
          for (const { rule_code, window } of result.precheck.findings)
            if (window !== undefined && window.claims > 1)
              windows.set(rule_code, (windows.get(rule_code) ?? 0) + 1);
          const texts = (findings: readonly Finding[]) =>
            findings.map((finding) => JSON.stringify(finding)).sort();
          expect(texts(result.precheck.findings)).toEqual(
            texts(expected.flatMap(({ findings }) => findings).filter((finding) => isAbout(finding, key))),
          );
        }
      } finally {
        await world.drop();
      }
    }
    expect([...windows.keys()].sort()).toEqual([
      'FW-DOCTOR-HOURS',
      'FW-DOCTOR-VISITS',
      'FW-VISIT-ALIKE',
      'FW-VISIT-GATHERING',
    ]);
  });

  test('of a process that is too late judges the claim itself and says so', async () => {
    const limits = { historyReadsMax: 32, historyMs: 30_000, historyLateMs: -1 };
    const [input] = randomClaims(3, 1);
    const result = await prechecker(
      database.database,
      library,
      () => asOf,
      limits,
    )(jsonOf(input), everything);
    expect(result).toMatchObject({ precheck: { history: 'left_out' } });
  });

  test('stores nothing', async () => {
    const [input] = randomClaims(1, 1);
    await prechecker(database.database, library, () => asOf)(jsonOf(input), everything);
    const { rows } = await database.database.pool.query<{ stored: number }>(
      'SELECT count(*) AS stored FROM claim_revision',
    );
    expect(rows[0]?.stored).toBe(0);
  });

  test('names what is wrong with a document that is no claim', async () => {
    const result = await prechecker(
      database.database,
      library,
      () => asOf,
    )(jsonOf({ setl_id: 1 }), everything);
    expect(result.ok).toBe(false);
  });

  test('under more load than it can read the history for, judges the claim itself and says so', async () => {
    const limits = { historyReadsMax: 3, historyMs: 30_000, historyLateMs: Number.POSITIVE_INFINITY };
    const precheck = prechecker(database.database, library, () => asOf, limits);
    const [input] = randomClaims(2, 1);
    const results = await Promise.all(
      Array.from({ length: limits.historyReadsMax + 5 }, () => precheck(jsonOf(input), everything)),
    );
    const left = results.flatMap((result) =>
      result.ok && result.precheck.history === 'left_out' ? [result.precheck] : [],
    );
    expect(left).toHaveLength(5);
    await expect(precheck(jsonOf(input), everything)).resolves.toMatchObject({
      precheck: { history: 'used' },
    });
    for (const { left_out } of left) {
      expect(left_out).toContain('FW-STAY-OVERLAP');
      expect(left_out).not.toContain('FW-ITEM-SEX');
    }
  });
});

/** Rules over windows are asked before payment only where supervisors say so: each costs a look at the day. */
const beforePayment = (ruleSet: RuleSet): RuleSet => ({
  ...ruleSet,
  rules: ruleSet.rules.map((rule) =>
    rule.window === null
      ? rule
      : { ...rule, document: { ...rule.document, stage: ['事前', '事中', '事后'] } },
  ),
});

/** Whoever came together brings in visits of all sorts: without that rule it shows what the others look for. */
const ruleSetsOfWorlds: readonly ((library: RuleSet) => RuleSet)[] = [
  withSmallWindows,
  withSmallWindows,
  withSmallLimits,
  withSmallLimits,
  (library) => library,
  (library) =>
    selectRules(withSmallLimits(library), ({ document }) => document.code !== 'FW-VISIT-GATHERING'),
];

/** Outpatients of two practitioners and of nobody on three days, with refunds in part and in full. */
function crowdedClaims(seed: number, count: number): ClaimInput[] {
  const random = randomOf('crowd', seed);
  // What one practitioner ordered is taken back: what is left of the visit is another's, and no key says so.
  const passed = crowdedClaim(random, 900);
  passed.visit = {
    ...passed.visit,
    begntime: '2026-01-10 11:00:00',
    endtime: '2026-01-11 12:00:00',
    atddr_no: 'D2',
  };
  passed.lines = [
    {
      ...lineOf('0'),
      fee_ocur_time: '2026-01-10 11:00:00',
      bilg_dr_codg: 'D1',
      pric: 10,
      det_item_fee_sumamt: 10,
    },
    { ...lineOf('1'), fee_ocur_time: '2026-01-11 11:00:00', pric: 10, det_item_fee_sumamt: 10 },
  ];
  passed.settlement = { medfee_sumamt: 900, fund_pay_sumamt: 50 };
  const claims: ClaimInput[] = [passed, crowdedRefund(passed, 901, 1)];
  for (let index = 0; index < count; index += 1) {
    const earlier = random.chance(0.25) ? random.pick(claims) : undefined;
    claims.push(
      earlier === undefined || earlier === passed || earlier.refd_setl_id != null
        ? crowdedClaim(random, index)
        : crowdedRefund(earlier, index, 1 + random.below(3)),
    );
  }
  return claims;
}

const crowdedRefund = (earlier: ClaimInput, index: number, lines: number): ClaimInput => ({
  ...earlier,
  setl_id: `C${index}`,
  refd_setl_id: earlier.setl_id,
  setl_time: '2026-01-20 10:00:00',
  lines: earlier.lines.slice(0, lines).map((line) => ({ ...line, cnt: -1, det_item_fee_sumamt: -10 })),
  settlement: { medfee_sumamt: -10, fund_pay_sumamt: -10 },
});

function crowdedClaim(random: Random, index: number): ClaimInput {
  const date = `2026-01-${10 + random.below(3)}`;
  const at = random.chance(0.9) ? `${date} 09:${10 + random.below(40)}:00` : date;
  const doctor = random.pick([{ bilg_dr_codg: 'D1' }, { bilg_dr_codg: 'D2' }, {}]);
  const attending = random.pick([{ atddr_no: 'D1' }, { atddr_no: 'D2' }, { atddr_no: 'D2' }, {}]);
  return claimOf({
    setl_id: `C${index}`,
    setl_time: `${date} 18:00:00`,
    person: { psn_no: `P${random.below(6)}` },
    visit: { mdtrt_id: `M${index}`, med_type: '11', begntime: at, endtime: at, ...attending },
    lines: ['SL-ITEM-5901', 'SL-ITEM-5902', '999999999999999']
      .slice(random.below(3))
      .map((med_list_codg, line) => ({
        ...lineOf(String(line)),
        med_list_codg,
        fee_ocur_time: at,
        pric: '10',
        det_item_fee_sumamt: 10,
        ...(line === 0 ? doctor : {}),
      })),
    settlement: { medfee_sumamt: random.pick([100, 200, 300, 400]), fund_pay_sumamt: 50 },
  });
}

/** Of a window each visit of its day is asked about. */
function isAbout({ window, claims, ...owner }: Finding, key: string): boolean {
  if (window === undefined) return claimKey(owner.fixmedins_code, owner.setl_id) === key;
  return claims.some(
    ({ role, fixmedins_code, setl_id }) => role === '违规项' && claimKey(fixmedins_code, setl_id) === key,
  );
}

async function store(target: TestDatabase, inputs: readonly ClaimInput[]): Promise<void> {
  const claims = inputs.map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  await storeCanonical(target, claims);
}

function read(input: ClaimInput): CurrentClaim {
  const result = canonicalClaim(input, asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
}
