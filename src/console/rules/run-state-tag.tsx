import { Tag } from 'antd';
import type { Run } from '../../rulebook/contract.ts';
import { useText } from '../language.tsx';

const colours: Readonly<Record<Run['state'], string>> = {
  waiting: 'processing',
  done: 'green',
  cancelled: 'default',
  failed: 'red',
};

export function RunStateTag({ state }: { state: Run['state'] }) {
  const { t } = useText();
  return <Tag color={colours[state]}>{t(`book.run.state.${state}`)}</Tag>;
}
