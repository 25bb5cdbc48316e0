/** A rule text as the form sees it: the members that it edits, and everything else untouched. */
import type { JSONPath } from 'jsonc-parser';
import { z } from 'zod';
import { conditionSchema, factRefSchema, paramSchema, verdicts } from '../../rules/contract.ts';
import { documentIn, type JsonEdit, withEdit } from '../json-document.ts';

/** Texts may still be empty while somebody writes. */
const words = z.object({ zh: z.string(), en: z.string() });

const formDocumentSchema = z.looseObject({
  name: words,
  purpose: words,
  message: words,
  verdict: z.enum(verdicts),
  params: z.record(z.string(), paramSchema.extend({ title: words })),
  let: z.record(z.string(), factRefSchema),
  conditions: conditionSchema,
});
export type FormDocument = z.infer<typeof formDocumentSchema>;

/** `null`: the text is not JSON, or not near enough to a rule. */
export const formDocumentOf = (text: string): FormDocument | null => documentIn(formDocumentSchema, text);

/** The text with some members put in the place of its own; what did not change stays as its author laid it out. */
export const withParts = (text: string, document: FormDocument, parts: Partial<FormDocument>): string =>
  editsBetween([], document, { ...document, ...parts }).reduce(withEdit, text);

function editsBetween(path: JSONPath, before: unknown, after: unknown): JsonEdit[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => editsBetween([...path, index], item, after[index]));
  if (!isRecord(before) || !isRecord(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, value: after }];
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  return [
    ...gone.map((name): JsonEdit => ({ path: [...path, name], value: undefined })),
    ...Object.entries(after).flatMap(([name, value], place): JsonEdit[] => {
      if (value === undefined) return [];
      if (before[name] === undefined) return [{ path: [...path, name], value, place }];
      return editsBetween([...path, name], before[name], value);
    }),
  ];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How parameters are named in a rule. */
export const paramName = /^[a-z][a-z0-9_]*$/;

/** Whether something in the rule refers to a parameter, so that it cannot go. */
export const isParamUsed = (value: unknown, name: string): boolean =>
  Array.isArray(value)
    ? value.some((item) => isParamUsed(item, name))
    : isRecord(value) &&
      (value['param'] === name || Object.values(value).some((part) => isParamUsed(part, name)));

/** The document with a parameter under another name, here and wherever it is referred to. */
export function withParamNamed(document: FormDocument, name: string, to: string): FormDocument {
  const params = Object.fromEntries(
    Object.entries(document.params).map(([key, param]) => [key === name ? to : key, param]),
  );
  return formDocumentSchema.parse(referring({ ...document, params }, name, to));
}

function referring(value: unknown, name: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => referring(item, name, to));
  if (!isRecord(value)) return value;
  if (value['param'] === name && Object.keys(value).length === 1) return { param: to };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, referring(part, name, to)]));
}

/** The first name that is free, for a parameter that somebody adds. */
export function freeParamName({ params }: FormDocument): string {
  for (let place = 1; ; place += 1) {
    const name = `param_${place}`;
    if (!Object.hasOwn(params, name)) return name;
  }
}
