/** A form in a dialog: what is typed, what the server says against it, and the end of it. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Form, type FormProps } from 'antd';
import { type ReactNode, useState } from 'react';
import type { ApiError } from './api.ts';
import { Failure } from './failure.tsx';
import { useText } from './language.tsx';
import { useOnce } from './once.ts';
import { TypedModal } from './unsaved.tsx';

export function FormModal<Typed extends object, Done>({
  isOpen,
  title,
  changes,
  initialValues,
  isReady = true,
  saysDone = true,
  send,
  onDone,
  onClose,
  children,
}: {
  isOpen: boolean;
  title: string;
  /** What has to be asked for again afterwards. */
  changes: QueryKey;
  initialValues: NonNullable<FormProps<Typed>['initialValues']>;
  /** `false`: what is sent with it is not there yet. */
  isReady?: boolean;
  /** `false`: nothing was recorded yet. */
  saysDone?: boolean;
  send: (typed: Typed) => Promise<Done>;
  onDone?: (done: Done) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const [isTyped, setTyped] = useState(false);
  const { mutationKey, isFree } = useOnce();
  const act = useMutation<Done, ApiError, Typed>({
    mutationKey,
    mutationFn: send,
    onSuccess: async (done) => {
      await queryClient.invalidateQueries({ queryKey: changes });
      if (saysDone) void message.success(t('state.recorded'));
      close();
      onDone?.(done);
    },
  });
  const close = (): void => {
    act.reset();
    setTyped(false);
    onClose();
  };
  return (
    <TypedModal
      isTyped={isTyped && !act.isPending}
      open={isOpen}
      title={title}
      confirmLoading={act.isPending}
      okButtonProps={{ disabled: !isReady }}
      onOk={() => form.submit()}
      onClose={close}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={initialValues}
        onValuesChange={() => setTyped(true)}
        onFinish={(typed) => {
          if (isFree()) act.mutate(typed);
        }}
      >
        {children}
        {act.error !== null && <Failure error={act.error} />}
      </Form>
    </TypedModal>
  );
}
