/** Checks beside the draws for everybody: what was found, and what is overdue. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Table, Tag } from 'antd';
import { useState } from 'react';
import { type PublicCheck, publicPageSize } from '../../publicity/contract.ts';
import { AreaName } from '../area-name.tsx';
import { Asked } from '../asked.tsx';
import { useText } from '../language.tsx';
import { ListFoot } from '../list-foot.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { publicChecksQuery } from '../publicity-api.ts';
import { AreaSelect } from './area-select.tsx';
import { PartyName } from './document.tsx';
import { Files } from './files.tsx';

const skeletonRows = 8;

export function PublishedChecks() {
  const { t } = useText();
  const [page, setPage] = useState(1);
  const [area, setArea] = useState<string>();
  const asked = useQuery(publicChecksQuery({ area, page }));
  const isPhone = useNarrow(phoneMax);
  return (
    <>
      <div className="knowledge-acts">
        <AreaSelect
          areas={asked.data?.areas ?? []}
          value={area}
          onChange={(next) => {
            setArea(next);
            setPage(1);
          }}
        />
        <Files kind="checks" area={area} />
      </div>
      <p className="quiet">{t('published.note.checks')}</p>
      <Asked of={asked} rows={skeletonRows}>
        {({ items, total }) =>
          items.length === 0 ? (
            <Card size="small">
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('published.nothing')} />
            </Card>
          ) : (
            <>
              {isPhone ? (
                <ul className="finding-cards draw-cards">
                  {items.map((check) => (
                    <li key={check.id}>
                      <div className="finding-name break">
                        <Whom check={check} />
                      </div>
                      {check.area !== null && (
                        <div className="quiet">
                          <AreaName code={check.area} />
                        </div>
                      )}
                      <Kind check={check} />
                      <div>
                        <Outcome check={check} />
                      </div>
                    </li>
                  ))}
                </ul>
              ) : (
                <Wide items={items} />
              )}
              <ListFoot page={page} size={publicPageSize} total={total} onPage={setPage} />
            </>
          )
        }
      </Asked>
    </>
  );
}

function Wide({ items }: { items: readonly PublicCheck[] }) {
  const { t } = useText();
  return (
    <Table<PublicCheck>
      size="small"
      rowKey="id"
      dataSource={items}
      pagination={false}
      columns={[
        {
          title: t('draw.object'),
          className: 'break',
          render: (_, check) => <Whom check={check} />,
        },
        {
          title: t('published.area'),
          width: 160,
          render: (_, { area }) => area !== null && <AreaName code={area} />,
        },
        { title: t('check.kind'), width: 260, render: (_, check) => <Kind check={check} /> },
        { title: t('draw.result'), width: 320, render: (_, check) => <Outcome check={check} /> },
      ]}
    />
  );
}

function Whom({ check: { party } }: { check: PublicCheck }) {
  const { t } = useText();
  return party === null ? (
    <span className="quiet">{t('published.check_secret')}</span>
  ) : (
    <PartyName party={party} />
  );
}

function Kind({ check: { id, kind, from_day, due_day, recheck_of } }: { check: PublicCheck }) {
  const { t } = useText();
  return (
    <>
      {t(`check.kind.${kind}`)} <span className="quiet number">{t('published.check_no', { n: id })}</span>
      <div className="quiet number">{t('published.check_days', { from: from_day, to: due_day })}</div>
      {recheck_of !== null && (
        <div className="quiet number">{t('published.recheck_of', { n: recheck_of })}</div>
      )}
    </>
  );
}

function Outcome({ check: { result, checked_on, overdue } }: { check: PublicCheck }) {
  const { t, pick } = useText();
  return (
    <>
      {result === null ? <span className="quiet">{t('draw.not_checked')}</span> : pick(result)}{' '}
      <span className="quiet number">{checked_on}</span>{' '}
      {overdue && <Tag color="error">{t('published.overdue')}</Tag>}
    </>
  );
}
