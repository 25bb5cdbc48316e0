/** What a case has said already of what its next acts ask for: what the party is called, who looks after it, and which penalty is meant. */
import type { CaseDetail } from '../../cases/view-contract.ts';

export interface Known {
  /** As its claims state it, until somebody states it for the case. */
  readonly party_name: string | undefined;
  readonly officers: readonly object[];
  readonly group: readonly object[];
  readonly penalty: object | null;
  /** The first piece of evidence whose amount nobody has established, and what is proposed for it. */
  readonly no: number | undefined;
  readonly confirmed_fen: number | undefined;
}

export function knownOf({
  subject_name,
  events,
  evidence,
}: Pick<CaseDetail, 'subject_name' | 'events' | 'evidence'>): Known {
  let officers: readonly object[] = [];
  let penalty: object | null = null;
  for (const { detail } of events) {
    if ('officers' in detail) officers = detail.officers;
    if ('penalty' in detail) penalty = detail.penalty;
  }
  const [first] = openAmounts({ evidence });
  return {
    party_name: subject_name ?? undefined,
    officers,
    group: officers,
    penalty,
    no: first?.no,
    confirmed_fen: first?.fen,
  };
}

/** Pieces whose amount nobody has established, each with what its review confirmed, or else with what was flagged. */
export const openAmounts = ({
  evidence,
}: Pick<CaseDetail, 'evidence'>): { readonly no: number; readonly fen: number }[] =>
  evidence
    .filter(({ flagged_fen, confirmed_fen }) => flagged_fen > 0 && confirmed_fen === null)
    .map(({ no, flagged_fen, reviewed_fen }) => ({
      no,
      fen: Math.min(flagged_fen, reviewed_fen ?? flagged_fen),
    }));
