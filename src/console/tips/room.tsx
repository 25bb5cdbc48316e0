/** 举报受理: tips as they came, sealed. The key of the office is opened here and forgotten when the room is left. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Select, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { KeyPair } from '../../publicity/seal-contract.ts';
import { type TipState, tipStates } from '../../publicity/tip-states-contract.ts';
import { type TipRow, tipsPageSize } from '../../publicity/tips-contract.ts';
import { Asked } from '../asked.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { ListFoot } from '../list-foot.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { tipsQuery } from '../tips-api.ts';
import { OfficeKeyCard } from './office-key.tsx';
import { RewardSumsCard } from './reward-sums.tsx';
import { TipDrawer } from './tip-drawer.tsx';

const skeletonRows = 8;

const stateOf = (text: string | null): TipState | undefined => tipStates.find((state) => state === text);
const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;

export function TipsRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const [keys, setKeys] = useState<KeyPair | null>(null);
  const id = numberOf(useParams()['id']);
  const [parameters] = useSearchParams();
  const state = stateOf(parameters.get('state'));
  const page = Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1);
  const given = state === undefined ? {} : { state };
  const asked = useQuery(tipsQuery({ page, ...given }));
  return (
    <>
      <PageHead title={t('room.tips')} note={t('tip.note')} />
      <Asked of={asked} rows={skeletonRows}>
        {({ key, total, tips, rewards }) => (
          <div className="stack">
            <OfficeKeyCard current={key} keys={keys} onKeys={setKeys} />
            <Card
              size="small"
              title={t('tip.list', { n: count(total) })}
              extra={
                <Select<TipState | ''>
                  aria-label={t('field.state')}
                  className="publicity-kind"
                  value={state ?? ''}
                  onChange={(chosen) => void navigate(paths.tips(chosen === '' ? {} : { state: chosen }))}
                  options={[
                    { value: '', label: t('case.every_state') },
                    ...tipStates.map((value) => ({ value, label: t(`tip.state.${value}`) })),
                  ]}
                />
              }
            >
              {tips.length === 0 ? (
                <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('tip.none')} />
              ) : (
                <ul className="finding-cards">
                  {tips.map((tip) => (
                    <li key={tip.id}>
                      <TipLink tip={tip} />
                    </li>
                  ))}
                </ul>
              )}
              <ListFoot
                page={page}
                size={tipsPageSize}
                total={total}
                onPage={(to) => void navigate(paths.tips({ ...given, page: to }))}
              />
            </Card>
            <RewardSumsCard rewards={rewards} />
          </div>
        )}
      </Asked>
      {id !== null && <TipDrawer id={id} keys={keys} onClose={() => void navigate(paths.tips(given))} />}
    </>
  );
}

function TipLink({ tip: { id, tip_no, received_on, state, due } }: { tip: TipRow }) {
  const { t } = useText();
  return (
    <Link to={paths.tip(id)}>
      <span className="finding-card-head">
        <span className="finding-name">{tip_no}</span>
        <Tag>{t(`tip.state.${state}`)}</Tag>
      </span>
      <span className="quiet number">
        {received_on}{' '}
        {due !== null && (
          <>
            {t('publicity.last_day', { day: due.last_day })}{' '}
            {due.is_late && <Tag color="error">{t('published.overdue')}</Tag>}
          </>
        )}
      </span>
    </Link>
  );
}
