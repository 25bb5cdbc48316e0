/** What people of the demo city suffer from, and what is done about it: outpatient, chronic and inpatient profiles. */
import { type Item, type ItemKey, items } from './catalogue.ts';

export type DepartmentKey =
  | 'general'
  | 'respiratory'
  | 'digestive'
  | 'neurology'
  | 'cardiology'
  | 'nephrology'
  | 'endocrine'
  | 'surgery'
  | 'orthopaedics'
  | 'urology'
  | 'gynaecology'
  | 'paediatrics'
  | 'ophthalmology'
  | 'dermatology'
  | 'oncology'
  | 'chinese'
  | 'rehabilitation';

export interface Disease {
  readonly code: string;
  readonly name: string;
  readonly department: DepartmentKey;
  readonly gend: '1' | '2' | null;
  /** Completed years, half-open. */
  readonly age: readonly [from: number, below: number];
}

/** Seen once, in an outpatient department or handled at a pharmacy. */
export interface Acute extends Disease {
  readonly drugs: readonly Item[];
  readonly tests: readonly Item[];
  readonly treatments: readonly Item[];
}

/** Seen every month. */
export interface Chronic extends Disease {
  readonly drugs: readonly Item[];
  readonly tests: readonly Item[];
  /** Share of people above the lower age who have it. */
  readonly prevalence: number;
}

export interface Surgery {
  readonly code: string;
  readonly name: string;
  readonly item: Item;
  readonly anaesthesia: 'general' | 'spinal' | 'local';
  readonly consumables: readonly Item[];
}

/** A reason to be admitted. */
export interface Admission extends Disease {
  readonly medType: '21' | '52';
  /** Length of stay in days, both included. */
  readonly days: readonly [from: number, to: number];
  readonly dailyDrugs: readonly Item[];
  readonly firstTests: readonly Item[];
  readonly imaging: readonly Item[];
  readonly takeHome: readonly Item[];
  readonly surgery: Surgery | null;
  readonly oxygen: boolean;
  /** The standard is about what such a stay costs in this city; the weight is its share of 4,000 yuan. */
  readonly drg: {
    readonly code: string;
    readonly name: string;
    readonly weight: string;
    readonly standardYuan: number;
  };
  /** Community hospitals take it too. */
  readonly simple: boolean;
  readonly weight: number;
}

const everyone = [0, 130] as const;
const children = [0, 13] as const;
const adults = [18, 130] as const;
const list = (...keys: readonly ItemKey[]): Item[] => keys.map((key) => items[key]);

function acute(
  code: string,
  name: string,
  department: DepartmentKey,
  drugs: readonly ItemKey[],
  tests: readonly ItemKey[],
  treatments: readonly ItemKey[] = [],
  who: Partial<Pick<Disease, 'gend' | 'age'>> = {},
): Acute {
  return {
    code,
    name,
    department,
    gend: who.gend ?? null,
    age: who.age ?? adults,
    drugs: list(...drugs),
    tests: list(...tests),
    treatments: list(...treatments),
  };
}

export const acutes: readonly Acute[] = [
  acute(
    'J06.900',
    '急性上呼吸道感染',
    'respiratory',
    ['lianhua', 'ganmaoling', 'ibuprofen', 'pudilan'],
    ['bloodCount', 'crp'],
  ),
  acute(
    'J20.900',
    '急性支气管炎',
    'respiratory',
    ['cefixime', 'montelukast', 'lianhua'],
    ['bloodCount', 'crp', 'xray'],
    ['nebulise'],
  ),
  acute('K29.500', '慢性胃炎', 'digestive', ['omeprazole', 'smectite'], ['bloodCount', 'gastroscopy']),
  acute(
    'A09.900',
    '胃肠炎',
    'digestive',
    ['smectite', 'levofloxacin', 'saline', 'dextrose'],
    ['bloodCount', 'potassium'],
    ['infusion'],
  ),
  acute(
    'N39.000',
    '泌尿道感染',
    'urology',
    ['levofloxacin', 'cefixime'],
    ['urine', 'bloodCount', 'ultrasound'],
  ),
  acute(
    'M54.500',
    '腰痛',
    'orthopaedics',
    ['celecoxib', 'ibuprofen'],
    ['xray', 'mri'],
    ['acupuncture', 'exercise'],
  ),
  acute('M17.900', '膝关节病', 'orthopaedics', ['celecoxib', 'calcium'], ['xray'], ['acupuncture'], {
    age: [45, 130],
  }),
  acute('L20.900', '特应性皮炎', 'dermatology', ['loratadine'], ['bloodCount']),
  acute('H10.900', '结膜炎', 'ophthalmology', ['eyeDrops'], [], [], { age: everyone }),
  acute('R42.x00', '头晕和眩晕', 'neurology', ['danshen'], ['bloodCount', 'ecg', 'ct', 'glucose']),
  acute('R07.400', '胸痛', 'cardiology', ['isosorbide'], ['ecg', 'bloodCount', 'xray', 'cholesterol'], [], {
    age: [30, 130],
  }),
  acute(
    'S61.900',
    '手开放性伤口',
    'surgery',
    ['amoxicillin', 'ibuprofen'],
    ['bloodCount'],
    ['dressing', 'intramuscular'],
  ),
  acute('N76.000', '急性阴道炎', 'gynaecology', ['baofukang'], ['urine'], ['vaginalWash'], {
    gend: '2',
    age: [18, 60],
  }),
  acute('N92.600', '月经不规则', 'gynaecology', ['progesterone'], ['vaginalUltrasound', 'bloodCount'], [], {
    gend: '2',
    age: [18, 50],
  }),
  acute(
    'Z34.900',
    '正常妊娠监督',
    'gynaecology',
    [],
    ['fetalMonitor', 'urine', 'bloodCount', 'ultrasound'],
    [],
    { gend: '2', age: [20, 42] },
  ),
  acute(
    'N41.100',
    '慢性前列腺炎',
    'urology',
    ['qianlie', 'levofloxacin'],
    ['urine', 'psa'],
    ['prostateMassage'],
    { gend: '1', age: [22, 60] },
  ),
  acute(
    'J06.900',
    '急性上呼吸道感染',
    'paediatrics',
    ['paediatricCold', 'paediatricCough'],
    ['bloodCount', 'crp'],
    [],
    { age: children },
  ),
  acute(
    'J20.900',
    '急性支气管炎',
    'paediatrics',
    ['paediatricCough', 'cefixime'],
    ['bloodCount', 'crp'],
    ['nebulise'],
    { age: children },
  ),
  acute('A09.900', '胃肠炎', 'paediatrics', ['smectite'], ['bloodCount'], ['infusion'], { age: children }),
  acute('J06.900', '急性上呼吸道感染', 'general', ['amoxicillin', 'ganmaoling'], ['bloodCount'], [], {
    age: [13, 130],
  }),
];

function chronic(
  code: string,
  name: string,
  department: DepartmentKey,
  prevalence: number,
  drugs: readonly ItemKey[],
  tests: readonly ItemKey[],
  age: Disease['age'],
  gend: Disease['gend'] = null,
): Chronic {
  return { code, name, department, prevalence, gend, age, drugs: list(...drugs), tests: list(...tests) };
}

export const chronics: readonly Chronic[] = [
  chronic(
    'I10.x00x002',
    '高血压',
    'cardiology',
    0.42,
    ['amlodipine', 'valsartan', 'metoprolol'],
    ['potassium', 'creatinine', 'ecg'],
    [40, 130],
  ),
  chronic(
    'E11.900',
    '2型糖尿病',
    'endocrine',
    0.2,
    ['metformin', 'glimepiride', 'dapagliflozin', 'insulin'],
    ['glucose', 'hba1c', 'urine'],
    [38, 130],
  ),
  chronic(
    'E78.500',
    '高脂血症',
    'cardiology',
    0.2,
    ['atorvastatin'],
    ['cholesterol', 'liverEnzyme'],
    [38, 130],
  ),
  chronic(
    'I25.103',
    '冠状动脉粥样硬化性心脏病',
    'cardiology',
    0.14,
    ['aspirin', 'clopidogrel', 'isosorbide', 'danshen'],
    ['ecg', 'cholesterol'],
    [52, 130],
  ),
  chronic(
    'J44.900',
    '慢性阻塞性肺疾病',
    'respiratory',
    0.07,
    ['budesonide', 'tiotropium'],
    ['xray', 'bloodCount'],
    [52, 130],
  ),
  chronic(
    'I69.300',
    '脑梗死后遗症',
    'neurology',
    0.05,
    ['aspirin', 'atorvastatin'],
    ['cholesterol'],
    [55, 130],
  ),
  chronic('E03.900', '甲状腺功能减退症', 'endocrine', 0.04, ['levothyroxine'], ['tsh'], [25, 130]),
  chronic('M81.900', '骨质疏松', 'endocrine', 0.08, ['calcium'], ['potassium'], [58, 130], '2'),
  chronic(
    'N40.x00',
    '前列腺增生',
    'urology',
    0.16,
    ['finasteride', 'qianlie'],
    ['psa', 'urine'],
    [56, 130],
    '1',
  ),
];

interface AdmissionParts {
  readonly days: Admission['days'];
  readonly daily: readonly ItemKey[];
  readonly tests?: readonly ItemKey[];
  readonly imaging?: readonly ItemKey[];
  readonly home?: readonly ItemKey[];
  readonly surgery?: Surgery;
  readonly oxygen?: true;
  readonly simple?: true;
  readonly who?: Partial<Pick<Disease, 'gend' | 'age'>>;
  readonly medType?: '52';
  readonly weight: number;
}

function admission(
  code: string,
  name: string,
  department: DepartmentKey,
  drg: readonly [code: string, name: string, weight: string, standardYuan: number],
  parts: AdmissionParts,
): Admission {
  return {
    code,
    name,
    department,
    gend: parts.who?.gend ?? null,
    age: parts.who?.age ?? adults,
    medType: parts.medType ?? '21',
    days: parts.days,
    dailyDrugs: list(...parts.daily),
    firstTests: list(
      ...(parts.tests ?? [
        'bloodCount',
        'urine',
        'protein',
        'liverEnzyme',
        'creatinine',
        'potassium',
        'clotting',
        'ecg',
      ]),
    ),
    imaging: list(...(parts.imaging ?? [])),
    takeHome: list(...(parts.home ?? [])),
    surgery: parts.surgery ?? null,
    oxygen: parts.oxygen ?? false,
    simple: parts.simple ?? false,
    drg: { code: drg[0], name: drg[1], weight: drg[2], standardYuan: drg[3] },
    weight: parts.weight,
  };
}

const surgery = (
  code: string,
  name: string,
  item: ItemKey,
  anaesthesia: Surgery['anaesthesia'],
  consumables: readonly ItemKey[] = [],
): Surgery => ({ code, name, item: items[item], anaesthesia, consumables: list(...consumables) });

const middleAged = [45, 130] as const;

/** Ordinary admissions. Diagnosis categories (the first three characters) differ between any two of them. */
export const admissions: readonly Admission[] = [
  admission('J18.900', '肺炎', 'respiratory', ['ES25', '呼吸系统感染/炎症，不伴合并症', '0.50', 2000], {
    days: [6, 10],
    daily: ['saline', 'ceftriaxone', 'ambroxol'],
    imaging: ['ct'],
    home: ['cefixime'],
    oxygen: true,
    simple: true,
    weight: 10,
  }),
  admission(
    'J44.100',
    '慢性阻塞性肺病伴急性加重',
    'respiratory',
    ['ET15', '慢性气道阻塞病，不伴合并症', '0.62', 2500],
    {
      days: [7, 11],
      daily: ['saline', 'ceftriaxone', 'ambroxol'],
      imaging: ['ct'],
      home: ['budesonide', 'tiotropium'],
      oxygen: true,
      simple: true,
      who: { age: [50, 130] },
      weight: 8,
    },
  ),
  admission('I63.900', '脑梗死', 'neurology', ['BR25', '脑缺血性疾患，不伴合并症', '0.68', 2700], {
    days: [8, 13],
    daily: ['saline', 'edaravone', 'heparin'],
    imaging: ['ct', 'mri'],
    home: ['aspirin', 'atorvastatin'],
    who: { age: middleAged },
    weight: 9,
  }),
  admission('I20.000', '不稳定型心绞痛', 'cardiology', ['FM19', '经皮心血管操作', '1.46', 5850], {
    days: [5, 8],
    daily: ['saline', 'heparin'],
    imaging: ['ultrasound'],
    home: ['aspirin', 'clopidogrel', 'atorvastatin'],
    surgery: surgery('36.0700x004', '经皮冠状动脉药物洗脱支架置入术', 'stenting', 'local', ['stent']),
    who: { age: middleAged },
    weight: 5,
  }),
  admission(
    'E11.400',
    '2型糖尿病伴有神经系统并发症',
    'endocrine',
    ['KS15', '糖尿病，不伴合并症', '0.36', 1450],
    {
      days: [6, 10],
      daily: ['saline', 'glucose'],
      imaging: ['ultrasound'],
      home: ['metformin', 'dapagliflozin'],
      simple: true,
      who: { age: [40, 130] },
      weight: 7,
    },
  ),
  admission('K35.800', '急性阑尾炎', 'surgery', ['GD29', '阑尾切除术', '0.70', 2800], {
    days: [5, 7],
    daily: ['saline', 'ceftriaxone'],
    imaging: ['ct'],
    surgery: surgery('47.0100', '腹腔镜下阑尾切除术', 'appendectomy', 'general'),
    weight: 5,
  }),
  admission('K80.200', '胆囊结石', 'surgery', ['HC29', '胆囊切除手术', '0.90', 3600], {
    days: [5, 8],
    daily: ['saline', 'ceftriaxone'],
    imaging: ['ultrasound', 'ct'],
    surgery: surgery('51.2300', '腹腔镜下胆囊切除术', 'cholecystectomy', 'general'),
    weight: 5,
  }),
  admission('M17.100', '单侧原发性膝关节病', 'orthopaedics', ['IC29', '膝关节置换术', '2.75', 11000], {
    days: [9, 12],
    daily: ['saline', 'heparin'],
    imaging: ['xray'],
    home: ['celecoxib', 'calcium'],
    surgery: surgery('81.5400', '全膝关节置换', 'kneeReplacement', 'spinal', ['kneeJoint']),
    who: { age: [58, 130] },
    weight: 3,
  }),
  admission('H25.900', '老年性白内障', 'ophthalmology', ['CB39', '晶状体手术', '0.97', 3900], {
    days: [5, 5],
    daily: ['eyeDrops'],
    home: ['eyeDrops'],
    surgery: surgery('13.4100x001', '白内障超声乳化抽吸术', 'cataractSurgery', 'local', ['lens']),
    who: { age: [58, 130] },
    weight: 5,
  }),
  admission('N13.200', '肾积水伴输尿管结石', 'urology', ['LJ15', '泌尿系统结石', '0.35', 1400], {
    days: [5, 7],
    daily: ['saline', 'levofloxacin'],
    imaging: ['ultrasound', 'ct'],
    simple: true,
    weight: 4,
  }),
  admission('K92.200', '胃肠道出血', 'digestive', ['GS15', '胃肠出血', '0.38', 1500], {
    days: [6, 9],
    daily: ['saline', 'pantoprazole', 'dextrose'],
    imaging: ['gastroscopy'],
    home: ['omeprazole'],
    weight: 5,
  }),
  admission('I50.900', '心力衰竭', 'cardiology', ['FR25', '心力衰竭、休克', '0.59', 2350], {
    days: [7, 11],
    daily: ['saline', 'heparin'],
    imaging: ['xray', 'ultrasound'],
    home: ['metoprolol', 'valsartan'],
    oxygen: true,
    who: { age: [60, 130] },
    weight: 6,
  }),
  admission('N40.x00', '前列腺增生', 'urology', ['MC19', '前列腺手术', '0.93', 3700], {
    days: [6, 9],
    daily: ['saline', 'levofloxacin'],
    tests: ['bloodCount', 'urine', 'creatinine', 'clotting', 'ecg', 'psa'],
    imaging: ['ultrasound'],
    home: ['finasteride'],
    surgery: surgery('60.2901', '经尿道前列腺电切术', 'turp', 'spinal'),
    who: { gend: '1', age: [58, 130] },
    weight: 3,
  }),
  admission('D25.900', '子宫平滑肌瘤', 'gynaecology', ['NC19', '子宫手术', '0.95', 3800], {
    days: [6, 8],
    daily: ['saline', 'ceftriaxone'],
    imaging: ['ultrasound'],
    surgery: surgery('68.4901', '经腹全子宫切除术', 'hysterectomy', 'general'),
    who: { gend: '2', age: [38, 60] },
    weight: 2,
  }),
  admission('O82.000', '经选择性剖宫产术分娩', 'gynaecology', ['OB25', '剖宫产术', '0.68', 2700], {
    days: [5, 6],
    daily: ['saline', 'ceftriaxone'],
    tests: ['bloodCount', 'urine', 'clotting', 'fetalMonitor', 'ultrasound'],
    surgery: surgery('74.1x01', '子宫下段剖宫产术', 'caesarean', 'spinal'),
    who: { gend: '2', age: [20, 42] },
    medType: '52',
    weight: 40,
  }),
  admission(
    'J20.800',
    '急性支气管炎，其他特指病原体所致',
    'paediatrics',
    ['ES35', '儿童呼吸系统感染', '0.25', 1000],
    {
      days: [5, 7],
      daily: ['saline', 'ambroxol', 'nebulise'],
      tests: ['bloodCount', 'urine', 'crp'],
      who: { age: children },
      weight: 8,
    },
  ),
];

/** Planned series: every cycle is an admission of its own, and none of them is a split stay. */
export const chemotherapy: Admission = admission(
  'Z51.103',
  '恶性肿瘤术后化学治疗',
  'oncology',
  ['RE13', '化学治疗', '0.23', 900],
  {
    days: [3, 4],
    daily: ['saline', 'dextrose', 'ondansetron', 'oxaliplatin'],
    tests: ['bloodCount', 'liverEnzyme', 'creatinine'],
    who: { age: [40, 80] },
    weight: 0,
  },
);

export const dialysisAdmission: Admission = admission(
  'Z49.100',
  '体外透析',
  'nephrology',
  ['LL13', '肾透析', '0.17', 700],
  {
    days: [3, 4],
    daily: ['saline', 'heparin'],
    tests: ['bloodCount', 'potassium', 'creatinine'],
    who: { age: [35, 80] },
    weight: 0,
  },
);

/** Uraemia on regular dialysis, three sessions a week in the outpatient department. */
export const dialysis: Disease = {
  code: 'N18.500',
  name: '慢性肾脏病5期',
  department: 'nephrology',
  gend: null,
  age: [30, 85],
};

/** Bought over the counter without a visit before it. */
export const overTheCounter: readonly Item[] = list(
  'ganmaoling',
  'lianhua',
  'ibuprofen',
  'loratadine',
  'omeprazole',
  'smectite',
  'pudilan',
  'vitamins',
);
export const overTheCounterForChildren: readonly Item[] = list(
  'paediatricCold',
  'paediatricCough',
  'smectite',
);
