/** The answer of the institution that looks at its finding: what was asked, what it says, its files, and what it may still do. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card } from 'antd';
import { useState } from 'react';
import type { AnswerDetail, InstitutionAnswer } from '../../cases/answer-contract.ts';
import type { AnswerAction } from '../../cases/answer-states-contract.ts';
import { AnswerForm } from '../answers/answer-form.tsx';
import { AnswerHistory, AnswerWords } from '../answers/answer-words.tsx';
import { OwnAnswerFiles } from '../answers/files.tsx';
import { answersApi, answersKey, ownAnswerQuery } from '../answers-api.ts';
import { Asked } from '../asked.tsx';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { QueueWays } from '../reviews/queue-ways.tsx';
import type { InvolvedClaim } from './claim-view.ts';

const skeletonRows = 4;

export function OwnAnswerPanel({
  findingId,
  claims,
}: {
  findingId: string;
  claims: readonly InvolvedClaim[];
}) {
  const { t } = useText();
  const asked = useQuery(ownAnswerQuery(findingId));
  return (
    <Card
      size="small"
      title={t('answer.own')}
      className="answer-panel"
      extra={<QueueWays findingId={findingId} back={{ to: paths.answers(), name: t('answer.back') }} />}
    >
      <Asked of={asked} rows={skeletonRows}>
        {(answer) => (
          <Content key={`${answer.revision} ${answer.history.length}`} answer={answer} claims={claims} />
        )}
      </Asked>
    </Card>
  );
}

function Content({ answer, claims }: { answer: AnswerDetail; claims: readonly InvolvedClaim[] }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [isForward, setForward] = useState(false);
  const { finding_id, revision } = answer;
  const step = useMutation({
    mutationFn: (given: InstitutionAnswer | 'take_back') =>
      given === 'take_back'
        ? answersApi.takeBack(finding_id)
        : isForward
          ? answersApi.comeForward(finding_id, { revision, answer: given })
          : answersApi.give(finding_id, { revision, answer: given }),
    onSuccess: async (changed) => {
      void message.success(t('review.done'));
      queryClient.setQueryData(ownAnswerQuery(finding_id).queryKey, changed);
      await queryClient.invalidateQueries({ queryKey: [...answersKey, 'list'] });
    },
  });
  const actOf = (action: AnswerAction) => answer.actions.find((one) => one.action === action);
  const may = (action: AnswerAction): boolean => actOf(action)?.allowed === true;
  const isWriting = may('give') || isForward;
  // Why what one would do next cannot be done.
  const why = actOf(answer.answer === null ? 'give' : 'take_back')?.reason ?? null;
  return (
    <div className="stack">
      {answer.state === 'none' ? (
        <p className="quiet">{t('answer.not_asked')}</p>
      ) : (
        <AnswerWords answer={answer} />
      )}
      {answer.state === 'silent' && <Alert type="info" showIcon title={t('answer.silent_note')} />}
      {answer.state === 'outdated' && <Alert type="warning" showIcon title={t('answer.state.outdated')} />}
      {step.error !== null && <Failure error={step.error} />}
      {isWriting && (
        <AnswerForm
          answer={answer}
          claims={claims}
          onNotForward={isForward ? () => setForward(false) : null}
          isBusy={step.isPending}
          onGiven={(given) => step.mutate(given)}
        >
          <OwnAnswerFiles answer={answer} canChange />
        </AnswerForm>
      )}
      {!isWriting && <OwnAnswerFiles answer={answer} canChange={false} />}
      <div className="review-acts">
        {/* Who comes forward pays back: of a finding without an amount there is nothing to. */}
        {may('come_forward') && answer.flagged.fen > 0 && !isForward && (
          <Button onClick={() => setForward(true)}>{t('answer.act.come_forward')}</Button>
        )}
        {may('take_back') && (
          <Button loading={step.isPending} onClick={() => step.mutate('take_back')}>
            {t('answer.act.take_back')}
          </Button>
        )}
        {!isWriting && !may('come_forward') && why !== null && <span className="quiet">{pick(why)}</span>}
      </div>
      <AnswerHistory answer={answer} />
    </div>
  );
}
