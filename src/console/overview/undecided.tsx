/** Missing data is never a silent pass: what could not be judged is counted and named. */
import { Card, Empty, Table, Tag } from 'antd';
import { Link } from 'react-router';
import type { Overview } from '../../screening/contract.ts';
import { count } from '../format.ts';
import { missingWords } from '../fact-words.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { paths } from '../paths.ts';
import { useTitles } from '../titles.ts';

const pageSize = 10;

export function UndecidedCard({
  undecided,
  rules,
}: {
  undecided: number;
  rules: Overview['undecided_by_rule'];
}) {
  const text = useText();
  const { t, pick } = text;
  const isPhone = useNarrow(phoneMax);
  const titles = useTitles();
  return (
    <Card
      size="small"
      title={t('overview.undecided_title')}
      extra={<span className="quiet">{t('overview.undecided_count', { n: count(undecided) })}</span>}
    >
      {rules.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('overview.all_decided')} />
      ) : (
        <Table
          size="small"
          className="undecided"
          tableLayout="fixed"
          rowKey={(row) => `${row.rule_code} ${row.missing.join(' ')}`}
          dataSource={rules}
          pagination={rules.length > pageSize ? { pageSize, size: 'small', showSizeChanger: false } : false}
          columns={[
            {
              title: t('field.rule'),
              width: isPhone ? '38%' : 260,
              render: (_, row) => <Link to={paths.rule(row.rule_code)}>{pick(row.name)}</Link>,
            },
            {
              title: t('overview.missing'),
              render: (_, row) =>
                row.missing.map((name) => (
                  <Tag key={name} title={name} variant="filled">
                    {missingWords(name, titles, text)}
                  </Tag>
                )),
            },
            {
              title: t('overview.claims_affected'),
              width: isPhone ? 72 : 130,
              align: 'right',
              className: 'number',
              render: (_, row) => count(row.claims),
            },
          ]}
        />
      )}
    </Card>
  );
}
