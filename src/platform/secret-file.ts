/** Files with keys: read by their owner only, and never written over. */
import { stat } from 'node:fs/promises';

export const ownerOnly = 0o600;
export const ownerOnlyFolder = 0o700;
const othersBits = 0o077;

/** Windows has no such bits; there, access lists of the folder count. */
export const isReadByOthers = async (file: string): Promise<boolean> =>
  process.platform !== 'win32' && ((await stat(file)).mode & othersBits) !== 0;
