/**
 * A bounded number of places, and a bounded line before them, first come first served. A short burst waits a moment instead of being told to
 * come back in a second: those who come back all at once are the next burst, and saying no to them takes the time in which they could be served.
 */
export interface WaitingLine {
  /** Gives the place back. */
  enter(leaving: AbortSignal): Promise<(() => void) | null>;
}

/**
 * @param placesMax held at the same time
 * @param waitingMax who comes when so many wait is refused at once
 * @param waitMs who has waited so long is refused
 */
export function waitingLine(placesMax: number, waitingMax: number, waitMs: number): WaitingLine {
  let taken = 0;
  // In the order of arrival.
  const waiting = new Set<() => void>();

  const leave = (): void => {
    const [next] = waiting;
    // The place is handed on, so that nobody who comes now is served before those who wait.
    if (next === undefined) taken -= 1;
    else next();
  };
  const oncePlace = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };

  return {
    enter: async (leaving) => {
      if (taken < placesMax) {
        taken += 1;
        return oncePlace();
      }
      if (waiting.size >= waitingMax || leaving.aborted) return null;
      return new Promise((resolve) => {
        const settle = (place: (() => void) | null): void => {
          waiting.delete(served);
          clearTimeout(timer);
          leaving.removeEventListener('abort', giveUp);
          resolve(place);
        };
        const served = (): void => settle(oncePlace());
        const giveUp = (): void => settle(null);
        const timer = setTimeout(giveUp, waitMs);
        leaving.addEventListener('abort', giveUp);
        waiting.add(served);
      });
    },
  };
}
