import { describe, expect, it } from 'vitest';
import { type BatchDays, readBatch } from '../../src/knowledge/batch.ts';
import type { TableSpec } from '../../src/knowledge/contract.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { readSheet, type Sheet } from '../../src/knowledge/sheet.ts';
import { xlsxOf, xlsxOfSheet, zipOf } from '../support/xlsx.ts';

const { tables } = await loadKnowledge('rules/knowledge');
const specOf = (name: string): TableSpec => {
  const table = tables.get(name);
  if (table === undefined) throw new Error(name);
  return table.spec;
};
const sexSpec = specOf('item-sex');
const ceilingSpec = specOf('item-price-ceiling');

const days: BatchDays = { effective_from: '2026-03-01', effective_to: null };

const encodeGb18030 = (text: string): Buffer => {
  // Node only decodes it: the bytes of the few characters that are used here.
  const bytes = new Map([
    ['阴', [0xd2, 0xf5]],
    ['道', [0xb5, 0xc0]],
    ['镜', [0xbe, 0xb5]],
    ['检', [0xbc, 0xec]],
    ['查', [0xb2, 0xe9]],
    ['床', [0xb4, 0xb2]],
    ['位', [0xce, 0xbb]],
  ]);
  return Buffer.from([...text].flatMap((character) => bytes.get(character) ?? [character.charCodeAt(0)]));
};

async function sheetOf(bytes: Buffer): Promise<Sheet & { ok: true }> {
  const sheet = await readSheet(bytes);
  if (!sheet.ok) throw new Error(sheet.message.en);
  return sheet;
}
const batchOf = async (bytes: Buffer, spec = sexSpec, of = days) => {
  const sheet = await sheetOf(bytes);
  return readBatch(spec, sheet.rows, of, sheet.encoding);
};

const csv = 'med_list_codg,item_name,gend\n002203010030000,阴道镜检查,2\n';
const asRead = [
  {
    line: 2,
    cells: {
      med_list_codg: '002203010030000',
      item_name: '阴道镜检查',
      gend: '2',
      effective_from: '2026-03-01',
    },
    from: 20_513,
    to: null,
  },
];

describe('a file', () => {
  it.each([
    ['UTF-8', Buffer.from(csv), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${csv}`), 'utf-8'],
    ['GB18030', encodeGb18030(csv), 'gb18030'],
  ])('in %s says the same', async (_name, bytes, encoding) => {
    const sheet = await sheetOf(bytes);
    expect(sheet).toMatchObject({ format: 'csv', encoding });
    expect(await batchOf(bytes)).toEqual({ rows: asRead, issues: [], allRows: 1, badRows: 0 });
  });

  it('as a spreadsheet says the same, with numbers and dates as cells', async () => {
    const bytes = xlsxOf([
      ['med_list_codg', 'item_name', 'hosp_lv', 'pric_max', 'effective_from', 'effective_to'],
      ['001109000010000', '床位', '02', 38.640000000000001, new Date('2026-03-01'), null],
      [null, null, null, null, null, null],
      ['001109000010000', '床位', '03', 50, '2026-03-01', new Date('2026-05-01')],
    ]);
    expect(await sheetOf(bytes)).toMatchObject({ format: 'xlsx', encoding: null });
    const { rows, issues } = await batchOf(bytes, ceilingSpec);
    expect(issues).toEqual([]);
    expect(rows.map(({ line, cells }) => [line, cells['pric_max'], cells['effective_to']])).toEqual([
      [2, '38.64', undefined],
      [4, '50', '2026-05-01'],
    ]);
  });

  it('may end in rows of empty cells, as spreadsheets leave them', async () => {
    const text = 'med_list_codg,item_name,gend\n,,\nSL-1,甲,2\n , ,\n,,\n';
    const { rows, badRows, allRows } = await batchOf(Buffer.from(text));
    expect({ lines: rows.map(({ line }) => line), badRows, allRows }).toEqual({
      lines: [3],
      badRows: 0,
      allRows: 1,
    });
  });

  it('may be what a spreadsheet calls Unicode text: tabs, in UTF-16', async () => {
    const text = '\uFEFFmed_list_codg\titem_name\tgend\r\nSL-1\t甲,乙\t2\r\n';
    const { rows, issues } = await batchOf(Buffer.from(text, 'utf16le'));
    expect(issues).toEqual([]);
    expect(rows.map(({ cells }) => [cells['med_list_codg'], cells['item_name'], cells['gend']])).toEqual([
      ['SL-1', '甲,乙', '2'],
    ]);
  });

  it('may have its columns in any order, and leaves its own days to rows that state them', async () => {
    const { rows } = await batchOf(
      Buffer.from('gend,effective_to,med_list_codg,item_name\n2,,A1,x\n1,2026-04-01,A2,y\n'),
      sexSpec,
      { effective_from: '2026-03-01', effective_to: '2026-12-01' },
    );
    expect(rows.map(({ cells }) => [cells['med_list_codg'], cells['effective_to']])).toEqual([
      ['A1', '2026-12-01'],
      ['A2', '2026-04-01'],
    ]);
  });
});

describe('a bad row', () => {
  it('is told in Chinese what its cells should have been', async () => {
    const text = 'med_list_codg,item_name,gend,effective_from\nA1,x,2,2026-02-30\n';
    expect((await batchOf(Buffer.from(text))).issues[0]?.message.zh).toBe(
      '“2026-02-30”不是日期（yyyy-MM-dd）',
    );
  });

  const placesOf = async (text: string) =>
    (await batchOf(Buffer.from(text))).issues.map(({ row, column }) => [row, column]);

  it('is named by row and column, all of them, and the others are read', async () => {
    const text =
      'med_list_codg,item_name,gend,effective_from,effective_to\n' +
      ',x,2,,\n' +
      'A1,x,3,,\n' +
      'A2,,2,2026-02-30,\n' +
      'A3,x,2,2026-05-01,2026-05-01\n' +
      'A4,x,2\n' +
      'A5,x,2,,\n' +
      'A5,x,1,2026-06-01,\n';
    const read = await batchOf(Buffer.from(text));
    expect(read.issues.map(({ row, column }) => [row, column])).toEqual([
      [2, 'med_list_codg'],
      [3, 'gend'],
      [4, 'item_name'],
      [4, 'effective_from'],
      [5, 'effective_to'],
      [6, null],
      [8, 'med_list_codg'],
    ]);
    for (const { message } of read.issues) expect(message.zh).not.toBe('');
    expect(read).toMatchObject({ allRows: 7, badRows: 6 });
  });

  it('is one with a number below the least value of its column', async () => {
    const text = 'med_list_codg,hosp_lv,item_name,pric_max\nA1,02,x,0\nA2,02,x,-0.01\n';
    const read = await batchOf(Buffer.from(text), ceilingSpec);
    expect(read).toMatchObject({
      badRows: 1,
      issues: [{ row: 3, column: 'pric_max', message: { zh: '“-0.01”小于允许的最小值 0' } }],
    });
  });

  it('is one whose code a spreadsheet took for a number', async () => {
    const bytes = xlsxOf([
      ['med_list_codg', 'item_name', 'gend'],
      [2_203_010_030_000, '阴道镜检查', 2],
    ]);
    const { issues } = await batchOf(bytes);
    expect(issues).toMatchObject([{ row: 2, column: 'med_list_codg' }]);
    expect(issues[0]?.message.zh).toContain('文本格式');
  });

  it('is one with bytes that are no text', async () => {
    const damaged = Buffer.concat([
      Buffer.from(`${csv}A2,`),
      Buffer.from([0xff]),
      Buffer.from('阴道镜检查阴道镜检查阴道镜检查,2\n'),
    ]);
    expect((await batchOf(damaged)).issues).toMatchObject([{ row: 3, column: 'item_name' }]);
  });

  it('is one with a cell that is no cell any more, of which no more is said than is needed', async () => {
    const long = 'x'.repeat(5_000);
    const { issues } = await batchOf(Buffer.from(`med_list_codg,item_name,gend\n${long},${long},${long}\n`));
    expect(issues.map(({ column }) => column)).toEqual(['med_list_codg', 'item_name', 'gend']);
    expect(JSON.stringify(issues).length).toBeLessThan(1_000);
  });

  it('is every row below a header that is another', async () => {
    expect(await placesOf('med_list_codg,item_name,sex\nA1,x,2\n')).toEqual([
      [1, 'gend'],
      [1, 'sex'],
    ]);
    expect(await placesOf('med_list_codg,item_name,gend,gend\nA1,x,2,2\n')).toEqual([[1, 'gend']]);
    expect(await placesOf('med_list_codg,item_name,gend\n')).toEqual([[null, null]]);
  });

  it('is counted when there are more than reasons are kept', async () => {
    const rows = Array.from({ length: 6_000 }, (_, index) => `A${index},x,3`);
    const read = await batchOf(Buffer.from(`med_list_codg,item_name,gend\n${rows.join('\n')}\n`));
    expect(read).toMatchObject({ allRows: 6_000, badRows: 6_000 });
    expect(read.issues).toHaveLength(5_000);
  });
});

describe('what cannot be read at all', () => {
  const refusalOf = async (bytes: Buffer): Promise<string> => {
    const sheet = await readSheet(bytes);
    if (sheet.ok) throw new Error('it was read');
    expect(sheet.message.zh).not.toMatch(/^$|Error/);
    return sheet.message.en;
  };

  it.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), '.xls'],
    ['a ZIP file that is none', Buffer.from('PK\u0003\u0004nothing'), 'cannot be read as XLSX'],
    ['a ZIP file without a sheet', zipOf({ 'a.txt': 'a' }), 'cannot be read as XLSX'],
    ['bytes', Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 7_919) % 256)), 'neither'],
    ['quotes that never end', Buffer.from('a,b\n"x,y\n'), 'is not CSV'],
    ['too many rows', Buffer.from(`a\n${'b\n'.repeat(200_001)}`), 'more than 200000 rows'],
    ['too many bytes', Buffer.alloc(32 * 1024 * 1024 + 1, 0x61), 'larger than 33554432 bytes'],
  ])('%s is refused with a reason', async (_name, bytes, reason) => {
    expect(await refusalOf(bytes)).toContain(reason);
  });

  it('includes a spreadsheet with a cell in its last corner', async () => {
    const sheet = (at: string) =>
      xlsxOfSheet(`<sheetData><row><c r="${at}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>`);
    expect(await refusalOf(sheet('A1048576'))).toContain('200000 rows');
    expect(await refusalOf(sheet('XFD1'))).toContain('64 columns');
  });

  it('includes one that unfolds into more than it may', async () => {
    const bomb = zipOf({ 'xl/worksheets/sheet1.xml': Buffer.alloc(257 * 1024 * 1024, 0x20) });
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(await refusalOf(bomb)).toContain('unfolds into more than 268435456 bytes');
  });
});
