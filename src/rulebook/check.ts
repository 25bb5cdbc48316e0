/** Everything that can be said of the texts of a rule and its examples: whether they are a rule, and whether it does what it says. */
import type { Message } from '../claims/contract.ts';
import type { CurrentClaim } from '../claims/timeline.ts';
import type { Knowledge } from '../knowledge/table.ts';
import type { Examples, RuleDocument } from '../rules/contract.ts';
import { checkExamples } from '../rules/examples.ts';
import { readRule, ruleBytesMax } from '../rules/library.ts';
import type { RuleSet } from '../rules/library.ts';
import { missingKinds, readExamples } from '../rules/read-examples.ts';
import { shadowing } from '../rules/shadowed.ts';
import { unusedNotes } from '../rules/unused.ts';
import { screenAll } from '../screening/screen-all.ts';
import type { Content } from './content.ts';
import type { Check, CheckIssue } from './contract.ts';

const issuesMax = 50;

export interface Checked {
  readonly check: Check;
  readonly document: RuleDocument | null;
  /** What can be stored as a version; `null`: it is no rule, or its examples are none. */
  readonly content: Content | null;
}

/**
 * @param texts JSON of the rule document and of its examples, as typed
 * @param asOf the day on which the claims of examples are taken to arrive, as a day number
 * @param inForce rules that the document would stand beside
 */
export async function checkTexts(
  texts: { readonly document: string; readonly examples: string },
  code: string,
  knowledge: Knowledge,
  asOf: number,
  inForce: readonly RuleDocument[] = [],
): Promise<Checked> {
  const { document, issues: found } = readRule(code, Buffer.from(texts.document), knowledge);
  const issues: CheckIssue[] = found.map(({ path, message }) => ({ path, message }));
  if (document !== null && document.code !== code)
    issues.push({
      path: '$.code',
      message: { zh: `规则编码应为 ${code}`, en: `the code of this rule is ${code}` },
    });
  const read = readExamples(Buffer.from(texts.examples));
  const isClean = document !== null && issues.length === 0;
  const faults =
    isClean && read.examples !== null
      ? await faultsOf({ document, examples: read.examples }, knowledge, asOf)
      : [];
  return {
    document,
    content: isClean && read.examples !== null ? { document, examples: read.examples } : null,
    check: {
      issues: issues.slice(0, issuesMax),
      example_issues: read.issues.slice(0, issuesMax),
      faults: faults.slice(0, issuesMax),
      notes: document === null ? [] : notesOf(document, inForce),
      lint_clean: isClean,
      examples_pass: isClean && read.examples !== null && faults.length === 0,
    },
  };
}

const notesOf = (document: RuleDocument, inForce: readonly RuleDocument[]): Message[] => [
  ...shadowing(document, inForce).map((code) => ({
    zh: `凡命中本规则的，${code} 也会命中：本规则不会带来新的疑点`,
    en: `whatever this rule hits, ${code} hits as well: it brings no finding of its own`,
  })),
  ...unusedNotes(document),
];

async function faultsOf(
  { document, examples }: { document: RuleDocument; examples: Examples },
  knowledge: Knowledge,
  asOf: number,
): Promise<Check['faults']> {
  const faults = await checkExamples(document, examples, knowledge, screenExample, asOf);
  return [...missingKinds(examples), ...faults.map(({ example, message }) => ({ example, message }))];
}

const screenExample = (claims: readonly CurrentClaim[], ruleSet: RuleSet) => screenAll(claims, [], ruleSet);

export const documentTextMax = ruleBytesMax;
