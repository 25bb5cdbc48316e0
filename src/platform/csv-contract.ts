/** A byte order mark, without which Excel reads Chinese as noise. */
const mark = '\uFEFF';

/** RFC 4180. Cells that a spreadsheet would run as a formula are quoted with an apostrophe: names come from outside. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  mark + rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
