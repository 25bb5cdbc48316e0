/** Why: the values that were used and the evaluation, part by part. */
import { Card } from 'antd';
import { Link } from 'react-router';
import type { FindingDetail } from '../../screening/contract.ts';
import { usedValues } from '../fact-words.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { useTitles } from '../titles.ts';
import { EvaluationTree } from './evaluation-tree.tsx';

export function ReasonPanel({ detail }: { detail: FindingDetail }) {
  const text = useText();
  const { t } = text;
  const titles = useTitles();
  const { finding, rule } = detail;
  const groups = usedValues(finding.values, rule, titles, text);
  return (
    <Card
      size="small"
      className="panel-reason"
      title={t('reason.title')}
      extra={<Link to={paths.why(finding, { rule: finding.rule_code })}>{t('why.near_misses')}</Link>}
    >
      {groups.length > 0 && (
        <>
          <h3 className="part-title">{t('reason.values')}</h3>
          {groups.map(({ subject, values }) => (
            <div key={subject ?? ''} className="used">
              {subject !== null && <h4>{subject}</h4>}
              <dl className="values">
                {values.map(({ name, title, value }) => (
                  <div key={name}>
                    <dt title={name}>{title}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </div>
          ))}
        </>
      )}
      <h3 className="part-title">{t('reason.tree')}</h3>
      <EvaluationTree tree={finding.tree} rule={rule} titles={titles} />
    </Card>
  );
}
