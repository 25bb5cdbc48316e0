import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileMapping } from '../../../src/claims/import/compile.ts';
import { InputError } from '../../../src/claims/import/input-error.ts';
import type { InputClaim } from '../../../src/claims/import/input-claim.ts';
import { parseMapping } from '../../../src/claims/import/mapping.ts';
import { readClaims } from '../../../src/claims/import/read.ts';
import { folderOf } from '../../support/folder.ts';

const mappingsDir = path.join(import.meta.dirname, '../../../rules/mappings');

type Spec = {
  claim: Record<string, unknown>;
  maker?: Record<string, unknown>;
  tables?: Record<string, unknown>;
};
const mappingOf = ({ claim, maker, tables }: Spec): string =>
  JSON.stringify({
    name: 'test',
    description: { zh: '测试', en: 'test' },
    tables: { bills: { files: ['bills*.csv'], nulls: ['NULL'] }, ...tables },
    claims: [{ from: 'bills', key: ['ID'], claim, ...maker }],
  });

async function claimsOf(spec: Spec, files: Record<string, string>): Promise<InputClaim[]> {
  const folder = await folderOf({ ...files, 'map.json': mappingOf(spec) });
  const paths = Object.keys(files).map((name) => path.join(folder, name));
  const claims: InputClaim[] = [];
  for await (const claim of readClaims(paths, { mapping: path.join(folder, 'map.json') })) claims.push(claim);
  return claims;
}
const jsonOf = (raw: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(raw ?? []).toString());
/** What one row becomes: its values, or its reasons. */
async function rowsOf(spec: Spec, bills: string, files: Record<string, string> = {}): Promise<unknown[]> {
  const claims = await claimsOf(spec, { 'bills.csv': bills, ...files });
  return claims.map(({ raw, problems }) =>
    problems.length > 0 ? problems.map(({ path: at, code }) => `${at} ${code}`) : jsonOf(raw),
  );
}
const problemsOf = (text: string): string[] => {
  try {
    compileMapping(parseMapping(text, 'map.json'), 'map.json');
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map((problem) => problem.path);
  }
};

describe('values', () => {
  const amount = { column: 'A', nulls: ['-'] };
  test.each<[string, unknown, string, unknown]>([
    ['a column', { column: 'A' }, 'x', 'x'],
    ['a constant', { constant: 7 }, '', '7'],
    ['a null token', { column: 'A' }, 'NULL', undefined],
    ['a null token of one column', amount, '-', undefined],
    ['parts taken out and the end kept', { column: 'A', remove: '-', last: 3 }, 'ab-cd-ef', 'def'],
    ['a translated code', { column: 'A', codes: { m: '1', f: '2' } }, 'f', '2'],
    [
      'a code by its beginning, the longest first',
      { column: 'A', codes: { '1*': 'a', '12*': 'b' } },
      '123',
      'b',
    ],
    ['another code with a fallback', { column: 'A', codes: { m: '1' }, otherwise: '9' }, 'x', '9'],
    ['another code that is kept', { column: 'A', codes: { m: '1' }, otherwise: { keep: true } }, 'x', 'x'],
    [
      'another code that is not stated',
      { column: 'A', codes: { m: '1' }, otherwise: { null: true } },
      'x',
      undefined,
    ],
    ['another code without a fallback', { column: 'A', codes: { m: '1' } }, 'x', ['bills.csv:2 A row_code']],
    ['a sum', { sum: [{ column: 'A' }, { constant: '0.2' }] }, '0.1', '0.3'],
    ['a sum of what is stated', { sum: [{ column: 'A' }, { constant: '0.2' }] }, '', '0.2'],
    ['a sum of nothing', { sum: [{ column: 'A' }, { column: 'A' }] }, '', undefined],
    ['a sum of no number', { sum: [{ column: 'A' }] }, 'abc', ['bills.csv:2 row_number']],
    ['a difference', { difference: [{ column: 'A' }, { constant: 3 }] }, '1', '-2'],
    [
      'a difference of something not stated',
      { difference: [{ column: 'A' }, { constant: 3 }] },
      '',
      undefined,
    ],
    ['a quotient', { quotient: [{ column: 'A' }, { constant: 3 }], places: 4 }, '1', '0.3333'],
    ['a division by zero', { quotient: [{ constant: 1 }, { column: 'A' }], places: 2 }, '0', undefined],
    ['texts put together', { concat: [{ column: 'A' }, { constant: 'z' }], separator: '-' }, 'a', 'a-z'],
    ['half a text', { concat: [{ column: 'A' }, { constant: 'z' }] }, '', undefined],
    ['the first that is stated', { first: [{ column: 'A' }, { constant: 'z' }] }, '', 'z'],
    ['a shared value', { value: 'shared' }, 'q', 'q!'],
  ])('%s', async (_name, spec, cell, expected) => {
    const maker = { values: { shared: { concat: [{ column: 'A' }, { constant: '!' }] } } };
    const [row] = await rowsOf(
      { claim: { setl_id: { constant: 'S' }, clr_type: spec }, maker },
      `ID,A\n1,${cell}\n`,
    );
    expect(row).toEqual(
      Array.isArray(expected)
        ? expected
        : { setl_id: 'S', ...(expected === undefined ? {} : { clr_type: expected }) },
    );
  });

  test('a date is written as the field wants it, and another form is a reason', async () => {
    const claim = {
      setl_time: { column: 'A', date: 'yyyyMMddHHmmss' },
      person: { brdy: { column: 'A', date: 'yyyyMMddHHmmss' } },
    };
    expect(await rowsOf({ claim }, 'ID,A\n1,20260102030405\n2,2026-01-02\n')).toEqual([
      { setl_time: '2026-01-02 03:04:05', person: { brdy: '2026-01-02' } },
      ['bills.csv:3 A row_date', 'bills.csv:3 A row_date'],
    ]);
  });

  test('numbers and booleans of the schema are made of text', async () => {
    const claim = {
      diagnoses: { one: { diag_code: { column: 'A' }, diag_srt_no: { constant: 3 } } },
      identity_checks: { one: { score: { constant: '0.97' }, liveness: { column: 'A' } } },
    };
    expect(await rowsOf({ claim }, 'ID,A\n1,1\n')).toEqual([
      { diagnoses: [{ diag_code: '1', diag_srt_no: 3 }], identity_checks: [{ score: 0.97, liveness: true }] },
    ]);
  });
});

describe('lists', () => {
  test('repeated columns, the empty ones left out', async () => {
    const claim = {
      diagnoses: [
        { one: { skipWithout: 'diag_code', diag_code: { column: 'D1' }, maindiag_flag: { constant: '1' } } },
        {
          repeat: { from: 2, to: 3 },
          fields: {
            skipWithout: 'diag_code',
            diag_code: { column: 'D{n}' },
            diag_srt_no: { constant: '{n}' },
          },
        },
      ],
    };
    expect(await rowsOf({ claim }, 'ID,D1,D2,D3\n1,a,,c\n2,,,\n')).toEqual([
      {
        diagnoses: [
          { diag_code: 'a', maindiag_flag: '1' },
          { diag_code: 'c', diag_srt_no: 3 },
        ],
      },
      { diagnoses: [] },
    ]);
  });

  const lines = {
    rows: 'detail',
    fields: { feedetl_sn: { column: 'N' }, rxno: { column: 'CODE', of: 'claim' } },
  };
  const joined: Spec = {
    claim: { lines },
    tables: { details: { files: ['details*.csv'] } },
    maker: { children: { detail: { table: 'details', key: ['BILL'] } } },
  };

  test('rows of an unsorted child file, in their order', async () => {
    const details = 'BILL,N\n2,c\n1,a\n2,d\n1,b\n';
    expect(await rowsOf(joined, 'ID,CODE\n1,x\n2,y\n3,z\n', { 'details.csv': details })).toEqual([
      {
        lines: [
          { feedetl_sn: 'a', rxno: 'x' },
          { feedetl_sn: 'b', rxno: 'x' },
        ],
      },
      {
        lines: [
          { feedetl_sn: 'c', rxno: 'y' },
          { feedetl_sn: 'd', rxno: 'y' },
        ],
      },
      { lines: [] },
    ]);
  });

  test('child rows without a claim, without a key, or damaged are rejected by themselves', async () => {
    const details = 'BILL,N\n1,a\n,b\n9,c\n9,d\n1,"x"y\n';
    expect(await rowsOf(joined, 'ID,CODE\n1,x\n', { 'details.csv': details })).toEqual([
      ['details.csv:3 BILL row_key'],
      ['details.csv:6 row_quotes'],
      { lines: [{ feedetl_sn: 'a', rxno: 'x' }] },
      ['details.csv:4 BILL row_orphan', 'details.csv:5 BILL row_orphan'],
    ]);
  });

  test('a child file that may be absent and is absent means not reported', async () => {
    const optional = { ...joined, tables: { details: { files: ['details*.csv'], optional: true } } };
    const [claim] = await claimsOf(
      { ...optional, claim: { setl_id: { column: 'ID' }, lines } },
      { 'bills.csv': 'ID,CODE\n1,x\n' },
    );
    expect(jsonOf(claim?.raw)).toEqual({ setl_id: '1' });
  });
});

describe('rows and files', () => {
  test('several rows make one claim, wherever they stand', async () => {
    const claim = {
      setl_id: { column: 'ID' },
      settlement: { medfee_sumamt: { total: { column: 'A' } } },
      visit: {
        begntime: { least: { column: 'T' } },
        endtime: { greatest: { column: 'T' } },
        atddr_no: { any: { column: 'DR' } },
      },
      lines: { rows: 'claim', fields: { feedetl_sn: { column: 'T' } } },
    };
    const bills = 'ID,A,T,DR\n1,0.1,2026-01-02,\n2,5,2026-01-09,d\n1,0.2,2026-01-01,e\n';
    expect(await rowsOf({ claim, maker: { rowsPerClaim: 'many' } }, bills)).toEqual([
      {
        setl_id: '1',
        visit: { begntime: '2026-01-01', endtime: '2026-01-02', atddr_no: 'e' },
        lines: [{ feedetl_sn: '2026-01-02' }, { feedetl_sn: '2026-01-01' }],
        settlement: { medfee_sumamt: '0.3' },
      },
      {
        setl_id: '2',
        visit: { begntime: '2026-01-09', endtime: '2026-01-09', atddr_no: 'd' },
        lines: [{ feedetl_sn: '2026-01-09' }],
        settlement: { medfee_sumamt: '5' },
      },
    ]);
  });

  test('least and greatest of decimals compare as numbers', async () => {
    const claim = {
      settlement: { medfee_sumamt: { greatest: { column: 'A' } }, acct_pay: { least: { column: 'A' } } },
    };
    expect(await rowsOf({ claim, maker: { rowsPerClaim: 'many' } }, 'ID,A\n1,9\n1,10\n1,-2\n')).toEqual([
      { settlement: { medfee_sumamt: '10', acct_pay: '-2' } },
    ]);
  });

  const lookup = (over: object = {}): Spec => ({
    claim: { person: { psn_no: { column: 'P' }, gend: { column: 'SEX', of: 'person' } } },
    tables: { people: { files: ['people.csv'] } },
    maker: { lookups: { person: { table: 'people', key: ['PID'], by: ['P'], ...over } } },
  });
  const people = 'PID,SEX\np,1\nq,1\nq,2\n';

  test('a look-up needs exactly one row', async () => {
    expect(await rowsOf(lookup(), 'ID,P\n1,p\n2,q\n3,r\n', { 'people.csv': people })).toEqual([
      { person: { psn_no: 'p', gend: '1' } },
      ['bills.csv:3 P row_lookup_many'],
      ['bills.csv:4 P row_lookup'],
    ]);
  });

  test('unless the mapping says which, or that none is needed', async () => {
    expect(
      await rowsOf(lookup({ pick: 'last', required: false }), 'ID,P\n2,q\n3,r\n', { 'people.csv': people }),
    ).toEqual([{ person: { psn_no: 'q', gend: '2' } }, { person: { psn_no: 'r' } }]);
  });

  test('files of one table are read in the order of their names, each with its own order of columns', async () => {
    const claims = await claimsOf(
      { claim: { setl_id: { column: 'ID' }, clr_type: { column: 'A' } } },
      { 'bills-2.csv': 'ID,A\n2,y\n', 'bills-1.csv': 'A,X,ID\nx,,1\n' },
    );
    expect(claims.map(({ index, raw, origin }) => [index, jsonOf(raw), origin])).toEqual([
      [0, { setl_id: '1', clr_type: 'x' }, { file: 'bills-1.csv', row: 2 }],
      [1, { setl_id: '2', clr_type: 'y' }, { file: 'bills-2.csv', row: 2 }],
    ]);
  });

  test('what could not be mapped keeps the cells it was to be made of', async () => {
    const [claim] = await claimsOf(
      { claim: { clr_type: { column: 'A', codes: { a: '1' } } } },
      { 'bills.csv': 'ID,A\n1,b\n' },
    );
    expect(jsonOf(claim?.raw)).toEqual({ file: 'bills.csv', row: 2, cells: { ID: '1', A: 'b' } });
  });

  test('a column that the mapping needs and the file lacks is told before anything is read', async () => {
    await expect(
      claimsOf(
        { claim: { setl_id: { column: 'NO' }, clr_type: { column: 'B', optional: true } } },
        { 'bills.csv': 'ID\n1\n' },
      ),
    ).rejects.toMatchObject({ problems: [{ path: 'bills.csv NO' }] });
  });

  test('a file that belongs to no table is no reason to stop; a table without a file is', async () => {
    await expect(claimsOf({ claim: {} }, { 'other.csv': 'ID\n1\n' })).rejects.toMatchObject({
      problems: [{ path: 'bills' }],
    });
  });
});

describe('a wrong mapping is told with all its wrong places', () => {
  test.each<[string, Spec, string[]]>([
    [
      'fields that no claim has',
      { claim: { setlid: { constant: 'x' }, person: { sex: { constant: 'x' } } } },
      ['claims[0].claim.setlid', 'claims[0].claim.person.sex'],
    ],
    ['no way to make a value', { claim: { setl_id: { colum: 'ID' } } }, ['claims[0].claim.setl_id']],
    [
      'a value for an object',
      { claim: { lines: { column: 'A' }, person: 'P' } },
      ['claims[0].claim.person', 'claims[0].claim.lines'],
    ],
    [
      'unknown names',
      {
        claim: {
          setl_id: { column: 'A', of: 'nobody' },
          clr_type: { value: 'none' },
          lines: { rows: 'none', fields: {} },
        },
        maker: { children: { x: { table: 'none', key: ['A'] } } },
      },
      [
        'claims[0].children.x.table',
        'claims[0].claim.setl_id',
        'claims[0].claim.clr_type',
        'claims[0].claim.lines.rows',
      ],
    ],
    [
      'a value made of itself',
      { claim: { setl_id: { value: 'a' } }, maker: { values: { a: { first: [{ value: 'a' }] } } } },
      ['claims[0].claim.setl_id'],
    ],
    [
      'a bad date format',
      { claim: { setl_time: { column: 'A', date: 'yyyy-MM' } } },
      ['claims[0].claim.setl_time.date'],
    ],
    ['{n} outside a repetition', { claim: { setl_id: { column: 'A{n}' } } }, ['claims[0].claim.setl_id']],
    [
      'a key of another width',
      {
        claim: {},
        tables: { t: { files: ['t.csv'] } },
        maker: { lookups: { l: { table: 't', key: ['A', 'B'], by: ['A'] } } },
      },
      ['claims[0].lookups.l.key'],
    ],
  ])('%s', (_name, spec, expected) => {
    expect(problemsOf(mappingOf(spec))).toEqual(expected.map((at) => `map.json ${at}`));
  });

  test('a mapping that is no mapping', () => {
    expect(() => parseMapping('{', 'map.json')).toThrow('map.json');
    expect(() => parseMapping('{"name":"x"}', 'map.json')).toThrow('tables');
  });
});

test('every mapping that is shipped compiles', async () => {
  const names = (await readdir(mappingsDir)).filter((name) => name.endsWith('.json'));
  expect(names.toSorted()).toEqual(['cms-provider-fraud.json', 'national.json', 'tuva-medicare.json']);
  for (const name of names)
    expect(problemsOf(await readFile(path.join(mappingsDir, name), 'utf8'))).toEqual([]);
});
