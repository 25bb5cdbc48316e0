/** One knowledge table: what is in force, what was, and the batches that were sent. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { BatchRow, TableDetail, TableVersion } from '../../knowledge/contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant, shortHash } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { knowledgeApi } from '../knowledge-api.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { PagedCards } from '../persons/paged-cards.tsx';
import { knowledgeQuery, knowledgeTableQuery } from '../queries.ts';
import { BatchDrawer } from './batch-drawer.tsx';
import { BatchState } from './batch-state.tsx';
import { ReasonModal } from './reason-modal.tsx';
import { UploadModal } from './upload-modal.tsx';

const skeletonRows = 8;
const pageSize = 20;

export function TableRoom() {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const { table = '' } = useParams();
  const batch = useSearchParams()[0].get('batch') ?? undefined;
  const asked = useQuery(knowledgeTableQuery(table));
  const { data } = asked;
  const open = (id?: string): void => void navigate(paths.knowledgeTable(table, id));
  return (
    <>
      <PageHead
        title={data === undefined ? table : pick(data.title)}
        note={
          data !== undefined && (
            <>
              <code>{table}</code> {t('knowledge.all_rows', { rows: count(data.rows) })}{' '}
              {data.rules.join(' ')}
            </>
          )
        }
        extra={data !== undefined && <Acts table={data} onUploaded={open} />}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => (
          <div className="knowledge-stack">
            <Card size="small" title={t('knowledge.batches')}>
              <Batches batches={found.batches} />
            </Card>
            <Card size="small" title={t('knowledge.history')}>
              <History versions={found.history} />
            </Card>
          </div>
        )}
      </Asked>
      <BatchDrawer id={batch} onClose={() => open()} />
    </>
  );
}

function Acts({ table, onUploaded }: { table: TableDetail; onUploaded: (id: string) => void }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const mayUpload = useMay()('knowledge.write');
  const [asked, setAsked] = useState<'upload' | 'roll_back' | null>(null);
  const { allowed, reason } = table.may_roll_back;
  const rollBack = useMutation({
    mutationFn: (why: string) => knowledgeApi.rollBack(table.table, why),
    onSuccess: ({ replay }) => {
      setAsked(null);
      void message.success(
        replay === null ? t('knowledge.done') : t('knowledge.done_replay', { run: replay }),
      );
    },
    onError: (error) => void message.error(pick(error.text)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: knowledgeQuery.queryKey }),
  });
  return (
    <div className="knowledge-acts">
      <Button
        disabled={!allowed}
        title={reason === null ? undefined : pick(reason)}
        onClick={() => setAsked('roll_back')}
      >
        {t('knowledge.roll_back')}
      </Button>
      <Button
        type="primary"
        disabled={!mayUpload}
        title={mayUpload ? undefined : t('state.forbidden')}
        onClick={() => setAsked('upload')}
      >
        {t('knowledge.upload')}
      </Button>
      <ReasonModal
        isOpen={asked === 'roll_back'}
        title={t('knowledge.roll_back_reason')}
        isBusy={rollBack.isPending}
        onGiven={(why) => rollBack.mutate(why)}
        onClose={() => setAsked(null)}
      />
      <UploadModal
        table={table}
        isOpen={asked === 'upload'}
        onClose={() => setAsked(null)}
        onUploaded={(id) => {
          setAsked(null);
          onUploaded(id);
        }}
      />
    </div>
  );
}

function Batches({ batches }: { batches: readonly BatchRow[] }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const rowsOf = ({ rows, bad_rows }: BatchRow): string =>
    bad_rows === 0
      ? t('knowledge.all_rows', { rows: count(rows) })
      : t('knowledge.bad_rows', { rows: count(rows), bad: count(bad_rows) });
  const uploadedBy = ({ account, created_at }: BatchRow): string =>
    t('knowledge.by', { account, time: instant(created_at) });
  if (isPhone)
    return (
      <PagedCards items={batches}>
        {(row) => (
          <li key={row.id}>
            <Link to={paths.knowledgeTable(row.table, row.id)}>
              <div className="finding-card-head">
                <span className="finding-name break">{row.batch}</span>
                <BatchState batch={row} />
              </div>
              <div className="quiet break">{row.source}</div>
              <div>{rowsOf(row)}</div>
              <div className="quiet">{uploadedBy(row)}</div>
            </Link>
          </li>
        )}
      </PagedCards>
    );
  return (
    <Table<BatchRow>
      size="small"
      rowKey="id"
      dataSource={[...batches]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 760 }}
      columns={[
        {
          title: t('knowledge.batch'),
          className: 'break',
          render: (_, { id, table, batch, source }) => (
            <>
              <Link to={paths.knowledgeTable(table, id)}>{batch}</Link>
              <div className="quiet break">{source}</div>
            </>
          ),
        },
        {
          title: t('knowledge.rows'),
          width: 190,
          render: (_, row) => rowsOf(row),
        },
        {
          title: t('knowledge.uploaded'),
          width: 220,
          className: 'number',
          render: (_, row) => uploadedBy(row),
        },
        { title: t('field.state'), width: 160, render: (_, row) => <BatchState batch={row} /> },
      ]}
    />
  );
}

function History({ versions }: { versions: readonly TableVersion[] }) {
  const { t } = useText();
  const [now] = versions;
  return (
    <ul className="knowledge-rows">
      {versions.map((version) => (
        <li key={`${version.at} ${version.sha256}`}>
          <code>{shortHash(version.sha256)}</code> <span className="break">{version.batch.batch}</span>{' '}
          <span className="quiet">
            {t('knowledge.by', { account: version.account, time: instant(version.at) })}
          </span>{' '}
          {version === now && <Tag color="success">{t('knowledge.now')}</Tag>}
        </li>
      ))}
    </ul>
  );
}
