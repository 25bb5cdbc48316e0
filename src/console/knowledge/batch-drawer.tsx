/** A batch: its bad rows or what it would change, what was done with it, and what may be done. */
import { hashKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Drawer, Popconfirm, Table } from 'antd';
import { useState } from 'react';
import { type BatchDetail, batchIssuesMax, type BatchIssue } from '../../knowledge/contract.ts';
import type { BatchAction } from '../../knowledge/states-contract.ts';
import { Asked } from '../asked.tsx';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { knowledgeApi } from '../knowledge-api.ts';
import { apiPaths } from '../paths.ts';
import { knowledgeBatchQuery, knowledgePreviewQuery, knowledgeQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { BatchState } from './batch-state.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { ReasonModal } from './reason-modal.tsx';

const skeletonRows = 10;
const pageSize = 20;

export function BatchDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useText();
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      size="min(860px, 100vw)"
      title={t('knowledge.batch')}
      destroyOnHidden
    >
      {id !== undefined && <Batch key={id} id={id} />}
    </Drawer>
  );
}

function Batch({ id }: { id: string }) {
  return (
    <Asked of={useQuery(knowledgeBatchQuery(id))} rows={skeletonRows}>
      {(batch) => <Content batch={batch} />}
    </Asked>
  );
}

function Content({ batch }: { batch: BatchDetail }) {
  const { t } = useText();
  return (
    <div className="knowledge-stack">
      <Card
        size="small"
        title={t('knowledge.open_batch', { batch: batch.batch })}
        extra={<BatchState batch={batch} />}
      >
        <p className="break">{batch.source}</p>
        <p>{t(`knowledge.extent.${batch.extent}`)}</p>
        <p>{t('knowledge.bad_rows', { rows: count(batch.rows), bad: count(batch.bad_rows) })}</p>
        <p className="quiet">
          {t('knowledge.by', { account: batch.account, time: instant(batch.created_at) })}{' '}
          {batch.origin === 'uploaded' && (
            <a
              href={apiPaths.knowledgeFile(batch.id)}
              download={batch.file_name ?? `${batch.table}.${batch.format}`}
            >
              {t('knowledge.download')}
            </a>
          )}
        </p>
        <ul className="knowledge-rows">
          {batch.steps.map(({ action, account, at, reason }) => (
            <li key={at}>
              {t(`knowledge.action.${action}`)}{' '}
              <span className="quiet">{t('knowledge.by', { account, time: instant(at) })}</span> {reason}
            </li>
          ))}
        </ul>
      </Card>
      {batch.issues.length > 0 && <Issues issues={batch.issues} />}
      {batch.state === 'waiting' && <Preview batch={batch} />}
      {batch.state === 'faulty' && <Acts batch={batch} tableSha256={null} />}
    </div>
  );
}

function Issues({ issues }: { issues: readonly BatchIssue[] }) {
  const { t, pick } = useText();
  return (
    <Card size="small" title={t('knowledge.issues', { n: count(batchIssuesMax) })}>
      <Table<BatchIssue>
        size="small"
        rowKey={({ row, column, message }) => `${row} ${column} ${message.en}`}
        dataSource={[...issues]}
        pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: t('knowledge.line'), width: 80, className: 'number', render: (_, { row }) => row },
          { title: t('knowledge.column'), width: 180, className: 'break', render: (_, { column }) => column },
          { title: t('knowledge.reason'), className: 'break', render: (_, { message }) => pick(message) },
        ]}
      />
    </Card>
  );
}

function Preview({ batch }: { batch: BatchDetail }) {
  const { data, error, refetch } = useQuery(knowledgePreviewQuery(batch.id));
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <RowsSkeleton rows={skeletonRows} />
      ) : (
        <PreviewPanel id={batch.id} preview={data} />
      )}
      <Acts batch={batch} tableSha256={data?.table_sha256 ?? null} />
    </>
  );
}

/** @param props.tableSha256 of the preview that is shown; `null`: none is, so nothing can be approved */
function Acts({ batch, tableSha256 }: { batch: BatchDetail; tableSha256: string | null }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [isRejecting, setRejecting] = useState(false);
  const act = useMutation({
    mutationFn: (
      wanted:
        | { action: 'approve'; sha256: string }
        | { action: 'withdraw' }
        | { action: 'reject'; reason: string },
    ) => {
      switch (wanted.action) {
        case 'approve':
          return knowledgeApi.approve(batch.id, wanted.sha256);
        case 'reject':
          return knowledgeApi.reject(batch.id, wanted.reason);
        case 'withdraw':
          return knowledgeApi.withdraw(batch.id);
      }
    },
    onSuccess: ({ replay }) => {
      setRejecting(false);
      void message.success(
        replay === null ? t('knowledge.done') : t('knowledge.done_replay', { run: replay }),
      );
    },
    onError: (error) => void message.error(pick(error.text)),
    onSettled: async (_, error) => {
      // What was settled has no preview any more; what could not be settled may have another one.
      const { queryKey } = knowledgePreviewQuery(batch.id);
      if (error === null) await queryClient.cancelQueries({ queryKey });
      await queryClient.invalidateQueries({
        queryKey: knowledgeQuery.queryKey,
        ...(error === null && { predicate: (query) => hashKey(query.queryKey) !== hashKey(queryKey) }),
      });
    },
  });
  const whyNot = (action: BatchAction): string | null => {
    const verdict = batch.actions.find((one) => one.action === action);
    if (verdict?.allowed === true) return null;
    return verdict?.reason == null ? t('state.forbidden') : pick(verdict.reason);
  };
  const [noApproval, noRejection, noWithdrawal] = [whyNot('approve'), whyNot('reject'), whyNot('withdraw')];
  return (
    <div className="knowledge-acts">
      <Popconfirm
        title={t('knowledge.approve_sure')}
        disabled={noApproval !== null || tableSha256 === null}
        onConfirm={() => tableSha256 !== null && act.mutate({ action: 'approve', sha256: tableSha256 })}
      >
        <Button
          type="primary"
          disabled={noApproval !== null || tableSha256 === null}
          title={noApproval ?? undefined}
          loading={act.isPending}
        >
          {t('knowledge.approve')}
        </Button>
      </Popconfirm>
      <Button
        disabled={noRejection !== null}
        title={noRejection ?? undefined}
        onClick={() => setRejecting(true)}
      >
        {t('knowledge.reject')}
      </Button>
      <Popconfirm
        title={t('knowledge.withdraw_sure')}
        disabled={noWithdrawal !== null}
        onConfirm={() => act.mutate({ action: 'withdraw' })}
      >
        <Button danger disabled={noWithdrawal !== null} title={noWithdrawal ?? undefined}>
          {t('knowledge.withdraw')}
        </Button>
      </Popconfirm>
      <ReasonModal
        isOpen={isRejecting}
        title={t('knowledge.reject_reason')}
        isBusy={act.isPending}
        onGiven={(reason) => act.mutate({ action: 'reject', reason })}
        onClose={() => setRejecting(false)}
      />
    </div>
  );
}
