/** `among` and `usage`: sums over lines of the claim, and over what the person used in the days before. */
import { z } from 'zod';
import { numberOf, scales } from '../platform/decimal.ts';
import { cellOf, type Knowledge, type Row } from '../knowledge/table.ts';
import {
  compareClaims,
  compareLines,
  type NetClaim,
  type NetLine,
  type Timeline,
} from '../claims/timeline.ts';
import {
  factName,
  groupedBy,
  inForce,
  keyInstitution,
  plainRead,
  type Related,
  type RelatedRead,
  tableOf,
} from './around.ts';
import { minuteOf } from './candidate.ts';
import { fits } from './coded.ts';
import { fundMoneyOf, itemName } from './facts.ts';

export const usageDaysMax = 366;

const texts = z.union([z.string(), z.array(z.string()).min(1)]);
export const amongParams = z.strictObject({
  within: z
    .enum(['minute', 'day', 'prescription', 'claim'])
    .describe('minute 同一分钟、day 同日、prescription 同一处方、claim 整单'),
  list_types: texts.optional().describe('目录类别以其中之一开头'),
  charge_types: texts.optional().describe('医疗收费项目类别是其中之一'),
  table: z.string().optional().describe('项目在这张知识表中'),
  listed: z.boolean().optional().describe('false：项目不在表中'),
  key: factName.optional().describe('只看 mine 列与这个事实相符的行'),
  mine: z.string().optional().describe('key 所对应的列'),
});
export type AmongParams = z.infer<typeof amongParams>;

/**
 * `among`: the lines of this claim, this line too, in the same minute, on the same day, of the same prescription or of the whole claim; of
 * these only lines whose list type begins with one of `list_types`, whose charge type is one of `charge_types`, and whose item is in the
 * key column of `table` (or, with `listed: false`, is not). With `key` and `mine` only rows count whose column `mine` fits this fact of the
 * candidate, as codes fit in `coded`; absent when there is none, unknown when the fact is.
 */
export function among(params: AmongParams, knowledge: Knowledge): RelatedRead {
  const rows = params.table === undefined ? null : tableOf(knowledge, params.table);
  const itemOf = (row: Row): string => (rows === null ? '' : (cellOf(row, rows.spec.key[0] ?? '') ?? ''));
  const allRows = rows === null ? null : groupedBy(rows.rows, itemOf);
  const key = params.key === undefined ? null : plainRead(params.key);
  const listTypes = params.list_types === undefined ? null : [params.list_types].flat();
  const chargeTypes = params.charge_types === undefined ? null : [params.charge_types].flat();
  const isOfWhole = params.within === 'claim' && key === null;
  let whole: { readonly claim: NetClaim; readonly said: Related | undefined } | null = null;
  return (candidate) => {
    const { claim, line } = candidate;
    if (line === null && params.within !== 'claim') return undefined;
    // The same for every line of the claim.
    if (isOfWhole && whole?.claim === claim) return whole.said;
    let rowsOfItem = allRows;
    if (key !== null && rows !== null) {
      const value = key(candidate);
      if (value === undefined || value === null) return value;
      const fitting = rows.rows.filter((row) => fits(cellOf(row, params.mine ?? ''), String(value)));
      if (fitting.length === 0) return null;
      rowsOfItem = groupedBy(fitting, itemOf);
    }
    const found: NetLine[] = [];
    let doubtful = 0;
    for (const other of claim.lines) {
      const { list_type, med_chrgitm_type, med_list_codg } = other.line;
      if (rowsOfItem !== null) {
        const isListed = rowsOfItem.get(med_list_codg)?.some((row) => inForce(row, other.feeDay)) === true;
        if (isListed !== (params.listed ?? true)) continue;
      }
      let isSure = true;
      if (listTypes !== null) {
        if (list_type === undefined) isSure = false;
        else if (!listTypes.some((type) => list_type.startsWith(type))) continue;
      }
      if (chargeTypes !== null) {
        if (med_chrgitm_type === undefined) isSure = false;
        else if (!chargeTypes.includes(med_chrgitm_type)) continue;
      }
      const isNear = line === null || line === other ? true : isTogether(params.within, line, other);
      if (isNear === false) continue;
      if (isSure && isNear === true) found.push(other);
      else doubtful += 1;
    }
    const said = summaryOfUsage(found, doubtful);
    if (isOfWhole) whole = { claim, said };
    return said;
  };
}

/** Lines of one claim, or of one day where that is what is asked. `undefined`: cannot be told. */
export function isTogether(
  within: AmongParams['within'],
  line: NetLine,
  other: NetLine,
): boolean | undefined {
  switch (within) {
    case 'claim':
      return true;
    case 'day':
      return line.feeDay === other.feeDay;
    case 'minute': {
      if (line.feeDay !== other.feeDay) return false;
      const [mine, theirs] = [minuteOf(line), minuteOf(other)];
      return mine === undefined || theirs === undefined ? undefined : mine === theirs;
    }
    case 'prescription': {
      const [mine, theirs] = [line.line.rxno, other.line.rxno];
      return mine === undefined || theirs === undefined ? undefined : mine === theirs;
    }
    default:
      return within satisfies never;
  }
}

export const usageParams = z.strictObject({
  days: z.int().min(1).max(usageDaysMax).describe('截至本明细当日的天数，包括当日'),
  institution: z.enum(['same', 'any']).describe('same 本机构、any 任何机构'),
  table: z.string().optional().describe('不写则看同一项目；写则看表中与本明细项目同组的项目'),
  mine: z.string().optional().describe('分组的列，如药品类别；不写即键列'),
  theirs: z.string().optional().describe('被使用的项目所在的列；不写即键列'),
});
export type UsageParams = z.infer<typeof usageParams>;

/**
 * `usage`: what the person used in the `days` days that end with the day of this line, that day included, at this or at any institution.
 * Without a table: lines of the same item, this one too. With one: lines whose item stands in column `theirs` of a row of the table with
 * the same cell in column `mine` as the row of this line's item – with one column twice, items of one class; absent when this item is in no
 * row. Windows are half-open: of `days: 7`, the line of a week before does not count.
 */
export function usage(params: UsageParams, knowledge: Knowledge): RelatedRead {
  const itemsOf = usedItems(params, knowledge);
  return ({ line, context: { timeline } }) => {
    if (line === null) return undefined;
    const items = itemsOf(line.line.med_list_codg, line.feeDay);
    if (items === null) return null;
    const from = line.feeDay - params.days;
    const found: NetLine[] = [];
    for (const item of items)
      for (const other of linesOfItem(timeline, item))
        if (
          other.feeDay > from &&
          other.feeDay <= line.feeDay &&
          (params.institution === 'any' || keyInstitution(other.claim) === keyInstitution(line.claim))
        )
          found.push(other);
    found.sort((a, b) => (a.claim === b.claim ? compareLines(a, b) : compareClaims(a.claim, b.claim)));
    return summaryOfUsage(found, 0);
  };
}

/** Items that count for an item on a day; `null` when the table says nothing of it. */
function usedItems(
  { table, mine, theirs }: UsageParams,
  knowledge: Knowledge,
): (item: string, day: number) => ReadonlySet<string> | null {
  if (table === undefined) return (item) => new Set([item]);
  const source = tableOf(knowledge, table);
  const [key = ''] = source.spec.key;
  const group = mine ?? key;
  const rowsOfItem = groupedBy(source.rows, (row) => cellOf(row, key) ?? '');
  const rowsOfGroup = groupedBy(source.rows, (row) => cellOf(row, group) ?? '');
  return (item, day) => {
    const items = new Set<string>();
    const own = rowsOfItem.get(item)?.filter((row) => inForce(row, day)) ?? [];
    for (const row of own)
      for (const other of rowsOfGroup.get(cellOf(row, group) ?? '') ?? []) {
        const named = cellOf(other, theirs ?? key);
        if (named !== null && inForce(other, day)) items.add(named);
      }
    return own.length === 0 ? null : items;
  };
}

const itemIndexes = new WeakMap<Timeline, ReadonlyMap<string, readonly NetLine[]>>();

function linesOfItem(timeline: Timeline, item: string): readonly NetLine[] {
  let index = itemIndexes.get(timeline);
  if (index === undefined) {
    index = groupedBy(
      timeline.claims.flatMap(({ lines }) => lines),
      ({ line }) => line.med_list_codg,
    );
    itemIndexes.set(timeline, index);
  }
  return index.get(item) ?? [];
}

/** Nothing certain but something doubtful is unknown; what is certain counts. */
export function summaryOfUsage(found: readonly NetLine[], doubtful: number): Related | undefined {
  if (found.length === 0 && doubtful > 0) return undefined;
  const total = (pick: (line: NetLine) => number): number => found.reduce((sum, line) => sum + pick(line), 0);
  return {
    columns: {
      count: found.length,
      items: new Set(found.map(({ line }) => line.med_list_codg)).size,
      cnt: numberOf(
        total((line) => line.cnt),
        scales.count,
      ),
      amount: numberOf(
        total((line) => line.amount),
        scales.money,
      ),
      at_stake: numberOf(total(fundMoneyOf), scales.money),
      days: new Set(found.map(({ feeDay }) => feeDay)).size,
      visits: new Set(found.map(({ claim }) => claim.key)).size,
      institutions: new Set(found.map(({ claim }) => keyInstitution(claim))).size,
      item_name: found[0] === undefined ? null : itemName(found[0]),
    },
    lines: found,
  };
}
