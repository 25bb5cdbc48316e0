import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import type { CurrentClaim } from '../../src/claims/timeline.ts';
import { permutation, randomOf } from '../../src/demo/random.ts';
import { today } from '../../src/platform/clock.ts';
import type { RuleSet } from '../../src/rules/library.ts';
import { type EndState, onePass } from '../support/end-state.ts';
import { randomClaims } from '../support/random-claims.ts';

/** What is sent in one run, and where it must lead. */
export interface Delivery {
  /** Bodies of requests, in the order in which they are sent. */
  readonly requests: readonly string[];
  readonly claims: number;
  readonly expected: Expected;
}

export interface Expected extends EndState {
  readonly revisions: number;
  readonly settlements: number;
}

/** Claims of one crowded world; their persons, and their trace codes with the world beside it, meet nobody else's. */
const worldClaims = 60;
const requestClaimsMax = 40;
const sentTwice = 0.2;

/** Claims that are late, revised, refunded, sent twice and shuffled, with the end state of an undisturbed pass over all of them. */
export async function deliveryOf(seed: number, claims: number, ruleSet: RuleSet): Promise<Delivery> {
  const random = randomOf('chaos delivery', seed);
  const inputs: ClaimInput[] = [];
  for (let world = 0; inputs.length < claims; world += 1)
    inputs.push(
      ...randomClaims(seed * 1000 + world, Math.min(worldClaims, claims - inputs.length)).map((claim) =>
        ofWorld(claim, world),
      ),
    );
  const all = [...inputs, ...inputs.filter(() => random.chance(sentTwice))];
  const shuffled = permutation(random, all.length).flatMap((at) => all.slice(at, at + 1));
  const requests: string[] = [];
  while (shuffled.length > 0) {
    const some = shuffled.splice(0, random.between(1, requestClaimsMax));
    requests.push(some.map((claim) => `${JSON.stringify(claim)}\n`).join(''));
  }
  return { requests, claims: all.length, expected: await expectedOf(inputs, ruleSet) };
}

function ofWorld(claim: ClaimInput, world: number): ClaimInput {
  const inWorld = (id: string): string => `W${world}-${id}`;
  return {
    ...claim,
    setl_id: inWorld(claim.setl_id),
    ...(typeof claim.refd_setl_id === 'string' ? { refd_setl_id: inWorld(claim.refd_setl_id) } : {}),
    person: { ...claim.person, psn_no: inWorld(claim.person.psn_no) },
    visit: { ...claim.visit, mdtrt_id: inWorld(claim.visit.mdtrt_id) },
    ...(claim.traces
      ? {
          traces: claim.traces.map((trace) => ({
            ...trace,
            drug_trac_codg: `${trace.drug_trac_codg}${Math.floor(world / 2)}`,
          })),
        }
      : {}),
  };
}

async function expectedOf(inputs: readonly ClaimInput[], ruleSet: RuleSet): Promise<Expected> {
  const revisions = new Map<string, CurrentClaim>();
  for (const input of inputs) {
    const result = canonicalClaim(input, today());
    if (!result.ok) throw new Error(`a made-up claim is refused: ${JSON.stringify(result.issues)}`);
    const contentHash = result.hash.toString('hex');
    revisions.set(contentHash, { claim: splitPersonal(result.claim).doc, contentHash });
  }
  const settlements = new Set(
    [...revisions.values()].map(({ claim }) => `${claim.institution.fixmedins_code} ${claim.setl_id}`),
  );
  return {
    ...(await onePass([...revisions.values()], ruleSet)),
    revisions: revisions.size,
    settlements: settlements.size,
  };
}
