/** The record of a check: what it says in the end, who signed it, and what follows from it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input, Popconfirm, Segmented, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { type PartyGiven, type Signature, type TaskDetail } from '../../inspection/on-site-contract.ts';
import type { ApiError } from '../api.ts';
import { Fact } from '../fact.tsx';
import { Failure } from '../failure.tsx';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { apiPaths, paths } from '../paths.ts';
import { taskApi, taskKey, tasksKey } from '../task-api.ts';
import { ReasonModal } from './plan-modal.tsx';
import { SignaturePad } from './signature-pad.tsx';
import { useWhyNot } from './why-not.ts';

const nameMax = 100;
const reasonMax = 500;
const statementMax = 2_000;

export function RecordPanel({ task }: { task: TaskDetail }) {
  const { t, pick } = useText();
  const may = useMay();
  const { conclusion, record_sha256, signed_sha256, results, recheck } = task;
  if (conclusion === null || record_sha256 === null) return null;
  const result = results.find(({ code }) => code === conclusion.result_code);
  return (
    <>
      <Card
        size="small"
        title={t('check.record')}
        extra={
          may('findings.read') && (
            <div className="knowledge-acts">
              <Button href={apiPaths.taskDocument(task.id, 'record')} target="_blank" rel="noreferrer">
                {t('check.print_record')}
              </Button>
              {conclusion.correction !== null && (
                <Button href={apiPaths.taskDocument(task.id, 'order')} target="_blank" rel="noreferrer">
                  {t('check.print_order')}
                </Button>
              )}
              <Button href={apiPaths.taskRecord(task.id)} download>
                {t('check.download')}
              </Button>
            </div>
          )
        }
      >
        <dl className="claim-facts">
          <Fact name={t('draw.checked_on')}>
            <span className="number">{conclusion.checked_on}</span>
          </Fact>
          <Fact name={t('draw.result')}>
            <b>{result === undefined ? conclusion.result_code : pick(result.title)}</b>
          </Fact>
          <Fact name={t('check.record_hash')}>
            <Typography.Text className="break" code copyable>
              {record_sha256}
            </Typography.Text>
          </Fact>
          {signed_sha256 !== null && (
            <Fact name={t('check.signed_hash')}>
              <Typography.Text className="break" code copyable>
                {signed_sha256}
              </Typography.Text>
            </Fact>
          )}
        </dl>
        <p className="check-summary break">{conclusion.summary}</p>
        {conclusion.correction !== null && (
          <Alert
            type="warning"
            showIcon
            title={t('check.ordered', { day: conclusion.correction.until })}
            description={
              <>
                <div className="break">{conclusion.correction.what}</div>
                {recheck !== null && (
                  <Link to={paths.task(recheck.id)}>
                    {t('check.recheck', { day: recheck.due_day })}{' '}
                    {recheck.corrected === null
                      ? t(`check.state.${recheck.state}`)
                      : t(recheck.corrected ? 'check.put_right' : 'check.not_put_right')}
                  </Link>
                )}
              </>
            }
          />
        )}
        {task.state === 'signed' && <Clue task={task} />}
      </Card>
      <Signatures task={task} sha256={record_sha256} />
    </>
  );
}

/** One step from the problems of a check to a clue. */
function Clue({ task }: { task: TaskDetail }) {
  const { t } = useText();
  const may = useMay();
  const whyNot = useWhyNot(task);
  const open = useStep(task, () => taskApi.openClue(task.id));
  if (task.case_id !== null)
    return (
      <p className="check-acts">
        {may('cases.read') ? (
          <Link to={paths.case(String(task.case_id))}>{t('check.to_clue')}</Link>
        ) : (
          t('check.clue_opened')
        )}
      </p>
    );
  const why = whyNot('open_clue');
  return (
    <>
      <div className="check-acts">
        <Popconfirm title={t('check.clue_sure')} disabled={why !== undefined} onConfirm={() => open.mutate()}>
          <Button size="large" disabled={why !== undefined} title={why} loading={open.isPending}>
            {t('check.open_clue')}
          </Button>
        </Popconfirm>{' '}
        <span className="quiet">{why ?? t('check.clue_note')}</span>
      </div>
      {open.error !== null && <Failure error={open.error} />}
    </>
  );
}

function useStep(task: TaskDetail, send: () => Promise<TaskDetail>) {
  const queryClient = useQueryClient();
  return useMutation<TaskDetail>({
    mutationFn: send,
    onSuccess: (next) => {
      queryClient.setQueryData(taskKey(task.id), next);
      void queryClient.invalidateQueries({ queryKey: tasksKey });
    },
  });
}

function SignatureWords({ task, signature }: { task: TaskDetail; signature: Signature }) {
  const { t } = useText();
  const words = {
    inspector: () =>
      signature.signer === 'inspector' &&
      t('check.signed_inspector', { name: signature.name, certificate: signature.certificate }),
    representative: () =>
      signature.signer === 'representative' &&
      t('check.signed_representative', { name: signature.name, position: signature.position }),
    refusal: () =>
      signature.signer === 'refusal' &&
      t('check.signed_refusal', {
        reason: signature.reason,
        witness: signature.witness,
        unit: signature.witness_unit,
      }),
  }[signature.signer]();
  return (
    <li>
      <div className="break">{words}</div>
      {signature.signer === 'representative' && (
        <div className="break">
          {signature.statement === '' ? t('check.agrees') : t('check.says', { text: signature.statement })}
        </div>
      )}
      {signature.signer !== 'inspector' && (
        <img
          className="check-signature"
          src={apiPaths.taskSignature(task.id)}
          alt={t('check.signature_picture')}
        />
      )}
      <div className="quiet">
        {signature.account} {instant(signature.at)}
      </div>
    </li>
  );
}

function Signatures({ task, sha256 }: { task: TaskDetail; sha256: string }) {
  const { t } = useText();
  const whyNot = useWhyNot(task);
  const [isReopening, setReopening] = useState(false);
  const sign = useStep(task, () => taskApi.sign(task.id, sha256));
  const [whySign, whyParty] = [whyNot('sign'), whyNot('party')];
  return (
    <Card
      size="small"
      title={t('check.signatures')}
      extra={
        whyNot('reopen') === undefined && (
          <Button onClick={() => setReopening(true)}>{t('check.reopen')}</Button>
        )
      }
    >
      <ul className="samples">
        {task.signatures.map((signature) => (
          <SignatureWords key={`${signature.signer} ${signature.at}`} task={task} signature={signature} />
        ))}
        {task.signatures.length === 0 && <li className="quiet">{t('check.no_signature')}</li>}
      </ul>
      {task.state === 'concluded' && (
        <>
          <p className="quiet">{t('check.sign_note')}</p>
          <div className="check-acts">
            <Popconfirm
              title={t('check.sign_sure', { hash: sha256.slice(0, 12) })}
              disabled={whySign !== undefined}
              onConfirm={() => sign.mutate()}
            >
              <Button
                type="primary"
                size="large"
                disabled={whySign !== undefined}
                title={whySign}
                loading={sign.isPending}
              >
                {t('check.sign')}
              </Button>
            </Popconfirm>{' '}
            {whySign !== undefined && <span className="quiet">{whySign}</span>}
          </div>
          {sign.error !== null && <Failure error={sign.error} />}
          {whyParty === undefined && <Party task={task} sha256={sha256} />}
        </>
      )}
      <ReasonModal
        isOpen={isReopening}
        title={t('check.reopen')}
        note={t('check.reopen_note')}
        send={(reason) => taskApi.reopen(task.id, reason)}
        onClose={() => setReopening(false)}
      />
    </Card>
  );
}

interface TypedParty {
  readonly name?: string;
  readonly position?: string;
  readonly statement?: string;
  readonly reason?: string;
  readonly witness?: string;
  readonly witness_unit?: string;
  readonly drawing?: string;
}
const ways = ['representative', 'refusal'] as const;

/** The institution signs on the same phone, or a witness signs that it did not want to. */
function Party({ task, sha256 }: { task: TaskDetail; sha256: string }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [way, setWay] = useState<(typeof ways)[number]>('representative');
  const send = useMutation<TaskDetail, ApiError, TypedParty>({
    mutationFn: ({
      name = '',
      position = '',
      statement = '',
      reason = '',
      witness = '',
      witness_unit = '',
      drawing = '',
    }) => {
      const given: PartyGiven =
        way === 'representative'
          ? { way, sha256, name, position, statement, drawing }
          : { way, sha256, reason, witness, witness_unit, drawing };
      return taskApi.party(task.id, given);
    },
    onSuccess: (next) => {
      queryClient.setQueryData(taskKey(task.id), next);
      void queryClient.invalidateQueries({ queryKey: tasksKey });
    },
  });
  const needed = { required: true, whitespace: true, message: t('draw.needed') };
  return (
    <Form<TypedParty>
      className="check-party"
      layout="vertical"
      requiredMark={false}
      size="large"
      onFinish={(typed) => send.mutate(typed)}
    >
      <Segmented
        block
        size="large"
        value={way}
        onChange={setWay}
        options={ways.map((value) => ({ value, label: t(`check.way.${value}`) }))}
      />
      {way === 'representative' ? (
        <>
          <Form.Item label={t('check.name')} name="name" rules={[needed]}>
            <Input maxLength={nameMax} autoComplete="off" />
          </Form.Item>
          <Form.Item label={t('check.position')} name="position" rules={[needed]}>
            <Input maxLength={nameMax} autoComplete="off" />
          </Form.Item>
          <Form.Item label={t('check.statement')} name="statement">
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={statementMax} />
          </Form.Item>
        </>
      ) : (
        <>
          <Form.Item label={t('check.refusal_reason')} name="reason" rules={[needed]}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={reasonMax} />
          </Form.Item>
          <Form.Item label={t('check.witness')} name="witness" rules={[needed]}>
            <Input maxLength={nameMax} autoComplete="off" />
          </Form.Item>
          <Form.Item label={t('check.witness_unit')} name="witness_unit" rules={[needed]}>
            <Input maxLength={nameMax} autoComplete="off" />
          </Form.Item>
        </>
      )}
      <Form.Item
        key={way}
        label={t(way === 'representative' ? 'check.drawing' : 'check.witness_drawing')}
        name="drawing"
        rules={[{ required: true, message: t('check.drawing_needed') }]}
      >
        <SignaturePad />
      </Form.Item>
      {send.error !== null && <Failure error={send.error} />}
      <div className="check-acts">
        <Button type="primary" htmlType="submit" size="large" loading={send.isPending}>
          {t(way === 'representative' ? 'check.party_signs' : 'check.party_refuses')}
        </Button>
      </div>
    </Form>
  );
}
