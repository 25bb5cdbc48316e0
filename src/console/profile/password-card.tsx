import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Form, Input } from 'antd';
import { Failure } from '../failure.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { peopleApi } from '../people-api.ts';
import { meQuery, mySessionsQuery } from '../queries.ts';

interface Typed {
  readonly current: string;
  readonly next: string;
  readonly again: string;
}

export function PasswordCard() {
  const { t } = useText();
  const { login } = useMe();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const change = useMutation({
    mutationFn: ({ current, next }: Typed) => peopleApi.changePassword({ current, next }),
    onSuccess: async () => {
      form.resetFields();
      void message.success(t('profile.password_changed'));
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: mySessionsQuery.queryKey });
    },
  });
  return (
    <Card size="small" title={t('profile.password')}>
      <p className="quiet card-note">{t('profile.password_note')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className="narrow-form"
        onFinish={(typed) => change.mutate(typed)}
      >
        {/* Tells password managers whose password this is. */}
        <input type="text" autoComplete="username" value={login} readOnly hidden />
        <Form.Item
          label={t('profile.current_password')}
          name="current"
          rules={[{ required: true, message: t('sign_in.password_first') }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          label={t('profile.next_password')}
          name="next"
          rules={[{ required: true, message: t('sign_in.password_first') }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          label={t('profile.again')}
          name="again"
          dependencies={['next']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value: unknown) =>
                value === getFieldValue('next')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('profile.not_the_same'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {change.error !== null && <Failure error={change.error} />}
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t('profile.change_password')}
        </Button>
      </Form>
    </Card>
  );
}
