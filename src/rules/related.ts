/**
 * Facts with arguments: what stands around a candidate – rows of tables, other lines, other visits, other sales, identity checks.
 *
 * Each has one definition in words, one compiled form (uses order and indexes) here, and one reference form (plain scans, written
 * from the words) in `reference.ts`. A value is a record of columns plus the evidence it rests on.
 */
import { z } from 'zod';
import { formatDay, secondOfDay } from '../platform/civil.ts';
import { numberOf, scales } from '../platform/decimal.ts';
import {
  compareClaims,
  compareLines,
  type NetClaim,
  type NetLine,
  type Timeline,
  type TraceSale,
} from '../claims/timeline.ts';
import { cellOf, type Knowledge, lookup, type Row } from '../knowledge/table.ts';
import {
  columnsOf,
  factName,
  groupedBy,
  inForce,
  institutionName,
  keyInstitution,
  plainRead,
  type Related,
  type RelatedRead,
  tableOf,
} from './around.ts';
import { asOfDay, type Candidate } from './candidate.ts';
import { calcParams } from './calc.ts';
import { coded, codedParams, stated, statedParams } from './coded.ts';
import { visitKinds } from './contract.ts';
import { itemName, mainDiagnosis } from './facts.ts';
import { among, amongParams, isTogether, usage, usageDaysMax, usageParams } from './usage.ts';
import { work, workParams } from './work.ts';

export const tableParams = z.strictObject({
  table: z.string().describe('知识表'),
  key: z
    .union([factName, z.array(factName).min(1).max(3)])
    .describe('查询键：一个或几个事实，与清单中的键列一一对应'),
});
/**
 * `table`: the row of a knowledge table with this key, as of the fee date. Absent when there is none. Where a part of the key is not
 * stated, the row (or its absence) counts if it is the same whatever that part is; otherwise it is unknown.
 */
function table(params: z.infer<typeof tableParams>, knowledge: Knowledge): RelatedRead {
  const source = tableOf(knowledge, params.table);
  const columns = new Map(source.rows.map((row) => [row, columnsOf(source, row)]));
  const reads = (typeof params.key === 'string' ? [params.key] : params.key).map(plainRead);
  const byFirst = groupedBy(source.rows, (row) => row.cells[source.spec.key[0] ?? ''] ?? '');
  return (candidate) => {
    const key: (string | undefined)[] = [];
    for (const read of reads) {
      const value = read(candidate);
      if (value === null) return null;
      key.push(value === undefined ? undefined : String(value));
    }
    const day = asOfDay(candidate);
    const [first] = key;
    const row = lookup(
      source,
      key.map((part) => part ?? nowhere),
      day,
    );
    if (key.includes(undefined)) {
      const near: readonly Row[] =
        first === undefined || key.length === 1
          ? source.rows
          : [...(byFirst.get(first) ?? []), ...(byFirst.get('*') ?? [])];
      for (const other of near) {
        const completed = key.map((part, index) => part ?? other.cells[source.spec.key[index] ?? ''] ?? '');
        if (lookup(source, completed, day) !== row) return undefined;
      }
    }
    return row === null ? null : { columns: columns.get(row) ?? {} };
  };
}

/** A key that no row names: what remains of a table when a part of the key is not stated. */
const nowhere = '\u0000';

export const linesParams = z.strictObject({
  over: z.enum(['claim', 'person']).describe('claim 本结算单、person 本人在本机构的全部结算单'),
  within: z
    .enum(['minute', 'day', 'prescription', 'claim', 'visit'])
    .describe(
      'minute 同一分钟、day 同日、prescription 同一处方、claim 同一结算单、visit 同一次就诊（同一就诊ID，可分几次结算）',
    ),
  days: z
    .int()
    .min(0)
    .max(usageDaysMax)
    .optional()
    .describe('within 为 visit 时必写：两条明细相隔不超过这么多天；其他情形不写'),
  table: z.string().describe('知识表'),
  mine: z.string().describe('本明细项目所在的列'),
  theirs: z.string().describe('其他明细项目所在的列'),
});
/**
 * `lines`: other lines at the same institution, in the same claim or of the same person, in the same minute, day, prescription, claim or
 * visit, whose item stands in column `theirs` of a row of the table whose column `mine` is this line's item. A visit or stay may be settled
 * several times: its settlements have the visit's id and kind in common, and lines of it count that lie at most `days` days before or after.
 */
function lines(params: z.infer<typeof linesParams>, knowledge: Knowledge): RelatedRead {
  const rowsOfItem = groupedBy(
    tableOf(knowledge, params.table).rows,
    (row) => cellOf(row, params.mine) ?? '',
  );
  return (candidate) => {
    const { line } = candidate;
    if (line === null) return undefined;
    const rows = rowsOfItem.get(line.line.med_list_codg)?.filter((row) => inForce(row, line.feeDay));
    if (rows === undefined || rows.length === 0) return null;
    const wanted = new Set(rows.map((row) => cellOf(row, params.theirs)));
    const found: NetLine[] = [];
    let doubtful = 0;
    const { timeline } = candidate.context;
    const isOfDay = params.within === 'day' || params.within === 'minute';
    const claims =
      params.within === 'visit'
        ? timeline.claims.filter((claim) => isSameVisit(claim, line.claim))
        : [line.claim];
    for (const item of wanted) {
      if (item === null) continue;
      const near: readonly NetLine[] = isOfDay
        ? linesOfDay(timeline, line, item)
        : claims.flatMap((claim) => linesOfClaim(claim, item));
      for (const other of near) {
        if (other === line || (params.over === 'claim' && other.claim !== line.claim)) continue;
        const together =
          params.within === 'visit'
            ? Math.abs(line.feeDay - other.feeDay) <= (params.days ?? 0)
            : isTogether(params.within, line, other);
        if (together === undefined) doubtful += 1;
        else if (together) found.push(other);
      }
    }
    found.sort((a, b) => (a.claim === b.claim ? compareLines(a, b) : compareClaims(a.claim, b.claim)));
    return summaryOfLines(found, doubtful);
  };
}

const isSameVisit = (one: NetClaim, other: NetClaim): boolean =>
  one.claim.visit.mdtrt_id === other.claim.visit.mdtrt_id &&
  one.kind === other.kind &&
  keyInstitution(one) === keyInstitution(other);

type LineIndex = ReadonlyMap<string, readonly NetLine[]>;
const claimIndexes = new WeakMap<NetClaim, LineIndex>();
const dayIndexes = new WeakMap<Timeline, LineIndex>();
const noLines: readonly NetLine[] = [];

/** Up to so many lines are looked through faster than they are indexed; claims can have thousands, and are asked for each of them. */
const scannedLinesMax = 40;

/** The lines of a claim with this item. */
function linesOfClaim(claim: NetClaim, item: string): readonly NetLine[] {
  if (claim.lines.length <= scannedLinesMax)
    return claim.lines.filter(({ line }) => line.med_list_codg === item);
  let index = claimIndexes.get(claim);
  if (index === undefined) {
    index = groupedBy(claim.lines, ({ line }) => line.med_list_codg);
    claimIndexes.set(claim, index);
  }
  return index.get(item) ?? noLines;
}

/** The person's lines of this item, at the institution and on the day of a line. */
function linesOfDay(timeline: Timeline, near: NetLine, item: string): readonly NetLine[] {
  const [only] = timeline.claims;
  if (only !== undefined && timeline.claims.length === 1 && only.lines.length <= scannedLinesMax)
    return only.lines.filter(({ line, feeDay }) => line.med_list_codg === item && feeDay === near.feeDay);
  let index = dayIndexes.get(timeline);
  if (index === undefined) {
    index = groupedBy(
      timeline.claims.flatMap(({ lines }) => lines),
      (line) => dayKey(keyInstitution(line.claim), line.line.med_list_codg, line.feeDay),
    );
    dayIndexes.set(timeline, index);
  }
  return index.get(dayKey(keyInstitution(near.claim), item, near.feeDay)) ?? noLines;
}

const dayKey = (institution: string, item: string, day: number): string =>
  `${day}\u001f${institution}\u001f${item}`;

export const claimsParams = z.strictObject({
  kinds: z.union([z.enum(visitKinds), z.array(z.enum(visitKinds)).min(1)]).describe('就医方式，如 inpatient'),
  institution: z.enum(['same', 'other', 'any']).describe('same 同一机构、other 其他机构、any 不限'),
  relation: z
    .enum(['same_period', 'overlapping', 'surrounding', 'ended_before', 'began_within'])
    .describe(
      'same_period 起止日期相同、overlapping 至少有 days 个共同的夜晚、surrounding 至少早 days 天开始且晚 days 天结束、' +
        'ended_before 在本次开始前 0 至 days 天结束、began_within 在本次首日开始或比它早不到 days 天',
    ),
  days: z.number().min(0).max(3660).describe('天数，含义见 relation'),
  order: z.enum(['before', 'any']).describe('before 只看排在前面的就诊、any 不限'),
  same: z
    .enum(['nothing', 'main_diag_category'])
    .describe('main_diag_category 主要诊断类目相同、nothing 不要求'),
  differs: z
    .enum(['insutype', 'insuplc_admdvs', 'mdtrtarea_admvs', 'mdtrtarea_city'])
    .optional()
    .describe(
      '只看不同的：insutype 险种类型、insuplc_admdvs 参保地、mdtrtarea_admvs 就医地、mdtrtarea_city 就医地的市（前四位）；不写则不要求',
    ),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('只看在本次开始前不到这么多分钟开始的；只有日期没有时间的就诊无法判定；不写则不要求'),
});
/**
 * `claims`: other visits of the person, by kind and institution, that
 * - `same_period`: begin and end on the same days;
 * - `overlapping`: share at least `days` nights, stays being half-open [begin, end);
 * - `surrounding`: began at least `days` days before this visit's day and end at least `days` days after it;
 * - `ended_before`: ended 0 to `days` days before this visit began;
 * - `began_within`: began on this visit's first day or fewer than `days` days before it.
 * `order: before` takes only visits that come earlier in canonical order, so that of two only the later one is found. `differs` takes only
 * those that state something else, `minutes` only those that began at this visit's begin or fewer than so many minutes before it.
 * A visit of unknown kind may be of any kind.
 */
function claims(params: z.infer<typeof claimsParams>): RelatedRead {
  const kinds: readonly string[] = typeof params.kinds === 'string' ? [params.kinds] : params.kinds;
  return (candidate) => {
    const { claim } = candidate;
    const { claims: all } = candidate.context.timeline;
    const found: NetClaim[] = [];
    let doubtful = 0;
    for (const other of all) {
      if (other === claim) {
        if (params.order === 'before') break;
        continue;
      }
      const ofKind = kinds.includes(other.kind);
      if (!ofKind && other.kind !== 'unknown') continue;
      const atSame = keyInstitution(other) === keyInstitution(claim);
      if (params.institution !== 'any' && atSame !== (params.institution === 'same')) continue;
      const related = relates(params.relation, params.days, claim, other);
      if (related === false) continue;
      const alike = params.same === 'nothing' ? true : sameMainCategory(candidate, other);
      if (alike === false) continue;
      const near = params.minutes === undefined ? true : beganWithin(params.minutes, claim, other);
      if (near === false) continue;
      const unlike = params.differs === undefined ? true : statesOther(params.differs, claim, other);
      if (unlike === false) continue;
      if (!ofKind || [related, alike, near, unlike].includes(undefined)) doubtful += 1;
      else found.push(other);
    }
    return summaryOfClaims(claim, found, doubtful);
  };
}

export const salesParams = z.strictObject({});
/**
 * `sales`: valid sales of a full pack with one of this line's trace codes that come earlier in canonical order, to anybody. Unknown when
 * the source reports no trace codes at all, or does not say whether a pack was opened.
 */
function sales(): RelatedRead {
  const none = summaryOfSales([], 0);
  return (candidate) => {
    const { line } = candidate;
    if (line === null || line.claim.claim.traces === undefined) return undefined;
    if (line.traces.length === 0) return none;
    const earlier: TraceSale[] = [];
    let doubtful = 0;
    for (const trace of line.traces) {
      if (trace.whole === false) continue;
      for (const sale of candidate.context.salesOf(trace.code)) {
        if (sale.line.claim.key === line.claim.key && sale.line.line.feedetl_sn === line.line.feedetl_sn)
          break;
        if (sale.whole === false) continue;
        if (sale.whole === null || trace.whole === null) doubtful += 1;
        else earlier.push(sale);
      }
    }
    return summaryOfSales(earlier, doubtful);
  };
}

export const identityParams = z.strictObject({
  score_min: z.number().min(0).max(1).describe('比对分值低于它不算通过'),
});
/**
 * `identity`: the identity checks of the visit. A check passes when its result is `pass`, liveness did not fail, and its score, where one
 * is stated, reaches `score_min`. Unknown when the source reports no checks at all; an empty list means none was made.
 */
function identity(params: z.infer<typeof identityParams>): RelatedRead {
  return (candidate) => {
    const checks = candidate.claim.claim.identity_checks;
    if (checks === undefined) return undefined;
    const passed = checks.filter(
      (check) =>
        check.result === 'pass' && check.liveness !== false && (check.score ?? 1) >= params.score_min,
    );
    const scores = checks.flatMap((check) => (check.score === undefined ? [] : [check.score]));
    return {
      columns: {
        checks: checks.length,
        passed: passed.length,
        best_score: scores.length === 0 ? null : Math.max(...scores),
      },
    };
  };
}

const usageColumns = {
  count: '条',
  items: '种',
  cnt: '',
  amount: '元',
  at_stake: '元',
  days: '天',
  visits: '次',
  institutions: '家',
  item_name: '',
} as const;

/** Columns that `path` may name; those of `table` are the columns of the table. */
export const relatedColumns = {
  lines: { count: '条', cnt: '', amount: '元', item_name: '' },
  claims: {
    count: '次',
    gap_days: '天',
    nights: '天',
    fixmedins_code: '',
    fixmedins_name: '',
    setl_id: '',
    mdtrt_id: '',
    begin_day: '',
    end_day: '',
    begin_time: '',
    insutype: '',
    mdtrtarea_admvs: '',
  },
  sales: { count: '次', persons: '人', institutions: '家', code: '', fixmedins_name: '', sold_on: '' },
  identity: { checks: '次', passed: '次', best_score: '' },
  coded: { count: '个', code: '', listed: '个' },
  stated: { yes: '' },
  among: usageColumns,
  usage: usageColumns,
  work: { minutes: '分钟', count: '条', cnt: '' },
  calc: { value: '' },
} as const;

export const relatedParams = {
  table: tableParams,
  lines: linesParams,
  claims: claimsParams,
  sales: salesParams,
  identity: identityParams,
  coded: codedParams,
  stated: statedParams,
  among: amongParams,
  usage: usageParams,
  work: workParams,
  calc: calcParams,
} as const;
export type RelatedName = keyof typeof relatedParams;
export const isRelated = (name: string): name is RelatedName => Object.hasOwn(relatedParams, name);

/** Units that arguments are in, in the words that parameters may use for them. */
export const argumentUnits: Readonly<Record<'days' | 'minutes' | 'times', readonly string[]>> = {
  days: ['天', '日', '晚'],
  minutes: ['分钟', '分'],
  times: ['天', '日'],
};

/** The compiled reader of a related fact; a calculation reads others and stands around nothing. Throws a ZodError when the arguments do not fit. */
export function relatedRead(
  name: Exclude<RelatedName, 'calc'>,
  params: unknown,
  knowledge: Knowledge,
): RelatedRead {
  switch (name) {
    case 'table':
      return table(tableParams.parse(params), knowledge);
    case 'lines':
      return lines(linesParams.parse(params), knowledge);
    case 'claims':
      return claims(claimsParams.parse(params));
    case 'sales':
      salesParams.parse(params);
      return sales();
    case 'identity':
      return identity(identityParams.parse(params));
    case 'coded':
      return coded(codedParams.parse(params), knowledge);
    case 'stated':
      return stated(statedParams.parse(params));
    case 'among':
      return among(amongParams.parse(params), knowledge);
    case 'usage':
      return usage(usageParams.parse(params), knowledge);
    case 'work':
      return work(workParams.parse(params), knowledge);
  }
}

function relates(
  relation: z.infer<typeof claimsParams>['relation'],
  days: number,
  claim: NetClaim,
  other: NetClaim,
): boolean | undefined {
  switch (relation) {
    case 'same_period':
      if (other.beginDay !== claim.beginDay) return false;
      return other.endDay === null || claim.endDay === null ? undefined : other.endDay === claim.endDay;
    case 'overlapping': {
      const shared = nights(claim, other);
      if (shared !== undefined) return shared >= days;
      // However late the missing end is, the nights shared end with the stay whose end is stated.
      const end = claim.endDay ?? other.endDay;
      return end !== null && end - Math.max(claim.beginDay, other.beginDay) < days ? false : undefined;
    }
    case 'surrounding':
      if (other.beginDay + days > claim.beginDay) return false;
      return other.endDay === null ? undefined : other.endDay - days >= claim.beginDay;
    case 'ended_before': {
      if (other.beginDay > claim.beginDay) return false;
      if (other.endDay === null) return undefined;
      const gap = claim.beginDay - other.endDay;
      return gap >= 0 && gap <= days;
    }
    case 'began_within':
      return other.beginDay <= claim.beginDay && claim.beginDay - other.beginDay < days;
  }
}

function nights(a: NetClaim, b: NetClaim): number | undefined {
  if (a.endDay === null || b.endDay === null) return undefined;
  return Math.min(a.endDay, b.endDay) - Math.max(a.beginDay, b.beginDay);
}

function sameMainCategory(candidate: Candidate, other: NetClaim): boolean | undefined {
  const mine = mainDiagnosis(candidate.claim);
  const theirs = mainDiagnosis(other);
  if (mine === undefined || theirs === undefined) return undefined;
  return mine !== null && theirs !== null && mine.slice(0, 3) === theirs.slice(0, 3);
}

function beganWithin(minutes: number, claim: NetClaim, other: NetClaim): boolean | undefined {
  const [mine, theirs] = [beginsBetween(claim), beginsBetween(other)];
  const seconds = minutes * 60;
  const [shortest, longest] = [mine.first - theirs.last, mine.last - theirs.first];
  if (longest < 0 || shortest >= seconds) return false;
  return shortest >= 0 && longest < seconds ? true : undefined;
}

/** Seconds between which a visit began: all day where only the day is stated, which reads as midnight sharp. */
function beginsBetween({ beginSecond, beginDay }: NetClaim): {
  readonly first: number;
  readonly last: number;
} {
  const midnight = secondOfDay(beginDay);
  return { first: beginSecond, last: beginSecond === midnight ? secondOfDay(beginDay + 1) - 1 : beginSecond };
}

export type Differing = NonNullable<z.infer<typeof claimsParams>['differs']>;

function statesOther(differs: Differing, claim: NetClaim, other: NetClaim): boolean | undefined {
  const [mine, theirs] = [statedOf(differs, claim), statedOf(differs, other)];
  return mine === undefined || theirs === undefined ? undefined : mine !== theirs;
}

/** What a claim states of the insurance or the place; a city is the first four digits of the place. */
export function statedOf(differs: Differing, { claim }: NetClaim): string | undefined {
  switch (differs) {
    case 'insutype':
    case 'insuplc_admdvs':
      return claim.person[differs];
    case 'mdtrtarea_admvs':
      return claim.institution.mdtrtarea_admvs;
    case 'mdtrtarea_city':
      return claim.institution.mdtrtarea_admvs?.slice(0, 4);
  }
}

/** Nothing certain but something doubtful is unknown; what is certain counts. */
export function summaryOfLines(found: readonly NetLine[], doubtful: number): Related | undefined {
  if (found.length === 0 && doubtful > 0) return undefined;
  const total = (pick: (line: NetLine) => number): number => found.reduce((sum, line) => sum + pick(line), 0);
  return {
    columns: {
      count: found.length,
      cnt: numberOf(
        total((line) => line.cnt),
        scales.count,
      ),
      amount: numberOf(
        total((line) => line.amount),
        scales.money,
      ),
      item_name: found[0] === undefined ? null : itemName(found[0]),
    },
    lines: found,
  };
}

/** The columns describe the first of the sales found. */
export function summaryOfSales(found: readonly TraceSale[], doubtful: number): Related | undefined {
  if (found.length === 0 && doubtful > 0) return undefined;
  const [first] = found;
  return {
    columns: {
      count: found.length,
      persons: new Set(found.map(({ line }) => line.claim.claim.person.psn_no)).size,
      institutions: new Set(found.map(({ line }) => keyInstitution(line.claim))).size,
      code: first?.code ?? null,
      fixmedins_name: first === undefined ? null : institutionName(first.line.claim),
      sold_on: first === undefined ? null : formatDay(first.line.feeDay),
    },
    lines: [...new Set(found.map(({ line }) => line))],
  };
}

/** The columns describe the last of the visits found: the one nearest in time. */
export function summaryOfClaims(
  claim: NetClaim,
  found: readonly NetClaim[],
  doubtful: number,
): Related | undefined {
  if (found.length === 0 && doubtful > 0) return undefined;
  const last = found.at(-1);
  return {
    columns: {
      count: found.length,
      gap_days: last === undefined || last.endDay === null ? null : claim.beginDay - last.endDay,
      nights: last === undefined ? null : (nights(claim, last) ?? null),
      fixmedins_code: last === undefined ? null : keyInstitution(last),
      fixmedins_name: last === undefined ? null : institutionName(last),
      setl_id: last?.claim.setl_id ?? null,
      mdtrt_id: last?.claim.visit.mdtrt_id ?? null,
      begin_day: last === undefined ? null : formatDay(last.beginDay),
      end_day: last === undefined || last.endDay === null ? null : formatDay(last.endDay),
      begin_time: last?.claim.visit.begntime ?? null,
      insutype: last?.claim.person.insutype ?? null,
      mdtrtarea_admvs: last?.claim.institution.mdtrtarea_admvs ?? null,
    },
    claims: found,
  };
}
