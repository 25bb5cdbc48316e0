/** What has to be said with a step of a draw. */
import { Form, Input, Select } from 'antd';
import type { InspectionTask, ResultTerms } from '../../inspection/draws-contract.ts';
import { FormModal } from '../form-modal.tsx';
import { inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { useText } from '../language.tsx';

const reasonMax = 500;
const noteMax = 2_000;

function ReasonField() {
  const { t } = useText();
  return (
    <Form.Item
      label={t('draw.reason')}
      name="reason"
      rules={[{ required: true, whitespace: true, message: t('draw.needed') }]}
    >
      <Input.TextArea rows={3} maxLength={reasonMax} showCount />
    </Form.Item>
  );
}

export function RedrawModal({ isOpen, id, onClose }: { isOpen: boolean; id: number; onClose: () => void }) {
  const { t } = useText();
  return (
    <FormModal<{ reason: string }, unknown>
      isOpen={isOpen}
      changes={inspectionsKey}
      title={t('draw.approve_redraw')}
      initialValues={{}}
      send={({ reason }) => inspectionApi.approveRedraw(id, reason)}
      onClose={onClose}
    >
      <p className="quiet">{t('draw.approve_note')}</p>
      <ReasonField />
    </FormModal>
  );
}

export type Leaving =
  | { readonly kind: 'object'; readonly stratum: string; readonly out: string; readonly name: string }
  | { readonly kind: 'inspector'; readonly object_id: string; readonly out: string; readonly name: string };

export function ReplaceModal({
  id,
  leaving: { name, ...leaving },
  onClose,
}: {
  id: number;
  leaving: Leaving;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <FormModal<{ reason: string }, unknown>
      isOpen
      changes={inspectionsKey}
      title={t('draw.replace_title', { name })}
      initialValues={{}}
      send={({ reason }) => inspectionApi.replace(id, { ...leaving, reason })}
      onClose={onClose}
    >
      <p className="quiet">{t('draw.replace_note')}</p>
      <ReasonField />
    </FormModal>
  );
}

interface TypedCheck {
  readonly checked_on: string;
  readonly result_code: string;
  readonly note?: string;
}

export function CheckModal({
  id,
  task: { object_id, name, record },
  terms,
  today,
  onClose,
}: {
  id: number;
  task: InspectionTask;
  terms: ResultTerms;
  today: string;
  onClose: () => void;
}) {
  const { t, pick } = useText();
  const needed = { required: true, message: t('draw.needed') };
  return (
    <FormModal<TypedCheck, unknown>
      isOpen
      changes={inspectionsKey}
      title={t('draw.check_title', { name })}
      initialValues={record ?? { checked_on: today }}
      send={({ note = '', checked_on, result_code }) =>
        inspectionApi.check(id, { object_id, checked_on, result_code, note })
      }
      onClose={onClose}
    >
      <Form.Item label={t('draw.checked_on')} name="checked_on" rules={[needed]}>
        <Input type="date" />
      </Form.Item>
      <Form.Item label={t('draw.result')} name="result_code" rules={[needed]}>
        <Select options={terms.results.map(({ code, title }) => ({ value: code, label: pick(title) }))} />
      </Form.Item>
      <Form.Item label={t('draw.check_note')} name="note">
        <Input.TextArea rows={4} maxLength={noteMax} showCount />
      </Form.Item>
    </FormModal>
  );
}
