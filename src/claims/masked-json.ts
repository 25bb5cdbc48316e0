/** Rejected input as it is shown to those who have not stated a purpose. */
import { z } from 'zod';
import { claimJsonSchema } from './json-schema.ts';
import { maskName, maskNumber, personalFields } from './personal.ts';

const hidden = '***';
const personal = new Set<string>(personalFields);

/** Names of all members of the claim document, at any depth. */
const known = new Set(namesOf(claimJsonSchema));

function namesOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(namesOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' && typeof value === 'object' && value !== null
      ? [...Object.keys(value), ...namesOf(Object.values(value))]
      : namesOf(value),
  );
}

const json = z.json();
type Json = z.infer<typeof json>;

/**
 * Values of fields of a claim stay, but for personal data; whatever else stands there – columns of a file have any name – is hidden.
 * @returns `null`: it is not even JSON, and nothing can be said of what stands where
 */
export function maskedInput(raw: string): string | null {
  try {
    return JSON.stringify(masked(json.parse(JSON.parse(raw)), ''), null, 2);
  } catch {
    return null;
  }
}

function masked(value: Json, name: string): Json {
  if (Array.isArray(value)) return value.map((each) => masked(each, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(each, key)]));
  if (value === null || (known.has(name) && !personal.has(name))) return value;
  if (name === 'psn_name' && typeof value === 'string') return maskName(value);
  return (name === 'certno' || name === 'tel') && typeof value === 'string' ? maskNumber(value) : hidden;
}
