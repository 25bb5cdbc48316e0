/** The answer that is a stored file: whatever somebody uploaded, it is shown as what it was checked to be and can do nothing. */
import type { Response } from 'express';
import { extensions, type FileKind, mediaTypes } from './file-kind.ts';

/** @param name without extension: ASCII letters, digits and hyphens */
export function sendStoredFile(
  response: Response,
  { kind, content }: { readonly kind: FileKind; readonly content: Buffer },
  name: string,
): void {
  const place = kind === 'pdf' ? 'attachment' : 'inline';
  response
    .type(mediaTypes[kind])
    .set('content-disposition', `${place}; filename="${name}.${extensions[kind]}"`)
    .set('content-security-policy', `default-src 'none'; sandbox`)
    .set('cache-control', 'private, no-store')
    .send(content);
}
