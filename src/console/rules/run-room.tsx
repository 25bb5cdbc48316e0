/** One run over stored claims: how far it is, and what a version would have found that the active one did not. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Progress, Tabs } from 'antd';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { type Run, type RunDetail, sampleKinds, type Sums } from '../../rulebook/contract.ts';
import { Chart } from '../chart.tsx';
import { Fact } from '../fact.tsx';
import { Failure } from '../failure.tsx';
import { count, instant, money } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { rulebookApi, ruleHistoryQuery, runQuery } from '../rulebook-api.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { fontFamily, palette } from '../theme.ts';
import { PrecisionPanel } from './precision-panel.tsx';
import { RunStateTag } from './run-state-tag.tsx';
import { Samples } from './samples.tsx';
import { versionName } from './version-name.ts';

type Results = NonNullable<RunDetail['results']>;
const skeletonRows = 10;
const barPx = 30;
const chartPx = 240;
const institutionsShownMax = 15;

export function RunRoom() {
  const { t } = useText();
  const { code = '', run: id = '' } = useParams();
  const { data, error, refetch } = useQuery(runQuery(id));
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link break" to={paths.ruleVersions(code)}>
          <BackIcon /> {code}
        </Link>
      </div>
      <PageHead
        title={data === undefined ? t('book.run.backtest') : t(`book.run.${data.run.kind}`)}
        note={<span className="break">{code}</span>}
      />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined
        ? error === null && (
            <Card size="small">
              <RowsSkeleton rows={skeletonRows} />
            </Card>
          )
        : error === null && (
            <div className="stack">
              <Head run={data.run} />
              {data.results !== null && <ResultParts results={data.results} run={data.run} />}
            </div>
          )}
    </>
  );
}

function Head({ run }: { run: Run }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const mayWrite = useMay()('rules.write');
  const { data: history } = useQuery(ruleHistoryQuery(run.code));
  const versions = history?.versions ?? [];
  const change = useMutation({
    mutationFn: (act: 'cancel' | 'resume') =>
      act === 'cancel' ? rulebookApi.endRun(run.id) : rulebookApi.resumeRun(run.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: runQuery(run.id).queryKey }),
  });
  const isOver = run.state === 'cancelled' || run.state === 'failed';
  return (
    <Card size="small">
      <div className="stack">
        <div className="run-head">
          <RunStateTag state={run.state} />
          <Progress
            className="run-progress"
            aria-label={t('book.run.progress')}
            percent={percentOf(run)}
            status={run.state === 'failed' ? 'exception' : run.state === 'waiting' ? 'active' : 'normal'}
          />
          {mayWrite && run.state === 'waiting' && (
            <Button loading={change.isPending} onClick={() => change.mutate('cancel')}>
              {t('book.run.cancel')}
            </Button>
          )}
          {mayWrite && isOver && (
            <Button loading={change.isPending} onClick={() => change.mutate('resume')}>
              {t('book.run.resume')}
            </Button>
          )}
        </div>
        {change.error !== null && <Failure error={change.error} />}
        {run.error !== null && <Alert type="error" showIcon title={run.error} />}
        <dl className="claim-facts">
          <Fact name={t('book.run.persons')}>
            {t('book.run.of', { n: count(run.persons), all: count(run.persons_total) })}
          </Fact>
          <Fact name={t('overview.claims')}>{count(run.claims)}</Fact>
          <Fact name={t('overview.undecided')}>{count(run.undecided)}</Fact>
          {run.alarms > 0 && <Fact name={t('book.run.alarms')}>{count(run.alarms)}</Fact>}
          <Fact name={t('book.run.by')}>{run.account}</Fact>
          <Fact name={t('book.run.began')}>{instant(run.created_at)}</Fact>
          {run.finished_at !== null && <Fact name={t('book.run.ended')}>{instant(run.finished_at)}</Fact>}
          {run.content_hash !== null && (
            <Fact name={t('rules.version_head')}>
              <Link to={paths.ruleVersions(run.code, run.content_hash)}>
                <code>{versionName(versions, run.content_hash)}</code>
              </Link>
            </Fact>
          )}
          {run.kind === 'backtest' ? (
            <Fact name={t('book.run.base')}>
              {run.base_hash === null ? t('value.none') : <code>{versionName(versions, run.base_hash)}</code>}
            </Fact>
          ) : (
            <Fact name={t('book.run.replayed')}>
              {t('book.run.replay_sums', {
                created: count(run.created),
                changed: count(run.changed),
                withdrawn: count(run.withdrawn),
              })}
            </Fact>
          )}
        </dl>
        {run.kind === 'replay' && run.scope !== 'persons' && (
          <p className="quiet">{t('book.run.windows_follow')}</p>
        )}
      </div>
    </Card>
  );
}

/** More persons may have come since it began. */
function percentOf({ state, persons, persons_total }: Run): number {
  if (state === 'done') return 100;
  return persons_total === 0 ? 0 : Math.min(99, Math.floor((persons * 100) / persons_total));
}

function ResultParts({ results, run }: { results: Results; run: Run }) {
  const { t } = useText();
  const may = useMay();
  const { total, samples } = results;
  return (
    <>
      <Card size="small" title={t(run.state === 'done' ? 'book.run.results' : 'book.run.results_so_far')}>
        <Compared sums={total} />
        <Told results={results} />
      </Card>
      {run.subject === 'rule' && run.kind === 'backtest' && may('reviews.read') && (
        <PrecisionPanel code={run.code} />
      )}
      <div className="run-charts">
        <InstitutionChart rows={results.by_institution} />
        <MonthChart rows={results.by_month} />
      </div>
      <Card size="small" title={t('book.run.samples')}>
        <Tabs
          size="small"
          defaultActiveKey={sampleKinds.find((kind) => samples[kind].length > 0) ?? 'new'}
          items={sampleKinds.map((kind) => ({
            key: kind,
            label: t('book.run.kind_n', { kind: t(`book.run.${kind}`), n: count(total[kind].findings) }),
            children: <Samples findings={samples[kind]} isStored={kind !== 'new'} />,
          }))}
        />
      </Card>
    </>
  );
}

function Compared({ sums }: { sums: Sums }) {
  const { t, language } = useText();
  return (
    <div className="wide">
      <table className="plain-table compared">
        <thead>
          <tr>
            <th />
            <th className="number">{t('overview.findings')}</th>
            <th className="number">{t('overview.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {sampleKinds.map((kind) => (
            <tr key={kind} className={`compared-${kind}`}>
              <td>{t(`book.run.${kind}`)}</td>
              <td className="number">{count(sums[kind].findings)}</td>
              <td className="number">
                {money(sums[kind].amount, language)}
                {kind === 'same' && sums.same.amount_before !== sums.same.amount && (
                  <div className="quiet">
                    {t('book.run.before', { money: money(sums.same.amount_before, language) })}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Told({ results: { total, band, precision } }: { results: Results }) {
  const { t, pick } = useText();
  const rate = (value: number | null): string => (value === null ? t('value.none') : value.toFixed(2));
  return (
    <dl className="claim-facts">
      <Fact name={t('book.run.rate')}>{rate(total.rate)}</Fact>
      <Fact name={t('book.run.rate_before')}>{rate(total.rate_before)}</Fact>
      <Fact name={t('book.run.band')}>
        {band === null ? t('value.none') : `${rate(band.low)} – ${rate(band.high)}`}
      </Fact>
      <Fact name={t('book.run.precision')}>
        {precision.precision === null
          ? precision.note === null
            ? t('book.run.no_label')
            : pick(precision.note)
          : t('book.run.precision_of', {
              portion: `${(precision.precision * 100).toFixed(1)}%`,
              n: count(precision.labelled),
            })}
      </Fact>
    </dl>
  );
}

function InstitutionChart({ rows }: { rows: Results['by_institution'] }) {
  const { t } = useText();
  const shown = useMemo(
    () => rows.toSorted((a, b) => changesIn(b) - changesIn(a)).slice(0, institutionsShownMax),
    [rows],
  );
  return (
    <ChartCard
      title={t('book.run.by_institution')}
      names={shown.map(({ fixmedins_code }) => fixmedins_code)}
      rows={shown}
      isFlat
    />
  );
}

const changesIn = (sums: Sums): number => sums.new.findings + sums.lost.findings;

function MonthChart({ rows }: { rows: Results['by_month'] }) {
  const { t } = useText();
  const shown = useMemo(() => rows.toSorted((a, b) => (a.month < b.month ? -1 : 1)), [rows]);
  return (
    <ChartCard
      title={t('book.run.by_month')}
      names={shown.map(({ month }) => month)}
      rows={shown}
      isFlat={false}
    />
  );
}

/** New and lost findings beside each other, as bars. @param props.isFlat one row a name: names are long */
function ChartCard(props: {
  title: string;
  names: readonly string[];
  rows: readonly Sums[];
  isFlat: boolean;
}) {
  const { t } = useText();
  const { title, names, rows, isFlat } = props;
  const option = useMemo(() => {
    const category = {
      type: 'category',
      data: names,
      inverse: isFlat,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.inkSoft, hideOverlap: !isFlat, width: 150, overflow: 'truncate' },
    };
    const value = {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.inkSoft },
    };
    return {
      animation: false,
      textStyle: { fontFamily, color: palette.ink },
      color: [palette.accent, palette.suspect, '#b9c9cd'],
      grid: { left: 4, right: 12, top: 34, bottom: 4, outerBoundsMode: 'same' },
      legend: { top: 0, left: 'center', itemWidth: 16, itemHeight: 8, textStyle: { color: palette.inkSoft } },
      tooltip: { trigger: 'axis', confine: true },
      xAxis: isFlat ? value : category,
      yAxis: isFlat ? category : value,
      series: sampleKinds.map((kind) => ({
        type: 'bar',
        name: t(`book.run.${kind}`),
        stack: 'findings',
        barMaxWidth: 18,
        data: rows.map((sums) => sums[kind].findings),
      })),
    };
  }, [names, rows, isFlat, t]);
  return (
    <Card size="small" title={title}>
      {rows.length === 0 ? (
        <p className="quiet">{t('state.nothing')}</p>
      ) : (
        <Chart
          option={option}
          heightPx={isFlat ? Math.max(chartPx, 50 + rows.length * barPx) : chartPx}
          label={title}
        />
      )}
    </Card>
  );
}
