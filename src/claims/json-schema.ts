/** The claim document as JSON Schema 2020-12 with Chinese descriptions, as published at `/api/v1/schemas/claim`. */
import { z } from 'zod';
import { claimSchema } from './contract.ts';

export const claimJsonSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: '/api/v1/schemas/claim',
  title: '医保结算单 (fundwatch claim)',
  ...z.toJSONSchema(claimSchema, { io: 'input', target: 'draft-2020-12' }),
};
