/** 隔离区: input that was rejected, kept until it is corrected or dismissed. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Pagination, Segmented, Table } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import {
  dismissManyMax,
  type QuarantinePage,
  type QuarantineQuery,
  type QuarantineRow,
  quarantineStates,
} from '../../claims/contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths, quarantineQueryOf } from '../paths.ts';
import { quarantinePageQuery } from '../queries.ts';
import { PickBox, type Selection, SelectionBar, useSelection } from '../selection.tsx';
import { DismissModal } from './dismiss-modal.tsx';
import { EntryDrawer } from './entry-drawer.tsx';
import { listedIssues } from './listed-issues.ts';
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
              {/* What was selected on one page is not what is shown on another. */}
              <Listed key={JSON.stringify(query)} page={found} query={query} />
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

interface ListProps {
  readonly page: QuarantinePage;
  readonly query: QuarantineQuery;
  /** `null`: nothing can be done with several at once. */
  readonly selection: Selection<QuarantineRow> | null;
}

function Listed({ page, query }: Pick<ListProps, 'page' | 'query'>) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const selection = useSelection(page.items, ({ id }) => id, dismissManyMax);
  const [isDismissing, setDismissing] = useState(false);
  const canSelect = useMay()('quarantine.settle') && query.state === 'open';
  const list: ListProps = { page, query, selection: canSelect ? selection : null };
  return (
    <>
      {canSelect && (
        <SelectionBar selection={selection}>
          <Button
            size="small"
            danger
            disabled={selection.picked.length === 0}
            onClick={() => setDismissing(true)}
          >
            {t('quarantine.dismiss_many')}
          </Button>
        </SelectionBar>
      )}
      {isPhone ? <EntryCards {...list} /> : <Entries {...list} />}
      <DismissModal isOpen={isDismissing} rows={selection.picked} onClose={() => setDismissing(false)} />
    </>
  );
}

/** The list on a phone: everything of an entry, under instead of beside each other. */
function EntryCards({ page, query, selection }: ListProps) {
  const text = useText();
  const { t } = text;
  return (
    <ul className="finding-cards">
      {page.items.map((row) => (
        <li key={row.id} className="review-card">
          {selection !== null && <PickBox item={row} name={nameOf(row, text)} selection={selection} />}
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

/** An entry that cannot be read has no settlement: its place in its source names it. */
const nameOf = (row: QuarantineRow, text: Text): string =>
  row.setl_id ?? `${sourceOf(row, text)} ${text.t('quarantine.position', { n: count(row.position + 1) })}`;

function Reasons({ row: { issues } }: { row: QuarantineRow }) {
  const { t, pick } = useText();
  const { listed, total } = listedIssues(issues);
  const [first] = listed;
  return (
    <>
      {first !== undefined && (
        <div className="finding-sentence">
          <code>{first.path}</code> {pick(first.message)}
        </div>
      )}
      {total > 1 && <div className="quiet">{t('value.more', { n: count(total - 1) })}</div>}
    </>
  );
}

function Entries({ page, query, selection }: ListProps) {
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
          if (event.target instanceof Element && event.target.closest('a, label, input') === null)
            void navigate(paths.quarantined(id, query));
        },
      })}
      columns={[
        ...(selection === null
          ? []
          : [
              {
                title: '',
                width: 40,
                render: (_: unknown, row: QuarantineRow) => (
                  <PickBox item={row} name={nameOf(row, text)} selection={selection} />
                ),
              },
            ]),
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
