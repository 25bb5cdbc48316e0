/** 规则: the active rules, and each of them in words. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Input, Table } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { RulesList } from '../../rules/contract.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { rulesQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { useTitles } from '../titles.ts';
import { VerdictTag, verdictKeys } from '../verdict-tag.tsx';
import { RuleDrawer } from './rule-drawer.tsx';

type ActiveRule = RulesList['rules'][number];
const pageSize = 100;
const skeletonRows = 12;

export function RulesRoom() {
  const { t } = useText();
  const { code } = useParams();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(rulesQuery);
  return (
    <>
      <PageHead
        title={t('room.rules')}
        note={
          data !== undefined && (
            <>
              {t('rules.total', { n: count(data.rules.length) })}
              <code className="set-version">{t('rules.version', { version: data.version })}</code>{' '}
              <Link to={paths.coverage()}>{t('rules.national_map')}</Link>{' '}
              <Link to={paths.guide('writing')}>{t('guide.writing')}</Link>
            </>
          )
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && (
          <Card size="small">
            <RowsSkeleton rows={skeletonRows} />
          </Card>
        )
      ) : (
        <>
          <RulesTable rules={data.rules} />
          <RuleDrawer
            code={code}
            rule={data.rules.find(({ document }) => document.code === code)}
            onClose={() => void navigate(paths.rules())}
          />
        </>
      )}
    </>
  );
}

function RulesTable({ rules }: { rules: readonly ActiveRule[] }) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const titles = useTitles();
  const [sought, setSought] = useState('');
  const shown = rules.filter(({ document }) =>
    [document.code, document.name.zh, document.name.en, ...document.national]
      .join(' ')
      .toLowerCase()
      .includes(sought.trim().toLowerCase()),
  );
  if (rules.length === 0)
    return (
      <Card>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('rules.none')} />
      </Card>
    );
  return (
    <>
      <div className="filter-bar">
        <Input.Search
          className="rules-search"
          allowClear
          aria-label={t('rules.search')}
          placeholder={t('rules.search')}
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </div>
      <Table<ActiveRule>
        size="small"
        rowKey={({ document }) => document.code}
        dataSource={shown}
        {...(isPhone ? {} : { scroll: { x: 860 } })}
        pagination={shown.length > pageSize ? { pageSize, showSizeChanger: false } : false}
        locale={{ emptyText: t('rules.none_found') }}
        rowClassName="row"
        onRow={({ document }) => ({
          onClick: (event) => {
            if (event.target instanceof Element && event.target.closest('a') === null)
              void navigate(paths.rule(document.code));
          },
        })}
        columns={[
          {
            title: t('field.verdict'),
            width: 96,
            filters: (['违规', '可疑', '提示'] as const).map((verdict) => ({
              value: verdict,
              text: t(verdictKeys[verdict]),
            })),
            onFilter: (verdict, { document }) => document.verdict === verdict,
            render: (_, { document }) => <VerdictTag verdict={document.verdict} />,
          },
          {
            title: t('field.rule'),
            render: (_, { document }) => (
              <>
                <Link className="finding-name" to={paths.rule(document.code)}>
                  {pick(document.name)}
                </Link>
                <div className="quiet">{document.code}</div>
              </>
            ),
          },
          ...(isPhone
            ? []
            : [
                {
                  title: t('rules.national'),
                  width: 190,
                  render: (_: unknown, { document }: ActiveRule) =>
                    document.national.length === 0 ? (
                      <span className="quiet">{t('rules.no_national')}</span>
                    ) : (
                      document.national.map((national) => <div key={national}>{national}</div>)
                    ),
                },
                {
                  title: t('rules.tables'),
                  width: 230,
                  render: (_: unknown, { tables }: ActiveRule) => {
                    const names = Object.keys(tables);
                    return names.length === 0 ? (
                      <span className="quiet">{t('value.none')}</span>
                    ) : (
                      names.map((name) => (
                        <div key={name} title={name}>
                          {titles.table(name)}
                        </div>
                      ))
                    );
                  },
                },
                {
                  title: t('rules.version_head'),
                  width: 128,
                  render: (_: unknown, { version }: ActiveRule) => <code>{version}</code>,
                },
                {
                  title: t('rules.findings'),
                  width: 96,
                  render: (_: unknown, { document }: ActiveRule) => (
                    <Link to={paths.findings({ rule_code: document.code })}>{t('rules.see_findings')}</Link>
                  ),
                },
              ]),
        ]}
      />
    </>
  );
}
