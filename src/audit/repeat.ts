/**
 * Does something now and again and again; never twice at a time.
 * @param work is told by the signal to leave off
 * @returns what stops it, when the last time is over
 */
export function repeat(
  everyMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopped = new AbortController();
  let running: Promise<void> | null = null;
  const tick = (): void => {
    running ??= work(stopped.signal)
      .catch((error: unknown) => {
        if (!stopped.signal.aborted) onError(error);
      })
      .finally(() => {
        running = null;
      });
  };
  tick();
  const timer = setInterval(tick, everyMs);
  return async () => {
    clearInterval(timer);
    stopped.abort();
    await running;
  };
}
