/** The master key: in a file that only its owner reads, outside the database. It seals the data keys and nothing else. */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failedBy } from '../platform/failed-by.ts';
import { isReadByOthers, ownerOnly, ownerOnlyFolder } from '../platform/secret-file.ts';
import { VaultError } from './fault.ts';
import { materialBytes } from './suite.ts';

export interface MasterKey {
  readonly material: Buffer;
  /** By which people tell master keys apart; says nothing about the key. */
  readonly fingerprint: string;
}

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
    if (failedBy(error, 'EEXIST')) return null;
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
    if (await isReadByOthers(file)) throw new VaultError('master_key_unreadable');
  } catch (error) {
    if (failedBy(error, 'ENOENT')) return null;
    throw error;
  }
  const material = form.exec(text)?.[1];
  if (material === undefined) throw new VaultError('master_key_unreadable');
  return masterKey(Buffer.from(material, 'base64'));
}
