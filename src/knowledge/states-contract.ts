/**
 * The life of a batch of knowledge as one table: what may be done in which state, by whom, and under which conditions. Pure and without
 * server code, so that the console can say why something cannot be done.
 */
import type { Message } from '../claims/contract.ts';
import type { Permission } from '../people/permissions.ts';

export const batchStates = ['faulty', 'waiting', 'approved', 'rejected', 'withdrawn', 'rolled_back'] as const;
export type BatchState = (typeof batchStates)[number];

export const batchActions = ['approve', 'reject', 'withdraw', 'roll_back'] as const;
export type BatchAction = (typeof batchActions)[number];

/** Where each step leads; what is not here cannot be done. A batch with bad rows never comes into force: it is corrected and sent again. */
const transitions: Readonly<Record<BatchState, Readonly<Partial<Record<BatchAction, BatchState>>>>> = {
  faulty: { reject: 'rejected', withdraw: 'withdrawn' },
  waiting: { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' },
  approved: { roll_back: 'rolled_back' },
  rejected: {},
  withdrawn: {},
  rolled_back: {},
};

const permissionFor: Readonly<Record<BatchAction, Permission>> = {
  approve: 'knowledge.approve',
  reject: 'knowledge.approve',
  withdraw: 'knowledge.write',
  roll_back: 'knowledge.approve',
};

/**
 * @param batch what came with the installation was reviewed with it
 * @throws when the steps are not ones that the table allows: the database holds what cannot have happened
 */
export function batchStateAfter(
  { origin, bad_rows }: { readonly origin: 'shipped' | 'uploaded'; readonly bad_rows: number },
  steps: readonly BatchAction[],
): BatchState {
  let state: BatchState = origin === 'shipped' ? 'approved' : bad_rows > 0 ? 'faulty' : 'waiting';
  for (const step of steps) {
    const next: BatchState | undefined = transitions[state][step];
    if (next === undefined) throw new Error(`a batch in state ${state} cannot ${step}`);
    state = next;
  }
  return state;
}

/** What has to be known of a batch, and of who acts, to say what may be done. */
export interface BatchFacts {
  readonly permissions: readonly Permission[];
  /** Who acts uploaded it (people/segregation.ts). */
  readonly isOwn: boolean;
  /** The batch that it says it supersedes is the one in force, or it names none. */
  readonly supersedesInForce: boolean;
  readonly isInForce: boolean;
  /** Another version of the table was in force before and was not taken back. */
  readonly hasPrevious: boolean;
}

export type BatchVerdict =
  | { readonly allowed: true; readonly to: BatchState }
  | { readonly allowed: false; readonly reason: Message };

const stateNames: Readonly<Record<BatchState, Message>> = {
  faulty: { zh: '有错误行', en: 'has faulty rows' },
  waiting: { zh: '待审批', en: 'waits for approval' },
  approved: { zh: '已批准', en: 'is approved' },
  rejected: { zh: '已退回', en: 'is rejected' },
  withdrawn: { zh: '已撤回', en: 'is withdrawn' },
  rolled_back: { zh: '已回退', en: 'is rolled back' },
};

/** Whether this may be done now; if not, the first reason why. */
export function mayActOnBatch(state: BatchState, action: BatchAction, facts: BatchFacts): BatchVerdict {
  const to = transitions[state][action];
  if (to === undefined)
    return no(
      `该批次${stateNames[state].zh}，不能进行此操作`,
      `The batch ${stateNames[state].en}: this cannot be done`,
    );
  if (!facts.permissions.includes(permissionFor[action]))
    return no('您的角色没有此项权限', 'Your role does not allow this');
  const reason = obstacleTo(action, facts);
  return reason === null ? { allowed: true, to } : { allowed: false, reason };
}

function obstacleTo(action: BatchAction, facts: BatchFacts): Message | null {
  switch (action) {
    case 'approve':
      if (facts.isOwn) return { zh: '不得审批本人上传的批次', en: 'Nobody approves a batch of their own' };
      return facts.supersedesInForce
        ? null
        : {
            zh: '该批次声明替代的批次不是现行批次',
            en: 'The batch that it says it supersedes is not the one in force',
          };
    case 'reject':
      return facts.isOwn
        ? { zh: '本人上传的批次请用撤回', en: 'Withdraw a batch of your own instead' }
        : null;
    case 'withdraw':
      return facts.isOwn ? null : { zh: '只有上传人可以撤回', en: 'Only its uploader withdraws a batch' };
    case 'roll_back':
      if (!facts.isInForce) return { zh: '该批次不是现行批次', en: 'It is not the batch in force' };
      return facts.hasPrevious
        ? null
        : { zh: '此前没有可恢复的批次', en: 'There is no batch before it to go back to' };
  }
}

const no = (zh: string, en: string): BatchVerdict => ({ allowed: false, reason: { zh, en } });
