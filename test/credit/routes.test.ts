/** Credit over HTTP: who may do what, how refusals look, and that the ledger that is downloaded verifies. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { loadProcedure } from '../../src/cases/load-procedure.ts';
import type { NewEntry } from '../../src/credit/contract.ts';
import { verifyLedger } from '../../src/credit/ledger.ts';
import {
  recordedSchema,
  schemesSchema,
  subjectDetailSchema,
  subjectsPageSchema,
  suspensionsSchema,
} from '../../src/credit/publication-contract.ts';
import { creditRoutes } from '../../src/credit/routes.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import type { Role } from '../../src/people/permissions.ts';
import { roles } from '../../src/people/permissions.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs, someone } from '../support/people.ts';

let held: TestDatabase;
let server: Server;
let base = '';
beforeAll(async () => {
  held = await createTestDatabase();
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
  const roleSchema = z.enum(roles);
  app.use(
    actAs((request) => {
      const role = roleSchema.safeParse(request.get('x-role'));
      return role.success ? { ...someone(role.data), login: `${role.data}-1` } : null;
    }),
  );
  const deps = {
    database: held.database,
    schemes: await loadSchemes('rules'),
    calendar: (await loadProcedure('rules/procedure')).calendar,
    asOf: () => dayOf('2026-06-01') ?? 0,
  };
  app.use('/api/v1/credit', creditRoutes(deps));
  presentErrors(app, { metrics });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}/api/v1/credit`;
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await held.drop();
});

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.object({ zh: z.string() }) }),
});

async function ask(role: Role, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(base + path, {
    headers: { 'x-role': role, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}
async function got<Schema extends z.ZodType>(
  schema: Schema,
  role: Role,
  path: string,
  body?: unknown,
): Promise<z.infer<Schema>> {
  const { status, text } = await ask(role, path, body);
  expect([path, status, text.slice(0, 200)]).toMatchObject([path, 200, expect.anything()]);
  return schema.parse(JSON.parse(text));
}
async function refused(role: Role, path: string, body?: unknown): Promise<[number, string, string]> {
  const { status, text } = await ask(role, path, body);
  const { error } = errorSchema.parse(JSON.parse(text));
  return [status, error.code, error.message.zh];
}

const fact: NewEntry = {
  entry: 'fact',
  subject: { kind: 'doctor', key: 'D1' },
  day: '2026-05-01',
  fact: 'settled_for_suspended',
  basis: 'agreement_handling',
  points: 9,
  severity: null,
  responsibility: null,
  value: null,
  event: null,
  act: null,
  source: { reference: '记分通知 1 号', sha256: null },
};

test('from a fact to a decision about an objection, and refusals with their reasons', async () => {
  expect((await got(schemesSchema, 'auditor', '/schemes')).items).toHaveLength(4);
  expect((await ask('auditor', '/entries', fact)).status).toBe(403);
  expect((await ask('inspector', '/subjects')).status).toBe(403);
  expect((await refused('credit_officer', '/entries', { ...fact, basis: 'suspicion' }))[0]).toBe(400);
  expect(await refused('credit_officer', '/entries', { ...fact, points: 3 })).toEqual([
    400,
    'credit_bad_entry',
    '该档为 7–9 分',
  ]);
  const { first_seq, seq } = await got(recordedSchema, 'credit_officer', '/entries', fact);
  expect((await got(subjectsPageSchema, 'leader', '/subjects?kind=doctor')).items).toMatchObject([
    { first_seq, grades: [{ code: 'warned' }] },
  ]);
  expect((await got(suspensionsSchema, 'leader', '/suspensions')).items).toMatchObject([
    { subject: { key: 'D1' }, from: '2026-05-01', to: '2026-06-01' },
  ]);

  const subject = `/subjects/${first_seq}`;
  expect((await refused('auditor', '/subjects/999'))[0]).toBe(404);
  expect((await refused('auditor', '/subjects/x'))[0]).toBe(404);
  expect((await refused('credit_officer', `${subject}/notice`, { scheme: 'NO-SUCH' }))[0]).toBe(404);
  const told = await got(subjectDetailSchema, 'credit_officer', `${subject}/notice`, {
    scheme: 'PERSONNEL-12',
  });
  const id = told.publications[0]?.id ?? 0;
  expect(await refused('credit_officer', `/publications/${id}/publish`, {})).toEqual([
    409,
    'credit_not_allowed',
    '异议期未满，2026-06-16 起可以公布',
  ]);
  const words = { reference: '申诉 1 号', reason: '不是本人' };
  await got(subjectDetailSchema, 'credit_officer', `/publications/${id}/object`, words);
  const decision = { ...words, outcome: 'upheld', revokes: [seq] };
  expect((await refused('leader', `/publications/${id}/decide`, { ...decision, revokes: [] }))[0]).toBe(400);
  expect(await refused('credit_officer', `/publications/${id}/decide`, decision)).toEqual([
    409,
    'credit_not_allowed',
    '不得处理对本人评分的异议',
  ]);
  const decided = await got(subjectDetailSchema, 'leader', `/publications/${id}/decide`, decision);
  expect(decided.scores).toMatchObject([{ points_hundredths: 0, grade: { code: 'clear' } }]);

  const { text } = await ask('auditor', '/ledger');
  const report = await verifyLedger(text.split('\n').slice(0, -1));
  expect([report.fault, report.entries.length]).toEqual([null, 2]);
});
