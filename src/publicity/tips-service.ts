/**
 * Tips: taken sealed, handled by the office that has the key, and – by number and a summary that the office wrote – made a clue of a case or
 * a reason to draw. Nothing here can open what was told. Step and event are one transaction.
 */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { systemActor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { caseOf } from '../cases/case-of.ts';
import { type CaseCaller, openClue } from '../cases/service.ts';
import { sha256Hex } from '../cases/sha256.ts';
import { eventsOf } from '../cases/store.ts';
import type { Message } from '../claims/contract.ts';
import type { Who } from '../people/identify.ts';
import { conflict } from '../people/segregation.ts';
import { areaOf, sees, type Sight } from '../people/sight.ts';
import { institutionNames } from '../screening/store.ts';
import { dayOf, dayOfSecond, formatDay, secondsPerDay } from '../platform/civil.ts';
import { transaction } from '../platform/database.ts';
import { personalFaults } from '../cases/personal-text.ts';
import { claimUntil, rewardOf } from './reward.ts';
import { bytesOfBase64, base64Of, fingerprintOf, sealedBytesMax } from './seal-contract.ts';
import type { PublicityDeps } from './service.ts';
import { lastDayOf, type TermCode, termOn } from './terms.ts';
import { sealedFileBytesMax, tipFilesMax } from './tip-file-contract.ts';
import {
  type NewTip,
  type Referrals,
  rewardLevels,
  type TipAnswers,
  type TipDetail,
  type TipForm,
  type TipRow,
  type TipsPage,
  type TipsQuery,
  type TipStep,
  type TipStepDetail,
  type TipTaken,
  tokenBytes,
} from './tips-contract.ts';
import { type TipAction, type TipFacts, tipRefusal, tipTable } from './tip-states-contract.ts';
import {
  countTipFileBytes,
  currentKey,
  findTip,
  findTipByReceipt,
  insertKey,
  insertStep,
  insertTip,
  insertTipCase,
  insertTipFile,
  listTips,
  lockTip,
  openReferrals,
  rewardSums,
  sealedFileOf,
  type StoredStep,
  type StoredTip,
  stepsOf,
  tipFilesOf,
} from './tips-store.ts';

export type TipsDeps = Pick<PublicityDeps, 'database' | 'vault' | 'procedure' | 'terms' | 'now'>;

export type TipRefused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'changed_meanwhile' | 'bad_text' | 'files_full';
  readonly reason: Message;
  readonly retryAfterS?: number;
};
type Answer<Value> = ({ readonly ok: true } & Value) | TipRefused;

const refuse = (code: TipRefused['code'], zh: string, en: string): TipRefused => ({
  ok: false,
  code,
  reason: { zh, en },
});
const noTip = refuse('not_found', '没有这件举报', 'There is no such tip');

/** Public half of a key and a tag of the cipher: less is no sealed text. */
const sealedBytesMin = 49;
/** Who tells is nobody: no address and no request stand in the event. */
const teller = systemActor('tips');

const todayOf = ({ now }: Pick<TipsDeps, 'now'>): string => formatDay(dayOfSecond(now()));

/** What whoever tells has to know beforehand. */
export async function tipForm({ database, terms, ...deps }: TipsDeps): Promise<TipForm> {
  const today = todayOf(deps);
  const { value, unit, standing } = termOn(terms, 'tip_acceptance', '', today);
  return {
    key: await currentKey(database.pool),
    acceptance: { value, unit, standing },
    reward: {
      min_fen: termOn(terms, 'reward_min', '', today).value,
      max_fen: termOn(terms, 'reward_max', '', today).value,
    },
  };
}

function sealedOf(text: string): Uint8Array | null {
  const bytes = bytesOfBase64(text);
  return bytes.length >= sealedBytesMin && bytes.length <= sealedBytesMax ? bytes : null;
}
const notSealed = refuse('bad_text', '内容没有加密，或过长', 'It is not sealed, or too long');

export async function takeTip(deps: TipsDeps, given: NewTip): Promise<Answer<{ readonly taken: TipTaken }>> {
  const sealed = sealedOf(given.sealed);
  if (sealed === null) return notSealed;
  return transaction(deps.database, async (client): Promise<Answer<{ readonly taken: TipTaken }>> => {
    const key = await currentKey(client);
    if (key?.id !== given.key_id)
      return refuse(
        'changed_meanwhile',
        '受理机构的公钥已更换，请刷新后重新提交',
        'The key of the office has changed; reload and send it again',
      );
    const received_on = todayOf(deps);
    const made = await insertTip(client, { ...given, sealed, received_on });
    if (made === null)
      return refuse('not_allowed', '该回执已使用，请重新提交', 'This receipt was used; send it again');
    await recordEvents(client, teller, [{ kind: 'tips.received', key: String(made.id), detail: {} }]);
    return { ok: true, taken: { tip_no: made.tip_no, received_on } };
  });
}

/** @param token of the receipt. `null`: it belongs to no tip */
export async function answersFor(deps: TipsDeps, token: string): Promise<TipAnswers | null> {
  const { pool } = deps.database;
  const tip = await findTipByReceipt(
    pool,
    createHash('sha256').update(Buffer.from(token, 'hex')).digest('hex'),
  );
  if (tip === null) return null;
  const steps = await stepsOf(pool, [tip.id]);
  return {
    tip_no: tip.tip_no,
    received_on: tip.received_on,
    // What is proposed only may be sent back.
    state: tip.state === 'proposed' ? 'closed' : tip.state,
    due: dueOf(deps, tip, steps),
    reward: toldReward(tip, steps),
    answers: steps.flatMap(({ on, answer }) => (answer === null ? [] : [{ on, sealed: base64Of(answer) }])),
  };
}

function toldReward({ state }: StoredTip, steps: readonly StoredStep[]): TipAnswers['reward'] {
  const { fen, claim_until } = steps.find(({ action }) => action === 'approve_reward')?.detail ?? {};
  if (fen === undefined || claim_until === undefined) return null;
  return state === 'approved' || state === 'paid' || state === 'forgone' ? { fen, claim_until, state } : null;
}

const bytesOfMebibyte = 1_024 * 1_024;
/** Files are kept for ever, and whoever sends them is nobody: what all of them bring together in a day is limited (`tip_files_day`). */
const filesFull = refuse(
  'files_full',
  '今天接收的附件已达全部举报合计的上限，这个附件没有保存；举报内容已经收到，照常办理。可在明天另行举报并附上文件、注明本次的举报编号，或拨打当地医疗保障部门公布的举报电话、邮寄材料。',
  'The files of all tips together have reached the limit of this day, and this one was not kept; what you wrote has been received and is handled as usual. Tell again tomorrow with the file and the number of this tip, or call or write to the medical insurance authority.',
);

/**
 * A file of a tip that nobody has looked at yet. The same file once more changes nothing: whoever lost the answer sends it again.
 * @param body token of the receipt, then what is sealed
 */
export async function takeTipFile(deps: TipsDeps, body: Buffer): Promise<Answer<{ readonly files: number }>> {
  const sealed = body.subarray(tokenBytes);
  if (sealed.length < sealedBytesMin || sealed.length > sealedFileBytesMax)
    return refuse('bad_text', '附件没有加密，或过大', 'The file is not sealed, or too large');
  const receipt = createHash('sha256').update(body.subarray(0, tokenBytes)).digest('hex');
  const sha256 = createHash('sha256').update(sealed).digest('hex');
  return transaction(deps.database, async (client): Promise<Answer<{ readonly files: number }>> => {
    const found = await findTipByReceipt(client, receipt);
    const tip = found === null ? null : await lockTip(client, found.id);
    if (tip === null) return noTip;
    const files = await tipFilesOf(client, tip.id);
    if (files.some((file) => file.sha256 === sha256)) return { ok: true, files: files.length };
    if (tip.state !== 'received')
      return refuse(
        'not_allowed',
        '举报已在办理，不能再加附件；请另行举报并注明编号',
        'The tip is being handled: no more files; tell again and name its number',
      );
    if (files.length >= tipFilesMax)
      return refuse('not_allowed', `最多 ${tipFilesMax} 个附件`, `At most ${tipFilesMax} files`);
    const day = todayOf(deps);
    const { value } = termOn(deps.terms, 'tip_files_day', '', day);
    if (!(await countTipFileBytes(client, day, sealed.length, value * bytesOfMebibyte)))
      return { ...filesFull, retryAfterS: secondsPerDay - (deps.now() % secondsPerDay) };
    const no = files.length + 1;
    await insertTipFile(client, tip.id, { no, sha256, sealed });
    await recordEvents(client, teller, [
      { kind: 'tips.file_received', key: String(tip.id), detail: { number: no } },
    ]);
    return { ok: true, files: no };
  });
}

/** One file as it lies, for the office to open. That it was taken out is on record. `null`: there is none */
export const tipFile = (
  deps: Pick<TipsDeps, 'database'>,
  { actor }: Who,
  id: number,
  no: number,
): Promise<Buffer | null> =>
  transaction(deps.database, async (client) => {
    const sealed = await sealedFileOf(client, id, no);
    if (sealed !== null)
      await recordEvents(client, actor, [
        { kind: 'tips.file_taken_out', key: String(id), detail: { number: no } },
      ]);
    return sealed;
  });

/** When it has to be accepted or handled. */
function dueOf(
  deps: Pick<TipsDeps, 'terms' | 'procedure' | 'now'>,
  { state, received_on }: StoredTip,
  steps: readonly StoredStep[],
): TipRow['due'] {
  const acceptedOn = steps.find(({ action }) => action === 'accept')?.on;
  const period: { readonly code: TermCode; readonly from: string } | null =
    state === 'received'
      ? { code: 'tip_acceptance', from: received_on }
      : state === 'accepted' && acceptedOn !== undefined
        ? { code: 'tip_handling', from: acceptedOn }
        : null;
  if (period === null) return null;
  const term = termOn(deps.terms, period.code, '', period.from);
  const last_day = formatDay(lastDayOf(term, dayOf(period.from) ?? 0, deps.procedure));
  return { last_day, is_late: todayOf(deps) > last_day };
}

const rowOf = (deps: TipsDeps, tip: StoredTip, steps: readonly StoredStep[]): TipRow => ({
  id: tip.id,
  tip_no: tip.tip_no,
  received_on: tip.received_on,
  state: tip.state,
  due: dueOf(deps, tip, steps),
});

export async function tipsPage(deps: TipsDeps, { state, page }: TipsQuery): Promise<TipsPage> {
  const { pool } = deps.database;
  const { total, tips } = await listTips(pool, state ?? null, page);
  const steps = await stepsOf(
    pool,
    tips.map(({ id }) => id),
  );
  return {
    key: await currentKey(pool),
    rewards: await rewardSums(pool),
    total,
    tips: tips.map((tip) =>
      rowOf(
        deps,
        tip,
        steps.filter(({ tip_id }) => tip_id === tip.id),
      ),
    ),
  };
}

/** What decisions of the cases of a tip order to be returned; `null`: none was decided. */
async function decidedFenOf(client: Pool | PoolClient, steps: readonly StoredStep[]): Promise<number | null> {
  const ids = steps.flatMap(({ case_id }) => (case_id === null ? [] : [case_id]));
  const refunds = [...(await eventsOf(client, ids)).values()].flatMap((events) => {
    const { decision } = caseOf(events);
    return decision?.kind === 'penalty' && decision.penalty !== null ? [decision.penalty.refund_fen] : [];
  });
  return refunds.length === 0 ? null : refunds.reduce((sum, fen) => sum + fen, 0);
}

/** The reward as it was proposed last, and nobody sent it back. */
const proposalOf = (steps: readonly StoredStep[]): StoredStep | null => {
  const last = steps.findLast(({ action }) => action === 'reward' || action === 'return_reward');
  return last?.action === 'reward' ? last : null;
};

function rewardFacts(deps: TipsDeps, account: string, steps: readonly StoredStep[]): TipFacts['reward'] {
  const proposal = proposalOf(steps);
  if (proposal === null) return null;
  const until = steps.find(({ action }) => action === 'approve_reward')?.detail.claim_until;
  const own = conflict('tip.approve_reward', account, [{ account: proposal.account, action: 'tip.reward' }]);
  return {
    decided_fen: proposal.detail.decided_fen ?? 0,
    own: own === null ? null : own.reason,
    isClaimOver: until !== undefined && todayOf(deps) > until,
  };
}

const factsOf = (
  deps: TipsDeps,
  { state }: StoredTip,
  steps: readonly StoredStep[],
  decided_fen: number | null,
  { actor, permissions }: Who,
): TipFacts => ({
  state,
  permissions,
  isVerified: steps.find(({ action }) => action === 'close')?.detail.is_verified ?? null,
  decided_fen,
  reward: rewardFacts(deps, actor.account, steps),
  openReferrals: steps.filter(({ action, case_id }) => action === 'refer' && case_id === null).length,
});

/** What the office opens with its key. That it was looked at is on record. `null`: there is none */
export const tipDetail = (deps: TipsDeps, who: Who, id: number): Promise<TipDetail | null> =>
  transaction(deps.database, async (client) => {
    const tip = await findTip(client, id);
    if (tip === null) return null;
    const steps = await stepsOf(client, [id]);
    const decided_fen = await decidedFenOf(client, steps);
    const facts = factsOf(deps, tip, steps, decided_fen, who);
    const today = todayOf(deps);
    await recordEvents(client, who.actor, [{ kind: 'tips.looked_at', key: String(id), detail: {} }]);
    return {
      ...rowOf(deps, tip, steps),
      revision: tip.revision,
      key_id: tip.key_id,
      public_key: tip.public_key,
      sealed: base64Of(tip.sealed),
      reply_key: tip.reply_key,
      files: await tipFilesOf(client, id),
      decided_fen,
      steps: steps.map(({ seq, action, on, account, detail, answer, case_no }) => ({
        seq,
        action,
        on,
        account,
        detail,
        has_answer: answer !== null,
        case_no,
      })),
      refusals: refusalsOf(facts),
      rewards:
        tipRefusal('reward', facts) !== null || decided_fen === null
          ? []
          : rewardLevels.flatMap((level) =>
              [false, true].map((isInsider) => ({
                level,
                is_insider: isInsider,
                rate_permille: termOn(deps.terms, `reward_rate_${level}`, '', today).value,
                fen: rewardOf(deps.terms, today, { decidedFen: decided_fen, level, isInsider }),
              })),
            ),
    };
  });

function refusalsOf(facts: TipFacts): TipDetail['refusals'] {
  const of = (action: TipAction) => tipRefusal(action, facts);
  return {
    accept: of('accept'),
    decline: of('decline'),
    answer: of('answer'),
    raise: of('raise'),
    refer: of('refer'),
    close: of('close'),
    reward: of('reward'),
    return_reward: of('return_reward'),
    approve_reward: of('approve_reward'),
    pay_reward: of('pay_reward'),
    forgo_reward: of('forgo_reward'),
  };
}

export const actOnTip = (
  deps: TipsDeps,
  who: Who,
  id: number,
  given: TipStep,
): Promise<Answer<{ readonly id: number }>> =>
  transaction(deps.database, async (client): Promise<Answer<{ readonly id: number }>> => {
    const tip = await lockTip(client, id);
    if (tip === null) return noTip;
    if (tip.revision !== given.revision)
      return refuse('changed_meanwhile', '举报已有新的进展，请刷新', 'The tip has moved on; look again');
    const steps = await stepsOf(client, [id]);
    const decided = await decidedFenOf(client, steps);
    const refused = tipRefusal(given.action, factsOf(deps, tip, steps, decided, who));
    if (refused !== null) return { ok: false, code: 'not_allowed', reason: refused };
    const answer = given.answer === null ? null : sealedOf(given.answer);
    if (given.answer !== null && answer === null) return notSealed;
    const to = tipTable[tip.state][given.action];
    if (to === undefined) throw new Error('the table of tips allows what it does not hold');
    const detail = detailOf(deps, given, decided, steps);
    if ('fault' in detail) return { ok: false, code: 'bad_text', reason: detail.fault };
    await insertStep(
      client,
      tip,
      { action: given.action, detail, answer, account: who.actor.account, on: todayOf(deps) },
      to,
    );
    await recordEvents(client, who.actor, [
      { kind: 'tips.acted', key: String(id), detail: { action: given.action, seq: tip.revision + 1 } },
    ]);
    return { ok: true, id };
  });

/** What stands with a step in plain text, or why it cannot. */
function detailOf(
  deps: TipsDeps,
  given: TipStep,
  decided_fen: number | null,
  steps: readonly StoredStep[],
): TipStepDetail | { readonly fault: Message } {
  switch (given.action) {
    case 'accept':
    case 'decline':
    case 'answer':
      return {};
    case 'raise':
      return { fixmedins_code: given.fixmedins_code };
    case 'refer': {
      const [fault] = personalFaults(given.summary);
      return fault === undefined
        ? { fixmedins_code: given.fixmedins_code, summary: given.summary }
        : { fault };
    }
    case 'close':
      return { is_verified: given.is_verified };
    case 'reward': {
      if (decided_fen === null) throw new Error('a reward without a decision');
      const { level, is_insider } = given;
      const fen = rewardOf(deps.terms, todayOf(deps), {
        decidedFen: decided_fen,
        level,
        isInsider: is_insider,
      });
      return { level, is_insider, decided_fen, fen };
    }
    case 'return_reward':
      return { reason: given.reason };
    case 'approve_reward':
      return { fen: fenOf(steps), claim_until: claimUntil(deps.terms, todayOf(deps)) };
    case 'pay_reward':
      return { fen: fenOf(steps), voucher: given.voucher };
    case 'forgo_reward':
      return { fen: fenOf(steps) };
  }
}

function fenOf(steps: readonly StoredStep[]): number {
  const fen = proposalOf(steps)?.detail.fen;
  if (fen === undefined) throw new Error('a reward that was never proposed');
  return fen;
}

/** From now on tips are sealed for this key; those before keep theirs. */
export const setKey = (
  { database }: Pick<TipsDeps, 'database'>,
  { actor }: Who,
  publicKey: string,
): Promise<Answer<{ readonly id: number }>> =>
  transaction(database, async (client): Promise<Answer<{ readonly id: number }>> => {
    const id = await insertKey(client, publicKey, actor.account);
    if (id === null) return refuse('not_allowed', '该公钥已登记过', 'This key was set before');
    await recordEvents(client, actor, [
      { kind: 'tips.key_set', key: String(id), detail: { fingerprint: fingerprintOf(publicKey) } },
    ]);
    return { ok: true, id };
  });

/** For those who open cases, of the institutions that they see. */
export async function referrals({ database }: Pick<TipsDeps, 'database'>, sight: Sight): Promise<Referrals> {
  const seen = (await openReferrals(database.pool)).filter(({ fixmedins_code }) =>
    sees(sight, fixmedins_code),
  );
  const names = await institutionNames(
    database.pool,
    seen.map(({ fixmedins_code }) => fixmedins_code),
  );
  const items = seen.map((one) => ({ ...one, fixmedins_name: names.get(one.fixmedins_code) ?? null }));
  return { items };
}

/** Opens a clue of a referral: number and summary are all that the case gets. */
export async function openReferral(
  deps: TipsDeps,
  { actor, sight }: CaseCaller,
  tipId: number,
  seq: number,
): Promise<Answer<{ readonly id: number }>> {
  const keys = await deps.vault.keys();
  return transaction(deps.database, async (client): Promise<Answer<{ readonly id: number }>> => {
    const tip = await lockTip(client, tipId);
    const step = (await stepsOf(client, [tipId])).find((one) => one.seq === seq && one.action === 'refer');
    const { fixmedins_code: code, summary } = step?.detail ?? {};
    if (
      tip === null ||
      step === undefined ||
      code === undefined ||
      summary === undefined ||
      !sees(sight, code)
    )
      return refuse('not_found', '没有这条线索', 'There is no such clue');
    if (step.case_id !== null)
      return refuse('changed_meanwhile', '已立为案件', 'A case was opened of it already');
    const content = `${tip.tip_no}\n${summary}`;
    const sha256 = sha256Hex(content);
    const opened = await openClue(client, keys, actor, deps.now(), {
      subject: { kind: 'institution', key: code },
      area: areaOf(code) ?? actor.area,
      source: 'tip',
      discovered: step.on,
      pieces: [
        {
          ref: {
            no: 1,
            kind: 'documentary',
            title: `举报线索 ${tip.tip_no}`,
            source: '举报受理机构摘要',
            flagged_fen: 0,
            finding: null,
            sha256,
          },
          stored: { no: 1, finding_id: null, sha256, content },
        },
      ],
    });
    if (!opened.ok) return refuse('not_allowed', opened.reason.zh, opened.reason.en);
    await insertTipCase(client, tipId, seq, opened.id);
    await recordEvents(client, actor, [
      opened.event,
      { kind: 'tips.case_opened', key: String(tipId), detail: { seq, case_id: opened.id } },
    ]);
    return { ok: true, id: opened.id };
  });
}
