/** What a supervisor asks of the seeds of new plans (rules/inspection/seed.json), by date. */
import { z } from 'zod';
import { readLocalFile } from '../platform/local-file.ts';

/** More than any digest here can hold would bind nothing. */
const bitsMax = 256;

export const seedParametersSchema = z
  .array(
    z.strictObject({
      effective_from: z.iso.date(),
      sample: z.boolean().describe('示例: no official number is public'),
      source: z.string().min(1),
      published_bits_min: z.int().min(0).max(bitsMax).describe('entropy of published numbers, in bits'),
    }),
  )
  .min(1);
export type SeedParameters = z.infer<typeof seedParametersSchema>;

/** @param rulesDir folder with what supervisors own */
export const loadSeedParameters = (rulesDir: string): Promise<SeedParameters> =>
  readLocalFile(rulesDir, 'inspection/seed.json', seedParametersSchema);

/** Bits that published numbers need on a day, `yyyy-MM-dd`; before the first parameters, none. */
export function publishedBitsMin(parameters: SeedParameters, day: string): number {
  const inForce = parameters
    .filter(({ effective_from }) => effective_from <= day)
    .toSorted((a, b) => (a.effective_from < b.effective_from ? 1 : -1));
  return inForce[0]?.published_bits_min ?? 0;
}
