/** A rule text as the form sees it: the members that it edits, and everything else untouched. */
import { z } from 'zod';
import { conditionSchema, factRefSchema, paramSchema, verdicts } from '../../rules/contract.ts';

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
export function formDocumentOf(text: string): FormDocument | null {
  try {
    const parsed = formDocumentSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The text with some members put in the place of its own; the order of members stays. */
export const withParts = (text: string, document: FormDocument, parts: Partial<FormDocument>): string => {
  const order: unknown = JSON.parse(text);
  const all: Record<string, unknown> = { ...document, ...parts };
  const names = typeof order === 'object' && order !== null ? Object.keys(order) : [];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])), null, 2);
};
