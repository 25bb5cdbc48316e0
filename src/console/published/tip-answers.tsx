/** What became of a tip: asked for by its receipt, and opened in this browser. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Tag } from 'antd';
import { answerInfo, bytesOfBase64, openText, receiptKeys } from '../../publicity/seal-contract.ts';
import type { TipAnswers as Answers } from '../../publicity/tips-contract.ts';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { tipsApi } from '../tips-api.ts';

interface Opened extends Omit<Answers, 'answers'> {
  /** Text `null`: it cannot be opened. */
  readonly answers: readonly { readonly on: string; readonly sealed: string; readonly text: string | null }[];
}

/** @returns null: what was typed is no receipt */
async function opened(typed: string): Promise<Opened | null> {
  const receipt = receiptKeys(typed);
  if (receipt === null) return null;
  const { answers, ...rest } = await tipsApi.answers(receipt.token);
  return {
    ...rest,
    answers: await Promise.all(
      answers.map(async ({ on, sealed }) => ({
        on,
        sealed,
        text: await openText(receipt.keys, answerInfo, bytesOfBase64(sealed)),
      })),
    ),
  };
}

const receiptCharsMax = 60;

export function TipAnswers() {
  const { t } = useText();
  const look = useMutation<Opened | null, ApiError, { receipt: string }>({
    mutationFn: ({ receipt }) => opened(receipt),
  });
  return (
    <Card size="small" title={t('tip.look')}>
      <div className="stack">
        <Form
          layout="vertical"
          requiredMark={false}
          className="tip-look"
          onFinish={(typed: { receipt: string }) => look.mutate(typed)}
        >
          <Form.Item
            label={t('tip.receipt')}
            name="receipt"
            rules={[{ required: true, whitespace: true, message: t('credit.needed') }]}
          >
            <Input maxLength={receiptCharsMax} autoComplete="off" spellCheck={false} className="number" />
          </Form.Item>
          <Button htmlType="submit" loading={look.isPending}>
            {t('tip.ask')}
          </Button>
        </Form>
        {look.error !== null && <Failure error={look.error} />}
        {look.data === null && <Alert type="error" showIcon title={t('tip.no_receipt')} />}
        {look.data != null && <State of={look.data} />}
      </div>
    </Card>
  );
}

function State({ of: { tip_no, received_on, state, due, reward, answers } }: { of: Opened }) {
  const { t, language } = useText();
  return (
    <section className="stack" aria-live="polite">
      <p>
        {t('tip.taken_as', { no: tip_no, day: received_on })} <Tag>{t(`tip.state.${state}`)}</Tag>{' '}
        {due !== null && (
          <span className="quiet number">{t('publicity.last_day', { day: due.last_day })}</span>
        )}
      </p>
      {reward !== null && (
        <Alert
          type={reward.state === 'forgone' ? 'warning' : 'success'}
          showIcon
          title={t(`tip.rewarded.${reward.state}`, {
            amount: money(yuanOf(reward.fen), language),
            day: reward.claim_until,
          })}
        />
      )}
      {answers.length === 0 ? (
        <p className="quiet">{t('tip.no_answer')}</p>
      ) : (
        answers.map(({ on, sealed, text }) => (
          <blockquote key={sealed} className="credit-objection">
            <div className="quiet number">{on}</div>
            <p className="published-story break">{text ?? t('tip.unreadable')}</p>
          </blockquote>
        ))
      )}
    </section>
  );
}
