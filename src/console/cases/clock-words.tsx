import { Tag } from 'antd';
import type { CaseDetail } from '../../cases/view-contract.ts';
import { useText } from '../language.tsx';

type Clock = CaseDetail['clocks'][number];

const colours: Readonly<Record<Clock['status'], string>> = {
  running: 'processing',
  stopped: 'default',
  overdue: 'error',
  kept: 'success',
  missed: 'error',
};

/** A statutory period: its name, its last day, and how it stands. */
export function ClockWords({ clock }: { clock: Clock }) {
  const { t, pick } = useText();
  return (
    <span title={clock.basis}>
      {pick(clock.name)} <span className="number">{clock.last_day}</span>{' '}
      <Tag color={colours[clock.status]}>{t(`case.clock.${clock.status}`)}</Tag>
      {clock.provisional && <Tag>{t('case.clock.provisional')}</Tag>}
    </span>
  );
}
