/** The schemes as they are shipped, with their worked examples; and what is said of schemes that are not sound. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { loadSchemes, SchemeError, schemeFor } from '../../src/credit/scheme-files.ts';
import { schemeJsonSchema } from '../../src/credit/scheme-schema.ts';
import { folderOf } from '../support/folder.ts';

type Json = Record<string, unknown>;

/** The rules directory with one file changed or added. */
async function withFile(file: string, change: (text: string) => string, as = file): Promise<string> {
  const folder = await folderOf({});
  await cp('rules/credit', path.join(folder, 'credit'), { recursive: true });
  const text = await readFile(path.join(folder, 'credit', file), 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  await writeFile(path.join(folder, 'credit', as), changed);
  return folder;
}
const issuesOf = async (folder: string): Promise<string> => {
  try {
    await loadSchemes(folder);
  } catch (error) {
    if (error instanceof SchemeError) return error.message;
    throw error;
  }
  return '';
};

it('every scheme does what the examples beside it say', async () => {
  const schemes = await loadSchemes('rules');
  expect(schemes.map(({ examples }) => examples > 3)).toEqual(schemes.map(() => true));
  expect(schemes.find(({ scheme }) => scheme.code === 'PERSONNEL-12')?.examples).toBeGreaterThan(15);
});

it.each([
  ['"points": "98.5"', '"points": "98"', '分值应为 98，实为 98.5'],
  ['"grade": "E"', '"grade": "D"', '等级应为 D，实为 E'],
])('an example that is wrong is named: %s', async (from, to, said) => {
  const folder = await withFile('institution-grade.examples.json', (text) => text.replace(from, to));
  expect(await issuesOf(folder)).toContain(said);
});

it.each([
  ['personnel-points.json', '"min": 4', '"min": 7', '最低分高于最高分'],
  ['personnel-points.json', '"months": 3', '"months": 9', '$.suspension.1.months'],
  ['personnel-points.json', '"single_event_months": 36', '"single_event_months": 6', '期限不得越短'],
  ['institution-grade.json', '"group": "self"', '"group": "other"', '没有指标组 other'],
  ['institution-grade.json', '"ceiling": "E"', '"ceiling": "F"', '没有等级 F'],
  ['institution-grade.json', '"from_points": 75', '"from_points": 95', '须从低到高排列'],
  ['company-procurement.json', '"grade": "serious"', '"grade": "worse"', '没有等级 worse'],
  ['insured-grade.json', '"fact": "double_benefit"', '"fact": "lent_credential"', '重复'],
])('%s: %s → %s is refused', async (file, from, to, said) => {
  expect(await issuesOf(await withFile(file, (text) => text.replace(from, to)))).toContain(said);
});

it('a scheme of a province comes before the national one, there and from its day on', async () => {
  const change = (text: string): string => {
    const scheme: Json = JSON.parse(text);
    return JSON.stringify({ ...scheme, area: '350000', effective: { from: '2025-06-01', to: null } });
  };
  const folder = await withFile('personnel-points.json', change, 'personnel-points-350000.json');
  await cp(
    'rules/credit/personnel-points.examples.json',
    `${folder}/credit/personnel-points-350000.examples.json`,
  );
  const schemes = await loadSchemes(folder);
  const areaOf = (area: string, day: string) => schemeFor(schemes, 'PERSONNEL-12', area, day)?.area;
  expect(areaOf('350102', '2025-06-01')).toBe('350000');
  expect(areaOf('350102', '2025-05-31')).toBe('000000');
  expect(areaOf('370100', '2025-06-01')).toBe('000000');
  expect(areaOf('370100', '2024-12-31')).toBeUndefined();
});

it('two schemes of one code, area and time are refused', async () => {
  const folder = await withFile('insured-grade.json', (text) => `${text} `, 'insured-grade-2.json');
  await cp('rules/credit/insured-grade.examples.json', `${folder}/credit/insured-grade-2.examples.json`);
  expect(await issuesOf(folder)).toContain('有效期重叠');
});

it('the JSON Schema stands beside the schemes: npx vitest run test/credit/schemes.test.ts -u', async () => {
  const schema = schemeJsonSchema();
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../rules/credit/scheme.schema.json',
  );
  const fits = new Ajv2020({ strict: false }).compile(schema);
  const scheme: Json = JSON.parse(await readFile('rules/credit/personnel-points.json', 'utf8'));
  expect(fits(scheme)).toBe(true);
  expect(fits({ ...scheme, suspension: [{ from_points: 9, months: 7 }] })).toBe(false);
});
