import { Tag } from 'antd';
import type { TaskRow } from '../../inspection/on-site-contract.ts';
import { useText } from '../language.tsx';

const colours = {
  planned: 'default',
  open: 'processing',
  concluded: 'warning',
  signed: 'success',
  recorded: 'success',
  cancelled: 'default',
} as const;

export function TaskStateTag({
  task: { state, is_overdue },
}: {
  task: Pick<TaskRow, 'state' | 'is_overdue'>;
}) {
  const { t } = useText();
  return (
    <>
      <Tag color={colours[state]}>{t(`check.state.${state}`)}</Tag>
      {is_overdue && <Tag color="error">{t('check.overdue')}</Tag>}
    </>
  );
}
