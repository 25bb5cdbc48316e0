/**
 * Which claims a batch can matter to, and what has to be read to judge them. Set-based SQL on one connection, after the persons
 * were locked: what is read here is everything that was ever committed about them.
 */
import type { Pool, PoolClient } from 'pg';
import type { Claim } from '../claims/contract.ts';
import { isCurrent, isKnown } from '../claims/current.ts';
import { documentTexts } from '../claims/document-store.ts';
import { prepared } from '../platform/prepared.ts';
import { documentOf, itemsOf } from '../claims/stored.ts';
import { kindOf } from '../claims/kind.ts';
import { claimKey, type CurrentClaim } from '../claims/timeline.ts';
import type { Reach } from './reach.ts';

/** A stretch of days on which something about a person changed. */
export interface Change {
  readonly psn_no: string;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly med_type: string;
  readonly first_day: number;
  readonly last_day: number;
  /** What says something about a death matters to every claim of its person. */
  readonly states_death: boolean;
  /** Of its lines, where the document has been read. */
  readonly items?: readonly string[];
}

interface RevisionKeys extends Change {
  readonly id: number;
  readonly refd_setl_id: string | null;
  /** Another settlement takes money back from this one. */
  readonly refunded: boolean;
  readonly traced: boolean;
  readonly hash: string;
  /** The day on which the visit began, as a day number. */
  readonly begin_day: number;
  /** `claims/practitioners.ts` */
  readonly practitioners: string | null;
}

/**
 * A revision of a settlement as it stands in the database. Its document is read anew whenever it is asked for: batches hold thousands of
 * them at once, and each is needed for a moment. Those with trace codes are asked several times, and kept.
 */
export class Revision implements CurrentClaim, Change {
  readonly #row: RevisionKeys;
  /** `claims/stored.ts` */
  readonly #doc: string;
  #kept: Claim | null = null;
  readonly id: number;
  readonly psn_no: string;
  readonly fixmedins_code: string;
  readonly setl_id: string;
  readonly med_type: string;
  readonly first_day: number;
  readonly last_day: number;
  readonly states_death: boolean;

  constructor(row: RevisionKeys, doc: string) {
    this.#row = row;
    this.#doc = doc;
    this.id = row.id;
    this.psn_no = row.psn_no;
    this.fixmedins_code = row.fixmedins_code;
    this.setl_id = row.setl_id;
    this.med_type = row.med_type;
    this.first_day = row.first_day;
    this.last_day = row.last_day;
    this.states_death = row.states_death;
  }

  get claim(): Claim {
    const claim = this.#kept ?? documentOf(this.#doc);
    if (this.#row.traced) this.#kept = claim;
    return claim;
  }
  /** Told without reading the rest of the document. */
  get items(): string[] {
    return itemsOf(this.#doc);
  }
  get contentHash(): string {
    return this.#row.hash;
  }
  get traced(): boolean {
    return this.#row.traced;
  }
  /** The day on which the visit began, as a day number. */
  get beginDay(): number {
    return this.#row.begin_day;
  }
  /** Whose work it is, as its key says it (`claims/practitioners.ts`). */
  get practitioners(): string | null {
    return this.#row.practitioners;
  }
  /** Refunds something, or is refunded. */
  get isPartnered(): boolean {
    return this.#row.refunded || this.#row.refd_setl_id !== null;
  }
}

/** SQL: the day on which the visit of `r` began, as a day number. */
export const beginDay = (r: string): string => `(${r}.begntime::date - date '1970-01-01')`;

/** What `revisionsOf` reads of `claim_revision r`. EXISTS would let the planner read all refunds there are, in order to hash them. */
const revisionColumns = `r.id, r.psn_no, r.fixmedins_code, r.setl_id, r.med_type, r.first_day, r.last_day, r.refd_setl_id, r.states_death, r.traced, encode(r.content_hash, 'hex') AS hash, ${beginDay('r')} AS begin_day, r.practitioners,
  (SELECT true FROM claim_revision f WHERE f.fixmedins_code = r.fixmedins_code AND f.refd_setl_id = r.setl_id LIMIT 1) IS NOT NULL
    AS refunded`;

/**
 * SQL: the revisions that match a row of a small set `k`, by index, row by row. The planner cannot know that the set is small and the table
 * large; OFFSET 0 keeps it from turning the join around.
 */
export const matching = (condition: string, alias = 'r'): string =>
  `CROSS JOIN LATERAL (SELECT * FROM claim_revision WHERE ${condition} OFFSET 0) AS ${alias}`;
export const ofSettlement =
  'claim_revision.fixmedins_code = k.fixmedins_code AND claim_revision.setl_id = k.setl_id';
export const refunding =
  'claim_revision.fixmedins_code = k.fixmedins_code AND claim_revision.refd_setl_id = k.setl_id';
const ofId = 'claim_revision.id = k.id';

async function revisionsOf(
  client: PoolClient | Pool,
  sql: string,
  values: readonly unknown[],
): Promise<Revision[]> {
  return withDocuments(client, await keysOf(client, sql, values));
}

async function keysOf(
  client: PoolClient | Pool,
  sql: string,
  values: readonly unknown[],
): Promise<RevisionKeys[]> {
  const { rows } = await client.query<RevisionKeys>(prepared(sql, values));
  return rows;
}

async function withDocuments(client: PoolClient | Pool, rows: readonly RevisionKeys[]): Promise<Revision[]> {
  const documents = await documentTexts(client, rows);
  return rows.flatMap((keys) => {
    const doc = documents.get(keys.id);
    // Of persons who are not locked, retention may have taken the document away between the two questions.
    return doc === undefined ? [] : [new Revision(keys, doc)];
  });
}

/** What batches brought. */
export const revisionsOfBatches = async (
  client: PoolClient,
  batchIds: readonly number[],
): Promise<Revision[]> =>
  revisionsOf(client, `SELECT ${revisionColumns} FROM claim_revision r WHERE r.batch_id = ANY($1)`, [
    batchIds,
  ]);

export const revisionsOfIds = async (
  client: PoolClient | Pool,
  ids: readonly number[],
): Promise<Revision[]> =>
  revisionsOf(client, `SELECT ${revisionColumns} FROM claim_revision r WHERE r.id = ANY($1)`, [ids]);

/** Everything known of these persons' settlements. */
export const revisionsOfPersons = async (
  client: PoolClient,
  persons: readonly string[],
): Promise<Revision[]> =>
  revisionsOf(
    client,
    `SELECT ${revisionColumns} FROM claim_revision r WHERE r.psn_no = ANY($1) AND ${isKnown('r')}`,
    [persons],
  );

/** The content of a settlement that counts; `null`: none is known. */
export async function currentRevision(
  client: PoolClient,
  { fixmedins_code, setl_id }: Pick<Change, 'fixmedins_code' | 'setl_id'>,
): Promise<Revision | null> {
  const [revision] = await revisionsOf(
    client,
    `SELECT ${revisionColumns} FROM claim_revision r WHERE r.fixmedins_code = $1 AND r.setl_id = $2 AND ${isCurrent}`,
    [fixmedins_code, setl_id],
  );
  return revision ?? null;
}

export interface Company {
  /** Those that are the only revisions of their settlements: they count. */
  readonly sole: readonly Revision[];
  /** Those that are held back: what they touch is judged without them, and their documents are better not read. */
  readonly held: readonly Revision[];
  /**
   * All other known revisions of the settlements, of the settlements they refund or once refunded, and of everything else that refunds any of
   * these. Nearly always there is none, which one look at two indexes tells.
   */
  readonly companions: readonly Revision[];
}

export async function companyOf(client: PoolClient, own: readonly Revision[]): Promise<Company> {
  const ids = own.map(({ id }) => id);
  const { rows } = await client.query<{ id: number; held: boolean }>(
    prepared(
      `SELECT k.id, false AS held FROM claim_revision k
      WHERE k.id = ANY($1)
        AND (SELECT true FROM claim_revision WHERE ${ofSettlement} AND claim_revision.id <> k.id LIMIT 1) IS NOT NULL
     UNION ALL SELECT revision_id, true FROM held_revision WHERE revision_id = ANY($1)`,
      [ids],
    ),
  );
  const special = new Set(rows.map(({ id }) => id));
  const heldIds = new Set(rows.filter(({ held }) => held).map(({ id }) => id));
  const sole = own.filter(({ id }) => !special.has(id));
  const held = own.filter(({ id }) => heldIds.has(id));
  const accompanied = own.filter((one) => special.has(one.id) || one.isPartnered).map(({ id }) => id);
  if (accompanied.length === 0) return { sole, held, companions: [] };
  const companions = await revisionsOf(
    client,
    `WITH own AS (SELECT DISTINCT fixmedins_code, setl_id FROM claim_revision WHERE id = ANY($1)),
          revisions AS (SELECT r.fixmedins_code, r.setl_id, r.refd_setl_id FROM own k ${matching(ofSettlement)}),
          settled AS (SELECT fixmedins_code, setl_id FROM own
                      UNION SELECT fixmedins_code, refd_setl_id FROM revisions WHERE refd_setl_id IS NOT NULL),
          touched AS (SELECT fixmedins_code, setl_id FROM settled
                      UNION SELECT f.fixmedins_code, f.setl_id FROM settled k ${matching(refunding, 'f')})
     SELECT ${revisionColumns} FROM touched k ${matching(ofSettlement)}
      WHERE r.id NOT IN (SELECT unnest($2::bigint[])) AND ${isKnown('r')}`,
    [accompanied, ids],
  );
  return { sole, held, companions };
}

/** The trace codes that these documents carry. */
export function codesOf(claims: readonly CurrentClaim[]): Set<string> {
  const codes = new Set<string>();
  for (const current of claims)
    if (current.traced !== false)
      for (const { drug_trac_codg } of current.claim.traces ?? []) codes.add(drug_trac_codg);
  return codes;
}

/**
 * The same without reading the documents, for those that must not be read. There is no index for this question, which is asked only when a
 * claim that carries codes is set aside: the whole table is looked through.
 */
export async function codesWithoutReading(
  client: PoolClient,
  revisions: readonly Revision[],
): Promise<string[]> {
  const traced = revisions.filter((revision) => revision.traced);
  if (traced.length === 0) return [];
  const { rows } = await client.query<{ code: string }>(
    'SELECT DISTINCT drug_trac_codg AS code FROM trace_sale WHERE revision_id = ANY($1)',
    [traced.map(({ id }) => id)],
  );
  return rows.map(({ code }) => code);
}

/** Current claims of anybody that carry one of these trace codes, but for those among `known`. */
export async function carriersOf(
  client: PoolClient | Pool,
  codes: ReadonlySet<string>,
  known: readonly Revision[],
): Promise<Revision[]> {
  if (codes.size === 0) return [];
  return revisionsOf(
    client,
    `WITH carriers AS (SELECT s.revision_id AS id FROM unnest($1::text[]) AS c(code)
                        CROSS JOIN LATERAL (SELECT revision_id FROM trace_sale WHERE drug_trac_codg = c.code OFFSET 0) AS s
                       EXCEPT SELECT unnest($2::bigint[]))
     SELECT ${revisionColumns} FROM carriers k ${matching(ofId)} WHERE ${isCurrent}`,
    [[...codes], known.map(({ id }) => id)],
  );
}

/** Keeps everybody else from screening these persons until the transaction ends. Always in the same order, so that nobody waits in a ring. */
export async function lockPersons(client: PoolClient, persons: readonly string[]): Promise<void> {
  await client.query(
    prepared('SELECT 1 FROM person WHERE psn_no = ANY($1) ORDER BY psn_no FOR UPDATE', [persons]),
  );
}

/** Every claim whose verdict one of the changes can touch, and the documents needed to judge them. */
export interface Neighbourhood {
  /** Current claims to which a change can matter, the changed ones among them. */
  readonly near: readonly Revision[];
  /** Those, the claims asked for, the current claims that can matter to any of these, and what refunds or is refunded by any of them. */
  readonly documents: readonly Revision[];
}

/**
 * @param asked claims that are judged themselves, but do not bring in their neighbours
 * @param known current revisions that need not be read again
 */
export async function neighbourhoodOf(
  client: PoolClient | Pool,
  changes: readonly Change[],
  asked: readonly Change[],
  reach: Reach,
  known: readonly Revision[] = [],
): Promise<Neighbourhood> {
  const found = new Map<number, RevisionKeys | Revision>(known.map((revision) => [revision.id, revision]));
  const readOf = async (all: readonly (RevisionKeys | Revision)[]): Promise<Revision[]> => {
    const unread = all.filter((one): one is RevisionKeys => !(one instanceof Revision));
    for (const revision of await withDocuments(client, unread)) found.set(revision.id, revision);
    return all.flatMap(({ id }) => {
      const one = found.get(id);
      return one instanceof Revision ? [one] : [];
    });
  };
  const findIn = async (stretches: ReadonlyMap<string, Days>): Promise<void> => {
    for (const keys of await currentWithin(client, stretches, [...found.keys()])) found.set(keys.id, keys);
  };
  const around = new Map<string, Days>();
  const uses = new Map<Change, number>();
  const using = (claim: Change): number => {
    const known = uses.get(claim);
    if (known !== undefined) return known;
    let days = reach.longest;
    try {
      days = reach.using(claim.items ?? []);
    } catch {
      // What is held back may be unreadable: it may hold anything.
    }
    uses.set(claim, days);
    return days;
  };
  const seen = (claim: Change): number => Math.max(using(claim), reach.seen(kindOf(claim.med_type)));
  widen(around, changes, seen);
  widen(
    around,
    changes,
    ({ med_type }) => reach.seeing(kindOf(med_type)),
    ({ states_death }) => states_death,
  );
  widen(around, asked, seen);
  await findIn(around);
  const touched = touching(found.values(), changes, (one, change) =>
    matters(reach, one, change, using(change)),
  );
  const near = await readOf(touched);

  // Those that were not changed themselves look further, and not only at what was changed.
  const beyond = new Map<string, Days>();
  widen(beyond, near, seen);
  for (const [psn_no, { from, to }] of beyond) {
    const done = around.get(psn_no);
    if (done !== undefined && done.from <= from && done.to >= to) beyond.delete(psn_no);
  }
  await findIn(beyond);
  const context = touching(found.values(), [...near, ...asked], (one, judged) =>
    matters(reach, judged, one, using(judged)),
  );
  const documents = await readOf(context);
  return { near, documents: [...documents, ...(await partnersOf(client, documents))] };
}

interface Days {
  from: number;
  to: number;
}

/** Days from which on, and until which, everything about a person is concerned. */
const always: Days = { from: -2_000_000, to: 4_000_000 };

/** Widens what is looked at of each person by the days of these claims and so many before and after; by all days for some. */
function widen(
  stretches: Map<string, Days>,
  claims: Iterable<Change>,
  daysOf: (claim: Change) => number,
  isBoundless: (claim: Change) => boolean = () => false,
): void {
  for (const claim of claims) {
    const days = daysOf(claim);
    const { from, to } = isBoundless(claim)
      ? always
      : { from: claim.first_day - days, to: claim.last_day + days };
    const known = stretches.get(claim.psn_no);
    if (known === undefined) stretches.set(claim.psn_no, { from, to });
    else {
      known.from = Math.min(known.from, from);
      known.to = Math.max(known.to, to);
    }
  }
}

/**
 * Whether the one can change the verdict on the other, or is a content of the same settlement.
 * @param using days that one of them looks by what it uses
 */
function matters(reach: Reach, judged: Change, other: Change, using: number): boolean {
  if (other.states_death) return true;
  if (judged.setl_id === other.setl_id && judged.fixmedins_code === other.fixmedins_code) return true;
  const ofKinds = reach.between(kindOf(judged.med_type), kindOf(other.med_type));
  const days = using > 0 ? Math.max(using, ofKinds ?? 0) : ofKinds;
  return (
    days !== null && other.last_day >= judged.first_day - days && other.first_day <= judged.last_day + days
  );
}

/** Those that go with any of the claims of their person. */
function touching<Found extends Change>(
  found: Iterable<Found>,
  claims: Iterable<Change>,
  goWith: (one: Found, claim: Change) => boolean,
): Found[] {
  const persons = new Map<string, Change[]>();
  for (const claim of claims) {
    const list = persons.get(claim.psn_no);
    if (list === undefined) persons.set(claim.psn_no, [claim]);
    else list.push(claim);
  }
  return [...found].filter((one) => persons.get(one.psn_no)?.some((claim) => goWith(one, claim)) === true);
}

/** Current revisions of these persons in these days, and those that say something about their deaths, but for those known. */
async function currentWithin(
  client: PoolClient | Pool,
  stretches: ReadonlyMap<string, Days>,
  known: readonly number[],
): Promise<RevisionKeys[]> {
  if (stretches.size === 0) return [];
  const days = [...stretches.values()];
  return keysOf(
    client,
    `SELECT ${revisionColumns} FROM unnest($1::text[], $2::int[], $3::int[]) AS k(person, from_day, to_day)
       ${matching('psn_no = k.person AND last_day >= k.from_day AND first_day <= k.to_day')}
      WHERE r.id NOT IN (SELECT unnest($4::bigint[])) AND ${isCurrent}
     UNION ALL
     SELECT ${revisionColumns} FROM claim_revision r WHERE r.states_death AND r.psn_no = ANY($1) AND r.id NOT IN (SELECT unnest($4::bigint[])) AND ${isCurrent}`,
    [[...stretches.keys()], days.map(({ from }) => from), days.map(({ to }) => to), known],
  );
}

/** What these claims refund, and what refunds them or what they refund: read, however far away it lies. */
export async function partnersOf(
  client: PoolClient | Pool,
  claims: readonly Revision[],
): Promise<Revision[]> {
  const partnered = claims.filter((claim) => claim.isPartnered);
  if (partnered.length === 0) return [];
  return revisionsOf(
    client,
    `WITH own AS (SELECT fixmedins_code, setl_id, refd_setl_id FROM claim_revision WHERE id = ANY($1)),
          settled AS (SELECT fixmedins_code, setl_id FROM own
                      UNION SELECT fixmedins_code, refd_setl_id FROM own WHERE refd_setl_id IS NOT NULL),
          wanted AS (SELECT r.id FROM settled k ${matching(ofSettlement)}
                     UNION SELECT f.id FROM settled k ${matching(refunding, 'f')})
     SELECT ${revisionColumns} FROM wanted k ${matching(ofId)} WHERE ${isCurrent} AND r.id NOT IN (SELECT unnest($2::bigint[]))`,
    [partnered.map(({ id }) => id), claims.map(({ id }) => id)],
  );
}

/** The settlements not among `read` that carry one of these trace codes, with what refunds them: read, not judged. */
export async function salesElsewhere(
  client: PoolClient | Pool,
  codes: ReadonlySet<string>,
  read: readonly Revision[],
): Promise<Revision[]> {
  const carriers = await carriersOf(client, codes, read);
  const partners = await partnersOf(client, carriers);
  const known = new Set(read.map(({ id }) => id));
  return [...carriers, ...partners.filter(({ id }) => !known.has(id))];
}

export const keyOfChange = ({ fixmedins_code, setl_id }: Change): string => claimKey(fixmedins_code, setl_id);
