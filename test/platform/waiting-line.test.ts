import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { waitingLine } from '../../src/platform/waiting-line.ts';

const staying = new AbortController().signal;
const longMs = 60_000;

describe('a waiting line', () => {
  test('never gives out more places than there are, serves in the order of arrival, refuses beyond the line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (places, waiting, steps) => {
          const line = waitingLine(places, waiting, longMs);
          const served: number[] = [];
          const held: (() => void)[] = [];
          // What must be: who waits, by number, and who was refused.
          const expected: number[] = [];
          let queue: number[] = [];
          const refused: number[] = [];
          const mustBeRefused: number[] = [];
          let inside = 0;
          let next = 0;
          for (const comes of steps) {
            if (comes) {
              const who = next++;
              line
                .enter(staying)
                .then((leave) => {
                  if (leave === null) refused.push(who);
                  else {
                    served.push(who);
                    held.push(leave);
                  }
                })
                .catch(() => undefined);
              if (inside < places) {
                inside += 1;
                expected.push(who);
              } else if (queue.length < waiting) queue.push(who);
              else mustBeRefused.push(who);
            } else {
              const leave = held.shift();
              // Twice gives one place back, not two.
              leave?.();
              leave?.();
              if (leave !== undefined) {
                const [first, ...rest] = queue;
                queue = rest;
                if (first === undefined) inside -= 1;
                else expected.push(first);
              }
            }
            await new Promise(setImmediate);
          }
          expect(served).toEqual(expected);
          expect(refused).toEqual(mustBeRefused);
          expect(held.length).toBeLessThanOrEqual(places);
          // Everybody leaves, so nobody is left waiting.
          for (let leave = held.shift(); leave !== undefined; leave = held.shift()) {
            leave();
            await new Promise(setImmediate);
          }
          expect(served.length + refused.length).toBe(next);
        },
      ),
    );
  });

  test('who waits too long or goes away leaves the line to others', async () => {
    const line = waitingLine(1, 1, 20);
    const first = await line.enter(staying);
    expect(await line.enter(staying)).toBeNull();
    const gone = new AbortController();
    const going = line.enter(gone.signal);
    gone.abort();
    expect(await going).toBeNull();
    const patient = line.enter(staying);
    first?.();
    expect(await patient).not.toBeNull();
  });
});
