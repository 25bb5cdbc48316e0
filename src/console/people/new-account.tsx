import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Form, Input, Modal } from 'antd';
import { loginPattern } from '../../people/contract.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { peopleApi } from '../people-api.ts';
import { accountsQuery } from '../queries.ts';
import { AccountFields, type AccountFieldsTyped, placeOf } from './account-fields.tsx';
import { ShownOnce } from './shown-once.tsx';

type Typed = AccountFieldsTyped & { readonly login: string };

export function NewAccountModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useText();
  const { area } = useMe();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const create = useMutation({
    mutationFn: (typed: Typed) => peopleApi.createAccount({ login: typed.login, ...placeOf(typed) }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: accountsQuery.queryKey }),
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
      title={t('people.new')}
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
          initialValues={{ area, role: 'inspector' }}
          onFinish={(typed) => create.mutate(typed)}
        >
          <Form.Item
            label={t('people.login')}
            name="login"
            extra={t('people.login_hint')}
            rules={[{ required: true, pattern: loginPattern, message: t('people.login_form') }]}
          >
            <Input maxLength={40} autoComplete="off" spellCheck={false} />
          </Form.Item>
          <AccountFields />
          {create.error !== null && <Failure error={create.error} />}
        </Form>
      ) : (
        <ShownOnce title={t('people.created', { login: create.data.login })} secret={create.data.password} />
      )}
    </Modal>
  );
}
