/**
 * Judges marked days by the rules over windows, after the batches that marked them were committed. The marks in the database are the queue: any
 * number of processes look for them, and an institution is judged by one at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../src/platform/database.ts';
import type { Log } from '../src/platform/log.ts';
import type { Rules } from '../src/screening/in-force.ts';
import type { ScreeningMetrics } from '../src/screening/metrics.ts';
import { labelOf } from '../src/screening/parts-service.ts';
import { isStreaming } from '../src/screening/store.ts';
import { type JudgedDays, screenMarked } from '../src/screening/window-service.ts';
import { hasLateMark } from '../src/screening/window-store.ts';

/** How often marks are looked for when none was found. */
const lookMs = 1_000;
/** Claims come in as long as there is no longer pause between two batches. */
const quietMs = 2_000;
/**
 * While claims come in, windows wait, for so long at most: a day is marked by each batch that has a claim of it, and read as a whole each time it
 * is judged.
 */
const lateMs = 60_000;
/** Of the time of one process, once they have waited so long and claims still come in. */
const windowShareMax = 0.2;

export interface WindowWorkerContext {
  readonly database: Database;
  readonly rules: Rules;
  readonly log: Log;
  readonly counters: Pick<ScreeningMetrics, 'findings' | 'hits' | 'alarms' | 'windowDays'>;
  /** What is done with days that were judged, given the time that took; it must not throw. */
  readonly afterWindows?: (seen: readonly JudgedDays[], judgingMs: number) => Promise<void>;
}

export function startWindowWorker({ database, rules, log, counters, afterWindows }: WindowWorkerContext): {
  readonly close: () => Promise<void>;
} {
  const stop = new AbortController();
  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  };
  /** @returns whether there was something to do */
  const step = async (): Promise<boolean> => {
    const beganAt = performance.now();
    const report = await screenMarked(database, rules);
    const judgingMs = performance.now() - beganAt;
    if (report === null) return false;
    const { alarms, seen, hits = {}, ...counts } = report;
    counters.windowDays.inc(report.days);
    for (const change of ['created', 'changed', 'withdrawn'] as const)
      counters.findings.inc({ change }, report[change]);
    for (const [rule_code, findings] of Object.entries(hits)) counters.hits.inc({ rule_code }, findings);
    for (const { rule_code, kind } of alarms) {
      counters.alarms.inc({ rule_code, kind });
      log.error({ rule_code, kind }, 'a rule could not be trusted on a window: nothing was written');
    }
    log.info(counts, 'windows judged');
    await afterWindows?.(seen, judgingMs);
    return true;
  };
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const beganAt = performance.now();
      try {
        const areClaimsComing = await isStreaming(database, quietMs);
        const mayWait = areClaimsComing && !(await hasLateMark(database, lateMs));
        const isBusy = !mayWait && (await step());
        if (!isBusy) await pause(lookMs);
        else if (areClaimsComing) await pause((performance.now() - beganAt) * (1 / windowShareMax - 1));
      } catch (error) {
        log.warn({ error: labelOf(error) }, 'judging windows failed: it is tried again later');
        await pause(lookMs);
      }
    }
  };
  const working = work();
  return {
    close: async () => {
      stop.abort();
      await working;
    },
  };
}
