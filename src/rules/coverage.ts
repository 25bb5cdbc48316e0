/**
 * The map from the national library of 2025 to ours: for each of its 88 rules which documents execute it, with how many examples and which
 * tables; or what it measures, where it is an indicator; or which data it would need, where claims cannot decide it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type CoverageRow, type Examples, type NationalRule, nationalRuleSchema } from './contract.ts';
import { RuleError, type RuleSet } from './library.ts';
import { readExamples } from './read-examples.ts';

const nationalRulesSchema = z.array(nationalRuleSchema);

/** Empty where `directory` holds no `national-2025.json`; a rule without an examples file has none. Throws when a file does not fit. */
export async function coverageOf(directory: string, ruleSet: RuleSet): Promise<CoverageRow[]> {
  const national = nationalRulesSchema.parse((await jsonOf(join(directory, 'national-2025.json'))) ?? []);
  const covering = await Promise.all(
    ruleSet.rules.map(async ({ document, version, tables }) => {
      const examples = (await examplesOf(directory, document.code))?.examples.length ?? 0;
      const rowsOf = (table: string): number => ruleSet.knowledge.tables.get(table)?.rows.length ?? 0;
      return {
        national: document.national,
        code: document.code,
        version,
        examples,
        tables: Object.fromEntries(Object.keys(tables).map((table) => [table, rowsOf(table)])),
      };
    }),
  );
  return national.map((one) => {
    const rules = covering
      .filter((rule) => rule.national.includes(one.code))
      .map(({ code, version, examples, tables }) => ({ code, version, examples, tables }));
    return { national: one, state: stateOf(one, rules.length), rules };
  });
}

/** The examples that stand beside a rule; `null` when there are none. Throws a {@link RuleError} when they do not fit the schema. */
export async function examplesOf(directory: string, code: string): Promise<Examples | null> {
  const file = `${code.toLowerCase()}.examples.json`;
  const bytes = await bytesOf(join(directory, 'library', file));
  if (bytes === null) return null;
  const { examples, issues } = readExamples(bytes);
  if (examples === null) throw new RuleError(issues.map((issue) => ({ file, ...issue })));
  return examples;
}

function stateOf({ indicator, needs }: NationalRule, rules: number): CoverageRow['state'] {
  if (rules > 0) return 'executable';
  if (indicator !== undefined) return 'indicator';
  return needs === undefined ? 'missing' : 'not_decidable';
}

async function jsonOf(file: string): Promise<unknown> {
  const bytes = await bytesOf(file);
  return bytes === null ? null : JSON.parse(bytes.toString('utf8'));
}

/** `null` when there is no such file. */
async function bytesOf(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
