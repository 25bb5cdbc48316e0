import { Tag } from 'antd';
import type { BatchRow } from '../../knowledge/contract.ts';
import { useText } from '../language.tsx';

const colours = {
  faulty: 'error',
  waiting: 'warning',
  approved: 'processing',
  rejected: 'default',
  withdrawn: 'default',
  rolled_back: 'default',
} as const;

export function BatchState({ batch }: { batch: BatchRow }) {
  const { t } = useText();
  return batch.in_force ? (
    <Tag color="success">{t('knowledge.now')}</Tag>
  ) : (
    <Tag color={colours[batch.state]}>{t(`knowledge.state.${batch.state}`)}</Tag>
  );
}
