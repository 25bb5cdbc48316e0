import { Tag } from 'antd';
import type { DrawRow } from '../../inspection/draws-contract.ts';
import { useText } from '../language.tsx';

const colours = { committed: 'default', drawn: 'processing', opened: 'success' } as const;

export function DrawStateTag({
  draw: { state, redrawn_by },
}: {
  draw: Pick<DrawRow, 'state' | 'redrawn_by'>;
}) {
  const { t } = useText();
  return (
    <>
      <Tag color={colours[state]}>{t(`draw.state.${state}`)}</Tag>
      {redrawn_by !== null && <Tag color="warning">{t('draw.redrawn')}</Tag>}
    </>
  );
}
