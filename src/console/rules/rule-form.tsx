/** A rule as a form over the same text: what the form cannot say is shown as it stands, and edited as JSON. */
import { Alert, Button, Input, InputNumber, Segmented, Select, Tooltip } from 'antd';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { type FactRef, verdicts } from '../../rules/contract.ts';
import { factWords } from '../fact-words.ts';
import { FormPart } from '../form-part.tsx';
import { useText } from '../language.tsx';
import { factsQuery } from '../queries.ts';
import { useTitles } from '../titles.ts';
import { knownUnits, unitName } from '../unit-names.ts';
import { verdictKeys } from '../verdict-tag.tsx';
import { ConditionForm } from './condition-form.tsx';
import {
  type FormDocument,
  formDocumentOf,
  freeParamName,
  isParamUsed,
  paramName,
  withParamNamed,
  withParts,
} from './form-document.ts';
import { literalOf, literalText } from './literal.ts';

const textMax = 500;

export function RuleForm({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useText();
  const document = formDocumentOf(text);
  if (document === null) return <Alert type="info" showIcon title={t('edit.no_form')} />;
  const change = (parts: Partial<FormDocument>): void => onChange(withParts(text, document, parts));
  return (
    <div className="long-form">
      <Words label={t('edit.name')} value={document.name} onChange={(name) => change({ name })} />
      <Words
        label={t('edit.purpose')}
        value={document.purpose}
        onChange={(purpose) => change({ purpose })}
        isLong
      />
      <FormPart label={t('field.verdict')}>
        <Segmented
          value={document.verdict}
          onChange={(verdict) => change({ verdict })}
          options={verdicts.map((value) => ({ value, label: t(verdictKeys[value]) }))}
        />
      </FormPart>
      <Params document={document} onChange={change} />
      <Lets document={document} onChange={(entries) => change({ let: entries })} />
      <FormPart label={t('rule.conditions')}>
        <ConditionForm
          condition={document.conditions}
          document={document}
          onChange={(conditions) => change({ conditions })}
        />
      </FormPart>
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
    <FormPart label={label}>
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
    </FormPart>
  );
}

const LongField = Input.TextArea;

type Param = FormDocument['params'][string];

const newParam: Param = { title: { zh: '', en: '' }, value: 0, unit: '—', standing: '示例' };

function Params({
  document,
  onChange,
}: {
  document: FormDocument;
  onChange: (parts: Partial<FormDocument>) => void;
}) {
  const { t } = useText();
  const { params } = document;
  const put = (name: string, param: Param): void => onChange({ params: { ...params, [name]: param } });
  return (
    <FormPart label={t('rule.params')}>
      {Object.entries(params).map(([name, param]) => (
        <ParamForm
          key={name}
          name={name}
          param={param}
          others={Object.keys(params)}
          onChange={(changed) => put(name, changed)}
          onRename={(to) => onChange(withParamNamed(document, name, to))}
          onRemove={
            isParamUsed({ ...document, params: {} }, name)
              ? null
              : () => {
                  const { [name]: _gone, ...rest } = params;
                  onChange({ params: rest });
                }
          }
        />
      ))}
      <div>
        <Button size="small" onClick={() => put(freeParamName(document), newParam)}>
          {t('edit.add_param')}
        </Button>
      </div>
    </FormPart>
  );
}

function ParamForm(props: {
  name: string;
  param: Param;
  others: readonly string[];
  onChange: (param: Param) => void;
  onRename: (to: string) => void;
  /** `null`: something refers to it. */
  onRemove: (() => void) | null;
}) {
  const { t, pick, language } = useText();
  const { name, param, onChange, onRename, onRemove } = props;
  const label = pick(param.title) || name;
  // A name is taken when it is written out: on the way to it there are names that are none, or another's.
  const [typed, setTyped] = useState(name);
  const isTaken = typed !== name && props.others.includes(typed);
  const isName = paramName.test(typed) && !isTaken;
  const rename = (): void => {
    if (isName && typed !== name) onRename(typed);
  };
  return (
    <div className="form-param">
      <div className="form-row">
        <Tooltip title={isTaken ? t('edit.param_taken') : isName ? '' : t('edit.param_name_form')}>
          <Input
            className="param-name"
            aria-label={`${label} ${t('edit.param_name')}`}
            status={isName ? '' : 'error'}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onBlur={rename}
            onPressEnter={rename}
          />
        </Tooltip>
        {(['zh', 'en'] as const).map((of) => (
          <Input
            key={of}
            className="literal"
            aria-label={`${name} ${t('edit.param_title')} ${t(`language.${of}`)}`}
            placeholder={`${t('edit.param_title')} ${t(`language.${of}`)}`}
            maxLength={textMax}
            value={param.title[of]}
            onChange={({ target }) => onChange({ ...param, title: { ...param.title, [of]: target.value } })}
          />
        ))}
      </div>
      <div className="form-row">
        {typeof param.value === 'number' ? (
          <InputNumber
            aria-label={label}
            value={param.value}
            onChange={(value) => {
              if (value !== null) onChange({ ...param, value });
            }}
          />
        ) : (
          <Input
            className="literal"
            aria-label={label}
            value={literalText(param.value)}
            onChange={({ target }) => onChange({ ...param, value: literalOf(target.value, param.value) })}
          />
        )}
        <Select
          aria-label={`${label} ${t('edit.param_unit')}`}
          showSearch={{ optionFilterProp: 'label' }}
          value={param.unit}
          onChange={(unit: string) => onChange({ ...param, unit })}
          options={[...new Set([noUnit, ...knownUnits, param.unit])].map((unit) => ({
            value: unit,
            label: unit === noUnit ? t('edit.no_unit') : unitName(unit, language),
          }))}
        />
        <Select<Param['standing']>
          aria-label={`${label} ${t('edit.param_standing')}`}
          value={param.standing}
          onChange={(standing) => onChange({ ...param, standing })}
          options={[
            { value: '法定', label: t('rule.statutory') },
            { value: '示例', label: t('rule.example') },
          ]}
        />
        <Tooltip title={onRemove === null ? t('edit.param_used') : ''}>
          <Button
            size="small"
            type="text"
            disabled={onRemove === null}
            aria-label={`${t('edit.remove')} ${label}`}
            onClick={() => onRemove?.()}
          >
            {t('edit.remove')}
          </Button>
        </Tooltip>
      </div>
    </div>
  );
}

const noUnit = '—';

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
    <FormPart label={t('edit.let')}>
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
    </FormPart>
  );
}
