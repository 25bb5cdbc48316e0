/** A small database with claims, the shipped library registered, and people who look after rules. */
import { readFile } from 'node:fs/promises';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { type Permission, permissionsOf } from '../../src/people/permissions.ts';
import { textOf } from '../../src/rulebook/content.ts';
import { type ActiveRules, openActiveRules } from '../../src/rulebook/active-service.ts';
import { registerLibrary } from '../../src/rulebook/library-service.ts';
import type { LifeDeps } from '../../src/rulebook/life-service.ts';
import type { Who } from '../../src/people/identify.ts';
import { insertVersion } from '../../src/rulebook/store.ts';
import { transaction } from '../../src/platform/database.ts';
import { type Examples, examplesSchema, type RuleDocument, ruleSchema } from '../../src/rules/contract.ts';
import { loadRuleSet, type RuleSet } from '../../src/rules/library.ts';
import { screenBatch } from '../../src/screening/service.ts';
import { asOf, claimOf } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { cityArea } from '../support/people.ts';
import { storeCanonical } from '../support/store-claims.ts';

export interface World extends TestDatabase {
  readonly library: RuleSet;
  readonly rules: ActiveRules;
  readonly deps: LifeDeps;
}

/** @param change what becomes of the shipped rules before they are registered */
export async function openWorld(change: (library: RuleSet) => RuleSet = (same) => same): Promise<World> {
  const held = await createTestDatabase();
  const library = change(await loadRuleSet('rules'));
  await registerLibrary(held.database, 'rules', library);
  const rules = await openActiveRules(held.database, library.knowledge);
  return {
    ...held,
    library,
    rules,
    deps: { database: held.database, knowledge: () => rules.current().knowledge, asOf: () => asOf },
  };
}

const who = (login: string, role: 'rule_author' | 'rule_approver'): Who => ({
  actor: { account: login, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
export const author = who('author-li', 'rule_author');
export const approver = who('approver-wang', 'rule_approver');
/** Whose role was changed: may do both, and is still one person. */
export const both: Who = {
  ...author,
  permissions: [...author.permissions, 'rules.approve'] satisfies Permission[],
};

export const splitCode = 'FW-STAY-SPLIT';

export interface RuleTexts {
  readonly document: RuleDocument;
  readonly examples: Examples;
}

/** The shipped rule about split stays, with another number of days and examples of its own; `border`: the gap that the last one expects to hit. */
export async function splitRule(days: number, border: number = days): Promise<RuleTexts> {
  const document = ruleSchema.parse(JSON.parse(await readFile('rules/library/fw-stay-split.json', 'utf8')));
  const param = document.params['gap_days_max'];
  if (param === undefined) throw new Error('the rule lost its parameter');
  const changed: RuleDocument = {
    ...document,
    params: { ...document.params, gap_days_max: { ...param, value: days } },
  };
  const example = (
    name: string,
    kind: Examples['examples'][number]['kind'],
    gap: number,
    found: boolean,
  ): Examples['examples'][number] => ({
    name: { zh: `间隔 ${gap} 天`, en: name },
    kind,
    claims: [stay('S1', 1, 3), stay('S2', 3 + gap, 5 + gap)],
    findings: found ? [{ setl_id: 'S2' }] : [],
  });
  return {
    document: changed,
    examples: examplesSchema.parse({
      rule: splitCode,
      base: { claim: {}, line: {} },
      examples: [
        example('soon again', 'hit', 2, true),
        example('too long ago', 'near_miss', border + 1, false),
        example('as long as it may be', 'border', border, true),
      ],
    }),
  };
}

/** A version as a draft makes it. @returns its hash */
export async function storeVersion(
  { database }: Pick<TestDatabase, 'database'>,
  { document, examples }: RuleTexts,
  by: string = author.actor.account,
): Promise<string> {
  const text = textOf({ document, examples });
  await transaction(database, (client) =>
    insertVersion(client, { ...text, code: document.code, origin: 'written', author: by, based_on: null }),
  );
  return text.content_hash;
}

/** A stay of this person from the one day of January 2026 to the other. */
export const stay = (setl_id: string, from: number, to: number, psn_no = 'P1'): ClaimInput => {
  const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}`;
  return claimOf({
    setl_id,
    setl_time: `${day(to)} 10:00:00`,
    person: { psn_no, gend: '1', brdy: '1980-01-01' },
    visit: {
      mdtrt_id: `M-${setl_id}`,
      med_type: '21',
      begntime: `${day(from)} 08:00:00`,
      endtime: `${day(to)} 09:00:00`,
    },
    diagnoses: [
      { diag_srt_no: 1, maindiag_flag: '1', diag_type: '1', diag_code: 'J18.900', diag_name: '肺炎' },
    ],
    lines: [
      {
        feedetl_sn: '1',
        med_list_codg: '001201000030000',
        fee_ocur_time: `${day(from)} 09:00:00`,
        cnt: 1,
        pric: '25.00',
        det_item_fee_sumamt: 25,
      },
    ],
  });
};

/** Stores claims and screens their batches as a worker does. */
export async function stream(world: World, claims: readonly ClaimInput[]): Promise<void> {
  for (const batch of await store(world, claims))
    await screenBatch(world.database, world.vault, world.rules, batch);
}

/** @returns the batches that wait */
export async function store(world: World, claims: readonly ClaimInput[]): Promise<readonly number[]> {
  const read = claims.map((input) => {
    const result = canonicalClaim(input, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  return (await storeCanonical(world, read)).batchIds;
}

/** Active findings of a rule, as `setl_id version`. */
export async function findingsOf(
  { database }: Pick<TestDatabase, 'database'>,
  code: string,
): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT setl_id || ' ' || rule_version AS name FROM finding WHERE rule_code = $1 AND state = 'active' ORDER BY 1`,
    [code],
  );
  return rows.map(({ name }) => name);
}
