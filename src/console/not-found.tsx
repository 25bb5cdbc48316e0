import { Button, Result } from 'antd';
import { Link } from 'react-router';
import { useText } from './language.tsx';
import { paths } from './paths.ts';
import { usePageTitle } from './page-head.tsx';

export function NotFound() {
  const { t } = useText();
  usePageTitle(t('not_found.title'));
  return (
    <Result
      status="info"
      title={t('not_found.title')}
      subTitle={t('not_found.text')}
      extra={
        <Link to={paths.overview()}>
          <Button type="primary">{t('not_found.home')}</Button>
        </Link>
      }
    />
  );
}
