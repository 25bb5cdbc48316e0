/** By which rules claims are judged: a fixed set, or whatever is in force while a transaction lasts. */
import type { PoolClient } from 'pg';
import type { RuleSet } from '../rules/library.ts';

export interface RulesInForce {
  /** As this process last saw them. */
  readonly current: () => RuleSet;
  /** The rules in force, which nobody changes until this transaction ends. Asked before anything is locked or read. */
  readonly hold: (client: PoolClient) => Promise<RuleSet>;
}

/** Commands and tests bring a set of their own; processes follow what is in force. */
export type Rules = RuleSet | RulesInForce;

export const inForce = (rules: Rules): RulesInForce =>
  'hold' in rules ? rules : { current: () => rules, hold: async () => rules };
