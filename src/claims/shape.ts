/**
 * The claim schema as a plain tree, read once from the zod schema: what canonicalising, personal data and import mappings walk along.
 * The schema stays the only place where a field is written down.
 */
import { z } from 'zod';
import { claimSchema, fieldKinds } from './contract.ts';

export type Shape =
  | { kind: 'object'; fields: readonly Field[]; byName: ReadonlyMap<string, Field> }
  | { kind: 'list'; item: Shape; max: number }
  | { kind: 'text'; max: number }
  | { kind: 'hash' }
  | { kind: 'decimal'; digits: number; scale: number }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'number'; min: number; max: number }
  | { kind: 'boolean' };

export type Field = { name: string; shape: Shape; required: boolean };

export const claimShape = objectShape(claimSchema);

function shapeOf(schema: unknown): Shape {
  if (schema instanceof z.ZodObject) return objectShape(schema);
  if (schema instanceof z.ZodArray)
    return { kind: 'list', item: shapeOf(schema.element), max: maxLength(schema) };
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodString) {
    const special = fieldKinds.get(schema);
    if (special !== undefined) return special;
    if (schema instanceof z.ZodString)
      return schema.maxLength === null ? { kind: 'hash' } : { kind: 'text', max: schema.maxLength };
  }
  if (schema instanceof z.ZodNumber) {
    const range = {
      min: schema.minValue ?? Number.MIN_SAFE_INTEGER,
      max: schema.maxValue ?? Number.MAX_SAFE_INTEGER,
    };
    return { kind: schema.isInt ? 'integer' : 'number', ...range };
  }
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean' };
  throw new Error('the claim schema uses a kind of field that shape.ts does not know');
}

function objectShape(schema: z.ZodObject): Shape & { kind: 'object' } {
  const fields = Object.entries(schema.shape).map(([name, field]) => fieldOf(name, field));
  return { kind: 'object', fields, byName: new Map(fields.map((field) => [field.name, field])) };
}

function fieldOf(name: string, schema: unknown): Field {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  return { name, shape: shapeOf(inner), required: inner === schema };
}

function maxLength(schema: z.ZodArray): number {
  const { maxItems } = z.toJSONSchema(schema, { io: 'input' });
  if (maxItems === undefined) throw new Error('every list of the claim schema needs a limit');
  return maxItems;
}
