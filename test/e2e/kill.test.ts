import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { type ClaimInput, intakeReplySchema } from '../../src/claims/contract.ts';
import { readClaims } from '../../src/claims/import/read.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import type { CurrentClaim } from '../../src/claims/timeline.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { today } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { endStateOf, onePass } from '../support/end-state.ts';
import { freePort } from '../support/free-port.ts';
import { keyHeaders } from '../support/people.ts';
import {
  drained,
  productDatabaseUrl,
  productReady,
  retryMs,
  startProduct,
  stopProduct,
} from '../support/product.ts';
import { isFullSize } from '../support/full-size.ts';
import { sharedData } from '../support/shared-data.ts';

/** Claims of one request; a request that is cut off is simply sent again. */
const claimsMax = isFullSize ? Number.POSITIVE_INFINITY : 10_000;
const requestClaims = isFullSize ? 2_000 : 500;
const sendMs = 180_000;
const answerMs = 60_000;

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fundwatch-kill-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('killed in the middle of an import', () => {
  test('worker, API and PostgreSQL: the end is that of an undisturbed run', async () => {
    const inputs = (await realInputs()).slice(0, claimsMax);
    const revisions: CurrentClaim[] = [];
    for (const input of inputs) {
      const result = canonicalClaim(input, today());
      if (result.ok)
        revisions.push({ claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') });
    }
    const expected = await onePass(revisions, await loadRuleSet('rules'));
    expect(expected.findings.length).toBeGreaterThan(100);

    const port = await freePort();
    const product = startProduct(dataDir, port, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [product.stdout, product.stderr])
      stream?.on('data', (text: Buffer) => said.push(text.toString()));
    try {
      await productReady(port);
      const headers = await ownKey();
      const parts = Math.ceil(inputs.length / requestClaims);
      const kills = new Map([
        [Math.floor(parts * 0.2), 'work'],
        [Math.floor(parts * 0.4), 'api'],
        [Math.floor(parts * 0.6), 'postgres'],
        [Math.floor(parts * 0.8), 'work'],
      ]);
      for (let part = 0; part < parts; part += 1) {
        const sent = send(port, headers, inputs.slice(part * requestClaims, (part + 1) * requestClaims));
        const victim = kills.get(part);
        if (victim !== undefined) {
          await sleep(100);
          await kill(product, victim);
        }
        await sent.catch((error: unknown) => {
          throw new Error(`part ${part} of ${parts}; the product said: ${said.join('')}`, { cause: error });
        });
      }
      const database = openDatabase(await productDatabaseUrl(dataDir), {
        applicationName: 'fundwatch test',
        poolMax: 2,
      });
      try {
        await drained(database);
        const { rows } = await database.pool.query<{ revisions: number; settlements: number }>(
          'SELECT count(*) AS revisions, count(DISTINCT (fixmedins_code, setl_id)) AS settlements FROM claim_revision',
        );
        const settlements = new Set(
          revisions.map(({ claim }) => `${claim.institution.fixmedins_code} ${claim.setl_id}`),
        );
        const contents = new Set(revisions.map(({ contentHash }) => contentHash));
        expect(rows[0]).toEqual({ revisions: contents.size, settlements: settlements.size });
        expect(await endStateOf(database)).toEqual(expected);
      } finally {
        await database.close();
      }
    } finally {
      await stopProduct(product);
    }
  }, 600_000);
});

/** The 40,474 real claims where they are, else a demo city of about that size. */
async function realInputs(): Promise<unknown[]> {
  if (sharedData === null)
    return [...claimsOf(generateCity({ seed: 3, persons: 3000, months: 6 }))] satisfies ClaimInput[];
  const inputs: unknown[] = [];
  const source = path.join(sharedData, 'cms-provider-fraud');
  for await (const { raw } of readClaims([source], { mapping: 'cms-provider-fraud' }))
    inputs.push(JSON.parse(Buffer.from(raw).toString()));
  expect(inputs.length).toBe(40_474);
  return inputs;
}

/** Sends until every claim has an answer; whoever is killed meanwhile comes back. */
async function send(port: number, key: Record<string, string>, claims: readonly unknown[]): Promise<void> {
  const body = claims.map((claim) => `${JSON.stringify(claim)}\n`).join('');
  let last: string | null = null;
  for (const deadline = performance.now() + sendMs; performance.now() < deadline; await sleep(retryMs)) {
    let answer: { ok: boolean; text: string };
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/claims`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', ...key },
        body,
        signal: AbortSignal.timeout(answerMs),
      });
      answer = { ok: response.ok, text: await response.text() };
    } catch (error) {
      last = String(error);
      continue;
    }
    if (!answer.ok) {
      last = answer.text;
      continue;
    }
    const { counts } = intakeReplySchema.parse(JSON.parse(answer.text));
    expect(counts.rejected).toBe(0);
    expect(counts.received).toBe(claims.length);
    return;
  }
  throw new Error(`the claims were not taken: ${last}`);
}

async function ownKey(): Promise<Record<string, string>> {
  const database = openDatabase(await productDatabaseUrl(dataDir), {
    applicationName: 'fundwatch test',
    poolMax: 1,
  });
  try {
    return await keyHeaders(database, ['claims:write']);
  } finally {
    await database.close();
  }
}

async function kill(product: ChildProcess, victim: string): Promise<void> {
  const pid = victim === 'postgres' ? await postmasterPid() : await childPid(product, victim);
  process.kill(pid, 'SIGKILL');
}

async function postmasterPid(): Promise<number> {
  const [first] = (await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(first);
}

/** The process of the product's own that runs `fundwatch <command>`. */
async function childPid(product: ChildProcess, command: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [status, line] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
    );
    const parent = status?.slice(status.lastIndexOf(')') + 2).split(' ')[1];
    if (parent === String(product.pid) && line?.split('\0').includes(command) === true) return Number(name);
  }
  throw new Error(`no process runs ${command}`);
}
