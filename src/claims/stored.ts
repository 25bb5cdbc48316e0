/**
 * How a document is written down: lists of records by column – `{"feedetl_sn":["1","2"],"bilg_dr_codg":"D17"}` instead of one object a line.
 * A name is written once a list, and a value that all records share once; the text is half as long, reads back twice as fast, and
 * PostgreSQL need not compress it. Nothing is lost: the canonical document comes back byte for byte.
 *
 * Lists of fewer than two records stay lists. In a column `null` stands for a field that the record does not state; the first column is
 * always spelled out, so that it tells how many records there are.
 */
import type { ClaimDoc } from './personal.ts';
import { claimShape } from './shape.ts';
import { readStored, type StoredRecord as Record } from './stored-reader.ts';

/** Names of the fields that are lists of records, with the names of their records' fields in canonical order. */
const recordLists = claimShape.fields.flatMap(({ name, shape }) =>
  shape.kind === 'list' && shape.item.kind === 'object'
    ? [{ name, fields: shape.item.fields.map((field) => field.name) }]
    : [],
);
const recordListNames = recordLists.map(({ name }) => name);

/** The JSON text in which a canonical document is stored. */
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

/** The canonical document out of its stored text. */
export function documentOf(text: string): ClaimDoc {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `storedText`, and append-only since
  const doc = readStored(text) ?? (JSON.parse(text) as Record);
  for (const name of recordListNames) {
    const columns = doc[name];
    if (columns !== undefined && !Array.isArray(columns))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a list that is not spelled out is an object of columns
      doc[name] = recordsOf(columns as Record);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return doc as ClaimDoc;
}

function recordsOf(columns: Record): Record[] {
  const fields = Object.keys(columns);
  const spelled = fields[0] === undefined ? [] : columns[fields[0]];
  const records: Record[] = [];
  const size = Array.isArray(spelled) ? spelled.length : 0;
  for (let at = 0; at < size; at += 1) {
    const record: Record = {};
    for (const field of fields) {
      const column = columns[field];
      const value: unknown = Array.isArray(column) ? column[at] : column;
      if (value !== null) record[field] = value;
    }
    records.push(record);
  }
  return records;
}
