import type { TaskAction, TaskDetail } from '../../inspection/on-site-contract.ts';
import { useText } from '../language.tsx';

/** Why something may not be done; `undefined`: it may. */
export function useWhyNot(task: TaskDetail): (action: TaskAction) => string | undefined {
  const { t, pick } = useText();
  return (action) => {
    const offer = task.offers.find((one) => one.action === action);
    return offer === undefined
      ? t('state.forbidden')
      : offer.refused === null
        ? undefined
        : pick(offer.refused);
  };
}
