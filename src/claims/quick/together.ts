/** Whether several fields of the claim at hand agree: what `checkTogether` asks, asked of bytes. */
import { endOf, fieldAt, fieldOfRecords, isStated, listAt, recordsOf, startOf, textOf } from './fields.ts';
import { out } from './scan.ts';

const setlId = fieldAt('setl_id');
const refdSetlId = fieldAt('refd_setl_id');
const begntime = fieldAt('visit', 'begntime');
const endtime = fieldAt('visit', 'endtime');
const lines = listAt('lines');
const lineNumber = fieldOfRecords(lines, 'feedetl_sn');
const statedTraces = fieldAt('traces');
const traces = listAt('traces');
const tracedLine = fieldOfRecords(traces, 'feedetl_sn');

export function fitsTogether(): boolean {
  if (isStated(endtime)) {
    // Compares as precisely as both are stated.
    const bytes = Math.min(endOf(endtime) - startOf(endtime), endOf(begntime) - startOf(begntime));
    if (compare(startOf(endtime), startOf(begntime), bytes) < 0) return false;
  }
  if (isStated(refdSetlId) && textOf(refdSetlId) === textOf(setlId)) return false;
  const isTraced = isStated(statedTraces) && traces.rows > 0;
  if (!isTraced && isAscending()) return true;
  const numbers = new Set<string>();
  for (const line of recordsOf(lines)) numbers.add(textOf(lineNumber, line));
  if (numbers.size < lines.rows) return false;
  if (!isTraced) return true;
  for (const trace of recordsOf(traces)) if (!numbers.has(textOf(tracedLine, trace))) return false;
  return true;
}

/** Whether each line has a longer number than the one before, or one of the same length that is greater: so are most, and all differ. */
function isAscending(): boolean {
  let before = 0;
  let bytesBefore = 0;
  for (const line of recordsOf(lines)) {
    const start = startOf(lineNumber, line);
    const bytes = endOf(lineNumber, line) - start;
    if (bytes < bytesBefore) return false;
    if (bytes === bytesBefore && compare(start, before, bytes) <= 0) return false;
    before = start;
    bytesBefore = bytes;
  }
  return true;
}

function compare(a: number, b: number, bytes: number): number {
  for (let at = 0; at < bytes; at += 1) {
    const difference = (out[a + at] ?? 0) - (out[b + at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
