/** Makes something that has a secret: a form, and after it the secret, shown once. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { Form, type FormProps } from 'antd';
import { type ReactNode, useState } from 'react';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { ShownOnce } from './shown-once.tsx';
import { TypedModal } from '../unsaved.tsx';

export function MakeModal<Typed extends object, Made>({
  isOpen,
  title,
  initialValues,
  make,
  list,
  shown,
  onClose,
  children,
}: {
  isOpen: boolean;
  title: string;
  initialValues: NonNullable<FormProps<Typed>['initialValues']>;
  make: (typed: Typed) => Promise<Made>;
  /** Where it stands from now on. */
  list: QueryKey;
  shown: (made: Made) => { readonly title: string; readonly secret: string };
  onClose: () => void;
  /** The fields of the form. */
  children: ReactNode;
}) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const [isTyped, setTyped] = useState(false);
  const create = useMutation<Made, ApiError, Typed>({
    mutationFn: make,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: list }),
  });
  const close = (): void => {
    create.reset();
    form.resetFields();
    setTyped(false);
    onClose();
  };
  const isDone = create.data !== undefined;
  return (
    <TypedModal
      isTyped={isTyped && !isDone && !create.isPending}
      open={isOpen}
      title={title}
      okText={isDone ? t('people.close') : t('people.create')}
      cancelButtonProps={{ hidden: isDone }}
      confirmLoading={create.isPending}
      onOk={() => (isDone ? close() : form.submit())}
      onClose={close}
      destroyOnHidden
    >
      {create.data === undefined ? (
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={initialValues}
          onValuesChange={() => setTyped(true)}
          onFinish={(typed) => create.mutate(typed)}
        >
          {children}
          {create.error !== null && <Failure error={create.error} />}
        </Form>
      ) : (
        <ShownOnce {...shown(create.data)} />
      )}
    </TypedModal>
  );
}
