/** Bulk writes by COPY: several times cheaper than INSERT, because nothing is quoted twice and no statement is planned. */
import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

export type CopyValue = string | number | boolean | Buffer | null;

/** Rows are sent in pieces of about this size. */
const pieceCharactersMax = 1_048_576;

/**
 * Writes rows into a table inside the caller's transaction. Names of table and columns are code, never input. Values are written in the
 * text form of their types; a Buffer is `bytea`.
 */
export async function copyRows(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly CopyValue[]>,
): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`));
  const finished = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.once('error', reject);
  });
  // Awaited at the end; a failure while pieces are still written must not look unhandled.
  finished.catch(() => undefined);
  let piece = '';
  for (const row of rows) {
    piece += `${row.map(copyText).join('\t')}\n`;
    if (piece.length < pieceCharactersMax) continue;
    if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), finished]);
    piece = '';
  }
  stream.end(piece);
  await finished;
}

const special = /[\\\t\n\r]/;

function copyText(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return special.test(value) ? escaped(value) : value;
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  return String(value);
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
