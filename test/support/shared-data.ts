import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder =
  process.env['FUNDWATCH_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Real inputs that lie beside the checkout where the product is developed; `null` elsewhere, and the tests on them are left out. */
export const sharedData: string | null = existsSync(folder) ? folder : null;
