/** A check beside the draw: of what, why, when, and by whom; and the team of one that is planned. */
import { Form, Input, Select } from 'antd';
import { plannedKinds, type TaskDetail } from '../../inspection/on-site-contract.ts';
import { FormModal } from '../form-modal.tsx';
import { addDays, today } from '../format.ts';
import { useText } from '../language.tsx';
import { taskApi, tasksKey } from '../task-api.ts';
import { EntrySelect } from './entry-select.tsx';

const reasonMax = 500;
/** Days that a check is given at first. */
const usualDays = 14;

interface Planned {
  readonly kind: (typeof plannedKinds)[number];
  readonly object_id: string;
  readonly inspectors: string[];
  readonly from_day: string;
  readonly due_day: string;
  readonly reason: string;
}

export function PlanModal({
  isOpen,
  onDone,
  onClose,
}: {
  isOpen: boolean;
  onDone: (made: TaskDetail) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const needed = { required: true, message: t('draw.needed') };
  return (
    <FormModal<Planned, TaskDetail>
      isOpen={isOpen}
      changes={tasksKey}
      title={t('check.plan')}
      initialValues={{ kind: 'daily', from_day: today(), due_day: addDays(today(), usualDays) }}
      send={taskApi.plan}
      onDone={onDone}
      onClose={onClose}
    >
      <Form.Item label={t('check.kind')} name="kind">
        <Select options={plannedKinds.map((value) => ({ value, label: t(`check.kind.${value}`) }))} />
      </Form.Item>
      <Form.Item label={t('draw.object')} name="object_id" rules={[needed]}>
        <EntrySelect<string> kind="objects" />
      </Form.Item>
      <Form.Item label={t('check.team_of_two')} name="inspectors" rules={[needed]}>
        <EntrySelect<string[]> kind="inspectors" mode="multiple" />
      </Form.Item>
      <Form.Item label={t('check.from_day')} name="from_day" rules={[needed]}>
        <Input type="date" />
      </Form.Item>
      <Form.Item label={t('check.due_day')} name="due_day" rules={[needed]}>
        <Input type="date" />
      </Form.Item>
      <Form.Item
        label={t('check.reason')}
        name="reason"
        rules={[{ required: true, whitespace: true, message: t('draw.needed') }]}
      >
        <Input.TextArea rows={3} maxLength={reasonMax} showCount />
      </Form.Item>
    </FormModal>
  );
}

export function TeamModal({
  task: { id, team },
  isOpen,
  onClose,
}: {
  task: TaskDetail;
  isOpen: boolean;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <FormModal<{ inspectors: string[] }, unknown>
      isOpen={isOpen}
      changes={tasksKey}
      title={t('check.set_team')}
      initialValues={{ inspectors: team.map(({ inspector_id }) => inspector_id) }}
      send={({ inspectors }) => taskApi.setTeam(id, inspectors)}
      onClose={onClose}
    >
      <Form.Item
        label={t('check.team_of_two')}
        name="inspectors"
        rules={[{ required: true, message: t('draw.needed') }]}
      >
        <EntrySelect<string[]> kind="inspectors" mode="multiple" />
      </Form.Item>
    </FormModal>
  );
}

export function ReasonModal({
  isOpen,
  title,
  note,
  send,
  onClose,
}: {
  isOpen: boolean;
  title: string;
  note: string;
  send: (reason: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useText();
  return (
    <FormModal<{ reason: string }, unknown>
      isOpen={isOpen}
      changes={tasksKey}
      title={title}
      initialValues={{}}
      send={({ reason }) => send(reason)}
      onClose={onClose}
    >
      <p className="quiet">{note}</p>
      <Form.Item
        label={t('draw.reason')}
        name="reason"
        rules={[{ required: true, whitespace: true, message: t('draw.needed') }]}
      >
        <Input.TextArea rows={3} maxLength={reasonMax} showCount />
      </Form.Item>
    </FormModal>
  );
}
