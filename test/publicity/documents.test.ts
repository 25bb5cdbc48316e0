/** Documents for everybody and their versions: laws on random cases and sequences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publicDocumentSchema, type VersionAction, versionActions } from '../../src/publicity/contract.ts';
import { differsByFew, penaltyDocument, statisticsDocument, titleOf } from '../../src/publicity/documents.ts';
import { personalFaults } from '../../src/publicity/personal-text.ts';
import { type Approved, follows, publicItemOf, stepDue } from '../../src/publicity/versions.ts';
import { notifiedCase, penaltyOf, procedure } from '../cases/cases.ts';

const { file } = notifiedCase('2026-03-02 09:00:00');

describe('the document of a penalty', () => {
  test('says of a person that it is one, whatever is written in the case', () => {
    const marked = fc.stringMatching(/^[A-Z0-9]{8,18}$/).map((text) => `MARK${text}`);
    fc.assert(
      fc.property(fc.constantFrom('person', 'other'), marked, (kind, mark) => {
        const document = penaltyDocument(
          {
            ...file(),
            subject: { kind, key: mark },
            decision: { kind: 'penalty', penalty: penaltyOf(), reason: mark, at: '2026-03-02 09:00:00' },
          },
          procedure,
          new Map([[mark, mark]]),
          null,
        );
        if (document === null) throw new Error('there is a penalty');
        expect(publicDocumentSchema.parse(document)).toMatchObject({ party: { kind } });
        expect(JSON.stringify(document) + titleOf(document)).not.toContain(mark);
      }),
    );
    expect(penaltyDocument(file(), procedure, new Map(), null)).toBeNull();
  });

  test('has no field but those of the contract', () => {
    const document = {
      kind: 'statistics',
      month: '2026-03',
      persons_min: 5,
      areas: [],
      classes: [],
      cells: [],
    };
    expect(publicDocumentSchema.safeParse(document).success).toBe(true);
    expect(publicDocumentSchema.safeParse({ ...document, psn_no: 'P1' }).success).toBe(false);
  });
});

describe('a text for everybody', () => {
  test('holds no number as persons have, however it is grouped; dates and amounts may stand', () => {
    const digits = fc.stringMatching(/^[1-9]\d{7,17}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom('', ' ', '-', ' - '), fc.nat(7), (number, gap, at) => {
        const grouped = `${number.slice(0, at)}${at === 0 ? '' : gap.trim() || gap}${number.slice(at)}`;
        expect(personalFaults(`某人（${grouped}）来院`)).not.toEqual([]);
      }),
    );
    for (const harmless of [
      '2026-03-02至2026-04-01',
      '共 1,234,567.89 元',
      '床位费 120 元，共 31 天',
      '2026年3月',
    ])
      expect(personalFaults(harmless)).toEqual([]);
    expect(personalFaults('写信给 wang@example.com')).not.toEqual([]);
    expect(personalFaults('电话１３８００１３８０００')).not.toEqual([]);
  });
});

describe('versions', () => {
  const approved = (actions: readonly VersionAction[]): Approved[] =>
    actions.map((action, place) => ({
      action,
      reason: action === 'publish' ? null : 'why',
      document: action === 'withdraw' ? null : statisticsDocument('2026-03', [countedOf(place + 10)], 5),
      sha256: null,
      published_on: '2026-04-01',
    }));
  const countedOf = (findings: number) => ({
    area: null,
    of_class: null,
    persons: findings,
    findings,
    amount_fen: 0,
  });

  test('leave one that everybody sees, or none; all others stay listed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...versionActions), { minLength: 1, maxLength: 12 }), (tried) => {
        const done: VersionAction[] = [];
        for (const action of tried) if (follows(action, done.at(-1))) done.push(action);
        if (done.length === 0) return;
        const list = approved(done);
        const item = publicItemOf(1, list);
        const current = item.versions.filter(({ state }) => state === 'current');
        expect(item.versions.map(({ version }) => version)).toEqual(
          done.map((_, place) => done.length - place),
        );
        expect(current).toHaveLength(done.at(-1) === 'withdraw' ? 0 : 1);
        expect(item.document === null).toBe(done.at(-1) === 'withdraw');
        // What says the same is never due; what is gone from its source is withdrawn, once.
        expect(
          stepDue(list, list.findLast(({ document }) => document !== null)?.document ?? null),
        ).toBeNull();
        expect(stepDue(list, null)).toBe(done.at(-1) === 'withdraw' ? null : 'withdraw');
      }),
    );
  });

  test('of statistics are not published when their difference tells of few', () => {
    const of = (findings: number) => {
      const made = statisticsDocument('2026-03', [countedOf(findings)], 5);
      if (made === null) throw new Error('it was counted');
      return made;
    };
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 60 }), fc.integer({ min: 5, max: 60 }), (before, after) => {
        const difference = Math.abs(before - after);
        expect(differsByFew(of(before), of(after))).toBe(difference > 0 && difference < 5);
      }),
    );
  });
});
