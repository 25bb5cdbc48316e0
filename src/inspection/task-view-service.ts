/** Checks as they are looked at: lists, one with everything behind it, and what may be done with it. */
import { readFile } from 'node:fs/promises';
import { documentFont, documentPdf } from '../cases/document-pdf.ts';
import { dayOfSecond, formatDay } from '../platform/civil.ts';
import type { Message } from '../claims/contract.ts';
import type { Who } from '../people/identify.ts';
import type { Permission } from '../people/permissions.ts';
import { conflict } from '../people/segregation.ts';
import { readStoredFile, type StoredFile } from '../vault/file-store.ts';
import type { Vault } from '../vault/vault.ts';
import {
  type RecordFile,
  taskActions,
  type TaskChecklist,
  type TaskDetail,
  type TaskRow,
  type TasksPage,
  type TasksQuery,
} from './on-site-contract.ts';
import { type OnSiteDocument, onSiteDocument } from './on-site-document.ts';
import { conclusionOf, problemsOf } from './on-site-record.ts';
import {
  answersOf,
  checklistOf,
  clueOf,
  findTask,
  inspectorOf,
  listTasks,
  photosOf,
  protocolOf,
  recheckOf,
  signaturesOf,
  signedShaOf,
  type StoredTask,
} from './on-site-store.ts';
import type { DrawDeps, DrawRefusal } from './service.ts';
import { findDraw } from './store.ts';
import { type TaskFacts, taskRefusal } from './task-states-contract.ts';

export interface OnSiteDeps extends DrawDeps {
  /** Photos and signatures lie sealed. */
  readonly vault: Vault;
}

export const say = (zh: string, en: string): Message => ({ zh, en });
export const refuse = (code: DrawRefusal['code'], reason: Message): DrawRefusal => ({
  ok: false,
  code,
  reason,
});
export const noTask = refuse('not_found', say('没有这项检查', 'There is no such check'));
export const badRequest = (zh: string, en: string): DrawRefusal => refuse('bad_request', say(zh, en));

export const todayOf = ({ now }: Pick<OnSiteDeps, 'now'>): string => formatDay(dayOfSecond(now()));
const isNotDone = (state: StoredTask['state']): boolean =>
  state === 'planned' || state === 'open' || state === 'concluded';

function rowOf(task: StoredTask, inspectorId: string | null, today: string): TaskRow {
  const {
    id,
    kind,
    state,
    object,
    team,
    advisers,
    from_day,
    due_day,
    reason,
    draw_id,
    recheck_of,
    result_code,
  } = task;
  return {
    id,
    kind,
    state,
    object,
    team: [...team],
    advisers: [...advisers],
    from_day,
    due_day,
    reason,
    draw_id,
    recheck_of,
    result_code,
    is_mine: isMember(task, inspectorId),
    is_overdue: isNotDone(state) && due_day < today,
  };
}

const isMember = ({ team }: Pick<StoredTask, 'team'>, inspectorId: string | null): boolean =>
  inspectorId !== null && team.some((member) => member.inspector_id === inspectorId);

export async function tasksPage(deps: OnSiteDeps, { actor }: Who, query: TasksQuery): Promise<TasksPage> {
  const { pool } = deps.database;
  const inspectorId = await inspectorOf(pool, actor.account);
  const { total, rows } = await listTasks(pool, query, inspectorId);
  const today = todayOf(deps);
  return {
    total,
    items: rows.map((task) => rowOf(task, inspectorId, today)),
    is_linked: inspectorId !== null,
  };
}

type Reader = Parameters<typeof findTask>[0];

/** Everything that stands behind a task as it is now. */
export async function heldBehind(database: Reader, task: StoredTask) {
  // One after the other: in a transaction they share a connection.
  const checklist = await checklistOf(database, task.id);
  const protocol = await protocolOf(database, task.id);
  const clue = await clueOf(database, task.id);
  const standing = task.state === 'concluded' || task.state === 'signed' ? protocol : null;
  const signatures = standing === null ? [] : await signaturesOf(database, task.id, standing.no);
  return { checklist, protocol, standing, signatures, clue };
}
export type Behind = Awaited<ReturnType<typeof heldBehind>>;

export async function factsOf(
  database: Reader,
  deps: OnSiteDeps,
  { actor, permissions }: Who,
  task: StoredTask,
  { standing, signatures, clue }: Behind,
): Promise<TaskFacts & { readonly inspectorId: string | null }> {
  const inspectorId = await inspectorOf(database, actor.account);
  const draw = task.draw_id === null ? null : await findDraw(database, task.draw_id);
  const runners = draw === null ? [] : [draw.account, ...(draw.drawn_by === null ? [] : [draw.drawn_by])];
  const own = conflict(
    'inspection.carry_out',
    actor.account,
    runners.map((account) => ({ account, action: 'draw.run' })),
  );
  return {
    kind: task.kind,
    state: task.state,
    permissions,
    inspectorId,
    isMember: isMember(task, inspectorId),
    ownDraw: own === null ? null : own.reason,
    isTeamDrawn: draw !== null && draw.inspectors_id !== null,
    hasTeam: task.team.length > 0,
    today: todayOf(deps),
    fromDay: task.from_day,
    hasSigned: signatures.some((one) => one.signer === 'inspector' && one.inspector_id === inspectorId),
    hasParty: signatures.some(({ signer }) => signer !== 'inspector'),
    hasProblem: standing !== null && problemsOf(standing.record).length > 0,
    hasClue: clue !== null,
  };
}

/** Who may not see findings sees a check without what screening found. */
const isSeen = (permissions: readonly Permission[], { source }: TaskChecklist['items'][number]): boolean =>
  source !== 'screening' || permissions.includes('findings.read');

export async function taskDetail(deps: OnSiteDeps, who: Who, id: number): Promise<TaskDetail | null> {
  const { pool } = deps.database;
  const task = await findTask(pool, id);
  if (task === null) return null;
  const behind = await heldBehind(pool, task);
  const { checklist, standing, signatures, clue } = behind;
  const [facts, answers, photos, signed, recheck] = await Promise.all([
    factsOf(pool, deps, who, task, behind),
    answersOf(pool, id),
    photosOf(pool, id),
    signedShaOf(pool, id),
    recheckOf(pool, id),
  ]);
  const items = checklist?.items.filter((item) => isSeen(who.permissions, item)) ?? [];
  const shown = new Set(items.map(({ code }) => code));
  const hidden = (checklist?.items.length ?? 0) - items.length;
  return {
    ...rowOf(task, facts.inspectorId, facts.today),
    account: task.account,
    checklist: checklist === null ? null : { ...checklist, items },
    hidden_items: hidden,
    answers: answers.filter(({ item }) => shown.has(item)),
    photos: photos.filter(({ item }) => shown.has(item)),
    conclusion: standing === null ? null : conclusionOf(standing.record),
    record_sha256: standing?.sha256 ?? null,
    signatures: [...signatures],
    signed_sha256: signed,
    recheck: recheck === null ? null : await recheckRow(pool, recheck),
    case_id: clue,
    results: deps.terms.results.map(({ code, title, orders_correction }) => ({
      code,
      title,
      orders_correction,
    })),
    offers: taskActions.map((action) => ({ action, refused: taskRefusal(action, facts) })),
  };
}

async function recheckRow(
  database: Reader,
  { id, state, due_day }: StoredTask,
): Promise<NonNullable<TaskDetail['recheck']>> {
  const protocol = state === 'signed' ? await protocolOf(database, id) : null;
  return {
    id,
    state,
    due_day,
    corrected: protocol === null ? null : problemsOf(protocol.record).length === 0,
  };
}

/** `null`: there is none, it was taken off, or it belongs to what the caller may not see. */
export async function photoFile(
  { database: { pool }, vault }: Pick<OnSiteDeps, 'database' | 'vault'>,
  { permissions }: Who,
  id: number,
  no: number,
): Promise<StoredFile | null> {
  const photo = (await photosOf(pool, id)).find((one) => one.no === no);
  const checklist = photo === undefined ? null : await checklistOf(pool, id);
  const item = checklist?.items.find(({ code }) => code === photo?.item);
  if (photo === undefined || item === undefined || !isSeen(permissions, item)) return null;
  return readStoredFile(pool, await vault.keys(), photo.sha256);
}

/** The drawn signature of the institution or of the witness. */
export async function drawingFile(
  { database: { pool }, vault }: Pick<OnSiteDeps, 'database' | 'vault'>,
  id: number,
): Promise<StoredFile | null> {
  const task = await findTask(pool, id);
  const { signatures } = task === null ? { signatures: [] } : await heldBehind(pool, task);
  for (const one of signatures)
    if (one.signer !== 'inspector') return readStoredFile(pool, await vault.keys(), one.drawing_sha256);
  return null;
}

/** The record that stands, as the text that was hashed. `null`: none does, or the caller may not see what screening found. */
export async function recordFile(
  { database: { pool } }: Pick<OnSiteDeps, 'database'>,
  { permissions }: Who,
  id: number,
): Promise<RecordFile | null> {
  const task = await findTask(pool, id);
  if (task === null || !permissions.includes('findings.read')) return null;
  const { standing, signatures } = await heldBehind(pool, task);
  if (standing === null) return null;
  const { record, sha256: record_sha256 } = standing;
  return { record, record_sha256, signatures, signed_sha256: await signedShaOf(pool, id) };
}

/** A document of the record that stands, as PDF. `null`: see `recordFile`; or nothing was ordered. */
export async function documentFile(
  { database, vault, terms }: Pick<OnSiteDeps, 'database' | 'vault' | 'terms'>,
  { permissions }: Who,
  id: number,
  document: OnSiteDocument,
): Promise<Buffer | null> {
  const { pool } = database;
  const task = await findTask(pool, id);
  if (task === null || !permissions.includes('findings.read')) return null;
  const { standing, signatures } = await heldBehind(pool, task);
  if (standing === null) return null;
  const signed_sha256 = await signedShaOf(pool, id);
  const printed = onSiteDocument(document, { ...standing, signatures, signed_sha256 }, terms);
  if (printed === null) return null;
  const drawing = document === 'record' ? await drawingFile({ database, vault }, id) : null;
  const day = conclusionOf(standing.record).checked_on;
  return documentPdf(
    printed,
    `${day} 00:00:00`,
    await readFile(documentFont),
    drawing === null ? [] : [drawing.content],
  );
}
