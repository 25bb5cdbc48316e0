/** Asks for the words that stand with an act on a review, and of a recusal for how far it goes. */
import { Input, Radio } from 'antd';
import { useState } from 'react';
import { noteCharactersMax } from '../../cases/review-contract.ts';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { TypedModal } from '../unsaved.tsx';

export type ReasonedAct = 'recuse' | 'return' | 'reopen';
type Scope = 'finding' | 'institution';

export function ActModal(props: {
  action: ReasonedAct | null;
  isBusy: boolean;
  error: ApiError | null;
  onGiven: (action: ReasonedAct, given: { reason: string; scope?: Scope }) => void;
  onClose: () => void;
}) {
  const { t } = useText();
  const [reason, setReason] = useState('');
  const [scope, setScope] = useState<Scope>('finding');
  const { action } = props;
  const title = action === null ? '' : t(`review.act.${action}`);
  const given = { reason: reason.trim(), ...(action === 'recuse' ? { scope } : {}) };
  return (
    <TypedModal
      isTyped={action !== null && reason !== '' && !props.isBusy}
      open={action !== null}
      title={title}
      okText={title}
      okButtonProps={{ disabled: given.reason === '', loading: props.isBusy }}
      onOk={() => {
        if (action !== null) props.onGiven(action, given);
      }}
      onClose={props.onClose}
      afterClose={() => setReason('')}
    >
      {action === 'recuse' && (
        <Radio.Group
          aria-label={t('review.scope')}
          className="card-note"
          value={scope}
          onChange={({ target }) => setScope(target.value === 'institution' ? 'institution' : 'finding')}
          options={(['finding', 'institution'] as const).map((value) => ({
            value,
            label: t(`review.scope.${value}`),
          }))}
        />
      )}
      <Input.TextArea
        aria-label={t('review.reason')}
        placeholder={t('review.reason_needed')}
        rows={3}
        maxLength={noteCharactersMax}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      {props.error !== null && <Failure error={props.error} />}
    </TypedModal>
  );
}
