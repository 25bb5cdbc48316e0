/** A version that waits: what everybody would see, and who may let them. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Popconfirm, Tag } from 'antd';
import { useState } from 'react';
import { reasonCharsMax, type Waiting, type WaitingAct } from '../../publicity/contract.ts';
import { FormModal } from '../form-modal.tsx';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { publicityApi, publicityKey } from '../publicity-api.ts';
import { AsEverybodySees } from './as-everybody-sees.tsx';

export function WaitingVersion({ version }: { version: Waiting }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [isShown, setShown] = useState(false);
  const [isRejecting, setRejecting] = useState(false);
  const { id, kind, title, action, reason, document, sha256, account, at, refusals } = version;
  const act = useMutation({
    mutationFn: (way: Exclude<WaitingAct, 'reject'>) => publicityApi.decide(id, way, { sha256, reason: '' }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: publicityKey });
      void message.success(t('state.recorded'));
    },
    onError: (error) => void message.error(pick(error.text)),
  });
  const stateOf = (way: WaitingAct) => {
    const refusal = refusals[way] ?? null;
    return {
      size: 'small' as const,
      disabled: refusal !== null,
      title: refusal === null ? undefined : pick(refusal),
    };
  };
  return (
    <div className="stack">
      <div className="publicity-row">
        <div className="publicity-words">
          <Tag>{t(`publicity.kind.${kind}`)}</Tag>
          <Tag color="processing">{t(`published.action.${action}`)}</Tag>
          <span className="break">{title}</span>
          <div className="quiet">
            {t('publicity.prepared_by', { account, time: instant(at) })}{' '}
            {reason !== null && <span className="break">{t('published.reason', { reason })}</span>}
          </div>
        </div>
        <div className="draw-acts">
          {document !== null && (
            <Button size="small" onClick={() => setShown(!isShown)}>
              {isShown ? t('publicity.hide') : t('publicity.show')}
            </Button>
          )}
          <Popconfirm
            title={t('publicity.approve_sure')}
            disabled={refusals.approve !== null}
            onConfirm={() => act.mutate('approve')}
          >
            <Button type="primary" {...stateOf('approve')} loading={act.isPending}>
              {t('publicity.approve')}
            </Button>
          </Popconfirm>
          <Button {...stateOf('reject')} onClick={() => setRejecting(true)}>
            {t('publicity.reject')}
          </Button>
          <Button {...stateOf('take_back')} onClick={() => act.mutate('take_back')}>
            {t('publicity.take_back')}
          </Button>
        </div>
      </div>
      {isShown && document !== null && <AsEverybodySees document={document} />}
      <FormModal
        isOpen={isRejecting}
        changes={publicityKey}
        title={t('publicity.reject')}
        initialValues={{}}
        send={({ reason: said }: { reason: string }) =>
          publicityApi.decide(id, 'reject', { sha256, reason: said })
        }
        onClose={() => setRejecting(false)}
      >
        <Form.Item
          label={t('publicity.reason')}
          name="reason"
          rules={[{ required: true, whitespace: true, min: 2, message: t('credit.needed') }]}
        >
          <Input.TextArea rows={2} maxLength={reasonCharsMax} showCount />
        </Form.Item>
      </FormModal>
    </div>
  );
}
