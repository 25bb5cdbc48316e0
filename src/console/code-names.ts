/**
 * Names of the national codes that people read on a finding page. Source: code lists of the national interfaces. Regions append digits of
 * their own to `med_type` and `psn_type`, so those are looked up by their first two; a code that is not listed is shown as it is.
 */
import type { Message } from '../claims/contract.ts';
import { fill } from '../platform/fill-contract.ts';
import type { Language } from './language.tsx';

const both = (zh: string, en: string): Message => ({ zh, en });

const lists = {
  gend: {
    '1': both('男', 'male'),
    '2': both('女', 'female'),
    '0': both('未知', 'unknown'),
    '9': both('未说明', 'not stated'),
  },
  kind: {
    inpatient: both('住院', 'inpatient'),
    outpatient: both('门诊', 'outpatient'),
    pharmacy: both('药店', 'pharmacy'),
    other: both('其他', 'other'),
    unknown: both('未知', 'unknown'),
  },
  med_type: {
    '11': both('普通门诊', 'outpatient'),
    '12': both('门诊挂号', 'outpatient registration'),
    '13': both('急诊', 'emergency'),
    '14': both('门诊慢特病', 'outpatient, chronic disease'),
    '15': both('特药', 'special drug'),
    '16': both('中医特色门诊', 'outpatient, Chinese medicine'),
    '21': both('普通住院', 'inpatient'),
    '22': both('外伤住院', 'inpatient, injury'),
    '23': both('转外诊治住院', 'inpatient, transferred'),
    '24': both('急诊转住院', 'inpatient after emergency'),
    '25': both('异地住院', 'inpatient, other region'),
    '26': both('单病种住院', 'inpatient, single disease'),
    '27': both('自主就医', 'inpatient, own choice'),
    '28': both('日间手术', 'day surgery'),
    '41': both('药店购药', 'pharmacy purchase'),
    '51': both('生育门诊', 'outpatient, maternity'),
    '52': both('生育住院', 'inpatient, maternity'),
    '61': both('照护', 'care'),
    '81': both('意外伤害门诊', 'outpatient, accident'),
    '91': both('体检', 'check-up'),
  },
  insutype: {
    '310': both('职工医保', 'employees'),
    '320': both('公务员医疗补助', 'civil servants'),
    '330': both('大额医疗补助', 'large sums'),
    '340': both('离休人员', 'retired cadres'),
    '390': both('城乡居民医保', 'residents'),
    '391': both('城镇居民医保', 'urban residents'),
    '392': both('居民大病保险', 'residents, serious illness'),
    '410': both('长期护理保险', 'long-term care'),
    '510': both('生育保险', 'maternity'),
  },
  hosp_lv: {
    '01': both('三级特等', 'tertiary, special'),
    '02': both('三级甲等', 'tertiary A'),
    '03': both('三级乙等', 'tertiary B'),
    '04': both('三级丙等', 'tertiary C'),
    '05': both('二级甲等', 'secondary A'),
    '06': both('二级乙等', 'secondary B'),
    '07': both('二级丙等', 'secondary C'),
    '08': both('一级甲等', 'primary A'),
    '09': both('一级乙等', 'primary B'),
    '10': both('一级丙等', 'primary C'),
    '11': both('无等级', 'no level'),
  },
  list_type: {
    '101': both('西药中成药', 'drug'),
    '102': both('中药饮片', 'herbal slices'),
    '103': both('自制剂', 'own preparation'),
    '104': both('民族药', 'ethnic drug'),
    '105': both('其他', 'other'),
    '106': both('中药颗粒', 'herbal granules'),
    '201': both('医疗服务项目', 'service'),
    '301': both('医用耗材', 'consumable'),
    '501': both('长护项目', 'long-term care'),
  },
  chrgitm_lv: {
    '01': both('甲类', 'class A'),
    '02': both('乙类', 'class B'),
    '03': both('自费', 'own cost'),
  },
  dscg_way: {
    '1': both('医嘱离院', 'on medical advice'),
    '2': both('医嘱转院', 'transferred'),
    '3': both('转社区', 'to community care'),
    '4': both('非医嘱离院', 'against advice'),
    '5': both('死亡', 'died'),
    '9': both('其他', 'other'),
  },
  surv_stas: {
    '1': both('正常', 'alive'),
    '2': both('死亡', 'dead'),
    '3': both('判刑收监', 'in prison'),
    '4': both('失踪', 'missing'),
    '9': both('不明', 'unclear'),
  },
  fixmedins_type: { '1': both('医疗机构', 'medical institution'), '2': both('药店', 'pharmacy') },
  diag_type: {
    '1': both('西医诊断', 'western'),
    '2': both('中医主病', 'Chinese, disease'),
    '3': both('中医主证', 'Chinese, syndrome'),
  },
  age_unit: { year: both('岁', 'years'), day: both('天', 'days') },
  method: {
    face: both('人脸', 'face'),
    card: both('社保卡', 'card'),
    ecode: both('电子凭证', 'electronic certificate'),
    manual: both('人工', 'by hand'),
  },
  result: { pass: both('通过', 'passed'), fail: both('不通过', 'failed') },
  unit: {
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
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Message>>>>;

type CodeList = keyof typeof lists;
const isListed = (name: string): name is CodeList => Object.hasOwn(lists, name);
const shortened = new Set<CodeList>(['med_type']);

/** The name of a code in the list of this field; `null` when either is not known. @param n how many, of a unit */
export function codeName(field: string, code: string, language: Language, n?: number): string | null {
  if (!isListed(field)) return null;
  const list: Readonly<Record<string, Message>> = lists[field];
  const known = list[shortened.has(field) ? code.slice(0, 2) : code];
  return known === undefined ? null : fill(known[language], n === undefined ? {} : { n });
}

/** The name, else the code itself, else nothing. */
export const named = (
  field: string,
  code: string | null | undefined,
  language: Language,
  n?: number,
): string | null =>
  code === null || code === undefined ? null : (codeName(field, code, language, n) ?? code);

/** The codes of a list, as it has them. */
export const codesOf = (field: CodeList): string[] => Object.keys(lists[field]);

/** Every name in both languages, for the test that none is missing. */
export const allCodeNames: readonly Message[] = Object.values(lists).flatMap((list) =>
  Object.values<Message>(list),
);

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
