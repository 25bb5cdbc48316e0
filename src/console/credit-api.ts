/** The part of the API's client that is about credit. */
import type { NewEntry } from '../credit/contract.ts';
import {
  type Decision,
  type NewObjection,
  gatheredSchema,
  recordedSchema,
  schemesSchema,
  subjectDetailSchema,
  subjectsPageSchema,
  type SubjectsQuery,
} from '../credit/publication-contract.ts';
import { risksSchema } from '../credit/risk-contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

export const creditApi = {
  schemes: ({ signal }: Asked = {}) => ask(apiPaths.creditSchemes(), schemesSchema, { signal }),
  subjects: (query: SubjectsQuery, { signal }: Asked = {}) =>
    ask(apiPaths.creditSubjects(query), subjectsPageSchema, { signal }),
  subject: (firstSeq: number, { signal }: Asked = {}) =>
    ask(apiPaths.creditSubject(firstSeq), subjectDetailSchema, { signal }),
  risk: ({ signal }: Asked = {}) => ask(apiPaths.creditRisk(), risksSchema, { signal }),
  gather: () => ask(apiPaths.creditGather(), gatheredSchema, bodyOf({})),
  record: (entry: NewEntry) => ask(apiPaths.creditEntries(), recordedSchema, bodyOf(entry)),
  notice: (firstSeq: number, scheme: string) =>
    ask(apiPaths.creditNotice(firstSeq), subjectDetailSchema, bodyOf({ scheme })),
  object: (id: number, objection: NewObjection) =>
    ask(apiPaths.creditAct(id, 'object'), subjectDetailSchema, bodyOf(objection)),
  decide: (id: number, decision: Decision) =>
    ask(apiPaths.creditAct(id, 'decide'), subjectDetailSchema, bodyOf(decision)),
  withdraw: (id: number, reason: string) =>
    ask(apiPaths.creditAct(id, 'withdraw'), subjectDetailSchema, bodyOf({ reason })),
  publish: (id: number) => ask(apiPaths.creditAct(id, 'publish'), subjectDetailSchema, bodyOf({})),
} as const;
