/** Reads a file of the rules folder that people own. One that is not as it should be stops the start, and says which and where. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';

/**
 * @param name of the file in the directory, with its folder
 * @throws Error that names the file and every place in it
 */
export async function readLocalFile<Value>(
  directory: string,
  name: string,
  schema: z.ZodType<Value>,
): Promise<Value> {
  const text = await readFile(path.join(directory, name), 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} 不是合法的 JSON / is not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path: place, message }) => `${['$', ...place].join('.')} ${message}`,
  );
  throw new Error(`${name} 不符合要求 / is not as it should be:\n${faults.join('\n')}`);
}
