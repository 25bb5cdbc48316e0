import { Tag } from 'antd';
import type { Run } from '../../rulebook/contract.ts';
import { useText } from '../language.tsx';

export function RunStateTag({ state }: { state: Run['state'] }) {
  const { t } = useText();
  return <Tag className={`state-tag run-${state}`}>{t(`book.run.state.${state}`)}</Tag>;
}
