/** Findings that a version made in a trial. They are not stored as findings: their claims are what can be opened. */
import { Empty } from 'antd';
import { Link } from 'react-router';
import type { Finding } from '../../screening/contract.ts';
import { claimTime, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { paths } from '../paths.ts';
import { useSentence } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';

/** @param isStored they are in force as well, and so stand among the findings */
export function Samples({ findings, isStored }: { findings: readonly Finding[]; isStored: boolean }) {
  const { t, language } = useText();
  const sentence = useSentence();
  const may = useMay();
  if (findings.length === 0)
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('book.no_samples')} />;
  return (
    <ul className="samples">
      {findings.map((finding) => (
        <li key={finding.finding_id}>
          <div className="finding-card-head">
            <VerdictTag verdict={finding.verdict} />
            <span className="break">{sentence(finding.message)}</span>
            <strong className="number">{money(finding.amount, language)}</strong>
          </div>
          <div className="quiet break">
            {claimTime(finding.occurred_at)} · {finding.fixmedins_code} ·{' '}
            <Link to={paths.findings({ setl_id: finding.setl_id })}>{finding.setl_id}</Link>
            {isStored && (
              <>
                {' · '}
                <Link to={paths.finding(finding.finding_id)}>{t('book.open_finding')}</Link>
              </>
            )}
            {' · '}
            <Link to={paths.why(finding, { rule: finding.rule_code, version: finding.rule_version })}>
              {t('why.open')}
            </Link>
            {may('persons.read') && (
              <>
                {' · '}
                <Link to={paths.person(finding)}>{t('book.open_claim')}</Link>
              </>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
