/** 登录: the only page for somebody who is nobody yet. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import type { SignInOffers } from '../../people/contract.ts';
import { BrandMark } from '../icons.tsx';
import { useText } from '../language.tsx';
import { LanguageSwitch } from '../language-switch.tsx';
import { useForgetEverything } from '../me.tsx';
import { usePageTitle } from '../page-head.tsx';
import { peopleApi } from '../people-api.ts';
import { apiPaths, paths, placeAfterSignIn } from '../paths.ts';
import { meQuery, signInOffersQuery } from '../queries.ts';

interface Typed {
  readonly login: string;
  readonly password: string;
  readonly code?: string;
}

export function SignInPage() {
  const { t } = useText();
  usePageTitle(t('sign_in.title'));
  const [parameters] = useSearchParams();
  const to = placeAfterSignIn(parameters);
  const { data: me } = useQuery(meQuery);
  const { data: offers } = useQuery(signInOffersQuery);
  if (me != null) return <Navigate to={to} replace />;
  return (
    <main className="sign-in">
      <div className="sign-in-head">
        <BrandMark />
        <div className="brand-words">
          <span className="brand-name">{t('brand.name')}</span>
          <span className="brand-sub">{t('brand.sub')}</span>
        </div>
        <LanguageSwitch />
      </div>
      <Card className="sign-in-card">
        <h1>{t('sign_in.title')}</h1>
        {parameters.has('refused') && (
          <Alert type="error" showIcon title={t('sign_in.provider_refused')} className="sign-in-note" />
        )}
        <SignInForm to={to} offers={offers} />
        <p className="sign-in-note">
          <Link to={paths.published()}>{t('published.site')}</Link>
        </p>
      </Card>
    </main>
  );
}

function SignInForm({ to, offers }: { to: string; offers: SignInOffers | undefined }) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const forget = useForgetEverything();
  const [needsCode, setNeedsCode] = useState(false);
  const [form] = Form.useForm<Typed>();
  const signIn = useMutation({
    mutationFn: (typed: Typed) => peopleApi.signIn(typed),
    onSuccess: (me) => {
      forget(me);
      void navigate(to, { replace: true });
    },
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
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(typed) => signIn.mutate(typed)}>
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
        <Button block href={apiPaths.provider(to)} className="sign-in-provider">
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
