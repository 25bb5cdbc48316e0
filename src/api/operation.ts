import type { z } from 'zod';
import type { Message } from '../platform/http.ts';

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
  readonly errors: readonly { readonly status: number; readonly when: Message }[];
}
