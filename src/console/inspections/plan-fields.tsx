/** Fields over the text of a plan: each knows its place in it, writes there alone, and says there what is wrong. */
import { Alert, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { separators } from '../rules/ramp-words.ts';
import { type PlacedFault, placeOf } from './plan-document.ts';

export type Path = readonly (string | number)[];

interface Editing {
  /** `undefined` takes the member out. */
  readonly put: (path: Path, value: unknown) => void;
  readonly faults: readonly PlacedFault[];
  /** Whether what is wrong with a field is said yet: not before somebody was there. */
  readonly isSaid: (place: string) => boolean;
}

export const PlanEditing = createContext<Editing>({ put: () => undefined, faults: [], isSaid: () => false });

const textMax = 200;
const permillePerPercent = 10;

interface Named {
  readonly path: Path;
  readonly label: string;
  readonly hint?: string | undefined;
}

const faultId = (id: string): string => `${id}-fault`;

/** @returns the id of the field, what is wrong with it, and how it is written */
function useField(path: Path) {
  const { put, faults, isSaid } = useContext(PlanEditing);
  const place = placeOf(path);
  const mine = faults.filter((fault) => fault.place === place || fault.place.startsWith(`${place}/`));
  const id = `plan${place.replaceAll('/', '-')}`;
  const help = isSaid(place) && mine.length > 0 ? mine.map(({ words }) => words).join(' · ') : undefined;
  return {
    id,
    help,
    /** For those who hear it. */
    input: {
      id,
      ...(help === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': faultId(id) }),
    },
    write: (value: unknown) => put(path, value),
  };
}

function Field({
  label,
  hint,
  id,
  help,
  children,
}: Omit<Named, 'path'> & { id: string; help: string | undefined; children: ReactNode }) {
  return (
    <Form.Item
      label={label}
      htmlFor={id}
      extra={hint}
      help={help === undefined ? undefined : <span id={faultId(id)}>{help}</span>}
      validateStatus={help === undefined ? '' : 'error'}
    >
      {children}
    </Form.Item>
  );
}

export function TextField({ value, ...named }: Named & { value: string }) {
  const { id, help, input, write } = useField(named.path);
  return (
    <Field {...named} id={id} help={help}>
      <Input {...input} maxLength={textMax} value={value} onChange={({ target }) => write(target.value)} />
    </Field>
  );
}

export function DayField({ value, ...named }: Named & { value: string }) {
  const { id, help, input, write } = useField(named.path);
  return (
    <Field {...named} id={id} help={help}>
      <Input {...input} type="date" value={value} onChange={({ target }) => write(target.value)} />
    </Field>
  );
}

/** Without ends of the input: these would put another number in the place of what was typed without a word. */
export function NumberField({
  value,
  unit,
  isOptional = false,
  isShare = false,
  ...named
}: Named & {
  value: number | null | undefined;
  unit?: string;
  /** What is not stated is not there, instead of `null`. */
  isOptional?: boolean;
  /** Parts of a thousand, as people say them: in a hundred. */
  isShare?: boolean;
}) {
  const { t } = useText();
  const { id, help, input, write } = useField(named.path);
  const scale = isShare ? permillePerPercent : 1;
  // The schema speaks of thousandths.
  const said = isShare && help !== undefined && value != null ? t('plan.share_range') : help;
  return (
    <Field {...named} id={id} help={said}>
      <InputNumber<number>
        {...input}
        className="plan-number"
        precision={isShare ? 1 : 0}
        suffix={unit}
        value={value == null ? null : value / scale}
        onChange={(typed) =>
          write(typed === null ? (isOptional ? undefined : null) : Math.round(typed * scale))
        }
      />
    </Field>
  );
}

export function WordsField({
  value,
  options = [],
  isOptional = false,
  ...named
}: Named & {
  value: readonly string[] | undefined;
  options?: { value: string; label: string }[];
  /** None at all is not there, instead of an empty list. */
  isOptional?: boolean;
}) {
  const { id, help, input, write } = useField(named.path);
  return (
    <Field {...named} id={id} help={help}>
      <Select<string[]>
        {...input}
        mode="tags"
        suffixIcon={null}
        tokenSeparators={[...separators]}
        options={options}
        showSearch={{ optionFilterProp: 'label' }}
        {...(options.length === 0 ? { open: false } : {})}
        value={[...(value ?? [])]}
        onChange={(typed) => write(isOptional && typed.length === 0 ? undefined : typed)}
      />
    </Field>
  );
}

export function YesField({
  path,
  label,
  hint,
  value,
  isOptional = false,
}: Named & { value: boolean | undefined; isOptional?: boolean }) {
  const { id, help, input, write } = useField(path);
  return (
    <Form.Item
      extra={hint}
      help={help === undefined ? undefined : <span id={faultId(id)}>{help}</span>}
      validateStatus={help === undefined ? '' : 'error'}
    >
      <Checkbox
        {...input}
        checked={value === true}
        onChange={({ target }) => write(target.checked ? true : isOptional ? undefined : false)}
      >
        {label}
      </Checkbox>
    </Form.Item>
  );
}

const shanghai = '+08:00';
const msOf = (typed: string): number => Date.parse(`${typed}${shanghai}`);
const isInstant = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime());
/** As an input of the browser writes it: whole minutes have no seconds. */
const typedOf = (ms: number): string =>
  isInstant(ms) ? instant(new Date(ms).toISOString()).replace(' ', 'T').replace(/:00$/, '') : '';

/**
 * A time in Beijing, wherever the browser is.
 * @param valueAt what the plan says for it: the instant itself, or the round that becomes known then
 */
export function TimeField<Value>({
  value,
  ms,
  valueAt,
  empty,
  ...named
}: Named & {
  value: Value;
  /** Of the value; `NaN`: it is none. */
  ms: number;
  valueAt: (ms: number) => Value;
  empty: Value;
}) {
  const { id, help, input, write } = useField(named.path);
  // What is typed stands, as long as the plan says the same: on the way to a year there are years of one digit.
  const [typed, setTyped] = useState('');
  const at = msOf(typed);
  return (
    <Field {...named} id={id} help={help}>
      <Input
        {...input}
        type="datetime-local"
        value={isInstant(at) && valueAt(at) === value ? typed : typedOf(ms)}
        onChange={({ target }) => {
          setTyped(target.value);
          const chosen = msOf(target.value);
          write(isInstant(chosen) ? valueAt(chosen) : empty);
        }}
      />
    </Field>
  );
}

export const isoAt = (ms: number): string => new Date(ms).toISOString();

/** What is wrong with a part as a whole. @param isDeep with what lies in it, too, since it has no fields */
export function PartFaults({ path, isDeep = false }: { path: Path; isDeep?: boolean }) {
  const { faults } = useContext(PlanEditing);
  const place = placeOf(path);
  const mine = faults.filter(
    (fault) => fault.place === place || (isDeep && fault.place.startsWith(`${place}/`)),
  );
  return mine.length === 0 ? null : (
    <Alert
      type="warning"
      showIcon
      title={mine.map(({ words }) => (
        <div key={words} className="break">
          {words}
        </div>
      ))}
    />
  );
}
