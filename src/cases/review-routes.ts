/** HTTP of reviews. What may be done is decided by `review-states-contract.ts`; a refusal says why in both languages. */
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import { allow } from '../people/allow.ts';
import { seenBy, whoAsks } from '../people/identify.ts';
import { AppError, parseRequest, readJson } from '../platform/http.ts';
import {
  assignSchema,
  bulkSchema,
  decideSchema,
  nothingSchema,
  precisionQuerySchema,
  queueQuerySchema,
  recuseSchema,
  removeFilterSchema,
  reviewReasonSchema,
  saveFilterSchema,
} from './review-contract.ts';
import { removeFilter, savedFilters, saveFilter } from './review-filter-service.ts';
import {
  type Asked,
  assign,
  decideMany,
  dueDaysOf,
  precisionOfVersions,
  review,
  type ReviewDeps,
  reviewDetail,
  reviewers,
} from './review-service.ts';
import { reviewQueue } from './review-store.ts';

const findingId = z.string().regex(/^[0-9a-f]{32}$/);
/** Decisions name thousands of lines at most. */
const bodyBytesMax = 512 * 1024;

export function reviewRoutes(deps: ReviewDeps): Router {
  const { database } = deps;
  const router = express.Router();
  const read = allow('reviews.read');
  const body = readJson(bodyBytesMax);

  router.get('/reviews', read, async (request, response) => {
    const query = parseRequest(queueQuerySchema, request.query);
    const { account } = whoAsks(request, response).actor;
    response.json(
      await reviewQueue(database.pool, { query, sight: seenBy(response), account, due: dueDaysOf(deps) }),
    );
  });
  const ownFilters = async (request: Request, response: Response): Promise<void> => {
    response.json(await savedFilters(deps, whoAsks(request, response).actor.account));
  };
  router.get('/reviews/filters', read, ownFilters);
  router.post('/reviews/filters', read, body, async (request, response) => {
    const given = parseRequest(saveFilterSchema, request.body);
    const { account } = whoAsks(request, response).actor;
    const obstacle = await saveFilter(deps, account, seenBy(response), given);
    if (obstacle !== null) throw new AppError({ status: 409, code: 'filter_not_saved', message: obstacle });
    await ownFilters(request, response);
  });
  router.post('/reviews/filters/remove', read, body, async (request, response) => {
    const { name } = parseRequest(removeFilterSchema, request.body);
    await removeFilter(deps, whoAsks(request, response).actor.account, name);
    await ownFilters(request, response);
  });
  router.get('/reviews/precision', read, async (request, response) => {
    const { rule_code } = parseRequest(precisionQuerySchema, request.query);
    response.json(await precisionOfVersions(deps, seenBy(response), rule_code));
  });
  router.get('/reviews/reviewers', allow('findings.assign'), async (_request, response) => {
    response.json(await reviewers(deps, seenBy(response)));
  });
  router.post('/reviews/assign', allow('findings.assign'), body, async (request, response) => {
    const { findings, to } = parseRequest(assignSchema, request.body);
    response.json(await assign(deps, whoAsks(request, response), seenBy(response), findings, to));
  });
  router.post('/reviews/bulk', allow('findings.review'), body, async (request, response) => {
    const bulk = parseRequest(bulkSchema, request.body);
    response.json(await decideMany(deps, whoAsks(request, response), seenBy(response), bulk));
  });

  const detail = async (request: Request, response: Response): Promise<void> => {
    const id = findingId.safeParse(request.params['finding_id']);
    const found = id.success
      ? await reviewDetail(deps, whoAsks(request, response), seenBy(response), id.data)
      : null;
    if (found === null) throw noFinding();
    response.json(found);
  };
  router.get('/findings/:finding_id/review', read, detail);

  const act =
    (askedOf: (given: unknown) => Asked): RequestHandler =>
    async (request, response) => {
      const id = findingId.safeParse(request.params['finding_id']);
      if (!id.success) throw noFinding();
      const who = whoAsks(request, response);
      const done = await review(deps, who, seenBy(response), id.data, askedOf(request.body));
      if (!done.ok)
        throw done.code === 'not_found'
          ? noFinding()
          : new AppError({ status: 409, code: 'review_not_allowed', message: done.reason });
      await detail(request, response);
    };
  const own = allow('findings.review');
  const second = allow('findings.confirm_review');
  const plain =
    (action: 'take' | 'release' | 'confirm') =>
    (given: unknown): Asked => {
      parseRequest(nothingSchema, given ?? {});
      return { action };
    };
  const reasoned =
    (action: 'return' | 'reopen') =>
    (given: unknown): Asked => ({ action, ...parseRequest(reviewReasonSchema, given) });
  const path = (action: string): string => `/findings/:finding_id/review/${action}`;
  router.post(path('take'), own, body, act(plain('take')));
  router.post(path('release'), own, body, act(plain('release')));
  router.post(
    path('recuse'),
    own,
    body,
    act((given) => ({ action: 'recuse', ...parseRequest(recuseSchema, given) })),
  );
  router.post(
    path('decide'),
    own,
    body,
    act((given) => ({ action: 'decide', ...parseRequest(decideSchema, given) })),
  );
  router.post(path('confirm'), second, body, act(plain('confirm')));
  router.post(path('return'), second, body, act(reasoned('return')));
  // Reviewers take back their own, leaders order another look: the table tells them apart.
  router.post(path('reopen'), second, body, act(reasoned('reopen')));

  return router;
}

const noFinding = (): AppError =>
  new AppError({
    status: 404,
    code: 'finding_not_found',
    message: { zh: '没有这个疑点', en: 'There is no such finding.' },
  });
