import type { Ramp } from '../../rulebook/contract.ts';
import { count } from '../format.ts';
import type { Text } from '../language.tsx';

const placesShownMax = 12;

/** The places of a ramp in one line; of many the first, with their number. */
export function rampWords(
  { areas, institutions }: Ramp,
  { t }: Pick<Text, 't'>,
  nameOf: (area: string) => string,
): string {
  const places = [...areas.map(nameOf), ...institutions];
  const shown = places.slice(0, placesShownMax).join(t('value.separator'));
  return places.length > placesShownMax
    ? t('value.cut_list', { list: shown, n: count(places.length) })
    : shown;
}

/** What people put between places that they type or paste. */
export const separators = [',', '，', '、', ' '] as const;
