/**
 * The one way in for claims, from a request and from a file alike: judge, store what is new, keep what is wrong, announce the batch.
 * Every input gets an answer, and nothing is answered before it is durable.
 */
import type { PoolClient } from 'pg';
import { type Database, transaction } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { canonicalClaim, type RejectedClaim } from './canonical.ts';
import type { ClaimAnswer, ClaimIssue, IntakeCounts } from './contract.ts';
import { foreignInstitution } from './foreign.ts';
import { claimBytesMax } from './json-text.ts';
import { keepRejected } from './quarantine-store.ts';
import { storable, type StorableClaim } from './storable.ts';
import { batchClaimsMax, type StoredVerdict, storeClaims } from './store.ts';

export type IntakeDeps = {
  database: Database;
  /** Tells the workers that a batch waits. When it fails, the batch is found in the database a little later. */
  announce: (batchId: number) => Promise<void>;
  /** the day of receipt in Shanghai, as a day number */
  asOf: () => number;
  log: Pick<Log, 'warn'>;
};

export type IntakeItem = {
  /** 0-based, in the request or file */
  index: number;
  value: unknown;
  /** the input as it came */
  raw: Uint8Array | string;
  /** why it could not even be read; then `value` is not looked at */
  problems: readonly ClaimIssue[];
  /** for inputs that were made of rows of files: issues name them */
  origin?: { file: string; row: number };
};

export type IntakeChunk = {
  /** in the order of the items */
  answers: ClaimAnswer[];
  counts: IntakeCounts;
  /** `null` when nothing was new */
  batchId: number | null;
};

export type IntakeOptions = {
  /** Claims of any other institution are rejected: who sends speaks for this one alone. */
  onlyInstitution?: string | undefined;
  /** Runs in the transaction of each chunk, after it was stored: what must be saved together with it, or not at all. */
  alongside?: (client: PoolClient, chunk: IntakeChunk) => Promise<void>;
};

/** A chunk ends with this many bytes of input, if not with `batchClaimsMax` claims before: it is held in memory several times over. */
export const chunkBytesMax = 16 * 1_048_576;

/**
 * Takes claims in, chunk by chunk. A chunk is durable when it is given out; the next one is read and judged meanwhile.
 * When reading the items fails, the chunks before stay, and sending everything again only meets duplicates.
 *
 * @param items in groups of any size, as they come to hand: waiting for each one alone would cost as much as storing it
 */
export async function* takeClaims(
  deps: IntakeDeps,
  source: string,
  items: AsyncIterable<readonly IntakeItem[]>,
  options: IntakeOptions = {},
): AsyncGenerator<IntakeChunk> {
  const asOf = deps.asOf();
  let judged: Judged[] = [];
  let bytes = 0;
  let storing: Promise<IntakeChunk> | null = null;
  const start = (): Promise<IntakeChunk> => {
    const chunk = takeChunk(deps, source, judged, options);
    // Awaited at the end of the next chunk; until then a failure must not look unhandled.
    chunk.catch(() => undefined);
    judged = [];
    bytes = 0;
    return chunk;
  };
  try {
    for await (const group of items) {
      for (const item of group) {
        judged.push(judge(item, asOf, options.onlyInstitution));
        bytes += item.raw.length;
        if (judged.length < batchClaimsMax && bytes < chunkBytesMax) continue;
        if (storing !== null) yield await storing;
        storing = start();
      }
    }
    if (storing !== null) yield await storing;
    storing = null;
    if (judged.length > 0) yield await start();
  } finally {
    // The reader stopped in the middle: what is under way is finished, so that no transaction outlives the caller.
    await storing?.catch(() => undefined);
  }
}

/** What is held of an item until its chunk is stored: of a claim that is taken, nothing of what came. */
type Judged =
  | { ok: true; index: number; claim: StorableClaim }
  | { ok: false; index: number; raw: Uint8Array | string; rejected: RejectedClaim };

function judge(
  { index, value, raw, problems, origin }: IntakeItem,
  asOf: number,
  onlyInstitution: string | undefined,
): Judged {
  if (problems.length > 0) {
    const rejected = { ok: false as const, issues: [...problems], setl_id: null, fixmedins_code: null };
    return { ok: false, index, raw, rejected };
  }
  const result = canonicalClaim(value, asOf);
  if (result.ok) {
    if (onlyInstitution === undefined || result.claim.institution.fixmedins_code === onlyInstitution)
      return { ok: true, index, claim: storable(result) };
    return { ok: false, index, raw, rejected: foreignInstitution(result) };
  }
  const at = origin === undefined ? '' : `${origin.file}:${origin.row} `;
  const issues = result.issues.map((each) => ({ ...each, path: `${at}${each.path}` }));
  return { ok: false, index, raw, rejected: { ...result, issues } };
}

async function takeChunk(
  deps: IntakeDeps,
  source: string,
  judged: readonly Judged[],
  options: IntakeOptions,
): Promise<IntakeChunk> {
  const chunk = await transaction(deps.database, async (client) => {
    const stored = await storeChunk(client, source, judged);
    await options.alongside?.(client, stored);
    return stored;
  });
  if (chunk.batchId !== null) await announceBatch(deps, chunk.batchId);
  return chunk;
}

/** Announces a stored batch. A failure fails nothing: waiting batches are looked for. */
export async function announceBatch(
  deps: Pick<IntakeDeps, 'announce' | 'log'>,
  batchId: number,
): Promise<void> {
  try {
    await deps.announce(batchId);
  } catch (error) {
    deps.log.warn(
      { err: error, batch_id: batchId },
      'a stored batch could not be announced; it will be found waiting',
    );
  }
}

async function storeChunk(
  client: PoolClient,
  source: string,
  judged: readonly Judged[],
): Promise<IntakeChunk> {
  const { batchId, verdicts } = await storeClaims(
    client,
    source,
    judged.flatMap((each) => (each.ok ? [each.claim] : [])),
  );
  const quarantineIds = await keepRejected(
    client,
    source,
    judged.flatMap((each) => {
      if (each.ok) return [];
      const { issues, setl_id, fixmedins_code } = each.rejected;
      return [{ position: each.index, raw: keptBytes(each.raw), issues, setl_id, fixmedins_code }];
    }),
  );
  const nextVerdict = verdicts.values();
  const nextId = quarantineIds.values();
  const answers = judged.map((each): ClaimAnswer => {
    if (each.ok) return answerTo(each.index, each.claim, nextVerdict.next().value);
    const { issues, setl_id, fixmedins_code } = each.rejected;
    const quarantine_id = nextId.next().value;
    return {
      index: each.index,
      status: 'rejected',
      setl_id,
      fixmedins_code,
      ...(quarantine_id === undefined ? {} : { quarantine_id }),
      issues,
    };
  });
  return { answers, counts: countsOf(answers), batchId };
}

export function answerTo(
  index: number,
  { setl_id, fixmedins_code }: StorableClaim,
  verdict: StoredVerdict | undefined,
): ClaimAnswer {
  if (verdict === undefined) throw new Error('a claim was stored without a verdict');
  return { index, ...verdict, setl_id, fixmedins_code };
}

const keptBytes = (raw: Uint8Array | string): Uint8Array =>
  (typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw).subarray(0, claimBytesMax);

export const noCounts: IntakeCounts = { received: 0, accepted: 0, duplicate: 0, revised: 0, rejected: 0 };

function countsOf(answers: readonly ClaimAnswer[]): IntakeCounts {
  const counts = { ...noCounts, received: answers.length };
  for (const { status } of answers) counts[status] += 1;
  return counts;
}

export const addCounts = (a: IntakeCounts, b: IntakeCounts): IntakeCounts => ({
  received: a.received + b.received,
  accepted: a.accepted + b.accepted,
  duplicate: a.duplicate + b.duplicate,
  revised: a.revised + b.revised,
  rejected: a.rejected + b.rejected,
});
