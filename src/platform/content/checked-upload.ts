/** A file that came from outside, looked at before it is kept: what it is, how large, and without what pictures tell of who took them. Pure. */
import { createHash } from 'node:crypto';
import type { Message } from '../http.ts';
import { type FileKind, isWholePdf, kindOf } from './file-kind.ts';
import { jpegWithoutOrigin, pngWithoutOrigin } from './without-origin.ts';

/** Nothing larger is kept, whoever takes it. */
export const storedFileBytesMax = 20 * 1024 * 1024;

export interface UploadTerms {
  readonly kinds: readonly FileKind[];
  /** At most `storedFileBytesMax`. */
  readonly bytesMax: number;
}

export interface CheckedFile {
  readonly kind: FileKind;
  /** SHA-256 in hex of `content`: its name everywhere. */
  readonly sha256: string;
  /** Of what was sent; another one where something was taken off. */
  readonly sent_sha256: string;
  readonly content: Buffer;
}
export type Checked =
  | { readonly ok: true; readonly file: CheckedFile }
  | { readonly ok: false; readonly reason: Message };

const names: Readonly<Record<FileKind, string>> = { jpeg: 'JPG', png: 'PNG', pdf: 'PDF' };

export function checkedUpload(sent: Buffer, { kinds, bytesMax }: UploadTerms): Checked {
  if (sent.length === 0) return no('文件是空的', 'The file is empty');
  const limit = Math.min(bytesMax, storedFileBytesMax);
  if (sent.length > limit) {
    const megabytes = (limit / 1024 / 1024).toFixed(0);
    return no(`文件不得超过 ${megabytes} MB`, `A file has at most ${megabytes} MB`);
  }
  const kind = kindOf(sent);
  if (kind === null || !kinds.includes(kind)) {
    const named = kinds.map((one) => names[one]);
    return no(
      `只接受 ${named.join('、')} 文件；改扩展名不会改变内容`,
      `Only ${named.join(', ')} files; another extension does not change what a file is`,
    );
  }
  const content = keptOf(kind, sent);
  if (content === null)
    return no(`这个 ${names[kind]} 文件不完整或已损坏`, `This ${names[kind]} file is incomplete or damaged`);
  return { ok: true, file: { kind, sha256: hashOf(content), sent_sha256: hashOf(sent), content } };
}

const no = (zh: string, en: string): Checked => ({ ok: false, reason: { zh, en } });

/** SHA-256 in hex. */
export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function keptOf(kind: FileKind, sent: Buffer): Buffer | null {
  switch (kind) {
    case 'jpeg':
      return jpegWithoutOrigin(sent);
    case 'png':
      return pngWithoutOrigin(sent);
    case 'pdf':
      return isWholePdf(sent) ? sent : null;
  }
}
