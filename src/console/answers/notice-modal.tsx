/** Notifies institutions of findings: one notice for each. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Input } from 'antd';
import { useState } from 'react';
import { noteCharactersMax } from '../../cases/review-contract.ts';
import { answersApi, answersKey } from '../answers-api.ts';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { FindingAnswers } from '../reviews/answers.tsx';
import { reviewsKey } from '../reviews-api.ts';
import { TypedModal } from '../unsaved.tsx';

type Item = { readonly finding_id: string; readonly setl_id: string };

export function NoticeModal(props: {
  isOpen: boolean;
  items: readonly Item[];
  /** It was answered already: what is wanted now has to be said. */
  isNoteNeeded?: boolean;
  /** @param isSent to those of the selection that could be notified */
  onClose: (isSent: boolean) => void;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  // As they were when the dialog was opened: what was sent may leave the list under it.
  const [given, setGiven] = useState<readonly Item[] | null>(null);
  const items = given ?? props.items;
  const [note, setNote] = useState('');
  const send = useMutation({
    mutationFn: () => {
      setGiven(items);
      return answersApi.send(
        items.map(({ finding_id }) => finding_id),
        note.trim(),
      );
    },
    onSuccess: (sent) => {
      if (sent.done < sent.answers.length) return;
      void message.success(t('answer.sent', { n: sent.done, notices: sent.notices.length }));
      close(true);
    },
  });
  const close = (isSent: boolean): void => {
    send.reset();
    setGiven(null);
    setNote('');
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    void queryClient.invalidateQueries({ queryKey: reviewsKey });
    void queryClient.invalidateQueries({ queryKey: answersKey });
    props.onClose(isSent);
  };
  return (
    <TypedModal
      isTyped={note !== '' && !send.isPending && send.data === undefined}
      open={props.isOpen}
      title={t('answer.act.send')}
      okText={t('answer.send_do')}
      okButtonProps={{
        disabled: send.data !== undefined || (props.isNoteNeeded === true && note.trim() === ''),
        loading: send.isPending,
      }}
      onOk={() => send.mutate()}
      onClose={() => close(send.data !== undefined)}
    >
      <div className="stack">
        <p>{t('answer.send_note', { n: count(items.length) })}</p>
        <Input.TextArea
          aria-label={t('answer.note')}
          placeholder={t(props.isNoteNeeded === true ? 'answer.note_needed' : 'answer.note_optional')}
          rows={3}
          maxLength={noteCharactersMax}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
        {send.error !== null && <Failure error={send.error} />}
        {send.data !== undefined && <FindingAnswers answers={send.data} items={items} />}
      </div>
    </TypedModal>
  );
}
