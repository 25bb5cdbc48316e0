/** Login name and password, the code of an authenticator where one is needed, and the other ways in that there are. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { Me, SignInOffers } from '../../people/contract.ts';
import { useText } from '../language.tsx';
import { peopleApi } from '../people-api.ts';
import { signInOffersQuery } from '../queries.ts';

interface Typed {
  readonly login: string;
  readonly password: string;
  readonly code?: string;
}

export function SignInForm({
  login,
  provider,
  onSignedIn,
}: {
  /** Who is expected. */
  login?: string;
  /** The way to the provider, where there is one. */
  provider: { readonly href: string; readonly target?: '_blank' };
  onSignedIn: (me: Me) => void;
}) {
  const { t, pick } = useText();
  const { data: offers } = useQuery(signInOffersQuery);
  const [needsCode, setNeedsCode] = useState(false);
  const [form] = Form.useForm<Typed>();
  const signIn = useMutation({
    mutationFn: (typed: Typed) => peopleApi.signIn(typed),
    onSuccess: onSignedIn,
    onError: (error) => {
      if (error.code === 'second_factor_needed') setNeedsCode(true);
      else if (error.code === 'second_factor_wrong') form.resetFields(['code']);
      else form.resetFields(['password']);
    },
  });
  const { error } = signIn;
  const isStep = error?.code === 'second_factor_needed';
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ login }}
        onFinish={(typed) => signIn.mutate(typed)}
      >
        <Form.Item
          label={t('sign_in.login')}
          name="login"
          rules={[{ required: true, message: t('sign_in.login_first') }]}
        >
          <Input autoFocus autoComplete="username" disabled={needsCode} spellCheck={false} />
        </Form.Item>
        <Form.Item
          label={t('sign_in.password')}
          name="password"
          rules={[{ required: true, message: t('sign_in.password_first') }]}
        >
          <Input.Password autoComplete="current-password" disabled={needsCode} />
        </Form.Item>
        {needsCode && (
          <Form.Item
            label={t('sign_in.code')}
            name="code"
            extra={t('sign_in.code_hint')}
            rules={[{ required: true, message: t('sign_in.code_first') }]}
          >
            <Input autoFocus autoComplete="one-time-code" inputMode="text" maxLength={40} />
          </Form.Item>
        )}
        {error !== null && !isStep && (
          <Alert
            type={error.status === 429 ? 'warning' : 'error'}
            showIcon
            title={pick(error.text)}
            className="sign-in-note"
          />
        )}
        <Button type="primary" htmlType="submit" block size="large" loading={signIn.isPending}>
          {t('sign_in.submit')}
        </Button>
        {needsCode && (
          <Button
            type="link"
            block
            onClick={() => {
              setNeedsCode(false);
              signIn.reset();
              form.resetFields();
            }}
          >
            {t('sign_in.somebody_else')}
          </Button>
        )}
      </Form>
      {offers?.provider === true && !needsCode && (
        <Button block {...provider} className="sign-in-provider">
          {t('sign_in.provider')}
        </Button>
      )}
      {offers?.demo != null && !needsCode && (
        <DemoAccounts
          demo={offers.demo}
          isBusy={signIn.isPending}
          onChoose={(typed) => signIn.mutate(typed)}
        />
      )}
    </>
  );
}

function DemoAccounts({
  demo,
  isBusy,
  onChoose,
}: {
  demo: NonNullable<SignInOffers['demo']>;
  isBusy: boolean;
  onChoose: (typed: Typed) => void;
}) {
  const { t } = useText();
  return (
    <section className="demo-accounts">
      <h2>{t('sign_in.demo')}</h2>
      <p className="quiet">{t('sign_in.demo_note', { password: demo.password })}</p>
      <div className="demo-buttons">
        {demo.accounts.map(({ login, role }) => (
          <Button
            key={login}
            size="small"
            title={login}
            disabled={isBusy}
            onClick={() => onChoose({ login, password: demo.password })}
          >
            {t(`people.role.${role}`)}
          </Button>
        ))}
      </div>
    </section>
  );
}
