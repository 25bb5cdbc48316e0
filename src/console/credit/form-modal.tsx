/** A form in a dialog: what is typed, what the server says against it, and the end of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, type FormProps, Modal } from 'antd';
import type { ReactNode } from 'react';
import type { ApiError } from '../api.ts';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { creditKey } from '../queries.ts';

export function FormModal<Typed extends object, Done>({
  isOpen,
  title,
  initialValues,
  send,
  onDone,
  onClose,
  children,
}: {
  isOpen: boolean;
  title: string;
  initialValues: NonNullable<FormProps<Typed>['initialValues']>;
  send: (typed: Typed) => Promise<Done>;
  onDone?: (done: Done) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const act = useMutation<Done, ApiError, Typed>({
    mutationFn: send,
    onSuccess: async (done) => {
      await queryClient.invalidateQueries({ queryKey: creditKey });
      void message.success(t('credit.done'));
      close();
      onDone?.(done);
    },
  });
  const close = (): void => {
    act.reset();
    onClose();
  };
  return (
    <Modal
      open={isOpen}
      title={title}
      confirmLoading={act.isPending}
      onOk={() => form.submit()}
      onCancel={close}
      mask={{ closable: false }}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={initialValues}
        onFinish={(typed) => act.mutate(typed)}
      >
        {children}
        {act.error !== null && <Failure error={act.error} />}
      </Form>
    </Modal>
  );
}
