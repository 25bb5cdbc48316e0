import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { InputClaim } from '../../../src/claims/import/input-claim.ts';
import { type ReadOptions, readClaims } from '../../../src/claims/import/read.ts';
import { judgeItem } from '../../../src/claims/item.ts';
import { parseClaimText } from '../../../src/claims/json-text.ts';
import { asOf, claimOf } from '../../support/claims.ts';
import { folderOf } from '../../support/folder.ts';

async function all(paths: readonly string[], options: ReadOptions = {}): Promise<InputClaim[]> {
  const claims: InputClaim[] = [];
  for await (const claim of readClaims(paths, options)) claims.push(claim);
  return claims;
}
const ids = (claims: readonly InputClaim[]): unknown[] =>
  claims.map(({ raw, problems, origin }) => {
    const parsed = parseClaimText(raw, `${origin.file}:${origin.row}`);
    const reasons = parsed.ok ? problems : [...problems, parsed.issue];
    return parsed.ok && problems.length === 0
      ? Reflect.get(Object(parsed.value), 'setl_id')
      : reasons.map(({ path: at, code }) => `${at} ${code}`).join();
  });
const line = (setl_id: string): string => JSON.stringify(claimOf({ setl_id }));

describe('files that hold claims', () => {
  test('NDJSON: a bad line among good ones, blank lines, no last break, gzip', async () => {
    const folder = await folderOf({ 'a.ndjson.gz': `${line('1')}\n\nnot json\r\n${line('2')}` });
    const claims = await all([folder]);
    expect(ids(claims)).toEqual(['1', 'a.ndjson:3 not_json', '2']);
    expect(claims[1]).toMatchObject({
      index: 1,
      raw: Buffer.from('not json'),
      origin: { file: 'a.ndjson', row: 3 },
    });
  });

  test('one array, one object', async () => {
    const folder = await folderOf({ 'a.json': `[${line('1')}, ${line('2')}]`, 'b.json': line('3') });
    expect(ids(await all([folder]))).toEqual(['1', '2', '3']);
  });

  test('GB18030 NDJSON', async () => {
    // {"setl_id":"张"}
    const folder = await folderOf({ 'a.jsonl': Buffer.from('7b227365746c5f6964223a22d5c5227d', 'hex') });
    expect(ids(await all([folder]))).toEqual(['张']);
  });

  test('the order is that of the paths, in a folder that of the names', async () => {
    const [one, two] = [
      await folderOf({ 'b.ndjson': line('b'), 'a.ndjson': line('a') }),
      await folderOf({ 'c.ndjson': line('c') }),
    ];
    expect(ids(await all([two, one]))).toEqual(['c', 'a', 'b']);
    expect(ids(await all([path.join(one, 'b.ndjson'), path.join(one, 'a.ndjson')]))).toEqual(['b', 'a']);
  });

  test('how much was read is told', async () => {
    const folder = await folderOf({ 'a.ndjson': `${line('1')}\n`.repeat(3000) });
    const seen: number[] = [];
    let total = 0;
    await all([folder], {
      onProgress: ({ bytesRead, bytesTotal }) => {
        seen.push(bytesRead);
        total = bytesTotal;
      },
    });
    expect(seen.at(-1)).toBe(total);
    expect(seen.length).toBeGreaterThan(1);
  });
});

describe('what cannot be used at all is an error with a reason in Chinese and English', () => {
  test.each<[string, Record<string, string | Uint8Array>, ReadOptions, RegExp]>([
    ['an empty folder', {}, {}, /没有可导入的文件/],
    ['a folder of other things', { 'README.md': 'x' }, {}, /没有可导入的文件/],
    ['CSV files of no known kind', { 'x.csv': 'a\n1\n' }, {}, /settlements\*\.csv/],
    ['an unknown mapping', { 'x.csv': 'a\n1\n' }, { mapping: 'nothing' }, /nothing\.json/],
    ['a mapping without CSV', { 'x.ndjson': '{}' }, { mapping: 'national' }, /CSV/],
    ['an unknown encoding', { 'x.ndjson': '{}' }, { encoding: 'big5' }, /big5/],
    ['an array that is not JSON', { 'x.json': '[1,' }, {}, /x\.json 不是合法的 JSON/],
    ['no header', { 'settlements.csv': '', 'lines.csv': '' }, {}, /没有表头行/],
    ['a file that two tables want', { 'bills.csv': 'a\n1' }, { mapping: 'both.json' }, /多个表/],
  ])('%s', async (_name, files, options, message) => {
    const both = JSON.stringify({
      name: 'both',
      description: { zh: '两', en: 'both' },
      tables: { a: { files: ['b*.csv'] }, b: { files: ['bills.csv'] } },
      claims: [{ from: 'a', key: ['a'], claim: {} }],
    });
    const elsewhere = await folderOf({ 'both.json': both });
    const mapping = options.mapping === 'both.json' ? path.join(elsewhere, 'both.json') : options.mapping;
    await expect(
      all([await folderOf(files)], { ...options, ...(mapping === undefined ? {} : { mapping }) }),
    ).rejects.toThrow(message);
  });

  test('a path that is not there, a file of another kind', async () => {
    const folder = await folderOf({ 'a.pdf': 'x' });
    await expect(all([path.join(folder, 'b.csv')])).rejects.toThrow(/找不到/);
    await expect(all([path.join(folder, 'a.pdf')])).rejects.toThrow(/a\.pdf/);
  });

  test('damaged gzip', async () => {
    const packed = gzipSync(`${line('1')}\n`.repeat(1000));
    const folder = await folderOf({});
    await writeFile(path.join(folder, 'a.ndjson.gz'), packed.subarray(0, packed.length / 2));
    await expect(all([folder])).rejects.toThrow(/gzip/);
  });
});

describe('CSV with the national headers', () => {
  const set = (name: string): Record<string, string> => ({
    'settlements.csv': [
      'setl_id,setl_time,psn_no,psn_name,gend,fixmedins_code,mdtrt_id,med_type,begntime,endtime,medfee_sumamt,drg_code,memo',
      `1,2026-01-05 10:00:00,P1,${name},1,H1,M1,21,2026-01-01,2026-01-05,30.00,AB1,x`,
      '1,2026-01-06 10:00:00,P2,,,H2,M2,11,2026-01-06,,5.00,,',
    ].join('\n'),
    'lines.csv': [
      'fixmedins_code,setl_id,feedetl_sn,med_list_codg,medins_list_name,fee_ocur_time,cnt,pric,det_item_fee_sumamt',
      'H2,1,1,X2,,2026-01-06 08:00:00,1,5,5',
      'H1,1,1,X1,"床位费, 三人间",2026-01-01,2,15,30.00',
    ].join('\n'),
    'diagnoses.csv': 'fixmedins_code,setl_id,diag_code,diag_srt_no\nH1,1,I10.x00,1\n',
    'identity_checks.csv':
      'fixmedins_code,setl_id,check_time,method,result,score,liveness\nH1,1,2026-01-01 08:00:00,face,pass,0.97,1\n',
  });
  const expected = [
    {
      setl_id: '1',
      setl_time: '2026-01-05 10:00:00',
      person: { psn_no: 'P1', psn_name: '张三', gend: '1' },
      institution: { fixmedins_code: 'H1' },
      visit: { mdtrt_id: 'M1', med_type: '21', begntime: '2026-01-01', endtime: '2026-01-05' },
      diagnoses: [{ diag_code: 'I10.x00', diag_srt_no: 1 }],
      lines: [
        {
          feedetl_sn: '1',
          med_list_codg: 'X1',
          medins_list_name: '床位费, 三人间',
          fee_ocur_time: '2026-01-01',
          cnt: '2',
          pric: '15',
          det_item_fee_sumamt: '30',
        },
      ],
      identity_checks: [
        { check_time: '2026-01-01 08:00:00', method: 'face', result: 'pass', score: 0.97, liveness: true },
      ],
      drg: { drg_code: 'AB1' },
      settlement: { medfee_sumamt: '30' },
    },
    {
      setl_id: '1',
      setl_time: '2026-01-06 10:00:00',
      person: { psn_no: 'P2' },
      institution: { fixmedins_code: 'H2' },
      visit: { mdtrt_id: 'M2', med_type: '11', begntime: '2026-01-06' },
      // A file that is there and has no row for the claim says that there was none; a file that is not there says nothing.
      diagnoses: [],
      lines: [
        {
          feedetl_sn: '1',
          med_list_codg: 'X2',
          fee_ocur_time: '2026-01-06 08:00:00',
          cnt: '1',
          pric: '5',
          det_item_fee_sumamt: '5',
        },
      ],
      identity_checks: [],
      settlement: { medfee_sumamt: '5' },
    },
  ];
  const canonical = (claims: readonly InputClaim[]): unknown[] =>
    claims.map((item) => {
      const result = judgeItem(item, asOf);
      return result.ok ? result.claim : result.issues;
    });

  test('becomes claims; the claims of two institutions with one number stay apart', async () => {
    const notices: string[] = [];
    const claims = await all([await folderOf(set('张三'))], { onNotice: (_zh, en) => notices.push(en) });
    expect(canonical(claims)).toEqual(expected);
    expect(notices).toEqual(['1 column of settlements.csv not used: memo']);
  });

  test('GB18030, packed, is the same', async () => {
    const files = Object.entries(set('@')).map(([name, text]): [string, Buffer] => [
      `${name}.gz`,
      gb18030(text),
    ]);
    expect(canonical(await all([await folderOf(Object.fromEntries(files))]))).toEqual(expected);
  });

  test('a folder in which claims and CSV lie side by side gives both', async () => {
    const folder = await folderOf({ ...set('张三'), 'more.ndjson': line('9') });
    await mkdir(path.join(folder, 'below'));
    expect(ids(await all([folder]))).toEqual(['9', '1', '1']);
  });

  test('a header that lacks a required field is told before anything is read', async () => {
    const files = { ...set('张三'), 'lines.csv': 'fixmedins_code,setl_id,feedetl_sn\n' };
    await expect(all([await folderOf(files)])).rejects.toThrow(/med_list_codg/);
  });
});

/** Node cannot write GB18030; these are the characters of the set above. */
function gb18030(text: string): Buffer {
  const codes: Readonly<Record<string, string>> = {
    '@': 'd5c5c8fd',
    床: 'b4b2',
    位: 'cebb',
    费: 'b7d1',
    三: 'c8fd',
    人: 'c8cb',
    间: 'bce4',
  };
  return Buffer.concat(
    Array.from(text, (character) =>
      codes[character] === undefined ? Buffer.from(character) : Buffer.from(codes[character], 'hex'),
    ),
  );
}
