/** 举报: what somebody tells is sealed in this browser for the tip office; nobody between can read it, and nobody asks who they are. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, Empty, Form, Input, Typography } from 'antd';
import { useState } from 'react';
import {
  base64Of,
  fingerprintOf,
  hashText,
  newReceipt,
  publicKeyBytes,
  publicKeyText,
  receiptKeys,
  sealText,
  tipInfo,
} from '../../publicity/seal-contract.ts';
import { sealFile, type TipFile } from '../../publicity/tip-file-contract.ts';
import { type OfficeKey, type TipForm, type TipTaken, whatCharsMax } from '../../publicity/tips-contract.ts';
import { ApiError } from '../api.ts';
import { Asked } from '../asked.tsx';
import { Failure } from '../failure.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { tipFormQuery, tipsApi } from '../tips-api.ts';
import { TipAnswers } from './tip-answers.tsx';
import { TipFiles } from './tip-files.tsx';

const skeletonRows = 6;
const whatCharsMin = 10;
const shortMax = 200;
const nameMax = 100;

export function TipPage() {
  const { t } = useText();
  const asked = useQuery(tipFormQuery);
  // Browsers seal only on pages that came over an encrypted line.
  if (!window.isSecureContext) return <Alert type="warning" showIcon title={t('tip.insecure')} />;
  return (
    <>
      <Asked of={asked} rows={skeletonRows}>
        {(form) =>
          form.key === null ? (
            <Card size="small">
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('tip.no_key')} />
            </Card>
          ) : (
            <Tell form={form} officeKey={form.key} />
          )
        }
      </Asked>
      <TipAnswers />
    </>
  );
}

interface Typed {
  readonly what: string;
  readonly where: string;
  readonly when?: string;
  readonly name?: string;
  readonly contact?: string;
  readonly is_insider?: boolean;
}

type Sealed = Uint8Array<ArrayBuffer>;

interface Sent extends TipTaken {
  readonly receipt: string;
  /** Files that did not arrive, with what was answered to the first of them. */
  readonly unsent: { readonly files: readonly Sealed[]; readonly error: ApiError } | null;
}

/** One after the other: what arrived stays. */
async function sendFiles(receipt: string, files: readonly Sealed[]): Promise<Sent['unsent']> {
  const token = receiptKeys(receipt)?.token ?? '';
  for (const [place, sealed] of files.entries())
    try {
      await tipsApi.sendFile(token, sealed);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { files: files.slice(place), error };
    }
  return null;
}

async function sent(key: OfficeKey, typed: Typed, files: readonly TipFile[]): Promise<Sent> {
  const receipt = newReceipt();
  const keys = receiptKeys(receipt);
  if (keys === null) throw new Error('a receipt that is none');
  const { what, where, when = '', name = '', contact = '', is_insider = false } = typed;
  const sealedFiles: Sealed[] = [];
  for (const file of files) sealedFiles.push(await sealFile(publicKeyBytes(key.public_key), file));
  const content = JSON.stringify({
    what,
    where,
    when,
    name,
    contact,
    is_insider,
    files: sealedFiles.map(hashText),
  });
  const sealed = await sealText(publicKeyBytes(key.public_key), tipInfo, content);
  const taken = await tipsApi.tell({
    key_id: key.id,
    sealed: base64Of(sealed),
    receipt_sha256: keys.receiptHash,
    reply_key: publicKeyText(keys.keys),
  });
  return { ...taken, receipt, unsent: await sendFiles(receipt, sealedFiles) };
}

function Tell({ form, officeKey }: { form: TipForm; officeKey: OfficeKey }) {
  const { t, language } = useText();
  const [fields] = Form.useForm<Typed>();
  const [done, setDone] = useState<Sent | null>(null);
  const [files, setFiles] = useState<readonly TipFile[]>([]);
  const tell = useMutation<Sent, ApiError, Typed>({
    mutationFn: (typed) => sent(officeKey, typed, files),
    onSuccess: (taken) => {
      fields.resetFields();
      setFiles([]);
      setDone(taken);
    },
  });
  if (done !== null) return <Receipt sent={done} onSent={setDone} onAgain={() => setDone(null)} />;
  const needed = { required: true, whitespace: true, message: t('credit.needed') };
  const { acceptance, reward } = form;
  return (
    <Card size="small" title={t('tip.tell')}>
      <div className="stack">
        <ul className="tip-promises">
          <li>{t('tip.sealed')}</li>
          <li>{t('tip.no_trace')}</li>
          <li>{t('tip.period', { n: acceptance.value })}</li>
          <li>
            {t('tip.reward_range', {
              least: money(yuanOf(reward.min_fen), language),
              most: money(yuanOf(reward.max_fen), language),
            })}
          </li>
        </ul>
        <Form form={fields} layout="vertical" requiredMark={false} onFinish={(typed) => tell.mutate(typed)}>
          <Form.Item
            label={t('tip.what')}
            name="what"
            rules={[{ ...needed, min: whatCharsMin, message: t('tip.what_short') }]}
          >
            <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} maxLength={whatCharsMax} showCount />
          </Form.Item>
          <Form.Item label={t('tip.where')} name="where" rules={[{ ...needed, min: 2 }]}>
            <Input maxLength={shortMax} autoComplete="off" />
          </Form.Item>
          <Form.Item label={t('tip.when')} name="when">
            <Input maxLength={shortMax} autoComplete="off" />
          </Form.Item>
          <TipFiles files={files} onFiles={setFiles} />
          <Form.Item name="is_insider" valuePropName="checked">
            <Checkbox>{t('tip.insider')}</Checkbox>
          </Form.Item>
          <div className="tip-pair">
            <Form.Item label={t('tip.name')} name="name">
              <Input maxLength={nameMax} autoComplete="off" />
            </Form.Item>
            <Form.Item label={t('tip.contact')} name="contact">
              <Input maxLength={shortMax} autoComplete="off" />
            </Form.Item>
          </div>
          <p className="quiet tip-note">{t('tip.identity_note')}</p>
          {tell.error !== null && <Failure error={tell.error} />}
          <Button type="primary" htmlType="submit" loading={tell.isPending}>
            {t('tip.send')}
          </Button>
        </Form>
        <p className="quiet number">{t('tip.fingerprint', { key: fingerprintOf(officeKey.public_key) })}</p>
      </div>
    </Card>
  );
}

function Receipt({
  sent: done,
  onSent,
  onAgain,
}: {
  sent: Sent;
  onSent: (sent: Sent) => void;
  onAgain: () => void;
}) {
  const { t } = useText();
  const { receipt, tip_no, received_on, unsent } = done;
  const retry = useMutation<Sent['unsent'], Error, readonly Sealed[]>({
    mutationFn: (files) => sendFiles(receipt, files),
    onSuccess: (left) => onSent({ ...done, unsent: left }),
  });
  return (
    <Card size="small" title={t('tip.taken')}>
      <div className="stack">
        <p>{t('tip.taken_as', { no: tip_no, day: received_on })}</p>
        <Typography.Text className="tip-receipt" code copyable>
          {receipt}
        </Typography.Text>
        <Alert type="warning" showIcon title={t('tip.keep_receipt')} />
        {unsent !== null && (
          <>
            <Alert type="error" showIcon title={t('tip.files_unsent', { n: unsent.files.length })} />
            <Failure error={unsent.error} />
            <div>
              <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate(unsent.files)}>
                {t('tip.files_again')}
              </Button>
            </div>
          </>
        )}
        <div>
          <Button onClick={onAgain}>{t('tip.again')}</Button>
        </div>
      </div>
    </Card>
  );
}
