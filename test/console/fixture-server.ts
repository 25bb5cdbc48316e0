/** Serves the built console and contract-valid answers, in the states that a real server is hard to bring into. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from '../../src/audit/catalogue.ts';
import {
  auditEventsQuerySchema,
  auditHeadSchema,
  auditKindsSchema,
  auditPageSchema,
} from '../../src/audit/contract.ts';
import {
  type ClaimAnswer,
  claimAnswerSchema,
  dismissedManySchema,
  dismissManySchema,
  dismissSchema,
  type QuarantineEntry,
  quarantineEntrySchema,
  quarantinePageSchema,
  quarantineQuerySchema,
} from '../../src/claims/contract.ts';
import { maskedInput } from '../../src/claims/masked-json.ts';
import {
  type PersonDetail,
  personDetailSchema,
  personSearchSchema,
  type PersonSeen,
  personSeenSchema,
  personsFoundSchema,
  revealedInputSchema,
  revealedSchema,
  revealSchema,
} from '../../src/claims/persons-contract.ts';
import {
  findingDetailSchema,
  type FindingRow,
  type FindingsExported,
  findingsExportedSchema,
  findingsPageSchema,
  type FindingsQuery,
  findingsQuerySchema,
  overviewSchema,
} from '../../src/screening/contract.ts';
import {
  explainQuerySchema,
  explanationSchema,
  type Near,
  nearSchema,
} from '../../src/screening/explain-contract.ts';
import { auditHead, auditPage, overflowingEvent } from './audit-events.ts';
import localAreas from '../../rules/areas/local.json' with { type: 'json' };
import { areaNamesSchema } from '../../src/people/area-contract.ts';
import { areaNames, localAreasSchema } from '../../src/people/areas.ts';
import { type Me, meSchema } from '../../src/people/contract.ts';
import { type Permission, permissionsOf } from '../../src/people/permissions.ts';
import { webHeaders } from '../../src/platform/web-headers.ts';
import { overflowingExplanation, overflowingNear } from './explanations.ts';
import { type Fixtures, sumOf } from './fixtures.ts';
import { answersAnswer, casesAnswer, creditAnswer } from './case-answers.ts';
import { inspectionAnswer, publicDrawsAnswer } from './inspection-answers.ts';
import { overflowing } from './overflow.ts';
import {
  publicChecksAnswer,
  publicityAnswer,
  publicPublicationsAnswer,
  tipFormAnswer,
  tipsAnswer,
} from './publicity-answers.ts';
import { answerAnswer, reviewAnswer, reviewsAnswer } from './review-answers.ts';
import { rulebookAnswer } from './rulebook-answers.ts';
import { ruleJsonSchema } from '../../src/rules/schema.ts';
import {
  foundBy,
  overflowingFound,
  overflowingPerson,
  overflowingSeen,
  person,
  personal,
  seen,
  unknownPerson,
} from './persons.ts';

/** `usual`; nothing there; every answer a 500; answers that do not come; everything too long; claims still waiting; not our contract. */
const scenarios = ['usual', 'empty', 'error', 'slow', 'overflow', 'busy', 'foreign'] as const;
export type Scenario = (typeof scenarios)[number];
/** Names the scenario of one page, where several are open. */
export const scenarioHeader = 'x-scenario';
const scenarioOf = ({ headers }: IncomingMessage): Scenario | undefined =>
  scenarios.find((one) => one === headers[scenarioHeader]);
export const supportId = 'b7a1f0c2-1111-4222-8333-944455556666';

export interface FixtureServer {
  readonly url: string;
  scenario: Scenario;
  /** Of whoever sits before the console. */
  permissions: readonly Permission[];
  /** Method and address of every request for the API, newest last. */
  readonly asked: string[];
  /** What it could not answer: nothing is made up for it, or what is made up is not what was agreed. */
  readonly faults: string[];
  stop(): Promise<void>;
}

/** Somebody who may enter every room of claims; what administrators see is tested on the real server (people.test.ts). */
export const usualPermissions: readonly Permission[] = [
  ...permissionsOf('inspector', '330700'),
  'rulebook.read',
  'rules.write',
  'rules.approve',
  'audit.read',
];
const somebody: Omit<Me, 'permissions'> = {
  login: 'fixture',
  display_name: '张稽核',
  role: 'inspector',
  area: '330700',
  fixmedins_code: null,
  pending: null,
  has_second_factor: false,
  idle_minutes: 30,
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export async function startFixtureServer(dist: string, fixtures: Fixtures): Promise<FixtureServer> {
  const state: { scenario: Scenario; permissions: readonly Permission[] } = {
    scenario: 'usual',
    permissions: usualPermissions,
  };
  const asked: string[] = [];
  const faults: string[] = [];
  const quarantine = new Map(fixtures.quarantine.map((entry) => [entry.id, entry]));

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    // The same headers as the real server sends, so that what they forbid fails here.
    webHeaders(request, response, () => undefined);
    if (!url.pathname.startsWith('/api/')) {
      sendFile(dist, url.pathname, response);
      return;
    }
    asked.push(`${request.method ?? ''} ${url.pathname}${url.search}`);
    const scenario = scenarioOf(request) ?? state.scenario;
    // Whatever the machine is busy with, nothing is there before it was looked at.
    if (scenario === 'slow' && url.pathname !== '/api/v1/me') return;
    void answer(request, url, response, { fixtures, quarantine, ...state, scenario }).catch(
      (error: unknown) => {
        faults.push(`${request.method ?? ''} ${url.pathname}: ${String(error)}`);
        sendError(response, 500, 'internal');
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fixture server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get scenario() {
      return state.scenario;
    },
    set scenario(scenario) {
      state.scenario = scenario;
    },
    get permissions() {
      return state.permissions;
    },
    set permissions(permissions) {
      state.permissions = permissions;
    },
    asked,
    faults,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function sendFile(dist: string, pathname: string, response: ServerResponse): void {
  const file = path.join(dist, path.normalize(pathname));
  const isFile = path.extname(pathname) !== '' && existsSync(file);
  // Every address that is not a file is one of the single page.
  const served = isFile ? file : path.join(dist, 'index.html');
  // As the real server does: names under assets/ carry a hash.
  if (isFile && pathname.startsWith('/assets/'))
    response.setHeader('cache-control', 'public, max-age=31536000, immutable');
  response.setHeader('content-type', types[path.extname(served)] ?? 'application/octet-stream');
  response.end(readFileSync(served));
}

interface Given {
  readonly fixtures: Fixtures;
  readonly quarantine: Map<string, QuarantineEntry>;
  readonly scenario: Scenario;
  readonly permissions: readonly Permission[];
}

async function answer(
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
  given: Given,
): Promise<void> {
  if (url.pathname === '/api/v1/me')
    return sendJson(response, meSchema.parse({ ...somebody, permissions: given.permissions }));
  if (given.scenario === 'error') return sendError(response, 500, 'internal');
  if (given.scenario === 'foreign') return sendJson(response, { hello: 'world' });
  const [, , , room = '', ...parts] = url.pathname.split('/');
  const [id, action] = parts;
  const parameters = Object.fromEntries(url.searchParams);
  const { fixtures, scenario } = given;
  switch (`${request.method ?? ''} ${room}`) {
    case 'GET overview':
      return sendJson(response, overviewSchema.parse(overviewIn(scenario, fixtures)));
    case 'GET rules':
      if (id === 'coverage')
        return sendJson(response, { rows: scenario === 'empty' ? [] : coverageIn(scenario, fixtures) });
      return sendJson(
        response,
        scenario === 'empty' ? { ...fixtures.rules, rules: [] } : rulesIn(scenario, fixtures),
      );
    case 'GET schemas':
      return sendJson(response, ruleJsonSchema());
    case 'GET rulebook':
    case 'POST rulebook': {
      const found = rulebookAnswer(request.method ?? '', parts, scenario, fixtures);
      return sendFound(response, found, 'rulebook_not_found');
    }
    case 'GET guides':
      return sendJson(response, { text: scenario === 'empty' ? '' : overflowing.guide });
    case 'GET facts':
      return sendJson(response, fixtures.facts);
    case 'GET reviews':
      return sendJson(response, reviewsAnswer(scenario, fixtures, id, parameters));
    case 'GET findings': {
      if (id !== undefined && action === 'review') {
        return sendFound(response, reviewAnswer(scenario, fixtures, id), 'finding_not_found');
      }
      if (id !== undefined && action === 'answer') {
        return sendFound(response, answerAnswer(scenario, fixtures, id), 'answer_not_found');
      }
      if (id === undefined)
        return sendJson(response, findingsPage(scenario, fixtures, findingsQuerySchema.parse(parameters)));
      const detail = fixtures.stored.find(({ row }) => row.finding_id === id)?.detail;
      if (detail === undefined) return sendError(response, 404, 'finding_not_found');
      return sendJson(
        response,
        findingDetailSchema.parse(scenario === 'overflow' ? overflowing.detail(detail) : detail),
      );
    }
    case 'GET answers': {
      const found =
        id === undefined
          ? answersAnswer(scenario, fixtures, parameters)
          : answerAnswer(scenario, fixtures, id);
      return sendFound(response, found, 'answer_not_found');
    }
    case 'GET cases':
      return sendFound(response, casesAnswer(scenario, parts), 'case_not_found');
    case 'GET credit':
      return sendFound(response, creditAnswer(scenario, fixtures.schemes, parts), 'not_found');
    case 'GET inspections':
      return sendFound(response, inspectionAnswer(scenario, parts), 'not_found');
    case 'GET publicity':
      return sendJson(response, publicityAnswer(scenario, id, parameters));
    case 'GET tips':
      return sendFound(response, tipsAnswer(scenario, id), 'not_found');
    case 'GET public':
      return sendJson(response, publicAnswer(scenario, id, parameters));
    case 'GET explain': {
      if (id === 'near') return sendJson(response, nearSchema.parse(nearIn(scenario, fixtures)));
      const explanation = fixtures.explanations.of.get(explainQuerySchema.parse(parameters).rule);
      if (explanation === undefined) return sendError(response, 404, 'rule_not_found');
      return sendJson(
        response,
        explanationSchema.parse(scenario === 'overflow' ? overflowingExplanation(explanation) : explanation),
      );
    }
    case 'GET quarantine': {
      if (id !== undefined) {
        const entry = given.quarantine.get(id);
        return entry === undefined
          ? sendError(response, 404, 'not_found')
          : sendJson(response, shownEntry(entry));
      }
      const { state, page, page_size } = quarantineQuerySchema.parse(parameters);
      const all =
        scenario === 'empty' ? [] : [...given.quarantine.values()].filter((entry) => entry.state === state);
      const items = all
        .slice((page - 1) * page_size, page * page_size)
        .map(scenario === 'overflow' ? overflowing.entry : (entry) => entry);
      return sendJson(response, quarantinePageSchema.parse({ total: all.length, page, page_size, items }));
    }
    case 'POST findings': {
      const { findings } = findingsExportedSchema.parse(JSON.parse(await bodyOf(request)));
      return sendJson(response, { recorded: findings.length } satisfies FindingsExported);
    }
    case 'GET audit':
      return sendJson(response, auditAnswer(id, parameters, given));
    case 'POST persons': {
      const found = foundBy(personSearchSchema.parse(JSON.parse(await bodyOf(request))));
      return sendJson(
        response,
        personsFoundSchema.parse(scenario === 'overflow' ? overflowingFound(found) : found),
      );
    }
    case 'GET claims':
      return sendJson(
        response,
        url.pathname.endsWith('/seen')
          ? personSeenSchema.parse(seenIn(scenario))
          : personDetailSchema.parse(personIn(scenario)),
      );
    case 'POST claims':
      revealSchema.parse(JSON.parse(await bodyOf(request)));
      return sendJson(response, revealedSchema.parse(personal));
    case 'POST quarantine':
      return postQuarantine(response, given, id ?? '', action, await bodyOf(request));
    default:
      return sendError(response, 404, 'not_found');
  }
}

/** What everybody may ask for without signing in. */
function publicAnswer(
  scenario: Scenario,
  what: string | undefined,
  parameters: Readonly<Record<string, string>>,
): unknown {
  switch (what) {
    case 'areas':
      return areaNamesSchema.parse({ names: areaNames(localAreasSchema.parse(localAreas)) });
    case 'draws':
      return publicDrawsAnswer(scenario);
    case 'publications':
      return publicPublicationsAnswer(scenario, parameters);
    case 'checks':
      return publicChecksAnswer(scenario);
    case 'tips':
      return tipFormAnswer(scenario);
    default:
      throw new Error(`nothing is made up for /public/${what}`);
  }
}

function nearIn(scenario: Scenario, { explanations: { near } }: Fixtures): Near {
  if (scenario === 'overflow') return overflowingNear(near);
  return scenario === 'empty' ? { ...near, hits: [], unknown: [], near: [] } : near;
}

function auditAnswer(
  what: string | undefined,
  parameters: Readonly<Record<string, string>>,
  { fixtures: { audit }, scenario }: Given,
): unknown {
  switch (what) {
    case 'events': {
      const page = auditPage(scenario === 'empty' ? [] : audit, auditEventsQuerySchema.parse(parameters));
      const items = scenario === 'overflow' ? page.items.map(overflowingEvent) : page.items;
      return auditPageSchema.parse({ ...page, items });
    }
    case 'kinds':
      return auditKindsSchema.parse({
        items: [...definitions].map(([kind, { meaning }]) => ({ kind, meaning })),
      });
    default:
      return auditHeadSchema.parse(auditHead(audit, scenario !== 'empty'));
  }
}

const shownEntry = (entry: QuarantineEntry): unknown =>
  quarantineEntrySchema.parse({ ...entry, raw: maskedInput(entry.raw ?? '', []) });

const personIn = (scenario: Scenario): PersonDetail =>
  scenario === 'empty' ? unknownPerson : scenario === 'overflow' ? overflowingPerson : person;
const seenIn = (scenario: Scenario): PersonSeen =>
  scenario === 'empty' ? { items: [] } : scenario === 'overflow' ? overflowingSeen : seen;

function postQuarantine(
  response: ServerResponse,
  { quarantine }: Given,
  id: string,
  action: string | undefined,
  body: string,
): void {
  if (id === 'dismiss') {
    const { ids, reason } = dismissManySchema.parse(JSON.parse(body));
    for (const each of ids) {
      const row = quarantine.get(each);
      if (row === undefined) throw new Error(`no entry ${each}`);
      quarantine.set(each, quarantineEntrySchema.parse({ ...row, state: 'dismissed', note: reason }));
    }
    const answers = ids.map((each) => ({ id: each, reason: null }));
    return sendJson(response, dismissedManySchema.parse({ done: ids.length, answers }));
  }
  const entry = quarantine.get(id);
  if (entry === undefined) return sendError(response, 404, 'not_found');
  if (action === 'reveal') {
    revealSchema.parse(JSON.parse(body));
    return sendJson(response, revealedInputSchema.parse({ raw: entry.raw }));
  }
  const resolved = { ...entry, resolved_at: '2026-02-01T00:00:00.000Z' };
  if (action === 'dismiss') {
    const { reason } = dismissSchema.parse(JSON.parse(body));
    const dismissed = quarantineEntrySchema.parse({ ...resolved, state: 'dismissed', note: reason });
    quarantine.set(id, dismissed);
    return sendJson(response, shownEntry(dismissed));
  }
  const isGood = !body.includes('1961-02-30');
  if (isGood) quarantine.set(id, quarantineEntrySchema.parse({ ...resolved, state: 'corrected' }));
  const answered: ClaimAnswer = {
    index: 0,
    setl_id: entry.setl_id,
    fixmedins_code: entry.fixmedins_code,
    ...(isGood
      ? { status: 'accepted' }
      : {
          status: 'rejected',
          quarantine_id: id,
          issues: entry.issues.filter(({ path: at }) => at === '$.person.brdy'),
        }),
  };
  return sendJson(response, claimAnswerSchema.parse(answered));
}

function overviewIn(scenario: Scenario, { overview }: Fixtures): unknown {
  switch (scenario) {
    case 'empty':
      return Object.fromEntries(
        Object.entries(overview).map(([name, value]) => [
          name,
          Array.isArray(value) ? [] : typeof value === 'number' ? 0 : '0.00',
        ]),
      );
    case 'busy':
      return { ...overview, waiting_claims: 18_644 };
    case 'overflow':
      return overflowing.overview(overview);
    case 'usual':
    case 'slow':
    case 'error':
    case 'foreign':
      return overview;
  }
}

const coverageIn = (scenario: Scenario, { coverage }: Fixtures): unknown =>
  scenario === 'overflow' ? coverage.map(overflowing.coverage) : coverage;
const rulesIn = (scenario: Scenario, { rules }: Fixtures): unknown =>
  scenario === 'overflow' ? { ...rules, rules: rules.rules.map(overflowing.rule) } : rules;

function findingsPage(scenario: Scenario, { stored }: Fixtures, query: FindingsQuery): unknown {
  const rows = scenario === 'empty' ? [] : stored.map(({ row }) => row).filter((row) => fits(row, query));
  const factor = query.order === 'asc' ? 1 : -1;
  const sorted = rows.toSorted((a, b) =>
    query.sort === 'amount'
      ? factor * (Number(a.amount) - Number(b.amount))
      : factor * (a[query.sort] < b[query.sort] ? -1 : a[query.sort] > b[query.sort] ? 1 : 0),
  );
  const items = sorted.slice((query.page - 1) * query.page_size, query.page * query.page_size);
  return findingsPageSchema.parse({
    total: rows.length,
    amount: sumOf(rows),
    page: query.page,
    page_size: query.page_size,
    items: scenario === 'overflow' ? items.map(overflowing.row) : items,
  });
}

const fits = (row: FindingRow, query: FindingsQuery): boolean =>
  row.state === query.state &&
  (query.rule_code === undefined || row.rule_code === query.rule_code) &&
  (query.verdict === undefined || row.verdict === query.verdict) &&
  (query.fixmedins_code === undefined || row.fixmedins_code === query.fixmedins_code) &&
  (query.setl_id === undefined || row.setl_id === query.setl_id) &&
  (query.from === undefined || row.occurred_at.slice(0, 10) >= query.from) &&
  (query.to === undefined || row.occurred_at.slice(0, 10) < query.to) &&
  (query.amount_min === undefined || Number(row.amount) >= query.amount_min);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

/** @param found `null`: what was asked for does not exist */
function sendFound(response: ServerResponse, found: unknown, missing: string): void {
  if (found === null) sendError(response, 404, missing);
  else sendJson(response, found);
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  sendJson(response, {
    error: {
      code,
      message: {
        zh: '数据库暂时无法连接，请稍后再试',
        en: 'The database cannot be reached; try again later',
      },
      support_id: supportId,
    },
  });
}
