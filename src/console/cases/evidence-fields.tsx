/** What is said of a piece of evidence, whether it is a text or a file. */
import { Form, Input, Select } from 'antd';
import { evidenceKinds } from '../../cases/contract.ts';
import type { AddEvidenceFile } from '../../cases/view-contract.ts';
import { useText } from '../language.tsx';
import { fenOfTyped } from '../reviews/fen.ts';
import { YuanInput, useYuanRule } from '../yuan-input.tsx';

export interface TypedEvidence {
  readonly kind: (typeof evidenceKinds)[number];
  readonly title: string;
  readonly source: string;
  readonly yuan?: number | null;
}

export const givenEvidence = (
  { kind, title, source, yuan }: TypedEvidence,
  revision: number,
): AddEvidenceFile => ({
  revision,
  kind,
  title,
  source,
  flagged_fen: fenOfTyped(yuan ?? 0),
});

export function EvidenceFields() {
  const { t } = useText();
  const needed = { required: true, whitespace: true, message: t('draw.needed') };
  return (
    <>
      <Form.Item label={t('case.evidence_kind')} name="kind">
        <Select options={evidenceKinds.map((value) => ({ value, label: t(`case.option.${value}`) }))} />
      </Form.Item>
      <Form.Item label={t('case.evidence_title')} name="title" rules={[needed]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item label={t('case.evidence_source')} name="source" rules={[needed]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item label={t('case.amount.flagged')} name="yuan" rules={[useYuanRule()]}>
        <YuanInput />
      </Form.Item>
    </>
  );
}
