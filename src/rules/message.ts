/**
 * What people read of a hit. A message holds placeholders: `{line.item_name}` is the value of a fact, `{person.gend:name}` the name of its
 * code in the language of the message. A code that is not listed stands as it is; what is not stated says so.
 */
import { named } from '../claims/codes-contract.ts';
import type { Message } from '../claims/contract.ts';
import { fieldOf, letEntryOf, type RuleDocument } from './contract.ts';
import { isList, type Value } from './value.ts';

export interface Placeholder {
  readonly fact: string;
  /** What stands after the colon, which lint lets be `name` alone; `undefined`: the value is meant. */
  readonly form: string | undefined;
}

const pattern = /\{([a-z][a-z0-9_.]*)(?::([^{}]*))?\}/g;

export const placeholdersOf = (template: string): Placeholder[] =>
  [...template.matchAll(pattern)].map(([, fact = '', form]) => ({ fact, form }));

export interface RuleMessage {
  /** The facts that it mentions, each once. */
  readonly facts: readonly string[];
  /** @param values by the names in `facts` */
  readonly fill: (values: Readonly<Record<string, Value>>) => Message;
}

/** Reads the templates once, so that a hit only puts values in. */
export function compileMessage({
  message,
  let: entries,
}: Pick<RuleDocument, 'message' | 'let'>): RuleMessage {
  const zh = partsOf(message.zh, entries);
  const en = partsOf(message.en, entries);
  return {
    facts: [...new Set([...zh, ...en].flatMap((part) => (typeof part === 'string' ? [] : part.fact)))],
    fill: (values) => ({ zh: filled(zh, values, 'zh'), en: filled(en, values, 'en') }),
  };
}

interface Slot {
  readonly fact: string;
  /** Whose code list names the value; `null`: the value stands as it is. */
  readonly field: string | null;
}

function partsOf(template: string, entries: RuleDocument['let']): readonly (string | Slot)[] {
  const parts: (string | Slot)[] = [];
  let end = 0;
  for (const { 0: whole, 1: fact = '', 2: form, index } of template.matchAll(pattern)) {
    const reference = { fact };
    const field = form === 'name' ? fieldOf(letEntryOf(reference, entries) ?? reference) : null;
    parts.push(template.slice(end, index), { fact, field });
    end = index + whole.length;
  }
  parts.push(template.slice(end));
  return parts;
}

/** Names hold commas in English: `inpatient, injury`. */
const words: Readonly<Record<keyof Message, { readonly notStated: string; readonly separator: string }>> = {
  zh: { notStated: '（未提供）', separator: '、' },
  en: { notStated: '(not stated)', separator: ' / ' },
};

function filled(
  parts: readonly (string | Slot)[],
  values: Readonly<Record<string, Value>>,
  language: keyof Message,
): string {
  let text = '';
  for (const part of parts)
    text += typeof part === 'string' ? part : slotText(part, values[part.fact], language);
  return text;
}

function slotText({ field }: Slot, value: Value, language: keyof Message): string {
  const { notStated, separator } = words[language];
  if (value === undefined || value === null) return notStated;
  if (field === null) return String(value);
  const codes = isList(value) ? value : [value];
  return codes.map((code) => named(field, String(code), language)).join(separator);
}
