/** What is judged, and how near it came, as phrases. */
import type { NearRule, Subject } from '../../screening/explain-contract.ts';
import { missingWords, offByWords, type Titles } from '../fact-words.ts';
import { claimTime } from '../format.ts';
import type { Text } from '../language.tsx';

export function subjectWords({ unit, lines, lines_total, diagnosis, window }: Subject, { t }: Text): string {
  const [line] = lines;
  if (window !== undefined) {
    const { day, claims, persons, practitioner } = window;
    return [t('why.subject.window', { day, claims, persons }), practitioner ?? ''].join(' ').trim();
  }
  if (diagnosis !== null) return [diagnosis.diag_code, diagnosis.diag_name ?? ''].join(' ').trim();
  if (unit === 'claim' || line === undefined) return t('why.subject.claim');
  const item = `${line.item_name} ${line.med_list_codg} ${claimTime(line.fee_ocur_time)}`;
  return unit === 'line' ? item : `${t('why.subject.group', { n: lines_total })} · ${item}`;
}

export function nearnessWords(
  { failed, distance, absent }: Pick<NearRule, 'failed' | 'distance' | 'absent'>,
  text: Text,
): string {
  if (absent) return text.t('why.absent');
  const failing = text.t('why.failed', { n: failed });
  // Of several the sum orders them and says nothing by itself.
  return distance === null || failed !== 1 || distance === 1
    ? failing
    : `${failing}${text.t('value.separator')}${offByWords(distance, text)}`;
}

export const missingFactsWords = (missing: readonly string[], titles: Titles, text: Text): string =>
  text.t('why.missing', {
    facts: missing.map((name) => missingWords(name, titles, text)).join(text.t('value.separator')),
  });
