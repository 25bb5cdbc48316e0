/** 案件: every case in sight, with the period that ends first. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Select, Table, Tag } from 'antd';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type CaseState, caseStates } from '../../cases/contract.ts';
import type { CasesPage } from '../../cases/view-contract.ts';
import { Asked } from '../asked.tsx';
import { casesQuery } from '../case-api.ts';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { ClockWords } from './clock-words.tsx';
import { TipClues } from './tip-clues.tsx';

const pageSize = 50;
const skeletonRows = 10;
type Row = CasesPage['cases'][number];

const stateOf = (text: string | null): CaseState | undefined => caseStates.find((state) => state === text);

export function CasesRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const mayOpen = useMay()('cases.handle');
  const [parameters] = useSearchParams();
  const state = stateOf(parameters.get('state'));
  const page = Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1);
  const asked = useQuery(
    casesQuery({ page, page_size: pageSize, ...(state === undefined ? {} : { state }) }),
  );
  return (
    <>
      <PageHead
        title={t('room.cases')}
        note={asked.data !== undefined && t('case.total', { n: count(asked.data.total) })}
      />
      {mayOpen && <TipClues />}
      <div className="filter-bar">
        <Select<CaseState | ''>
          aria-label={t('field.state')}
          className="case-state"
          value={state ?? ''}
          onChange={(chosen) => void navigate(paths.cases(chosen === '' ? {} : { state: chosen }))}
          options={[
            { value: '', label: t('case.every_state') },
            ...caseStates.map((value) => ({ value, label: t(`case.state.${value}`) })),
          ]}
        />
      </div>
      <Asked of={asked} rows={skeletonRows}>
        {({ cases, total }) =>
          cases.length === 0 ? (
            <Card size="small">
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('case.none')} />
            </Card>
          ) : (
            <Cases
              cases={cases}
              total={total}
              page={page}
              onPage={(to) =>
                void navigate(paths.cases({ page: to, ...(state === undefined ? {} : { state }) }))
              }
            />
          )
        }
      </Asked>
    </>
  );
}

function Cases({
  cases,
  total,
  page,
  onPage,
}: {
  cases: readonly Row[];
  total: number;
  page: number;
  onPage: (page: number) => void;
}) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  if (isPhone)
    return (
      <ul className="finding-cards">
        {cases.map((one) => (
          <li key={one.id}>
            <Link to={paths.case(one.id)}>
              <span className="finding-card-head">
                <span className="finding-name break">{one.case_no}</span>
                <Tag>{t(`case.state.${one.state}`)}</Tag>
              </span>
              {one.subject_name !== null && <div className="break">{one.subject_name}</div>}
              <div className="quiet break">{one.subject.key}</div>
              {one.next !== null && <ClockWords clock={one.next} />}
            </Link>
          </li>
        ))}
      </ul>
    );
  return (
    <Table<Row>
      size="small"
      rowKey="id"
      dataSource={[...cases]}
      scroll={{ x: 900 }}
      pagination={{
        current: page,
        pageSize,
        total,
        hideOnSinglePage: true,
        showSizeChanger: false,
        onChange: onPage,
      }}
      columns={[
        {
          title: t('case.no'),
          className: 'break',
          render: (_, { id, case_no }) => <Link to={paths.case(id)}>{case_no}</Link>,
        },
        {
          title: t('case.subject'),
          className: 'break',
          render: (_, { subject, subject_name }) => (
            <>
              {subject_name !== null && <div>{subject_name}</div>}
              <span className={subject_name === null ? '' : 'quiet'}>{subject.key}</span>{' '}
              <span className="quiet">{t(`case.subject.${subject.kind}`)}</span>
            </>
          ),
        },
        {
          title: t('field.state'),
          width: 130,
          render: (_, { state }) => <Tag>{t(`case.state.${state}`)}</Tag>,
        },
        {
          title: t('case.officers'),
          width: 170,
          className: 'break',
          render: (_, { officers }) => officers.join(t('value.separator')),
        },
        {
          title: t('case.next'),
          width: 340,
          render: (_, { next }) => next !== null && <ClockWords clock={next} />,
        },
        { title: t('case.opened_at'), width: 170, className: 'number', dataIndex: 'opened_at' },
      ]}
    />
  );
}
