import { Input } from 'antd';
import { useState } from 'react';
import { useText } from '../language.tsx';
import { TypedModal } from '../unsaved.tsx';

const reasonMax = 500;

/** Asks for the words that stand with an act. */
export function ReasonModal({
  isOpen,
  title,
  isBusy,
  onGiven,
  onClose,
}: {
  isOpen: boolean;
  title: string;
  isBusy: boolean;
  onGiven: (reason: string) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const [reason, setReason] = useState('');
  return (
    <TypedModal
      isTyped={isOpen && reason !== '' && !isBusy}
      open={isOpen}
      title={title}
      okButtonProps={{ disabled: reason.trim() === '', loading: isBusy }}
      onOk={() => onGiven(reason.trim())}
      onClose={onClose}
      afterClose={() => setReason('')}
    >
      <Input.TextArea
        aria-label={title}
        placeholder={t('knowledge.needed')}
        rows={3}
        maxLength={reasonMax}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
    </TypedModal>
  );
}
