import { issue } from '../issues.ts';
import type { Shape } from '../shape.ts';
import { compileDateFormat } from './date-format.ts';
import type { ColumnSpec } from './mapping.ts';
import { claimRows, complain, type Evaluate, type Place, type Scope, useColumn } from './scope.ts';
import { place, type TableRow } from './table.ts';

/** From a cell to its value. */
export function compileColumn(spec: ColumnSpec, shape: Shape, at: Place): Evaluate {
  const source = rowSource(spec.of, at);
  if (source === null) return () => '';
  const indexes = columnIndexes(spec, source.table, at);
  const steps = compileSteps(spec, shape, at);
  const nulls = new Set(spec.nulls);
  return (scope) => {
    const row = source.row(scope);
    if (row === null) return '';
    const cell = row.cells[indexes(scope)] ?? '';
    if (cell === '' || nulls.has(cell)) return '';
    return steps(cell, (code, format) => {
      const where = place(row.file, row.row, spec.column.replaceAll('{n}', String(scope.n)));
      scope.issues.push(code === 'row_date' ? issue(where, code, { format }) : issue(where, code));
    });
  };
}

function rowSource(
  of: string | undefined,
  at: Place,
): { table: string; row: (scope: Scope) => TableRow | null } | null {
  if (of === undefined) return { table: at.table, row: (scope) => scope.row };
  if (of === claimRows) return { table: at.maker.from, row: (scope) => scope.rows[0] ?? null };
  const lookup = at.maker.lookups[of];
  if (lookup !== undefined) return { table: lookup.table, row: (scope) => scope.lookups.get(of) ?? null };
  complain(at.compilation, at.path, `lookups 中没有 ${of}`, `there is no lookup ${of}`);
  return null;
}

function columnIndexes(spec: ColumnSpec, table: string, at: Place): (scope: Scope) => number {
  const optional = spec.optional === true;
  if (!spec.column.includes('{n}')) {
    const index = useColumn(at.compilation, table, spec.column, optional);
    return () => index;
  }
  if (at.repeat === null) {
    complain(
      at.compilation,
      at.path,
      '{n} 只能用于 repeat 列表',
      '{n} can only stand inside a list with repeat',
    );
    return () => -1;
  }
  const { from, to } = at.repeat;
  const byNumber: number[] = [];
  for (let n = from; n <= to; n += 1) {
    byNumber.push(useColumn(at.compilation, table, spec.column.replaceAll('{n}', String(n)), optional));
  }
  return (scope) => byNumber[scope.n - from] ?? -1;
}

type CellProblem = (code: 'row_date' | 'row_code', format: string) => void;

/** The steps from a cell that is not empty to its value, in the order of the mapping's documentation. */
function compileSteps(
  spec: ColumnSpec,
  shape: Shape,
  at: Place,
): (cell: string, problem: CellProblem) => string {
  const { remove, last, date: format, codes } = spec;
  const readDate = format === undefined ? null : compileDateFormat(format);
  if (format !== undefined && readDate === null) {
    complain(
      at.compilation,
      `${at.path}.date`,
      '日期格式须各含一次 yyyy、M、d',
      'a date format needs yyyy, M and d once each',
    );
  }
  const translate = codes === undefined ? null : compileCodes(codes, spec.otherwise);
  return (cell, problem) => {
    let text = remove === undefined ? cell : cell.replaceAll(remove, '');
    if (last !== undefined) text = text.slice(-last);
    if (readDate !== null && format !== undefined) {
      const read = readDate(text);
      if (read === null) {
        problem('row_date', format);
        return '';
      }
      text = shape.kind === 'time' && read.time !== null ? `${read.date} ${read.time}` : read.date;
    }
    if (translate === null) return text;
    const translated = translate(text);
    if (translated === null) problem('row_code', '');
    return translated ?? '';
  };
}

function compileCodes(
  codes: Readonly<Record<string, string>>,
  otherwise: ColumnSpec['otherwise'],
): (code: string) => string | null {
  const whole = new Map(Object.entries(codes).filter(([key]) => !key.endsWith('*')));
  const beginnings = Object.entries(codes)
    .filter(([key]) => key.endsWith('*'))
    .map(([key, value]) => ({ start: key.slice(0, -1), value }))
    .toSorted((a, b) => b.start.length - a.start.length);
  return (code) => {
    const found = whole.get(code) ?? beginnings.find((each) => code.startsWith(each.start))?.value;
    if (found !== undefined) return found;
    if (otherwise === undefined) return null;
    if (typeof otherwise === 'string') return otherwise;
    return 'keep' in otherwise ? code : '';
  };
}
