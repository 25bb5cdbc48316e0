import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkTexts } from '../../src/rulebook/check.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { asOf } from '../support/claims.ts';

const guide = readFileSync('rules/guide.md', 'utf8');
const block = (name: string): string =>
  new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\\n\`\`\``).exec(guide)?.[1] ?? '';

test('the rule that the guide writes passes every check that it would have to pass', async () => {
  const { knowledge, rules } = await loadRuleSet('rules');
  const { check } = await checkTexts(
    { document: block('rule'), examples: block('examples') },
    'FW-TEST-REPEATED',
    knowledge,
    asOf,
    rules.map(({ document }) => document),
  );
  expect(check).toEqual({
    issues: [],
    example_issues: [],
    faults: [],
    notes: [],
    lint_clean: true,
    examples_pass: true,
  });
});
