/** The master key: in a file that only its owner reads, outside the database. It seals the data keys and nothing else. */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VaultError } from './fault.ts';
import { materialBytes } from './suite.ts';

export interface MasterKey {
  readonly material: Buffer;
  /** By which people tell master keys apart; says nothing about the key. */
  readonly fingerprint: string;
}

const ownerOnly = 0o600;
const othersBits = 0o077;
const ownerOnlyFolder = 0o700;
const fingerprintCharacters = 16;
const form = /^fundwatch-master-key:1:([A-Za-z0-9+/]{64})\n?$/;

const masterKey = (material: Buffer): MasterKey => ({
  material,
  fingerprint: createHash('sha256')
    .update('fundwatch master key')
    .update(material)
    .digest('hex')
    .slice(0, fingerprintCharacters),
});

/** Never over a file that is there: what is sealed with a lost key stays closed for ever. @returns `null`: there is one already */
export async function makeMasterKey(file: string): Promise<MasterKey | null> {
  const material = randomBytes(materialBytes);
  await mkdir(path.dirname(file), { recursive: true, mode: ownerOnlyFolder });
  // Linked when it is whole: nobody reads half a key, and nobody's key is written over.
  const whole = `${file}.${process.pid}`;
  await writeFile(whole, `fundwatch-master-key:1:${material.toString('base64')}\n`, { mode: ownerOnly });
  try {
    await link(whole, file);
    return masterKey(material);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return null;
    throw error;
  } finally {
    await unlink(whole);
  }
}

/**
 * @returns `null`: there is no such file
 * @throws VaultError `master_key_unreadable`
 */
export async function readMasterKey(file: string): Promise<MasterKey | null> {
  let text: string;
  try {
    text = await readFile(file, 'latin1');
    // Windows has no such bits; there, access lists of the folder count.
    if (process.platform !== 'win32' && ((await stat(file)).mode & othersBits) !== 0)
      throw new VaultError('master_key_unreadable');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  const material = form.exec(text)?.[1];
  if (material === undefined) throw new VaultError('master_key_unreadable');
  return masterKey(Buffer.from(material, 'base64'));
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
