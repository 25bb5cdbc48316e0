/**
 * What a decided case says of the credit of its subject. Only a penalty does, and only of what the schemes know by the article that was
 * applied: the rest is entered by people. Pure.
 */
import type { CaseFile } from '../cases/case-of.ts';
import type { NewEntry } from './contract.ts';

/** Articles of the regulation on the supervision of the fund that punish its misuse by institutions (第三十八条) and fraud (第四十条). */
const misuseArticle = '38';
const fraudArticle = '40';

/** @returns `null`: it says nothing that a scheme counts */
export function factOfCase(caseNo: string, { subject, decision }: CaseFile): NewEntry | null {
  if (subject.kind !== 'institution' || decision?.kind !== 'penalty' || decision.penalty === null)
    return null;
  const { article, intent, refund_fen } = decision.penalty;
  const isFraud = article === fraudArticle || intent;
  if (!isFraud && article !== misuseArticle) return null;
  return {
    entry: 'fact',
    subject: { kind: 'institution', key: subject.key },
    day: decision.at.slice(0, 10),
    source: { reference: caseNo, sha256: null },
    fact: isFraud ? 'fund_fraud' : 'fund_misuse_decided',
    basis: 'case_decision',
    points: null,
    severity: null,
    responsibility: null,
    // A fraud counts whole; misuse by the money that is to be returned.
    value: isFraud ? null : refund_fen,
    event: caseNo,
    act: null,
  };
}
