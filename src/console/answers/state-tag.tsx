import { Tag } from 'antd';
import type { AnswerState, Stance } from '../../cases/answer-states-contract.ts';
import { useText } from '../language.tsx';

const colours: Readonly<Record<AnswerState, string>> = {
  none: 'default',
  waiting: 'processing',
  // Nothing follows from silence: it is shown, and no alarm.
  silent: 'warning',
  answered: 'success',
  recalled: 'default',
  outdated: 'warning',
  withdrawn: 'default',
};

/** How an answer stands, and what it says. */
export function AnswerTag({ state, stance }: { state: AnswerState; stance: Stance | null }) {
  const { t } = useText();
  return (
    <>
      <Tag color={colours[state]}>{t(`answer.state.${state}`)}</Tag>{' '}
      {stance !== null && <Tag variant="filled">{t(`answer.stance.${stance}`)}</Tag>}
    </>
  );
}
