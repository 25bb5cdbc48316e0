/** Credit of companies in pricing and procurement: the worst level that is in effect (三级：失信、严重失信、特别严重失信, 2025 revision). */
import { countText } from '../platform/fill-contract.ts';
import type { CreditEntry, Message } from './contract.ts';
import { type Held, holdOn, lineOf } from './held.ts';
import { addMonths } from './months.ts';
import { byDay } from './natural-year.ts';
import type { LevelsScheme } from './scheme-contract.ts';
import type { Score, ScoreLine } from './score-contract.ts';

export function scoreLevels(
  entries: readonly CreditEntry[],
  scheme: LevelsScheme,
  asOf: number,
): Pick<Score, 'points_hundredths' | 'lines' | 'steps' | 'suspensions' | 'grade' | 'consequences'> {
  const rules = new Map(scheme.facts.map((rule) => [rule.fact, rule]));
  const held = holdOn(entries, asOf, (fact) => rules.get(fact)?.name ?? { zh: fact, en: fact });
  const lines: ScoreLine[] = [...held.otherLines];
  let rank = 0;
  let because: number | null = null;
  for (const fact of held.facts) {
    const judged = judge(fact, rules.get(fact.fact), held, scheme, asOf);
    lines.push(judged.line, ...judged.repairs);
    if (judged.rank <= rank) continue;
    rank = judged.rank;
    because = fact.seq;
  }
  const grade = scheme.grades[rank];
  if (grade === undefined) throw new TypeError('a scheme has grades');
  const step: Message =
    because === null
      ? { zh: '没有在有效期内的失信行为', en: 'nothing that lowers the level is in effect' }
      : {
          zh: `有效期内最重的是第 ${because} 条，等级为${grade.name.zh}`,
          en: `the worst in effect is entry ${because}: ${grade.name.en}`,
        };
  return {
    points_hundredths: null,
    grade: { code: grade.code, name: grade.name, rank },
    consequences: grade.consequences,
    lines: lines.sort(byDay),
    steps: [step],
    suspensions: [],
  };
}

function judge(
  fact: Held['facts'][number],
  rule: LevelsScheme['facts'][number] | undefined,
  held: Held,
  scheme: LevelsScheme,
  asOf: number,
): { rank: number; line: ScoreLine; repairs: ScoreLine[] } {
  const without = (state: ScoreLine['state'], text: Message) => ({
    rank: 0,
    line: lineOf(fact, state, 0, text),
    repairs: repairs.map((repair) =>
      lineOf(repair, 'without_effect', 0, {
        zh: `修复第 ${fact.seq} 条，该条不计`,
        en: `Repairs entry ${fact.seq}, which does not count`,
      }),
    ),
  });
  const repairs = held.repairsOf(fact);
  if (rule === undefined)
    return without('not_in_scheme', {
      zh: `${fact.fact}：本方案不计此项`,
      en: `${fact.fact}: not in this scheme`,
    });
  const { name } = rule;
  if (asOf >= addMonths(fact.dayNumber, rule.effect_months))
    return without('expired', {
      zh: `${name.zh}：有效期 ${rule.effect_months} 个月已过`,
      en: `${name.en}: no longer in effect after ${countText(rule.effect_months, 'month')}`,
    });
  const needsValue = rule.levels.some(({ from }) => from > 0);
  if (needsValue && fact.value === null)
    return without('incomplete', {
      zh: `${name.zh}：缺少金额，不能定级`,
      en: `${name.en}: states no amount`,
    });
  const level = rule.levels.findLast(({ from }) => (fact.value ?? 0) >= from);
  const full = Math.max(
    0,
    scheme.grades.findIndex(({ code }) => code === level?.grade),
  );
  const due = addMonths(fact.dayNumber, scheme.repair.after_months);
  const done = repairs.filter(({ dayNumber }) => dayNumber >= due).length;
  const rank = Math.max(0, full - done * scheme.repair.levels);
  const gradeName = scheme.grades[rank]?.name ?? name;
  return {
    rank,
    line: lineOf(fact, 'counted', 0, {
      zh: `${name.zh}：${gradeName.zh}${rank < full ? `（修复前为${scheme.grades[full]?.name.zh ?? ''}）` : ''}`,
      en: `${name.en}: ${gradeName.en}${rank < full ? ` (${scheme.grades[full]?.name.en ?? ''} before repair)` : ''}`,
    }),
    repairs: repairs.map((repair) =>
      repair.dayNumber >= due
        ? lineOf(repair, 'counted', 0, {
            zh: `修复第 ${fact.seq} 条，提高 ${scheme.repair.levels} 级`,
            en: `Repairs entry ${fact.seq}: ${scheme.repair.levels} level up`,
          })
        : lineOf(repair, 'without_effect', 0, {
            zh: `修复第 ${fact.seq} 条：未满 ${scheme.repair.after_months} 个月，不生效`,
            en: `Repairs entry ${fact.seq}: before ${countText(scheme.repair.after_months, 'month')} have passed; without effect`,
          }),
    ),
  };
}
