/** Reads the schemes of a directory with the examples beside them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Message } from './contract.ts';
import { dayOf } from '../platform/civil.ts';
import { failedBy } from '../platform/failed-by.ts';
import { checkScheme } from './scheme-check.ts';
import { type Scheme, schemeSchema } from './scheme-contract.ts';
import { checkSchemeExamples, schemeExamplesSchema } from './scheme-examples.ts';

const schemesMax = 500;
const schemeBytesMax = 256 * 1024;

export interface SchemeFile {
  readonly file: string;
  readonly scheme: Scheme;
  /** Worked examples beside it. */
  readonly examples: number;
}

interface SchemeIssue {
  readonly file: string;
  readonly path: string;
  readonly message: Message;
}

/** Some schemes cannot be used; the message names every place. */
export class SchemeError extends Error {
  readonly issues: readonly SchemeIssue[];

  constructor(issues: readonly SchemeIssue[]) {
    super(
      issues.map(({ file, path, message }) => `${file} ${path}：${message.zh} / ${message.en}`).join('\n'),
    );
    this.name = 'SchemeError';
    this.issues = issues;
  }
}

/**
 * @param directory of rules; the schemes are in its folder `credit`. Without that folder there are none: who keeps rules of their own may have
 *   no use for credit.
 * @throws SchemeError when a scheme does not fit its schema, contradicts itself, or does not do what its examples say
 */
export async function loadSchemes(directory: string): Promise<SchemeFile[]> {
  const folder = join(directory, 'credit');
  const files = (await namesIn(folder)).filter(isScheme).sort();
  if (files.length > schemesMax)
    throw new SchemeError([
      issue('credit', '$', `方案超过 ${schemesMax} 个`, `more than ${schemesMax} schemes`),
    ]);
  const read = await Promise.all(files.map(async (file) => readSchemeFile(folder, file)));
  const issues = read.flatMap((each) => each.issues);
  const schemes = read.flatMap((each) => each.scheme ?? []);
  for (const { file, scheme } of schemes)
    if (schemes.some((other) => other.file < file && overlaps(other.scheme, scheme)))
      issues.push(
        issue(
          file,
          '$.effective',
          '同一地区、同一方案的有效期重叠',
          'overlaps a scheme of this code and area',
        ),
      );
  if (issues.length > 0) throw new SchemeError(issues);
  return schemes;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (failedBy(error, 'ENOENT')) return [];
    throw error;
  }
}

const notSchemes = ['.examples.json', '.schema.json', '.risk.json'];
const isScheme = (file: string): boolean =>
  file.endsWith('.json') && notSchemes.every((end) => !file.endsWith(end));

const overlaps = (a: Scheme, b: Scheme): boolean =>
  a.code === b.code &&
  a.area === b.area &&
  (a.effective.to === null || a.effective.to > b.effective.from) &&
  (b.effective.to === null || b.effective.to > a.effective.from);

/** One scheme out of one file, without examples: what somebody is trying out. */
export async function readScheme(path: string): Promise<Scheme> {
  const { value, issues } = await readJson(path, path, schemeSchema);
  const all = value === null ? issues : checkScheme(value).map((fault) => ({ file: path, ...fault }));
  if (value === null || all.length > 0) throw new SchemeError(all);
  return value;
}

async function readSchemeFile(
  folder: string,
  file: string,
): Promise<{ scheme: SchemeFile | null; issues: SchemeIssue[] }> {
  const { value: scheme, issues } = await readJson(join(folder, file), file, schemeSchema);
  if (scheme === null) return { scheme: null, issues };
  const faults: SchemeIssue[] = checkScheme(scheme).map((fault) => ({ file, ...fault }));
  const beside = file.replace(/\.json$/, '.examples.json');
  const examples = await readJson(join(folder, beside), beside, schemeExamplesSchema);
  faults.push(...examples.issues);
  if (examples.value !== null && faults.length === 0) {
    if (examples.value.scheme !== scheme.code)
      faults.push(issue(beside, '$.scheme', `应为 ${scheme.code}`, `must be ${scheme.code}`));
    for (const { example, message } of checkSchemeExamples(scheme, examples.value))
      faults.push(issue(beside, '$', `${example.zh}：${message.zh}`, `${example.en}: ${message.en}`));
  }
  const count = examples.value?.examples.length ?? 0;
  return faults.length > 0
    ? { scheme: null, issues: faults }
    : { scheme: { file, scheme, examples: count }, issues: [] };
}

async function readJson<Schema extends z.ZodType>(
  path: string,
  file: string,
  schema: Schema,
): Promise<{ value: z.infer<Schema> | null; issues: SchemeIssue[] }> {
  let json: unknown;
  try {
    const bytes = await readFile(path);
    if (bytes.length > schemeBytesMax)
      return {
        value: null,
        issues: [issue(file, '$', `超过 ${schemeBytesMax} 字节`, `is larger than ${schemeBytesMax} bytes`)],
      };
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return {
      value: null,
      issues: [issue(file, '$', `不能读取：${String(error)}`, `cannot be read: ${String(error)}`)],
    };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data, issues: [] };
  return {
    value: null,
    issues: parsed.error.issues.map(({ path: at, message }) =>
      issue(file, ['$', ...at.map(String)].join('.'), message, message),
    ),
  };
}

const issue = (file: string, path: string, zh: string, en: string): SchemeIssue => ({
  file,
  path,
  message: { zh, en },
});

/** The scheme of this code for a place and a day: the district's before the city's, the province's and the country's. */
export function schemeFor(
  schemes: readonly SchemeFile[],
  code: string,
  area: string,
  day: string,
): Scheme | null {
  if (dayOf(day) === null) return null;
  for (const place of [area, `${area.slice(0, 4)}00`, `${area.slice(0, 2)}0000`, '000000']) {
    const found = schemes.find(
      ({ scheme: { effective, ...scheme } }) =>
        scheme.code === code &&
        scheme.area === place &&
        effective.from <= day &&
        (effective.to === null || day < effective.to),
    );
    if (found !== undefined) return found.scheme;
  }
  return null;
}
