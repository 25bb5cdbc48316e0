/**
 * Who may do what with a grade on its way to publication: one table for the server and for what the console shows. Told → objected →
 * decided by somebody else → published; a grade that changed since it was told of is never published.
 */
import { conflict } from '../people/segregation.ts';
import type { Permission } from '../people/permissions.ts';
import type { Message } from './contract.ts';
import type { PublicationAction, PublicationState } from './publication-contract.ts';

export interface PublicationFacts {
  readonly state: PublicationState;
  /** First day on which no objection can be raised any more. */
  readonly objection_until: string;
  /** Who scored and told the subject. */
  readonly account: string;
  /** Whether the ledger leads to the same grade and points today. */
  readonly isStillSo: boolean;
}

export interface Asker {
  readonly account: string;
  readonly permissions: readonly Permission[];
  /** `yyyy-MM-dd` */
  readonly today: string;
}

const say = (zh: string, en: string): Message => ({ zh, en });
const notAllowed = say('本账号无此权限', 'This account may not');

/** Why the action is refused; `null`: it is allowed. */
export function refusalOf(
  action: PublicationAction,
  facts: PublicationFacts,
  { account, permissions, today }: Asker,
): Message | null {
  const { state, objection_until } = facts;
  switch (action) {
    case 'object':
      if (!permissions.includes('credit.score')) return notAllowed;
      if (state !== 'noticed')
        return say('不在可以提出异议的状态', 'It is not in a state in which one can object');
      return today < objection_until
        ? null
        : say(`异议期已于 ${objection_until} 届满`, `The time for objections ended on ${objection_until}`);
    case 'decide': {
      if (!permissions.includes('credit.decide_objection')) return notAllowed;
      if (state !== 'objected') return say('没有待处理的异议', 'There is no objection to decide');
      const duty = conflict('credit.decide_objection', account, [
        { action: 'credit.score', account: facts.account },
      ]);
      return duty === null ? null : duty.reason;
    }
    case 'withdraw':
      if (!permissions.includes('credit.score')) return notAllowed;
      if (state === 'objected')
        return say(
          '有异议待处理，撤回由异议处理决定',
          'An objection is open; its decision says whether it is withdrawn',
        );
      return state === 'withdrawn' ? say('已撤回', 'Withdrawn already') : null;
    case 'publish':
      if (!permissions.includes('credit.score')) return notAllowed;
      if (state === 'objected') return say('异议尚未处理', 'An objection has not been decided');
      if (state !== 'noticed') return say('已公布或已撤回', 'Published or withdrawn already');
      if (today < objection_until)
        return say(
          `异议期未满，${objection_until} 起可以公布`,
          `Objections can be raised until ${objection_until}`,
        );
      return facts.isStillSo
        ? null
        : say('得分自告知后已变化，须重新告知', 'The score has changed since; the subject must be told anew');
  }
}
