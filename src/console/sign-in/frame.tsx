/** Brand and language above a card: how the page looks on which, or as which, somebody signs in. */
import { Card } from 'antd';
import type { ReactNode } from 'react';
import { BrandMark } from '../icons.tsx';
import { useText } from '../language.tsx';
import { LanguageSwitch } from '../language-switch.tsx';

export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <div className="sign-in">
      <div className="sign-in-head">
        <BrandMark />
        <div className="brand-words">
          <span className="brand-name">{t('brand.name')}</span>
          <span className="brand-sub">{t('brand.sub')}</span>
        </div>
        <LanguageSwitch />
      </div>
      <Card className="sign-in-card">
        <h1>{title}</h1>
        {children}
      </Card>
    </div>
  );
}
