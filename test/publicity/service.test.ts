/** Publications on a real database: prepared by one, approved by another, corrected, withdrawn, and what the database itself refuses. */
import type { Server } from 'node:http';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withdrawGrade } from '../../src/credit/service.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { caseOf } from '../../src/cases/case-of.ts';
import { eventsOf } from '../../src/cases/store.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import {
  type Draft,
  type Prepare,
  publicityDeskSchema,
  type PublicItem,
  type PublicationKind,
  publicPageSchema,
  publishedPageSchema,
  type WaitingAct,
} from '../../src/publicity/contract.ts';
import { publicPublicationRoutes } from '../../src/publicity/routes.ts';
import {
  decide,
  prepare,
  preview,
  publicityDesk,
  type PublicityDeps,
  publishedPage,
} from '../../src/publicity/service.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs } from '../support/people.ts';
import {
  confirmAMonth,
  confirmFindings,
  decideACase,
  hospital,
  neighbour,
  publicityDeps,
  publishAGrade,
  said,
  who,
} from './world.ts';

const officer = who('wang', 'case_officer');
const leader = who('ju', 'leader');
let held: TestDatabase;
let deps: PublicityDeps;
let server: Server;
let base = '';
let clock = '2026-03-05 09:00:00';
let caseId = 0;
let gradeId = 0;

beforeAll(async () => {
  held = await createTestDatabase();
  const { database } = held;
  deps = await publicityDeps(database, () => clock);
  caseId = await decideACase(database, true);
  gradeId = await publishAGrade(database);
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
  app.use(
    '/public',
    actAs(() => null),
    publicPublicationRoutes({
      database,
      now: deps.now,
      draws: { database, terms: await loadResultTerms('rules') },
    }),
  );
  presentErrors(app, { metrics });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/public`;
}, 60_000);
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await held.drop();
});

const story = {
  title: '某医院超限定频次收费案',
  facts: '某医院在2026年1月对同一项目重复收费，涉及住院病例若干。',
  handling: '责令退回医保基金，并处罚款，已全部缴清。',
  lesson: '定点医药机构应当按照规定的项目和频次收费。',
};
const desk = async (as = officer) => publicityDeskSchema.parse(await publicityDesk(deps, as));
const draftOf = (kind: PublicationKind, source: string): Draft => ({
  kind,
  source,
  story: kind === 'typical_case' ? story : null,
});
const seen = async (draft: Draft) => said(await preview(deps, draft)).preview;
/** Prepares what the preview shows. */
async function prepared(kind: PublicationKind, source: string, correct?: string): Promise<number> {
  const draft = draftOf(kind, source);
  const { sha256 } = await seen(draft);
  const given: Prepare =
    correct === undefined
      ? { ...draft, action: 'publish', sha256 }
      : { ...draft, action: 'correct', sha256, reason: correct };
  return said(await prepare(deps, officer, given)).id;
}
const why = (answer: Awaited<ReturnType<typeof prepare>>): string => (answer.ok ? '' : answer.reason.zh);
const hashOf = async (id: number) => (await desk()).waiting.find((one) => one.id === id)?.sha256 ?? null;
const decided = async (id: number, act: WaitingAct, as = leader, reason = '') =>
  decide(deps, as, id, act, { sha256: await hashOf(id), reason });
const shown = async (kind: PublicationKind): Promise<PublicItem[]> =>
  publicPageSchema.parse(await (await fetch(`${base}/publications?kind=${kind}`)).json()).items;
const fileOf = async (name: string): Promise<string> => {
  const answer = await fetch(`${base}/export/${name}`);
  expect(answer.status).toBe(200);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer());
};

describe('a penalty', () => {
  test('is due within its period, previewed, published by two, and its case knows of it', async () => {
    const due = (await desk()).due.find(({ kind }) => kind === 'penalty');
    // Seven working days after the decision of Monday, 2 March.
    expect(due).toMatchObject({ source: String(caseId), action: 'publish', last_day: '2026-03-11' });
    expect(due?.is_late).toBe(false);
    clock = '2026-03-12 00:00:00';
    expect((await desk()).due.find(({ kind }) => kind === 'penalty')?.is_late).toBe(true);

    const { document } = await seen(draftOf('penalty', String(caseId)));
    expect(document).toEqual({
      kind: 'penalty',
      decision_no: expect.stringContaining('罚决'),
      party: { kind: 'institution', code: hospital, name: null },
      cause: '违反医疗保障基金使用规定',
      conduct: '重复收费、超标准收费、分解项目收费',
      basis: '《医疗保障基金使用监督管理条例》第三十八条',
      decided_on: '2026-03-02',
      area: '330702',
      refund_fen: 3_050,
      fine_fen: 3_050,
      suspension_months: 0,
      ends_agreement: false,
    });
    // Nothing that people wrote, and nobody who took part.
    expect(JSON.stringify(document)).not.toMatch(/张三|wang|ju|S\d+|P-S/);

    const id = await prepared('penalty', String(caseId));
    expect(await shown('penalty')).toEqual([]);
    expect((await desk()).due.some(({ kind }) => kind === 'penalty')).toBe(false);
    const mine = (await desk()).waiting.find((one) => one.id === id);
    expect(mine?.document).toEqual(document);
    expect(mine?.refusals.take_back).toBeNull();
    expect(mine?.refusals.approve?.zh).toContain('权限');
    expect(why(await decided(id, 'approve', officer))).toContain('权限');
    const both = { ...leader, actor: { ...leader.actor, account: 'wang' } };
    expect(why(await decided(id, 'approve', both))).toContain('本人拟稿');
    expect(why(await decide(deps, leader, id, 'approve', { sha256: '0'.repeat(64), reason: '' }))).toContain(
      '不是这一版',
    );
    said(await decided(id, 'approve'));
    expect(why(await decided(id, 'approve'))).toContain('已有人处理');
    const [item] = await shown('penalty');
    expect(item?.document).toEqual(document);
    expect(item?.versions).toMatchObject([{ version: 1, action: 'publish', state: 'current' }]);
    const events = (await eventsOf(held.database.pool, [caseId])).get(caseId) ?? [];
    expect(caseOf(events).isPublished).toBe(true);
    expect(events.at(-1)).toMatchObject({ action: 'publish', account: 'ju', role: 'leader' });
  });

  test('is corrected only where it says something else, and withdrawn with a reason that everybody reads', async () => {
    const source = String(caseId);
    expect(
      why(
        await prepare(deps, officer, {
          ...draftOf('penalty', source),
          action: 'correct',
          sha256: (await seen(draftOf('penalty', source))).sha256,
          reason: '更正',
        }),
      ),
    ).toContain('相同');
    const withdraw: Prepare = { kind: 'penalty', source, action: 'withdraw', reason: '行政复议决定撤销' };
    const taken = said(await prepare(deps, officer, withdraw)).id;
    expect(why(await prepare(deps, officer, withdraw))).toContain('待批准');
    said(await decided(taken, 'take_back', officer));
    const sent = said(await prepare(deps, officer, withdraw)).id;
    expect(why(await decided(sent, 'reject'))).toContain('退回理由');
    said(await decided(sent, 'reject', leader, '材料不全'));
    expect((await shown('penalty'))[0]?.document).not.toBeNull();
    said(await decided(said(await prepare(deps, officer, withdraw)).id, 'approve'));
    const [item] = await shown('penalty');
    expect(item?.document).toBeNull();
    expect(item?.versions).toMatchObject([
      { version: 2, action: 'withdraw', reason: '行政复议决定撤销', state: 'withdrawn', sha256: null },
      { version: 1, action: 'publish', state: 'withdrawn' },
    ]);
    const events = (await eventsOf(held.database.pool, [caseId])).get(caseId) ?? [];
    expect(caseOf(events).isPublished).toBe(false);
    expect((await desk()).due.some(({ kind }) => kind === 'penalty')).toBe(false);
    expect(await fileOf('penalty.csv')).not.toContain(hospital);
  });
});

describe('a grade', () => {
  test('follows what those who score published, and leaves with it', async () => {
    clock = '2026-04-02 09:00:00';
    const source = `institution/${hospital}/INSTITUTION-GRADE`;
    expect((await desk()).due.find(({ kind }) => kind === 'grade')).toMatchObject({
      source,
      action: 'publish',
    });
    said(await decided(await prepared('grade', source), 'approve'));
    expect((await desk()).due.some(({ kind }) => kind === 'grade')).toBe(false);
    expect((await shown('grade'))[0]?.document).toMatchObject({
      kind: 'grade',
      party: { kind: 'institution', code: hospital },
      scheme: { code: 'INSTITUTION-GRADE', is_example: true },
      as_of: '2026-03-03',
    });
    const credit = {
      database: held.database,
      schemes: await loadSchemes('rules'),
      asOf: () => dayOf('2026-04-02') ?? 0,
    };
    said(await withdrawGrade(credit, who('xin', 'credit_officer'), gradeId, '账目有误'));
    expect((await desk()).due.find(({ kind }) => kind === 'grade')).toMatchObject({
      source,
      action: 'withdraw',
    });
    expect(
      why(
        await prepare(deps, officer, {
          ...draftOf('grade', source),
          action: 'publish',
          sha256: '0'.repeat(64),
        }),
      ),
    ).toContain('已撤回');
    const id = said(
      await prepare(deps, officer, { kind: 'grade', source, action: 'withdraw', reason: '等级已撤回' }),
    ).id;
    said(await decided(id, 'approve'));
    expect((await shown('grade'))[0]?.document).toBeNull();
  });
});

describe('a typical case', () => {
  test('is written of a closed case, without numbers of persons, and corrected by another text', async () => {
    const { closed_cases } = await desk();
    expect(closed_cases.map(({ source }) => source)).toEqual([String(caseId)]);
    const refused = async (facts: string) =>
      preview(deps, { kind: 'typical_case', source: String(caseId), story: { ...story, facts } });
    for (const facts of ['患者身份证号 33070219800101123X，多次就诊。', '联系电话 138-0013-8000，多次就诊。'])
      expect(await refused(facts)).toMatchObject({ ok: false, code: 'bad_text' });
    expect(await refused('2026-01-02 至 2026-03-04，共多收 1,234,567.89 元。')).toMatchObject({ ok: true });
    said(await decided(await prepared('typical_case', String(caseId)), 'approve'));
    const changed = { ...story, lesson: '定点医药机构应当加强内部管理，按照规定收费。' };
    const draft: Draft = { kind: 'typical_case', source: String(caseId), story: changed };
    const { sha256 } = await seen(draft);
    const { id } = said(
      await prepare(deps, officer, { ...draft, action: 'correct', sha256, reason: '补充警示' }),
    );
    said(await decided(id, 'approve'));
    const [item] = await shown('typical_case');
    expect(item?.document).toMatchObject({ lesson: changed.lesson });
    expect(item?.versions.map(({ state, reason }) => [state, reason])).toEqual([
      ['current', '补充警示'],
      ['corrected', null],
    ]);
    expect((await desk()).closed_cases).toEqual([]);
  });
});

describe('the statistics of a month', () => {
  test('are due when it is over, withhold few persons, and what would tell them', async () => {
    const { rows } = await held.database.pool.query<{ month: string; next: string }>(
      `SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
              to_char(now() AT TIME ZONE 'Asia/Shanghai' + interval '1 month', 'YYYY-MM') AS next`,
    );
    const { month = '', next = '' } = rows[0] ?? {};
    clock = `${month}-28 09:00:00`;
    expect(await preview(deps, draftOf('statistics', month))).toMatchObject({ ok: false });
    await confirmAMonth(held.database);
    clock = `${next}-02 09:00:00`;
    expect((await desk()).due.find(({ kind }) => kind === 'statistics')).toMatchObject({ source: month });
    const { document } = await seen(draftOf('statistics', month));
    if (document.kind !== 'statistics') throw new Error('not of the kind');
    const findings = document.cells.map((row) => row.map((cell) => cell.findings));
    // Two persons of the hospital, and with them what they could be calculated from. With the case, seven of its money rule.
    expect(document).toMatchObject({
      month,
      areas: ['330702', '330703'],
      classes: ['政策类', '管理类'],
      persons_min: 5,
    });
    expect(findings).toEqual([
      [null, null, 9],
      [null, null, 17],
      [16, 10, 26],
    ]);
    expect(document.cells[2]?.[2]?.amount_fen).toBe(26 * 3_050);
    said(await decided(await prepared('statistics', month), 'approve'));
    // Corrected when more is known.
    await confirmFindings(held.database, neighbour, 'FW-STAY-SPLIT', 1);
    const few = draftOf('statistics', month);
    const { sha256 } = await seen(few);
    expect(
      why(await prepare(deps, officer, { ...few, action: 'correct', sha256, reason: '补录' })),
    ).toContain('相减');
    await confirmFindings(held.database, neighbour, 'FW-STAY-SPLIT', 4);
    said(await decided(await prepared('statistics', month, '补录'), 'approve'));
    expect((await shown('statistics'))[0]?.versions.map(({ version }) => version)).toEqual([2, 1]);
  });
});

describe('files for everybody', () => {
  test('are CSV for spreadsheets and JSON, of every kind', async () => {
    for (const kind of ['draws', 'results', 'penalty', 'grade', 'typical_case', 'statistics']) {
      const csv = await fileOf(`${kind}.csv`);
      expect(csv.startsWith('\uFEFF')).toBe(true);
      const table: unknown = parse(csv, { bom: true });
      expect(Array.isArray(table) && table.length > 0).toBe(true);
      expect(JSON.parse(await fileOf(`${kind}.json`))).toMatchObject({ kind });
    }
    const statistics = await fileOf('statistics.csv');
    expect(statistics).toContain('不公开');
    expect(statistics).not.toMatch(/P-S|类,2,/);
    expect((await fetch(`${base}/export/secrets.csv`)).status).toBe(404);
  });
});

describe('the database itself', () => {
  test('lets nobody change, remove, or publish alone', async () => {
    const { pool } = held.database;
    for (const sql of [
      "UPDATE publication SET source = 'x'",
      'DELETE FROM publication',
      'DELETE FROM publication_version',
      "UPDATE publication_version SET document = 'x'",
      "UPDATE publication_version SET outcome = 'rejected' WHERE outcome = 'approved'",
      `INSERT INTO publication_version (publication_id, action, title, document, sha256, account)
       SELECT id, 'publish', 'x', 'x', repeat('0', 64), 'x' FROM publication LIMIT 1`,
      `INSERT INTO publication_version (publication_id, action, title, document, sha256, account, outcome, decided_by, decided_at, decided_reason)
       SELECT id, 'publish', 'x', 'x', encode(sha256('x'), 'hex'), 'x', 'approved', 'x', now(), '' FROM publication LIMIT 1`,
    ])
      await expect(pool.query(sql), sql).rejects.toThrow(/append-only|never changed|violates/);
    const { rows } = await pool.query<{ kind: string }>(
      `SELECT DISTINCT kind FROM audit_event WHERE kind LIKE 'publicity.%' ORDER BY kind`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'publicity.approved',
      'publicity.prepared',
      'publicity.rejected',
      'publicity.taken_back',
    ]);
  });

  test('shows those who correct what waits', async () => {
    const { items } = publishedPageSchema.parse(await publishedPage(deps, 'typical_case', 1));
    expect(items).toMatchObject([{ source: String(caseId), title: story.title, is_waiting: false }]);
  });
});
