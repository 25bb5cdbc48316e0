/**
 * The second evaluator: json-rules-engine over facts computed by plain scans, written from their definitions and not from the
 * compiled code. It re-evaluates every hit, and the tree it returns is the explanation that people see.
 */
import { type Almanac, Engine, type NestedCondition, type TopLevelCondition } from 'json-rules-engine';
import { dayOf, formatDay } from '../platform/civil.ts';
import type { NetClaim, NetLine, TraceSale } from '../claims/timeline.ts';
import { type Knowledge, lookup, type Row, type Table } from '../knowledge/table.ts';
import { asOfDay, type Candidate, minuteOf } from './candidate.ts';
import { isFactRef, resolved } from './compile.ts';
import {
  type Condition,
  type FactRef,
  type Json,
  type Leaf,
  letEntryOf,
  operators,
  type RuleDocument,
  type TreeNode,
} from './contract.ts';
import { mainDiagnosis, plainFact } from './facts.ts';
import { columnsOf, inForce, type Related, tableOf } from './around.ts';
import { calcParams, calculate, withOperands } from './calc.ts';
import { codedParams, codesOfClaim, columnsOfCoded, fits, itemFact, statedParams } from './coded.ts';
import {
  claimsParams,
  identityParams,
  isRelated,
  linesParams,
  type RelatedName,
  relatedRead,
  statedOf,
  summaryOfClaims,
  summaryOfLines,
  summaryOfSales,
  tableParams,
} from './related.ts';
import { amongParams, summaryOfUsage, usageParams } from './usage.ts';
import { minutesOf, summaryOfWork, workParams } from './work.ts';
import { compare, type Scalar, type Value } from './value.ts';

export interface Explained {
  readonly hit: boolean;
  readonly tree: TreeNode;
}

/** Builds the rule's engine once; each call evaluates one candidate. */
export function referenceEngine(
  document: RuleDocument,
  knowledge: Knowledge,
): (candidate: Candidate) => Promise<Explained> {
  const engine = new Engine([], { allowUndefinedFacts: true, pathResolver: columnOf });
  for (const operator of operators) {
    // json-rules-engine knows two outcomes. Something unknown must never make a hit: it counts as false under an even number of
    // `not`s and as true under an odd one, so that a hit here is exactly a hit of three-valued logic.
    engine.addOperator(operator, (left: Value, right: Value) => compare(operator, left, right) === 'hit');
    engine.addOperator(
      `${operator}|not`,
      (left: Value, right: Value) => compare(operator, left, right) !== 'no',
    );
  }
  const used = new Set<string>();
  const define = (reference: FactRef): void => {
    const entry = letEntryOf(reference, document.let);
    for (const operand of withOperands(document, reference).slice(1)) define(operand);
    if (entry !== null) define({ fact: entry.fact });
    const name = entry?.name ?? reference.fact;
    if (used.has(name)) return;
    used.add(name);
    engine.addFact(name, async (params: Record<string, unknown>, almanac: Almanac) => {
      // The column is picked by json-rules-engine, so an entry stands for the whole of what it defines.
      if (entry !== null) return almanac.factValue(entry.fact, resolved(document, entry));
      const candidate = await almanac.factValue<Candidate>('candidate');
      const plain = plainFact(reference.fact);
      if (plain !== undefined) return plain.read(candidate);
      const { fact } = reference;
      if (!isRelated(fact)) return undefined;
      return fact === 'calc' ? calculated(params, almanac) : scan(fact, params, candidate, knowledge);
    });
  };
  const calculated = async (params: unknown, almanac: Almanac): Promise<Related | null | undefined> => {
    const { do: calculation, left, right } = calcParams.parse(params);
    const [from, to] = await Promise.all([left, right].map((given) => operandOf(given, almanac)));
    const value = calculate(calculation, from, to);
    return value === undefined || value === null ? value : { columns: { value } };
  };
  const operandOf = async (given: number | string, almanac: Almanac): Promise<Value> => {
    if (typeof given === 'number') return given;
    const { fact, params, path } = referenceOf(document, { fact: given });
    return almanac.factValue<Value>(fact, params, path);
  };
  const conditions = translate(document, document.conditions, false, define);
  engine.addRule({ conditions: topLevel(conditions), event: { type: 'hit' } });

  const evaluate = async (candidate: Candidate): Promise<Explained> => {
    const { events, results, failureResults } = await engine.run({ candidate });
    const result = results[0] ?? failureResults[0];
    if (result === undefined) throw new Error('json-rules-engine returned no result');
    return {
      hit: events.length > 0 && candidate.missing.length === 0,
      tree: { ...treeOf(result.conditions), result: result.result === true },
    };
  };
  // One candidate at a time, though several batches may be judged at once: a run that ends tells its engine to stop, and another run that
  // has not looked at its rules yet would skip them.
  let before: Promise<unknown> = Promise.resolve();
  return (candidate) => {
    const explained = before.then(
      () => evaluate(candidate),
      () => evaluate(candidate),
    );
    before = explained;
    return explained;
  };
}

/** Our conditions in json-rules-engine's own form, with parameters put in and the polarity of each leaf in its operator. */
function translate(
  document: RuleDocument,
  condition: Condition,
  negated: boolean,
  define: (reference: FactRef) => void,
): NestedCondition {
  if ('all' in condition)
    return { all: condition.all.map((part) => translate(document, part, negated, define)) };
  if ('any' in condition)
    return { any: condition.any.map((part) => translate(document, part, negated, define)) };
  if ('not' in condition) return { not: translate(document, condition.not, !negated, define) };
  define(condition);
  const { value } = condition;
  if (isFactRef(value)) define(value);
  return {
    ...referenceOf(document, condition),
    operator: negated ? `${condition.operator}|not` : condition.operator,
    value: isFactRef(value) ? referenceOf(document, value) : literalOf(document, value),
  };
}

function referenceOf(document: RuleDocument, reference: FactRef) {
  const entry = letEntryOf(reference, document.let);
  const path = entry === null ? reference.path : entry.path;
  return {
    fact: entry?.name ?? reference.fact,
    // The arguments of an entry of `let` stand there.
    params: entry === null ? resolved(document, reference) : {},
    ...(path === undefined ? {} : { path }),
  };
}

function literalOf(
  document: RuleDocument,
  value: Exclude<Leaf['value'], FactRef>,
): Scalar | readonly Scalar[] {
  const params =
    typeof value === 'object' && 'param' in value
      ? resolved(document, { fact: '', params: { value } })
      : { value };
  const literal = params['value'];
  if (literal === undefined || (typeof literal === 'object' && 'param' in literal))
    throw new Error('unresolved parameter');
  return literal;
}

/** json-rules-engine wants `all`, `any` or `not` at the top. */
const topLevel = (condition: NestedCondition): TopLevelCondition =>
  'all' in condition || 'any' in condition || 'not' in condition ? condition : { all: [condition] };

function columnOf(value: unknown, path: string): unknown {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  const columns: unknown = Reflect.get(value, 'columns');
  return typeof columns === 'object' && columns !== null
    ? (Reflect.get(columns, path.slice(2)) ?? null)
    : null;
}

/** What json-rules-engine reports, in our shape. */
function treeOf(node: unknown): TreeNode {
  const record: Record<string, unknown> = typeof node === 'object' && node !== null ? { ...node } : {};
  const result = record['result'] === true;
  for (const op of ['all', 'any'] as const) {
    const parts = record[op];
    if (Array.isArray(parts)) return { op, result, of: parts.map(treeOf) };
  }
  if (record['not'] !== undefined) return { op: 'not', result, of: [treeOf(record['not'])] };
  const name = String(record['operator']).replace('|not', '');
  const operator = operators.find((known) => known === name);
  if (operator === undefined) throw new Error(`json-rules-engine returned an operator of its own: ${name}`);
  const path = record['path'];
  return {
    op: 'leaf',
    result,
    fact: String(record['fact']),
    ...(typeof path === 'string' ? { path } : {}),
    operator,
    actual: jsonOf(record['factResult']),
    expected: jsonOf(record['valueResult']),
  };
}

/** Values as they are written into a finding: evidence objects are stated elsewhere, so only plain data remains. */
function jsonOf(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map(jsonOf) : null;
}

/** The related facts once more, by plain scans over everything. */
function scan(
  name: Exclude<RelatedName, 'calc'>,
  params: unknown,
  candidate: Candidate,
  knowledge: Knowledge,
): Related | null | undefined {
  const { timeline } = candidate.context;
  const { line, claim } = candidate;
  switch (name) {
    case 'table': {
      const { table, key } = tableParams.parse(params);
      const source = tableOf(knowledge, table);
      const values = [key].flat().map((fact) => plainFact(fact)?.read(candidate));
      if (values.includes(null)) return null;
      const row = rowOf(
        source,
        values.map((value) => (value === undefined ? undefined : String(value))),
        asOfDay(candidate),
      );
      return row === null || row === undefined ? row : { columns: columnsOf(source, row) };
    }
    case 'lines': {
      const given = linesParams.parse(params);
      if (line === null) return undefined;
      const rows = tableOf(knowledge, given.table).rows.filter(
        (row) => row.cells[given.mine] === line.line.med_list_codg && inForce(row, line.feeDay),
      );
      if (rows.length === 0) return null;
      const others = timeline.claims
        .filter((other) => (given.over === 'person' ? sameInstitution(other, claim) : other === claim))
        .flatMap((other) => other.lines)
        .filter(
          (other) =>
            other !== line && rows.some((row) => row.cells[given.theirs] === other.line.med_list_codg),
        );
      const verdicts = others.map((other) => together(given.within, line, other, given.days));
      return summaryOfLines(
        others.filter((_, index) => verdicts[index] === true),
        verdicts.filter((verdict) => verdict === null).length,
      );
    }
    case 'claims': {
      const given = claimsParams.parse(params);
      const at = timeline.claims.indexOf(claim);
      const others = timeline.claims.filter(
        (other, index) =>
          other !== claim &&
          (given.order === 'any' || index < at) &&
          [...[given.kinds].flat(), 'unknown'].includes(other.kind) &&
          (given.institution === 'any' || sameInstitution(other, claim) === (given.institution === 'same')),
      );
      const verdicts = others.map((other) =>
        [
          [given.kinds].flat().includes(other.kind) ? true : null,
          periodsRelate(given.relation, given.days, claim, other),
          given.same === 'nothing' || sameDiagnosis(claim, other),
          given.minutes === undefined || minutesRelate(given.minutes, claim, other),
          given.differs === undefined ||
            negated(equalOrUnknown(statedOf(given.differs, claim), statedOf(given.differs, other))),
        ].reduce(and),
      );
      return summaryOfClaims(
        claim,
        others.filter((_, index) => verdicts[index] === true),
        verdicts.filter((verdict) => verdict === null).length,
      );
    }
    case 'sales': {
      if (line === null || claim.claim.traces === undefined) return undefined;
      const certain: TraceSale[] = [];
      let doubtful = 0;
      for (const trace of line.traces) {
        const all = candidate.context.salesOf(trace.code);
        const own = all.findIndex(
          (sale) => sale.line.claim.key === claim.key && sale.line.line.feedetl_sn === line.line.feedetl_sn,
        );
        for (const sale of trace.whole === false ? [] : all.slice(0, own)) {
          if (sale.whole === true && trace.whole === true) certain.push(sale);
          else if (sale.whole !== false) doubtful += 1;
        }
      }
      return summaryOfSales(certain, doubtful);
    }
    case 'identity':
      // There is nothing to search or to order in a list of checks: one form serves both evaluators.
      return relatedRead(name, identityParams.parse(params), knowledge)(candidate);
    case 'coded': {
      const { of, table, key, mine, theirs } = codedParams.parse(params);
      const value = plainFact(key)?.read(candidate);
      if (value === undefined || value === null) return value;
      const rows = tableOf(knowledge, table).rows.filter((row) => {
        const cell = row.cells[mine] ?? null;
        const isMine = key === itemFact ? cell === value : fits(cell, String(value));
        return isMine && inForce(row, asOfDay(candidate));
      });
      if (rows.length === 0) return null;
      const codes = codesOfClaim(claim, of);
      if (codes === undefined) return undefined;
      const isNamed = (code: string): boolean => rows.some((row) => fits(row.cells[theirs] ?? null, code));
      return { columns: columnsOfCoded(codes, codes.filter(isNamed)) };
    }
    case 'stated':
      return { columns: { yes: plainFact(statedParams.parse(params).fact)?.read(candidate) !== undefined } };
    case 'among': {
      const given = amongParams.parse(params);
      if (line === null && given.within !== 'claim') return undefined;
      const value = given.key === undefined ? null : plainFact(given.key)?.read(candidate);
      if (given.key !== undefined && (value === undefined || value === null)) return value;
      const source = given.table === undefined ? null : tableOf(knowledge, given.table);
      const rows = (source?.rows ?? []).filter(
        (row) => given.key === undefined || fits(row.cells[given.mine ?? ''] ?? null, String(value)),
      );
      if (given.key !== undefined && rows.length === 0) return null;
      const item = source?.spec.key[0] ?? '';
      const verdicts = claim.lines.map((other) =>
        [
          source === null || isListed(rows, item, other) === (given.listed ?? true),
          beginsWithAny(other.line.list_type, given.list_types),
          given.charge_types === undefined || other.line.med_chrgitm_type === undefined
            ? given.charge_types === undefined || null
            : [given.charge_types].flat().includes(other.line.med_chrgitm_type),
          line === null || other === line || together(given.within, line, other),
        ].reduce(and),
      );
      return summaryOfUsage(
        claim.lines.filter((_, index) => verdicts[index] === true),
        verdicts.filter((verdict) => verdict === null).length,
      );
    }
    case 'usage': {
      const given = usageParams.parse(params);
      if (line === null) return undefined;
      const source = given.table === undefined ? null : tableOf(knowledge, given.table);
      const key = source?.spec.key[0] ?? '';
      const groupColumn = given.mine ?? key;
      const inTable = source?.rows.filter((row) => inForce(row, line.feeDay)) ?? [];
      const groups = inTable
        .filter((row) => row.cells[key] === line.line.med_list_codg)
        .map((row) => row.cells[groupColumn]);
      if (source !== null && groups.length === 0) return null;
      const isUsed = (item: string): boolean =>
        source === null
          ? item === line.line.med_list_codg
          : inTable.some(
              (row) => groups.includes(row.cells[groupColumn]) && row.cells[given.theirs ?? key] === item,
            );
      const others = timeline.claims
        .filter((other) => given.institution === 'any' || sameInstitution(other, claim))
        .flatMap((other) => other.lines)
        .filter(
          (other) =>
            isUsed(other.line.med_list_codg) &&
            line.feeDay - other.feeDay >= 0 &&
            line.feeDay - other.feeDay < given.days,
        );
      return summaryOfUsage(others, 0);
    }
    case 'work': {
      const given = workParams.parse(params);
      if (candidate.window === undefined) return undefined;
      const source = tableOf(knowledge, given.table);
      const item = source.spec.key[0] ?? '';
      return summaryOfWork(
        source.rows.flatMap((row) =>
          (candidate.window?.lines ?? [])
            .filter((one) => row.cells[item] === one.line.med_list_codg && inForce(row, one.feeDay))
            .map((one) => ({ line: one, minutes: minutesOf(row, given.minutes) })),
        ),
      );
    }
  }
}

const isListed = (rows: readonly Row[], column: string, { line, feeDay }: NetLine): boolean =>
  rows.some((row) => row.cells[column] === line.med_list_codg && inForce(row, feeDay));

function beginsWithAny(
  text: string | undefined,
  starts: string | readonly string[] | undefined,
): boolean | null {
  if (starts === undefined) return true;
  return text === undefined ? null : [starts].flat().some((start) => text.startsWith(start));
}

/** The row that every completion of an incomplete key leads to; `undefined` when different completions lead to different rows. */
function rowOf(source: Table, key: readonly (string | undefined)[], day: number): Row | null | undefined {
  const completions = key.reduce<string[][]>(
    (heads, part, index) => {
      const column = source.spec.key[index] ?? '';
      // Whatever stands in the column, and something that stands nowhere.
      const parts =
        part === undefined ? ['\u0000', ...source.rows.map((row) => row.cells[column] ?? '')] : [part];
      return heads.flatMap((head) => [...new Set(parts)].map((each) => [...head, each]));
    },
    [[]],
  );
  const rows = new Set(completions.map((each) => lookup(source, each, day)));
  const [row] = rows;
  return rows.size === 1 ? row : undefined;
}

const sameInstitution = (a: NetClaim, b: NetClaim): boolean =>
  a.claim.institution.fixmedins_code === b.claim.institution.fixmedins_code;

const dayOfLine = ({ line }: NetLine): number => dayOf(line.fee_ocur_time.slice(0, 10)) ?? Number.NaN;

/** `null`: cannot be told. */
function together(within: string, a: NetLine, b: NetLine, days = 0): boolean | null {
  if (within === 'claim') return a.claim === b.claim;
  if (within === 'visit') {
    const [mine, theirs] = [a.claim, b.claim];
    const isOne = mine.kind === theirs.kind && mine.claim.visit.mdtrt_id === theirs.claim.visit.mdtrt_id;
    return isOne && sameInstitution(mine, theirs) && Math.abs(dayOfLine(a) - dayOfLine(b)) <= days;
  }
  const sameDay = a.line.fee_ocur_time.slice(0, 10) === b.line.fee_ocur_time.slice(0, 10);
  if (within === 'day') return sameDay;
  if (within === 'minute') return and(sameDay, equalOrUnknown(minuteOf(a), minuteOf(b)));
  return and(a.claim === b.claim, equalOrUnknown(a.line.rxno, b.line.rxno));
}

function periodsRelate(relation: string, days: number, mine: NetClaim, other: NetClaim): boolean | null {
  const [mineBegin, mineEnd] = daysOf(mine);
  const [otherBegin, otherEnd] = daysOf(other);
  if (relation === 'same_period') return and(mineBegin === otherBegin, equalOrUnknown(mineEnd, otherEnd));
  if (relation === 'began_within') return otherBegin <= mineBegin && mineBegin - otherBegin < days;
  if (relation === 'surrounding')
    return and(otherBegin + days <= mineBegin, otherEnd === undefined ? null : mineBegin <= otherEnd - days);
  if (relation === 'ended_before')
    return and(
      otherBegin <= mineBegin,
      otherEnd === undefined ? null : otherEnd <= mineBegin && mineBegin - otherEnd <= days,
    );
  // Overlapping: the latest begin lies at least `days` before the earliest end. A missing end may be any later day.
  const ends = [mineEnd ?? Number.POSITIVE_INFINITY, otherEnd ?? Number.POSITIVE_INFINITY];
  const possible = Math.min(...ends) - Math.max(mineBegin, otherBegin) >= days;
  return possible && (mineEnd === undefined || otherEnd === undefined) ? null : possible;
}

/** Whether the other visit began 0 to `minutes` minutes (exclusive) before mine, whatever minute of its day a visit without a time began in. */
function minutesRelate(minutes: number, mine: NetClaim, other: NetClaim): boolean | null {
  const gaps = minutesOfBegin(mine).flatMap((my) => minutesOfBegin(other).map((their) => my - their));
  const verdicts = new Set(gaps.map((gap) => gap >= 0 && gap < minutes));
  // Gaps of every size between the least and the greatest are possible.
  const isInside = gaps.some((gap) => gap < 0) && gaps.some((gap) => gap >= minutes);
  return verdicts.size > 1 || isInside ? null : verdicts.has(true);
}

/** The begin in minutes, seconds being fractions; the first and the last of the day where no time is stated. */
function minutesOfBegin({ claim }: NetClaim): number[] {
  const { begntime } = claim.visit;
  const [day, time = '00:00:00'] = begntime.split(' ');
  const midnight = (dayOf(day ?? '') ?? Number.NaN) * 1440;
  if (time === '00:00:00') return [midnight, midnight + 1440 - 1 / 60];
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return [midnight + hours * 60 + minutes + seconds / 60];
}

function daysOf(claim: NetClaim): [number, number | undefined] {
  const { begntime, endtime } = claim.claim.visit;
  const begin = dayOf(begntime);
  if (begin === null) throw new Error(`a timeline holds an unreadable day near ${formatDay(claim.beginDay)}`);
  return [begin, endtime === undefined ? undefined : (dayOf(endtime) ?? undefined)];
}

function sameDiagnosis(a: NetClaim, b: NetClaim): boolean | null {
  const [mine, theirs] = [mainDiagnosis(a), mainDiagnosis(b)];
  if (mine === undefined || theirs === undefined) return null;
  return mine !== null && theirs !== null && mine.slice(0, 3) === theirs.slice(0, 3);
}

const equalOrUnknown = (a: unknown, b: unknown): boolean | null =>
  a === undefined || b === undefined ? null : a === b;
const negated = (a: boolean | null): boolean | null => (a === null ? null : !a);
const and = (a: boolean | null, b: boolean | null): boolean | null =>
  a === false || b === false ? false : a === null || b === null ? null : true;
