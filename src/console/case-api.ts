/** The part of the API's client that is about cases. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  type AddEvidence,
  type AddEvidenceFile,
  type AddFinding,
  caseDetailSchema,
  caseDocumentsSchema,
  casesPageSchema,
  type CasesQuery,
  evidenceHeader,
} from '../cases/view-contract.ts';
import { ask, type Asked, sendFile } from './api.ts';
import { apiPaths } from './paths.ts';

/** The three ways of acting: what a route asks for decides in which role somebody acts. */
export type CaseWay = 'handle' | 'review' | 'decide';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

export const casesKey = ['cases'] as const;

export const caseApi = {
  list: (query: Partial<CasesQuery>, { signal }: Asked = {}) =>
    ask(apiPaths.cases(query), casesPageSchema, { signal }),
  one: (id: string, { signal }: Asked = {}) => ask(apiPaths.case(id), caseDetailSchema, { signal }),
  documents: (id: string, { signal }: Asked = {}) =>
    ask(apiPaths.caseDocuments(id), caseDocumentsSchema, { signal }),
  open: (findings: readonly string[]) => ask(apiPaths.cases({}), caseDetailSchema, bodyOf({ findings })),
  addEvidence: (id: string, given: AddEvidence) =>
    ask(apiPaths.caseEvidence(id), caseDetailSchema, bodyOf(given)),
  addFinding: (id: string, given: AddFinding) =>
    ask(apiPaths.caseFindings(id), caseDetailSchema, bodyOf(given)),
  addEvidenceFile: (id: string, given: AddEvidenceFile, file: File, onProgress: (share: number) => void) =>
    sendFile(
      apiPaths.caseEvidenceFiles(id),
      caseDetailSchema,
      { content: file, headers: { [evidenceHeader]: encodeURIComponent(JSON.stringify(given)) } },
      onProgress,
    ),
  act: (
    id: string,
    way: CaseWay,
    given: { readonly revision: number; readonly action: string; readonly detail: object },
  ) => ask(apiPaths.caseAct(id, way), caseDetailSchema, bodyOf(given)),
} as const;

export const casesQuery = (query: Partial<CasesQuery>) =>
  queryOptions({
    queryKey: [...casesKey, 'list', query],
    queryFn: ({ signal }) => caseApi.list(query, { signal }),
    placeholderData: keepPreviousData,
  });
export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: [...casesKey, 'one', id],
    queryFn: ({ signal }) => caseApi.one(id, { signal }),
  });
/** Another revision of the case may have called for another document. */
export const caseDocumentsQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: [...casesKey, 'documents', id, revision],
    queryFn: ({ signal }) => caseApi.documents(id, { signal }),
  });
