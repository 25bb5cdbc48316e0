/** The text of an examples file, read; or all that keeps it from being one. */
import type { Message } from '../claims/contract.ts';
import { type Examples, examplesSchema } from './contract.ts';
import type { ExampleFault } from './examples.ts';
import { readJson } from './read-json.ts';
import { schemaFaults } from './schema-fault.ts';

export const examplesBytesMax = 512 * 1024;
/** Claims of all examples of a rule: they are judged while somebody waits. */
const exampleClaimsMax = 1_000;

export interface ReadExamples {
  readonly examples: Examples | null;
  /** With JSON paths; none when they could be read. */
  readonly issues: readonly { readonly path: string; readonly message: Message }[];
}

export function readExamples(bytes: Buffer): ReadExamples {
  const read = readJson(bytes, examplesBytesMax);
  if (!read.ok) return { examples: null, issues: read.issues };
  const parsed = examplesSchema.safeParse(read.json);
  if (!parsed.success)
    return {
      examples: null,
      issues: schemaFaults(parsed.error, read.json, Object.keys(examplesSchema.shape)),
    };
  const claims = parsed.data.examples.reduce((sum, example) => sum + example.claims.length, 0);
  if (claims <= exampleClaimsMax) return { examples: parsed.data, issues: [] };
  const message = {
    zh: `示例结算单超过 ${exampleClaimsMax} 张`,
    en: `has more than ${exampleClaimsMax} claims`,
  };
  return { examples: null, issues: [{ path: '$.examples', message }] };
}

/** Examples of which none hits, or none stands at the border, would pass without having looked at anything. */
export const missingKinds = ({ examples }: Examples): ExampleFault[] =>
  neededKinds
    .filter((kind) => examples.every((example) => example.kind !== kind))
    .map((kind) => ({
      example: { zh: '（整个文件）', en: '(the whole file)' },
      message: { zh: `缺少 ${kind} 示例`, en: `there is no example of kind ${kind}` },
    }));
const neededKinds = ['hit', 'near_miss', 'border'] as const;
