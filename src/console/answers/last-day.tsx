import type { AnswerState } from '../../cases/answer-states-contract.ts';
import { useText } from '../language.tsx';

/** The last day of an answer, and what is left up to it. */
export function LastDay({
  state,
  lastDay,
  workdaysLeft,
}: {
  state: AnswerState;
  lastDay: string;
  workdaysLeft: number | null;
}) {
  const { t } = useText();
  return (
    <span className="answer-until">
      <span className={state === 'silent' ? 'review-late number' : 'number'}>{lastDay}</span>
      {workdaysLeft !== null && (
        <small className={workdaysLeft <= soonWorkdays ? 'review-late' : 'quiet'}>
          {workdaysLeft === 0 ? t('answer.today') : t('answer.left', { n: workdaysLeft })}
        </small>
      )}
      {state === 'silent' && <small className="review-late">{t('answer.state.silent')}</small>}
    </span>
  );
}

/** From here on it is marked. */
const soonWorkdays = 2;
