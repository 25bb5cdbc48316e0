/** The part of the API's client that is about draws and checks. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  directoriesSchema,
  directoryUploadSchema,
  type DirectoryKind,
  drawDetailSchema,
  drawsSchema,
  type EvidenceGiven,
  type PublicDrawsQuery,
  publicDrawsSchema,
  type RecordGiven,
} from '../inspection/draws-contract.ts';
import type { DrawPlan } from '../inspection/contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

/** A computer that slept is late by no more. */
const evidenceWaitSecondsMax = 600;
const msPerSecond = 1_000;

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
const step = (id: number, name: string, given: unknown) =>
  ask(apiPaths.drawStep(id, name), drawDetailSchema, bodyOf(given));

export const inspectionsKey = ['inspections'] as const;

export const inspectionApi = {
  directories: ({ signal }: Asked = {}) => ask(apiPaths.directories(), directoriesSchema, { signal }),
  upload: (kind: DirectoryKind, file: File, save: boolean) =>
    ask(apiPaths.uploadDirectory(kind, { file_name: file.name, save: String(save) }), directoryUploadSchema, {
      body: file,
    }),
  draws: ({ signal }: Asked = {}) => ask(apiPaths.draws(), drawsSchema, { signal }),
  draw: (id: number, { signal }: Asked = {}) => ask(apiPaths.draw(id), drawDetailSchema, { signal }),
  commit: (plan: DrawPlan, redraw_of: number | null) =>
    ask(apiPaths.draws(), drawDetailSchema, bodyOf({ plan, redraw_of })),
  evidence: (id: number, given: EvidenceGiven) => step(id, 'evidence', given),
  replace: (
    id: number,
    given:
      | { kind: 'object'; stratum: string; out: string; reason: string }
      | { kind: 'inspector'; object_id: string; out: string; reason: string },
  ) => step(id, 'replace', given),
  approveRedraw: (id: number, reason: string) => step(id, 'approve-redraw', { reason }),
  check: (id: number, given: RecordGiven) => step(id, 'checks', given),
  open: (id: number) => step(id, 'open', {}),
  published: (query: PublicDrawsQuery, { signal }: Asked = {}) =>
    ask(apiPaths.publicDraws(query), publicDrawsSchema, { signal }),
} as const;

export const directoriesQuery = queryOptions({
  queryKey: [...inspectionsKey, 'directories'],
  queryFn: ({ signal }) => inspectionApi.directories({ signal }),
});
export const drawsQuery = queryOptions({
  queryKey: [...inspectionsKey, 'draws'],
  queryFn: ({ signal }) => inspectionApi.draws({ signal }),
});
export const drawQuery = (id: number) =>
  queryOptions({
    queryKey: [...inspectionsKey, 'draw', id],
    queryFn: ({ signal }) => inspectionApi.draw(id, { signal }),
    // When evidence is taken is the server's to say: its clock counts.
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.result !== null || data.evidence_wait_seconds === 0
        ? false
        : Math.min(data.evidence_wait_seconds, evidenceWaitSecondsMax) * msPerSecond,
  });
export const publicDrawsQuery = (query: PublicDrawsQuery) =>
  queryOptions({
    queryKey: ['published draws', query],
    queryFn: ({ signal }) => inspectionApi.published(query, { signal }),
    placeholderData: keepPreviousData,
  });
