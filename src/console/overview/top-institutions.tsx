import { Card, Empty } from 'antd';
import { Link } from 'react-router';
import type { Overview } from '../../screening/contract.ts';
import { count, shortMoneyText, yuanForChart } from '../format.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';

export function TopInstitutionsCard({ institutions }: { institutions: Overview['by_institution'] }) {
  const { t, language } = useText();
  const most = Math.max(...institutions.map(({ amount }) => yuanForChart(amount)), 0);
  return (
    <Card size="small" title={t('overview.top_institutions')}>
      {institutions.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('state.nothing')} />
      ) : (
        <table className="plain-table top-institutions">
          <thead>
            <tr>
              <th scope="col">{t('field.institution')}</th>
              <th scope="col" className="number">
                {t('overview.findings')}
              </th>
              <th scope="col" className="number">
                {t('overview.amount')}
              </th>
            </tr>
          </thead>
          <tbody>
            {institutions.map((institution) => (
              <tr key={institution.fixmedins_code}>
                <td>
                  <Link
                    to={paths.findings({ fixmedins_code: institution.fixmedins_code })}
                    title={institution.fixmedins_name ?? institution.fixmedins_code}
                  >
                    {institution.fixmedins_name ?? institution.fixmedins_code}
                  </Link>
                  <span
                    className="share-bar"
                    style={{ width: `${most === 0 ? 0 : (yuanForChart(institution.amount) / most) * 100}%` }}
                  />
                </td>
                <td className="number">{count(institution.findings)}</td>
                <td className="number">{shortMoneyText(institution.amount, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
