/**
 * What is done in cases. An act names the revision that was looked at; when the case has moved on since, it is refused. Event, evidence, state
 * and the event of the audit are one transaction.
 */
import { readFile } from 'node:fs/promises';
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { noHash } from '../audit/event.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import { findAccount } from '../people/account-store.ts';
import { areaOf, sees, type Sight } from '../people/sight.ts';
import { formatDay, formatSecond, dayOfSecond } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { checkedUpload } from '../platform/content/checked-upload.ts';
import { fileKinds } from '../platform/content/file-kind.ts';
import { findingSchema, type Finding, type FindingDetail } from '../screening/contract.ts';
import { seenPart } from '../screening/own-part.ts';
import { documentsOf, institutionNames } from '../screening/store.ts';
import { insertStoredFile, readStoredFile, type StoredFile } from '../vault/file-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { Vault } from '../vault/vault.ts';
import { amountsOf } from './amounts.ts';
import type { InstitutionAnswer } from './answer-contract.ts';
import { filesOf, heldAnswer } from './answer-store.ts';
import { archiveText, eventHash } from './archive.ts';
import { applied, type CaseFile, caseOf } from './case-of.ts';
import { type Clock, clocksOf } from './clocks.ts';
import {
  type Action,
  type CaseEvent,
  caseEventSchema,
  type CaseRole,
  caseRoles,
  type Command,
  commandSchema,
  type EvidenceFile,
  type EvidenceRef,
} from './contract.ts';
import { documentFont, documentPdf } from './document-pdf.ts';
import { type CaseDocument, documentsOfCase } from './document.ts';
import type { ProcedureData } from './load-procedure.ts';
import { lateFeeOf } from './late-fee.ts';
import { packageFiles, packageOf, type PackageKind } from './package.ts';
import { caseName, partyText, type Procedure } from './procedure.ts';
import { referralsOf } from './referral.ts';
import { openingRefusal, offersOf, refusalOf } from './refusal.ts';
import { sha256Hex } from './sha256.ts';
import {
  type ConfirmedFinding,
  evidenceOf,
  eventsOf,
  findCase,
  insertCase,
  insertEvent,
  insertEvidence,
  listCases,
  lockCase,
  lockFindings,
  moveCase,
  reviewedFenOf,
  ruleNamesOf,
  type StoredCase,
  type StoredEvidence,
} from './store.ts';
import { table } from './transition.ts';
import {
  type AddEvidence,
  type AddEvidenceFile,
  type AddFinding,
  type CaseDetail,
  type CaseDocuments,
  type CasesPage,
  type CasesQuery,
  evidenceFileBytesMax,
} from './view-contract.ts';

export interface CaseDeps {
  readonly database: Database;
  /** Evidence and its files lie sealed. */
  readonly vault: Vault;
  readonly procedure: ProcedureData;
  /** What the clock says, as a civil second. */
  readonly now: () => number;
}

export interface CaseCaller {
  readonly actor: Actor;
  readonly sight: Sight;
}

export type CaseRefused = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'changed_meanwhile' | 'bad_act' | 'bad_file';
  readonly reason: Message;
};
export type CaseAnswer = { readonly ok: true; readonly id: number } | CaseRefused;

const refuse = (code: CaseRefused['code'], reason: Message): CaseRefused => ({ ok: false, code, reason });
const say = (zh: string, en: string): Message => ({ zh, en });
const noCase = refuse('not_found', say('没有这个案件', 'There is no such case'));

/** What everybody may see of a decision is prepared by one and approved by another, in `publicity`. */
const publishing = ['publish', 'withdraw_publication'] as const;
const isPublishing = (action: Action): boolean => publishing.some((one) => one === action);
const publishedElsewhere = say('在“信息公开”中拟稿并由他人批准', 'Prepared and approved in “Publicity”');

const oneParty = say('一案只办一个当事人', 'One case is about one party');

/** Findings of one institution that a review has confirmed and that are in no case, held until the transaction ends. */
async function confirmedFindings(
  client: PoolClient,
  database: Database,
  sight: Sight,
  ids: readonly string[],
): Promise<
  | {
      readonly ok: true;
      readonly code: string;
      /** Each as it is, under the number that it gets. */
      readonly frozen: readonly ((no: number) => FrozenPiece)[];
    }
  | CaseRefused
> {
  const rows = await lockFindings(client, [...new Set(ids)]);
  const found = rows.map((row) => ({ row, finding: ofCase(findingSchema.parse(row.body)) }));
  const [first] = found;
  if (
    first === undefined ||
    found.length !== new Set(ids).size ||
    found.some(({ finding }) => !sees(sight, finding.fixmedins_code))
  )
    return refuse('not_found', say('没有这条疑点', 'There is no such finding'));
  const code = first.finding.fixmedins_code;
  if (found.some(({ finding }) => finding.fixmedins_code !== code)) return refuse('not_allowed', oneParty);
  for (const { row, finding } of found) {
    const reason = findingFault(row, finding);
    if (reason !== null) return refuse('not_allowed', reason);
  }
  const hashes = found.flatMap(({ finding }) => finding.claims.map(({ content_hash }) => content_hash));
  const documents = await documentsOf(database, [...new Set(hashes)], sight);
  const frozen: ((no: number) => FrozenPiece)[] = [];
  for (const { row, finding } of found) {
    const answered = await answeredWith(client, finding.finding_id);
    frozen.push((no) => freeze(no, row, finding, documents, answered));
  }
  return { ok: true, code, frozen };
}

/** Opens a clue out of findings that a review has confirmed, and freezes each as it is. */
export async function openCase(
  { database, vault, now }: Pick<CaseDeps, 'database' | 'vault' | 'now'>,
  { actor, sight }: CaseCaller,
  ids: readonly string[],
): Promise<CaseAnswer> {
  const keys = await vault.keys();
  return transaction(database, async (client): Promise<CaseAnswer> => {
    const found = await confirmedFindings(client, database, sight, ids);
    if (!found.ok) return found;
    const at = now();
    const opened = await openClue(client, keys, actor, at, {
      subject: { kind: 'institution', key: found.code },
      area: areaOf(found.code) ?? actor.area,
      source: 'finding',
      discovered: formatDay(dayOfSecond(at)),
      pieces: found.frozen.map((frozenAs, place) => frozenAs(place + 1)),
    });
    if (!opened.ok) return opened;
    await recordEvents(client, actor, [opened.event]);
    return { ok: true, id: opened.id };
  });
}

/** A finding that was confirmed after the case was opened, as a piece of its own. */
export async function addFinding(
  deps: CaseDeps,
  caller: CaseCaller,
  id: number,
  { revision, finding_id }: AddFinding,
): Promise<CaseAnswer> {
  const keys = await deps.vault.keys();
  return transaction(deps.database, async (client): Promise<CaseAnswer> => {
    const found = await confirmedFindings(client, deps.database, caller.sight, [finding_id]);
    if (!found.ok) return found;
    const done = await actWithin(
      client,
      deps,
      caller,
      'case_officer',
      id,
      revision,
      ({ subject, evidence }) => {
        if (subject.kind !== 'institution' || subject.key !== found.code)
          return refuse('not_allowed', oneParty);
        const [piece] = found.frozen.map((frozenAs) => frozenAs(evidence.length + 1));
        if (piece === undefined) throw new Error('a finding was not frozen');
        return {
          ok: true,
          command: { action: 'add_evidence', detail: { evidence: piece.ref } },
          keep: () => insertEvidence(client, keys, id, [piece.stored]),
        };
      },
    );
    if (!done.ok) return done;
    await recordEvents(client, caller.actor, done.events);
    return { ok: true, id };
  });
}

type OpenDetail = Extract<Command, { action: 'open' }>['detail'];
/** A piece of evidence as events name it, and as it is kept. */
export interface FrozenPiece {
  readonly ref: EvidenceRef;
  readonly stored: StoredEvidence;
}

/** Opens a clue, whatever it comes from. The event is recorded by the caller, last in the transaction: the end of the audit chain is one lock. */
export async function openClue(
  client: PoolClient,
  keys: Keyring,
  actor: Actor,
  at: number,
  { pieces, ...given }: Omit<OpenDetail, 'evidence'> & { readonly pieces: readonly FrozenPiece[] },
): Promise<{ readonly ok: true; readonly id: number; readonly event: AuditEvent } | CaseRefused> {
  const day = formatDay(dayOfSecond(at));
  const detail: OpenDetail = { ...given, evidence: pieces.map(({ ref }) => ref) };
  const fault = openingRefusal('case_officer', day, detail);
  if (fault !== null) return refuse('not_allowed', fault);
  const event = caseEventSchema.parse({
    action: 'open',
    detail,
    seq: 1,
    account: actor.account,
    role: 'case_officer',
    at: formatSecond(at),
  });
  const head = eventHash(noHash, event);
  const { id } = await insertCase(client, {
    subject_kind: detail.subject.kind,
    subject_key: detail.subject.key,
    area: detail.area,
    head,
    year: day.slice(0, 4),
  });
  await insertEvent(client, id, event, head);
  await insertEvidence(
    client,
    keys,
    id,
    pieces.map(({ stored }) => stored),
  );
  return { ok: true, id, event: actEvent(id, event, head) };
}

/** What is kept in a case is read by everybody of its area, whoever opened it. */
function ofCase(finding: Finding): Finding {
  const area = areaOf(finding.fixmedins_code);
  return area === null ? finding : seenPart(finding, { areas: [area] });
}

/** Names the finding as the queue of reviews does. */
function findingFault(
  { state, is_confirmed, case_no }: ConfirmedFinding,
  { rule_name, setl_id }: Finding,
): Message | null {
  const zh = `结算单 ${setl_id} 的“${rule_name.zh}”`;
  const en = `“${rule_name.en}” of settlement ${setl_id}`;
  if (state !== 'active') return say(`${zh}已撤回`, `${en} was withdrawn`);
  if (case_no !== null) return say(`${zh}已在案件 ${case_no} 中`, `${en} is part of case ${case_no}`);
  return is_confirmed ? null : say(`${zh}尚未经复核确认`, `${en} is not confirmed by a review`);
}

const fenOf = (yuan: string): number => {
  const [whole = '0', cents = ''] = yuan.split('.');
  return Number(whole) * 100 + Number(cents.padEnd(2, '0').slice(0, 2));
};

interface Answered {
  readonly answer: InstitutionAnswer | null;
  readonly files: readonly EvidenceFile[];
}

/** What the institution answered, and the documents that it gave with an answer. */
async function answeredWith(client: PoolClient, findingId: string): Promise<Answered> {
  const held = await heldAnswer(client, findingId);
  const given = (await filesOf(client, findingId)).filter(({ removable }) => !removable);
  return {
    answer: held?.answer ?? null,
    files: given.map(({ kind, bytes, sha256 }, place) => ({
      title: `答复材料 ${place + 1}`,
      kind,
      bytes,
      sha256,
    })),
  };
}

/** The finding as it is, with the claims that it names as they were judged, and what the institution said of it. */
function freeze(
  no: number,
  { amount, revision }: ConfirmedFinding,
  finding: Finding,
  documents: FindingDetail['documents'],
  { answer, files }: Answered,
): FrozenPiece {
  const { finding_id, fixmedins_code, setl_id, rule_code, rule_version, engine_version, tables } = finding;
  const hashes = new Set(finding.claims.map(({ content_hash }) => content_hash));
  const claims = documents.filter(({ content_hash }) => hashes.has(content_hash));
  const content = JSON.stringify({
    finding,
    revision,
    claims,
    ...(answer === null ? {} : { answer }),
  });
  const sha256 = sha256Hex(content);
  const own =
    finding.claims.find((claim) => claim.fixmedins_code === fixmedins_code && claim.setl_id === setl_id) ??
    finding.claims[0];
  const ref: EvidenceRef = {
    no,
    kind: 'electronic',
    title: `${rule_code} ${setl_id}`,
    source: '智能监管系统',
    flagged_fen: fenOf(amount),
    finding: {
      finding_id,
      fixmedins_code,
      setl_id,
      claim_sha256: own?.content_hash ?? noHash,
      rule_code,
      rule_version,
      knowledge_version: sha256Hex(canonicalJson(tables)),
      engine_version,
    },
    sha256,
    ...(files.length === 0 ? {} : { files: [...files] }),
  };
  return { ref, stored: { no, finding_id, sha256, content } };
}

/** @param role in which the caller acts, as the permission of the route says */
export async function actOnCase(
  deps: Omit<CaseDeps, 'vault'>,
  caller: CaseCaller,
  role: CaseRole,
  id: number,
  revision: number,
  given: { readonly action: string; readonly detail: unknown },
): Promise<CaseAnswer> {
  const parsed = commandSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = `$.${(issue?.path ?? []).join('.')}`;
    return refuse('bad_act', say(`${place}：${issue?.message ?? ''}`, `${place}: ${issue?.message ?? ''}`));
  }
  if (isPublishing(parsed.data.action)) return refuse('not_allowed', publishedElsewhere);
  // Its content comes with it, by a way of its own.
  if (parsed.data.action === 'open' || parsed.data.action === 'add_evidence')
    return refuse('bad_act', say('请用相应的接口', 'There is another operation for that'));
  const fault = await officerFault(deps.database, parsed.data);
  if (fault !== null) return refuse('not_allowed', fault);
  return act(deps, caller, role, id, revision, () => ({ ok: true, command: parsed.data }));
}

/** Officers are named by the accounts by which they act: a login that is mistyped would leave the case to nobody. */
async function officerFault({ pool }: Database, { detail }: Command): Promise<Message | null> {
  const named = 'officers' in detail ? detail.officers : 'group' in detail ? detail.group : [];
  for (const { account } of named) {
    const known = await findAccount(pool, account);
    if (known === null || known.state !== 'active' || known.role === 'institution')
      return say(
        `“${account}”不是在用的工作人员账号，请核对登录名`,
        `“${account}” is no account of the staff that is in use; check the login`,
      );
  }
  return null;
}

export async function addEvidence(
  deps: CaseDeps,
  caller: CaseCaller,
  id: number,
  { revision, content, ...given }: AddEvidence,
): Promise<CaseAnswer> {
  const sha256 = sha256Hex(content);
  const keys = await deps.vault.keys();
  return act(deps, caller, 'case_officer', id, revision, ({ evidence }) => {
    const no = evidence.length + 1;
    return {
      ok: true,
      command: { action: 'add_evidence', detail: { evidence: { ...given, no, finding: null, sha256 } } },
      keep: (client) => insertEvidence(client, keys, id, [{ no, finding_id: null, sha256, content }]),
    };
  });
}

/** A photo, scan or PDF as a piece of its own. What is frozen says which file it is, and which it was before what its camera wrote was taken off. */
export async function addEvidenceFile(
  deps: CaseDeps,
  caller: CaseCaller,
  id: number,
  { revision, ...given }: AddEvidenceFile,
  sent: Buffer,
): Promise<CaseAnswer> {
  const checked = checkedUpload(sent, { kinds: fileKinds, bytesMax: evidenceFileBytesMax });
  const keys = await deps.vault.keys();
  return act(deps, caller, 'case_officer', id, revision, ({ evidence }) => {
    if (!checked.ok) return refuse('bad_file', checked.reason);
    const { kind, content, sha256: hash, sent_sha256 } = checked.file;
    const same = evidence.find(({ files = [] }) => files.some((file) => file.sha256 === hash));
    if (same !== undefined)
      return refuse('bad_file', say(`该文件已是证据 ${same.no}`, `This file is evidence ${same.no} already`));
    const no = evidence.length + 1;
    const file: EvidenceFile = { title: given.title, kind, bytes: content.length, sha256: hash };
    const frozen = canonicalJson({ file: { kind, bytes: content.length, sha256: hash, sent_sha256 } });
    const sha256 = sha256Hex(frozen);
    const ref: EvidenceRef = { ...given, no, finding: null, sha256, files: [file] };
    return {
      ok: true,
      command: { action: 'add_evidence', detail: { evidence: ref } },
      keep: async (client) => {
        await insertStoredFile(client, keys, checked.file);
        await insertEvidence(client, keys, id, [{ no, finding_id: null, sha256, content: frozen }]);
      },
      events: [{ kind: 'cases.file_added', key: String(id), detail: { number: no, sha256: hash } }],
    };
  });
}

type Made = (file: CaseFile) =>
  | {
      readonly ok: true;
      readonly command: Command;
      /** Keeps what the event names but does not hold. */
      readonly keep?: (client: PoolClient) => Promise<void>;
      /** Recorded before the step itself. */
      readonly events?: readonly AuditEvent[];
    }
  | CaseRefused;

/** @param made gets the case as it stands */
const act = (
  deps: Omit<CaseDeps, 'vault'>,
  caller: CaseCaller,
  role: CaseRole,
  id: number,
  revision: number,
  made: Made,
): Promise<CaseAnswer> =>
  transaction(deps.database, async (client): Promise<CaseAnswer> => {
    const done = await actWithin(client, deps, caller, role, id, revision, made);
    if (!done.ok) return done;
    await recordEvents(client, caller.actor, done.events);
    return { ok: true, id };
  });

type Acted =
  | {
      readonly ok: true;
      readonly id: number;
      readonly events: readonly AuditEvent[];
    }
  | CaseRefused;

/** What `publicity` does with the decision of a case, in the transaction that publishes or withdraws it; the events are recorded by the caller, last. */
export const recordPublication = (
  client: PoolClient,
  deps: Pick<CaseDeps, 'procedure' | 'now'>,
  caller: CaseCaller,
  id: number,
  command: Extract<Command, { action: (typeof publishing)[number] }>,
): Promise<Acted> => actWithin(client, deps, caller, 'leader', id, null, () => ({ ok: true, command }));

/** @param revision that was looked at; `null`: whatever it is now */
async function actWithin(
  client: PoolClient,
  { procedure, now }: Pick<CaseDeps, 'procedure' | 'now'>,
  { actor, sight }: CaseCaller,
  role: CaseRole,
  id: number,
  revision: number | null,
  made: Made,
): Promise<Acted> {
  const held = await lockCase(client, id, sight);
  if (held === null) return noCase;
  if (revision !== null && held.revision !== revision)
    return refuse(
      'changed_meanwhile',
      say('案件已有新的进展，请刷新后再办理', 'The case has moved on; look again'),
    );
  const events = (await eventsOf(client, [id])).get(id) ?? [];
  const file = caseOf(events);
  const meant = made(file);
  if (!meant.ok) return meant;
  const { command, keep, events: also = [] } = meant;
  if (command.action === 'open') throw new Error('a case is opened once');
  const at = now();
  const refused = refusalOf({
    file,
    events,
    procedure,
    account: actor.account,
    role,
    at,
    action: command.action,
    command,
  });
  if (refused !== null) return refuse('not_allowed', refused);
  const event = caseEventSchema.parse({
    ...command,
    seq: file.revision + 1,
    account: actor.account,
    role,
    at: formatSecond(at),
  });
  const head = eventHash(held.head, event);
  const next = applied(file, event);
  await insertEvent(client, id, event, head);
  await keep?.(client);
  await moveCase(client, id, { state: next.state, revision: next.revision, head });
  return { ok: true, id, events: [...also, actEvent(id, event, head)] };
}

const actEvent = (id: number, { action, seq }: CaseEvent, hash: string): AuditEvent => ({
  kind: action === 'open' ? 'cases.opened' : 'cases.acted',
  key: String(id),
  detail: { action, seq, hash },
});

export async function casesPage(
  { database, procedure, now }: CaseDeps,
  query: CasesQuery,
  sight: Sight,
): Promise<CasesPage> {
  const { total, rows } = await listCases(database.pool, query, sight);
  const events = await eventsOf(
    database.pool,
    rows.map(({ id }) => id),
  );
  const names = await subjectNames(database, rows);
  const at = now();
  return {
    total,
    cases: rows.map((row) => rowOf(row, events.get(row.id) ?? [], names, procedure, at)),
  };
}

/** As claims state them, for cases that state none; only of institutions: a case never names a person. */
const subjectNames = (
  { pool }: Pick<Database, 'pool'>,
  cases: readonly StoredCase[],
): Promise<ReadonlyMap<string, string>> =>
  institutionNames(
    pool,
    cases.filter(({ subject_kind }) => subject_kind === 'institution').map(({ subject_key }) => subject_key),
  );

function rowOf(
  { id, case_no, state, area }: StoredCase,
  events: readonly CaseEvent[],
  names: ReadonlyMap<string, string>,
  procedure: Procedure,
  at: number,
): CasesPage['cases'][number] {
  const file = caseOf(events);
  return {
    id: String(id),
    case_no,
    subject: file.subject,
    subject_name: file.party_name ?? names.get(file.subject.key) ?? null,
    area,
    state,
    revision: file.revision,
    opened_at: file.opened_at,
    officers: file.officers.map(({ account }) => account),
    next: nextOf(clocksOf(events, area, procedure, at)),
  };
}

/** Of the periods that are not over, the one that ends first. */
function nextOf(clocks: readonly Clock[]): Clock | null {
  const open = clocks.filter(({ ended_at }) => ended_at === null);
  return open.reduce<Clock | null>(
    (first, clock) => (first === null || clock.late_from < first.late_from ? clock : first),
    null,
  );
}

const stepName = (action: Action): Message =>
  action === 'open' ? { zh: '登记线索', en: 'Open the clue' } : table[action].name;

/** `null`: there is none, or none that is seen. @param role of whoever looks; who has no part in cases is offered nothing */
export async function caseDetail(
  { database, procedure, now }: Omit<CaseDeps, 'vault'>,
  { actor, sight }: CaseCaller,
  id: number,
): Promise<CaseDetail | null> {
  const held = await findCase(database.pool, id, sight);
  if (held === null) return null;
  const events = ((await eventsOf(database.pool, [id])).get(id) ?? []).slice(0, held.revision);
  const file = caseOf(events);
  const at = now();
  const role = caseRoles.find((one) => one === actor.role);
  const cause = procedure.causes.find(({ item }) => item === file.filing?.cause);
  const names = await subjectNames(database, [held]);
  const findings = file.evidence.flatMap(({ finding }) => finding?.finding_id ?? []);
  const rules = await ruleNamesOf(database.pool, findings);
  const reviewed = await reviewedFenOf(database.pool, findings);
  const row = rowOf(held, events, names, procedure, at);
  return {
    ...row,
    name:
      cause === undefined
        ? null
        : caseName(partyText(file.subject.key, row.subject_name), cause, file.decision !== null),
    amounts: amountsOf(file),
    late_fee_fen: lateFeeOf(file, events, procedure, at),
    clocks: clocksOf(events, held.area, procedure, at),
    events: [...events],
    step_names: Object.fromEntries(events.map(({ action }) => [action, stepName(action)])),
    evidence: file.evidence.map((piece) => ({
      ...piece,
      rule_name: rules.get(piece.finding?.finding_id ?? '') ?? null,
      reviewed_fen: reviewed.get(piece.finding?.finding_id ?? '') ?? null,
      custody: [...piece.custody],
    })),
    referrals: referralsOf(events),
    offers:
      role === undefined
        ? []
        : offersOf({ file, events, procedure, account: actor.account, role, at }).map((offer) => ({
            ...offer,
            refused: isPublishing(offer.action) ? publishedElsewhere : offer.refused,
            roles: [...table[offer.action].roles],
          })),
    causes: procedure.causes
      .filter(({ subject }) => subject === file.subject.kind)
      .map(({ item, cause: kind, conduct }) => ({ item, cause: kind, conduct })),
  };
}

/** The documents that the case has called for, filled. `null`: there is no such case, or none that is seen. */
export async function caseDocuments(
  { database, procedure }: Pick<CaseDeps, 'database' | 'procedure'>,
  sight: Sight,
  id: number,
): Promise<CaseDocuments | null> {
  const held = await findCase(database.pool, id, sight);
  if (held === null) return null;
  const events = ((await eventsOf(database.pool, [id])).get(id) ?? []).slice(0, held.revision);
  return {
    documents: documentsOfCase(held.case_no, events, procedure.documents, procedure).map((one) => ({
      ...one,
      lines: [...one.lines],
    })),
  };
}

/** One of them as PDF. `null`: there is no such case or document, or none that is seen. */
export async function caseDocumentPdf(
  { database, procedure }: Pick<CaseDeps, 'database' | 'procedure'>,
  sight: Sight,
  id: number,
  asked: { readonly seq: number; readonly code: string },
): Promise<Buffer | null> {
  const held = await findCase(database.pool, id, sight);
  if (held === null) return null;
  const events = ((await eventsOf(database.pool, [id])).get(id) ?? []).slice(0, held.revision);
  const event = events[asked.seq - 1];
  const document = documentsOfCase(held.case_no, events, procedure.documents, procedure).find(
    ({ seq, code }) => seq === asked.seq && code === asked.code,
  );
  if (event === undefined || document === undefined) return null;
  return documentPdf(document, event.at, await readFile(documentFont));
}

/** The text of the archive; that it was taken out is on record. */
export async function exportCase(
  { database, vault }: Pick<CaseDeps, 'database' | 'vault'>,
  { actor, sight }: CaseCaller,
  id: number,
): Promise<string | null> {
  const keys = await vault.keys();
  return transaction(database, async (client) => {
    const held = await lockCase(client, id, sight);
    if (held === null) return null;
    const events = (await eventsOf(client, [id])).get(id) ?? [];
    const text = archiveText(held.case_no, events, await evidenceOf(client, keys, id));
    await recordEvents(client, actor, [
      { kind: 'cases.exported', key: String(id), detail: { seq: held.revision, hash: sha256Hex(text) } },
    ]);
    return text;
  });
}

/** Of the documents of a case, what goes with a referral: those that it called for, and the final report as it stood. */
const enclosedWith = (seq: number, documents: readonly CaseDocument[]): CaseDocument[] => [
  ...documents.filter((one) => one.seq === seq),
  ...documents.filter((one) => one.code === reportCode && one.seq < seq).slice(-1),
];
const reportCode = 'final_report';

/**
 * The package of a case with all of its documents, or of one of its referrals as it went out, the same bytes each time; that it was taken out
 * is on record.
 * @param seq of the referral; `null`: the case as it stands
 * @returns `null`: there is none, or none that is seen
 */
export async function exportPackage(
  { database, vault, procedure }: Pick<CaseDeps, 'database' | 'vault' | 'procedure'>,
  { actor, sight }: CaseCaller,
  id: number,
  seq: number | null,
): Promise<{ readonly kind: PackageKind; readonly caseNo: string; readonly file: Buffer } | null> {
  const keys = await vault.keys();
  const held = await findCase(database.pool, id, sight);
  if (held === null) return null;
  const { case_no: caseNo, revision } = held;
  const events = ((await eventsOf(database.pool, [id])).get(id) ?? []).slice(0, seq ?? revision);
  const referral = seq === null ? null : referralsOf(events).find((one) => one.seq === seq);
  if (referral === undefined) return null;
  const kind = referral?.kind ?? 'case';
  const { evidence } = caseOf(events);
  const contents = (await evidenceOf(database.pool, keys, id)).slice(0, evidence.length);
  const documents = documentsOfCase(caseNo, events, procedure.documents, procedure);
  const font = await readFile(documentFont);
  const enclosed = [];
  for (const one of seq === null ? documents : enclosedWith(seq, documents))
    enclosed.push({ ...one, pdf: await documentPdf(one, events[one.seq - 1]?.at ?? '', font) });
  const files = new Map<string, Buffer>();
  for (const { file: name, sha256 } of packageFiles(evidence)) {
    const kept = name === null ? null : await readStoredFile(database.pool, keys, sha256);
    if (kept !== null) files.set(sha256, kept.content);
  }
  const file = packageOf(kind, enclosed, archiveText(caseNo, events, contents), files);
  await transaction(database, (client) =>
    recordEvents(client, actor, [
      { kind: 'cases.exported', key: String(id), detail: { seq: events.length, hash: sha256Hex(file) } },
    ]),
  );
  return { kind, caseNo, file };
}

/** A photo or document of the evidence; that somebody opened it is on record, since documents name patients. `null`: there is none that is seen. */
export async function openCaseFile(
  { database, vault }: Pick<CaseDeps, 'database' | 'vault'>,
  { actor, sight }: CaseCaller,
  id: number,
  sha256: string,
): Promise<StoredFile | null> {
  const keys = await vault.keys();
  const held = await findCase(database.pool, id, sight);
  if (held === null) return null;
  const events = ((await eventsOf(database.pool, [id])).get(id) ?? []).slice(0, held.revision);
  const named = caseOf(events).evidence.some(({ files = [] }) =>
    files.some((file) => file.sha256 === sha256),
  );
  if (!named) return null;
  const file = await readStoredFile(database.pool, keys, sha256);
  if (file !== null)
    await transaction(database, (client) =>
      recordEvents(client, actor, [{ kind: 'cases.file_opened', key: String(id), detail: { sha256 } }]),
    );
  return file;
}
