/** What rules would say of claims: the values that `preview-service.ts` gives out. */
import type { Finding } from './contract.ts';
import type { PersonVerdict } from './screen.ts';

/** A settlement of one of the persons, as it counts. */
export interface PreviewedClaim {
  readonly fixmedins_code: string;
  readonly setl_id: string;
  /** Day number of its begin. */
  readonly first_day: number;
}

export interface Preview {
  readonly claims: ReadonlyMap<string, PreviewedClaim>;
  /** What each of the rule sets says of these claims, in the order of the sets. */
  readonly verdicts: readonly (readonly PersonVerdict[])[];
}

/** By finding id; of two rule sets with one code the same hit has the same id. */
export const findingsById = (verdicts: readonly PersonVerdict[]): Map<string, Finding> =>
  new Map(verdicts.flatMap(({ findings }) => findings).map((finding) => [finding.finding_id, finding]));
