/** 隔离区: input that was rejected, kept until it is corrected or dismissed. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Pagination, Segmented, Table } from 'antd';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import {
  type QuarantinePage,
  type QuarantineQuery,
  type QuarantineRow,
  quarantineStates,
} from '../../claims/contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths, quarantineQueryOf } from '../paths.ts';
import { quarantinePageQuery } from '../queries.ts';
import { EntryDrawer } from './entry-drawer.tsx';
import { sourceOf } from './source.ts';

const skeletonRows = 10;

export function QuarantineRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const { id } = useParams();
  const [parameters] = useSearchParams();
  const query = quarantineQueryOf(parameters);
  const asked = useQuery(quarantinePageQuery(query));
  const { data, isPlaceholderData } = asked;
  const isPhone = useNarrow(phoneMax);
  return (
    <>
      <PageHead
        title={t('room.quarantine')}
        note={
          <>
            {data !== undefined && (
              <span data-testid="total">{t('quarantine.total', { n: count(data.total) })} </span>
            )}
            {t('quarantine.note')}
          </>
        }
      />
      <div className="filter-bar">
        <Segmented
          aria-label={t('field.state')}
          value={query.state}
          onChange={(state) => void navigate(paths.quarantine({ ...query, state, page: 1 }))}
          options={quarantineStates.map((state) => ({ value: state, label: t(`quarantine.state.${state}`) }))}
        />
      </div>
      <Asked of={asked} rows={skeletonRows}>
        {(found) =>
          found.total === 0 ? (
            <Card>
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`quarantine.none.${query.state}`)} />
            </Card>
          ) : (
            <div className={isPlaceholderData ? 'stale' : ''}>
              {isPhone ? <EntryCards page={found} query={query} /> : <Entries page={found} query={query} />}
              <div className="list-foot">
                <span />
                <Pagination
                  simple={isPhone}
                  current={query.page}
                  pageSize={query.page_size}
                  total={found.total}
                  showSizeChanger={false}
                  onChange={(page) => void navigate(paths.quarantine({ ...query, page }))}
                />
              </div>
            </div>
          )
        }
      </Asked>
      <EntryDrawer id={id} onClose={() => void navigate(paths.quarantine(query))} />
    </>
  );
}

/** The list on a phone: everything of an entry, under instead of beside each other. */
function EntryCards({ page, query }: { page: QuarantinePage; query: QuarantineQuery }) {
  const text = useText();
  const { t } = text;
  return (
    <ul className="finding-cards">
      {page.items.map((row) => (
        <li key={row.id}>
          <Link to={paths.quarantined(row.id, query)}>
            <div className="finding-card-head">
              <span className="finding-name break">{row.setl_id ?? t('quarantine.unreadable')}</span>
              <span className="quiet number">{instant(row.received_at)}</span>
            </div>
            <Reasons row={row} />
            <div className="quiet finding-card-foot">
              <span className="break">{sourceOf(row, text)}</span>
              {row.fixmedins_code !== null && <span className="break">{row.fixmedins_code}</span>}
              <span>{t('quarantine.position', { n: count(row.position + 1) })}</span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Reasons({ row: { issues } }: { row: QuarantineRow }) {
  const { t, pick } = useText();
  const [first] = issues;
  return (
    <>
      {first !== undefined && (
        <div className="finding-sentence">
          <code>{first.path}</code> {pick(first.message)}
        </div>
      )}
      {issues.length > 1 && <div className="quiet">{t('value.more', { n: issues.length - 1 })}</div>}
    </>
  );
}

function Entries({ page, query }: { page: QuarantinePage; query: QuarantineQuery }) {
  const text = useText();
  const { t } = text;
  const navigate = useNavigate();
  return (
    <Table<QuarantineRow>
      size="small"
      rowKey="id"
      dataSource={page.items}
      pagination={false}
      scroll={{ x: 820 }}
      rowClassName="row"
      onRow={({ id }) => ({
        onClick: (event) => {
          if (event.target instanceof Element && event.target.closest('a') === null)
            void navigate(paths.quarantined(id, query));
        },
      })}
      columns={[
        {
          title: t('quarantine.received_at'),
          width: 166,
          className: 'number',
          render: (_, row) => <Link to={paths.quarantined(row.id, query)}>{instant(row.received_at)}</Link>,
        },
        {
          title: t('quarantine.source'),
          width: 190,
          render: (_, row) => (
            <>
              <div className="one-line" title={sourceOf(row, text)}>
                {sourceOf(row, text)}
              </div>
              <div className="quiet">{t('quarantine.position', { n: count(row.position + 1) })}</div>
            </>
          ),
        },
        {
          title: t('field.settlement'),
          width: 180,
          render: (_, row) => (
            <>
              <div className="one-line" title={row.setl_id ?? ''}>
                {row.setl_id ?? t('quarantine.unreadable')}
              </div>
              <div className="quiet one-line">{row.fixmedins_code}</div>
            </>
          ),
        },
        {
          title: t('quarantine.reasons'),
          render: (_, row) => <Reasons row={row} />,
        },
        ...(query.state === 'open'
          ? []
          : [
              {
                title: t('quarantine.resolved'),
                width: 220,
                render: (_: unknown, row: QuarantineRow) => (
                  <>
                    <div className="number">{row.resolved_at === null ? '' : instant(row.resolved_at)}</div>
                    <div className="quiet finding-sentence" title={row.note ?? undefined}>
                      {row.note}
                    </div>
                  </>
                ),
              },
            ]),
      ]}
    />
  );
}
