/** Rewards of tips by year: how many went how far, and what they come to. Of whom they are, nobody counts. */
import { Card, Table } from 'antd';
import type { RewardSums } from '../../publicity/tips-contract.ts';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';

const stages = ['proposed', 'approved', 'paid', 'forgone'] as const;

export function RewardSumsCard({ rewards }: { rewards: readonly RewardSums[] }) {
  const { t, language } = useText();
  if (rewards.length === 0) return null;
  return (
    <Card size="small" title={t('tip.rewards')}>
      <Table<RewardSums>
        size="small"
        rowKey="year"
        dataSource={rewards}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('tip.rewards_year'), className: 'number', dataIndex: 'year' },
          ...stages.map((stage) => ({
            key: stage,
            title: t(`tip.rewards.${stage}`),
            align: 'right' as const,
            className: 'number',
            render: (_: unknown, row: RewardSums) => (
              <>
                {count(row[stage].count)}
                <div className="quiet">{money(yuanOf(row[stage].fen), language)}</div>
              </>
            ),
          })),
        ]}
      />
    </Card>
  );
}
