import { Tag } from 'antd';
import type { VersionState } from '../../rulebook/states-contract.ts';
import { useText } from '../language.tsx';

export function StateTag({ state }: { state: VersionState }) {
  const { t } = useText();
  return <Tag className={`state-tag state-${state}`}>{t(`book.state.${state}`)}</Tag>;
}
