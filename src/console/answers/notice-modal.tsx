/** Notifies institutions of findings: one notice for each. */
import { Input } from 'antd';
import { useState } from 'react';
import { noteCharactersMax } from '../../cases/review-contract.ts';
import { answersApi, answersKey } from '../answers-api.ts';
import { BulkDialog, useBulk } from '../bulk-dialog.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { FindingAnswers } from '../reviews/answers.tsx';
import { reviewsKey } from '../reviews-api.ts';

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
  const [note, setNote] = useState('');
  const bulk = useBulk({
    selected: props.items,
    changes: [reviewsKey, answersKey],
    send: (given) =>
      answersApi.send(
        given.map(({ finding_id }) => finding_id),
        note.trim(),
      ),
    said: (sent) => t('answer.sent', { n: sent.done, notices: sent.notices.length }),
    onClose: (isSent) => {
      setNote('');
      props.onClose(isSent);
    },
  });
  const { items, sent } = bulk;
  return (
    <BulkDialog
      bulk={bulk}
      isTyped={note !== ''}
      isReady={props.isNoteNeeded !== true || note.trim() !== ''}
      open={props.isOpen}
      title={t('answer.act.send')}
      okText={t('answer.send_do')}
      outcome={sent !== undefined && <FindingAnswers answers={sent} items={items} />}
    >
      <p>{t('answer.send_note', { n: count(items.length) })}</p>
      <Input.TextArea
        aria-label={t('answer.note')}
        placeholder={t(props.isNoteNeeded === true ? 'answer.note_needed' : 'answer.note_optional')}
        rows={3}
        maxLength={noteCharactersMax}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
    </BulkDialog>
  );
}
