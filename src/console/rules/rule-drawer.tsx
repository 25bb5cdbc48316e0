import { Collapse, Drawer, Empty, Tag } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { named } from '../../claims/codes-contract.ts';
import type { RuleDocument, RulesList } from '../../rules/contract.ts';
import { Fact } from '../fact.tsx';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import type { MessageKey } from '../messages.ts';
import { paths } from '../paths.ts';
import { useTitles } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { categoryWords } from './category-words.ts';
import { Conditions } from './conditions.tsx';
import { RuleBasis, RuleExclusions, RuleParams } from './rule-parts.tsx';

const stageKeys = {
  事前: 'rule.stage.before',
  事中: 'rule.stage.during',
  事后: 'rule.stage.after',
} as const satisfies Readonly<Record<RuleDocument['stage'][number], MessageKey>>;

export function RuleDrawer(props: {
  code: string | undefined;
  rule: RulesList['rules'][number] | undefined;
  onClose: () => void;
}) {
  const { t, pick } = useText();
  const { code, rule } = props;
  return (
    <Drawer
      open={code !== undefined}
      onClose={props.onClose}
      size="min(720px, 100vw)"
      title={rule === undefined ? (code ?? '') : pick(rule.document.name)}
      extra={rule !== undefined && <VerdictTag verdict={rule.document.verdict} />}
    >
      {rule === undefined ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('rule.gone')} />
      ) : (
        <Content rule={rule} />
      )}
    </Drawer>
  );
}

function Content({ rule: { document, version, tables } }: { rule: RulesList['rules'][number] }) {
  const { t, pick, language } = useText();
  const titles = useTitles();
  const may = useMay();
  return (
    <div className="rule-detail">
      <p className="rule-purpose">{pick(document.purpose)}</p>
      <dl className="claim-facts">
        <Fact name={t('field.rule_code')}>{document.code}</Fact>
        <Fact name={t('rules.version_head')}>
          <code>{version}</code>
        </Fact>
        <Fact name={t('rule.category')}>{categoryWords(document.category, { t })}</Fact>
        <Fact name={t('rule.stage')}>
          {document.stage.map((stage) => t(stageKeys[stage])).join(t('value.separator'))}
        </Fact>
        <Fact name={t('rule.scope')}>
          {document.scope.kinds.map((kind) => named('kind', kind, language)).join(t('value.separator'))}
        </Fact>
        <Fact name={t('rule.unit')}>
          {[
            t(`rule.unit.${document.each.unit}`),
            ...(document.each.unit === 'window' ? [t(`rule.sets.${document.each.sets}`)] : []),
          ].join(t('value.separator'))}
        </Fact>
        <Fact name={t('rule.effective')}>
          {document.effective.to === null
            ? t('rule.effective_from', { from: document.effective.from })
            : t('rule.effective_span', { from: document.effective.from, to: document.effective.to })}
        </Fact>
        <Fact name={t('rule.stake')}>{t(`rule.stake.${document.stake.of}`)}</Fact>
        <Fact name={t('rules.national')}>
          {document.national.length === 0
            ? t('rules.no_national')
            : document.national.join(t('value.separator'))}
        </Fact>
      </dl>
      <Part title={t('rule.conditions')}>
        <Conditions rule={document} titles={titles} />
      </Part>
      {Object.keys(document.params).length > 0 && (
        <Part title={t('rule.params')}>
          <RuleParams rule={document} />
        </Part>
      )}
      {Object.keys(tables).length > 0 && (
        <Part title={t('rules.tables')}>
          <dl className="values">
            {Object.entries(tables).map(([table, tableVersion]) => (
              <div key={table}>
                <dt title={table}>{titles.table(table)}</dt>
                <dd>
                  <code>{tableVersion}</code>
                </dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      <Part title={t('rule.message')}>
        <p className="rule-message">{pick(document.message)}</p>
      </Part>
      <Part title={t('rule.exclusions')}>
        <RuleExclusions rule={document} />
      </Part>
      <Part title={t('rule.basis')}>
        <RuleBasis rule={document} />
      </Part>
      <Collapse
        size="small"
        items={[
          {
            key: 'json',
            label: t('rule.json'),
            children: (
              <pre className="json" tabIndex={0}>
                {JSON.stringify(document, null, 2)}
              </pre>
            ),
          },
        ]}
      />
      <p>
        <Tag variant="filled">
          <Link to={paths.findings({ rule_code: document.code })}>{t('rules.see_findings')}</Link>
        </Tag>
        {may('rulebook.read') && (
          <Tag variant="filled">
            <Link to={paths.ruleVersions(document.code)}>{t('book.versions')}</Link>
          </Tag>
        )}
      </p>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="part-title">{title}</h3>
      {children}
    </section>
  );
}
