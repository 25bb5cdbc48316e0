/** What a case has said already of what its next acts ask for: what the party is called, who looks after it, and which penalty is meant. */
import type { CaseDetail } from '../../cases/view-contract.ts';

export interface Known {
  /** As its claims state it, until somebody states it for the case. */
  readonly party_name: string | undefined;
  readonly officers: readonly object[];
  readonly group: readonly object[];
  readonly penalty: object | null;
  /** The first piece of evidence whose amount nobody has established. */
  readonly no: number | undefined;
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
  const no = evidence.find(({ flagged_fen, confirmed_fen }) => flagged_fen > 0 && confirmed_fen === null)?.no;
  return { party_name: subject_name ?? undefined, officers, group: officers, penalty, no };
}
