import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { AppError } from './http.ts';

/**
 * Lets pass who knows the administrators' token: as a Bearer token, or as the password of HTTP Basic with any user name, which is what a
 * browser asks for. Compared by digest, so that the time it takes tells neither the token nor its length.
 */
export function requireAdmin(token: string): RequestHandler {
  const expected = digest(token);
  return (request, response, next) => {
    const given = tokenOf(request.get('authorization') ?? '');
    if (given !== undefined && timingSafeEqual(digest(given), expected)) {
      next();
      return;
    }
    response.set('www-authenticate', 'Basic realm="fundwatch administrators", charset="UTF-8"');
    throw new AppError({
      status: 401,
      code: 'administrators_only',
      message: { zh: '仅限管理员：请输入管理员口令', en: 'Administrators only: the token is asked for' },
    });
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
