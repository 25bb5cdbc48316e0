/** The JSON Schema of scheme files, for editors; what it lets pass can still contradict itself, which `credit schemes` says. */
import { z } from 'zod';
import { schemeSchema } from './scheme-contract.ts';

export const schemeJsonSchema = (): z.core.JSONSchema.JSONSchema =>
  z.toJSONSchema(schemeSchema, { io: 'input' });
