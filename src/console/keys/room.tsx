/** 接口密钥: what machines sign their requests with. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Empty, Popconfirm, Table, Tag } from 'antd';
import { useState } from 'react';
import type { KeyRow } from '../../people/contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { peopleApi } from '../people-api.ts';
import { keysQuery } from '../queries.ts';
import { NewKeyModal } from './new-key.tsx';

const skeletonRows = 6;
const pageSize = 50;
const stateColours = { live: 'success', expired: 'warning', revoked: 'default' } as const;

export function KeysRoom() {
  const { t } = useText();
  const mayManage = useMay()('keys.manage');
  const isPhone = useNarrow(phoneMax);
  const asked = useQuery(keysQuery);
  const { data } = asked;
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <PageHead
        title={t('room.keys')}
        note={
          <>
            {data !== undefined && `${t('keys.total', { n: count(data.keys.length) })} `}
            {t('keys.note')}
          </>
        }
        extra={
          <Button
            type="primary"
            disabled={!mayManage}
            title={mayManage ? undefined : t('state.forbidden')}
            onClick={() => setMaking(true)}
          >
            {t('keys.new')}
          </Button>
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(found) =>
          found.keys.length === 0 ? (
            <Card>
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('keys.none')} />
            </Card>
          ) : isPhone ? (
            <KeyCards keys={found.keys} />
          ) : (
            <KeyTable keys={found.keys} />
          )
        }
      </Asked>
      <NewKeyModal isOpen={isMaking} onClose={() => setMaking(false)} />
    </>
  );
}

function Revoke({ row }: { row: KeyRow }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const mayManage = useMay()('keys.manage');
  const revoke = useMutation({
    mutationFn: () => peopleApi.revokeKey(row.id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey }),
    onError: (error) => void message.error(pick(error.text)),
  });
  if (row.state !== 'live') return null;
  return (
    <Popconfirm title={t('keys.revoke_sure')} disabled={!mayManage} onConfirm={() => revoke.mutate()}>
      <Button
        size="small"
        danger
        disabled={!mayManage}
        title={mayManage ? undefined : t('state.forbidden')}
        loading={revoke.isPending}
      >
        {t('keys.revoke')}
      </Button>
    </Popconfirm>
  );
}

function Scopes({ row }: { row: KeyRow }) {
  const { t } = useText();
  return row.scopes.map((scope) => <Tag key={scope}>{t(`keys.scope.${scope}`)}</Tag>);
}

function KeyTable({ keys }: { keys: readonly KeyRow[] }) {
  const { t } = useText();
  return (
    <Table<KeyRow>
      size="small"
      rowKey="id"
      dataSource={[...keys]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 980 }}
      rowClassName={({ state }) => (state === 'live' ? '' : 'row-quiet')}
      columns={[
        {
          title: t('keys.name'),
          width: 220,
          render: (_, { name, prefix }) => (
            <>
              <div className="break">{name}</div>
              <code className="quiet">{`fw_${prefix}_…`}</code>
            </>
          ),
        },
        { title: t('keys.scopes'), width: 250, render: (_, row) => <Scopes row={row} /> },
        {
          title: t('field.institution'),
          width: 150,
          className: 'break',
          render: (_, { fixmedins_code }) =>
            fixmedins_code ?? <span className="quiet">{t('keys.every_institution')}</span>,
        },
        {
          title: t('keys.used_at'),
          width: 150,
          className: 'number',
          render: (_, { used_at }) =>
            used_at === null ? <span className="quiet">{t('people.never')}</span> : instant(used_at),
        },
        {
          title: t('keys.expires_at'),
          width: 150,
          className: 'number',
          render: (_, { expires_at }) => instant(expires_at),
        },
        {
          title: t('field.state'),
          width: 90,
          render: (_, { state }) => <Tag color={stateColours[state]}>{t(`keys.state.${state}`)}</Tag>,
        },
        { width: 90, render: (_, row) => <Revoke row={row} /> },
      ]}
    />
  );
}

function KeyCards({ keys }: { keys: readonly KeyRow[] }) {
  const { t } = useText();
  return (
    <ul className="finding-cards key-cards">
      {keys.map((row) => (
        <li key={row.id}>
          <div className="finding-card-head">
            <span className="finding-name break">{row.name}</span>
            <Tag color={stateColours[row.state]}>{t(`keys.state.${row.state}`)}</Tag>
          </div>
          <div>
            <Scopes row={row} />
          </div>
          <div className="quiet finding-card-foot">
            <span className="break">{row.fixmedins_code ?? t('keys.every_institution')}</span>
            <span className="number">{t('keys.until', { time: instant(row.expires_at) })}</span>
          </div>
          <Revoke row={row} />
        </li>
      ))}
    </ul>
  );
}
