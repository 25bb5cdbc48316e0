/** 告知、异议与公布: what became of the grades of a subject. A button that cannot be pressed says why. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Empty, Form, Input, Popconfirm, Radio, Select, Tag } from 'antd';
import { useState } from 'react';
import type { Message } from '../../claims/contract.ts';
import type {
  Decision,
  NewObjection,
  Publication,
  SubjectDetail,
} from '../../credit/publication-contract.ts';
import { creditApi } from '../credit-api.ts';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { creditKey } from '../queries.ts';
import { FormModal } from '../form-modal.tsx';
import { pointsOf } from './points.ts';

const reasonMax = 2_000;
const referenceMax = 200;

export function Publications({ detail }: { detail: SubjectDetail }) {
  const { t } = useText();
  return (
    <Card size="small" title={t('credit.publications')}>
      {detail.publications.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('state.nothing')} />
      ) : (
        <ul className="knowledge-rows">
          {detail.publications.map((publication) => (
            <li key={publication.id}>
              <OnePublication publication={publication} detail={detail} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const colours = {
  noticed: 'processing',
  objected: 'warning',
  published: 'success',
  withdrawn: 'default',
} as const;

function OnePublication({ publication, detail }: { publication: Publication; detail: SubjectDetail }) {
  const { t, pick } = useText();
  const { scheme_code, state, points_hundredths, objection_until, as_of, objections } = publication;
  const scheme = detail.scores.find((score) => score.scheme.code === scheme_code)?.scheme;
  return (
    <div className="credit-publication">
      <div>
        <Tag color={colours[state]}>{t(`credit.state.${state}`)}</Tag>{' '}
        {state !== 'withdrawn' && !publication.is_still_so && (
          <Tag color="error">{t('credit.changed_since')}</Tag>
        )}{' '}
        {scheme === undefined ? scheme_code : pick(scheme.name)} · {as_of} · {pick(publication.grade_name)}
        {points_hundredths !== null && ` · ${t('credit.points', { n: pointsOf(points_hundredths) })}`}
      </div>
      <div className="quiet">
        {t('credit.noticed_by', { account: publication.account, time: instant(publication.created_at) })}{' '}
        {t('credit.until', { day: objection_until })}{' '}
        {publication.published_by !== null && t('credit.published_by', { account: publication.published_by })}{' '}
        {publication.withdrawn_by !== null &&
          t('credit.withdrawn_by', {
            account: publication.withdrawn_by,
            reason: publication.withdrawn_reason ?? '',
          })}
      </div>
      {objections.map((objection) => (
        <blockquote key={objection.id} className="credit-objection">
          <strong>{t('credit.objection_of', { reference: objection.reference })}</strong>
          <div className="break">{objection.reason}</div>
          <div className="quiet break">
            {objection.outcome === null ? (
              t('credit.undecided')
            ) : (
              <>
                {t(`credit.outcome.${objection.outcome}`)}{' '}
                {t('credit.decided', {
                  account: objection.decided_by ?? '',
                  reference: objection.decision_reference ?? '',
                  reason: objection.decision_reason ?? '',
                })}
              </>
            )}
          </div>
        </blockquote>
      ))}
      {state !== 'withdrawn' && <Acts publication={publication} detail={detail} />}
    </div>
  );
}

function Acts({ publication, detail }: { publication: Publication; detail: SubjectDetail }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<'object' | 'decide' | 'withdraw' | null>(null);
  const { id, refusals } = publication;
  const publish = useMutation({
    mutationFn: () => creditApi.publish(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: creditKey }),
    onError: (error) => void message.error(pick(error.text)),
  });
  const state = (refusal: Message | null) => ({
    disabled: refusal !== null,
    title: refusal === null ? undefined : pick(refusal),
  });
  const close = (): void => setOpen(null);
  return (
    <div className="knowledge-acts">
      {publication.state !== 'published' && (
        <>
          <Button size="small" {...state(refusals.object)} onClick={() => setOpen('object')}>
            {t('credit.object')}
          </Button>
          <Button size="small" {...state(refusals.decide)} onClick={() => setOpen('decide')}>
            {t('credit.decide')}
          </Button>
          <Popconfirm
            title={t('credit.publish_sure')}
            disabled={refusals.publish !== null}
            onConfirm={() => publish.mutate()}
          >
            <Button size="small" type="primary" {...state(refusals.publish)} loading={publish.isPending}>
              {t('credit.publish')}
            </Button>
          </Popconfirm>
        </>
      )}
      <Button size="small" {...state(refusals.withdraw)} onClick={() => setOpen('withdraw')}>
        {t('credit.withdraw')}
      </Button>
      <FormModal
        isOpen={open === 'withdraw'}
        changes={creditKey}
        title={t('credit.withdraw')}
        initialValues={{}}
        send={({ reason }: Pick<NewObjection, 'reason'>) => creditApi.withdraw(id, reason)}
        onClose={close}
      >
        <Reason />
      </FormModal>
      <FormModal
        isOpen={open === 'object'}
        changes={creditKey}
        title={t('credit.object')}
        initialValues={{}}
        send={(typed: NewObjection) => creditApi.object(id, typed)}
        onClose={close}
      >
        <Words />
      </FormModal>
      <FormModal
        isOpen={open === 'decide'}
        changes={creditKey}
        title={t('credit.decide')}
        initialValues={{ outcome: 'upheld', revokes: [] }}
        send={({ revokes = [], ...typed }: Partial<Pick<Decision, 'revokes'>> & Omit<Decision, 'revokes'>) =>
          creditApi.decide(id, { ...typed, revokes: typed.outcome === 'upheld' ? revokes : [] })
        }
        onClose={close}
      >
        <DecisionFields detail={detail} />
        <Words />
      </FormModal>
    </div>
  );
}

function Words() {
  const { t } = useText();
  const needed = { required: true, whitespace: true, message: t('credit.needed') };
  return (
    <>
      <Form.Item label={t('credit.reference')} name="reference" rules={[needed]}>
        <Input maxLength={referenceMax} />
      </Form.Item>
      <Reason />
    </>
  );
}

function Reason() {
  const { t } = useText();
  return (
    <Form.Item
      label={t('credit.reason')}
      name="reason"
      rules={[{ required: true, whitespace: true, message: t('credit.needed') }]}
    >
      <Input.TextArea rows={3} maxLength={reasonMax} />
    </Form.Item>
  );
}

function DecisionFields({ detail }: { detail: SubjectDetail }) {
  const { t, pick } = useText();
  const outcome: unknown = Form.useWatch('outcome');
  const standing = (detail.scores[0]?.lines ?? []).filter(
    ({ state }) => state !== 'revoked' && state !== 'note',
  );
  return (
    <>
      <Form.Item label={t('credit.outcome')} name="outcome">
        <Radio.Group
          options={(['upheld', 'rejected'] as const).map((each) => ({
            value: each,
            label: t(`credit.outcome.${each}`),
          }))}
        />
      </Form.Item>
      {outcome === 'upheld' && (
        <Form.Item
          label={t('credit.revokes')}
          name="revokes"
          rules={[{ required: true, type: 'array', min: 1, message: t('credit.needed') }]}
        >
          <Select
            mode="multiple"
            options={standing.map(({ seq, text }) => ({ value: seq, label: `${seq} ${pick(text)}` }))}
          />
        </Form.Item>
      )}
    </>
  );
}
