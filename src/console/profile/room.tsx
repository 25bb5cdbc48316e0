/** One's own account: password, second factor, sessions. */
import { Alert, Card } from 'antd';
import { AreaName } from '../area-name.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

export function ProfileRoom() {
  const { t } = useText();
  const me = useMe();
  return (
    <>
      <PageHead title={t('room.profile')} />
      <div className="stack profile">
        {me.pending !== null && <Alert type="warning" showIcon title={t(`profile.pending.${me.pending}`)} />}
        <Card size="small" title={t('profile.account')}>
          <dl className="claim-facts">
            <div>
              <dt>{t('people.login')}</dt>
              <dd className="break">{me.login}</dd>
            </div>
            <div>
              <dt>{t('people.display_name')}</dt>
              <dd className="break">{me.display_name}</dd>
            </div>
            <div>
              <dt>{t('people.role')}</dt>
              <dd>{t(`people.role.${me.role}`)}</dd>
            </div>
            <div>
              <dt>{t('people.area')}</dt>
              <dd>
                <AreaName code={me.area} />
              </dd>
            </div>
            {me.fixmedins_code !== null && (
              <div>
                <dt>{t('field.fixmedins_code')}</dt>
                <dd className="break">{me.fixmedins_code}</dd>
              </div>
            )}
          </dl>
        </Card>
        <PasswordCard />
        <SecondFactorCard />
        <SessionsCard />
      </div>
    </>
  );
}
