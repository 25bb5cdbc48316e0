/** Decides a finding: how much of it is confirmed line by line, why it is no violation, or what is missing. */
import { Button, Input, InputNumber, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import {
  type Decision,
  noteCharactersMax,
  type ReviewDetail,
  type ReviewOutcome,
  reviewOutcomes,
} from '../../cases/review-contract.ts';
import { money } from '../format.ts';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { fenOfTyped, yuanOf } from '../reviews/fen.ts';
import type { InvolvedClaim } from './claim-view.ts';
import { DecisionParts } from './decision-words.tsx';

type FlaggedLine = ReviewDetail['flagged']['lines'][number];

/** Every line in full, in order, until the flagged amount is used up. */
function inFull({ fen, lines }: ReviewDetail['flagged']): number[] {
  let left = fen;
  return lines.map((line) => {
    const taken = Math.min(line.fen, left);
    left -= taken;
    return taken;
  });
}

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
      {outcome === 'confirmed' && flagged.by_line && (
        <Lines flagged={flagged} claims={props.claims} amounts={amounts} onChange={setAmounts} />
      )}
      {outcome === 'confirmed' && !flagged.by_line && (
        <label className="review-field">
          <span className="filter-label">{t('review.confirmed_fen')}</span>
          <Amount label={t('review.confirmed_fen')} fen={whole} most={flagged.fen} onChange={setWhole} />
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

function Amount(props: { label: string; fen: number; most: number; onChange: (fen: number) => void }) {
  return (
    <InputNumber
      aria-label={props.label}
      size="small"
      min={0}
      max={props.most / 100}
      precision={2}
      controls={false}
      value={props.fen / 100}
      onChange={(value) => props.onChange(typeof value === 'number' ? fenOfTyped(value) : 0)}
    />
  );
}

function Lines(props: {
  flagged: ReviewDetail['flagged'];
  claims: readonly InvolvedClaim[];
  amounts: readonly number[];
  onChange: (amounts: number[]) => void;
}) {
  const { t, language } = useText();
  const { flagged, claims, amounts } = props;
  return (
    <div>
      <div className="review-acts">
        <Button size="small" onClick={() => props.onChange(inFull(flagged))}>
          {t('review.all_lines')}
        </Button>
        <Button size="small" onClick={() => props.onChange(flagged.lines.map(() => 0))}>
          {t('review.no_lines')}
        </Button>
      </div>
      <ul className="review-lines">
        {flagged.lines.map((line, index) => (
          <li key={`${line.fixmedins_code} ${line.setl_id} ${line.feedetl_sn}`}>
            <span className="break">
              {t('review.line', { n: line.feedetl_sn })} {nameOf(line, claims)}
            </span>
            <span className="quiet number">{money(yuanOf(line.fen), language)}</span>
            <Amount
              label={t('review.line_amount', { n: line.feedetl_sn })}
              fen={amounts[index] ?? 0}
              most={line.fen}
              onChange={(fen) => props.onChange(amounts.map((one, at) => (at === index ? fen : one)))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function nameOf(line: FlaggedLine, claims: readonly InvolvedClaim[]): string {
  const claim = claims.find(
    ({ named }) => named.fixmedins_code === line.fixmedins_code && named.setl_id === line.setl_id,
  );
  const found = claim?.view?.lines.find(({ feedetl_sn }) => feedetl_sn === line.feedetl_sn);
  return found?.medins_list_name ?? found?.med_list_codg ?? '';
}
