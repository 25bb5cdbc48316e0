/** Reads the answers of a 3103 request. Pure. */
import { type FeedbackData, reasonCharsMax, type WarnDto } from './contract.ts';
import { textOf } from './scalar.ts';
import type { Refusal } from './translate.ts';

export interface Feedback {
  readonly jr_id: string;
  readonly warn_type: '1' | '2';
  readonly dspo_way: '1' | '2';
  readonly reason: string | null;
}

export type FeedbackReading =
  | { ok: true; answers: readonly Feedback[] }
  | { ok: false; refusals: readonly Refusal[] };

/** Of several answers to one warning in a request the last one counts. */
export function feedbackOf(data: FeedbackData): FeedbackReading {
  const refusals: Refusal[] = [];
  const warn_type = textOf(data.warn_type);
  if (warn_type !== '1' && warn_type !== '2')
    return { ok: false, refusals: [{ path: 'warn_type', zh: '应为 1（事前）或 2（事中）' }] };
  const warns = warnsOf(data.warns);
  if (warns.length === 0) refusals.push({ path: 'warns', zh: '没有任何处理数据' });
  const answers = new Map<string, Feedback>();
  for (const [index, warn] of warns.entries()) {
    const jr_id = textOf(warn.warn_rslt_id);
    const dspo_way = textOf(warn.dspo_way);
    const reason = textOf(warn.dspo_way_rea) ?? null;
    if (jr_id === undefined) refusals.push({ path: `warns[${index}].warn_rslt_id`, zh: '缺少违规标识' });
    if (dspo_way !== '1' && dspo_way !== '2')
      refusals.push({ path: `warns[${index}].dspo_way`, zh: '应为 1（继续执行）或 2（返回修改）' });
    else if (dspo_way === '1' && reason === null)
      refusals.push({ path: `warns[${index}].dspo_way_rea`, zh: '选择继续执行时必须填写原因' });
    else if (reason !== null && reason.length > reasonCharsMax)
      refusals.push({ path: `warns[${index}].dspo_way_rea`, zh: `超过 ${reasonCharsMax} 个字符` });
    else if (jr_id !== undefined)
      answers.set(jr_id, { jr_id, warn_type, dspo_way, reason: reason === null ? null : masked(reason) });
  }
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, answers: [...answers.values()] };
}

function warnsOf(warns: FeedbackData['warns']): WarnDto[] {
  if (warns === null || warns === undefined || warns === '') return [];
  return Array.isArray(warns) ? warns : [warns];
}

/** Doctors write freely; numbers as long as those of telephones and certificates are kept out of the database. */
const masked = (reason: string): string =>
  reason.replaceAll(/\d{8,}[\dXx]?/g, '********').replaceAll('\0', '');
