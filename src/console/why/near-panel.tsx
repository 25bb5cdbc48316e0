/** The rules that hit a settlement, those that cannot judge it, and those that came nearest. */
import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Message } from '../../claims/contract.ts';
import type { Verdict } from '../../rules/contract.ts';
import type { Near } from '../../screening/explain-contract.ts';
import { EvaluatedLeaves } from '../finding/evaluation-tree.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { type ClaimName, paths } from '../paths.ts';
import { rulesQuery } from '../queries.ts';
import { useSentence, useTitles } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { missingFactsWords, nearnessWords, subjectWords } from './explained-words.ts';
import { Reasons } from './reasons.tsx';

export function NearPanel({ claim, near, chosen }: { claim: ClaimName; near: Near; chosen: string | null }) {
  const text = useText();
  const sentence = useSentence();
  const { t, language } = text;
  const titles = useTitles();
  const mayReadRules = useMay()('rules.read');
  const { data: rules } = useQuery({ ...rulesQuery, enabled: mayReadRules });
  const documentOf = (code: string) =>
    rules?.rules.find(({ document }) => document.code === code)?.document ?? null;
  return (
    <Card size="small">
      <div className="stack">
        <Reasons reasons={near.reasons} />
        {near.hits.length > 0 && (
          <Part title={t('why.list.hits')} n={near.hits.length}>
            {near.hits.map((rule) => (
              <RuleItem key={rule.rule_code} claim={claim} rule={rule} chosen={chosen}>
                {rule.findings.map(({ finding_id, message, amount }) => (
                  <div key={finding_id} className="break">
                    <Link to={paths.finding(finding_id)}>{sentence(message)}</Link>{' '}
                    <span className="number">{money(amount, language)}</span>
                  </div>
                ))}
              </RuleItem>
            ))}
          </Part>
        )}
        {near.unknown.length > 0 && (
          <Part title={t('why.list.unknown')} n={near.unknown.length}>
            {near.unknown.map((rule) => (
              <RuleItem key={rule.rule_code} claim={claim} rule={rule} chosen={chosen}>
                <div className="quiet break">{missingFactsWords(rule.missing, titles, text)}</div>
              </RuleItem>
            ))}
          </Part>
        )}
        <Part title={t('why.list.near')} n={near.near.length}>
          {near.near.map((rule) => (
            <RuleItem
              key={rule.rule_code}
              claim={claim}
              rule={rule}
              chosen={chosen}
              note={nearnessWords(rule, text)}
            >
              <div className="quiet break">{subjectWords(rule.subject, text)}</div>
              <EvaluatedLeaves leaves={rule.deciding} rule={documentOf(rule.rule_code)} titles={titles} />
            </RuleItem>
          ))}
          {near.near.length === 0 && <li className="quiet">{t('why.no_near')}</li>}
        </Part>
      </div>
    </Card>
  );
}

function Part({ title, n, children }: { title: string; n: number; children: ReactNode }) {
  return (
    <section>
      <h2 className="part-title">
        {title} <span className="number">{count(n)}</span>
      </h2>
      <ul className="why-rules">{children}</ul>
    </section>
  );
}

function RuleItem({
  claim,
  rule,
  chosen,
  note,
  children,
}: {
  claim: ClaimName;
  rule: { readonly rule_code: string; readonly name: Message; readonly verdict: Verdict };
  chosen: string | null;
  note?: string;
  children: ReactNode;
}) {
  const { pick } = useText();
  const isChosen = rule.rule_code === chosen;
  return (
    <li className={isChosen ? 'why-rule why-rule-chosen' : 'why-rule'}>
      <div className="why-rule-head">
        <VerdictTag verdict={rule.verdict} />
        <Link
          to={paths.why(claim, { rule: rule.rule_code })}
          title={rule.rule_code}
          aria-current={isChosen ? 'true' : undefined}
        >
          {pick(rule.name)}
        </Link>
        {note !== undefined && <span className="quiet">{note}</span>}
      </div>
      {children}
    </li>
  );
}
