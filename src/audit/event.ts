/** The text of an event: what is hashed, stored and exported, and what of it stands in columns. */
import { z } from 'zod';
import type { Actor } from './actor.ts';
import { canonicalJson, type CanonicalValue } from './canonical-json.ts';
import { type AuditEvent, definitions } from './catalogue.ts';

/** Version of the form of this text. */
const formVersion = 1;
/** The predecessor of the first event. */
export const noHash = '0'.repeat(64);
/** Characters of the text of one event: what is longer belongs into the record that the event names. */
const eventCharactersMax = 65_536;
const keyCharactersMax = 200;

/** Made once: making a schema costs more than reading with it. */
const json = z.json();
const noState = z.never();

const hashText = z.string().regex(/^[0-9a-f]{64}$/);

/** An event as its text says it. What is not stated is null, so that every event has the same keys. */
export const eventSchema = z.strictObject({
  actor: z.strictObject({
    account: z.string(),
    address: z.string().nullable(),
    area: z.string(),
    role: z.string(),
  }),
  after: z.unknown(),
  before: z.unknown(),
  detail: z.unknown(),
  kind: z.string(),
  prev_hash: hashText,
  purpose: z.string().nullable(),
  /** The database's clock, UTC with microseconds. */
  recorded_at: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/),
  request_id: z.string().nullable(),
  seq: z.int().min(1),
  subject: z.strictObject({ key: z.string(), type: z.string() }),
  v: z.literal(formVersion),
});
export type EventDocument = z.infer<typeof eventSchema>;

/** The text without what only the holder of the chain's lock knows: `${start}<prev_hash>${middle}<recorded_at>${late}<seq>${end}`. */
export interface EventPieces {
  readonly start: string;
  readonly middle: string;
  readonly late: string;
  readonly end: string;
  readonly kind: string;
  readonly subject: string;
}

/**
 * Checks the event against the catalogue and writes its text around the gaps.
 * @throws when fields do not fit their kind: types say so before, this holds where they were got round
 */
export function piecesOf(actor: Actor, event: AuditEvent): EventPieces {
  const { kind, key } = event;
  const definition = definitions.get(kind);
  if (definition === undefined) throw new Error(`there is no event kind ${kind}`);
  if (key.length > keyCharactersMax)
    throw new RangeError(`the key of an event is longer than ${keyCharactersMax}`);
  const stateOf = (value: unknown): CanonicalValue =>
    value === undefined || value === null ? null : json.parse((definition.state ?? noState).parse(value));
  const member = (name: string, value: CanonicalValue): string => `"${name}":${canonicalJson(value)}`;
  const pieces = {
    start: `{${[
      member('actor', {
        account: actor.account,
        address: actor.address ?? null,
        area: actor.area,
        role: actor.role,
      }),
      member('after', stateOf(event.after)),
      member('before', stateOf(event.before)),
      member('detail', json.parse(definition.detail.parse(event.detail))),
      member('kind', kind),
    ].join(',')},"prev_hash":"`,
    middle: `",${member('purpose', actor.purpose ?? null)},"recorded_at":"`,
    late: `",${member('request_id', actor.requestId ?? null)},"seq":`,
    end: `,${member('subject', { key, type: definition.subject })},${member('v', formVersion)}}`,
  };
  const characters = Object.values(pieces).reduce((sum, piece) => sum + piece.length, 0);
  if (characters > eventCharactersMax)
    throw new RangeError(`an event of ${characters} characters; at most ${eventCharactersMax}`);
  return { ...pieces, kind, subject: subjectText(definition.subject, key) };
}

/** As it stands in the column that is searched. */
export const subjectText = (type: string, key: string): string => `${type}/${key}`;
