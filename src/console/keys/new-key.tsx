import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Checkbox, Form, Input, InputNumber, Modal } from 'antd';
import { keyDaysMax } from '../../people/contract.ts';
import { type Scope, scopes } from '../../people/permissions.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { peopleApi } from '../people-api.ts';
import { ShownOnce } from '../people/shown-once.tsx';
import { keysQuery } from '../queries.ts';

const daysDefault = 365;

interface Typed {
  readonly name: string;
  readonly scopes: Scope[];
  readonly fixmedins_code?: string;
  readonly days: number;
}

export function NewKeyModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const create = useMutation({
    mutationFn: ({ fixmedins_code, ...typed }: Typed) => {
      const code = (fixmedins_code ?? '').trim();
      return peopleApi.createKey({ ...typed, fixmedins_code: code === '' ? null : code });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const close = (): void => {
    create.reset();
    form.resetFields();
    onClose();
  };
  const isDone = create.data !== undefined;
  return (
    <Modal
      open={isOpen}
      title={t('keys.new')}
      okText={isDone ? t('people.close') : t('people.create')}
      cancelButtonProps={{ hidden: isDone }}
      confirmLoading={create.isPending}
      onOk={() => (isDone ? close() : form.submit())}
      onCancel={close}
      mask={{ closable: false }}
      destroyOnHidden
    >
      {create.data === undefined ? (
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ days: daysDefault }}
          onFinish={(typed) => create.mutate(typed)}
        >
          <Form.Item
            label={t('keys.name')}
            name="name"
            extra={t('keys.name_hint')}
            rules={[{ required: true, whitespace: true, message: t('people.needed') }]}
          >
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item
            label={t('keys.scopes')}
            name="scopes"
            rules={[{ required: true, message: t('people.needed') }]}
          >
            <Checkbox.Group
              options={scopes.map((scope) => ({ value: scope, label: t(`keys.scope.${scope}`) }))}
            />
          </Form.Item>
          <Form.Item
            label={t('field.fixmedins_code')}
            name="fixmedins_code"
            extra={t('keys.institution_hint')}
          >
            <Input maxLength={30} />
          </Form.Item>
          <Form.Item
            label={t('keys.days')}
            name="days"
            rules={[{ required: true, message: t('people.needed') }]}
          >
            <InputNumber min={1} max={keyDaysMax} precision={0} />
          </Form.Item>
          {create.error !== null && <Failure error={create.error} />}
        </Form>
      ) : (
        <ShownOnce title={t('keys.created', { name: create.data.key.name })} secret={create.data.token} />
      )}
    </Modal>
  );
}
