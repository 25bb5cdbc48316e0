/**
 * How late this process is: when more comes in than one thread can do, whatever has arrived waits where nobody counts it, and the event loop
 * is the only queue that shows. Who looks at it before starting anything can give less, or say no, while that still helps.
 */
const beatMs = 20;
/** One long piece of work is no overload: so many beats in a row must be late. */
const beatsMin = 3;

const lastLateMs: number[] = Array.from({ length: beatsMin }, () => 0);
let beatAt = performance.now();

setInterval(() => {
  const now = performance.now();
  lastLateMs.push(Math.max(0, now - beatAt - beatMs));
  lastLateMs.shift();
  beatAt = now;
}, beatMs).unref();

/** By how many milliseconds each of the last beats was late at least. */
export const lateMs = (): number => Math.min(...lastLateMs);
