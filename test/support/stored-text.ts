import type { ClaimDoc } from '../../src/claims/personal.ts';
import { claimShape } from '../../src/claims/shape.ts';

type Record = { [name: string]: unknown };

/** Names of the fields that are lists of records, with the names of their records' fields in canonical order. */
const recordLists = claimShape.fields.flatMap(({ name, shape }) =>
  shape.kind === 'list' && shape.item.kind === 'object'
    ? [{ name, fields: shape.item.fields.map((field) => field.name) }]
    : [],
);

/** The JSON text in which a canonical document is stored, made from objects as `stored.ts` defines it. */
export function storedText(doc: ClaimDoc): string {
  const stored: Record = { ...doc };
  for (const { name, fields } of recordLists) {
    const records = stored[name];
    if (Array.isArray(records) && records.length > 1) stored[name] = columnsOf(records, fields);
  }
  return JSON.stringify(stored);
}

function columnsOf(records: readonly Record[], fields: readonly string[]): Record {
  const columns: Record = {};
  let isFirst = true;
  for (const field of fields) {
    const first = records[0]?.[field];
    let isShared = true;
    let isStated = first !== undefined;
    for (const record of records) {
      const value = record[field];
      if (value !== first) isShared = false;
      if (value !== undefined) isStated = true;
    }
    if (!isStated) continue;
    columns[field] = isShared && !isFirst ? first : records.map((record) => record[field] ?? null);
    isFirst = false;
  }
  return columns;
}
