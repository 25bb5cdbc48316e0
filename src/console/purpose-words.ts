import { type Purpose, purposes } from '../claims/persons-contract.ts';
import type { Text } from './language.tsx';

const caseStart = 'case ';

/** A purpose as the audit log keeps it, in words. */
export function purposeWords(recorded: string | null, { t }: Text): string {
  if (recorded === null) return t('value.not_stated');
  const reason = purposes.find((each: Purpose) => each === recorded);
  if (reason !== undefined) return t(`purpose.${reason}`);
  return recorded.startsWith(caseStart)
    ? t('purpose.case_n', { number: recorded.slice(caseStart.length) })
    : recorded;
}
