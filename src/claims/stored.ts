/**
 * How a document is written down: lists of records by column – `{"feedetl_sn":["1","2"],"bilg_dr_codg":"D17"}` instead of one object a line.
 * A name is written once a list, and a value that all records share once; the text is half as long, reads back twice as fast, and
 * PostgreSQL need not compress it. Nothing is lost: the canonical document comes back byte for byte.
 *
 * Lists of fewer than two records stay lists. In a column `null` stands for a field that the record does not state; the first column is
 * always spelled out, so that it tells how many records there are. `quick/columns.ts` writes this form; here it is read.
 */
import type { ClaimDoc } from './personal.ts';
import { claimShape } from './shape.ts';
import { readStored, type StoredRecord as Record } from './stored-reader.ts';

const recordListNames = claimShape.fields
  .filter(({ shape }) => shape.kind === 'list')
  .map(({ name }) => name);

/** The canonical document out of its stored text. */
export const documentOf = (text: string): ClaimDoc =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `quick/columns.ts`, and append-only since
  (readStored(text) ?? parsedDocument(text)) as ClaimDoc;

/** The same by way of JSON.parse, whatever is escaped. @throws SyntaxError */
export function parsedDocument(text: string): Record {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const doc = JSON.parse(text) as Record;
  for (const name of recordListNames) {
    const columns = doc[name];
    if (columns !== undefined && !Array.isArray(columns))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a list that is not spelled out is an object of columns
      doc[name] = recordsOf(columns as Record);
  }
  return doc;
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

const itemName = '"med_list_codg":';
const quote = '"';
const comma = ',';
const list = '[';

/**
 * The items of the lines of a stored text, in their order, found without reading anything else of it; an item that all lines share comes
 * once. Only lines have items, and a quote within a value is escaped, so the name is found where it is meant.
 *
 * @throws SyntaxError
 */
export function itemsOf(text: string): string[] {
  if (text.includes('\\')) return documentOf(text).lines.map(({ med_list_codg }) => med_list_codg);
  const items: string[] = [];
  for (let at = text.indexOf(itemName); at >= 0; at = text.indexOf(itemName, at)) {
    at += itemName.length;
    const isColumn = text[at] === list;
    if (isColumn) at += 1;
    for (;;) {
      const end = text.indexOf(quote, at + 1);
      if (text[at] !== quote || end < 0) throw new SyntaxError('a stored text whose items cannot be told');
      items.push(text.slice(at + 1, end));
      at = end + 1;
      if (!isColumn || text[at] !== comma) break;
      at += 1;
    }
  }
  return items;
}
