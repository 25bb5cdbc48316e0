/** Statements that PostgreSQL reads and plans once a connection: on the way of a claim, planning would cost more than the answer. */
import type { QueryConfig } from 'pg';

const names = new Map<string, string>();

/** @param text SQL made of code alone; the same text is the same statement */
export function prepared(text: string, values: readonly unknown[]): QueryConfig {
  let name = names.get(text);
  if (name === undefined) {
    name = `fundwatch_${names.size}`;
    names.set(text, name);
  }
  return { name, text, values: [...values] };
}
