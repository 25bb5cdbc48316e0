/**
 * What the quick pass looks for, made once from the shape of the claim schema: every member with the bytes of its name, as they are
 * compared and as they are written, and the places where it is noted.
 */
import { personalFields } from '../personal.ts';
import { claimShape, type Shape } from '../shape.ts';
import { wordsOf } from './scan.ts';

/** The members of one kind of object. */
export type Members = {
  readonly all: readonly Member[];
  readonly byName: ReadonlyMap<string, Member>;
  readonly requiredCount: number;
  /** where `spans` notes the members of an object that occurs once; records get a place each as they come */
  readonly place: number;
  /** The member that came first the last time: a source writes its documents in one order. */
  first: Member | null;
};

export type Member = {
  readonly name: string;
  readonly kind: Shape['kind'];
  readonly required: boolean;
  /** position in the schema */
  readonly position: number;
  /** `"name":` in words of four bytes; the last word ends with the last byte, and begins inside the word before it */
  readonly key: readonly number[];
  readonly keyBytes: number;
  /** what is written before the value: `,"name":` and the quote or bracket that opens it */
  readonly opening: readonly number[];
  readonly openingBytes: number;
  /** limits of the value, as its reader takes them */
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  /** whether it is a time between the first and the last of which a claim lies */
  readonly bounds: boolean;
  readonly isPersonal: boolean;
  /** of an object */
  readonly members: Members | null;
  readonly list: List | null;
  /** the member that came after this one the last time */
  next: Member | null;
};

/** A list of records, and where the one of the claim at hand stands. */
export type List = {
  readonly members: Members;
  start: number;
  end: number;
  rows: number;
  /** the place of the first record's first member in `spans` */
  first: number;
};

/** What `spanOf` looks at. */
const boundingTimes = new Set(['visit.begntime', 'visit.endtime', 'lines.fee_ocur_time']);
const personal = new Set(personalFields.map((name) => `person.${name}`));

let places = 0;
let recordPlacesMax = 0;

export const root = membersOf(claimShape, '');
/** The first place of records: as many follow as the limits of the lists allow. */
export const recordsPlace = places;
/**
 * Of each member of the claim at hand its first byte in `out`, which is the comma or brace before its name, and the byte after its
 * last; the end is 0 when it is absent.
 */
export const spans = new Int32Array(places + recordPlacesMax);

function membersOf({ fields }: Shape & { kind: 'object' }, path: string, isRecord = false): Members {
  const place = places;
  if (!isRecord) places += 2 * fields.length;
  const all = fields.map(({ name, shape, required }, position): Member => {
    const key = Buffer.from(`${JSON.stringify(name)}:`);
    const opening = Buffer.from(`,${JSON.stringify(name)}:${openingOf(shape)}`);
    const isList = shape.kind === 'list' && shape.item.kind === 'object';
    if (shape.kind === 'list' && !isList) throw new Error('lists of the claim schema hold objects');
    const list = isList ? listOf(shape, name) : null;
    return {
      name,
      kind: shape.kind,
      required,
      position,
      key: Array.from({ length: Math.ceil(key.length / 4) }, (_, at) =>
        key.readInt32LE(Math.min(4 * at, key.length - 4)),
      ),
      keyBytes: key.length,
      opening: wordsOf(opening),
      openingBytes: opening.length,
      ...limitsOf(shape),
      bounds: boundingTimes.has(`${path}${name}`),
      isPersonal: personal.has(`${path}${name}`),
      members: shape.kind === 'object' ? membersOf(shape, `${name}.`) : null,
      list,
      next: null,
    };
  });
  for (const [position, member] of all.entries()) member.next = all[position + 1] ?? null;
  return {
    all,
    byName: new Map(all.map((member) => [member.name, member])),
    requiredCount: all.filter(({ required }) => required).length,
    place,
    first: all[0] ?? null,
  };
}

function listOf({ item, max }: Shape & { kind: 'list' }, name: string): List {
  if (item.kind !== 'object') throw new Error('lists of the claim schema hold objects');
  recordPlacesMax += 2 * item.fields.length * max;
  return { members: membersOf(item, `${name}.`, true), start: 0, end: 0, rows: 0, first: 0 };
}

function limitsOf(shape: Shape): { min: number; max: number; scale: number } {
  switch (shape.kind) {
    case 'text':
    case 'list':
      return { min: 0, max: shape.max, scale: 0 };
    case 'decimal':
      return { min: 0, max: Math.min(10 ** shape.digits - 1, Number.MAX_SAFE_INTEGER), scale: shape.scale };
    case 'integer':
    case 'number':
      return { min: shape.min, max: shape.max, scale: 0 };
    default:
      return { min: 0, max: 0, scale: 0 };
  }
}

function openingOf(shape: Shape): string {
  switch (shape.kind) {
    case 'object':
    case 'integer':
    case 'number':
    case 'boolean':
      return '';
    case 'list':
      return '[';
    default:
      return '"';
  }
}
