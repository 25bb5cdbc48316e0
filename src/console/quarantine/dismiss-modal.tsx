/** Dismisses a selection with one reason. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Input } from 'antd';
import { useState } from 'react';
import { dismissReasonMax, type QuarantineRow } from '../../claims/contract.ts';
import { api } from '../api.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { Answers } from '../reviews/answers.tsx';
import { TypedModal } from '../unsaved.tsx';
import { quarantineKeys } from './keys.ts';

export function DismissModal(props: {
  isOpen: boolean;
  rows: readonly QuarantineRow[];
  onClose: () => void;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  // As they were when it was sent: what is dismissed leaves the list under the dialog.
  const [given, setGiven] = useState<readonly QuarantineRow[] | null>(null);
  const rows = given ?? props.rows;
  const [reason, setReason] = useState('');
  const dismiss = useMutation({
    mutationFn: () => {
      setGiven(rows);
      return api.dismissMany({ ids: rows.map(({ id }) => id), reason: reason.trim() });
    },
    onSuccess: ({ done, answers }) => {
      if (done < answers.length) return;
      void message.success(t('review.bulk_done', { n: count(done), of: count(answers.length) }));
      close();
    },
  });
  const close = (): void => {
    dismiss.reset();
    setGiven(null);
    setReason('');
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    for (const queryKey of quarantineKeys) void queryClient.invalidateQueries({ queryKey });
    props.onClose();
  };
  const isDone = dismiss.data !== undefined;
  return (
    <TypedModal
      isTyped={reason !== '' && !dismiss.isPending && !isDone}
      open={props.isOpen}
      title={t('quarantine.dismiss_many')}
      okText={t('quarantine.dismiss')}
      okButtonProps={{
        danger: true,
        disabled: reason.trim() === '' || isDone,
        title: reason.trim() === '' ? t('quarantine.reason_first') : undefined,
        loading: dismiss.isPending,
      }}
      onOk={() => dismiss.mutate()}
      onClose={close}
    >
      <div className="stack">
        <p>{t('quarantine.dismiss_note', { n: count(rows.length) })}</p>
        <Input.TextArea
          aria-label={t('quarantine.reason')}
          placeholder={t('quarantine.reason')}
          rows={3}
          maxLength={dismissReasonMax}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        {dismiss.error !== null && <Failure error={dismiss.error} />}
        {dismiss.data !== undefined && (
          <Answers
            answers={dismiss.data}
            idOf={({ id }) => id}
            nameOf={(id) => rows.find((row) => row.id === id)?.setl_id}
          />
        )}
      </div>
    </TypedModal>
  );
}
