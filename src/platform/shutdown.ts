import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

export type Closer = { name: string; close: () => Promise<void> };

export type ShutdownOptions = {
  log: Pick<Log, 'info' | 'warn' | 'error' | 'fatal'>;
  /** Closed one after the other in this order: first what takes in work, last what the others stand on. */
  closers: readonly Closer[];
  /** After this the process ends with code 1, whatever is still open. */
  deadlineMs: number;
  /** End with the parent process: for children that were started with an IPC channel. */
  withParent?: boolean;
  /** Called when a second signal asks to stop at once, before the process ends. */
  onForced?: () => void;
};

/** Ctrl-C reaches a process twice within milliseconds when npm stands above it: once from the terminal, once from npm. */
const secondSignalAfterMs = 700;
const forcedExitCode = 130;

/**
 * Ends the process in order on SIGINT, SIGTERM, an error that nobody caught, or (with `withParent`) the end of the parent.
 * A second signal ends it at once. Returns a function that starts the same from code.
 */
export function onShutdown(options: ShutdownOptions): (reason: string, exitCode?: number) => Promise<never> {
  const { log } = options;
  let startedAt: number | undefined;

  async function shutdown(reason: string, exitCode = 0): Promise<never> {
    // Whoever asks again waits for the end of the process that is already on its way.
    if (startedAt !== undefined) return new Promise<never>(() => undefined);
    startedAt = performance.now();
    log.info({ reason }, 'shutting down');
    const finished = await Promise.race([
      closeAll(options),
      sleep(options.deadlineMs, 'late' as const, { ref: false }),
    ]);
    if (finished === 'late') log.error({ deadline_ms: options.deadlineMs }, 'shutdown took too long');
    process.exit(finished === 'clean' ? exitCode : 1);
  }

  const onSignal = (signal: NodeJS.Signals): void => {
    if (startedAt !== undefined && performance.now() - startedAt > secondSignalAfterMs) {
      options.onForced?.();
      process.exit(forcedExitCode);
    }
    void shutdown(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A closed terminal window.
  process.on('SIGHUP', onSignal);
  if (options.withParent === true) {
    process.on('disconnect', () => void shutdown('parent process ended'));
    // It may have ended while we were starting. In a process that never had a channel, this is undefined.
    if (Object.is(process.connected, false)) void shutdown('parent process ended');
  }
  const onUncaught = (error: unknown): void => {
    log.fatal({ err: error }, 'uncaught error');
    void shutdown('uncaught error', 1);
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  return shutdown;
}

async function closeAll(options: ShutdownOptions): Promise<'clean' | 'failed'> {
  let outcome: 'clean' | 'failed' = 'clean';
  for (const { name, close } of options.closers) {
    try {
      await close();
    } catch (error) {
      // The rest must still be closed.
      outcome = 'failed';
      options.log.error({ err: error, closer: name }, 'closing failed');
    }
  }
  return outcome;
}
