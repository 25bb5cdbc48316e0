/** `npm run chaos`: the real processes, disturbed at random by the seed; the end must be that of an undisturbed pass. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadRuleSet } from '../../src/rules/library.ts';
import { isLeftOut } from '../support/optional-parts.ts';
import { type Disturbance, type Queue, queues } from './plan.ts';
import { runChaos } from './run.ts';
import { scaleOut } from './scale-out.ts';

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly claims: number;
  readonly disturbances: number;
  readonly queue: Queue | 'both';
}

const program = new Command('chaos').enablePositionalOptions();
program
  .description(
    '杀死、冻结、清空、拨钟，结果必须不变 / kill, freeze, forget, turn clocks: the end must be the same',
  )
  .option('--seeds <n>', 'how many', wholeNumber, 50)
  .option('--from <seed>', 'the first', wholeNumber, 1)
  .option('--claims <n>', 'claims per seed', wholeNumber, 2_000)
  .option('--disturbances <n>', 'per seed', wholeNumber, 12)
  .addOption(new Option('--queue <where>').choices([...queues, 'both']).default('both'))
  .action(runSeeds);

program
  .command('scale-out')
  .description(
    '两个接口、四个工作主机，拔网线再插回 / two APIs and four workers on hosts of their own, cut off and brought back',
  )
  .option('--seed <n>', 'of the claims', wholeNumber, 1)
  .option('--claims <n>', 'claims', wholeNumber, 6_000)
  .action(runScaleOut);

// A signal ends the run the way a failure does: everything that was started is stopped.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(130));
await program.parseAsync();

async function runSeeds({ seeds, from, claims, disturbances, queue: asked }: Options): Promise<void> {
  const ruleSet = await loadRuleSet('rules');
  for (let seed = from; seed < from + seeds; seed += 1) {
    // Both: every other seed. Without a Redis on this machine there is only one.
    const alternating: Queue = seed % 2 === 0 && !isLeftOut('redis') ? 'redis' : 'postgresql';
    const queue = asked === 'both' ? alternating : asked;
    const result = await runChaos({ seed, claims, disturbances, queue }, ruleSet);
    const same = result.differences.length === 0;
    print(
      [
        `seed ${String(seed).padStart(4)}`,
        queue.padEnd(10),
        `${result.sent} claims`,
        `${result.findings} findings`,
        `${result.seconds.toFixed(0).padStart(3)} s`,
        same ? 'same' : 'DIFFERENT',
        tally(result.plan),
      ].join('  '),
    );
    if (same) continue;
    process.exitCode = 1;
    for (const line of result.differences) print(`  ${line}`);
    print(
      `  again: npm run chaos -- --from ${seed} --seeds 1 --claims ${claims} --disturbances ${disturbances} --queue ${queue}`,
    );
  }
}

async function runScaleOut({ seed, claims }: { seed: number; claims: number }): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(
      'scale-out 需要 root 才能建立网络命名空间。scale-out makes network namespaces, and needs root for it.',
    );
  if (isLeftOut('redis')) throw new Error('scale-out 需要 redis-server。scale-out needs redis-server.');
  const same = await scaleOut({ seed, claims, ruleSet: await loadRuleSet('rules') }, print);
  if (!same) process.exitCode = 1;
}

/** «kill api 2, worker 1; freeze postgresql 1; …» */
function tally(plan: readonly Disturbance[]): string {
  const counts = new Map<string, Map<string, number>>();
  for (const { kind, target } of plan) {
    const targets = counts.get(kind) ?? new Map<string, number>();
    const name = target.replace(/ \d$/, '');
    counts.set(kind, targets.set(name, (targets.get(name) ?? 0) + 1));
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, targets]) => `${kind} ${[...targets].map(([name, count]) => `${name} ${count}`).join(', ')}`)
    .join('; ');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
