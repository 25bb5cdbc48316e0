/** What reviewers said of what each version of a rule found. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Table } from 'antd';
import { Asked } from '../asked.tsx';
import { amount, count } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { precisionQuery } from '../reviews-api.ts';

const skeletonRows = 2;

export function PrecisionPanel({ code }: { code: string }) {
  const { t } = useText();
  const asked = useQuery(precisionQuery(code));
  return (
    <Card size="small" title={t('review.precision')}>
      <Asked of={asked} rows={skeletonRows}>
        {({ versions }) =>
          versions.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('review.precision_none')} />
          ) : (
            <Table
              size="small"
              rowKey="rule_version"
              dataSource={versions}
              pagination={false}
              scroll={{ x: 560 }}
              columns={[
                {
                  title: t('rules.version_head'),
                  render: (_, { rule_version }) => <code>{rule_version}</code>,
                },
                {
                  title: t('review.precision_share'),
                  className: 'number',
                  render: (_, { precision }) =>
                    precision === null ? t('value.none') : `${(precision * 100).toFixed(1)}%`,
                },
                ...(['confirmed', 'not_violation', 'cannot_decide'] as const).map((outcome) => ({
                  title: t(`review.outcome.${outcome}`),
                  key: outcome,
                  className: 'number',
                  render: (_: unknown, row: (typeof versions)[number]) => count(row[outcome]),
                })),
                {
                  title: t('review.confirmed_fen'),
                  className: 'number',
                  render: (_, { confirmed_fen }) => amount(yuanOf(confirmed_fen)),
                },
              ]}
            />
          )
        }
      </Asked>
    </Card>
  );
}
