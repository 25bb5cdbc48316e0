/** What is done with reviews: each act checks the table, and writes how the review stands, what was done, and its event in one transaction. */
import type { PoolClient } from 'pg';
import type { EventKind } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { type Account, listAccounts } from '../people/account-store.ts';
import type { Who } from '../people/identify.ts';
import { permissionsOf } from '../people/permissions.ts';
import { areaOf, sees, type Sight, sightOf } from '../people/sight.ts';
import { formatDay, msPerDay } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { answerState, unanswered } from './answer.ts';
import { heldAnswer } from './answer-store.ts';
import { distribute } from './review-assign.ts';
import type { Bulk, Decision, ItemAnswers, Precision, ReviewDetail, Reviewers } from './review-contract.ts';
import { type ReviewParameters, type ReviewRules, parametersOn } from './review-rules.ts';
import { confirmedWhole, type Deed, factsFor, flaggedBy, reviewed, reviewState, unheld } from './review.ts';
import {
  mayReview,
  type Reason,
  type ReviewAction,
  reviewActions,
  type ReviewState,
} from './review-states-contract.ts';
import {
  caseOfFinding,
  type DueDays,
  earlierDecisions,
  findReviewed,
  heldReview,
  labelsByVersion,
  loadsOf,
  lockFinding,
  recusedFrom,
  relatedTo,
  reviewEvents,
  type ReviewedFinding,
  writeReview,
} from './review-store.ts';

export interface ReviewDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly rules: ReviewRules;
  readonly asOf: () => number;
}

/** Accounts that are looked through for reviewers. */
const accountsMax = 2_000;

export type Asked =
  | { readonly action: 'take' | 'release' | 'confirm' }
  | { readonly action: 'return' | 'reopen'; readonly reason: string }
  | { readonly action: 'recuse'; readonly reason: string; readonly scope: 'finding' | 'institution' }
  | { readonly action: 'assign'; readonly to: string }
  | {
      readonly action: 'decide';
      readonly decision: Decision;
      readonly revision: number;
      readonly reason?: string;
    }
  /** The whole flagged amount, whatever that is by now. */
  | { readonly action: 'confirm_whole'; readonly revision: number; readonly reason: string };

export type Done =
  | { readonly ok: true; readonly state: ReviewState; readonly account: string | null }
  | { readonly ok: false; readonly code: 'not_found' | 'not_allowed'; readonly reason: Reason };

const kinds = {
  take: 'review.taken',
  assign: 'review.assigned',
  release: 'review.released',
  recuse: 'review.recused',
  decide: 'review.decided',
  confirm: 'review.confirmed',
  return: 'review.returned',
  reopen: 'review.reopened',
} as const satisfies Record<ReviewAction, EventKind>;

const notFound: Done = {
  ok: false,
  code: 'not_found',
  reason: { zh: '没有这个疑点', en: 'There is no such finding.' },
};

export async function review(
  deps: ReviewDeps,
  who: Who,
  sight: Sight,
  findingId: string,
  asked: Asked,
): Promise<Done> {
  return transaction(deps.database, async (client) => {
    const finding = await lockFinding(client, findingId);
    if (finding === null || !sees(sight, finding.fixmedins_code)) return notFound;
    return actOn(deps, client, who, finding, asked);
  });
}

async function actOn(
  deps: ReviewDeps,
  client: PoolClient,
  who: Who,
  finding: ReviewedFinding,
  asked: Asked,
): Promise<Done> {
  const { account } = who.actor;
  const id = finding.finding_id;
  const stored = await heldReview(client, id);
  const held = stored ?? unheld;
  const recused = await recusedFrom(client, finding);
  const flagged = flaggedBy(finding.body);
  const parameters = parametersOf(deps, finding);
  const facts = factsFor(held, await reviewEvents(client, id), {
    account,
    permissions: who.permissions,
    isRecused: recused.has(account),
    isAwaited: await isAwaited(deps, client, finding),
  });
  const deed = deedOf(asked, recused, (note) => confirmedWhole(flagged, note));
  if (deed.action === 'assign') {
    const obstacle = await assigneeObstacle(client, deed.to, finding);
    if (obstacle !== null) return { ok: false, code: 'not_allowed', reason: obstacle };
  }
  const answer = reviewed(held, deed, account, facts, {
    finding,
    flagged,
    rules: deps.rules,
    parameters,
  });
  if (!answer.ok) return { ok: false, code: 'not_allowed', reason: answer.reason };
  const { from, to } = answer;
  const isLookedAtAgain = from === 'outdated' || deed.action === 'reopen' || deed.action === 'return';
  await writeReview(client, {
    finding,
    flagged,
    seq: (stored?.seq ?? 0) + 1,
    action: deed.action,
    from,
    to,
    account,
    reason: 'reason' in asked ? (asked.reason ?? null) : null,
    scope: asked.action === 'recuse' ? asked.scope : null,
    dueDays: parameters.due_natural_days,
    isDueAnew: isLookedAtAgain,
  });
  // A withdrawn finding is one that nothing can be done with.
  if (from === 'withdrawn') throw new Error('a review of a withdrawn finding was changed');
  await recordEvents(client, who.actor, [
    {
      kind: kinds[deed.action],
      key: id,
      before: { state: from },
      after: { state: to.state },
      detail: {
        rule_code: finding.rule_code,
        revision: finding.revision,
        assignee: to.assignee,
        outcome: to.decision?.outcome ?? null,
        confirmed_fen: to.decision?.outcome === 'confirmed' ? to.decision.fen : null,
      },
    },
  ]);
  return { ok: true, state: to.state, account: to.assignee };
}

/** Its institution was notified and still has time to answer. */
async function isAwaited(
  { asOf }: ReviewDeps,
  client: PoolClient | Database['pool'],
  finding: ReviewedFinding,
): Promise<boolean> {
  const held = (await heldAnswer(client, finding.finding_id)) ?? unanswered;
  return answerState(held, finding, formatDay(asOf())) === 'waiting';
}

function deedOf(asked: Asked, recused: ReadonlySet<string>, whole: (note: string) => Decision): Deed {
  switch (asked.action) {
    case 'assign':
      return { action: 'assign', to: asked.to, isRecused: recused.has(asked.to) };
    case 'decide':
      return { action: 'decide', decision: asked.decision, revision: asked.revision };
    case 'confirm_whole':
      return { action: 'decide', decision: whole(asked.reason), revision: asked.revision };
    default:
      return { action: asked.action };
  }
}

const parametersOf = (
  { rules, asOf }: ReviewDeps,
  { fixmedins_code }: { fixmedins_code: string },
): ReviewParameters => parametersOn(rules, areaOf(fixmedins_code), formatDay(asOf()));

/** Accounts that review, whoever they may see. */
async function reviewerAccounts(client: PoolClient | Database['pool']): Promise<Account[]> {
  const accounts = await listAccounts(client, accountsMax);
  return accounts.filter(
    ({ state, role, area }) => state === 'active' && permissionsOf(role, area).includes('findings.review'),
  );
}

const mayHave = (account: Account, fixmedinsCode: string): boolean =>
  sees(sightOf(account.area, account.fixmedins_code), fixmedinsCode);

async function assigneeObstacle(
  client: PoolClient,
  login: string,
  finding: ReviewedFinding,
): Promise<Reason | null> {
  const account = (await reviewerAccounts(client)).find((one) => one.login === login);
  return account !== undefined && mayHave(account, finding.fixmedins_code)
    ? null
    : { zh: '该人员不能复核此机构的疑点', en: 'They do not review findings of this institution' };
}

export async function reviewers({ database }: ReviewDeps, sight: Sight): Promise<Reviewers> {
  const loads = await loadsOf(database.pool);
  const accounts = await reviewerAccounts(database.pool);
  return {
    reviewers: accounts
      .filter(
        ({ area }) =>
          sight.areas === 'all' || sight.areas.includes(area) || sightOf(area, null).areas === 'all',
      )
      .map(({ login, display_name, area }) => ({
        account: login,
        display_name,
        area,
        waiting: loads.get(login) ?? 0,
      })),
  };
}

/** @param to `null`: to those with the least load */
export async function assign(
  deps: ReviewDeps,
  who: Who,
  sight: Sight,
  findings: readonly string[],
  to: string | null,
): Promise<ItemAnswers> {
  const given = to === null ? await fairly(deps, findings) : new Map(findings.map((id) => [id, to]));
  return itemByItem(findings, async (id) => {
    const account = given.get(id) ?? null;
    return account === null
      ? {
          ok: false,
          code: 'not_allowed',
          reason: { zh: '没有可分派的复核人员', en: 'There is nobody it can be assigned to' },
        }
      : review(deps, who, sight, id, { action: 'assign', to: account });
  });
}

async function fairly(
  { database }: ReviewDeps,
  findings: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { pool } = database;
  const [accounts, loads] = await Promise.all([reviewerAccounts(pool), loadsOf(pool)]);
  const items = [];
  for (const finding_id of new Set(findings)) {
    const finding = await findReviewed(pool, finding_id);
    if (finding === null) continue;
    const recused = await recusedFrom(pool, finding);
    const barred = accounts
      .map(({ login }) => login)
      .filter((login, index) => {
        const account = accounts[index];
        return recused.has(login) || account === undefined || !mayHave(account, finding.fixmedins_code);
      });
    items.push({ finding_id, barred: new Set(barred) });
  }
  return distribute(
    items,
    accounts.map(({ login }) => ({ account: login, waiting: loads.get(login) ?? 0 })),
  );
}

/** One decision for a selection: each finding is judged by the table on its own, and says why not. */
export async function decideMany(deps: ReviewDeps, who: Who, sight: Sight, bulk: Bulk): Promise<ItemAnswers> {
  const revisions = new Map(bulk.findings.map(({ finding_id, revision }) => [finding_id, revision]));
  const { reason } = bulk;
  return itemByItem([...revisions.keys()], async (id) => {
    const revision = revisions.get(id) ?? 0;
    const asked: Asked =
      bulk.outcome === 'confirmed'
        ? { action: 'confirm_whole', revision, reason }
        : { action: 'decide', revision, reason, decision: sharedDecision(bulk) };
    return review(deps, who, sight, id, asked);
  });
}

function sharedDecision({ outcome, exclusion, missing, reason: note }: Bulk): Decision {
  return outcome === 'not_violation'
    ? { outcome, exclusion: exclusion ?? '', note }
    : { outcome: 'cannot_decide', missing: missing ?? [], note };
}

async function itemByItem(
  findings: readonly string[],
  act: (id: string) => Promise<Done>,
): Promise<ItemAnswers> {
  const answers: ItemAnswers['answers'] = [];
  for (const finding_id of new Set(findings)) {
    const done = await act(finding_id);
    answers.push(
      done.ok
        ? { finding_id, state: done.state, account: done.account, reason: null }
        : { finding_id, state: null, account: null, reason: done.reason },
    );
  }
  return { done: answers.filter(({ state }) => state !== null).length, answers };
}

/** Days that reviews take by area, as SQL wants them. */
export function dueDaysOf({ rules, asOf }: ReviewDeps): DueDays {
  const day = formatDay(asOf());
  const areas = [...new Set(rules.parameters.map(({ area }) => (area === '*' ? '' : area)))];
  return { areas, days: areas.map((area) => parametersOn(rules, area, day).due_natural_days), today: day };
}

/** `null`: there is no such finding, or none that is seen. */
export async function reviewDetail(
  deps: ReviewDeps,
  who: Who,
  sight: Sight,
  findingId: string,
): Promise<ReviewDetail | null> {
  const { pool } = deps.database;
  const finding = await findReviewed(pool, findingId);
  if (finding === null || !sees(sight, finding.fixmedins_code)) return null;
  const due = dueDaysOf(deps);
  const [stored, history, recused, sameRule, sameStay, sameRing, earlier, awaited, inCase] =
    await Promise.all([
      heldReview(pool, findingId),
      reviewEvents(pool, findingId),
      recusedFrom(pool, finding),
      relatedTo(pool, finding, 'rule', { due, sight }),
      relatedTo(pool, finding, 'stay', { due, sight }),
      relatedTo(pool, finding, 'ring', { due, sight }),
      earlierDecisions(pool, finding),
      isAwaited(deps, pool, finding),
      caseOfFinding(pool, findingId),
    ]);
  const held = stored ?? unheld;
  const { account } = who.actor;
  const facts = factsFor(held, history, {
    account,
    permissions: who.permissions,
    isRecused: recused.has(account),
    isAwaited: awaited,
  });
  const state = reviewState(held, finding);
  const parameters = parametersOf(deps, finding);
  const dueAt =
    stored?.due_at ?? new Date(finding.created_at.getTime() + parameters.due_natural_days * msPerDay);
  return {
    finding_id: findingId,
    revision: finding.revision,
    state,
    assignee: held.assignee,
    decision: held.decision,
    decided_revision: held.decided_revision,
    decided_by: held.decided_by,
    confirmed_by: held.confirmed_by,
    due_at: dueAt.toISOString(),
    overdue: state !== 'decided' && state !== 'withdrawn' && !awaited && dueAt < finding.asked_at,
    case: inCase,
    flagged: flaggedAnswer(finding),
    second_person: {
      confirmed_from_fen: parameters.confirmed_second_person_from_fen,
      dismissed_from_fen: parameters.dismissed_second_person_from_fen,
      sample: parameters.sample,
    },
    exclusions: [...deps.rules.exclusions],
    missing: [...deps.rules.missing],
    actions: reviewActions.map((action) => {
      // Whether somebody else is recused shows when it is assigned to them.
      const verdict = mayReview(state, action, action === 'assign' ? { ...facts, isRecused: false } : facts);
      return { action, allowed: verdict.allowed, reason: verdict.allowed ? null : verdict.reason };
    }),
    history,
    same_rule: sameRule,
    same_stay: sameStay,
    same_ring: sameRing,
    earlier,
  };
}

function flaggedAnswer({ body }: ReviewedFinding): ReviewDetail['flagged'] {
  const { fen, byLine, lines } = flaggedBy(body);
  return { fen, by_line: byLine, lines: [...lines] };
}

export async function precisionOfVersions(
  { database }: ReviewDeps,
  sight: Sight,
  ruleCode: string | undefined,
): Promise<Precision> {
  const labels = await labelsByVersion(database.pool, sight, ruleCode);
  return {
    versions: labels.map((one) => {
      const decided = one.confirmed + one.not_violation;
      return { ...one, precision: decided === 0 ? null : one.confirmed / decided };
    }),
  };
}
