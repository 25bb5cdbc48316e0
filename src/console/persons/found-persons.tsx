/** Whom a search found. A person is opened by a settlement, whose number may stand in an address. */
import { Table } from 'antd';
import { Link, useNavigate } from 'react-router';
import type { PersonRow } from '../../claims/persons-contract.ts';
import { claimTime, count } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { paths } from '../paths.ts';

export function FoundPersons({ persons }: { persons: readonly PersonRow[] }) {
  return useNarrow(phoneMax) ? <PersonCards persons={persons} /> : <PersonTable persons={persons} />;
}

function PersonCards({ persons }: { persons: readonly PersonRow[] }) {
  const { t } = useText();
  return (
    <ul className="finding-cards">
      {persons.map(({ psn_no, psn_name, certno, claims, latest }) => (
        <li key={psn_no} data-person={psn_no}>
          <Link to={paths.person(latest)}>
            <div className="finding-card-head">
              <span className="finding-name">{psn_name ?? t('value.not_stated')}</span>
              <span className="number">{certno}</span>
            </div>
            <div className="finding-sentence break">{psn_no}</div>
            <div className="quiet finding-card-foot">
              <span>{t('persons.claims_n', { n: count(claims) })}</span>
              <span className="number">{claimTime(latest.setl_time)}</span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function PersonTable({ persons }: { persons: readonly PersonRow[] }) {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <Table<PersonRow>
      size="small"
      rowKey="psn_no"
      dataSource={[...persons]}
      pagination={false}
      scroll={{ x: 820 }}
      rowClassName="row"
      onRow={({ psn_no, latest }) => ({
        'data-person': psn_no,
        onClick: (event) => {
          if (event.target instanceof Element && event.target.closest('a') === null)
            void navigate(paths.person(latest));
        },
      })}
      columns={[
        {
          title: t('person.psn_name'),
          width: 140,
          render: (_, { psn_name, latest }) => (
            <Link to={paths.person(latest)}>{psn_name ?? t('value.not_stated')}</Link>
          ),
        },
        {
          title: t('person.certno'),
          width: 210,
          className: 'number',
          render: (_, { certno }) => certno ?? t('value.not_stated'),
        },
        { title: t('person.psn_no'), width: 230, className: 'break', dataIndex: 'psn_no' },
        {
          title: t('persons.claims'),
          width: 110,
          align: 'right',
          className: 'number',
          render: (_, { claims }) => count(claims),
        },
        {
          title: t('persons.latest'),
          render: (_, { latest }) => (
            <>
              <div className="number">{claimTime(latest.setl_time)}</div>
              <div className="quiet break">{latest.fixmedins_code}</div>
            </>
          ),
        },
      ]}
    />
  );
}
