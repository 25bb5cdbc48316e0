/** Explains stored claims: what is known around the claim is read as the stream reads it. Nothing is locked and nothing is written. */
import type { PoolClient } from 'pg';
import { isKnown } from '../claims/current.ts';
import { sees, type Sight } from '../people/sight.ts';
import { type Database, transaction } from '../platform/database.ts';
import type { RuleSet } from '../rules/library.ts';
import { dayOf } from '../platform/civil.ts';
import { type Around, type Asked, explained, nearest } from './explain.ts';
import { type NamedClaim, type Near, type Explanation, windowExplainedMax } from './explain-contract.ts';
import type { House } from '../rules/window.ts';
import { nationalCodesOf } from '../claims/practitioners.ts';
import { elsewhereOf } from './window-elsewhere.ts';
import { housesOf, visitsAround } from './window-service.ts';
import { windowRulesOf } from './window.ts';
import { codesOf, currentRevision, neighbourhoodOf, type Revision, salesElsewhere } from './neighbours.ts';
import { planForFewRows } from './plans.ts';
import { reachOf } from './reach.ts';
import { byPerson, contextsOf } from './screen-all.ts';

/** `held_back`: the claim is being tried, or cannot be screened, and is as if it had not come. */
export type Explained<Said> =
  | { readonly ok: true; readonly said: Said }
  | { readonly ok: false; readonly why: 'unknown' | 'held_back' };

/** @param ruleSet holds the one rule that is asked about */
export const explainClaim = async (
  database: Pick<Database, 'pool'>,
  ruleSet: RuleSet,
  name: NamedClaim,
  sight: Sight,
): Promise<Explained<Omit<Explanation, 'rule'>>> =>
  onClaim(database, ruleSet, name, sight, (asked) => explained(asked, ruleSet));

export const nearClaim = async (
  database: Pick<Database, 'pool'>,
  ruleSet: RuleSet,
  name: NamedClaim,
  sight: Sight,
): Promise<Explained<Near>> => onClaim(database, ruleSet, name, sight, (asked) => nearest(asked, ruleSet));

/** Whether an active finding is about the settlement: whoever may read findings alone sees no other claims. */
export async function isFoundClaim(
  { pool }: Pick<Database, 'pool'>,
  { fixmedins_code, setl_id }: NamedClaim,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM finding WHERE fixmedins_code = $1 AND setl_id = $2 AND state = 'active' LIMIT 1`,
    [fixmedins_code, setl_id],
  );
  return rowCount === 1;
}

async function onClaim<Said>(
  database: Pick<Database, 'pool'>,
  ruleSet: RuleSet,
  name: NamedClaim,
  sight: Sight,
  say: (asked: Asked) => Promise<Said>,
): Promise<Explained<Said>> {
  if (!sees(sight, name.fixmedins_code)) return { ok: false, why: 'unknown' };
  const read = await transaction(database, async (client) => {
    await client.query(asOfOneMoment);
    await planForFewRows(client);
    return readAround(client, ruleSet, name);
  });
  return 'why' in read ? { ok: false, why: read.why } : { ok: true, said: await say({ ...read, sight }) };
}

const asOfOneMoment = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY';

async function readAround(
  client: PoolClient,
  ruleSet: RuleSet,
  name: NamedClaim,
): Promise<Omit<Asked, 'sight'> | { readonly why: 'unknown' | 'held_back' }> {
  const revision = await currentRevision(client, name);
  if (revision === null) return { why: (await isHeldBack(client, name)) ? 'held_back' : 'unknown' };
  const { documents } = await neighbourhoodOf(client, [], [revision], reachOf(ruleSet));
  const elsewhere = await salesElsewhere(client, codesOf(documents), documents);
  const psnNoOf = ({ psn_no }: { psn_no: string }): string => psn_no;
  const timelines = byPerson(documents, psnNoOf);
  const own = timelines.get(revision.psn_no) ?? [];
  return {
    context: contextsOf(timelines, byPerson(elsewhere, psnNoOf))(revision.psn_no, own),
    claim: { claim: revision.claim, contentHash: revision.contentHash },
    ...(windowRulesOf(ruleSet).length === 0 ? {} : { around: await aroundOf(client, ruleSet, revision) }),
  };
}

/** The institution on the day on which the visit began, and as long before as windows reach back. */
async function aroundOf(client: PoolClient, ruleSet: RuleSet, { claim }: Revision): Promise<Around> {
  const rules = windowRulesOf(ruleSet);
  const day = dayOf(claim.visit.begntime.slice(0, 10)) ?? 0;
  const institution = claim.institution.fixmedins_code;
  const here = await visitsAround(client, rules, institution, [day]);
  const elsewhere = await elsewhereOf(client, rules, {
    institution,
    day,
    practitioners: nationalCodesOf(claim),
  });
  const visits = [...here, ...elsewhere.visits];
  const isWhole = visits.length <= windowExplainedMax;
  const least = isWhole ? () => any : undefined;
  let house: House = new Map();
  for await (const part of housesOf(
    client,
    rules,
    [...elsewhere.institutions],
    visits,
    (_rule, at) => at === day,
    least,
  ))
    house = part.house;
  return { house, isWhole };
}

const any = { persons: 1, visits: 1, dayPersons: 1, dayVisits: 1 };

async function isHeldBack(client: PoolClient, { fixmedins_code, setl_id }: NamedClaim): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM claim_revision r WHERE r.fixmedins_code = $1 AND r.setl_id = $2 AND NOT ${isKnown('r')} LIMIT 1`,
    [fixmedins_code, setl_id],
  );
  return rowCount === 1;
}
