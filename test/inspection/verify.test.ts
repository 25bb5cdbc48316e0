import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { bundleText, givenOf, openedBundle, sealedBundle } from '../../src/inspection/bundle.ts';
import { commitmentOf } from '../../src/inspection/commitment.ts';
import type { Evidence, Replacement } from '../../src/inspection/contract.ts';
import { drawAll } from '../../src/inspection/draw.ts';
import { isRound, randomnessOf } from '../../src/inspection/drand.ts';
import { roundAt, roundMs } from '../../src/inspection/drand-contract.ts';
import { type Json, jsonSchema } from '../../src/rules/contract.ts';
import { type Leaving, replacementFor, standingOf } from '../../src/inspection/replaced.ts';
import { verifyBundle, verifyFile } from '../../src/inspection/verify.ts';
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
const dice: Evidence = { kind: 'dice', rolls: [fiftyRolls, fiftyRolls] };
const quickBundle = openedBundle({ ...committed(dicePlan, small), evidence: dice });
const quick = bundleText(quickBundle);
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
    anyByte(quick, 1_500);
    anyByte(text, 50);
  });

  test('with any value changed and written canonically again is not reproduced', () => {
    expect(anyValue(quick)).toBeGreaterThan(300);
  });

  test('that is sealed binds the rolls and numbers that nothing signs', () => {
    const sealed = bundleText(sealedBundle(quickBundle));
    expect(verifyBundle(sealed).verdict).toBe('sealed');
    anyByte(sealed, 500);
    anyValue(sealed, (way) => way.includes('evidence') || way.includes('evidence_sha256'));
    const { faults } = verifyBundle(sealed.replace('"rolls":[[1', '"rolls":[[2'));
    expect(faults.map(({ part }) => part)).toEqual(['evidence']);
    expect(verifyBundle(bundleText({ ...sealedBundle(quickBundle), evidence_sha256: null })).verdict).toBe(
      'differs',
    );
  });

  test('is read byte by byte: what is no UTF-8, and a byte order mark, are differences', () => {
    const objects = small.objects.map((one, index) => (index === 3 ? { ...one, name: '医\uFFFD院' } : one));
    const odd = bundleText(openedBundle({ ...committed(dicePlan, { ...small, objects }), evidence: dice }));
    const bytes = new TextEncoder().encode(odd);
    expect(verifyFile(bytes).verdict).toBe('reproduced');
    const at = Buffer.from(bytes).indexOf('\uFFFD');
    // Read loosely, the four-byte beginning F0 BF BD is the same character as EF BF BD.
    const wrong = bytes.with(at, 0xf0);
    expect(verifyFile(wrong).faults[0]?.message.zh).toBe('不是 UTF-8 文本');
    expect(verifyFile(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes)).verdict).toBe('differs');
  });

  test('names one person who stands where two belong', () => {
    const { frozen } = committed(planOf(), small);
    const redrawOf = {
      commitment_sha256: bundle.commitment_sha256,
      reason: '名录缺项',
      approvers: ['张三', '张三 '] as [string, string],
    };
    const commitment = commitmentOf({ plan: planOf(), salt, frozen, committedAt, redrawOf });
    const again = verifyBundle(bundleText(openedBundle({ commitment, frozen, salt, evidence })));
    expect(again.faults.map(({ message }) => message.zh)).toEqual(['重抽须由两名不同的人批准']);
    const { seed_source } = dicePlan;
    if (seed_source.kind !== 'dice') throw new Error('no dice');
    const alone = planOf({ seed_source: { ...seed_source, parties: ['纪检组', '纪检组'] } });
    expect(
      verifyBundle(bundleText(openedBundle({ ...committed(alone, small), evidence: dice }))).faults.map(
        ({ message }) => message.zh,
      ),
    ).toEqual(['骰子须由两方分别掷']);
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
    expect(wordsWith(['evidence'], () => null)).toContain('缺少种子证据');
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
  // Of one kind, so that any team may check any of them.
  const alike = { ...small, objects: small.objects.map((one) => ({ ...one, kind: '医院' })) };
  const held = committed(planOf(), alike);
  const given = { ...held, evidence };
  const drawGiven = givenOf(given);
  const drawn = drawAll(drawGiven);
  const at = '2023-09-02T01:00:00.000Z';
  const out = drawn.result.strata[1]?.drawn[0]?.object_id ?? '';
  const team = drawn.result.teams?.find(({ object_id }) => object_id === out);
  const signed = { reason: '已停业', signed_by: '王五', at };
  const objectOut: Leaving = { kind: 'object', stratum: 'low-grade', out };
  const made = (before: readonly Replacement[], leaving: Leaving, by = drawGiven): Replacement => {
    const entry = replacementFor(by, drawAll(by), before, leaving, signed);
    if (entry === null) throw new Error('nobody comes in');
    return entry;
  };
  const verifiedWith = (entries: readonly Replacement[]) =>
    verifyBundle(bundleText(openedBundle(given, drawn, entries)));
  const first = made([], objectOut);
  const inspectorOut = (who: string): Leaving => ({ kind: 'inspector', object_id: first.in, out: who });
  const second = made([first], inspectorOut(team?.inspectors[0] ?? ''));

  test('go by the next ticket, and are repeated with the draw', () => {
    const order = drawn.orders.get('low-grade') ?? [];
    expect(first.in).toBe(order[drawn.result.strata[1]?.drawn.length ?? 0]?.object_id);
    expect(verifiedWith([first, second]).verdict).toBe('reproduced');
  });

  test('that somebody chose are named', () => {
    const chosen = drawn.orders.get('low-grade')?.at(-1)?.object_id ?? '';
    const verification = verifiedWith([{ ...first, in: chosen }]);
    expect(verification.verdict).toBe('differs');
    expect(verification.faults[0]?.part).toBe('replacements');
    expect(verification.faults[0]?.message.zh).toContain('第 1 次替补：替补应为');
    expect(verifiedWith([{ ...first, out: 'H0' }]).faults[0]?.message.zh).toContain('未被抽中');
  });

  test('cannot be told otherwise later: neither who signed, nor why, nor when, nor that one was left out', () => {
    for (const changed of [{ signed_by: '赵六' }, { reason: '不想查' }, { at: '2023-09-02T01:00:00.001Z' }])
      expect(verifiedWith([{ ...first, ...changed }, second]).faults[0]?.message.zh).toContain(
        '第 1 次替补：内容被改动',
      );
    expect(verifiedWith([second]).verdict).toBe('differs');
  });

  test('bring nobody to an object from which they are recused', () => {
    const inspectors = small.inspectors.map((one) =>
      one.inspector_id === team?.inspectors[0] ? { ...one, recused_from: [first.in] } : one,
    );
    const recused = { ...drawGiven, inspectors };
    expect(drawAll(recused).result).toEqual(drawn.result);
    const entry = made([], objectOut, recused);
    expect(entry.in).toBe(first.in);
    expect(entry.kind === 'object' && entry.team).not.toContain(team?.inspectors[0]);
    expect(entry.kind === 'object' && entry.team).toHaveLength(2);
    // Without such a relation the team stays, whatever else the roster holds.
    expect(first.kind === 'object' && first.team).toEqual(team?.inspectors);
    // One without the specialty that its kind takes gets another team as well.
    const needs = {
      ...drawGiven,
      plan: {
        ...drawGiven.plan,
        teams: drawGiven.plan.teams && {
          ...drawGiven.plan.teams,
          requirements: [{ kinds: ['专科'], specialty: '临床', at_least: 1 }],
        },
      },
      objects: drawGiven.objects.map((one) => (one.object_id === first.in ? { ...one, kind: '专科' } : one)),
      inspectors: drawGiven.inspectors.map((one) =>
        team?.inspectors.includes(one.inspector_id) ? { ...one, specialties: [] } : one,
      ),
    };
    const skilled = replacementFor(needs, drawAll(needs), [], objectOut, signed);
    const skills = skilled?.kind === 'object' ? (skilled.team ?? []) : [];
    expect(
      needs.inspectors.some(
        ({ inspector_id, specialties }) => skills.includes(inspector_id) && specialties.includes('临床'),
      ),
    ).toBe(true);
    const { teams } = standingOf(drawn.result, [entry]);
    expect(teams.some(({ object_id }) => object_id === out)).toBe(false);
    expect(teams.find(({ object_id }) => object_id === first.in)?.inspectors).toEqual(
      entry.kind === 'object' && entry.team,
    );
  });

  test('bring nobody back who went out', () => {
    const left = new Set<string>();
    const entries: Replacement[] = [];
    let leaving = team?.inspectors[0] ?? '';
    for (let turn = 0; turn < 2; turn += 1) {
      left.add(leaving);
      const entry = made(entries, { kind: 'inspector', object_id: out, out: leaving });
      expect(left.has(entry.in)).toBe(false);
      entries.push(entry);
      leaving = entry.in;
    }
    expect(verifiedWith(entries).verdict).toBe('reproduced');
  });

  test('are bound byte by byte and value by value, like the rest', () => {
    const quickGiven = { ...committed(dicePlan, small), evidence: dice };
    const by = givenOf(quickGiven);
    const stratum = drawAll(by).result.strata.find(
      (one) => one.drawn.length < one.size && one.drawn.length > 0,
    );
    const gone: Leaving = {
      kind: 'object',
      stratum: stratum?.code ?? '',
      out: stratum?.drawn[0]?.object_id ?? '',
    };
    const entry = made([], gone, by);
    const later = made(
      [entry],
      { kind: 'inspector', object_id: entry.in, out: (entry.kind === 'object' && entry.team?.[0]) || '' },
      by,
    );
    const whole = bundleText(openedBundle(quickGiven, drawAll(by), [entry, later]));
    expect(verifyBundle(whole).verdict).toBe('reproduced');
    const from = Buffer.byteLength(whole.slice(0, whole.indexOf('"replacements":[')));
    const to = Buffer.byteLength(whole.slice(0, whole.indexOf('"result":')));
    anyByte(whole, 600, from, to - 1);
    anyValue(whole, (way) => way.includes('replacements'));
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

/** Changes one byte after another, anywhere from `from` to `to`. */
function anyByte(whole: string, numRuns: number, from = 0, to?: number): void {
  const bytes = Buffer.from(whole);
  fc.assert(
    fc.property(
      fc.integer({ min: from, max: to ?? bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, by) => {
        const copy = Uint8Array.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ by;
        const verification = verifyFile(copy);
        expect([at, by, verification.verdict]).toEqual([at, by, 'differs']);
        expect(verification.faults[0]?.message.zh).toBeTruthy();
      },
    ),
    { numRuns },
  );
}

/** Changes one value after another, in canonical form. @returns how many there were */
function anyValue(whole: string, isMeant: (way: Way) => boolean = () => true): number {
  const value: Json = jsonSchema.parse(JSON.parse(whole));
  const ways = leaves(value).filter(isMeant);
  expect(ways.length).toBeGreaterThan(0);
  for (const way of ways) {
    const changed = `${canonicalJson(altered(value, way, another))}\n`;
    expect([way.join('.'), verifyBundle(changed).verdict]).toEqual([way.join('.'), 'differs']);
  }
  return ways.length;
}

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
