/** The rules in force and those of the rulebook as one list: one row a code. */
import type { Message } from '../../claims/contract.ts';
import type { RulebookList } from '../../rulebook/contract.ts';
import type { VersionState } from '../../rulebook/states-contract.ts';
import type { RulesList } from '../../rules/contract.ts';

export interface ListedRule {
  readonly code: string;
  readonly name: Message | null;
  readonly inForce: RulesList['rules'][number] | null;
  /** Where its versions stand, as far as it matters: in force, in shadow, the latest, and drafts. */
  readonly states: readonly VersionState[];
  readonly isRamped: boolean;
  readonly versions: number;
  /** What is searched, in small letters. */
  readonly text: string;
}

/** @param book `undefined`: whoever looks may see only what is in force */
export function listedRules(inForce: RulesList, book: RulebookList | undefined): ListedRule[] {
  const active = new Map(inForce.rules.map((rule) => [rule.document.code, rule]));
  const known = new Map(book?.rules.map((rule) => [rule.code, rule]));
  const drafted = new Set(book?.drafts.map(({ code }) => code));
  const codes = [...new Set([...active.keys(), ...known.keys(), ...drafted])].toSorted();
  return codes.map((code) => {
    const rule = active.get(code) ?? null;
    const entry = known.get(code);
    const name = entry?.latest.name ?? rule?.document.name ?? null;
    return {
      code,
      name,
      inForce: rule,
      states: standings(entry, drafted.has(code)),
      isRamped: entry?.active?.ramp != null,
      versions: entry?.versions ?? 0,
      text: [code, name?.zh, name?.en, ...(rule?.document.national ?? [])].join(' ').toLowerCase(),
    };
  });
}

function standings(entry: RulebookList['rules'][number] | undefined, isDrafted: boolean): VersionState[] {
  const states = new Set<VersionState>();
  if (entry?.active != null) states.add('active');
  if (entry?.shadow != null) states.add('shadow');
  if (entry !== undefined && (states.size === 0 || isUnderWay(entry.latest.state)))
    states.add(entry.latest.state);
  if (isDrafted) states.add('draft');
  return [...states];
}

const isUnderWay = (state: VersionState): boolean =>
  state === 'review' || state === 'approved' || state === 'paused' || state === 'rejected';
