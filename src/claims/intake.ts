/**
 * The one way in for claims, from a request and from a file alike: judge, store what is new, keep what is wrong, announce the batch.
 * Every input gets an answer, and nothing is answered before it is durable.
 */
import type { PoolClient } from 'pg';
import type { Actor } from '../audit/actor.ts';
import type { AuditEvent } from '../audit/catalogue.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { Vault } from '../vault/vault.ts';
import { quickClaim, type RejectedClaim } from './canonical.ts';
import type { ClaimAnswer, IntakeCounts } from './contract.ts';
import { foreignInstitution } from './foreign.ts';
import { type ClaimItem, judgeItem } from './item.ts';
import { claimBytesMax } from './json-text.ts';
import { keepRejected } from './quarantine-store.ts';
import type { StorableClaim } from './storable.ts';
import { batchClaimsMax, type StoredVerdict, storeClaims } from './store.ts';

export type IntakeDeps = {
  database: Database;
  vault: Vault;
  /** who sends them */
  actor: Actor;
  /** Tells the workers that a batch waits. When it fails, the batch is found in the database a little later. */
  announce: (batchIds: readonly number[]) => Promise<void>;
  /** the day of receipt in Shanghai, as a day number */
  asOf: () => number;
  log: Pick<Log, 'warn'>;
};

export type IntakeChunk = {
  /** in the order of the items */
  answers: ClaimAnswer[];
  counts: IntakeCounts;
  /** empty when nothing was new */
  batchIds: number[];
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
  items: AsyncIterable<readonly ClaimItem[]>,
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
  | { ok: false; index: number; raw: Uint8Array; rejected: RejectedClaim };

function judge(item: ClaimItem, asOf: number, onlyInstitution: string | undefined): Judged {
  const { index, raw, problems } = item;
  const claim = problems.length === 0 ? quickClaim(raw, asOf) : null;
  if (claim !== null) return ifOwn(claim, item, onlyInstitution);
  const result = judgeItem(item, asOf);
  return result.ok
    ? ifOwn(result.storable, item, onlyInstitution)
    : { ok: false, index, raw, rejected: result };
}

/** @param own whom the sender speaks for; undefined: for every institution */
function ifOwn(claim: StorableClaim, { index, raw }: ClaimItem, own: string | undefined): Judged {
  return own === undefined || claim.fixmedins_code === own
    ? { ok: true, index, claim }
    : { ok: false, index, raw, rejected: foreignInstitution(claim) };
}

async function takeChunk(
  deps: IntakeDeps,
  source: string,
  judged: readonly Judged[],
  options: IntakeOptions,
): Promise<IntakeChunk> {
  const keys = await deps.vault.keys();
  const chunk = await transaction(deps.database, async (client) => {
    const stored = await storeChunk(client, keys, source, judged);
    await options.alongside?.(client, stored);
    await recordChunk(client, deps.actor, source, stored);
    return stored;
  });
  await announceBatches(deps, chunk.batchIds);
  return chunk;
}

/** One event whatever the size of the chunk, with counts only. A chunk of nothing but duplicates has changed nothing. */
async function recordChunk(
  client: PoolClient,
  actor: Actor,
  source: string,
  { batchIds, counts }: IntakeChunk,
): Promise<void> {
  if (batchIds.length > 0) await recordEvents(client, actor, [batchStored(batchIds, source, counts)]);
  else if (counts.rejected > 0)
    await recordEvents(client, actor, [
      { kind: 'claims.input_rejected', key: source, detail: { source, ...counts } },
    ]);
}

export const batchStored = (
  batchIds: readonly number[],
  source: string,
  counts: IntakeCounts,
): AuditEvent => ({
  kind: 'claims.batch_stored',
  key: batchIds.join(','),
  detail: { source, ...counts },
});

/** Announces stored batches. A failure fails nothing: waiting batches are looked for. */
export async function announceBatches(
  deps: Pick<IntakeDeps, 'announce' | 'log'>,
  batchIds: readonly number[],
): Promise<void> {
  if (batchIds.length === 0) return;
  try {
    await deps.announce(batchIds);
  } catch (error) {
    deps.log.warn(
      { err: error, batch_ids: batchIds },
      'stored batches could not be announced; they will be found waiting',
    );
  }
}

async function storeChunk(
  client: PoolClient,
  keys: Keyring,
  source: string,
  judged: readonly Judged[],
): Promise<IntakeChunk> {
  const { batchIds, verdicts } = await storeClaims(
    client,
    keys,
    source,
    judged.flatMap((each) => (each.ok ? [each.claim] : [])),
  );
  const quarantineIds = await keepRejected(
    client,
    keys,
    source,
    judged.flatMap((each) => {
      if (each.ok) return [];
      const { issues, setl_id, fixmedins_code } = each.rejected;
      return [
        { position: each.index, raw: each.raw.subarray(0, claimBytesMax), issues, setl_id, fixmedins_code },
      ];
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
  return { answers, counts: countsOf(answers), batchIds };
}

export function answerTo(
  index: number,
  { setl_id, fixmedins_code }: StorableClaim,
  verdict: StoredVerdict | undefined,
): ClaimAnswer {
  if (verdict === undefined) throw new Error('a claim was stored without a verdict');
  return { index, ...verdict, setl_id, fixmedins_code };
}

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
