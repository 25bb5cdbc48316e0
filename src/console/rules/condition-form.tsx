/** The condition of a rule as a tree that can be edited. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { type Condition, type FactsList, type Leaf, type Operator, operators } from '../../rules/contract.ts';
import { factUnit, factWords, isFactRef, operandWords } from '../fact-words.ts';
import { useText } from '../language.tsx';
import { factsQuery } from '../queries.ts';
import { useTitles } from '../titles.ts';
import type { FormDocument } from './form-document.ts';
import { type Literal, literalOf, literalText } from './literal.ts';

interface Edited<Part extends Condition> {
  readonly condition: Part;
  readonly document: FormDocument;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove?: (() => void) | undefined;
}

export function ConditionForm(props: Edited<Condition>) {
  const { condition } = props;
  if ('operator' in condition) return <LeafForm {...props} condition={condition} />;
  return <GroupForm {...props} condition={condition} />;
}

type Group = Exclude<Condition, Leaf>;
type GroupKind = 'all' | 'any' | 'not';

const partsOf = (group: Group): Condition[] =>
  'all' in group ? group.all : 'any' in group ? group.any : [group.not];
const kindOf = (group: Group): GroupKind => ('all' in group ? 'all' : 'any' in group ? 'any' : 'not');

/** What is denied is one thing: several become all of them. */
function groupOf(kind: GroupKind, parts: Condition[]): Condition {
  if (kind === 'all') return { all: parts };
  if (kind === 'any') return { any: parts };
  const [only] = parts;
  return { not: only !== undefined && parts.length === 1 ? only : { all: parts } };
}

const newLeaf: Leaf = { fact: 'claim.medfee_sumamt', operator: 'greaterThan', value: 0 };

function GroupForm({ condition, document, onChange, onRemove }: Edited<Group>) {
  const { t } = useText();
  const kind = kindOf(condition);
  const parts = partsOf(condition);
  const put = (index: number, part: Condition): void => onChange(groupOf(kind, parts.with(index, part)));
  const add = (part: Condition): void => onChange(groupOf(kind, [...parts, part]));
  return (
    <div className="condition-group">
      <div className="form-row">
        <Select<GroupKind>
          aria-label={t('edit.group')}
          value={kind}
          onChange={(chosen) => onChange(groupOf(chosen, parts))}
          options={(['all', 'any', 'not'] as const).map((value) => ({ value, label: t(`tree.${value}`) }))}
        />
        {kind !== 'not' && (
          <>
            <Button size="small" onClick={() => add(newLeaf)}>
              {t('edit.add_leaf')}
            </Button>
            <Button size="small" onClick={() => add({ any: [newLeaf] })}>
              {t('edit.add_group')}
            </Button>
          </>
        )}
        <Remove onRemove={onRemove} />
      </div>
      <ul>
        {parts.map((part, index) => (
          // Parts have no names: their place is their identity.
          <li key={index}>
            <ConditionForm
              condition={part}
              document={document}
              onChange={(changed) => put(index, changed)}
              onRemove={
                parts.length > 1 ? () => onChange(groupOf(kind, parts.toSpliced(index, 1))) : undefined
              }
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function LeafForm({ condition: leaf, document, onChange, onRemove }: Edited<Leaf>) {
  const text = useText();
  const { t } = text;
  const titles = useTitles();
  const { data: facts } = useQuery(factsQuery);
  // Facts with arguments of their own, or compared with other facts: more than a row can say.
  if (leaf.params !== undefined || isFactRef(leaf.value))
    return (
      <div className="form-row">
        <span className="break">
          {factWords(leaf, document, titles, text)} {t(`operator.${leaf.operator}`)}{' '}
          {operandWords(leaf, document, titles, text)}
        </span>
        <code className="quiet break">{JSON.stringify(leaf)}</code>
        <Remove onRemove={onRemove} />
      </div>
    );
  return (
    <div className="form-row">
      <Select<string>
        className="fact-picker"
        aria-label={t('edit.fact')}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        value={leaf.fact}
        onChange={(fact) => onChange(withFact(leaf, fact, facts))}
        options={[
          ...Object.keys(document.let).map((name) => ({
            value: name,
            label: factWords({ fact: name }, document, titles, text),
          })),
          ...(facts?.facts ?? []).map(({ name, title }) => ({ value: name, label: text.pick(title) })),
        ].concat(
          isListed(leaf.fact, document, facts)
            ? []
            : [{ value: leaf.fact, label: factWords(leaf, document, titles, text) }],
        )}
      />
      <Select<Operator>
        aria-label={t('edit.operator')}
        popupMatchSelectWidth={false}
        value={leaf.operator}
        onChange={(operator) => onChange(withOperator(leaf, operator))}
        options={operators.map((value) => ({ value, label: t(`operator.${value}`) }))}
      />
      <Operand leaf={leaf} document={document} onChange={onChange} />
      <span className="quiet">{factUnit(leaf, document, titles, text)}</span>
      <Remove onRemove={onRemove} />
    </div>
  );
}

const isListed = (fact: string, document: FormDocument, facts: FactsList | undefined): boolean =>
  Object.hasOwn(document.let, fact) || facts?.facts.some(({ name }) => name === fact) === true;

/** Another fact may be of another type: its value begins anew. */
function withFact(leaf: Leaf, fact: string, facts: FactsList | undefined): Leaf {
  const type = (name: string) => facts?.facts.find((known) => known.name === name)?.type;
  const { path: _path, ...rest } = leaf;
  if (type(fact) === type(leaf.fact)) return { ...rest, fact };
  const value = type(fact) === 'boolean' ? true : type(fact) === 'number' ? 0 : '';
  return { ...rest, fact, operator: 'equal', value };
}

const listOperators: ReadonlySet<Operator> = new Set(['in', 'notIn', 'startsWithAny']);

/** Some operators take a list, the others one value. */
function withOperator(leaf: Leaf, operator: Operator): Leaf {
  const { value } = leaf;
  if (typeof value === 'object' && !Array.isArray(value)) return { ...leaf, operator };
  if (listOperators.has(operator))
    return { ...leaf, operator, value: Array.isArray(value) ? value : [value] };
  return { ...leaf, operator, value: Array.isArray(value) ? (value[0] ?? '') : value };
}

function Operand({ leaf, document, onChange }: Omit<Edited<Leaf>, 'condition'> & { leaf: Leaf }) {
  const { t, pick } = useText();
  const { value } = leaf;
  const isParam = typeof value === 'object' && !Array.isArray(value);
  const params = Object.entries(document.params);
  const put = (next: Leaf['value']): void => onChange({ ...leaf, value: next });
  return (
    <>
      {params.length > 0 && (
        <Select<string>
          aria-label={t('edit.operand')}
          popupMatchSelectWidth={false}
          value={isParam && 'param' in value ? value.param : ''}
          onChange={(name) => put(name === '' ? 0 : { param: name })}
          options={[
            { value: '', label: t('edit.literal') },
            ...params.map(([name, { title }]) => ({ value: name, label: pick(title) || name })),
          ]}
        />
      )}
      {!isParam && <LiteralField value={value} onChange={put} />}
    </>
  );
}

function LiteralField({ value, onChange }: { value: Literal; onChange: (value: Literal) => void }) {
  const { t } = useText();
  const label = t('edit.value');
  if (typeof value === 'number')
    return (
      <InputNumber
        aria-label={label}
        value={value}
        onChange={(next) => {
          if (next !== null) onChange(next);
        }}
      />
    );
  if (typeof value === 'boolean')
    return (
      <Select<'yes' | 'no'>
        aria-label={label}
        value={value ? 'yes' : 'no'}
        onChange={(chosen) => onChange(chosen === 'yes')}
        options={[
          { value: 'yes', label: t('value.yes') },
          { value: 'no', label: t('value.no') },
        ]}
      />
    );
  return (
    <Input
      className="literal"
      aria-label={label}
      value={literalText(value)}
      onChange={({ target }) => onChange(literalOf(target.value, value))}
    />
  );
}

function Remove({ onRemove }: { onRemove: (() => void) | undefined }) {
  const { t } = useText();
  if (onRemove === undefined) return null;
  return (
    <Button size="small" type="text" danger onClick={onRemove}>
      {t('edit.remove')}
    </Button>
  );
}
