/**
 * What can be bought in the demo city. Service codes have the shape of the national ones, drug codes begin with their ATC group and
 * carry invented serial numbers; prices are plausible, not official. `test/demo` holds the catalogue against `rules/knowledge`.
 */
import { dayOf } from '../platform/civil.ts';

/** Which column of a price list applies: by hospital level. Pharmacies and clinics without a level pay the primary price. */
export type Tier = 'tertiary' | 'secondary' | 'primary';

export interface Item {
  readonly code: string;
  readonly name: string;
  /** 目录类别: 101 西药中成药 201 服务项目 301 耗材 */
  readonly listType: '101' | '201' | '301';
  /** 医疗收费项目类别 (national list, two digits) */
  readonly chargeType: string;
  readonly level: '01' | '02' | '03';
  /** Micro-yuan by tier. */
  readonly prices: Readonly<Record<Tier, number>>;
  /** The price from a day on, when a procurement round changes it. */
  readonly later: { readonly fromDay: number; readonly price: number } | null;
  /** Packs carry a trace code each. */
  readonly traced: boolean;
  /** The most that one person may be charged on one day. */
  readonly dailyMax: number | null;
  /** Only for drugs: how the box says to take it. */
  readonly usage: { readonly dose: string; readonly frequency: string; readonly route: string } | null;
}

const MICRO = 1_000_000;
const micro = (yuan: number): number => Math.round(yuan * MICRO);

type Price = number | readonly [tertiary: number, secondary: number, primary: number];
interface Extra {
  readonly level?: '01' | '02' | '03';
  readonly dailyMax?: number;
  readonly later?: readonly [from: string, yuan: number];
}

const pricesOf = (price: Price): Item['prices'] =>
  typeof price === 'number'
    ? { tertiary: micro(price), secondary: micro(price), primary: micro(price) }
    : { tertiary: micro(price[0]), secondary: micro(price[1]), primary: micro(price[2]) };

const laterOf = (later: Extra['later']): Item['later'] => {
  if (later === undefined) return null;
  const fromDay = dayOf(later[0]);
  if (fromDay === null) throw new Error(`${later[0]} is no day`);
  return { fromDay, price: micro(later[1]) };
};

function service(number: number, name: string, chargeType: string, price: Price, extra: Extra = {}): Item {
  return {
    code: `00${number}0000`,
    name,
    listType: '201',
    chargeType,
    level: extra.level ?? '01',
    prices: pricesOf(price),
    later: laterOf(extra.later),
    traced: false,
    dailyMax: extra.dailyMax ?? null,
    usage: null,
  };
}

type Form = 'tablet' | 'liquid' | 'infusion' | 'injection' | 'local';
const usages: Readonly<Record<Form, Item['usage']>> = {
  tablet: { dose: '1片', frequency: '11', route: '1' },
  liquid: { dose: '10ml', frequency: '13', route: '1' },
  infusion: { dose: '250ml', frequency: '11', route: '6' },
  injection: { dose: '1支', frequency: '11', route: '6' },
  local: { dose: '1枚', frequency: '11', route: '4' },
};

function drug(
  atc: string,
  serial: number,
  name: string,
  price: number,
  form: Form,
  extra: Extra & { readonly chinese?: true } = {},
): Item {
  const number = String(serial).padStart(3, '0');
  return {
    code: `${extra.chinese === true ? 'Z' : 'X'}${atc}D${number}A001010190${number}`,
    name,
    listType: '101',
    chargeType: extra.chinese === true ? '11' : '09',
    level: extra.level ?? '01',
    prices: pricesOf(price),
    later: laterOf(extra.later),
    traced: form === 'tablet' || form === 'liquid' || form === 'local',
    dailyMax: null,
    usage: usages[form],
  };
}

function consumable(serial: number, name: string, price: number, extra: Extra = {}): Item {
  return {
    code: `C${String(serial).padStart(19, '0')}`,
    name,
    listType: '301',
    chargeType: '08',
    level: extra.level ?? '02',
    prices: pricesOf(price),
    later: laterOf(extra.later),
    traced: false,
    dailyMax: null,
    usage: null,
  };
}

export const items = {
  // 诊察、床位、护理
  clinicVisit: service(110200001, '普通门诊诊察费', '02', [20, 15, 10]),
  emergencyVisit: service(110200003, '急诊诊察费', '02', [28, 22, 15]),
  inpatientVisit: service(110200005, '住院诊察费', '02', [20, 15, 10], { dailyMax: 1 }),
  bed: service(110900001, '普通病房床位费', '01', [50, 40, 25], { dailyMax: 1 }),
  icuCare: service(120100001, '重症监护', '07', [9, 8, 7], { dailyMax: 24 }),
  nursing1: service(120100003, 'Ⅰ级护理', '07', [30, 24, 18], { dailyMax: 1 }),
  nursing2: service(120100004, 'Ⅱ级护理', '07', [20, 16, 12], { dailyMax: 1 }),
  nursing3: service(120100005, 'Ⅲ级护理', '07', [12, 10, 8], { dailyMax: 1 }),
  tracheotomyCare: service(120100007, '气管切开护理', '07', [40, 36, 30]),
  suction: service(120100008, '吸痰护理', '07', [4, 3.5, 3]),
  // 治疗
  oxygen: service(120300001, '氧气吸入', '05', 4, { dailyMax: 24 }),
  intramuscular: service(120400001, '肌肉注射', '05', [3, 2.5, 2]),
  infusion: service(120400006, '静脉输液', '05', [10, 9, 8], { dailyMax: 4 }),
  dressing: service(120600003, '换药（中）', '05', [20, 17, 14]),
  nebulise: service(120700001, '雾化吸入', '05', [9, 8, 6], { dailyMax: 4 }),
  ventilator: service(310603001, '呼吸机辅助呼吸', '05', [15, 13, 12], { dailyMax: 24 }),
  hemodialysis: service(311000006, '血液透析', '05', 400, { dailyMax: 1 }),
  dialysisMonitor: service(311000011, '血透监测', '05', 40),
  exercise: service(340200020, '运动疗法', '05', [35, 30, 25]),
  vocational: service(340200040, '职业功能训练', '05', [40, 35, 30]),
  acupuncture: service(430000001, '普通针刺', '05', [24, 20, 16], { dailyMax: 1 }),
  cataractLaser: service(310300093, '眼部激光治疗（单侧）', '05', [180, 160, 140]),
  jointInjection: service(120400013, '关节腔注射（单侧）', '05', [45, 40, 32]),
  phototherapy: service(311203009, '新生儿蓝光治疗', '05', [8, 7, 6]),
  incubator: service(311203004, '新生儿暖箱', '05', [6, 5, 4]),
  vaginalWash: service(311201006, '阴道灌洗上药', '05', [18, 15, 12]),
  prostateMassage: service(311202007, '前列腺按摩', '05', [20, 17, 14]),
  // 监测、检查
  ecg: service(310701001, '常规心电图检查', '03', [20, 18, 15]),
  ecgMonitor: service(310701022, '心电监测', '03', 5, { dailyMax: 24 }),
  spo2: service(310701028, '血氧饱和度监测', '03', [4, 3.5, 3], { dailyMax: 24 }),
  xray: service(210102015, '数字化X线摄影（DR）', '03', [65, 60, 50]),
  mri: service(210200001, '磁共振平扫', '03', [480, 440, 420], { level: '02' }),
  mriContrast: service(210200002, '磁共振增强扫描', '03', [680, 640, 600], { level: '02' }),
  ct: service(210300001, 'X线计算机体层（CT）平扫', '03', [220, 200, 180], { level: '02' }),
  ctContrast: service(210300002, 'X线计算机体层（CT）增强扫描', '03', [360, 330, 300], { level: '02' }),
  ultrasound: service(220302001, '彩色多普勒超声常规检查', '03', [110, 95, 80]),
  vaginalUltrasound: service(220301003, '腔内B超检查（经阴道）', '03', [90, 80, 70]),
  colposcopy: service(311201004, '阴道镜检查', '03', [60, 50, 45]),
  fetalMonitor: service(311201026, '胎心监测', '03', [20, 18, 15]),
  gastroscopy: service(310902005, '胃镜检查', '03', [240, 210, 180]),
  // 化验
  bloodCount: service(250101015, '血细胞分析', '04', [18, 17, 16]),
  urine: service(250102035, '尿液分析', '04', [8, 7, 6]),
  clotting: service(250203020, '血浆凝血酶原时间测定', '04', [16, 15, 12]),
  protein: service(250301001, '血清总蛋白测定', '04', [4, 4, 3]),
  glucose: service(250302001, '葡萄糖测定', '04', [5, 4.5, 4], { dailyMax: 8 }),
  hba1c: service(250302003, '糖化血红蛋白测定', '04', [46, 42, 38]),
  cholesterol: service(250303001, '血清总胆固醇测定', '04', [5, 5, 4]),
  potassium: service(250304001, '钾测定', '04', [4, 4, 3]),
  liverEnzyme: service(250305007, '血清丙氨酸氨基转移酶测定', '04', [5, 5, 4]),
  creatinine: service(250307002, '肌酐测定', '04', [6, 5, 5]),
  crp: service(250401025, 'C—反应蛋白测定（CRP）', '04', [20, 18, 15]),
  psa: service(250404005, '总前列腺特异性抗原测定（TPSA）', '04', [65, 60, 50]),
  tsh: service(250310001, '血清促甲状腺激素测定', '04', [35, 32, 28]),
  // 手术、麻醉
  localAnaesthesia: service(330100001, '局部浸润麻醉', '06', [30, 26, 22]),
  spinalAnaesthesia: service(330100003, '椎管内麻醉', '06', [300, 270, 240]),
  generalAnaesthesia: service(330100005, '全身麻醉', '06', [600, 540, 480]),
  anaesthesiaMonitor: service(330100015, '麻醉中监测', '06', [60, 54, 48]),
  appendectomy: service(331004020, '阑尾切除术', '06', [1100, 960, 850]),
  laparotomy: service(331008008, '剖腹探查术', '06', [900, 800, 700]),
  cholecystectomy: service(331006002, '胆囊切除术', '06', [1800, 1600, 1400]),
  cataractSurgery: service(330606005, '白内障超声乳化摘除术+人工晶体植入术', '06', [1900, 1700, 1500]),
  kneeReplacement: service(331507006, '人工全膝关节置换术', '06', [3800, 3400, 3000]),
  stenting: service(320500002, '经皮冠状动脉内支架置入术（STENT）', '06', [3900, 3500, 3200]),
  turp: service(331201006, '经尿道前列腺电切术', '06', [2100, 1850, 1600]),
  hysterectomy: service(331303014, '全子宫切除术', '06', [2200, 1950, 1700]),
  caesarean: service(331400012, '剖宫产术', '06', [1700, 1500, 1300]),
  delivery: service(331400002, '单胎顺产接生', '06', [900, 800, 700]),
  // 耗材
  infusionSet: consumable(1, '一次性使用输液器', 2.3, { level: '01' }),
  dialyser: consumable(2, '血液透析器', 92),
  lens: consumable(3_090_108_200_000_001, '人工晶状体', 2850, { later: ['2025-09-01', 1180.5] }),
  stent: consumable(2_020_103_300_000_002, '冠状动脉药物洗脱支架', 798),
  kneeJoint: consumable(3_010_209_900_000_003, '全膝关节假体系统', 5160),
  // 慢病用药
  amlodipine: drug('C08CA', 7, '苯磺酸氨氯地平片', 7.28, 'tablet'),
  valsartan: drug('C09CA', 21, '缬沙坦胶囊', 9.9, 'tablet'),
  metoprolol: drug('C07AB', 22, '琥珀酸美托洛尔缓释片', 16.5, 'tablet'),
  metformin: drug('A10BA', 9, '盐酸二甲双胍缓释片', 12.6, 'tablet'),
  glimepiride: drug('A10BB', 23, '格列美脲片', 14.2, 'tablet'),
  dapagliflozin: drug('A10BK', 24, '达格列净片', 26.5, 'tablet', { level: '02' }),
  insulin: drug('A10AE', 25, '甘精胰岛素注射液', 48.7, 'local', { level: '02' }),
  atorvastatin: drug('C10AA', 8, '阿托伐他汀钙片', 38.64, 'tablet', { later: ['2025-10-01', 5.88] }),
  aspirin: drug('B01AC', 26, '阿司匹林肠溶片', 13.4, 'tablet'),
  clopidogrel: drug('B01AC', 10, '硫酸氢氯吡格雷片', 17.22, 'tablet'),
  isosorbide: drug('C01DA', 27, '单硝酸异山梨酯缓释片', 19.8, 'tablet'),
  budesonide: drug('R03AK', 28, '布地奈德福莫特罗吸入粉雾剂', 138, 'local', { level: '02' }),
  tiotropium: drug('R03BB', 29, '噻托溴铵吸入粉雾剂', 89, 'local', { level: '02' }),
  levothyroxine: drug('H03AA', 30, '左甲状腺素钠片', 24.5, 'tablet'),
  calcium: drug('A12AX', 31, '碳酸钙D3片', 28, 'tablet', { level: '02' }),
  finasteride: drug('G04CB', 1, '非那雄胺片', 32.6, 'tablet'),
  danshen: drug('C01EB', 32, '复方丹参滴丸', 25.8, 'tablet', { chinese: true }),
  epo: drug('B03XA', 11, '重组人促红素注射液', 29.6, 'injection', { level: '02' }),
  // 常见病用药
  amoxicillin: drug('J01CA', 33, '阿莫西林胶囊', 9.6, 'tablet'),
  cefixime: drug('J01DD', 34, '头孢克肟分散片', 18.9, 'tablet', { level: '02' }),
  levofloxacin: drug('J01MA', 35, '盐酸左氧氟沙星片', 11.3, 'tablet'),
  ceftriaxone: drug('J01DD', 36, '注射用头孢曲松钠', 3.2, 'injection'),
  omeprazole: drug('A02BC', 37, '奥美拉唑肠溶胶囊', 8.7, 'tablet'),
  pantoprazole: drug('A02BC', 38, '注射用泮托拉唑钠', 5.4, 'injection', { level: '02' }),
  ibuprofen: drug('M01AE', 39, '布洛芬缓释胶囊', 15.2, 'tablet'),
  celecoxib: drug('M01AH', 40, '塞来昔布胶囊', 22.4, 'tablet', { level: '02' }),
  ambroxol: drug('R05CB', 41, '盐酸氨溴索注射液', 3.9, 'injection'),
  montelukast: drug('R03DC', 42, '孟鲁司特钠片', 21.6, 'tablet'),
  loratadine: drug('R06AX', 43, '氯雷他定片', 12.1, 'tablet'),
  smectite: drug('A07BC', 44, '蒙脱石散', 13.9, 'tablet'),
  eyeDrops: drug('S01AE', 45, '左氧氟沙星滴眼液', 10.8, 'local'),
  saline: drug('B05BB', 46, '氯化钠注射液', 2.6, 'infusion'),
  dextrose: drug('B05BA', 47, '葡萄糖注射液', 2.7, 'infusion'),
  heparin: drug('B01AB', 48, '低分子肝素钙注射液', 18.3, 'injection', { level: '02' }),
  lianhua: drug('R05XX', 49, '连花清瘟胶囊', 14.8, 'tablet', { chinese: true }),
  pudilan: drug('J01XX', 50, '蒲地蓝消炎口服液', 29.8, 'liquid', { chinese: true, level: '02' }),
  ganmaoling: drug('R05XB', 51, '感冒灵颗粒', 12.5, 'liquid', { chinese: true }),
  paediatricCold: drug('R05XA', 5, '小儿氨酚黄那敏颗粒', 9.8, 'liquid'),
  paediatricCough: drug('R05CA', 6, '小儿肺热咳喘口服液', 26.4, 'liquid', { chinese: true }),
  progesterone: drug('G03DA', 2, '黄体酮胶囊', 24.9, 'tablet'),
  baofukang: drug('G01AX', 3, '保妇康栓', 31.5, 'local', { chinese: true }),
  qianlie: drug('G04CX', 4, '前列舒通胶囊', 36.2, 'tablet', { chinese: true, level: '02' }),
  // 住院专科用药
  oxaliplatin: drug('L01XA', 52, '注射用奥沙利铂', 128, 'injection', { level: '02' }),
  paclitaxel: drug('L01CD', 53, '紫杉醇注射液', 96, 'injection', { level: '02' }),
  ondansetron: drug('A04AA', 54, '盐酸昂丹司琼注射液', 6.8, 'injection'),
  propofol: drug('N01AX', 55, '丙泊酚乳状注射液', 9.6, 'injection'),
  ropivacaine: drug('N01BB', 56, '盐酸罗哌卡因注射液', 12.8, 'injection', { level: '02' }),
  edaravone: drug('N07XX', 57, '依达拉奉注射液', 21.5, 'injection', { level: '02' }),
  // 自费
  vitamins: drug('A11AA', 58, '多维元素片', 58, 'tablet', { level: '03' }),
} satisfies Record<string, Item>;

export type ItemKey = keyof typeof items;

/** Micro-yuan charged for an item on a day. */
export function priceOn(item: Item, tier: Tier, day: number): number {
  return item.later !== null && day >= item.later.fromDay ? item.later.price : item.prices[tier];
}

/** A number of its own for every item, for product digits of trace codes. */
export const productNumbers: ReadonlyMap<string, number> = new Map(
  Object.values(items).map((item, index) => [item.code, index + 1]),
);
