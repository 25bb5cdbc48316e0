/** Reads the terms of publications. A file that is not as it should be stops the start. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Terms, termsSchema } from './terms.ts';

/** @param rulesDir folder with what supervisors own */
export const loadPublicityTerms = async (rulesDir: string): Promise<Terms> =>
  termsSchema.parse(JSON.parse(await readFile(path.join(rulesDir, 'publicity/terms.json'), 'utf8')));
