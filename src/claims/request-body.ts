/** Claims out of the body of a request: an NDJSON stream of any length up to the limits, or one JSON array or object. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../platform/http.ts';
import { issue } from './issues.ts';
import type { ClaimItem } from './item.ts';
import { claimBytesMax, elementsOf } from './json-text.ts';
import { type ByteLine, byteLines } from './lines.ts';

export type BodyLimits = {
  /** Unpacked; a compressed body is stopped as soon as it has grown to this. */
  bodyBytesMax: number;
  /** A JSON array is parsed as a whole; more claims than fit are sent as NDJSON. */
  arrayBytesMax: number;
  requestClaimsMax: number;
  /** How long the sender may be silent in the middle of a body. */
  silenceMs: number;
};

export const bodyLimits: BodyLimits = {
  bodyBytesMax: 256 * 1_048_576,
  arrayBytesMax: 32 * 1_048_576,
  requestClaimsMax: 100_000,
  silenceMs: 30_000,
};

const lineTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);

/** In groups as they arrive. @throws AppError 400, 408, 413 or 415, also in the middle of the items */
export function claimsOfRequest(
  request: IncomingMessage,
  limits: BodyLimits = bodyLimits,
): AsyncGenerator<ClaimItem[]> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const bytes = bodyBytes(request, limits);
  if (lineTypes.has(type)) return limited(ndjsonItems(bytes), limits);
  if (type === 'application/json') return limited(jsonItems(bytes, limits), limits);
  throw new AppError({
    status: 415,
    code: 'unsupported_media_type',
    message: {
      zh: 'Content-Type 应为 application/x-ndjson 或 application/json',
      en: 'Content-Type must be application/x-ndjson or application/json',
    },
  });
}

async function* limited(
  groups: AsyncGenerator<ClaimItem[]>,
  limits: BodyLimits,
): AsyncGenerator<ClaimItem[]> {
  let left = limits.requestClaimsMax;
  for await (const items of groups) {
    if (items.length > left) {
      yield items.slice(0, left);
      throw new AppError({
        status: 413,
        code: 'too_many_claims',
        message: {
          zh: `单次请求超过 ${limits.requestClaimsMax} 个结算单；请分次上传（已接收的再次上传只会答复 duplicate）`,
          en: `More than ${limits.requestClaimsMax} claims in one request; send them in parts (what was stored answers duplicate)`,
        },
      });
    }
    left -= items.length;
    yield items;
  }
}

async function* ndjsonItems(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ClaimItem[]> {
  let index = 0;
  for await (const lines of byteLines(bytes, claimBytesMax)) yield lines.map((line) => itemOf(line, index++));
}

const itemOf = ({ bytes, tooLong }: ByteLine, index: number): ClaimItem => ({
  index,
  raw: bytes,
  problems: tooLong ? [issue('$', 'too_large', { bytesMax: claimBytesMax })] : [],
});

async function* jsonItems(bytes: AsyncIterable<Uint8Array>, limits: BodyLimits): AsyncGenerator<ClaimItem[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > limits.arrayBytesMax) {
      throw new AppError({
        status: 413,
        code: 'array_too_large',
        message: {
          zh: `JSON 数组超过 ${limits.arrayBytesMax} 字节；请改用 application/x-ndjson（每行一个结算单）`,
          en: `A JSON array of more than ${limits.arrayBytesMax} bytes; send application/x-ndjson, one claim a line`,
        },
      });
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const elements = isArray(body) ? elementsOf(body) : [body];
  yield elements.map((raw, index) => ({ index, raw, problems: [] }));
}

/** @throws AppError when the body is no JSON at all */
function isArray(body: Buffer): boolean {
  try {
    return Array.isArray(JSON.parse(body.toString('utf8')));
  } catch {
    throw new AppError({
      status: 400,
      code: 'malformed_json',
      message: {
        zh: '请求体不是合法的 JSON，未接收任何结算单',
        en: 'The body is not valid JSON; nothing was taken in',
      },
    });
  }
}

async function* bodyBytes(request: IncomingMessage, limits: BodyLimits): AsyncGenerator<Uint8Array> {
  const source = unpacked(request);
  // The iterator must not close the connection when reading stops early: the answer still has to go out on it.
  const chunks = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let size = 0;
  try {
    for (;;) {
      const next = await within(limits.silenceMs, chunks.next());
      if (next.done === true) return;
      const chunk: unknown = next.value;
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a body is made of bytes');
      size += chunk.length;
      if (size > limits.bodyBytesMax) {
        throw new AppError({
          status: 413,
          code: 'body_too_large',
          message: {
            zh: `请求体（解压后）超过 ${limits.bodyBytesMax} 字节`,
            en: `The body is larger than ${limits.bodyBytesMax} bytes when unpacked`,
          },
        });
      }
      yield chunk;
    }
  } finally {
    request.unpipe();
    if (source !== request) source.destroy();
    // What still arrives is thrown away, so that the sender gets to read the answer.
    request.resume();
  }
}

function unpacked(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new AppError({
      status: 415,
      code: 'unsupported_encoding',
      message: { zh: 'Content-Encoding 只支持 gzip', en: 'The only Content-Encoding taken is gzip' },
    });
  }
  const gunzip = createGunzip();
  request.once('error', (error) => gunzip.destroy(error));
  request.once('aborted', () => gunzip.destroy(new Error('aborted')));
  return request.pipe(gunzip);
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new AppError({
          status: 408,
          code: 'body_stalled',
          message: {
            zh: `请求体中断超过 ${limitMs} 毫秒`,
            en: `The body stalled for more than ${limitMs} ms`,
          },
        }),
      );
    }, limitMs);
  });
  try {
    return await Promise.race([work, silence]);
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(error);
  } finally {
    clearTimeout(timer);
  }
}

/** zlib says Z_DATA_ERROR or Z_BUF_ERROR; everything else is a connection that broke. */
function unreadable(cause: unknown): AppError {
  const isZlib = cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_');
  return isZlib
    ? new AppError({
        status: 400,
        code: 'bad_gzip',
        message: { zh: 'gzip 数据已损坏或不完整', en: 'The gzip data is damaged or incomplete' },
        cause,
      })
    : new AppError({
        status: 400,
        code: 'body_interrupted',
        message: { zh: '请求体没有收完', en: 'The body did not arrive completely' },
        cause,
      });
}
