/** The answer of the institution for those who review: what it was asked, what it says and shows, and sending, recalling, the refund. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card } from 'antd';
import { useState } from 'react';
import type { AnswerDetail } from '../../cases/answer-contract.ts';
import type { AnswerAction } from '../../cases/answer-states-contract.ts';
import { AnswerHistory, AnswerWords } from '../answers/answer-words.tsx';
import { AnswerFiles } from '../answers/files.tsx';
import { NoticeModal } from '../answers/notice-modal.tsx';
import { answersApi, answersKey, findingAnswerQuery } from '../answers-api.ts';
import { Asked } from '../asked.tsx';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { reviewsKey } from '../reviews-api.ts';

const skeletonRows = 2;
const plainActs = ['confirm_refund', 'recall'] as const satisfies readonly AnswerAction[];

export function AnswerPanel({ findingId, setlId }: { findingId: string; setlId: string }) {
  const { t } = useText();
  const asked = useQuery(findingAnswerQuery(findingId));
  return (
    <Card size="small" title={t('answer.title')} className="answer-panel">
      <Asked of={asked} rows={skeletonRows}>
        {(answer) => <Content answer={answer} setlId={setlId} />}
      </Asked>
    </Card>
  );
}

function Content({ answer, setlId }: { answer: AnswerDetail; setlId: string }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [isSending, setSending] = useState(false);
  const { finding_id } = answer;
  const step = useMutation({
    mutationFn: (action: (typeof plainActs)[number]) =>
      action === 'recall' ? answersApi.recall(finding_id) : answersApi.confirmRefund(finding_id),
    onSuccess: async (changed) => {
      void message.success(t('review.done'));
      queryClient.setQueryData(findingAnswerQuery(finding_id).queryKey, changed);
      // Whether it can be decided hangs on it.
      await queryClient.invalidateQueries({ queryKey: reviewsKey });
      await queryClient.invalidateQueries({ queryKey: [...answersKey, 'list'] });
    },
  });
  const send = answer.actions.find(({ action }) => action === 'send');
  const may = (action: AnswerAction): boolean =>
    answer.actions.some((one) => one.action === action && one.allowed);
  const isAgain = answer.history.length > 0;
  return (
    <div className="stack">
      {answer.state === 'none' && !isAgain ? (
        <p className="quiet">{t('answer.not_sent')}</p>
      ) : (
        <AnswerWords answer={answer} />
      )}
      {answer.state === 'silent' && <p className="quiet">{t('answer.silent_reviewer')}</p>}
      <AnswerFiles answer={answer} />
      {step.error !== null && <Failure error={step.error} />}
      <div className="review-acts">
        {send !== undefined && send.allowed && (
          <Button onClick={() => setSending(true)}>
            {t(isAgain ? 'answer.send_again' : 'answer.act.send')}
          </Button>
        )}
        {plainActs.filter(may).map((action) => (
          <Button key={action} loading={step.isPending} onClick={() => step.mutate(action)}>
            {t(`answer.act.${action}`)}
          </Button>
        ))}
        {send !== undefined && send.reason !== null && answer.state === 'none' && (
          <span className="quiet">{pick(send.reason)}</span>
        )}
      </div>
      <AnswerHistory answer={answer} />
      <NoticeModal
        isOpen={isSending}
        items={[{ finding_id, setl_id: setlId }]}
        isNoteNeeded={answer.answer !== null}
        onClose={() => setSending(false)}
      />
    </div>
  );
}
