/** Why, and why not, of stored claims: every finding is a hit and nothing else is, of any version, and for those who may see it. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { isCurrent } from '../../src/claims/current.ts';
import type { Caller } from '../../src/people/caller.ts';
import { everything } from '../../src/people/sight.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { explainRoutes } from '../../src/rulebook/explain-routes.ts';
import { ruleToExplain } from '../../src/rulebook/explained-rule-service.ts';
import { insertStep } from '../../src/rulebook/store.ts';
import { transaction } from '../../src/platform/database.ts';
import { claimParam, explanationSchema, nearSchema } from '../../src/screening/explain-contract.ts';
import { explainClaim, nearClaim } from '../../src/screening/explain-service.ts';
import { screenBatch } from '../../src/screening/service.ts';
import {
  openWorld,
  splitCode,
  splitRule,
  stay,
  storeVersion,
  stream,
  type World,
} from '../rulebook/world.ts';
import { actAs, machine, someone } from '../support/people.ts';
import { randomClaims } from '../support/random-claims.ts';
import { withSmallWindows } from '../support/small-windows.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { storeCanonical } from '../support/store-claims.ts';

const institution = 'H33070000001';
let world: World;
let server: Server;
let base = '';
beforeAll(async () => {
  world = await openWorld(withSmallWindows);
  const asOf = dayOf('2027-01-01') ?? 0;
  for (let seed = 0; seed < 3; seed += 1) {
    const claims = randomClaims(seed, 40).map((input) => {
      const result = canonicalClaim({ ...input, setl_id: `${seed}-${input.setl_id}` }, asOf);
      if (!result.ok) throw new Error(JSON.stringify(result.issues));
      return result;
    });
    for (const batch of (await storeCanonical(world, claims)).batchIds)
      await screenBatch(world.database, world.vault, world.rules, batch);
  }
  await stream(world, [stay('A1', 1, 3, 'PA'), stay('A2', 20, 22, 'PA')]);
  await screenAllMarked(world.database, world.rules);
  const app = createHttpApp({
    log: createLog({ process: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
  });
  app.use(actAs((request) => callers[request.get('x-as') ?? ''] ?? null));
  app.use(
    explainRoutes({ database: world.database, knowledge: world.library.knowledge, rules: world.rules }),
  );
  presentErrors(app, { metrics: createMetrics('test') });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await world.drop();
});

const callers: Readonly<Record<string, Caller>> = {
  inspector: someone('inspector'),
  elsewhere: someone('inspector', '330799'),
  author: someone('rule_author'),
  credit: someone('credit_officer'),
  key: machine(['findings:read']),
  own: machine(['findings:read'], institution),
  other: machine(['findings:read'], 'H33070000002'),
};

async function ask(as: string, path: string, query: Record<string, string>) {
  const response = await fetch(`${base}${path}?${new URLSearchParams(query).toString()}`, {
    headers: { 'x-as': as },
  });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

interface Known {
  readonly fixmedins_code: string;
  readonly setl_id: string;
}

test('of everything that is stored: all findings are hits, and all hits are findings', async () => {
  const { pool } = world.database;
  const { rows: claims } = await pool.query<Known>(
    `SELECT r.fixmedins_code, r.setl_id FROM claim_revision r WHERE ${isCurrent}`,
  );
  const { rows: findings } = await pool.query<Known & { finding_id: string; rule_code: string }>(
    `SELECT finding_id, rule_code, fixmedins_code, setl_id FROM finding WHERE state = 'active'`,
  );
  expect(claims.length).toBeGreaterThan(80);
  expect(findings.length).toBeGreaterThan(20);
  const hits: string[] = [];
  for (const claim of claims) {
    const near = await nearClaim(world.database, world.rules.current(), claim, everything);
    if (!near.ok) throw new Error(near.why);
    nearSchema.parse(near.said);
    hits.push(...near.said.hits.flatMap((hit) => hit.findings.map(({ finding_id }) => finding_id)));
  }
  // A finding about a window is a hit of each visit of its day, and of each at most once.
  expect([...new Set(hits)].toSorted()).toEqual(findings.map(({ finding_id }) => finding_id).toSorted());
  expect(findings.some(({ rule_code }) => rule_code === 'FW-VISIT-GATHERING')).toBe(true);
  // Asked for by itself, a rule reads less of what is around the claim, and says the same.
  for (const { rule_code, finding_id, ...claim } of findings.slice(0, 40)) {
    const rule = await ruleToExplain({ ...world, knowledge: world.library.knowledge }, { rule: rule_code });
    if (!rule.ok) throw new Error(rule.why);
    const said = await explainClaim(world.database, rule.ruleSet, claim, everything);
    expect(said).toMatchObject({ ok: true, said: { verdict: 'hit' } });
    expect(said.ok && said.said.findings.map((one) => one.finding_id)).toContain(finding_id);
  }
});

test('any version is explained: in force, by its hash, as findings name it, and one in review', async () => {
  const claim = claimParam(institution, 'A2');
  const inForce = explanationSchema.parse(
    (await ask('inspector', '/explain', { claim, rule: splitCode })).body,
  );
  // 17 days apart; the rule asks for 15 at most.
  expect(inForce).toMatchObject({
    verdict: 'no',
    rule: { code: splitCode, state: 'active', in_force: true },
  });
  const hash = inForce.rule.content_hash ?? '';
  for (const query of [
    { rule: hash },
    { rule: splitCode, version: hash },
    { rule: splitCode, version: inForce.rule.version },
  ])
    expect((await ask('inspector', '/explain', { claim, ...query })).body).toEqual(inForce);

  const draft = await storeVersion(world, await splitRule(20));
  await transaction(world.database, (client) =>
    insertStep(client, draft, { action: 'submit', account: 'author-li', reason: null }),
  );
  const inReview = await ask('author', '/explain', { claim, rule: draft });
  expect(explanationSchema.parse(inReview.body)).toMatchObject({
    verdict: 'hit',
    rule: { state: 'review', in_force: false, content_hash: draft },
    findings: [{}],
  });
  // What is not in force is for those who look after rules.
  expect((await ask('inspector', '/explain', { claim, rule: draft })).status).toBe(403);
  expect((await ask('author', '/explain', { claim, rule: 'f'.repeat(64) })).status).toBe(404);
  expect((await ask('author', '/explain', { claim, rule: 'FW-NOTHING' })).status).toBe(404);
  expect((await ask('author', '/explain', { claim, rule: splitCode, version: 'f'.repeat(12) })).status).toBe(
    404,
  );
});

test('a claim is explained to those who may see it', async () => {
  const { rows: clean } = await world.database.pool.query<Known>(
    `SELECT r.fixmedins_code, r.setl_id FROM claim_revision r WHERE ${isCurrent} AND r.fixmedins_code = $1
        AND NOT EXISTS (SELECT FROM finding f WHERE f.fixmedins_code = r.fixmedins_code AND f.setl_id = r.setl_id) LIMIT 1`,
    [institution],
  );
  const claim = claimParam(institution, clean[0]?.setl_id ?? '');
  const status = async (as: string, name = claim): Promise<number[]> => [
    (await ask(as, '/explain', { claim: name, rule: splitCode })).status,
    (await ask(as, '/explain/near', { claim: name })).status,
  ];
  expect(await status('inspector')).toEqual([200, 200]);
  expect(await status('own')).toEqual([200, 200]);
  expect(await status('other')).toEqual([404, 404]);
  expect(await status('elsewhere')).toEqual([404, 404]);
  expect(await status('nobody')).toEqual([401, 401]);
  // Without the right to read claims: those that findings are about.
  expect(await status('credit')).toEqual([404, 404]);
  expect(await status('key')).toEqual([404, 404]);
  const { rows } = await world.database.pool.query<Known>(
    `SELECT fixmedins_code, setl_id FROM finding WHERE state = 'active' LIMIT 1`,
  );
  const found = claimParam(rows[0]?.fixmedins_code ?? '', rows[0]?.setl_id ?? '');
  expect(await status('credit', found)).toEqual([200, 200]);
  expect(await status('inspector', claimParam(institution, 'NONE'))).toEqual([404, 404]);
  expect(await status('inspector', 'no-claim')).toEqual([400, 400]);
});

test('nothing personal is said', async () => {
  const { body } = await ask('inspector', '/explain', {
    claim: claimParam(institution, 'A2'),
    rule: splitCode,
  });
  expect(JSON.stringify(body)).not.toMatch(/psn_no|certno|psn_name|"PA"/);
});
