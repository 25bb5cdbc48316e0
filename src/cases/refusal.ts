/** Whether somebody may do something in a case now, and if not, why: the table, the role and every guard, in this order. Pure. */
import type { Message } from '../claims/contract.ts';
import type { CaseRole, CaseState, Command, EvidenceRef } from './contract.ts';
import { type Attempt, guards } from './guards.ts';
import { actions, table } from './transition.ts';

export const stateNames: Readonly<Record<CaseState, Message>> = {
  clue: { zh: '线索核查', en: 'clue' },
  not_filed: { zh: '不予立案', en: 'not filed' },
  investigating: { zh: '调查取证', en: 'under investigation' },
  suspended: { zh: '中止调查', en: 'suspended' },
  reported: { zh: '调查终结', en: 'reported' },
  in_review: { zh: '法制审核', en: 'in legal review' },
  reviewed: { zh: '审核通过', en: 'reviewed' },
  notified: { zh: '已告知', en: 'notified' },
  hearing: { zh: '听证', en: 'hearing' },
  decided: { zh: '已决定', en: 'decided' },
  served: { zh: '已送达，待履行', en: 'served' },
  closed: { zh: '已结案', en: 'closed' },
  terminated: { zh: '终止调查', en: 'terminated' },
  transferred: { zh: '已移送', en: 'transferred' },
};

const roleNames: Readonly<Record<CaseRole, Message>> = {
  case_officer: { zh: '办案人员', en: 'case officers' },
  legal_reviewer: { zh: '法制审核人员', en: 'legal reviewers' },
  leader: { zh: '负责人', en: 'leaders' },
};

/** `null`: it may be done. */
export function refusalOf(attempt: Attempt): Message | null {
  const { file, action, role } = attempt;
  const row = table[action];
  if (!row.from.includes(file.state))
    return {
      zh: `“${row.name.zh}”不能在“${stateNames[file.state].zh}”阶段进行`,
      en: `“${row.name.en}” has no place while the case is ${stateNames[file.state].en}`,
    };
  if (!row.roles.includes(role)) {
    const zh = row.roles.map((one) => roleNames[one].zh).join('、');
    return {
      zh: `“${row.name.zh}”由${zh}进行`,
      en: `“${row.name.en}” is for ${row.roles.map((one) => roleNames[one].en).join(', ')}`,
    };
  }
  for (const name of row.guards) {
    const refused = guards[name](attempt);
    if (refused !== null) return refused;
  }
  return null;
}

export interface Offer {
  readonly action: Attempt['action'];
  readonly name: Message;
  readonly basis: string;
  /** `null`: it may be done, as far as can be told before the particulars are known. */
  readonly refused: Message | null;
}

/** Everything that has a place in this state, with the reason where it may not be done: what a page shows as buttons. */
export const offersOf = (attempt: Omit<Attempt, 'action' | 'command'>): Offer[] =>
  actions
    .filter((action) => table[action].from.includes(attempt.file.state))
    .map((action) => ({
      action,
      name: table[action].name,
      basis: table[action].basis,
      refused: refusalOf({ ...attempt, action, command: null }),
    }));

/** Why a case cannot be opened so, or `null`. */
export function openingRefusal(
  role: string,
  day: string,
  { discovered, evidence }: Extract<Command, { action: 'open' }>['detail'],
): Message | null {
  if (role !== 'case_officer')
    return { zh: '案件线索由办案人员登记', en: 'A clue is registered by a case officer' };
  if (discovered > day) return { zh: '发现日期不得晚于今日', en: 'It cannot be discovered after today' };
  return evidence.every((piece: EvidenceRef, place) => piece.no === place + 1)
    ? null
    : { zh: '证据编号须从1起连续', en: 'Evidence is numbered in a row from 1' };
}
