/** The laws of scores, on the schemes as they are shipped. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CreditEntry } from '../../src/credit/contract.ts';
import { score } from '../../src/credit/score.ts';
import type { Scheme } from '../../src/credit/scheme-contract.ts';
import type { Score } from '../../src/credit/score-contract.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { formatDay } from '../../src/platform/civil.ts';
import { dayAt, daysOfEntries, entriesOf, factOf } from './random-entries.ts';

const schemes = (await loadSchemes('rules')).map(({ scheme }) => scheme);
const runs = { numRuns: 400 };
const asOf = fc.nat(daysOfEntries + 400).map(dayAt);
const named = (scheme: Scheme) => [scheme.code, scheme] as const;

/** Higher is better in every method. */
const standing = ({ points_hundredths, scheme: { method } }: Score): number =>
  points_hundredths === null ? 0 : method === 'natural_year' ? -points_hundredths : points_hundredths;
const violationsOf = (scheme: Scheme): Scheme =>
  scheme.method === 'base_points'
    ? { ...scheme, facts: scheme.facts.filter(({ kind }) => kind === 'violation') }
    : scheme;
const result = ({ lines: _lines, steps: _steps, ...rest }: Score) => rest;

it('finds the four schemes that are shipped', () => {
  expect(schemes.map(({ code }) => code)).toEqual([
    'COMPANY-PROCUREMENT',
    'INSTITUTION-GRADE',
    'INSURED-GRADE',
    'PERSONNEL-12',
  ]);
});

describe.each(schemes.map(named))('%s', (_code, scheme) => {
  it('gives the same score, line by line, for entries in any order', () => {
    fc.assert(
      fc.property(
        entriesOf(scheme).chain((entries) =>
          fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        ),
        asOf,
        ([entries, shuffled], day) => {
          expect(score(shuffled, scheme, day)).toEqual(score(entries, scheme, day));
        },
      ),
      runs,
    );
  });

  it('counts in English as English does', () => {
    fc.assert(
      fc.property(entriesOf(scheme), asOf, (entries, day) => {
        const { lines, steps, summary } = score(entries, scheme, day);
        const texts = [...lines.map(({ text }) => text), ...steps, summary].map(({ en }) => en);
        expect(texts.filter((text) => /(?<![\d.])1 (points|days)/.test(text))).toEqual([]);
      }),
      runs,
    );
  });

  it('never raises points or grade for a further violation', () => {
    let isLower = false;
    fc.assert(
      fc.property(entriesOf(scheme), factOf(violationsOf(scheme)), asOf, (entries, violation, day) => {
        const before = score(entries, scheme, day);
        const after = score([...entries, { ...violation, seq: entries.length + 1 }], scheme, day);
        expect(standing(after)).toBeLessThanOrEqual(standing(before));
        expect(after.grade.rank).toBeGreaterThanOrEqual(before.grade.rank);
        isLower ||= after.grade.rank > before.grade.rank;
      }),
      runs,
    );
    expect(isLower).toBe(true);
  });

  it('restores score, grade and periods exactly when a fact is revoked', () => {
    let didMatter = false;
    fc.assert(
      fc.property(entriesOf(scheme), factOf(scheme), asOf, (entries, fact, day) => {
        const seq = entries.length + 1;
        const before = score(entries, scheme, day);
        const wrong: CreditEntry[] = [...entries, { ...fact, seq }];
        const revoked: CreditEntry[] = [
          ...wrong,
          {
            entry: 'revocation',
            seq: seq + 1,
            subject: fact.subject,
            day: formatDay(day),
            basis: 'reconsideration',
            revokes: seq,
            source: { reference: '复议决定', sha256: null },
          },
        ];
        const after = score(revoked, scheme, day);
        expect(result(after)).toEqual(result(before));
        expect(after.steps).toEqual(before.steps);
        // Visibly: the fact stays in the list, and the revocation stands beside it.
        const lines = after.lines.filter((line) => line.seq >= seq);
        expect(lines.map(({ points_hundredths }) => points_hundredths)).toEqual([0, 0]);
        if (fact.day <= formatDay(day)) expect(lines.map(({ state }) => state)).toContain('revoked');
        didMatter ||= score(wrong, scheme, day).grade.rank > before.grade.rank;
      }),
      runs,
    );
    expect(didMatter).toBe(true);
  });

  it('has one line for each entry', () => {
    fc.assert(
      fc.property(entriesOf(scheme), asOf, (entries, day) => {
        const seqs = score(entries, scheme, day).lines.map(({ seq }) => seq);
        expect(seqs.toSorted((a, b) => a - b)).toEqual(entries.map(({ seq }) => seq));
      }),
      runs,
    );
  });
});

it('refuses entries of several subjects', () => {
  const [scheme] = schemes;
  if (scheme === undefined) throw new Error('no scheme');
  const fact = fc.sample(factOf(scheme), { numRuns: 1, seed: 1 })[0];
  if (fact === undefined) throw new Error('no fact');
  const other = { ...fact, seq: 2, subject: { ...fact.subject, key: 'S2' } };
  expect(() => score([{ ...fact, seq: 1 }, other], scheme, dayAt(1))).toThrow('more than one subject');
});
