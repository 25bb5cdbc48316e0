/**
 * A batch that fails as a whole is screened in parts, until the claims that cannot be screened stand alone. All that is not yet screened is
 * held back, which makes it unknown to everybody; a part that passes is known again, and changes what it changes as if it had just come.
 * So the end is that of a world without the claims that failed, whatever came before or after them.
 */
import type { PoolClient } from 'pg';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { issue } from '../claims/issues.ts';
import { joinPersonal, personalOf } from '../claims/personal.ts';
import { keepRejected, lockQuarantined, resolveQuarantined } from '../claims/quarantine-store.ts';
import { documentOf } from '../claims/stored.ts';
import { everything } from '../people/sight.ts';
import { type Database, hearLoss, isUnavailable, transaction } from '../platform/database.ts';
import type { Keyring } from '../vault/keyring.ts';
import { screeningActor } from './actor.ts';
import {
  beginPart,
  countSetAside,
  type Division,
  dividePart,
  holdBatch,
  holdPerson,
  holdUntried,
  type Met,
  nextPart,
  type Part,
  partAnswered,
  release,
  releaseUntried,
  setAside,
  storedRevision,
  type Versions,
} from './held-store.ts';
import { type Revision, revisionsOfIds } from './neighbours.ts';
import { lockBatch, markFailed, markScreened } from './store.ts';
import { noteChanged } from './window-store.ts';

/** Of one batch. When more claims than these fail, it is not the claims. */
export const setAsideMax = 10;
/** A claim that was begun so often, alone, and killed whoever began it is set aside. */
const deathsMax = 2;
/** Every revision is divided off, tried and set aside a few times at most; more is a fault of ours. */
const stepsMax = 100_000;

/** What is done with each part. */
export interface PartsWork<Verdict> {
  readonly versions: Versions;
  /** Judges everything that these revisions touch; `onMet` runs before anything of a person, or found by a trace code, is read. */
  readonly judge: (
    client: PoolClient,
    own: readonly Revision[],
    onMet: (met: Met) => Promise<void>,
  ) => Promise<Verdict>;
}

export interface PartsReport<Verdict> {
  /** `postponed`: another batch is being screened in parts. `failed`: more than `setAsideMax` claims could not be screened. */
  readonly outcome: 'screened_in_parts' | 'postponed' | 'failed';
  readonly verdicts: readonly Verdict[];
  readonly setAside: readonly AsideReport[];
}

export interface AsideReport {
  readonly revision_id: number;
  readonly error: string;
  /** What is around it was judged without it. */
  readonly without: boolean;
}

/**
 * From now on the batch is screened in parts.
 * @returns whether it was not before
 */
export async function takeApart(database: Database, batchId: number, division: Division): Promise<boolean> {
  return transaction(database, async (client) => {
    const batch = await lockBatch(client, batchId);
    if (batch === null || batch.state === 'screened' || batch.in_parts) return false;
    await holdBatch(client, batchId, division);
    await recordEvents(client, screeningActor, [
      { kind: 'screening.batch_taken_apart', key: String(batchId), detail: {} },
    ]);
    return true;
  });
}

/** Tries one part after the other. What was done stays done when this fails or dies, and is gone on with by the next delivery. */
export async function screenInParts<Verdict>(
  database: Database,
  keys: Keyring,
  batchId: number,
  work: PartsWork<Verdict>,
): Promise<PartsReport<Verdict>> {
  const verdicts: Verdict[] = [];
  const aside: AsideReport[] = [];
  const report = (outcome: PartsReport<Verdict>['outcome']): PartsReport<Verdict> => ({
    outcome,
    verdicts,
    setAside: aside,
  });
  const alone = await oneAtATime(database, async () => {
    for (let step = 0; step < stepsMax; step += 1) {
      const part = await nextPart(database.pool, batchId);
      if (part === null) {
        if (await finish(database, batchId)) return report('screened_in_parts');
        continue;
      }
      const { failed, error } = await tryPart(database, batchId, part, work, verdicts);
      if (!failed) continue;
      const [revisionId] = part.revisions;
      if (revisionId === undefined) throw new Error('a part without revisions');
      if (part.revisions.length > 1) {
        // What kills is found with the fewest deaths when everything is tried alone.
        await dividePart(database, batchId, part.part, error === died ? 'ones' : 'halves');
      } else if ((await countSetAside(database, batchId)) >= setAsideMax) {
        await markFailed(database, batchId, error);
        return report('failed');
      } else
        aside.push(
          ...(await leaveOut(database, keys, batchId, revisionId, part.begun, error, work, verdicts)),
        );
    }
    throw new Error(`a batch was not screened in ${stepsMax} steps`);
  });
  return alone ?? report('postponed');
}

const died = 'worker_died';

type Trial =
  | { readonly failed: false; readonly error?: never }
  | { readonly failed: true; readonly error: string };

async function tryPart<Verdict>(
  database: Database,
  batchId: number,
  { part, begun, revisions }: Part,
  { judge }: PartsWork<Verdict>,
  verdicts: Verdict[],
): Promise<Trial> {
  if (begun >= (revisions.length > 1 ? 1 : deathsMax)) return { failed: true, error: died };
  await beginPart(database, batchId, part);
  try {
    verdicts.push(
      await transaction(database, async (client) => {
        await lockBatch(client, batchId);
        const closed: AuditEvent[] = [];
        for (const id of await release(client, revisions))
          if (await closeEntry(client, BigInt(id))) closed.push(entryClosed(id, batchId));
        const own = await revisionsOfIds(client, revisions);
        const verdict = await judge(client, own, (met) => holdUntried(client, batchId, met));
        await releaseUntried(client, batchId);
        await recordEvents(client, screeningActor, closed);
        return verdict;
      }),
    );
    return { failed: false };
  } catch (error) {
    if (isNotTheClaims(error)) {
      await partAnswered(database, batchId, part).catch(() => undefined);
      throw error;
    }
    return { failed: true, error: labelOf(error) };
  }
}

/**
 * Sets a revision aside: people find it in quarantine, and what it may have changed is judged without it. When that fails as well, the fault
 * may be with something that was screened before: everything of the person is tried again, one half after the other, and this revision last.
 * @returns nothing when it is not set aside yet
 */
async function leaveOut<Verdict>(
  database: Database,
  keys: Keyring,
  batchId: number,
  revisionId: number,
  begun: number,
  error: string,
  { versions, judge }: PartsWork<Verdict>,
  verdicts: Verdict[],
): Promise<AsideReport[]> {
  // Whoever dies even of this leaves the next one to touch nothing any more.
  const touch = begun <= deathsMax;
  await beginPart(database, batchId, revisionId);
  return transaction(database, async (client) => {
    await lockBatch(client, batchId);
    const aside = await asideOf(client);
    await recordEvents(
      client,
      screeningActor,
      aside.map(({ revision_id, without }) => ({
        kind: 'screening.claim_set_aside',
        key: String(revision_id),
        detail: {
          batch: batchId,
          error,
          engine: versions.engine,
          rule_set: versions.ruleSet,
          neighbours_judged: without,
        },
      })),
    );
    return aside;
  });

  async function asideOf(client: PoolClient): Promise<AsideReport[]> {
    await client.query('SAVEPOINT untouched');
    const put = async (): Promise<void> => {
      const quarantineId = await keepEntry(client, keys, revisionId, error, touch);
      await setAside(client, { revisionId, error, versions, quarantineId });
      await noteChanged(client, [revisionId]);
    };
    await put();
    const aside = { revision_id: revisionId, error };
    if (!touch) return [{ ...aside, without: false }];
    try {
      const own = await revisionsOfIds(client, [revisionId]);
      const verdict = await judge(client, own, (met) => holdUntried(client, batchId, met));
      await releaseUntried(client, batchId);
      verdicts.push(verdict);
      return [{ ...aside, without: true }];
    } catch (failure) {
      if (isNotTheClaims(failure)) throw failure;
      await client.query('ROLLBACK TO SAVEPOINT untouched');
      if (begun === 0 && (await holdPerson(client, batchId, revisionId)) > 0) return [];
      await put();
      return [{ ...aside, without: false }];
    }
  }
}

/** What says nothing about a claim: the database is away or full, or a lock was in the way. It is tried again, and given up by the queue. */
const isNotTheClaims = (error: unknown): boolean =>
  isUnavailable(error) || /^(40|55P03|53100|53300|58)/.test(codeOf(error));

/** The claim as it was taken in, so that it can be corrected and sent again. */
async function keepEntry(
  client: PoolClient,
  keys: Keyring,
  revisionId: number,
  error: string,
  touch: boolean,
): Promise<string> {
  const { fixmedins_code, setl_id, hash, doc, personal } = await storedRevision(client, revisionId);
  const canonical = (): string =>
    JSON.stringify(
      joinPersonal(documentOf(doc), personal === null ? null : personalOf(keys, hash, personal)),
    );
  let raw = doc;
  try {
    if (touch) raw = canonical();
  } catch {
    // A document that cannot be read is shown as it is stored.
  }
  const [id] = await keepRejected(client, keys, 'screening', [
    {
      position: 0,
      raw: Buffer.from(raw),
      issues: [issue('$', 'screening_failed', { error })],
      setl_id,
      fixmedins_code,
    },
  ]);
  if (id === undefined) throw new Error('a claim that was set aside got no entry in quarantine');
  return id;
}

const passedNote = '升级后已正常筛查 / screened under a later version';

/** @returns false when somebody has dealt with it before */
async function closeEntry(client: PoolClient, id: bigint): Promise<boolean> {
  const states = await lockQuarantined(client, [id], everything);
  if (states.get(id) !== 'open') return false;
  await resolveQuarantined(client, [id], 'corrected', passedNote);
  return true;
}

const entryClosed = (id: number, batch: number): AuditEvent => ({
  kind: 'quarantine.corrected',
  key: String(id),
  before: { state: 'open' },
  after: { state: 'corrected' },
  detail: { batch },
});

/** @returns false when something waits again */
async function finish(database: Database, batchId: number): Promise<boolean> {
  return transaction(database, async (client) => {
    await lockBatch(client, batchId);
    if ((await nextPart(client, batchId)) !== null) return false;
    await markScreened(client, [batchId]);
    return true;
  });
}

/** 'part' */
const lockKey = 0x70617274;

/**
 * Only one batch at a time is screened in parts: what kills its worker must not be suspected of what another one did.
 * @returns `null` when it is another one's turn
 */
async function oneAtATime<T>(database: Database, work: () => Promise<T>): Promise<T | null> {
  const client = await database.pool.connect();
  const { lost, note, stop } = hearLoss(client);
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      lockKey,
    ]);
    if (rows[0]?.taken !== true) return null;
    try {
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(note);
    }
  } finally {
    stop();
    client.release(lost());
  }
}

/** Only what cannot carry claim data: the message of an error may quote it. */
export const labelOf = (error: unknown): string =>
  `${error instanceof Error ? error.name : 'unknown'} ${codeOf(error)}`.trim().slice(0, labelMax);

const labelMax = 200;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
