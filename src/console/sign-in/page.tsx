/** 登录: the only page for somebody who is nobody yet. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { useText } from '../language.tsx';
import { useForgetEverything } from '../me.tsx';
import { usePageTitle } from '../page-head.tsx';
import { apiPaths, paths, placeAfterSignIn } from '../paths.ts';
import { meQuery } from '../queries.ts';
import { SignInForm } from './form.tsx';
import { SignInFrame } from './frame.tsx';

export function SignInPage() {
  const { t } = useText();
  usePageTitle(t('sign_in.title'));
  const navigate = useNavigate();
  const forget = useForgetEverything();
  const [parameters] = useSearchParams();
  const to = placeAfterSignIn(parameters);
  const { data: me } = useQuery(meQuery);
  if (me != null) return <Navigate to={to} replace />;
  return (
    <main>
      <SignInFrame title={t('sign_in.title')}>
        {parameters.has('refused') && (
          <Alert type="error" showIcon title={t('sign_in.provider_refused')} className="sign-in-note" />
        )}
        <SignInForm
          provider={{ href: apiPaths.provider(to) }}
          onSignedIn={(signedIn) => {
            forget(signedIn);
            void navigate(to, { replace: true });
          }}
        />
        <p className="sign-in-link">
          <Link to={paths.published()}>{t('published.site')}</Link>
        </p>
      </SignInFrame>
    </main>
  );
}
