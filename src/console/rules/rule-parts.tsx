/** Parts of a rule document in plain words, for the finding page and for the rules room. */
import { Tag } from 'antd';
import type { RuleDocument } from '../../rules/contract.ts';
import { paramValueWords } from '../fact-words.ts';
import { useText } from '../language.tsx';

export function RuleBasis({ rule }: { rule: RuleDocument }) {
  const { t } = useText();
  return (
    <ul className="basis">
      {rule.basis.map(({ law, article }) => (
        <li key={`${law} ${article}`} lang="zh-CN">
          {t('rule.law', { law: law.replace(/^《|》$/g, '') })} {article}
        </li>
      ))}
    </ul>
  );
}

/** Known false positives: what the reviewer should rule out first. */
export function RuleExclusions({ rule }: { rule: RuleDocument }) {
  const { t, pick } = useText();
  if (rule.exclusions.length === 0) return <p className="quiet">{t('rule.no_exclusions')}</p>;
  return (
    <ul className="exclusions">
      {rule.exclusions.map((exclusion) => (
        <li key={exclusion.en}>{pick(exclusion)}</li>
      ))}
    </ul>
  );
}

export function RuleParams({ rule }: { rule: RuleDocument }) {
  const text = useText();
  const { t, pick } = text;
  return (
    <dl className="values">
      {Object.entries(rule.params).map(([name, param]) => (
        <div key={name}>
          <dt title={name}>{pick(param.title)}</dt>
          <dd>
            {paramValueWords(param, text)}{' '}
            <Tag variant="filled">{param.standing === '法定' ? t('rule.statutory') : t('rule.example')}</Tag>
          </dd>
        </div>
      ))}
    </dl>
  );
}
