/** Sends claims the way an upstream platform does: NDJSON over HTTP, coming back later when asked to. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { msPerSecond } from '../platform/civil.ts';
import { benchBody, type ClaimRange, piecesOf } from './claims.ts';
import { post } from './http.ts';
import { rangeSchema, type Task, worldSchema } from './task.ts';

const orderSchema = z.object({
  port: z.int(),
  /** Of an API key. */
  token: z.string(),
  world: worldSchema,
  range: rangeSchema,
  requestClaims: z.int().min(1),
  /** Requests under way at the same time, one after the other on each connection. */
  connections: z.int().min(1),
  /**
   * A number: as many requests start every second, whether earlier ones were answered or not, as independent hospitals do.
   * `null`: as fast as the server takes them.
   */
  requestsPerS: z.number().positive().nullable(),
  /** Texts are made before the clock starts: the systems of hospitals make them elsewhere. `false`: on the way, for streams of any length. */
  ahead: z.boolean(),
});

const resultSchema = z.object({
  seconds: z.number(),
  /** How often the server asked to come back later. */
  refused: z.int(),
  /** One a request. Milliseconds since 1970: when it was due, and when it was answered. */
  deliveries: z.array(z.object({ due: z.number(), answered: z.number(), batches: z.array(z.int()) })),
});

export type SendOrder = z.infer<typeof orderSchema>;
export type SendResult = z.infer<typeof resultSchema>;

const replySchema = z.object({
  counts: z.object({ accepted: z.int(), duplicate: z.int() }),
  batches: z.array(z.int()),
});
const retryDefaultS = 1;

/** A server that says no before it has read everything may end the connection. Whether something was stored is unknown: it is sent again. */
function cutOff(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EPIPE' || code === 'ECONNRESET') return null;
  throw error;
}

export const sending: Task<SendOrder, SendResult> = {
  name: 'send',
  order: orderSchema,
  result: resultSchema,
  prepare: async (order) => {
    const pieces = piecesOf(order.range, order.requestClaims);
    const bodies = order.ahead ? pieces.map((piece) => benchBody(piece, order.world)) : [];
    const agent = new Agent({ keepAlive: true });
    const deliveries: SendResult['deliveries'] = [];
    let refused = 0;

    /** Until the claims are taken. */
    const deliver = async (at: number, piece: ClaimRange, due: number): Promise<void> => {
      const body = bodies[at] ?? benchBody(piece, order.world);
      let wasCut = false;
      for (;;) {
        const answer = await post({
          agent,
          port: order.port,
          token: order.token,
          path: '/api/v1/claims',
          type: 'application/x-ndjson',
          body,
        }).catch(cutOff);
        if (answer === null || answer.status === 429) {
          wasCut ||= answer === null;
          refused += 1;
          await sleep((answer?.retryAfterS ?? retryDefaultS) * msPerSecond);
          continue;
        }
        if (answer.status !== 200)
          throw new Error(`the server answered ${answer.status} ${JSON.stringify(answer.body)}`);
        const { counts, batches } = replySchema.parse(answer.body);
        if (counts.accepted + (wasCut ? counts.duplicate : 0) !== piece.to - piece.from)
          throw new Error(`${piece.to - piece.from} new claims were sent and ${counts.accepted} accepted`);
        deliveries.push({ due, answered: Date.now(), batches });
        return;
      }
    };

    const flatOut = async (): Promise<void> => {
      const next = pieces.entries();
      const connection = async (): Promise<void> => {
        for (const [at, piece] of next) await deliver(at, piece, Date.now());
      };
      await Promise.all(Array.from({ length: order.connections }, connection));
    };

    const paced = async (requestsPerS: number): Promise<void> => {
      const startedAt = Date.now();
      const under: Promise<void>[] = [];
      for (const [at, piece] of pieces.entries()) {
        const due = startedAt + (at * msPerSecond) / requestsPerS;
        const early = due - Date.now();
        if (early > 0) await sleep(early);
        const delivery = deliver(at, piece, due);
        // Awaited together at the end; until then a failure must not look unhandled.
        delivery.catch(() => undefined);
        under.push(delivery);
      }
      await Promise.all(under);
    };

    return async () => {
      const startedAt = performance.now();
      await (order.requestsPerS === null ? flatOut() : paced(order.requestsPerS));
      agent.destroy();
      return { seconds: (performance.now() - startedAt) / msPerSecond, refused, deliveries };
    };
  },
};
