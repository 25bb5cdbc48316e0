/**
 * 12 points of a natural year (医保发〔2024〕23号, 医保办发〔2024〕34号). What is counted on 31 December is gone on 1 January; a suspension
 * that runs goes on. One conduct counts once, by its heaviest record; several conducts found at once are added. Each day on which points
 * come in is judged by the sum it leads to.
 */
import { dayOf, formatDay } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import type { CreditEntry, Fact, Message } from './contract.ts';
import { actKeyOf, eventKeyOf, type Held, holdOn, lineOf } from './held.ts';
import { addMonths, yearOf } from './months.ts';
import type { NaturalYearScheme } from './scheme-contract.ts';
import type { Score, ScoreLine, Suspension } from './score-contract.ts';

type HeldFact = Held['facts'][number];

interface Counted {
  readonly fact: HeldFact;
  /** Whole points of the record alone. */
  readonly gross: number;
  readonly note: Message | null;
}

export interface NaturalYear {
  readonly points: number;
  readonly suspensions: readonly (Suspension & { readonly fromDay: number; readonly toDay: number })[];
  readonly lines: readonly ScoreLine[];
  readonly steps: readonly Message[];
}

export function naturalYear(
  entries: readonly CreditEntry[],
  scheme: NaturalYearScheme,
  asOf: number,
): NaturalYear {
  const rules = new Map(scheme.facts.map((rule) => [rule.fact, rule]));
  const held = holdOn(entries, asOf, (fact) => rules.get(fact)?.name ?? { zh: fact, en: fact });
  const lines: ScoreLine[] = [...held.otherLines];
  const counted: Counted[] = [];
  for (const fact of held.facts) {
    const rule = rules.get(fact.fact);
    if (rule === undefined) {
      lines.push(
        lineOf(fact, 'not_in_scheme', 0, {
          zh: `${fact.fact}：本方案不计此项`,
          en: `${fact.fact}: not in this scheme`,
        }),
      );
      continue;
    }
    const stated =
      fact.points ??
      (fact.responsibility === null ? undefined : rule.by_responsibility[fact.responsibility]) ??
      rule.min;
    const gross = Math.min(rule.max, Math.max(rule.min, stated));
    const note: Message | null =
      gross === stated
        ? null
        : {
            zh: `文书记 ${stated} 分，不在该档 ${rule.min}–${rule.max} 分之内，按 ${gross} 分计`,
            en: `the document says ${stated}, outside of the band ${rule.min}–${rule.max}; ${gross} counted`,
          };
    counted.push({ fact, gross, note });
  }
  const year = yearOf(asOf);
  const ofYear = new Map<number, Counted[]>();
  for (const each of counted) {
    const own = yearOf(each.fact.dayNumber);
    ofYear.set(own, [...(ofYear.get(own) ?? []), each]);
  }
  const suspensions = [...ofYear.values()].flatMap((list) => suspensionsOf(list, held, scheme, asOf));
  const current = ofYear.get(year) ?? [];
  const points = totalOf(current, held, scheme, asOf);
  for (const each of counted) lines.push(factLine(each, current, scheme, year));
  const counts = new Set(counted.map(({ fact }) => fact.seq));
  for (const fact of held.facts)
    for (const repair of held.repairsOf(fact)) {
      const isCurrent = counts.has(fact.seq) && yearOf(fact.dayNumber) === year;
      const remitted = isCurrent ? (repair.points ?? 0) : 0;
      const hasEffect = counts.has(fact.seq) && (remitted > 0 || repair.days !== null);
      lines.push(
        lineOf(repair, hasEffect ? 'counted' : 'without_effect', -100 * remitted, {
          zh: `修复第 ${fact.seq} 条：减免 ${remitted} 分，缩短期限 ${repair.days ?? 0} 天（以方案上限为限）`,
          en: `Repairs entry ${fact.seq}: ${countText(remitted, 'point')} remitted, ${countText(repair.days ?? 0, 'day')} shorter, within the caps`,
        }),
      );
    }
  const gross = grossOf(current, asOf);
  const steps: Message[] = [
    {
      zh: `${year} 年度累计 ${gross} 分，修复减免 ${gross - points} 分（每年最多 ${scheme.repair.points_year_max} 分），计 ${points} 分`,
      en: `${countText(gross, 'point')} in ${year}, ${gross - points} remitted (at most ${scheme.repair.points_year_max} a year): ${points}`,
    },
    ...suspensions.map(({ text }) => text),
  ];
  return { points, suspensions, lines: lines.sort(byDay), steps };
}

export const byDay = (a: ScoreLine, b: ScoreLine): number =>
  a.day === b.day ? a.seq - b.seq : a.day < b.day ? -1 : 1;

export function scoreNaturalYear(
  entries: readonly CreditEntry[],
  scheme: NaturalYearScheme,
  asOf: number,
): Pick<Score, 'points_hundredths' | 'lines' | 'steps' | 'suspensions' | 'grade' | 'consequences'> {
  const { points, suspensions, lines, steps } = naturalYear(entries, scheme, asOf);
  const now = suspensions.filter(({ fromDay, toDay }) => fromDay <= asOf && asOf < toDay);
  const state = now.some(({ kind }) => kind === 'terminated')
    ? { ...scheme.terminated, rank: scheme.bands.length + 1 }
    : now.length > 0
      ? { ...scheme.suspended, rank: scheme.bands.length }
      : bandOf(scheme, points);
  return {
    points_hundredths: points * 100,
    grade: { code: state.code, name: state.name, rank: state.rank },
    consequences: state.consequences,
    lines: [...lines],
    steps: [...steps],
    suspensions: suspensions.map(({ kind, from, to, text }) => ({ kind, from, to, text })),
  };
}

function bandOf({ bands }: NaturalYearScheme, points: number) {
  const at = bands.findLastIndex(({ from_points }) => points >= from_points);
  const band = bands[Math.max(at, 0)];
  if (band === undefined) throw new TypeError('a scheme has bands');
  return { ...band, rank: Math.max(at, 0) };
}

/** The heaviest record of each conduct, added up, of what had taken effect by the day. */
const grossOf = (counted: readonly Counted[], day: number): number =>
  sum(heaviest(counted, day, ({ gross }) => gross));

/** With what was remitted by the day, never more than the year's cap. */
function totalOf(
  counted: readonly Counted[],
  held: Held,
  { repair }: NaturalYearScheme,
  day: number,
): number {
  const net = heaviest(counted, day, ({ fact, gross }) =>
    Math.max(
      0,
      gross -
        held
          .repairsOf(fact)
          .filter((each) => each.dayNumber <= day)
          .reduce((total, each) => total + (each.points ?? 0), 0),
    ),
  );
  return Math.max(grossOf(counted, day) - repair.points_year_max, sum(net));
}

function heaviest(
  counted: readonly Counted[],
  day: number,
  of: (counted: Counted) => number,
): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const each of counted) {
    if (each.fact.dayNumber > day) continue;
    const key = actKeyOf(each.fact);
    most.set(key, Math.max(most.get(key) ?? 0, of(each)));
  }
  return most;
}

const sum = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);

/** Suspensions and terminations out of one natural year. */
function suspensionsOf(
  counted: readonly Counted[],
  held: Held,
  scheme: NaturalYearScheme,
  asOf: number,
): NaturalYear['suspensions'] {
  const days = [...new Set(counted.map(({ fact }) => fact.dayNumber))].sort((a, b) => a - b);
  return days.flatMap((day) => {
    if (grossOf(counted, day) <= grossOf(counted, day - 1)) return [];
    const ofDay = counted.filter(({ fact }) => fact.dayNumber === day);
    const events = new Set(ofDay.map(({ fact }) => eventKeyOf(fact)));
    const largestEvent = Math.max(
      ...[...events].map((event) =>
        grossOf(
          counted.filter(({ fact }) => eventKeyOf(fact) === event),
          day,
        ),
      ),
    );
    const total = totalOf(counted, held, scheme, day);
    const period = periodOf(scheme, total, largestEvent);
    if (period === null) return [];
    const repairs = ofDay.flatMap(({ fact }) => held.repairsOf(fact)).filter(({ days }) => days !== null);
    const full = addMonths(day, period.months);
    const asked = repairs.reduce((sumOfDays, repair) => sumOfDays + (repair.days ?? 0), 0);
    const shorter = Math.min(asked, Math.floor(((full - day) * scheme.repair.shorten_percent_max) / 100));
    // A repair ends what runs; it does not undo days that have passed.
    const toDay = Math.max(full - shorter, ...repairs.map(({ dayNumber }) => Math.min(dayNumber, full)));
    const from = formatDay(day);
    const to = formatDay(toDay);
    return [
      {
        kind: period.kind,
        from,
        to,
        fromDay: day,
        toDay,
        text: suspensionText({ ...period, total, largestEvent, from, to, isShortened: toDay < full, asOf }),
      },
    ];
  });
}

interface Period {
  readonly kind: Suspension['kind'];
  readonly months: number;
  readonly isSingleEvent: boolean;
}

function periodOf(
  { suspension, termination }: NaturalYearScheme,
  total: number,
  largestEvent: number,
): Period | null {
  if (largestEvent >= termination.single_event_from_points)
    return { kind: 'terminated', months: termination.single_event_months, isSingleEvent: true };
  if (total >= termination.from_points)
    return { kind: 'terminated', months: termination.months, isSingleEvent: false };
  const step = suspension.findLast(({ from_points }) => total >= from_points);
  return step === undefined ? null : { kind: 'suspended', months: step.months, isSingleEvent: false };
}

function suspensionText(period: {
  kind: Suspension['kind'];
  months: number;
  isSingleEvent: boolean;
  total: number;
  largestEvent: number;
  from: string;
  to: string;
  isShortened: boolean;
  asOf: number;
}): Message {
  const { kind, months, isSingleEvent, total, largestEvent, from, to, isShortened, asOf } = period;
  const because = isSingleEvent
    ? { zh: `一次性记 ${largestEvent} 分`, en: `${countText(largestEvent, 'point')} in one event` }
    : { zh: `当年累计 ${total} 分`, en: `${countText(total, 'point')} in the year` };
  const what =
    kind === 'terminated'
      ? { zh: '终止医保支付资格', en: 'payment qualification terminated' }
      : { zh: '暂停医保支付资格', en: 'payment qualification suspended' };
  const isOver = (dayOf(to) ?? 0) <= asOf;
  return {
    zh: `${because.zh}，${what.zh} ${months} 个月：${from} 起至 ${to}（不含）${isShortened ? '，已因修复缩短' : ''}${isOver ? '，已期满' : ''}`,
    en: `${because.en}: ${what.en} for ${months === 1 ? 'a month' : `${months} months`}, from ${from} to ${to} (exclusive)${isShortened ? ', shortened by repair' : ''}${isOver ? ', over' : ''}`,
  };
}

function factLine(
  { fact, gross, note }: Counted,
  current: readonly Counted[],
  scheme: NaturalYearScheme,
  year: number,
): ScoreLine {
  const rule = scheme.facts.find((each) => each.fact === fact.fact);
  const name = rule?.name ?? { zh: fact.fact, en: fact.fact };
  const said = note === null ? { zh: '', en: '' } : { zh: `（${note.zh}）`, en: ` (${note.en})` };
  const own = yearOf(fact.dayNumber);
  if (own !== year)
    return lineOf(fact, 'expired', 0, {
      zh: `${name.zh}：${own} 年度记 ${gross} 分${said.zh}，年度已过，清零`,
      en: `${name.en}: ${countText(gross, 'point')} of ${own}${said.en}; that year is over`,
    });
  const heavier = heavierOf({ fact, gross, note }, current);
  if (heavier !== null)
    return lineOf(fact, 'absorbed', 0, {
      zh: `${name.zh}：与第 ${heavier.seq} 条为同一行为，按最高分计，不重复记分`,
      en: `${name.en}: the same conduct as entry ${heavier.seq}, which counts as the heavier one`,
    });
  return lineOf(fact, 'counted', gross * 100, {
    zh: `${name.zh}：记 ${gross} 分${said.zh}`,
    en: `${name.en}: ${countText(gross, 'point')}${said.en}`,
  });
}

/** Of records of one conduct the heaviest counts, and of equal ones the first. */
function heavierOf({ fact, gross }: Counted, among: readonly Counted[]): Fact | null {
  const key = actKeyOf(fact);
  const found = among.find(
    (other) =>
      other.fact.seq !== fact.seq &&
      actKeyOf(other.fact) === key &&
      (other.gross > gross || (other.gross === gross && comesBefore(other.fact, fact))),
  );
  return found?.fact ?? null;
}

const comesBefore = (a: Fact, b: Fact): boolean => (a.day === b.day ? a.seq < b.seq : a.day < b.day);
