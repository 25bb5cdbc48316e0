/** Documents for everybody and their versions: laws on random cases and sequences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import { type HeldCheck, publicCheck } from '../../src/publicity/checks.ts';
import {
  plannedChecks,
  publicDocumentSchema,
  statisticsRows,
  type VersionAction,
  versionActions,
} from '../../src/publicity/contract.ts';
import {
  type Counted,
  differsByFew,
  penaltyDocument,
  statisticsDocument,
  statisticsIn,
  titleOf,
} from '../../src/publicity/documents.ts';
import { personalFaults } from '../../src/cases/personal-text.ts';
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
            party_name: mark,
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

  test('names an institution as its decision does, and as claims do where that states no name', () => {
    const nameOf = (party_name: string | null) => {
      const decision = {
        kind: 'penalty',
        penalty: penaltyOf(),
        reason: '',
        at: '2026-03-02 09:00:00',
      } as const;
      const names = new Map([[file().subject.key, '结算所称医院']]);
      const document = penaltyDocument({ ...file(), party_name, decision }, procedure, names, null);
      return document === null ? null : titleOf(document).split('：')[0];
    };
    expect([nameOf('决定书所称医院'), nameOf(null)]).toEqual(['决定书所称医院', '结算所称医院']);
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

describe('statistics of an area', () => {
  const areas = ['330702', '330703', '330782', '330802', 'other'];
  const classes = ['政策类', '管理类'];
  /** Findings of persons of their own, by area and class, with every total. */
  const counted = (inner: readonly (readonly number[])[]): Counted[] => {
    const groups = [
      ...areas.map((area) => ({ area, pool: null, of: [area] })),
      { area: null, pool: '330700', of: areas.slice(0, 3) },
      { area: null, pool: null, of: areas },
    ];
    return groups.flatMap(({ area, pool, of }) =>
      [...classes, null].map((of_class) => {
        const persons = of
          .flatMap((one) => inner[areas.indexOf(one)] ?? [])
          .filter((_, place) => of_class === null || place % 2 === classes.indexOf(of_class))
          .reduce((sum, one) => sum + one, 0);
        return { area, pool, of_class, persons, findings: persons, amount_fen: persons * 100 };
      }),
    );
  };
  const tables = fc.array(fc.array(fc.nat(20), { minLength: 2, maxLength: 2 }), {
    minLength: areas.length,
    maxLength: areas.length,
  });

  test('are rows of the whole and tell nothing more, whatever area is asked for', () => {
    fc.assert(
      fc.property(
        tables,
        fc.constantFrom('330702', '330700', '330800', '330000', '440300'),
        (inner, asked) => {
          const whole = statisticsDocument('2026-03', counted(inner), 5);
          if (whole === null) throw new Error('it was counted');
          const part = statisticsIn(whole, asked);
          const lines = statisticsRows(whole);
          for (const row of statisticsRows(part)) {
            expect(lines).toContainEqual(row);
            expect(row.area?.startsWith(asked.replace(/(00)+$/, '')) ?? false).toBe(true);
          }
          expect(publicDocumentSchema.safeParse(part).success).toBe(true);
        },
      ),
    );
  });

  test('have a total of their 统筹区 where there are several, and the whole keeps its own', () => {
    const whole = statisticsDocument('2026-03', counted(areas.map(() => [9, 9])), 5);
    if (whole === null) throw new Error('it was counted');
    expect(whole.pools).toEqual(['330700']);
    const told = (asked: string) =>
      statisticsRows(statisticsIn(whole, asked)).map(({ level, area, cells }) => [
        level,
        area,
        cells.at(-1)?.findings,
      ]);
    expect(told('330700')).toEqual([
      ['area', '330702', 18],
      ['area', '330703', 18],
      ['area', '330782', 18],
      ['pool', '330700', 54],
    ]);
    expect(told('330800')).toEqual([['area', '330802', 18]]);
    expect(statisticsRows(whole).at(-1)).toMatchObject({ level: 'total', area: null });
    expect(told('440300')).toEqual([]);
  });
});

describe('a check beside the draws', () => {
  const terms = {
    announced: ['recheck'] as const,
    publish_days: 20,
    results: [
      {
        code: 'corrected',
        title: { zh: '已责令改正', en: 'Ordered to correct' },
        problems: 'some' as const,
        orders_correction: true,
        fact: null,
      },
    ],
  };
  const held = (changed: Partial<HeldCheck> = {}): HeldCheck => ({
    id: 7,
    kind: 'flight',
    from_day: '2026-03-01',
    due_day: '2026-03-10',
    recheck_of: null,
    object: { object_id: 'H33070200001', name: '甲医院', admdvs: '330702' },
    record: null,
    ...changed,
  });
  const found = { checked_on: '2026-03-05', result_code: 'corrected', published_on: '2026-03-06' };
  const of = (changed: Partial<HeldCheck>, today: string) =>
    publicCheck(held(changed), { ...terms, announced: [...terms.announced] }, today);

  test('is secret until it is done, unless it was announced; overdue it is seen without its object', () => {
    const day = fc.integer({ min: 0, max: 80 }).map((days) => formatDay((dayOf('2026-02-20') ?? 0) + days));
    fc.assert(
      fc.property(fc.constantFrom(...plannedChecks), fc.boolean(), day, (kind, isDone, today) => {
        const shown = of({ kind, record: isDone ? found : null }, today);
        const mayBeKnown = isDone || kind === 'recheck';
        const isLate = !isDone && today > '2026-03-30';
        expect(shown === null).toBe(!mayBeKnown && !isLate);
        if (shown === null) return;
        expect(shown.overdue).toBe(isLate);
        expect(JSON.stringify(shown).includes('甲医院')).toBe(mayBeKnown);
        expect([shown.area, shown.result?.zh ?? null]).toEqual([
          mayBeKnown ? '330702' : null,
          isDone ? '已责令改正' : null,
        ]);
      }),
    );
  });

  test('that is published too late says so, and a person has no name in it', () => {
    expect(of({ record: { ...found, published_on: '2026-03-26' } }, '2026-04-01')?.overdue).toBe(true);
    expect(of({ record: { ...found, published_on: '2026-03-25' } }, '2026-04-01')?.overdue).toBe(false);
    const person = { object_id: '33070219800101123X', name: '张三', admdvs: '330702' };
    const shown = of({ object: person, record: found }, '2026-04-01');
    expect(shown?.party).toEqual({ kind: 'person' });
    expect(JSON.stringify(shown)).not.toMatch(/张三|1980/);
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
    pool: null,
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
