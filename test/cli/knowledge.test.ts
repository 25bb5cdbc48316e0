/** `fundwatch knowledge check` as a supervisor runs it; `list` and `preview` are in test/rulebook/table-journey.test.ts. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { folderOf } from '../support/folder.ts';

const runMs = 120_000;
const header = 'med_list_codg,item_name,gend';

test('check names every bad row of a file, or says that there is none', { timeout: runMs }, async () => {
  const folder = await folderOf({
    'good.csv': `${header}\nA1,甲,1\n`,
    'bad.csv': `${header}\nA1,甲,9\n,乙,1\n`,
  });
  const check = (file: string, table = 'item-sex') =>
    runCommand(['knowledge', 'check', table, path.join(folder, file)]);
  expect(await check('good.csv')).toMatchObject({ code: 0, told: '' });
  const { code, out } = await check('bad.csv');
  expect(code).toBe(1);
  expect(out).toContain('第 2 行 gend：“9”不在允许值之内');
  expect(out).toContain('第 3 行 med_list_codg：不得为空');
  expect(out).toContain('2 行，其中错误 2 行');
  expect((await check('good.csv', 'no-such-table')).code).toBe(2);
});
