#!/usr/bin/env node
// @ts-check
/** The `fundwatch` command: makes sure that dependencies, Prisma client and bundle are there, then runs src/cli/main.ts. */
import { spawn } from 'node:child_process';
import { mainProgram, makeReady, nodeArguments, refuseOldNode } from './ready.mjs';

refuseOldNode();
await makeReady({ withDevDependencies: false, withConsole: false });
const child = spawn(process.execPath, [...nodeArguments(), mainProgram, ...process.argv.slice(2)], {
  // Standard input and output belong to the command: findings go to one, files may come from the other.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
