/** What people do with rejected input: send it again corrected, or dismiss it with a reason. */
import { sees, type Sight } from '../people/sight.ts';
import { transaction } from '../platform/database.ts';
import { canonicalClaim } from './canonical.ts';
import type { ClaimAnswer } from './contract.ts';
import { foreignInstitution } from './foreign.ts';
import { announceBatch, answerTo, type IntakeDeps } from './intake.ts';
import { lockQuarantined, resolveQuarantined } from './quarantine-store.ts';
import { storable } from './storable.ts';
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
    read.ok && !sees(sight, read.claim.institution.fixmedins_code) ? foreignInstitution(read) : read;
  const outcome = await transaction(deps.database, async (client) => {
    const refusal = refusalOf(await lockQuarantined(client, id, sight));
    if (refusal !== null) return refusal;
    if (!result.ok) return null;
    const claim = storable(result);
    const { batchId, verdicts } = await storeClaims(client, `quarantine:${id}`, [claim]);
    await resolveQuarantined(client, id, 'corrected', null);
    return { batchId, answer: answerTo(0, claim, verdicts[0]) };
  });
  if (typeof outcome === 'string') return outcome;
  if (outcome !== null) {
    if (outcome.batchId !== null) await announceBatch(deps, outcome.batchId);
    return outcome.answer;
  }
  if (result.ok) throw new Error('a good document was not stored');
  const { issues, setl_id, fixmedins_code } = result;
  return { index: 0, status: 'rejected', setl_id, fixmedins_code, quarantine_id: String(id), issues };
}

export async function dismiss(
  deps: Pick<IntakeDeps, 'database'>,
  id: bigint,
  reason: string,
  sight: Sight,
): Promise<Refusal | null> {
  return transaction(deps.database, async (client) => {
    const refusal = refusalOf(await lockQuarantined(client, id, sight));
    if (refusal === null) await resolveQuarantined(client, id, 'dismissed', reason);
    return refusal;
  });
}

const refusalOf = (state: 'open' | 'corrected' | 'dismissed' | null): Refusal | null =>
  state === null ? 'not_found' : state === 'open' ? null : 'already_settled';
