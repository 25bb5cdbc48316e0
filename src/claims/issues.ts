/**
 * The catalogue of reasons why a claim document, a row or a line is rejected: one stable code each, with a Chinese and an English
 * sentence that names the expected form. The offending value is never part of a message, because it can be personal data.
 */
import { countText } from '../platform/fill-contract.ts';
import type { ClaimIssue, Message } from './contract.ts';

const say = (zh: string, en: string): Message => ({ zh, en });

const entries = {
  // the text
  not_utf8: () => say('不是合法的 UTF-8 文本', 'not valid UTF-8 text'),
  not_json: () => say('不是合法的 JSON', 'not valid JSON'),
  too_large: (p: { bytesMax: number }) =>
    say(
      `超过单个结算单的大小上限 ${p.bytesMax} 字节`,
      `larger than the limit of ${p.bytesMax} bytes for one claim`,
    ),

  // the structure
  missing: () => say('缺少必填字段（null 视为未填）', 'this field is required (null means not stated)'),
  unknown_field: () => say('结算单中没有这个字段', 'the claim document has no such field'),
  wrong_type: (p: { expected: keyof typeof typeNames }) =>
    say(`应为${typeNames[p.expected]}`, `must be ${p.expected}`),
  empty: () =>
    say('不能为空；未填请省略该字段或写 null', 'must not be empty; leave the field out or send null'),
  too_long: (p: { max: number }) =>
    say(`长度超过 ${p.max} 个字符`, `longer than ${countText(p.max, 'character')}`),
  too_many: (p: { max: number }) => say(`条数超过 ${p.max}`, `more than ${countText(p.max, 'item')}`),
  out_of_range: (p: { min: number; max: number }) =>
    say(`应在 ${p.min} 至 ${p.max} 之间`, `must lie between ${p.min} and ${p.max}`),
  bad_character: () =>
    say(
      '含有不可见控制字符或残缺的 Unicode 字符',
      'contains a control character or a broken Unicode character',
    ),
  not_a_hash: () =>
    say('应为 64 位小写十六进制 SHA-256', 'must be a SHA-256 in 64 lower-case hexadecimal digits'),
  foreign_institution: () =>
    say('无权为该定点医药机构报送或查询', 'whoever sends this does not speak for this institution'),
  more_reasons: (p: { more: number }) =>
    say(
      `另有 ${p.more} 处未列出，改正以上各处后会再列`,
      `and ${p.more} more, which are listed once these are corrected`,
    ),
  structure: () => say('结构与结算单的 JSON Schema 不符', 'does not match the JSON Schema of a claim'),

  // decimals
  not_a_decimal: () =>
    say(
      '应为十进制数或其字符串，不含千分位、单位或指数',
      'must be a decimal number or string without grouping, unit or exponent',
    ),
  decimal_places: (p: { scale: number }) =>
    say(`小数位数超过 ${p.scale} 位`, `more than ${countText(p.scale, 'decimal place')}`),
  decimal_range: (p: { digits: number; scale: number }) =>
    say(
      `数值超出 N(${p.digits},${p.scale}) 或可精确表示的范围`,
      `outside the range of N(${p.digits},${p.scale}) or of what is exactly representable`,
    ),

  // days and times
  not_a_date: () => say('日期格式应为 yyyy-MM-dd', 'a date must be written yyyy-MM-dd'),
  not_a_time: () =>
    say(
      '时间格式应为 yyyy-MM-dd HH:mm:ss 或 yyyy-MM-dd',
      'a time must be written yyyy-MM-dd HH:mm:ss or yyyy-MM-dd',
    ),
  no_such_date: () => say('日历上没有这一天', 'there is no such day in the calendar'),
  no_such_time: () => say('没有这个时刻', 'there is no such time'),
  too_early: (p: { year: number }) => say(`年份早于 ${p.year} 年`, `before the year ${p.year}`),
  in_the_future: (p: { days: number }) =>
    say(`晚于接收日之后 ${p.days} 天`, `more than ${countText(p.days, 'day')} after the day of receipt`),

  // what the fields of one claim say together
  ends_before_begins: () => say('结束时间早于开始时间', 'the end lies before the beginning'),
  duplicate_line: () =>
    say('同一结算单内费用明细流水号重复', 'this fee line number occurs twice in the claim'),
  unknown_line: () => say('追溯码指向的费用明细不在本结算单内', 'the claim has no fee line with this number'),
  refund_of_itself: () => say('退费单不能指向自身', 'a refund cannot refer to itself'),

  // after it was taken
  screening_failed: (p: { error: string }) =>
    say(
      `筛查此结算单时出错（${p.error}），已单独搁置，不参与筛查；其余结算单不受影响。可修正后重新提交，或待系统或规则升级后自动重试`,
      `screening this claim failed (${p.error}), so it is set aside; all others go on. Correct it and send it again, or wait for another version of the program or the rules, which tries it again`,
    ),

  // rows of files
  row_columns: (p: { expected: number; found: number }) =>
    say(
      `本行有 ${p.found} 列，表头有 ${p.expected} 列`,
      `the row has ${countText(p.found, 'column')}, the header ${p.expected}`,
    ),
  row_quotes: () => say('引号不配对，本行无法拆分', 'quotes do not match, the row cannot be split'),
  row_key: () => say('键列为空，无法归入结算单', 'a key column is empty, so the row belongs to no claim'),
  row_orphan: () => say('没有与本行的键对应的结算单', 'no claim has the key of this row'),
  row_date: (p: { format: string }) => say(`日期应写作 ${p.format}`, `the date must be written ${p.format}`),
  row_number: () => say('应为十进制数', 'must be a decimal number'),
  row_code: () =>
    say('映射文件的代码表中没有这个代码', 'the code table of the mapping does not have this code'),
  row_lookup: () => say('对照表中没有对应的行', 'the joined table has no row for this key'),
  row_lookup_many: () => say('对照表中有多行对应', 'the joined table has several rows for this key'),
  row_too_many: (p: { max: number }) =>
    say(
      `对应的子表行数超过 ${p.max}`,
      `more than ${countText(p.max, 'row')} of the joined table belong to this claim`,
    ),
};

const typeNames = {
  object: '对象 {…}',
  list: '数组 […]',
  text: '字符串',
  'text or number': '字符串或数字',
  number: '数字',
  integer: '整数',
  boolean: 'true 或 false',
};

export type IssueCode = keyof typeof entries;

type Details = { [Code in IssueCode]: Parameters<(typeof entries)[Code]> };
/** What has to be said with a code to make its sentences. */
export type IssueDetails<Code extends IssueCode> = Details[Code];
const catalogue: { [Code in IssueCode]: (...details: Details[Code]) => Message } = entries;

export const issueCodes: readonly string[] = Object.keys(catalogue);

export function issue<Code extends IssueCode>(
  path: string,
  code: Code,
  ...details: Details[Code]
): ClaimIssue {
  return { path, code, message: catalogue[code](...details) };
}
