/** Dismisses a selection with one reason. */
import { Input } from 'antd';
import { useState } from 'react';
import { dismissReasonMax, type QuarantineRow } from '../../claims/contract.ts';
import { api } from '../api.ts';
import { BulkDialog, useBulk } from '../bulk-dialog.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { Answers } from '../reviews/answers.tsx';
import { quarantineKeys } from './keys.ts';

export function DismissModal(props: {
  isOpen: boolean;
  rows: readonly QuarantineRow[];
  onClose: () => void;
}) {
  const { t } = useText();
  const [reason, setReason] = useState('');
  const isReady = reason.trim() !== '';
  const bulk = useBulk({
    selected: props.rows,
    changes: quarantineKeys,
    send: (given) => api.dismissMany({ ids: given.map(({ id }) => id), reason: reason.trim() }),
    onClose: () => {
      setReason('');
      props.onClose();
    },
  });
  const { items: rows, sent } = bulk;
  return (
    <BulkDialog
      bulk={bulk}
      isTyped={reason !== ''}
      isReady={isReady}
      open={props.isOpen}
      title={t('quarantine.dismiss_many')}
      okText={t('quarantine.dismiss')}
      okButtonProps={{ danger: true, title: isReady ? undefined : t('quarantine.reason_first') }}
      outcome={
        sent !== undefined && (
          <Answers
            answers={sent}
            idOf={({ id }) => id}
            nameOf={(id) => rows.find((row) => row.id === id)?.setl_id}
          />
        )
      }
    >
      <p>{t('quarantine.dismiss_note', { n: count(rows.length) })}</p>
      <Input.TextArea
        aria-label={t('quarantine.reason')}
        placeholder={t('quarantine.reason')}
        rows={3}
        maxLength={dismissReasonMax}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
    </BulkDialog>
  );
}
