/** Why, and why not: the verdict is the stream's, the tree is json-rules-engine's, and nearness says what would have to change. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { type CurrentClaim, claimKey } from '../../src/claims/timeline.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { candidatesOf, type PersonContext } from '../../src/rules/candidate.ts';
import { type Operator, operators, type RuleDocument, type TreeNode } from '../../src/rules/contract.ts';
import { loadRuleSet, type RuleSet, ruleSetOf, selectRules } from '../../src/rules/library.ts';
import { compare, type Value } from '../../src/rules/value.ts';
import { type Asked, explained, nearest } from '../../src/screening/explain.ts';
import {
  candidatesShownMax,
  type ExplainedNode,
  explanationSchema,
  groupLinesMax,
  listItemsMax,
  nearRulesMax,
  nearSchema,
} from '../../src/screening/explain-contract.ts';
import { degreeOf, measured } from '../../src/screening/explain-tree.ts';
import { confirmHits, decidePerson } from '../../src/screening/screen.ts';
import { byPerson, contextsOf } from '../../src/screening/screen-all.ts';
import { everything, type Sight, sightOf } from '../../src/people/sight.ts';
import { asOf, claimOf, lineOf } from '../support/claims.ts';
import { randomDocument } from '../rules/random-documents.ts';
import { smallTables } from '../rules/small-tables.ts';
import { personsOfWorld } from '../rules/small-world.ts';

const library = await loadRuleSet('rules');
const only = (...codes: string[]): RuleSet =>
  selectRules(library, ({ document }) => codes.includes(document.code));
const propertyMs = 120_000;

const read = (input: ClaimInput): CurrentClaim => {
  const canonical = canonicalClaim(input, asOf);
  if (!canonical.ok) throw new Error(JSON.stringify(canonical.issues));
  return { claim: canonical.claim, contentHash: canonical.hash.toString('hex') };
};
const psnNoOf = ({ claim }: CurrentClaim): string => claim.person.psn_no;

/** Each person with what is known of them, as the stream would see it. */
function personsOf(claims: readonly CurrentClaim[]): { context: PersonContext; own: CurrentClaim[] }[] {
  const persons = byPerson(claims, psnNoOf);
  const contextOf = contextsOf(persons, new Map());
  return [...persons].map(([psn_no, own]) => ({ context: contextOf(psn_no, own), own }));
}

function asked(inputs: readonly ClaimInput[], setl_id: string, sight: Sight = everything): Asked {
  const [person] = personsOf(inputs.map(read));
  const claim = person?.own.find((one) => one.claim.setl_id === setl_id);
  if (person === undefined || claim === undefined) throw new Error(`no claim ${setl_id}`);
  return { context: person.context, claim, sight };
}

const leavesOf = (node: ExplainedNode): (ExplainedNode & { op: 'leaf' })[] =>
  node.op === 'leaf' ? [node] : node.of.flatMap(leavesOf);

/** What json-rules-engine reports of the same: long lists are cut where people read them. */
const asReported = (node: ExplainedNode): TreeNode =>
  node.op === 'leaf'
    ? {
        op: 'leaf',
        result: node.result,
        fact: node.fact,
        ...(node.path === undefined ? {} : { path: node.path }),
        operator: node.operator,
        actual: node.actual,
        expected: node.expected,
      }
    : { op: node.op, result: node.result, of: node.of.map(asReported) };
const cut = (node: TreeNode): TreeNode =>
  node.op === 'leaf'
    ? { ...node, actual: cutList(node.actual), expected: cutList(node.expected) }
    : { ...node, of: node.of.map(cut) };
const cutList = <Item>(value: Item): Item | Item[] =>
  Array.isArray(value) ? value.slice(0, listItemsMax) : value;

describe('the verdict', () => {
  test(
    'of every rule on every claim of a demo city is the one of the stream, and so are its findings',
    async () => {
      const claims = [...claimsOf(generateCity({ seed: 11, persons: 240, months: 2 }))].map(read);
      const found = { hit: 0, unknown: 0, no: 0, not_applicable: 0 };
      for (const { context, own } of personsOf(claims)) {
        const stream = await confirmHits(decidePerson(context, library, () => true));
        for (const claim of own) {
          const { fixmedins_code } = claim.claim.institution;
          const isOwn = (one: { fixmedins_code: string; setl_id: string }): boolean =>
            one.fixmedins_code === fixmedins_code && one.setl_id === claim.claim.setl_id;
          const findings = stream.findings.filter(isOwn);
          const undecided = stream.undecided.filter(isOwn).flatMap(({ items }) => items);
          const near = await nearest({ context, claim, sight: everything }, library);
          expect(
            near.hits.flatMap((hit) => hit.findings.map(({ finding_id }) => finding_id)).toSorted(),
          ).toEqual(findings.map(({ finding_id }) => finding_id).toSorted());
          const hitting = new Set(findings.map(({ rule_code }) => rule_code));
          expect(near.unknown.map(({ rule_code, missing }) => ({ rule_code, missing }))).toEqual(
            undecided.filter(({ rule_code }) => !hitting.has(rule_code)).toSorted(byCode),
          );
          for (const name of ['hit', 'unknown', 'no', 'not_applicable'] as const)
            found[name] += near.counts[name];
          expect(near.near.length).toBeLessThanOrEqual(nearRulesMax);
          for (const { rule_code } of near.near) expect(hitting.has(rule_code)).toBe(false);
        }
      }
      expect(found.hit).toBeGreaterThan(40);
      expect(found.unknown).toBeGreaterThan(20);
      expect(found.no).toBeGreaterThan(5_000);
    },
    propertyMs,
  );

  test(
    'is that of the stream for random rules on random timelines; every tree is what json-rules-engine reports',
    async () => {
      const worlds = Array.from({ length: 12 }, (_, seed) => personsOfWorld(seed)).flat();
      const counts = { hit: 0, no: 0, unknown: 0 };
      await fc.assert(
        fc.asyncProperty(randomDocument, fc.nat(worlds.length - 1), async (document, at) => {
          const context = worlds[at];
          if (context === undefined) return;
          const ruleSet = ruleSetOf([document], smallTables);
          const stream = await confirmHits(decidePerson(context, ruleSet, () => true));
          for (const { claim, contentHash, key } of context.timeline.claims) {
            const said = await explained(
              { context, claim: { claim, contentHash }, sight: everything },
              ruleSet,
            );
            const isOwn = (one: { fixmedins_code: string; setl_id: string }): boolean =>
              claimKey(one.fixmedins_code, one.setl_id) === key;
            const isHit = stream.findings.some(isOwn);
            const undecided = stream.undecided.filter(isOwn).flatMap(({ items }) => items);
            const outcomes = said.candidates.map(({ outcome }) => outcome);
            if (isHit) expect(said.verdict).toBe('hit');
            else if (undecided.length > 0) expect(said.verdict).toBe('unknown');
            else expect(['no', 'not_applicable']).toContain(said.verdict);
            expect(outcomes.includes('hit')).toBe(isHit);
            expect(outcomes.includes('unknown')).toBe(undecided.length > 0);
          }
          await expectTrees(document, ruleSet, context, counts);
        }),
        { numRuns: 300, seed: 735 },
      );
      for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100);
    },
    propertyMs,
  );

  async function expectTrees(
    document: RuleDocument,
    ruleSet: RuleSet,
    context: PersonContext,
    counts: Record<'hit' | 'no' | 'unknown', number>,
  ): Promise<void> {
    const [rule] = ruleSet.rules;
    if (rule === undefined) throw new Error('no rule');
    for (const candidate of candidatesOf(document, context).slice(0, 12)) {
      const { outcome, tree, failed, distance, absent, deciding } = measured(rule, candidate, everything);
      counts[outcome] += 1;
      expect(outcome).toBe(rule.decide(candidate));
      if (candidate.missing.length > 0) {
        expect(tree).toBeNull();
        continue;
      }
      if (tree === null) throw new Error('a small tree was left out');
      expect(tree.outcome).toBe(outcome);
      const reported = await rule.explain(candidate);
      expect(asReported(tree)).toEqual(cut(reported.tree));
      // Nothing has to change of a hit; of anything else something must.
      expect(deciding.length === 0).toBe(outcome === 'hit');
      if (outcome === 'unknown') expect(failed + deciding.length).toBeGreaterThan(0);
      if (outcome === 'no') expect(failed).toBeGreaterThan(0);
      if (!absent) expect(distance).toBeLessThanOrEqual(failed);
      expect(leavesOf(tree).filter((leaf) => leaf.decides)).toHaveLength(deciding.length);
    }
  }
});

const byCode = (a: { rule_code: string }, b: { rule_code: string }): number =>
  a.rule_code < b.rule_code ? -1 : 1;

describe('nearness', () => {
  const degree = (operator: Operator, left: Value, right: Value): number | null =>
    degreeOf(operator, left, right, true);

  test('is the way to the limit, relative to the greater of the two', () => {
    expect(degree('greaterThan', 99.5, 100)).toBeCloseTo(0.005);
    expect(degree('greaterThan', 100.5, 100.5)).toBe(0);
    // Of what is counted the next one has to be reached; of money a fen is enough.
    expect(degree('greaterThan', 0, 0)).toBe(1);
    expect(degree('greaterThan', 3, 3)).toBe(0.25);
    expect(degreeOf('greaterThan', 3, 3, false)).toBe(0);
    expect(degree('greaterThanInclusive', 3, 4)).toBe(0.25);
    expect(degree('lessThan', 3, 3)).toBeCloseTo(1 / 3);
    expect(degree('lessThanInclusive', 10, 5)).toBe(0.5);
    expect(degree('greaterThan', -5, 5)).toBe(1);
    expect(degree('after', '2026-01-01', '2026-01-04')).toBeCloseTo(0.1);
    expect(degree('after', '2026-01-01 08:00:00', '2026-01-01 09:00:00')).toBeCloseTo(1 / 30);
    expect(degree('before', '2026-06-01', '2026-01-04')).toBe(1);
    expect([degree('equal', 1, 2), degree('lessThan', 'a', 2)]).toEqual([null, null]);
  });

  test('is between 0 and 1 of whatever does not hold', () => {
    const value = fc.oneof(
      fc.constantFrom<Value>(null, undefined, 0, true, 'a', '2026-01-01', '2026-02-30', ['a']),
      fc.integer({ min: -100, max: 100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...operators), value, value, (operator, left, right) => {
        fc.pre(compare(operator, left, right) === 'no');
        const found = degree(operator, left, right);
        return found === null || (found >= 0 && found <= 1);
      }),
    );
  });

  const oxygen = (cnt: number, fee = '2026-01-02 09:00:00') => ({
    ...lineOf('1'),
    med_list_codg: '001203000010000',
    cnt,
    pric: '3.00',
    det_item_fee_sumamt: cnt * 3,
    fee_ocur_time: fee,
  });

  test('of a line is told with value, limit and unit, and grows with what is missing to the limit', async () => {
    const distances = [];
    for (const cnt of [24, 20, 12]) {
      const said = await explained(
        asked([claimOf({ lines: [oxygen(cnt)] })], 'S1'),
        only('FW-ITEM-DAILY-LIMIT'),
      );
      const [candidate] = said.candidates;
      expect(said.verdict).toBe('no');
      expect(candidate).toMatchObject({
        outcome: 'no',
        failed: 1,
        absent: false,
        subject: { unit: 'group' },
      });
      const [limit] = leavesOf(candidate?.tree ?? never()).filter(({ decides }) => decides);
      expect(limit).toMatchObject({ fact: 'group.cnt', actual: cnt, expected: 24, outcome: 'no' });
      expect(limit?.distance).toBe(candidate?.distance);
      distances.push(candidate?.distance);
    }
    expect(distances).toEqual([0.04, 0.2, 0.52]);
    const over = await explained(
      asked([claimOf({ lines: [oxygen(25)] })], 'S1'),
      only('FW-ITEM-DAILY-LIMIT'),
    );
    expect(over).toMatchObject({ verdict: 'hit', candidates: [{ outcome: 'hit', failed: 0, distance: 0 }] });
    expect(over.findings).toHaveLength(1);
  });

  test('orders rules: one comparison that was missed by little comes before what is of another kind', async () => {
    const near = await nearest(asked([claimOf({ lines: [oxygen(23)] })], 'S1'), library);
    const place = near.near.findIndex(({ rule_code }) => rule_code === 'FW-ITEM-DAILY-LIMIT');
    expect(near.near[place]).toMatchObject({ failed: 1, distance: 0.08 });
    expect(near.near.findIndex(({ distance }) => distance === 1)).toBeGreaterThan(place);
    const distances = near.near.map(({ distance }) => distance ?? Number.MAX_VALUE);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    nearSchema.parse(near);
  });
});

function never(): never {
  throw new Error('there is no tree');
}

describe('what a rule says nothing of', () => {
  const reasonsFor = async (input: Asked, ruleSet: RuleSet): Promise<string[]> => {
    const said = await explained(input, ruleSet);
    expect(said.verdict).toBe('not_applicable');
    return said.reasons.map(({ code }) => code);
  };

  test('another kind of visit', async () => {
    const outpatient = claimOf({
      visit: {
        mdtrt_id: 'M1',
        med_type: '11',
        begntime: '2026-01-02 08:00:00',
        endtime: '2026-01-02 09:00:00',
      },
    });
    expect(await reasonsFor(asked([outpatient], 'S1'), only('FW-STAY-SPLIT'))).toEqual(['kind']);
  });

  test('items that its tables do not list; the lines are shown nevertheless', async () => {
    const said = await explained(asked([claimOf()], 'S1'), only('FW-ITEM-SEX'));
    expect(said).toMatchObject({ verdict: 'not_applicable', reasons: [{ code: 'items' }] });
    expect(said.candidates).toMatchObject([{ absent: true, distance: null }, { absent: true }]);
  });

  test('days before it took effect', async () => {
    const [rule] = only('FW-LINE-REPEATED').rules;
    const document = { ...(rule ?? never()).document, effective: { from: '2026-03-01', to: null } };
    expect(await reasonsFor(asked([claimOf()], 'S1'), ruleSetOf([document], library.knowledge))).toEqual([
      'dates',
    ]);
  });

  test('institutions where it is not tried', async () => {
    const repeated = only('FW-LINE-REPEATED');
    const ramped = { ...repeated, rules: repeated.rules.map((rule) => ({ ...rule, within: () => false })) };
    const said = await explained(asked([claimOf()], 'S1'), ramped);
    expect(said).toMatchObject({ verdict: 'not_applicable', reasons: [{ code: 'ramp' }], findings: [] });
    const lines = ['1', '2'].map((sn) => ({ ...lineOf(sn), bilg_dr_codg: 'D1' }));
    expect((await explained(asked([claimOf({ lines })], 'S1'), repeated)).verdict).toBe('hit');
  });

  test('refunds, and what was refunded in full', async () => {
    const refund = claimOf({
      setl_id: 'R1',
      refd_setl_id: 'S1',
      lines: [],
      settlement: { medfee_sumamt: -50, fund_pay_sumamt: '-40.00' },
    });
    const both = [claimOf(), refund];
    expect(await reasonsFor(asked(both, 'S1'), only('FW-LINE-REPEATED'))).toEqual(['refunded']);
    expect(await reasonsFor(asked(both, 'R1'), only('FW-LINE-REPEATED'))).toEqual(['refund']);
    expect(await nearest(asked(both, 'R1'), library)).toMatchObject({
      reasons: [{ code: 'refund' }],
      near: [],
      counts: { hit: 0, no: 0, unknown: 0, not_applicable: library.rules.length },
    });
  });

  test('lines that are judged with a later settlement', async () => {
    const second = claimOf({
      setl_id: 'S2',
      visit: {
        mdtrt_id: 'M2',
        med_type: '11',
        begntime: '2026-01-02 09:30:00',
        endtime: '2026-01-02 10:00:00',
      },
      lines: [{ ...lineOf('9'), fee_ocur_time: '2026-01-02 09:40:00' }],
    });
    const [rule] = only('FW-ITEM-DAILY-LIMIT').rules;
    const document: RuleDocument = {
      ...(rule ?? never()).document,
      conditions: { fact: 'group.cnt', operator: 'greaterThan', value: 2 },
      stake: { of: 'lines' },
    };
    const counting = ruleSetOf([document], library.knowledge);
    expect(await reasonsFor(asked([claimOf(), second], 'S1'), counting)).toEqual(['grouped_elsewhere']);
    expect((await explained(asked([claimOf(), second], 'S2'), counting)).verdict).toBe('hit');
  });

  test('what is not known is named, and what would have to be known is marked', async () => {
    const { diagnoses: _none, ...stay } = claimOf();
    const said = await explained(asked([stay], 'S1'), only('FW-DIAG-SEX'));
    expect(said).toMatchObject({ verdict: 'unknown', missing: ['claim.diag_codes'] });
    expect(said.candidates).toMatchObject([
      { outcome: 'unknown', missing: ['claim.diag_codes'], tree: null },
    ]);
  });
});

describe('bounds', () => {
  test('the nearest candidates are shown of many, and all of them are counted', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => ({
      ...lineOf(String(index + 1)),
      cnt: index + 1,
      det_item_fee_sumamt: (index + 1) * 25,
      fee_ocur_time: `2026-01-02 0${Math.floor(index / 60)}:${String(index % 60).padStart(2, '0')}:30`,
    }));
    const [rule] = only('FW-ITEM-SEX').rules;
    const document: RuleDocument = {
      ...(rule ?? never()).document,
      let: {},
      conditions: { fact: 'line.cnt', operator: 'greaterThanInclusive', value: 60.5 },
      message: { zh: '多', en: 'much' },
    };
    const said = await explained(asked([claimOf({ lines })], 'S1'), ruleSetOf([document], library.knowledge));
    expect(said.candidates_total).toBe(60);
    expect(said.candidates).toHaveLength(candidatesShownMax);
    expect(said.candidates.map(({ subject }) => subject.lines[0]?.feedetl_sn).slice(0, 3)).toEqual([
      '60',
      '59',
      '58',
    ]);
    const grouped: RuleDocument = {
      ...document,
      each: { unit: 'group', over: 'claim', group_by: ['med_list_codg'] },
      conditions: { fact: 'group.count', operator: 'greaterThan', value: 100 },
    };
    const group = await explained(asked([claimOf({ lines })], 'S1'), ruleSetOf([grouped], library.knowledge));
    expect(group.candidates[0]?.subject.lines).toHaveLength(groupLinesMax);
    expect(group.candidates[0]?.subject.lines_total).toBe(60);
  });
});

describe('what is not in sight', () => {
  const split = (gapEnd: string): ClaimInput[] => [
    claimOf({ diagnoses: [{ diag_code: 'J18.900' }] }),
    claimOf({
      setl_id: 'S2',
      institution: { fixmedins_code: 'H33070200002' },
      visit: { mdtrt_id: 'M2', med_type: '21', begntime: gapEnd, endtime: '2026-01-30 09:00:00' },
      diagnoses: [{ diag_code: 'J18.900' }],
      lines: [],
      setl_time: '2026-01-30 10:00:00',
    }),
  ];
  test('is not told by a value that rests on it', async () => {
    const [rule] = only('FW-STAY-SPLIT').rules;
    const { document } = rule ?? never();
    const elsewhere: RuleDocument = {
      ...document,
      let: {
        ...document.let,
        earlier: {
          fact: 'claims',
          params: {
            kinds: 'inpatient',
            institution: 'other',
            relation: 'ended_before',
            days: 20,
            order: 'before',
            same: 'nothing',
          },
        },
      },
      conditions: { fact: 'earlier.count', operator: 'greaterThan', value: 3 },
    };
    const ruleSet = ruleSetOf([elsewhere], library.knowledge);
    const inputs = split('2026-01-20 08:00:00');
    const open = await explained(asked(inputs, 'S2'), ruleSet);
    expect(leavesOf(open.candidates[0]?.tree ?? never())[0]).toMatchObject({ actual: 1, distance: 0.75 });
    const own = sightOf('330702', null);
    const veiled = await explained(asked(inputs, 'S2', own), ruleSet);
    const [candidate] = veiled.candidates;
    expect(candidate).toMatchObject({ outcome: 'no', failed: 1, distance: null });
    const [leaf] = leavesOf(candidate?.tree ?? never());
    expect(leaf).toMatchObject({ actual: null, hidden: true, expected: 3 });
    expect(leaf).not.toHaveProperty('distance');
  });
});

test(
  'what is said fits its contract, of a demo city',
  async () => {
    const claims = [...claimsOf(generateCity({ seed: 3, persons: 120, months: 2 }))].map(read);
    for (const { context, own } of personsOf(claims).slice(0, 12))
      for (const claim of own)
        for (const { document } of library.rules) {
          const said = await explained({ context, claim, sight: everything }, only(document.code));
          explanationSchema.omit({ rule: true }).parse(said);
        }
  },
  propertyMs,
);
