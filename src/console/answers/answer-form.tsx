/** What an institution says to a finding: accepted, in part, or objected; with a refund where there is one. */
import { Button, Checkbox, Input, Modal, Segmented, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import {
  type AnswerDetail,
  type InstitutionAnswer,
  statementCharactersMax,
} from '../../cases/answer-contract.ts';
import { type Stance, stances } from '../../cases/answer-states-contract.ts';
import { AmountField, AmountLines, inFull } from '../amount-lines.tsx';
import type { InvolvedClaim } from '../finding/claim-view.ts';
import { lineNameOf } from '../finding/claim-view.ts';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { useUnsaved } from '../unsaved.tsx';
import { AnswerParts } from './answer-words.tsx';

export function AnswerForm(props: {
  answer: AnswerDetail;
  claims: readonly InvolvedClaim[];
  /** Leaves the form of whoever comes forward before anybody asked, accepts and pays back; `null`: somebody asked. */
  onNotForward: (() => void) | null;
  isBusy: boolean;
  onGiven: (answer: InstitutionAnswer) => void;
  /** Its files, which stand before what sends it. */
  children: ReactNode;
}) {
  const { t, pick, language } = useText();
  const { answer, onNotForward } = props;
  const isForward = onNotForward !== null;
  const { flagged } = answer;
  const [stance, setStance] = useState<Stance>('accepted');
  const [amounts, setAmounts] = useState(() => inFull(flagged));
  const [whole, setWhole] = useState(flagged.fen);
  const [ground, setGround] = useState<string | null>(null);
  const [statement, setStatement] = useState('');
  const [hasRefund, setHasRefund] = useState(isForward && flagged.fen > 0);
  const [refundFen, setRefundFen] = useState<number | null>(null);
  const [day, setDay] = useState('');
  const [reference, setReference] = useState('');
  const [isAsking, setAsking] = useState(false);
  // Of nothing there is no part, and nothing to pay back.
  const hasAmount = flagged.fen > 0;

  const partFen = flagged.by_line ? amounts.reduce((sum, one) => sum + one, 0) : whole;
  const acceptedFen = stance === 'accepted' ? flagged.fen : stance === 'partly' ? partFen : 0;
  const words = statement.trim();
  const refund = hasRefund ? { fen: refundFen ?? acceptedFen, day, reference: reference.trim() } : null;
  const isRefundReady =
    refund === null ||
    (refund.fen > 0 && refund.fen <= acceptedFen && refund.day !== '' && refund.reference !== '');
  const given = ((): InstitutionAnswer | null => {
    switch (stance) {
      case 'accepted':
        return isRefundReady ? { stance, statement: words, refund } : null;
      case 'partly': {
        const lines = flagged.lines.flatMap((line, index) => {
          const taken = amounts[index] ?? 0;
          return taken === 0 ? [] : [{ ...line, fen: taken }];
        });
        return partFen === 0 || partFen >= flagged.fen || words === '' || !isRefundReady
          ? null
          : { stance, fen: partFen, lines: flagged.by_line ? lines : [], statement: words, refund };
      }
      case 'objected':
        return ground === null || words === '' ? null : { stance, ground, statement: words };
    }
  })();
  const leave = useUnsaved(
    !props.isBusy &&
      (statement !== '' ||
        ground !== null ||
        reference !== '' ||
        day !== '' ||
        refundFen !== null ||
        whole !== flagged.fen ||
        amounts.join() !== inFull(flagged).join()),
  );
  const whyNot = ((): `answer.why.${'ground' | 'amount' | 'statement' | 'refund'}` | null => {
    if (given !== null) return null;
    if (stance === 'objected' && ground === null) return 'answer.why.ground';
    if (stance === 'partly' && (partFen === 0 || partFen >= flagged.fen)) return 'answer.why.amount';
    return stance !== 'accepted' && words === '' ? 'answer.why.statement' : 'answer.why.refund';
  })();
  const isWordsNeeded = stance !== 'accepted';
  const act = t(isForward ? 'answer.act.come_forward' : 'answer.act.give');
  return (
    <div className="review-form">
      <Segmented
        block
        aria-label={t('answer.stance')}
        value={stance}
        onChange={setStance}
        options={stances
          .filter((value) => (value === 'objected' ? !isForward : value === 'accepted' || hasAmount))
          .map((value) => ({ value, label: t(`answer.stance.${value}`) }))}
      />
      {stance === 'partly' && flagged.by_line && (
        <AmountLines
          flagged={flagged}
          nameOf={(line) => lineNameOf(line, props.claims)}
          words={{
            all: t('answer.all_lines'),
            none: t('answer.no_lines'),
            amountOf: (n) => t('answer.line_amount', { n }),
          }}
          amounts={amounts}
          onChange={setAmounts}
        />
      )}
      {stance === 'partly' && !flagged.by_line && (
        <label className="review-field">
          <span className="filter-label">{t('answer.accepted_yuan')}</span>
          <AmountField label={t('answer.accepted_yuan')} fen={whole} most={flagged.fen} onChange={setWhole} />
        </label>
      )}
      {stance !== 'objected' && (
        <p data-testid="accepted-sum">
          {t('answer.accepted_fen')}{' '}
          <strong className="number">{money(yuanOf(acceptedFen), language)}</strong>{' '}
          <span className="quiet">
            {t('review.of_flagged', { money: money(yuanOf(flagged.fen), language) })}
          </span>
        </p>
      )}
      {stance === 'partly' && partFen >= flagged.fen && (
        <p className="review-late">{t('answer.not_partly')}</p>
      )}
      {stance === 'objected' && (
        <Select
          aria-label={t('answer.ground')}
          placeholder={t('answer.ground')}
          showSearch={{ optionFilterProp: 'label' }}
          value={ground}
          onChange={setGround}
          options={answer.grounds.map((term) => ({ value: term.code, label: pick(term) }))}
        />
      )}
      <Input.TextArea
        aria-label={t('answer.statement')}
        placeholder={t(isWordsNeeded ? 'answer.statement_needed' : 'answer.statement')}
        rows={3}
        maxLength={statementCharactersMax}
        value={statement}
        onChange={({ target }) => setStatement(target.value)}
      />
      {stance !== 'objected' && hasAmount && (
        <fieldset className="answer-refund">
          {isForward ? (
            <legend>{t('answer.refund')}</legend>
          ) : (
            <Checkbox checked={hasRefund} onChange={({ target }) => setHasRefund(target.checked)}>
              {t('answer.has_refund')}
            </Checkbox>
          )}
          {hasRefund && (
            <div className="review-field">
              <label>
                <span className="filter-label">{t('answer.refund_yuan')}</span>
                <AmountField
                  label={t('answer.refund_yuan')}
                  fen={Math.min(refundFen ?? acceptedFen, acceptedFen)}
                  most={acceptedFen}
                  onChange={setRefundFen}
                />
              </label>
              <label>
                <span className="filter-label">{t('answer.refund_day')}</span>
                <Input
                  type="date"
                  size="small"
                  aria-label={t('answer.refund_day')}
                  value={day}
                  onChange={({ target }) => setDay(target.value)}
                />
              </label>
              <label>
                <span className="filter-label">{t('answer.refund_reference')}</span>
                <Input
                  size="small"
                  aria-label={t('answer.refund_reference')}
                  maxLength={referenceCharactersMax}
                  value={reference}
                  onChange={({ target }) => setReference(target.value)}
                />
              </label>
            </div>
          )}
        </fieldset>
      )}
      {props.children}
      <div className="review-acts">
        <Button
          type="primary"
          disabled={given === null}
          loading={props.isBusy}
          onClick={() => setAsking(true)}
        >
          {act}
        </Button>
        {onNotForward !== null && (
          <Button disabled={props.isBusy} onClick={() => leave(onNotForward)}>
            {t('answer.not_forward')}
          </Button>
        )}
        {whyNot !== null && <span className="quiet">{t(whyNot)}</span>}
      </div>
      <Modal
        open={isAsking}
        title={t('answer.sure')}
        okText={act}
        onOk={() => {
          setAsking(false);
          if (given !== null) props.onGiven(given);
        }}
        onCancel={() => setAsking(false)}
      >
        <p>
          <strong>{t(`answer.stance.${stance}`)}</strong>
        </p>
        {given !== null && (
          <dl className="review-why">
            <AnswerParts answer={given} of={answer} />
          </dl>
        )}
        <p className="quiet">{t(isForward ? 'answer.sure_forward' : 'answer.sure_note')}</p>
      </Modal>
    </div>
  );
}

const referenceCharactersMax = 100;
