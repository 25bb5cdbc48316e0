/**
 * Knowledge tables for the crowded little world of `random-claims.ts`: few items, many relations, rows that begin and end while the world
 * goes on, wildcards and prefixes that hide each other.
 */
import type { ColumnKind, TableSpec } from '../../src/knowledge/contract.ts';
import { indexTable, type Knowledge, type Row, type Table } from '../../src/knowledge/table.ts';
import { dayOf } from '../../src/platform/civil.ts';

interface Sketch {
  readonly table: string;
  readonly key: readonly string[];
  readonly match?: TableSpec['match'];
  readonly multi?: boolean;
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** Cells in the order of the columns, then the first day of validity and the day after the last. */
  readonly rows: readonly (readonly string[])[];
}

const oxygen = '001203000010000';
const bed = '001109000010000';
const anaesthesia = '003301000050000';
const monitoring = '003301000150000';
const heart = '003107010220000';
const first = '001201000030000';
const second = '001201000040000';
const incubator = '003112030040000';
const prostate = 'XG04CBD001A001010190001';
const always = ['2000-01-01', ''];

const sketches: readonly Sketch[] = [
  {
    table: 'item-indication',
    key: ['med_list_codg'],
    multi: true,
    columns: { med_list_codg: 'code', code: 'code', gend: 'code' },
    rows: [
      [oxygen, 'J10-J20', '1', ...always],
      [oxygen, 'C5', '2', '2026-01-12', '2026-01-20'],
      [heart, '47.0', '1', ...always],
      [bed, 'N40', '2', ...always],
      [bed, 'Z51', '2', '2026-01-10', ''],
    ],
  },
  {
    table: 'item-sex',
    key: ['med_list_codg'],
    columns: { med_list_codg: 'code', item_name: 'text', gend: 'code' },
    rows: [
      [prostate, '非那雄胺', '1', ...always],
      [bed, '床位', '2', '2026-01-10', '2026-01-25'],
      [bed, '床位', '1', '2026-01-25', ''],
      [heart, '监测', '2', ...always],
    ],
  },
  {
    table: 'item-age',
    key: ['med_list_codg'],
    columns: { med_list_codg: 'code', age_min: 'int', age_max: 'int', age_unit: 'code' },
    rows: [
      [incubator, '', '29', 'day', ...always],
      [oxygen, '75', '', 'year', ...always],
      [first, '10', '75', 'year', '2026-01-05', ''],
    ],
  },
  {
    table: 'diagnosis-sex',
    key: ['diag_code'],
    match: 'prefix',
    columns: { diag_code: 'code', diag_name: 'text', gend: 'code' },
    rows: [
      ['C', '肿瘤', '2', ...always],
      ['C53', '宫颈', '1', '2026-01-15', '2026-02-01'],
      ['N40', '前列腺', '1', ...always],
    ],
  },
  {
    table: 'diagnosis-age',
    key: ['diag_code'],
    match: 'prefix',
    columns: { diag_code: 'code', age_min: 'int', age_max: 'int', age_unit: 'code' },
    rows: [
      ['P', '', '1', 'year', ...always],
      ['P59', '', '29', 'day', ...always],
      ['I10', '40', '', 'year', '2026-01-15', ''],
    ],
  },
  {
    table: 'item-daily-limit',
    key: ['med_list_codg'],
    columns: { med_list_codg: 'code', cnt_max: 'decimal', unit_name: 'text' },
    rows: [
      [oxygen, '20', '时', ...always],
      [bed, '1', '日', ...always],
      [first, '0.5', '日', '2026-01-10', '2026-01-30'],
    ],
  },
  {
    table: 'item-exclusion',
    key: ['med_list_codg'],
    multi: true,
    columns: { med_list_codg: 'code', item_name: 'text', other_codg: 'code' },
    rows: [
      [anaesthesia, '麻醉', monitoring, ...always],
      [anaesthesia, '麻醉', heart, '2026-01-10', '2026-01-30'],
      [first, '护理', second, ...always],
      [second, '护理', first, ...always],
      [bed, '床位', bed, ...always],
      [bed, '床位', oxygen, ...always],
      [oxygen, '吸氧', incubator, '2026-01-20', ''],
    ],
  },
  {
    table: 'item-price-ceiling',
    key: ['med_list_codg', 'hosp_lv'],
    columns: { med_list_codg: 'code', hosp_lv: 'code', pric_max: 'decimal', note: 'text' },
    rows: [
      [bed, '02', '45', '', ...always],
      [bed, '05', '44.999999', '', ...always],
      [bed, '*', '9000', '', '2026-01-20', ''],
      [oxygen, '*', '3', '', ...always],
      ['*', '08', '6', '', ...always],
      [first, '02', '20', '', '2026-01-01', '2026-01-20'],
    ],
  },
];

const day = (text: string): number => {
  const found = dayOf(text);
  if (found === null) throw new Error(text);
  return found;
};

function tableOf({ table, key, match = 'exact', multi = false, columns, rows }: Sketch): Table {
  const names = Object.keys(columns);
  const spec: TableSpec = {
    table,
    file: `${table}.csv`,
    title: { zh: table, en: table },
    key: [...key],
    match,
    multi,
    columns: { ...columns, effective_from: 'date', effective_to: 'date' },
    required: [],
    standing: '示例',
    source: '—',
    batch: '—',
    published_at: '2026-01-01',
    sha256: '0'.repeat(64),
  };
  return indexTable(
    spec,
    rows.map((row, index): Row => {
      const [from = '', to = ''] = row.slice(names.length);
      const cells = [
        ...names.map((name, at) => [name, row[at] ?? '']),
        ['effective_from', from],
        ['effective_to', to],
      ];
      return {
        line: index + 2,
        // An empty cell is absent.
        cells: Object.fromEntries(cells.filter(([, cell]) => cell !== '')),
        from: day(from),
        to: to === '' ? null : day(to),
      };
    }),
  );
}

export const smallTables: Knowledge = {
  tables: new Map(sketches.map((sketch) => [sketch.table, tableOf(sketch)])),
  version: 'small',
};
