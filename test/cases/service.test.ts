/** Cases on a real database: opened out of confirmed findings, led to the end, exported, and what the database itself refuses. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actOnAnswer, addFile, removeFile } from '../../src/cases/answer-service.ts';
import { verifyArchive } from '../../src/cases/archive.ts';
import { verifyPackage } from '../../src/cases/package.ts';
import type { CaseRole } from '../../src/cases/contract.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { review } from '../../src/cases/review-service.ts';
import {
  actOnCase,
  addEvidence,
  addEvidenceFile,
  addFinding,
  type CaseAnswer,
  type CaseCaller,
  caseDetail,
  type CaseDeps,
  caseDocuments,
  casesPage,
  exportCase,
  exportPackage,
  openCase,
  openCaseFile,
} from '../../src/cases/service.ts';
import { sha256Hex } from '../../src/cases/sha256.ts';
import { evidenceOf } from '../../src/cases/store.ts';
import {
  caseDetailSchema,
  casesPageSchema,
  casesQuerySchema,
  evidenceFileBytesMax,
} from '../../src/cases/view-contract.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { gatherFacts } from '../../src/credit/service.ts';
import { entriesOfSubject } from '../../src/credit/store.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { sightOf } from '../../src/people/sight.ts';
import { dayOf, secondOf } from '../../src/platform/civil.ts';
import { transaction } from '../../src/platform/database.ts';
import type { Finding } from '../../src/screening/contract.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea, makeAccount } from '../support/people.ts';
import { exifOf, jpegOf, pdfOf, pngOf } from '../support/pictures.ts';
import { storeCanonical } from '../support/store-claims.ts';
import { filingOf, officers, penaltyOf, procedure, reportOf } from './cases.ts';

const here = 'H33070200001';
let held: TestDatabase;
let folder = '';
let clock = '2026-03-02 09:00:00';
const deps = (): CaseDeps => ({
  database: held.database,
  vault: held.vault,
  procedure,
  now: () => secondOf(clock) ?? 0,
});

const somebody = (login: string, role: Role, area = cityArea): CaseCaller => ({
  actor: { account: login, role, area },
  sight: sightOf(area, null),
});
const wang = somebody('wang', 'case_officer');
const fa = somebody('fa', 'legal_reviewer');
const ju = somebody('ju', 'leader');

const lying = async (sql: string): Promise<Buffer[]> =>
  (await held.database.pool.query<{ content: Buffer }>(sql)).rows.map(({ content }) => content);

const idOf = (index: number): string => String(index).padStart(32, '0');
const findingOf = (index: number, changed: Partial<Finding> = {}): Finding => ({
  finding_id: idOf(index),
  rule_code: 'FW-ITEM-DAILY-LIMIT',
  rule_version: 'aaaaaaaaaaaa',
  rule_name: { zh: '超每日限定频次', en: 'Over its daily limit' },
  verdict: '违规',
  psn_no: `P${index}`,
  fixmedins_code: here,
  setl_id: `S${index}`,
  mdtrt_id: `M${index}`,
  occurred_at: '2026-01-01 09:00:00',
  amount: '30.50',
  message: { zh: '一句话', en: 'a sentence' },
  claims: [],
  lines: [{ fixmedins_code: here, setl_id: `S${index}`, feedetl_sn: '1', role: '违规项', amount: '30.50' }],
  values: { share: 0.5 },
  tree: { op: 'all', result: true, of: [] },
  engine_version: '1',
  tables: {},
  ...changed,
});

let next = 1;
/** A new finding, confirmed by a review unless it is left alone. @param before what happens to it before it is reviewed */
async function finding(
  changed: Partial<Finding> = {},
  isConfirmed = true,
  before: (id: string) => Promise<void> = async () => {},
): Promise<string> {
  const one = findingOf(next++, changed);
  await transaction(held.database, (client) =>
    writeFindings(client, [{ fixmedins_code: one.fixmedins_code, setl_id: one.setl_id }], [one]),
  );
  await before(one.finding_id);
  if (isConfirmed) {
    const li = {
      ...somebody('li', 'inspector'),
      permissions: permissionsOf('inspector', cityArea),
    };
    const done = await review(
      {
        database: held.database,
        rules: await loadReviewRules('rules'),
        asOf: () => dayOf('2026-02-01') ?? 0,
      },
      { actor: li.actor, permissions: li.permissions },
      li.sight,
      one.finding_id,
      {
        action: 'decide',
        revision: 1,
        decision: {
          outcome: 'confirmed',
          fen: 3_050,
          lines: [{ fixmedins_code: one.fixmedins_code, setl_id: one.setl_id, feedetl_sn: '1', fen: 3_050 }],
          note: '',
        },
      },
    );
    expect(done).toMatchObject({ ok: true });
  }
  return one.finding_id;
}

function idIn(done: CaseAnswer): number {
  if (!done.ok) throw new Error(done.reason.zh);
  return done.id;
}
const opened = async (): Promise<number> => idIn(await openCase(deps(), wang, [await finding()]));
const detail = async (id: number, as = wang) => {
  const found = await caseDetail(deps(), as, id);
  return found === null ? null : caseDetailSchema.parse(found);
};
const does = (
  as: CaseCaller,
  role: CaseRole,
  id: number,
  revision: number,
  command: { action: string; detail: unknown },
) => actOnCase(deps(), as, role, id, revision, command);

beforeAll(async () => {
  held = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'fundwatch-case-'));
  await makeAccount(held.database, { login: 'li', role: 'inspector' });
  await makeAccount(held.database, { login: 'wang', role: 'case_officer' });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await held.drop();
});

const reason = { reason: '理由' };

/** What the command line says of a file. */
async function verify(content: string | Buffer): Promise<{ code: number; said: string }> {
  const file = path.join(folder, 'file');
  await writeFile(file, content);
  const run = promisify(execFile)(process.execPath, ['src/cli/fundwatch.mjs', 'case', 'verify', file]);
  return run.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, said: error.stdout }),
  );
}

describe('a case', () => {
  test('is led from confirmed findings to the end, and its archive is verified by the command line', async () => {
    clock = '2026-03-02 09:00:00';
    const ids = [await finding(), await finding()];
    const id = idIn(await openCase(deps(), wang, ids));
    const penalty = penaltyOf({ refund_fen: 6_100, fine_fen: 6_100 });
    const steps: [CaseCaller, CaseRole, { action: string; detail: unknown }][] = [
      [ju, 'leader', filingOf()],
      [
        wang,
        'case_officer',
        { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 3_050, ...reason } },
      ],
      [
        wang,
        'case_officer',
        { action: 'confirm_amount', detail: { no: 2, confirmed_fen: 3_050, ...reason } },
      ],
      [wang, 'case_officer', reportOf(penalty, true)],
      [wang, 'case_officer', { action: 'submit_review', detail: {} }],
      [fa, 'legal_reviewer', { action: 'review_agree', detail: { opinion: '同意' } }],
      [wang, 'case_officer', { action: 'notify', detail: { penalty } }],
      [wang, 'case_officer', { action: 'defend', detail: { statement: '无异议' } }],
      [ju, 'leader', { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
      [ju, 'leader', { action: 'decide', detail: { kind: 'penalty', penalty, reason: '依法' } }],
      [wang, 'case_officer', { action: 'serve', detail: { way: 'direct' } }],
      [wang, 'case_officer', { action: 'pay', detail: { what: 'refund', fen: 6_100, reference: 'A1' } }],
      [wang, 'case_officer', { action: 'pay', detail: { what: 'fine', fen: 6_100, reference: 'A2' } }],
      [ju, 'leader', { action: 'close', detail: { ground: 'performed', reason: '履行完毕' } }],
    ];
    for (const [place, [as, role, command]] of steps.entries())
      expect([command.action, await does(as, role, id, place + 1, command)]).toEqual([
        command.action,
        { ok: true, id },
      ]);
    const after = await detail(id);
    expect(after).toMatchObject({
      state: 'closed',
      revision: steps.length + 1,
      amounts: { flagged_fen: 6_100, confirmed_fen: 6_100, refund_decided_fen: 6_100, recovered_fen: 6_100 },
    });
    expect(after?.name).toBe(`${here}重复收费、超标准收费、分解项目收费案`);

    const text = (await exportCase(deps(), wang, id)) ?? '';
    expect(verifyArchive(text).faults).toEqual([]);
    expect(await verify(text)).toMatchObject({ code: 0, said: expect.stringContaining('一致 / intact') });
    expect(await verify(text.replace('履行完毕', '履行完成'))).toMatchObject({
      code: 1,
      said: expect.stringContaining(`✗ events[${steps.length}]`),
    });
    // What was decided counts for the credit of its subject, once.
    const credit = {
      database: held.database,
      schemes: await loadSchemes('rules'),
      asOf: () => dayOf('2026-03-02') ?? 0,
    };
    const scorer = { account: 'xin', role: 'credit_officer', area: cityArea };
    expect(await gatherFacts(credit, scorer)).toEqual({ entered: 1, refused: 0, revoked: 0 });
    expect(await gatherFacts(credit, scorer)).toEqual({ entered: 0, refused: 0, revoked: 0 });
    const entries = await entriesOfSubject(held.database.pool, { kind: 'institution', key: here }, 10);
    expect(entries.map(({ entry }) => entry)).toMatchObject([
      {
        entry: 'fact',
        fact: 'fund_misuse_decided',
        basis: 'case_decision',
        value: 6_100,
        event: after?.case_no,
        day: '2026-03-02',
      },
    ]);

    const { rows } = await held.database.pool.query<{ kind: string }>(
      `SELECT DISTINCT kind FROM audit_event WHERE kind LIKE 'cases.%' ORDER BY kind`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['cases.acted', 'cases.exported', 'cases.opened']);
  });

  test('goes to the police and to a discipline body with packages that stay the same and are verified', async () => {
    clock = '2026-03-02 09:00:00';
    const id = await opened();
    const acts: [CaseCaller, CaseRole, { action: string; detail: unknown }][] = [
      [
        wang,
        'case_officer',
        { action: 'propose_police', detail: { crime: 'fraud', group: officers, ...reason } },
      ],
      [ju, 'leader', { action: 'approve_police', detail: reason }],
      [wang, 'case_officer', { action: 'transfer_police', detail: { to: '市公安局' } }],
      [ju, 'leader', { action: 'refer_discipline', detail: { to: '市纪委监委', ...reason } }],
    ];
    for (const [place, [as, role, command]] of acts.entries())
      expect(await does(as, role, id, place + 1, command)).toEqual({ ok: true, id });
    const packed = async (seq: number, as = wang) => (await exportPackage(deps(), as, id, seq))?.file ?? null;
    const police = (await packed(4)) ?? Buffer.alloc(0);
    // What happened since is none of its business.
    clock = '2026-03-03 09:00:00';
    const receipt = { action: 'take_police_receipt', detail: { receipt: '收1' } };
    expect(await does(wang, 'case_officer', id, 5, receipt)).toEqual({ ok: true, id });
    expect((await packed(4))?.equals(police)).toBe(true);
    expect(await verify(police)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/intact[^]*the police　市公安局/),
    });
    const changed = Buffer.from(police);
    changed[9_000] = (changed[9_000] ?? 0) ^ 1;
    expect(await verify(changed)).toMatchObject({
      code: 1,
      said: expect.stringContaining('✗ 01-涉嫌犯罪案件移送书.pdf'),
    });
    expect(verifyPackage((await packed(5)) ?? Buffer.alloc(0))).toMatchObject({
      faults: [],
      package: { kind: 'discipline' },
    });
    const whole = await exportPackage(deps(), wang, id, null);
    expect(verifyPackage(whole?.file ?? Buffer.alloc(0))).toMatchObject({
      faults: [],
      package: { kind: 'case' },
    });
    expect([await packed(3), await packed(99), await packed(4, somebody('far', 'leader', '330703'))]).toEqual(
      [null, null, null],
    );
    expect((await detail(id))?.referrals).toMatchObject([
      { seq: 4, kind: 'police', state: 'received', receipt: { text: '收1' } },
      { seq: 5, kind: 'discipline', state: 'transferred', receipt: null },
    ]);
  });

  test('takes the answer of the institution and its documents along, and gives them out verified', async () => {
    clock = '2026-03-02 09:00:00';
    const office = {
      actor: { account: 'office', role: 'institution', area: '330702' },
      permissions: permissionsOf('institution', '330702'),
    } as const;
    const own = sightOf('330702', here);
    const answers = {
      database: held.database,
      vault: held.vault,
      procedure,
      rules: await loadReviewRules('rules'),
      asOf: () => dayOf('2026-02-01') ?? 0,
    };
    const paper = pdfOf('course of the disease');
    const sha256 = sha256Hex(paper);
    const given = await finding({}, true, async (one) => {
      for (const content of [paper, pdfOf('never given')]) {
        const name = '张三病历.pdf';
        expect(await addFile(answers, office, own, one, { content, name })).toMatchObject({ ok: true });
      }
      const unwanted = sha256Hex(pdfOf('never given'));
      expect(await removeFile(answers, office, own, one, unwanted)).toMatchObject({ ok: true });
      expect(
        await actOnAnswer(answers, office, own, one, {
          action: 'come_forward',
          revision: 1,
          answer: {
            stance: 'accepted',
            statement: '已自查',
            refund: { fen: 3_050, day: '2026-02-01', reference: '退1' },
          },
        }),
      ).toMatchObject({ ok: true });
    });
    const id = idIn(await openCase(deps(), wang, [given]));
    expect((await detail(id))?.evidence[0]?.files).toEqual([
      { title: '答复材料 1', kind: 'pdf', bytes: paper.length, sha256 },
    ]);
    expect((await openCaseFile(deps(), wang, id, sha256))?.content).toEqual(paper);
    expect(await openCaseFile(deps(), wang, id, '0'.repeat(64))).toBeNull();
    expect(await openCaseFile(deps(), somebody('far', 'leader', '330703'), id, sha256)).toBeNull();
    // Neither what the institution said, nor whose course it was, lies there to be read.
    const [frozen] = await evidenceOf(held.database.pool, await held.vault.keys(), id);
    for (const word of ['已自查', given, 'FW-ITEM-DAILY-LIMIT']) expect(frozen?.content).toContain(word);
    const raw = await lying(`SELECT content FROM case_evidence WHERE case_id = ${id}
      UNION ALL SELECT name FROM finding_answer_file WHERE finding_id = '${given}'`);
    expect(raw.length).toBe(2);
    for (const lies of raw)
      for (const word of ['已自查', given, 'FW-ITEM-DAILY-LIMIT', '张三', '病历', 'pdf'])
        expect(lies.includes(word)).toBe(false);
    const { rows } = await held.database.pool.query(
      `SELECT text::json->'detail'->>'sha256' AS sha256 FROM audit_event WHERE kind = 'cases.file_opened'`,
    );
    expect(rows).toEqual([{ sha256 }]);
    const file = (await exportPackage(deps(), wang, id, null))?.file ?? Buffer.alloc(0);
    expect(await verify(file)).toMatchObject({
      code: 0,
      said: expect.stringContaining('photos and documents: 1'),
    });
    const changed = Buffer.from(file);
    const at = changed.indexOf(paper) + 12;
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await verify(changed)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`✗ files/${sha256}.pdf`),
    });
  });

  test('is opened only out of findings that are confirmed, of one institution, and in no other case', async () => {
    const reasonOf = async (ids: string[]) => {
      const done = await openCase(deps(), wang, ids);
      return done.ok ? null : done.reason.zh;
    };
    expect(await reasonOf([await finding({}, false)])).toContain('尚未经复核确认');
    expect(
      await reasonOf([await finding(), await finding({ fixmedins_code: 'H33070200002', lines: [] }, false)]),
    ).toContain('一个当事人');
    const used = await finding();
    expect(await reasonOf([used])).toBeNull();
    expect(await reasonOf([used])).toMatch(/已在案件 330702-2026-\d{6} 中/);
    expect(await reasonOf([idOf(999_999)])).toContain('没有这条疑点');
  });

  test('is one case, however many open it at once', async () => {
    const [first, second, third] = [await finding(), await finding(), await finding()];
    const done = await Promise.all(
      [[first, second], [first, third], [second, first], [first]].map((ids) => openCase(deps(), wang, ids)),
    );
    expect(done.filter(({ ok }) => ok)).toHaveLength(1);
    for (const one of done) if (!one.ok) expect(one.reason.zh).toMatch(/^结算单 .+已在案件 .+ 中$/);
  });

  test('takes findings of its institution that were confirmed later, while it takes evidence', async () => {
    clock = '2026-03-02 09:00:00';
    const [id, other] = [await opened(), await opened()];
    const adds = (to: number, revision: number, finding_id: string, as = wang) =>
      addFinding(deps(), as, to, { revision, finding_id });
    const later = await finding();
    expect(await adds(id, 1, later, somebody('far', 'case_officer', '330703'))).toMatchObject({
      code: 'not_found',
    });
    expect(await adds(id, 1, await finding({}, false))).toMatchObject({
      code: 'not_allowed',
      reason: { zh: expect.stringContaining('尚未经复核确认') },
    });
    const there = { fixmedins_code: 'H33070200002', setl_id: 'E1' };
    const elsewhere = await finding({
      ...there,
      lines: [{ ...there, feedetl_sn: '1', role: '违规项', amount: '30.50' }],
    });
    expect(await adds(id, 1, elsewhere)).toMatchObject({ reason: { zh: '一案只办一个当事人' } });
    // Two cases at once: it is a piece of one of them.
    const both = await Promise.all([adds(id, 1, later), adds(other, 1, later)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({
      reason: { zh: expect.stringContaining('已在案件') },
    });
    const to = both[0].ok ? id : other;
    expect((await detail(to))?.evidence).toMatchObject([
      { no: 1, flagged_fen: 3_050 },
      { no: 2, flagged_fen: 3_050, reviewed_fen: 3_050, finding: { finding_id: later } },
    ]);
    expect(await adds(to, 1, await finding())).toMatchObject({ code: 'changed_meanwhile' });
    expect(verifyArchive((await exportCase(deps(), wang, to)) ?? '')).toMatchObject({ faults: [] });

    expect(await does(ju, 'leader', to, 2, filingOf())).toMatchObject({ ok: true });
    // Now it has officers, and only they add to it.
    expect(await adds(to, 3, await finding(), somebody('zhao', 'case_officer'))).toMatchObject({
      reason: { zh: '您不是本案承办人' },
    });
    expect(await adds(to, 3, await finding())).toMatchObject({ ok: true });
    const rest = [1, 2, 3].map((no) => ({
      action: 'confirm_amount',
      detail: { no, confirmed_fen: 3_050, ...reason },
    }));
    for (const [place, command] of rest.entries())
      expect(await does(wang, 'case_officer', to, 4 + place, command)).toMatchObject({ ok: true });
    const penalty = penaltyOf({ refund_fen: 9_150, fine_fen: 9_150 });
    expect(await does(wang, 'case_officer', to, 7, reportOf(penalty, true))).toMatchObject({ ok: true });
    expect(await adds(to, 8, await finding())).toMatchObject({ code: 'not_allowed' });

    const page = async (fixmedins_code: string) =>
      (await casesPage(deps(), casesQuerySchema.parse({ fixmedins_code, page_size: 100 }), wang.sight)).cases;
    expect((await page(here)).map((row) => row.id)).toContain(String(to));
    expect(await page('H33070200002')).toEqual([]);
  });

  test('takes one act at a time: of two who looked at the same revision, one is told to look again', async () => {
    const id = await opened();
    const both = await Promise.all([
      does(ju, 'leader', id, 1, filingOf()),
      does(ju, 'leader', id, 1, { action: 'reject_clue', detail: reason }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ code: 'changed_meanwhile' });
  });

  test('refuses with a reason what the table or the form refuses', async () => {
    const id = await opened();
    expect(await does(wang, 'case_officer', id, 1, filingOf())).toMatchObject({ code: 'not_allowed' });
    expect(await does(ju, 'leader', id, 1, { action: 'file', detail: {} })).toMatchObject({
      code: 'bad_act',
    });
    expect(await does(ju, 'leader', id, 1, { action: 'fly', detail: {} })).toMatchObject({ code: 'bad_act' });
    const officer = await detail(id);
    expect(officer?.offers.find(({ action }) => action === 'file')?.refused?.zh).toContain('负责人');
    expect((await detail(id, ju))?.offers.find(({ action }) => action === 'file')?.refused).toBeNull();
    expect((await detail(id, somebody('au', 'auditor')))?.offers).toEqual([]);
    expect(officer?.evidence.map((piece) => piece.reviewed_fen)).toEqual(
      officer?.evidence.map((piece) => piece.flagged_fen),
    );
    const causes = officer?.causes.map(({ item }) => item) ?? [];
    expect([causes.includes(13), causes.includes(1), causes.includes(27)]).toEqual([true, false, false]);
  });

  test('takes as officers those who can act: accounts of the staff that are in use', async () => {
    const id = await opened();
    await makeAccount(held.database, { login: 'clerk', role: 'institution', fixmedinsCode: here });
    for (const account of ['wangg', 'clerk']) {
      const named = officers.map((one, place) => (place === 0 ? { ...one, account } : one));
      expect(await does(ju, 'leader', id, 1, filingOf({ officers: named }))).toMatchObject({
        code: 'not_allowed',
        reason: { zh: expect.stringContaining(`“${account}”不是在用的工作人员账号`) },
      });
      const propose = { action: 'propose_police', detail: { crime: 'fraud', group: named, ...reason } };
      expect(await does(wang, 'case_officer', id, 1, propose)).toMatchObject({ code: 'not_allowed' });
    }
    expect(await does(ju, 'leader', id, 1, filingOf())).toMatchObject({ ok: true });
  });

  test('names the institution as its claims do, and the rule of what was frozen, where they are known', async () => {
    const named = 'H33070200077';
    const read = canonicalClaim(
      claimOf({ institution: { fixmedins_code: named, fixmedins_name: '金华市某医院' } }),
      dayOf('2026-06-01') ?? 0,
    );
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    await storeCanonical(held, [read]);
    const id = idIn(
      await openCase(deps(), wang, [
        await finding({
          fixmedins_code: named,
          setl_id: 'S1',
          lines: [{ fixmedins_code: named, setl_id: 'S1', feedetl_sn: '1', role: '违规项', amount: '30.50' }],
        }),
      ]),
    );
    await addEvidence(deps(), wang, id, {
      revision: 1,
      kind: 'statement',
      title: '询问笔录',
      source: '询问',
      flagged_fen: 0,
      content: '文字',
    });
    const found = await detail(id);
    expect(found).toMatchObject({ subject: { key: named }, subject_name: '金华市某医院' });
    expect(found?.evidence.map(({ title, rule_name }) => [title, rule_name?.en])).toEqual([
      ['FW-ITEM-DAILY-LIMIT S1', 'Over its daily limit'],
      ['询问笔录', undefined],
    ]);
    expect(await does(ju, 'leader', id, 2, filingOf())).toMatchObject({ ok: true });
    expect((await detail(id))?.name).toBe(`金华市某医院（${named}）涉嫌重复收费、超标准收费、分解项目收费案`);
    const unknown = await opened();
    const { cases } = casesPageSchema.parse(
      await casesPage(deps(), casesQuerySchema.parse({}), sightOf(cityArea, null)),
    );
    const nameOf = (of: number) => cases.find((one) => one.id === String(of))?.subject_name;
    expect([nameOf(id), nameOf(unknown)]).toEqual(['金华市某医院', null]);
  });

  test('keeps the name that was stated when it was filed, whatever claims state later, and gives it out verified', async () => {
    const code = 'H33070200078';
    const stateName = async (fixmedins_name: string, setl_id: string): Promise<void> => {
      const claim = claimOf({ setl_id, institution: { fixmedins_code: code, fixmedins_name } });
      const read = canonicalClaim(claim, dayOf('2026-06-01') ?? 0);
      if (!read.ok) throw new Error(JSON.stringify(read.issues));
      await storeCanonical(held, [read]);
    };
    const clue = async (setl_id: string): Promise<number> => {
      const line = {
        fixmedins_code: code,
        setl_id,
        feedetl_sn: '1',
        role: '违规项' as const,
        amount: '30.50',
      };
      return idIn(
        await openCase(deps(), wang, [await finding({ fixmedins_code: code, setl_id, lines: [line] })]),
      );
    };
    const [filed, decided] = [await clue('S1'), await clue('S2')];
    await stateName('旧名医院', 'N1');
    // What claims state is offered, and officers correct it.
    expect((await detail(filed))?.subject_name).toBe('旧名医院');
    const stated = { party_name: '金华市正名医院' };
    expect(await does(ju, 'leader', filed, 1, filingOf(stated))).toEqual({ ok: true, id: filed });
    const penalty = penaltyOf({ refund_fen: 3_050, fine_fen: 3_050 });
    const onTheSpot = { action: 'decide_summary', detail: { penalty, officers, reason: '当场', ...stated } };
    expect(await does(wang, 'case_officer', decided, 1, onTheSpot)).toEqual({ ok: true, id: decided });
    await stateName('新名医院', 'N2');
    for (const id of [filed, decided]) {
      expect((await detail(id))?.subject_name).toBe('金华市正名医院');
      const { documents = [] } = (await caseDocuments(deps(), wang.sight, id)) ?? {};
      const lines = documents.flatMap((one) => one.lines).join('\n');
      expect(lines).toContain(`当事人：金华市正名医院（${code}）`);
      expect(lines).not.toMatch(/旧名|新名/);
      const text = (await exportCase(deps(), wang, id)) ?? '';
      expect(await verify(text)).toMatchObject({ code: 0 });
      expect(await verify(text.replace('正名医院', '改名医院'))).toMatchObject({
        code: 1,
        said: expect.stringContaining('✗ events[1]'),
      });
      const whole = await exportPackage(deps(), wang, id, null);
      expect(verifyPackage(whole?.file ?? Buffer.alloc(0)).faults).toEqual([]);
    }
    const { cases } = casesPageSchema.parse(
      await casesPage(deps(), casesQuerySchema.parse({}), sightOf(cityArea, null)),
    );
    expect(
      cases.filter(({ subject }) => subject.key === code).map(({ subject_name }) => subject_name),
    ).toEqual(['金华市正名医院', '金华市正名医院']);
  });

  test('is seen by its district and the city, and shows the period that ends first', async () => {
    clock = '2026-02-06 09:00:00';
    const id = await opened();
    const listed = async (area: string) =>
      casesPageSchema
        .parse(await casesPage(deps(), casesQuerySchema.parse({}), sightOf(area, null)))
        .cases.find((one) => one.id === String(id));
    expect((await listed(cityArea))?.next).toMatchObject({ code: 'verification', last_day: '2026-03-05' });
    expect(await listed('330702')).toBeDefined();
    expect(await listed('330703')).toBeUndefined();
    expect(await detail(id, somebody('far', 'case_officer', '330703'))).toBeNull();
    expect(await does(somebody('far', 'leader', '330703'), 'leader', id, 1, filingOf())).toMatchObject({
      code: 'not_found',
    });
    clock = '2026-03-06 00:00:00';
    expect((await listed(cityArea))?.next?.status).toBe('overdue');
  });

  test('keeps evidence as it came, under its hash', async () => {
    clock = '2026-03-02 09:00:00';
    const id = await opened();
    const given = {
      kind: 'documentary',
      title: '账册',
      source: '现场复制',
      flagged_fen: 100,
      content: '第一页',
    } as const;
    expect(await addEvidence(deps(), wang, id, { revision: 1, ...given })).toEqual({ ok: true, id });
    expect((await detail(id))?.evidence.map(({ no, flagged_fen }) => [no, flagged_fen])).toEqual([
      [1, 3_050],
      [2, 100],
    ]);
    expect(verifyArchive((await exportCase(deps(), wang, id)) ?? '').faults).toEqual([]);
  });

  test('takes photos, scans and PDFs as evidence: told by their bytes, sealed, hashed again, and in nobody else’s name', async () => {
    clock = '2026-03-02 09:00:00';
    const id = await opened();
    const given = { kind: 'documentary', title: '处方底册', source: '现场拍摄', flagged_fen: 0 } as const;
    const add = (sent: Buffer, revision: number, as = wang) =>
      addEvidenceFile(deps(), as, id, { ...given, revision }, sent);
    const photo = jpegOf([exifOf(6, 'MM', 'N29.1 E119.6')]);
    const bad = async (sent: Buffer): Promise<string> => {
      const done = await add(sent, 1);
      return done.ok || done.code !== 'bad_file' ? 'taken' : done.reason.zh;
    };
    expect(await bad(Buffer.from('GIF89a'))).toContain('只接受 JPG、PNG、PDF');
    expect(await bad(photo.subarray(0, -2))).toContain('不完整');
    expect(await bad(Buffer.alloc(0))).toContain('空');
    expect(await bad(Buffer.alloc(evidenceFileBytesMax + 1))).toContain('不得超过 20 MB');
    expect((await detail(id))?.revision).toBe(1);

    for (const [place, sent] of [photo, pngOf(), pdfOf('张三的病历')].entries())
      expect(await add(sent, place + 1)).toEqual({ ok: true, id });
    expect(await add(photo, 3)).toMatchObject({ code: 'changed_meanwhile' });
    expect(await add(photo, 4)).toMatchObject({ code: 'bad_file', reason: { zh: '该文件已是证据 2' } });
    expect(await add(pdfOf('other'), 4, somebody('far', 'case_officer', '330703'))).toMatchObject({
      code: 'not_found',
    });

    const pieces = (await detail(id))?.evidence.slice(1) ?? [];
    expect(pieces.map(({ no, title, files }) => [no, title, files?.map(({ kind }) => kind)])).toEqual([
      [2, '处方底册', ['jpeg']],
      [3, '处方底册', ['png']],
      [4, '处方底册', ['pdf']],
    ]);
    expect(pieces.map(({ custody }) => custody.map(({ account }) => account))).toEqual([
      ['wang'],
      ['wang'],
      ['wang'],
    ]);
    const hashes = pieces.flatMap(({ files = [] }) => files.map(({ sha256 }) => sha256));
    const kept = await openCaseFile(deps(), wang, id, hashes[0] ?? '');
    expect(kept?.content.includes('N29.1')).toBe(false);
    expect(sha256Hex(kept?.content ?? '')).toBe(hashes[0]);
    const [, frozen] = await evidenceOf(held.database.pool, await held.vault.keys(), id);
    expect(frozen?.content).toContain(hashes[0]);
    expect(frozen?.content).toContain(sha256Hex(photo));

    const raw = await lying(`SELECT content FROM stored_file WHERE sha256 = '${hashes[2]}'
      UNION ALL SELECT content FROM case_evidence WHERE case_id = ${id} AND no > 1`);
    expect(raw).toHaveLength(4);
    for (const lies of raw)
      for (const word of ['张三', 'PDF', ...hashes]) expect(lies.includes(word)).toBe(false);
    const { rows } = await held.database.pool.query(
      `SELECT text::json->'detail'->>'sha256' AS sha256 FROM audit_event WHERE kind = 'cases.file_added' ORDER BY seq`,
    );
    expect(rows).toEqual(hashes.map((sha256) => ({ sha256 })));
    expect(verifyArchive((await exportCase(deps(), wang, id)) ?? '').faults).toEqual([]);
    const packed = (await exportPackage(deps(), wang, id, null))?.file ?? Buffer.alloc(0);
    expect(verifyPackage(packed)).toMatchObject({
      faults: [],
      package: { files: { enclosed: 3, left_out: 0 } },
    });

    await does(ju, 'leader', id, 4, filingOf());
    expect(await add(pdfOf('of a stranger'), 5, somebody('zhao', 'case_officer'))).toMatchObject({
      code: 'not_allowed',
      reason: { zh: '您不是本案承办人' },
    });
    const over = await opened();
    expect(await does(ju, 'leader', over, 1, { action: 'reject_clue', detail: reason })).toMatchObject({
      ok: true,
    });
    const before = (await lying('SELECT content FROM stored_file')).length;
    const late = await addEvidenceFile(deps(), wang, over, { ...given, revision: 2 }, pdfOf('late'));
    expect(late).toMatchObject({ code: 'not_allowed' });
    expect(late.ok ? '' : late.reason.zh).toBe('“补充证据”不能在“不予立案”阶段进行');
    expect((await lying('SELECT content FROM stored_file')).length).toBe(before);
  });

  test('the database itself lets nobody change, remove, skip or forge', async () => {
    const id = await opened();
    const { pool } = held.database;
    for (const sql of [
      `UPDATE case_event SET account = 'x' WHERE case_id = ${id}`,
      `DELETE FROM case_event WHERE case_id = ${id}`,
      `UPDATE case_evidence SET content = 'x' WHERE case_id = ${id}`,
      `DELETE FROM case_file WHERE id = ${id}`,
      `UPDATE case_file SET revision = revision + 2 WHERE id = ${id}`,
      `UPDATE case_file SET revision = revision + 1, state = 'closed' WHERE id = ${id}`,
      `UPDATE case_file SET revision = revision + 1, subject_key = 'x' WHERE id = ${id}`,
      `INSERT INTO case_evidence (case_id, no, sha256, content) VALUES (${id}, 9, repeat('0', 64), 'x')`,
      `SELECT set_config('fundwatch.seal_anew', 'on', false); UPDATE case_evidence SET sha256 = repeat('0', 64) WHERE case_id = ${id}`,
      `INSERT INTO case_event (case_id, seq, action, account, role, at, detail, hash)
       VALUES (${id}, 2, 'open', 'x', 'leader', '2026-01-01 00:00:00', '{}', repeat('0', 64))`,
    ])
      await expect(pool.query(sql), sql).rejects.toThrow(/append-only|moves on|violates|without the event/);
  });
});
