/** The answer of an institution: its table, its laws, and what becomes of it on a real database up to the credit ledger. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchEvents } from '../../src/audit/search-store.ts';
import {
  acceptedFen,
  answered,
  type AnswerDeed,
  answerFault,
  answerState,
  type HeldAnswer,
  isInTime,
  refundOf,
  unanswered,
} from '../../src/cases/answer.ts';
import {
  type AnswerDetail,
  answersQuerySchema,
  type AnswerTab,
  answerTabs,
  type InstitutionAnswer,
} from '../../src/cases/answer-contract.ts';
import {
  acceptMany,
  actOnAnswer,
  addFile,
  type AnswerAsked,
  type AnswerDeps,
  answerDetail,
  answersOf,
  openFile,
  removeFile,
  sendFindings,
} from '../../src/cases/answer-service.ts';
import {
  answerActions,
  answerStates,
  answerTable,
  mayAnswer,
} from '../../src/cases/answer-states-contract.ts';
import type { AnsweredFinding } from '../../src/cases/answer-store.ts';
import { queueQuerySchema, type QueueQuery } from '../../src/cases/review-contract.ts';
import { loadReviewRules, type ReviewRules } from '../../src/cases/review-rules.ts';
import { dueDaysOf, review, type ReviewDeps } from '../../src/cases/review-service.ts';
import { reviewStates } from '../../src/cases/review-states-contract.ts';
import { reviewQueue } from '../../src/cases/review-store.ts';
import { openCase } from '../../src/cases/service.ts';
import { factOfAnswer, findingOfEvent } from '../../src/credit/from-answer.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { type CreditDeps, gatherFacts } from '../../src/credit/service.ts';
import { entriesOfSubject } from '../../src/credit/store.ts';
import { unlinked } from '../../src/credit/ledger.ts';
import { score } from '../../src/credit/score.ts';
import type { Who } from '../../src/people/identify.ts';
import { type Permission, permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything, type Sight, sightOf } from '../../src/people/sight.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import { thisSecond, today } from '../../src/platform/clock.ts';
import { findFinding, listFindings } from '../../src/screening/store.ts';
import { findingsQuerySchema } from '../../src/screening/contract.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea } from '../support/people.ts';
import { pdfOf, pngOf } from '../support/pictures.ts';
import { procedure } from './cases.ts';
import { findingOf, idOf, north, south, writeThem } from './findings.ts';

let rules: ReviewRules;
beforeAll(async () => {
  rules = await loadReviewRules('rules');
});

const line = (feedetl_sn: string, fen: number) => ({
  fixmedins_code: north,
  setl_id: 'S1',
  feedetl_sn,
  fen,
});
const flagged = { fen: 700, verdict: '违规', lines: [line('1', 400), line('2', 300)], byLine: true } as const;
const refundOn = (fen: number, day = '2026-01-05') => ({ fen, day, reference: 'T1' });
const accepted = (refund: ReturnType<typeof refundOn> | null = null): InstitutionAnswer => ({
  stance: 'accepted',
  statement: '',
  refund,
});
const partly = (fen: number, refund: ReturnType<typeof refundOn> | null = null): InstitutionAnswer => ({
  stance: 'partly',
  fen,
  lines: fen === 0 ? [] : [line('1', fen)],
  statement: '其余有医嘱',
  refund,
});
const objected: InstitutionAnswer = { stance: 'objected', ground: 'refunded', statement: '已于次日退费' };

describe('the table of answers', () => {
  const people: Readonly<Record<string, readonly Permission[]>> = {
    li: ['findings.review'],
    wang: ['findings.review'],
    hospital: ['answers.give'],
    clerk: ['findings.read'],
  };
  type Turn =
    | { readonly kind: 'time'; readonly days: number }
    | { readonly kind: 'finding'; readonly to: 'active' | 'withdrawn' }
    | {
        readonly kind: 'deed';
        readonly who: string;
        readonly action: (typeof answerActions)[number];
        readonly answer: InstitutionAnswer;
        readonly isStale: boolean;
        readonly note: string;
      };
  const answers = fc.constantFrom(
    accepted(),
    accepted(refundOn(700)),
    accepted(refundOn(1)),
    partly(400, refundOn(400)),
    accepted(refundOn(701)),
    accepted(refundOn(1, '2027-01-01')),
    partly(0),
    partly(250, refundOn(250)),
    partly(400, refundOn(401)),
    partly(401),
    objected,
  );
  const turns: fc.Arbitrary<Turn> = fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), days: fc.nat(6) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('finding' as const),
        to: fc.constantFrom('active', 'withdrawn' as const),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('deed' as const),
        who: fc.constantFrom('li', 'li', 'li', 'hospital', 'hospital', 'hospital', 'wang', 'clerk'),
        action: fc.constantFrom(...answerActions),
        answer: answers,
        isStale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
        note: fc.constantFrom('', '请补充病历'),
      }),
    },
  );

  test('is left by none of 10,000 random sequences, and money never grows on the way', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(turns, { minLength: 16, maxLength: 32 }), (sequence) => {
        const faults = new Set<string>();
        let held: HeldAnswer = unanswered;
        let finding: { state: 'active' | 'withdrawn'; revision: number } = { state: 'active', revision: 1 };
        let day = dayOf('2026-01-05') ?? 0;
        for (const turn of sequence) {
          if (turn.kind === 'time') {
            // Time alone changes nothing that is held: nobody is taken to have accepted by saying nothing.
            day += turn.days;
            continue;
          }
          if (turn.kind === 'finding') {
            finding = { state: turn.to, revision: finding.revision + 1 };
            continue;
          }
          const now = formatDay(day);
          const { who, action, answer } = turn;
          const revision = finding.revision - (turn.isStale ? 1 : 0);
          const deed: AnswerDeed =
            action === 'send'
              ? { action, notice: { id: 1, last_day: formatDay(day + 3) }, note: turn.note }
              : action === 'give' || action === 'come_forward'
                ? { action, answer, revision }
                : { action };
          const before = answerState(held, finding, now);
          const facts = {
            permissions: people[who] ?? [],
            review: 'open',
            isOthers: false,
            isRecused: who === 'wang',
            refund: refundOf(held),
            isInTime: isInTime(held, now),
          } as const;
          const setting = { finding, flagged, grounds: rules.exclusions, today: now };
          const done = answered(held, deed, who, facts, setting);
          if (!done.ok) {
            if (!/[\u4e00-\u9fff]/.test(done.reason.zh) || !/[a-z]/.test(done.reason.en))
              faults.add('no reason');
            continue;
          }
          reached.add(`${before} ${action} ${done.to.state}`);
          held = done.to;
          const refund =
            held.answer === null || held.answer.stance === 'objected' ? null : held.answer.refund;
          const most = held.answer === null ? 0 : acceptedFen(held.answer, flagged);
          const parts = [held.answer, held.revision, held.accepted_fen, held.answered_by];
          // What the database holds as well.
          const laws = {
            'nobody acts who may not': who !== 'wang' && who !== 'clerk',
            'it begins where it stood': done.from === before,
            'it leads where the table says': answerTable[before][action]?.includes(held.state) === true,
            'an answer is there as a whole': parts.every(
              (one) => (one !== null) === (held.state === 'answered'),
            ),
            'a notice has a last day': (held.notice_id === null) === (held.last_day === null),
            'no more is accepted than was flagged': most <= flagged.fen && (held.accepted_fen ?? 0) === most,
            'no more is paid back than was accepted': refund === null || refund.fen <= most,
            'who comes forward pays back': held.answer === null || held.notice_id !== null || refund !== null,
          };
          for (const [law, holds] of Object.entries(laws)) if (!holds) faults.add(law);
        }
        // Not an assertion for each turn: there are a quarter of a million.
        if (faults.size > 0) throw new Error([...faults].join(', '));
      }),
      { numRuns: 10_000 },
    );
    const table = answerStates.flatMap((state) =>
      answerActions.flatMap((action) =>
        (answerTable[state][action] ?? []).map((to) => `${state} ${action} ${to}`),
      ),
    );
    expect(reached).toEqual(new Set(table));
  });

  test('nothing is given, taken back or sent once the review is decided, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...answerStates),
        fc.constantFrom(...answerActions),
        fc.constantFrom(...reviewStates),
        fc.record({
          isOthers: fc.boolean(),
          isRecused: fc.boolean(),
          refund: fc.constantFrom('none', 'stated', 'confirmed' as const),
          isInTime: fc.boolean(),
        }),
        (state, action, reviewed, given) => {
          const permissions: Permission[] = ['findings.review', 'answers.give'];
          const verdict = mayAnswer(state, action, { ...given, permissions, review: reviewed });
          const isDecided = reviewed === 'decided' || reviewed === 'to_confirm';
          if (isDecided && action !== 'confirm_refund') expect(verdict.allowed).toBe(false);
          if (given.refund === 'confirmed' && action !== 'give' && action !== 'recall')
            expect(verdict.allowed && action !== 'come_forward').toBe(false);
          if (verdict.allowed) expect(verdict.to).toEqual(answerTable[state][action]);
        },
      ),
    );
  });

  test('an answer that cannot stand says why', () => {
    const setting = { flagged, grounds: [], today: '2026-01-05' };
    const said = (answer: InstitutionAnswer, action: 'give' | 'come_forward' = 'give') =>
      answerFault(answer, { ...setting, grounds: rules.exclusions }, action)?.zh ?? null;
    expect(said(partly(0))).toMatch(/认可金额为 0/);
    expect(said(partly(401))).toMatch(/明细 1 的认可金额超过其疑点金额 4.00 元/);
    expect(
      said({ stance: 'partly', fen: 400, lines: [line('1', 399)], statement: '其余有医嘱', refund: null }),
    ).toMatch(/与明细合计不符/);
    expect(said(accepted(refundOn(701)))).toMatch(/退款金额 7.01 元超过认可金额 7.00 元/);
    expect(said(accepted(refundOn(700, '2026-01-06')))).toMatch(/今天之后/);
    expect(said(accepted(), 'come_forward')).toMatch(/须填报退款/);
    expect(said(objected, 'come_forward')).toMatch(/须认可违规并退款/);
    expect(said({ ...objected, ground: 'no_such' })).toMatch(/字典中没有/);
    expect([said(objected), said(partly(250, refundOn(250))), said(accepted(refundOn(700)))]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('only what both sides agree on counts for credit, and silence never does', () => {
    const amounts = fc.integer({ min: 1, max: 1_000_000 });
    const standing: fc.Arbitrary<AnsweredFinding> = fc.record({
      finding_id: fc.constant(idOf(1)),
      fixmedins_code: fc.constant(north),
      notice_no: fc.constantFrom(null, '330702-2026-F000001'),
      stance: fc.constantFrom('accepted', 'partly', 'objected' as const),
      accepted_fen: amounts,
      refund_fen: fc.constantFrom(null, 100),
      refund_confirmed_on: fc.constantFrom(null, '2026-02-01'),
      answer_seq: fc.integer({ min: 1, max: 9 }),
      review_state: fc.constantFrom(null, 'open', 'assigned', 'to_confirm', 'decided'),
      outcome: fc.constantFrom(null, 'confirmed', 'not_violation', 'cannot_decide'),
      confirmed_fen: fc.oneof(fc.constant(null), amounts),
      decided_on: fc.constantFrom(null, '2026-02-02'),
      review_seq: fc.integer({ min: 1, max: 9 }),
      is_in_case: fc.boolean(),
    });
    fc.assert(
      fc.property(standing, (given) => {
        const fact = factOfAnswer(given);
        if (fact === null) return;
        expect(given.stance).not.toBe('objected');
        expect(findingOfEvent(fact.event)).toBe(given.finding_id);
        if (fact.fact === 'self_correction') {
          expect([given.notice_no, given.refund_confirmed_on === null]).toEqual([null, false]);
          return;
        }
        expect([given.review_state, given.outcome, given.is_in_case]).toEqual([
          'decided',
          'confirmed',
          false,
        ]);
        expect(fact.value).toBeLessThanOrEqual(Math.min(given.accepted_fen, given.confirmed_fen ?? 0));
      }),
      { numRuns: 5_000 },
    );
    expect(findingOfEvent('330702-2026-000001')).toBeNull();
  });
});

describe('answers on a database', () => {
  let held: TestDatabase;
  let now = today();
  let deps: AnswerDeps;
  let reviews: ReviewDeps;
  let credit: CreditDeps;
  const who = (account: string, role: Role, area = cityArea): Who => ({
    actor: { account, role, area },
    permissions: permissionsOf(role, area),
  });
  const li = who('li', 'inspector');
  const wang = who('wang', 'inspector');
  const hospital = who('north-office', 'institution', '330702');
  const other = who('south-office', 'institution', '330703');
  const northSight = sightOf('330702', north);
  const southSight = sightOf('330703', south);

  beforeAll(async () => {
    held = await createTestDatabase();
    const { database } = held;
    deps = { database, vault: held.vault, rules, procedure, asOf: () => now };
    reviews = { database, rules, asOf: () => now };
    credit = { database, schemes: await loadSchemes('rules'), asOf: () => now };
    await writeThem(held, [
      ...[1, 2, 3, 4, 6, 7, 8].map((n) => findingOf(n)),
      findingOf(5, { fixmedins_code: south }),
      // It rests on a visit to the institution in the south as well.
      findingOf(9, {
        message: { zh: '与南院住院重叠', en: 'overlaps a stay in the south' },
        values: { elsewhere: south },
        claims: [north, south].map((fixmedins_code) => ({
          fixmedins_code,
          setl_id: 'S9',
          mdtrt_id: 'M9',
          psn_no: 'P9',
          role: fixmedins_code === north ? '违规项' : '涉及项',
          content_hash: 'f'.repeat(64),
        })),
        lines: [north, south].map((fixmedins_code) => ({
          fixmedins_code,
          setl_id: 'S9',
          feedetl_sn: '1',
          role: '违规项',
          amount: '100.00',
        })),
      }),
    ]);
  });
  afterAll(() => held.drop());

  const send = (ids: readonly number[], note = '', by = li) =>
    sendFindings(deps, by, everything, { findings: ids.map(idOf), note });
  const act = async (by: Who, n: number, asked: AnswerAsked, sight: Sight = northSight) => {
    const done = await actOnAnswer(deps, by, sight, idOf(n), asked);
    return done.ok ? done.state : done.reason.en;
  };
  const give = (n: number, answer: InstitutionAnswer, revision = 1) =>
    act(hospital, n, { action: 'give', answer, revision });
  const detail = async (n: number, by = hospital, sight: Sight = northSight): Promise<AnswerDetail> => {
    const found = await answerDetail(deps, by, sight, idOf(n));
    if (found === null) throw new Error('no such finding');
    return found;
  };
  const listed = async (tab: AnswerTab, institution = north) =>
    (await answersOf(deps, institution, { ...answersQuerySchema.parse({}), tab })).items;
  const queue = async (answer: QueueQuery['answer'], tab: QueueQuery['tab'] = 'unassigned') =>
    (
      await reviewQueue(held.database.pool, {
        query: { ...queueQuerySchema.parse({}), tab, answer },
        sight: everything,
        account: 'li',
        due: dueDaysOf(reviews),
      })
    ).items.map(({ finding_id, answer: shown }) => [finding_id, shown?.state]);
  const decide = async (n: number, fen: number) => {
    const done = await review(reviews, li, everything, idOf(n), {
      action: 'decide',
      revision: 1,
      decision: {
        outcome: 'confirmed',
        fen,
        lines: [{ fixmedins_code: north, setl_id: `S${n}`, feedetl_sn: '1', fen }],
        note: '内部备注',
      },
    });
    return done.ok ? done.state : done.reason.en;
  };
  const reopen = (n: number) =>
    review(reviews, li, everything, idOf(n), { action: 'reopen', reason: '证据有变' });
  const partOf = (n: number, fen: number): InstitutionAnswer => ({
    stance: 'partly',
    fen,
    lines: [{ fixmedins_code: north, setl_id: `S${n}`, feedetl_sn: '1', fen }],
    statement: '其余有医嘱',
    refund: null,
  });

  test('the database knows the same table', async () => {
    const { rows } = await held.database.pool.query<{ text: string }>(
      `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'finding_answer_event_step'`,
    );
    const known = [...(rows[0]?.text ?? '').matchAll(/'([a-z]+ [a-z_]+ [a-z]+)'/g)].map(
      ([, triple]) => triple,
    );
    const table = answerStates.flatMap((state) =>
      answerActions.flatMap((action) =>
        (answerTable[state][action] ?? []).map((to) => `${state} ${action} ${to}`),
      ),
    );
    expect(new Set(known)).toEqual(new Set(table));
  });

  test('a period ends on the working day that the official calendar says, make-up workdays counted', async () => {
    // Spring Festival 2026 is off from 15 to 23 February; 14 and 28 February are worked.
    now = dayOf('2026-02-10') ?? 0;
    await send([8]);
    expect((await detail(8)).notice).toMatchObject({
      last_day: '2026-03-02',
      period_workdays: 10,
      workdays_left: 10,
      sample: true,
      provisional: false,
    });
    now = dayOf('2026-03-01') ?? 0;
    expect(await detail(8)).toMatchObject({ state: 'waiting', notice: { workdays_left: 1 } });
    now = dayOf('2026-03-03') ?? 0;
    expect(await detail(8)).toMatchObject({ state: 'silent', notice: { workdays_left: null } });
    expect(await act(li, 8, { action: 'recall' }, everything)).toBe('recalled');
    now = today();
  });

  test('a selection goes out as one notice for each institution, and says what was not sent', async () => {
    const sent = await send([1, 2, 5, 6, 7, 9, 99], '请于期限内答复');
    expect(sent.notices.map(({ fixmedins_code, findings }) => [fixmedins_code, findings])).toEqual([
      [north, 5],
      [south, 1],
    ]);
    expect(sent.answers.map(({ finding_id, reason }) => [finding_id, reason?.en ?? null])).toEqual([
      ...[1, 2, 5, 6, 7, 9].map((n) => [idOf(n), null]),
      [idOf(99), 'There is no such finding.'],
    ]);
    expect((await send([1])).answers[0]?.reason?.en).toMatch(/waiting for an answer/);
    expect((await listed('waiting')).map(({ finding_id }) => finding_id)).toEqual([1, 2, 6, 7, 9].map(idOf));
    expect((await listed('waiting', south)).map(({ finding_id }) => finding_id)).toEqual([idOf(5)]);
    expect((await queue('waiting')).map(([id]) => id)).toEqual([1, 2, 5, 6, 7, 9].map(idOf));
  });

  test('an institution sees nothing of others, and no names or notes of the agency', async () => {
    expect(await answerDetail(deps, other, southSight, idOf(1))).toBeNull();
    expect(await act(other, 1, { action: 'give', answer: accepted(), revision: 1 }, southSight)).toBe(
      'There is no such finding.',
    );
    expect(await act(hospital, 1, { action: 'recall' })).toBe('Your role does not allow this');
    const shown = await detail(1);
    expect(shown.history).toMatchObject([{ action: 'send', account: null, note: '请于期限内答复' }]);
    expect(JSON.stringify(shown)).not.toMatch(/"li"|P1/);
    expect((await detail(1, li, everything)).history).toMatchObject([{ action: 'send', account: 'li' }]);
    // Of a finding that rests on a visit elsewhere: its own lines, and the name of the rule for the sentence.
    expect((await detail(9)).flagged).toMatchObject({ fen: 10_000, lines: [{ fixmedins_code: north }] });
    const part = await findFinding(held.database, idOf(9), northSight);
    expect(part).toMatchObject({ withheld: true, finding: { message: { zh: '重复收费' }, values: {} } });
    expect(JSON.stringify(part)).not.toMatch(new RegExp(`${south}|南院`));
    const page = await listFindings(held.database, findingsQuerySchema.parse({}), northSight);
    expect(JSON.stringify(page)).not.toMatch(/南院/);
    expect(page.items.find(({ finding_id }) => finding_id === idOf(1))?.message.zh).toBe('项目重复');
    expect(await findFinding(held.database, idOf(9), everything)).toMatchObject({ withheld: false });
  });

  test('nothing is decided while an institution has time; silence is shown, and a late answer is heard', async () => {
    expect(await decide(6, 10_000)).toMatch(/still has time to answer/);
    // Nor is anybody late with it.
    await held.database.pool.query(
      `UPDATE finding SET created_at = now() - interval '16 days' WHERE finding_id = $1`,
      [idOf(6)],
    );
    expect(await queue(undefined, 'overdue')).toEqual([]);
    now += 30;
    expect(await queue(undefined, 'overdue')).toEqual([[idOf(6), 'silent']]);
    expect((await listed('overdue')).map(({ finding_id }) => finding_id)).toEqual([9, 7, 6, 2, 1].map(idOf));
    expect((await queue('silent')).length).toBe(6);
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 0, refused: 0, revoked: 0 });
    expect(await give(6, objected)).toBe('answered');
    expect(await detail(6)).toMatchObject({ late: true, answer: objected, accepted_fen: 0 });
    expect(await act(hospital, 6, { action: 'take_back' })).toMatch(/period is over/);
    // Whoever still says nothing may be decided about.
    expect(await decide(7, 10_000)).toBe('decided');
    expect(await give(7, accepted())).toMatch(/has been decided/);
    expect((await listed('closed')).map(({ finding_id, outcome }) => [finding_id, outcome])).toEqual([
      [idOf(7), 'confirmed'],
      [idOf(8), null],
    ]);
    now = today();
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 0, refused: 0, revoked: 0 });
  });

  test('files stand with an answer by their content; what an answer named stays', async () => {
    const add = async (content: Buffer, name: string, sight: Sight = northSight) => {
      const done = await addFile(deps, hospital, sight, idOf(1), { content, name });
      return done.ok ? 'taken' : done.reason.en;
    };
    expect(await add(Buffer.from('<html>'), '病历.pdf')).toMatch(/^Only JPG, PNG, PDF/);
    expect(await add(pdfOf('a'), '病历.pdf')).toBe('taken');
    expect(await add(pdfOf('a'), '又一次.pdf')).toMatch(/there already/);
    expect(await add(pngOf(), '收费清单.png')).toBe('taken');
    expect(await add(pngOf(), 'x.png', southSight)).toBe('There is no such finding.');
    const [pdf, png] = (await detail(1)).files;
    if (pdf === undefined || png === undefined) throw new Error('no files');
    expect([pdf.name, pdf.kind, png.kind, pdf.removable]).toEqual(['病历.pdf', 'pdf', 'png', true]);
    expect(await removeFile(deps, hospital, northSight, idOf(1), png.sha256)).toMatchObject({ ok: true });
    expect(await give(1, partOf(1, 6_000))).toBe('answered');
    expect(await add(pngOf(), 'late.png')).toMatch(/cannot be done/);
    expect(await act(hospital, 1, { action: 'take_back' })).toBe('waiting');
    expect(await removeFile(deps, hospital, northSight, idOf(1), pdf.sha256)).toMatchObject({ ok: false });
    expect(await give(1, partOf(1, 6_000))).toBe('answered');
    expect(await openFile(deps, other, southSight, idOf(1), pdf.sha256)).toBeNull();
    expect(await openFile(deps, hospital, northSight, idOf(2), pdf.sha256)).toBeNull();
    expect((await openFile(deps, li, everything, idOf(1), pdf.sha256))?.content).toEqual(pdfOf('a'));
    const { items } = await searchEvents(held.database, {
      kind: 'answer.file_opened',
      page_size: 10,
    });
    expect(items.map(({ actor }) => actor.account)).toEqual(['li']);
  });

  test('what was accepted and confirmed reaches the ledger once, and goes when the review is reopened', async () => {
    const subject = { kind: 'institution', key: north } as const;
    const entries = async () =>
      (await entriesOfSubject(held.database.pool, subject, 100)).map(({ entry }) => unlinked(entry));
    const points = async () => {
      const scheme = credit.schemes.find(({ scheme: one }) => one.code === 'INSTITUTION-GRADE')?.scheme;
      if (scheme === undefined) throw new Error('no scheme');
      return score(await entries(), scheme, now).points_hundredths;
    };
    const untouched = await points();
    const many = await acceptMany(deps, hospital, northSight, {
      findings: [2, 9, 99].map((n) => ({ finding_id: idOf(n), revision: 1 })),
      statement: '认可',
    });
    expect(many.answers.map(({ state }) => state)).toEqual(['answered', 'answered', null]);
    expect(await gatherFacts(credit, li.actor)).toMatchObject({ entered: 0 });
    expect(await decide(1, 8_000)).toBe('decided');
    expect(await decide(2, 10_000)).toBe('decided');
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 2, refused: 0, revoked: 0 });
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 0, refused: 0, revoked: 0 });
    // Of 80 yuan that were confirmed the institution had accepted 60.
    expect((await entries()).map((entry) => entry.entry === 'fact' && [entry.fact, entry.value])).toEqual([
      ['fund_misuse_accepted', 6_000],
      ['fund_misuse_accepted', 10_000],
    ]);
    const lowered = await points();
    expect(lowered).toBeLessThan(untouched ?? 0);
    await reopen(1);
    await reopen(2);
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 0, refused: 0, revoked: 2 });
    expect(await points()).toBe(untouched);
    // Decided anew, it is a fact of its own.
    expect(await decide(2, 5_000)).toBe('decided');
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 1, refused: 0, revoked: 0 });
    expect((await entries()).at(-1)).toMatchObject({ value: 5_000 });
    // As a piece of a case it counts by the case, and not twice.
    const officer = { actor: who('zhang', 'case_officer').actor, sight: everything };
    const cases = { database: held.database, vault: held.vault, procedure, now: thisSecond };
    expect(await openCase(cases, officer, [idOf(2)])).toMatchObject({ ok: true });
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 0, refused: 0, revoked: 1 });
    expect(await points()).toBe(untouched);
  });

  test('who comes forward before a notice gains by it once the refund is confirmed by somebody else', async () => {
    const forward = (answer: InstitutionAnswer) =>
      act(hospital, 3, { action: 'come_forward', answer, revision: 1 });
    expect(await forward(accepted())).toMatch(/states what was paid back/);
    expect(await forward(accepted({ ...refundOn(10_000), day: formatDay(now) }))).toBe('answered');
    expect(await act(hospital, 3, { action: 'take_back' })).toBe('none');
    expect(await forward(accepted({ ...refundOn(10_000), day: formatDay(now) }))).toBe('answered');
    expect(await gatherFacts(credit, li.actor)).toMatchObject({ entered: 0 });
    expect(await act(wang, 3, { action: 'confirm_refund' }, everything)).toBe('answered');
    expect(await act(hospital, 3, { action: 'take_back' })).toMatch(/refund has been confirmed/);
    expect((await send([3])).answers[0]?.reason?.en).toMatch(/refund has been confirmed/);
    expect(await gatherFacts(credit, li.actor)).toEqual({ entered: 1, refused: 0, revoked: 0 });
    const rows = await entriesOfSubject(held.database.pool, { kind: 'institution', key: north }, 100);
    expect(rows.at(-1)?.entry).toMatchObject({ fact: 'self_correction', value: 10_000 });
  });

  test('an answer is asked for anew with a reason, and is outdated when the finding changes', async () => {
    expect((await send([9])).answers[0]?.reason?.en).toMatch(/say what is wanted/);
    expect((await send([9], '请附医嘱')).answers[0]?.reason).toBeNull();
    expect(await detail(9)).toMatchObject({ state: 'waiting', answer: null, notice: { note: '请附医嘱' } });
    expect(await give(9, objected)).toBe('answered');
    await writeThem(held, [findingOf(4, { amount: '50.00' })]);
    expect((await send([4])).done).toBe(1);
    expect(await give(4, accepted())).toMatch(/revision 2 by now/);
    expect(await give(4, accepted(), 2)).toBe('answered');
    await writeThem(held, [findingOf(4, { amount: '40.00' })]);
    expect(await detail(4)).toMatchObject({ state: 'outdated', revision: 3, accepted_fen: 5_000 });
    expect((await queue('answered')).find(([id]) => id === idOf(4))).toEqual([idOf(4), 'outdated']);
    // A refund by a new settlement takes the finding away.
    await writeThem(held, [], [findingOf(4)]);
    expect(await detail(4)).toMatchObject({ state: 'withdrawn' });
    expect((await listed('closed')).map(({ finding_id }) => finding_id)).toContain(idOf(4));
    const all = await Promise.all(answerTabs.map((tab) => listed(tab)));
    const ids = all.flat().map(({ finding_id }) => finding_id);
    expect(new Set(ids).size).toBe(ids.length);
    const { counts } = await answersOf(deps, north, answersQuerySchema.parse({}));
    expect(answerTabs.map((tab) => counts[tab])).toEqual(all.map((items) => items.length));
  });
});
