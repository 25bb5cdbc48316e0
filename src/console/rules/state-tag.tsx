import { Tag } from 'antd';
import type { VersionState } from '../../rulebook/states-contract.ts';
import { useText } from '../language.tsx';

const colours: Readonly<Record<VersionState, string>> = {
  draft: 'default',
  review: 'gold',
  approved: 'cyan',
  rejected: 'red',
  shadow: 'purple',
  active: 'green',
  paused: 'orange',
  retired: 'default',
};

export function StateTag({ state }: { state: VersionState }) {
  const { t } = useText();
  return <Tag color={colours[state]}>{t(`book.state.${state}`)}</Tag>;
}
