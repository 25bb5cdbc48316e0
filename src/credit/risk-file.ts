/** Reads the document of the risk index. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RiskDocument, riskDocumentSchema } from './risk-contract.ts';

/** @param directory of rules; throws when the document does not fit */
export const loadRiskDocument = async (directory: string): Promise<RiskDocument> =>
  riskDocumentSchema.parse(
    JSON.parse(await readFile(join(directory, 'credit', 'institution.risk.json'), 'utf8')),
  );
