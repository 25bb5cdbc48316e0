import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { bundledProgram, projectRoot } from '../../src/platform/project.ts';
import { folderOf } from '../support/folder.ts';

const run = promisify(execFile);
const runMs = 120_000;
const claims = 600;
const naiveClaims = 20;
const rate = 100;
const seconds = 1;

test(
  'measures the stream beside its baselines, and counts again what it measured',
  async () => {
    const file = path.join(await folderOf({}), 'figures.json');
    const flags = {
      claims,
      persons: 200,
      history: 300,
      queues: 'postgres',
      workers: 1,
      rate,
      seconds,
      'naive-claims': naiveClaims,
      'floor-claims': 500,
      json: file,
    };
    const { stdout } = await run(
      process.execPath,
      [
        bundledProgram('main'),
        'bench',
        'stream',
        ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ],
      { cwd: projectRoot, env: { PATH: process.env['PATH'] } },
    );
    expect(stdout).toContain('| postgres');

    const figures: unknown = JSON.parse(await readFile(file, 'utf8'));
    const number = expect.any(Number);
    const quantiles = { p50: number, p95: number, p99: number, max: number };
    const parts = { sender: number, api: number, worker: number, postgresql: number };
    // A tenth is sent before the clock starts.
    const sent = claims + claims / 10 + rate * seconds;
    expect(figures).toMatchObject({
      claims_per_s: number,
      times_naive: number,
      persons: 200,
      history_claims: 300,
      variants: [
        {
          queue: 'postgres',
          workers: 1,
          claims,
          claims_per_s: number,
          cpu_us_per_claim: parts,
          peak_mb: parts,
          bytes_per_claim: number,
          recount: { revisions: sent, settlements: sent, screened: sent, sample_claims: sent },
          latency: {
            claims_per_s: rate,
            claims: rate * seconds,
            answered_ms: quantiles,
            finding_ms: quantiles,
            received_to_finding_ms: quantiles,
          },
        },
      ],
      baselines: { naive: { claims: naiveClaims, claims_per_s: number }, floor: { claims_per_s: number } },
      left_out: [],
    });
    expect(Math.min(...numbersIn(figures, 'claims_per_s'))).toBeGreaterThan(0);
    expect(Math.min(...numbersIn(figures, 'sample_findings'))).toBeGreaterThan(0);
  },
  runMs,
);

/** All numbers under this name, wherever they stand. */
function numbersIn(value: unknown, name: string): number[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === name && typeof inner === 'number' ? [inner] : numbersIn(inner, name),
  );
}
