/** The agency's signing key, in a file that only its owner reads. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failedBy } from '../platform/failed-by.ts';
import { isReadByOthers, ownerOnly, ownerOnlyFolder } from '../platform/secret-file.ts';
import { fingerprintOf } from './anchor.ts';

/** Where the public half is written beside the key: this is what verifiers are given. */
export const publicFileOf = (file: string): string => `${file}.pub`;

/**
 * Makes a key pair. An existing key is never overwritten: what it signed could not be told from what anybody signed.
 * @returns the fingerprint of the public key
 */
export async function makeKeyFile(file: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await mkdir(path.dirname(file), { recursive: true, mode: ownerOnlyFolder });
  try {
    // 'wx' fails on a file that exists; the mode is given at creation, so that there is no moment in which others could read.
    await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), {
      flag: 'wx',
      mode: ownerOnly,
    });
  } catch (error) {
    if (!failedBy(error, 'EEXIST')) throw error;
    throw new Error(`密钥文件已存在，未覆盖：${file} / the key file exists and was not overwritten`, {
      cause: error,
    });
  }
  await chmod(file, ownerOnly);
  await writeFile(publicFileOf(file), publicKey.export({ format: 'pem', type: 'spki' }));
  return fingerprintOf(publicKey);
}

/**
 * @returns `null` when there is no key
 * @throws when it is no Ed25519 key, or others may read it
 */
export async function readKeyFile(file: string): Promise<KeyObject | null> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    if (failedBy(error, 'ENOENT')) return null;
    throw error;
  }
  if (await isReadByOthers(file))
    throw new Error(`密钥文件可被他人读取，请执行 chmod 600 ${file} / others may read the key file`);
  let key: KeyObject | null = null;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The error of the parser may quote what it read.
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new Error(`密钥文件不是 Ed25519 私钥：${file} / the key file holds no Ed25519 private key`);
  return key;
}

/** Fingerprints of all public keys of a PEM file: keys that were replaced stay in it as long as their anchors are kept. */
export async function trustedKeys(file: string): Promise<Set<string>> {
  const blocks = (await readFile(file, 'utf8')).match(publicKeyBlock) ?? [];
  if (blocks.length === 0) throw new Error(`文件中没有公钥：${file} / there is no public key in the file`);
  return new Set(blocks.map((pem) => fingerprintOf(createPublicKey(pem))));
}

const publicKeyBlock = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;
