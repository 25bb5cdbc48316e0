/** What is published before the seed exists: the plan, and the frozen directories as one hash each, over leaves that a salt keeps secret. */
import { canonicalJson } from '../audit/canonical-json.ts';
import { type Commitment, type DrawObject, type DrawPlan, drawFormat, type Inspector } from './contract.ts';
import { byId } from './draw.ts';
import { hashAll, hashOf, plainHash } from './hash.ts';

/** The directories in their order, with a leaf for each line. */
export interface Frozen {
  readonly objects: readonly DrawObject[];
  readonly inspectors: readonly Inspector[];
  readonly objectLeaves: readonly string[];
  readonly inspectorLeaves: readonly string[];
}

/**
 * The salt of a line follows from the salt of the draw, so that one secret opens all of them.
 * @param salt 32 bytes in hex
 */
const leafOf = (salt: string, id: string, line: DrawObject | Inspector): string =>
  hashOf(`${drawFormat} leaf`, hashOf(`${drawFormat} salt`, salt, id), canonicalJson(line));

export const objectLeaf = (salt: string, object: DrawObject): string =>
  leafOf(salt, `object ${object.object_id}`, object);
export const inspectorLeaf = (salt: string, inspector: Inspector): string =>
  leafOf(salt, `inspector ${inspector.inspector_id}`, inspector);

/** One hash over leaves in their order. */
export const rootOf = (leaves: readonly string[]): string => hashAll([`${drawFormat} leaves`, ...leaves]);

export function frozen(
  salt: string,
  objects: readonly DrawObject[],
  inspectors: readonly Inspector[],
): Frozen {
  const [ownObjects, ownInspectors] = [
    objects.toSorted(byId('object_id')),
    inspectors.toSorted(byId('inspector_id')),
  ];
  return {
    objects: ownObjects,
    inspectors: ownInspectors,
    objectLeaves: ownObjects.map((object) => objectLeaf(salt, object)),
    inspectorLeaves: ownInspectors.map((inspector) => inspectorLeaf(salt, inspector)),
  };
}

export const saltHash = (salt: string): string => hashOf(`${drawFormat} commitment to salt`, salt);

export interface CommitmentGiven {
  readonly plan: DrawPlan;
  readonly salt: string;
  readonly frozen: Frozen;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly committedAt: string;
  readonly redrawOf: Commitment['redraw_of'];
}

export const commitmentOf = ({ plan, salt, frozen, committedAt, redrawOf }: CommitmentGiven): Commitment => ({
  format: drawFormat,
  committed_at: committedAt,
  plan,
  salt_sha256: saltHash(salt),
  objects: frozen.objects.length,
  objects_root: rootOf(frozen.objectLeaves),
  inspectors: frozen.inspectors.length,
  inspectors_root: rootOf(frozen.inspectorLeaves),
  redraw_of: redrawOf,
});

/** The hash that is published, read out, printed in a newspaper: SHA-256 of the canonical JSON. */
export const commitmentHash = (commitment: Commitment): string => plainHash(canonicalJson(commitment));
