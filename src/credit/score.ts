/** The score of one subject on a day, with everything it is made of. Depends on the entries alone, never on their order. */
import { formatDay } from '../platform/civil.ts';
import { countText } from '../platform/fill-contract.ts';
import { scoreBasePoints } from './base-points.ts';
import type { CreditEntry, Message } from './contract.ts';
import { pointsText } from './held.ts';
import { scoreLevels } from './levels.ts';
import { scoreNaturalYear } from './natural-year.ts';
import type { Scheme } from './scheme-contract.ts';
import type { Score } from './score-contract.ts';

/**
 * @param entries of one subject; what the scheme does not know is shown and counts nothing
 * @param asOf day number; later entries, revocations among them, are shown as not yet in effect
 */
export function score(entries: readonly CreditEntry[], scheme: Scheme, asOf: number): Score {
  const made = madeBy(entries, scheme, asOf);
  return {
    scheme: {
      code: scheme.code,
      area: scheme.area,
      name: scheme.name,
      is_example: scheme.is_example,
      method: scheme.method,
    },
    as_of: formatDay(asOf),
    ...made,
    summary: summaryOf(made, scheme),
  };
}

function madeBy(entries: readonly CreditEntry[], scheme: Scheme, asOf: number) {
  switch (scheme.method) {
    case 'natural_year':
      return scoreNaturalYear(entries, scheme, asOf);
    case 'base_points':
      return scoreBasePoints(entries, scheme, asOf);
    case 'levels':
      return scoreLevels(entries, scheme, asOf);
  }
}

function summaryOf(
  { points_hundredths, grade }: Pick<Score, 'points_hundredths' | 'grade'>,
  { is_example, method }: Scheme,
): Message {
  const points = points_hundredths === null ? null : pointsText(points_hundredths);
  const zh =
    points === null
      ? ''
      : method === 'natural_year'
        ? `本年度累计记 ${points} 分，`
        : `信用分 ${points} 分，`;
  const en =
    points === null ? '' : `${countText(points, 'point')}${method === 'natural_year' ? ' this year' : ''}, `;
  return {
    zh: `${zh}${grade.name.zh}${is_example ? '（示例方案）' : ''}`,
    en: `${en}${grade.name.en}${is_example ? ' (example scheme)' : ''}`,
  };
}
