/** The versions of one rule: where each stands, what was done with it, and what may be done next. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Select, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { RuleHistory, VersionRow } from '../../rulebook/contract.ts';
import { useAreaName } from '../area-name.tsx';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { diffQuery, ruleHistoryQuery } from '../rulebook-api.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { PrecisionPanel } from './precision-panel.tsx';
import { rampWords } from './ramp-words.ts';
import { RunStateTag } from './run-state-tag.tsx';
import { versionName } from './version-name.ts';
import { StateTag } from './state-tag.tsx';
import { VersionPanel } from './version-panel.tsx';

const skeletonRows = 8;
const versionsShownMax = 10;

export function VersionsRoom() {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const may = useMay();
  const { code = '' } = useParams();
  const { data, error, refetch } = useQuery(ruleHistoryQuery(code));
  const [latest] = data?.versions ?? [];
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link" to={paths.rules()}>
          <BackIcon /> {t('room.rules')}
        </Link>
      </div>
      <PageHead
        title={latest === undefined ? code : pick(latest.name)}
        note={<span className="break">{code}</span>}
        extra={
          may('rules.write') && (
            <Button type="primary" onClick={() => void navigate(paths.ruleEditor(code))}>
              {t('book.write_version')}
            </Button>
          )
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined
        ? error === null && (
            <Card size="small">
              <RowsSkeleton rows={skeletonRows} />
            </Card>
          )
        : error === null && <Content history={data} />}
    </>
  );
}

function Content({ history }: { history: RuleHistory }) {
  const { t } = useText();
  const may = useMay();
  const [parameters, setParameters] = useSearchParams();
  const { versions } = history;
  const asked = parameters.get('version');
  const chosen =
    versions.find(({ content_hash }) => content_hash === asked) ??
    versions.find(({ state }) => state === 'review') ??
    versions[0];
  if (chosen === undefined)
    return (
      <Card>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('book.no_versions')} />
      </Card>
    );
  return (
    <div className="stack">
      <VersionsTable
        versions={versions}
        chosen={chosen.content_hash}
        onChoose={(version) => setParameters({ version }, { replace: true })}
      />
      <VersionPanel key={chosen.content_hash} hash={chosen.content_hash} />
      <DiffPanel key={`diff ${chosen.content_hash}`} versions={versions} chosen={chosen} />
      {may('reviews.read') && <PrecisionPanel code={history.code} />}
      <Activations history={history} />
      <Runs history={history} />
    </div>
  );
}

function VersionsTable(props: {
  versions: readonly VersionRow[];
  chosen: string;
  onChoose: (hash: string) => void;
}) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  return (
    <Table<VersionRow>
      size="small"
      rowKey="content_hash"
      dataSource={props.versions}
      pagination={
        props.versions.length > versionsShownMax
          ? { pageSize: versionsShownMax, showSizeChanger: false }
          : false
      }
      rowClassName={({ content_hash }) => (content_hash === props.chosen ? 'row row-chosen' : 'row')}
      onRow={({ content_hash }) => ({ onClick: () => props.onChoose(content_hash) })}
      columns={[
        {
          title: t('rules.version_head'),
          render: (_, { version, content_hash }) => (
            <button type="button" className="link-button" onClick={() => props.onChoose(content_hash)}>
              <code>{version}</code>
            </button>
          ),
        },
        { title: t('field.state'), width: 110, render: (_, { state }) => <StateTag state={state} /> },
        ...(isPhone
          ? []
          : [
              {
                title: t('book.origin'),
                width: 150,
                render: (_: unknown, { origin }: VersionRow) => t(`book.origin.${origin}`),
              },
            ]),
        { title: t('book.author'), render: (_, { author }) => <span className="break">{author}</span> },
        ...(isPhone
          ? []
          : [
              {
                title: t('book.created_at'),
                width: 180,
                render: (_: unknown, { created_at }: VersionRow) => instant(created_at),
              },
            ]),
      ]}
    />
  );
}

function DiffPanel({ versions, chosen }: { versions: readonly VersionRow[]; chosen: VersionRow }) {
  const { t, pick } = useText();
  const [parameters, setParameters] = useSearchParams();
  const others = versions.filter(({ content_hash }) => content_hash !== chosen.content_hash);
  const from =
    others.find(({ content_hash }) => content_hash === parameters.get('from')) ??
    others.find(({ content_hash }) => content_hash === chosen.based_on) ??
    others.find(({ state }) => state === 'active') ??
    others[0];
  const { data, error, refetch } = useQuery(
    diffQuery(from?.content_hash ?? chosen.content_hash, chosen.content_hash),
  );
  if (from === undefined) return null;
  return (
    <Card
      size="small"
      title={t('book.diff')}
      extra={
        <Select
          size="small"
          aria-label={t('book.diff_with')}
          value={from.content_hash}
          onChange={(hash) => setParameters({ version: chosen.content_hash, from: hash }, { replace: true })}
          options={others.map(({ content_hash, version, state }) => ({
            value: content_hash,
            label: `${version} ${t(`book.state.${state}`)}`,
          }))}
        />
      }
    >
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && data.changes.length === 0 && !data.examples_changed && (
        <p className="quiet">{t('book.no_change')}</p>
      )}
      {data !== undefined && (
        <ul className="changes">
          {data.changes.map((change) => (
            <li key={`${change.path} ${change.kind} ${change.text.zh}`} className={`change-${change.kind}`}>
              <Tag variant="filled">{t(`book.change.${change.kind}`)}</Tag>
              <span className="break">{pick(change.text)}</span> <code className="quiet">{change.path}</code>
            </li>
          ))}
          {data.examples_changed && (
            <li className="change-changed">
              <Tag variant="filled">{t('book.change.changed')}</Tag>
              {t('book.examples')}
            </li>
          )}
        </ul>
      )}
    </Card>
  );
}

function Activations({ history: { activations, versions } }: { history: RuleHistory }) {
  const { t } = useText();
  const nameOf = useAreaName();
  if (activations.length === 0) return null;
  return (
    <Part title={t('book.activations')}>
      <ul className="steps">
        {activations.map(({ id, mode, content_hash, ramp, account, at }) => (
          <li key={id}>
            <span className="number">{instant(at)}</span>
            <b>
              {content_hash === null ? t(`book.taken_out.${mode}`) : t(`book.put_in.${mode}`)}{' '}
              <code>{versionName(versions, content_hash)}</code>
            </b>
            <span className="break">{account}</span>
            {content_hash !== null && ramp !== null && (
              <span className="break">{rampWords(ramp, { t }, nameOf)}</span>
            )}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Runs({ history: { runs, code, versions } }: { history: RuleHistory }) {
  const { t } = useText();
  if (runs.length === 0) return null;
  return (
    <Part title={t('book.runs')}>
      <ul className="steps">
        {runs.map((run) => (
          <li key={run.id}>
            <span className="number">{instant(run.created_at)}</span>
            <Link to={paths.ruleRun(code, run.id)}>
              {t(`book.run.${run.kind}`)} <code>{versionName(versions, run.content_hash)}</code>
            </Link>
            <RunStateTag state={run.state} />
            <span className="quiet">
              {t('book.run.judged', { persons: count(run.persons), claims: count(run.claims) })}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card size="small" title={title}>
      {children}
    </Card>
  );
}
