/** A row of the chain, as the database has it and as an export writes it: one JSON object a line, keys in canonical order. */
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

export const chainRowSchema = z.strictObject({
  account: z.string(),
  hash: z.string(),
  kind: z.string(),
  prev_hash: z.string(),
  recorded_at: z.string(),
  seq: z.int(),
  subject: z.string(),
  text: z.string(),
});
export type ChainRow = z.infer<typeof chainRowSchema>;

export const lineOfRow = (row: ChainRow): string => `${canonicalJson({ ...row })}\n`;

/** `null`: the line is not a row of an export. */
export function rowOfLine(line: string): ChainRow | null {
  try {
    const parsed = chainRowSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
