/** What is read beside the visits of an institution on a day, before anything is judged: whoever was at work there may have worked elsewhere. */
import type { Pool, PoolClient } from 'pg';
import { isNationalCode } from '../claims/practitioners.ts';
import type { Rule } from '../rules/library.ts';
import { type LightVisit, practitionerRulesOf } from './window.ts';
import { visitsElsewhere } from './window-service.ts';
import { placesOf } from './window-store.ts';

/**
 * @param practitioners any codes; who has no national one works nowhere else
 * @returns the institution itself and every other at which one of them has worked, and the visits at these others
 */
export async function elsewhereOf(
  client: Pool | PoolClient,
  rules: readonly Rule[],
  {
    institution,
    day,
    practitioners,
  }: { readonly institution: string; readonly day: number; readonly practitioners: readonly string[] },
): Promise<{ readonly institutions: ReadonlySet<string>; readonly visits: readonly LightVisit[] }> {
  const ofPractitioners = practitionerRulesOf(rules);
  const national = ofPractitioners.length === 0 ? [] : practitioners.filter(isNationalCode);
  const places = await placesOf(client, national);
  return {
    institutions: new Set([institution, ...[...places.values()].flat()]),
    visits: await visitsElsewhere(client, ofPractitioners, { institution, days: [day], places }),
  };
}
