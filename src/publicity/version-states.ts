/** Who may do what with a version that waits: one table for the server and for what the console shows. Pure. */
import type { Message } from '../claims/contract.ts';
import { conflict } from '../people/segregation.ts';
import type { Permission } from '../people/permissions.ts';
import { type WaitingAct, waitingActs } from './contract.ts';

interface Asker {
  readonly account: string;
  readonly permissions: readonly Permission[];
}

const notAllowed: Message = { zh: '您的角色没有此项权限', en: 'Your role does not allow this' };

/** @param preparedBy account of who prepared it. `null`: it may be done */
export function refusalOf(
  act: WaitingAct,
  preparedBy: string,
  { account, permissions }: Asker,
): Message | null {
  switch (act) {
    case 'approve':
    case 'reject':
      if (!permissions.includes('publicity.approve')) return notAllowed;
      return (
        conflict('publicity.approve', account, [{ action: 'publicity.prepare', account: preparedBy }])
          ?.reason ?? null
      );
    case 'take_back':
      return account === preparedBy
        ? null
        : { zh: '只有拟稿人可以收回', en: 'Only whoever prepared it takes it back' };
  }
}

export const refusalsOf = (preparedBy: string, asker: Asker): Record<WaitingAct, Message | null> => {
  const [approve, reject, takeBack] = waitingActs;
  return {
    [approve]: refusalOf(approve, preparedBy, asker),
    [reject]: refusalOf(reject, preparedBy, asker),
    [takeBack]: refusalOf(takeBack, preparedBy, asker),
  };
};
