/** Institutions, doctors and insured persons of the demo city. All of them are invented; 示例市 (区划 990101) lies nowhere. */
import { ageYears, formatDay } from '../platform/civil.ts';
import type { ClaimInput } from '../claims/contract.ts';
import type { Tier } from './catalogue.ts';
import { certificateNumber } from './certificate.ts';
import { type Chronic, chronics, type DepartmentKey } from './conditions.ts';
import type { Random } from './random.ts';

export const AREA = '990101';

export interface Doctor {
  readonly code: string;
  readonly name: string;
}

export interface Department {
  readonly key: DepartmentKey;
  readonly code: string;
  readonly name: string;
  readonly doctors: readonly Doctor[];
}

export interface Institution {
  readonly index: number;
  readonly document: ClaimInput['institution'];
  readonly kind: 'hospital' | 'clinic' | 'pharmacy';
  readonly tier: Tier;
  /** Has beds. */
  readonly beds: boolean;
  /** Empty for pharmacies, whose `pharmacists` sign. */
  readonly departments: readonly Department[];
  readonly pharmacists: readonly Doctor[];
  /** False for a village clinic whose system reports neither identity checks nor trace codes. */
  readonly reports: boolean;
  /** What it takes of a drug's list price, in percent. */
  readonly pricePercent: number;
}

export interface Person {
  readonly index: number;
  readonly gend: '1' | '2';
  readonly birthDay: number;
  readonly chronics: readonly Chronic[];
  readonly employee: boolean;
  readonly document: ClaimInput['person'];
}

const departmentNames: Readonly<Record<DepartmentKey, readonly [code: string, name: string]>> = {
  general: ['A02', '全科医疗科'],
  respiratory: ['A03.01', '呼吸内科'],
  digestive: ['A03.02', '消化内科'],
  neurology: ['A03.03', '神经内科'],
  cardiology: ['A03.04', '心血管内科'],
  nephrology: ['A03.06', '肾病学科'],
  endocrine: ['A03.07', '内分泌科'],
  surgery: ['A04.01', '普通外科'],
  orthopaedics: ['A04.03', '骨科'],
  urology: ['A04.04', '泌尿外科'],
  gynaecology: ['A05', '妇产科'],
  paediatrics: ['A07', '儿科'],
  ophthalmology: ['A10', '眼科'],
  dermatology: ['A13', '皮肤科'],
  oncology: ['A19', '肿瘤科'],
  rehabilitation: ['A21', '康复医学科'],
  chinese: ['A50', '中医科'],
};
const isDepartment = (text: string): text is DepartmentKey => Object.hasOwn(departmentNames, text);
const allDepartments = Object.keys(departmentNames).filter(isDepartment);
const secondaryDepartments = allDepartments.filter((key) => key !== 'oncology' && key !== 'dermatology');
const primaryDepartments: readonly DepartmentKey[] = ['general', 'chinese', 'rehabilitation'];

const ordinals = ['第一', '第二', '第三', '第四', '第五', '第六', '第七', '第八'];
const quarters = [
  '城东',
  '城西',
  '城南',
  '城北',
  '新港',
  '古塔',
  '望江',
  '柳林',
  '青石',
  '白云',
  '长桥',
  '金沙',
];
const chains = ['仁和示例', '康泰示例', '百草示例', '同春示例', '益民示例'];

interface InstitutionPlan {
  readonly name: string;
  readonly hosp_lv: string;
  readonly type: string;
  readonly kind: Institution['kind'];
  readonly beds: boolean;
  readonly departments: readonly DepartmentKey[];
  readonly doctorsPerDepartment: number;
  readonly reports: boolean;
}

const tierOf = (hospLv: string): Tier =>
  hospLv <= '04' ? 'tertiary' : hospLv <= '07' ? 'secondary' : 'primary';

/** Institutions of every level; about one more hospital for every 10 000 persons, one more pharmacy for every 80. */
export function buildInstitutions(random: Random, persons: number): Institution[] {
  const hospital = (
    name: string,
    hosp_lv: string,
    type: string,
    departments: readonly DepartmentKey[],
    doctorsPerDepartment: number,
  ): InstitutionPlan => ({
    name,
    hosp_lv,
    type,
    kind: 'hospital',
    beds: true,
    departments,
    doctorsPerDepartment,
    reports: true,
  });
  const quarter = (index: number): string =>
    `${quarters[index % quarters.length] ?? ''}${index < quarters.length ? '' : `第${Math.floor(index / quarters.length) + 1}`}`;
  const scale = Math.min(8, 1 + Math.floor(persons / 10_000));
  const plans: InstitutionPlan[] = [];
  for (let index = 0; index < 2 * scale && index < ordinals.length; index++)
    plans.push(
      hospital(`示例市${ordinals[index]}人民医院`, index % 2 === 0 ? '02' : '03', 'A1', allDepartments, 4),
    );
  plans.push(hospital('示例市中医院', '02', 'A2', [...secondaryDepartments, 'oncology'], 3));
  for (let index = 0; index < 4 * scale; index++)
    plans.push(
      hospital(
        `示例市${quarter(index)}区人民医院`,
        index % 2 === 0 ? '05' : '06',
        'A1',
        secondaryDepartments,
        3,
      ),
    );
  plans.push(hospital('示例市妇幼保健院', '05', 'A6', ['gynaecology', 'paediatrics', 'general'], 4));
  for (let index = 0; index < 3 * scale; index++)
    plans.push(
      hospital(
        `示例市${quarter(index + 4)}镇卫生院`,
        index % 2 === 0 ? '08' : '09',
        'C',
        primaryDepartments,
        2,
      ),
    );
  const clinic = (name: string, reports: boolean): InstitutionPlan => ({
    name,
    hosp_lv: '11',
    type: reports ? 'B' : 'D',
    kind: 'clinic',
    beds: false,
    departments: primaryDepartments,
    doctorsPerDepartment: reports ? 2 : 1,
    reports,
  });
  for (let index = 0; index < 6 * scale; index++)
    plans.push(clinic(`示例市${quarter(index)}社区卫生服务中心`, true));
  for (let index = 0; index < scale; index++)
    plans.push(clinic(`示例市${quarter(index + 8)}村卫生室`, false));
  const pharmacies = Math.max(10, Math.ceil(persons / 80));
  for (let index = 0; index < pharmacies; index++)
    plans.push({
      name: `${chains[index % chains.length]}大药房${quarter(Math.floor(index / chains.length))}店`,
      hosp_lv: '11',
      type: 'P',
      kind: 'pharmacy',
      beds: false,
      departments: [],
      doctorsPerDepartment: 0,
      reports: true,
    });
  return plans.map((plan, index) => institutionOf(plan, index, random));
}

function institutionOf(plan: InstitutionPlan, index: number, random: Random): Institution {
  const serial = String(index + 1).padStart(5, '0');
  const pharmacy = plan.kind === 'pharmacy';
  let doctors = 0;
  const doctor = (letter: 'D' | 'Y'): Doctor => ({
    code: `${letter}${AREA}${serial}${String(++doctors).padStart(3, '0')}`,
    name: personName(random),
  });
  return {
    index,
    document: {
      fixmedins_code: `${pharmacy ? 'P' : 'H'}${AREA}${serial}`,
      fixmedins_name: plan.name,
      fixmedins_type: pharmacy ? '2' : '1',
      hosp_lv: plan.hosp_lv,
      medins_type: plan.type,
      mdtrtarea_admvs: AREA,
    },
    kind: plan.kind,
    tier: tierOf(plan.hosp_lv),
    beds: plan.beds,
    departments: plan.departments.map((key) => ({
      key,
      code: departmentNames[key][0],
      name: departmentNames[key][1],
      doctors: Array.from({ length: plan.doctorsPerDepartment }, () => doctor('D')),
    })),
    pharmacists: pharmacy ? [doctor('Y'), doctor('Y')] : [],
    reports: plan.reports,
    pricePercent: pharmacy ? random.between(92, 100) : 100,
  };
}

/** What a scene asks of the person it happens to. */
export interface Cast {
  readonly gend?: '1' | '2';
  /** Completed years on the first day of the city, half-open. */
  readonly age?: readonly [from: number, below: number];
  readonly birthDay?: number;
}

/** Shares of age groups: a city that is growing old, as fund supervision sees it. */
const ageGroups: readonly (readonly [share: number, from: number, below: number])[] = [
  [0.05, 0, 3],
  [0.13, 3, 15],
  [0.09, 15, 30],
  [0.22, 30, 45],
  [0.23, 45, 60],
  [0.2, 60, 75],
  [0.08, 75, 95],
];

const DAYS_PER_YEAR = 365.25;

export function buildPerson(random: Random, index: number, firstDay: number, cast: Cast): Person {
  const gend = cast.gend ?? (random.chance(0.5) ? '1' : '2');
  const birthDay = cast.birthDay ?? firstDay - ageInDays(random, cast.age ?? anyAge(random));
  const age = ageYears(birthDay, firstDay);
  const employee = age >= 22 && random.chance(0.45);
  const document: ClaimInput['person'] = {
    psn_no: `${AREA}${String(index + 1).padStart(12, '0')}`,
    psn_cert_type: '01',
    certno: certificateNumber(index, birthDay, gend),
    psn_name: personName(random),
    gend,
    brdy: formatDay(birthDay),
    naty: '01',
    insutype: employee ? '310' : '390',
    psn_type: employee ? (age >= 60 ? '1201' : '1101') : age < 18 ? '1501' : '1401',
    insuplc_admdvs: AREA,
    surv_stas: '1',
  };
  const mine = chronics.filter(
    (disease) =>
      (disease.gend === null || disease.gend === gend) &&
      age >= disease.age[0] &&
      age < disease.age[1] &&
      random.chance(disease.prevalence),
  );
  return { index, gend, birthDay, employee, chronics: mine, document };
}

function anyAge(random: Random): readonly [number, number] {
  let left = random.next();
  for (const [share, from, below] of ageGroups) {
    if (left < share) return [from, below];
    left -= share;
  }
  return [30, 60];
}

/** Days of age that are at least `from` and certainly fewer than `below` completed years, leap days included. */
const ageInDays = (random: Random, [from, below]: readonly [number, number]): number =>
  random.between(Math.ceil(from * DAYS_PER_YEAR) + 2, Math.floor(below * DAYS_PER_YEAR) - 2);

const surnames =
  '王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷龙史陶黎贺顾毛郝龚邵万钱严'.split(
    '',
  );
const givens =
  '伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲建文辉力健永宁志雪梅莉海燕斌鑫波荣国庆春云凤琴宇浩晨轩欣怡子涵梓博雨泽嘉思远安然若溪'.split(
    '',
  );

export function personName(random: Random): string {
  const given = random.pick(givens);
  return random.pick(surnames) + (random.chance(0.75) ? given + random.pick(givens) : given);
}
