/** A claim as rows of the national CSV set: headers are the field names of the claim document, every row names its settlement. */
import {
  type ClaimInput,
  diagnosisSchema,
  drgSchema,
  identityCheckSchema,
  institutionSchema,
  lineSchema,
  operationSchema,
  personSchema,
  settlementSchema,
  traceSchema,
  visitSchema,
} from '../claims/contract.ts';

export const nationalTables = [
  'settlements',
  'lines',
  'diagnoses',
  'operations',
  'traces',
  'identity_checks',
] as const;
export type NationalTable = (typeof nationalTables)[number];

const names = (schema: { readonly shape: Readonly<Record<string, unknown>> }): string[] =>
  Object.keys(schema.shape);
const keys = ['fixmedins_code', 'setl_id'];
const heading = ['setl_time', 'updt_time', 'refd_setl_id', 'medins_setl_id', 'clr_type'] as const;
const ofSettlement = [personSchema, institutionSchema, visitSchema, drgSchema, settlementSchema].flatMap(
  names,
);

/** Columns of each file in their order. */
export const nationalColumns: Readonly<Record<NationalTable, readonly string[]>> = {
  settlements: [...keys, ...heading, ...ofSettlement.filter((name) => !keys.includes(name))],
  lines: [...keys, ...names(lineSchema)],
  diagnoses: [...keys, ...names(diagnosisSchema)],
  operations: [...keys, ...names(operationSchema)],
  traces: [...keys, ...names(traceSchema)],
  identity_checks: [...keys, ...names(identityCheckSchema)],
};

/** The rows that a claim adds to each file, as CSV text without header. */
export function nationalRows(claim: ClaimInput): Record<NationalTable, string> {
  const own = { fixmedins_code: claim.institution.fixmedins_code, setl_id: claim.setl_id };
  const rows = (table: NationalTable, records: readonly object[] | null | undefined): string =>
    (records ?? []).map((record) => csvRow(nationalColumns[table], { ...record, ...own })).join('');
  const { setl_time, updt_time, refd_setl_id, medins_setl_id, clr_type } = claim;
  const settlement = {
    ...claim.person,
    ...claim.institution,
    ...claim.visit,
    ...claim.drg,
    ...claim.settlement,
    setl_time,
    updt_time,
    refd_setl_id,
    medins_setl_id,
    clr_type,
  };
  return {
    settlements: rows('settlements', [settlement]),
    lines: rows('lines', claim.lines),
    diagnoses: rows('diagnoses', claim.diagnoses),
    operations: rows('operations', claim.operations),
    traces: rows('traces', claim.traces),
    identity_checks: rows('identity_checks', claim.identity_checks),
  };
}

export const csvHeader = (table: NationalTable): string => `${nationalColumns[table].join(',')}\r\n`;

function csvRow(columns: readonly string[], record: object): string {
  const cells = new Map<string, unknown>(Object.entries(record));
  return `${columns.map((column) => csvCell(cells.get(column))).join(',')}\r\n`;
}

function csvCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
