/** The settlements of a person, latest first; each leads to what was found in it. */
import { Card, Table } from 'antd';
import { Link } from 'react-router';
import { named } from '../../claims/codes-contract.ts';
import type { ClaimRow } from '../../claims/contract.ts';
import type { PersonDetail } from '../../claims/persons-contract.ts';
import { amount, claimTime, count, money } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { paths } from '../paths.ts';
import { PagedCards } from './paged-cards.tsx';

const pageSize = 20;
const keyOf = ({ fixmedins_code, setl_id }: ClaimRow): string => `${fixmedins_code} ${setl_id}`;

export function PersonClaims({ person: { claims, claims_total } }: { person: PersonDetail }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  return (
    <Card
      size="small"
      title={t('person.claims', { n: count(claims_total) })}
      extra={
        claims_total > claims.length && (
          <span className="quiet">{t('person.claims_cut', { shown: count(claims.length) })}</span>
        )
      }
    >
      {isPhone ? <ClaimCards claims={claims} /> : <ClaimTable claims={claims} />}
    </Card>
  );
}

const fundPaidWords = ({ fund_pay_sumamt }: ClaimRow, t: Text['t']): string =>
  fund_pay_sumamt === null ? t('value.not_stated') : amount(fund_pay_sumamt);

function ClaimCards({ claims }: { claims: readonly ClaimRow[] }) {
  const { t, language } = useText();
  return (
    <PagedCards items={claims}>
      {(claim) => (
        <li key={keyOf(claim)}>
          <Link to={paths.findings({ setl_id: claim.setl_id })}>
            <div className="finding-card-head">
              <span className="finding-name">{named('med_type', claim.med_type, language)}</span>
              <span className="number">{money(claim.medfee_sumamt, language)}</span>
            </div>
            <div className="finding-sentence break">{claim.setl_id}</div>
            <div className="quiet number">
              {t('field.fund_pay_sumamt')} {fundPaidWords(claim, t)}
            </div>
            <div className="quiet finding-card-foot">
              <span className="break">{claim.fixmedins_code}</span>
              <span className="number">{claimTime(claim.setl_time)}</span>
            </div>
          </Link>
          <Link to={paths.why(claim)}>{t('why.open')}</Link>
        </li>
      )}
    </PagedCards>
  );
}

function ClaimTable({ claims }: { claims: readonly ClaimRow[] }) {
  const { t, language } = useText();
  return (
    <Table<ClaimRow>
      size="small"
      rowKey={keyOf}
      dataSource={[...claims]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 900 }}
      columns={[
        {
          title: t('field.setl_time'),
          width: 170,
          className: 'number',
          render: (_, { setl_time }) => claimTime(setl_time),
        },
        {
          title: t('field.settlement'),
          width: 250,
          className: 'break',
          render: (_, claim) => (
            <>
              <Link to={paths.findings({ setl_id: claim.setl_id })}>{claim.setl_id}</Link>
              <div>
                <Link to={paths.why(claim)}>{t('why.open')}</Link>
              </div>
            </>
          ),
        },
        { title: t('field.institution'), className: 'break', dataIndex: 'fixmedins_code' },
        {
          title: t('field.med_type'),
          width: 140,
          render: (_, { med_type }) => named('med_type', med_type, language),
        },
        {
          title: t('field.medfee_sumamt'),
          width: 160,
          align: 'right',
          className: 'number',
          render: (_, { medfee_sumamt }) => amount(medfee_sumamt),
        },
        {
          title: t('field.fund_pay_sumamt'),
          width: 170,
          align: 'right',
          className: 'number',
          render: (_, claim) => fundPaidWords(claim, t),
        },
      ]}
    />
  );
}
