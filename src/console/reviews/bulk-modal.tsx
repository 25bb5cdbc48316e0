/** One decision for a selection, with a reason. */
import { useQuery } from '@tanstack/react-query';
import { Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import {
  noteCharactersMax,
  type QueueItem,
  type ReviewOutcome,
  reviewOutcomes,
} from '../../cases/review-contract.ts';
import { BulkDialog, useBulk } from '../bulk-dialog.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { reviewQuery, reviewsApi, reviewsKey } from '../reviews-api.ts';
import { FindingAnswers } from './answers.tsx';
import { yuanOf } from './fen.ts';

export function BulkModal(props: { isOpen: boolean; items: readonly QueueItem[]; onClose: () => void }) {
  const { t, pick, language } = useText();
  const [outcome, setOutcome] = useState<ReviewOutcome>('not_violation');
  const [exclusion, setExclusion] = useState<string | null>(null);
  const [missing, setMissing] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const bulk = useBulk({
    selected: props.items,
    changes: [reviewsKey],
    send: (given) =>
      reviewsApi.decideMany({
        findings: given.map(({ finding_id, revision }) => ({ finding_id, revision })),
        outcome,
        reason: reason.trim(),
        ...(outcome === 'not_violation' && exclusion !== null ? { exclusion } : {}),
        ...(outcome === 'cannot_decide' ? { missing } : {}),
      }),
    onClose: () => {
      setReason('');
      props.onClose();
    },
  });
  const { items, sent } = bulk;
  const [first] = items;
  // The dictionaries come with every review.
  const { data: terms } = useQuery({
    ...reviewQuery(first?.finding_id ?? ''),
    enabled: props.isOpen && first !== undefined,
  });
  const isReady =
    reason.trim() !== '' &&
    (outcome === 'confirmed' || (outcome === 'not_violation' ? exclusion !== null : missing.length > 0));
  return (
    <BulkDialog
      bulk={bulk}
      isTyped={reason !== ''}
      isReady={isReady}
      open={props.isOpen}
      title={t('review.bulk')}
      okText={t('review.act.decide')}
      outcome={sent !== undefined && <FindingAnswers answers={sent} items={items} />}
    >
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
    </BulkDialog>
  );
}
