/** A directory of objects out of what the system knows, for the agency to complete: who settles, grade, risk, upheld findings, last check. Pure. */
import { areaOf } from '../people/sight.ts';
import { csvOf } from '../platform/csv-contract.ts';
import type { DrawObject } from './contract.ts';

export interface Known {
  readonly institutions: readonly { readonly fixmedins_code: string; readonly name: string | null }[];
  /** Published grades, by institution. */
  readonly grades: ReadonlyMap<string, string>;
  /** Risk index in hundredths of a percent, by institution. */
  readonly risks: ReadonlyMap<string, number>;
  /** Days on which findings were confirmed, with their number. */
  readonly confirmed: readonly {
    readonly fixmedins_code: string;
    readonly day: string;
    readonly findings: number;
  }[];
  /** Last day of a check, by institution. */
  readonly checks: ReadonlyMap<string, string>;
}

/** Hundredths of a percent in a part of a thousand. */
const hundredthsPerPermille = 10;
const hospital = '医院';
const pharmacy = '药店';
/** Codes of the national coding say what they are by their first letter. */
const kindOf = (code: string): string => (code.startsWith('P') ? pharmacy : hospital);

export function proposedObjects({ institutions, grades, risks, confirmed, checks }: Known): DrawObject[] {
  return institutions.map(({ fixmedins_code: code, name }) => {
    const last_checked = checks.get(code) ?? null;
    const risk = risks.get(code);
    return {
      object_id: code,
      name: name ?? code,
      kind: kindOf(code),
      admdvs: areaOf(code) ?? '000000',
      credit_grade: grades.get(code) ?? null,
      risk: risk === undefined ? null : Math.round(risk / hundredthsPerPermille),
      clues: confirmed
        .filter((one) => one.fixmedins_code === code && (last_checked === null || one.day > last_checked))
        .reduce((sum, { findings }) => sum + findings, 0),
      last_checked,
      exempt: null,
    };
  });
}

/** As the upload takes it. */
export function csvOfObjects(objects: readonly DrawObject[]): string {
  const columns = [
    'object_id',
    'name',
    'kind',
    'admdvs',
    'credit_grade',
    'risk',
    'clues',
    'last_checked',
    'exempt',
  ] as const;
  const rows = objects.map((one) => columns.map((column) => String(one[column] ?? '')));
  return csvOf([columns, ...rows]);
}
