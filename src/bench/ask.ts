/** Asks for pre-checks at a fixed rate, whether earlier ones were answered or not, as independent hospitals do. */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { msPerSecond } from '../platform/civil.ts';
import { benchClaim, personOf } from './claims.ts';
import { post } from './http.ts';
import { quantilesOf } from './quantiles.ts';
import { rangeSchema, type Task, worldSchema } from './task.ts';

const orderSchema = z.object({
  port: z.int(),
  /** Of an API key. */
  token: z.string(),
  world: worldSchema,
  /** Numbers for the visits, which nobody has used. */
  range: rangeSchema,
  requestsPerS: z.number().positive(),
  /** A hospital does not wait longer; then it gives up, which counts as having taken so long. */
  giveUpMs: z.number().positive(),
});
const resultSchema = z.object({
  asked: z.int(),
  /** Judged beside the person's history. */
  used: z.int(),
  /** Judged by the rules that need no history, and said so. */
  left_out: z.int(),
  gave_up: z.int(),
  /** Told at once to come again: 503 with `Retry-After`. */
  refused: z.int(),
  /** Any other answer, or none. */
  errors: z.int(),
  ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() }),
});
export type AskResult = z.infer<typeof resultSchema>;

const precheckSchema = z.object({ history: z.enum(['used', 'left_out']) });
/** Connections of all hospitals together; what is due beyond them waits, and the waiting counts. */
const connectionsMax = 512;
const busyStatus = 503;
const textsMax = 20_000;

export const asking: Task<z.infer<typeof orderSchema>, AskResult> = {
  name: 'ask',
  order: orderSchema,
  result: resultSchema,
  prepare: async ({ port, token, world, range, requestsPerS, giveUpMs }) => {
    const requests = range.to - range.from;
    // Visits of persons who have a history; nothing is stored, so a text may be sent again.
    const bodies = Array.from({ length: Math.min(requests, textsMax) }, (_, at) =>
      Buffer.from(
        benchClaim(range.from + at, world, personOf(world.history === 0 ? at : at % world.history, world)),
      ),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
    const counts = { used: 0, left_out: 0, gave_up: 0, refused: 0, errors: 0 };
    const took: number[] = [];

    const ask = async (body: Buffer, due: number): Promise<void> => {
      const leftMs = due + giveUpMs - performance.now();
      // This sender is late itself, for want of a core: who has given up already asks nobody.
      if (leftMs <= 0) {
        counts.gave_up += 1;
        took.push(giveUpMs);
        return;
      }
      const signal = AbortSignal.timeout(Math.ceil(leftMs));
      try {
        const answer = await post({
          agent,
          port,
          token,
          path: '/api/v1/precheck',
          type: 'application/json',
          body,
          signal,
        });
        const precheck = precheckSchema.safeParse(answer.body);
        if (answer.status === 200 && precheck.success) counts[precheck.data.history] += 1;
        else if (answer.status === busyStatus) counts.refused += 1;
        else counts.errors += 1;
      } catch {
        if (signal.aborted) counts.gave_up += 1;
        else counts.errors += 1;
      }
      took.push(performance.now() - due);
    };

    return async () => {
      const startedAt = performance.now();
      const under: Promise<void>[] = [];
      for (let at = 0; at < requests; at += 1) {
        const due = startedAt + (at * msPerSecond) / requestsPerS;
        const early = due - performance.now();
        if (early > 1) await sleep(early);
        const body = bodies[at % bodies.length];
        if (body !== undefined) under.push(ask(body, due));
      }
      await Promise.all(under);
      agent.destroy();
      return { asked: requests, ...counts, ms: quantilesOf(took) };
    };
  },
};
