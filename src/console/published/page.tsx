/** What everybody may see, without signing in. */
import { Button, Result } from 'antd';
import { Link, useParams } from 'react-router';
import { BrandMark } from '../icons.tsx';
import { useText } from '../language.tsx';
import { LanguageSwitch } from '../language-switch.tsx';
import { usePageTitle } from '../page-head.tsx';
import { paths, type PublicPart, publicParts } from '../paths.ts';
import { PublishedChecks } from './checks.tsx';
import { PublishedDraws } from './draws.tsx';
import { Publications } from './publications.tsx';
import { TipPage } from './tip-page.tsx';

export function PublishedPage() {
  const { t } = useText();
  const { part: asked } = useParams();
  const part = asked === undefined ? 'draws' : publicParts.find((one) => one === asked);
  const title = part === undefined ? t('published.not_found') : t(`published.part.${part}`);
  usePageTitle(title);
  return (
    <main className="published">
      <div className="sign-in-head published-brand">
        <BrandMark />
        <div className="brand-words">
          <span className="brand-name">{t('brand.name')}</span>
          <span className="brand-sub">{t('published.site')}</span>
        </div>
        <LanguageSwitch />
      </div>
      <nav className="published-nav" aria-label={t('published.site')}>
        {publicParts.map((one) => (
          <Link key={one} to={paths.published(one)} aria-current={one === part ? 'page' : undefined}>
            {t(`published.part.${one}`)}
          </Link>
        ))}
      </nav>
      <h1>{title}</h1>
      {part === undefined ? (
        <Result
          status="info"
          subTitle={t('not_found.text')}
          extra={
            <Link to={paths.published()}>
              <Button type="primary">{t('published.back')}</Button>
            </Link>
          }
        />
      ) : (
        <Part part={part} />
      )}
      <footer className="quiet">
        <Link to={paths.signIn()}>{t('published.staff')}</Link>
      </footer>
    </main>
  );
}

function Part({ part }: { part: PublicPart }) {
  switch (part) {
    case 'draws':
      return <PublishedDraws />;
    case 'checks':
      return <PublishedChecks />;
    case 'tip':
      return <TipPage />;
    case 'penalty':
    case 'grade':
    case 'typical_case':
    case 'statistics':
      return <Publications key={part} kind={part} />;
  }
}
