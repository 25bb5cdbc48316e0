/** Who has looked at a person, and what for: a question that persons have a right to have answered. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Table } from 'antd';
import type { PersonSeen } from '../../claims/persons-contract.ts';
import { roles } from '../../people/permissions.ts';
import { Failure } from '../failure.tsx';
import { AreaName } from '../area-name.tsx';
import { instant } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import type { ClaimName } from '../paths.ts';
import { purposeWords } from '../purpose-words.ts';
import { personSeenQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { PagedCards } from './paged-cards.tsx';

const skeletonRows = 4;
const pageSize = 20;
type Look = PersonSeen['items'][number];

export function SeenPanel({ claim }: { claim: ClaimName }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const { data, error, refetch } = useQuery(personSeenQuery(claim));
  return (
    <Card size="small" title={t('person.seen')}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <RowsSkeleton rows={skeletonRows} />
      ) : data.items.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('person.seen_none')} />
      ) : isPhone ? (
        <LookCards looks={data.items} />
      ) : (
        <LookTable looks={data.items} />
      )}
    </Card>
  );
}

const whatWords = ({ kind }: Look, { t }: Text): string =>
  kind === 'person.revealed' ? t('person.seen_revealed') : t('person.seen_opened');

/** Keys of systems have roles of their own, which are shown as they are. */
function roleWords({ role }: Look, { t }: Text): string {
  const known = roles.find((each) => each === role);
  return known === undefined ? role : t(`people.role.${known}`);
}

/** Opening takes no purpose. */
const whyWords = ({ purpose }: Look, text: Text): string =>
  purpose === null ? '' : purposeWords(purpose, text);

function LookCards({ looks }: { looks: readonly Look[] }) {
  const text = useText();
  return (
    <PagedCards items={looks} className="key-cards">
      {(look) => (
        <li key={look.seq}>
          <div className="finding-card-head">
            <span className="finding-name">{whatWords(look, text)}</span>
            <span className="quiet number">{instant(look.recorded_at)}</span>
          </div>
          <div className="finding-sentence break">{whyWords(look, text)}</div>
          <div className="quiet finding-card-foot">
            <span className="break">{look.account}</span>
            <span>
              {roleWords(look, text)} · <AreaName code={look.area} />
            </span>
          </div>
        </li>
      )}
    </PagedCards>
  );
}

function LookTable({ looks }: { looks: readonly Look[] }) {
  const text = useText();
  const { t } = text;
  return (
    <Table<Look>
      size="small"
      rowKey="seq"
      dataSource={[...looks]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 820 }}
      columns={[
        {
          title: t('audit.recorded_at'),
          width: 170,
          className: 'number',
          render: (_, { recorded_at }) => instant(recorded_at),
        },
        { title: t('audit.account'), width: 180, className: 'break', dataIndex: 'account' },
        { title: t('audit.role'), width: 140, render: (_, look) => roleWords(look, text) },
        {
          title: t('audit.area'),
          width: 160,
          render: (_, { area }) => <AreaName code={area} />,
        },
        { title: t('person.seen_what'), width: 140, render: (_, look) => whatWords(look, text) },
        { title: t('audit.purpose'), className: 'break', render: (_, look) => whyWords(look, text) },
      ]}
    />
  );
}
