/** The guards of the transition table, each a question to the case with an answer in words. Pure. */
import type { Message } from '../claims/contract.ts';
import { conflict, type DutyAction } from '../people/segregation.ts';
import { dayOf, dayOfSecond, formatDay, formatSecond } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import { amountsOf } from './amounts.ts';
import type { CaseFile, Officer, PoliceReferral } from './case-of.ts';
import { type Clock, clocksOf } from './clocks.ts';
import {
  type Action,
  type CaseEvent,
  type CaseRole,
  type Command,
  namedSubjectKinds,
  type Penalty,
} from './contract.ts';
import { isHeavier, isLarge, needsGroup, penaltyFault, summaryLimit } from './penalty.ts';
import { personalFaults } from './personal-text.ts';
import { parameterOf, type Procedure } from './procedure.ts';
import type { GuardName } from './transition.ts';

export interface Attempt {
  readonly file: CaseFile;
  readonly events: readonly CaseEvent[];
  readonly procedure: Procedure;
  readonly account: string;
  readonly role: CaseRole;
  /** A civil second. */
  readonly at: number;
  readonly action: Exclude<Action, 'open'>;
  /** `null`: only asked whether it could be done; what hangs on the particulars is not asked. */
  readonly command: Command | null;
}

type Guard = (attempt: Attempt) => Message | null;

const say = (zh: string, en: string): Message => ({ zh, en });
const unless = (holds: boolean, zh: string, en: string): Message | null => (holds ? null : say(zh, en));
const dayText = ({ at }: Attempt): string => formatDay(dayOfSecond(at));

const clockOfAction: Readonly<Partial<Record<Action, string>>> = {
  extend_verification: 'verification',
  extend_seal: 'sealing',
  extend_decision: 'decision',
  extend_decision_by_group: 'decision',
  extend_review: 'legal_review',
  ask_hearing: 'hearing_request',
  ask_police_again: 'police_objection',
};
const predecessor: Readonly<Partial<Record<Action, { action: Action; zh: string; en: string }>>> = {
  extend_decision_by_group: {
    action: 'extend_decision',
    zh: '须先经负责人批准延长30日',
    en: 'The leader extends by 30 days first',
  },
  apply_enforcement: { action: 'demand', zh: '须先催告', en: 'A demand goes before' },
};
const dutyOf: Readonly<Partial<Record<Action, DutyAction>>> = {
  review_agree: 'case.legal_review',
  review_continue: 'case.legal_review',
  review_return: 'case.legal_review',
  hold_hearing: 'case.legal_review',
  decide: 'case.decide',
};

/** The latest period of this code. */
function latestClock({ events, file, procedure, at }: Attempt, code: string): Clock | undefined {
  return clocksOf(events, file.area, procedure, at).findLast((clock) => clock.code === code);
}

/** The penalty that an attempt names. */
function penaltyNamed({ command }: Attempt): Penalty | null {
  switch (command?.action) {
    case 'report':
    case 'notify':
    case 'decide':
    case 'decide_summary':
      return command.detail.penalty;
    default:
      return null;
  }
}

/** The penalty in question: what the attempt names, or else what was said last. */
const penaltyInQuestion = (attempt: Attempt): Penalty | null =>
  penaltyNamed(attempt) ?? attempt.file.notified?.penalty ?? attempt.file.report?.penalty ?? null;

const large = (attempt: Attempt, penalty: Penalty): boolean =>
  isLarge(penalty, attempt.file.subject, attempt.file.area, dayText(attempt), attempt.procedure);

function isReviewDue(attempt: Attempt): boolean {
  const { report } = attempt.file;
  if (report === null) return false;
  const penalty = penaltyInQuestion(attempt);
  return report.complex || report.public_interest || (penalty !== null && large(attempt, penalty));
}

function isHearingDue(attempt: Attempt): boolean {
  const penalty = attempt.file.notified?.penalty;
  return penalty !== undefined && large(attempt, penalty);
}

function officersNamed({ command, action, file }: Attempt): readonly Officer[] | null {
  if (action === 'propose_police') return command?.action === 'propose_police' ? command.detail.group : null;
  if (action !== 'file' && action !== 'assign' && action !== 'decide_summary') return file.officers;
  if (command?.action === 'file' || command?.action === 'assign' || command?.action === 'decide_summary')
    return command.detail.officers;
  return null;
}

function certifiedOfficers(attempt: Attempt): Message | null {
  const named = officersNamed(attempt);
  if (named === null) return null;
  const { file, procedure } = attempt;
  const day = dayText(attempt);
  const least = parameterOf(procedure, 'officers_min', file.area, day);
  const accounts = new Set(
    named
      .filter(({ account, valid_to }) => valid_to >= day && !file.recused.includes(account))
      .map(({ account }) => account),
  );
  return unless(
    accounts.size >= least,
    `须有不少于 ${least} 名执法证有效且未回避的执法人员，现有 ${accounts.size} 名`,
    `It takes ${countText(least, 'officer')} with a valid certificate, not recused; ${countText(accounts.size, 'such officer is', 'such officers are')} named`,
  );
}

function limitation(attempt: Attempt): Message | null {
  const { command, file, procedure } = attempt;
  if (command?.action !== 'file') return null;
  const { conduct_ended, harms_health } = command.detail;
  const day = dayText(attempt);
  const years = parameterOf(
    procedure,
    harms_health ? 'limitation_years_health' : 'limitation_years',
    file.area,
    day,
  );
  const end = yearsLater(conduct_ended, years);
  return unless(
    file.discovered < end,
    `违法行为终了于 ${conduct_ended}，发现时已超过 ${years} 年追诉时效`,
    `The conduct ended on ${conduct_ended}; when discovered, the limitation of ${countText(years, 'year')} had passed`,
  );
}

/** The same date so many years later; of 29 February the first of March, where there is no such day. */
export function yearsLater(day: string, years: number): string {
  const year = String(Number(day.slice(0, 4)) + years).padStart(4, '0');
  const same = `${year}${day.slice(4)}`;
  return dayOf(same) === null ? `${year}-03-01` : same;
}

function timeToBeHeard(attempt: Attempt): Message | null {
  const { command, file } = attempt;
  if (command?.action === 'decide' && command.detail.kind !== 'penalty') return null;
  if (file.notified === null) return null;
  const waitsForHearing = isHearingDue(attempt) && !file.isHearingWaived && !file.isHeard;
  const codes = [...(file.isDefended ? [] : ['statement']), ...(waitsForHearing ? ['hearing_request'] : [])];
  for (const code of codes) {
    const clock = latestClock(attempt, code);
    if (clock !== undefined && clock.ended_at === null && formatSecond(attempt.at) < clock.late_from)
      return say(
        `当事人${clock.name.zh}的期限至 ${clock.last_day}，届满前不得作出处罚决定`,
        `The party has until ${clock.last_day} (${clock.name.en}); no penalty is decided before`,
      );
  }
  return null;
}

function filingConditions({ command }: Attempt): Message | null {
  if (command?.action !== 'file') return null;
  const { suspect_identified, punishable, own_jurisdiction } = command.detail;
  return unless(
    suspect_identified && punishable && own_jurisdiction,
    '立案须同时具备：有明确的违法嫌疑人、依法应当给予处罚、属于本机关管辖',
    'A case is filed where there is a suspect, a penalty is due by law, and the agency is competent',
  );
}

function causeOfSubject({ command, file, procedure }: Attempt): Message | null {
  if (command?.action !== 'file') return null;
  const cause = procedure.causes.find(({ item }) => item === command.detail.cause);
  return unless(
    cause?.subject === file.subject.kind,
    '案由与当事人的类别不符',
    'The cause is none of this kind of party',
  );
}

/** Conduct lies behind, periods that are set lie ahead. */
function datesInOrder(attempt: Attempt): Message | null {
  const { command } = attempt;
  const today = dayText(attempt);
  switch (command?.action) {
    case 'file':
      return unless(
        command.detail.conduct_ended <= today,
        '违法行为终了日不能晚于今天',
        'The last day of the conduct cannot lie ahead',
      );
    case 'order_correction':
    case 'defer_payment':
      return unless(
        command.detail.until >= today,
        '期限不能早于今天',
        'A period that is set cannot be over already',
      );
    default:
      return null;
  }
}

/** A name makes its way to everybody, so that of a person must not come in by it. What was stated once, filing alone corrects. */
function partyNameable({ command, file }: Attempt): Message | null {
  if (command === null || !('party_name' in command.detail)) return null;
  const { party_name } = command.detail;
  if (party_name === undefined) return null;
  const isCorrecting = command.action === 'file' || command.action === 'decide_summary';
  if (!isCorrecting && file.party_name !== null && file.party_name !== party_name)
    return say(
      `本案已写明当事人名称“${file.party_name}”，移送须一致`,
      `The case says that the party is called “${file.party_name}”; a referral says the same`,
    );
  const [fault] = personalFaults(party_name);
  return (
    unless(
      namedSubjectKinds.includes(file.subject.kind),
      '只有机构的案件写明当事人名称，自然人和其他当事人只写编号',
      'Only institutions are named; persons and other parties stand by their code',
    ) ??
    (fault === undefined
      ? null
      : say(`当事人名称${fault.zh}`, `The name of the party cannot stand so. ${fault.en}`))
  );
}

function evidenceKnown({ command, file }: Attempt): Message | null {
  if (command?.action !== 'hand_over' && command?.action !== 'confirm_amount') return null;
  const { no } = command.detail;
  return unless(
    file.evidence.some((piece) => piece.no === no),
    `没有编号为 ${no} 的证据`,
    `There is no evidence number ${no}`,
  );
}

function confirmedWithinFlagged({ command, file }: Attempt): Message | null {
  if (command?.action !== 'confirm_amount') return null;
  const { no, confirmed_fen } = command.detail;
  const flagged = file.evidence.find((piece) => piece.no === no)?.flagged_fen ?? 0;
  return unless(
    confirmed_fen <= flagged,
    '认定金额不得超过该证据的涉嫌金额，更多的金额须另有证据',
    'No more is confirmed than was flagged; more takes more evidence',
  );
}

function penaltyInRange(attempt: Attempt): Message | null {
  const penalty = penaltyNamed(attempt);
  if (penalty === null) return null;
  const { file, procedure } = attempt;
  return penaltyFault(penalty, file.subject, file.area, dayText(attempt), procedure);
}

function discussedWhereDue(attempt: Attempt): Message | null {
  const { file, procedure, command } = attempt;
  const penalty =
    command?.action === 'decide' && command.detail.kind !== 'penalty' ? null : penaltyInQuestion(attempt);
  const isDue =
    file.report?.complex === true ||
    (penalty !== null && needsGroup(penalty, file.subject, file.area, dayText(attempt), procedure));
  return unless(
    !isDue || file.isDiscussed,
    '重大案件须先经负责人集体讨论',
    'The leaders discuss a grave case first',
  );
}

const isAmong =
  (...states: readonly PoliceReferral[]) =>
  ({ police }: CaseFile): boolean =>
    police !== null && states.includes(police);
/** The agency has to settle it. */
const isBeingReferred = isAmong('proposed', 'approved');
const isAwaited = isAmong('transferred', 'received', 'asked_again', 'asked_supervision');
const isWithPolice = isAmong('transferred', 'received', 'asked_again', 'asked_supervision', 'filed');

function penaltyFitsKind({ command, file }: Attempt): Message | null {
  if (command?.action !== 'decide') return null;
  const { kind, penalty } = command.detail;
  if ((kind === 'penalty') !== (penalty !== null))
    return say(
      '给予处罚的决定须写明处罚，其他决定不得写处罚',
      'A penalty, and nothing else, states a penalty',
    );
  return unless(
    (kind === 'to_judiciary') === isWithPolice(file),
    '已移送公安机关的，只能作出移送司法机关的决定；未移送的，不能作出该决定',
    'What went to the police is decided as such, and nothing else is',
  );
}

function summaryFine(attempt: Attempt): Message | null {
  const { command, file, procedure } = attempt;
  if (command?.action !== 'decide_summary') return null;
  const limit = summaryLimit(file.subject, file.area, dayText(attempt), procedure);
  const { fine_fen, suspension_months, ends_agreement } = command.detail.penalty;
  return unless(
    fine_fen <= limit && suspension_months === 0 && !ends_agreement,
    `简易程序只能处以 ${limit / 100} 元以下罚款`,
    `The summary procedure ends with a fine of ${limit / 100} yuan at most`,
  );
}

function paymentWithinDecision({ command, file }: Attempt): Message | null {
  if (command?.action !== 'pay') return null;
  const { what, fen } = command.detail;
  const amounts = amountsOf(file);
  const open =
    what === 'refund'
      ? amounts.refund_decided_fen - amounts.recovered_fen
      : amounts.fine_decided_fen - amounts.fine_paid_fen;
  return unless(fen <= open, '缴款不得超过决定的金额', 'No more is paid than was decided');
}

function closingConditions({ command, file }: Attempt): Message | null {
  if (file.isPreserved || file.isSealed)
    return say('尚有先行登记保存或者封存的物品未处理', 'Something is still kept or sealed');
  if (file.police === 'transferred')
    return say('公安机关的移送回执尚未登记', 'The receipt of the police is not recorded yet');
  if (command?.action !== 'close') return null;
  const { ground } = command.detail;
  const amounts = amountsOf(file);
  switch (ground) {
    case 'performed':
      return unless(
        file.decision?.penalty != null &&
          amounts.recovered_fen === amounts.refund_decided_fen &&
          amounts.fine_paid_fen === amounts.fine_decided_fen,
        '处罚决定尚未履行完毕',
        'The decision is not performed in full',
      );
    case 'enforcement_ended':
      return unless(file.done.has('apply_enforcement'), '未申请强制执行', 'No enforcement was applied for');
    case 'without_performance':
      return unless(
        file.state !== 'served' || file.decision?.penalty == null,
        '处罚决定须履行后结案',
        'A penalty is performed before the case is closed',
      );
    case 'other':
      return null;
  }
}

export const guards: Readonly<Record<GuardName, Guard>> = {
  not_recused: ({ file, account }) =>
    unless(!file.recused.includes(account), '您已回避本案', 'You are recused from this case'),
  officer_of_the_case: ({ file, account }) =>
    unless(
      // Before a case is filed nobody is assigned to it yet.
      file.state === 'clue' || file.officers.some((one) => one.account === account),
      '您不是本案承办人',
      'You are no officer of this case',
    ),
  segregation: ({ file, account, action }) => {
    const duty = dutyOf[action];
    return duty === undefined ? null : (conflict(duty, account, file.duties)?.reason ?? null);
  },
  once: ({ file, action }) => unless(!file.done.has(action), '只能进行一次', 'It may be done once only'),
  preceded: ({ file, action }) => {
    const before = predecessor[action];
    return before === undefined ? null : unless(file.done.has(before.action), before.zh, before.en);
  },
  within_clock: (attempt) => {
    const code = clockOfAction[attempt.action];
    const clock = code === undefined ? undefined : latestClock(attempt, code);
    return unless(
      clock !== undefined && clock.ended_at === null && formatSecond(attempt.at) < clock.late_from,
      clock === undefined ? '期限尚未起算' : `期限已于 ${clock.last_day} 届满`,
      clock === undefined ? 'The period has not begun' : `The period ended on ${clock.last_day}`,
    );
  },
  filing_conditions: filingConditions,
  dates_in_order: datesInOrder,
  limitation,
  certified_officers: certifiedOfficers,
  cause_of_subject: causeOfSubject,
  party_nameable: partyNameable,
  officers_left: ({ command, file }) =>
    command?.action === 'recuse'
      ? unless(!file.recused.includes(command.detail.account), '此人已回避', 'They are recused already')
      : null,
  evidence_known: evidenceKnown,
  evidence_numbered: ({ command, file }) =>
    command?.action === 'add_evidence'
      ? unless(
          command.detail.evidence.no === file.evidence.length + 1,
          '证据编号须连续',
          'Evidence is numbered in a row',
        )
      : null,
  confirmed_within_flagged: confirmedWithinFlagged,
  amounts_confirmed: ({ file }) =>
    unless(
      file.evidence.every((piece) => piece.flagged_fen === 0 || piece.confirmed_fen !== null),
      '尚有涉嫌金额未逐项认定',
      'Some amounts are not established yet',
    ),
  penalty_in_range: penaltyInRange,
  refund_within_confirmed: (attempt) => {
    const penalty = penaltyNamed(attempt);
    return unless(
      penalty === null || penalty.refund_fen <= amountsOf(attempt.file).confirmed_fen,
      '责令退回的金额不得超过认定金额',
      'No more is to be returned than was confirmed',
    );
  },
  nothing_stopped: ({ file }) =>
    unless(
      !file.isStopped,
      '检测、鉴定、专家评审或公告尚未结束',
      'Testing, appraisal or review is still under way',
    ),
  stopped: ({ file }) => unless(file.isStopped, '没有进行中的检测、鉴定等', 'There is nothing under way'),
  preserved: ({ file }) =>
    unless(file.isPreserved, '没有先行登记保存的物品', 'Nothing is registered and kept'),
  not_preserved: ({ file }) =>
    unless(!file.isPreserved, '已有先行登记保存尚未处理', 'Something is kept already'),
  sealed: ({ file }) => unless(file.isSealed, '没有封存的物品', 'Nothing is sealed'),
  not_sealed: ({ file }) => unless(!file.isSealed, '已有封存尚未解除', 'Something is sealed already'),
  assistance_asked: ({ file }) =>
    unless(file.isAssistanceAsked, '没有发出的协查请求', 'Nobody was asked for assistance'),
  reviewed_where_due: (attempt) =>
    unless(
      attempt.file.isReviewed || !isReviewDue(attempt),
      '须先经法制审核同意；未经审核不得作出决定',
      'A legal review must agree first',
    ),
  review_due: (attempt) =>
    unless(
      isReviewDue(attempt),
      '本案不属于须经法制审核的情形，可直接告知',
      'No legal review is due; notify the party',
    ),
  notified: ({ file, command }) =>
    command?.action === 'decide' && command.detail.kind === 'penalty'
      ? unless(file.state === 'notified', '处罚前须事先告知', 'The party is notified before a penalty')
      : null,
  hearing_due: (attempt) =>
    unless(
      isHearingDue(attempt),
      '拟作处罚不属于可以听证的情形',
      'There is no right to a hearing in this case',
    ),
  time_to_be_heard: timeToBeHeard,
  discussed_where_due: discussedWhereDue,
  no_aggravation: (attempt) => {
    const penalty = penaltyNamed(attempt);
    const { bound } = attempt.file;
    return unless(
      penalty === null || bound === null || !isHeavier(penalty, bound),
      '不得因当事人申辩而给予更重的处罚',
      'A defence does not make the penalty heavier',
    );
  },
  as_notified: ({ command, file }) => {
    if (command?.action !== 'decide' || command.detail.penalty === null || file.notified === null)
      return null;
    const { penalty } = file.notified;
    return unless(
      command.detail.penalty.article === penalty.article && !isHeavier(command.detail.penalty, penalty),
      '处罚依据不同或重于告知内容的，须重新告知',
      'What is heavier than notified, or by another article, is notified anew',
    );
  },
  penalty_fits_kind: penaltyFitsKind,
  police_settled: ({ file }) =>
    unless(
      !isBeingReferred(file),
      '移送公安机关的事项尚未办结，不得以罚代刑',
      'The referral to the police is not settled; no penalty stands in for prosecution',
    ),
  police_not_open: ({ file }) =>
    unless(
      !isBeingReferred(file) && !isAwaited(file),
      '移送公安机关的事项尚未办结',
      'The referral to the police is not settled',
    ),
  police_not_filed: ({ file }) =>
    unless(file.police !== 'filed', '公安机关已经立案', 'The police have opened a case already'),
  police_proposed: ({ file }) =>
    unless(file.police === 'proposed', '没有待批准的移送建议', 'No referral was proposed'),
  police_approved: ({ file }) =>
    unless(file.police === 'approved', '移送尚未批准', 'The referral is not approved'),
  police_transferred: ({ file }) =>
    unless(file.police === 'transferred', '没有待登记回执的移送', 'No referral awaits its receipt'),
  police_to_answer: ({ file }) =>
    unless(
      isAwaited(file) && file.police !== 'transferred',
      file.police === 'transferred' ? '须先登记移送回执' : '没有待公安机关答复的移送',
      file.police === 'transferred'
        ? 'The receipt is recorded first'
        : 'There is nothing that the police have to answer',
    ),
  police_filed: ({ file }) =>
    unless(file.police === 'filed', '公安机关尚未立案', 'The police have opened no case'),
  police_declined: ({ file }) =>
    unless(file.police === 'declined', '没有公安机关不予立案的通知', 'The police have not declined') ??
    unless(
      file.decision === null || file.decision.kind === 'to_judiciary',
      '本机关已另行作出处理决定',
      'The agency has decided the case otherwise',
    ),
  police_gave_back: ({ file }) =>
    unless(
      file.decision?.kind === 'to_judiciary' && isAmong('declined', 'returned')(file),
      '只有移送后公安机关不予立案或者移回的案件才恢复行政处理',
      'Only what went to the police and came back is taken up again',
    ),
  discipline_awaited: ({ file }) =>
    unless(
      file.disciplineAwaited > 0,
      '没有待登记回执的纪检监察移送',
      'No referral to a discipline body awaits its receipt',
    ),
  summary_fine: summaryFine,
  payment_within_decision: paymentWithinDecision,
  published: ({ file }) => unless(file.isPublished, '处罚决定未公开', 'The decision is not published'),
  not_published: ({ file }) =>
    unless(
      !file.isPublished && file.decision?.kind === 'penalty',
      '没有可公开的处罚决定，或已公开',
      'There is no penalty to publish, or it is published',
    ),
  closing_conditions: closingConditions,
};
