/**
 * `npm run bench rules`: the same rules on the same claims in json-rules-engine, zen-engine, json-logic-engine and ours. What they hit is
 * compared before any clock starts. The others are handed the facts of each line ready made; ours begins with the claims of a person as
 * the stream has them, nets and orders them, and reads its facts itself.
 */
import { canonicalClaim } from '../claims/canonical.ts';
import type { CurrentClaim } from '../claims/timeline.ts';
import { timelineOf } from '../claims/timeline.ts';
import { dayOf } from '../platform/civil.ts';
import { type Candidate, candidatesOf } from '../rules/candidate.ts';
import { factReferences } from '../rules/compile.ts';
import { type Condition, type Leaf, type RuleDocument, ruleSchema } from '../rules/contract.ts';
import { plainFacts } from '../rules/facts.ts';
import { type RuleSet, ruleSetOf } from '../rules/library.ts';
import { byPerson, screenPersons } from '../screening/screen-all.ts';
import { decidePerson } from '../screening/screen.ts';
import { benchClaim, benchItems } from './claims.ts';
import { type Machine, machine } from './machine.ts';
import {
  type FlatFacts,
  flatName,
  type Judge,
  jsonLogicEngine,
  jsonRulesEngine,
  zenEngine,
} from './rule-engines.ts';

export interface RulesOptions {
  readonly rules: number;
  /** Claims on which all engines are compared, and which each judges again and again. */
  readonly claims: number;
  /** At least so long for each engine. */
  readonly seconds: number;
  readonly print: (line: string) => void;
}

export interface EngineFigures {
  readonly engine: string;
  readonly claims_per_s: number;
  readonly us_per_claim: number;
  /** Of json-rules-engine in the same run. */
  readonly times: number;
}

export interface RulesFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly rules: number;
  readonly claims: number;
  readonly lines: number;
  readonly hits: number;
  readonly engines: readonly EngineFigures[];
}

export async function runRulesBench({ rules, claims, seconds, print }: RulesOptions): Promise<RulesFigures> {
  const documents = benchRules(rules);
  const ruleSet = ruleSetOf(documents, { tables: new Map(), version: '' });
  const current = claimsOf(claims);
  const persons = byPerson(current, ({ claim }) => claim.person.psn_no);
  const lines = linesOf(documents, persons);
  const others: readonly (readonly [string, Judge])[] = [
    ['json-rules-engine', jsonRulesEngine(documents)],
    ['@gorules/zen-engine', await zenEngine(documents)],
    ['json-logic-engine', await jsonLogicEngine(documents)],
  ];
  const ours = hitsOfOurs(ruleSet, persons);
  for (const [engine, judge] of others) {
    const theirs = await hitsOf(documents, lines, judge);
    const odd = [...theirs].find((hit) => !ours.has(hit)) ?? [...ours].find((hit) => !theirs.has(hit));
    if (odd !== undefined) throw new Error(`${engine} and ours disagree on ${odd}`);
  }
  print(`  ${ours.size} hits of ${documents.length} rules on ${lines.length} lines: all agree`);

  const measured: [string, number][] = [];
  const measure = async (engine: string, judgeAll: () => Promise<void> | void): Promise<void> => {
    const rate = claims / (await secondsOf(judgeAll, seconds));
    print(`  ${engine}: ${Math.round(rate)} claims/s`);
    measured.push([engine, rate]);
  };
  for (const [engine, judge] of others)
    await measure(engine, async () => {
      for (const { facts } of lines) await judge(facts);
    });
  await measure('ours', () => {
    decideAll(ruleSet, persons);
  });
  await measure('ours, hits explained', async () => {
    await screenPersons(persons, new Map(), ruleSet, () => true);
  });
  const base = measured[0]?.[1] ?? Number.NaN;
  return {
    measured_at: new Date().toISOString(),
    machine: machine(),
    rules: documents.length,
    claims,
    lines: lines.length,
    hits: ours.size,
    engines: measured.map(([engine, rate]) => ({
      engine,
      claims_per_s: Math.round(rate),
      us_per_claim: Number((1e6 / rate).toPrecision(4)),
      times: Number((rate / base).toPrecision(3)),
    })),
  };
}

/** Once to warm up, then until the time is over. @returns seconds for all claims, the best of the rounds */
async function secondsOf(judgeAll: () => Promise<void> | void, seconds: number): Promise<number> {
  await judgeAll();
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + seconds * 1000;
  do {
    const began = performance.now();
    await judgeAll();
    best = Math.min(best, (performance.now() - began) / 1000);
  } while (performance.now() < until);
  return best;
}

/** A city in which people come several times: a timeline is more than a claim. */
const personsPerClaim = 0.2;

function claimsOf(claims: number): CurrentClaim[] {
  const world = { persons: Math.max(1, Math.round(claims * personsPerClaim)), history: 0 };
  const asOf = dayOf('2027-01-01') ?? 0;
  return Array.from({ length: claims }, (_, index) => {
    const read = canonicalClaim(JSON.parse(benchClaim(index, world)), asOf);
    if (!read.ok) throw new Error(`a claim of the benchmark is none: ${JSON.stringify(read.issues)}`);
    return { claim: read.claim, contentHash: read.hash.toString('hex') };
  });
}

type Persons = ReadonlyMap<string, readonly CurrentClaim[]>;

function decideAll(ruleSet: RuleSet, persons: Persons): ReturnType<typeof decidePerson>[] {
  return [...persons].map(([psn_no, list]) =>
    decidePerson({ timeline: timelineOf(psn_no, list), salesOf: () => [] }, ruleSet, () => true),
  );
}

interface Line {
  readonly key: string;
  readonly facts: FlatFacts;
}

/** Every line with the facts that any rule asks for. */
function linesOf(documents: readonly RuleDocument[], persons: Persons): Line[] {
  const [document] = documents;
  if (document === undefined) return [];
  const asked = [...new Set(documents.flatMap(factReferences).map(({ fact }) => fact))];
  return [...persons].flatMap(([psn_no, list]) =>
    candidatesOf(document, { timeline: timelineOf(psn_no, list), salesOf: () => [] }).map((candidate) => ({
      key: keyOf(candidate),
      facts: Object.fromEntries(asked.map((fact) => [flatName(fact), valueOf(fact, candidate)])),
    })),
  );
}

const keyOf = ({ claim, line }: Candidate): string => `${claim.key} ${line?.line.feedetl_sn ?? ''}`;

function valueOf(fact: string, candidate: Candidate): string | number | boolean {
  const value = plainFacts[fact]?.read(candidate);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new Error(`claims of the benchmark do not state ${fact}`);
  return value;
}

async function hitsOf(
  documents: readonly RuleDocument[],
  lines: readonly Line[],
  judge: Judge,
): Promise<Set<string>> {
  const hits = new Set<string>();
  for (const { key, facts } of lines)
    for (const position of await judge(facts)) hits.add(`${documents[position]?.code} ${key}`);
  return hits;
}

function hitsOfOurs(ruleSet: RuleSet, persons: Persons): Set<string> {
  const found = decideAll(ruleSet, persons).flatMap(({ hits }) => hits);
  return new Set(
    found.flatMap(({ rule, together }) =>
      together.map((candidate) => `${rule.document.code} ${keyOf(candidate)}`),
    ),
  );
}

/** Items that a rule lists: as many as a small knowledge table has. */
const itemsPerRule = 20;

/** Rules as supervisors write them about lines: an item, and what must not be with it. */
export function benchRules(count: number): RuleDocument[] {
  return Array.from({ length: count }, (_, index) =>
    ruleSchema.parse({
      code: `FW-BENCH-${String(index + 1).padStart(3, '0')}`,
      national: [],
      name: words,
      category: '管理类',
      verdict: '可疑',
      stage: ['事中'],
      purpose: words,
      basis: [{ law: '—', article: '—' }],
      scope: { kinds: ['inpatient', 'outpatient', 'pharmacy', 'other', 'unknown'] },
      effective: { from: '2000-01-01', to: null },
      each: { unit: 'line', merge_by: ['med_list_codg'] },
      params: {},
      let: {},
      conditions: conditionsOf(index),
      stake: { of: 'lines' },
      message: words,
      exclusions: [],
    }),
  );
}

const words = { zh: '基准', en: 'benchmark' };
const leaf = (fact: string, operator: Leaf['operator'], value: Leaf['value']): Leaf => ({
  fact,
  operator,
  value,
});

function conditionsOf(index: number): Condition {
  const items = Array.from(
    { length: itemsPerRule },
    (_, at) => benchItems[(index * itemsPerRule + at) % benchItems.length] ?? '',
  );
  const listed = leaf('line.med_list_codg', 'in', items);
  const round = Math.floor(index / shapes.length);
  const shape = shapes[index % shapes.length];
  return { all: [listed, ...(shape?.(round) ?? [])] };
}

/** Limited sex, age, level of hospital, kind of insurance, quantity, price, and what combines them. */
const shapes: readonly ((round: number) => Condition[])[] = [
  (round) => [leaf('person.gend', 'equal', round % 2 === 0 ? '1' : '2')],
  (round) => [leaf('person.age_years', 'lessThan', 20 + round)],
  () => [leaf('claim.hosp_lv', 'notIn', ['05', '06']), leaf('line.at_stake', 'greaterThan', 0)],
  () => [leaf('person.gend', 'notEqual', '2'), leaf('claim.insutype', 'in', ['390'])],
  (round) => [leaf('line.cnt', 'greaterThan', 1 + (round % 2))],
  (round) => [leaf('line.pric', 'greaterThanInclusive', 20 + round)],
  (round) => [
    {
      any: [leaf('claim.kind', 'equal', 'pharmacy'), leaf('person.age_years', 'greaterThan', 60 + round)],
    },
  ],
  () => [
    { not: { all: [leaf('claim.kind', 'equal', 'outpatient'), leaf('line.cnt', 'lessThanInclusive', 2)] } },
  ],
];
