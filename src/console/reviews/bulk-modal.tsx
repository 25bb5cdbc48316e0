/** One decision for a selection, with a reason. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import {
  noteCharactersMax,
  type QueueItem,
  type ReviewOutcome,
  reviewOutcomes,
} from '../../cases/review-contract.ts';
import { Failure } from '../failure.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { reviewQuery, reviewsApi, reviewsKey } from '../reviews-api.ts';
import { FindingAnswers } from './answers.tsx';
import { yuanOf } from './fen.ts';
import { TypedModal } from '../unsaved.tsx';

export function BulkModal(props: { isOpen: boolean; items: readonly QueueItem[]; onClose: () => void }) {
  const { t, pick, language } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  // As they were when the dialog was opened: what is decided leaves the list under it.
  const [given, setGiven] = useState<readonly QueueItem[] | null>(null);
  const items = given ?? props.items;
  const [outcome, setOutcome] = useState<ReviewOutcome>('not_violation');
  const [exclusion, setExclusion] = useState<string | null>(null);
  const [missing, setMissing] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const [first] = items;
  // The dictionaries come with every review.
  const { data: terms } = useQuery({
    ...reviewQuery(first?.finding_id ?? ''),
    enabled: props.isOpen && first !== undefined,
  });
  const decide = useMutation({
    mutationFn: () => {
      setGiven(items);
      return reviewsApi.decideMany({
        findings: items.map(({ finding_id, revision }) => ({ finding_id, revision })),
        outcome,
        reason: reason.trim(),
        ...(outcome === 'not_violation' && exclusion !== null ? { exclusion } : {}),
        ...(outcome === 'cannot_decide' ? { missing } : {}),
      });
    },
    onSuccess: (answers) => {
      if (answers.done < answers.answers.length) return;
      void message.success(t('review.bulk_done', { n: answers.done, of: answers.answers.length }));
      close();
    },
  });
  const close = (): void => {
    decide.reset();
    setGiven(null);
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    void queryClient.invalidateQueries({ queryKey: reviewsKey });
    setReason('');
    props.onClose();
  };
  const isReady =
    reason.trim() !== '' &&
    (outcome === 'confirmed' || (outcome === 'not_violation' ? exclusion !== null : missing.length > 0));
  const isDone = decide.data !== undefined;
  return (
    <TypedModal
      isTyped={reason !== '' && !decide.isPending && !isDone}
      open={props.isOpen}
      title={t('review.bulk')}
      okText={t('review.act.decide')}
      okButtonProps={{ disabled: !isReady || isDone, loading: decide.isPending }}
      onOk={() => decide.mutate()}
      onClose={close}
    >
      <div className="stack">
        <p>
          {t('review.group', {
            n: items.length,
            money: money(yuanOf(items.reduce((sum, item) => sum + item.flagged_fen, 0)), language),
          })}
        </p>
        <Segmented
          block
          aria-label={t('review.outcome')}
          value={outcome}
          onChange={setOutcome}
          options={reviewOutcomes.map((value) => ({ value, label: t(`review.outcome.${value}`) }))}
        />
        {outcome === 'confirmed' && <p className="quiet">{t('review.bulk_whole')}</p>}
        {outcome === 'not_violation' && (
          <Select
            aria-label={t('review.exclusion')}
            placeholder={t('review.exclusion')}
            value={exclusion}
            onChange={setExclusion}
            options={(terms?.exclusions ?? []).map((term) => ({ value: term.code, label: pick(term) }))}
          />
        )}
        {outcome === 'cannot_decide' && (
          <Select
            mode="multiple"
            aria-label={t('review.missing')}
            placeholder={t('review.missing')}
            value={missing}
            onChange={setMissing}
            options={(terms?.missing ?? []).map((term) => ({ value: term.code, label: pick(term) }))}
          />
        )}
        <Input.TextArea
          aria-label={t('review.reason')}
          placeholder={t('review.reason_needed')}
          rows={3}
          maxLength={noteCharactersMax}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        {decide.error !== null && <Failure error={decide.error} />}
        {decide.data !== undefined && <FindingAnswers answers={decide.data} items={items} />}
      </div>
    </TypedModal>
  );
}
