/** 知识表: which tables are in force, and what waits. */
import { useQuery } from '@tanstack/react-query';
import { Table, Tag } from 'antd';
import { Link } from 'react-router';
import type { KnowledgeList } from '../../knowledge/contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { knowledgeQuery } from '../queries.ts';

type Row = KnowledgeList['tables'][number];

const skeletonRows = 12;

export function KnowledgeRoom() {
  const { t } = useText();
  const asked = useQuery(knowledgeQuery);
  const { data } = asked;
  return (
    <>
      <PageHead
        title={t('room.knowledge')}
        note={data !== undefined && t('knowledge.note', { n: count(data.tables.length) })}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => <TablesTable tables={found.tables} />}
      </Asked>
    </>
  );
}

/** Those first that somebody has to look at. */
function TablesTable({ tables }: { tables: readonly Row[] }) {
  const { t, pick } = useText();
  const isPhone = useNarrow(phoneMax);
  const sorted = [...tables].sort((a, b) => b.waiting - a.waiting || (a.table < b.table ? -1 : 1));
  if (isPhone) return <TableCards tables={sorted} />;
  return (
    <Table<Row>
      size="small"
      rowKey="table"
      dataSource={sorted}
      pagination={false}
      scroll={{ x: 900 }}
      columns={[
        {
          title: t('knowledge.table'),
          render: (_, { table, title }) => (
            <>
              <Link to={paths.knowledgeTable(table)}>{pick(title)}</Link>
              <div>
                <code className="quiet">{table}</code>
              </div>
            </>
          ),
        },
        {
          title: t('knowledge.rows'),
          width: 90,
          align: 'right',
          className: 'number',
          render: (_, { rows }) => count(rows),
        },
        {
          title: t('knowledge.in_force'),
          width: 260,
          render: (_, { in_force }) =>
            in_force === null ? (
              <span className="quiet">{t('knowledge.not_registered')}</span>
            ) : (
              <>
                <div className="break">{in_force.batch.batch}</div>
                <span className="quiet number">{t('knowledge.since', { time: instant(in_force.at) })}</span>
              </>
            ),
        },
        {
          title: t('knowledge.rules'),
          width: 240,
          className: 'break',
          render: (_, { rules }) => rules.join(' '),
        },
        {
          title: t('field.state'),
          width: 110,
          render: (_, { waiting }) =>
            waiting > 0 && <Tag color="warning">{t('knowledge.waiting', { n: count(waiting) })}</Tag>,
        },
      ]}
    />
  );
}

function TableCards({ tables }: { tables: readonly Row[] }) {
  const { t, pick } = useText();
  return (
    <ul className="finding-cards">
      {tables.map(({ table, title, rows, in_force, rules, waiting }) => (
        <li key={table}>
          <Link to={paths.knowledgeTable(table)}>
            <div className="finding-card-head">
              <span className="finding-name">{pick(title)}</span>
              {waiting > 0 && <Tag color="warning">{t('knowledge.waiting', { n: count(waiting) })}</Tag>}
            </div>
            <code className="quiet break">{table}</code>
            {in_force === null ? (
              <div className="quiet">{t('knowledge.not_registered')}</div>
            ) : (
              <div className="break">
                {in_force.batch.batch}{' '}
                <span className="quiet number">{t('knowledge.since', { time: instant(in_force.at) })}</span>
              </div>
            )}
            <div className="quiet finding-card-foot">
              <span className="break">{rules.join(' ')}</span>
              <span className="number">
                {t('knowledge.rows')} {count(rows)}
              </span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}
