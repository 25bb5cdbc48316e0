/** Statements that PostgreSQL reads and plans once a connection: on the way of a claim, planning would cost more than the answer. */
import type { QueryConfig } from 'pg';

const names = new Map<string, string>();

/**
 * @param text SQL made of code alone; the same text is the same statement
 * @param values lists of numbers or texts among them are written down here: the driver looks at each of thousands by itself
 */
export function prepared(text: string, values: readonly unknown[]): QueryConfig {
  let name = names.get(text);
  if (name === undefined) {
    name = `fundwatch_${names.size}`;
    names.set(text, name);
  }
  return { name, text, values: values.map(arrayText) };
}

const special = /["\\]/;

/** A list of numbers, or of texts in which nothing has to be escaped, as PostgreSQL reads arrays; anything else as it came. */
function arrayText(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  if (value.every((one) => typeof one === 'number')) return `{${value.join(',')}}`;
  if (!value.every((one) => typeof one === 'string')) return value;
  return special.test(value.join('')) ? value : `{"${value.join('","')}"}`;
}
