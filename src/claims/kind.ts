/**
 * The kind of a visit, read from the first two digits of `med_type`; regions append digits of their own.
 * Source: national code list med_type. A code that is not listed is *unknown*: rules about stays cannot judge it.
 */
export const claimKinds = ['inpatient', 'outpatient', 'pharmacy', 'other', 'unknown'] as const;
export type ClaimKind = (typeof claimKinds)[number];

const kindOfPrefix: Readonly<Record<string, ClaimKind>> = {
  '11': 'outpatient', // 普通门诊
  '12': 'outpatient', // 门诊挂号
  '13': 'outpatient', // 急诊
  '14': 'outpatient', // 门诊慢特病
  '15': 'outpatient', // 特药
  '16': 'outpatient', // 中医特色门诊
  '21': 'inpatient', // 普通住院
  '22': 'inpatient', // 外伤住院
  '23': 'inpatient', // 转外诊治住院
  '24': 'inpatient', // 急诊转住院
  '25': 'inpatient', // 异地住院
  '26': 'inpatient', // 单病种住院
  '27': 'inpatient', // 自主就医
  '28': 'inpatient', // 日间手术
  '41': 'pharmacy', // 定点药店购药
  '51': 'outpatient', // 生育门诊
  '52': 'inpatient', // 生育住院
  '61': 'other', // 照护
  '81': 'outpatient', // 意外伤害门诊
  '91': 'other', // 体检
};

export const kindOf = (medType: string): ClaimKind => kindOfPrefix[medType.slice(0, 2)] ?? 'unknown';

/** The prefixes of `med_type` that mean this kind, for questions to the database. */
export const prefixesOf = (kind: ClaimKind): string[] =>
  Object.entries(kindOfPrefix).flatMap(([prefix, its]) => (its === kind ? [prefix] : []));
