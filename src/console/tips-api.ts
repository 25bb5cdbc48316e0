/** The part of the API's client that is about tips. Whoever tells or asks is not named by a cookie either. */
import { queryOptions } from '@tanstack/react-query';
import { doneSchema } from '../publicity/contract.ts';
import { publicKeyBytes } from '../publicity/seal-contract.ts';
import {
  caseOpenedSchema,
  type NewTip,
  referralsSchema,
  sealedFileSchema,
  tipAnswersSchema,
  tipDetailSchema,
  tipFileTakenSchema,
  tipFormSchema,
  tipsPageSchema,
  type TipsQuery,
  type TipStep,
  tipTakenSchema,
} from '../publicity/tips-contract.ts';
import { ask } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
const isAnonymous = true;

export const tipsKey = ['tips'] as const;

export const tipsApi = {
  tell: (tip: NewTip) => ask(apiPaths.tell(), tipTakenSchema, { ...bodyOf(tip), isAnonymous }),
  /** The token goes in the body: it stands in no address and in no header. */
  sendFile: (token: string, sealed: Uint8Array<ArrayBuffer>) =>
    ask(apiPaths.sendTipFile(), tipFileTakenSchema, {
      body: new Blob([publicKeyBytes(token), sealed]),
      isAnonymous,
    }),
  file: (id: number, no: number) => ask(apiPaths.tipFile(id, no), sealedFileSchema, {}),
  answers: (token: string) =>
    ask(apiPaths.askAnswers(), tipAnswersSchema, { ...bodyOf({ token }), isAnonymous }),
  act: (id: number, step: TipStep) => ask(apiPaths.tipSteps(id), doneSchema, bodyOf(step)),
  setKey: (public_key: string) => ask(apiPaths.tipKeys(), doneSchema, bodyOf({ public_key })),
  openReferral: (tip: number, seq: number) =>
    ask(apiPaths.openReferral(tip, seq), caseOpenedSchema, bodyOf({})),
} as const;

export const tipFormQuery = queryOptions({
  queryKey: ['tip form'],
  queryFn: ({ signal }) => ask(apiPaths.tipForm(), tipFormSchema, { signal, isAnonymous }),
});
export const tipsQuery = (query: TipsQuery) =>
  queryOptions({
    queryKey: [...tipsKey, 'list', query],
    queryFn: ({ signal }) => ask(apiPaths.tips(query), tipsPageSchema, { signal }),
  });
export const tipQuery = (id: number) =>
  queryOptions({
    queryKey: [...tipsKey, 'tip', id],
    queryFn: ({ signal }) => ask(apiPaths.tip(id), tipDetailSchema, { signal }),
    // That it was looked at is on record: it is not asked for again because a window came to the front.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const referralsQuery = queryOptions({
  queryKey: [...tipsKey, 'referrals'],
  queryFn: ({ signal }) => ask(apiPaths.referrals(), referralsSchema, { signal }),
});
