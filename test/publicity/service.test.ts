/** Publications on a real database: prepared by one, approved by another, corrected, withdrawn, and what the database itself refuses. */
import type { Server } from 'node:http';
import { parse } from 'csv-parse/sync';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withdrawGrade } from '../../src/credit/service.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { caseOf } from '../../src/cases/case-of.ts';
import { eventsOf } from '../../src/cases/store.ts';
import { evidenceOf } from '../../src/cases/store.ts';
import { loadResultTerms, proposeObjects } from '../../src/inspection/service.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { everything, sightOf } from '../../src/people/sight.ts';
import { loadAreaNames } from '../../src/people/areas.ts';
import { dayOf } from '../../src/platform/civil.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
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
import {
  answerInfo,
  base64Of,
  bytesOfBase64,
  hashText,
  newKeyPair,
  newReceipt,
  openText,
  publicKeyBytes,
  publicKeyText,
  receiptKeys,
  sealText,
  tipInfo,
} from '../../src/publicity/seal-contract.ts';
import { openFile, sealFile, tipFilesMax } from '../../src/publicity/tip-file-contract.ts';
import {
  tipAnswersSchema,
  tipDetailSchema,
  tipFormSchema,
  tipFileTakenSchema,
  tipsPageSchema,
  tipStepSchema,
  tipTakenSchema,
} from '../../src/publicity/tips-contract.ts';
import { termOn } from '../../src/publicity/terms.ts';
import { publicTipRoutes } from '../../src/publicity/tips-routes.ts';
import {
  actOnTip,
  openReferral,
  referrals,
  setKey,
  takeTip,
  takeTipFile,
  tipDetail,
  tipFile,
  tipForm,
  tipsPage,
} from '../../src/publicity/tips-service.ts';
import { raisedByDay } from '../../src/publicity/tips-store.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs } from '../support/people.ts';
import { pdfOf } from '../support/pictures.ts';
import {
  confirmAMonth,
  confirmFindings,
  decideACase,
  hospital,
  leadCase,
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
const logged: string[] = [];
let gradeId = 0;
const metrics = createMetrics('test');

beforeAll(async () => {
  held = await createTestDatabase();
  const { database } = held;
  deps = await publicityDeps(held, () => clock);
  caseId = await decideACase(held, true);
  gradeId = await publishAGrade(database);
  const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) });
  const app = createHttpApp({ log, metrics });
  app.use(
    '/public',
    actAs(() => null),
    publicPublicationRoutes({
      database,
      now: deps.now,
      draws: { database, terms: await loadResultTerms('rules') },
      areas: await loadAreaNames('rules'),
    }),
    publicTipRoutes(deps),
  );
  presentErrors(app, { metrics });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/public`;
});
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
const whyNot = (answer: { ok: true } | { ok: false; reason: { zh: string } }): string =>
  answer.ok ? '' : answer.reason.zh;
function known(claim: ReturnType<typeof claimOf>) {
  const result = canonicalClaim(claim, asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result;
}
function newFailure(text: string): never {
  throw new Error(text);
}
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
    for (const kind of ['draws', 'results', 'checks', 'penalty', 'grade', 'typical_case', 'statistics']) {
      const csv = await fileOf(`${kind}.csv`);
      expect(csv.startsWith('\uFEFF')).toBe(true);
      const table: unknown = parse(csv, { bom: true });
      expect(Array.isArray(table) && table.length > 0).toBe(true);
      expect(JSON.parse(await fileOf(`${kind}.json`))).toMatchObject({ kind });
    }
    // Of an area: its rows of what was published, and nothing else.
    const within = async (area: string) =>
      publicPageSchema.parse(await (await fetch(`${base}/publications?kind=statistics&area=${area}`)).json());
    expect(await within('440300')).toMatchObject({ total: 0, items: [], areas: ['330702', '330703'] });
    const [one] = (await within('330703')).items;
    expect(one?.document).toMatchObject({ areas: ['330703'], cells: [[{}, {}, {}]] });
    const [whole] = (await within('330700')).items;
    expect(whole).toEqual((await shown('statistics'))[0]);
    expect(await fileOf('statistics.csv?area=330702')).not.toContain('330703');
    expect(await fileOf('statistics.csv?area=330702')).toContain('330702,金华市婺城区,');
    expect(await fileOf('penalty.csv?area=330703')).not.toContain(hospital);
    expect((await fetch(`${base}/export/penalty.csv?area=33`)).status).toBe(400);
    const statistics = await fileOf('statistics.csv');
    expect(statistics).toContain('不公开');
    expect(statistics).not.toMatch(/P-S|类,2,/);
    expect((await fetch(`${base}/export/secrets.csv`)).status).toBe(404);
  });
});

describe('a tip', () => {
  const secret = '我是药房员工王小明，电话 13800138000。本院每月把已出院的病人继续挂床。';
  const content = {
    what: secret,
    where: '示例医院',
    when: '2026年1月以来',
    name: '王小明',
    contact: '13800138000',
    is_insider: true,
  };
  const tips = who('shen', 'tip_office');
  const office = newKeyPair();
  const post = async (path: string, body: unknown): Promise<Response> =>
    fetch(`${base}/tips${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'a browser of the pharmacy' },
      body: JSON.stringify(body),
    });
  const code = newReceipt();
  const receipt = receiptKeys(code) ?? newFailure('no receipt');
  const answers = async () =>
    tipAnswersSchema.parse(await (await post('/answers', { token: receipt.token })).json());
  let id = 0;
  const detail = async () => tipDetailSchema.parse(await tipDetail(deps, tips, id));
  const act = async (step: Record<string, unknown>) => {
    const { revision } = await detail();
    return actOnTip(deps, tips, id, tipStepSchema.parse({ answer: null, ...step, revision }));
  };
  const answered = async (text: string): Promise<string> =>
    base64Of(await sealText(publicKeyBytes((await detail()).reply_key), answerInfo, text));

  test('is taken sealed, with nothing that tells where it came from', async () => {
    clock = '2026-03-02 09:00:00';
    const asked = async () => tipFormSchema.parse(await (await fetch(`${base}/tips/form`)).json());
    expect((await asked()).key).toBeNull();
    said(await setKey(deps, tips, publicKeyText(office)));
    expect(whyNot(await setKey(deps, tips, publicKeyText(office)))).toContain('登记过');
    const form = await asked();
    expect(form).toMatchObject({ acceptance: { value: 15, unit: 'WORKDAY' }, reward: { min_fen: 20_000 } });
    const file = await sealFile(office.publicKey, { name: '挂床名单.pdf', content: pdfOf('挂床') });
    const named = { ...content, files: [hashText(file)] };
    const sealed = base64Of(await sealText(office.publicKey, tipInfo, JSON.stringify(named)));
    const tip = {
      key_id: form.key?.id,
      sealed,
      receipt_sha256: receipt.receiptHash,
      reply_key: publicKeyText(receipt.keys),
    };
    expect((await post('', { ...tip, key_id: 999 })).status).toBe(409);
    expect((await post('', { ...tip, sealed: btoa('in plain') })).status).toBe(422);
    const taken = tipTakenSchema.parse(await (await post('', tip)).json());
    expect(taken).toMatchObject({
      tip_no: expect.stringMatching(/^J2026-\d{6}$/),
      received_on: '2026-03-02',
    });
    expect((await post('', tip)).status).toBe(409);
    const attach = async (token: string, bytes: Uint8Array): Promise<Response> =>
      fetch(`${base}/tips/files`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'user-agent': 'a browser of the pharmacy' },
        body: Buffer.concat([Buffer.from(token, 'hex'), bytes]),
      });
    for (let once = 0; once < 2; once += 1)
      expect(tipFileTakenSchema.parse(await (await attach(receipt.token, file)).json())).toEqual({
        files: 1,
      });
    expect((await attach('0'.repeat(64), file)).status).toBe(404);
    expect((await attach(receipt.token, Buffer.from('short'))).status).toBe(422);

    // A dump of everything that the server keeps, and everything that it logged.
    const { rows } = await held.database.pool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const dump = await Promise.all(
      rows.map(async ({ name }) =>
        JSON.stringify((await held.database.pool.query(`SELECT * FROM "${name}"`)).rows),
      ),
    );
    const all = dump.join('\n') + logged.join('');
    for (const trace of [
      '127.0.0.1',
      'a browser of the pharmacy',
      '王小明',
      '13800138000',
      '挂床',
      '%PDF',
      receipt.token,
      code,
    ])
      expect(all.includes(trace), trace).toBe(false);
    expect(all).toContain(receipt.receiptHash);
    expect(logged.join('')).toContain('/tips');
    const page = tipsPageSchema.parse(await tipsPage(deps, { page: 1 }));
    expect(page.tips).toMatchObject([{ state: 'received', due: { last_day: '2026-03-23', is_late: false } }]);
    id = page.tips[0]?.id ?? 0;
    const { sealed: kept, files } = await detail();
    expect(JSON.parse((await openText(office, tipInfo, bytesOfBase64(kept))) ?? '')).toEqual(named);
    expect(files).toEqual([{ no: 1, bytes: file.length, sha256: hashText(file) }]);
    const opened = await openFile(office, (await tipFile(deps, tips, id, 1)) ?? new Uint8Array());
    expect([opened?.name, Buffer.from(opened?.content ?? [])]).toEqual(['挂床名单.pdf', pdfOf('挂床')]);
    expect(await tipFile(deps, tips, id, 2)).toBeNull();
    for (let no = 2; no <= tipFilesMax; no += 1)
      expect((await attach(receipt.token, Buffer.alloc(200, no))).status).toBe(200);
    expect(
      whyNot(await takeTipFile(deps, Buffer.concat([Buffer.from(receipt.token, 'hex'), Buffer.alloc(99)]))),
    ).toContain('最多 5');
    // Many at once are told to come back.
    const later = await Promise.all(Array.from({ length: 6 }, () => post('', tip)));
    expect(later.some(({ status }) => status === 429)).toBe(true);
  });

  test('leaves its files behind when those of all tips reach the limit of the day, not itself', async () => {
    const before = clock;
    clock = '2026-03-03 20:00:00';
    const { value } = termOn(deps.terms, 'tip_files_day', '', '2026-03-03');
    const fileBytes = 300;
    // Room for two and a half.
    await held.database.pool.query('INSERT INTO tip_file_day (day, bytes) VALUES ($1, $2)', [
      '2026-03-03',
      value * 1_024 * 1_024 - 2.5 * fileBytes,
    ]);
    const tell = async (): Promise<string> => {
      const of = receiptKeys(newReceipt());
      if (of === null) throw new Error('a receipt that is none');
      const form = await tipForm(deps);
      said(
        await takeTip(deps, {
          key_id: form.key?.id ?? 0,
          sealed: base64Of(await sealText(office.publicKey, tipInfo, '{}')),
          receipt_sha256: of.receiptHash,
          reply_key: publicKeyText(of.keys),
        }),
      );
      return of.token;
    };
    const bodyOf = (token: string, no: number): Buffer<ArrayBuffer> =>
      Buffer.concat([Buffer.from(token, 'hex'), Buffer.alloc(fileBytes, no)]);
    const tokens = [await tell(), await tell(), await tell(), await tell()];
    // At once, as by several processes.
    const sent = await Promise.all(tokens.map((token, no) => takeTipFile(deps, bodyOf(token, no))));
    expect(sent.filter(({ ok }) => ok)).toHaveLength(2);
    const refused = await fetch(`${base}/tips/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: bodyOf(tokens[sent.findIndex(({ ok }) => !ok)] ?? '', 9),
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(String(4 * 3_600));
    expect(await refused.json()).toMatchObject({
      error: { code: 'tip_files_full', message: { zh: expect.stringContaining('举报电话') } },
    });
    expect(await metrics.errors.get()).toMatchObject({
      values: expect.arrayContaining([
        expect.objectContaining({ labels: { code: 'tip_files_full' }, value: 1 }),
      ]),
    });
    const another = await tell();
    clock = '2026-03-04 00:00:01';
    said(await takeTipFile(deps, bodyOf(another, 1)));
    clock = before;
  });

  test('is answered for its receipt alone', async () => {
    expect((await answers()).answers).toEqual([]);
    expect((await post('/answers', { token: '0'.repeat(64) })).status).toBe(404);
    expect(whyNot(await act({ action: 'close', is_verified: true }))).toContain('待受理');
    said(await act({ action: 'accept', answer: await answered('已受理，请补充床号。') }));
    const got = await answers();
    expect(got).toMatchObject({ state: 'accepted', due: { last_day: '2026-05-06' }, reward: null });
    const text = await openText(receipt.keys, answerInfo, bytesOfBase64(got.answers[0]?.sealed ?? ''));
    expect(text).toBe('已受理，请补充床号。');
    const another = Buffer.concat([Buffer.from(receipt.token, 'hex'), Buffer.alloc(300, 9)]);
    expect(whyNot(await takeTipFile(deps, another))).toContain('已在办理');
    const stale = tipStepSchema.parse({ action: 'answer', revision: 0, answer: await answered('迟到') });
    expect(whyNot(await actOnTip(deps, tips, id, stale))).toContain('新的进展');
  });

  test('raises its object in the proposal of a directory', async () => {
    said(await act({ action: 'raise', fixmedins_code: hospital }));
    expect(await raisedByDay(held.database.pool)).toEqual([
      { fixmedins_code: hospital, day: '2026-03-02', findings: 1 },
    ]);
    const { database } = held;
    const institution = { fixmedins_code: hospital, fixmedins_name: '示例医院' };
    await storeCanonical(held, [known(claimOf({ institution }))]);
    const proposed = async (raised: () => ReturnType<typeof raisedByDay>) =>
      proposeObjects({ database, raised }, null, () => 0);
    const [without] = await proposed(async () => []);
    const [withIt] = await proposed(() => raisedByDay(database.pool));
    expect(withIt).toEqual({ ...without, object_id: hospital, clues: (without?.clues ?? 0) + 1 });
  });

  test('becomes a case that knows its number and a summary, and brings a reward by what was decided', async () => {
    const summary = '反映该院对已出院人员继续记录床位费，请核查住院天数与床位费。';
    expect(
      whyNot(await act({ action: 'refer', fixmedins_code: hospital, summary: `${summary}13800138000` })),
    ).toContain('连续数字');
    said(await act({ action: 'refer', fixmedins_code: hospital, summary }));
    expect(whyNot(await act({ action: 'close', is_verified: true }))).toContain('尚未立为案件');
    const district = { actor: officer.actor, sight: sightOf('330703', null) };
    expect((await referrals(deps, district.sight)).items).toEqual([]);
    const { items } = await referrals(deps, everything);
    expect(items).toMatchObject([{ fixmedins_code: hospital, fixmedins_name: '示例医院', summary }]);
    const [first] = items;
    if (first === undefined) throw new Error('nothing was referred');
    expect(whyNot(await openReferral(deps, district, first.tip_id, first.seq))).toContain('没有这条');
    const caller = { actor: officer.actor, sight: everything };
    const opened = said(await openReferral(deps, caller, first.tip_id, first.seq));
    expect(whyNot(await openReferral(deps, caller, first.tip_id, first.seq))).toContain('已立为案件');
    const { rows } = await held.database.pool.query<{ text: string }>(
      'SELECT json_agg(e.detail)::text AS text FROM case_event e WHERE case_id = $1',
      [opened.id],
    );
    expect(rows[0]?.text).toContain(`"source":"tip"`);
    expect(await evidenceOf(held.database.pool, await held.vault.keys(), opened.id)).toEqual([
      { no: 1, content: `${first.tip_no}\n${summary}` },
    ]);
    said(await act({ action: 'close', is_verified: true }));
    expect((await detail()).refusals.reward?.zh).toContain('处罚决定');
    // 40,000 yuan, 3 % for a tip with direct evidence, a fifth more for an insider.
    await leadCase(held, opened.id, 4_000_000, false);
    const { rewards } = await detail();
    expect(rewards.find(({ level, is_insider }) => level === 'a' && is_insider)?.fen).toBe(144_000);
    said(await act({ action: 'reward', level: 'a', is_insider: true }));
    expect(whyNot(await act({ action: 'reward', level: 'a', is_insider: true }))).toContain('一事一奖');
  });

  test('is rewarded by two, paid by a voucher that names nobody, and counted', async () => {
    const other = who('qian', 'tip_office');
    const actBy = async (as: typeof tips, step: Record<string, unknown>) => {
      const { revision } = await detail();
      return actOnTip(deps, as, id, tipStepSchema.parse({ answer: null, ...step, revision }));
    };
    // What may still be sent back is not told.
    expect(await answers()).toMatchObject({ state: 'closed', reward: null });
    expect(whyNot(await act({ action: 'approve_reward' }))).toContain('不得审批本人');
    expect(whyNot(await act({ action: 'pay_reward', voucher: '医保奖〔2026〕1号' }))).toContain('奖励待审批');
    said(await actBy(other, { action: 'return_reward', reason: '等级过高' }));
    expect(whyNot(await actBy(other, { action: 'approve_reward' }))).toContain('已办结');
    said(await act({ action: 'reward', level: 'b', is_insider: true }));
    said(await actBy(other, { action: 'approve_reward' }));
    // 2 %, a fifth more.
    expect(await answers()).toMatchObject({
      state: 'approved',
      reward: { fen: 96_000, claim_until: '2026-05-02', state: 'approved' },
    });
    const pay = { action: 'pay_reward', revision: 0, answer: null };
    for (const voucher of ['33070219800101123X', '凭证13800138000', 'a b', '“'])
      expect(tipStepSchema.safeParse({ ...pay, voucher }).success).toBe(false);
    expect(whyNot(await act({ action: 'forgo_reward' }))).toContain('期限未到');
    const before = clock;
    clock = '2026-05-03 09:00:00';
    expect(whyNot(await act({ action: 'pay_reward', voucher: '付2026-0001' }))).toContain('视为放弃');
    clock = before;
    said(await act({ action: 'pay_reward', voucher: '付2026-0001' }));
    expect((await answers()).reward?.state).toBe('paid');
    expect((await detail()).steps.at(-1)?.detail).toEqual({ fen: 96_000, voucher: '付2026-0001' });
    expect(tipsPageSchema.parse(await tipsPage(deps, { page: 1 })).rewards).toEqual([
      {
        year: '2026',
        proposed: { count: 2, fen: 240_000 },
        approved: { count: 1, fen: 96_000 },
        paid: { count: 1, fen: 96_000 },
        forgone: { count: 0, fen: 0 },
      },
    ]);
  });
});

describe('the database itself', () => {
  test('lets nobody change, remove, or publish alone', async () => {
    const { pool } = held.database;
    for (const sql of [
      'UPDATE tip SET revision = revision + 1',
      "UPDATE tip SET reply_key = repeat('0', 64)",
      'DELETE FROM tip',
      'DELETE FROM tip_step',
      'UPDATE tip_file SET no = no',
      'DELETE FROM tip_file',
      'UPDATE tip_key SET account = account',
      'DELETE FROM tip_case',
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
      await expect(pool.query(sql), sql).rejects.toThrow(/append-only|never changed|moves on|violates/);
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
    const { items } = publishedPageSchema.parse(await publishedPage(deps, { kind: 'typical_case', page: 1 }));
    expect(items).toMatchObject([{ source: String(caseId), title: story.title, is_waiting: false }]);
  });
});
