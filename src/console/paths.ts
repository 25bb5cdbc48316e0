/** Every address of the console and of the API is built here, so that nothing else knows how they look. */
import { type AuditEventsQuery, auditEventsQuerySchema } from '../audit/contract.ts';
import type { PublicationAction, SubjectsQuery } from '../credit/publication-contract.ts';
import { type AnswersQuery, answersQuerySchema } from '../cases/answer-contract.ts';
import type { CasesQuery } from '../cases/view-contract.ts';
import type { DirectoryKind } from '../inspection/draws-contract.ts';
import type { PublicDrawsQuery } from '../inspection/draws-contract.ts';
import { type TasksQuery, tasksQuerySchema } from '../inspection/on-site-contract.ts';
import type { BatchTerms } from '../knowledge/contract.ts';
import {
  type ExportForm,
  type ChecksQuery,
  type ExportKind,
  publicationKinds,
  type PublicQuery,
  type WaitingAct,
} from '../publicity/contract.ts';
import type { TipsQuery } from '../publicity/tips-contract.ts';
import { type QueueQuery, queueQuerySchema } from '../cases/review-contract.ts';
import type { ReviewAction } from '../cases/review-states-contract.ts';
import type { GuideName } from '../rules/contract.ts';
import { type FindingsQuery, findingsQuerySchema } from '../screening/contract.ts';
import { claimParam } from '../screening/explain-contract.ts';
import { type ClaimRow, type QuarantineQuery, quarantineQuerySchema } from '../claims/contract.ts';

type Parameters = Readonly<Record<string, string | number | undefined>>;

/** What names a settlement – and its person, whose own numbers stand in no address. */
export type ClaimName = Pick<ClaimRow, 'fixmedins_code' | 'setl_id'>;
const partsOf = ({ fixmedins_code, setl_id }: ClaimName): string => claimParam(fixmedins_code, setl_id);

/** Parts of the public site, in the order of its menu. */
export const publicParts = ['draws', 'checks', ...publicationKinds, 'tip'] as const;
export type PublicPart = (typeof publicParts)[number];

export const paths = {
  overview: () => '/',
  findings: (query: Partial<FindingsQuery> = {}) => withParameters('/findings', stated(query)),
  /** The filter goes along, so that the page knows what comes before and after. */
  finding: (findingId: string, query: Partial<FindingsQuery> = {}) =>
    withParameters(`/findings/${encodeURIComponent(findingId)}`, stated(query)),
  /** @param asked the rule whose tree is shown, and a version of it that is not the one in force */
  why: (claim: ClaimName, asked: { rule?: string; version?: string } = {}) =>
    withParameters(`/claims/${partsOf(claim)}/why`, asked),
  reviews: (query: Partial<QueueQuery> = {}) => withParameters('/reviews', statedQueue(query)),
  /** What an institution was notified of. */
  answers: (query: Partial<AnswersQuery> = {}) => withParameters('/answers', statedAnswers(query)),
  persons: () => '/persons',
  person: (claim: ClaimName) => `/persons/${partsOf(claim)}`,
  quarantine: (query: Partial<QuarantineQuery> = {}) =>
    withParameters('/quarantine', statedQuarantine(query)),
  quarantined: (id: string, query: Partial<QuarantineQuery> = {}) =>
    withParameters(`/quarantine/${encodeURIComponent(id)}`, statedQuarantine(query)),
  audit: (query: Partial<AuditEventsQuery> = {}) => withParameters('/audit', statedAudit(query)),
  auditEvent: (seq: number, query: Partial<AuditEventsQuery> = {}) =>
    withParameters(`/audit/${seq}`, statedAudit(query)),
  rules: () => '/rules',
  coverage: () => '/rules-national',
  guide: (name: GuideName) => (name === 'writing' ? '/rules-guide' : `/rules-guide/${name}`),
  rule: (code: string) => `/rules/${encodeURIComponent(code)}`,
  /** @param version content hash of the one that is opened */
  ruleVersions: (code: string, version?: string) =>
    withParameters(`/rules/${encodeURIComponent(code)}/versions`, { version }),
  ruleRun: (code: string, run: string) =>
    `/rules/${encodeURIComponent(code)}/runs/${encodeURIComponent(run)}`,
  ruleEditor: (code: string) => `/rules/${encodeURIComponent(code)}/edit`,
  newRule: () => '/rules/new',
  knowledge: () => '/knowledge',
  knowledgeTable: (table: string, batch?: string) =>
    withParameters(`/knowledge/${encodeURIComponent(table)}`, { batch }),
  credit: (query: Partial<SubjectsQuery> = {}) => withParameters('/credit', query),
  /** @param firstSeq number of the subject's first entry: no key of a person stands in an address */
  creditSubject: (firstSeq: number) => `/credit/${firstSeq}`,
  creditRisk: () => '/credit-risk',
  cases: (query: { state?: string; page?: number } = {}) => withParameters('/cases', query),
  case: (id: string) => `/cases/${encodeURIComponent(id)}`,
  /** Without signing in. */
  published: (part: PublicPart = 'draws') => (part === 'draws' ? '/published' : `/published/${part}`),
  publicity: () => '/publicity',
  tips: (query: { state?: string; page?: number } = {}) => withParameters('/tips', query),
  tip: (id: number) => `/tips/${id}`,
  inspections: () => '/inspections',
  draw: (id: number) => `/inspections/draws/${id}`,
  tasks: (query: Partial<TasksQuery> = {}) => withParameters('/inspections/tasks', statedTasks(query)),
  task: (id: number) => `/inspections/tasks/${id}`,
  people: () => '/people',
  keys: () => '/keys',
  profile: () => '/profile',
  /** @param to where to go on afterwards */
  signIn: (to?: string) => withParameters('/sign-in', { to: to === '/' ? undefined : to }),
} as const;

/** Where to go after signing in: an address of ours, whatever stands in the link that somebody mailed. */
export function placeAfterSignIn(parameters: URLSearchParams): string {
  const to = parameters.get('to') ?? '';
  return /^\/(?![/\\])/.test(to) && !to.startsWith(paths.signIn()) ? to : paths.overview();
}

const api = '/api/v1';

export const apiPaths = {
  overview: () => `${api}/overview`,
  findings: (query: FindingsQuery) => withParameters(`${api}/findings`, query),
  findingsExported: () => `${api}/findings/exported`,
  finding: (findingId: string) => `${api}/findings/${encodeURIComponent(findingId)}`,
  reviews: (query: QueueQuery) => withParameters(`${api}/reviews`, query),
  reviewFilters: () => `${api}/reviews/filters`,
  removeReviewFilter: () => `${api}/reviews/filters/remove`,
  precision: (ruleCode: string) => withParameters(`${api}/reviews/precision`, { rule_code: ruleCode }),
  reviewers: () => `${api}/reviews/reviewers`,
  assignReviews: () => `${api}/reviews/assign`,
  decideReviews: () => `${api}/reviews/bulk`,
  review: (findingId: string) => `${api}/findings/${encodeURIComponent(findingId)}/review`,
  reviewAct: (findingId: string, action: ReviewAction) =>
    `${api}/findings/${encodeURIComponent(findingId)}/review/${action}`,
  sendNotices: () => `${api}/reviews/notices`,
  answer: (findingId: string) => `${api}/findings/${encodeURIComponent(findingId)}/answer`,
  answerAct: (findingId: string, act: 'recall' | 'confirm-refund') =>
    `${api}/findings/${encodeURIComponent(findingId)}/answer/${act}`,
  answerFile: (findingId: string, sha256: string) =>
    `${api}/findings/${encodeURIComponent(findingId)}/answer/files/${sha256}`,
  answers: (query: AnswersQuery) => withParameters(`${api}/answers`, query),
  acceptFindings: () => `${api}/answers/accept`,
  ownAnswer: (findingId: string) => `${api}/answers/${encodeURIComponent(findingId)}`,
  ownAnswerAct: (findingId: string, act: 'give' | 'come-forward' | 'take-back' | 'files') =>
    `${api}/answers/${encodeURIComponent(findingId)}/${act}`,
  ownAnswerFile: (findingId: string, sha256: string) =>
    `${api}/answers/${encodeURIComponent(findingId)}/files/${sha256}`,
  removeAnswerFile: (findingId: string, sha256: string) =>
    `${api}/answers/${encodeURIComponent(findingId)}/files/${sha256}/remove`,
  explain: (claim: ClaimName, asked: { rule: string; version?: string }) =>
    withParameters(`${api}/explain`, { claim: partsOf(claim), ...asked }),
  near: (claim: ClaimName) => withParameters(`${api}/explain/near`, { claim: partsOf(claim) }),
  audit: (query: AuditEventsQuery) => withParameters(`${api}/audit/events`, query),
  auditKinds: () => `${api}/audit/kinds`,
  auditHead: () => `${api}/audit/head`,
  auditExport: () => `${api}/audit/export`,
  rules: () => `${api}/rules`,
  coverage: () => `${api}/rules/coverage`,
  guide: (name: GuideName) => `${api}/guides/${name}`,
  knowledgeTables: () => `${api}/knowledge/tables`,
  knowledgeTable: (table: string) => `${api}/knowledge/tables/${encodeURIComponent(table)}`,
  uploadKnowledge: (table: string, terms: BatchTerms) =>
    withParameters(`${api}/knowledge/tables/${encodeURIComponent(table)}/batches`, terms),
  rollBackKnowledge: (table: string) => `${api}/knowledge/tables/${encodeURIComponent(table)}/roll-back`,
  knowledgeBatch: (id: string) => `${api}/knowledge/batches/${encodeURIComponent(id)}`,
  knowledgeFile: (id: string) => `${api}/knowledge/batches/${encodeURIComponent(id)}/file`,
  knowledgePreview: (id: string) => `${api}/knowledge/batches/${encodeURIComponent(id)}/preview`,
  knowledgeAct: (id: string, act: 'backtest' | 'approve' | 'reject' | 'withdraw') =>
    `${api}/knowledge/batches/${encodeURIComponent(id)}/${act}`,
  creditSchemes: () => `${api}/credit/schemes`,
  creditSubjects: (query: SubjectsQuery) => withParameters(`${api}/credit/subjects`, query),
  creditSubject: (firstSeq: number) => `${api}/credit/subjects/${firstSeq}`,
  creditNotice: (firstSeq: number) => `${api}/credit/subjects/${firstSeq}/notice`,
  creditGather: () => `${api}/credit/gather`,
  creditEntries: () => `${api}/credit/entries`,
  creditAct: (id: number, act: PublicationAction) => `${api}/credit/publications/${id}/${act}`,
  creditRisk: () => `${api}/credit/risk`,
  creditLedger: () => `${api}/credit/ledger`,
  facts: () => `${api}/facts`,
  ruleSchema: () => `${api}/schemas/rule`,
  rulebook: () => `${api}/rulebook/rules`,
  ruleHistory: (code: string) => `${api}/rulebook/rules/${encodeURIComponent(code)}`,
  rollBack: (code: string) => `${api}/rulebook/rules/${encodeURIComponent(code)}/rollback`,
  version: (hash: string) => `${api}/rulebook/versions/${hash}`,
  versionAct: (hash: string, act: string) => `${api}/rulebook/versions/${hash}/${act}`,
  ruleDiff: (from: string, to: string) => withParameters(`${api}/rulebook/diff`, { from, to }),
  checkRule: () => `${api}/rulebook/check`,
  draft: (code: string) => `${api}/rulebook/drafts/${encodeURIComponent(code)}`,
  draftAct: (code: string, act: 'discard' | 'submit' | 'backtest') =>
    `${api}/rulebook/drafts/${encodeURIComponent(code)}/${act}`,
  run: (id: string) => `${api}/rulebook/runs/${encodeURIComponent(id)}`,
  runAct: (id: string, act: 'cancel' | 'resume') => `${api}/rulebook/runs/${encodeURIComponent(id)}/${act}`,
  notices: () => `${api}/rulebook/notices`,
  noticeSeen: (id: string) => `${api}/rulebook/notices/${encodeURIComponent(id)}/seen`,
  cases: (query: Partial<CasesQuery>) => withParameters(`${api}/cases`, query),
  case: (id: string) => `${api}/cases/${encodeURIComponent(id)}`,
  caseAct: (id: string, way: string) => `${api}/cases/${encodeURIComponent(id)}/${way}`,
  caseEvidenceFiles: (id: string) => `${api}/cases/${encodeURIComponent(id)}/evidence/files`,
  caseFindings: (id: string) => `${api}/cases/${encodeURIComponent(id)}/evidence/findings`,
  caseEvidence: (id: string) => `${api}/cases/${encodeURIComponent(id)}/evidence`,
  caseDocuments: (id: string) => `${api}/cases/${encodeURIComponent(id)}/documents`,
  caseDocument: (id: string, seq: number, code: string) =>
    `${api}/cases/${encodeURIComponent(id)}/documents/${seq}/${code}`,
  caseReferral: (id: string, seq: number) =>
    `${api}/cases/${encodeURIComponent(id)}/referrals/${seq}/package`,
  caseFile: (id: string, sha256: string) => `${api}/cases/${encodeURIComponent(id)}/files/${sha256}`,
  casePackage: (id: string) => `${api}/cases/${encodeURIComponent(id)}/package`,
  directories: () => `${api}/inspections/directories`,
  proposedObjects: () => `${api}/inspections/directories/objects/proposal`,
  uploadDirectory: (kind: DirectoryKind, query: { file_name: string; save: string }) =>
    withParameters(`${api}/inspections/directories/${kind}`, query),
  draws: () => `${api}/inspections/draws`,
  draw: (id: number) => `${api}/inspections/draws/${id}`,
  drawStep: (id: number, step: string) => `${api}/inspections/draws/${id}/${step}`,
  tasks: (query: Partial<TasksQuery>) => withParameters(`${api}/inspections/tasks`, query),
  task: (id: number) => `${api}/inspections/tasks/${id}`,
  taskStep: (id: number, step: string) => `${api}/inspections/tasks/${id}/${step}`,
  addTaskPhoto: (id: number, item: string) =>
    withParameters(`${api}/inspections/tasks/${id}/photos`, { item }),
  taskPhoto: (id: number, no: number) => `${api}/inspections/tasks/${id}/photos/${no}`,
  taskSignature: (id: number) => `${api}/inspections/tasks/${id}/signature`,
  taskRecord: (id: number) => `${api}/inspections/tasks/${id}/record`,
  taskDocument: (id: number, code: 'record' | 'order') => `${api}/inspections/tasks/${id}/documents/${code}`,
  directoryEntries: (kind: DirectoryKind, query: { text: string }) =>
    withParameters(`${api}/inspections/directories/${kind}/entries`, query),
  linkInspector: () => `${api}/inspections/inspectors/account`,
  publicBundle: (hash: string) => `${api}/public/draws/${hash}/bundle`,
  publicDraws: (query: PublicDrawsQuery) => withParameters(`${api}/public/draws`, query),
  verifier: () => `${api}/public/verifier`,
  publicPublications: (query: PublicQuery) => withParameters(`${api}/public/publications`, query),
  publicChecks: (query: ChecksQuery) => withParameters(`${api}/public/checks`, query),
  publicFile: (kind: ExportKind, form: ExportForm, area?: string) =>
    withParameters(`${api}/public/export/${kind}.${form}`, { area }),
  areas: () => `${api}/public/areas`,
  tipForm: () => `${api}/public/tips/form`,
  tell: () => `${api}/public/tips`,
  sendTipFile: () => `${api}/public/tips/files`,
  askAnswers: () => `${api}/public/tips/answers`,
  tips: (query: TipsQuery) => withParameters(`${api}/tips/list`, query),
  tip: (id: number) => `${api}/tips/${id}`,
  tipFile: (id: number, no: number) => `${api}/tips/${id}/files/${no}`,
  tipSteps: (id: number) => `${api}/tips/${id}/steps`,
  tipKeys: () => `${api}/tips/keys`,
  referrals: () => `${api}/tips/referrals`,
  openReferral: (tip: number, seq: number) => `${api}/tips/referrals/${tip}/${seq}/open`,
  publicityDesk: () => `${api}/publicity/desk`,
  publications: (query: PublicQuery) => withParameters(`${api}/publicity/publications`, query),
  previewPublication: () => `${api}/publicity/preview`,
  publicationVersions: () => `${api}/publicity/versions`,
  publicationAct: (id: number, act: WaitingAct) => `${api}/publicity/versions/${id}/${act}`,
  personSearch: () => `${api}/persons/search`,
  person: (claim: ClaimName) => `${api}/claims/${partsOf(claim)}/person`,
  personSeen: (claim: ClaimName) => `${api}/claims/${partsOf(claim)}/person/seen`,
  revealPerson: (claim: ClaimName) => `${api}/claims/${partsOf(claim)}/reveal`,
  quarantine: (query: QuarantineQuery) => withParameters(`${api}/quarantine`, query),
  quarantined: (id: string) => `${api}/quarantine/${encodeURIComponent(id)}`,
  revealInput: (id: string) => `${api}/quarantine/${encodeURIComponent(id)}/reveal`,
  resubmit: (id: string) => `${api}/quarantine/${encodeURIComponent(id)}/resubmit`,
  dismissMany: () => `${api}/quarantine/dismiss`,
  dismiss: (id: string) => `${api}/quarantine/${encodeURIComponent(id)}/dismiss`,
  signIn: () => `${api}/sign-in`,
  provider: (to: string) => withParameters(`${api}/sign-in/provider`, { to }),
  signOut: () => `${api}/sign-out`,
  signOutEverywhere: () => `${api}/sign-out-everywhere`,
  me: () => `${api}/me`,
  mySessions: () => `${api}/me/sessions`,
  endSession: (id: string) => `${api}/me/sessions/${encodeURIComponent(id)}/end`,
  myPassword: () => `${api}/me/password`,
  secondFactor: () => `${api}/me/second-factor`,
  secondFactorStep: (step: 'begin' | 'confirm' | 'remove') => `${api}/me/second-factor/${step}`,
  accounts: () => `${api}/accounts`,
  accountAct: (login: string, act: 'change' | 'reset-password' | 'reset-second-factor') =>
    `${api}/accounts/${encodeURIComponent(login)}/${act}`,
  keys: () => `${api}/keys`,
  revokeKey: (id: string) => `${api}/keys/${encodeURIComponent(id)}/revoke`,
} as const;

/** The filter in an address. What cannot be read is left out rather than refused: addresses are typed and mailed by people. */
export function findingsQueryOf(parameters: URLSearchParams): FindingsQuery {
  const readable = Object.entries(findingsQuerySchema.shape).flatMap(([name, schema]) => {
    const value = parameters.get(name) ?? undefined;
    return value !== undefined && value !== '' && schema.safeParse(value).success ? [[name, value]] : [];
  });
  return findingsQuerySchema.parse(Object.fromEntries(readable));
}

export function queueQueryOf(parameters: URLSearchParams): QueueQuery {
  const readable = Object.entries(queueQuerySchema.shape).flatMap(([name, schema]) => {
    const value = parameters.get(name) ?? undefined;
    return value !== undefined && value !== '' && schema.safeParse(value).success ? [[name, value]] : [];
  });
  return queueQuerySchema.parse(Object.fromEntries(readable));
}

export function answersQueryOf(parameters: URLSearchParams): AnswersQuery {
  const readable = Object.entries(answersQuerySchema.shape).flatMap(([name, schema]) => {
    const value = parameters.get(name) ?? undefined;
    return value !== undefined && value !== '' && schema.safeParse(value).success ? [[name, value]] : [];
  });
  return answersQuerySchema.parse(Object.fromEntries(readable));
}

export function quarantineQueryOf(parameters: URLSearchParams): QuarantineQuery {
  const readable = Object.entries(quarantineQuerySchema.shape).flatMap(([name, schema]) => {
    const value = parameters.get(name) ?? undefined;
    return value !== undefined && value !== '' && schema.safeParse(value).success ? [[name, value]] : [];
  });
  return quarantineQuerySchema.parse(Object.fromEntries(readable));
}

export function auditQueryOf(parameters: URLSearchParams): AuditEventsQuery {
  const readable = Object.entries(auditEventsQuerySchema.shape).flatMap(([name, schema]) => {
    const value = parameters.get(name) ?? undefined;
    return value !== undefined && value !== '' && schema.safeParse(value).success ? [[name, value]] : [];
  });
  return auditEventsQuerySchema.parse(Object.fromEntries(readable));
}

/** @param whose what a list begins with */
export const tasksQueryOf = (parameters: URLSearchParams, whose: TasksQuery['whose']): TasksQuery =>
  tasksQuerySchema.safeParse({ whose, ...Object.fromEntries(parameters) }).data ??
  tasksQuerySchema.parse({ whose });

const taskDefaults: Parameters = { ...tasksQuerySchema.parse({}), whose: undefined };
const queueDefaults: Parameters = queueQuerySchema.parse({});
const answersDefaults: Parameters = answersQuerySchema.parse({});
const findingsDefaults: Parameters = findingsQuerySchema.parse({});
const quarantineDefaults: Parameters = quarantineQuerySchema.parse({});
const auditDefaults: Parameters = auditEventsQuerySchema.parse({});

/** Defaults do not stand in addresses. */
const stated = (query: Partial<FindingsQuery>): Parameters => withoutDefaults(query, findingsDefaults);
const statedQuarantine = (query: Partial<QuarantineQuery>): Parameters =>
  withoutDefaults(query, quarantineDefaults);

const statedQueue = (query: Partial<QueueQuery>): Parameters => withoutDefaults(query, queueDefaults);
const statedAnswers = (query: Partial<AnswersQuery>): Parameters => withoutDefaults(query, answersDefaults);
const statedAudit = (query: Partial<AuditEventsQuery>): Parameters => withoutDefaults(query, auditDefaults);

/** Whose they are is always stated: what a list begins with depends on who looks. */
const statedTasks = (query: Partial<TasksQuery>): Parameters => withoutDefaults(query, taskDefaults);

const withoutDefaults = (query: Parameters, defaults: Parameters): Parameters =>
  Object.fromEntries(Object.entries(query).filter(([name, value]) => value !== defaults[name]));

function withParameters(path: string, parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
