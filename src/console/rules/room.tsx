/** 规则: every rule with where it stands in its life, and each active one in words. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Input, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { RulebookList } from '../../rulebook/contract.ts';
import type { VersionState } from '../../rulebook/states-contract.ts';
import type { RulesList } from '../../rules/contract.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { rulesQuery } from '../queries.ts';
import { rulebookQuery } from '../rulebook-api.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { useTitles } from '../titles.ts';
import { VerdictTag, verdictKeys } from '../verdict-tag.tsx';
import { Notices } from './notices.tsx';
import { RuleDrawer } from './rule-drawer.tsx';
import { type ListedRule, listedRules } from './listed-rules.ts';
import { StateTag } from './state-tag.tsx';

const pageSize = 100;
const skeletonRows = 12;
const filteredStates: readonly VersionState[] = [
  'active',
  'shadow',
  'review',
  'approved',
  'draft',
  'paused',
  'rejected',
  'retired',
];

export function RulesRoom() {
  const { t } = useText();
  const { code } = useParams();
  const navigate = useNavigate();
  const may = useMay();
  const seesBook = may('rulebook.read');
  const inForce = useQuery(rulesQuery);
  const book = useQuery({ ...rulebookQuery, enabled: seesBook });
  const error = inForce.error ?? book.error;
  const isThere = inForce.data !== undefined && (!seesBook || book.data !== undefined);
  return (
    <>
      <PageHead
        title={t('room.rules')}
        note={
          inForce.data !== undefined && (
            <>
              {t('rules.total', { n: count(inForce.data.rules.length) })}
              <code className="set-version">{t('rules.version', { version: inForce.data.version })}</code>{' '}
              <Link to={paths.coverage()}>{t('rules.national_map')}</Link>{' '}
              <Link to={paths.guide('writing')}>{t('guide.writing')}</Link>
            </>
          )
        }
        extra={
          may('rules.write') && (
            <Button type="primary" onClick={() => void navigate(paths.newRule())}>
              {t('book.new')}
            </Button>
          )
        }
      />
      {error !== null && (
        <Failure
          error={error}
          onRetry={() => void Promise.all([inForce.refetch(), seesBook && book.refetch()])}
        />
      )}
      {seesBook && error === null && <Notices />}
      {!isThere ? (
        error === null && (
          <Card size="small">
            <RowsSkeleton rows={skeletonRows} />
          </Card>
        )
      ) : (
        <>
          <RulesTable rules={listedRules(inForce.data, book.data)} book={book.data} />
          <RuleDrawer
            code={code}
            rule={inForce.data.rules.find(({ document }) => document.code === code)}
            onClose={() => void navigate(paths.rules())}
          />
        </>
      )}
    </>
  );
}

function RulesTable({ rules, book }: { rules: readonly ListedRule[]; book: RulebookList | undefined }) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const [sought, setSought] = useState('');
  const [state, setState] = useState<VersionState | null>(null);
  const shown = rules.filter(
    ({ text, states }) =>
      text.includes(sought.trim().toLowerCase()) && (state === null || states.includes(state)),
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
        {book !== undefined && (
          <Select<VersionState>
            className="rules-state"
            allowClear
            aria-label={t('field.state')}
            placeholder={t('book.any_state')}
            value={state}
            onChange={(chosen: VersionState | undefined) => setState(chosen ?? null)}
            options={filteredStates.map((value) => ({
              value,
              label: t('book.state_n', {
                state: t(`book.state.${value}`),
                n: count(rules.filter(({ states }) => states.includes(value)).length),
              }),
            }))}
          />
        )}
      </div>
      <Table<ListedRule>
        size="small"
        rowKey="code"
        dataSource={shown}
        {...(isPhone ? {} : { scroll: { x: 960 } })}
        pagination={shown.length > pageSize ? { pageSize, showSizeChanger: false } : false}
        locale={{ emptyText: t('rules.none_found') }}
        rowClassName="row"
        onRow={(rule) => ({
          onClick: (event) => {
            if (event.target instanceof Element && event.target.closest('a') === null)
              void navigate(addressOf(rule));
          },
        })}
        columns={[
          {
            title: t('field.verdict'),
            width: 84,
            filters: (['违规', '可疑', '提示'] as const).map((verdict) => ({
              value: verdict,
              text: t(verdictKeys[verdict]),
            })),
            onFilter: (verdict, { inForce }) => inForce?.document.verdict === verdict,
            render: (_, { inForce }) =>
              inForce === null ? null : <VerdictTag verdict={inForce.document.verdict} />,
          },
          {
            title: t('field.rule'),
            render: (_, rule) => (
              <>
                <Link className="finding-name" to={addressOf(rule)}>
                  {rule.name === null ? rule.code : pick(rule.name)}
                </Link>
                <div className="quiet break">{rule.code}</div>
                {isPhone && book !== undefined && <States rule={rule} />}
              </>
            ),
          },
          ...(isPhone ? [] : deskColumns(t, book !== undefined)),
        ]}
      />
    </>
  );
}

const deskColumns = (t: ReturnType<typeof useText>['t'], hasBook: boolean) => [
  ...(hasBook
    ? [
        {
          title: t('field.state'),
          width: 170,
          render: (_: unknown, rule: ListedRule) => <States rule={rule} />,
        },
      ]
    : []),
  {
    title: t('rules.national'),
    width: 176,
    render: (_: unknown, { inForce }: ListedRule) =>
      inForce === null || inForce.document.national.length === 0 ? (
        <span className="quiet">{t('rules.no_national')}</span>
      ) : (
        inForce.document.national.map((national) => <div key={national}>{national}</div>)
      ),
  },
  {
    title: t('rules.tables'),
    width: 200,
    render: (_: unknown, { inForce }: ListedRule) => <Tables rule={inForce} />,
  },
  {
    title: t('rules.version_head'),
    width: 128,
    render: (_: unknown, { inForce, code, versions }: ListedRule) => (
      <>
        <code>{inForce?.version ?? ''}</code>
        {hasBook && (
          <div>
            <Link to={paths.ruleVersions(code)}>{t('book.versions_n', { n: count(versions) })}</Link>
          </div>
        )}
      </>
    ),
  },
  {
    title: t('rules.findings'),
    width: 96,
    render: (_: unknown, { code }: ListedRule) => (
      <Link to={paths.findings({ rule_code: code })}>{t('rules.see_findings')}</Link>
    ),
  },
];

const addressOf = ({ code, inForce, versions }: ListedRule): string =>
  inForce !== null ? paths.rule(code) : versions > 0 ? paths.ruleVersions(code) : paths.ruleEditor(code);

function States({ rule: { states, isRamped } }: { rule: ListedRule }) {
  const { t } = useText();
  return (
    <>
      {states.map((state) => (
        <StateTag key={state} state={state} />
      ))}
      {isRamped && <Tag>{t('book.ramped')}</Tag>}
    </>
  );
}

function Tables({ rule }: { rule: RulesList['rules'][number] | null }) {
  const { t } = useText();
  const titles = useTitles();
  const names = Object.keys(rule?.tables ?? {});
  return names.length === 0 ? (
    <span className="quiet">{t('value.none')}</span>
  ) : (
    names.map((name) => (
      <div key={name} title={name}>
        {titles.table(name)}
      </div>
    ))
  );
}
