/**
 * The law of the two evaluators: compiled code and json-rules-engine agree on every rule and every candidate. Their facts are written
 * twice; the comparison of two values is shared, and is held against json-rules-engine's own operators and against a table elsewhere.
 */
import fc from 'fast-check';
import { Engine } from 'json-rules-engine';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Candidate, candidateKey, candidatesOf, looksOf } from '../../src/rules/candidate.ts';
import { concernsOf, rulesOfItem } from '../../src/rules/concerned.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { type Operator, type RuleDocument, ruleSchema } from '../../src/rules/contract.ts';
import { referenceEngine } from '../../src/rules/reference.ts';
import type * as value from '../../src/rules/value.ts';
import { compare, type Value } from '../../src/rules/value.ts';
import { randomDocument } from './random-documents.ts';
import { smallTables } from './small-tables.ts';
import { personsOfWorld } from './small-world.ts';

const documents = 1_000;
const timelinesPerDocument = 21;
const candidatesPerPair = 6;
const worlds = 60;
const propertyMs = 120_000;

const everybody = Array.from({ length: worlds }, (_, seed) => personsOfWorld(seed)).flat();

interface Counts {
  pairs: number;
  candidates: number;
  hit: number;
  no: number;
  unknown: number;
}

/** The timelines and, of each, the candidates that a document is tried on: spread over everything by `start`. */
function trialsOf(document: RuleDocument, start: number): { pairs: number; candidates: Candidate[] } {
  const candidates: Candidate[] = [];
  let pairs = 0;
  for (let index = 0; pairs < timelinesPerDocument && index < everybody.length; index += 1) {
    const person = everybody[(start + index) % everybody.length];
    const all = person === undefined ? [] : candidatesOf(document, person);
    if (all.length === 0) continue;
    pairs += 1;
    const step = Math.max(1, Math.floor(all.length / candidatesPerPair));
    candidates.push(...all.filter((_, at) => at % step === 0).slice(0, candidatesPerPair));
  }
  return { pairs, candidates };
}

/** Candidates on which the two disagree. */
async function disagreements(
  document: RuleDocument,
  start: number,
  counts: Counts,
  compile: typeof compileRule = compileRule,
): Promise<Candidate[]> {
  const compiled = compile(document, smallTables);
  const explain = referenceEngine(document, smallTables);
  const { pairs, candidates } = trialsOf(document, start);
  counts.pairs += pairs;
  const found: Candidate[] = [];
  for (const candidate of candidates) {
    const outcome = compiled.decide(candidate);
    counts.candidates += 1;
    counts[outcome] += 1;
    const { hit, tree } = await explain(candidate);
    if (hit !== (outcome === 'hit')) found.push(candidate);
    // The explanation says the same as the verdict.
    else if (candidate.missing.length === 0 && tree.result !== hit) found.push(candidate);
  }
  return found;
}

const none = (): Counts => ({ pairs: 0, candidates: 0, hit: 0, no: 0, unknown: 0 });

describe('compiled rules and json-rules-engine', () => {
  it(
    'agree on random rules and random timelines',
    async () => {
      const counts = none();
      await fc.assert(
        fc.asyncProperty(randomDocument, fc.nat(everybody.length - 1), async (document, start) => {
          // What a rule author could write: everything but the types fits.
          ruleSchema.parse(document);
          expect(await disagreements(document, start, counts)).toEqual([]);
        }),
        { numRuns: documents, seed: 735 },
      );
      expect(counts.pairs).toBeGreaterThanOrEqual(documents * timelinesPerDocument);
      expect(counts.candidates).toBeGreaterThanOrEqual(100_000);
      // The comparison is worth little when everything is unknown.
      for (const outcome of ['hit', 'no', 'unknown'] as const)
        expect(counts[outcome]).toBeGreaterThan(counts.candidates / 10);
      console.info(`compared ${JSON.stringify(counts)}`);
    },
    propertyMs,
  );
});

/** Keys of the candidates that a rule does not say no to. */
const spoken = (compiled: ReturnType<typeof compileRule>, candidates: readonly Candidate[]): string[] =>
  candidates.flatMap((candidate) => {
    const outcome = compiled.decide(candidate);
    return outcome === 'no'
      ? []
      : [`${outcome} ${candidateKey(compiled.document, candidate)} ${candidate.line?.line.feedetl_sn}`];
  });

describe('what is spared evaluation', () => {
  it('would have been answered with no', () => {
    let spared = 0;
    let passedOver = 0;
    fc.assert(
      fc.property(randomDocument, fc.nat(everybody.length - 1), (document, start) => {
        const compiled = compileRule(document, smallTables);
        const { items, mayConcern, groupSizeMin } = compiled;
        // Of other items a rule says nothing, not even that it cannot judge them.
        const isOfRule = ({ line }: Candidate): boolean =>
          items === null || line === null || items.has(line.line.med_list_codg);
        for (const person of everybody.slice(start, start + timelinesPerDocument)) {
          const everything = candidatesOf(document, person);
          const all = everything.filter(isOfRule);
          const others = everything.filter((candidate) => !isOfRule(candidate));
          expect(others.map(compiled.decide)).not.toContain('hit');
          const [looks = null] = concernsOf([compiled], rulesOfItem([compiled]), looksOf(person));
          const looked =
            looks === null
              ? []
              : candidatesOf(document, person, { claim: () => true, looks, mayConcern, groupSizeMin });
          spared += all.length - looked.length;
          if (looks === null) passedOver += 1;
          expect(spoken(compiled, looked)).toEqual(spoken(compiled, all));
        }
      }),
      { numRuns: documents, seed: 736 },
    );
    expect(spared).toBeGreaterThan(documents);
    expect(passedOver).toBeGreaterThan(documents / 20);
  });
});

describe('the comparison itself', () => {
  afterEach(() => {
    vi.doUnmock('../../src/rules/value.ts');
    vi.resetModules();
  });

  const faults: readonly (readonly [name: string, broken: typeof compare])[] = [
    [
      'takes > for >=',
      (operator, left, right) =>
        compare(operator === 'greaterThan' ? 'greaterThanInclusive' : operator, left, right),
    ],
    [
      'forgets an operator',
      (operator, left, right) => (operator === 'startsWithAny' ? 'no' : compare(operator, left, right)),
    ],
    ['takes unknown for absent', (operator, left, right) => compare(operator, left ?? null, right ?? null)],
    [
      'takes absent for unknown',
      (operator, left, right) => compare(operator, left ?? undefined, right ?? undefined),
    ],
    [
      'converts types',
      (operator, left, right) =>
        compare(operator, typeof left === 'number' && typeof right === 'string' ? String(left) : left, right),
    ],
  ];

  it.each(faults)(
    'catches a compiler that %s',
    async (_, broken) => {
      vi.resetModules();
      vi.doMock('../../src/rules/value.ts', async (original) => ({
        ...(await original<typeof value>()),
        compare: broken,
        comparisonWith:
          (...[operator, right]: Parameters<typeof value.comparisonWith>) =>
          (left: Value) =>
            broken(operator, left, right),
      }));
      const { compileRule: brokenCompile } = await import('../../src/rules/compile.ts');
      let caught = 0;
      for (const [index, document] of fc
        .sample(randomDocument, { numRuns: documents, seed: 735 })
        .entries()) {
        caught += (await disagreements(document, index, none(), brokenCompile)).length;
        if (caught > 0) break;
      }
      expect(caught).toBeGreaterThan(0);
    },
    propertyMs,
  );
});

describe('the comparison of two values', () => {
  const given = ['equal', 'notEqual', 'in', 'notIn', 'contains', 'doesNotContain'] as const;
  const ordering = ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'] as const;
  const scalar = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom('', '1', 'a', 'ab'), fc.boolean());
  const list = fc.array(scalar, { maxLength: 3 });
  const pairOf = (operator: Operator): fc.Arbitrary<[Value, Value]> => {
    switch (operator) {
      case 'in':
      case 'notIn':
        return fc.tuple(scalar, list);
      case 'contains':
      case 'doesNotContain':
        return fc.tuple(list, scalar);
      case 'equal':
      case 'notEqual':
        return fc.tuple(scalar, scalar);
      default:
        return fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }));
    }
  };

  it.each([...given, ...ordering])("says of '%s' what json-rules-engine says", async (operator) => {
    await fc.assert(
      fc.asyncProperty(pairOf(operator), async ([left, right]) => {
        const engine = new Engine([
          { conditions: { all: [{ fact: 'left', operator, value: right }] }, event: { type: 'hit' } },
        ]);
        const { events } = await engine.run({ left });
        expect(compare(operator, left, right)).toBe(events.length > 0 ? 'hit' : 'no');
      }),
      { numRuns: 200, seed: 735 },
    );
  });
});
