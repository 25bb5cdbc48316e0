import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/audit/actor.ts';
import { canonicalClaim, type CanonicalClaim } from '../../src/claims/canonical.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { resubmit } from '../../src/claims/quarantine-service.ts';
import { findQuarantined } from '../../src/claims/quarantine-store.ts';
import { findClaim } from '../../src/claims/store.ts';
import { currentClaims } from '../../src/claims/timeline.ts';
import { permutation, type Random, randomOf } from '../../src/demo/random.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { transaction } from '../../src/platform/database.ts';
import { bundledProgram } from '../../src/platform/project.ts';
import { everything } from '../../src/people/sight.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { retrySetAside } from '../../src/screening/held-store.ts';
import { setAsideMax, takeApart } from '../../src/screening/parts-service.ts';
import { type BatchReport, screenBatch, versionsOf } from '../../src/screening/service.ts';
import { waitingState } from '../../src/screening/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { type EndState, endStateOf, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';

const asOf = dayOf('2027-01-01') ?? 0;
const worlds = 8;
const claimsPerWorld = 60;
const culpritsPerWorld = 2;
/** Rounds in which everything that waits is delivered once; a batch of n claims needs one, and one more whenever it is another one's turn. */
const roundsMax = 200;

let ruleSet: RuleSet;
let held: TestDatabase;
beforeAll(async () => {
  ruleSet = await loadRuleSet('rules');
});
beforeEach(async () => {
  held = await createTestDatabase();
});
afterEach(() => held.drop());

const hashOf = ({ hash }: CanonicalClaim): string => hash.toString('hex');

function worldOf(seed: number): CanonicalClaim[] {
  return randomClaims(seed, claimsPerWorld).map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
}

const onePassOver = async (claims: readonly CanonicalClaim[]): Promise<EndState> =>
  onePass(
    claims.map((claim) => ({ claim: splitPersonal(claim.claim).doc, contentHash: hashOf(claim) })),
    ruleSet,
  );

async function store(claims: readonly CanonicalClaim[]): Promise<number[]> {
  const { batchIds } = await storeCanonical(held, claims);
  return batchIds;
}

/** Two documents that cannot be screened: one that is no JSON, and one on which netting throws. */
const spoilt = [`'{"broken'`, `replace(doc, '"setl_time":', '"another":')`] as const;

async function spoil(hashes: readonly string[], doc: string = spoilt[0]): Promise<void> {
  await transaction(held.database, async (client) => {
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(
      `UPDATE claim_document d SET doc = ${doc} FROM claim_revision r
        WHERE d.revision_id = r.id AND d.last_day = r.last_day AND encode(r.content_hash, 'hex') = ANY($1)`,
      [hashes],
    );
  });
}

/** What the queue and the worker do, without the pauses: who throws is taken apart, who waits is delivered again. */
async function deliver(batch: number, rules: RuleSet = ruleSet): Promise<BatchReport | null> {
  try {
    return await screenBatch(held.database, held.vault, rules, batch);
  } catch (error) {
    if (!(await takeApart(held.database, batch, 'halves'))) throw error;
    return null;
  }
}

async function screenAllWaiting(rules: RuleSet = ruleSet): Promise<BatchReport[]> {
  const reports: BatchReport[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    const { rows } = await held.database.pool.query<{ id: number }>(
      `SELECT id FROM intake_batch WHERE state = 'waiting' ORDER BY id`,
    );
    if (rows.length === 0) return reports;
    const batches = rows.map(({ id }) => id);
    const worker = async (ids: readonly number[]): Promise<void> => {
      for (const id of ids) {
        const report = await deliver(id, rules);
        if (report !== null) reports.push(report);
      }
    };
    await Promise.all([0, 1].map((half) => worker(batches.filter((_, at) => at % 2 === half))));
  }
  throw new Error(`batches still wait after ${roundsMax} rounds`);
}

async function column(sql: string): Promise<unknown[]> {
  const { rows } = await held.database.pool.query<{ value: unknown }>(sql);
  return rows.map(({ value }) => value);
}
const asideHashes = (): Promise<unknown[]> =>
  column(`SELECT encode(r.content_hash, 'hex') AS value FROM held_revision h JOIN claim_revision r ON r.id = h.revision_id
           WHERE h.error IS NOT NULL ORDER BY 1`);
const states = (): Promise<unknown[]> => column('SELECT DISTINCT state AS value FROM intake_batch');
const quarantined = (): Promise<unknown[]> =>
  column(
    `SELECT setl_id AS value FROM quarantine WHERE state = 'open' AND source = 'screening' ORDER BY setl_id`,
  );

const without = (claims: readonly CanonicalClaim[], culprits: readonly string[]): CanonicalClaim[] =>
  claims.filter((claim) => !culprits.includes(hashOf(claim)));

/** One that was replaced is never read, and so harms nobody. */
function thatCount(claims: readonly CanonicalClaim[]): CanonicalClaim[] {
  const current = new Set(
    currentClaims(claims.map((each) => ({ claim: each.claim, contentHash: hashOf(each) }))).map(
      ({ contentHash }) => contentHash,
    ),
  );
  return [...new Map(claims.map((each) => [hashOf(each), each])).values()].filter((each) =>
    current.has(hashOf(each)),
  );
}

describe('claims that cannot be screened', () => {
  test.each(Array.from({ length: worlds }, (_, seed) => seed))(
    'world %i: two culprits, any order, any batches, two workers – the end is one pass without them',
    async (seed) => {
      const claims = worldOf(seed);
      const random = randomOf('poison', seed);
      const culprits = shuffled(random, thatCount(claims)).slice(0, culpritsPerWorld).map(hashOf);
      const expected = await onePassOver(without(claims, culprits));
      expect(await onePassOver(claims)).not.toEqual(expected);

      const delivery = shuffled(random, claims);
      while (delivery.length > 0) {
        await store(delivery.splice(0, random.between(1, 15)));
        await spoil(culprits, spoilt[seed % spoilt.length]);
        if (random.chance(0.4)) await screenAllWaiting();
      }
      await screenAllWaiting();

      expect(await asideHashes()).toEqual(culprits.toSorted());
      expect(await states()).toEqual(['screened']);
      expect(await column('SELECT 1 AS value FROM held_revision WHERE error IS NULL')).toEqual([]);
      expect(await endStateOf(held.database)).toEqual(expected);
      expect((await waitingState(held.database)).set_aside).toBe(culpritsPerWorld);
    },
    120_000,
  );

  test('a batch is not held to account for what waits in another', async () => {
    const claims = worldOf(6);
    const culprit = await aloneJudged(claims);
    await store([culprit]);
    await spoil([hashOf(culprit)]);
    const others = without(claims, [hashOf(culprit)]);
    const [batch = 0] = await store(others);
    expect(await deliver(batch)).toBeNull();
    expect(await deliver(batch)).toMatchObject({ outcome: 'screened_in_parts', setAside: [] });
    expect(await endStateOf(held.database)).toEqual(await onePassOver(others));
    await screenAllWaiting();
    expect(await asideHashes()).toEqual([hashOf(culprit)]);
    expect(await endStateOf(held.database)).toEqual(await onePassOver(others));
  });

  test('nor for what waits in another and carries a trace code of the same pack', async () => {
    const { claims, culprit } = await soldTwice();
    const others = without(claims, [hashOf(culprit)]);
    await store(others);
    await screenAllWaiting();
    await store([culprit]);
    await spoil([hashOf(culprit)]);
    const beside = besideCarrier(others, culprit);
    const [batch = 0] = await store([beside]);
    expect(await deliver(batch)).toBeNull();
    expect(await deliver(batch)).toMatchObject({ outcome: 'screened_in_parts', setAside: [] });
    await screenAllWaiting();
    expect(await asideHashes()).toEqual([hashOf(culprit)]);
    expect(await endStateOf(held.database)).toEqual(await onePassOver([...others, beside]));
  });

  test('a document that rots after it was screened is found, and what it said of other persons is taken back', async () => {
    const { claims, culprit } = await soldTwice();
    await store(claims);
    await screenAllWaiting();
    expect(await endStateOf(held.database)).toEqual(await onePassOver(claims));
    await spoil([hashOf(culprit)]);
    const { traces: _, ...claim } = culprit.claim;
    const later = canonicalClaim({ ...claim, setl_id: 'later' }, asOf);
    if (!later.ok) throw new Error('the later claim is wrong');
    await store([later]);
    await screenAllWaiting();
    expect(await asideHashes()).toEqual([hashOf(culprit)]);
    expect(await endStateOf(held.database)).toEqual(
      await onePassOver([...without(claims, [hashOf(culprit)]), later]),
    );
  });

  test('a claim whose findings the database refuses stands in quarantine as it was sent, and the rest goes on', async () => {
    const claims = worldOf(2);
    const culprit = await aloneJudged(claims);
    await refuseWrites(`NEW.setl_id = '${culprit.claim.setl_id}'`);
    await store(claims);
    const reports = await screenAllWaiting();
    expect(await endStateOf(held.database)).toEqual(await onePassOver(without(claims, [hashOf(culprit)])));
    expect(reports.flatMap(({ setAside }) => setAside)).toMatchObject([
      { error: 'error P0001', without: true },
    ]);

    const [id] = await column('SELECT id AS value FROM quarantine');
    const entry = await findQuarantined(
      held.database,
      await held.vault.keys(),
      BigInt(Number(id)),
      everything,
    );
    expect(entry).toMatchObject({
      raw: JSON.stringify(culprit.claim),
      setl_id: culprit.claim.setl_id,
      position: 0,
      issues: [{ path: '$', code: 'screening_failed' }],
    });
    const shown = await findClaim(
      held.database,
      await held.vault.keys(),
      culprit.claim.institution.fixmedins_code,
      culprit.claim.setl_id,
    );
    expect(shown?.revisions).toMatchObject([{ content_hash: hashOf(culprit), current: false }]);
    // The message of the error names the settlement, as real ones may name a person.
    expect(JSON.stringify(entry)).not.toContain('refused for');
  });

  test('what is set aside is tried again under another version, and under the same one it is not', async () => {
    const claims = worldOf(2);
    const culprit = await aloneJudged(claims);
    await refuseWrites(`NEW.setl_id = '${culprit.claim.setl_id}'`);
    await store(claims);
    await screenAllWaiting();
    expect(await retrySetAside(held.database.pool, versionsOf(ruleSet))).toBe(0);

    const next = { ...ruleSet, version: '0123456789ab' };
    expect(await retrySetAside(held.database.pool, versionsOf(next))).toBe(1);
    await screenAllWaiting(next);
    expect(await asideHashes()).toEqual([hashOf(culprit)]);
    expect(await quarantined()).toEqual([culprit.claim.setl_id]);

    await held.database.pool.query('DROP FUNCTION refuse_poison CASCADE');
    expect(await retrySetAside(held.database.pool, versionsOf(ruleSet))).toBe(1);
    await screenAllWaiting();
    expect(await endStateOf(held.database)).toEqual(await onePassOver(claims));
    expect(await quarantined()).toEqual([]);
    expect(await column('SELECT 1 AS value FROM held_revision')).toEqual([]);
  });

  test('a claim that is corrected in quarantine is screened, and its old content is not tried again', async () => {
    const claims = worldOf(3);
    const culprit = thatCount(claims).find(({ claim }) => (claim.traces ?? []).length > 0);
    if (culprit === undefined) throw new Error('nothing in this world has a trace code');
    await store(claims);
    await spoil([hashOf(culprit)]);
    await screenAllWaiting();
    const [id] = await column('SELECT id AS value FROM quarantine');
    const corrected = canonicalClaim({ ...culprit.claim, updt_time: '2026-12-01 08:00:00' }, asOf);
    if (!corrected.ok) throw new Error('the correction is wrong');
    const answer = await resubmit(
      {
        database: held.database,
        vault: held.vault,
        actor: systemActor('test'),
        announce: async () => {},
        asOf: () => asOf,
        log: { warn: () => {} },
      },
      BigInt(String(id)),
      corrected.claim,
      everything,
    );
    expect(answer).toMatchObject({ status: 'revised' });
    await screenAllWaiting();
    const expected = await onePassOver([...without(claims, [hashOf(culprit)]), corrected]);
    expect(await endStateOf(held.database)).toEqual(expected);
    expect(await retrySetAside(held.database.pool, { engine: 'another', ruleSet: ruleSet.version })).toBe(0);
  });

  test('when too many claims of a batch fail it is given up, and no more of it are set aside', async () => {
    const claims = worldOf(4);
    await refuseWrites('true');
    const [batch = 0] = await store(claims);
    const reports = await screenAllWaiting();
    expect(reports.at(-1)?.outcome).toBe('failed');
    expect(await column('SELECT state AS value FROM intake_batch')).toEqual(['failed']);
    expect(await asideHashes()).toHaveLength(setAsideMax);

    await held.database.pool.query('DROP FUNCTION refuse_poison CASCADE');
    await held.database.pool.query(`UPDATE intake_batch SET state = 'waiting' WHERE id = $1`, [batch]);
    await retrySetAside(held.database.pool, { engine: 'another', ruleSet: ruleSet.version });
    await screenAllWaiting();
    expect(await endStateOf(held.database)).toEqual(await onePassOver(claims));
  });
});

describe('a claim that kills its worker', () => {
  test('is set aside after a few deaths; whatever was in the hands of the dead is screened', async () => {
    const claims = worldOf(5);
    const killer = await aloneJudged(claims);
    for (let from = 0; from < claims.length; from += 20) await store(claims.slice(from, from + 20));
    let deaths = 0;
    for (const deadline = performance.now() + killerMs; ; ) {
      const worker = startWorker(killer.claim.setl_id);
      const died = once(worker, 'exit').then(() => true);
      let isDead = false;
      while (!isDead && (await waitingState(held.database)).claims > 0 && performance.now() < deadline)
        isDead = await Promise.race([died, sleep(100, false)]);
      if (!isDead) {
        worker.kill('SIGKILL');
        await died;
        break;
      }
      deaths += 1;
      // Whoever loses the whole queue finds what waits in the database: sooner than a job is known to have lost its worker.
      await held.database.pool.query('DROP SCHEMA bullmq CASCADE');
    }
    expect(await states()).toEqual(['screened']);
    expect(await asideHashes()).toEqual([hashOf(killer)]);
    expect(await endStateOf(held.database)).toEqual(await onePassOver(without(claims, [hashOf(killer)])));
    expect(await column(`SELECT error AS value FROM held_revision`)).toEqual(['worker_died']);
    expect(deaths).toBeLessThanOrEqual(deathsMax);
  }, 300_000);
});

const killerMs = 240_000;
/** Twice the batch as a whole, twice the claim alone; and once more for each batch that holds a claim of the same person. */
const deathsMax = 8;

function startWorker(killer: string): ChildProcess {
  const preload = path.resolve('test/screening/programs/killer.mjs');
  // The killer tells who asks by the names of our files.
  const options = ['--enable-source-maps', '--import', preload];
  return spawn(process.execPath, [...options, bundledProgram('main'), 'work'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DATABASE_URL: held.url,
      REDIS_URL: '',
      FUNDWATCH_MASTER_KEY_FILE: held.masterKeyFile,
      KILLERS: killer,
    },
  });
}

/** A claim that stands for itself – no revisions, no refunds – and of which something is said whatever stands beside it. */
async function aloneJudged(claims: readonly CanonicalClaim[]): Promise<CanonicalClaim> {
  const all = await onePassOver(claims);
  for (const each of claims) {
    const { setl_id } = each.claim;
    const isAlone = claims.every(
      (other) => other === each || (other.claim.setl_id !== setl_id && other.claim.refd_setl_id !== setl_id),
    );
    if (!isAlone || each.claim.refd_setl_id !== undefined) continue;
    const { undecided } = await onePassOver([each]);
    if (undecided.length > 0 && all.undecided.some((line) => line.includes(`"${setl_id}"`))) return each;
  }
  throw new Error('no claim stands for itself');
}

/**
 * A world with a claim without which something else is said of another person – two sold the same pack – and which is the only one of its
 * person that carries codes: nothing else of that person leads there.
 */
async function soldTwice(): Promise<{ claims: CanonicalClaim[]; culprit: CanonicalClaim }> {
  for (let seed = 0; seed < seedsMax; seed += 1) {
    const claims = worldOf(seed).slice(0, 20);
    const owners = new Map(claims.map(({ claim }) => [claim.setl_id, claim.person.psn_no]));
    const { findings } = await onePassOver(claims);
    for (const culprit of thatCount(claims)) {
      const { psn_no } = culprit.claim.person;
      const isOnly = claims.every(
        (other) =>
          other === culprit ||
          other.claim.person.psn_no !== psn_no ||
          (other.claim.traces ?? []).length === 0,
      );
      if (!isOnly || (culprit.claim.traces ?? []).length === 0) continue;
      const lacking = await onePassOver(without(claims, [hashOf(culprit)]));
      const lost = findings.filter((line) => !lacking.findings.includes(line));
      if (lost.some((line) => owners.get(line.split(' ')[1] ?? '') !== psn_no)) return { claims, culprit };
    }
  }
  throw new Error(`nobody sold a pack twice in ${seedsMax} worlds`);
}
const seedsMax = 100;

/** A claim without codes, of another person and at the same time as one of theirs that carries a code of the culprit's. */
function besideCarrier(claims: readonly CanonicalClaim[], culprit: CanonicalClaim): CanonicalClaim {
  const codes = new Set(culprit.claim.traces?.map(({ drug_trac_codg }) => drug_trac_codg));
  const carrier = thatCount(claims).find(
    ({ claim }) =>
      claim.person.psn_no !== culprit.claim.person.psn_no &&
      claim.refd_setl_id === undefined &&
      claim.traces?.some(({ drug_trac_codg }) => codes.has(drug_trac_codg)) === true,
  );
  if (carrier === undefined) throw new Error('nobody else carries a code of the culprit');
  const { traces: _, ...claim } = carrier.claim;
  const beside = canonicalClaim({ ...claim, setl_id: 'beside' }, asOf);
  if (!beside.ok) throw new Error('the claim beside is wrong');
  return beside;
}

async function refuseWrites(condition: string): Promise<void> {
  await held.database.pool.query(`
    CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF ${condition} THEN RAISE EXCEPTION 'refused for %', NEW.setl_id; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_finding BEFORE INSERT OR UPDATE ON finding FOR EACH ROW EXECUTE FUNCTION refuse_poison();
    CREATE TRIGGER refuse_undecided BEFORE INSERT OR UPDATE ON undecided FOR EACH ROW EXECUTE FUNCTION refuse_poison()`);
}

const shuffled = <Item>(random: Random, list: readonly Item[]): Item[] =>
  permutation(random, list.length).flatMap((at) => list.slice(at, at + 1));
