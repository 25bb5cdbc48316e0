/** The one client of the API: asks, parses the answer by its contract, and turns everything that can go wrong into an `ApiError`. */
import { z } from 'zod';
import {
  type AuditEventsQuery,
  auditHeadSchema,
  auditKindsSchema,
  auditPageSchema,
} from '../audit/contract.ts';
import {
  claimAnswerSchema,
  type DismissMany,
  dismissedManySchema,
  claimIssueSchema,
  type Message,
  messageSchema,
  type QuarantineQuery,
  quarantineEntrySchema,
  quarantinePageSchema,
} from '../claims/contract.ts';
import {
  personDetailSchema,
  type PersonSearch,
  personSeenSchema,
  personsFoundSchema,
  revealedInputSchema,
  revealedSchema,
  type StatedPurpose,
} from '../claims/persons-contract.ts';
import {
  coverageSchema,
  factsListSchema,
  type GuideName,
  guideSchema,
  rulesListSchema,
} from '../rules/contract.ts';
import {
  type FindingsQuery,
  findingDetailSchema,
  findingsExportedAnswerSchema,
  findingsPageSchema,
  overviewSchema,
} from '../screening/contract.ts';
import { explanationSchema, nearSchema } from '../screening/explain-contract.ts';
import { isIdle } from './activity.ts';
import { messages } from './messages.ts';
import { apiPaths, type ClaimName } from './paths.ts';

const refusalSchema = z.object({
  error: z.object({
    code: z.string(),
    message: messageSchema,
    issues: z.array(claimIssueSchema).optional(),
    support_id: z.string(),
  }),
});

/** Longer than any answer of ours takes; after that the person should hear that nothing comes. */
const answerMs = 30_000;
/** A file over a slow line, and the judging of its rows. */
const fileAnswerMs = 300_000;

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly text: Message;
  /** The HTTP status; `null` when no answer came. */
  readonly status: number | null;
  /** What an administrator finds in the log. */
  readonly supportId: string | null;
  readonly issues: readonly z.infer<typeof claimIssueSchema>[];

  constructor(options: {
    code: string;
    text: Message;
    status: number | null;
    supportId?: string | null;
    issues?: readonly z.infer<typeof claimIssueSchema>[];
    cause?: unknown;
  }) {
    super(options.code, { cause: options.cause });
    this.code = options.code;
    this.text = options.text;
    this.status = options.status;
    this.supportId = options.supportId ?? null;
    this.issues = options.issues ?? [];
  }
}

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
  }
}

export type Asked = { readonly signal?: AbortSignal };

export const api = {
  overview: ({ signal }: Asked = {}) => ask(apiPaths.overview(), overviewSchema, { signal }),
  findings: (query: FindingsQuery, { signal }: Asked = {}) =>
    ask(apiPaths.findings(query), findingsPageSchema, { signal }),
  finding: (findingId: string, { signal }: Asked = {}) =>
    ask(apiPaths.finding(findingId), findingDetailSchema, { signal }),
  findingsExported: (form: 'csv' | 'json', findings: readonly string[]) =>
    ask(apiPaths.findingsExported(), findingsExportedAnswerSchema, {
      body: JSON.stringify({ form, findings }),
    }),
  explain: (claim: ClaimName, asked: { rule: string; version?: string }, { signal }: Asked = {}) =>
    ask(apiPaths.explain(claim, asked), explanationSchema, { signal }),
  near: (claim: ClaimName, { signal }: Asked = {}) => ask(apiPaths.near(claim), nearSchema, { signal }),
  audit: (query: AuditEventsQuery, { signal }: Asked = {}) =>
    ask(apiPaths.audit(query), auditPageSchema, { signal }),
  auditKinds: ({ signal }: Asked = {}) => ask(apiPaths.auditKinds(), auditKindsSchema, { signal }),
  auditHead: ({ signal }: Asked = {}) => ask(apiPaths.auditHead(), auditHeadSchema, { signal }),
  rules: ({ signal }: Asked = {}) => ask(apiPaths.rules(), rulesListSchema, { signal }),
  guide: (name: GuideName, { signal }: Asked = {}) => ask(apiPaths.guide(name), guideSchema, { signal }),
  coverage: ({ signal }: Asked = {}) => ask(apiPaths.coverage(), coverageSchema, { signal }),
  facts: ({ signal }: Asked = {}) => ask(apiPaths.facts(), factsListSchema, { signal }),
  searchPersons: (search: PersonSearch) =>
    ask(apiPaths.personSearch(), personsFoundSchema, { body: JSON.stringify(search) }),
  person: (claim: ClaimName, { signal }: Asked = {}) =>
    ask(apiPaths.person(claim), personDetailSchema, { signal }),
  personSeen: (claim: ClaimName, { signal }: Asked = {}) =>
    ask(apiPaths.personSeen(claim), personSeenSchema, { signal }),
  revealPerson: (claim: ClaimName, purpose: StatedPurpose) =>
    ask(apiPaths.revealPerson(claim), revealedSchema, { body: JSON.stringify({ purpose }) }),
  quarantine: (query: QuarantineQuery, { signal }: Asked = {}) =>
    ask(apiPaths.quarantine(query), quarantinePageSchema, { signal }),
  quarantined: (id: string, { signal }: Asked = {}) =>
    ask(apiPaths.quarantined(id), quarantineEntrySchema, { signal }),
  revealInput: (id: string, purpose: StatedPurpose) =>
    ask(apiPaths.revealInput(id), revealedInputSchema, { body: JSON.stringify({ purpose }) }),
  /** The text goes as it is: parsing it here would round long numbers. */
  resubmit: (id: string, document: string) =>
    ask(apiPaths.resubmit(id), claimAnswerSchema, { body: document }),
  dismiss: (id: string, reason: string) =>
    ask(apiPaths.dismiss(id), quarantineEntrySchema, { body: JSON.stringify({ reason }) }),
  dismissMany: (given: DismissMany) =>
    ask(apiPaths.dismissMany(), dismissedManySchema, { body: JSON.stringify(given) }),
} as const;

/** A text is JSON; a file goes as it is. */
type Sent = {
  readonly signal?: AbortSignal | undefined;
  readonly body?: string | Blob;
  /** Without whatever says who is signed in. */
  readonly isAnonymous?: boolean;
};

export async function ask<T>(
  path: string,
  schema: z.ZodType<T>,
  { signal, body, isAnonymous = false }: Sent,
): Promise<T> {
  const isFile = body instanceof Blob;
  const tooLate = AbortSignal.timeout(isFile ? fileAnswerMs : answerMs);
  const init: RequestInit = {
    headers: {
      accept: 'application/json',
      // Pages of other sites cannot send it; the server asks for it before anything is changed.
      'x-fundwatch-console': '1',
      // What the console asks by itself keeps nobody signed in.
      ...(isIdle() ? { 'x-fundwatch-idle': '1' } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': isFile ? 'application/octet-stream' : 'application/json' }),
    },
    method: body === undefined ? 'GET' : 'POST',
    credentials: isAnonymous ? 'omit' : 'same-origin',
    signal: signal === undefined ? tooLate : AbortSignal.any([signal, tooLate]),
    ...(body === undefined ? {} : { body }),
  };
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(path, init);
    json = await response.json().catch((error: unknown) => {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    });
  } catch (cause) {
    // The query was given up by its own page: nobody waits for an explanation.
    if (signal?.aborted === true) throw cause;
    throw new ApiError({ code: 'no_answer', text: messages['failure.no_answer'], status: null, cause });
  }
  return answerOf(schema, { status: response.status, json, requestId: response.headers.get('x-request-id') });
}

/** @throws ApiError where the answer is a refusal, or not what the contract says */
function answerOf<T>(
  schema: z.ZodType<T>,
  { status, json, requestId }: { status: number; json: unknown; requestId: string | null },
): T {
  if (status < 200 || status >= 300) throw refusal(status, json, requestId);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ApiError({
    code: 'unexpected_answer',
    text: messages['failure.unexpected_answer'],
    status,
    supportId: requestId,
    cause: parsed.error,
  });
}

/**
 * Sends a file and says how far it is: `fetch` does not tell.
 * @param onProgress the share that has been sent, 0 to 1
 */
export function sendFile<T>(
  path: string,
  schema: z.ZodType<T>,
  file: { readonly content: Blob; readonly headers: Readonly<Record<string, string>> },
  onProgress: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.timeout = fileAnswerMs;
    request.responseType = 'text';
    const headers = {
      accept: 'application/json',
      'x-fundwatch-console': '1',
      'content-type': 'application/octet-stream',
      ...file.headers,
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : loaded / total),
    );
    const unanswered = (): void =>
      reject(new ApiError({ code: 'no_answer', text: messages['failure.no_answer'], status: null }));
    request.addEventListener('error', unanswered);
    request.addEventListener('timeout', unanswered);
    request.addEventListener('load', () => {
      try {
        resolve(
          answerOf(schema, {
            status: request.status,
            json: jsonOf(request.responseText),
            requestId: request.getResponseHeader('x-request-id'),
          }),
        );
      } catch (error) {
        reject(error);
      }
    });
    request.send(file.content);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, json: unknown, requestId: string | null): ApiError {
  const parsed = refusalSchema.safeParse(json);
  if (!parsed.success)
    // Not our server speaking: a proxy in between, or nothing behind it.
    return new ApiError({
      code: `http_${status}`,
      text: messages['failure.refused'],
      status,
      supportId: requestId,
    });
  const { code, message, issues, support_id } = parsed.data.error;
  return new ApiError({
    code,
    text: message,
    status,
    supportId: support_id,
    ...(issues === undefined ? {} : { issues }),
  });
}

/** An answer that will be the same next time is not asked for again. */
export const isWorthRetrying = (error: ApiError): boolean =>
  error.status === null || error.status === 429 || error.status >= 500;
