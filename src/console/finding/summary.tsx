/** The plain sentence, the verdict and the money: what a person reads first. */
import { Card, Tag } from 'antd';
import { Link } from 'react-router';
import { named } from '../../claims/codes-contract.ts';
import type { FindingDetail } from '../../screening/contract.ts';
import { claimTime, count, money, shortMoneyText } from '../format.ts';
import { Fact } from '../fact.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { PersonLink } from '../person-link.tsx';
import { useSentence } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import type { InvolvedClaim } from './claim-view.ts';
import { personWords } from './claim-words.ts';

export function Summary({ detail, claims }: { detail: FindingDetail; claims: readonly InvolvedClaim[] }) {
  const text = useText();
  const sentence = useSentence();
  const { t, pick, language } = text;
  const { finding } = detail;
  const own = claims.find(
    ({ named: claim }) =>
      claim.setl_id === finding.setl_id && claim.fixmedins_code === finding.fixmedins_code,
  );
  const view = own?.view ?? null;
  const level = named('hosp_lv', view?.institution.hosp_lv, language);
  const short = shortMoneyText(finding.amount, language);
  const full = money(finding.amount, language);
  return (
    <Card
      size="small"
      className={`summary summary-${finding.verdict === '违规' ? 'violation' : finding.verdict === '可疑' ? 'suspect' : 'hint'}`}
    >
      <div className="summary-top">
        <div className="summary-words">
          <div className="summary-rule">
            <VerdictTag verdict={finding.verdict} />
            <Link to={paths.rule(finding.rule_code)}>{pick(finding.rule_name)}</Link>
            <span className="quiet">{finding.rule_code}</span>
            {detail.state === 'withdrawn' && <Tag>{t('state.withdrawn')}</Tag>}
            {detail.revision > 1 && (
              <Tag variant="filled">{t('finding.revision_n', { n: detail.revision })}</Tag>
            )}
          </div>
          <h1 className="summary-sentence">{sentence(finding.message)}</h1>
        </div>
        <div className="summary-amount">
          <span className="quiet">{t('field.amount')}</span>
          <strong className="number">{full}</strong>
          {short !== full && <span className="quiet number">{short}</span>}
        </div>
      </div>
      <dl className="summary-facts">
        {finding.window === undefined ? (
          <Fact name={t('field.person')}>
            <PersonLink claim={finding}>
              {view === null ? finding.psn_no : personWords(view, text)}
            </PersonLink>
            <small className="quiet">{view?.person.psn_no ?? finding.psn_no}</small>
          </Fact>
        ) : (
          <Fact name={t(finding.window.over === 'institution' ? 'field.persons' : 'field.practitioner')}>
            {finding.window.practitioner ?? t('value.persons', { n: count(finding.window.persons) })}
            <small className="quiet">
              {t('visits.title', { n: count(finding.window.claims + finding.window.earlier) })}
            </small>
          </Fact>
        )}
        <Fact name={t('field.institution')}>
          <Link to={paths.findings({ fixmedins_code: finding.fixmedins_code })}>
            {view?.institution.fixmedins_name ?? finding.fixmedins_code}
          </Link>
          <small className="quiet">
            {[finding.fixmedins_code, level].filter((part) => part !== null).join(' · ')}
          </small>
        </Fact>
        <Fact name={t('field.settlement')}>
          <Link to={paths.findings({ setl_id: finding.setl_id })}>{finding.setl_id}</Link>
          <small className="quiet">{t('finding.visit_id', { id: finding.mdtrt_id })}</small>
        </Fact>
        <Fact name={t('field.occurred_at')}>
          <span className="number">{claimTime(finding.occurred_at)}</span>
          <small className="quiet">{named('med_type', view?.visit.med_type, language)}</small>
        </Fact>
      </dl>
    </Card>
  );
}
