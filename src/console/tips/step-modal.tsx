/** What has to be said with a step of a tip. The answer is sealed here for who told; nobody else can read it again, the office neither. */
import { Checkbox, Form, Input, Radio, Select } from 'antd';
import { answerInfo, base64Of, publicKeyBytes, sealText } from '../../publicity/seal-contract.ts';
import type { TipAction } from '../../publicity/tip-states-contract.ts';
import {
  type RewardLevel,
  summaryCharsMax,
  type TipDetail,
  type TipStep,
} from '../../publicity/tips-contract.ts';
import { FormModal } from '../form-modal.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { tipsApi, tipsKey } from '../tips-api.ts';

const answerCharsMax = 4_000;
const summaryCharsMin = 10;
const reasonCharsMax = 500;
const voucherCharsMax = 40;

interface Typed {
  readonly answer?: string;
  readonly fixmedins_code?: string;
  readonly summary?: string;
  readonly is_verified?: boolean;
  readonly level?: RewardLevel;
  readonly is_insider?: boolean;
  readonly reason?: string;
  readonly voucher?: string;
}

async function stepOf({ reply_key, revision }: TipDetail, action: TipAction, typed: Typed): Promise<TipStep> {
  const text = (typed.answer ?? '').trim();
  const sealed = base64Of(await sealText(publicKeyBytes(reply_key), answerInfo, text));
  const answer = text === '' ? null : sealed;
  const { fixmedins_code = '', summary = '', is_verified = false, level = 'c', is_insider = false } = typed;
  const { reason = '', voucher = '' } = typed;
  switch (action) {
    case 'accept':
      return { action, revision, answer };
    case 'decline':
    case 'answer':
      return { action, revision, answer: sealed };
    case 'raise':
      return { action, revision, answer, fixmedins_code };
    case 'refer':
      return { action, revision, answer, fixmedins_code, summary };
    case 'close':
      return { action, revision, answer, is_verified };
    case 'reward':
      return { action, revision, answer, level, is_insider };
    case 'return_reward':
      return { action, revision, answer, reason };
    case 'pay_reward':
      return { action, revision, answer, voucher };
    case 'approve_reward':
    case 'forgo_reward':
      return { action, revision, answer };
  }
}

export function StepModal({
  tip,
  action,
  onClose,
}: {
  tip: TipDetail;
  action: TipAction;
  onClose: () => void;
}) {
  const { t } = useText();
  const mustAnswer = action === 'decline' || action === 'answer';
  const needed = { required: true, whitespace: true, message: t('credit.needed') };
  return (
    <FormModal
      isOpen
      changes={tipsKey}
      title={t(`tip.action.${action}`)}
      initialValues={{ is_verified: true }}
      send={async (typed: Typed) => tipsApi.act(tip.id, await stepOf(tip, action, typed))}
      onClose={onClose}
    >
      {action === 'raise' && <p className="quiet">{t('tip.raise_note')}</p>}
      {(action === 'raise' || action === 'refer') && (
        <Form.Item
          label={t('tip.institution')}
          name="fixmedins_code"
          rules={[{ required: true, pattern: /^[A-Za-z]\d{11}$/, message: t('tip.institution_form') }]}
        >
          <Input maxLength={12} autoComplete="off" className="number" />
        </Form.Item>
      )}
      {action === 'refer' && (
        <Form.Item
          label={t('tip.summary')}
          name="summary"
          extra={t('tip.summary_note')}
          rules={[{ ...needed, min: summaryCharsMin, message: t('publicity.too_short') }]}
        >
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={summaryCharsMax} showCount />
        </Form.Item>
      )}
      {action === 'close' && (
        <Form.Item label={t('tip.outcome')} name="is_verified">
          <Radio.Group
            options={[
              { value: true, label: t('tip.verified.yes') },
              { value: false, label: t('tip.verified.no') },
            ]}
          />
        </Form.Item>
      )}
      {action === 'reward' && <RewardFields tip={tip} />}
      {action === 'approve_reward' && <Proposed tip={tip} />}
      {action === 'return_reward' && (
        <Form.Item label={t('tip.return_reason')} name="reason" rules={[{ ...needed, min: 2 }]}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={reasonCharsMax} showCount />
        </Form.Item>
      )}
      {action === 'pay_reward' && (
        <Form.Item
          label={t('tip.voucher')}
          name="voucher"
          extra={t('tip.voucher_note')}
          rules={[{ ...needed, pattern: /^[\p{L}\d〔〕()（）/_-]{2,40}$/u, message: t('tip.voucher_form') }]}
        >
          <Input maxLength={voucherCharsMax} autoComplete="off" className="number" />
        </Form.Item>
      )}
      <Form.Item label={t('tip.answer')} name="answer" rules={mustAnswer ? [needed] : []}>
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={answerCharsMax} showCount />
      </Form.Item>
    </FormModal>
  );
}

/** What was proposed, for whoever approves it. */
function Proposed({ tip: { steps, decided_fen } }: { tip: TipDetail }) {
  const { t, language } = useText();
  const { level, fen, is_insider } = steps.findLast(({ action }) => action === 'reward')?.detail ?? {};
  const amount = (of: number): string => money(yuanOf(of), language);
  return (
    <>
      <p className="quiet">{t('tip.reward_note', { amount: amount(decided_fen ?? 0) })}</p>
      <p>
        {t('tip.proposed', {
          level: (level ?? '').toUpperCase(),
          amount: amount(fen ?? 0),
        })}{' '}
        {is_insider === true && t('tip.inside')}
      </p>
    </>
  );
}

function RewardFields({ tip: { rewards, decided_fen } }: { tip: TipDetail }) {
  const { t, language } = useText();
  const isInsider = Form.useWatch<boolean | undefined>('is_insider') === true;
  const amount = (fen: number): string => money(yuanOf(fen), language);
  return (
    <>
      <p className="quiet">{t('tip.reward_note', { amount: amount(decided_fen ?? 0) })}</p>
      <Form.Item name="is_insider" valuePropName="checked">
        <Checkbox>{t('tip.inside')}</Checkbox>
      </Form.Item>
      <Form.Item
        label={t('tip.reward_level')}
        name="level"
        rules={[{ required: true, message: t('credit.needed') }]}
      >
        <Select
          options={rewards
            .filter(({ is_insider }) => is_insider === isInsider)
            .map(({ level, fen, rate_permille }) => ({
              value: level,
              label: t('tip.reward_option', {
                name: t(`tip.level.${level}`, { n: rate_permille }),
                amount: amount(fen),
              }),
            }))}
        />
      </Form.Item>
    </>
  );
}
