/** Asks what has to be said with a step – a reason, or where a rule shall hold – and takes it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { rampSchema, type Ramp, type VersionDetail } from '../../rulebook/contract.ts';
import { type Action, needsReason } from '../../rulebook/states-contract.ts';
import { useAreaOptions } from '../area-name.tsx';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { rulesQuery } from '../queries.ts';
import { separators } from './ramp-words.ts';
import { rulebookApi, rulebookKey, type StepGiven } from '../rulebook-api.ts';
import { TypedModal } from '../unsaved.tsx';

const formName = 'rule-act';
const reasonMax = 500;
const warningShownS = 12;

interface Typed {
  readonly reason?: string;
  readonly where?: 'everywhere' | 'some';
  readonly areas?: string[];
  readonly institutions?: string[];
}

const rampOf = ({ where, areas = [], institutions = [] }: Typed): Ramp | null =>
  where === 'some' ? { areas, institutions } : null;

function givenOf(action: Action, typed: Typed): StepGiven {
  if (action === 'activate') return { ramp: rampOf(typed) };
  return needsReason.has(action) ? { reason: (typed.reason ?? '').trim() } : {};
}

export function ActDialog(props: { version: VersionDetail; action: Action | null; onClose: () => void }) {
  const { t } = useText();
  const { version, action } = props;
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const [isTyped, setTyped] = useState(false);
  const step = useMutation({
    mutationFn: (asked: { action: Action; given: StepGiven }) =>
      rulebookApi.step(version.content_hash, version.code, asked.action, asked.given),
    onSuccess: async ({ replay, unreached }) => {
      void message.success(replay === null ? t('book.acted') : t('book.acted_replay'));
      if (unreached.length > 0)
        void message.warning(
          t('book.unreached', { places: unreached.join(t('value.separator')) }),
          warningShownS,
        );
      close();
      await Promise.all(
        [rulebookKey, rulesQuery.queryKey].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
    },
  });
  const close = (): void => {
    step.reset();
    setTyped(false);
    props.onClose();
  };
  return (
    <TypedModal
      isTyped={isTyped && !step.isPending}
      open={action !== null}
      title={action === null ? '' : t(`book.act.${action}`)}
      okText={action === null ? '' : t(`book.act.${action}`)}
      confirmLoading={step.isPending}
      okButtonProps={{ htmlType: 'submit', form: formName }}
      onClose={close}
      destroyOnHidden
    >
      {action !== null && (
        <Form
          form={form}
          name={formName}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{ where: version.ramp === null ? 'everywhere' : 'some', ...version.ramp }}
          onValuesChange={() => setTyped(true)}
          onFinish={(typed) => step.mutate({ action, given: givenOf(action, typed) })}
        >
          <p className="card-note">{t(`book.act_note.${action}`)}</p>
          {needsReason.has(action) && (
            <Form.Item
              label={t('book.reason')}
              name="reason"
              rules={[{ required: true, whitespace: true, message: t('book.reason_first') }]}
            >
              <Input.TextArea rows={3} maxLength={reasonMax} showCount />
            </Form.Item>
          )}
          {action === 'activate' && <RampFields />}
          {step.error !== null && <Failure error={step.error} />}
        </Form>
      )}
    </TypedModal>
  );
}

function RampFields() {
  const { t } = useText();
  const areas = useAreaOptions(useMe().area);
  const form = Form.useFormInstance<Typed>();
  const isSome = Form.useWatch('where', form) === 'some';
  return (
    <>
      <Form.Item label={t('book.where')} name="where">
        <Radio.Group>
          <Radio value="everywhere">{t('book.everywhere')}</Radio>
          <Radio value="some">{t('book.somewhere')}</Radio>
        </Radio.Group>
      </Form.Item>
      {isSome && (
        <>
          <Form.Item label={t('book.ramp_areas')} name="areas" extra={t('book.ramp_areas_hint')}>
            <Select
              mode="tags"
              suffixIcon={null}
              tokenSeparators={[...separators]}
              options={areas}
              showSearch={{ optionFilterProp: 'label' }}
            />
          </Form.Item>
          <Form.Item
            label={t('book.ramp_institutions')}
            name="institutions"
            extra={t('book.ramp_institutions_hint')}
            dependencies={['areas']}
            rules={[
              {
                validator: async () => {
                  if (!rampSchema.safeParse(rampOf(form.getFieldsValue())).success)
                    throw new Error(t('book.ramp_form'));
                },
              },
            ]}
          >
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[...separators]} />
          </Form.Item>
        </>
      )}
    </>
  );
}
