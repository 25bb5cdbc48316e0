/** Everything that can be said of the texts of a rule and its examples: whether they are a rule, and whether it does what it says. */
import type { Message } from '../claims/contract.ts';
import type { CurrentClaim } from '../claims/timeline.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { type Examples, examplesSchema, type RuleDocument } from '../rules/contract.ts';
import { checkExamples } from '../rules/examples.ts';
import { readRule, ruleBytesMax } from '../rules/library.ts';
import { readJson } from '../rules/read-json.ts';
import type { RuleSet } from '../rules/library.ts';
import { schemaFaults } from '../rules/schema-fault.ts';
import { shadowing } from '../rules/shadowed.ts';
import { screenAll } from '../screening/screen-all.ts';
import type { Content } from './content.ts';
import type { Check, CheckIssue } from './contract.ts';

export const examplesBytesMax = 512 * 1024;
/** Claims of all examples of a rule: they are judged while somebody waits. */
const exampleClaimsMax = 1_000;
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
  const read = readExamples(texts.examples);
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

const notesOf = (document: RuleDocument, inForce: readonly RuleDocument[]): Message[] =>
  shadowing(document, inForce).map((code) => ({
    zh: `凡命中本规则的，${code} 也会命中：本规则不会带来新的疑点`,
    en: `whatever this rule hits, ${code} hits as well: it brings no finding of its own`,
  }));

async function faultsOf(
  { document, examples }: { document: RuleDocument; examples: Examples },
  knowledge: Knowledge,
  asOf: number,
): Promise<Check['faults']> {
  const faults = await checkExamples(document, examples, knowledge, screenExample, asOf);
  return [...missingKinds(examples), ...faults.map(({ example, message }) => ({ example, message }))];
}

/** Examples of which none hits, or none stands at the border, would pass without having looked at anything. */
function missingKinds({ examples }: Examples): Check['faults'] {
  return neededKinds
    .filter((kind) => examples.every((example) => example.kind !== kind))
    .map((kind) => ({
      example: { zh: '（整个文件）', en: '(the whole file)' },
      message: { zh: `缺少 ${kind} 示例`, en: `there is no example of kind ${kind}` },
    }));
}
const neededKinds = ['hit', 'near_miss', 'border'] as const;

const screenExample = (claims: readonly CurrentClaim[], ruleSet: RuleSet) => screenAll(claims, [], ruleSet);

function readExamples(text: string): { examples: Examples | null; issues: CheckIssue[] } {
  const read = readJson(Buffer.from(text), examplesBytesMax);
  if (!read.ok) return { examples: null, issues: [...read.issues] };
  const parsed = examplesSchema.safeParse(read.json);
  if (!parsed.success)
    return {
      examples: null,
      issues: schemaFaults(parsed.error, read.json, Object.keys(examplesSchema.shape)),
    };
  const claims = parsed.data.examples.reduce((sum, example) => sum + example.claims.length, 0);
  if (claims > exampleClaimsMax)
    return {
      examples: null,
      issues: [
        {
          path: '$.examples',
          message: {
            zh: `示例结算单超过 ${exampleClaimsMax} 张`,
            en: `has more than ${exampleClaimsMax} claims`,
          },
        },
      ],
    };
  return { examples: parsed.data, issues: [] };
}

export const documentTextMax = ruleBytesMax;
