import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { claimKey, type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import { ruleSchema } from '../../src/rules/contract.ts';
import { loadRuleSet, type RuleSet, ruleSetOf, selectRules } from '../../src/rules/library.ts';
import { findingSchema, type Finding } from '../../src/screening/contract.ts';
import type { PersonVerdict } from '../../src/screening/screen.ts';
import { reachOf } from '../../src/screening/reach.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { randomClaims } from '../support/random-claims.ts';

// The claims below state totals that their few lines do not add up to.
const ruleSet = selectRules(
  await loadRuleSet(fileURLToPath(new URL('../../rules', import.meta.url))),
  ({ document }) => document.code !== 'FW-SETTLEMENT-LIST',
);
const asOf = dayOf('2030-01-01') ?? 0;
const read = (input: unknown): CurrentClaim => {
  const canonical = canonicalClaim(input, asOf);
  if (!canonical.ok) throw new Error(JSON.stringify(canonical.issues));
  return { claim: canonical.claim, contentHash: canonical.hash.toString('hex') };
};
const screen = (inputs: readonly ClaimInput[], rules: RuleSet = ruleSet): Promise<PersonVerdict[]> =>
  screenAll(currentClaims(inputs.map(read)), [], rules);
const only = (...codes: string[]): RuleSet =>
  ruleSetOf(
    ruleSet.rules.map(({ document }) => document).filter(({ code }) => codes.includes(code)),
    ruleSet.knowledge,
  );
const findingsOf = (verdicts: readonly PersonVerdict[]): Finding[] =>
  verdicts.flatMap(({ findings }) => [...findings]);

const stay = (setl_id: string, begin: string, end: string, more: Partial<ClaimInput> = {}): ClaimInput => ({
  setl_id,
  setl_time: `${end} 18:00:00`,
  person: { psn_no: 'P1', gend: '1', brdy: '1960-01-01' },
  institution: { fixmedins_code: 'H1', fixmedins_name: '甲医院', hosp_lv: '02' },
  visit: {
    mdtrt_id: `M${setl_id}`,
    med_type: '21',
    begntime: `${begin} 08:00:00`,
    endtime: `${end} 15:00:00`,
  },
  diagnoses: [{ diag_code: 'J18.900' }],
  lines: [],
  traces: [],
  settlement: { medfee_sumamt: '800', fund_pay_sumamt: '500' },
  ...more,
});
const oxygen = (feedetl_sn: string, cnt: number, day = '2025-03-02'): ClaimInput['lines'][number] => ({
  feedetl_sn,
  med_list_codg: '001203000010000',
  medins_list_name: '氧气吸入',
  fee_ocur_time: `${day} 09:00:00`,
  cnt,
  pric: 3,
  det_item_fee_sumamt: cnt * 3,
  bilg_dr_codg: `D${feedetl_sn}`,
});

describe('a finding', () => {
  it('says which rule, claims, lines, money and values', async () => {
    const first = stay('S1', '2025-03-01', '2025-03-10', { lines: [oxygen('1', 20)] });
    const second = stay('S2', '2025-03-02', '2025-03-10', { lines: [oxygen('7', 10)] });
    const third = stay('S3', '2025-03-02', '2025-03-10', { setl_time: '2025-03-11 09:00:00' });
    const findings = findingsOf(await screen([first, second, third]));
    expect(findings.map(({ rule_code }) => rule_code)).toEqual(['FW-ITEM-DAILY-LIMIT', 'FW-STAY-DUPLICATE']);
    for (const finding of findings) expect(findingSchema.parse(finding)).toEqual(finding);
    const [limit, duplicate] = findings;
    expect(limit).toMatchObject({
      rule_name: { zh: '项目超每日限定频次' },
      psn_no: 'P1',
      fixmedins_code: 'H1',
      setl_id: 'S2',
      mdtrt_id: 'MS2',
      occurred_at: '2025-03-02 09:00:00',
      // 6 of the 10 hours are over the limit.
      amount: '18.00',
      message: { zh: '2025-03-02，“氧气吸入”合计收费30小时，超过每日上限24小时。' },
      claims: [
        { setl_id: 'S2', role: '违规项' },
        { setl_id: 'S1', role: '涉及项' },
      ],
      lines: [
        { setl_id: 'S2', feedetl_sn: '7', role: '违规项', amount: '18.00' },
        { setl_id: 'S1', feedetl_sn: '1', role: '涉及项', amount: '60.00' },
      ],
      values: { 'limit.cnt_max': 24, 'group.cnt': 30 },
      tree: { op: 'all', result: true },
      tables: { 'item-daily-limit': expect.stringMatching(/^[0-9a-f]{12}$/) },
    });
    expect(duplicate).toMatchObject({
      setl_id: 'S3',
      amount: '500.00',
      claims: [
        { setl_id: 'S3', role: '违规项', content_hash: read(third).contentHash },
        { setl_id: 'S2', role: '涉及项', content_hash: read(second).contentHash },
      ],
      lines: [],
      message: { en: expect.stringContaining('same first and last day as settlement S2') },
    });
  });

  it('says codes by their names, in the language that it is read in', async () => {
    const ofWoman = stay('S1', '2025-03-01', '2025-03-02', {
      lines: [
        { ...oxygen('1', 1, '2025-03-01'), med_list_codg: '003112010040000', medins_list_name: '阴道镜检查' },
      ],
    });
    const [rule] = only('FW-ITEM-SEX').rules;
    const [finding] = findingsOf(await screen([ofWoman], only('FW-ITEM-SEX')));
    expect(rule?.message.facts).toEqual(['line.item_name', 'limit.gend', 'person.gend']);
    expect(finding?.message).toEqual({
      zh: '“阴道镜检查”限女性使用，参保人登记为男性。',
      en: '"阴道镜检查" is limited to female persons; the person is registered as male.',
    });
    expect(finding?.values).toMatchObject({ 'limit.gend': '2', 'person.gend': '1' });
  });

  it('never names a place that the source left out without saying so', async () => {
    const failed = stay('S1', '2025-03-01', '2025-03-02', {
      identity_checks: [{ check_time: '2025-03-01 08:00:00', method: 'manual', result: 'fail' }],
    });
    const [finding] = findingsOf(await screen([failed], only('FW-IDENTITY-FAILED')));
    expect(finding?.message.zh).toContain('最高比对分值（未提供）');
    expect(finding?.message.en).toContain('best score (not stated)');
  });

  it('keeps its id when the claim is revised, the rule changes its parameters or other claims come in', async () => {
    const claims = [stay('S1', '2025-03-01', '2025-03-10'), stay('S2', '2025-03-12', '2025-03-20')];
    const [before] = findingsOf(await screen(claims, only('FW-STAY-SPLIT')));
    const revised = stay('S2', '2025-03-13', '2025-03-20', { updt_time: '2025-04-01 08:00:00' });
    const others = stay('S3', '2025-06-01', '2025-06-02');
    const [split] = only('FW-STAY-SPLIT').rules;
    if (split === undefined) throw new Error('no such rule');
    const gap = split.document.params['gap_days_max'];
    if (gap === undefined) throw new Error('no such parameter');
    const wider = ruleSetOf(
      [{ ...split.document, params: { ...split.document.params, gap_days_max: { ...gap, value: 20 } } }],
      ruleSet.knowledge,
    );
    const [after] = findingsOf(await screen([...claims, revised, others], wider));
    expect(after?.finding_id).toBe(before?.finding_id);
    expect(after?.finding_id).toMatch(/^[0-9a-f]{32}$/);
    expect(after?.rule_version).not.toBe(before?.rule_version);
    expect(after?.message.zh).toContain('间隔3天');
  });

  it('pairs lines of one stay that was settled several times, and of no other visit', async () => {
    const [herbs] = only('FW-HERB-INCOMPATIBLE').rules;
    if (herbs === undefined) throw new Error('no such rule');
    const text = JSON.stringify(herbs.document)
      .replace('"over":"claim","within":"prescription"', '"over":"person","within":"visit","days":30')
      .replace('"kinds":["inpatient",', '"kinds":["inpatient"],"were":[');
    const { were: _, ...scope } = JSON.parse(text).scope;
    const ofVisit = ruleSetOf([ruleSchema.parse({ ...JSON.parse(text), scope })], ruleSet.knowledge);
    const settled = (
      setl_id: string,
      item: string,
      day: string,
      mdtrt_id = 'M1',
      kind = '21',
    ): ClaimInput => {
      const one = stay(setl_id, day, day, {
        lines: [{ ...oxygen('1', 1, day), med_list_codg: item, rxno: setl_id }],
      });
      return { ...one, visit: { ...one.visit, mdtrt_id, med_type: kind } };
    };
    const first = settled('S1', 'SL-HERB-0306', '2025-03-02');
    const hits = async (...others: ClaimInput[]): Promise<string[]> =>
      findingsOf(await screen([first, ...others], ofVisit)).map(({ setl_id }) => setl_id);
    const [herb, days] = ['SL-HERB-0307', { last: '2025-04-01', beyond: '2025-04-02' }] as const;
    expect(await hits(settled('S2', herb, days.last))).toEqual(['S1']);
    expect(await hits(settled('S2', herb, days.beyond))).toEqual([]);
    expect(await hits(settled('S2', herb, days.last, 'M2'))).toEqual([]);
    const elsewhere = settled('S2', herb, days.last);
    expect(await hits({ ...elsewhere, institution: { fixmedins_code: 'H2', hosp_lv: '02' } })).toEqual([]);
    expect(await hits(settled('S2', herb, days.last, 'M1', '11'))).toEqual([]);

    // So far apart two settlements of a stay matter to each other, whichever comes last.
    const { between } = reachOf(ofVisit);
    expect([between('inpatient', 'inpatient'), between('inpatient', 'outpatient')]).toEqual([30, null]);
  });

  it('goes away when what it rests on is refunded', async () => {
    const claims = [stay('S1', '2025-03-01', '2025-03-10'), stay('S2', '2025-03-01', '2025-03-10')];
    expect(findingsOf(await screen(claims))).toHaveLength(1);
    for (const refunded of ['S1', 'S2']) {
      const refund = stay('R1', '2025-03-01', '2025-03-10', {
        refd_setl_id: refunded,
        settlement: { medfee_sumamt: '-800', fund_pay_sumamt: '-500' },
      });
      expect(findingsOf(await screen([...claims, refund]))).toEqual([]);
    }
  });

  it('is about the money that a partial refund has left', async () => {
    const refund = stay('R1', '2025-03-01', '2025-03-10', {
      refd_setl_id: 'S2',
      lines: [oxygen('1', -5)],
      settlement: { medfee_sumamt: '-15', fund_pay_sumamt: '-10' },
    });
    const claims = [
      stay('S1', '2025-03-01', '2025-03-10'),
      stay('S2', '2025-03-01', '2025-03-10', { lines: [oxygen('1', 10)] }),
    ];
    const [finding] = findingsOf(await screen([...claims, refund], only('FW-STAY-DUPLICATE')));
    expect(finding?.amount).toBe('490.00');
  });
});

describe('a verdict', () => {
  it('tells what could not be judged and why, and what netting could not place', async () => {
    const unclear = stay('S1', '2025-03-01', '2025-03-02', {
      person: { psn_no: 'P1' },
      traces: null,
      lines: [{ ...oxygen('1', 1), med_list_codg: 'XG03DAD002A001010190002' }],
    });
    const refund = stay('R9', '2025-03-01', '2025-03-02', { refd_setl_id: 'S9' });
    const [verdict] = await screen(
      [unclear, refund],
      only('FW-IDENTITY-FAILED', 'FW-ITEM-SEX', 'FW-TRACE-RESOLD'),
    );
    expect(verdict?.findings).toEqual([]);
    expect(verdict?.undecided).toEqual([
      {
        fixmedins_code: 'H1',
        setl_id: 'R9',
        psn_no: 'P1',
        items: [{ rule_code: 'NETTING', missing: ['refunded_settlement'] }],
      },
      {
        fixmedins_code: 'H1',
        setl_id: 'S1',
        psn_no: 'P1',
        items: [
          { rule_code: 'FW-IDENTITY-FAILED', missing: ['identity'] },
          { rule_code: 'FW-ITEM-SEX', missing: ['person.gend'] },
          { rule_code: 'FW-TRACE-RESOLD', missing: ['sales'] },
        ],
      },
    ]);
  });

  it('holds no finding that json-rules-engine does not confirm, and raises the alarm', async () => {
    const doubting: RuleSet = {
      ...ruleSet,
      rules: only('FW-STAY-DUPLICATE').rules.map((rule) => ({
        ...rule,
        explain: async (candidate) => ({ ...(await rule.explain(candidate)), hit: false }),
      })),
    };
    const claims = [stay('S1', '2025-03-01', '2025-03-10'), stay('S2', '2025-03-01', '2025-03-10')];
    const [verdict] = await screen(claims, doubting);
    expect(verdict?.findings).toEqual([]);
    expect(verdict?.alarms).toEqual([{ rule_code: 'FW-STAY-DUPLICATE', kind: 'evaluators_disagree' }]);
    expect(verdict?.undecided).toMatchObject([
      { setl_id: 'S2', items: [{ rule_code: 'FW-STAY-DUPLICATE', missing: ['evaluators_disagree'] }] },
    ]);
  });

  it('lets a rule that fails on one claim stop neither the other claims nor the other rules', async () => {
    const failing: RuleSet = {
      ...ruleSet,
      rules: ruleSet.rules.map((rule) =>
        rule.document.code !== 'FW-STAY-DUPLICATE'
          ? rule
          : {
              ...rule,
              decide: (candidate) => {
                if (candidate.claim.claim.setl_id === 'S2') throw new Error('poison');
                return rule.decide(candidate);
              },
            },
      ),
    };
    const claims = ['S1', 'S2', 'S3'].map((setl_id) => stay(setl_id, '2025-03-01', '2025-03-10'));
    const [verdict] = await screen(claims, failing);
    expect(verdict?.findings.map(({ rule_code, setl_id }) => [rule_code, setl_id])).toEqual([
      ['FW-STAY-DUPLICATE', 'S3'],
    ]);
    expect(verdict?.alarms).toEqual([{ rule_code: 'FW-STAY-DUPLICATE', kind: 'evaluation_failed' }]);
    expect(verdict?.undecided.find(({ setl_id }) => setl_id === 'S2')?.items).toContainEqual({
      rule_code: 'FW-STAY-DUPLICATE',
      missing: ['evaluation_failed'],
    });
  });

  it('is about the claims asked for, in the light of all', async () => {
    const claims = ['S1', 'S2', 'S3'].map((setl_id) => stay(setl_id, '2025-03-01', '2025-03-10'));
    const verdicts = await screenAll(
      currentClaims(claims.map(read)),
      [],
      ruleSet,
      (key) => key === claimKey('H1', 'S2'),
    );
    expect(findingsOf(verdicts).map(({ setl_id, claims: involved }) => [setl_id, involved.length])).toEqual([
      ['S2', 2],
    ]);
  });

  it('finds a trace code that somebody else bought first, without judging that person', async () => {
    const sale = (setl_id: string, psn_no: string, day: string): ClaimInput =>
      stay(setl_id, day, day, {
        person: { psn_no },
        lines: [{ ...oxygen('1', 1, day), med_list_codg: 'XC08CAD007A001010190007' }],
        traces: [{ feedetl_sn: '1', drug_trac_codg: '81000000000000000001', trdn_flag: '0' }],
      });
    const verdicts = await screenAll(
      [read(sale('S2', 'P2', '2025-03-09'))],
      [read(sale('S1', 'P1', '2025-03-01'))],
      only('FW-TRACE-RESOLD'),
    );
    expect(findingsOf(verdicts)).toMatchObject([
      {
        setl_id: 'S2',
        psn_no: 'P2',
        claims: [{ setl_id: 'S2' }, { setl_id: 'S1', psn_no: 'P1', role: '涉及项' }],
      },
    ]);
  });
});

describe('screening', () => {
  const worlds = Array.from({ length: 8 }, (_, seed) => randomClaims(seed, 45));

  it('gives the same bytes whatever the order of the claims, and however often they come', async () => {
    const found: string[] = [];
    for (const world of worlds) {
      const expected = JSON.stringify(await screen(world));
      found.push(...findingsOf(await screen(world)).map(({ rule_code }) => rule_code));
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(world, { minLength: world.length }),
          fc.subarray(world),
          async (shuffled, again) => {
            expect(JSON.stringify(await screen([...shuffled, ...again]))).toBe(expected);
          },
        ),
        { numRuns: 3, seed: 735 },
      );
    }
    // Worlds in which little is found would show little.
    expect(found.length).toBeGreaterThan(100);
    expect(new Set(found).size).toBeGreaterThan(12);
  });

  it('gives every finding an id of its own, and one finding per id', async () => {
    for (const world of worlds) {
      const ids = findingsOf(await screen(world)).map(({ finding_id }) => finding_id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('never has its two evaluators disagree', async () => {
    for (const world of worlds) for (const { alarms } of await screen(world)) expect(alarms).toEqual([]);
  });
});

/** Quadratic behaviour takes ten times as long as this does, and runs into the time limit of a test. */
describe('a person with very much', () => {
  it('in one claim of thousands of lines is screened in a moment', async () => {
    const items = [
      '001203000010000',
      '003107010220000',
      '001201000010000',
      '001201000030000',
      '002501010150000',
    ];
    const lines = Array.from({ length: 4_000 }, (_, index) => ({
      ...oxygen(String(index), 1, `2025-03-${String(1 + (index % 28)).padStart(2, '0')}`),
      med_list_codg: items[index % items.length] ?? '',
    }));
    const [claim] = [read(stay('S1', '2025-03-01', '2025-03-28', { lines }))];
    const verdicts = await screenAll(claim === undefined ? [] : [claim], [], ruleSet);
    expect(findingsOf(verdicts).length).toBeGreaterThan(0);
  });

  it('in five hundred claims is screened in a moment', async () => {
    const first = dayOf('2020-01-01') ?? 0;
    const claims = Array.from({ length: 500 }, (_, index) =>
      read(
        stay(`S${index}`, formatDay(first + 2 * index), formatDay(first + 2 * index + 3), {
          institution: { fixmedins_code: `H${index % 3}` },
          lines: [oxygen('1', 2, formatDay(first + 2 * index))],
        }),
      ),
    );
    const verdicts = await screenAll(claims, [], ruleSet);
    expect(findingsOf(verdicts).length).toBeGreaterThan(900);
  });
});
