/**
 * The loop, closed on one database: a finding is confirmed, becomes a case, is decided and paid, counts for the credit of its institution;
 * the grade is published, stands in the directory that is drawn from, the draw takes it by its grade, and anybody repeats the draw.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseRole } from '../../src/cases/contract.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { review } from '../../src/cases/review-service.ts';
import { actOnCase, type CaseDeps, caseDetail, openCase } from '../../src/cases/service.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { gatherFacts, giveNotice, publishGrade } from '../../src/credit/service.ts';
import { firstSeqOf } from '../../src/credit/store.ts';
import { bundleText } from '../../src/inspection/bundle.ts';
import { csvOfObjects } from '../../src/inspection/proposal.ts';
import {
  commitDraw,
  type DrawDeps,
  drawDetail,
  giveEvidence,
  loadResultTerms,
  openDraw,
  proposeObjects,
  publicBundle,
  publicDraws,
  recordCheck,
  uploadDirectory,
} from '../../src/inspection/service.ts';
import { verifyBundle } from '../../src/inspection/verify.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything } from '../../src/people/sight.ts';
import { dayOf, secondOf } from '../../src/platform/civil.ts';
import { filingOf, penaltyOf, procedure, reportOf } from '../cases/cases.ts';
import { csvOf, inspectorOf, listOf, planOf } from '../inspection/draws.ts';
import { openWorld, stay, stream, type World } from '../rulebook/world.ts';
import { cityArea, makeAccount } from '../support/people.ts';

const loopMs = 120_000;
let world: World;

const who = (login: string, role: Role): Who => ({
  actor: { account: login, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
const inspector = who('ke', 'inspector');
const scorer = who('xin', 'credit_officer');
const organiser = who('zhao', 'draw_organiser');
const other = who('qian', 'draw_organiser');
const caller = (login: string, role: Role) => ({ actor: who(login, role).actor, sight: everything });

beforeAll(async () => {
  world = await openWorld();
  for (const [login, role] of [
    ['ke', 'inspector'],
    ['wang', 'case_officer'],
    ['li', 'case_officer'],
  ] as const)
    await makeAccount(world.database, { login, role });
}, loopMs);
afterAll(() => world?.drop());

type Answer = { readonly ok: true } | { readonly ok: false; readonly reason: { readonly zh: string } };
type Accepted<Done extends Answer> = Extract<Done, { readonly ok: true }>;

function assertAccepted<Done extends Answer>(done: Done): asserts done is Accepted<Done> {
  if (!done.ok) throw new Error(done.reason.zh);
}

function said<Done extends Answer>(done: Done): Accepted<Done> {
  assertAccepted(done);
  return done;
}

test('a finding comes back as the reason why its institution is drawn', { timeout: loopMs }, async () => {
  const { database } = world;
  // Two stays for one illness, a day apart: the shipped rule finds the second.
  await stream(world, [stay('S1', 1, 3), stay('S2', 4, 6)]);
  const { rows } = await database.pool.query<{
    finding_id: string;
    fixmedins_code: string;
    setl_id: string;
    amount: string;
    body: { lines: { fixmedins_code: string; setl_id: string; feedetl_sn: string; amount: string }[] };
  }>(
    `SELECT finding_id, fixmedins_code, setl_id, amount::text AS amount, body FROM finding
      WHERE rule_code = 'FW-STAY-SPLIT' AND state = 'active'`,
  );
  const [finding] = rows;
  if (finding === undefined) throw new Error('nothing was found');
  const fen = Math.round(Number(finding.amount) * 100);
  expect(fen).toBeGreaterThan(0);

  const reviews = {
    database,
    rules: await loadReviewRules('rules'),
    asOf: () => dayOf('2026-02-01') ?? 0,
  };
  const asked = { action: 'confirm_whole', revision: 1, reason: '机构认可' } as const;
  said(await review(reviews, inspector, everything, finding.finding_id, asked));

  let clock = '2026-03-02 09:00:00';
  const cases: CaseDeps = { database, procedure, now: () => secondOf(clock) ?? 0 };
  const { id } = said(await openCase(cases, caller('wang', 'case_officer'), [finding.finding_id]));
  const penalty = penaltyOf({ refund_fen: fen, fine_fen: fen, article: '38' });
  const steps: [string, CaseRole, { action: string; detail: unknown }][] = [
    ['ju', 'leader', filingOf()],
    [
      'wang',
      'case_officer',
      { action: 'confirm_amount', detail: { no: 1, confirmed_fen: fen, reason: '一致' } },
    ],
    ['wang', 'case_officer', reportOf(penalty, true)],
    ['wang', 'case_officer', { action: 'submit_review', detail: {} }],
    ['fa', 'legal_reviewer', { action: 'review_agree', detail: { opinion: '同意' } }],
    ['wang', 'case_officer', { action: 'notify', detail: { penalty } }],
    ['wang', 'case_officer', { action: 'defend', detail: { statement: '无异议' } }],
    ['ju', 'leader', { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
    ['ju', 'leader', { action: 'decide', detail: { kind: 'penalty', penalty, reason: '依法' } }],
    ['wang', 'case_officer', { action: 'serve', detail: { way: 'direct' } }],
    ['wang', 'case_officer', { action: 'pay', detail: { what: 'refund', fen, reference: 'A1' } }],
    ['wang', 'case_officer', { action: 'pay', detail: { what: 'fine', fen, reference: 'A2' } }],
    ['ju', 'leader', { action: 'close', detail: { ground: 'performed', reason: '履行完毕' } }],
  ];
  for (const [place, [login, role, command]] of steps.entries())
    said(await actOnCase(cases, caller(login, role), role, id, place + 1, command));
  const closed = await caseDetail(cases, caller('wang', 'case_officer'), id);
  expect(closed).toMatchObject({ state: 'closed', amounts: { recovered_fen: fen, fine_paid_fen: fen } });

  clock = '2026-03-03 09:00:00';
  let today = '2026-03-03';
  const credit = { database, schemes: await loadSchemes('rules'), asOf: () => dayOf(today) ?? 0 };
  expect(await gatherFacts(credit, scorer.actor)).toEqual({ entered: 1, refused: 0 });
  const subject = { kind: 'institution', key: finding.fixmedins_code } as const;
  const firstSeq = (await firstSeqOf(database.pool, subject)) ?? 0;
  const notice = said(await giveNotice(credit, scorer, firstSeq, 'INSTITUTION-GRADE'));
  expect(await publishGrade(credit, scorer, notice.id)).toMatchObject({ ok: false });
  today = '2026-04-01';
  said(await publishGrade(credit, scorer, notice.id));

  const draws: DrawDeps = { database, terms: await loadResultTerms('rules') };
  const proposed = await proposeObjects(draws, null, credit.asOf);
  const [object] = proposed.filter(({ object_id }) => object_id === finding.fixmedins_code);
  expect(object?.credit_grade).toMatch(/^[A-E]$/);
  expect(object?.clues).toBe(1);
  const files = {
    objects: csvOfObjects(proposed),
    inspectors: csvOf(listOf(4, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' }))),
  };
  for (const kind of ['objects', 'inspectors'] as const) {
    const file = Buffer.from(files[kind]);
    const kept = await uploadDirectory(draws, organiser, { kind, file, fileName: `${kind}.csv`, save: true });
    expect(kept.issues).toEqual([]);
  }
  const dayFrom = (days: number): string =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const plan = planOf({
    checks: { from: dayFrom(-1), to: dayFrom(30) },
    rest_days: 0,
    strata: [
      {
        code: 'graded',
        title: '已评级',
        where: { grades: [object?.credit_grade ?? ''], clues_min: 1 },
        ratio: 1_000,
        at_least: 0,
        at_most: null,
      },
    ],
    seed_source: {
      kind: 'dice',
      parties: ['医保局', '纪检组'],
      rolls: 50,
      held_at: new Date(Date.now() + 3_600_000).toISOString(),
    },
  });
  const draw = said(await commitDraw(draws, organiser, { plan, redraw_of: null }));
  const rolls = (party: number): number[] => listOf(50, (index) => 1 + ((index * 7 * party + party) % 6));
  said(await giveEvidence(draws, organiser, draw.id, { kind: 'dice', rolls: rolls(1) }));
  said(await giveEvidence(draws, other, draw.id, { kind: 'dice', rolls: rolls(2) }));
  const drawn = await drawDetail(draws, draw.id);
  expect(drawn?.tasks.map(({ object_id }) => object_id)).toEqual([finding.fixmedins_code]);

  const check = {
    object_id: finding.fixmedins_code,
    checked_on: dayFrom(0),
    result_code: 'nothing-found',
    note: '',
  };
  said(await recordCheck(draws, inspector, draw.id, check));
  said(await openDraw(draws, organiser, draw.id));
  const hash = drawn?.draw.commitment_sha256 ?? '';
  const bundle = await publicBundle(draws, hash);
  if (bundle === null) throw new Error('no bundle');
  const verified = verifyBundle(bundleText(bundle), hash);
  expect([verified.verdict, verified.faults]).toEqual(['reproduced', []]);
  const [shown] = await publicDraws(draws, dayFrom(0));
  expect(shown?.results).toMatchObject([
    { object_id: finding.fixmedins_code, result: { zh: '未发现问题' }, overdue: false },
  ]);
  // Checked now: what was confirmed before does not count again.
  const again = await proposeObjects(draws, null, credit.asOf);
  expect(again.find(({ object_id }) => object_id === finding.fixmedins_code)).toMatchObject({
    clues: 0,
    last_checked: dayFrom(0),
  });
});
