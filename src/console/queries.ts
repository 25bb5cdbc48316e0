/** What the rooms ask for, and how fresh it has to be. */
import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import type { AuditEventsQuery } from '../audit/contract.ts';
import type { QuarantineQuery } from '../claims/contract.ts';
import type { Me } from '../people/contract.ts';
import type { FindingsQuery } from '../screening/contract.ts';
import { type ApiError, api, isWorthRetrying } from './api.ts';
import type { ClaimName } from './paths.ts';
import type { GuideName } from '../rules/contract.ts';
import type { SubjectsQuery } from '../credit/publication-contract.ts';
import { creditApi } from './credit-api.ts';
import { knowledgeApi } from './knowledge-api.ts';
import { peopleApi } from './people-api.ts';

const retriesMax = 1;
const retryDelayMs = 800;
/** While claims wait to be screened the numbers move. */
const busyRefreshMs = 3_000;
const quietRefreshMs = 30_000;
const freshMs = 5_000;

const meKey = ['me'] as const;

/** Whatever is asked and answers that nobody is signed in: `meQuery` asks whether that is so, and `SignedIn` asks to sign in again. */
export function makeQueryClient(): QueryClient {
  const onError = (error: ApiError): void => {
    if (error.code === 'not_signed_in' && queryClient.getQueryState(meKey)?.status === 'success')
      void queryClient.invalidateQueries({ queryKey: meKey });
  };
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failures, error) => failures < retriesMax && isWorthRetrying(error),
        retryDelay: retryDelayMs,
        // Behind a firewall the browser's idea of being online means nothing: always try.
        networkMode: 'always',
      },
      // What was typed for them or shown by them – passwords, persons – goes with the page that asked.
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
  return queryClient;
}

/**
 * Who is signed in; `null`: nobody any more. When their session is over it fails with `not_signed_in`, and still knows who they were.
 * Asked again whenever somebody comes back to the page: in another window of the browser, somebody else may have signed in.
 */
export const meQuery = queryOptions<Me | null>({
  queryKey: meKey,
  queryFn: ({ signal }) => peopleApi.me({ signal }),
});

export const signInOffersQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => peopleApi.signInOffers({ signal }),
});

export const mySessionsQuery = queryOptions({
  queryKey: ['my-sessions'],
  queryFn: ({ signal }) => peopleApi.mySessions({ signal }),
});

export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: ({ signal }) => peopleApi.secondFactor({ signal }),
});

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => peopleApi.accounts({ signal }),
});

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => peopleApi.keys({ signal }),
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => api.overview({ signal }),
  refetchInterval: ({ state }) =>
    state.data !== undefined && state.data.waiting_claims > 0 ? busyRefreshMs : quietRefreshMs,
});

export const findingsPageQuery = (query: FindingsQuery) =>
  queryOptions({
    queryKey: ['findings', query],
    queryFn: ({ signal }) => api.findings(query, { signal }),
    placeholderData: keepPreviousData,
  });

export const findingQuery = (findingId: string) =>
  queryOptions({
    queryKey: ['finding', findingId],
    queryFn: ({ signal }) => api.finding(findingId, { signal }),
  });

export const nearQuery = (claim: ClaimName) =>
  queryOptions({
    queryKey: ['near', claim],
    queryFn: ({ signal }) => api.near(claim, { signal }),
  });

export const explanationQuery = (claim: ClaimName, asked: { rule: string; version?: string }) =>
  queryOptions({
    queryKey: ['explanation', claim, asked],
    queryFn: ({ signal }) => api.explain(claim, asked, { signal }),
  });

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => api.rules({ signal }),
  staleTime: quietRefreshMs,
});

export const knowledgeQuery = queryOptions({
  queryKey: ['knowledge'],
  queryFn: ({ signal }) => knowledgeApi.tables({ signal }),
});

export const knowledgeTableQuery = (table: string) =>
  queryOptions({
    queryKey: ['knowledge', table],
    queryFn: ({ signal }) => knowledgeApi.table(table, { signal }),
  });

export const knowledgeBatchQuery = (id: string) =>
  queryOptions({
    queryKey: ['knowledge', 'batch', id],
    queryFn: ({ signal }) => knowledgeApi.batch(id, { signal }),
  });

/** Asked again while its backtest runs. */
export const knowledgePreviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['knowledge', 'preview', id],
    queryFn: ({ signal }) => knowledgeApi.preview(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.findings?.is_done === false ? busyRefreshMs : false),
  });

export const creditKey = ['credit'] as const;

export const creditSubjectsQuery = (query: SubjectsQuery) =>
  queryOptions({
    queryKey: [...creditKey, 'subjects', query],
    queryFn: ({ signal }) => creditApi.subjects(query, { signal }),
    placeholderData: keepPreviousData,
  });

export const creditSubjectQuery = (firstSeq: number) =>
  queryOptions({
    queryKey: [...creditKey, 'subject', firstSeq],
    queryFn: ({ signal }) => creditApi.subject(firstSeq, { signal }),
  });

export const creditRiskQuery = queryOptions({
  queryKey: ['credit risk'],
  queryFn: ({ signal }) => creditApi.risk({ signal }),
});

/** Schemes change when the server is started. */
export const creditSchemesQuery = queryOptions({
  queryKey: ['credit schemes'],
  queryFn: ({ signal }) => creditApi.schemes({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** It changes with a release only. */
export const guideQuery = (name: GuideName) =>
  queryOptions({
    queryKey: ['guide', name],
    queryFn: ({ signal }) => api.guide(name, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const coverageQuery = queryOptions({
  queryKey: ['coverage'],
  queryFn: ({ signal }) => api.coverage({ signal }),
});

/** Titles change with a release only. */
export const factsQuery = queryOptions({
  queryKey: ['facts'],
  queryFn: ({ signal }) => api.facts({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Every opening is on record: it is asked for once for each, and not again by itself. */
export const personQuery = (claim: ClaimName) =>
  queryOptions({
    queryKey: ['person', claim],
    queryFn: ({ signal }) => api.person(claim, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const personSeenQuery = (claim: ClaimName) =>
  queryOptions({
    queryKey: ['person seen', claim],
    queryFn: ({ signal }) => api.personSeen(claim, { signal }),
    gcTime: 0,
  });

export const quarantinePageQuery = (query: QuarantineQuery) =>
  queryOptions({
    queryKey: ['quarantine', query],
    queryFn: ({ signal }) => api.quarantine(query, { signal }),
    placeholderData: keepPreviousData,
  });

export const quarantinedQuery = (id: string) =>
  queryOptions({
    queryKey: ['quarantined', id],
    queryFn: ({ signal }) => api.quarantined(id, { signal }),
    // Somebody may be editing it: it must not change under their hands.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const auditPageQuery = (query: AuditEventsQuery) =>
  queryOptions({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => api.audit(query, { signal }),
    placeholderData: keepPreviousData,
  });

/** An event never changes. It is the newest of those before the next number. */
export const auditEventQuery = (seq: number) =>
  queryOptions({
    queryKey: ['audit event', seq],
    queryFn: async ({ signal }) => {
      const { items } = await api.audit({ before: seq + 1, page_size: 1 }, { signal });
      return items.find((event) => event.seq === seq) ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Kinds change with a release only. */
export const auditKindsQuery = queryOptions({
  queryKey: ['audit kinds'],
  queryFn: ({ signal }) => api.auditKinds({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const auditHeadQuery = queryOptions({
  queryKey: ['audit head'],
  queryFn: ({ signal }) => api.auditHead({ signal }),
  refetchInterval: quietRefreshMs,
});
