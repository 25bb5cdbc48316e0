import { existsSync } from 'node:fs';
import path from 'node:path';

/** Real inputs that are no part of the project: beside the checkout, or where FUNDWATCH_SHARED_DATA says. `undefined`: not on this machine. */
export function sharedData(folder: string): string | undefined {
  const base = process.env['FUNDWATCH_SHARED_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data');
  const found = path.join(base, folder);
  if (existsSync(found)) return found;
  process.stderr.write(
    `\nLEFT OUT: ${folder} is not beside this checkout; set FUNDWATCH_SHARED_DATA to test with it.\n`,
  );
  return undefined;
}
