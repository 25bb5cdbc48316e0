/** Draws from the directories to what the checks found: every step with its event in one transaction. */
import { createHash, randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { AuditEvent } from '../audit/catalogue.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { recordEvents } from '../audit/store.ts';
import type { Message } from '../claims/contract.ts';
import { confirmedByDay } from '../cases/review-store.ts';
import type { RiskDocument } from '../credit/risk-contract.ts';
import { publishedGrades } from '../credit/store.ts';
import { risksOf } from '../credit/view-service.ts';
import type { Who } from '../people/identify.ts';
import { areaPattern, areaPrefix } from '../people/permissions.ts';
import { type Act, conflict, type DutyAction } from '../people/segregation.ts';
import { dayOfSecond, formatDay, msPerSecond } from '../platform/civil.ts';
import { instantAt, instantText } from '../platform/clock.ts';
import { type Database, transaction } from '../platform/database.ts';
import { readLocalFile } from '../platform/local-file.ts';
import { countText } from '../platform/fill-contract.ts';
import { committedBundle, type DrawGiven, givenOf, openedBundle, sealedBundle } from './bundle.ts';
import { commitmentHash, commitmentOf, type Frozen, frozen } from './commitment.ts';
import {
  type Bundle,
  type Commitment,
  commitmentSchema,
  type DrawObject,
  type DrawPlan,
  type DrawResult,
  type Evidence,
  evidenceSchema,
  type Inspector,
  type Replacement,
} from './contract.ts';
import { type Checklist, checklistSchema } from './checklist.ts';
import { type Directory, readExperts, readInspectors, readObjects } from './directory.ts';
import { type Drawn, drawAll, ticketOf } from './draw.ts';
import {
  changesShownMax,
  type DirectoryKind,
  type DirectoryUpload,
  type DrawDetail,
  type EvidenceGiven,
  type InspectionTask,
  type PublicDraws,
  type RecordGiven,
  type ResultTerms,
  resultTermsSchema,
  publicAreasMax,
} from './draws-contract.ts';
import { dayOf } from './day.ts';
import { entropyFault } from './entropy-contract.ts';
import { directoryFaults } from './faults.ts';
import { type PlanFault, planFaults } from './plan-faults-contract.ts';
import type { Member, TaskObject } from './on-site-contract.ts';
import {
  cancelPlanned,
  checksOfDraw,
  followDraw,
  lockDrawnTask,
  moveTask,
  type StoredTask,
} from './on-site-store.ts';
import { isOverdue } from './overdue.ts';
import { type Leaving, replacementFor, standingOf } from './replaced.ts';
import { knownInstitutions } from '../screening/store.ts';
import { type Known, proposedObjects } from './proposal.ts';
import { announcementFault, earlyFault, evidenceFault, knownFrom } from './seed.ts';
import { loadSeedParameters, publishedBitsMin, type SeedParameters } from './seed-parameters.ts';
import {
  approvalsOf,
  type DirectoryEntry,
  entriesOf,
  findDraw,
  findDrawByHash,
  insertApproval,
  insertDirectory,
  insertDraw,
  insertOpening,
  insertReading,
  insertRecord,
  insertReplacement,
  insertResult,
  lastChecks,
  latestDirectories,
  listDraws,
  lockDraws,
  readingsOf,
  recordersOf,
  recordsOf,
  replacementsOf,
  type StoredDraw,
} from './store.ts';
import { UnfilledTeam } from './teams.ts';

/** What is decided locally: results and their periods, what is looked at on the spot, and what seeds need. */
export type InspectionTerms = ResultTerms & {
  readonly checklists: readonly Checklist[];
  readonly seed: SeedParameters;
};

export interface DrawDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly terms: InspectionTerms;
  /** What the clock says, as a civil second. */
  readonly now: () => number;
  /** Objects that are to be drawn rather, by day, besides those with confirmed findings. */
  readonly raised?: () => Promise<Known['confirmed']>;
}

export type DrawRefusal = {
  readonly ok: false;
  readonly code: 'not_found' | 'not_allowed' | 'bad_request';
  readonly reason: Message;
  /** What is wrong with a plan, each at its place in it. */
  readonly faults?: readonly PlanFault[];
};
export type DrawAnswer = { readonly ok: true; readonly id: number } | DrawRefusal;

const checklistsMax = 1_000;
const saltBytes = 32;
/** Who approves that a draw is drawn again. */
const approversNeeded = 2;

const refuse = (code: DrawRefusal['code'], zh: string, en: string): DrawRefusal => ({
  ok: false,
  code,
  reason: { zh, en },
});
const unknown = refuse('not_found', '没有这次抽取', 'There is no such draw');
const refuseFor = (code: DrawRefusal['code'], faults: readonly Message[]): DrawRefusal =>
  refuse(code, faults.map(({ zh }) => zh).join('；'), faults.map(({ en }) => en).join('; '));
const refusePlan = (faults: readonly PlanFault[]): DrawRefusal => ({
  ...refuseFor(
    'bad_request',
    faults.map(({ message }) => message),
  ),
  faults,
});

/** @throws Error that names the file and every place in it */
export async function loadResultTerms(rulesDir: string): Promise<InspectionTerms> {
  const [results, checklists, seed] = await Promise.all([
    readLocalFile(rulesDir, 'inspection/results.json', resultTermsSchema),
    readLocalFile(rulesDir, 'inspection/checklists.json', z.array(checklistSchema).max(checklistsMax)),
    loadSeedParameters(rulesDir),
  ]);
  return { ...results, checklists, seed };
}

const readers = { objects: readObjects, inspectors: readInspectors, experts: readExperts } as const;

/** Reads a directory, says what it would change, and keeps it when it is good and wanted. */
export async function uploadDirectory(
  { database }: Pick<DrawDeps, 'database'>,
  { actor }: Who,
  given: {
    readonly kind: DirectoryKind;
    readonly file: Buffer;
    readonly fileName: string;
    readonly save: boolean;
  },
): Promise<DirectoryUpload> {
  const read: Directory<DirectoryEntry> = await readers[given.kind](given.file);
  if (!read.ok) return { ...nothingChanged, issues: [...read.issues] };
  const { entries } = read;
  const faults = directoryFaults(
    null,
    entries.flatMap((entry) => ('object_id' in entry ? [entry] : [])),
    entries.flatMap((entry) => ('inspector_id' in entry ? [entry] : [])),
    entries.flatMap((entry) => ('expert_id' in entry ? [entry] : [])),
  );
  if (faults.length > 0 || entries.length === 0)
    return {
      ...nothingChanged,
      rows: entries.length,
      issues: (faults.length > 0 ? faults : [{ zh: '名录为空', en: 'the directory is empty' }]).map(
        (message) => ({ line: 0, column: null, message }),
      ),
    };
  return transaction(database, async (client) => {
    await lockDraws(client);
    const before = (await latestDirectories(client)).find(({ kind }) => kind === given.kind);
    const changes = changesBetween(before === undefined ? [] : await entriesOf(client, before.id), entries);
    const of = (kind: (typeof changes)[number]['kind']): number =>
      changes.filter((change) => change.kind === kind).length;
    const saved = given.save
      ? await insertDirectory(client, {
          kind: given.kind,
          sha256: createHash('sha256').update(given.file).digest('hex'),
          entries,
          file_name: given.fileName,
          account: actor.account,
        })
      : null;
    if (saved !== null)
      await recordEvents(client, actor, [
        {
          kind: 'inspection.directory_stored',
          key: String(saved.id),
          detail: { directory: given.kind, rows: saved.rows, sha256: saved.sha256 },
        },
      ]);
    return {
      saved,
      rows: entries.length,
      added: of('added'),
      changed: of('changed'),
      removed: of('removed'),
      changes: changes.slice(0, changesShownMax),
      issues: [],
    };
  });
}

const nothingChanged: DirectoryUpload = {
  saved: null,
  rows: 0,
  added: 0,
  changed: 0,
  removed: 0,
  changes: [],
  issues: [],
};

const idOf = (entry: DirectoryEntry): string =>
  'object_id' in entry ? entry.object_id : 'inspector_id' in entry ? entry.inspector_id : entry.expert_id;

function changesBetween(
  before: readonly DirectoryEntry[],
  after: readonly DirectoryEntry[],
): DirectoryUpload['changes'] {
  const old = new Map(before.map((entry) => [idOf(entry), canonicalJson(entry)]));
  const fresh = new Set(after.map(idOf));
  return [
    ...after.flatMap((entry): DirectoryUpload['changes'] => {
      const was = old.get(idOf(entry));
      if (was === undefined) return [{ id: idOf(entry), kind: 'added' }];
      return was === canonicalJson(entry) ? [] : [{ id: idOf(entry), kind: 'changed' }];
    }),
    ...before.flatMap((entry): DirectoryUpload['changes'] =>
      fresh.has(idOf(entry)) ? [] : [{ id: idOf(entry), kind: 'removed' }],
    ),
  ];
}

/** A directory of objects out of what is known, for the agency to complete. */
export async function proposeObjects(
  { database, raised = async () => [] }: Pick<DrawDeps, 'database' | 'raised'>,
  risk: RiskDocument | null,
  asOf: () => number,
): Promise<DrawObject[]> {
  const { pool } = database;
  const [institutions, grades, confirmed, raisedBy, checks, risks] = await Promise.all([
    knownInstitutions(database),
    publishedGrades(pool),
    confirmedByDay(pool),
    raised(),
    lastChecks(pool),
    risksOf({ database, risk, asOf }),
  ]);
  return proposedObjects({ institutions, grades, confirmed: [...confirmed, ...raisedBy], checks, risks });
}

/** Freezes plan and directories. From now on nothing of them can be chosen any more. */
export const commitDraw = (
  { database, terms, now }: DrawDeps,
  { actor }: Who,
  given: { readonly plan: DrawPlan; readonly redraw_of: number | null },
): Promise<DrawAnswer> =>
  transaction(database, async (client) => {
    await lockDraws(client);
    const { plan } = given;
    const latest = await latestDirectories(client);
    const objectsId = latest.find(({ kind }) => kind === 'objects')?.id;
    const inspectorsId = latest.find(({ kind }) => kind === 'inspectors')?.id ?? null;
    if (objectsId === undefined || (plan.teams !== null && inspectorsId === null))
      return refuse('not_allowed', '请先上传名录库', 'Upload the directories first');
    const objects = await entriesOf<DrawObject>(client, objectsId);
    const inspectors =
      plan.teams === null || inspectorsId === null ? [] : await entriesOf<Inspector>(client, inspectorsId);
    const faults = [
      ...planFaults(plan),
      ...directoryFaults(plan, objects, inspectors).map((message) => ({ path: [], message })),
    ];
    if (faults.length > 0) return refusePlan(faults);
    const guessable = entropyFault(
      plan.seed_source,
      publishedBitsMin(terms.seed, formatDay(dayOfSecond(now()))),
    );
    if (guessable !== null) return refusePlan([{ path: ['seed_source', 'sources'], message: guessable }]);
    const redrawOf = given.redraw_of === null ? null : await redrawn(client, given.redraw_of);
    if (redrawOf !== null && 'ok' in redrawOf) return redrawOf;
    const salt = randomBytes(saltBytes).toString('hex');
    const held = frozen(salt, objects, inspectors);
    const committedAt = instantText(now());
    const commitment = commitmentOf({ plan, salt, frozen: held, committedAt, redrawOf });
    const early = announcementFault(commitment);
    if (early !== null) return refusePlan([early]);
    const hash = commitmentHash(commitment);
    const id = await insertDraw(client, {
      commitment: canonicalJson(commitment),
      commitment_sha256: hash,
      objects_id: objectsId,
      inspectors_id: plan.teams === null ? null : inspectorsId,
      redraw_of: given.redraw_of,
      salt,
      account: actor.account,
      committed_at: committedAt,
    });
    // What the former draw still had to be checked is not checked for it any more.
    if (given.redraw_of !== null) await cancelPlanned(client, given.redraw_of, []);
    await recordEvents(client, actor, [
      {
        kind: 'inspection.committed',
        key: String(id),
        detail: { commitment: hash, objects: objects.length, redraw_of: given.redraw_of },
      },
    ]);
    return { ok: true, id };
  });

async function redrawn(
  client: PoolClient,
  id: number,
): Promise<NonNullable<Commitment['redraw_of']> | DrawRefusal> {
  const former = await findDraw(client, id);
  if (former === null) return unknown;
  if (former.redrawn_by !== null)
    return refuse('not_allowed', '该次抽取已被重抽', 'It has been drawn again already');
  const [first, second] = await approvalsOf(client, id);
  if (first === undefined || second === undefined)
    return refuse(
      'not_allowed',
      `重抽须由 ${approversNeeded} 人批准并写明理由`,
      `A redraw takes ${approversNeeded} people who approve, with a reason`,
    );
  return {
    commitment_sha256: former.commitment_sha256,
    reason: first.reason,
    approvers: [first.account, second.account],
  };
}

/** Says that a draw should be drawn again. Its own organiser does not approve that. */
export const approveRedraw = (
  { database }: DrawDeps,
  { actor }: Who,
  id: number,
  reason: string,
): Promise<DrawAnswer> =>
  transaction(database, async (client) => {
    await lockDraws(client);
    const draw = await findDraw(client, id);
    if (draw === null) return unknown;
    if (draw.account === actor.account || draw.drawn_by === actor.account)
      return refuse(
        'not_allowed',
        '不得批准本人组织的抽取重抽',
        'Nobody approves a redraw of a draw of their own',
      );
    if (draw.redrawn_by !== null)
      return refuse('not_allowed', '该次抽取已被重抽', 'It has been drawn again already');
    if (!(await insertApproval(client, id, actor.account, reason)))
      return refuse('not_allowed', '您已批准过', 'You have approved it already');
    await recordEvents(client, actor, [{ kind: 'inspection.redraw_approved', key: String(id), detail: {} }]);
    return { ok: true, id };
  });

const commitmentIn = (draw: StoredDraw): Commitment => commitmentSchema.parse(JSON.parse(draw.commitment));

async function frozenOf(database: Parameters<typeof entriesOf>[0], draw: StoredDraw): Promise<Frozen> {
  const objects = await entriesOf<DrawObject>(database, draw.objects_id);
  const inspectors =
    draw.inspectors_id === null ? [] : await entriesOf<Inspector>(database, draw.inspectors_id);
  return frozen(draw.salt, objects, inspectors);
}

/** Takes the evidence of the seed, from one or from each of two, and draws when it is whole. There is no second time. */
export const giveEvidence = (
  { database, now }: DrawDeps,
  { actor }: Who,
  id: number,
  given: EvidenceGiven,
): Promise<DrawAnswer> =>
  transaction(database, async (client): Promise<DrawAnswer> => {
    await lockDraws(client);
    const draw = await findDraw(client, id);
    if (draw === null) return unknown;
    if (draw.result !== null) return refuse('not_allowed', '已经抽取，不能再抽', 'It is drawn already');
    const forbidden = duty('draw.run', actor.account, await recordersOf(client, id), 'inspection.carry_out');
    if (forbidden !== null) return forbidden;
    const commitment = commitmentIn(draw);
    const early = earlyFault(commitment, instantAt(now()));
    if (early !== null) return refuseFor('not_allowed', [early]);
    const readings = await readingsOf(client, id);
    const gathered = gather(readings, given, actor.account);
    if ('ok' in gathered) return gathered;
    const { evidence, place } = gathered;
    // What one enters stays: a slip in it would keep the other from ever entering the same.
    const slip = evidence === null ? evidenceFault(commitment, asIfByBoth(given)) : null;
    if (slip !== null) return refuseFor('bad_request', [slip]);
    await insertReading(client, id, { place, account: actor.account, reading: given });
    if (evidence === null) {
      await recordEvents(client, actor, [
        { kind: 'inspection.evidence_entered', key: String(id), detail: { place } },
      ]);
      return { ok: true, id };
    }
    const fault = evidenceFault(commitment, evidence);
    // Thrown, so that what was entered does not stay either: it can be entered again.
    if (fault !== null) throw new RefusedEvidence(refuseFor('bad_request', [fault]));
    return drawNow(client, actor, id, {
      commitment,
      frozen: await frozenOf(client, draw),
      salt: draw.salt,
      evidence,
    });
  }).catch((error: unknown) => {
    if (error instanceof RefusedEvidence) return error.refusal;
    throw error;
  });

const asIfByBoth = (given: EvidenceGiven): Evidence => {
  switch (given.kind) {
    case 'drand':
      return given;
    case 'published':
      return { kind: 'published', readings: [given.reading, given.reading] };
    case 'dice':
      return { kind: 'dice', rolls: [given.rolls, given.rolls] };
  }
};

class RefusedEvidence extends Error {
  readonly refusal: DrawRefusal;
  constructor(refusal: DrawRefusal) {
    super('the evidence was refused');
    this.refusal = refusal;
  }
}

async function drawNow(
  client: PoolClient,
  actor: Who['actor'],
  id: number,
  given: DrawGiven,
): Promise<DrawAnswer> {
  let drawn: Drawn;
  try {
    drawn = drawAll(givenOf(given));
  } catch (error) {
    if (error instanceof UnfilledTeam) throw new RefusedEvidence(refuseFor('bad_request', [error.text]));
    throw error;
  }
  await insertResult(client, id, { evidence: given.evidence, result: drawn.result, account: actor.account });
  await sendTasks(client, id, given, drawn.result, [], actor.account);
  const events: AuditEvent[] = [
    {
      kind: 'inspection.drawn',
      key: String(id),
      detail: {
        drawn: drawn.result.strata.reduce((sum, stratum) => sum + stratum.drawn.length, 0),
        seed: drawn.result.seed,
      },
    },
  ];
  if (!given.commitment.plan.unannounced) {
    await insertOpening(client, id, actor.account);
    events.push({ kind: 'inspection.opened', key: String(id), detail: {} });
  }
  await recordEvents(client, actor, events);
  return { ok: true, id };
}

export const memberOf = ({
  inspector_id,
  name,
  unit,
  certificate,
  certificate_valid_to,
}: Inspector): Member => ({
  inspector_id,
  name,
  unit,
  certificate,
  certificate_valid_to,
});
export const taskObjectOf = ({ object_id, name, kind, admdvs }: DrawObject): TaskObject => ({
  object_id,
  name,
  kind,
  admdvs,
});

const taskReasonMax = 2_000;

const lastDayOf = ({ to }: DrawPlan['checks']): string => formatDay(dayOf(to) - 1);

/** The tasks of a draw follow its standing. */
async function sendTasks(
  client: PoolClient,
  id: number,
  { commitment: { plan }, frozen: held }: DrawGiven,
  result: DrawResult,
  replacements: readonly Replacement[],
  account: string,
): Promise<void> {
  const standing = standingOf(result, replacements);
  const objects = new Map(held.objects.map((object) => [object.object_id, object]));
  const members = new Map(held.inspectors.map((one) => [one.inspector_id, memberOf(one)]));
  const teams = new Map(standing.teams.map(({ object_id, inspectors }) => [object_id, inspectors]));
  const days = { from_day: plan.checks.from, due_day: lastDayOf(plan.checks) };
  const reason = `${plan.title}：${plan.items.map(({ name }) => name).join('；')}`.slice(0, taskReasonMax);
  const tasks = [...standing.objects.values()].flat().flatMap((objectId) => {
    const object = objects.get(objectId);
    if (object === undefined) return [];
    const team = (teams.get(objectId) ?? []).flatMap((one) => members.get(one) ?? []);
    return [
      {
        kind: 'drawn' as const,
        draw_id: id,
        recheck_of: null,
        object: taskObjectOf(object),
        team,
        ...days,
        reason,
        account,
      },
    ];
  });
  await followDraw(client, id, tasks);
}

/** Puts together what two people entered; `evidence` is null while one is missing. */
function gather(
  readings: Awaited<ReturnType<typeof readingsOf>>,
  given: EvidenceGiven,
  account: string,
): { readonly place: number; readonly evidence: Evidence | null } | DrawRefusal {
  if (given.kind === 'drand') return { place: 0, evidence: given };
  const [first] = readings;
  if (first === undefined) return { place: 0, evidence: null };
  if (first.account === account)
    return refuse('not_allowed', '两份须由两名不同的人录入', 'Two different people enter the two');
  const both = [first.reading, given].map((reading) => {
    const one = Object(reading);
    return given.kind === 'dice' ? one.rolls : one.reading;
  });
  const evidence = evidenceSchema.safeParse(
    given.kind === 'dice' ? { kind: 'dice', rolls: both } : { kind: 'published', readings: both },
  );
  return evidence.success
    ? { place: 1, evidence: evidence.data }
    : refuse('bad_request', '两份录入的种类不同', 'the two are of different kinds');
}

function duty(
  action: DutyAction,
  account: string,
  others: readonly string[],
  done: string,
): DrawRefusal | null {
  const history: Act[] = others.map((one) => ({ account: one, action: done }));
  const found = conflict(action, account, history);
  return found === null ? null : refuse('not_allowed', found.reason.zh, found.reason.en);
}

interface Told {
  readonly given: DrawGiven;
  readonly drawn: Drawn;
  readonly replacements: readonly Replacement[];
}

/** The draw again, with everybody's place in its order. */
async function told(database: Parameters<typeof entriesOf>[0], draw: StoredDraw): Promise<Told | null> {
  if (draw.evidence === null) return null;
  const given: DrawGiven = {
    commitment: commitmentIn(draw),
    frozen: await frozenOf(database, draw),
    salt: draw.salt,
    evidence: evidenceSchema.parse(draw.evidence),
  };
  return {
    given,
    drawn: drawAll(givenOf(given)),
    replacements: await replacementsOf(database, draw.id),
  };
}

/** Lets the next ticket come in for somebody who cannot go. */
export const replaceDrawn = (
  { database, now }: DrawDeps,
  { actor }: Who,
  id: number,
  { reason, ...leaving }: Leaving & { readonly reason: string },
): Promise<DrawAnswer> =>
  transaction(database, async (client) => {
    await lockDraws(client);
    const draw = await findDraw(client, id);
    if (draw === null) return unknown;
    const opened = await told(client, draw);
    if (opened === null) return refuse('not_allowed', '尚未抽取', 'Nothing is drawn yet');
    const checked = await recordsOf(client, id);
    const objectId = leaving.kind === 'object' ? leaving.out : leaving.object_id;
    if (checked.some(({ object_id }) => object_id === objectId))
      return refuse('not_allowed', '该对象已检查', 'The object was checked already');
    const task = await lockDrawnTask(client, id, objectId);
    if (task !== null && task.state !== 'planned')
      return refuse('not_allowed', '该对象的现场检查已开始', 'The check of this object has begun');
    let replacement: Replacement | null;
    try {
      replacement = replacementFor(givenOf(opened.given), opened.drawn, opened.replacements, leaving, {
        reason,
        signed_by: actor.account,
        at: instantText(now()),
      });
    } catch (error) {
      if (!(error instanceof UnfilledTeam)) throw error;
      return refuseFor('not_allowed', [error.text]);
    }
    if (replacement === null)
      return refuse('not_allowed', '未被抽中，或无人可替', 'It was not drawn, or nobody is left');
    const seq = opened.replacements.length + 1;
    await insertReplacement(client, id, seq, replacement, actor.account);
    const { result } = opened.drawn;
    await sendTasks(client, id, opened.given, result, [...opened.replacements, replacement], actor.account);
    await recordEvents(client, actor, [
      { kind: 'inspection.replaced', key: String(id), detail: { replaced: leaving.kind, number: seq } },
    ]);
    return { ok: true, id };
  });

/** What a check found. Whoever ran the draw does not carry out its checks. */
export const recordCheck = (
  { database, terms }: DrawDeps,
  { actor }: Who,
  id: number,
  given: RecordGiven,
): Promise<DrawAnswer> =>
  transaction(database, async (client) => {
    await lockDraws(client);
    const draw = await findDraw(client, id);
    if (draw === null) return unknown;
    if (draw.result === null) return refuse('not_allowed', '尚未抽取', 'Nothing is drawn yet');
    const runners = [draw.account, ...(draw.drawn_by === null ? [] : [draw.drawn_by])];
    const forbidden = duty('inspection.carry_out', actor.account, runners, 'draw.run');
    if (forbidden !== null) return forbidden;
    const { objects } = standingOf(draw.result, await replacementsOf(client, id));
    if (![...objects.values()].some((ids) => ids.includes(given.object_id)))
      return refuse('bad_request', '该对象未被抽中', 'The object was not drawn');
    if (!terms.results.some(({ code }) => code === given.result_code))
      return refuse('bad_request', '没有这种检查结果', 'There is no such result');
    const { checks } = commitmentIn(draw).plan;
    if (given.checked_on < checks.from || given.checked_on >= checks.to)
      return refuse(
        'bad_request',
        `检查日期应在 ${checks.from} 起、${checks.to} 前`,
        `checks are from ${checks.from} to before ${checks.to}`,
      );
    const task = await lockDrawnTask(client, id, given.object_id);
    const underWay = task === null ? null : whyUnderWay(task);
    if (underWay !== null) return underWay;
    if (task?.state === 'planned') await moveTask(client, task.id, 'recorded');
    await insertRecord(client, id, given, actor.account);
    await recordEvents(client, actor, [
      {
        kind: 'inspection.check_recorded',
        key: String(id),
        detail: { object: given.object_id, result: given.result_code },
      },
    ]);
    return { ok: true, id };
  });

const whyUnderWay = ({ state }: StoredTask): DrawRefusal | null =>
  state === 'open' || state === 'concluded'
    ? refuse(
        'not_allowed',
        '现场检查正在进行，签字后结果自动录入',
        'A check is under way on the spot; its result comes with the signatures',
      )
    : null;

/** Opens an unannounced draw once every object is checked, so that everybody can repeat it. */
export const openDraw = ({ database }: DrawDeps, { actor }: Who, id: number): Promise<DrawAnswer> =>
  transaction(database, async (client) => {
    await lockDraws(client);
    const draw = await findDraw(client, id);
    if (draw === null) return unknown;
    if (draw.result === null) return refuse('not_allowed', '尚未抽取', 'Nothing is drawn yet');
    if (draw.opened_at !== null) return refuse('not_allowed', '已经公开', 'It is open already');
    const tasks = await tasksOf(client, draw);
    const left = tasks.filter(({ record }) => record === null).length;
    if (left > 0)
      return refuse(
        'not_allowed',
        `还有 ${left} 个对象未检查`,
        `${countText(left, 'object is', 'objects are')} not checked yet`,
      );
    await insertOpening(client, id, actor.account);
    await recordEvents(client, actor, [{ kind: 'inspection.opened', key: String(id), detail: {} }]);
    return { ok: true, id };
  });

async function tasksOf(
  database: Parameters<typeof entriesOf>[0],
  { id, result, objects_id, inspectors_id, commitment }: StoredDraw,
): Promise<InspectionTask[]> {
  if (result === null) return [];
  const replacements = await replacementsOf(database, id);
  const records = await recordsOf(database, id);
  const objects = await entriesOf<DrawObject>(database, objects_id);
  const people = inspectors_id === null ? [] : await entriesOf<Inspector>(database, inspectors_id);
  const standing = standingOf(result, replacements);
  const checks = await checksOfDraw(database, id);
  const recordOf = new Map(records.map((one) => [one.object_id, one]));
  const nameOf = new Map(objects.map((one) => [one.object_id, one.name]));
  const personOf = new Map(people.map((one) => [one.inspector_id, one]));
  const teamOf = new Map(standing.teams.map((team) => [team.object_id, team.inspectors]));
  const { plan } = commitmentSchema.parse(JSON.parse(commitment));
  return [...standing.objects].flatMap(([stratum, ids]) =>
    ids.map((object_id): InspectionTask => {
      const record = recordOf.get(object_id);
      return {
        object_id,
        name: nameOf.get(object_id) ?? object_id,
        stratum,
        ticket: result.seed === null ? null : ticketOf(plan.plan_id, stratum, result.seed, object_id),
        inspectors: (teamOf.get(object_id) ?? []).map((inspector_id) => ({
          inspector_id,
          name: personOf.get(inspector_id)?.name ?? inspector_id,
          unit: personOf.get(inspector_id)?.unit ?? '',
        })),
        check: checks.get(object_id) ?? null,
        record: record === undefined ? null : { ...record, at: record.at.toISOString() },
      };
    }),
  );
}

export async function drawDetail(
  { database: { pool }, terms, now }: DrawDeps,
  id: number,
): Promise<DrawDetail | null> {
  const draw = await findDraw(pool, id);
  const row = (await listDraws(pool)).find((one) => one.id === id);
  if (draw === null || row === undefined) return null;
  const [readings, replacements, approvals, tasks] = await Promise.all([
    readingsOf(pool, id),
    replacementsOf(pool, id),
    approvalsOf(pool, id),
    tasksOf(pool, draw),
  ]);
  const commitment = commitmentIn(draw);
  const from = knownFrom(commitment);
  return {
    draw: row,
    commitment,
    evidence_from: new Date(from).toISOString(),
    evidence_wait_seconds: Math.max(0, Math.ceil((from - instantAt(now())) / msPerSecond)),
    account: draw.account,
    readings: readings.map(({ place, account, at }) => ({ place, account, at: at.toISOString() })),
    drawn_by: draw.drawn_by,
    result: draw.result,
    tasks,
    replacements,
    redraw_approvals: approvals.map(({ account, reason, at }) => ({ account, reason, at: at.toISOString() })),
    terms: resultTermsSchema.strip().parse(terms),
  };
}

/** The bundle as everybody may have it now: without who was drawn, as long as that is secret. */
export async function publicBundle(
  { database: { pool } }: Pick<DrawDeps, 'database'>,
  hash: string,
): Promise<Bundle | null> {
  const draw = await findDrawByHash(pool, hash);
  if (draw === null) return null;
  const now = await told(pool, draw);
  if (now === null) return committedBundle(commitmentIn(draw), await frozenOf(pool, draw));
  const bundle = openedBundle(now.given, now.drawn, now.replacements);
  return draw.opened_at === null ? sealedBundle(bundle) : bundle;
}

/** The latest; older ones are in the files that were published. */
const publicDrawsMax = 50;

/** What everybody may see of all draws. @param today `yyyy-MM-dd` @param area results of this area and of what lies in it alone */
export async function publicDraws(
  { database: { pool }, terms }: Pick<DrawDeps, 'database' | 'terms'>,
  today: string,
  area?: string,
): Promise<Pick<PublicDraws, 'areas' | 'items'>> {
  const prefix = area === undefined ? '' : areaPrefix(area);
  const rows = (await listDraws(pool)).slice(0, publicDrawsMax);
  const titles = new Map(terms.results.map(({ code, title }) => [code, title]));
  const occurring = new Set<string>();
  const items = await Promise.all(
    rows.map(async ({ id, ...row }) => {
      const draw = row.state === 'opened' ? await findDraw(pool, id) : null;
      const tasks = draw === null ? [] : await tasksOf(pool, draw);
      const areas =
        draw === null || tasks.length === 0
          ? new Map<string, string>()
          : await areasOf(pool, draw.objects_id);
      for (const { object_id } of tasks) occurring.add(areas.get(object_id) ?? '');
      const shown = tasks.filter(({ object_id }) => (areas.get(object_id) ?? '').startsWith(prefix));
      return {
        ...row,
        results: shown.map(({ object_id, name, record }) => ({
          object_id,
          name,
          area: areas.get(object_id) ?? null,
          checked_on: record?.checked_on ?? null,
          result: record === null ? null : (titles.get(record.result_code) ?? null),
          overdue: isOverdue(record, lastDayOf(row.checks), today, terms.publish_days),
        })),
      };
    }),
  );
  return {
    areas: [...occurring]
      .filter((area) => areaPattern.test(area))
      .toSorted()
      .slice(0, publicAreasMax),
    items,
  };
}

async function areasOf(
  database: Parameters<typeof entriesOf>[0],
  objectsId: number,
): Promise<ReadonlyMap<string, string>> {
  const objects = await entriesOf<DrawObject>(database, objectsId);
  return new Map(objects.map(({ object_id, admdvs }) => [object_id, admdvs]));
}
