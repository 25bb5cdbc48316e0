/** A rule as a form over the same text: what the form cannot say is shown as it stands, and edited as JSON. */
import { Alert, Input, InputNumber, Segmented, Select, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { type FactRef, verdicts } from '../../rules/contract.ts';
import { named } from '../code-names.ts';
import { factWords } from '../fact-words.ts';
import { useText } from '../language.tsx';
import { factsQuery } from '../queries.ts';
import { useTitles } from '../titles.ts';
import { verdictKeys } from '../verdict-tag.tsx';
import { ConditionForm } from './condition-form.tsx';
import { type FormDocument, formDocumentOf, withParts } from './form-document.ts';
import { literalOf, literalText } from './literal.ts';

const textMax = 500;

export function RuleForm({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useText();
  const document = formDocumentOf(text);
  if (document === null) return <Alert type="info" showIcon title={t('edit.no_form')} />;
  const change = (parts: Partial<FormDocument>): void => onChange(withParts(text, document, parts));
  return (
    <div className="rule-form">
      <Words label={t('edit.name')} value={document.name} onChange={(name) => change({ name })} />
      <Words
        label={t('edit.purpose')}
        value={document.purpose}
        onChange={(purpose) => change({ purpose })}
        isLong
      />
      <Labelled label={t('field.verdict')}>
        <Segmented
          value={document.verdict}
          onChange={(verdict) => change({ verdict })}
          options={verdicts.map((value) => ({ value, label: t(verdictKeys[value]) }))}
        />
      </Labelled>
      <Params document={document} onChange={(params) => change({ params })} />
      <Lets document={document} onChange={(entries) => change({ let: entries })} />
      <Labelled label={t('rule.conditions')}>
        <ConditionForm
          condition={document.conditions}
          document={document}
          onChange={(conditions) => change({ conditions })}
        />
      </Labelled>
      <Words
        label={t('rule.message')}
        value={document.message}
        onChange={(message) => change({ message })}
        isLong
      />
      <p className="quiet">{t('edit.rest_as_json')}</p>
    </div>
  );
}

type Bilingual = FormDocument['name'];

function Words(props: {
  label: string;
  value: Bilingual;
  onChange: (value: Bilingual) => void;
  isLong?: boolean;
}) {
  const { t } = useText();
  const { label, value } = props;
  const Field = props.isLong === true ? LongField : Input;
  return (
    <Labelled label={label}>
      {(['zh', 'en'] as const).map((language) => (
        <Field
          key={language}
          aria-label={`${label} ${t(`language.${language}`)}`}
          placeholder={t(`language.${language}`)}
          maxLength={textMax}
          value={value[language]}
          onChange={(event: { target: { value: string } }) =>
            props.onChange({ ...value, [language]: event.target.value })
          }
        />
      ))}
    </Labelled>
  );
}

const LongField = Input.TextArea;

function Params(props: { document: FormDocument; onChange: (params: FormDocument['params']) => void }) {
  const { t, pick, language } = useText();
  const { params } = props.document;
  if (Object.keys(params).length === 0) return null;
  return (
    <Labelled label={t('rule.params')}>
      {Object.entries(params).map(([name, param]) => {
        const put = (value: typeof param.value): void =>
          props.onChange({ ...params, [name]: { ...param, value } });
        const label = pick(param.title) || name;
        return (
          <div key={name} className="form-row">
            <span title={name}>{label}</span>
            {typeof param.value === 'number' ? (
              <InputNumber
                aria-label={label}
                value={param.value}
                onChange={(value) => {
                  if (value !== null) put(value);
                }}
              />
            ) : (
              <Input
                aria-label={label}
                value={literalText(param.value)}
                onChange={({ target }) => put(literalOf(target.value, param.value))}
              />
            )}
            <span className="quiet">{param.unit === '—' ? '' : named('unit', param.unit, language)}</span>
            <Tag variant="filled">{param.standing === '法定' ? t('rule.statutory') : t('rule.example')}</Tag>
          </div>
        );
      })}
    </Labelled>
  );
}

/** Facts with arguments: of a knowledge table the table can be chosen; the rest is words. */
function Lets(props: { document: FormDocument; onChange: (entries: FormDocument['let']) => void }) {
  const text = useText();
  const { t, pick } = text;
  const titles = useTitles();
  const { data: facts } = useQuery(factsQuery);
  const entries = props.document.let;
  if (Object.keys(entries).length === 0) return null;
  const withTable = (name: string, entry: FactRef, table: string): void =>
    props.onChange({ ...entries, [name]: { ...entry, params: { ...entry.params, table } } });
  return (
    <Labelled label={t('edit.let')}>
      {Object.entries(entries).map(([name, entry]) => {
        const table = entry.params?.['table'];
        return (
          <div key={name} className="form-row">
            <code>{name}</code>
            <span className="break">{factWords(entry, props.document, titles, text)}</span>
            {typeof table === 'string' ? (
              <Select
                aria-label={`${name} ${t('rules.tables')}`}
                showSearch={{ optionFilterProp: 'label' }}
                value={table}
                onChange={(chosen: string) => withTable(name, entry, chosen)}
                options={(facts?.tables ?? []).map((known) => ({
                  value: known.table,
                  label: pick(known.title),
                }))}
              />
            ) : (
              <code className="quiet break">{JSON.stringify(entry)}</code>
            )}
          </div>
        );
      })}
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="form-part">
      <h3 className="part-title">{label}</h3>
      {children}
    </section>
  );
}
