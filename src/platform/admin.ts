import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

/**
 * Whether a request brings the administrators' token: as a Bearer token, or as the password of HTTP Basic with any user name, which is
 * what a browser asks for. Compared by digest, so that the time it takes tells neither the token nor its length.
 */
export function bringsToken(token: string): (request: Request) => boolean {
  const expected = digest(token);
  return (request) => {
    const given = tokenOf(request.get('authorization') ?? '');
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

function tokenOf(authorization: string): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +([\x21-\x7e]+)$/i.exec(authorization) ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
