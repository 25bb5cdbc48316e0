/** What is done with answers: each act checks the table, and writes how the answer stands, what was done, and its event in one transaction. */
import type { PoolClient } from 'pg';
import type { AuditEvent, EventKind } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import type { Who } from '../people/identify.ts';
import { areaOf, sees, type Sight } from '../people/sight.ts';
import { addWorkdays, workdaysIn } from '../platform/calendar.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { insertStoredFile, readStoredFile, type StoredFile } from '../vault/file-store.ts';
import type { Vault } from '../vault/vault.ts';
import { checkedUpload } from '../platform/content/checked-upload.ts';
import {
  answered,
  type AnswerDeed,
  answerState,
  type HeldAnswer,
  isInTime,
  refundOf,
  unanswered,
} from './answer.ts';
import {
  type AcceptedMany,
  type AnswerDetail,
  answerFileBytesMax,
  answerFileKinds,
  answerFilesMax,
  type Answers,
  answersPageMax,
  type AnswersQuery,
  type InstitutionAnswer,
  type Sent,
} from './answer-contract.ts';
import {
  type AnswerAction,
  answerActions,
  type AnswerFacts,
  answerPermissions,
  type AnswerState,
  mayAnswer,
} from './answer-states-contract.ts';
import {
  answerEvents,
  countNoticed,
  deleteFile,
  filesOf,
  findNotice,
  heldAnswer,
  insertFile,
  insertNotice,
  type Notice,
  noticedItems,
  type StoredAnswer,
  writeAnswer,
} from './answer-store.ts';
import { parameterRow, type Procedure } from './procedure.ts';
import { type Flagged, flaggedBy, reviewState, unheld } from './review.ts';
import type { ReviewRules } from './review-rules.ts';
import type { Reason } from './review-states-contract.ts';
import { openedName } from './seal-store.ts';
import {
  findReviewed,
  heldReview,
  lockFinding,
  recusedFrom,
  type ReviewedFinding,
  type StoredReview,
} from './review-store.ts';

export interface AnswerDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly vault: Vault;
  readonly rules: Pick<ReviewRules, 'exclusions'>;
  readonly procedure: Pick<Procedure, 'parameters' | 'calendar'>;
  readonly asOf: () => number;
}

export type AnswerDone =
  | { readonly ok: true; readonly state: AnswerState }
  | {
      readonly ok: false;
      readonly code: 'not_found' | 'not_allowed' | 'bad_file';
      readonly reason: Reason;
    };

const kinds = {
  send: 'answer.sent',
  recall: 'answer.recalled',
  confirm_refund: 'answer.refund_confirmed',
  give: 'answer.given',
  take_back: 'answer.taken_back',
  come_forward: 'answer.came_forward',
} as const satisfies Record<AnswerAction, EventKind>;

const notThere: Reason = { zh: '没有这个疑点', en: 'There is no such finding.' };
const notFound: AnswerDone = { ok: false, code: 'not_found', reason: notThere };
const refuse = (code: 'not_allowed' | 'bad_file', reason: Reason): AnswerDone => ({
  ok: false,
  code,
  reason,
});

/** Everything that an act or a page asks about one finding. */
interface Standing {
  readonly finding: ReviewedFinding;
  readonly held: HeldAnswer;
  readonly stored: StoredAnswer | null;
  readonly review: StoredReview | null;
  readonly facts: AnswerFacts;
  readonly flagged: Flagged;
  readonly today: string;
}

async function standingOf(
  deps: AnswerDeps,
  client: PoolClient | Database['pool'],
  who: Who,
  finding: ReviewedFinding,
): Promise<Standing> {
  const { account } = who.actor;
  const stored = await heldAnswer(client, finding.finding_id);
  const review = await heldReview(client, finding.finding_id);
  const recused = await recusedFrom(client, finding);
  const held = stored ?? unanswered;
  const today = formatDay(deps.asOf());
  return {
    finding,
    held,
    stored,
    review,
    today,
    flagged: ownFlagged(finding),
    facts: {
      permissions: who.permissions,
      review: reviewState(review ?? unheld, finding),
      isOthers: review !== null && review.assignee !== null && review.assignee !== account,
      isRecused: recused.has(account),
      refund: refundOf(held),
      isInTime: isInTime(held, today),
    },
  };
}

/** What a finding holds against its own institution: lines of others are not its to accept. */
const ownFlagged = ({ body, fixmedins_code }: ReviewedFinding): Flagged =>
  flaggedBy({ ...body, lines: body.lines.filter((line) => line.fixmedins_code === fixmedins_code) });

const judged = (deps: AnswerDeps, who: Who, standing: Standing, deed: AnswerDeed) =>
  answered(standing.held, deed, who.actor.account, standing.facts, {
    finding: standing.finding,
    flagged: standing.flagged,
    grounds: deps.rules.exclusions,
    today: standing.today,
  });

/** @returns the event, which the caller records last in its transaction */
async function write(
  client: PoolClient,
  who: Who,
  { finding, stored }: Standing,
  action: AnswerAction,
  from: AnswerState,
  to: HeldAnswer,
): Promise<AuditEvent> {
  const { account } = who.actor;
  await writeAnswer(client, { finding, seq: (stored?.seq ?? 0) + 1, action, from, to, account });
  const { answer } = to;
  return {
    kind: kinds[action],
    key: finding.finding_id,
    before: { state: from },
    after: { state: to.state },
    detail: {
      revision: finding.revision,
      notice: to.notice_id,
      stance: answer?.stance ?? null,
      accepted_fen: to.accepted_fen,
      refund_fen: answer === null || answer.stance === 'objected' ? null : (answer.refund?.fen ?? null),
    },
  };
}

export type AnswerAsked =
  | { readonly action: 'recall' | 'confirm_refund' | 'take_back' }
  | {
      readonly action: 'give' | 'come_forward';
      readonly answer: InstitutionAnswer;
      readonly revision: number;
    };

/** One act on one answer. What is not seen is not there. */
export async function actOnAnswer(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  asked: AnswerAsked,
): Promise<AnswerDone> {
  return transaction(deps.database, async (client) => {
    const finding = await lockFinding(client, findingId);
    if (finding === null || !sees(sight, finding.fixmedins_code)) return notFound;
    const standing = await standingOf(deps, client, who, finding);
    const done = judged(deps, who, standing, asked);
    if (!done.ok) return refuse('not_allowed', done.reason);
    await recordEvents(client, who.actor, [
      await write(client, who, standing, asked.action, done.from, done.to),
    ]);
    return { ok: true, state: answerState(done.to, finding, standing.today) };
  });
}

/** Accepts a selection as a whole; each finding is judged by the table on its own, and says why not. */
export async function acceptMany(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  asked: {
    readonly findings: readonly { readonly finding_id: string; readonly revision: number }[];
    readonly statement: string;
  },
): Promise<AcceptedMany> {
  const answers: AcceptedMany['answers'] = [];
  const revisions = new Map(asked.findings.map(({ finding_id, revision }) => [finding_id, revision]));
  const answer: InstitutionAnswer = { stance: 'accepted', statement: asked.statement, refund: null };
  for (const [finding_id, revision] of revisions) {
    const done = await actOnAnswer(deps, who, sight, finding_id, { action: 'give', answer, revision });
    answers.push(
      done.ok
        ? { finding_id, state: done.state, reason: null }
        : { finding_id, state: null, reason: done.reason },
    );
  }
  return { done: answers.filter(({ state }) => state !== null).length, answers };
}

/** Notifies institutions of findings: one notice for each institution, for those of its findings that may be sent. */
export async function sendFindings(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  { findings, note }: { readonly findings: readonly string[]; readonly note: string },
): Promise<Sent> {
  const byInstitution = new Map<string, string[]>();
  const answers = new Map<string, Sent['answers'][number]>();
  for (const finding_id of new Set(findings)) {
    const finding = await findReviewed(deps.database.pool, finding_id);
    if (finding === null || !sees(sight, finding.fixmedins_code))
      answers.set(finding_id, { finding_id, notice_no: null, reason: notThere });
    else
      byInstitution.set(finding.fixmedins_code, [
        ...(byInstitution.get(finding.fixmedins_code) ?? []),
        finding_id,
      ]);
  }
  const notices: Sent['notices'] = [];
  for (const [institution, ids] of byInstitution) {
    const sent = await sendTo(deps, who, institution, ids, note);
    for (const answer of sent.answers) answers.set(answer.finding_id, answer);
    if (sent.notice !== null) notices.push(sent.notice);
  }
  const inOrder = [...new Set(findings)].flatMap((id) => answers.get(id) ?? []);
  return {
    done: inOrder.filter(({ notice_no }) => notice_no !== null).length,
    notices,
    answers: inOrder,
  };
}

function sendTo(
  deps: AnswerDeps,
  who: Who,
  institution: string,
  ids: readonly string[],
  note: string,
): Promise<{ readonly notice: Sent['notices'][number] | null; readonly answers: Sent['answers'] }> {
  return transaction(deps.database, async (client) => {
    const answers: Sent['answers'] = [];
    const fitting: Standing[] = [];
    const period = periodOf(deps, institution);
    // In one order, so that two who send the same findings come one after the other.
    for (const finding_id of ids.toSorted()) {
      const finding = await lockFinding(client, finding_id);
      if (finding === null) continue;
      const standing = await standingOf(deps, client, who, finding);
      const done = judged(deps, who, standing, { action: 'send', notice: { id: 0, ...period }, note });
      if (done.ok) fitting.push(standing);
      else answers.push({ finding_id, notice_no: null, reason: done.reason });
    }
    if (fitting.length === 0) return { notice: null, answers };
    const { id, notice_no } = await insertNotice(client, {
      ...period,
      note,
      fixmedins_code: institution,
      area: areaOf(institution) ?? noArea,
      year: formatDay(deps.asOf()).slice(0, 4),
      account: who.actor.account,
    });
    const events: AuditEvent[] = [];
    for (const standing of fitting) {
      const done = judged(deps, who, standing, {
        action: 'send',
        notice: { id, last_day: period.last_day },
        note,
      });
      if (!done.ok) throw new Error('what may be sent changed while it was locked');
      events.push(await write(client, who, standing, 'send', done.from, done.to));
      answers.push({ finding_id: standing.finding.finding_id, notice_no, reason: null });
    }
    await recordEvents(client, who.actor, events);
    const { last_day } = period;
    return {
      notice: { notice_no, fixmedins_code: institution, findings: fitting.length, last_day },
      answers,
    };
  });
}

/** Stands in the number of a notice to an institution that belongs to no district. */
const noArea = '000000';

/** The day of the notice is not counted. */
function periodOf(
  { procedure, asOf }: AnswerDeps,
  institution: string,
): Pick<Notice, 'period_workdays' | 'last_day' | 'sample' | 'provisional'> {
  const today = asOf();
  const { value, standing } = parameterRow(
    procedure,
    'answer_period',
    areaOf(institution) ?? '',
    formatDay(today),
  );
  const { day, provisional } = addWorkdays(procedure.calendar, today, value);
  return {
    period_workdays: value,
    last_day: formatDay(day),
    sample: standing === '示例',
    provisional,
  };
}

/** Working days after today up to the last one; `null`: nothing runs. */
function workdaysLeft(
  { procedure, asOf }: AnswerDeps,
  state: AnswerState,
  lastDay: string | null,
): number | null {
  if (state !== 'waiting' || lastDay === null) return null;
  return workdaysIn(procedure.calendar, asOf() + 1, (dayOf(lastDay) ?? 0) + 1);
}

/** What an institution was notified of. */
export async function answersOf(
  deps: AnswerDeps,
  institution: string,
  query: AnswersQuery,
): Promise<Answers> {
  const { pool } = deps.database;
  const today = formatDay(deps.asOf());
  const [counted, items] = await Promise.all([
    countNoticed(pool, institution, today, query.tab),
    noticedItems(pool, institution, today, query),
  ]);
  const last = items.length > answersPageMax ? items.at(answersPageMax - 1) : undefined;
  return {
    ...counted,
    items: items.slice(0, answersPageMax).map(({ place: _place, ...item }) => ({
      ...item,
      workdays_left: workdaysLeft(deps, item.state, item.last_day),
    })),
    next: last === undefined ? null : `${last.place}_${last.finding_id}`,
  };
}

/** `null`: there is no such finding, or none that is seen. */
export async function answerDetail(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
): Promise<AnswerDetail | null> {
  const { pool } = deps.database;
  const finding = await findReviewed(pool, findingId);
  if (finding === null || !sees(sight, finding.fixmedins_code)) return null;
  const keys = await deps.vault.keys();
  const standing = await standingOf(deps, pool, who, finding);
  const { held, stored, review, flagged, facts } = standing;
  const [notice, history, files] = await Promise.all([
    held.notice_id === null ? null : findNotice(pool, held.notice_id),
    answerEvents(pool, findingId),
    filesOf(pool, findingId),
  ]);
  const state = answerState(held, finding, standing.today);
  const isDecided = facts.review === 'decided';
  return {
    finding_id: findingId,
    revision: finding.revision,
    state,
    notice:
      notice === null
        ? null
        : {
            notice_no: notice.notice_no,
            note: notice.note,
            sent_at: notice.sent_at.toISOString(),
            last_day: notice.last_day,
            workdays_left: workdaysLeft(deps, state, notice.last_day),
            period_workdays: notice.period_workdays,
            sample: notice.sample,
            provisional: notice.provisional,
          },
    answer: held.answer,
    accepted_fen: held.accepted_fen,
    answered_at: stored?.answered_at?.toISOString() ?? null,
    late: held.late,
    refund_confirmed_at: stored?.refund_confirmed_at?.toISOString() ?? null,
    outcome: isDecided ? (review?.decision?.outcome ?? null) : null,
    confirmed_fen: isDecided && review?.decision?.outcome === 'confirmed' ? review.decision.fen : null,
    flagged: { fen: flagged.fen, by_line: flagged.byLine, lines: [...flagged.lines] },
    grounds: [...deps.rules.exclusions],
    files: files.map((file) => ({
      ...file,
      name: openedName(keys, findingId, file.sha256, file.name),
      added_at: file.added_at.toISOString(),
    })),
    actions: answerActions
      .filter((action) => who.permissions.includes(answerPermissions[action]))
      .map((action) => {
        const verdict = mayAnswer(state, action, facts);
        return { action, allowed: verdict.allowed, reason: verdict.allowed ? null : verdict.reason };
      }),
    history: history.map((event) => ({
      ...event,
      account: isSeen(sight, event.action) ? event.account : null,
      at: event.at.toISOString(),
    })),
  };
}

/** An institution sees its own people; who acts for the agency is not its business. */
const isSeen = ({ institution }: Sight, action: AnswerAction): boolean =>
  institution === undefined || answerPermissions[action] === 'answers.give';

/** Files come and go while an answer may be given. */
const takesFiles = (standing: Standing): Reason | null => {
  const state = answerState(standing.held, standing.finding, standing.today);
  const verdicts = (['give', 'come_forward'] as const).map((one) => mayAnswer(state, one, standing.facts));
  const [first] = verdicts;
  return first === undefined || first.allowed || verdicts.some(({ allowed }) => allowed)
    ? null
    : first.reason;
};

export async function addFile(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  sent: { readonly content: Buffer; readonly name: string },
): Promise<AnswerDone> {
  const checked = checkedUpload(sent.content, { kinds: answerFileKinds, bytesMax: answerFileBytesMax });
  const keys = await deps.vault.keys();
  return withFiles(deps, who, sight, findingId, async (client, standing) => {
    if (!checked.ok) return refuse('bad_file', checked.reason);
    const { file } = checked;
    const files = await filesOf(client, findingId);
    if (files.some(({ sha256 }) => sha256 === file.sha256))
      return refuse('bad_file', { zh: '该文件已上传', en: 'This file is there already' });
    if (files.length >= answerFilesMax)
      return refuse('bad_file', {
        zh: `一个疑点最多 ${answerFilesMax} 个文件`,
        en: `At most ${answerFilesMax} files for one finding`,
      });
    await insertStoredFile(client, keys, file);
    const { account } = who.actor;
    await insertFile(client, keys, findingId, { sha256: file.sha256, name: sent.name, account });
    await recordEvents(client, who.actor, [
      { kind: 'answer.file_added', key: findingId, detail: { sha256: file.sha256 } },
    ]);
    return { ok: true, state: answerState(standing.held, standing.finding, standing.today) };
  });
}

export const removeFile = (
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  sha256: string,
): Promise<AnswerDone> =>
  withFiles(deps, who, sight, findingId, async (client, standing) => {
    const file = (await filesOf(client, findingId)).find((one) => one.sha256 === sha256);
    if (file === undefined)
      return { ok: false, code: 'not_found', reason: { zh: '没有这个文件', en: 'There is no such file' } };
    if (!file.removable)
      return refuse('not_allowed', {
        zh: '该文件属于已提交过的答复，不能移除',
        en: 'An answer that was given names this file: it stays',
      });
    await deleteFile(client, findingId, sha256);
    await recordEvents(client, who.actor, [
      { kind: 'answer.file_removed', key: findingId, detail: { sha256 } },
    ]);
    return { ok: true, state: answerState(standing.held, standing.finding, standing.today) };
  });

async function withFiles(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  act: (client: PoolClient, standing: Standing) => Promise<AnswerDone>,
): Promise<AnswerDone> {
  return transaction(deps.database, async (client) => {
    const finding = await lockFinding(client, findingId);
    if (finding === null || !sees(sight, finding.fixmedins_code)) return notFound;
    const standing = await standingOf(deps, client, who, finding);
    const obstacle = takesFiles(standing);
    return obstacle === null ? act(client, standing) : refuse('not_allowed', obstacle);
  });
}

/** `null`: there is none that is seen. That somebody of the agency opens one is on record: documents name patients. */
export async function openFile(
  deps: AnswerDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  sha256: string,
): Promise<StoredFile | null> {
  const keys = await deps.vault.keys();
  return transaction(deps.database, async (client) => {
    const finding = await findReviewed(client, findingId);
    if (finding === null || !sees(sight, finding.fixmedins_code)) return null;
    if (!(await filesOf(client, findingId)).some((file) => file.sha256 === sha256)) return null;
    const file = await readStoredFile(client, keys, sha256);
    if (file !== null && sight.institution === undefined)
      await recordEvents(client, who.actor, [
        { kind: 'answer.file_opened', key: findingId, detail: { sha256 } },
      ]);
    return file;
  });
}
