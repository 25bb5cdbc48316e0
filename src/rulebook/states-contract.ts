/**
 * The life of a rule version as one table: what may be done in which state, by whom, and under which conditions. Pure and without server
 * code: the server decides by it and the console shows why something cannot be done.
 */
import type { Permission } from '../people/permissions.ts';

export const versionStates = [
  'draft',
  'review',
  'approved',
  'rejected',
  'shadow',
  'active',
  'paused',
  'retired',
] as const;
export type VersionState = (typeof versionStates)[number];

/** What people do. */
export const actions = [
  'submit',
  'approve',
  'reject',
  'shadow',
  'activate',
  'pause',
  'retire',
  'rollback',
] as const;
export type Action = (typeof actions)[number];

/** What follows for another version of the same rule: it is replaced, or put back into force by a rollback. */
export const consequences = ['supersede', 'restore'] as const;
export type StepAction = Action | (typeof consequences)[number];

/** Where each step leads; what is not here cannot be done. */
export const transitions: Readonly<
  Record<VersionState, Readonly<Partial<Record<StepAction, VersionState>>>>
> = {
  draft: { submit: 'review', activate: 'active' },
  review: { approve: 'approved', reject: 'rejected' },
  approved: { shadow: 'shadow', activate: 'active', retire: 'retired' },
  // What was rejected is written anew: other content is another version.
  rejected: {},
  shadow: { activate: 'active', pause: 'paused', retire: 'retired', supersede: 'approved' },
  // Activated once more: elsewhere, or everywhere.
  active: {
    activate: 'active',
    pause: 'paused',
    retire: 'retired',
    rollback: 'retired',
    supersede: 'retired',
  },
  paused: { shadow: 'shadow', activate: 'active', retire: 'retired', restore: 'active' },
  retired: { shadow: 'shadow', activate: 'active', restore: 'active' },
};

const permissionFor: Readonly<Record<Action, Permission>> = {
  submit: 'rules.write',
  approve: 'rules.approve',
  reject: 'rules.approve',
  shadow: 'rules.approve',
  activate: 'rules.approve',
  pause: 'rules.approve',
  retire: 'rules.approve',
  rollback: 'rules.approve',
};

/** Acts whose reason has to be given in words. */
export const needsReason: ReadonlySet<Action> = new Set(['reject', 'pause', 'retire', 'rollback']);

/** @throws when the steps are not ones that the table allows: the database holds what cannot have happened */
export function stateAfter(steps: readonly StepAction[]): VersionState {
  let state: VersionState = 'draft';
  for (const step of steps) {
    const next: VersionState | undefined = transitions[state][step];
    if (next === undefined) throw new Error(`a version in state ${state} cannot ${step}`);
    state = next;
  }
  return state;
}

/** What has to be known of a version, and of who acts, to say what may be done. */
export interface Facts {
  readonly permissions: readonly Permission[];
  /** Who acts wrote the version or submitted it (people/segregation.ts). */
  readonly isOwn: boolean;
  /** It came with the files of the installation: it was reviewed with them. */
  readonly isShipped: boolean;
  readonly lintClean: boolean;
  readonly examplesPass: boolean;
  /** Somebody other than its authors approved exactly this content. */
  readonly approvedByOther: boolean;
  /** A backtest of exactly this content went over all history, and there was some. */
  readonly backtested: boolean;
  /** Another version was in force before this one. */
  readonly hasPrevious: boolean;
}

export interface Reason {
  readonly zh: string;
  readonly en: string;
}
export type Verdict =
  | { readonly allowed: true; readonly to: VersionState }
  | { readonly allowed: false; readonly reason: Reason };

const stateNames: Readonly<Record<VersionState, Reason>> = {
  draft: { zh: '草稿', en: 'a draft' },
  review: { zh: '待审', en: 'in review' },
  approved: { zh: '已批准', en: 'approved' },
  rejected: { zh: '已退回', en: 'rejected' },
  shadow: { zh: '影子运行', en: 'in shadow' },
  active: { zh: '在用', en: 'active' },
  paused: { zh: '已暂停', en: 'paused' },
  retired: { zh: '已停用', en: 'retired' },
};

/** Whether this may be done now; if not, the first reason why. */
export function mayAct(state: VersionState, action: Action, facts: Facts): Verdict {
  const to = transitions[state][action];
  // That a version becomes active without review is a step of the installation's own files alone.
  if (to === undefined || (state === 'draft' && action === 'activate'))
    return no(
      `该版本${stateNames[state].zh}，不能进行此操作`,
      `The version is ${stateNames[state].en}: this cannot be done`,
    );
  if (!facts.permissions.includes(permissionFor[action]))
    return no('您的角色没有此项权限', 'Your role does not allow this');
  const obstacle = obstacleTo(action, facts);
  return obstacle === null ? { allowed: true, to } : { allowed: false, reason: obstacle };
}

function obstacleTo(action: Action, facts: Facts): Reason | null {
  switch (action) {
    case 'submit':
      return contentObstacle(facts);
    case 'approve':
      if (facts.isOwn) return say('不得审批本人编写的规则', 'Nobody approves a rule of their own');
      return contentObstacle(facts);
    case 'shadow':
      return contentObstacle(facts) ?? approvalObstacle(facts);
    case 'activate':
      return (
        contentObstacle(facts) ??
        approvalObstacle(facts) ??
        (facts.backtested || facts.isShipped
          ? null
          : say('该版本尚未对入库结算完成回测', 'No backtest of this version over stored claims is done'))
      );
    case 'rollback':
      return facts.hasPrevious
        ? null
        : say('此前没有在用的版本，可改为停用', 'No version was active before this one: retire it instead');
    case 'reject':
    case 'pause':
    case 'retire':
      return null;
  }
}

function contentObstacle({ lintClean, examplesPass }: Facts): Reason | null {
  if (!lintClean) return say('规则写法检查未通过', 'The checks of how the rule is written fail');
  return examplesPass ? null : say('示例未全部通过', 'Not all examples pass');
}

const approvalObstacle = ({ approvedByOther, isShipped }: Facts): Reason | null =>
  approvedByOther || isShipped
    ? null
    : say('该版本内容未经他人批准', 'Nobody else has approved this content');

const say = (zh: string, en: string): Reason => ({ zh, en });
const no = (zh: string, en: string): Verdict => ({ allowed: false, reason: say(zh, en) });
