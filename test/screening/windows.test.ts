/** Laws of rules over windows, on random days of one small institution. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { type CurrentClaim, currentClaims, type NetClaim } from '../../src/claims/timeline.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import { unitsOf } from '../../src/platform/decimal.ts';
import { knowledgeOf } from '../../src/knowledge/table.ts';
import { type RuleDocument, ruleSchema } from '../../src/rules/contract.ts';
import { type Rule, type RuleSet, ruleSetOf } from '../../src/rules/library.ts';
import { houseOf } from '../../src/rules/window.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { practitionersIn } from '../../src/claims/practitioners.ts';
import { byPerson, screenAll } from '../../src/screening/screen-all.ts';
import { type LightVisit, netClaimsOf, screenHouse, worthReading } from '../../src/screening/window.ts';
import { practitionersOf } from '../support/reference.ts';

const asOf = dayOf('2026-01-01') ?? 0;
const firstDay = dayOf('2025-03-01') ?? 0;
const days = 6;
const institution = 'H1';

interface Visit {
  readonly person: number;
  readonly day: number;
  /** Of the day, in steps of ten; `null`: only the day is stated. */
  readonly tens: number | null;
  /** `X9` may be anything. */
  readonly medType: '11' | '21' | 'X9';
  /** `null`: no lines are stated. */
  readonly items: readonly string[] | null;
  readonly fee: '100' | '200';
  readonly doctor: 'D1' | 'D2' | null;
}

const certainVisit: fc.Arbitrary<Visit> = fc.record({
  person: fc.nat(3),
  day: fc.nat(days - 1),
  tens: fc.integer({ min: 1, max: 4 }),
  medType: fc.constantFrom('11', '11', '11', '21'),
  items: fc.subarray(['A', 'B'], { minLength: 1 }),
  fee: fc.constantFrom('100', '200'),
  doctor: fc.constantFrom('D1', 'D2'),
});
const anyVisit: fc.Arbitrary<Visit> = fc.record({
  person: fc.nat(3),
  day: fc.nat(days - 1),
  tens: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3 }),
  medType: fc.constantFrom('11', '11', '11', '21', 'X9'),
  items: fc.option(fc.subarray(['A', 'B'], { minLength: 1 }), { freq: 4 }),
  fee: fc.constantFrom('100', '200'),
  doctor: fc.option(fc.constantFrom('D1', 'D2'), { freq: 3 }),
});

function inputOf(visit: Visit, index: number): ClaimInput {
  const { person, day, tens, medType, items, fee, doctor } = visit;
  const date = formatDay(firstDay + day);
  const at = tens === null ? date : `${date} 09:${String(tens * 10)}:00`;
  return {
    setl_id: `S${String(index).padStart(3, '0')}`,
    setl_time: `${formatDay(firstDay + day)} 18:00:00`,
    person: { psn_no: `P${person}` },
    institution: { fixmedins_code: institution },
    visit: { mdtrt_id: `M${index}`, med_type: medType, begntime: at, endtime: at },
    lines: (items ?? []).map((item, line) => ({
      feedetl_sn: String(line + 1),
      med_list_codg: item,
      fee_ocur_time: at,
      cnt: '1',
      pric: '10',
      det_item_fee_sumamt: '10',
      ...(doctor === null ? {} : { bilg_dr_codg: doctor }),
    })),
    settlement: { medfee_sumamt: fee, fund_pay_sumamt: '50' },
  };
}

function refundOf(original: ClaimInput, index: number): ClaimInput {
  return {
    ...original,
    setl_id: `R${index}`,
    refd_setl_id: original.setl_id,
    setl_time: `${formatDay(firstDay + days)} 18:00:00`,
    lines: original.lines.map((line) => ({ ...line, cnt: '-1', det_item_fee_sumamt: '-10' })),
    settlement: { medfee_sumamt: `-${String(original.settlement.medfee_sumamt)}`, fund_pay_sumamt: '-50' },
  };
}

function read(inputs: readonly ClaimInput[]): CurrentClaim[] {
  return currentClaims(
    inputs.map((input) => {
      const result = canonicalClaim(input, asOf);
      if (!result.ok) throw new Error(JSON.stringify(result.issues));
      return { claim: result.claim, contentHash: result.hash.toString('hex') };
    }),
  );
}

type Each = RuleDocument['each'] & { unit: 'window' };
interface Shape {
  readonly each: Each;
  readonly persons: number;
}

const shapes: fc.Arbitrary<Shape> = fc
  .record({
    over: fc.constantFrom('institution', 'practitioner'),
    sets: fc.constantFrom('all', 'same_bill', 'together'),
    days: fc.integer({ min: 1, max: 4 }),
    minutes: fc.constantFrom(10, 11, 21),
    times: fc.integer({ min: 1, max: 2 }),
    persons: fc.integer({ min: 2, max: 3 }),
  })
  .map(({ persons, minutes, times, ...each }) => ({
    persons,
    each: { unit: 'window', ...each, ...(each.sets === 'together' ? { minutes, times } : {}) },
  }));

const words = { zh: '试', en: 'trial' };
const knowledge = knowledgeOf([]);

function ruleSetFor({ each, persons }: Shape): RuleSet {
  const document = ruleSchema.parse({
    code: 'FW-TRIAL',
    national: [],
    name: words,
    category: '管理类',
    verdict: '可疑',
    stage: ['事后'],
    purpose: words,
    basis: [{ law: '试', article: '试' }],
    scope: { kinds: ['outpatient'] },
    effective: { from: '2000-01-01', to: null },
    each,
    params: {},
    let: {},
    conditions: {
      all: [{ fact: 'window.day_persons', operator: 'greaterThanInclusive', value: persons }],
    },
    stake: { of: 'claim' },
    message: words,
    exclusions: [],
  });
  return ruleSetOf([document], knowledge);
}

interface Said {
  /** `day: setl_ids of the day`, sorted. */
  readonly found: readonly string[];
  readonly undecidedDays: readonly number[];
  readonly findings: readonly Finding[];
}

async function screened(ruleSet: RuleSet, claims: readonly CurrentClaim[]): Promise<Said> {
  const verdicts = await screenAll(claims, [], ruleSet);
  expect(verdicts.flatMap(({ alarms }) => alarms)).toEqual([]);
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  const dayOfClaim = new Map(
    claims.map(({ claim }) => [claim.setl_id, dayOf(claim.visit.begntime.slice(0, 10)) ?? 0]),
  );
  return {
    findings,
    found: findings.map(lineOf).sort(),
    undecidedDays: verdicts.flatMap(({ undecided }) =>
      undecided.map(({ setl_id }) => dayOfClaim.get(setl_id) ?? 0),
    ),
  };
}

const ownOf = ({ claims }: Finding): string[] =>
  claims
    .filter(({ role }) => role === '违规项')
    .map(({ setl_id }) => setl_id)
    .sort();
const lineOf = (finding: Finding): string =>
  `${finding.window?.day} ${finding.window?.practitioner ?? ''}: ${ownOf(finding).join(' ')}`;

/** The definition once more, by the plainest search: of every day, pairs of pairs of visits. */
function plainly({ each, persons }: Shape, claims: readonly NetClaim[]): string[] {
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const windowDays = number(each.days);
  const found: string[] = [];
  const visits = claims.filter(({ kind }) => kind === 'outpatient');
  const doctorsOf = (claim: NetClaim): string[] => [
    ...new Set(claim.lines.map(({ line }) => line.bilg_dr_codg ?? '')),
  ];
  const groups =
    each.over === 'institution' ? [''] : [...new Set(visits.flatMap((claim) => doctorsOf(claim)))];
  for (let day = firstDay; day < firstDay + days; day += 1)
    for (const group of groups) {
      const own = visits.filter(
        (claim) =>
          claim.beginDay <= day &&
          claim.beginDay > day - windowDays &&
          (group === '' || doctorsOf(claim).includes(group)),
      );
      for (const set of plainSets(each, own, day)) {
        const today = set.filter(({ beginDay }) => beginDay === day);
        if (new Set(today.map(({ claim }) => claim.person.psn_no)).size >= persons)
          found.push(
            `${formatDay(day)} ${group}: ${today
              .map(({ claim }) => claim.setl_id)
              .sort()
              .join(' ')}`,
          );
      }
    }
  return found.sort();
}

function plainSets(each: Each, visits: readonly NetClaim[], day: number): NetClaim[][] {
  if (each.sets === 'all') return [[...visits]];
  if (each.sets === 'same_bill') {
    const bill = ({ medfee, lines }: NetClaim): string =>
      JSON.stringify([medfee, [...new Set(lines.map(({ line }) => line.med_list_codg))].sort()]);
    return [...new Set(visits.map(bill))].map((one) => visits.filter((visit) => bill(visit) === one));
  }
  const minutes = typeof each.minutes === 'number' ? each.minutes : 0;
  const times = typeof each.times === 'number' ? each.times : 0;
  const personOf = (visit: NetClaim): string => visit.claim.person.psn_no;
  const meet = (a: NetClaim, b: NetClaim): boolean =>
    personOf(a) !== personOf(b) &&
    a.beginDay === b.beginDay &&
    Math.abs(a.beginSecond - b.beginSecond) < minutes * 60;
  const areCompanions = (p: string, q: string): boolean => {
    const on = new Set(
      visits.flatMap((a) =>
        visits.filter((b) => personOf(a) === p && personOf(b) === q && meet(a, b)).map(() => a.beginDay),
      ),
    );
    return on.has(day) && on.size >= times;
  };
  const persons = [...new Set(visits.map(personOf))];
  let sets = persons.map((person) => [person]);
  for (const p of persons)
    for (const q of persons)
      if (p !== q && areCompanions(p, q)) {
        const joined = sets.filter((set) => set.includes(p) || set.includes(q));
        sets = [...sets.filter((set) => !joined.includes(set)), [...new Set(joined.flat())]];
      }
  return sets.map((set) =>
    visits.filter(
      (visit) =>
        set.includes(personOf(visit)) &&
        visits.some(
          (other) =>
            set.includes(personOf(other)) &&
            meet(visit, other) &&
            areCompanions(personOf(visit), personOf(other)),
        ),
    ),
  );
}

const manyVisits = (visit: fc.Arbitrary<Visit>): fc.Arbitrary<Visit[]> =>
  fc.array(visit, { minLength: 4, maxLength: 16 });
const runs = { numRuns: 400, seed: 735 };

describe('rules over windows', () => {
  it('find what the definition says, on days of which everything is known', async () => {
    const hits: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(shapes, manyVisits(certainVisit), async (shape, visits) => {
        const claims = read(visits.map(inputOf));
        const { found, undecidedDays } = await screened(ruleSetFor(shape), claims);
        expect(found).toEqual(
          plainly(shape, netClaimsOf(byPerson(claims, ({ claim }) => claim.person.psn_no))),
        );
        expect(undecidedDays).toEqual([]);
        hits[shape.each.sets] = (hits[shape.each.sets] ?? 0) + found.length;
      }),
      runs,
    );
    for (const sets of ['all', 'same_bill', 'together']) expect(hits[sets]).toBeGreaterThan(20);
  });

  it('say the same whatever the order, and of each visit only on its own day', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, manyVisits(anyVisit), fc.nat(), async (shape, visits, turn) => {
        const inputs = visits.map(inputOf);
        const claims = read([...inputs, ...inputs.slice(0, 3).map(refundOf)]);
        const ruleSet = ruleSetFor(shape);
        const { findings } = await screened(ruleSet, claims);
        const cut = turn % claims.length;
        const turned = await screened(ruleSet, [...claims.slice(cut), ...claims.slice(0, cut)].toReversed());
        expect(JSON.stringify(turned.findings)).toBe(JSON.stringify(findings));
        if (shape.each.over === 'institution') {
          const own = findings.flatMap(ownOf);
          expect(new Set(own).size).toBe(own.length);
        }
        for (const { amount, claims: named } of findings)
          expect(unitsOf(amount, 2)).toBe(5_000 * named.filter(({ role }) => role === '违规项').length);
      }),
      runs,
    );
  });

  it('never say no where what is not known could make it a hit, nor hit where it could not be one', async () => {
    let doubtful = 0;
    await fc.assert(
      fc.asyncProperty(
        shapes,
        manyVisits(anyVisit),
        fc.infiniteStream(fc.nat(3)),
        async (shape, visits, choices) => {
          const ruleSet = ruleSetFor(shape);
          const partly = await screened(ruleSet, read(visits.map(inputOf)));
          doubtful += partly.undecidedDays.length;
          const next = (): number => choices.next().value ?? 0;
          const wholly = visits.map(
            ({ tens, medType, items, doctor, ...visit }): Visit => ({
              ...visit,
              tens: tens ?? 1 + next(),
              medType: medType === 'X9' ? (next() < 2 ? '11' : '21') : medType,
              items: items ?? [['A'], ['B'], ['A', 'B'], ['A', 'B']][next()] ?? ['A'],
              doctor: doctor ?? (next() < 2 ? 'D1' : 'D2'),
            }),
          );
          const known = await screened(ruleSet, read(wholly.map(inputOf)));
          for (const finding of known.findings) {
            const day = dayOf(finding.window?.day ?? '') ?? 0;
            const isFound = partly.findings.some(({ window }) => window?.day === finding.window?.day);
            expect(isFound || partly.undecidedDays.includes(day)).toBe(true);
          }
          for (const finding of partly.findings)
            expect(
              known.findings.some((one) => {
                const own = new Set(ownOf(one));
                return one.window?.day === finding.window?.day && ownOf(finding).every((id) => own.has(id));
              }),
            ).toBe(true);
        },
      ),
      runs,
    );
    expect(doubtful).toBeGreaterThan(100);
  });

  it('find the same in the documents that keys alone say are worth reading', async () => {
    let spared = 0;
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(keyedVisit, { minLength: 6, maxLength: 20 }),
        async (shape, keyed) => {
          const inputs = keyed.map(keyedInputOf);
          const refunded = new Set(inputs.slice(0, 2).map(({ setl_id }) => setl_id));
          const claims = read([...inputs, ...inputs.slice(0, 2).map(refundOf)]);
          const { rules } = ruleSetFor(shape);
          const light = read(inputs).map(({ claim }, id): LightVisit => {
            const { person, day, tens, medType, fee } = keyed[id]?.visit ?? failed();
            const isRefunded = refunded.has(claim.setl_id);
            return {
              id,
              psnNo: `P${person}`,
              mdtrtId: claim.visit.mdtrt_id,
              medType,
              day: firstDay + day,
              second: (firstDay + day) * 86_400 + (tens === null ? 0 : 9 * 3_600 + tens * 600),
              medfee: isRefunded ? null : `${fee}.00`,
              institution,
              named: keyed[id]?.isKeyed === false ? null : practitionersIn(practitionersOf(claim)),
              practitioners:
                isRefunded || keyed[id]?.isKeyed === false ? null : practitionersIn(practitionersOf(claim)),
            };
          });
          const isAsked = (_rule: Rule, day: number): boolean => day % 2 === 0;
          const worth = new Set([...worthReading(rules, light, isAsked).values()].flatMap((ids) => [...ids]));
          spared += light.length - worth.size;
          const keys = new Set([...worth].map((id) => inputs[id]?.setl_id));
          const houseOfClaims = (wanted: (setlId: string) => boolean) =>
            houseOf(
              netClaimsOf(byPerson(claims, ({ claim }) => claim.person.psn_no)).filter(({ claim }) =>
                wanted(claim.setl_id),
              ),
            );
          const [all, some] = await Promise.all(
            [houseOfClaims(() => true), houseOfClaims((id) => keys.has(id))].map((house) =>
              screenHouse(house, institution, { rules }, isAsked),
            ),
          );
          expect(some).toEqual(all);
          if (shape.each.over === 'practitioner') hits += all?.findings.length ?? 0;
        },
      ),
      runs,
    );
    expect(spared).toBeGreaterThan(500);
    expect(hits).toBeGreaterThan(20);
  });
});

describe('a practitioner at two and three institutions', () => {
  const shape: Shape = {
    each: { unit: 'window', over: 'practitioner', sets: 'all', days: 1 },
    persons: 3,
  };
  const visitsAt = (code: string, institutions: readonly string[]): ClaimInput[] =>
    institutions.map((fixmedins_code, person): ClaimInput => {
      const input = inputOf(
        { person, day: 0, tens: 1, medType: '11', items: ['A'], fee: '100', doctor: 'D1' },
        person,
      );
      return {
        ...input,
        institution: { fixmedins_code },
        lines: input.lines.map((line) => ({ ...line, bilg_dr_codg: code })),
      };
    });

  it('has one day where the code is national, and one at each otherwise', async () => {
    for (const institutions of [
      ['H1', 'H1', 'H2'],
      ['H1', 'H2', 'H3'],
    ]) {
      const [finding, ...others] = (
        await screened(ruleSetFor(shape), read(visitsAt('D330102000001', institutions)))
      ).findings;
      expect(others).toEqual([]);
      expect(finding?.claims.map(({ fixmedins_code }) => fixmedins_code).sort()).toEqual(institutions);
      for (const code of ['D1', 'D000000000000', 'D330102999999'])
        expect((await screened(ruleSetFor(shape), read(visitsAt(code, institutions)))).findings).toEqual([]);
    }
  });

  it('may have done what names nobody where they are named, and not elsewhere', async () => {
    const undecided = async (unnamedAt: string): Promise<number> => {
      const inputs = visitsAt('D330102000001', ['H1', 'H2', unnamedAt]).map((input, index) =>
        index < 2
          ? input
          : { ...input, lines: input.lines.map(({ bilg_dr_codg: _nobody, ...line }) => line) },
      );
      return (await screened(ruleSetFor(shape), read(inputs))).undecidedDays.length;
    };
    expect(await undecided('H2')).toBe(1);
    expect(await undecided('H3')).toBe(0);
  });
});

interface KeyedVisit {
  readonly visit: Visit;
  readonly attending: 'D1' | 'D2' | null;
  readonly isReversed: boolean;
  /** Whether the key says whose work it is. */
  readonly isKeyed: boolean;
}

const keyedVisit: fc.Arbitrary<KeyedVisit> = fc.record({
  visit: fc.oneof({ weight: 6, arbitrary: certainVisit }, { weight: 1, arbitrary: anyVisit }),
  attending: fc.constantFrom('D1', 'D2', null),
  isReversed: fc.nat(4).map((one) => one === 0),
  isKeyed: fc.nat(7).map((one) => one > 0),
});

function keyedInputOf({ visit, attending, isReversed }: KeyedVisit, index: number): ClaimInput {
  const input = inputOf(visit, index);
  const reversals = isReversed
    ? input.lines.map((line) => ({
        ...line,
        feedetl_sn: `-${line.feedetl_sn}`,
        init_feedetl_sn: line.feedetl_sn,
        cnt: '-1',
        det_item_fee_sumamt: '-10',
      }))
    : [];
  return {
    ...input,
    visit: { ...input.visit, ...(attending === null ? {} : { atddr_no: attending }) },
    lines: [...input.lines, ...reversals],
  };
}

const failed = (): never => {
  throw new Error('a claim without its visit');
};
