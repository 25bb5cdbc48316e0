/** What everybody may see of a check beside the draws, and when: as of those that were drawn. Only listed fields are copied. Pure. */
import type { ResultTerms } from '../inspection/draws-contract.ts';
import { isOverdue, type PublishedResult } from '../inspection/overdue.ts';
import { areaOf } from '../people/sight.ts';
import type { Party, PublicCheck } from './contract.ts';
import { personalFaults } from '../cases/personal-text.ts';

export interface HeldCheck extends Pick<PublicCheck, 'id' | 'kind' | 'from_day' | 'due_day' | 'recheck_of'> {
  readonly object: { readonly object_id: string; readonly name: string; readonly admdvs: string };
  /** What was found, by the last entry in the list of results; `null`: it is not done. */
  readonly record: (PublishedResult & { readonly result_code: string }) | null;
}

/** `null`: nobody is to know of it yet. @param today `yyyy-MM-dd` */
export function publicCheck(
  { id, kind, object, from_day, due_day, recheck_of, record }: HeldCheck,
  { announced, publish_days, results }: Pick<ResultTerms, 'announced' | 'publish_days' | 'results'>,
  today: string,
): PublicCheck | null {
  const overdue = isOverdue(record, due_day, today, publish_days);
  const isTold = record !== null || announced.includes(kind);
  if (!isTold && !overdue) return null;
  return {
    id,
    kind,
    party: isTold ? partyOf(object) : null,
    area: isTold ? object.admdvs : null,
    from_day,
    due_day,
    recheck_of: isTold ? recheck_of : null,
    checked_on: record?.checked_on ?? null,
    result: record === null ? null : (results.find(({ code }) => code === record.result_code)?.title ?? null),
    overdue,
  };
}

/** Whatever is called or numbered as a person is said to be one, and nothing more. */
function partyOf({ object_id, name }: HeldCheck['object']): Party {
  const isPerson =
    personalFaults(name).length > 0 || (areaOf(object_id) === null && /^\d{17}[\dX]$/i.test(object_id));
  return isPerson ? { kind: 'person' } : { kind: 'institution', code: object_id, name };
}
