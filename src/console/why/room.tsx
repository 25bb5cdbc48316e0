/** Why rules hit a settlement and why others do not: which came near, and any one of them part by part. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Select } from 'antd';
import { useEffect, useRef } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { named } from '../../claims/codes-contract.ts';
import type { Near } from '../../screening/explain-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { claimTime, count } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { narrowMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { type ClaimName, paths } from '../paths.ts';
import { nearQuery, rulesQuery } from '../queries.ts';
import { ExplanationPanel } from './explanation-panel.tsx';
import { NearPanel } from './near-panel.tsx';

const skeletonRows = 8;

export function WhyRoom() {
  const { t } = useText();
  const { fixmedins_code = '', setl_id = '' } = useParams();
  const [parameters] = useSearchParams();
  const claim: ClaimName = { fixmedins_code, setl_id };
  const rule = parameters.get('rule');
  const version = parameters.get('version');
  const near = useQuery(nearQuery(claim));
  // In one column the answer stands above the list that it was chosen from.
  const answer = useRef<HTMLDivElement>(null);
  const isNarrow = useNarrow(narrowMax);
  useEffect(() => {
    if (isNarrow && rule !== null) answer.current?.scrollIntoView({ block: 'start' });
  }, [isNarrow, rule]);
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link" to={paths.findings({ setl_id })}>
          <BackIcon />
          {t('why.back')}
        </Link>
      </div>
      <PageHead
        title={t('why.title')}
        note={
          near.data !== undefined && (
            <>
              {t('why.counts', {
                hit: count(near.data.counts.hit),
                unknown: count(near.data.counts.unknown),
                no: count(near.data.counts.no),
                not_applicable: count(near.data.counts.not_applicable),
              })}
              <code className="set-version">{t('rules.version', { version: near.data.rule_set })}</code>
            </>
          )
        }
      />
      <Asked of={near} rows={skeletonRows}>
        {(said) => (
          <div className="stack">
            <Settlement claim={claim} said={said} />
            <div className={rule === null ? 'why-grid' : 'why-grid why-chosen'}>
              <NearPanel claim={claim} near={said} chosen={rule} />
              <div className="why-explanation" ref={answer}>
                {rule === null ? (
                  <Card size="small">
                    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('why.choose')} />
                  </Card>
                ) : (
                  <ExplanationPanel
                    key={`${rule} ${version ?? ''}`}
                    claim={claim}
                    asked={{ rule, ...(version === null ? {} : { version }) }}
                  />
                )}
              </div>
            </div>
          </div>
        )}
      </Asked>
    </>
  );
}

function Settlement({ claim, said: { claim: about } }: { claim: ClaimName; said: Near }) {
  const { t, language } = useText();
  const may = useMay();
  return (
    <Card size="small">
      <dl className="summary-facts why-facts">
        <Fact name={t('why.settlement')}>
          <span className="break">{claim.setl_id}</span>
          {may('persons.read') && (
            <small>
              <Link to={paths.person(claim)}>{t('field.person')}</Link>
            </small>
          )}
        </Fact>
        <Fact name={t('field.institution')}>
          <span className="break">{about.fixmedins_name ?? claim.fixmedins_code}</span>
          <small className="quiet">{claim.fixmedins_code}</small>
        </Fact>
        <Fact name={t('field.period')}>
          <span className="number">
            {claimTime(about.begntime)}
            {about.endtime !== null && ` – ${claimTime(about.endtime)}`}
          </span>
          <small className="quiet">{named('med_type', about.med_type, language)}</small>
        </Fact>
        <Fact name={t('why.ask_rule')}>
          <RuleChoice claim={claim} />
        </Fact>
      </dl>
    </Card>
  );
}

/** Any rule in force, by its name or code. */
function RuleChoice({ claim }: { claim: ClaimName }) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const mayRead = useMay()('rules.read');
  const { data } = useQuery({ ...rulesQuery, enabled: mayRead });
  return (
    <Select<string>
      className="why-choice"
      aria-label={t('why.ask_rule')}
      placeholder={t('why.ask_rule_hint')}
      disabled={!mayRead}
      value={parameters.get('rule')}
      showSearch={{ optionFilterProp: 'label' }}
      options={(data?.rules ?? []).map(({ document: { code, name } }) => ({
        value: code,
        label: `${pick(name)} ${code}`,
      }))}
      onChange={(rule) => void navigate(paths.why(claim, { rule }))}
    />
  );
}
