/** One rule on one settlement: its verdict, why it says nothing where it does not apply, and every candidate with its tree. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Card, Collapse, Tag } from 'antd';
import { Link } from 'react-router';
import type { ExplainedCandidate, Explanation } from '../../screening/explain-contract.ts';
import { Asked } from '../asked.tsx';
import { EvaluationTree } from '../finding/evaluation-tree.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { type ClaimName, paths } from '../paths.ts';
import { explanationQuery } from '../queries.ts';
import { useSentence, useTitles } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { missingFactsWords, nearnessWords, subjectWords } from './explained-words.ts';
import { Reasons } from './reasons.tsx';

const skeletonRows = 8;

export function ExplanationPanel({
  claim,
  asked,
}: {
  claim: ClaimName;
  asked: { readonly rule: string; readonly version?: string };
}) {
  return (
    <Asked of={useQuery(explanationQuery(claim, asked))} rows={skeletonRows}>
      {(explanation) => <Content explanation={explanation} />}
    </Asked>
  );
}

function Content({ explanation }: { explanation: Explanation }) {
  const text = useText();
  const sentence = useSentence();
  const { t, pick, language } = text;
  const titles = useTitles();
  const may = useMay();
  const { rule, verdict, reasons, missing, findings, candidates, candidates_total } = explanation;
  const { document } = rule;
  return (
    <Card
      size="small"
      title={
        <span className="why-rule-head">
          <span className={`why-verdict why-verdict-${verdict}`}>{t(`why.verdict.${verdict}`)}</span>
          {may('rules.read') ? (
            <Link to={paths.rule(document.code)}>{pick(document.name)}</Link>
          ) : (
            pick(document.name)
          )}
          <VerdictTag verdict={document.verdict} />
        </span>
      }
      extra={
        <span className="quiet break">
          {rule.code} {rule.version}
        </span>
      }
    >
      <div className="stack">
        {!rule.in_force && (
          <div>
            <Tag>{t('why.not_in_force')}</Tag>
          </div>
        )}
        <Reasons reasons={reasons} />
        {missing.length > 0 && (
          <Alert type="warning" showIcon title={missingFactsWords(missing, titles, text)} />
        )}
        {findings.map(({ finding_id, message, amount }) => (
          <div key={finding_id} className="why-finding">
            {rule.in_force ? (
              <Link to={paths.finding(finding_id)}>{sentence(message)}</Link>
            ) : (
              <span>{sentence(message)}</span>
            )}
            <strong className="number">{money(amount, language)}</strong>
          </div>
        ))}
        {candidates.length > 0 && (
          <section>
            <h3 className="part-title">
              {t('why.candidates', { n: count(candidates_total) })}
              {candidates_total > candidates.length && (
                <span className="quiet">
                  {t('value.in_brackets', {
                    value: t('why.candidates_cut', { n: count(candidates.length) }),
                  })}
                </span>
              )}
            </h3>
            <Collapse
              size="small"
              defaultActiveKey={['0']}
              items={candidates.map((candidate, index) => ({
                key: String(index),
                label: <CandidateHead candidate={candidate} />,
                children: (
                  <>
                    {candidate.missing.length > 0 && (
                      <p className="card-note quiet">{missingFactsWords(candidate.missing, titles, text)}</p>
                    )}
                    {candidate.tree === null ? (
                      <p className="quiet">{t('why.no_tree')}</p>
                    ) : (
                      <EvaluationTree tree={candidate.tree} rule={document} titles={titles} />
                    )}
                  </>
                ),
              }))}
            />
          </section>
        )}
        <TablesUsed tables={rule.tables} />
      </div>
    </Card>
  );
}

function CandidateHead({ candidate }: { candidate: ExplainedCandidate }) {
  const text = useText();
  const { outcome } = candidate;
  return (
    <span className="why-candidate">
      <span className={`why-verdict why-verdict-${outcome}`}>{text.t(`why.verdict.${outcome}`)}</span>
      <span className="break">{subjectWords(candidate.subject, text)}</span>
      {outcome === 'no' && <span className="quiet">{nearnessWords(candidate, text)}</span>}
    </span>
  );
}

function TablesUsed({ tables }: { tables: Explanation['rule']['tables'] }) {
  const { t } = useText();
  const titles = useTitles();
  const used = Object.entries(tables);
  if (used.length === 0) return null;
  return (
    <p className="card-note quiet break">
      {t('why.tables')}{' '}
      {used
        .map(([table, version]) => `${titles.table(table)} ${version.slice(0, shownVersion)}`)
        .join(t('value.separator'))}
    </p>
  );
}

const shownVersion = 12;
