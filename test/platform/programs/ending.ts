import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../../src/platform/log.ts';
import { onShutdown } from '../../../src/platform/shutdown.ts';

/** Ends as told: notes each closer in a file; the second one takes `closeMs`; `how` makes it end without a signal. */
const [notesFile, closeMs, deadlineMs, how] = process.argv.slice(2);
if (notesFile === undefined) throw new Error('missing arguments');
const note = (line: string): void => appendFileSync(notesFile, `${line}\n`);

if (how === 'late') {
  // Everything that takes time at the start of a process.
  process.send?.('ready');
  while (process.connected) await sleep(20);
}
const log = createLog({ process: 'ending', level: 'info' });
onShutdown({
  log,
  deadlineMs: Number(deadlineMs),
  withParent: true,
  onForced: () => note('forced'),
  closers: [
    { name: 'first', close: async () => note('first') },
    {
      name: 'slow',
      close: async () => {
        // Without a pause everything happens before any write can report that nobody reads.
        if (closeMs !== '0') await sleep(Number(closeMs));
        note('slow');
      },
    },
    {
      name: 'broken',
      close: async () => {
        if (how === 'broken closer') throw new Error('cannot close');
      },
    },
    {
      name: 'last',
      close: async () => {
        note('last');
        for (let n = 1; n <= 3; n += 1) log.info({ n }, 'last words, right before the end');
      },
    },
  ],
});
process.send?.('ready');
if (how === 'uncaught') setTimeout(() => void Promise.reject(new Error('nobody catches this')), 50);
await sleep(60_000);
