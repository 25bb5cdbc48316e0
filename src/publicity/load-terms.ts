/** Reads the terms of publications. */
import { readLocalFile } from '../platform/local-file.ts';
import { type Terms, termsSchema } from './terms.ts';

/** @param rulesDir folder with what supervisors own */
export const loadPublicityTerms = (rulesDir: string): Promise<Terms> =>
  readLocalFile(rulesDir, 'publicity/terms.json', termsSchema);
