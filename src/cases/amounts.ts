/** Money of a case by stage, never mixed: what was flagged, what an officer confirmed, what was decided, what came back. Fen. Pure. */
import type { CaseFile } from './case-of.ts';

export interface Amounts {
  readonly flagged_fen: number;
  readonly confirmed_fen: number;
  readonly refund_decided_fen: number;
  readonly fine_decided_fen: number;
  readonly recovered_fen: number;
  readonly fine_paid_fen: number;
}

export function amountsOf({ evidence, decision, recovered_fen, fine_paid_fen }: CaseFile): Amounts {
  const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);
  return {
    flagged_fen: sum(evidence.map((piece) => piece.flagged_fen)),
    confirmed_fen: sum(evidence.map((piece) => piece.confirmed_fen ?? 0)),
    refund_decided_fen: decision?.penalty?.refund_fen ?? 0,
    fine_decided_fen: decision?.penalty?.fine_fen ?? 0,
    recovered_fen,
    fine_paid_fen,
  };
}
