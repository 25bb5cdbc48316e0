/** 国家规则覆盖情况: each rule of the national library, and what executes it here. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Input, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { type CoverageRow, coverageStates } from '../../rules/contract.ts';
import { Asked } from '../asked.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import type { MessageKey } from '../messages.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { coverageQuery } from '../queries.ts';
import { useTitles } from '../titles.ts';

const skeletonRows = 16;

const stateKeys = {
  executable: 'coverage.executable',
  indicator: 'coverage.indicator',
  not_decidable: 'coverage.not_decidable',
  missing: 'coverage.missing',
} as const satisfies Readonly<Record<CoverageRow['state'], MessageKey>>;
const stateColors: Readonly<Record<CoverageRow['state'], string>> = {
  executable: 'green',
  indicator: 'blue',
  not_decidable: 'default',
  missing: 'red',
};

export function CoverageRoom() {
  const { t } = useText();
  const asked = useQuery(coverageQuery);
  const { data } = asked;
  const inState = (state: CoverageRow['state']): string =>
    count(data?.rows.filter((row) => row.state === state).length ?? 0);
  return (
    <>
      <PageHead
        title={t('coverage.title')}
        note={
          data !== undefined && (
            <>
              {t('coverage.note', {
                n: count(data.rows.length),
                executable: inState('executable'),
                indicator: inState('indicator'),
                not_decidable: inState('not_decidable'),
                missing: inState('missing'),
              })}{' '}
              <Link to={paths.rules()}>{t('rules.all')}</Link>
            </>
          )
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => <CoverageTable rows={found.rows} />}
      </Asked>
    </>
  );
}

function CoverageTable({ rows }: { rows: readonly CoverageRow[] }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const [sought, setSought] = useState('');
  const shown = rows.filter(({ national, rules }) =>
    [national.code, national.name, national.group, ...rules.map(({ code }) => code)]
      .join(' ')
      .toLowerCase()
      .includes(sought.trim().toLowerCase()),
  );
  if (rows.length === 0)
    return (
      <Card>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('coverage.empty')} />
      </Card>
    );
  return (
    <>
      <div className="filter-bar">
        <Input.Search
          className="rules-search"
          allowClear
          aria-label={t('coverage.search')}
          placeholder={t('coverage.search')}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </div>
      <Table<CoverageRow>
        size="small"
        rowKey={({ national }) => national.code}
        dataSource={shown}
        {...(isPhone ? {} : { scroll: { x: 860 } })}
        pagination={false}
        locale={{ emptyText: t('coverage.none_found') }}
        columns={[
          ...(isPhone
            ? []
            : [
                {
                  title: t('coverage.no'),
                  width: 64,
                  render: (_: unknown, { national }: CoverageRow) => national.no,
                },
              ]),
          {
            title: t('coverage.rule'),
            ...(isPhone ? {} : { width: 300 }),
            render: (_, { national, state, rules }) => (
              <>
                {national.name}
                <div className="quiet">
                  {national.code} {national.group}
                </div>
                {isPhone && <Covered state={state} national={national} rules={rules} />}
              </>
            ),
          },
          {
            title: t('coverage.state'),
            width: isPhone ? 108 : 150,
            filters: coverageStates.map((state) => ({ value: state, text: t(stateKeys[state]) })),
            onFilter: (state, row) => row.state === state,
            render: (_, { state }) => <Tag color={stateColors[state]}>{t(stateKeys[state])}</Tag>,
          },
          ...(isPhone
            ? []
            : [
                {
                  title: t('coverage.ours'),
                  render: (_: unknown, row: CoverageRow) => <Covered {...row} />,
                },
              ]),
        ]}
      />
    </>
  );
}

/** The rules that execute it; or how it is measured, and which data it would need. */
function Covered({ national, rules }: CoverageRow) {
  const { t } = useText();
  const titles = useTitles();
  if (rules.length === 0)
    return (
      <>
        {national.indicator !== undefined && <div>{national.indicator.definition}</div>}
        {national.needs?.map(({ data, format }) => (
          <div key={data} className="quiet">
            {t('coverage.needs', { data, format })}
          </div>
        ))}
      </>
    );
  return rules.map(({ code, version, examples, tables }) => (
    <div key={code}>
      <Link to={paths.rule(code)}>{code}</Link> <code>{version}</code>
      <div className="quiet">
        {[
          t('coverage.examples', { n: count(examples) }),
          ...Object.entries(tables).map(([table, rows]) =>
            t('coverage.rows', { table: titles.table(table), n: count(rows) }),
          ),
        ].join(t('value.separator'))}
      </div>
    </div>
  ));
}
