/** Fields that every entry has. */
import { Form, Input, Select } from 'antd';
import { useText } from '../language.tsx';
import type { MessageKey } from '../messages.ts';

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

export interface CommonTyped {
  readonly basis: string;
  readonly day: string;
  readonly reference: string;
}

export function CommonFields({ bases }: { bases: readonly string[] }) {
  const { t } = useText();
  const needed = { required: true, whitespace: true, message: t('credit.needed') };
  return (
    <>
      <Form.Item label={t('credit.basis')} name="basis" rules={[needed]}>
        <Select options={bases.map((basis) => ({ value: basis, label: t(basisKey(basis)) }))} />
      </Form.Item>
      <Form.Item label={t('credit.source')} name="reference" rules={[needed]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item
        label={t('credit.day')}
        name="day"
        rules={[needed, { pattern: dayPattern, message: t('credit.day_form') }]}
      >
        <Input maxLength={10} inputMode="numeric" />
      </Form.Item>
    </>
  );
}

type PlainKey = Extract<MessageKey, `credit.basis.${string}`>;
const basisKeys: readonly PlainKey[] = [
  'credit.basis.case_decision',
  'credit.basis.court_judgment',
  'credit.basis.agreement_handling',
  'credit.basis.accepted_finding',
  'credit.basis.inspection_result',
  'credit.basis.upload_record',
  'credit.basis.self_correction',
  'credit.basis.procurement_record',
  'credit.basis.reconsideration',
  'credit.basis.correction',
  'credit.basis.training',
  'credit.basis.restitution',
  'credit.basis.pledge',
];
const basisKey = (basis: string): PlainKey =>
  basisKeys.find((key) => key === `credit.basis.${basis}`) ?? 'credit.basis.correction';
