/** `coded`, and `stated`: what the claim says by codes of diagnoses and operations, held against a table; and what it says at all. */
import { z } from 'zod';
import { cellOf, type Knowledge } from '../knowledge/table.ts';
import type { NetClaim } from '../claims/timeline.ts';
import { factName, inForce, plainRead, type RelatedRead, tableOf } from './around.ts';
import { asOfDay } from './candidate.ts';
import { mainDiagnosis, mainOperation } from './facts.ts';

export const codedParams = z.strictObject({
  of: z
    .enum(['diagnoses', 'main_diagnosis', 'operations', 'main_operation'])
    .describe(
      'diagnoses 全部诊断、main_diagnosis 主要诊断、operations 全部手术操作、main_operation 主要手术操作',
    ),
  table: z.string().describe('知识表'),
  key: factName.describe('用哪个事实找行'),
  mine: z.string().describe('key 所在的列'),
  theirs: z.string().describe('诊断或手术编码所在的列'),
});
export type CodedOf = z.infer<typeof codedParams>['of'];

/**
 * `coded`: the diagnoses or operations of this claim that fit column `theirs` of the rows of the table whose column `mine` fits the fact
 * `key`, as of the fee date. Absent when there is no such row, unknown when the source does not state the key or the codes. A cell fits
 * what begins with it; `I20-I25` fits whatever lies from the one category to the other, both included. Item codes fit whole.
 */
export function coded(params: z.infer<typeof codedParams>, knowledge: Knowledge): RelatedRead {
  const { rows } = tableOf(knowledge, params.table);
  const key = plainRead(params.key);
  const isItem = params.key === itemFact;
  const byItem = new Map<string, typeof rows>();
  if (isItem)
    for (const row of rows) {
      const item = cellOf(row, params.mine) ?? '';
      byItem.set(item, [...(byItem.get(item) ?? []), row]);
    }
  return (candidate) => {
    const value = key(candidate);
    if (value === undefined || value === null) return value;
    const day = asOfDay(candidate);
    const mine = (
      isItem
        ? (byItem.get(String(value)) ?? [])
        : rows.filter((row) => fits(cellOf(row, params.mine), String(value)))
    ).filter((row) => inForce(row, day));
    if (mine.length === 0) return null;
    const codes = codesOfClaim(candidate.claim, params.of);
    if (codes === undefined) return undefined;
    const found = codes.filter((code) => mine.some((row) => fits(cellOf(row, params.theirs), code)));
    return { columns: columnsOfCoded(codes, found) };
  };
}

export const itemFact = 'line.med_list_codg';

export const columnsOfCoded = (codes: readonly string[], found: readonly string[]) => ({
  count: found.length,
  code: found[0] ?? null,
  listed: codes.length,
});

/** What the claim lists, in its order; `undefined` when the source does not state it. */
export function codesOfClaim(claim: NetClaim, of: CodedOf): readonly string[] | undefined {
  switch (of) {
    case 'diagnoses':
      return claim.claim.diagnoses?.map(({ diag_code }) => diag_code);
    case 'operations':
      return claim.claim.operations?.map(({ oprn_oprt_code }) => oprn_oprt_code);
    case 'main_diagnosis':
    case 'main_operation': {
      const code = of === 'main_diagnosis' ? mainDiagnosis(claim) : mainOperation(claim);
      return code === undefined ? undefined : code === null ? [] : [code];
    }
    default:
      return of satisfies never;
  }
}

/** Whether a code belongs to a cell: a prefix, or a range of prefixes such as `I20-I25`. */
export function fits(cell: string | null, code: string): boolean {
  if (cell === null) return false;
  const [from = '', to] = cell.split('-');
  if (to === undefined) return code.startsWith(from);
  return code.slice(0, from.length) >= from && code.slice(0, to.length) <= to;
}

export const statedParams = z.strictObject({ fact: factName.describe('来源是否提供这个事实') });
/** `stated`: whether the source states a fact. Never unknown; a fact that is known to be absent is stated. */
export function stated(params: z.infer<typeof statedParams>): RelatedRead {
  const read = plainRead(params.fact);
  return (candidate) => ({ columns: { yes: read(candidate) !== undefined } });
}
