/** Parameters and entries of `let` that nothing in the rule asks for: who changes one believes to have changed the rule. */
import type { Message } from '../claims/contract.ts';
import type { RuleDocument } from './contract.ts';
import { placeholdersOf } from './message.ts';

export function unusedNotes({
  params,
  let: entries,
  each,
  conditions,
  stake,
  message,
}: RuleDocument): Message[] {
  const asked = new Set(
    Object.values(message).flatMap((text) => placeholdersOf(text).map(({ fact }) => fact)),
  );
  const askedParams = new Set<string>();
  const walk = (value: unknown): void => {
    // A text may be the name of a fact in any argument; a literal that happens to read the same only spares a note.
    if (typeof value === 'string') asked.add(value);
    if (typeof value !== 'object' || value === null) return;
    if ('param' in value && typeof value.param === 'string') askedParams.add(value.param);
    Object.values(value).forEach(walk);
  };
  [each, conditions, stake, ...Object.values(entries)].forEach(walk);
  const names = new Set([...asked].map((name) => name.split('.')[0]));
  return [
    ...Object.keys(params)
      .filter((name) => !askedParams.has(name))
      .map((name) => ({
        zh: `参数 ${name} 没有被用到：改它的取值不会改变规则`,
        en: `nothing uses the parameter ${name}: changing its value does not change the rule`,
      })),
    ...Object.keys(entries)
      .filter((name) => !names.has(name))
      .map((name) => ({
        zh: `let 中的 ${name} 没有被用到`,
        en: `nothing uses ${name} of let`,
      })),
  ];
}
