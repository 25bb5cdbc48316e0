/** Whether an entry can be scored: what is recorded is never changed, so that what cannot be judged is refused before. */
import type { CreditEntry, Message, NewEntry } from './contract.ts';
import { pointsOf } from './held.ts';
import type { Scheme } from './scheme-contract.ts';

/**
 * @param schemes of the place and day, for the kind of the subject
 * @param target the entry that is repaired or revoked; `null`: there is none of this number
 * @param today `yyyy-MM-dd`
 */
export function entryFault(
  entry: NewEntry,
  schemes: readonly Scheme[],
  target: CreditEntry | null,
  today: string,
): Message | null {
  if (entry.day > today) return { zh: '生效日在今天之后', en: 'It would take effect after today' };
  return entry.entry === 'fact' ? factFault(entry, schemes) : targetFault(entry, target);
}

function targetFault(
  entry: Exclude<NewEntry, { entry: 'fact' }>,
  target: CreditEntry | null,
): Message | null {
  const { kind, key } = entry.subject;
  if (target === null || target.subject.kind !== kind || target.subject.key !== key)
    return { zh: '所指条目不存在或不属同一主体', en: 'There is no such entry of this subject' };
  if (entry.day < target.day)
    return { zh: '早于所指条目的生效日', en: 'It is dated before the entry that it names' };
  if (entry.entry === 'repair')
    return target.entry === 'fact' ? null : { zh: '只有事实可以修复', en: 'Only facts are repaired' };
  return target.entry === 'revocation'
    ? { zh: '撤销不能再撤销，请另行记录事实', en: 'A revocation is not revoked; record the fact anew' }
    : null;
}

function factFault(fact: Extract<NewEntry, { entry: 'fact' }>, schemes: readonly Scheme[]): Message | null {
  let isKnown = false;
  for (const scheme of schemes) {
    const fault = faultUnder(scheme, fact);
    if (fault === 'unknown') continue;
    isKnown = true;
    if (fault !== null) return fault;
  }
  return isKnown
    ? null
    : { zh: `没有方案计“${fact.fact}”`, en: `No scheme for this kind of subject knows ${fact.fact}` };
}

function faultUnder(scheme: Scheme, fact: Extract<NewEntry, { entry: 'fact' }>): Message | 'unknown' | null {
  switch (scheme.method) {
    case 'natural_year': {
      const rule = scheme.facts.find((each) => each.fact === fact.fact);
      if (rule === undefined) return 'unknown';
      if (fact.points === null && fact.responsibility === null)
        return { zh: '须写明分值或责任程度', en: 'Points or the degree of responsibility must be stated' };
      if (fact.points !== null && (fact.points < rule.min || fact.points > rule.max))
        return {
          zh: `该档为 ${rule.min}–${rule.max} 分`,
          en: `The band is ${rule.min}–${rule.max} points`,
        };
      return null;
    }
    case 'base_points': {
      const rule = scheme.facts.find((each) => each.fact === fact.fact);
      if (rule === undefined) return 'unknown';
      return pointsOf(rule.points, { ...fact, seq: 1 }) === null
        ? { zh: '缺少定分所需的轻重或数值', en: 'The severity or measure that the points go by is missing' }
        : null;
    }
    case 'levels': {
      const rule = scheme.facts.find((each) => each.fact === fact.fact);
      if (rule === undefined) return 'unknown';
      return fact.value === null && rule.levels.some(({ from }) => from > 0)
        ? { zh: '缺少定级所需的金额', en: 'The amount that the level goes by is missing' }
        : null;
    }
  }
}
