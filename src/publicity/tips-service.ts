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
import { areaOf, sees, type Sight } from '../people/sight.ts';
import { dayOf, dayOfSecond, formatDay } from '../platform/civil.ts';
import { transaction } from '../platform/database.ts';
import { personalFaults } from './personal-text.ts';
import { claimUntil, rewardOf } from './reward.ts';
import { bytesOfBase64, base64Of, fingerprintOf, sealedBytesMax } from './seal-contract.ts';
import type { PublicityDeps } from './service.ts';
import { lastDayOf, termOn } from './terms.ts';
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
} from './tips-contract.ts';
import { type TipAction, tipActions, type TipFacts, tipRefusal, tipTable } from './tip-states-contract.ts';
import {
  currentKey,
  findTip,
  findTipByReceipt,
  insertKey,
  insertStep,
  insertTip,
  insertTipCase,
  listTips,
  lockTip,
  openReferrals,
  type StoredStep,
  type StoredTip,
  stepsOf,
} from './tips-store.ts';

export type TipsDeps = Pick<PublicityDeps, 'database' | 'procedure' | 'terms' | 'now'>;

export type TipRefused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'changed_meanwhile' | 'bad_text';
  readonly reason: Message;
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
  const reward = steps.find(({ action }) => action === 'reward');
  return {
    tip_no: tip.tip_no,
    received_on: tip.received_on,
    state: tip.state,
    due: dueOf(deps, tip, steps),
    reward:
      reward?.detail.fen === undefined
        ? null
        : { fen: reward.detail.fen, claim_until: claimUntil(deps.terms, reward.on) },
    answers: steps.flatMap(({ on, answer }) => (answer === null ? [] : [{ on, sealed: base64Of(answer) }])),
  };
}

/** When it has to be accepted or handled. */
function dueOf(
  deps: Pick<TipsDeps, 'terms' | 'procedure' | 'now'>,
  { state, received_on }: StoredTip,
  steps: readonly StoredStep[],
): TipRow['due'] {
  const acceptedOn = steps.find(({ action }) => action === 'accept')?.on;
  const period =
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

const factsOf = (
  { state }: StoredTip,
  steps: readonly StoredStep[],
  decided_fen: number | null,
  permissions: TipFacts['permissions'],
): TipFacts => ({
  state,
  permissions,
  isVerified: steps.find(({ action }) => action === 'close')?.detail.is_verified ?? null,
  decided_fen,
  isRewarded: steps.some(({ action }) => action === 'reward'),
  openReferrals: steps.filter(({ action, case_id }) => action === 'refer' && case_id === null).length,
});

/** What the office opens with its key. That it was looked at is on record. `null`: there is none */
export const tipDetail = (
  deps: TipsDeps,
  { actor, permissions }: Who,
  id: number,
): Promise<TipDetail | null> =>
  transaction(deps.database, async (client) => {
    const tip = await findTip(client, id);
    if (tip === null) return null;
    const steps = await stepsOf(client, [id]);
    const decided_fen = await decidedFenOf(client, steps);
    const facts = factsOf(tip, steps, decided_fen, permissions);
    const today = todayOf(deps);
    await recordEvents(client, actor, [{ kind: 'tips.looked_at', key: String(id), detail: {} }]);
    return {
      ...rowOf(deps, tip, steps),
      revision: tip.revision,
      key_id: tip.key_id,
      public_key: tip.public_key,
      sealed: base64Of(tip.sealed),
      reply_key: tip.reply_key,
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
  const [accept, decline, answer, raise, refer, close, reward] = tipActions;
  return {
    [accept]: of(accept),
    [decline]: of(decline),
    [answer]: of(answer),
    [raise]: of(raise),
    [refer]: of(refer),
    [close]: of(close),
    [reward]: of(reward),
  };
}

export const actOnTip = (
  deps: TipsDeps,
  { actor, permissions }: Who,
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
    const refused = tipRefusal(given.action, factsOf(tip, steps, decided, permissions));
    if (refused !== null) return { ok: false, code: 'not_allowed', reason: refused };
    const answer = given.answer === null ? null : sealedOf(given.answer);
    if (given.answer !== null && answer === null) return notSealed;
    const to = tipTable[tip.state][given.action];
    if (to === undefined) throw new Error('the table of tips allows what it does not hold');
    const detail = detailOf(deps, given, decided);
    if ('reason' in detail) return { ok: false, code: 'bad_text', reason: detail.reason };
    await insertStep(
      client,
      tip,
      { action: given.action, detail, answer, account: actor.account, on: todayOf(deps) },
      to,
    );
    await recordEvents(client, actor, [
      { kind: 'tips.acted', key: String(id), detail: { action: given.action, seq: tip.revision + 1 } },
    ]);
    return { ok: true, id };
  });

/** What stands with a step in plain text, or why it cannot. */
function detailOf(
  deps: TipsDeps,
  given: TipStep,
  decided_fen: number | null,
): TipStepDetail | { readonly reason: Message } {
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
        : { reason: fault };
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
  }
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
  const items = await openReferrals(database.pool);
  return { items: items.filter(({ fixmedins_code }) => sees(sight, fixmedins_code)) };
}

/** Opens a clue of a referral: number and summary are all that the case gets. */
export const openReferral = (
  deps: TipsDeps,
  { actor, sight }: CaseCaller,
  tipId: number,
  seq: number,
): Promise<Answer<{ readonly id: number }>> =>
  transaction(deps.database, async (client): Promise<Answer<{ readonly id: number }>> => {
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
    const opened = await openClue(client, actor, deps.now(), {
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
