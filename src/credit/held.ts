/** What of a subject's entries holds on a day: the part that all methods of scoring share. */
import { dayOf, formatDay } from '../platform/civil.ts';
import type { CreditEntry, Fact, Message, Repair, Revocation } from './contract.ts';
import type { AmountOfPoints } from './scheme-contract.ts';
import type { ScoreLine } from './score-contract.ts';

export interface Held {
  /** Facts that took effect by the day and were not revoked by it; in order of day and place. */
  readonly facts: readonly (Fact & { readonly dayNumber: number })[];
  /** Repairs that hold, by the fact that they make good. */
  readonly repairsOf: (fact: Fact) => readonly (Repair & { readonly dayNumber: number })[];
  /** Lines of everything that holds no more or not yet, and of the revocations. */
  readonly otherLines: readonly ScoreLine[];
}

const dayNumberOf = (text: string): number => {
  const day = dayOf(text);
  if (day === null) throw new RangeError('not a day');
  return day;
};

const inOrder = (a: CreditEntry, b: CreditEntry): number =>
  a.day === b.day ? a.seq - b.seq : a.day < b.day ? -1 : 1;

/**
 * @param asOf day number
 * @throws TypeError on entries of several subjects: their points would be mixed silently
 */
export function holdOn(
  entries: readonly CreditEntry[],
  asOf: number,
  nameOf: (fact: string) => Message,
): Held {
  const [first] = entries;
  if (
    entries.some(({ subject }) => subject.kind !== first?.subject.kind || subject.key !== first.subject.key)
  )
    throw new TypeError('entries of more than one subject');
  const day = formatDay(asOf);
  const sorted = [...entries].sort(inOrder);
  const revoked = new Map<number, Revocation>();
  for (const entry of sorted)
    if (entry.entry === 'revocation' && entry.day <= day && !revoked.has(entry.revokes))
      revoked.set(entry.revokes, entry);
  const facts: (Fact & { dayNumber: number })[] = [];
  const repairs = new Map<number, (Repair & { dayNumber: number })[]>();
  const otherLines: ScoreLine[] = [];
  for (const entry of sorted) {
    const by = revoked.get(entry.seq);
    if (entry.day > day) otherLines.push(notYet(entry, nameOf));
    else if (entry.entry === 'revocation') otherLines.push(revocationLine(entry));
    else if (by !== undefined) otherLines.push(revokedLine(entry, by, nameOf));
    else if (entry.entry === 'fact') facts.push({ ...entry, dayNumber: dayNumberOf(entry.day) });
    else {
      const of = repairs.get(entry.repairs) ?? [];
      of.push({ ...entry, dayNumber: dayNumberOf(entry.day) });
      repairs.set(entry.repairs, of);
    }
  }
  const standing = new Set(facts.map(({ seq }) => seq));
  for (const [of, list] of repairs)
    if (!standing.has(of))
      otherLines.push(
        ...list.map((repair) =>
          lineOf(repair, 'without_effect', 0, {
            zh: `修复第 ${of} 条，该条不计，修复随之不计`,
            en: `Repairs entry ${of}, which does not count; neither does this`,
          }),
        ),
      );
  return { facts, repairsOf: ({ seq }) => repairs.get(seq) ?? [], otherLines };
}

export const lineOf = (
  { seq, day, source }: CreditEntry,
  state: ScoreLine['state'],
  points_hundredths: number,
  text: Message,
): ScoreLine => ({ seq, day, state, points_hundredths, source: source.reference, text });

const whatOf = (entry: CreditEntry, nameOf: (fact: string) => Message): Message => {
  if (entry.entry === 'fact') return nameOf(entry.fact);
  if (entry.entry === 'repair')
    return { zh: `修复第 ${entry.repairs} 条`, en: `repair of entry ${entry.repairs}` };
  return { zh: `撤销第 ${entry.revokes} 条`, en: `revocation of entry ${entry.revokes}` };
};

function notYet(entry: CreditEntry, nameOf: (fact: string) => Message): ScoreLine {
  const what = whatOf(entry, nameOf);
  return lineOf(entry, 'not_yet', 0, {
    zh: `${what.zh}：${entry.day} 起才生效，本次不计`,
    en: `${what.en}: takes effect on ${entry.day}, not counted yet`,
  });
}

function revokedLine(entry: CreditEntry, by: Revocation, nameOf: (fact: string) => Message): ScoreLine {
  const what = whatOf(entry, nameOf);
  return lineOf(entry, 'revoked', 0, {
    zh: `${what.zh}：已于 ${by.day} 由《${by.source.reference}》撤销，计 0 分`,
    en: `${what.en}: revoked on ${by.day} by ${by.source.reference}, counts 0 points`,
  });
}

const revocationLine = (entry: Revocation): ScoreLine =>
  lineOf(entry, 'note', 0, {
    zh: `撤销第 ${entry.revokes} 条，其分值全部退回`,
    en: `Revokes entry ${entry.revokes}; its points are returned in full`,
  });

/** The key under which facts of one conduct count once; a fact that names no conduct is one of its own. */
export const actKeyOf = ({ seq, event, act }: Fact): string =>
  act === null ? `#${seq}` : JSON.stringify([event, act]);

export const eventKeyOf = ({ seq, event }: Fact): string => (event === null ? `#${seq}` : event);

/** `2.5` of 250 hundredths. */
export function pointsText(hundredths: number): string {
  const sign = hundredths < 0 ? '-' : '';
  const size = Math.abs(hundredths);
  const rest = size % 100;
  const decimals = rest === 0 ? '' : `.${String(rest).padStart(2, '0').replace(/0$/, '')}`;
  return `${sign}${Math.floor(size / 100)}${decimals}`;
}

/** Whole points that a scheme gives a fact; `null`: the fact does not state what the scheme goes by. */
export function pointsOf(amount: AmountOfPoints, fact: Fact): number | null {
  if (typeof amount === 'number') return amount;
  if (amount.by === 'severity') return fact.severity === null ? null : amount[fact.severity];
  if (fact.value === null) return null;
  let points = 0;
  for (const step of amount.steps) if (fact.value >= step.from) points = step.points;
  return points;
}
