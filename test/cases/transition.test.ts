import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountsOf } from '../../src/cases/amounts.ts';
import { caseOf } from '../../src/cases/case-of.ts';
import { type CaseRole, caseStates, type Command, commandSchema } from '../../src/cases/contract.ts';
import { offersOf } from '../../src/cases/refusal.ts';
import { actions, stateAfter, table } from '../../src/cases/transition.ts';
import { formatSecond, secondOf } from '../../src/platform/civil.ts';
import {
  type Desk,
  desk,
  evidenceOf,
  filingOf,
  notifiedCase,
  officers,
  opening,
  penaltyOf,
  people,
  procedure,
  reportOf,
  type Who,
} from './cases.ts';

const reason = { reason: '理由' };
const { officer, second, reviewer, leader } = people;
const decision = (penalty = penaltyOf()): Command => ({
  action: 'decide',
  detail: { kind: 'penalty', penalty, reason: '理由' },
});

const proposal: Command = {
  action: 'propose_police',
  detail: { crime: 'fraud', group: officers, reason: '理由' },
};

test('every act names the law its article is of', () => {
  for (const { basis } of Object.values(table)) expect(basis).toMatch(/[《〔]/);
});

function all(made: Desk, at: string, steps: readonly (readonly [Who, Command])[]): void {
  for (const [who, command] of steps)
    expect([command.action, made.act(who, at, command)]).toEqual([command.action, null]);
}

describe('the way of a case', () => {
  test('clue → filing → report → review → notice → hearing → group → decision → service → payment → closed', () => {
    const at = '2026-03-02 09:00:00';
    const made = desk(opening(at, [60_000_000, 40_000_000]));
    const penalty = penaltyOf({ refund_fen: 90_000_000, fine_fen: 120_000_000 });
    all(made, at, [
      [leader, { action: 'extend_verification', detail: reason }],
      [leader, filingOf()],
      [officer, { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 60_000_000, ...reason } }],
      [second, { action: 'confirm_amount', detail: { no: 2, confirmed_fen: 30_000_000, ...reason } }],
      [officer, reportOf(penalty)],
      [officer, { action: 'submit_review', detail: {} }],
      [reviewer, { action: 'review_agree', detail: { opinion: '同意' } }],
      [officer, { action: 'notify', detail: { penalty } }],
      [officer, { action: 'ask_hearing', detail: reason }],
    ]);
    expect(made.act(leader, at, decision(penalty))).toContain('听证');
    all(made, '2026-03-20 09:00:00', [
      [reviewer, { action: 'hold_hearing', detail: { report: '听证报告' } }],
      [leader, { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
      [leader, decision(penalty)],
      [officer, { action: 'serve', detail: { way: 'direct' } }],
      [officer, { action: 'pay', detail: { what: 'refund', fen: 90_000_000, reference: 'A1' } }],
      [officer, { action: 'pay', detail: { what: 'fine', fen: 120_000_000, reference: 'A2' } }],
      [leader, { action: 'close', detail: { ground: 'performed', reason: '履行完毕' } }],
    ]);
    expect(made.file().state).toBe('closed');
    expect(amountsOf(made.file())).toEqual({
      flagged_fen: 100_000_000,
      confirmed_fen: 90_000_000,
      refund_decided_fen: 90_000_000,
      fine_decided_fen: 120_000_000,
      recovered_fen: 90_000_000,
      fine_paid_fen: 120_000_000,
    });
    expect(caseOf(made.events)).toEqual(made.file());
  });

  test('a small matter ends by summary procedure', () => {
    const made = desk(opening('2026-03-02 09:00:00', [100_000]));
    const penalty = penaltyOf({ refund_fen: 100_000, fine_fen: 100_000 });
    const summary = (fine_fen: number): Command => ({
      action: 'decide_summary',
      detail: { penalty: { ...penalty, refund_fen: fine_fen, fine_fen }, officers, reason: '当场' },
    });
    expect(made.act(officer, '2026-03-02 10:00:00', summary(300_001))).toContain('3000');
    expect(made.act(officer, '2026-03-02 10:00:00', summary(100_000))).toBeNull();
    expect(made.file().state).toBe('decided');
  });

  test('a referral to the police holds the penalty up until it is settled, and then takes its place', () => {
    const made = notifiedCase('2026-03-02 09:00:00');
    const late = '2026-03-20 09:00:00';
    all(made, '2026-03-02 10:00:00', [[officer, proposal]]);
    expect(made.act(leader, late, decision())).toContain('以罚代刑');
    all(made, late, [
      [leader, { action: 'approve_police', detail: reason }],
      [officer, { action: 'transfer_police', detail: { to: '市公安局' } }],
    ]);
    expect(made.act(leader, late, decision())).toContain('移送');
    all(made, late, [
      [leader, { action: 'decide', detail: { kind: 'to_judiciary', penalty: null, reason: '涉嫌犯罪' } }],
    ]);
  });
});

describe('guards refuse with a reason', () => {
  const at = '2026-03-02 09:00:00';
  test.each([
    ['one officer', filingOf({ officers: officers.slice(0, 1) }), /2 名/],
    [
      'the same officer twice',
      filingOf({ officers: officers.slice(0, 1).concat(officers.slice(0, 1)) }),
      /2 名/,
    ],
    [
      'a certificate that ran out the day before',
      filingOf({ officers: officers.map((one) => ({ ...one, valid_to: '2026-03-01' })) }),
      /现有 0 名/,
    ],
    ['limitation passed', filingOf({ conduct_ended: '2024-03-02' }), /2 年追诉时效/],
    ['conduct that has not happened', filingOf({ conduct_ended: '2026-03-03' }), /不能晚于今天/],
    ['a cause of persons for an institution', filingOf({ cause: 27 }), /案由/],
    ['no jurisdiction', filingOf({ own_jurisdiction: false }), /立案须/],
  ])('filing: %s', (_name, command, expected) => {
    expect(desk(opening(at)).act(leader, at, command)).toMatch(expected);
  });

  test('filing: on the last day of limitation, with health harmed after two years, with certificates of the day', () => {
    for (const command of [
      filingOf({ conduct_ended: '2024-03-03' }),
      filingOf({ conduct_ended: '2026-03-02' }),
      filingOf({ conduct_ended: '2021-03-03', harms_health: true }),
      filingOf({ officers: officers.map((one) => ({ ...one, valid_to: '2026-03-02' })) }),
    ])
      expect(desk(opening(at)).act(leader, at, command)).toBeNull();
  });

  test('no period is set that is over already', () => {
    const made = notifiedCase(at);
    const correct = (until: string): Command => ({
      action: 'order_correction',
      detail: { until, what: '停止重复收费' },
    });
    expect(made.act(officer, at, correct('2026-03-01'))).toContain('不能早于今天');
    all(made, at, [[officer, correct('2026-03-02')]]);
    const late = '2026-03-20 09:00:00';
    const defer = (until: string): Command => ({ action: 'defer_payment', detail: { until, ...reason } });
    all(made, late, [
      [leader, decision()],
      [officer, { action: 'serve', detail: { way: 'direct' } }],
    ]);
    expect(made.act(leader, late, defer('2026-03-19'))).toContain('不能早于今天');
    all(made, late, [[leader, defer('2026-03-20')]]);
  });

  test('who is recused does nothing, and with one officer left the case waits for another', () => {
    const made = desk(opening(at));
    all(made, at, [
      [leader, filingOf()],
      [leader, { action: 'recuse', detail: { account: 'li', reason: '近亲属' } }],
    ]);
    const confirm: Command = { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 1, ...reason } };
    expect(made.act(second, at, confirm)).toBe('您已回避本案');
    expect(made.act(officer, at, confirm)).toMatch(/现有 1 名/);
    expect(made.act(leader, at, { action: 'assign', detail: { officers } })).toMatch(/现有 1 名/);
    all(made, at, [
      [
        leader,
        {
          action: 'assign',
          detail: {
            officers: [
              ...officers.slice(0, 1),
              { account: 'zhao', certificate: 'Z3', valid_to: '2030-01-01' },
            ],
          },
        },
      ],
      [officer, confirm],
    ]);
  });

  test('nobody reviews or decides a case of their own, even after they left it', () => {
    const made = notifiedCase(at);
    const late = '2026-03-20 09:00:00';
    all(made, at, [
      [
        leader,
        {
          action: 'assign',
          detail: {
            officers: [...officers, { account: 'ju', certificate: 'Z9', valid_to: '2030-01-01' }],
          },
        },
      ],
      [leader, { action: 'assign', detail: { officers } }],
    ]);
    expect(made.act(leader, late, decision())).toContain('本人承办');
    expect(made.act({ account: 'ju2', role: 'leader' }, late, decision())).toBeNull();
  });

  test('no decision without the legal review and the discussion where they are due', () => {
    const penalty = penaltyOf({ refund_fen: 90_000_000, fine_fen: 120_000_000 });
    const made = desk(opening(at, [90_000_000]));
    all(made, at, [
      [leader, filingOf()],
      [officer, { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 90_000_000, ...reason } }],
      [officer, reportOf(penalty)],
    ]);
    expect(made.act(officer, at, { action: 'notify', detail: { penalty } })).toContain('法制审核');
    all(made, at, [[officer, { action: 'submit_review', detail: {} }]]);
    expect(
      made.act({ account: 'wang', role: 'legal_reviewer' }, at, {
        action: 'review_agree',
        detail: { opinion: '同意' },
      }),
    ).toContain('本人承办');
    all(made, at, [
      [reviewer, { action: 'review_agree', detail: { opinion: '同意' } }],
      [officer, { action: 'notify', detail: { penalty } }],
    ]);
    // 2 March and five working days: the 9th is the last on which a hearing can be asked for.
    expect(made.act(leader, '2026-03-09 23:59:59', decision(penalty))).toContain('2026-03-09');
    expect(made.act(leader, '2026-03-10 00:00:00', decision(penalty))).toContain('集体讨论');
    all(made, '2026-03-10 00:00:00', [
      [leader, { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
      [leader, decision(penalty)],
    ]);
  });

  test('a defence never makes the penalty heavier, and what is heavier than notified is notified anew', () => {
    const late = '2026-03-20 09:00:00';
    const heavier = penaltyOf({ fine_fen: 200_000 });
    const silent = notifiedCase(at);
    expect(silent.act(leader, late, decision(heavier))).toContain('重新告知');
    expect(silent.act(officer, at, { action: 'notify', detail: { penalty: heavier } })).toBeNull();

    const spoken = notifiedCase(at);
    all(spoken, at, [[officer, { action: 'defend', detail: { statement: '有异议' } }]]);
    expect(spoken.act(leader, late, decision(heavier))).toContain('申辩');
    expect(spoken.act(officer, late, { action: 'notify', detail: { penalty: heavier } })).toContain('申辩');
    all(spoken, late, [[leader, decision(penaltyOf({ fine_fen: 100_000 }))]]);
  });

  test.each([
    ['38 below once', { fine_fen: 99_999 }, /1000\.00 元至 2000\.00 元/],
    ['38 above twice', { fine_fen: 200_001 }, /1000\.00 元至 2000\.00 元/],
    ['38 suspends only who refuses', { suspension_months: 6 }, /不得暂停/],
    ['38 suspends from six months', { suspension_months: 5, refused_or_serious: true }, /6 至 12/],
    [
      '39 fines only who refuses',
      { article: '39', refund_fen: 0, fine_fen: 1_000_000 },
      /0\.00 元至 0\.00 元/,
    ],
    ['40 asks for intent', { article: '40', fine_fen: 200_000 }, /0\.00 元至 0\.00 元/],
    ['40 from twice', { article: '40', intent: true, fine_fen: 199_999 }, /2000\.00 元至 5000\.00 元/],
    ['41 is for persons', { article: '41' }, /不适用/],
  ] as const)('penalty ranges: %s', (_name, given, expected) => {
    const made = notifiedCase(at);
    expect(made.act(officer, at, { action: 'notify', detail: { penalty: penaltyOf(given) } })).toMatch(
      expected,
    );
  });

  test('money stays within its stage', () => {
    const made = desk(opening(at));
    all(made, at, [[leader, filingOf()]]);
    const confirm = (confirmed_fen: number): Command => ({
      action: 'confirm_amount',
      detail: { no: 1, confirmed_fen, ...reason },
    });
    expect(made.act(officer, at, reportOf(null))).toContain('逐项认定');
    expect(made.act(officer, at, confirm(100_001))).toContain('不得超过');
    all(made, at, [[officer, confirm(90_000)]]);
    expect(made.act(officer, at, reportOf(penaltyOf()))).toContain('认定金额');
  });

  test('every offer of a page says why not, in both languages, or can be taken', () => {
    const made = notifiedCase(at);
    const offers = offersOf({
      file: made.file(),
      events: made.events,
      procedure,
      ...officer,
      at: secondOf(at) ?? 0,
    });
    expect(offers.find(({ action }) => action === 'decide')?.refused?.zh).toContain('负责人');
    expect(offers.find(({ action }) => action === 'defend')?.refused).toBeNull();
    for (const { refused } of offers) if (refused !== null) expect(refused.en.length).toBeGreaterThan(5);
  });
});

const texts = fc.constant('理由');
const person = fc.constantFrom('wang', 'li', 'fa', 'ju', 'zhao');
const penalties = fc.record({
  article: fc.constantFrom('38', '39', '40', '41'),
  refund_fen: fc.constantFrom(0, 50_000, 100_000, 90_000_000),
  fine_fen: fc.constantFrom(0, 100_000, 150_000, 1_000_000, 200_000_000),
  suspension_months: fc.constantFrom(0, 0, 6),
  ends_agreement: fc.boolean(),
  refused_or_serious: fc.boolean(),
  intent: fc.boolean(),
});
const somePenalty = fc.oneof(fc.constant(penaltyOf()), fc.constant(penaltyOf()), penalties);
const someOfficers = fc.oneof(
  fc.constant(officers),
  fc.subarray(
    ['wang', 'li', 'zhao', 'ju'].map((account) => ({ account, certificate: 'Z', valid_to: '2030-12-31' })),
    { minLength: 1 },
  ),
);
/** Values for the fields of any detail, by name, or by action and name. */
const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  cause: fc.constantFrom(13, 13, 13, 27),
  conduct_ended: fc.constantFrom('2025-12-31', '2025-12-31', '2020-01-01'),
  harms_health: fc.boolean(),
  suspect_identified: fc.constant(true),
  punishable: fc.constant(true),
  own_jurisdiction: fc.constantFrom(true, true, false),
  officers: someOfficers,
  group: someOfficers,
  account: person,
  to: person,
  no: fc.constantFrom(1, 1, 2),
  confirmed_fen: fc.constantFrom(100_000, 100_000, 200_000),
  emergency: fc.boolean(),
  penalty: somePenalty,
  complex: fc.boolean(),
  public_interest: fc.boolean(),
  participants: fc.constant(['ju', 'fu']),
  fen: fc.constantFrom(1, 100_000, 150_000),
  until: fc.constant('2026-12-01'),
  evidence: fc.integer({ min: 1, max: 3 }).map((no) => evidenceOf(no, 10_000)),
  // What is no penalty states none.
  'decide.penalty': fc.option(somePenalty, { freq: 2 }),
};
/** `kind`, `ground`, `way` and `what` have values of their own in each command. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'begin_stop.kind': ['testing', 'appraisal'],
  'review_return.kind': ['change', 'correct'],
  'decide.kind': ['penalty', 'no_penalty', 'not_established', 'to_judiciary'],
  'suspend.ground': ['other'],
  'terminate.ground': ['other'],
  'close.ground': ['performed', 'without_performance', 'other'],
  'serve.way': ['direct'],
  'propose_police.crime': ['fraud'],
  'pay.what': ['refund', 'fine'],
};
const variantsMax = 40;
/** Of each action some commands, the same in every run. */
const pool: ReadonlyMap<string, readonly Command[]> = new Map(
  commandSchema.options
    .filter((option) => option.shape.action.value !== 'open')
    .map((option) => {
      const action = option.shape.action.value;
      const detail = fc.record(
        Object.fromEntries(
          Object.keys(option.shape.detail.shape).map((name) => {
            const own = choices[`${action}.${name}`];
            return [
              name,
              own !== undefined
                ? fc.constantFrom(...own)
                : (fields[`${action}.${name}`] ?? fields[name] ?? texts),
            ];
          }),
        ),
      );
      const details = fc.sample(detail, { numRuns: variantsMax, seed: 7 });
      return [action, details.map((value) => commandSchema.parse({ action, detail: value }))];
    }),
);
/** A referral takes three acts in a row, which chance seldom brings together. */
const referral: readonly (readonly [Who, Command])[] = [
  [officer, proposal],
  [leader, { action: 'approve_police', detail: reason }],
  [officer, { action: 'transfer_police', detail: { to: '市公安局' } }],
];
const role: fc.Arbitrary<CaseRole> = fc.constantFrom('case_officer', 'legal_reviewer', 'leader');
const act = fc.record({
  /** Any action at all, and not one that has a place in the state. */
  isWild: fc.integer({ min: 0, max: 4 }).map((die) => die === 0),
  action: fc.nat(999),
  variant: fc.nat(variantsMax - 1),
  stranger: fc.option(fc.record({ role, account: person }), { freq: 4 }),
  days: fc.nat(3),
});
const acts = fc.array(act, { minLength: 15, maxLength: 30, size: 'max' });
/** Most ways end early: some begin further on. */
const stepsDone = fc.nat(6);
const grave = penaltyOf({ article: '40', intent: true, fine_fen: 200_000, suspension_months: 6 });
const homes: Readonly<Record<CaseRole, string>> = {
  case_officer: 'wang',
  legal_reviewer: 'fa',
  leader: 'ju',
};
const secondsADay = 86_400;

describe('random ways', () => {
  test('10,000 sequences of acts never leave the table, and what is refused is refused with a reason and changes nothing', () => {
    const reached = new Set<string>();
    let taken = 0;
    let isReferred = false;
    fc.assert(
      fc.property(stepsDone, fc.boolean(), fc.nat(4), acts, (steps, isGrave, referred, sequence) => {
        const begun = '2026-03-02 09:00:00';
        const made = notifiedCase(begun, isGrave ? grave : penaltyOf(), steps);
        if (referred === 0) for (const [who, command] of referral) made.act(who, begun, command);
        let at = secondOf(begun) ?? 0;
        for (const { isWild, action, variant, stranger, days } of sequence) {
          at += days * secondsADay;
          const before = made.file();
          // Mostly what has a place and somebody who may, so that sequences get far; now and then anything by anybody.
          const fitting = isWild ? actions : actions.filter((one) => table[one].from.includes(before.state));
          const name = fitting[action % Math.max(1, fitting.length)];
          if (name === undefined) continue;
          const row = table[name];
          const command = pool.get(name)?.[variant];
          if (command === undefined) throw new Error(`no command for ${name}`);
          const own = row.roles[0] ?? 'leader';
          const who = stranger ?? { role: own, account: homes[own] };
          const refused = made.act(who, formatSecond(at), command);
          const after = made.file();
          if (refused === null) taken += 1;
          const isLawful =
            refused === null
              ? row.from.includes(before.state) &&
                row.roles.includes(who.role) &&
                after.state === stateAfter(before.state, name) &&
                after.revision === before.revision + 1
              : /[\u4e00-\u9fff]/.test(refused) && after === before;
          const amounts = amountsOf(after);
          const isApart =
            amounts.confirmed_fen <= amounts.flagged_fen &&
            amounts.recovered_fen <= amounts.refund_decided_fen &&
            amounts.fine_paid_fen <= amounts.fine_decided_fen;
          // One comparison for all: there are a quarter of a million acts.
          if (!isLawful || !isApart) expect({ name, who, refused, amounts }).toBeNull();
          reached.add(made.file().state);
        }
        const { decision, duties, filing, notified, police } = made.file();
        // No penalty stands in for prosecution, and nothing goes to the police beside one.
        if (decision?.kind === 'penalty') expect([null, 'refused', 'declined', 'returned']).toContain(police);
        if (decision?.kind === 'to_judiciary') isReferred = true;
        if (decision?.kind === 'penalty' && filing !== null) {
          const decider = made.events.find(({ action }) => action === 'decide')?.account;
          expect(duties.some((duty) => duty.action !== 'case.decide' && duty.account === decider)).toBe(
            false,
          );
          expect(notified).not.toBeNull();
        }
      }),
      { numRuns: 10_000 },
    );
    // A test that never gets anywhere would prove nothing.
    expect(taken).toBeGreaterThan(20_000);
    expect(isReferred).toBe(true);
    expect([...reached].sort()).toEqual([...caseStates].sort());
  });

  test('every action of the table is known, and every state can be left or is an end', () => {
    expect(actions.length).toBe(commandSchema.options.length - 1);
    const ends = ['not_filed', 'closed'];
    for (const { to } of Object.values(table))
      if (to !== null && !ends.includes(to))
        expect(
          Object.values(table).some((row) => row.to !== null && row.from.includes(to) && row.to !== to),
        ).toBe(true);
    expect(actions.filter((action) => table[action].from.includes('not_filed'))).toEqual([]);
  });
});
