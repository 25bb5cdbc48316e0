/** The part of the API's client that is about knowledge tables. */
import {
  batchDetailSchema,
  batchRunSchema,
  type BatchTerms,
  knowledgeListSchema,
  previewSchema,
  tableChangedSchema,
  tableDetailSchema,
  uploadAnswerSchema,
} from '../knowledge/contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

/** The server compares it with what arrives. */
async function sha256Of(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const knowledgeApi = {
  tables: ({ signal }: Asked = {}) => ask(apiPaths.knowledgeTables(), knowledgeListSchema, { signal }),
  table: (table: string, { signal }: Asked = {}) =>
    ask(apiPaths.knowledgeTable(table), tableDetailSchema, { signal }),
  batch: (id: string, { signal }: Asked = {}) =>
    ask(apiPaths.knowledgeBatch(id), batchDetailSchema, { signal }),
  preview: (id: string, { signal }: Asked = {}) =>
    ask(apiPaths.knowledgePreview(id), previewSchema, { signal }),
  upload: async (table: string, terms: Omit<BatchTerms, 'sha256' | 'file_name'>, file: File) => {
    const sha256 = await sha256Of(file);
    const path = apiPaths.uploadKnowledge(table, { ...terms, sha256, file_name: file.name });
    return ask(path, uploadAnswerSchema, { body: file });
  },
  backtest: (id: string) => ask(apiPaths.knowledgeAct(id, 'backtest'), batchRunSchema, bodyOf({})),
  approve: (id: string, table_sha256: string) =>
    ask(apiPaths.knowledgeAct(id, 'approve'), tableChangedSchema, bodyOf({ table_sha256 })),
  reject: (id: string, reason: string) =>
    ask(apiPaths.knowledgeAct(id, 'reject'), tableChangedSchema, bodyOf({ reason })),
  withdraw: (id: string) => ask(apiPaths.knowledgeAct(id, 'withdraw'), tableChangedSchema, bodyOf({})),
  rollBack: (table: string, reason: string) =>
    ask(apiPaths.rollBackKnowledge(table), tableChangedSchema, bodyOf({ reason })),
} as const;
