/** What went to the police and to discipline bodies: where it stands, its receipt, and the package that anybody verifies. */
import { Button, Card, Tag } from 'antd';
import type { CaseDetail } from '../../cases/view-contract.ts';
import { useText } from '../language.tsx';
import { apiPaths } from '../paths.ts';

type Referral = CaseDetail['referrals'][number];

const colours: Readonly<Record<Referral['state'], string>> = {
  transferred: 'processing',
  received: 'processing',
  filed: 'success',
  declined: 'error',
  asked_again: 'warning',
  asked_supervision: 'warning',
  returned: 'error',
};

export function Referrals({ detail: { id, referrals } }: { detail: CaseDetail }) {
  const { t } = useText();
  if (referrals.length === 0) return null;
  return (
    <Card size="small" title={t('case.referrals')}>
      <ul className="case-clocks case-referrals">
        {referrals.map(({ seq, kind, to, at, state, receipt, notice }) => (
          <li key={seq}>
            <div className="break">
              <b>{t(`case.referral.kind.${kind}`)}</b> {to}{' '}
              <Tag color={colours[state]}>{t(`case.referral.state.${state}`)}</Tag>
            </div>
            <div className="quiet break">
              <span className="number">{at}</span>{' '}
              {receipt === null
                ? t('case.referral.no_receipt')
                : t('case.referral.receipt', { text: receipt.text, time: receipt.at })}
              {notice !== null && ` · ${t('case.referral.notice', { text: notice })}`}
            </div>
            <Button size="small" href={apiPaths.caseReferral(id, seq)} download>
              {t('case.referral.package')}
            </Button>
          </li>
        ))}
      </ul>
      <p className="quiet break case-verify">
        {t('case.referral.verify')} <code>{t('case.referral.verify_command')}</code>
      </p>
    </Card>
  );
}
