/** The review of findings: each step, how the review stands after it, and the event are one transaction. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import type { Who } from '../people/identify.ts';
import { conflict } from '../people/segregation.ts';
import { sees, type Sight, sightOf } from '../people/sight.ts';
import { type Database, transaction } from '../platform/database.ts';
import { decisionFault, decisionFor, needsSecond, sharedOut } from './review.ts';
import {
  type DecideMany,
  type Decision,
  type ReviewAct,
  type ReviewDetail,
  type ReviewDone,
  type ReviewTerms,
  reviewTermsSchema,
} from './review-contract.ts';
import {
  mayReview,
  nextReviewState,
  type PersonAction,
  type ReviewAction,
  type ReviewFacts,
  type ReviewState,
} from './review-states-contract.ts';
import {
  earlierDecisions,
  findReviews,
  insertRecusal,
  listReviewers,
  lockReviews,
  type NewStep,
  openOf,
  recusedFrom,
  type Reviewed,
  type Standing,
  stepsOf,
  writeSteps,
} from './review-store.ts';

export interface ReviewDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly terms: ReviewTerms;
}

/** Somebody who acts, and what of the findings they see. */
export interface Reviewer extends Who {
  readonly sight: Sight;
}

export const loadReviewTerms = async (rulesDir: string): Promise<ReviewTerms> =>
  reviewTermsSchema.parse(JSON.parse(await readFile(path.join(rulesDir, 'procedure/review.json'), 'utf8')));

export type ReviewRefusal = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'changed_meanwhile' | 'bad_decision';
  readonly reason: Message;
};
export type ReviewAnswer = { readonly ok: true } | ReviewRefusal;

const refuse = (code: ReviewRefusal['code'], reason: Message): ReviewRefusal => ({ ok: false, code, reason });
const unknown = refuse('not_found', { zh: '没有这个疑点', en: 'There is no such finding' });
const changedMeanwhile = refuse('changed_meanwhile', {
  zh: '他人已处理，请刷新后再试',
  en: 'Somebody else was faster: look again',
});

const done: ReviewAnswer = { ok: true };

/** How it stands for those who act now: what was decided of an earlier revision is open again. */
const stateNow = ({ state, outdated }: Reviewed): ReviewState => (outdated ? 'open' : state);

const factsOf = (
  reviewed: Reviewed,
  { actor, permissions }: Who,
  recused: ReadonlySet<string>,
): ReviewFacts => ({
  permissions,
  isWithdrawn: reviewed.finding_state === 'withdrawn',
  isRecused: recused.has(reviewed.finding.fixmedins_code),
  isOthers: reviewed.assignee !== null && reviewed.assignee !== actor.account,
  isOwn:
    reviewed.decided_by !== null &&
    conflict('finding.confirm_review', actor.account, [
      { action: 'finding.review', account: reviewed.decided_by },
    ]) !== null,
});

export async function reviewDetail(
  { database: { pool }, terms }: ReviewDeps,
  findingId: string,
  reviewer: Reviewer,
): Promise<ReviewDetail | null> {
  const [reviewed] = await findReviews(pool, [findingId], terms.due_days);
  if (reviewed === undefined || !sees(reviewer.sight, reviewed.finding.fixmedins_code)) return null;
  const [steps, earlier, recused] = await Promise.all([
    stepsOf(pool, findingId),
    earlierDecisions(pool, reviewed.finding),
    recusedFrom(pool, reviewer.actor.account),
  ]);
  const state = stateNow(reviewed);
  const { permissions: _permissions, ...facts } = factsOf(reviewed, reviewer, recused);
  return {
    review: {
      state,
      seq: reviewed.seq,
      assignee: reviewed.assignee,
      outcome: reviewed.outdated ? null : reviewed.outcome,
      amount: reviewed.outdated ? null : reviewed.amount,
      outdated: reviewed.outdated,
      due_on: reviewed.due_on,
    },
    decision:
      state === 'open' ? null : (steps.findLast(({ decision }) => decision !== null)?.decision ?? null),
    decided_by: state === 'open' ? null : reviewed.decided_by,
    steps,
    facts,
    terms,
    earlier,
  };
}

interface Move {
  readonly action: PersonAction;
  readonly decision?: Decision;
  readonly reason?: string;
  readonly to?: string | null;
}

/** The steps of one move, with the one that says that the finding changed before it where it did. */
function moved(
  reviewed: Reviewed,
  account: string,
  { action, decision, reason, to }: Move,
): { steps: NewStep[]; standing: Standing } {
  const { finding, revision } = reviewed;
  const actions: ReviewAction[] = reviewed.outdated ? ['outdate', action] : [action];
  const step = (one: ReviewAction, index: number): NewStep => ({
    finding_id: finding.finding_id,
    seq: reviewed.seq + index + 1,
    action: one,
    account,
    finding_revision: revision,
    assignee: one === 'assign' ? (to ?? null) : null,
    decision: one === action ? (decision ?? null) : null,
    reason: one === action ? (reason ?? null) : null,
  });
  const state = nextReviewState(stateNow(reviewed), action) ?? 'open';
  const isDecision = action === 'propose' || action === 'settle';
  const keeps = action === 'confirm';
  return {
    steps: actions.map(step),
    standing: {
      finding_id: finding.finding_id,
      seq: reviewed.seq + actions.length,
      state,
      assignee: action === 'assign' ? (to ?? null) : (reviewed.assignee ?? (isDecision ? account : null)),
      outcome: isDecision ? (decision?.outcome ?? null) : keeps ? reviewed.outcome : null,
      amount: isDecision
        ? decision?.outcome === 'confirmed'
          ? decision.amount
          : null
        : keeps
          ? reviewed.amount
          : null,
      finding_revision: revision,
      rule_version: finding.rule_version,
      decided_by: isDecision ? account : keeps ? reviewed.decided_by : null,
    },
  };
}

async function write(
  client: PoolClient,
  { actor }: Who,
  moves: readonly { readonly reviewed: Reviewed; readonly move: Move }[],
): Promise<void> {
  const made = moves.map(({ reviewed, move }) => moved(reviewed, actor.account, move));
  await writeSteps(
    client,
    made.flatMap(({ steps }) => steps),
    made.map(({ standing }) => standing),
  );
  const events = made.flatMap(({ steps, standing }) =>
    steps.flatMap((step): AuditEvent[] =>
      step.action === 'assign'
        ? []
        : [
            {
              kind: 'findings.reviewed',
              key: step.finding_id,
              detail: {
                step: step.seq,
                action: step.action,
                outcome: step.action === 'outdate' ? null : standing.outcome,
                finding_revision: step.finding_revision,
              },
            },
          ],
    ),
  );
  if (events.length > 0) await recordEvents(client, actor, events);
}

/** Decides one finding. What needs a second person waits for one. */
export const decide = (
  deps: ReviewDeps,
  reviewer: Reviewer,
  findingId: string,
  { seq, decision }: { readonly seq: number; readonly decision: Decision },
): Promise<ReviewAnswer> =>
  transaction(deps.database, async (client) => {
    const [reviewed] = await lockReviews(client, [findingId], deps.terms.due_days);
    const recused = await recusedFrom(client, reviewer.actor.account);
    const looked = lookedAt(deps, reviewer, recused, reviewed, seq, decision);
    if (!looked.ok) return looked;
    await write(client, reviewer, [looked]);
    return done;
  });

type Looked = { readonly ok: true; readonly reviewed: Reviewed; readonly move: Move } | ReviewRefusal;

function lookedAt(
  { terms }: ReviewDeps,
  reviewer: Reviewer,
  recused: ReadonlySet<string>,
  reviewed: Reviewed | undefined,
  seq: number,
  decision: Decision,
): Looked {
  if (reviewed === undefined || !sees(reviewer.sight, reviewed.finding.fixmedins_code)) return unknown;
  if (reviewed.seq !== seq) return changedMeanwhile;
  const action = needsSecond(reviewed.finding, decision, terms) ? 'propose' : 'settle';
  const verdict = mayReview(stateNow(reviewed), action, factsOf(reviewed, reviewer, recused));
  if (!verdict.allowed) return refuse('not_allowed', verdict.reason);
  const fault = decisionFault(reviewed.finding, decision, terms);
  return fault === null ? { ok: true, reviewed, move: { action, decision } } : refuse('bad_decision', fault);
}

/** Decides many alike, those that can be; the others say why not. */
export const decideMany = (
  deps: ReviewDeps,
  reviewer: Reviewer,
  { findings, decision }: DecideMany,
): Promise<ReviewDone> =>
  transaction(deps.database, async (client) => {
    const ids = findings.map(({ finding_id }) => finding_id);
    const locked = await lockReviews(client, ids, deps.terms.due_days);
    const byId = new Map(locked.map((one) => [one.finding.finding_id, one]));
    const recused = await recusedFrom(client, reviewer.actor.account);
    const moves: Extract<Looked, { ok: true }>[] = [];
    const refused: ReviewDone['refused'] = [];
    for (const { finding_id, seq } of findings) {
      const reviewed = byId.get(finding_id);
      const looked =
        reviewed === undefined
          ? unknown
          : lookedAt(deps, reviewer, recused, reviewed, seq, decisionFor(reviewed.finding, decision));
      // Whoever names a finding twice decides it once.
      byId.delete(finding_id);
      if (looked.ok) moves.push(looked);
      else refused.push({ finding_id, reason: looked.reason });
    }
    await write(client, reviewer, moves);
    return { done: moves.length, refused };
  });

/** Confirms, returns, reopens. */
export const act = (
  deps: ReviewDeps,
  reviewer: Reviewer,
  findingId: string,
  given: ReviewAct,
): Promise<ReviewAnswer> =>
  transaction(deps.database, async (client) => {
    const [reviewed] = await lockReviews(client, [findingId], deps.terms.due_days);
    if (reviewed === undefined || !sees(reviewer.sight, reviewed.finding.fixmedins_code)) return unknown;
    if (reviewed.seq !== given.seq) return changedMeanwhile;
    const recused = await recusedFrom(client, reviewer.actor.account);
    const verdict = mayReview(stateNow(reviewed), given.action, factsOf(reviewed, reviewer, recused));
    if (!verdict.allowed) return refuse('not_allowed', verdict.reason);
    const move: Move =
      given.action === 'confirm' ? { action: 'confirm' } : { action: given.action, reason: given.reason };
    await write(client, reviewer, [{ reviewed, move }]);
    return done;
  });

/** `shared`: to those who carry least; `nobody`: given back. */
export type AssignTo = { readonly to: string } | 'shared' | 'nobody';

/** Gives findings to somebody, or takes them. */
export const assign = (
  { database, terms }: ReviewDeps,
  reviewer: Reviewer,
  findings: readonly string[],
  target: AssignTo,
): Promise<ReviewDone> =>
  transaction(database, async (client) => {
    const { actor, permissions, sight } = reviewer;
    const ids = [...new Set(findings)];
    const locked = await lockReviews(client, ids, terms.due_days);
    const reviewers = await listReviewers(client);
    const seen = locked.filter(({ finding }) => sees(sight, finding.fixmedins_code));
    const shares = target === 'shared' ? fairShares(seen, reviewers) : null;
    const moves: { reviewed: Reviewed; move: Move }[] = [];
    const refused: ReviewDone['refused'] = ids
      .filter((id) => !seen.some(({ finding }) => finding.finding_id === id))
      .map((finding_id) => ({ finding_id, reason: unknown.reason }));
    for (const reviewed of seen) {
      const { finding_id, fixmedins_code } = reviewed.finding;
      const to = shares?.get(finding_id) ?? (typeof target === 'object' ? target.to : null);
      const taker = reviewers.find(({ login }) => login === to);
      const isRecused = taker?.recused.includes(fixmedins_code) === true;
      const isOwnMatter =
        (to === null || to === actor.account) &&
        (reviewed.assignee === null || reviewed.assignee === actor.account);
      const facts = { ...factsOf(reviewed, reviewer, new Set()), isRecused };
      const verdict = mayReview(stateNow(reviewed), 'assign', facts);
      const why: Message | null = !verdict.allowed
        ? verdict.reason
        : target !== 'nobody' && taker === undefined
          ? { zh: '没有可承办的人员', en: 'There is nobody who may have it' }
          : taker !== undefined && !sees(sightOf(taker.area, null), fixmedins_code)
            ? { zh: '该人员不管辖这家机构', en: 'The institution is not in the area of this person' }
            : !isOwnMatter && !permissions.includes('findings.assign')
              ? { zh: '您的角色只能领取和退还', en: 'Your role takes findings and gives them back' }
              : null;
      if (why === null) moves.push({ reviewed, move: { action: 'assign', to } });
      else refused.push({ finding_id, reason: why });
    }
    await write(client, reviewer, moves);
    if (moves.length > 0) await recordEvents(client, actor, assignments(moves));
    return { done: moves.length, refused };
  });

const fairShares = (
  findings: readonly Reviewed[],
  reviewers: Awaited<ReturnType<typeof listReviewers>>,
): Map<string, string | null> =>
  sharedOut(
    findings.map(({ finding }) => finding),
    reviewers.map(({ login, open, area, recused }) => ({
      login,
      open,
      recused: new Set([
        ...recused,
        // Who does not look after a district is kept out of it like somebody who is recused.
        ...findings
          .map(({ finding }) => finding.fixmedins_code)
          .filter((code) => !sees(sightOf(area, null), code)),
      ]),
    })),
  );

/** One event for each who got some. */
function assignments(moves: readonly { readonly reviewed: Reviewed; readonly move: Move }[]): AuditEvent[] {
  const byTarget = new Map<string | null, string[]>();
  for (const { reviewed, move } of moves) {
    const to = move.to ?? null;
    byTarget.set(to, [...(byTarget.get(to) ?? []), reviewed.finding.finding_id]);
  }
  return [...byTarget].map(([to, findings]) => ({
    kind: 'findings.assigned',
    key: to ?? 'nobody',
    detail: { to, findings },
  }));
}

/** Keeps somebody out of what concerns an institution from now on, and gives back what they have of it. */
export const recuse = (
  deps: ReviewDeps,
  reviewer: Reviewer,
  given: { readonly fixmedins_code: string; readonly reason: string },
): Promise<ReviewDone> =>
  transaction(deps.database, async (client) => {
    const { actor } = reviewer;
    const ids = await openOf(client, actor.account, given.fixmedins_code);
    const locked = await lockReviews(client, ids, deps.terms.due_days);
    const moves = locked.map((reviewed) => ({ reviewed, move: { action: 'assign', to: null } as const }));
    if (await insertRecusal(client, actor.account, given))
      await recordEvents(client, actor, [
        {
          kind: 'findings.recused',
          key: actor.account,
          detail: { fixmedins_code: given.fixmedins_code },
        },
      ]);
    await write(client, reviewer, moves);
    if (moves.length > 0) await recordEvents(client, actor, assignments(moves));
    return { done: moves.length, refused: [] };
  });
