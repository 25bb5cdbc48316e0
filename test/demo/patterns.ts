/**
 * What each kind of fraud looks like, searched for in the plainest way there is: no rule language, no index, no order of arrival. It
 * tells whether the city holds exactly what was planted.
 */
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import {
  compareClaims,
  compareLines,
  type CurrentClaim,
  currentClaims,
  type NetClaim,
  type NetLine,
  salesOf,
  type Timeline,
  timelineOf,
  type TraceSale,
} from '../../src/claims/timeline.ts';
import { kindsOfRule, type ScoredFinding } from '../../src/demo/score.ts';
import type { FraudKind } from '../../src/demo/truth.ts';
import {
  cellOf,
  type Knowledge,
  lookup,
  numberOf,
  type Row,
  rowsFor,
  type Table,
  unitsOfCell,
} from '../../src/knowledge/table.ts';
import { ageYears, dayOf } from '../../src/platform/civil.ts';

const ruleOfKind = new Map(
  Object.entries(kindsOfRule).flatMap(([rule, kinds]) => kinds.map((kind) => [kind, rule] as const)),
);
const asOf = dayOf('2027-12-31') ?? 0;
const SPLIT_DAYS = 15;
const PLANNED = ['Z51', 'Z49'];

/** The timelines of all persons, refunds and superseded versions taken off. */
export function timelinesOf(claims: Iterable<ClaimInput>): Timeline[] {
  const all: CurrentClaim[] = [];
  for (const input of claims) {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    all.push({ claim: result.claim, contentHash: result.hash.toString('hex') });
  }
  const byPerson = new Map<string, CurrentClaim[]>();
  for (const current of currentClaims(all)) {
    const { psn_no } = current.claim.person;
    byPerson.set(psn_no, [...(byPerson.get(psn_no) ?? []), current]);
  }
  return [...byPerson].map(([psn_no, own]) => timelineOf(psn_no, own));
}

export function findPatterns(timelines: readonly Timeline[], knowledge: Knowledge): ScoredFinding[] {
  const findings: ScoredFinding[] = [];
  const flag = (kind: FraudKind, claim: NetClaim, lines: readonly NetLine[] = []): void => {
    const { institution, setl_id } = claim.claim;
    findings.push({
      rule_code: ruleOfKind.get(kind) ?? kind,
      fixmedins_code: institution.fixmedins_code,
      setl_id,
      lines: lines.map((line) => ({
        fixmedins_code: institution.fixmedins_code,
        setl_id,
        feedetl_sn: line.line.feedetl_sn,
        role: '违规项',
        amount: '0.00',
      })),
    });
  };
  const table = (name: string): Table => {
    const found = knowledge.tables.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  const sales = new Map<string, TraceSale[]>();
  for (const timeline of timelines) {
    stays(timeline, flag);
    linesTogether(timeline, table, flag);
    linesAlone(timeline, table, flag);
    diagnoses(timeline, table, flag);
    identities(timeline, flag);
    for (const sale of salesOf(timeline))
      if (sale.whole !== false) sales.set(sale.code, [...(sales.get(sale.code) ?? []), sale]);
  }
  crowds(timelines, table, flag);
  for (const sold of sales.values())
    for (const { line } of sold.sort((a, b) => compareClaims(a.line.claim, b.line.claim)).slice(1))
      flag('trace-resold', line.claim, [line]);
  return findings;
}

const TOGETHER_SECONDS = 15 * 60;
const WINDOW_DAYS = 30;

/** Persons who came together on three days of a month, and visits that are the same item by item. */
function crowds(timelines: readonly Timeline[], table: Tables, flag: Flag): void {
  const expected = new Set(table('group-visit-item').rows.map((row) => cellOf(row, 'med_list_codg')));
  const visits = timelines
    .flatMap(({ claims }) => claims)
    .filter((claim) => !claim.lines.some(({ line }) => expected.has(line.med_list_codg)))
    .sort(compareClaims);
  const days = new Map<string, NetClaim[]>();
  for (const claim of visits) {
    const key = `${institution(claim)} ${claim.beginDay}`;
    days.set(key, [...(days.get(key) ?? []), claim]);
  }
  const personOf = ({ claim }: NetClaim): string => claim.person.psn_no;
  const meetings = new Map<string, number[]>();
  const met: { a: NetClaim; b: NetClaim; pair: string }[] = [];
  for (const claims of days.values()) {
    for (const [at, a] of claims.entries())
      for (const b of claims.slice(at + 1)) {
        if (b.beginSecond - a.beginSecond >= TOGETHER_SECONDS) break;
        if (personOf(a) === personOf(b) || a.kind === 'inpatient' || b.kind === 'inpatient') continue;
        const pair = [institution(a), ...[personOf(a), personOf(b)].sort()].join(' ');
        meetings.set(pair, [...(meetings.get(pair) ?? []), a.beginDay]);
        met.push({ a, b, pair });
      }
    const bills = new Map<string, NetClaim[]>();
    for (const claim of claims) {
      const items = [...new Set(claim.lines.map(({ line }) => line.med_list_codg))].sort();
      if (items.length < 3) continue;
      const bill = [claim.medfee, ...items].join(' ');
      bills.set(bill, [...(bills.get(bill) ?? []), claim]);
    }
    for (const alike of bills.values()) {
      const last = alike.at(-1);
      if (last !== undefined && new Set(alike.map(personOf)).size >= 5) flag('alike-visits', last);
    }
  }
  const companions = met.filter(({ a, pair }) => {
    const within = (meetings.get(pair) ?? []).filter(
      (day) => day <= a.beginDay && day > a.beginDay - WINDOW_DAYS,
    );
    return new Set(within).size >= 3;
  });
  const places = new Map<string, { a: NetClaim; b: NetClaim }[]>();
  for (const { a, b } of companions) {
    const key = `${institution(a)} ${a.beginDay}`;
    places.set(key, [...(places.get(key) ?? []), { a, b }]);
  }
  for (const pairs of places.values()) {
    let rings = pairs.map(({ a, b }) => new Set([a, b]));
    for (const { a, b } of pairs) {
      const joined = rings.filter((ring) =>
        [...ring].some((one) => [a, b].map(personOf).includes(personOf(one))),
      );
      rings = [
        ...rings.filter((ring) => !joined.includes(ring)),
        new Set(joined.flatMap((ring) => [...ring])),
      ];
    }
    for (const ring of rings) {
      const last = [...ring].sort(compareClaims).at(-1);
      if (last !== undefined && new Set([...ring].map(personOf)).size >= 3) flag('gathering', last);
    }
  }
}

type Flag = (kind: FraudKind, claim: NetClaim, lines?: readonly NetLine[]) => void;
type Tables = (name: string) => Table;

const institution = (claim: NetClaim): string => claim.claim.institution.fixmedins_code;
const endOf = (claim: NetClaim): number => claim.endDay ?? claim.beginDay;
const category = (claim: NetClaim): string => (claim.claim.diagnoses?.[0]?.diag_code ?? '').slice(0, 3);

function stays(timeline: Timeline, flag: Flag): void {
  const inpatient = timeline.claims.filter((claim) => claim.kind === 'inpatient');
  for (const [index, later] of inpatient.entries())
    for (const earlier of inpatient.slice(0, index)) {
      const same = institution(earlier) === institution(later);
      if (same && earlier.beginDay === later.beginDay && endOf(earlier) === endOf(later))
        flag('duplicate-stay', later);
      if (!same && earlier.beginDay < endOf(later) && later.beginDay < endOf(earlier))
        flag('overlapping-stays', later);
      const gap = later.beginDay - endOf(earlier);
      const planned = PLANNED.includes(category(later));
      if (same && gap >= 0 && gap <= SPLIT_DAYS && category(earlier) === category(later) && !planned)
        flag('split-stay', later);
    }
  for (const claim of timeline.claims)
    if (
      claim.kind !== 'inpatient' &&
      inpatient.some((stay) => claim.beginDay > stay.beginDay && claim.beginDay < endOf(stay))
    )
      flag('settlement-during-stay', claim);
  for (const stay of inpatient) {
    const outside = stay.lines.filter((line) => line.feeDay < stay.beginDay || line.feeDay > endOf(stay));
    if (outside.length > 0) flag('fee-outside-stay', stay, outside);
  }
}

function linesTogether(timeline: Timeline, table: Tables, flag: Flag): void {
  const all = timeline.claims.flatMap((claim) => claim.lines).sort(compareLines);
  const groups = (keyOf: (line: NetLine) => string): NetLine[][] => {
    const byKey = new Map<string, NetLine[]>();
    for (const line of all) byKey.set(keyOf(line), [...(byKey.get(keyOf(line)) ?? []), line]);
    return [...byKey.values()];
  };
  const { line: repeated, day } = {
    line: groups(({ claim, line, pric }) =>
      [institution(claim), line.med_list_codg, line.fee_ocur_time.slice(0, 16), pric, line.bilg_dr_codg].join(
        '|',
      ),
    ),
    day: groups(({ line, feeDay }) => [line.med_list_codg, feeDay].join('|')),
  };
  for (const group of repeated) for (const line of group.slice(1)) flag('repeated-line', line.claim, [line]);
  for (const group of day) {
    const last = group.at(-1);
    if (last === undefined) continue;
    const limit = lookup(table('item-daily-limit'), [last.line.med_list_codg], last.feeDay);
    const total = group.reduce((sum, line) => sum + line.cnt, 0);
    if (limit !== null && total > (unitsOfCell(limit, 'cnt_max', 4) ?? 0))
      flag('over-daily-limit', last.claim, [last]);
  }
  for (const a of all)
    for (const row of rowsFor(table('item-exclusion'), [a.line.med_list_codg], a.feeDay))
      for (const b of all)
        if (
          b.feeDay === a.feeDay &&
          institution(b.claim) === institution(a.claim) &&
          b.line.med_list_codg === cellOf(row, 'other_codg')
        )
          flag('exclusive-items', b.claim, [b]);
}

function linesAlone(timeline: Timeline, table: Tables, flag: Flag): void {
  for (const claim of timeline.claims) {
    const { gend, brdy } = claim.claim.person;
    for (const line of claim.lines) {
      const item = line.line.med_list_codg;
      const sex = lookup(table('item-sex'), [item], line.feeDay);
      if (sex !== null && cellOf(sex, 'gend') !== gend) flag('item-sex', claim, [line]);
      const age = lookup(table('item-age'), [item], line.feeDay);
      if (age !== null && outsideAge(age, dayOf(brdy ?? '') ?? 0, line.feeDay))
        flag('item-age', claim, [line]);
      const ceiling = lookup(
        table('item-price-ceiling'),
        [item, claim.claim.institution.hosp_lv ?? ''],
        line.feeDay,
      );
      if (ceiling !== null && line.pric > (unitsOfCell(ceiling, 'pric_max', 6) ?? 0))
        flag('price-over-ceiling', claim, [line]);
    }
    const { dieDay } = timeline.person;
    if (dieDay !== null && claim.lines.some((line) => line.feeDay > dieDay)) flag('after-death', claim);
  }
}

function diagnoses(timeline: Timeline, table: Tables, flag: Flag): void {
  for (const claim of timeline.claims)
    for (const { diag_code } of claim.claim.diagnoses ?? []) {
      const sex = lookup(table('diagnosis-sex'), [diag_code], claim.beginDay);
      if (sex !== null && cellOf(sex, 'gend') !== claim.claim.person.gend) flag('diagnosis-sex', claim);
      const age = lookup(table('diagnosis-age'), [diag_code], claim.beginDay);
      if (age !== null && outsideAge(age, dayOf(claim.claim.person.brdy ?? '') ?? 0, claim.beginDay))
        flag('diagnosis-age', claim);
    }
}

function outsideAge(row: Row, birthDay: number, day: number): boolean {
  const age = cellOf(row, 'age_unit') === 'day' ? day - birthDay : ageYears(birthDay, day);
  const least = numberOf(row, 'age_min');
  const below = numberOf(row, 'age_max');
  return (least !== null && age < least) || (below !== null && age >= below);
}

function identities(timeline: Timeline, flag: Flag): void {
  for (const claim of timeline.claims) {
    const checks = claim.claim.identity_checks;
    if (checks === undefined || claim.kind === 'inpatient') continue;
    if (checks.length === 0) flag('identity-missing', claim);
    else if (!checks.some((check) => check.result === 'pass')) flag('identity-failed', claim);
  }
}
