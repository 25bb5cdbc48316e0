import { readdir, readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { ruleJsonSchema } from '../../src/rules/schema.ts';

const schema = ruleJsonSchema();
const fits = new Ajv2020({ strict: false }).compile(schema);
const library = 'rules/library';
const read = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(`${library}/${file}`, 'utf8'));

it('stands beside the rules as it is: npx vitest run test/rules/schema.test.ts -u', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../rules/rule.schema.json');
});

it('fits every rule of the library', async () => {
  const files = (await readdir(library)).filter((file) => !file.endsWith('.examples.json'));
  expect(files.length).toBeGreaterThan(60);
  for (const file of files) expect([file, fits(await read(file))]).toEqual([file, true]);
});

it('refuses what a fact with arguments does not take, and what it has no column for', async () => {
  const text = JSON.stringify(await read('fw-stay-split.json'));
  const changed = (from: string, to: string): boolean => {
    expect(text).toContain(from);
    return fits(JSON.parse(text.replace(from, to)));
  };
  expect(changed('"ended_before"', '"ended_long_ago"')).toBe(false);
  expect(changed('"operator":"', '"operator":"not_')).toBe(false);
  expect(changed('"order":', '"odrer":')).toBe(false);
});

it('says in Chinese what every field, fact and argument is', () => {
  const silent: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties' && !path.includes('.if'))
        for (const [name, of] of Object.entries<object>(value))
          if (!isSaid(of) && !/\.(fact|unit|of|path|params)$/.test(`.${name}`))
            silent.push(`${path}.${name}`);
      walk(value, `${path}.${key}`);
    }
  };
  const isSaid = (of: object): boolean =>
    '$ref' in of || ('description' in of && /[\u4e00-\u9fff]/.test(String(of.description)));
  walk(schema, '');
  expect(silent).toEqual([]);
});
