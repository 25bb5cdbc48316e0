/** The fee lines: what violates stands first, then what it violates against, then everything else. */
import { Card, Empty, Segmented, Table, Tabs } from 'antd';
import { useState } from 'react';
import { count, claimTime, amount } from '../format.ts';
import { useText } from '../language.tsx';
import { type InvolvedClaim, type LineView, linesInOrder } from './claim-view.ts';
import { LineDetail } from './line-detail.tsx';
import { RoleTag } from './role-tag.tsx';

const pageSize = 20;

export function LinesPanel({ claims }: { claims: readonly InvolvedClaim[] }) {
  const { t } = useText();
  const [first] = claims;
  if (first === undefined) return null;
  return (
    <Card size="small" title={t('lines.title')}>
      {claims.length === 1 ? (
        <Lines claim={first} />
      ) : (
        <Tabs
          size="small"
          items={claims.map((claim) => ({
            key: claim.key,
            label: (
              <span className="lines-tab">
                <RoleTag role={claim.named.role} />
                <span className="one-line">
                  {claim.view?.institution.fixmedins_name ?? claim.named.fixmedins_code}
                </span>
                <span className="quiet">{claim.named.setl_id}</span>
              </span>
            ),
            children: <Lines claim={claim} />,
          }))}
        />
      )}
    </Card>
  );
}

function Lines({ claim }: { claim: InvolvedClaim }) {
  const { t } = useText();
  const [show, setShow] = useState<'all' | 'marked'>('all');
  const lines = linesInOrder(claim);
  const marked = lines.filter(({ feedetl_sn }) => claim.marks.has(feedetl_sn ?? ''));
  const shown = show === 'all' ? lines : marked;
  if (claim.view === null)
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('claims.no_document')} />;
  return (
    <>
      <div className="lines-head">
        <Segmented
          size="small"
          value={show}
          onChange={setShow}
          options={[
            { value: 'all', label: t('lines.all', { n: count(lines.length) }) },
            {
              value: 'marked',
              label: t('lines.marked', { n: count(marked.length) }),
              disabled: marked.length === 0,
            },
          ]}
        />
        {marked.length === 0 && <span className="quiet">{t('lines.none_marked')}</span>}
      </div>
      <Table<LineView>
        size="small"
        className="lines"
        rowKey={(line) => line.feedetl_sn ?? ''}
        dataSource={shown}
        scroll={{ x: 720 }}
        pagination={shown.length > pageSize ? { pageSize, size: 'small', showSizeChanger: false } : false}
        locale={{ emptyText: t('lines.empty') }}
        rowClassName={(line) => {
          const role = claim.marks.get(line.feedetl_sn ?? '')?.role;
          return role === '违规项' ? 'line-violating' : role === '涉及项' ? 'line-involved' : '';
        }}
        expandable={{
          columnWidth: 32,
          expandedRowRender: (line) => <LineDetail line={line} claim={claim} />,
        }}
        columns={[
          {
            title: t('lines.mark'),
            width: 78,
            render: (_, line) => {
              const mark = claim.marks.get(line.feedetl_sn ?? '');
              return mark === undefined ? null : <RoleTag role={mark.role} />;
            },
          },
          {
            title: t('lines.item'),
            render: (_, line) => (
              <>
                <div>{line.medins_list_name ?? line.med_list_codg}</div>
                <div className="quiet break">{line.med_list_codg}</div>
              </>
            ),
          },
          {
            title: t('lines.time'),
            width: 104,
            className: 'number',
            render: (_, line) => {
              const [day, time] = claimTime(line.fee_ocur_time ?? '').split(' ');
              return (
                <>
                  <div>{day}</div>
                  <div className="quiet">{time}</div>
                </>
              );
            },
          },
          {
            title: t('lines.cnt'),
            width: 70,
            align: 'right',
            className: 'number',
            render: (_, line) => String(line.cnt ?? ''),
          },
          {
            title: t('lines.pric'),
            width: 92,
            align: 'right',
            className: 'number',
            render: (_, line) => price(line.pric),
          },
          {
            title: t('lines.amount'),
            width: 104,
            align: 'right',
            className: 'number',
            render: (_, line) => amount(String(line.det_item_fee_sumamt ?? '')),
          },
          {
            title: t('lines.in_scope'),
            width: 104,
            align: 'right',
            className: 'number',
            render: (_, line) => (line.inscp_scp_amt == null ? '—' : amount(String(line.inscp_scp_amt))),
          },
          {
            title: t('lines.at_stake'),
            width: 104,
            align: 'right',
            className: 'number',
            render: (_, line) => {
              const mark = claim.marks.get(line.feedetl_sn ?? '');
              return mark?.role === '违规项' ? (
                <strong className="at-stake">{amount(mark.amount)}</strong>
              ) : null;
            },
          },
        ]}
      />
    </>
  );
}

/** Unit prices have up to six decimals; at least two are shown, none is lost. */
function price(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const [whole = '', fraction = ''] = String(value).split('.');
  return `${amount(whole).replace(/\.00$/, '')}.${fraction.padEnd(2, '0')}`;
}
