/** What local files of the procedure must say before the API starts. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import type { Parameter } from '../../src/cases/procedure.ts';
import { procedure } from './cases.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'fundwatch-procedure-'));
cpSync('rules/procedure', folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (parameters: readonly Parameter[]) => {
  writeFileSync(path.join(folder, 'parameters.json'), JSON.stringify(parameters));
  return loadProcedure(folder);
};
const shipped = procedure.parameters;

test.each(shipped.map(({ code }) => code))('parameters without %s are refused by its name', async (code) => {
  await expect(load(shipped.filter((one) => one.code !== code))).rejects.toThrow(
    new RegExp(`^parameters\\.json [^]*\n\\$ 缺少参数 ${code}（[^\n]*$`),
  );
});

test('a parameter that ends, or holds somewhere only, is as good as missing', async () => {
  const changed = (change: Partial<Parameter>): Parameter[] =>
    shipped.map((one) => (one.code === 'answer_period' ? { ...one, ...change } : one));
  for (const change of [{ to: '2030-01-01' }, { area: '33' }])
    await expect(load(changed(change))).rejects.toThrow('缺少参数 answer_period');
  const more = [...changed({ area: '33' }), ...shipped];
  expect((await load(more)).parameters).toEqual(more);
});
