/** Gives a selection to somebody, or to those with the least to do. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import type { QueueItem } from '../../cases/review-contract.ts';
import { BulkDialog, useBulk } from '../bulk-dialog.tsx';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { reviewersQuery, reviewsApi, reviewsKey } from '../reviews-api.ts';
import { FindingAnswers } from './answers.tsx';

const fairly = '';

export function AssignModal(props: { isOpen: boolean; items: readonly QueueItem[]; onClose: () => void }) {
  const { t } = useText();
  const [to, setTo] = useState(fairly);
  const reviewers = useQuery({ ...reviewersQuery, enabled: props.isOpen });
  const bulk = useBulk({
    selected: props.items,
    changes: [reviewsKey],
    send: (given) =>
      reviewsApi.assign(
        given.map(({ finding_id }) => finding_id),
        to === fairly ? null : to,
      ),
    onClose: props.onClose,
  });
  const { items, sent } = bulk;
  return (
    <BulkDialog
      bulk={bulk}
      open={props.isOpen}
      title={t('review.act.assign')}
      okText={t('review.act.assign')}
      outcome={sent !== undefined && <FindingAnswers answers={sent} items={items} />}
    >
      <Select
        aria-label={t('review.assign_to')}
        value={to}
        onChange={setTo}
        options={[
          { value: fairly, label: t('review.assign_fair') },
          ...(reviewers.data?.reviewers ?? []).map(({ account, display_name, waiting }) => ({
            value: account,
            label: `${display_name} ${t('review.waiting_n', { n: count(waiting) })}`,
          })),
        ]}
      />
      {reviewers.error !== null && <Failure error={reviewers.error} />}
    </BulkDialog>
  );
}
