/** The settlements that the finding names, beside each other, with their periods drawn where there are several. */
import { Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import { named } from '../../claims/codes-contract.ts';
import { claimDay, claimTime, dayNumber, dayText } from '../format.ts';
import { type Text, useText } from '../language.tsx';
import { PersonLink } from '../person-link.tsx';
import { type ClaimView, type InvolvedClaim } from './claim-view.ts';
import {
  departmentWords,
  diagnosesWords,
  identityWords,
  institutionWords,
  moneyWords,
  operationsWords,
  periodWords,
  personWords,
} from './claim-words.ts';
import { RoleTag } from './role-tag.tsx';

export function ClaimsPanel({ claims }: { claims: readonly InvolvedClaim[] }) {
  const text = useText();
  const { t } = text;
  const rows = rowsOf(claims, text);
  return (
    <Card
      size="small"
      className="panel-claims"
      title={claims.length > 1 ? t('claims.title_n', { n: claims.length }) : t('claims.title')}
    >
      {claims.length > 1 && <Periods claims={claims} />}
      {claims.length === 1 ? (
        <dl className="claim-facts">
          {rows.map(({ label, cells }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{cells[0]}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <div className="wide" tabIndex={0} role="region" aria-label={t('claims.title')}>
          <table className="compare">
            <thead>
              <tr>
                <th scope="col">{t('field.settlement')}</th>
                {claims.map((claim) => (
                  <th scope="col" key={claim.key}>
                    <RoleTag role={claim.named.role} /> <SettlementId claim={claim} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ label, cells }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {claims.map((claim, index) => (
                    <td key={claim.key}>{cells[index]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function SettlementId({ claim }: { claim: InvolvedClaim }) {
  const { t } = useText();
  return (
    <>
      {claim.named.setl_id}
      {claim.isOutdated && <Tag className="outdated">{t('claims.outdated')}</Tag>}
    </>
  );
}

interface Row {
  readonly label: string;
  readonly cells: readonly ReactNode[];
}

function rowsOf(claims: readonly InvolvedClaim[], text: Text): Row[] {
  const { t, language } = text;
  const row = (label: string, cell: (view: ClaimView, claim: InvolvedClaim['named']) => ReactNode): Row => ({
    label,
    cells: claims.map(({ key, named: claim, view }) =>
      view === null ? (
        <span key={key} className="quiet">
          {t('claims.no_document')}
        </span>
      ) : (
        cell(view, claim)
      ),
    ),
  });
  const money = (
    label: string,
    value: (settlement: ClaimView['settlement']) => string | number | null | undefined,
  ): Row =>
    row(label, ({ settlement }) => <span className="number">{moneyWords(value(settlement), text)}</span>);
  const isShared = new Set(claims.map(({ named: claim }) => claim.psn_no)).size > 1;
  const shownMax = claims.length === 1 ? shownAloneMax : shownBesideMax;
  const hasOperations = claims.some(({ view }) => (view?.operations?.length ?? 0) > 0);
  return [
    ...(claims.length === 1
      ? [
          {
            label: t('field.setl_id'),
            cells: claims.map((claim) => <SettlementId key={claim.key} claim={claim} />),
          },
        ]
      : []),
    // Persons stand in the summary; here only where the claims are of several.
    ...(isShared
      ? [
          row(t('field.person'), (view, claim) => (
            <PersonLink claim={claim}>{personWords(view, text)}</PersonLink>
          )),
        ]
      : []),
    row(t('field.institution'), (view) => institutionWords(view, text)),
    row(
      t('field.med_type'),
      (view) => named('med_type', view.visit.med_type, language) ?? t('value.not_stated'),
    ),
    row(t('field.period'), (view) => <span className="number">{periodWords(view, text)}</span>),
    row(t('field.diagnoses'), (view) => <Several items={diagnosesWords(view, text)} shownMax={shownMax} />),
    ...(hasOperations
      ? [row(t('field.operations'), (view) => <Several items={operationsWords(view)} shownMax={shownMax} />)]
      : []),
    row(t('field.department'), (view) => departmentWords(view) || t('value.not_stated')),
    row(t('field.setl_time'), (view) => (
      <span className="number">{claimTime(view.setl_time ?? t('value.not_stated'))}</span>
    )),
    money(t('field.medfee_sumamt'), (settlement) => settlement.medfee_sumamt),
    money(t('field.inscp_scp_amt'), (settlement) => settlement.inscp_scp_amt),
    money(t('field.fund_pay_sumamt'), (settlement) => settlement.fund_pay_sumamt ?? settlement.hifp_pay),
    money(t('field.psn_part_amt'), (settlement) => settlement.psn_part_amt),
    row(t('field.identity_checks'), (view) => (
      <Several items={identityWords(view, text)} shownMax={shownMax} />
    )),
  ];
}

/** More than this are cut with their number said; the JSON has them all. Beside each other there is room for fewer. */
const shownAloneMax = 8;
const shownBesideMax = 3;

function Several({ items, shownMax }: { items: readonly string[]; shownMax: number }) {
  const { t } = useText();
  if (items.length === 0) return <span className="quiet">{t('value.none')}</span>;
  return (
    <>
      {items.slice(0, shownMax).map((item) => (
        <div key={item}>{item}</div>
      ))}
      {items.length > shownMax && (
        <div className="quiet">{t('value.more', { n: items.length - shownMax })}</div>
      )}
    </>
  );
}

/** Overlaps and gaps are seen at once when the stays lie on one line of days. */
function Periods({ claims }: { claims: readonly InvolvedClaim[] }) {
  const { t } = useText();
  const bars = claims.flatMap(({ key, named: claim, view }) => {
    const begin = view?.visit.begntime;
    if (begin === undefined || Number.isNaN(dayNumber(begin))) return [];
    const end = view?.visit.endtime ?? null;
    // A day is drawn as wide as a day, also when the visit lasted an hour.
    const to = end === null ? dayNumber(begin) + 1 : Math.max(dayNumber(end), dayNumber(begin) + 1);
    return [
      {
        key,
        claim,
        from: dayNumber(begin),
        to,
        begin,
        end,
        name: view?.institution.fixmedins_name ?? claim.fixmedins_code,
      },
    ];
  });
  if (bars.length < 2) return null;
  const first = Math.min(...bars.map(({ from }) => from));
  const last = Math.max(...bars.map(({ to }) => to));
  const percent = (days: number): string => `${(days / (last - first)) * 100}%`;
  return (
    <figure className="periods" aria-label={t('claims.periods')}>
      {bars.map(({ key, claim, from, to, begin, end, name }) => (
        <div key={key} className="period">
          <span className="period-name" title={name}>
            {name}
          </span>
          <span className="period-line">
            <span
              className={claim.role === '违规项' ? 'period-bar period-violating' : 'period-bar'}
              style={{ left: percent(from - first), width: percent(to - from) }}
              title={`${claimDay(begin)} – ${end === null ? t('claims.no_end') : claimDay(end)}`}
            />
          </span>
        </div>
      ))}
      <figcaption className="period-scale quiet number">
        <span>{dayText(first)}</span>
        <span>{dayText(last)}</span>
      </figcaption>
    </figure>
  );
}
