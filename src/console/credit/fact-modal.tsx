/** Records a confirmed fact of a subject, also of one that has no entry yet. */
import { useQuery } from '@tanstack/react-query';
import { Form, Input, InputNumber, Select } from 'antd';
import {
  type CreditSubject,
  entryPointsMax,
  factBases,
  responsibilities,
  severities,
  type SubjectKind,
  subjectKinds,
} from '../../credit/contract.ts';
import type { Recorded } from '../../credit/publication-contract.ts';
import { creditApi } from '../credit-api.ts';
import { fenOf } from '../format.ts';
import { useText } from '../language.tsx';
import { creditKey } from '../queries.ts';
import { creditSchemesQuery } from '../queries.ts';
import { CommonFields, type CommonTyped } from './common-fields.tsx';
import { FormModal } from '../form-modal.tsx';

interface Typed extends CommonTyped {
  readonly kind: SubjectKind;
  readonly key: string;
  readonly fact: string;
  readonly basis: (typeof factBases)[number];
  readonly points?: number | null;
  readonly severity?: (typeof severities)[number];
  readonly responsibility?: (typeof responsibilities)[number];
  readonly amount?: string;
  readonly event?: string;
  readonly act?: string;
}

export function FactModal({
  isOpen,
  kind,
  subject,
  today,
  onDone,
  onClose,
}: {
  isOpen: boolean;
  kind: SubjectKind;
  /** Whose fact it is; undefined: asked for. */
  subject?: CreditSubject;
  today: string;
  onDone: (recorded: Recorded) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <FormModal
      isOpen={isOpen}
      changes={creditKey}
      title={t('credit.record')}
      initialValues={{ kind, key: subject?.key, basis: 'case_decision', day: today }}
      send={(typed: Typed) => creditApi.record(entryOf(typed))}
      onDone={onDone}
      onClose={onClose}
    >
      <p className="quiet">{t('credit.record_note')}</p>
      <FactFields isFixed={subject !== undefined} />
      <CommonFields bases={factBases} />
    </FormModal>
  );
}

const entryOf = (typed: Typed) => ({
  entry: 'fact' as const,
  subject: { kind: typed.kind, key: typed.key.trim() },
  fact: typed.fact,
  basis: typed.basis,
  day: typed.day,
  source: { reference: typed.reference.trim(), sha256: null },
  points: typed.points ?? null,
  severity: typed.severity ?? null,
  responsibility: typed.responsibility ?? null,
  value: typed.amount === undefined || typed.amount === '' ? null : Number(fenOf(typed.amount)),
  event: plain(typed.event),
  act: plain(typed.act),
});

const plain = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' ? null : text.trim();

function FactFields({ isFixed }: { isFixed: boolean }) {
  const { t, pick } = useText();
  const { data, isPending } = useQuery(creditSchemesQuery);
  const kind: SubjectKind | undefined = Form.useWatch('kind');
  const facts = new Map(
    (data?.items ?? [])
      .filter(({ subjects }) => kind !== undefined && subjects.includes(kind))
      .flatMap((scheme) => scheme.facts.map(({ fact, name }) => [fact, name] as const)),
  );
  const isPersonnel = kind === 'doctor' || kind === 'pharmacist_nurse';
  const needed = { required: true, whitespace: true, message: t('credit.needed') };
  return (
    <>
      <Form.Item label={t('credit.kind')} name="kind" rules={[needed]}>
        <Select
          disabled={isFixed}
          options={subjectKinds.map((each) => ({ value: each, label: t(`credit.kind.${each}`) }))}
        />
      </Form.Item>
      <Form.Item label={t('credit.key')} name="key" extra={t('credit.key_hint')} rules={[needed]}>
        <Input disabled={isFixed} maxLength={64} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item label={t('credit.fact')} name="fact" rules={[needed]}>
        <Select
          loading={isPending}
          options={[...facts].map(([fact, name]) => ({ value: fact, label: pick(name) }))}
        />
      </Form.Item>
      {isPersonnel ? (
        <div className="credit-pair">
          <Form.Item label={t('credit.points_stated')} name="points">
            <InputNumber min={1} max={entryPointsMax} precision={0} />
          </Form.Item>
          <Form.Item label={t('credit.responsibility')} name="responsibility">
            <Select
              allowClear
              options={responsibilities.map((each) => ({
                value: each,
                label: t(`credit.responsibility.${each}`),
              }))}
            />
          </Form.Item>
        </div>
      ) : (
        <div className="credit-pair">
          <Form.Item label={t('credit.severity')} name="severity">
            <Select
              allowClear
              options={severities.map((each) => ({ value: each, label: t(`credit.severity.${each}`) }))}
            />
          </Form.Item>
          <Form.Item
            label={t('credit.amount')}
            name="amount"
            rules={[{ pattern: /^\d{1,12}(\.\d{1,2})?$/, message: t('credit.amount_form') }]}
          >
            <Input inputMode="decimal" maxLength={15} />
          </Form.Item>
        </div>
      )}
      <div className="credit-pair">
        <Form.Item label={t('credit.event')} name="event">
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item label={t('credit.act')} name="act" extra={t('credit.act_hint')}>
          <Input maxLength={64} />
        </Form.Item>
      </div>
    </>
  );
}
