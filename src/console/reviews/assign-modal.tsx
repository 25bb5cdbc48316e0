/** Gives a selection to somebody, or to those with the least to do. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Modal, Select } from 'antd';
import { useState } from 'react';
import type { QueueItem } from '../../cases/review-contract.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { reviewersQuery, reviewsApi, reviewsKey } from '../reviews-api.ts';
import { FindingAnswers } from './answers.tsx';

const fairly = '';

export function AssignModal(props: { isOpen: boolean; items: readonly QueueItem[]; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [given, setGiven] = useState<readonly QueueItem[] | null>(null);
  const items = given ?? props.items;
  const [to, setTo] = useState(fairly);
  const reviewers = useQuery({ ...reviewersQuery, enabled: props.isOpen });
  const assign = useMutation({
    mutationFn: () => {
      setGiven(items);
      return reviewsApi.assign(
        items.map(({ finding_id }) => finding_id),
        to === fairly ? null : to,
      );
    },
    onSuccess: (answers) => {
      if (answers.done < answers.answers.length) return;
      void message.success(t('review.bulk_done', { n: answers.done, of: answers.answers.length }));
      close();
    },
  });
  const close = (): void => {
    assign.reset();
    setGiven(null);
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    void queryClient.invalidateQueries({ queryKey: reviewsKey });
    props.onClose();
  };
  return (
    <Modal
      open={props.isOpen}
      title={t('review.act.assign')}
      okText={t('review.act.assign')}
      okButtonProps={{ disabled: assign.data !== undefined, loading: assign.isPending }}
      onOk={() => assign.mutate()}
      onCancel={close}
      mask={{ closable: false }}
    >
      <div className="stack">
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
        {assign.error !== null && <Failure error={assign.error} />}
        {assign.data !== undefined && <FindingAnswers answers={assign.data} items={items} />}
      </div>
    </Modal>
  );
}
