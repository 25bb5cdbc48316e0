import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkTexts } from '../../src/rulebook/check.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { asOf } from '../support/claims.ts';
import { splitCode, splitRule } from './world.ts';

const { knowledge } = await loadRuleSet('rules');
const { document, examples } = await splitRule(10);
const check = async (over: { document?: string; examples?: string }) =>
  checkTexts(
    { document: JSON.stringify(document), examples: JSON.stringify(examples), ...over },
    splitCode,
    knowledge,
    asOf,
  );

test('a rule and its examples pass, and what is wrong is told with its place', async () => {
  expect((await check({})).check).toEqual({
    issues: [],
    example_issues: [],
    faults: [],
    notes: [],
    lint_clean: true,
    examples_pass: true,
  });
  const odd = await check({
    document: JSON.stringify({ ...document, message: { ...document.message, zh: '{nothing.of_this}' } }),
  });
  expect(odd.check.issues[0]?.path).toContain('$.message.zh');
  expect(odd.content).toBeNull();
  expect((await check({ examples: '{"rule":1}' })).check.example_issues.length).toBeGreaterThan(0);
  expect(
    (await check({ document: JSON.stringify({ ...document, code: 'FW-OTHER' }) })).check.lint_clean,
  ).toBe(false);
});

test.each([['{'], ['null'], ['[]'], ['"x"'], ['['.repeat(100_000)]])(
  'texts that are nothing are refused and never thrown at: %#',
  async (text) => {
    const { check: found, content } = await check({ document: text, examples: text });
    expect(content).toBeNull();
    expect(found.lint_clean || found.examples_pass).toBe(false);
    expect(found.issues.length).toBeGreaterThan(0);
    expect(found.example_issues.length).toBeGreaterThan(0);
  },
);

test('examples that look at nothing do not pass', async () => {
  const near = examples.examples.filter(({ kind }) => kind === 'near_miss');
  const { check: found } = await check({
    examples: JSON.stringify({ ...examples, examples: [...near, ...near, ...near] }),
  });
  expect(found.examples_pass).toBe(false);
  expect(found.faults.map(({ message }) => message.en)).toEqual([
    'there is no example of kind hit',
    'there is no example of kind border',
  ]);
});

test('every shipped rule passes the gate that rules of people have to pass', async () => {
  const files = readdirSync('rules/library').filter((file) => file.endsWith('.examples.json'));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const texts = {
      document: readFileSync(`rules/library/${file.replace('.examples', '')}`, 'utf8'),
      examples: readFileSync(`rules/library/${file}`, 'utf8'),
    };
    const code = file.replace('.examples.json', '').toUpperCase();
    const { check: found } = await checkTexts(texts, code, knowledge, asOf);
    expect([file, found.lint_clean, found.examples_pass, found.faults]).toEqual([file, true, true, []]);
  }
});
