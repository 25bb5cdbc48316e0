/** HTTP of the review of findings. What may be done is decided by `review-states-contract.ts`; a refusal says why in both languages. */
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { seenBy, whoAsks } from '../people/identify.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import {
  actSchema,
  assignSchema,
  decideManySchema,
  decideSchema,
  groupsQuerySchema,
  type Precision,
  recuseSchema,
  type Reviewers,
  type ReviewDetail,
  type ReviewDone,
  type ReviewGroups,
  type ReviewsPage,
  reviewsQuerySchema,
  takeSchema,
} from './review-contract.ts';
import {
  act,
  assign,
  decide,
  decideMany,
  recuse,
  reviewDetail,
  type ReviewAnswer,
  type ReviewDeps,
  type Reviewer,
  type ReviewRefusal,
} from './review-service.ts';
import { listGroups, listReviewers, listReviews, precisionOf } from './review-store.ts';

const idSchema = z.string().regex(/^[0-9a-f]{32}$/);
/** A decision over as many lines as a finding may have. */
const bodyBytesMax = 512 * 1024;

export function reviewRoutes(deps: ReviewDeps): Router {
  const { database, terms } = deps;
  const router = express.Router();
  const body = readJson(bodyBytesMax);
  const reviewerOf = (request: Request, response: Response): Reviewer => ({
    ...whoAsks(request, response),
    sight: seenBy(response),
  });
  const asking = (request: Request, response: Response) => {
    const { actor, sight } = reviewerOf(request, response);
    return { account: actor.account, sight, dueDays: terms.due_days };
  };

  router.get('/reviews', allow('reviews.read'), async (request, response) => {
    const query = parseRequest(reviewsQuerySchema, request.query);
    const page: ReviewsPage = await listReviews(database.pool, query, asking(request, response));
    response.json(page);
  });

  router.get('/reviews/groups', allow('reviews.read'), async (request, response) => {
    const query = parseRequest(groupsQuerySchema, request.query);
    const groups: ReviewGroups = await listGroups(database.pool, query, asking(request, response));
    response.json(groups);
  });

  router.get('/reviews/reviewers', allow('findings.assign'), async (_request, response) => {
    const items = await listReviewers(database.pool);
    response.json({
      items: items.map(({ login, display_name, open }) => ({ login, display_name, open })),
    } satisfies Reviewers);
  });

  router.get('/reviews/precision', allow('rulebook.read'), async (_request, response) => {
    const precision: Precision = await precisionOf(database.pool);
    response.json(precision);
  });

  router.post('/reviews/assign', allow('findings.assign'), body, async (request, response) => {
    const { findings, to } = parseRequest(assignSchema, request.body);
    const target = to === null ? 'shared' : { to };
    response.json((await assign(deps, reviewerOf(request, response), findings, target)) satisfies ReviewDone);
  });

  router.post('/reviews/take', allow('findings.review'), body, async (request, response) => {
    const { findings, give_back } = parseRequest(takeSchema, request.body);
    const reviewer = reviewerOf(request, response);
    const target = give_back ? 'nobody' : { to: reviewer.actor.account };
    response.json((await assign(deps, reviewer, findings, target)) satisfies ReviewDone);
  });

  router.post('/reviews/decide', allow('findings.review'), body, async (request, response) => {
    const given = parseRequest(decideManySchema, request.body);
    response.json((await decideMany(deps, reviewerOf(request, response), given)) satisfies ReviewDone);
  });

  router.post('/reviews/recusals', allow('findings.review'), body, async (request, response) => {
    const given = parseRequest(recuseSchema, request.body);
    response.json((await recuse(deps, reviewerOf(request, response), given)) satisfies ReviewDone);
  });

  router.get('/findings/:finding_id/review', allow('reviews.read'), async (request, response) => {
    response.json(await detailOf(request, response));
  });

  router.post(
    '/findings/:finding_id/review/decide',
    allow('findings.review'),
    body,
    async (request, response) => {
      const given = parseRequest(decideSchema, request.body);
      succeeded(await decide(deps, reviewerOf(request, response), idOf(request), given));
      response.json(await detailOf(request, response));
    },
  );

  router.post(
    '/findings/:finding_id/review/act',
    allow('findings.confirm_review'),
    body,
    async (request, response) => {
      const given = parseRequest(actSchema, request.body);
      succeeded(await act(deps, reviewerOf(request, response), idOf(request), given));
      response.json(await detailOf(request, response));
    },
  );

  async function detailOf(request: Request, response: Response): Promise<ReviewDetail> {
    const detail = await reviewDetail(deps, idOf(request), reviewerOf(request, response));
    if (detail === null) throw noFinding();
    return detail;
  }

  return router;
}

function idOf(request: Request): string {
  const id = idSchema.safeParse(request.params['finding_id']);
  if (!id.success) throw noFinding();
  return id.data;
}

const noFinding = (): AppError =>
  new AppError({
    status: 404,
    code: 'finding_not_found',
    message: { zh: '没有这个疑点', en: 'There is no such finding' },
  });

const statuses: Readonly<Record<ReviewRefusal['code'], number>> = {
  not_found: 404,
  not_allowed: 409,
  changed_meanwhile: 409,
  bad_decision: 422,
};

function succeeded(answer: ReviewAnswer): void {
  if (answer.ok) return;
  if (answer.code === 'not_found') throw noFinding();
  throw new AppError({
    status: statuses[answer.code],
    code: answer.code,
    message: answer.reason,
  });
}
