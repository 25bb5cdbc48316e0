import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { bundleText, givenOf, openedBundle, sealedBundle } from '../../src/inspection/bundle.ts';
import { commitmentOf } from '../../src/inspection/commitment.ts';
import type { Evidence, Replacement } from '../../src/inspection/contract.ts';
import { drawAll } from '../../src/inspection/draw.ts';
import { isRound, randomnessOf, roundAt, roundMs } from '../../src/inspection/drand.ts';
import { type Json, jsonSchema } from '../../src/rules/contract.ts';
import { nextFor } from '../../src/inspection/replaced.ts';
import { verifyBundle } from '../../src/inspection/verify.ts';
import {
  committed,
  committedAt,
  directories,
  drawnBundle,
  evidence,
  planOf,
  round1000,
  salt,
} from './draws.ts';

const small = directories(30, 6);
const bundle = drawnBundle(planOf(), small);
const text = bundleText(bundle);
/** The signature of a round takes most of the time to verify; dice take none. */
const dicePlan = planOf({
  seed_source: {
    kind: 'dice',
    parties: ['医保局', '纪检组'],
    rolls: 50,
    held_at: '2023-08-24T00:00:00.000Z',
  },
});
const fiftyRolls = Array.from({ length: 50 }, (_, index) => 1 + ((index * 7) % 6));
const quick = bundleText(
  openedBundle({
    ...committed(dicePlan, small),
    evidence: { kind: 'dice', rolls: [fiftyRolls, fiftyRolls] },
  }),
);
const json: Json = jsonSchema.parse(JSON.parse(text));
const faultsOf = (changed: string): string[] => verifyBundle(changed).faults.map(({ part }) => part);
/** Whoever changes a bundle may also write it in canonical form. */
const textWith = (way: Way, change: (value: Json) => Json): string =>
  `${canonicalJson(altered(json, way, change))}\n`;
const wordsWith = (way: Way, change: (value: Json) => Json): string =>
  verifyBundle(textWith(way, change))
    .faults.map(({ message }) => message.zh)
    .join('\n');
const reversed = (value: Json): Json => (Array.isArray(value) ? value.toReversed() : value);

describe('a bundle', () => {
  test('is reproduced, and says what was repeated', () => {
    const verification = verifyBundle(text, bundle.commitment_sha256);
    expect(verification.faults).toEqual([]);
    expect(verification.verdict).toBe('reproduced');
    expect(verification.passed).toEqual([
      'file',
      'commitment',
      'plan',
      'directories',
      'evidence',
      'salt',
      'result',
      'teams',
      'replacements',
    ]);
  });

  test('is committed, then sealed, and tells nobody who was drawn', () => {
    const { bundle: before } = committed(planOf(), small);
    expect(verifyBundle(bundleText(before)).verdict).toBe('committed');
    const sealed = sealedBundle(bundle);
    expect(verifyBundle(bundleText(sealed)).verdict).toBe('sealed');
    for (const { object_id, name } of small.objects) {
      expect(bundleText(sealed)).not.toContain(object_id);
      expect(bundleText(sealed)).not.toContain(`"${name}"`);
    }
    expect(bundleText(sealed)).not.toContain(salt);
  });

  test('with any one byte changed is not reproduced, and the place is named', () => {
    const anyByte = (whole: string, numRuns: number): void => {
      const bytes = Buffer.from(whole);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const copy = Buffer.from(bytes);
          copy[at] = (copy[at] ?? 0) ^ by;
          const verification = verifyBundle(copy.toString('utf8'));
          expect([at, by, verification.verdict]).toEqual([at, by, 'differs']);
          expect(verification.faults[0]?.message.zh).toBeTruthy();
        }),
        { numRuns },
      );
    };
    anyByte(quick, 1_500);
    anyByte(text, 50);
  });

  test('with any value changed and written canonically again is not reproduced', () => {
    const whole: Json = jsonSchema.parse(JSON.parse(quick));
    const places = leaves(whole);
    expect(places.length).toBeGreaterThan(300);
    for (const place of places) {
      const changed = `${canonicalJson(altered(whole, place, another))}\n`;
      expect([place.join('.'), verifyBundle(changed).verdict]).toEqual([place.join('.'), 'differs']);
    }
  });

  test('names what was changed', () => {
    const target = bundle.opening?.objects[7]?.object_id ?? '';
    expect(wordsWith(['opening', 'objects', 7, 'credit_grade'], () => 'A0')).toContain(
      `检查对象 ${target} 被改动`,
    );
    expect(wordsWith(['opening', 'inspectors', 2, 'unit'], () => '别的单位')).toContain(
      '检查人员 J00002 被改动',
    );
    const first = bundle.opening?.result.strata[1]?.drawn[0]?.object_id ?? '';
    expect(wordsWith(['opening', 'result', 'strata', 1, 'drawn'], reversed)).toContain(
      `第 1 位应为 ${first}`,
    );
    expect(wordsWith(['opening', 'result', 'teams', 0, 'inspectors'], reversed)).toContain('应由');
    expect(wordsWith(['commitment', 'plan', 'title'], () => '另一个方案')).toContain('承诺的哈希是');
    expect(wordsWith(['evidence'], () => null)).toContain('没有种子证据');
  });

  test('that was made anew in secret is not the one whose hash was published', () => {
    const other = drawnBundle(planOf({ title: '另一个方案' }), small);
    expect(verifyBundle(bundleText(other)).verdict).toBe('reproduced');
    const verification = verifyBundle(bundleText(other), bundle.commitment_sha256);
    expect(verification.verdict).toBe('differs');
    expect(verification.faults[0]?.part).toBe('commitment');
  });

  test('that is no bundle at all is told with its place', () => {
    expect(verifyBundle('{').faults[0]?.message.zh).toContain('不是 JSON');
    expect(verifyBundle('{}').faults[0]?.message.zh).toContain('$.commitment');
    expect(verifyBundle(` ${text}`).faults[0]?.message.zh).toContain('第 0 个字符');
    expect(faultsOf(text.trimEnd())).toEqual(['file']);
  });
});

describe('the seed', () => {
  test('is a round of drand that its signature proves', () => {
    expect(isRound(1_000, round1000.signature)).toBe(true);
    expect(randomnessOf(round1000.signature)).toBe(round1000.randomness);
    expect(isRound(1_001, round1000.signature)).toBe(false);
    expect(isRound(1_000, round1000.signature.replace('b4', 'b5'))).toBe(false);
    expect(isRound(1_000, 'ff'.repeat(48))).toBe(false);
    expect(new Date(roundMs(1_000)).toISOString()).toBe(round1000.at);
    expect(roundAt(roundMs(1_000))).toBe(1_000);
    expect(roundAt(roundMs(1_000) + 1)).toBe(1_001);
  });

  test('must not be known when the commitment is made', () => {
    const late = commitmentOf({
      ...committed(planOf(), small),
      plan: planOf(),
      committedAt: round1000.at,
      redrawOf: null,
    });
    const verification = verifyBundle(
      bundleText(openedBundle({ ...committed(planOf(), small), commitment: late, evidence })),
    );
    expect(verification.faults.map(({ part }) => part)).toEqual(['plan']);
    expect(verification.faults[0]?.message.zh).toContain('早于承诺时间');
  });

  const published = planOf({
    seed_source: {
      kind: 'published',
      sources: [
        { name: '双色球', available_at: '2023-08-24T00:00:00.000Z', numbers: 3 },
        { name: '上证综指收盘', available_at: '2023-08-24T00:00:00.000Z', numbers: 1 },
      ],
      readers: ['张三', '李四'],
    },
  });
  const verdictOf = (plan: ReturnType<typeof planOf>, by: Evidence) =>
    verifyBundle(bundleText(openedBundle({ ...committed(plan, small), evidence: by })));

  test('comes from published numbers that two people read alike', () => {
    const one = [[3, 17, 22], [312_456]];
    const turned = [[22, 3, 17], [312_456]];
    expect(verdictOf(published, { kind: 'published', readings: [one, turned] }).verdict).toBe('reproduced');
    const wrong = verdictOf(published, { kind: 'published', readings: [one, [[3, 17, 23], [312_456]]] });
    expect(wrong.faults[0]?.message.zh).toContain('“双色球”两人录入不一致');
    const few = verdictOf(published, { kind: 'published', readings: [one, [[3, 17, 22]]] });
    expect(few.faults[0]?.message.zh).toContain('缺少“上证综指收盘”');
  });

  test('comes from dice of two parties', () => {
    expect(verdictOf(dicePlan, { kind: 'dice', rolls: [fiftyRolls, fiftyRolls] }).verdict).toBe('reproduced');
    expect(
      verdictOf(dicePlan, { kind: 'dice', rolls: [fiftyRolls, fiftyRolls.slice(1)] }).faults[0]?.message.zh,
    ).toContain('“纪检组”应掷 50 次，录入了 49 次');
    expect(verdictOf(dicePlan, evidence).faults[0]?.message.zh).toContain('承诺的种子来源是 dice');
  });

  test('is another one with another commitment, salt or value', () => {
    const seeds = [
      drawnBundle(planOf(), small),
      drawnBundle(planOf({ title: '另一个' }), small),
      drawnBundle(planOf(), directories(31, 6)),
    ].map(({ opening }) => opening?.result.seed);
    expect(new Set(seeds).size).toBe(3);
  });
});

describe('replacements', () => {
  const held = committed(planOf(), small);
  const given = { ...held, evidence };
  const drawn = drawAll(givenOf(given));
  const at = '2023-09-02T01:00:00.000Z';
  const out = drawn.result.strata[1]?.drawn[0]?.object_id ?? '';
  const [team] = drawn.result.teams ?? [];
  const [inspector = ''] = team?.inspectors ?? [];
  const signed = { reason: '已停业', signed_by: '王五', at };

  test('go by the next ticket, and are repeated with the draw', () => {
    const next = nextFor(givenOf(given), drawn, [], { kind: 'object', stratum: 'low-grade', out }) ?? '';
    const order = drawn.orders.get('low-grade') ?? [];
    expect(next).toBe(order[drawn.result.strata[1]?.drawn.length ?? 0]?.object_id);
    const first: Replacement = { kind: 'object', stratum: 'low-grade', out, in: next, ...signed };
    const substitute =
      nextFor(givenOf(given), drawn, [first], {
        kind: 'inspector',
        object_id: team?.object_id ?? '',
        out: inspector,
      }) ?? '';
    const second: Replacement = {
      kind: 'inspector',
      object_id: team?.object_id ?? '',
      out: inspector,
      in: substitute,
      ...signed,
    };
    const both = bundleText(openedBundle(given, drawn, [first, second]));
    expect(verifyBundle(both).verdict).toBe('reproduced');
  });

  test('that somebody chose are named', () => {
    const chosen = drawn.orders.get('low-grade')?.at(-1)?.object_id ?? '';
    const verification = verifyBundle(
      bundleText(
        openedBundle(given, drawn, [{ kind: 'object', stratum: 'low-grade', out, in: chosen, ...signed }]),
      ),
    );
    expect(verification.verdict).toBe('differs');
    expect(verification.faults[0]?.part).toBe('replacements');
    expect(verification.faults[0]?.message.zh).toContain('第 1 次替补：替补应为');
    const stranger = verifyBundle(
      bundleText(
        openedBundle(given, drawn, [
          { kind: 'object', stratum: 'low-grade', out: 'H0', in: chosen, ...signed },
        ]),
      ),
    );
    expect(stranger.faults[0]?.message.zh).toContain('未被抽中');
  });
});

describe('a redraw', () => {
  test('names the draw whose place it takes, why, and who approved', () => {
    const { frozen } = committed(planOf(), small);
    const redrawOf = {
      commitment_sha256: bundle.commitment_sha256,
      reason: '名录缺少新增机构',
      approvers: ['张三', '李四'] as [string, string],
    };
    const commitment = commitmentOf({ plan: planOf(), salt, frozen, committedAt, redrawOf });
    const again = openedBundle({ commitment, frozen, salt, evidence });
    expect(verifyBundle(bundleText(again)).verdict).toBe('reproduced');
    expect(again.opening?.result.seed).not.toBe(bundle.opening?.result.seed);
  });
});

type Way = readonly (string | number)[];

/** The ways to all values that are no containers. */
function leaves(value: Json, way: Way = []): Way[] {
  if (typeof value !== 'object' || value === null) return [way];
  return Array.isArray(value)
    ? value.flatMap((item, index) => leaves(item, [...way, index]))
    : Object.entries(value).flatMap(([key, part]) => leaves(part, [...way, key]));
}

/** The same with another value at one place. */
function altered(value: Json, [key, ...way]: Way, change: (value: Json) => Json): Json {
  if (key === undefined) return change(value);
  if (typeof value !== 'object' || value === null) throw new Error(`nothing at ${key}`);
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? altered(item, way, change) : item));
  return { ...value, [key]: altered(value[key] ?? null, way, change) };
}

const another = (value: Json): Json =>
  typeof value === 'number'
    ? value + 1
    : typeof value === 'boolean'
      ? !value
      : typeof value === 'string'
        ? `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`
        : '0';
