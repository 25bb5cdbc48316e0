/** 总览: what came in, what was found, what could not be judged. */
import { useQuery } from '@tanstack/react-query';
import { Card, Empty, Progress } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview } from '../../screening/contract.ts';
import { Failure } from '../failure.tsx';
import { count, instant, share, shortMoney } from '../format.ts';
import { useText } from '../language.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { overviewQuery } from '../queries.ts';
import { RoomSkeleton } from '../skeletons.tsx';
import { ByMonthCard } from './by-month.tsx';
import { ByRuleCard } from './by-rule.tsx';
import { TopInstitutionsCard } from './top-institutions.tsx';
import { UndecidedCard } from './undecided.tsx';

export function OverviewRoom() {
  const { t } = useText();
  const { data, error, refetch, dataUpdatedAt } = useQuery(overviewQuery);
  return (
    <>
      <PageHead
        title={t('room.overview')}
        note={t('overview.note')}
        extra={
          data !== undefined && (
            <span className="quiet">
              {t('overview.as_of', { time: instant(new Date(dataUpdatedAt).toISOString()) })}
            </span>
          )
        }
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <RoomSkeleton /> : <Content overview={data} />}
    </>
  );
}

function Content({ overview }: { overview: Overview }) {
  const { t } = useText();
  if (overview.claims === 0 && overview.quarantined === 0)
    return (
      <Card>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('overview.empty')}>
          <p className="quiet">{t('overview.empty_how')}</p>
          <pre className="command">{t('overview.import_command')}</pre>
        </Empty>
      </Card>
    );
  return (
    <div className="stack">
      {overview.waiting_claims > 0 && <Waiting overview={overview} />}
      <Figures overview={overview} />
      <div className="overview-grid">
        <ByRuleCard rules={overview.by_rule} />
        <div className="stack">
          <ByMonthCard months={overview.by_month} />
          <TopInstitutionsCard institutions={overview.by_institution} />
        </div>
      </div>
      <UndecidedCard undecided={overview.undecided} rules={overview.undecided_by_rule} />
    </div>
  );
}

function Waiting({ overview }: { overview: Overview }) {
  const { t } = useText();
  const done = Math.max(0, overview.claims - overview.waiting_claims);
  // Rounded down: it says 100 only when nothing waits.
  const percent = overview.claims === 0 ? 0 : Math.floor((done / overview.claims) * 100);
  return (
    <Card size="small" className="waiting" role="status">
      <div className="waiting-words">
        <strong>{t('overview.screening')}</strong>
        <span className="quiet">
          {t('overview.screening_progress', { done: count(done), all: count(overview.claims) })}
        </span>
      </div>
      <Progress percent={percent} status="active" aria-label={t('overview.screening')} />
    </Card>
  );
}

function Figures({ overview }: { overview: Overview }) {
  const { t, language } = useText();
  const fees = shortMoney(overview.medfee_sumamt, language);
  const atStake = shortMoney(overview.amount, language);
  const portion = share(overview.amount, overview.medfee_sumamt);
  return (
    <div className="figures">
      <FigureGroup title={t('overview.came_in')}>
        <Figure name={t('overview.claims')} value={count(overview.claims)} />
        <Figure name={t('overview.persons')} value={count(overview.persons)} />
        <Figure name={t('overview.institutions')} value={count(overview.institutions)} />
        <Figure name={t('overview.medfee')} value={fees.number} unit={fees.unit} />
        <Figure name={t('overview.waiting')} value={count(overview.waiting_claims)} />
        <Figure
          name={t('overview.quarantined')}
          value={count(overview.quarantined)}
          to={paths.quarantine()}
          {...(overview.quarantined > 0 ? { tone: 'warn' as const } : {})}
        />
      </FigureGroup>
      <FigureGroup title={t('overview.found')}>
        <Figure
          name={t('overview.findings')}
          value={count(overview.findings)}
          to={paths.findings()}
          tone="main"
        />
        <Figure
          name={t('overview.amount')}
          value={atStake.number}
          unit={atStake.unit}
          to={paths.findings({ sort: 'amount' })}
          tone="main"
          {...(portion === null ? {} : { note: t('overview.portion', { portion }) })}
        />
        <Figure
          name={t('overview.undecided')}
          value={count(overview.undecided)}
          note={t('overview.undecided_note')}
        />
      </FigureGroup>
    </div>
  );
}

function FigureGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="figure-group">
      <h2>{title}</h2>
      <dl>{children}</dl>
    </section>
  );
}

function Figure(props: {
  name: string;
  value: string;
  unit?: string;
  note?: string;
  to?: string;
  tone?: 'main' | 'warn';
}) {
  const value = (
    <>
      <span className="figure-number">{props.value}</span>
      {props.unit !== undefined && props.unit !== '' && <span className="figure-unit">{props.unit}</span>}
    </>
  );
  return (
    <div className={props.tone === undefined ? 'figure' : `figure figure-${props.tone}`}>
      <dt>{props.name}</dt>
      <dd>{props.to === undefined ? value : <Link to={props.to}>{value}</Link>}</dd>
      {props.note !== undefined && <dd className="figure-note">{props.note}</dd>}
    </div>
  );
}
