/** One draw: what was committed, the evidence of its seed, who was drawn, what the checks found, and how everybody repeats it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Popconfirm, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { SeedSource } from '../../inspection/contract.ts';
import { entropyWords } from '../../inspection/entropy-contract.ts';
import type { DrawDetail } from '../../inspection/draws-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { drawQuery, inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { type Text, useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { apiPaths, paths } from '../paths.ts';
import { CommitModal } from './commit-modal.tsx';
import { DrawStateTag } from './draw-state-tag.tsx';
import { EvidencePanel } from './evidence-panel.tsx';
import { RedrawModal } from './reason-modals.tsx';
import { TasksPanel } from './tasks-panel.tsx';

const skeletonRows = 10;

export function DrawRoom() {
  const { t } = useText();
  const id = Number(useParams()['id']);
  const asked = useQuery(drawQuery(id));
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link" to={paths.inspections()}>
          <BackIcon />
          {t('room.inspections')}
        </Link>
      </div>
      <PageHead
        title={asked.data?.draw.title ?? t('draw.one')}
        note={asked.data !== undefined && <DrawStateTag draw={asked.data.draw} />}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(detail) => (
          <div className="stack" key={detail.draw.id}>
            <Committed detail={detail} />
            {detail.result === null && <EvidencePanel detail={detail} />}
            {detail.result !== null && <TasksPanel detail={detail} />}
            <Redraw detail={detail} />
          </div>
        )}
      </Asked>
    </>
  );
}

function seedWords(source: SeedSource, { t }: Text): string {
  switch (source.kind) {
    case 'drand':
      return t('draw.seed.drand', { round: source.round });
    case 'published':
      return source.sources.map(({ name, available_at }) => `${name} ${instant(available_at)}`).join(' · ');
    case 'dice':
      return t('draw.seed.dice', {
        parties: source.parties.join(' + '),
        n: source.rolls,
        time: instant(source.held_at),
      });
  }
}

function Committed({ detail: { draw, commitment, account, result } }: { detail: DrawDetail }) {
  const text = useText();
  const { t } = text;
  const { plan } = commitment;
  return (
    <Card
      size="small"
      title={t('draw.commitment')}
      extra={
        <Button href={apiPaths.publicBundle(draw.commitment_sha256)} download>
          {t('draw.bundle')}
        </Button>
      }
    >
      <dl className="claim-facts">
        <Fact name={t('draw.hash')}>
          <Typography.Text className="break" code copyable>
            {draw.commitment_sha256}
          </Typography.Text>
        </Fact>
        <Fact name={t('draw.committed_at')}>
          <span className="number">{instant(draw.committed_at)}</span>
          <small className="quiet"> {account}</small>
        </Fact>
        <Fact name={t('draw.agency')}>{plan.agency}</Fact>
        <Fact name={t('draw.checks')}>
          <span className="number">{t('draw.days', { from: plan.checks.from, to: plan.checks.to })}</span>
        </Fact>
        <Fact name={t('draw.seed')}>{seedWords(plan.seed_source, text)}</Fact>
        {plan.seed_source.kind === 'published' && (
          <Fact name={t('draw.entropy')}>{text.pick(entropyWords(plan.seed_source))}</Fact>
        )}
        <Fact name={t('draw.population')}>
          {t('draw.population_of', {
            objects: count(commitment.objects),
            inspectors: count(commitment.inspectors),
          })}
        </Fact>
        {result !== null && (
          <Fact name={t('draw.left_out')}>
            {t('draw.left_out_of', {
              exempt: count(result.left_out.exempt),
              rested: count(result.left_out.rested),
              outside: count(result.left_out.outside),
            })}
          </Fact>
        )}
      </dl>
      {commitment.redraw_of !== null && (
        <Alert
          type="warning"
          showIcon
          title={t('draw.redraw_of', {
            hash: commitment.redraw_of.commitment_sha256.slice(0, 12),
            reason: commitment.redraw_of.reason,
            approvers: commitment.redraw_of.approvers.join(t('value.separator')),
          })}
        />
      )}
    </Card>
  );
}

/** Opening, and drawing again: what takes others. */
function Redraw({ detail }: { detail: DrawDetail }) {
  const { t } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'approve' | 'redraw' | null>(null);
  const open = useMutation({
    mutationFn: () => inspectionApi.open(detail.draw.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: inspectionsKey }),
  });
  const { draw, redraw_approvals, tasks } = detail;
  const left = tasks.filter(({ record }) => record === null).length;
  const whyNotOpen = !may('inspections.draw')
    ? t('state.forbidden')
    : left > 0
      ? t('draw.left_to_check', { n: count(left) })
      : undefined;
  return (
    <Card size="small" title={t('draw.publish')}>
      <div className="stack">
        {draw.state === 'drawn' && (
          <div>
            <Popconfirm
              title={t('draw.open_sure')}
              disabled={whyNotOpen !== undefined}
              onConfirm={() => open.mutate()}
            >
              <Button disabled={whyNotOpen !== undefined} loading={open.isPending} title={whyNotOpen}>
                {t('draw.open')}
              </Button>
            </Popconfirm>{' '}
            <span className="quiet">{whyNotOpen ?? t('draw.open_note')}</span>
          </div>
        )}
        {open.error !== null && <Failure error={open.error} />}
        {draw.redrawn_by === null ? (
          <div className="knowledge-acts">
            <Button
              disabled={!may('inspections.approve_redraw')}
              title={may('inspections.approve_redraw') ? undefined : t('state.forbidden')}
              onClick={() => setAsking('approve')}
            >
              {t('draw.approve_redraw')}
            </Button>
            <Button
              disabled={!may('inspections.draw') || redraw_approvals.length < 2}
              title={redraw_approvals.length < 2 ? t('draw.redraw_needs') : undefined}
              onClick={() => setAsking('redraw')}
            >
              {t('draw.redraw')}
            </Button>
            <span className="quiet">
              {t('draw.approvals', { n: count(redraw_approvals.length) })}{' '}
              {redraw_approvals
                .map(({ account, reason }) => t('draw.approval', { account, reason }))
                .join(t('value.separator'))}
            </span>
          </div>
        ) : (
          <p className="quiet break">{t('draw.redrawn_by', { hash: draw.redrawn_by })}</p>
        )}
      </div>
      <RedrawModal isOpen={asking === 'approve'} id={draw.id} onClose={() => setAsking(null)} />
      {asking === 'redraw' && (
        <CommitModal
          isOpen
          redrawOf={draw.id}
          plan={detail.commitment.plan}
          onDone={(made) => void navigate(paths.draw(made.draw.id))}
          onClose={() => setAsking(null)}
        />
      )}
    </Card>
  );
}
