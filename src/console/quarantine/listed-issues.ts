import type { ClaimIssue } from '../../claims/contract.ts';

/** The reasons of an entry, and how many there are with those that were not listed when it came in. */
export function listedIssues(issues: readonly ClaimIssue[]): { listed: ClaimIssue[]; total: number } {
  return {
    listed: issues.filter(({ more }) => more === undefined),
    total: issues.reduce((sum, { more }) => sum + (more ?? 1), 0),
  };
}
