/**
 * Segregation of duties as data: who did the one on an object may not do the other on it. Rules, cases and draws ask `conflict` before
 * they let somebody act. 《行政处罚法》第五十八条 asks for a legal review by others than those who handled the case; 双随机 draws for
 * inspections are made by others than those who carry them out.
 */

export interface Duty {
  readonly action: string;
  /** What the same person may not have done before. */
  readonly conflictsWith: string;
  readonly reason: { readonly zh: string; readonly en: string };
}

export const duties = [
  {
    action: 'rule.approve',
    conflictsWith: 'rule.write',
    reason: { zh: '不得审批本人编写的规则', en: 'Nobody approves a rule of their own' },
  },
  {
    action: 'knowledge.approve',
    conflictsWith: 'knowledge.upload',
    reason: { zh: '不得审批本人上传的知识表批次', en: 'Nobody approves a batch of knowledge of their own' },
  },
  {
    action: 'finding.confirm_review',
    conflictsWith: 'finding.review',
    reason: { zh: '复核不得由初审人员进行', en: 'Nobody confirms a review of their own' },
  },
  {
    action: 'case.legal_review',
    conflictsWith: 'case.handle',
    reason: { zh: '不得对本人承办的案件进行法制审核', en: 'Nobody reviews a case of their own' },
  },
  {
    action: 'case.decide',
    conflictsWith: 'case.handle',
    reason: { zh: '不得对本人承办的案件作出决定', en: 'Nobody decides a case of their own' },
  },
  {
    action: 'case.decide',
    conflictsWith: 'case.legal_review',
    reason: { zh: '不得对本人法制审核的案件作出决定', en: 'Who reviewed a case does not decide it' },
  },
  {
    action: 'inspection.carry_out',
    conflictsWith: 'draw.run',
    reason: { zh: '不得执行本人组织抽取的检查', en: 'Who ran a draw does not carry out its inspections' },
  },
  {
    action: 'draw.run',
    conflictsWith: 'inspection.carry_out',
    reason: { zh: '检查人员不得组织抽取本次检查', en: 'Nobody draws for an inspection they will carry out' },
  },
  {
    action: 'credit.decide_objection',
    conflictsWith: 'credit.score',
    reason: { zh: '不得处理对本人评分的异议', en: 'Nobody decides an objection to a score of their own' },
  },
  {
    action: 'publicity.approve',
    conflictsWith: 'publicity.prepare',
    reason: { zh: '不得批准本人拟稿的公开内容', en: 'Nobody approves a publication of their own' },
  },
  {
    action: 'tip.approve_reward',
    conflictsWith: 'tip.reward',
    reason: { zh: '不得审批本人拟定的举报奖励', en: 'Nobody approves a reward of their own proposal' },
  },
] as const satisfies readonly Duty[];

export type DutyAction = (typeof duties)[number]['action'];

/** Something that was done to the object in question; planned acts count as done. */
export interface Act {
  readonly action: string;
  /** Login name. */
  readonly account: string;
}

/** Why this person may not do this to an object with this history, or `null`. */
export function conflict(action: DutyAction, account: string, history: readonly Act[]): Duty | null {
  const own = new Set(history.filter((act) => act.account === account).map((act) => act.action));
  return duties.find((duty) => duty.action === action && own.has(duty.conflictsWith)) ?? null;
}
