/** A JSON text that a form edits: what the form does not name stays as its author laid it out. */
import { applyEdits, type JSONPath, modify } from 'jsonc-parser';
import type { z } from 'zod';

const formattingOptions = { insertSpaces: true, tabSize: 2 };

export interface JsonEdit {
  readonly path: JSONPath;
  /** `undefined`: it goes. */
  readonly value: unknown;
  /** Among its neighbours, of a member that comes. */
  readonly place?: number;
}

export const withEdit = (text: string, { path, value, place }: JsonEdit): string =>
  applyEdits(
    text,
    modify(text, path, value, {
      formattingOptions,
      ...(place === undefined ? {} : { getInsertionIndex: () => place }),
    }),
  );

/** `null`: the text is not JSON, or not of this form. */
export function documentIn<Document>(schema: z.ZodType<Document>, text: string): Document | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
