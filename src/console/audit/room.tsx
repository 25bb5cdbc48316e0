/** 审计日志: who changed what, in an unbroken chain. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Table } from 'antd';
import { Link, useNavigate, useParams } from 'react-router';
import type { AuditEventRow, AuditEventsQuery, AuditPage } from '../../audit/contract.ts';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { DownloadIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useListQuery } from '../list-query.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { apiPaths, auditQueryOf, paths } from '../paths.ts';
import { auditHeadQuery, auditPageQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { EventDrawer } from './event-drawer.tsx';
import { AuditFilterBar } from './filter-bar.tsx';
import { HeadPanel } from './head-panel.tsx';

const skeletonRows = 10;

export function AuditRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const { seq } = useParams();
  // Another filter begins with its newest event.
  const [query, change] = useListQuery(auditQueryOf, paths.audit, { before: undefined });
  const head = useQuery(auditHeadQuery);
  const { data, error: pageError, refetch, isPlaceholderData } = useQuery(auditPageQuery(query));
  const error = pageError ?? head.error;
  const isPhone = useNarrow(phoneMax);
  return (
    <>
      <PageHead
        title={t('room.audit')}
        note={t('audit.note')}
        extra={
          <Button href={apiPaths.auditExport()} download icon={<DownloadIcon />}>
            {t('audit.export')}
          </Button>
        }
      />
      <HeadPanel />
      <AuditFilterBar query={query} onChange={change} onClear={() => void navigate(paths.audit())} />
      {error !== null && (
        <Failure error={error} onRetry={() => void Promise.all([refetch(), head.refetch()])} />
      )}
      {data === undefined ? (
        error === null && (
          <Card size="small">
            <RowsSkeleton rows={skeletonRows} />
          </Card>
        )
      ) : data.items.length === 0 ? (
        <Card>
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('audit.none')} />
        </Card>
      ) : (
        <div className={isPlaceholderData ? 'stale' : ''}>
          {isPhone ? <EventCards page={data} query={query} /> : <Events page={data} query={query} />}
          <Steps page={data} query={query} />
        </div>
      )}
      <EventDrawer seq={seq} onClose={() => void navigate(paths.audit(query))} />
    </>
  );
}

type Listed = { page: AuditPage; query: AuditEventsQuery };

/** Pages follow each other by number, so that what is recorded meanwhile moves nothing. Back is the browser's. */
function Steps({ page, query }: Listed) {
  const { t } = useText();
  const navigate = useNavigate();
  const { next_before } = page;
  return (
    <div className="list-foot">
      <Button
        disabled={query.before === undefined}
        onClick={() => void navigate(paths.audit({ ...query, before: undefined }))}
      >
        {t('audit.newest')}
      </Button>
      <Button
        disabled={next_before === null}
        onClick={() => {
          if (next_before !== null) void navigate(paths.audit({ ...query, before: next_before }));
        }}
      >
        {t('audit.older')}
      </Button>
    </div>
  );
}

function EventCards({ page, query }: Listed) {
  const { t, pick } = useText();
  return (
    <ul className="finding-cards">
      {page.items.map((event) => (
        <li key={event.seq} data-event={event.seq}>
          <Link to={paths.auditEvent(event.seq, query)}>
            <div className="finding-card-head">
              <span className="finding-name">{pick(event.meaning)}</span>
              <span className="quiet number">{count(event.seq)}</span>
            </div>
            <div className="finding-sentence break">{subjectOf(event)}</div>
            <div className="quiet finding-card-foot">
              <span className="break" title={t('audit.account')}>
                {event.actor.account}
              </span>
              <span className="number">{instant(event.recorded_at)}</span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const subjectOf = ({ subject }: AuditEventRow): string => `${subject.type}/${subject.key}`;

function Events({ page, query }: Listed) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  return (
    <Table<AuditEventRow>
      size="small"
      rowKey="seq"
      dataSource={page.items}
      pagination={false}
      scroll={{ x: 860 }}
      rowClassName="row"
      onRow={({ seq }) => ({
        'data-event': seq,
        onClick: (event) => {
          if (event.target instanceof Element && event.target.closest('a') === null)
            void navigate(paths.auditEvent(seq, query));
        },
      })}
      columns={[
        {
          title: t('audit.seq'),
          width: 96,
          className: 'number',
          render: (_, event) => <Link to={paths.auditEvent(event.seq, query)}>{count(event.seq)}</Link>,
        },
        {
          title: t('audit.recorded_at'),
          width: 166,
          className: 'number',
          render: (_, { recorded_at }) => instant(recorded_at),
        },
        {
          title: t('audit.kind'),
          render: (_, { meaning, kind }) => (
            <>
              <div>{pick(meaning)}</div>
              <code className="quiet">{kind}</code>
            </>
          ),
        },
        {
          title: t('audit.subject'),
          width: 230,
          render: (_, event) => (
            <div className="one-line" title={subjectOf(event)}>
              {subjectOf(event)}
            </div>
          ),
        },
        {
          title: t('audit.actor'),
          width: 200,
          render: (_, { actor }) => (
            <>
              <div className="one-line" title={actor.account}>
                {actor.account}
              </div>
              <div className="quiet one-line">{actor.address ?? actor.role}</div>
            </>
          ),
        },
      ]}
    />
  );
}
