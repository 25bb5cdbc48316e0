/** The visits of a window, one row each: those of the day that is judged first, then those before it. */
import { Card, Table, type TableProps } from 'antd';
import type { Finding } from '../../screening/contract.ts';
import { count } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PersonLink } from '../person-link.tsx';
import type { InvolvedClaim } from './claim-view.ts';
import { departmentWords, moneyWords, periodWords, personWords } from './claim-words.ts';
import { RoleTag } from './role-tag.tsx';

const pageSize = 10;
type Columns = NonNullable<TableProps<InvolvedClaim>['columns']>;

export function VisitsPanel({
  window,
  claims,
}: {
  window: NonNullable<Finding['window']>;
  claims: readonly InvolvedClaim[];
}) {
  const text = useText();
  const { t } = text;
  const isPhone = useNarrow(phoneMax);
  const total = window.claims + window.earlier;
  return (
    <Card size="small" className="panel-claims" title={t('visits.title', { n: count(total) })}>
      <p className="quiet">
        {t(window.from_day === window.day ? 'visits.day' : 'visits.days', {
          from: window.from_day,
          day: window.day,
          own: count(window.claims),
          earlier: count(window.earlier),
          persons: count(window.persons),
        })}
        {total > claims.length && t('visits.named', { n: count(claims.length) })}
      </p>
      <Table<InvolvedClaim>
        size="small"
        rowKey={({ key }) => key}
        dataSource={[...claims].sort(byRole)}
        {...(isPhone ? {} : { scroll: { x: 600 } })}
        pagination={claims.length > pageSize ? { pageSize, size: 'small', showSizeChanger: false } : false}
        columns={isPhone ? phoneColumns(text) : wideColumns(text)}
      />
    </Card>
  );
}

const rank = ({ named }: InvolvedClaim): number => (named.role === '违规项' ? 0 : 1);
const byRole = (a: InvolvedClaim, b: InvolvedClaim): number => rank(a) - rank(b);

function wideColumns(text: Text): Columns {
  const { t } = text;
  return [
    { title: t('lines.mark'), width: 84, render: (_, { named }) => <RoleTag role={named.role} /> },
    { title: t('field.person'), render: (_, claim) => <Person claim={claim} /> },
    {
      title: t('field.period'),
      width: 190,
      className: 'number',
      render: (_, claim) => periodOf(claim, text),
    },
    { title: t('field.department'), render: (_, claim) => departmentOf(claim, text) },
    {
      title: t('field.medfee_sumamt'),
      width: 110,
      align: 'right',
      className: 'number',
      render: (_, { view }) => moneyWords(view?.settlement.medfee_sumamt, text),
    },
    { title: t('field.setl_id'), className: 'break', render: (_, { named }) => named.setl_id },
  ];
}

function phoneColumns(text: Text): Columns {
  const { t } = text;
  return [
    {
      title: t('field.person'),
      render: (_, claim) => (
        <>
          <Person claim={claim} />
          <div className="quiet number">{periodOf(claim, text)}</div>
          <RoleTag role={claim.named.role} />
        </>
      ),
    },
    {
      title: t('field.medfee_sumamt'),
      width: 104,
      align: 'right',
      className: 'number',
      render: (_, { view }) => moneyWords(view?.settlement.medfee_sumamt, text),
    },
  ];
}

function Person({ claim: { named, view } }: { claim: InvolvedClaim }) {
  const text = useText();
  return (
    <>
      <PersonLink claim={named}>{view === null ? named.psn_no : personWords(view, text)}</PersonLink>
      {view !== null && <div className="quiet">{named.psn_no}</div>}
    </>
  );
}

const periodOf = ({ view }: InvolvedClaim, text: Text): string =>
  view === null ? text.t('claims.no_document') : periodWords(view, text);
const departmentOf = ({ view }: InvolvedClaim, text: Text): string =>
  (view === null ? '' : departmentWords(view)) || text.t('value.not_stated');
