/** Why: the values that were used and the evaluation, part by part. */
import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import type { FindingDetail } from '../../screening/contract.ts';
import { factWords, titlesOf, valueWords } from '../fact-words.ts';
import { useText } from '../language.tsx';
import { factsQuery } from '../queries.ts';
import { EvaluationTree } from './evaluation-tree.tsx';

export function ReasonPanel({ detail }: { detail: FindingDetail }) {
  const text = useText();
  const { t } = text;
  const titles = titlesOf(useQuery(factsQuery).data, text);
  const { finding, rule } = detail;
  const values = Object.entries(finding.values);
  return (
    <Card size="small" className="panel-reason" title={t('reason.title')}>
      {values.length > 0 && (
        <>
          <h3 className="part-title">{t('reason.values')}</h3>
          <dl className="values">
            {values.map(([name, value]) => (
              <div key={name}>
                <dt title={name}>{factWords({ fact: name }, rule, titles, text)}</dt>
                <dd>{valueWords(value, { fact: name }, rule, titles, text)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h3 className="part-title">{t('reason.tree')}</h3>
      <EvaluationTree tree={finding.tree} rule={rule} titles={titles} />
    </Card>
  );
}
