/** The part of the API that is about the life of rules, and how fresh its answers have to be. */
import { queryOptions } from '@tanstack/react-query';

import {
  checkSchema,
  diffSchema,
  draftDiscardedSchema,
  draftSchema,
  noticeSchema,
  noticesSchema,
  type Ramp,
  rulebookListSchema,
  ruleHistorySchema,
  runDetailSchema,
  runSchema,
  stepAnswerSchema,
  versionDetailSchema,
} from '../rulebook/contract.ts';
import type { Action } from '../rulebook/states-contract.ts';
import { ApiError, type Asked, ask } from './api.ts';
import { apiPaths } from './paths.ts';
import { schemaNodeSchema } from './rules/schema-node.ts';

const notFoundStatus = 404;
const runRefreshMs = 1_000;
const listRefreshMs = 30_000;

export interface Texts {
  readonly document: string;
  readonly examples: string;
}
/** What comes with a step: nothing, a reason, or the places of an activation. */
export type StepGiven = Readonly<Record<string, never>> | { reason: string } | { ramp: Ramp | null };

const bodyOf = (given: object): { body: string } => ({ body: JSON.stringify(given) });

/** One's own draft; `null`: there is none. */
const draft = async (code: string, { signal }: Asked = {}) => {
  try {
    return await ask(apiPaths.draft(code), draftSchema, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === notFoundStatus) return null;
    throw error;
  }
};

export const rulebookApi = {
  check: (code: string, texts: Texts, { signal }: Asked = {}) =>
    ask(apiPaths.checkRule(), checkSchema, { ...bodyOf({ code, ...texts }), signal }),
  saveDraft: (code: string, texts: Texts, basedOn: string | null) =>
    ask(apiPaths.draft(code), draftSchema, bodyOf({ ...texts, based_on: basedOn })),
  discardDraft: (code: string) => ask(apiPaths.draftAct(code, 'discard'), draftDiscardedSchema, bodyOf({})),
  submitDraft: (code: string) => ask(apiPaths.draftAct(code, 'submit'), stepAnswerSchema, bodyOf({})),
  backtestDraft: (code: string) => ask(apiPaths.draftAct(code, 'backtest'), runSchema, bodyOf({})),
  step: (hash: string, code: string, action: Action, given: StepGiven) =>
    ask(
      action === 'rollback' ? apiPaths.rollBack(code) : apiPaths.versionAct(hash, action),
      stepAnswerSchema,
      bodyOf(given),
    ),
  backtest: (hash: string) => ask(apiPaths.versionAct(hash, 'backtest'), runSchema, bodyOf({})),
  endRun: (id: string) => ask(apiPaths.runAct(id, 'cancel'), runSchema, bodyOf({})),
  resumeRun: (id: string) => ask(apiPaths.runAct(id, 'resume'), runSchema, bodyOf({})),
  noticeSeen: (id: string) => ask(apiPaths.noticeSeen(id), noticeSchema, bodyOf({})),
} as const;

/** Every key of the rulebook begins so: after a step all of it is asked for again. */
export const rulebookKey = ['rulebook'] as const;

export const rulebookQuery = queryOptions({
  queryKey: [...rulebookKey, 'rules'],
  queryFn: ({ signal }) => ask(apiPaths.rulebook(), rulebookListSchema, { signal }),
  refetchInterval: listRefreshMs,
});

export const noticesQuery = queryOptions({
  queryKey: [...rulebookKey, 'notices'],
  queryFn: ({ signal }) => ask(apiPaths.notices(), noticesSchema, { signal }),
  refetchInterval: listRefreshMs,
});

export const ruleHistoryQuery = (code: string) =>
  queryOptions({
    queryKey: [...rulebookKey, 'history', code],
    queryFn: ({ signal }) => ask(apiPaths.ruleHistory(code), ruleHistorySchema, { signal }),
  });

export const versionQuery = (hash: string) =>
  queryOptions({
    queryKey: [...rulebookKey, 'version', hash],
    queryFn: ({ signal }) => ask(apiPaths.version(hash), versionDetailSchema, { signal }),
  });

export const diffQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: [...rulebookKey, 'diff', from, to],
    queryFn: ({ signal }) => ask(apiPaths.ruleDiff(from, to), diffSchema, { signal }),
    enabled: from !== to,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: [...rulebookKey, 'run', id],
    queryFn: ({ signal }) => ask(apiPaths.run(id), runDetailSchema, { signal }),
    refetchInterval: ({ state }) => (state.data?.run.state === 'waiting' ? runRefreshMs : false),
  });

/** Somebody is about to edit it: it must not change under their hands. */
export const draftQuery = (code: string) =>
  queryOptions({
    queryKey: ['rule draft', code],
    queryFn: ({ signal }) => draft(code, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

/** The JSON Schema of rules, for completion; it changes with a release only. */
export const ruleSchemaQuery = queryOptions({
  queryKey: ['rule schema'],
  queryFn: ({ signal }) => ask(apiPaths.ruleSchema(), schemaNodeSchema, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});
