/** 风险指数: where to look first, out of signals that nobody has confirmed. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Table } from 'antd';
import { Link } from 'react-router';
import type { Risks } from '../../credit/risk-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { amount, count } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { PagedCards } from '../persons/paged-cards.tsx';
import { creditRiskQuery } from '../queries.ts';
import { yuanOf } from '../reviews/fen.ts';
import { pointsOf } from './points.ts';

type Row = Risks['items'][number];
type Part = Row['parts'][number];

const skeletonRows = 10;
const pageSize = 50;

export function RiskRoom() {
  const { t } = useText();
  const asked = useQuery(creditRiskQuery);
  const { data } = asked;
  return (
    <>
      <PageHead
        title={t('credit.risk')}
        note={
          data !== undefined &&
          t('credit.risk_note', { from: data.from, to: data.to, n: count(data.institutions) })
        }
        extra={<Link to={paths.credit()}>{t('room.credit')}</Link>}
      />
      <Alert className="credit-summary" type="warning" showIcon title={t('credit.risk_warning')} />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => <RisksTable risks={found} />}
      </Asked>
    </>
  );
}

const shownOf = (part: Part): string =>
  part.input.endsWith('_fen') ? `¥${amount(yuanOf(part.value))}` : count(part.value);

function RisksTable({ risks }: { risks: Risks }) {
  const { t, pick } = useText();
  const isPhone = useNarrow(phoneMax);
  if (isPhone) return <RiskCards risks={risks} />;
  return (
    <Table<Row>
      size="small"
      rowKey="institution"
      dataSource={risks.items}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 890 }}
      columns={[
        {
          title: t('field.institution'),
          width: 160,
          render: (_, { institution, name }) => (
            <Link to={paths.findings({ fixmedins_code: institution })}>
              {name !== null && <div className="break">{name}</div>}
              <span className="quiet number break">{institution}</span>
            </Link>
          ),
        },
        {
          title: t('credit.risk_index'),
          width: 90,
          align: 'right',
          className: 'number',
          render: (_, { index_hundredths }) => pointsOf(index_hundredths),
        },
        ...risks.document.inputs.map(({ input, name, why, weight }) => ({
          title: <span title={pick(why)}>{t('credit.risk_input', { name: pick(name), weight })}</span>,
          width: 160,
          align: 'right' as const,
          className: 'number',
          render: (_: unknown, { parts }: Row) => {
            const part = parts.find((each) => each.input === input);
            return (
              part !== undefined && (
                <>
                  {shownOf(part)}
                  <div className="quiet">{t('credit.risk_rank', { n: pointsOf(part.rank_hundredths) })}</div>
                </>
              )
            );
          },
        })),
      ]}
    />
  );
}

function RiskCards({ risks: { items, document } }: { risks: Risks }) {
  const { t, pick } = useText();
  return (
    <PagedCards items={items}>
      {({ institution, name: called, index_hundredths, parts }) => (
        <li key={institution}>
          <Link to={paths.findings({ fixmedins_code: institution })}>
            <div className="finding-card-head">
              <span className="finding-name break">{called ?? institution}</span>
              <span className="quiet">{t('credit.risk_index')}</span>
              <strong className="number">{pointsOf(index_hundredths)}</strong>
            </div>
            {called !== null && <div className="quiet number break">{institution}</div>}
            <dl className="claim-facts">
              {document.inputs.map(({ input, name, weight }) => {
                const part = parts.find((each) => each.input === input);
                return (
                  part !== undefined && (
                    <Fact key={input} name={t('credit.risk_input', { name: pick(name), weight })}>
                      <span className="number">{shownOf(part)}</span>{' '}
                      <span className="quiet number">
                        {t('credit.risk_rank', { n: pointsOf(part.rank_hundredths) })}
                      </span>
                    </Fact>
                  )
                );
              })}
            </dl>
          </Link>
        </li>
      )}
    </PagedCards>
  );
}
