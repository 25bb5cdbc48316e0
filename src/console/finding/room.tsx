/** One finding: claim, lines, rule, values and reason beside each other, so that a person can decide in a minute. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Tooltip } from 'antd';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { FindingDetail, FindingsQuery } from '../../screening/contract.ts';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { BackIcon, DownloadIcon, ForwardIcon } from '../icons.tsx';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { rememberOpened } from '../findings/last-opened.ts';
import { useExport } from '../findings/use-export.ts';
import { useMay } from '../me.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { usePageTitle } from '../page-head.tsx';
import { findingsQueryOf, paths } from '../paths.ts';
import { findingQuery } from '../queries.ts';
import { RoomSkeleton } from '../skeletons.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { involvedClaims } from './claim-view.ts';
import { CasePanel } from './case-panel.tsx';
import { ClaimsPanel } from './claims-panel.tsx';
import { LinesPanel } from './lines-panel.tsx';
import { useNeighbours } from './neighbours.ts';
import { OwnAnswerPanel } from './own-answer-panel.tsx';
import { ReasonPanel } from './reason-panel.tsx';
import { RecordPanel } from './record-panel.tsx';
import { ReviewPanel } from './review-panel.tsx';
import { RulePanel } from './rule-panel.tsx';
import { Summary } from './summary.tsx';
import { VisitsPanel } from './visits-panel.tsx';

export function FindingRoom() {
  const { t } = useText();
  const { findingId = '' } = useParams();
  const [parameters] = useSearchParams();
  const query = findingsQueryOf(parameters);
  const { data, error, refetch } = useQuery(findingQuery(findingId));
  usePageTitle(t('finding.title'));
  return (
    <>
      <Bar findingId={findingId} query={query} detail={data} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <RoomSkeleton /> : <Content key={findingId} detail={data} />}
    </>
  );
}

function Bar({
  findingId,
  query,
  detail,
}: {
  findingId: string;
  query: FindingsQuery;
  detail: FindingDetail | undefined;
}) {
  const { t } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const { mutate: save } = useExport();
  const { place, total, previous, next } = useNeighbours(findingId, query);
  const go = (address: string | null): boolean => {
    if (address === null) return false;
    void navigate(address, { replace: true });
    return true;
  };
  useKeys((key) => {
    switch (key) {
      case 'j':
      case 'ArrowRight':
        return go(next);
      case 'k':
      case 'ArrowLeft':
        return go(previous);
      case 'Escape':
        void navigate(paths.findings(query));
        return true;
      default:
        return false;
    }
  });
  return (
    <div className="finding-bar">
      <Link to={paths.findings(query)} className="back-link" onClick={() => rememberOpened(findingId)}>
        <BackIcon />
        {t('finding.back')}
      </Link>
      <span className="quiet finding-place">
        {place === null ? '' : t('finding.place', { place: count(place), total: count(total) })}
      </span>
      <div className="finding-steps">
        <Step
          label={t('finding.previous')}
          why={t('finding.no_previous')}
          address={previous}
          onGo={go}
          side="start"
        />
        <Step label={t('finding.next')} why={t('finding.no_next')} address={next} onGo={go} side="end" />
        <Button
          icon={<DownloadIcon />}
          aria-label={t('finding.download')}
          disabled={detail === undefined}
          onClick={() => {
            if (detail !== undefined)
              save({
                form: 'json',
                findings: [findingId],
                name: `finding-${findingId}.json`,
                content: `${JSON.stringify(detail, null, 2)}\n`,
              });
          }}
        >
          {isPhone ? null : t('finding.download')}
        </Button>
      </div>
    </div>
  );
}

function Step(props: {
  label: string;
  why: string;
  address: string | null;
  side: 'start' | 'end';
  onGo: (address: string | null) => boolean;
}) {
  return (
    <Tooltip title={props.address === null ? props.why : ''}>
      <Button
        disabled={props.address === null}
        icon={props.side === 'start' ? <BackIcon /> : <ForwardIcon />}
        iconPlacement={props.side}
        onClick={() => props.onGo(props.address)}
      >
        {props.label}
      </Button>
    </Tooltip>
  );
}

function Content({ detail }: { detail: FindingDetail }) {
  const { t } = useText();
  const claims = involvedClaims(detail);
  const may = useMay();
  return (
    <div className="stack">
      {detail.state === 'withdrawn' && (
        <Alert
          type="warning"
          showIcon
          title={t('finding.withdrawn', { time: instant(detail.updated_at) })}
          description={detail.reason === null ? undefined : t(`reason.${detail.reason}`)}
        />
      )}
      <Summary detail={detail} claims={claims} />
      {detail.withheld && <Alert type="info" showIcon title={t('finding.withheld')} />}
      {may('answers.give') && <OwnAnswerPanel findingId={detail.finding.finding_id} claims={claims} />}
      {may('reviews.read') && (
        <AnswerPanel findingId={detail.finding.finding_id} setlId={detail.finding.setl_id} />
      )}
      {may('reviews.read') && <ReviewPanel findingId={detail.finding.finding_id} claims={claims} />}
      <div className="finding-grid">
        <div className="stack">
          {detail.finding.window === undefined ? (
            <ClaimsPanel claims={claims} />
          ) : (
            <VisitsPanel window={detail.finding.window} claims={claims} />
          )}
          <LinesPanel claims={claims} />
        </div>
        <div className="stack">
          {!detail.withheld && <ReasonPanel detail={detail} />}
          <RulePanel detail={detail} />
          <RecordPanel detail={detail} />
          {may('cases.handle') && detail.state === 'active' && (
            <CasePanel findingId={detail.finding.finding_id} fixmedinsCode={detail.finding.fixmedins_code} />
          )}
        </div>
      </div>
    </div>
  );
}
