/** Reads rule documents from a directory and compiles them into one rule set. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../claims/contract.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/table.ts';
import type { Candidate } from './candidate.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { type RulesOfItem, rulesOfItem } from './concerned.ts';
import { type RuleDocument, ruleSchema } from './contract.ts';
import { lintRule } from './lint.ts';
import { withHint } from './nearest.ts';
import { readJson } from './read-json.ts';
import { type Explained, referenceEngine } from './reference.ts';
import { schemaFaults } from './schema-fault.ts';

export const rulesMax = 2_000;
export const ruleBytesMax = 256 * 1024;

export interface Rule extends CompiledRule {
  readonly explain: (candidate: Candidate) => Promise<Explained>;
  /** Whether it holds for claims of this institution (`fixmedins_code`); absent: for all. */
  readonly within?: (fixmedinsCode: string) => boolean;
}

export interface RuleSet {
  /** By code. */
  readonly rules: readonly Rule[];
  readonly rulesOfItem: RulesOfItem;
  readonly knowledge: Knowledge;
  /** First 12 hex digits of the SHA-256 over all rule versions and the knowledge version. */
  readonly version: string;
}

export interface RuleIssue {
  readonly file: string;
  /** JSON path such as `$.conditions.all[1].fact`. */
  readonly path: string;
  readonly message: Message;
}

/** Some rule documents cannot be used; `issues` says where and what is expected. */
export class RuleError extends Error {
  readonly issues: readonly RuleIssue[];

  constructor(issues: readonly RuleIssue[]) {
    super(
      issues.map(({ file, path, message }) => `${file} ${path}：${message.zh} / ${message.en}`).join('\n'),
    );
    this.name = 'RuleError';
    this.issues = issues;
  }
}

/** `directory` holds `library/*.json` and `knowledge/`. Throws a {@link RuleError} naming every fault, or a KnowledgeError. */
export async function loadRuleSet(directory: string): Promise<RuleSet> {
  const knowledge = await loadKnowledge(join(directory, 'knowledge'));
  const folder = join(directory, 'library');
  const files = (await readdir(folder))
    .filter((file) => file.endsWith('.json') && !file.endsWith('.examples.json'))
    .sort();
  if (files.length > rulesMax)
    throw new RuleError([
      issue('library', '$', `规则文件超过 ${rulesMax} 个`, `more than ${rulesMax} rule documents`),
    ]);
  const read = await Promise.all(
    files.map(async (file) => readRule(file, await readFile(join(folder, file)), knowledge)),
  );
  const issues = read.flatMap((result) => result.issues);
  const documents = read.flatMap((result) => result.document ?? []);
  const twice = documents.find(
    (document, index) => documents.findIndex((other) => other.code === document.code) !== index,
  );
  if (twice !== undefined) issues.push(issue(twice.code, '$.code', '规则编码重复', 'the code is used twice'));
  if (issues.length > 0) throw new RuleError(issues);
  return ruleSetOf(documents, knowledge);
}

/** Compiles documents that are known to be sound. */
export function ruleSetOf(documents: readonly RuleDocument[], knowledge: Knowledge): RuleSet {
  const rules = [...documents]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map((document) => ({
      ...compileRule(document, knowledge),
      explain: referenceEngine(document, knowledge),
    }));
  const hash = createHash('sha256').update(knowledge.version);
  for (const rule of rules) hash.update(`\n${rule.document.code} ${rule.version}`);
  return {
    rules,
    rulesOfItem: rulesOfItem(rules),
    knowledge,
    version: hash.digest('hex').slice(0, 12),
  };
}

/** Some of the rules of a set, under its version: what they say is what they say within the set. */
export function selectRules(ruleSet: RuleSet, isWanted: (rule: Rule) => boolean): RuleSet {
  const rules = ruleSet.rules.filter(isWanted);
  return { ...ruleSet, rules, rulesOfItem: rulesOfItem(rules) };
}

interface ReadRule {
  readonly document: RuleDocument | null;
  readonly issues: RuleIssue[];
}

/** One document with everything that is wrong with it. `file` is how issues name it. */
export function readRule(file: string, bytes: Buffer, knowledge: Knowledge): ReadRule {
  const text = readJson(bytes, ruleBytesMax);
  if (!text.ok) return { document: null, issues: text.issues.map((found) => ({ file, ...found })) };
  const parsed = ruleSchema.safeParse(text.json);
  if (!parsed.success)
    return {
      document: null,
      issues: schemaFaults(parsed.error, text.json, Object.keys(ruleSchema.shape)).map((found) => ({
        file,
        ...found,
      })),
    };
  const issues = lintRule(parsed.data, knowledge).map(({ path, message, hint }) => ({
    file,
    path,
    message: withHint(message, hint),
  }));
  return { document: parsed.data, issues };
}

const issue = (file: string, path: string, zh: string, en: string): RuleIssue => ({
  file,
  path,
  message: { zh, en },
});
