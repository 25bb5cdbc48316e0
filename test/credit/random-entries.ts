/** Random entries of one subject that fit a scheme, for the laws of scores. */
import fc from 'fast-check';
import type { CreditEntry, Fact, NewEntry, Repair } from '../../src/credit/contract.ts';
import type { Scheme } from '../../src/credit/scheme-contract.ts';
import { formatDay } from '../../src/platform/civil.ts';

/** 2024-06-01: the entries lie in the 900 days after it, over two New Years. */
const firstDay = 19_875;
export const daysOfEntries = 900;
export const dayAt = (offset: number): number => firstDay + offset;

const base = (subject: Scheme['subjects'][number], seq: number, offset: number) => ({
  seq,
  subject: { kind: subject, key: 'S1' },
  day: formatDay(dayAt(offset)),
  source: { reference: `文书 ${seq}`, sha256: null },
});

/** Facts of one conduct are found on one day: the conduct is named after it. */
export const factOf = (scheme: Scheme): fc.Arbitrary<Omit<Fact, 'seq'>> =>
  fc
    .record({
      fact: fc.constantFrom(...scheme.facts.map(({ fact }) => fact), 'unknown_fact'),
      offset: fc.nat(daysOfEntries - 1),
      points: fc.option(fc.integer({ min: 1, max: 14 })),
      severity: fc.option(fc.constantFrom('minor', 'ordinary', 'serious', 'grave')),
      responsibility: fc.option(fc.constantFrom('general', 'important', 'main')),
      value: fc.option(fc.integer({ min: 0, max: 600_000_000 })),
      isGrouped: fc.boolean(),
    })
    .map(({ offset, isGrouped, ...stated }) => {
      const { seq: _seq, ...common } = base(scheme.subjects[0] ?? 'institution', 1, offset);
      const { day } = common;
      return {
        entry: 'fact',
        basis: 'case_decision',
        ...stated,
        ...common,
        event: isGrouped ? `E ${day}` : null,
        act: isGrouped ? `A ${day}` : null,
      };
    });

/** Facts, repairs of some of them, and revocations of some of those; in order of `seq`. */
export const entriesOf = (scheme: Scheme): fc.Arbitrary<CreditEntry[]> =>
  fc
    .tuple(
      fc.array(factOf(scheme), { maxLength: 12 }),
      fc.array(
        fc.record({
          of: fc.nat(),
          offset: fc.nat(daysOfEntries - 1),
          kind: fc.constantFrom<('repair' | 'revocation')[]>('repair', 'revocation'),
          points: fc.option(fc.integer({ min: 1, max: 6 })),
          days: fc.option(fc.integer({ min: 1, max: 90 })),
        }),
        { maxLength: 6 },
      ),
    )
    .map(([facts, later]) => {
      const entries: CreditEntry[] = facts.map((fact, at) => ({ ...fact, seq: at + 1 }));
      if (facts.length === 0) return entries;
      for (const { of, offset, kind, points, days } of later) {
        const common = base(scheme.subjects[0] ?? 'institution', entries.length + 1, offset);
        const target = (of % facts.length) + 1;
        const repair: Repair = {
          entry: 'repair',
          basis: 'training',
          repairs: target,
          points,
          days,
          ...common,
        };
        entries.push(
          kind === 'repair'
            ? repair
            : { entry: 'revocation', basis: 'reconsideration', revokes: target, ...common },
        );
      }
      return entries;
    });

/** As they are handed to the ledger. */
export const unplaced = ({ seq: _seq, ...entry }: CreditEntry): NewEntry => entry;
