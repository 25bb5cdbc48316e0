/** The part of the API's client that is about publications. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  type ChecksQuery,
  type DecideVersion,
  doneSchema,
  type Draft,
  type Prepare,
  previewSchema,
  type PublicationKind,
  publicChecksSchema,
  publicityDeskSchema,
  publicPageSchema,
  type PublicQuery,
  publishedPageSchema,
  type WaitingAct,
} from '../publicity/contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

export const publicityKey = ['publicity'] as const;

export const publicityApi = {
  desk: ({ signal }: Asked = {}) => ask(apiPaths.publicityDesk(), publicityDeskSchema, { signal }),
  published: (kind: PublicationKind, page: number, { signal }: Asked = {}) =>
    ask(apiPaths.publications({ kind, page }), publishedPageSchema, { signal }),
  preview: (draft: Draft) => ask(apiPaths.previewPublication(), previewSchema, bodyOf(draft)),
  prepare: (given: Prepare) => ask(apiPaths.publicationVersions(), doneSchema, bodyOf(given)),
  decide: (id: number, act: WaitingAct, given: DecideVersion) =>
    ask(apiPaths.publicationAct(id, act), doneSchema, bodyOf(given)),
} as const;

export const publicityDeskQuery = queryOptions({
  queryKey: [...publicityKey, 'desk'],
  queryFn: ({ signal }) => publicityApi.desk({ signal }),
});
export const publishedQuery = (kind: PublicationKind, page: number) =>
  queryOptions({
    queryKey: [...publicityKey, 'published', kind, page],
    queryFn: ({ signal }) => publicityApi.published(kind, page, { signal }),
  });
export const previewQuery = (draft: Draft) =>
  queryOptions({
    queryKey: [...publicityKey, 'preview', draft],
    queryFn: () => publicityApi.preview(draft),
    // What is approved is what is seen now.
    gcTime: 0,
  });
export const publicPublicationsQuery = (query: PublicQuery) =>
  queryOptions({
    queryKey: ['public publications', query],
    queryFn: ({ signal }) => ask(apiPaths.publicPublications(query), publicPageSchema, { signal }),
    placeholderData: keepPreviousData,
  });
export const publicChecksQuery = (query: ChecksQuery) =>
  queryOptions({
    queryKey: ['public checks', query],
    queryFn: ({ signal }) => ask(apiPaths.publicChecks(query), publicChecksSchema, { signal }),
    placeholderData: keepPreviousData,
  });
