/** Every route that exists × every role × its own district, another and the city, and every scope of keys, against the table. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApi } from '../../src/api/server.ts';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { operations } from '../../src/api/operations.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { keepRejected } from '../../src/claims/quarantine-store.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { storeClaims } from '../../src/claims/store.ts';
import { allow, denyUndeclared, routesOf } from '../../src/people/allow.ts';
import { mayDo } from '../../src/people/caller.ts';
import { consoleHeader } from '../../src/people/cookie.ts';
import {
  type Access,
  cityOnly,
  permissions,
  permissionsOf,
  permissionsOfRole,
  type Role,
  roles,
  type Scope,
  scopes,
} from '../../src/people/permissions.ts';
import { everything, sightOf } from '../../src/people/sight.ts';
import { transaction } from '../../src/platform/database.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { type JobQueue, openQueue } from '../../src/platform/queue.ts';
import { coverageOf } from '../../src/rules/coverage.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { screenQueue } from '../../src/screening/queue.ts';
import { documentsOf, writeFindings } from '../../src/screening/store.ts';
import { asOf, claimOf, lineOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs, keyHeaders, machine, signedIn, someone, testPeople } from '../support/people.ts';

const district = '330702';
const otherDistrict = '330703';
const city = '330700';
const hospital = `H${district}00001`;
const otherHospital = `H${otherDistrict}00001`;
/** Not in the national coding: it belongs to no district. */
const oddHospital = 'SYNTH-7';

/** What every route asks for. A new one fails the first test until it stands here, which is the moment to think about it. */
const expected: Readonly<Record<string, Access>> = {
  'get /livez': 'public',
  'get /readyz': 'public',
  'get /metrics': 'operations.read',
  'get /api/openapi.json': 'public',
  'get /^\\/(?!api\\/|admin\\/|livez|readyz|metrics|assets\\/)/': 'public',
  'get /api/v1/sign-in': 'public',
  'post /api/v1/sign-in': 'public',
  'get /api/v1/sign-in/provider': 'public',
  'get /api/v1/sign-in/provider/callback': 'public',
  'post /api/v1/sign-out': 'signed-in',
  'post /api/v1/sign-out-everywhere': 'signed-in',
  'get /api/v1/me': 'signed-in',
  'get /api/v1/me/sessions': 'signed-in',
  'post /api/v1/me/sessions/:id/end': 'signed-in',
  'post /api/v1/me/password': 'signed-in',
  'get /api/v1/me/second-factor': 'signed-in',
  'post /api/v1/me/second-factor/begin': 'signed-in',
  'post /api/v1/me/second-factor/confirm': 'signed-in',
  'post /api/v1/me/second-factor/remove': 'signed-in',
  'get /api/v1/accounts': 'people.read',
  'post /api/v1/accounts': 'people.manage',
  'post /api/v1/accounts/:login/change': 'people.manage',
  'post /api/v1/accounts/:login/reset-password': 'people.manage',
  'post /api/v1/accounts/:login/reset-second-factor': 'people.manage',
  'get /api/v1/keys': 'keys.read',
  'post /api/v1/keys': 'keys.manage',
  'post /api/v1/keys/:id/revoke': 'keys.manage',
  'get /api/v1/audit/events': 'audit.read',
  'get /api/v1/audit/kinds': 'audit.read',
  'get /api/v1/audit/head': 'audit.read',
  'get /api/v1/audit/export': 'audit.read',
  'post /api/v1/claims': 'claims.write',
  'get /api/v1/claims': 'claims.read',
  'get /api/v1/claims/:fixmedins_code/:setl_id': 'claims.read',
  'get /api/v1/claims/:fixmedins_code/:setl_id/person': 'persons.read',
  'get /api/v1/claims/:fixmedins_code/:setl_id/person/seen': 'audit.read',
  'post /api/v1/claims/:fixmedins_code/:setl_id/reveal': 'persons.reveal',
  'post /api/v1/persons/search': 'persons.read',
  'get /api/v1/quarantine': 'quarantine.read',
  'get /api/v1/quarantine/:id': 'quarantine.read',
  'post /api/v1/quarantine/:id/resubmit': 'quarantine.settle',
  'post /api/v1/quarantine/:id/dismiss': 'quarantine.settle',
  'post /api/v1/quarantine/dismiss': 'quarantine.settle',
  'post /api/v1/quarantine/:id/reveal': 'persons.reveal',
  'get /api/v1/schemas/claim': 'public',
  'get /api/v1/schemas/rule': 'public',
  'get /api/v1/intake/summary': 'intake.read',
  'get /api/v1/rules': 'rules.read',
  'get /api/v1/facts': 'rules.read',
  'get /api/v1/rules/coverage': 'rules.read',
  'get /api/v1/guides/writing': 'rules.read',
  'get /api/v1/guides/reference': 'rules.read',
  'post /api/v1/precheck': 'precheck',
  'get /api/v1/findings': 'findings.read',
  'post /api/v1/findings/exported': 'findings.read',
  'get /api/v1/findings/:finding_id': 'findings.read',
  'get /api/v1/inspections/directories': 'inspections.read',
  'get /api/v1/inspections/directories/objects/proposal': 'inspections.draw',
  'post /api/v1/inspections/directories/:kind': 'inspections.draw',
  'get /api/v1/inspections/draws': 'inspections.read',
  'post /api/v1/inspections/draws': 'inspections.draw',
  'get /api/v1/inspections/draws/:id': 'inspections.read',
  'post /api/v1/inspections/draws/:id/evidence': 'inspections.draw',
  'post /api/v1/inspections/draws/:id/replace': 'inspections.draw',
  'post /api/v1/inspections/draws/:id/approve-redraw': 'inspections.approve_redraw',
  'post /api/v1/inspections/draws/:id/checks': 'inspections.carry_out',
  'post /api/v1/inspections/draws/:id/open': 'inspections.draw',
  'get /api/v1/inspections/tasks': 'inspections.read',
  'post /api/v1/inspections/tasks': 'inspections.draw',
  'get /api/v1/inspections/tasks/:id': 'inspections.read',
  'post /api/v1/inspections/tasks/:id/team': 'inspections.draw',
  'post /api/v1/inspections/tasks/:id/cancel': 'inspections.draw',
  'post /api/v1/inspections/tasks/:id/start': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/answers': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/photos': 'inspections.carry_out',
  'get /api/v1/inspections/tasks/:id/photos/:no': 'inspections.read',
  'post /api/v1/inspections/tasks/:id/photos/:no/remove': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/conclude': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/reopen': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/sign': 'inspections.carry_out',
  'post /api/v1/inspections/tasks/:id/party': 'inspections.carry_out',
  'get /api/v1/inspections/tasks/:id/signature': 'inspections.read',
  'get /api/v1/inspections/tasks/:id/record': 'inspections.read',
  'get /api/v1/inspections/tasks/:id/documents/:code': 'inspections.read',
  'post /api/v1/inspections/tasks/:id/clue': 'cases.handle',
  'get /api/v1/inspections/directories/:kind/entries': 'inspections.draw',
  'post /api/v1/inspections/inspectors/account': 'inspections.draw',
  'get /api/v1/public/areas': 'public',
  'get /api/v1/public/draws': 'public',
  'get /api/v1/public/draws/:commitment_sha256/bundle': 'public',
  'get /api/v1/public/verifier': 'public',
  'get /api/v1/public/publications': 'public',
  'get /api/v1/public/checks': 'public',
  'get /api/v1/public/export/:file': 'public',
  'get /api/v1/public/tips/form': 'public',
  'post /api/v1/public/tips': 'public',
  'post /api/v1/public/tips/files': 'public',
  'post /api/v1/public/tips/answers': 'public',
  'get /api/v1/tips/list': 'tips.handle',
  'post /api/v1/tips/keys': 'tips.handle',
  'get /api/v1/tips/referrals': 'cases.handle',
  'post /api/v1/tips/referrals/:tip_id/:seq/open': 'cases.handle',
  'get /api/v1/tips/:id': 'tips.handle',
  'get /api/v1/tips/:id/files/:no': 'tips.handle',
  'post /api/v1/tips/:id/steps': 'tips.handle',
  'get /api/v1/publicity/desk': 'publicity.read',
  'get /api/v1/publicity/publications': 'publicity.read',
  'post /api/v1/publicity/preview': 'publicity.prepare',
  'post /api/v1/publicity/versions': 'publicity.prepare',
  'post /api/v1/publicity/versions/:id/approve': 'publicity.approve',
  'post /api/v1/publicity/versions/:id/reject': 'publicity.approve',
  'post /api/v1/publicity/versions/:id/take_back': 'publicity.prepare',
  'get /api/v1/reviews': 'reviews.read',
  'get /api/v1/reviews/filters': 'reviews.read',
  'post /api/v1/reviews/filters': 'reviews.read',
  'post /api/v1/reviews/filters/remove': 'reviews.read',
  'get /api/v1/reviews/precision': 'reviews.read',
  'get /api/v1/reviews/reviewers': 'findings.assign',
  'post /api/v1/reviews/assign': 'findings.assign',
  'post /api/v1/reviews/bulk': 'findings.review',
  'post /api/v1/reviews/notices': 'findings.review',
  'get /api/v1/findings/:finding_id/answer': 'reviews.read',
  'post /api/v1/findings/:finding_id/answer/recall': 'findings.review',
  'post /api/v1/findings/:finding_id/answer/confirm-refund': 'findings.review',
  'get /api/v1/findings/:finding_id/answer/files/:sha256': 'reviews.read',
  'get /api/v1/answers': 'answers.give',
  'post /api/v1/answers/accept': 'answers.give',
  'get /api/v1/answers/:finding_id': 'answers.give',
  'post /api/v1/answers/:finding_id/give': 'answers.give',
  'post /api/v1/answers/:finding_id/come-forward': 'answers.give',
  'post /api/v1/answers/:finding_id/take-back': 'answers.give',
  'post /api/v1/answers/:finding_id/files': 'answers.give',
  'get /api/v1/answers/:finding_id/files/:sha256': 'answers.give',
  'post /api/v1/answers/:finding_id/files/:sha256/remove': 'answers.give',
  'get /api/v1/findings/:finding_id/review': 'reviews.read',
  'post /api/v1/findings/:finding_id/review/take': 'findings.review',
  'post /api/v1/findings/:finding_id/review/release': 'findings.review',
  'post /api/v1/findings/:finding_id/review/recuse': 'findings.review',
  'post /api/v1/findings/:finding_id/review/decide': 'findings.review',
  'post /api/v1/findings/:finding_id/review/confirm': 'findings.confirm_review',
  'post /api/v1/findings/:finding_id/review/return': 'findings.confirm_review',
  'post /api/v1/findings/:finding_id/review/reopen': 'findings.confirm_review',
  'get /api/v1/explain': 'findings.read',
  'get /api/v1/explain/near': 'findings.read',
  'get /api/v1/overview': 'overview.read',
  'post /api/v1/national': 'national.audit',
  'post /api/v1/national/3101': 'national.audit',
  'post /api/v1/national/3102': 'national.audit',
  'post /api/v1/national/3103': 'national.audit',
  'get /api/v1/national/feedback': 'feedback.read',
  'get /api/v1/rulebook/rules': 'rulebook.read',
  'get /api/v1/rulebook/rules/:code': 'rulebook.read',
  'post /api/v1/rulebook/rules/:code/rollback': 'rules.approve',
  'get /api/v1/rulebook/versions/:content_hash': 'rulebook.read',
  'post /api/v1/rulebook/versions/:content_hash/submit': 'rules.write',
  'post /api/v1/rulebook/versions/:content_hash/approve': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/reject': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/shadow': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/activate': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/pause': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/retire': 'rules.approve',
  'post /api/v1/rulebook/versions/:content_hash/backtest': 'rules.write',
  'get /api/v1/rulebook/diff': 'rulebook.read',
  'post /api/v1/rulebook/check': 'rules.write',
  'get /api/v1/rulebook/drafts/:code': 'rules.write',
  'post /api/v1/rulebook/drafts/:code': 'rules.write',
  'post /api/v1/rulebook/drafts/:code/discard': 'rules.write',
  'post /api/v1/rulebook/drafts/:code/submit': 'rules.write',
  'post /api/v1/rulebook/drafts/:code/backtest': 'rules.write',
  'get /api/v1/rulebook/runs': 'rulebook.read',
  'get /api/v1/rulebook/runs/:id': 'rulebook.read',
  'post /api/v1/rulebook/runs/:id/cancel': 'rules.write',
  'post /api/v1/rulebook/runs/:id/resume': 'rules.write',
  'get /api/v1/rulebook/notices': 'rulebook.read',
  'post /api/v1/rulebook/notices/:id/seen': 'rules.approve',
  'get /api/v1/cases': 'cases.read',
  'post /api/v1/cases': 'cases.handle',
  'get /api/v1/cases/:id': 'cases.read',
  'get /api/v1/cases/:id/documents': 'cases.read',
  'get /api/v1/cases/:id/documents/:seq/:code': 'cases.read',
  'get /api/v1/cases/:id/files/:sha256': 'cases.read',
  'get /api/v1/cases/:id/archive': 'cases.read',
  'get /api/v1/cases/:id/package': 'cases.read',
  'get /api/v1/cases/:id/referrals/:seq/package': 'cases.read',
  'post /api/v1/cases/:id/evidence': 'cases.handle',
  'post /api/v1/cases/:id/evidence/files': 'cases.handle',
  'post /api/v1/cases/:id/evidence/findings': 'cases.handle',
  'post /api/v1/cases/:id/handle': 'cases.handle',
  'post /api/v1/cases/:id/review': 'cases.review',
  'post /api/v1/cases/:id/decide': 'cases.decide',
  'get /api/v1/knowledge/tables': 'knowledge.read',
  'get /api/v1/knowledge/tables/:table': 'knowledge.read',
  'post /api/v1/knowledge/tables/:table/batches': 'knowledge.write',
  'post /api/v1/knowledge/tables/:table/roll-back': 'knowledge.approve',
  'get /api/v1/knowledge/batches/:id': 'knowledge.read',
  'get /api/v1/knowledge/batches/:id/file': 'knowledge.read',
  'get /api/v1/knowledge/batches/:id/preview': 'knowledge.read',
  'post /api/v1/knowledge/batches/:id/backtest': 'knowledge.write',
  'post /api/v1/knowledge/batches/:id/approve': 'knowledge.approve',
  'post /api/v1/knowledge/batches/:id/reject': 'knowledge.approve',
  'post /api/v1/knowledge/batches/:id/withdraw': 'knowledge.write',
  'get /api/v1/credit/schemes': 'credit.read',
  'get /api/v1/credit/subjects': 'credit.read',
  'get /api/v1/credit/subjects/:first_seq': 'credit.read',
  'get /api/v1/credit/suspensions': 'credit.read',
  'get /api/v1/credit/risk': 'credit.read',
  'get /api/v1/credit/ledger': 'credit.read',
  'post /api/v1/credit/gather': 'credit.score',
  'post /api/v1/credit/entries': 'credit.score',
  'post /api/v1/credit/subjects/:first_seq/notice': 'credit.score',
  'post /api/v1/credit/publications/:id/object': 'credit.score',
  'post /api/v1/credit/publications/:id/decide': 'credit.decide_objection',
  'post /api/v1/credit/publications/:id/publish': 'credit.score',
  'post /api/v1/credit/publications/:id/withdraw': 'credit.score',
};

let held: TestDatabase;
let queue: JobQueue;
let server: Server;
let base = '';
let app: ReturnType<typeof createApi>['app'];
const findingIds = new Map<string, string>();
const quarantineIds = new Map<string, string>();
const contentHashes: string[] = [];
const log = createLog({ process: 'test', level: 'silent' });

beforeAll(async () => {
  held = await createTestDatabase();
  queue = await openQueue({ databaseUrl: held.url, redisUrl: undefined }, screenQueue, log);
  const ruleSet = await loadRuleSet('rules');
  ({ app } = createApi({
    database: held.database,
    vault: held.vault,
    history: held.database,
    screenQueue: queue,
    ruleSet,
    coverage: await coverageOf('rules', ruleSet),
    procedure: await loadProcedure('rules/procedure'),
    resultTerms: await loadResultTerms('rules'),
    log,
    metrics: createMetrics('test'),
    people: testPeople,
    // Nobody is there; but its routes are.
    provider: {
      issuer: 'http://127.0.0.1:9',
      clientId: 'x',
      clientSecret: 'x',
      publicUrl: 'http://127.0.0.1',
    },
  }));
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${portOf(server)}`;
  for (const code of [hospital, otherHospital, oddHospital]) {
    const result = canonicalClaim(claimAt(code), asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    const current = { claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') };
    const verdicts = await screenAll([current], [], ruleSet);
    const [finding] = verdicts.flatMap(({ findings }) => findings);
    if (finding === undefined) throw new Error('the claim was made to be found');
    findingIds.set(code, finding.finding_id);
    contentHashes.push(current.contentHash);
    const keys = await held.vault.keys();
    await transaction(held.database, async (client) => {
      await storeClaims(client, keys, 'test', [result.storable]);
      await writeFindings(client, [{ fixmedins_code: code, setl_id: 'S1' }], [finding]);
      const [id] = await keepRejected(client, keys, code, [
        { position: 0, raw: Buffer.from('{}'), issues: [], setl_id: 'S1', fixmedins_code: code },
      ]);
      quarantineIds.set(code, id ?? '');
    });
  }
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await queue.close();
  await held.drop();
});

/** Every hospital has its own person, with the same line twice. */
const claimAt = (code: string) =>
  claimOf({
    institution: { fixmedins_code: code },
    person: { psn_no: `P-${code}`, gend: '1', brdy: '1980-01-01' },
    lines: [lineOf('1'), lineOf('2')],
  });

function portOf(listening: Server): number {
  const address: AddressInfo | string | null = listening.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const nameOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;
const isOfBoard = (path: string): boolean => path.startsWith('/admin/queues');

describe('the table', () => {
  test('knows every route that exists, and none that does not', () => {
    const found = routesOf(app).routes.filter(({ path }) => !isOfBoard(path));
    expect(Object.fromEntries(found.map((route) => [nameOf(route), route.access]))).toEqual(expected);
  });

  test('covers the view of the queue as a whole', () => {
    const board = routesOf(app).routes.filter(({ path }) => isOfBoard(path));
    expect(board.length).toBeGreaterThan(3);
    expect(new Set(board.map(({ access }) => access))).toEqual(new Set(['operations.read']));
  });

  test('is the list of what answers without being a route', () => {
    const names = routesOf(app).others.map((name) => name.replaceAll(/ $/g, ''));
    // Without a name: the request's id, the log line, `identify`, and what answers where nothing is.
    expect(names.filter((name) => !isOfBoard(name)).toSorted()).toEqual([
      '',
      '',
      '',
      '',
      '/assets serveStatic',
      'helmetMiddleware',
      'present',
      'serveStatic',
    ]);
  });

  test('is described by OpenAPI, route by route', () => {
    const described = operations.map(({ method, path }) => `${method} ${path}`);
    // Browsers are sent to and fro there; no program calls them.
    const routed = Object.keys(expected).filter(
      (name) => name.includes('/api/v1/') && !name.includes('/sign-in/provider'),
    );
    expect(described.toSorted()).toEqual(routed.toSorted());
  });

  test('gives an auditor nothing that changes anything, and an administrator no claim', () => {
    const changing = permissions.filter((permission) => !permission.endsWith('.read'));
    const held = (role: Role) => new Set<string>(permissionsOfRole[role]);
    expect(changing.filter((permission) => held('auditor').has(permission))).toEqual([]);
    expect(
      [...held('administrator')].filter((one) => /^(claims|findings|quarantine|overview|precheck)/.test(one)),
    ).toEqual([]);
    for (const role of roles)
      expect(permissionsOf(role, district).filter((permission) => cityOnly.includes(permission))).toEqual([]);
  });
});

describe('a route that declares nothing', () => {
  test('is closed for everybody', async () => {
    const metrics = createMetrics('test');
    const open = createHttpApp({ log, metrics });
    const router = express.Router();
    router.get('/forgotten', (_request, response) => {
      response.json({ secret: true });
    });
    // Too late: what stands before has run by then.
    router.get(
      '/too-late',
      (_request, _response, next) => next(),
      allow('rules.read'),
      (_request, response) => {
        response.json({ secret: true });
      },
    );
    open.use(actAs(({ query }) => (query['as'] === undefined ? null : someone('auditor'))));
    open.use('/x', router);
    denyUndeclared(open);
    presentErrors(open, { metrics });
    const listening = await listen(open, { host: '127.0.0.1', port: 0 });
    try {
      for (const path of ['forgotten', 'too-late']) {
        const url = `http://127.0.0.1:${portOf(listening)}/x/${path}`;
        expect((await fetch(url)).status, path).toBe(401);
        expect((await fetch(`${url}?as=auditor`)).status, path).toBe(403);
      }
      expect(routesOf(open).routes.every(({ access }) => access === null)).toBe(true);
    } finally {
      await closeServer(listening, { graceMs: 0 });
    }
  });
});

/** Those that would end the session that asks, or take a file. */
const asksForItself = /\/(sign-out|sign-out-everywhere)$/;

async function statusOf(
  name: string,
  headers: Record<string, string>,
): Promise<{ status: number; code: string }> {
  const [method = '', pattern = ''] = name.split(' ');
  const path = pattern.startsWith('/^') ? '/' : pattern.replaceAll(/:[a-z_]+/g, '999999999');
  const response = await fetch(base + path, {
    redirect: 'manual',
    method: method.toUpperCase(),
    headers: {
      [consoleHeader]: 'test',
      ...headers,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    // Nothing comes of either: no claim at all, and no document.
    ...(method === 'post' ? { body: path.endsWith('/claims') ? '[]' : 'null' } : {}),
  });
  const text = await response.text();
  const code = /"code":"(not_signed_in|forbidden)"/.exec(text)?.[1] ?? '';
  return { status: response.status, code };
}

describe('every route', () => {
  const places = [
    ['own district', district],
    ['other district', otherDistrict],
    ['city', city],
  ] as const;
  const people = roles.flatMap((role) =>
    places
      .filter(([, area]) => role !== 'administrator' || area === city)
      .map(([where, area]) => ({ role, where, area })),
  );

  test('without anybody, answers 401 unless it is public', async () => {
    for (const [name, access] of Object.entries(expected)) {
      const { status, code } = await statusOf(name, {});
      if (access === 'public') expect(code, name).toBe('');
      else expect(status, name).toBe(401);
    }
  });

  test.each(people)('for $role of the $where, answers as the table says', async ({ role, where, area }) => {
    const headers = await signedIn(held.database, {
      login: `${role.replaceAll('_', '-')}-${where.replaceAll(' ', '-')}`,
      role,
      area,
      ...(role === 'institution' ? { fixmedinsCode: hospital } : {}),
    });
    const caller = someone(role, area);
    for (const [name, access] of Object.entries(expected)) {
      if (asksForItself.test(name)) continue;
      const { status, code } = await statusOf(name, headers);
      const verdict = mayDo(caller, access);
      expect([name, status === 403]).toEqual([name, verdict !== 'allowed']);
      // The national interface says it in its own envelope.
      if (!name.includes('post /api/v1/national'))
        expect([name, code]).toEqual([name, verdict === 'allowed' ? '' : 'forbidden']);
    }
  });

  test.each(scopes)('for a key of scope %s, answers as the table says', async (scope: Scope) => {
    const headers = await keyHeaders(held.database, [scope]);
    for (const [name, access] of Object.entries(expected)) {
      const { status, code } = await statusOf(name, headers);
      const isAllowed = mayDo(machine([scope]), access) === 'allowed';
      if (!name.includes('post /api/v1/national'))
        expect([name, code]).toEqual([name, isAllowed ? '' : 'forbidden']);
      expect([name, status === 403]).toEqual([name, !isAllowed]);
    }
  });
});

describe('what is seen', () => {
  const hospitals = [hospital, otherHospital, oddHospital];
  const viewers = [
    { name: 'the district', area: district, sees: [hospital] },
    { name: 'another district', area: otherDistrict, sees: [otherHospital] },
    { name: 'the city', area: city, sees: hospitals },
  ];

  test.each(viewers)(
    'by $name: lists, single objects and sums are those of its institutions',
    async (viewer) => {
      const headers = await signedIn(held.database, {
        login: `viewer-${viewer.area}`,
        role: 'inspector',
        area: viewer.area,
      });
      const get = async (path: string): Promise<{ status: number; text: string }> => {
        const response = await fetch(`${base}/api/v1${path}`, { headers });
        return { status: response.status, text: await response.text() };
      };
      for (const path of ['/findings', '/claims', '/quarantine', '/overview', '/national/feedback']) {
        const { status, text } = await get(path);
        expect(status, path).toBe(200);
        for (const code of hospitals)
          if (path !== '/national/feedback')
            expect([path, code, text.includes(code)]).toEqual([path, code, viewer.sees.includes(code)]);
      }
      expect(JSON.parse((await get('/overview')).text)).toMatchObject({
        claims: viewer.sees.length,
        persons: viewer.sees.length,
        findings: viewer.sees.length,
        quarantined: viewer.sees.length,
      });
      for (const code of hospitals) {
        const status = viewer.sees.includes(code) ? 200 : 404;
        for (const path of [
          `/findings/${findingIds.get(code)}`,
          `/claims/${code}/S1`,
          `/quarantine/${quarantineIds.get(code)}`,
        ])
          expect([path, (await get(path)).status]).toEqual([path, status]);
      }
    },
  );

  test('of the claims that a finding names is what lies in sight, and the rest is left out', async () => {
    const seen = async (sight: Parameters<typeof documentsOf>[2]): Promise<string[]> =>
      (await documentsOf(held.database, contentHashes, sight)).map(({ content_hash }) => content_hash);
    expect(await seen(everything)).toEqual(contentHashes);
    expect(await seen(sightOf(district, null))).toEqual(contentHashes.slice(0, 1));
    expect(await seen(sightOf(city, otherHospital))).toEqual(contentHashes.slice(1, 2));
  });

  test('in quarantine is what may be settled: the rest is not there, and a correction stays at home', async () => {
    const headers = {
      ...(await signedIn(held.database, { login: 'settler', role: 'inspector', area: district })),
      'content-type': 'application/json',
    };
    const post = async (code: string, action: string, body: unknown): Promise<Response> =>
      fetch(`${base}/api/v1/quarantine/${quarantineIds.get(code)}/${action}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
    expect((await post(otherHospital, 'dismiss', { reason: 'mine' })).status).toBe(404);
    expect((await post(otherHospital, 'resubmit', claimAt(hospital))).status).toBe(404);
    const abroad = await post(hospital, 'resubmit', claimAt(otherHospital));
    expect(await abroad.json()).toMatchObject({
      status: 'rejected',
      issues: [{ code: 'foreign_institution' }],
    });
    const both = await fetch(`${base}/api/v1/quarantine/dismiss`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        ids: [otherHospital, hospital].map((code) => quarantineIds.get(code)),
        reason: 'done',
      }),
    });
    expect(await both.json()).toMatchObject({
      done: 1,
      answers: [{ reason: { en: 'There is no such entry in the quarantine' } }, { reason: null }],
    });
  });

  test('by an institution is its own', async () => {
    const headers = await signedIn(held.database, {
      login: 'clerk',
      role: 'institution',
      area: district,
      fixmedinsCode: hospital,
    });
    const list = await (await fetch(`${base}/api/v1/findings`, { headers })).text();
    expect(hospitals.map((code) => list.includes(code))).toEqual([true, false, false]);
    for (const code of hospitals) {
      const response = await fetch(`${base}/api/v1/precheck`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(claimAt(code)),
      });
      expect([code, response.status]).toEqual([code, code === hospital ? 200 : 422]);
    }
  });

  test('a key that is bound to an institution sends its claims only, and asks about its visits only', async () => {
    const headers = {
      ...(await keyHeaders(held.database, ['claims:write', 'precheck', 'findings:read'], hospital)),
      'content-type': 'application/json',
    };
    const sent = await fetch(`${base}/api/v1/claims`, {
      method: 'POST',
      headers,
      body: JSON.stringify([claimAt(hospital), claimAt(otherHospital)]),
    });
    expect(await sent.json()).toMatchObject({
      answers: [{ status: 'duplicate' }, { status: 'rejected', issues: [{ code: 'foreign_institution' }] }],
    });
    const asked = await fetch(`${base}/api/v1/precheck`, {
      method: 'POST',
      headers,
      body: JSON.stringify(claimAt(otherHospital)),
    });
    expect(asked.status).toBe(422);
    const list = await (await fetch(`${base}/api/v1/findings`, { headers })).text();
    expect(hospitals.map((code) => list.includes(code))).toEqual([true, false, false]);
  });
});
