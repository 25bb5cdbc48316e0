/** `fundwatch bench`: measures this machine; prints a table, and with --json the figures. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { runStreamBench } from '../bench/stream.ts';

interface Options {
  readonly claims: string;
  readonly persons: string;
  readonly workers: string;
  readonly port: string;
  readonly json?: string;
}

const requestClaims = 4_000;
const senders = 2;

export function register(program: Command): void {
  program
    .command('bench')
    .description('在本机测量吞吐量 / measure this machine')
    .argument('<what>', 'stream')
    .option('--claims <n>', '结算单数 / claims', '100000')
    .option('--persons <n>', '参保人数 / persons', '100000')
    .option('--workers <n>', '工作进程数 / worker processes', '1')
    .option('--port <n>', '端口 / port', '18999')
    .option('--json <file>', '另写 JSON / write the figures too')
    .action(async (what: string, options: Options) => {
      if (what !== 'stream') throw new Error(`没有名为 ${what} 的测量。There is no benchmark named ${what}.`);
      const figures = await runStreamBench(
        {
          claims: Number(options.claims),
          persons: Number(options.persons),
          workers: Number(options.workers),
          port: Number(options.port),
          requestClaims,
          senders,
        },
        (line) => process.stderr.write(`${line}\n`),
      );
      if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
      process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
    });
}
