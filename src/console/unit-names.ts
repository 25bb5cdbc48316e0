/** Units as facts and parameters state them, in the words of the reader. */
import type { Message } from '../claims/contract.ts';
import { fill } from '../platform/fill-contract.ts';
import type { Language } from './language.tsx';

const both = (zh: string, en: string): Message => ({ zh, en });

const units: Readonly<Record<string, Message>> = {
  天: both('天', '{n|day|days}'),
  岁: both('岁', '{n|year|years}'),
  元: both('元', 'yuan'),
  条: both('条', '{n|line|lines}'),
  晚: both('晚', '{n|night|nights}'),
  次: both('次', '{n|time|times}'),
  人: both('人', '{n|person|persons}'),
  家: both('家', '{n|institution|institutions}'),
  种: both('种', '{n|kind|kinds}'),
  个: both('个', '{n|piece|pieces}'),
  味: both('味', '{n|piece|pieces}'),
  盒: both('盒', '{n|pack|packs}'),
  分: both('分', '{n|point|points}'),
  倍: both('倍', '{n|time|times} as much'),
  小时: both('小时', '{n|hour|hours}'),
  分钟: both('分钟', '{n|minute|minutes}'),
};

/** The units that have words. */
export const knownUnits: readonly string[] = Object.keys(units);

/** The word for a unit, else the unit itself. @param n how many, where it is known */
export const unitName = (unit: string, language: Language, n?: number): string =>
  Object.hasOwn(units, unit) ? fill(units[unit]?.[language] ?? unit, n === undefined ? {} : { n }) : unit;

/** Every word in both languages, for the test that none is missing. */
export const allUnitNames: readonly Message[] = Object.values(units);

/** Units of the columns of related facts; those of plain facts come with their titles. */
const usageUnits = (fact: string): Record<string, string> => ({
  [`${fact}.count`]: '条',
  [`${fact}.items`]: '种',
  [`${fact}.amount`]: '元',
  [`${fact}.at_stake`]: '元',
  [`${fact}.days`]: '天',
  [`${fact}.visits`]: '次',
  [`${fact}.institutions`]: '家',
});
export const relatedUnits: Readonly<Record<string, string>> = {
  'lines.count': '条',
  'lines.amount': '元',
  'claims.count': '次',
  'claims.gap_days': '天',
  'claims.nights': '天',
  'sales.count': '次',
  'sales.persons': '人',
  'sales.institutions': '家',
  'identity.checks': '次',
  'identity.passed': '次',
  'coded.count': '个',
  'coded.listed': '个',
  ...usageUnits('among'),
  ...usageUnits('usage'),
  'work.minutes': '分钟',
  'work.count': '条',
  'table.pric_max': '元',
  'table.amount_max': '元',
  'table.days_max': '天',
};
