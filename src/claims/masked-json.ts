/** Rejected input as it is shown to those who have not stated a purpose. */
import { z } from 'zod';
import { plainName } from './explain.ts';
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
 * Values of fields of a claim stay, but for personal data and for what is wrong: an address may stand where a birth date should. Whatever
 * else is there – columns of a file have any name – is hidden, and so are names that do not look like names.
 *
 * @param wrong paths of the issues, like `$.person.brdy`
 * @returns `null`: it is not even JSON, and nothing can be said of what stands where
 */
export function maskedInput(raw: string, wrong: readonly string[]): string | null {
  try {
    return JSON.stringify(masked(json.parse(JSON.parse(raw)), '', '$', new Set(wrong)), null, 2);
  } catch {
    return null;
  }
}

function masked(value: Json, name: string, path: string, wrong: ReadonlySet<string>): Json {
  if (value === null) return null;
  if (wrong.has(path)) return hidden;
  if (Array.isArray(value)) return value.map((each, at) => masked(each, name, `${path}[${at}]`, wrong));
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        plainName.test(key) ? key : hidden,
        masked(each, key, `${path}.${key}`, wrong),
      ]),
    );
  if (known.has(name) && !personal.has(name)) return value;
  if (typeof value !== 'string') return hidden;
  if (name === 'psn_name') return maskName(value);
  return name === 'certno' || name === 'tel' ? maskNumber(value) : hidden;
}
