import type { z } from 'zod';
import type { Message } from '../platform/http.ts';

export interface OperationError {
  readonly status: number;
  readonly when: Message;
}

/** One operation of the HTTP interface, as OpenAPI describes it. */
export interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly method: 'get' | 'post';
  /** As Express writes it, from the root. */
  readonly path: string;
  readonly summary: Message;
  readonly query?: z.ZodObject;
  /** By media type. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  readonly response: Readonly<Record<string, z.ZodType>>;
  readonly errors: readonly OperationError[];
}

/** An operation that takes and gives JSON, as the files of parts write it. */
interface Brief {
  readonly id: string;
  /** From the root of the part. */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  readonly errors?: readonly OperationError[];
}

/** How the operations of one part are written. */
export function operationsOf(
  tag: string,
  root: string,
): Readonly<Record<Operation['method'], (brief: Brief) => Operation>> {
  const operation =
    (method: Operation['method']) =>
    ({ id, path, zh, en, query, body, response, errors = [] }: Brief): Operation => ({
      id,
      tag,
      method,
      path: `${root}${path}`,
      summary: { zh, en },
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { 'application/json': body } }),
      response: { 'application/json': response },
      errors,
    });
  return { get: operation('get'), post: operation('post') };
}

export const errorWhen = (status: number, zh: string, en: string): OperationError => ({
  status,
  when: { zh, en },
});
export const badRequest = errorWhen(400, '请求参数不符', 'the request does not fit');
export const missing = errorWhen(404, '不存在', 'there is no such thing');
export const notAllowed = errorWhen(409, '现在不能这样做，原因见 message', 'not now; message says why');
