/**
 * The fields of an act, out of the contract of its command: what the contract asks for is what the form asks for. Money is typed in yuan and
 * sent in fen.
 */
import { Button, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { z } from 'zod';
import { type Action, commandSchema, namedSubjectKinds } from '../../cases/contract.ts';
import type { CaseDetail } from '../../cases/view-contract.ts';
import { type Text, useText } from '../language.tsx';
import { isMessageKey, type MessageKey } from '../messages.ts';
import { YuanInput, useYuanRule } from '../yuan-input.tsx';

interface Choices {
  readonly label: string;
  readonly options: { readonly value: number; readonly label: string }[];
}

/** What of a JSON Schema the form needs. */
interface Field {
  /** Of a field of the act itself: it may be left blank, and is left out then. */
  readonly isOptional?: boolean;
  readonly type?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly pattern?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly properties?: Readonly<Record<string, Field>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Field | undefined;
  readonly anyOf?: readonly Field[] | undefined;
  /** What it is chosen from, where the case knows that. */
  readonly choices?: readonly Choices[] | undefined;
}
const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    enum: z.array(z.string()).optional(),
    pattern: z.string().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    properties: z.record(z.string(), fieldSchema).optional(),
    required: z.array(z.string()).optional(),
    items: fieldSchema.optional(),
    anyOf: z.array(fieldSchema).optional(),
  }),
);

export type Typed = Readonly<Record<string, unknown>>;

/** Longer texts get more than a line. */
const lineMax = 200;
const fenOfYuan = 100;
const isMoney = (name: string): boolean => name === 'fen' || name.endsWith('_fen');

const detailOf = (action: Action) => {
  const option = commandSchema.options.find(({ shape }) => shape.action.value === action);
  if (option === undefined) throw new Error(`there is no act ${action}`);
  return option.shape.detail;
};

/** The party, of whose kind it depends what is asked for: a person is asked for no name, and a cause is one of its kind. */
type Asking = Pick<CaseDetail, 'subject' | 'causes'>;

export function fieldsOf(
  action: Action,
  { subject: { kind }, causes }: Asking,
): Readonly<Record<string, Field>> {
  const { properties = {}, required } = fieldSchema.parse(
    z.toJSONSchema(detailOf(action), { unrepresentable: 'any' }),
  );
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== 'party_name' || namedSubjectKinds.includes(kind))
      .map(([name, field]) => [
        name,
        {
          ...field,
          isOptional: required?.includes(name) !== true,
          ...(name === 'cause' ? { choices: choicesOf(causes) } : {}),
        },
      ]),
  );
}

/** The causes as the dictionary has them: conduct by conduct under what it is. */
const choicesOf = (causes: CaseDetail['causes']): Choices[] =>
  [...new Set(causes.map(({ cause }) => cause))].map((label) => ({
    label,
    options: causes
      .filter(({ cause }) => cause === label)
      .map(({ item, conduct }) => ({ value: item, label: `${item}. ${conduct}` })),
  }));

/** What was typed as the contract has it: yuan in fen, nothing where a part was left out. */
export const detailFrom = (fields: Readonly<Record<string, Field>>, typed: Typed): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, valueFrom(name, field, typed[name])]),
  );

function valueFrom(name: string, field: Field, value: unknown): unknown {
  if (field.anyOf !== undefined) {
    const [part] = field.anyOf;
    const isWanted = isTyped(value) && value['wanted'] === true;
    return part?.properties !== undefined && isWanted ? detailFrom(part.properties, value) : null;
  }
  if (field.properties !== undefined) return detailFrom(field.properties, isTyped(value) ? value : {});
  if (isMoney(name)) return typeof value === 'number' ? Math.round(value * fenOfYuan) : 0;
  if (field.type === 'boolean') return value === true;
  if (field.isOptional === true && typeof value === 'string' && value.trim() === '') return undefined;
  return value;
}

/** The other way round: what the case knows already stands in the form when it opens. */
export const typedFrom = (fields: Readonly<Record<string, Field>>, known: Typed): Typed =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, typedOf(name, field, known[name])]),
  );

function typedOf(name: string, field: Field, value: unknown): unknown {
  const [part] = field.anyOf ?? [];
  if (part?.properties !== undefined)
    return isTyped(value) ? { wanted: true, ...typedFrom(part.properties, value) } : undefined;
  if (field.properties !== undefined) return isTyped(value) ? typedFrom(field.properties, value) : undefined;
  if (field.type === 'array' && field.items?.properties !== undefined)
    return Array.isArray(value) && value.length > 0 ? value : [{}, {}];
  return isMoney(name) && typeof value === 'number' ? value / fenOfYuan : value;
}

const isTyped = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields and options are named by the catalogue; one without a name stands as the contract has it. */
const nameOf = (kind: 'field' | 'option', name: string, { t }: Text): string => {
  const key = `case.${kind}.${name}`;
  return isPlain(key) ? t(key) : name;
};
type PlainKey = Extract<MessageKey, `case.field.${string}` | `case.option.${string}`>;
const isNote = (key: string): key is Extract<MessageKey, `case.note.${string}`> =>
  isMessageKey(key) && key.startsWith('case.note.');
const isPlain = (key: string): key is PlainKey => isMessageKey(key) && /^case\.(field|option)\./.test(key);

export function ActFields({
  fields,
  within = [],
}: {
  fields: Readonly<Record<string, Field>>;
  within?: readonly (string | number)[];
}) {
  return Object.entries(fields).map(([name, field]) => (
    <ActField key={name} name={name} field={field} within={within} />
  ));
}

function ActField({
  name,
  field,
  within,
}: {
  name: string;
  field: Field;
  within: readonly (string | number)[];
}) {
  const text = useText();
  const { t } = text;
  const label = nameOf('field', name, text);
  const at = [...within, name];
  const needed = { required: true, message: t('draw.needed') };
  const yuanRule = useYuanRule();
  const [first] = field.anyOf ?? [];
  if (first?.properties !== undefined)
    return (
      <fieldset className="case-part">
        <Form.Item name={[...at, 'wanted']} valuePropName="checked" noStyle>
          <Checkbox>{label}</Checkbox>
        </Form.Item>
        <Form.Item noStyle shouldUpdate>
          {({ getFieldValue }) =>
            getFieldValue([...at, 'wanted']) === true && (
              <ActFields fields={first.properties ?? {}} within={at} />
            )
          }
        </Form.Item>
      </fieldset>
    );
  if (field.properties !== undefined)
    return (
      <fieldset className="case-part">
        <legend>{label}</legend>
        <ActFields fields={field.properties} within={at} />
      </fieldset>
    );
  if (field.type === 'array' && field.items?.properties !== undefined)
    return <ActList label={label} at={at} fields={field.items.properties} />;
  if (field.type === 'boolean')
    return (
      <Form.Item name={at} valuePropName="checked">
        <Checkbox>{label}</Checkbox>
      </Form.Item>
    );
  const note = `case.note.${name}`;
  const rules = [...(field.isOptional === true ? [] : [needed]), ...(isMoney(name) ? [yuanRule] : [])];
  return (
    <Form.Item label={label} name={at} rules={rules} extra={isNote(note) ? t(note) : undefined}>
      {inputOf(name, field, text)}
    </Form.Item>
  );
}

function inputOf(name: string, field: Field, text: Text) {
  if (field.choices !== undefined)
    return <Select showSearch={{ optionFilterProp: 'label' }} options={[...field.choices]} />;
  if (field.enum !== undefined)
    return <Select options={field.enum.map((value) => ({ value, label: nameOf('option', value, text) }))} />;
  if (field.type === 'array') return <Select mode="tags" open={false} suffixIcon={null} />;
  if (isMoney(name)) return <YuanInput />;
  if (field.type === 'integer')
    return (
      <InputNumber min={field.minimum ?? 0} max={field.maximum ?? Number.MAX_SAFE_INTEGER} precision={0} />
    );
  if (field.pattern?.includes('\\d{4}-\\d{2}-\\d{2}') === true) return <Input type="date" />;
  return (field.maxLength ?? 0) > lineMax ? (
    <Input.TextArea rows={3} maxLength={field.maxLength} />
  ) : (
    <Input maxLength={field.maxLength} />
  );
}

function ActList({
  label,
  at,
  fields,
}: {
  label: string;
  at: (string | number)[];
  fields: Readonly<Record<string, Field>>;
}) {
  const { t } = useText();
  return (
    <fieldset className="case-part">
      <legend>{label}</legend>
      <Form.List name={at}>
        {(items, { add, remove }) => (
          <>
            {items.map(({ key, name }) => (
              <div key={key} className="case-list-row">
                <ActFields fields={fields} within={[name]} />
                <Button size="small" type="text" disabled={items.length < 2} onClick={() => remove(name)}>
                  {t('edit.remove')}
                </Button>
              </div>
            ))}
            <Button size="small" onClick={() => add({})}>
              {t('case.add_row')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
