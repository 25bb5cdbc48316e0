/** The part of the API's client that is about checks on the spot. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DirectoryKind } from '../inspection/draws-contract.ts';
import {
  type AnswersGiven,
  answersSavedSchema,
  type Conclusion,
  entriesFoundSchema,
  type PartyGiven,
  type PlanTask,
  taskDetailSchema,
  tasksPageSchema,
  type TasksQuery,
} from '../inspection/on-site-contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
const step = (id: number, name: string, given: unknown = {}) =>
  ask(apiPaths.taskStep(id, name), taskDetailSchema, bodyOf(given));

export const tasksKey = ['checks'] as const;
export const taskKey = (id: number) => [...tasksKey, 'one', id] as const;

export const taskApi = {
  list: (query: Partial<TasksQuery>, { signal }: Asked = {}) =>
    ask(apiPaths.tasks(query), tasksPageSchema, { signal }),
  one: (id: number, { signal }: Asked = {}) => ask(apiPaths.task(id), taskDetailSchema, { signal }),
  plan: (given: PlanTask) => ask(apiPaths.tasks({}), taskDetailSchema, bodyOf(given)),
  setTeam: (id: number, inspectors: readonly string[]) => step(id, 'team', { inspectors }),
  cancel: (id: number, reason: string) => step(id, 'cancel', { reason }),
  start: (id: number) => step(id, 'start'),
  answers: (id: number, given: AnswersGiven) =>
    ask(apiPaths.taskStep(id, 'answers'), answersSavedSchema, bodyOf(given)),
  addPhoto: (id: number, item: string, photo: Blob) =>
    ask(apiPaths.addTaskPhoto(id, item), taskDetailSchema, { body: photo }),
  removePhoto: (id: number, no: number) => step(id, `photos/${no}/remove`),
  conclude: (id: number, given: Conclusion) => step(id, 'conclude', given),
  reopen: (id: number, reason: string) => step(id, 'reopen', { reason }),
  sign: (id: number, sha256: string) => step(id, 'sign', { sha256 }),
  party: (id: number, given: PartyGiven) => step(id, 'party', given),
  openClue: (id: number) => step(id, 'clue'),
  entries: (kind: DirectoryKind, text: string, { signal }: Asked = {}) =>
    ask(apiPaths.directoryEntries(kind, { text }), entriesFoundSchema, { signal }),
  link: (inspector_id: string, account: string | null) =>
    ask(apiPaths.linkInspector(), entriesFoundSchema, bodyOf({ inspector_id, account })),
} as const;

export const tasksQuery = (query: Partial<TasksQuery>) =>
  queryOptions({
    queryKey: [...tasksKey, 'list', query],
    queryFn: ({ signal }) => taskApi.list(query, { signal }),
    placeholderData: keepPreviousData,
  });
export const taskQuery = (id: number) =>
  queryOptions({ queryKey: taskKey(id), queryFn: ({ signal }) => taskApi.one(id, { signal }) });
export const entriesQuery = (kind: DirectoryKind, text: string) =>
  queryOptions({
    queryKey: [...tasksKey, 'entries', kind, text],
    queryFn: ({ signal }) => taskApi.entries(kind, text, { signal }),
    placeholderData: keepPreviousData,
  });
