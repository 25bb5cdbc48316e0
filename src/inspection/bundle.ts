/** The file that lets everybody repeat a draw: committed, then drawn, then opened. Pure. */
import { canonicalJson } from '../audit/canonical-json.ts';
import { commitmentHash, type Frozen } from './commitment.ts';
import { type Bundle, type Commitment, drawFormat, type Evidence, type Replacement } from './contract.ts';
import { type Drawn, drawAll, type Given } from './draw.ts';
import { hashOf } from './hash.ts';
import { seedOf } from './seed.ts';

/** The text of a bundle: canonical JSON and a line end, so that every byte of it is decided. */
export const bundleText = (bundle: Bundle): string => `${canonicalJson(bundle)}\n`;

/** Binds what no signature proves – dice, numbers that were read – from the day on which it is published, long before a draw is opened. */
export const evidenceHash = (evidence: Evidence): string =>
  hashOf(`${drawFormat} evidence`, canonicalJson(evidence));

/** As it is published before the draw. */
export const committedBundle = (commitment: Commitment, frozen: Frozen): Bundle => ({
  commitment,
  commitment_sha256: commitmentHash(commitment),
  object_leaves: [...frozen.objectLeaves],
  inspector_leaves: [...frozen.inspectorLeaves],
  evidence: null,
  evidence_sha256: null,
  opening: null,
});

export interface DrawGiven {
  readonly commitment: Commitment;
  readonly frozen: Frozen;
  readonly salt: string;
  readonly evidence: Evidence;
}

export const givenOf = ({ commitment, frozen, salt, evidence }: DrawGiven): Given => ({
  plan: commitment.plan,
  objects: frozen.objects,
  inspectors: frozen.inspectors,
  seed: seedOf(commitmentHash(commitment), salt, evidence),
  evidence,
});

/** The draw with everything that repeats it. */
export function openedBundle(
  given: DrawGiven,
  drawn: Drawn = drawAll(givenOf(given)),
  replacements: readonly Replacement[] = [],
): Bundle {
  const { commitment, frozen, salt, evidence } = given;
  return {
    ...committedBundle(commitment, frozen),
    evidence,
    evidence_sha256: evidenceHash(evidence),
    opening: {
      salt,
      objects: [...frozen.objects],
      inspectors: [...frozen.inspectors],
      result: drawn.result,
      replacements: [...replacements],
    },
  };
}

/** As it is published while nobody may know who was drawn. */
export const sealedBundle = (bundle: Bundle): Bundle => ({ ...bundle, opening: null });
