import { Table, type TableProps } from 'antd';
import { amount, claimTime } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import type { InvolvedClaim, LineView } from './claim-view.ts';
import { LineDetail } from './line-detail.tsx';
import { RoleTag } from './role-tag.tsx';

const pageSize = 10;
type Columns = NonNullable<TableProps<LineView>['columns']>;

export function LinesTable({ claim, lines }: { claim: InvolvedClaim; lines: readonly LineView[] }) {
  const text = useText();
  const isPhone = useNarrow(phoneMax);
  return (
    <Table<LineView>
      size="small"
      className="lines"
      rowKey={(line) => line.feedetl_sn ?? ''}
      dataSource={lines}
      {...(isPhone ? {} : { scroll: { x: 600 } })}
      pagination={lines.length > pageSize ? { pageSize, size: 'small', showSizeChanger: false } : false}
      locale={{ emptyText: text.t('lines.empty') }}
      rowClassName={(line) => {
        const role = markOf(claim, line)?.role;
        return role === '违规项' ? 'line-violating' : role === '涉及项' ? 'line-involved' : '';
      }}
      expandable={{
        columnWidth: 32,
        expandedRowRender: detailOf(claim),
      }}
      columns={isPhone ? phoneColumns(claim, text) : wideColumns(claim, text)}
    />
  );
}

const detailOf = (claim: InvolvedClaim) => (line: LineView) => <LineDetail line={line} claim={claim} />;
const markOf = (claim: InvolvedClaim, line: LineView) => claim.marks.get(line.feedetl_sn ?? '');
const itemName = (line: LineView) => line.medins_list_name ?? line.med_list_codg;

function wideColumns(claim: InvolvedClaim, text: Text): Columns {
  const { t } = text;
  return [
    { title: t('lines.mark'), width: 84, render: (_, line) => <Mark claim={claim} line={line} /> },
    {
      title: t('lines.item'),
      render: (_, line) => (
        <>
          <div>{itemName(line)}</div>
          <div className="quiet break">{line.med_list_codg}</div>
        </>
      ),
    },
    {
      title: t('lines.time'),
      width: 98,
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
      title: t('lines.cnt_pric'),
      width: 104,
      align: 'right',
      className: 'number',
      render: (_, line) => (
        <>
          <div>{String(line.cnt ?? '')}</div>
          <div className="quiet">{t('lines.times', { price: price(line.pric) })}</div>
        </>
      ),
    },
    {
      title: t('lines.amount_in_scope'),
      width: 116,
      align: 'right',
      className: 'number',
      render: (_, line) => (
        <>
          <div>{amount(String(line.det_item_fee_sumamt ?? ''))}</div>
          <div className="quiet">{inScope(line, text)}</div>
        </>
      ),
    },
    {
      title: t('lines.at_stake'),
      width: 104,
      align: 'right',
      className: 'number',
      render: (_, line) => <AtStake claim={claim} line={line} />,
    },
  ];
}

/** The same in two columns: what it was, and what it cost. */
function phoneColumns(claim: InvolvedClaim, text: Text): Columns {
  const { t } = text;
  return [
    {
      title: t('lines.item'),
      render: (_, line) => (
        <>
          <Mark claim={claim} line={line} />
          <div>{itemName(line)}</div>
          <div className="quiet break">{line.med_list_codg}</div>
          <div className="quiet number">{claimTime(line.fee_ocur_time ?? '')}</div>
        </>
      ),
    },
    {
      title: t('lines.amount'),
      width: 124,
      align: 'right',
      className: 'number break',
      render: (_, line) => (
        <>
          <AtStake claim={claim} line={line} />
          <div>{amount(String(line.det_item_fee_sumamt ?? ''))}</div>
          <div className="quiet">{`${String(line.cnt ?? '')} ${t('lines.times', { price: price(line.pric) })}`}</div>
          <div className="quiet">{inScope(line, text)}</div>
        </>
      ),
    },
  ];
}

function Mark({ claim, line }: { claim: InvolvedClaim; line: LineView }) {
  const mark = markOf(claim, line);
  return mark === undefined ? null : <RoleTag role={mark.role} />;
}

/** Involved lines are evidence; only violating ones have money at stake. */
function AtStake({ claim, line }: { claim: InvolvedClaim; line: LineView }) {
  const mark = markOf(claim, line);
  return mark?.role === '违规项' ? <strong className="at-stake">{amount(mark.amount)}</strong> : null;
}

const inScope = (line: LineView, { t }: Text): string =>
  line.inscp_scp_amt == null
    ? t('value.not_stated')
    : t('lines.in_scope', { money: amount(String(line.inscp_scp_amt)) });

/** Unit prices have up to six decimals; at least two are shown, none is lost. */
function price(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const [whole = '', fraction = ''] = String(value).split('.');
  return `${amount(whole).replace(/\.00$/, '')}.${fraction.padEnd(2, '0')}`;
}
