/** The version of a rule that somebody asks about, ready to judge with the knowledge tables of today. */
import type { Database } from '../platform/database.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { type RuleSet, ruleSetOf, selectRules } from '../rules/library.ts';
import type { ExplainQuery, Explanation } from '../screening/explain-contract.ts';
import type { ActiveRules } from './active-service.ts';
import { stateAfter, type VersionState } from './states-contract.ts';
import { findNamedVersion, findVersion, documentOf, stepsOf, type StoredVersion } from './store.ts';

export interface ExplainedRule {
  /** With this rule alone, limited to where its ramp says. */
  readonly ruleSet: RuleSet;
  /** `null`: a rule of the files that was never registered. */
  readonly contentHash: string | null;
  readonly state: VersionState;
}

export type ExplainedRuleAnswer =
  | ({ readonly ok: true } & ExplainedRule)
  /** `unusable`: it cannot be compiled with the tables of today. */
  | { readonly ok: false; readonly why: 'unknown' | 'unusable' };

export interface ExplainedRuleDeps {
  readonly database: Pick<Database, 'pool'>;
  readonly knowledge: Knowledge;
  readonly rules: ActiveRules;
}

export async function ruleToExplain(
  { database: { pool }, knowledge, rules }: ExplainedRuleDeps,
  { rule, version }: Pick<ExplainQuery, 'rule' | 'version'>,
): Promise<ExplainedRuleAnswer> {
  const isHash = !rule.startsWith('FW-');
  const active = selectRules(
    rules.current(),
    ({ document, ...one }) => document.code === rule && (version === undefined || version === one.version),
  );
  if (!isHash && active.rules.length === 1)
    return { ok: true, ruleSet: active, contentHash: placedHash(rules, rule), state: 'active' };
  const stored = await storedVersion(pool, rule, version);
  if (stored === null) return { ok: false, why: 'unknown' };
  const steps = await stepsOf(pool, stored.content_hash);
  const about = {
    contentHash: stored.content_hash,
    state: stateAfter(steps.map(({ action }) => action)),
  };
  const placed = placedSet(rules, stored);
  if (placed !== null) return { ok: true, ruleSet: placed, ...about };
  try {
    return { ok: true, ruleSet: ruleSetOf([documentOf(stored)], knowledge), ...about };
  } catch {
    return { ok: false, why: 'unusable' };
  }
}

async function storedVersion(
  pool: Database['pool'],
  rule: string,
  version: string | undefined,
): Promise<StoredVersion | null> {
  if (!rule.startsWith('FW-')) return findVersion(pool, rule);
  if (version === undefined) return null;
  const stored =
    version.length === 64 ? await findVersion(pool, version) : await findNamedVersion(pool, rule, version);
  return stored?.code === rule ? stored : null;
}

/** In force or in shadow it judges where its ramp says, and nowhere else. */
function placedSet(rules: ActiveRules, { code, version, content_hash }: StoredVersion): RuleSet | null {
  const isIt = (ruleSet: RuleSet): RuleSet =>
    selectRules(ruleSet, ({ document, ...one }) => document.code === code && one.version === version);
  const shadow = rules.shadow();
  const inShadow = shadow.placements.some(({ contentHash }) => contentHash === content_hash);
  if (placedHash(rules, code) === content_hash) return isIt(rules.current());
  return inShadow ? isIt(shadow.ruleSet) : null;
}

const placedHash = (rules: ActiveRules, code: string): string | null =>
  rules.placements().find((placement) => placement.code === code)?.contentHash ?? null;

export function explanationOf(
  said: Omit<Explanation, 'rule'>,
  { ruleSet, contentHash, state }: ExplainedRule,
): Explanation {
  const [rule] = ruleSet.rules;
  if (rule === undefined) throw new Error('a rule that was explained is not there');
  return {
    ...said,
    rule: {
      code: rule.document.code,
      version: rule.version,
      content_hash: contentHash,
      state,
      in_force: state === 'active',
      document: rule.document,
      tables: rule.tables,
    },
  };
}
