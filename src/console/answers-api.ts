/** The part of the API that is about answers of institutions, and how fresh its answers have to be. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  acceptedManySchema,
  answerDetailSchema,
  answersSchema,
  type AnswersQuery,
  fileNameHeader,
  type InstitutionAnswer,
  sentSchema,
} from '../cases/answer-contract.ts';
import { ask, sendFile } from './api.ts';
import { apiPaths } from './paths.ts';

const listRefreshMs = 30_000;

const bodyOf = (given: object): { body: string } => ({ body: JSON.stringify(given) });

type Given = { readonly revision: number; readonly answer: InstitutionAnswer };

export const answersApi = {
  send: (findings: readonly string[], note: string) =>
    ask(apiPaths.sendNotices(), sentSchema, bodyOf({ findings, note })),
  recall: (findingId: string) => ask(apiPaths.answerAct(findingId, 'recall'), answerDetailSchema, bodyOf({})),
  confirmRefund: (findingId: string) =>
    ask(apiPaths.answerAct(findingId, 'confirm-refund'), answerDetailSchema, bodyOf({})),
  accept: (
    findings: readonly { readonly finding_id: string; readonly revision: number }[],
    statement: string,
  ) => ask(apiPaths.acceptFindings(), acceptedManySchema, bodyOf({ findings, statement })),
  give: (findingId: string, given: Given) =>
    ask(apiPaths.ownAnswerAct(findingId, 'give'), answerDetailSchema, bodyOf(given)),
  comeForward: (findingId: string, given: Given) =>
    ask(apiPaths.ownAnswerAct(findingId, 'come-forward'), answerDetailSchema, bodyOf(given)),
  takeBack: (findingId: string) =>
    ask(apiPaths.ownAnswerAct(findingId, 'take-back'), answerDetailSchema, bodyOf({})),
  addFile: (findingId: string, file: File, onProgress: (share: number) => void) =>
    sendFile(
      apiPaths.ownAnswerAct(findingId, 'files'),
      answerDetailSchema,
      { content: file, headers: { [fileNameHeader]: encodeURIComponent(file.name) } },
      onProgress,
    ),
  removeFile: (findingId: string, sha256: string) =>
    ask(apiPaths.removeAnswerFile(findingId, sha256), answerDetailSchema, bodyOf({})),
};

/** Begins the keys of everything here. */
export const answersKey = ['answers'] as const;

export const answersQuery = (query: AnswersQuery) =>
  queryOptions({
    queryKey: [...answersKey, 'list', query],
    queryFn: ({ signal }) => ask(apiPaths.answers(query), answersSchema, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: listRefreshMs,
  });

/** Somebody may be typing into it: it changes when they act, not under their hands. */
export const ownAnswerQuery = (findingId: string) =>
  queryOptions({
    queryKey: [...answersKey, 'own', findingId],
    queryFn: ({ signal }) => ask(apiPaths.ownAnswer(findingId), answerDetailSchema, { signal }),
    refetchOnWindowFocus: false,
  });

export const findingAnswerQuery = (findingId: string) =>
  queryOptions({
    queryKey: [...answersKey, 'of', findingId],
    queryFn: ({ signal }) => ask(apiPaths.answer(findingId), answerDetailSchema, { signal }),
  });
