/** The rule in plain words: what it is for, what it rests on, and when it is wrong. */
import { Card, Empty } from 'antd';
import { Link } from 'react-router';
import type { FindingDetail } from '../../screening/contract.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { RuleBasis, RuleExclusions, RuleParams } from '../rules/rule-parts.tsx';

export function RulePanel({ detail }: { detail: FindingDetail }) {
  const { t, pick } = useText();
  const { rule } = detail;
  return (
    <Card
      size="small"
      className="panel-rule"
      title={t('rule.title')}
      extra={rule !== null && <Link to={paths.rule(rule.code)}>{t('rule.open')}</Link>}
    >
      {rule === null ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('rule.gone')} />
      ) : (
        <>
          <p className="rule-purpose">{pick(rule.purpose)}</p>
          <h3 className="part-title">{t('rule.exclusions')}</h3>
          <RuleExclusions rule={rule} />
          <h3 className="part-title">{t('rule.basis')}</h3>
          <RuleBasis rule={rule} />
          {Object.keys(rule.params).length > 0 && (
            <>
              <h3 className="part-title">{t('rule.params')}</h3>
              <RuleParams rule={rule} />
            </>
          )}
        </>
      )}
    </Card>
  );
}
