/**
 * Names of the codes that people read: on a finding page, and in the messages of rules. There they are part of what a finding says, so
 * that another name for a code changes findings, as another message of the rule does.
 * Source: code lists of the national interfaces. Regions append digits of their own to `med_type`, so it is looked up by its first two;
 * a code that is not listed is shown as it is.
 */
import type { Message } from './contract.ts';

type CodeList = Readonly<Record<string, Message>>;

const both = (zh: string, en: string): Message => ({ zh, en });

const yesNo = { '0': both('否', 'no'), '1': both('是', 'yes') } as const;

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
    // Tables name all of a group by its first digit.
    '1': both('门诊', 'outpatient'),
    '2': both('住院', 'inpatient'),
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
    '350': both('残疾军人医疗补助', 'disabled soldiers'),
    '360': both('老红军医疗保障', 'veterans of the Red Army'),
    '370': both('企业补充医疗保险', 'company supplement'),
    '380': both('新农合', 'rural cooperative'),
    '390': both('城乡居民医保', 'residents'),
    '391': both('城镇居民医保', 'urban residents'),
    '392': both('居民大病保险', 'residents, serious illness'),
    '399': both('其他特殊人员', 'other special persons'),
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
  matn_stas: {
    '0': both('未知', 'unknown'),
    '1': both('非孕哺', 'neither pregnant nor lactating'),
    '2': both('近期计划怀孕', 'pregnancy planned'),
    '3': both('妊娠期', 'pregnant'),
    '4': both('哺乳期', 'lactating'),
  },
  trum_flag: yesNo,
  rel_ttp_flag: yesNo,
  fixmedins_type: { '1': both('医疗机构', 'medical institution'), '2': both('药店', 'pharmacy') },
  diag_type: {
    '1': both('西医诊断', 'western'),
    '2': both('中医主病', 'Chinese, disease'),
    '3': both('中医主证', 'Chinese, syndrome'),
  },
  grade: {
    '1': both('非限制使用级', 'unrestricted'),
    '2': both('限制使用级', 'restricted'),
    '3': both('特殊使用级', 'special'),
  },
  age_unit: { year: both('岁', 'years'), day: both('天', 'days') },
  method: {
    face: both('人脸', 'face'),
    card: both('社保卡', 'card'),
    ecode: both('电子凭证', 'electronic certificate'),
    manual: both('人工', 'by hand'),
  },
  result: { pass: both('通过', 'passed'), fail: both('不通过', 'failed') },
} as const satisfies Readonly<Record<string, CodeList>>;

/** A field is named as its list is, but for these columns of knowledge tables. */
const listOfField: ReadonlyMap<string, CodeList> = new Map<string, CodeList>([
  ...Object.entries<CodeList>(lists),
  ['gend_barred', lists.gend],
  ['grades', lists.grade],
  ['hosp_lvs', lists.hosp_lv],
  ['insutypes', lists.insutype],
  ['med_types', lists.med_type],
]);

/** Whether the values of a field or column are codes with names. */
export const hasCodeNames = (field: string): boolean => listOfField.has(field);

/** The name of a code in the list of this field or column; `null` when either is not known. */
export function codeName(field: string, code: string, language: keyof Message): string | null {
  const list = listOfField.get(field);
  if (list === undefined) return null;
  const listed = list === lists.med_type ? code.slice(0, 2) : code;
  return Object.hasOwn(list, listed) ? (list[listed]?.[language] ?? null) : null;
}

/** The name, else the code itself, else nothing. */
export const named = (
  field: string,
  code: string | null | undefined,
  language: keyof Message,
): string | null => (code === null || code === undefined ? null : (codeName(field, code, language) ?? code));

/** Every name in both languages, for the test that none is missing. */
export const allCodeNames: readonly Message[] = Object.values(lists).flatMap((list) =>
  Object.values<Message>(list),
);
