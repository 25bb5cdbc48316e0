/** What people do with rejected input: send it again corrected, or dismiss it with a reason. */
import { recordEvents } from '../audit/store.ts';
import { sees, type Sight } from '../people/sight.ts';
import { transaction } from '../platform/database.ts';
import { canonicalClaim } from './canonical.ts';
import type { ClaimAnswer } from './contract.ts';
import { foreignInstitution } from './foreign.ts';
import { announceBatches, answerTo, batchStored, type IntakeDeps, noCounts } from './intake.ts';
import { lockQuarantined, resolveQuarantined } from './quarantine-store.ts';
import { storeClaims } from './store.ts';

export type Refusal = 'not_found' | 'already_settled';

/**
 * Takes in a corrected document. When it is still wrong the entry stays open and the answer says why; when it is good, it is stored and
 * the entry is closed in one transaction.
 */
export async function resubmit(
  deps: IntakeDeps,
  id: bigint,
  document: unknown,
  sight: Sight,
): Promise<ClaimAnswer | Refusal> {
  const read = canonicalClaim(document, deps.asOf());
  // A correction must not become a claim of an institution that the corrector does not see.
  const result =
    read.ok && !sees(sight, read.claim.institution.fixmedins_code) ? foreignInstitution(read.storable) : read;
  const keys = await deps.vault.keys();
  const outcome = await transaction(deps.database, async (client) => {
    const states = await lockQuarantined(client, [id], sight);
    const refusal = refusalOf(states.get(id) ?? null);
    if (refusal !== null) return refusal;
    if (!result.ok) return null;
    const claim = result.storable;
    const source = `quarantine:${id}`;
    const { batchIds, verdicts } = await storeClaims(client, keys, source, [claim]);
    const answer = answerTo(0, claim, verdicts[0]);
    await resolveQuarantined(client, [id], 'corrected', null);
    const counts = { ...noCounts, received: 1, [answer.status]: 1 };
    await recordEvents(client, deps.actor, [
      ...(batchIds.length === 0 ? [] : [batchStored(batchIds, source, counts)]),
      {
        kind: 'quarantine.corrected',
        key: String(id),
        ...closed('corrected'),
        detail: { batch: batchIds[0] ?? null },
      },
    ]);
    return { batchIds, answer };
  });
  if (typeof outcome === 'string') return outcome;
  if (outcome !== null) {
    await announceBatches(deps, outcome.batchIds);
    return outcome.answer;
  }
  if (result.ok) throw new Error('a good document was not stored');
  const { issues, setl_id, fixmedins_code } = result;
  return { index: 0, status: 'rejected', setl_id, fixmedins_code, quarantine_id: String(id), issues };
}

export async function dismiss(
  deps: Pick<IntakeDeps, 'database' | 'actor'>,
  id: bigint,
  reason: string,
  sight: Sight,
): Promise<Refusal | null> {
  const [refusal = null] = await dismissMany(deps, [id], reason, sight);
  return refusal;
}

/** @returns of each id why it was left as it is; `null`: it was dismissed */
export async function dismissMany(
  deps: Pick<IntakeDeps, 'database' | 'actor'>,
  ids: readonly bigint[],
  reason: string,
  sight: Sight,
): Promise<(Refusal | null)[]> {
  return transaction(deps.database, async (client) => {
    const states = await lockQuarantined(client, ids, sight);
    const refusals = ids.map((id) => refusalOf(states.get(id) ?? null));
    const open = [...new Set(ids.filter((_, index) => refusals[index] === null))];
    await resolveQuarantined(client, open, 'dismissed', reason);
    // The reason is free text, which may name a person: it stays where it can be removed.
    await recordEvents(
      client,
      deps.actor,
      open.map((id) => ({
        kind: 'quarantine.dismissed' as const,
        key: String(id),
        ...closed('dismissed'),
        detail: {},
      })),
    );
    return refusals;
  });
}

const closed = <State extends 'corrected' | 'dismissed'>(state: State) =>
  ({ before: { state: 'open' }, after: { state } }) as const;

const refusalOf = (state: 'open' | 'corrected' | 'dismissed' | null): Refusal | null =>
  state === null ? 'not_found' : state === 'open' ? null : 'already_settled';
