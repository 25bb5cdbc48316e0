/** The part of the API that is about reviews of findings, and how fresh its answers have to be. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  type Bulk,
  type Decision,
  itemAnswersSchema,
  precisionSchema,
  type QueueQuery,
  queueSchema,
  reviewDetailSchema,
  reviewersSchema,
  type SaveFilter,
  savedFiltersSchema,
} from '../cases/review-contract.ts';
import type { ReviewAction } from '../cases/review-states-contract.ts';
import { ask } from './api.ts';
import { apiPaths } from './paths.ts';

const queueRefreshMs = 30_000;

/** What comes with an act. */
export type ReviewGiven =
  | Readonly<Record<string, never>>
  | { readonly reason: string; readonly scope?: 'finding' | 'institution' }
  | { readonly revision: number; readonly decision: Decision };

const bodyOf = (given: object): { body: string } => ({ body: JSON.stringify(given) });

export const reviewsApi = {
  act: (findingId: string, action: ReviewAction, given: ReviewGiven) =>
    ask(apiPaths.reviewAct(findingId, action), reviewDetailSchema, bodyOf(given)),
  assign: (findings: readonly string[], to: string | null) =>
    ask(apiPaths.assignReviews(), itemAnswersSchema, bodyOf({ findings, to })),
  saveFilter: (given: SaveFilter) => ask(apiPaths.reviewFilters(), savedFiltersSchema, bodyOf(given)),
  removeFilter: (name: string) => ask(apiPaths.removeReviewFilter(), savedFiltersSchema, bodyOf({ name })),
  decideMany: (bulk: Bulk) => ask(apiPaths.decideReviews(), itemAnswersSchema, bodyOf(bulk)),
};

/** Begins the keys of everything here. */
export const reviewsKey = ['reviews'] as const;

export const queueQuery = (query: QueueQuery) =>
  queryOptions({
    queryKey: [...reviewsKey, 'queue', query],
    queryFn: ({ signal }) => ask(apiPaths.reviews(query), queueSchema, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: queueRefreshMs,
  });

/** Not among the reviews: no act on a finding changes them. */
export const savedFiltersQuery = queryOptions({
  queryKey: ['review-filters'],
  queryFn: ({ signal }) => ask(apiPaths.reviewFilters(), savedFiltersSchema, { signal }),
});

/** Somebody may be typing into it: it changes when they act, not under their hands. */
export const reviewQuery = (findingId: string) =>
  queryOptions({
    queryKey: [...reviewsKey, 'of', findingId],
    queryFn: ({ signal }) => ask(apiPaths.review(findingId), reviewDetailSchema, { signal }),
    refetchOnWindowFocus: false,
  });

export const reviewersQuery = queryOptions({
  queryKey: [...reviewsKey, 'reviewers'],
  queryFn: ({ signal }) => ask(apiPaths.reviewers(), reviewersSchema, { signal }),
});

export const precisionQuery = (ruleCode: string) =>
  queryOptions({
    queryKey: [...reviewsKey, 'precision', ruleCode],
    queryFn: ({ signal }) => ask(apiPaths.precision(ruleCode), precisionSchema, { signal }),
  });
