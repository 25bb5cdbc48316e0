/**
 * Deductions from a base, by groups with a weight each, with effect periods, decay, ceilings and repair. Every line is of its own; caps
 * and ceilings are steps that are shown. Because caps are minima of sums and ceilings are maxima of ranks, a further violation can only
 * lower the score or leave it.
 */
import { countText } from '../platform/fill-contract.ts';
import type { CreditEntry, Message } from './contract.ts';
import { actKeyOf, type Held, holdOn, lineOf, pointsOf, pointsText } from './held.ts';
import { addMonths } from './months.ts';
import { byDay } from './natural-year.ts';
import type { BasePointsScheme } from './scheme-contract.ts';
import type { Score, ScoreLine } from './score-contract.ts';

type HeldFact = Held['facts'][number];
type Rule = BasePointsScheme['facts'][number];

interface Weighed {
  readonly fact: HeldFact;
  readonly rule: Rule;
  readonly hundredths: number;
  readonly ceiling: number;
  readonly why: Message;
}

export function scoreBasePoints(
  entries: readonly CreditEntry[],
  scheme: BasePointsScheme,
  asOf: number,
): Pick<Score, 'points_hundredths' | 'lines' | 'steps' | 'suspensions' | 'grade' | 'consequences'> {
  const rules = new Map(scheme.facts.map((rule) => [rule.fact, rule]));
  const held = holdOn(entries, asOf, (fact) => rules.get(fact)?.name ?? { zh: fact, en: fact });
  const lines: ScoreLine[] = [...held.otherLines];
  const weighed: Weighed[] = [];
  for (const fact of held.facts) {
    const rule = rules.get(fact.fact);
    const result = rule === undefined ? notInScheme(fact) : weigh(fact, rule, held, scheme, asOf);
    if ('state' in result) lines.push(result);
    else weighed.push(result);
    lines.push(...repairLines(fact, rule?.kind === 'violation', held, scheme));
  }
  const steps: Message[] = [
    { zh: `基准分 ${scheme.base} 分`, en: `${countText(scheme.base, 'point')} to begin with` },
  ];
  let total = scheme.base * 100;
  for (const group of scheme.groups) {
    const ofGroup = weighed.filter(({ rule }) => rule.group === group.code);
    const { taken, given, absorbed } = sums(ofGroup);
    for (const each of ofGroup) lines.push(lineOfWeighed(each, absorbed.get(each.fact.seq)));
    const deducted = Math.min(taken, group.deduct_max * 100);
    const added = Math.min(given, group.add_max * 100);
    total += added - deducted;
    if (taken + given > 0) steps.push(groupStep(group, { taken, deducted, given, added }));
  }
  const points = Math.min(scheme.highest * 100, Math.max(0, total));
  steps.push(
    points === total
      ? { zh: `合计 ${pointsText(points)} 分`, en: `${pointsText(points)} in all` }
      : {
          zh: `合计 ${pointsText(total)} 分，以 0 至 ${scheme.highest} 分为限，计 ${pointsText(points)} 分`,
          en: `${pointsText(total)} in all, kept within 0 and ${scheme.highest}: ${pointsText(points)}`,
        },
  );
  const byPoints = scheme.grades.findIndex(
    ({ from_points }) => from_points !== null && points >= from_points * 100,
  );
  const lowest = scheme.grades.findLastIndex(({ from_points }) => from_points !== null);
  const rankOfPoints = byPoints < 0 ? lowest : byPoints;
  const rank = Math.max(rankOfPoints, ...weighed.map(({ ceiling }) => ceiling));
  const grade = scheme.grades[rank];
  if (grade === undefined) throw new TypeError('a scheme has grades');
  if (rank > rankOfPoints) {
    const because = weighed.find(({ ceiling }) => ceiling === rank);
    steps.push({
      zh: `按分值为 ${scheme.grades[rankOfPoints]?.name.zh ?? ''}；因第 ${because?.fact.seq ?? 0} 条（${because?.rule.name.zh ?? ''}），等级不高于 ${grade.name.zh}`,
      en: `${scheme.grades[rankOfPoints]?.name.en ?? ''} by points; not above ${grade.name.en} because of entry ${because?.fact.seq ?? 0} (${because?.rule.name.en ?? ''})`,
    });
  }
  return {
    points_hundredths: points,
    grade: { code: grade.code, name: grade.name, rank },
    consequences: grade.consequences,
    lines: lines.sort(byDay),
    steps,
    suspensions: [],
  };
}

const notInScheme = (fact: HeldFact): ScoreLine =>
  lineOf(fact, 'not_in_scheme', 0, {
    zh: `${fact.fact}：本方案不计此项`,
    en: `${fact.fact}: not in this scheme`,
  });

function weigh(
  fact: HeldFact,
  rule: Rule,
  held: Held,
  scheme: BasePointsScheme,
  asOf: number,
): Weighed | ScoreLine {
  const { name } = rule;
  if (asOf >= addMonths(fact.dayNumber, rule.effect_months))
    return lineOf(fact, 'expired', 0, {
      zh: `${name.zh}：有效期 ${rule.effect_months} 个月已过，不再计分`,
      en: `${name.en}: no longer in effect after ${countText(rule.effect_months, 'month')}`,
    });
  const points = pointsOf(rule.points, fact);
  if (points === null)
    return lineOf(fact, 'incomplete', 0, {
      zh: `${name.zh}：缺少定分所需的轻重或数值，不能计分`,
      en: `${name.en}: states neither the severity nor the measure that the points go by`,
    });
  const decay = rule.decay.reduce(
    (least, { after_months, percent }) =>
      asOf >= addMonths(fact.dayNumber, after_months) ? Math.min(least, percent) : least,
    100,
  );
  const isRepaired =
    rule.kind === 'violation' && held.repairsOf(fact).some((repair) => isDue(fact, repair, scheme));
  const kept = isRepaired ? scheme.repair.percent : 100;
  // Hundredths of a point: both percentages are whole, so that the product is divided once, and rounded towards the subject.
  const hundredths = Math.floor((points * 100 * decay * kept) / 10_000);
  const at = scheme.grades.findIndex(({ code }) => code === rule.ceiling);
  const isLifted = isRepaired && scheme.repair.lifts_ceiling;
  return {
    fact,
    rule,
    hundredths,
    ceiling: rule.kind === 'violation' && !isLifted ? Math.max(0, at) : 0,
    why: {
      zh: [
        ...(decay < 100 ? [`已过较久，按 ${decay}% 计`] : []),
        ...(isRepaired ? [`已修复，按 ${kept}% 计`] : []),
      ].join('，'),
      en: [
        ...(decay < 100 ? [`counts ${decay}% after this time`] : []),
        ...(isRepaired ? [`repaired, counts ${kept}%`] : []),
      ].join(', '),
    },
  };
}

const isDue = (
  fact: HeldFact,
  repair: { readonly dayNumber: number },
  { repair: { after_months } }: BasePointsScheme,
): boolean => repair.dayNumber >= addMonths(fact.dayNumber, after_months);

const repairLines = (
  fact: HeldFact,
  isViolation: boolean,
  held: Held,
  scheme: BasePointsScheme,
): ScoreLine[] =>
  held.repairsOf(fact).map((repair) => {
    if (!isViolation)
      return lineOf(repair, 'without_effect', 0, {
        zh: `修复第 ${fact.seq} 条：该条不是扣分项，不生效`,
        en: `Repairs entry ${fact.seq}, which takes no points; without effect`,
      });
    return isDue(fact, repair, scheme)
      ? lineOf(repair, 'counted', 0, {
          zh: `修复第 ${fact.seq} 条，该条按 ${scheme.repair.percent}% 计`,
          en: `Repairs entry ${fact.seq}, which counts ${scheme.repair.percent}%`,
        })
      : lineOf(repair, 'without_effect', 0, {
          zh: `修复第 ${fact.seq} 条：未满 ${scheme.repair.after_months} 个月，不生效`,
          en: `Repairs entry ${fact.seq}: before ${countText(scheme.repair.after_months, 'month')} have passed; without effect`,
        });
  });

/** Of the facts of one conduct in a group the heaviest counts. */
function sums(ofGroup: readonly Weighed[]): {
  taken: number;
  given: number;
  absorbed: ReadonlyMap<number, number>;
} {
  const absorbed = new Map<number, number>();
  const heaviest = new Map<string, Weighed>();
  for (const each of ofGroup) {
    const key = `${each.rule.kind} ${actKeyOf(each.fact)}`;
    const before = heaviest.get(key);
    if (before === undefined) heaviest.set(key, each);
    else if (each.hundredths > before.hundredths) {
      absorbed.set(before.fact.seq, each.fact.seq);
      heaviest.set(key, each);
    } else absorbed.set(each.fact.seq, before.fact.seq);
  }
  let taken = 0;
  let given = 0;
  for (const { rule, hundredths } of heaviest.values())
    if (rule.kind === 'violation') taken += hundredths;
    else given += hundredths;
  return { taken, given, absorbed };
}

function lineOfWeighed({ fact, rule, hundredths, why }: Weighed, absorbedBy: number | undefined): ScoreLine {
  const { name } = rule;
  if (absorbedBy !== undefined)
    return lineOf(fact, 'absorbed', 0, {
      zh: `${name.zh}：与第 ${absorbedBy} 条为同一行为，按较重的计，不重复计分`,
      en: `${name.en}: the same conduct as entry ${absorbedBy}, which counts as the heavier one`,
    });
  const isViolation = rule.kind === 'violation';
  return lineOf(fact, 'counted', isViolation ? -hundredths : hundredths, {
    zh: `${name.zh}：${isViolation ? '扣' : '加'} ${pointsText(hundredths)} 分${why.zh === '' ? '' : `（${why.zh}）`}`,
    en: `${name.en}: ${isViolation ? '-' : '+'}${countText(pointsText(hundredths), 'point')}${why.en === '' ? '' : ` (${why.en})`}`,
  });
}

function groupStep(
  { name, deduct_max, add_max }: BasePointsScheme['groups'][number],
  { taken, deducted, given, added }: { taken: number; deducted: number; given: number; added: number },
): Message {
  const parts = [
    ...(taken > 0
      ? [
          {
            zh: `扣 ${pointsText(deducted)} 分${deducted < taken ? `（应扣 ${pointsText(taken)} 分，本组最多扣 ${deduct_max} 分）` : ''}`,
            en: `-${pointsText(deducted)}${deducted < taken ? ` (of ${pointsText(taken)}; at most ${deduct_max} here)` : ''}`,
          },
        ]
      : []),
    ...(given > 0
      ? [
          {
            zh: `加 ${pointsText(added)} 分${added < given ? `（应加 ${pointsText(given)} 分，本组最多加 ${add_max} 分）` : ''}`,
            en: `+${pointsText(added)}${added < given ? ` (of ${pointsText(given)}; at most ${add_max} here)` : ''}`,
          },
        ]
      : []),
  ];
  return {
    zh: `${name.zh}：${parts.map(({ zh }) => zh).join('，')}`,
    en: `${name.en}: ${parts.map(({ en }) => en).join(', ')}`,
  };
}
