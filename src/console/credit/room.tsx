/** 信用: subjects of the ledger with their grades. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Empty, Segmented, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { subjectKindSchema, subjectKinds } from '../../credit/contract.ts';
import type { SubjectRow, SubjectsPage } from '../../credit/publication-contract.ts';
import { Asked } from '../asked.tsx';
import { creditApi } from '../credit-api.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { apiPaths, paths } from '../paths.ts';
import { creditKey, creditSubjectsQuery } from '../queries.ts';
import { FactModal } from './fact-modal.tsx';
import { GradeTag } from './grade-tag.tsx';

const skeletonRows = 10;

export function CreditRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const mayRecord = useMay()('credit.score');
  const isPhone = useNarrow(phoneMax);
  const [parameters] = useSearchParams();
  const kind = subjectKindSchema.catch('institution').parse(parameters.get('kind') ?? undefined);
  const after = Number(parameters.get('after') ?? '0');
  const isPaged = Number.isSafeInteger(after) && after > 0;
  const asked = useQuery(creditSubjectsQuery({ kind, ...(isPaged ? { after } : {}) }));
  const [isRecording, setRecording] = useState(false);
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const gather = useMutation({
    mutationFn: creditApi.gather,
    onSuccess: async ({ entered, refused, revoked }) => {
      await queryClient.invalidateQueries({ queryKey: creditKey });
      const counts = { entered: count(entered), refused: count(refused), revoked: count(revoked) };
      void message.success(t('credit.gathered', counts));
    },
  });
  const { data } = asked;
  const kinds = subjectKinds.map((each) => ({ value: each, label: t(`credit.kind.${each}`) }));
  const choose = (chosen: (typeof subjectKinds)[number]): void =>
    void navigate(paths.credit({ kind: chosen }));
  return (
    <>
      <PageHead
        title={t('room.credit')}
        note={data !== undefined && t('credit.note', { day: data.as_of })}
        extra={
          <div className="knowledge-acts">
            <Button onClick={() => void navigate(paths.creditRisk())}>{t('credit.risk')}</Button>
            <Button
              disabled={!mayRecord}
              title={mayRecord ? t('credit.gather_note') : t('state.forbidden')}
              loading={gather.isPending}
              onClick={() => gather.mutate()}
            >
              {t('credit.gather')}
            </Button>
            <Button href={apiPaths.creditLedger()} download>
              {t('credit.export')}
            </Button>
            <Button
              type="primary"
              disabled={!mayRecord || data === undefined}
              title={mayRecord ? undefined : t('state.forbidden')}
              onClick={() => setRecording(true)}
            >
              {t('credit.record')}
            </Button>
          </div>
        }
      />
      <div className="filter-bar">
        {isPhone ? (
          <Select
            className="credit-kind"
            aria-label={t('credit.kind')}
            value={kind}
            options={kinds}
            onChange={choose}
          />
        ) : (
          <Segmented aria-label={t('credit.kind')} value={kind} options={kinds} onChange={choose} />
        )}
      </div>
      {gather.error !== null && <Failure error={gather.error} />}
      <Asked of={asked} rows={skeletonRows}>
        {(page) => (
          <>
            {page.items.length === 0 ? (
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('credit.nothing')} />
            ) : isPhone ? (
              <SubjectCards items={page.items} />
            ) : (
              <SubjectsTable items={page.items} />
            )}
            <div className="credit-pages">
              {isPaged && <Link to={paths.credit({ kind })}>{t('credit.first_page')}</Link>}
              {page.next !== null && (
                <Link to={paths.credit({ kind, after: page.next })}>{t('credit.next_page')}</Link>
              )}
            </div>
            <p className="quiet">
              {t('credit.export_hint')} <code>{t('credit.verify_command')}</code>
            </p>
          </>
        )}
      </Asked>
      {data !== undefined && (
        <FactModal
          isOpen={isRecording}
          kind={kind}
          today={data.as_of}
          onDone={({ first_seq }) => void navigate(paths.creditSubject(first_seq))}
          onClose={() => setRecording(false)}
        />
      )}
    </>
  );
}

type Items = { readonly items: SubjectsPage['items'] };

function Grades({ grades }: Pick<SubjectRow, 'grades'>) {
  const { t } = useText();
  return grades.map(({ scheme, name, rank, points_hundredths, is_example }) => (
    <div key={scheme} className="credit-grade">
      <GradeTag name={name} rank={rank} points={points_hundredths} />
      {is_example && <span className="quiet">{t('credit.example')}</span>}
    </div>
  ));
}

function SubjectsTable({ items }: Items) {
  const { t } = useText();
  return (
    <Table<SubjectRow>
      size="small"
      rowKey="first_seq"
      dataSource={[...items]}
      pagination={false}
      scroll={{ x: 760 }}
      columns={[
        {
          title: t('credit.subject'),
          render: (_, { first_seq, subject, subject_name }) => (
            <Link to={paths.creditSubject(first_seq)}>
              {subject_name !== null && <div className="break">{subject_name}</div>}
              <span className={subject_name === null ? 'number break' : 'quiet number break'}>
                {subject.key}
              </span>
            </Link>
          ),
        },
        { title: t('credit.grade'), width: 320, render: (_, { grades }) => <Grades grades={grades} /> },
        {
          title: t('credit.entries'),
          width: 90,
          align: 'right',
          className: 'number',
          render: (_, { entries }) => count(entries),
        },
        { title: t('credit.last_day'), width: 130, className: 'number', dataIndex: 'last_day' },
        {
          title: t('field.state'),
          width: 150,
          render: (_, { open_objections }) =>
            open_objections > 0 && (
              <Tag color="warning">{t('credit.objections_open', { n: count(open_objections) })}</Tag>
            ),
        },
      ]}
    />
  );
}

function SubjectCards({ items }: Items) {
  const { t } = useText();
  return (
    <ul className="finding-cards">
      {items.map(({ first_seq, subject, subject_name, grades, last_day, open_objections }) => (
        <li key={first_seq}>
          <Link to={paths.creditSubject(first_seq)}>
            <span className="finding-card-head">
              <span className="finding-name break">{subject_name ?? subject.key}</span>
              <span className="quiet number">{last_day}</span>
            </span>
            {subject_name !== null && <div className="quiet number break">{subject.key}</div>}
            <Grades grades={grades} />
            {open_objections > 0 && (
              <Tag color="warning">{t('credit.objections_open', { n: count(open_objections) })}</Tag>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
