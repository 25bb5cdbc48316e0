/**
 * What a signed check says of the credit of an institution: that problems were found, or the check refused; of a re-check, whether they were
 * put right. What is handed over for a case is counted by its decision, once. Pure.
 */
import type { NewEntry } from '../credit/contract.ts';
import type { ResultTerms } from './draws-contract.ts';
import type { TaskKind } from './on-site-contract.ts';
import { conclusionOf, heaviestOf, problemsOf } from './on-site-record.ts';

export interface SignedCheck {
  readonly id: number;
  readonly kind: TaskKind;
  readonly object_id: string;
  readonly record: string;
  readonly signed_sha256: string;
}

/** The name by which the ledger knows a check. */
export const checkReference = (id: number): string => `现场检查 ${id}`;

/** @returns `null`: it says nothing that a scheme counts */
export function factOfCheck(check: SignedCheck, { results }: Pick<ResultTerms, 'results'>): NewEntry | null {
  const problems = problemsOf(check.record);
  const { checked_on, result_code } = conclusionOf(check.record);
  const fact = factCode(
    check.kind,
    problems.length > 0,
    results.find(({ code }) => code === result_code),
  );
  if (fact === null) return null;
  const event = checkReference(check.id);
  return {
    entry: 'fact',
    subject: { kind: 'institution', key: check.object_id },
    day: checked_on,
    source: { reference: event, sha256: check.signed_sha256 },
    fact,
    basis: 'inspection_result',
    points: null,
    severity: fact === 'inspection_problem' ? heaviestOf(problems) : null,
    responsibility: null,
    value: null,
    event,
    act: null,
  };
}

function factCode(
  kind: TaskKind,
  hasProblem: boolean,
  result: ResultTerms['results'][number] | undefined,
): string | null {
  if (result === undefined) return null;
  if (kind !== 'recheck') return result.fact;
  if (hasProblem) return 'not_corrected';
  return result.problems === 'none' ? 'corrected_in_time' : result.fact;
}
