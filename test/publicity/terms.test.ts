/** What a local file of terms must say before the API starts. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPublicityTerms } from '../../src/publicity/load-terms.ts';
import type { Terms } from '../../src/publicity/terms.ts';

const shipped = await loadPublicityTerms('rules');
const folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-terms-'));
mkdirSync(path.join(folder, 'publicity'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = async (text: string): Promise<Terms> => {
  writeFileSync(path.join(folder, 'publicity/terms.json'), text);
  return loadPublicityTerms(folder);
};
const loadTerms = (terms: Terms): Promise<Terms> => load(JSON.stringify(terms));

test.each(shipped.map(({ code }) => code))('a file without %s is refused by its name', async (code) => {
  await expect(loadTerms(shipped.filter((term) => term.code !== code))).rejects.toThrow(
    new RegExp(`^publicity/terms\\.json [^]*\n\\$ 缺少参数 ${code}（[^\n]*$`),
  );
});

test('a term that ends, or holds somewhere only, is as good as missing', async () => {
  const changed = (change: Partial<Terms[number]>): Terms =>
    shipped.map((term) => (term.code === 'tip_files_day' ? { ...term, ...change } : term));
  for (const change of [{ to: '2030-01-01' }, { area: '33' }])
    await expect(loadTerms(changed(change))).rejects.toThrow('缺少参数 tip_files_day');
  // Other rows of it may do so.
  const more: Terms = [...changed({ area: '33', to: '2030-01-01' }), ...shipped];
  expect(await loadTerms(more)).toEqual(more);
});

test('every fault is told with its place, a file that is not JSON as such', async () => {
  const [term] = shipped;
  const wrong = JSON.stringify(shipped.map((one) => (one === term ? { ...one, value: 0, basis: '' } : one)));
  await expect(load(wrong)).rejects.toThrow(/\n\$\.0\.basis [^\n]+\n\$\.0\.value [^\n]+$/);
  await expect(load('[')).rejects.toThrow(/^publicity\/terms\.json 不是合法的 JSON/);
});
