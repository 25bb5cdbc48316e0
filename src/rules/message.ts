/** Fills the placeholders of a message: `{line.item_name}`, `{limit}`. */
import type { Value } from './value.ts';

const placeholder = /\{([a-z][a-z0-9_.]*)\}/g;

export const placeholdersOf = (template: string): string[] =>
  [...template.matchAll(placeholder)].map((match) => match[1] ?? '');

export const fillMessage = (
  template: string,
  values: Readonly<Record<string, Value>>,
  notStated: string,
): string =>
  template.replace(placeholder, (_, name: string) => {
    const value = values[name];
    return value === undefined || value === null ? notStated : String(value);
  });
