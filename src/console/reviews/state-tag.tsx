import { Tag } from 'antd';
import type { ReviewOutcome } from '../../cases/review-contract.ts';
import type { ReviewState } from '../../cases/review-states-contract.ts';
import { useText } from '../language.tsx';

const colours: Readonly<Record<ReviewState, string>> = {
  open: 'default',
  assigned: 'processing',
  to_confirm: 'warning',
  decided: 'success',
  outdated: 'warning',
  withdrawn: 'default',
};

/** How a review stands, and what was decided. */
export function ReviewTag({ state, outcome }: { state: ReviewState; outcome: ReviewOutcome | null }) {
  const { t } = useText();
  return (
    <>
      <Tag color={colours[state]}>{t(`review.state.${state}`)}</Tag>{' '}
      {outcome !== null && <Tag variant="filled">{t(`review.outcome.${outcome}`)}</Tag>}
    </>
  );
}
