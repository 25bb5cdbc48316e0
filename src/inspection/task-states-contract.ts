/**
 * The life of a check as one table: what may be done in which state, by whom, and where it leads. Pure and without server code: the server
 * decides by it, the console says by it why something cannot be done, and a check of the database repeats its states.
 */
import type { Permission } from '../people/permissions.ts';
import type { TaskAction, TaskKind, TaskState } from './on-site-contract.ts';

interface Reason {
  readonly zh: string;
  readonly en: string;
}

/** Where each action leads. What signs leads to `signed` when it was the last signature that was missing. */
export const taskTable: Readonly<Record<TaskState, Readonly<Partial<Record<TaskAction, TaskState>>>>> = {
  planned: { set_team: 'planned', cancel: 'cancelled', start: 'open', record: 'recorded' },
  open: { answer: 'open', conclude: 'concluded' },
  concluded: { reopen: 'open', sign: 'concluded', party: 'concluded' },
  signed: { record: 'signed', open_clue: 'signed' },
  recorded: { record: 'recorded' },
  cancelled: {},
};

export const taskStateNames: Readonly<Record<TaskState, Reason>> = {
  planned: { zh: '待检查', en: 'to be done' },
  open: { zh: '检查中', en: 'under way' },
  concluded: { zh: '待签字', en: 'to be signed' },
  signed: { zh: '已签字', en: 'signed' },
  recorded: { zh: '已录入结果', en: 'recorded' },
  cancelled: { zh: '已取消', en: 'cancelled' },
};

const permissionFor: Readonly<Record<TaskAction, Permission>> = {
  set_team: 'inspections.draw',
  cancel: 'inspections.draw',
  start: 'inspections.carry_out',
  answer: 'inspections.carry_out',
  conclude: 'inspections.carry_out',
  reopen: 'inspections.carry_out',
  sign: 'inspections.carry_out',
  party: 'inspections.carry_out',
  record: 'inspections.carry_out',
  open_clue: 'cases.handle',
};

/** What has to be known of a task, and of who acts, to say what may be done. */
export interface TaskFacts {
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly permissions: readonly Permission[];
  /** The account stands for an inspector of the team. */
  readonly isMember: boolean;
  /** Why who acts may not check what this draw brought (people/segregation.ts); `null`: they may. */
  readonly ownDraw: Reason | null;
  /** The draw chose the team. */
  readonly isTeamDrawn: boolean;
  readonly hasTeam: boolean;
  /** `yyyy-MM-dd` */
  readonly today: string;
  readonly fromDay: string;
  readonly hasSigned: boolean;
  readonly hasParty: boolean;
  /** The record that stands holds a problem. */
  readonly hasProblem: boolean;
  readonly hasClue: boolean;
}

/** Why it may not be done; `null`: it may. */
export function taskRefusal(action: TaskAction, facts: TaskFacts): Reason | null {
  if (taskTable[facts.state][action] === undefined)
    return say(
      `该检查${taskStateNames[facts.state].zh}，不能进行此操作`,
      `The check is ${taskStateNames[facts.state].en}: this cannot be done`,
    );
  if (!facts.permissions.includes(permissionFor[action]))
    return action === 'open_clue'
      ? say('线索由办案人员登记', 'A clue is registered by a case officer')
      : say('您的角色没有此项权限', 'Your role does not allow this');
  switch (action) {
    case 'set_team':
      return facts.isTeamDrawn
        ? say(
            '抽取的检查人员按签号替补，不能指定',
            'A team that was drawn is replaced by tickets, not chosen',
          )
        : null;
    case 'cancel':
      return facts.kind === 'drawn' || facts.kind === 'recheck'
        ? say('抽中的对象和责令改正的复查不能取消', 'What was drawn or ordered is not cancelled')
        : null;
    case 'record':
      return facts.kind === 'drawn' ? null : say('请在现场记录', 'It is recorded on the spot');
    case 'start':
      if (!facts.hasTeam) return say('尚未指定检查人员', 'There is no team yet');
      if (facts.today < facts.fromDay)
        return say(`检查自 ${facts.fromDay} 起`, `The check is from ${facts.fromDay} on`);
      return memberOnly(facts);
    case 'answer':
    case 'conclude':
    case 'reopen':
      return memberOnly(facts);
    case 'sign':
      return memberOnly(facts) ?? (facts.hasSigned ? say('您已签字', 'You have signed already') : null);
    case 'party':
      return (
        memberOnly(facts) ??
        (facts.hasParty ? say('被检查机构已签字或拒签', 'The institution has signed, or refused to') : null)
      );
    case 'open_clue':
      if (facts.hasClue) return say('已登记线索', 'A clue was opened already');
      return facts.hasProblem ? null : say('记录中没有问题', 'The record holds no problem');
  }
}

const memberOnly = ({ isMember, ownDraw }: TaskFacts): Reason | null =>
  isMember ? ownDraw : say('只有本次检查人员可以进行', 'This is for the members of the team');

const say = (zh: string, en: string): Reason => ({ zh, en });
