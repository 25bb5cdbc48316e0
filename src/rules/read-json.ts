/** The text of a rule or of its examples, as people save it, read into a value – or what is wrong with the text, and how it is put right. */
import { isUtf8 } from 'node:buffer';
import type { Message } from '../claims/contract.ts';
import { countText } from '../platform/fill-contract.ts';
import { type JsonFault, jsonFault, repeatedMembers } from '../platform/json-text-contract.ts';

export interface TextIssue {
  /** JSON path; `$` where the text is no JSON at all. */
  readonly path: string;
  readonly message: Message;
}

export type ReadJson =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly issues: readonly TextIssue[] };

export const jsonDepthMax = 64;
const repeatedMax = 20;

/** Passes over the byte order mark that editors on Windows write. */
const utf8 = new TextDecoder();

export function readJson(bytes: Buffer, bytesMax: number): ReadJson {
  if (bytes.length > bytesMax)
    return refuse(`超过 ${bytesMax} 字节`, `is larger than ${countText(bytesMax, 'byte')}`);
  // What another encoding made of the text would be read as other words.
  if (!isUtf8(bytes))
    return refuse('不是 UTF-8 文本，请在编辑器中选择“UTF-8”另存', 'is not UTF-8: save it in that encoding');
  const text = utf8.decode(bytes);
  const fault = jsonFault(text);
  if (fault !== null) return noJson(text, fault);
  const json: unknown = JSON.parse(text);
  if (deeperThan(json, jsonDepthMax))
    return refuse(`JSON 嵌套超过 ${jsonDepthMax} 层`, `is nested deeper than ${jsonDepthMax}`);
  const repeated = repeatedMembers(text).slice(0, repeatedMax);
  if (repeated.length === 0) return { ok: true, json };
  return {
    ok: false,
    issues: repeated.map((path) => ({
      path,
      message: {
        zh: '同一个对象里这个名称写了两次，只有后一个会起作用：请删去或合并其中一个',
        en: 'this name stands twice in one object, and only the last would count: remove one, or merge them',
      },
    })),
  };
}

/** A document of depth beyond anything sensible is refused before anything walks it. */
function deeperThan(json: unknown, depthMax: number): boolean {
  let level: unknown[] = [json];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

function noJson(text: string, fault: JsonFault): ReadJson {
  const { line, column } = fault;
  const hint = hintOf(text, fault);
  return refuse(
    `不是合法的 JSON：第 ${line} 行第 ${column} 列，${hint.zh}`,
    `is not JSON: line ${line}, column ${column}: ${hint.en}`,
  );
}

/** What people most often write in this place. */
function hintOf(text: string, { at }: JsonFault): Message {
  const before = text.slice(0, at).trimEnd().at(-1) ?? '';
  const here = text.at(at) ?? '';
  if (here === '')
    return {
      zh: '文字到此中断：请检查括号和引号是否成对',
      en: 'the text ends too early; look for a bracket or a quotation mark without its other half',
    };
  const word = /^[^\s{}[\],:"]{1,30}/.exec(text.slice(at))?.[0] ?? here;
  const wide = fullWidth.exec(word)?.[0];
  if (wide !== undefined)
    return {
      zh: `“${wide}”是中文标点，请改用英文的引号、逗号、冒号和括号`,
      en: `'${wide}' is full-width: use plain quotation marks, commas, colons and brackets`,
    };
  if (before === ',' && (here === '}' || here === ']'))
    return { zh: `“${here}”前面多了一个逗号`, en: `there is a comma too many before '${here}'` };
  if (here === '/' || here === '#') return { zh: '不能写注释', en: 'there are no comments in JSON' };
  if (here === "'")
    return { zh: '文字和名称须用双引号', en: 'texts and names stand in double quotation marks' };
  if (here === '"' && before !== '' && !'{[,:'.includes(before))
    return { zh: '前面缺少逗号或冒号', en: 'a comma or a colon is missing before it' };
  return {
    zh: `“${word}”不能出现在这里；名称和文字须加双引号`,
    en: `'${word}' cannot stand here; names and texts need double quotation marks`,
  };
}

const fullWidth = /[“”‘’，：；（）［］｛｝【】、　]/u;

const refuse = (zh: string, en: string): ReadJson => ({
  ok: false,
  issues: [{ path: '$', message: { zh, en } }],
});
