/** Reads the document of the risk index. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failedBy } from '../platform/failed-by.ts';
import { type RiskDocument, riskDocumentSchema } from './risk-contract.ts';

/**
 * @param directory of rules
 * @returns `null` when there is none
 * @throws when the document does not fit
 */
export async function loadRiskDocument(directory: string): Promise<RiskDocument | null> {
  let text: string;
  try {
    text = await readFile(join(directory, 'credit', 'institution.risk.json'), 'utf8');
  } catch (error) {
    if (failedBy(error, 'ENOENT')) return null;
    throw error;
  }
  return riskDocumentSchema.parse(JSON.parse(text));
}
