/** Decides a finding: how much of it is confirmed line by line, why it is no violation, or what is missing. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import {
  type Decision,
  noteCharactersMax,
  type ReviewDetail,
  type ReviewOutcome,
  reviewOutcomes,
} from '../../cases/review-contract.ts';
import { findingAnswerQuery } from '../answers-api.ts';
import { AmountField, AmountLines, inFull } from '../amount-lines.tsx';
import { money } from '../format.ts';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { useUnsaved } from '../unsaved.tsx';
import { type InvolvedClaim, lineNameOf } from './claim-view.ts';
import { DecisionParts } from './decision-words.tsx';

export function DecisionForm(props: {
  review: ReviewDetail;
  claims: readonly InvolvedClaim[];
  isBusy: boolean;
  onDecided: (decision: Decision) => void;
}) {
  const { t, pick, language } = useText();
  const { review } = props;
  const { flagged } = review;
  const [outcome, setOutcome] = useState<ReviewOutcome>('confirmed');
  const [amounts, setAmounts] = useState(() => inFull(flagged));
  const [whole, setWhole] = useState(flagged.fen);
  const [exclusion, setExclusion] = useState<string | null>(null);
  const [missing, setMissing] = useState<string[]>([]);
  const [note, setNote] = useState('');
  const [isAsking, setAsking] = useState(false);
  const said = useQuery(findingAnswerQuery(review.finding_id)).data?.answer ?? null;

  const fen = flagged.by_line ? amounts.reduce((sum, one) => sum + one, 0) : whole;
  const decision = ((): Decision | null => {
    const words = note.trim();
    switch (outcome) {
      case 'confirmed': {
        const lines = flagged.lines.flatMap((line, index) => {
          const taken = amounts[index] ?? 0;
          return taken === 0 ? [] : [{ ...line, fen: taken }];
        });
        return fen > flagged.fen || (fen === 0 && flagged.fen > 0)
          ? null
          : { outcome, fen, lines: flagged.by_line ? lines : [], note: words };
      }
      case 'not_violation':
        return exclusion === null ? null : { outcome, exclusion, note: words };
      case 'cannot_decide':
        return missing.length === 0 ? null : { outcome, missing, note: words };
    }
  })();
  useKeys((key) => {
    const chosen = reviewOutcomes[Number(key) - 1];
    if (chosen !== undefined) setOutcome(chosen);
    else if (key === 'd' && decision !== null) setAsking(true);
    else return false;
    return true;
  });
  useUnsaved(
    !props.isBusy &&
      (note !== '' ||
        exclusion !== null ||
        missing.length > 0 ||
        whole !== flagged.fen ||
        amounts.join() !== inFull(flagged).join()),
  );
  const { confirmed_from_fen, dismissed_from_fen, sample } = review.second_person;
  const isSecond =
    (outcome === 'confirmed' && fen >= confirmed_from_fen) ||
    (outcome === 'not_violation' && flagged.fen >= dismissed_from_fen);
  const second = isSecond && <p className="quiet">{t(sample ? 'review.second_sample' : 'review.second')}</p>;

  return (
    <div className="review-form">
      <Segmented
        block
        aria-label={t('review.outcome')}
        value={outcome}
        onChange={setOutcome}
        options={reviewOutcomes.map((value) => ({ value, label: t(`review.outcome.${value}`) }))}
      />
      {outcome === 'confirmed' && said?.stance === 'partly' && (
        <div>
          <Button
            size="small"
            onClick={() => {
              setAmounts(flagged.lines.map((line) => said.lines.find(isSame(line))?.fen ?? 0));
              setWhole(said.fen);
            }}
          >
            {t('answer.as_accepted', { money: money(yuanOf(said.fen), language) })}
          </Button>
        </div>
      )}
      {outcome === 'confirmed' && flagged.by_line && (
        <AmountLines
          flagged={flagged}
          nameOf={(line) => lineNameOf(line, props.claims)}
          words={{
            all: t('review.all_lines'),
            none: t('review.no_lines'),
            amountOf: (n) => t('review.line_amount', { n }),
          }}
          amounts={amounts}
          onChange={setAmounts}
        />
      )}
      {outcome === 'confirmed' && !flagged.by_line && (
        <label className="review-field">
          <span className="filter-label">{t('review.confirmed_fen')}</span>
          <AmountField label={t('review.confirmed_fen')} fen={whole} most={flagged.fen} onChange={setWhole} />
        </label>
      )}
      {outcome === 'confirmed' && (
        <p className={fen > flagged.fen ? 'review-late' : ''} data-testid="confirmed-sum">
          <strong className="number">{money(yuanOf(fen), language)}</strong>{' '}
          <span className="quiet">
            {t('review.of_flagged', { money: money(yuanOf(flagged.fen), language) })}
          </span>
        </p>
      )}
      {outcome === 'not_violation' && (
        <Select
          aria-label={t('review.exclusion')}
          placeholder={t('review.exclusion')}
          showSearch={{ optionFilterProp: 'label' }}
          value={exclusion}
          onChange={setExclusion}
          options={review.exclusions.map((term) => ({ value: term.code, label: pick(term) }))}
        />
      )}
      {outcome === 'cannot_decide' && (
        <Select
          mode="multiple"
          aria-label={t('review.missing')}
          placeholder={t('review.missing')}
          value={missing}
          onChange={setMissing}
          options={review.missing.map((term) => ({ value: term.code, label: pick(term) }))}
        />
      )}
      <Input.TextArea
        aria-label={t('review.note')}
        placeholder={t('review.note')}
        rows={2}
        maxLength={noteCharactersMax}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      {second}
      <div className="review-acts">
        <Button
          type="primary"
          disabled={decision === null}
          loading={props.isBusy}
          onClick={() => setAsking(true)}
        >
          {t('review.act.decide')}
        </Button>
        {decision === null && <span className="quiet">{t(`review.why.${outcome}`)}</span>}
        <span className="quiet keyboard-hint">{t('review.panel_keys')}</span>
      </div>
      <Modal
        open={isAsking}
        title={t('review.sure')}
        okText={t('review.act.decide')}
        onOk={() => {
          setAsking(false);
          if (decision !== null) props.onDecided(decision);
        }}
        onCancel={() => setAsking(false)}
      >
        <p>
          <strong>{t(`review.outcome.${outcome}`)}</strong>
        </p>
        {decision !== null && (
          <dl className="review-why">
            <DecisionParts decision={decision} review={review} />
          </dl>
        )}
        {second}
      </Modal>
    </div>
  );
}

type Line = ReviewDetail['flagged']['lines'][number];
const isSame =
  (line: Line) =>
  (other: Line): boolean =>
    other.fixmedins_code === line.fixmedins_code &&
    other.setl_id === line.setl_id &&
    other.feedetl_sn === line.feedetl_sn;
