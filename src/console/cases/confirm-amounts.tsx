/** Establishes the amounts of all pieces that are left, each by an act of its own, with one reason. */
import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { textCharsMax } from '../../cases/contract.ts';
import type { CaseDetail } from '../../cases/view-contract.ts';
import { caseApi, casesKey, type CaseWay } from '../case-api.ts';
import { FormModal } from '../form-modal.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { openAmounts } from './known.ts';

/** One piece has the form of the act. */
const piecesMin = 2;

export function ConfirmAmounts({ detail, way }: { detail: CaseDetail; way: CaseWay }) {
  const { t, language } = useText();
  const queryClient = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const pieces = openAmounts(detail);
  if (pieces.length < piecesMin && !isOpen) return null;
  const n = count(pieces.length);
  /** Each names the revision that the one before left: whoever acts in between is not passed over, and what is done stays done. */
  const send = async ({ reason }: { reason: string }): Promise<void> => {
    let { revision } = detail;
    try {
      for (const { no, fen } of pieces) {
        const given = { no, confirmed_fen: fen, reason };
        const step = { revision, action: 'confirm_amount', detail: given };
        ({ revision } = await caseApi.act(detail.id, way, step));
      }
    } catch (error) {
      // What was established until then is; the rest can be sent again.
      await queryClient.invalidateQueries({ queryKey: casesKey });
      throw error;
    }
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('case.confirm_rest', { n })}</Button>
      <FormModal
        isOpen={isOpen}
        changes={casesKey}
        title={t('case.confirm_rest', { n })}
        initialValues={{ reason: '' }}
        send={send}
        onClose={() => setOpen(false)}
      >
        <p>
          {t('case.confirm_rest_note', {
            money: money(yuanOf(pieces.reduce((sum, { fen }) => sum + fen, 0)), language),
          })}
        </p>
        <Form.Item
          label={t('case.field.reason')}
          name="reason"
          rules={[{ required: true, whitespace: true, message: t('draw.needed') }]}
        >
          <Input.TextArea rows={3} maxLength={textCharsMax} />
        </Form.Item>
      </FormModal>
    </>
  );
}
