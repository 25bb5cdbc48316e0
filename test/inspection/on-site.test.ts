/** Checks on the spot on a real database: from a draw or a plan to the signed record, and back into results, cases and credit. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evidenceOf } from '../../src/cases/store.ts';
import { verifyPackage } from '../../src/cases/package.ts';
import { caseDetail, exportPackage } from '../../src/cases/service.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { gatherFacts } from '../../src/credit/service.ts';
import { entriesOfSubject } from '../../src/credit/store.ts';
import { directoryKinds } from '../../src/inspection/draws-contract.ts';
import type { Conclusion, PartyGiven, Verdict } from '../../src/inspection/on-site-contract.ts';
import {
  recordFileSchema,
  taskDetailSchema,
  tasksPageSchema,
  tasksQuerySchema,
} from '../../src/inspection/on-site-contract.ts';
import { recordHash, signedHash } from '../../src/inspection/on-site-record.ts';
import {
  addPhoto,
  concludeTask,
  factsOfChecks,
  openClueOfTask,
  reopenRecord,
  saveAnswers,
  signParty,
  signRecord,
  startTask,
  takePhotoOff,
} from '../../src/inspection/on-site-service.ts';
import {
  commitDraw,
  type DrawAnswer,
  drawDetail,
  giveEvidence,
  loadResultTerms,
  recordCheck,
  replaceDrawn,
  uploadDirectory,
} from '../../src/inspection/service.ts';
import { lastChecks } from '../../src/inspection/store.ts';
import {
  cancelPlannedTask,
  linkAccount,
  planTask,
  setTaskTeam,
} from '../../src/inspection/task-plan-service.ts';
import {
  documentFile,
  drawingFile,
  type OnSiteDeps,
  photoFile,
  recordFile,
  taskDetail,
  tasksPage,
} from '../../src/inspection/task-view-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything } from '../../src/people/sight.ts';
import { dayOf, formatDay, secondOf, secondsPerDay } from '../../src/platform/civil.ts';
import { instantText, secondAt, today as todayInChina } from '../../src/platform/clock.ts';
import { hashOf } from '../../src/platform/content/checked-upload.ts';
import { transaction } from '../../src/platform/database.ts';
import { publicChecksSchema } from '../../src/publicity/contract.ts';
import { checksPage } from '../../src/publicity/service.ts';
import { writeFindings } from '../../src/screening/store.ts';
import { procedure } from '../cases/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea, makeAccount } from '../support/people.ts';
import { exifOf, jpegOf, pdfOf, pngOf } from '../support/pictures.ts';
import { csvOf, expertOf, inspectorOf, listOf, objectOf, planOf } from './draws.ts';
import { findingOf, here } from './findings.ts';

const who = (login: string, role: Role): Who => ({
  actor: { account: login, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
const organiser = who('organiser', 'draw_organiser');
const other = who('other', 'draw_organiser');
const [sun, li, zhou] = [who('sun', 'inspector'), who('li', 'inspector'), who('zhou', 'inspector')];
const officer = who('officer', 'case_officer');

const dayFrom = (days: number): string => formatDay(todayInChina() + days);
const today = dayFrom(0);
const drawing = pngOf().toString('base64');
const lookOf = (sha256: string): PartyGiven => ({
  way: 'representative',
  sha256,
  name: '王院长',
  position: '负责人',
  statement: '',
  drawing,
});

let held: TestDatabase;
let deps: OnSiteDeps;
let drawId = 0;

beforeAll(async () => {
  held = await createTestDatabase();
  deps = {
    database: held.database,
    vault: held.vault,
    terms: await loadResultTerms('rules'),
    now: () => secondOf(`${today} 10:00:00`) ?? 0,
  };
  for (const { actor } of [sun, li, zhou])
    await makeAccount(held.database, { login: actor.account, role: 'inspector' });
  await makeAccount(held.database, { login: 'organiser', role: 'draw_organiser' });
  const objects = [
    objectOf(1, { object_id: here, name: '甲医院' }),
    ...listOf(5, (index) => objectOf(index + 2)),
  ].map((one) => ({ ...one, last_checked: null, exempt: null, credit_grade: 'C' }));
  const files = {
    objects: csvOf(objects),
    inspectors: csvOf(listOf(4, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' }))),
    experts: csvOf([expertOf(0, { recused_from: [objectOf(3).object_id] }), expertOf(1)]),
  };
  for (const kind of directoryKinds) {
    const kept = await uploadDirectory(deps, organiser, {
      kind,
      file: Buffer.from(files[kind]),
      fileName: `${kind}.csv`,
      save: true,
    });
    expect(kept.issues).toEqual([]);
  }
  const findings = listOf(3, findingOf);
  await transaction(held.database, (client) =>
    writeFindings(
      client,
      findings.map(({ fixmedins_code, setl_id }) => ({ fixmedins_code, setl_id })),
      findings,
    ),
  );
});
afterAll(() => held.drop());

const idOf = (answer: DrawAnswer): number => {
  if (!answer.ok) throw new Error(answer.reason.zh);
  return answer.id;
};
const whyNot = (answer: { ok: boolean; reason?: { zh: string } }): string => answer.reason?.zh ?? '';
const detail = async (id: number, as = sun) => taskDetailSchema.parse(await taskDetail(deps, as, id));
const list = async (as: Who, query: object = {}) =>
  tasksPageSchema.parse(await tasksPage(deps, as, tasksQuerySchema.parse(query)));
const link = async (index: number, login: string | null) =>
  linkAccount(deps, organiser, inspectorOf(index).inspector_id, login);
const plan = (changed: object = {}, as: OnSiteDeps = deps) =>
  planTask(as, organiser, {
    kind: 'daily',
    object_id: here,
    inspectors: [0, 1].map((index) => inspectorOf(index).inspector_id),
    from_day: dayFrom(-3),
    due_day: dayFrom(10),
    reason: '日常检查',
    experts: [],
    ...changed,
  });

/** Every item the same, but for those that are problems. */
async function answerAll(id: number, problems: readonly string[], as = sun): Promise<void> {
  const { checklist, answers } = await detail(id, as);
  const seen = new Map(answers.map(({ item, seq }) => [item, seq]));
  const done = await saveAnswers(deps, as, id, {
    answers: (checklist?.items ?? []).map(({ code }) => {
      const verdict: Verdict = problems.includes(code) ? 'problem' : 'conform';
      const fen = verdict === 'problem' ? 12_000 : null;
      return {
        item: code,
        verdict,
        fen,
        note: fen === null ? '' : '与病历不符',
        seen: seen.get(code) ?? null,
      };
    }),
  });
  expect(whyNot(done)).toBe('');
}
const conclude = (id: number, changed: Partial<Conclusion> = {}, as = sun) =>
  concludeTask(deps, as, id, {
    checked_on: today,
    result_code: 'nothing-found',
    summary: '见各项记录',
    correction: null,
    shown_certificates: true,
    ...changed,
  });
async function signAll(id: number): Promise<void> {
  const { record_sha256 } = await detail(id);
  const sha256 = record_sha256 ?? '';
  idOf(await signRecord(deps, sun, id, sha256));
  idOf(await signRecord(deps, li, id, sha256));
  idOf(await signParty(deps, sun, id, lookOf(sha256)));
}

describe('inspectors', () => {
  test('stand for one account each, which may carry out checks', async () => {
    expect(whyNot(await link(0, 'nobody'))).toContain('没有这个账号');
    expect(whyNot(await link(0, 'organiser'))).toContain('不能执行检查');
    expect((await list(sun)).is_linked).toBe(false);
    for (const [index, { actor }] of [sun, li, zhou].entries())
      expect(whyNot(await link(index, actor.account))).toBe('');
    expect(whyNot(await link(3, 'sun'))).toContain('已对应另一名检查人员');
    expect((await list(sun)).is_linked).toBe(true);
  });
});

describe('a check beside the draw', () => {
  let id = 0;

  test('is planned for a team that can go, seen by its members, and called off with a reason', async () => {
    expect(whyNot(await plan({ inspectors: [inspectorOf(0).inspector_id, 'J9'] }))).toContain(
      '没有这名检查人员',
    );
    expect(whyNot(await plan({ object_id: 'H9' }))).toContain('没有这个检查对象');
    expect(whyNot(await plan({ due_day: dayFrom(-9) }))).toContain('截止日早于开始日');
    expect(whyNot(await plan({ experts: ['E9'] }))).toContain('没有这名专家');
    expect(whyNot(await plan({ object_id: objectOf(3).object_id, experts: ['E0'] }))).toContain('应当回避');
    id = idOf(await plan({ experts: ['E0', 'E1'] }));
    expect((await detail(id)).advisers.map(({ role }) => role)).toEqual(['expert', 'third_party']);
    expect((await list(sun)).items.map((one) => one.id)).toEqual([id]);
    expect((await list(zhou)).items).toEqual([]);
    expect((await list(zhou, { whose: 'all' })).total).toBe(1);
    // What was due before today was planned before.
    const late = { kind: 'flight', due_day: dayFrom(-1) };
    expect(whyNot(await plan(late))).toContain('截止日不能早于今天');
    const wrong = idOf(await plan(late, { ...deps, now: () => deps.now() - 2 * secondsPerDay }));
    expect((await list(sun)).items[0]).toMatchObject({ id: wrong, is_overdue: true });
    idOf(
      await setTaskTeam(deps, organiser, wrong, {
        inspectors: [1, 2].map((index) => inspectorOf(index).inspector_id),
        experts: [],
      }),
    );
    expect((await list(zhou)).items.map((one) => one.id)).toEqual([wrong]);
    idOf(await cancelPlannedTask(deps, organiser, wrong, '重复安排'));
    expect((await list(zhou)).items).toEqual([]);
    expect(whyNot(await startTask(deps, zhou, wrong))).toContain('已取消');
  });

  test('begins with what screening found there, which is not shown to who organises draws', async () => {
    expect(whyNot(await startTask(deps, zhou, id))).toBe('只有本次检查人员可以进行');
    expect(whyNot(await startTask(deps, officer, id))).toBe('只有本次检查人员可以进行');
    idOf(await startTask(deps, sun, id));
    const { checklist, state } = await detail(id);
    expect(state).toBe('open');
    expect(checklist?.items.slice(0, 2)).toMatchObject([
      { code: 'screening:FW-STAY-SPLIT', findings: { count: 1, fen: 100_000 } },
      { code: 'screening:FW-ITEM-DAILY-LIMIT', findings: { count: 2, fen: 6_100 } },
    ]);
    const hidden = await detail(id, organiser);
    expect(hidden.hidden_items).toBe(2);
    expect(JSON.stringify(hidden)).not.toContain('FW-STAY-SPLIT');
    expect(whyNot(await startTask(deps, sun, id))).toContain('检查中');
  });

  test('keeps answers, and never writes over what a colleague wrote unseen', async () => {
    const item = 'records';
    const give = (as: Who, note: string, seen: number | null) =>
      saveAnswers(deps, as, id, { answers: [{ item, verdict: 'problem', fen: 5, note, seen }] });
    const first = await give(sun, '孙', null);
    if (!first.ok) throw new Error(first.reason.zh);
    const seq = first.saved.answers[0]?.seq ?? 0;
    const second = await give(li, '李', null);
    expect(second).toMatchObject({ ok: true, saved: { conflicts: [item], answers: [{ note: '孙' }] } });
    expect(await give(li, '李', seq)).toMatchObject({ saved: { conflicts: [], answers: [{ note: '李' }] } });
    expect(
      whyNot(
        await saveAnswers(deps, sun, id, {
          answers: [{ item: 'nothing', verdict: 'conform', fen: null, note: '', seen: null }],
        }),
      ),
    ).toContain('没有这一项');
    expect(whyNot(await give(zhou, '周', null))).toBe('只有本次检查人员可以进行');
  });

  test('takes photos for what they are, without where they were taken, and lets them be taken off', async () => {
    const position = 'N30.27 E120.15';
    const sent = jpegOf([exifOf(6, 'II', position)]);
    const photo = (bytes: Buffer, item = 'records') => addPhoto(deps, sun, id, { item, sent: bytes });
    idOf(await photo(sent));
    expect(whyNot(await photo(pdfOf('x')))).toContain('只接受 JPG、PNG');
    expect(whyNot(await photo(sent.subarray(0, 40)))).toContain('不完整');
    expect(whyNot(await photo(sent, 'nothing'))).toContain('没有这一项');
    idOf(await photo(pngOf()));
    idOf(await takePhotoOff(deps, li, id, 2));
    const { photos } = await detail(id);
    expect(photos).toMatchObject([{ no: 1, item: 'records', sent_sha256: hashOf(sent) }]);
    const file = await photoFile(deps, sun, id, 1);
    expect(file?.content.includes(position)).toBe(false);
    expect(file?.sha256).toBe(photos[0]?.sha256);
    expect(await photoFile(deps, sun, id, 2)).toBeNull();
    idOf(await photo(pngOf([], [1, 2, 3])));
    expect((await detail(id)).photos.map(({ no }) => no)).toEqual([1, 3]);
  });

  test('is concluded when it is whole, opened again with a reason, and signed by two and the institution', async () => {
    expect(whyNot(await conclude(id))).toContain('未检查');
    await answerAll(id, ['records', 'screening:FW-STAY-SPLIT']);
    const correction = { until: dayFrom(20), what: '补齐病历，退回基金' };
    idOf(await conclude(id, { result_code: 'corrected', correction }));
    const first = await detail(id);
    idOf(await signRecord(deps, sun, id, first.record_sha256 ?? ''));
    expect(whyNot(await signRecord(deps, sun, id, first.record_sha256 ?? ''))).toBe('您已签字');
    expect(whyNot(await saveAnswers(deps, sun, id, { answers: [] }))).toContain('待签字');
    idOf(await reopenRecord(deps, li, id, '金额有误'));
    expect((await detail(id)).signatures).toEqual([]);
    idOf(await conclude(id, { result_code: 'corrected', correction, summary: '两项问题' }));
    const second = await detail(id);
    expect(second.record_sha256).not.toBe(first.record_sha256);
    expect(whyNot(await signRecord(deps, sun, id, first.record_sha256 ?? ''))).toContain('记录已变化');

    const sha256 = second.record_sha256 ?? '';
    idOf(await signRecord(deps, sun, id, sha256));
    expect(whyNot(await signParty(deps, sun, id, { ...lookOf(sha256), drawing: 'AAAA' }))).toContain(
      '只接受 PNG',
    );
    idOf(await signParty(deps, sun, id, lookOf(sha256)));
    expect(whyNot(await signParty(deps, li, id, lookOf(sha256)))).toContain('已签字或拒签');
    expect((await detail(id)).state).toBe('concluded');
    idOf(await signRecord(deps, li, id, sha256));
    const done = await detail(id);
    expect(done).toMatchObject({ state: 'signed', result_code: 'corrected', recheck: { state: 'planned' } });

    const file = recordFileSchema.parse(await recordFile(deps, sun, id));
    expect(recordHash(file.record)).toBe(sha256);
    expect(signedHash(file.record, file.signatures)).toBe(done.signed_sha256);
    for (const part of ['金额有误', '专家0']) expect(file.record).toContain(part);
    expect(await recordFile(deps, organiser, id)).toBeNull();
    for (const document of ['record', 'order'] as const)
      expect((await documentFile(deps, sun, id, document))?.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await documentFile(deps, organiser, id, 'record')).toBeNull();
    expect((await drawingFile(deps, id))?.content.equals(pngOf())).toBe(true);
    for (const [action, why] of [
      [signRecord(deps, sun, id, sha256), '已签字'],
      [reopenRecord(deps, sun, id, 'x'), '已签字'],
      [addPhoto(deps, sun, id, { item: 'records', sent: pngOf() }), '已签字'],
    ] as const)
      expect(whyNot(await action)).toContain(why);
    expect((await lastChecks(held.database.pool)).get(here)).toBe(today);
  });

  test('is followed by a re-check of its problems, and both reach the credit ledger once', async () => {
    const { recheck } = await detail(id);
    const again = recheck?.id ?? 0;
    expect(recheck?.due_day).toBe(formatDay((dayOf(dayFrom(20)) ?? 0) + deps.terms.recheck_days));
    expect(whyNot(await cancelPlannedTask(deps, organiser, again, 'x'))).toContain('不能取消');
    idOf(await startTask(deps, li, again));
    const { checklist } = await detail(again);
    expect(checklist?.items.map(({ code }) => code)).toEqual(['screening:FW-STAY-SPLIT', 'records']);
    await answerAll(again, []);
    idOf(await conclude(again));
    await signAll(again);
    expect((await detail(id)).recheck).toMatchObject({ state: 'signed', corrected: true });

    const credit = {
      database: held.database,
      schemes: await loadSchemes('rules'),
      asOf: () => dayOf(today) ?? 0,
      sources: [factsOfChecks(deps)],
    };
    const scorer = who('scorer', 'credit_officer');
    expect(await gatherFacts(credit, scorer.actor)).toMatchObject({ entered: 2, refused: 0 });
    expect(await gatherFacts(credit, scorer.actor)).toMatchObject({ entered: 0, refused: 0 });
    const entries = await entriesOfSubject(held.database.pool, { kind: 'institution', key: here }, 10);
    const signed = (await detail(id)).signed_sha256;
    expect(entries.map(({ entry }) => entry)).toMatchObject([
      { fact: 'inspection_problem', severity: 'serious', source: { sha256: signed } },
      { fact: 'corrected_in_time' },
    ]);
  });

  test('opens a clue in one step, with the record and its problems as evidence, once', async () => {
    expect(whyNot(await openClueOfTask(deps, sun, id))).toBe('线索由办案人员登记');
    idOf(await openClueOfTask(deps, officer, id));
    expect(whyNot(await openClueOfTask(deps, officer, id))).toBe('已登记线索');
    const { case_id, signed_sha256 } = await detail(id);
    const opened = await caseDetail(
      { database: held.database, procedure, now: deps.now },
      { actor: officer.actor, sight: everything },
      case_id ?? 0,
    );
    const files = opened?.evidence.map((piece) => piece.files?.map(({ title }) => title));
    expect(files).toEqual([['现场照片 1', '现场照片 3', '手写签名'], undefined, undefined]);
    const packed = await exportPackage(
      { database: held.database, vault: held.vault, procedure },
      { actor: officer.actor, sight: everything },
      case_id ?? 0,
      null,
    );
    const found = verifyPackage(packed?.file ?? Buffer.alloc(0));
    expect([found.faults, found.package?.files]).toEqual([[], { enclosed: 3, left_out: 0 }]);
    expect(opened).toMatchObject({
      state: 'clue',
      subject: { kind: 'institution', key: here },
      amounts: { flagged_fen: 24_000 },
      evidence: [
        { kind: 'inspection_record', title: '现场检查记录', source: `现场检查 ${id}` },
        { title: '分解住院', flagged_fen: 12_000 },
        { flagged_fen: 12_000 },
      ],
    });
    const [record] = await evidenceOf(held.database.pool, await held.vault.keys(), case_id ?? 0);
    expect(record?.content).toContain(signed_sha256);
  });

  test('is public when it is done, and overdue before; what nobody was to know of stays without its object', async () => {
    const shown = async (days: number, area?: string) => {
      const page = await checksPage(
        {
          database: held.database,
          now: () => deps.now() + days * 86_400,
          results: deps.terms,
        },
        { area, page: 1 },
      );
      return publicChecksSchema.parse(page);
    };
    const today = await shown(0);
    expect(today.items.find((one) => one.id === id)).toMatchObject({
      kind: 'daily',
      party: { kind: 'institution', code: here, name: '甲医院' },
      result: { zh: '已责令改正' },
      overdue: false,
    });
    const secret = idOf(await plan({ kind: 'flight', object_id: objectOf(4).object_id }));
    expect((await shown(0)).items.some((one) => one.id === secret)).toBe(false);
    const late = await shown(60);
    expect(late.items.find((one) => one.id === secret)).toMatchObject({
      party: null,
      area: null,
      overdue: true,
    });
    expect(JSON.stringify(late)).not.toContain(objectOf(4).object_id);
    expect(late.total).toBe(late.items.length);
    const { admdvs } = (await detail(id)).object;
    expect(today.areas).toContain(admdvs);
    expect((await shown(60, admdvs)).items.every((one) => one.area === admdvs)).toBe(true);
    expect((await shown(60, admdvs)).items.some((one) => one.id === id)).toBe(true);
    expect((await shown(60, '440300')).total).toBe(0);
    idOf(await cancelPlannedTask(deps, organiser, secret, '不再需要'));
    expect((await shown(60)).items.some((one) => one.id === secret)).toBe(false);
  });

  test('in which nobody wants to sign is signed by a witness who is no inspector', async () => {
    const refused = idOf(await plan({ kind: 'special', object_id: objectOf(3).object_id }));
    idOf(await startTask(deps, sun, refused));
    await answerAll(refused, []);
    idOf(await conclude(refused, { result_code: 'refused' }));
    const sha256 = (await detail(refused)).record_sha256 ?? '';
    const given = { way: 'refusal', sha256, reason: '不认可', witness_unit: '社区居委会', drawing } as const;
    expect(whyNot(await signParty(deps, sun, refused, { ...given, witness: '检查员0' }))).toContain(
      '见证人不能是',
    );
    idOf(await signParty(deps, sun, refused, { ...given, witness: '张三' }));
    for (const as of [sun, li]) idOf(await signRecord(deps, as, refused, sha256));
    const signed = await detail(refused);
    expect(signed).toMatchObject({ state: 'signed', case_id: null });
    // Two inspectors and the witness, by the clock that was given.
    expect(signed.signatures.map(({ at }) => at)).toEqual(listOf(3, () => `${today}T02:00:00.000Z`));
  });
});

describe('what was drawn', () => {
  test('becomes a task for its team, follows replacements, and stands still once the check has begun', async () => {
    const heldAt = instantText(deps.now() + 3_600);
    const then = { ...deps, now: () => secondAt(Date.parse(heldAt)) + 1 };
    const draw = idOf(
      await commitDraw(deps, organiser, {
        plan: planOf({
          checks: { from: dayFrom(-1), to: dayFrom(30) },
          rest_days: 0,
          strata: [{ code: 'all', title: '全部', where: {}, ratio: 0, at_least: 3, at_most: null }],
          seed_source: {
            kind: 'dice',
            parties: ['医保局', '纪检组'],
            rolls: 50,
            held_at: heldAt,
          },
        }),
        redraw_of: null,
      }),
    );
    const rolls = (party: number): number[] => listOf(50, (index) => 1 + ((index * 7 * party + party) % 6));
    idOf(await giveEvidence(then, organiser, draw, { kind: 'dice', rolls: rolls(1) }));
    idOf(await giveEvidence(then, other, draw, { kind: 'dice', rolls: rolls(2) }));
    drawId = draw;
    const drawn = async () =>
      (await list(sun, { whose: 'all' })).items.filter(({ draw_id }) => draw_id === draw);
    const tasks = (await drawDetail(deps, draw))?.tasks ?? [];
    const shown = (task: { object_id: string; inspectors: readonly { inspector_id: string }[] }) =>
      `${task.object_id} ${task.inspectors
        .map(({ inspector_id }) => inspector_id)
        .toSorted()
        .join()}`;
    const asTasks = async () =>
      (await drawn())
        .map(({ object, team }) => shown({ object_id: object.object_id, inspectors: team }))
        .toSorted();
    expect(await asTasks()).toEqual(tasks.map(shown).toSorted());

    const [first, second] = tasks;
    const out = first?.object_id ?? '';
    idOf(
      await replaceDrawn(deps, organiser, draw, { kind: 'object', stratum: 'all', out, reason: '已停业' }),
    );
    const after = (await drawDetail(deps, draw))?.tasks ?? [];
    expect(await asTasks()).toEqual(after.map(shown).toSorted());
    expect(
      (await list(sun, { whose: 'all', state: 'cancelled' })).items.map(({ object }) => object.object_id),
    ).toContain(out);

    // The inspector without an account goes for none of what follows: whoever is on the team begins.
    const mine = (await drawn()).find(({ object }) => object.object_id === second?.object_id);
    const logins = new Map([sun, li, zhou].map((one, index) => [inspectorOf(index).inspector_id, one]));
    const [member] = (mine?.team ?? []).flatMap(({ inspector_id }) => logins.get(inspector_id) ?? []);
    if (mine === undefined || member === undefined) throw new Error('nobody to go');
    idOf(await startTask(deps, member, mine.id));
    const leaving = {
      kind: 'inspector',
      object_id: mine.object.object_id,
      out: mine.team[0]?.inspector_id ?? '',
      reason: '病假',
    } as const;
    expect(whyNot(await replaceDrawn(deps, organiser, draw, leaving))).toContain('现场检查已开始');
    const check = {
      object_id: mine.object.object_id,
      checked_on: today,
      result_code: 'nothing-found',
      note: '',
    };
    expect(whyNot(await recordCheck(deps, sun, draw, check))).toContain('现场检查正在进行');
    const rest = (await drawn()).find(({ state }) => state === 'planned');
    idOf(await recordCheck(deps, sun, draw, { ...check, object_id: rest?.object.object_id ?? '' }));
    expect((await detail(rest?.id ?? 0)).state).toBe('recorded');
    expect(whyNot(await setTaskTeam(deps, organiser, mine.id, { inspectors: [], experts: [] }))).toContain(
      '检查中',
    );
  });
});

describe('the database', () => {
  test('refuses what would change a check behind its back', async () => {
    const { pool } = held.database;
    for (const table of ['answer', 'protocol', 'signature', 'signed', 'checklist', 'clue'])
      await expect(pool.query(`DELETE FROM inspection_${table}`)).rejects.toThrow('append-only');
    await expect(pool.query(`UPDATE inspection_protocol SET record = '{}'`)).rejects.toThrow('append-only');
    await expect(
      pool.query(`UPDATE inspection_task SET state = 'open' WHERE state = 'signed'`),
    ).rejects.toThrow('does not move from signed to open');
    await expect(
      pool.query(`UPDATE inspection_task SET advisers = '[{}]' WHERE state = 'signed'`),
    ).rejects.toThrow('does not move');
    await expect(pool.query(`UPDATE inspection_task SET team = '[]' WHERE state = 'signed'`)).rejects.toThrow(
      'does not move',
    );
    await expect(
      pool.query(`UPDATE inspection_task SET due_day = '2099-01-01' WHERE draw_id = $1`, [drawId]),
    ).rejects.toThrow('does not move');
  });
});
