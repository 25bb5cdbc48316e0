/** The review of the finding on the page: what was decided, what may be done next and why not, and what belongs to it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ReviewDetail } from '../../cases/review-contract.ts';
import type { ReviewAction } from '../../cases/review-states-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { Failure } from '../failure.tsx';
import { instant, money } from '../format.ts';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { paths } from '../paths.ts';
import { ActModal, type ReasonedAct } from '../reviews/act-modal.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { nextInQueue } from '../reviews/last-queue.ts';
import { QueueWays } from '../reviews/queue-ways.tsx';
import { ReviewTag } from '../reviews/state-tag.tsx';
import { type ReviewGiven, reviewQuery, reviewsApi, reviewsKey } from '../reviews-api.ts';
import type { InvolvedClaim } from './claim-view.ts';
import { DecisionForm } from './decision-form.tsx';
import { DecisionWords } from './decision-words.tsx';
import { ReviewAround } from './review-around.tsx';

const skeletonRows = 4;
/** What asks for nothing more than a press. */
const plainActs = ['take', 'confirm', 'release'] as const satisfies readonly ReviewAction[];
const reasonedActs = ['return', 'reopen', 'recuse'] as const satisfies readonly ReasonedAct[];

export function ReviewPanel({ findingId, claims }: { findingId: string; claims: readonly InvolvedClaim[] }) {
  const { t } = useText();
  const navigate = useNavigate();
  const asked = useQuery(reviewQuery(findingId));
  const next = nextInQueue(findingId);
  useKeys((key) => {
    if (key !== 'n' || next === null) return false;
    void navigate(paths.finding(next));
    return true;
  });
  return (
    <Card
      size="small"
      title={t('review.title')}
      className="review-panel"
      extra={<QueueWays findingId={findingId} back={{ to: paths.reviews(), name: t('review.back') }} />}
    >
      <Asked of={asked} rows={skeletonRows}>
        {(review) => (
          <Content key={`${review.revision} ${review.history.length}`} review={review} claims={claims} />
        )}
      </Asked>
    </Card>
  );
}

function Content({ review, claims }: { review: ReviewDetail; claims: readonly InvolvedClaim[] }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [reasoned, setReasoned] = useState<ReasonedAct | null>(null);
  const step = useMutation({
    mutationFn: ({ action, given }: { action: ReviewAction; given: ReviewGiven }) =>
      reviewsApi.act(review.finding_id, action, given),
    onSuccess: async (answer) => {
      setReasoned(null);
      void message.success(t('review.done'));
      queryClient.setQueryData(reviewQuery(review.finding_id).queryKey, answer);
      await queryClient.invalidateQueries({ queryKey: reviewsKey });
    },
  });
  const may = (action: ReviewAction): boolean =>
    review.actions.some((one) => one.action === action && one.allowed);
  // Deciding takes it, too: the form is there as soon as one may.
  const refused = review.actions.filter(({ allowed, action }) => !allowed && action !== 'assign');
  return (
    <div className="stack">
      <Standing review={review} />
      {review.decision !== null && <DecisionWords review={review} decision={review.decision} />}
      {step.error !== null && reasoned === null && <Failure error={step.error} />}
      {may('decide') && (
        <DecisionForm
          review={review}
          claims={claims}
          isBusy={step.isPending}
          onDecided={(decision) =>
            step.mutate({ action: 'decide', given: { revision: review.revision, decision } })
          }
        />
      )}
      <div className="review-acts">
        {plainActs.filter(may).map((action) => (
          <Button
            key={action}
            type={action === 'confirm' ? 'primary' : 'default'}
            loading={step.isPending}
            onClick={() => step.mutate({ action, given: {} })}
          >
            {t(`review.act.${action}`)}
          </Button>
        ))}
        {reasonedActs.filter(may).map((action) => (
          <Button key={action} onClick={() => setReasoned(action)}>
            {t(`review.act.${action}`)}
          </Button>
        ))}
      </div>
      <ActModal
        action={reasoned}
        isBusy={step.isPending}
        error={step.error}
        onGiven={(action, given) => step.mutate({ action, given })}
        onClose={() => {
          step.reset();
          setReasoned(null);
        }}
      />
      <details>
        <summary>{t('review.why_not')}</summary>
        <dl className="review-why">
          {refused.map(({ action, reason }) => (
            <Fact key={action} name={t(`review.act.${action}`)}>
              {reason === null ? '' : pick(reason)}
            </Fact>
          ))}
        </dl>
      </details>
      <ReviewAround review={review} />
    </div>
  );
}

function Standing({ review }: { review: ReviewDetail }) {
  const { t, language } = useText();
  const { login } = useMe();
  return (
    <>
      {review.state === 'outdated' && <Alert type="warning" showIcon title={t('review.state.outdated')} />}
      <dl className="review-facts">
        <Fact name={t('field.state')}>
          <ReviewTag state={review.state} outcome={review.decision?.outcome ?? null} />
        </Fact>
        <Fact name={t('review.assignee')}>
          <span className="break">{review.assignee ?? t('value.none')}</span>
          {review.assignee === login && <small className="quiet"> {t('review.tab.mine')}</small>}
        </Fact>
        <Fact name={t('review.due')}>
          <span className="number">{instant(review.due_at)}</span>
          {review.overdue && <small className="review-late"> {t('review.overdue')}</small>}
        </Fact>
        <Fact name={t('field.amount')}>
          <span className="number">{money(yuanOf(review.flagged.fen), language)}</span>
        </Fact>
      </dl>
    </>
  );
}
