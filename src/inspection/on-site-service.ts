/** Checks on the spot, from the first look to the signed record and what follows from it. Every step is one transaction with its event. */
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { recordEvents } from '../audit/store.ts';
import type { EvidenceFile } from '../cases/contract.ts';
import { openFindingsByRule } from '../cases/review-store.ts';
import { type FrozenPiece, openClue } from '../cases/service.ts';
import { sha256Hex } from '../cases/sha256.ts';
import type { FactSource } from '../credit/service.ts';
import type { Who } from '../people/identify.ts';
import { areaOf } from '../people/sight.ts';
import { formatDay } from '../platform/civil.ts';
import { instantText } from '../platform/clock.ts';
import { checkedUpload } from '../platform/content/checked-upload.ts';
import { transaction } from '../platform/database.ts';
import { describeStoredFiles, insertStoredFile } from '../vault/file-store.ts';
import { checklistFor, recheckChecklist, rulesShownMax, taskChecklist } from './checklist.ts';
import { dayOf } from './day.ts';
import {
  type AnswersGiven,
  type AnswersSaved,
  type Conclusion,
  findingsOfItemMax,
  type PartyGiven,
  photoBytesMax,
  photosMax,
  type Signature,
  type TaskAction,
  type TaskChecklist,
} from './on-site-contract.ts';
import {
  answerFault,
  conclusionFaults,
  conclusionOf,
  isSigned,
  problemsOf,
  readRecord,
  recordHash,
  recordText,
  signedHash,
} from './on-site-record.ts';
import {
  answersOf,
  checklistOf,
  insertAnswers,
  insertChecklist,
  insertClue,
  insertPhoto,
  insertProtocol,
  insertSignature,
  insertSigned,
  insertTask,
  insertTaskRecord,
  lockTask,
  moveTask,
  photosOf,
  type Protocol,
  protocolOf,
  removePhoto,
  reopenTask,
  signedAfter,
  signedShaOf,
  type StoredTask,
} from './on-site-store.ts';
import type { DrawAnswer, DrawDeps, DrawRefusal } from './service.ts';
import { taskRefusal } from './task-states-contract.ts';
import {
  badRequest,
  type Behind,
  factsOf,
  heldBehind,
  noTask,
  type OnSiteDeps,
  refuse,
  say,
} from './task-view-service.ts';
import { checkReference, factOfCheck } from './to-credit.ts';

/** A signature that a finger drew. */
const drawingBytesMax = 300_000;
/** Subjects of cases have shorter keys than objects of draws. */
const subjectKeyMax = 30;
const titleMax = 200;

/** What an act did: its events, last in the transaction. */
type Done = { readonly ok: true; readonly events: readonly AuditEvent[] } | DrawRefusal;

interface Held {
  readonly client: PoolClient;
  readonly task: StoredTask;
  readonly behind: Behind;
  readonly inspectorId: string | null;
  readonly today: string;
}

/** Rolls back what a refusal leaves behind. */
class RefusedInside extends Error {
  readonly refusal: DrawRefusal;
  constructor(refusal: DrawRefusal) {
    super(refusal.reason.en);
    this.refusal = refusal;
  }
}

export async function act(
  deps: OnSiteDeps,
  who: Who,
  id: number,
  action: TaskAction,
  work: (held: Held) => Promise<Done>,
): Promise<DrawAnswer> {
  try {
    return await transaction(deps.database, async (client): Promise<DrawAnswer> => {
      const task = await lockTask(client, id);
      if (task === null || !who.permissions.includes('inspections.read')) return noTask;
      const behind = await heldBehind(client, task);
      const facts = await factsOf(client, deps, who, task, behind);
      const refused = taskRefusal(action, facts);
      if (refused !== null) return refuse('not_allowed', refused);
      const { inspectorId, today } = facts;
      const done = await work({ client, task, behind, inspectorId, today });
      if (!done.ok) throw new RefusedInside(done);
      await recordEvents(client, who.actor, done.events);
      return { ok: true, id };
    });
  } catch (error) {
    if (error instanceof RefusedInside) return error.refusal;
    throw error;
  }
}

/** Begins the check: what is looked at is frozen, first what screening found there. */
export const startTask = (deps: OnSiteDeps, who: Who, id: number): Promise<DrawAnswer> =>
  act(deps, who, id, 'start', async ({ client, task, today }) => {
    const checklist = await checklistAt(client, deps, task, today);
    if (checklist === null)
      return badRequest(
        `没有适用于“${task.object.kind}”的检查表`,
        `There is no checklist for objects of the kind ${task.object.kind}`,
      );
    await insertChecklist(client, id, checklist, who.actor.account);
    await moveTask(client, id, 'open');
    return {
      ok: true,
      events: [
        {
          kind: 'inspection.task_started',
          key: String(id),
          detail: { checklist: checklist.code, items: checklist.items.length },
        },
      ],
    };
  });

async function checklistAt(
  client: PoolClient,
  { terms }: Pick<OnSiteDeps, 'terms'>,
  { recheck_of, object }: StoredTask,
  today: string,
): Promise<TaskChecklist | null> {
  if (recheck_of !== null) {
    const [former, protocol] = [await checklistOf(client, recheck_of), await protocolOf(client, recheck_of)];
    if (former === null || protocol === null) return null;
    const problems = new Set(problemsOf(protocol.record).map(({ code }) => code));
    return recheckChecklist(former, (code) => problems.has(code));
  }
  const row = checklistFor(terms.checklists, object, today);
  if (row === null) return null;
  const limits = { rulesMax: rulesShownMax, idsMax: findingsOfItemMax };
  return taskChecklist(row, await openFindingsByRule(client, object.object_id, limits));
}

/** Thrown inside, so that nothing of it stays. */
const badItem = badRequest('检查表中没有这一项', 'The checklist has no such item');

/** Keeps answers. One that somebody else gave meanwhile, unseen, is not written over: it comes back as a conflict. */
export async function saveAnswers(
  deps: OnSiteDeps,
  who: Who,
  id: number,
  { answers }: AnswersGiven,
): Promise<{ readonly ok: true; readonly saved: AnswersSaved } | DrawRefusal> {
  let conflicts: string[] = [];
  const done = await act(deps, who, id, 'answer', async ({ client, behind }) => {
    const codes = new Set(behind.checklist?.items.map(({ code }) => code));
    if (answers.some(({ item }) => !codes.has(item))) return badItem;
    for (const answer of answers) {
      // A note may still come; an amount of what is no problem makes no sense at any time.
      const fault = answer.verdict === 'problem' ? null : answerFault(answer);
      if (fault !== null) return refuse('bad_request', fault);
    }
    const held = new Map((await answersOf(client, id)).map((answer) => [answer.item, answer]));
    const isConflict = ({ item, seen }: (typeof answers)[number]): boolean => {
      const last = held.get(item);
      return last !== undefined && last.seq !== seen && last.account !== who.actor.account;
    };
    conflicts = answers.filter(isConflict).map(({ item }) => item);
    await insertAnswers(
      client,
      id,
      answers.filter((answer) => !isConflict(answer)),
      who.actor.account,
    );
    return { ok: true, events: [] };
  });
  return done.ok
    ? { ok: true, saved: { answers: await answersOf(deps.database.pool, id), conflicts } }
    : done;
}

/** @param sent as it came from the phone */
export const addPhoto = async (
  deps: OnSiteDeps,
  who: Who,
  id: number,
  { item, sent }: { readonly item: string; readonly sent: Buffer },
): Promise<DrawAnswer> => {
  const keys = await deps.vault.keys();
  return act(deps, who, id, 'answer', async ({ client, behind }) => {
    if (behind.checklist?.items.some(({ code }) => code === item) !== true) return badItem;
    if ((await photosOf(client, id)).length >= photosMax)
      return badRequest(`一次检查最多 ${photosMax} 张照片`, `A check has at most ${photosMax} photos`);
    const checked = checkedUpload(sent, { kinds: ['jpeg', 'png'], bytesMax: photoBytesMax });
    if (!checked.ok) return refuse('bad_request', checked.reason);
    const { sha256, sent_sha256 } = checked.file;
    await insertStoredFile(client, keys, checked.file);
    const number = await insertPhoto(client, id, { item, sha256, sent_sha256, account: who.actor.account });
    return {
      ok: true,
      events: [{ kind: 'inspection.photo_added', key: String(id), detail: { number, sha256 } }],
    };
  });
};

/** Takes a photo off the record; the file stays, as the event that added it says. */
export const takePhotoOff = (deps: OnSiteDeps, who: Who, id: number, no: number): Promise<DrawAnswer> =>
  act(deps, who, id, 'answer', async ({ client }) => {
    const photos = await photosOf(client, id);
    if (!photos.some((photo) => photo.no === no))
      return refuse('not_found', say('没有这张照片', 'There is no such photo'));
    await removePhoto(client, id, no, who.actor.account);
    return {
      ok: true,
      events: [{ kind: 'inspection.photo_removed', key: String(id), detail: { number: no } }],
    };
  });

/** Makes the record out of what is held. From now on it is read and signed, or opened again. */
export const concludeTask = (
  deps: OnSiteDeps,
  who: Who,
  id: number,
  conclusion: Conclusion,
): Promise<DrawAnswer> =>
  act(deps, who, id, 'conclude', async ({ client, task, behind: { checklist, protocol }, today }) => {
    if (checklist === null) return noTask;
    const { kind, draw_id, recheck_of, reason, from_day, due_day } = task;
    const given = {
      task: { id, kind, draw_id, recheck_of, reason, from_day, due_day },
      object: task.object,
      team: task.team,
      advisers: task.advisers,
      checklist,
      answers: await answersOf(client, id),
      photos: await photosOf(client, id),
      conclusion,
      replaces:
        protocol === null
          ? null
          : { no: protocol.no, sha256: protocol.sha256, reason: task.reopened_reason ?? '' },
    };
    const faults = conclusionFaults(given, deps.terms, today);
    if (faults.length > 0)
      return badRequest(faults.map(({ zh }) => zh).join('；'), faults.map(({ en }) => en).join('; '));
    const record = recordText(given);
    const made: Protocol = { no: (protocol?.no ?? 0) + 1, record, sha256: recordHash(record) };
    await insertProtocol(client, id, made, who.actor.account);
    await moveTask(client, id, 'concluded');
    return {
      ok: true,
      events: [
        {
          kind: 'inspection.concluded',
          key: String(id),
          detail: { number: made.no, record: made.sha256, result: conclusion.result_code },
        },
      ],
    };
  });

/** Opens the record again: whoever signed has to sign anew, and the next record says why. */
export const reopenRecord = (deps: OnSiteDeps, who: Who, id: number, reason: string): Promise<DrawAnswer> =>
  act(deps, who, id, 'reopen', async ({ client, behind }) => {
    await reopenTask(client, id, reason);
    return {
      ok: true,
      events: [
        { kind: 'inspection.reopened', key: String(id), detail: { number: behind.standing?.no ?? 0 } },
      ],
    };
  });

const changedSince = refuse(
  'not_allowed',
  say('记录已变化，请重新核对后再签字', 'The record has changed; look at it again'),
);

/** An inspector of the team signs by their account. */
export const signRecord = (deps: OnSiteDeps, who: Who, id: number, sha256: string): Promise<DrawAnswer> =>
  act(deps, who, id, 'sign', async (held) => {
    const { task, inspectorId, behind } = held;
    const member = task.team.find(({ inspector_id }) => inspector_id === inspectorId);
    if (behind.standing === null || member === undefined) return noTask;
    const { checked_on } = conclusionOf(behind.standing.record);
    if (member.certificate_valid_to < checked_on)
      return refuse(
        'not_allowed',
        say('您的执法证在检查当日已过期', 'Your certificate was not valid on the day of the check'),
      );
    const { inspector_id, name, certificate } = member;
    const at = instantText(deps.now());
    const signature = {
      signer: 'inspector',
      inspector_id,
      name,
      certificate,
      account: who.actor.account,
      at,
    } as const;
    return sign(deps, who, held, sha256, signature);
  });

/** The institution signs by hand, or does not want to, and a witness signs that. */
export const signParty = async (
  deps: OnSiteDeps,
  who: Who,
  id: number,
  given: PartyGiven,
): Promise<DrawAnswer> => {
  const keys = await deps.vault.keys();
  return act(deps, who, id, 'party', async (held) => {
    const sent = Buffer.from(given.drawing, 'base64');
    const checked = checkedUpload(sent, { kinds: ['png'], bytesMax: drawingBytesMax });
    if (!checked.ok) return refuse('bad_request', checked.reason);
    if (given.way === 'refusal' && held.task.team.some(({ name }) => name === given.witness))
      return badRequest('见证人不能是检查人员', 'An inspector is no witness');
    await insertStoredFile(held.client, keys, checked.file);
    const common = {
      drawing_sha256: checked.file.sha256,
      account: who.actor.account,
      at: instantText(deps.now()),
    };
    const signature: Signature =
      given.way === 'representative'
        ? {
            signer: 'representative',
            name: given.name,
            position: given.position,
            statement: given.statement,
            ...common,
          }
        : {
            signer: 'refusal',
            reason: given.reason,
            witness: given.witness,
            witness_unit: given.witness_unit,
            ...common,
          };
    return sign(deps, who, held, given.sha256, signature);
  });
};

/** Adds a signature; the last one that was missing completes the record. @param sha256 of the record that was looked at */
async function sign(
  deps: OnSiteDeps,
  who: Who,
  { client, task, behind: { standing, signatures } }: Held,
  sha256: string,
  signature: Signature,
): Promise<Done> {
  if (standing === null || standing.sha256 !== sha256) return changedSince;
  const { id } = task;
  const all = [...signatures, signature];
  await insertSignature(client, id, standing.no, all.length, signature);
  const events: AuditEvent[] = [
    {
      kind: 'inspection.record_signed',
      key: String(id),
      detail: {
        signer: signature.signer,
        record: sha256,
        drawing: signature.signer === 'inspector' ? null : signature.drawing_sha256,
      },
    },
  ];
  if (isSigned(all)) events.push(await complete(client, deps, who, task, standing, all));
  return { ok: true, events };
}

/** The record is whole: its result joins the list of results, and an order to correct gets its re-check. */
async function complete(
  client: PoolClient,
  { terms }: OnSiteDeps,
  { actor }: Who,
  task: StoredTask,
  { no, record }: Protocol,
  signatures: readonly Signature[],
): Promise<AuditEvent> {
  const { id, object } = task;
  const { checked_on, result_code, summary, correction } = conclusionOf(record);
  const signed = signedHash(record, signatures);
  await insertSigned(client, id, no, signed, actor.account);
  await moveTask(client, id, 'signed');
  const result = { object_id: object.object_id, checked_on, result_code, note: summary };
  await insertTaskRecord(client, task, result, actor.account);
  const recheck =
    correction === null
      ? null
      : await insertTask(client, {
          kind: 'recheck',
          draw_id: null,
          recheck_of: id,
          object,
          team: task.team,
          advisers: task.advisers,
          from_day: checked_on,
          due_day: formatDay(dayOf(correction.until) + terms.recheck_days),
          reason: correction.what,
          account: actor.account,
        });
  return {
    kind: 'inspection.record_complete',
    key: String(id),
    detail: { signed, result: result_code, recheck },
  };
}

/** Opens a clue out of a signed check, whose record and problems are its evidence. */
export async function openClueOfTask(deps: OnSiteDeps, who: Who, id: number): Promise<DrawAnswer> {
  const keys = await deps.vault.keys();
  return act(
    deps,
    who,
    id,
    'open_clue',
    async ({ client, task, behind: { standing, signatures, checklist } }) => {
      if (standing === null || checklist === null) return noTask;
      const { object_id } = task.object;
      if (object_id.length > subjectKeyMax)
        return badRequest(
          '对象编号过长，不能作为案件主体',
          'The number of the object is too long for a case',
        );
      const signed = (await signedShaOf(client, id)) ?? '';
      const opened = await openClue(client, keys, who.actor, deps.now(), {
        subject: { kind: checklist.subject, key: object_id },
        area: areaOf(object_id) ?? who.actor.area,
        source: 'inspection',
        discovered: conclusionOf(standing.record).checked_on,
        pieces: piecesOf(id, standing, signatures, signed, await filesBehind(client, standing, signatures)),
      });
      if (!opened.ok) return refuse('not_allowed', opened.reason);
      await insertClue(client, id, opened.id, who.actor.account);
      return {
        ok: true,
        events: [
          opened.event,
          { kind: 'inspection.clue_opened', key: String(id), detail: { case: opened.id } },
        ],
      };
    },
  );
}

/** The photos that the record names, and the drawn signature. */
async function filesBehind(
  client: PoolClient,
  { record }: Protocol,
  signatures: readonly Signature[],
): Promise<EvidenceFile[]> {
  const photos = readRecord(record).checklist.items.flatMap(({ photos: taken }) => taken);
  const named = [
    ...photos
      .toSorted((a, b) => a.no - b.no)
      .map(({ no, sha256 }): [string, string] => [sha256, `现场照片 ${no}`]),
    ...signatures.flatMap((one): [string, string][] =>
      one.signer === 'inspector' ? [] : [[one.drawing_sha256, '手写签名']],
    ),
  ];
  const titles = new Map(named.toReversed());
  const kept = await describeStoredFiles(client, [...titles.keys()]);
  return [...new Set(named.map(([sha256]) => sha256))].flatMap((sha256) => {
    const file = kept.get(sha256);
    return file === undefined ? [] : [{ title: titles.get(sha256) ?? '', ...file, sha256 }];
  });
}

function piecesOf(
  id: number,
  { record, sha256 }: Protocol,
  signatures: readonly Signature[],
  signed_sha256: string,
  files: readonly EvidenceFile[],
): FrozenPiece[] {
  const whole = { record, signatures: signatures.map((one) => ({ ...one })), signed_sha256 };
  const contents = [
    { title: '现场检查记录', fen: 0, content: canonicalJson(whole) },
    ...problemsOf(record).map((problem) => ({
      title: problem.text.slice(0, titleMax),
      fen: problem.fen ?? 0,
      content: canonicalJson({ record_sha256: sha256, problem }),
    })),
  ];
  return contents.map(({ title, fen, content }, place) => {
    const hash = sha256Hex(content);
    return {
      ref: {
        no: place + 1,
        kind: 'inspection_record',
        title,
        source: checkReference(id),
        flagged_fen: fen,
        finding: null,
        sha256: hash,
        ...(place > 0 || files.length === 0 ? {} : { files: [...files] }),
      },
      stored: { no: place + 1, finding_id: null, sha256: hash, content },
    };
  });
}

/** What signed checks say of credit, for the ledger to gather. */
export const factsOfChecks = ({ database, terms }: DrawDeps): FactSource => ({
  after: async (after, factsMax) =>
    (await signedAfter(database.pool, after, factsMax)).map((check) => ({
      id: check.id,
      event: checkReference(check.id),
      entry: factOfCheck(check, terms),
    })),
});
