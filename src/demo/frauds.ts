/** The planted frauds. Each scene breaks one rule and, as far as that is possible, no other. */
import { dayOfSecond, formatDay, secondOfDay, secondsPerDay } from '../platform/civil.ts';
import { birthdayOf, bornYearsBefore } from './birthday.ts';
import { type Item, items } from './catalogue.ts';
import { addLine, copyOf, type Draft, type DraftLine, nextSn } from './draft.ts';
import { acutes } from './conditions.ts';
import { HOUR, MINUTE, purchase } from './encounters.ts';
import {
  afternoonOf,
  anyAdult,
  clearDay,
  type FraudPlay,
  grownUp,
  hospitalise,
  hospitalsOf,
  outpatient,
  outpatientFor,
  pharmaciesOf,
  plainService,
  repeat,
  type Scene,
  type Stage,
  shop,
  shopHour,
  someDay,
  suitableAdmission,
  suits,
  takes,
} from './stage.ts';

const nursing = [items.nursing1, items.nursing2, items.nursing3];

/** A takes in B: what is charged together on one day, and what must leave the day so that nothing else collides. */
const exclusivePairs: readonly {
  a: Item;
  b: Item;
  cntA: number;
  cntB: number;
  clear: readonly Item[];
  inStay: boolean;
}[] = [
  { a: items.nursing1, b: items.nursing2, cntA: 1, cntB: 1, clear: nursing, inStay: true },
  { a: items.ctContrast, b: items.ct, cntA: 1, cntB: 1, clear: [items.ct], inStay: false },
  { a: items.ventilator, b: items.oxygen, cntA: 10, cntB: 8, clear: [items.oxygen], inStay: true },
  { a: items.hemodialysis, b: items.dialysisMonitor, cntA: 1, cntB: 1, clear: [], inStay: false },
  {
    a: items.icuCare,
    b: items.spo2,
    cntA: 12,
    cntB: 12,
    clear: [...nursing, items.ecgMonitor],
    inStay: true,
  },
  { a: items.mriContrast, b: items.mri, cntA: 1, cntB: 1, clear: [items.mri], inStay: false },
  { a: items.tracheotomyCare, b: items.suction, cntA: 1, cntB: 6, clear: [], inStay: true },
  {
    a: items.generalAnaesthesia,
    b: items.anaesthesiaMonitor,
    cntA: 1,
    cntB: 1,
    clear: [items.ecgMonitor],
    inStay: true,
  },
];

function exclusiveItems(stage: Stage): Scene {
  const pair = exclusivePairs[stage.variant % exclusivePairs.length];
  if (pair === undefined) throw new Error('no pair of exclusive items');
  const draft = pair.inStay
    ? hospitalise(stage, 0, someDay(stage, 2, 14))
    : outpatient(stage, 0, someDay(stage, 2, 2));
  const second = pair.inStay ? afternoonOf(draft, 3) : draft.begin + 20 * MINUTE;
  clearDay(draft, second, pair.clear);
  const a = addLine(draft, pair.a, second, { cnt: pair.cntA });
  const b = addLine(draft, pair.b, second + 5 * MINUTE, { cnt: pair.cntB });
  return {
    sent: [{ draft }],
    plants: [
      {
        draft,
        lines: [b],
        involved: [{ draft, lines: [a] }],
        note: `${pair.a.name}与${pair.b.name}同日收费`,
      },
    ],
  };
}

/** Quantities charged on one day, five minutes apart, together more than the limit. */
const excesses: readonly { item: Item; counts: readonly number[]; clear: readonly Item[] }[] = [
  { item: items.oxygen, counts: [26], clear: [items.oxygen] },
  { item: items.bed, counts: [1, 1], clear: [items.bed] },
  { item: items.oxygen, counts: [14, 12], clear: [items.oxygen] },
  { item: items.nursing2, counts: [2], clear: nursing },
  { item: items.ecgMonitor, counts: [20, 9], clear: [items.ecgMonitor] },
  { item: items.nebulise, counts: [6], clear: [items.nebulise] },
  { item: items.inpatientVisit, counts: [1, 1], clear: [items.inpatientVisit] },
];

function overDailyLimit(stage: Stage): Scene {
  const excess = excesses[stage.variant % excesses.length];
  if (excess === undefined) throw new Error('no item with a daily limit');
  const draft = hospitalise(stage, 0, someDay(stage, 2, 14));
  const second = afternoonOf(draft, 3);
  clearDay(draft, second, excess.clear);
  const lines = excess.counts.map((cnt, index) =>
    addLine(draft, excess.item, second + index * 5 * MINUTE, { cnt }),
  );
  const total = excess.counts.reduce((sum, cnt) => sum + cnt, 0);
  return {
    sent: [{ draft }],
    plants: [
      {
        draft,
        lines: lines.slice(-1),
        involved: lines.length > 1 ? [{ draft, lines: lines.slice(0, -1) }] : [],
        note: `${excess.item.name}一日 ${total}，上限 ${excess.item.dailyMax}`,
      },
    ],
  };
}

function duplicateStay(stage: Stage): Scene {
  const draft = hospitalise(stage, 0, someDay(stage, 2, 16));
  const again = copyOf(draft, stage.serial + 1);
  again.settled = draft.settled + stage.random.between(2, 72) * HOUR;
  return {
    sent: [{ draft }, { draft: again }],
    plants: [{ draft: again, involved: [{ draft }], note: '同一次住院以两个结算单结算' }],
  };
}

function repeatedLine(stage: Stage): Scene {
  const draft =
    stage.variant % 3 === 0
      ? hospitalise(stage, 0, someDay(stage, 2, 14))
      : outpatient(stage, 0, someDay(stage, 2, 2));
  const line = plainService(draft) ?? addLine(draft, items.ecg, draft.begin + 18 * MINUTE);
  const again = repeat(draft, line, nextSn(draft), stage.random);
  return {
    sent: [{ draft }],
    plants: [
      {
        draft,
        lines: [again],
        involved: [{ draft, lines: [line] }],
        note: `${line.item.name}同一分钟重复上传`,
      },
    ],
  };
}

function overlappingStays(stage: Stage): Scene {
  const day = someDay(stage, 2, 18);
  const first = hospitalise(stage, 0, day, { nights: stage.random.between(8, 10) });
  const laterDay = day + stage.random.between(2, 3);
  const admission = suitableAdmission(
    stage,
    laterDay,
    ({ code }) => code.slice(0, 3) !== first.diagnoses[0]?.code.slice(0, 3),
  );
  const elsewhere = hospitalsOf(stage).filter((each) => each !== first.institution && takes(each, admission));
  const second = hospitalise(stage, 1, laterDay, {
    admission,
    institution: stage.random.pick(elsewhere),
    nights: stage.random.between(4, 9),
  });
  return {
    sent: [{ draft: first }, { draft: second }],
    plants: [{ draft: second, involved: [{ draft: first }], note: '两家机构住院时间重叠' }],
  };
}

function settlementDuringStay(stage: Stage): Scene {
  const inHospital = hospitalise(stage, 0, someDay(stage, 2, 16));
  const nights = dayOfSecond(inHospital.end) - dayOfSecond(inHospital.begin);
  const day = dayOfSecond(inHospital.begin) + stage.random.between(2, nights - 2);
  const draft = stage.variant % 3 === 0 ? outpatient(stage, 1, day) : shop(stage, 1, day);
  return {
    sent: [{ draft: inHospital }, { draft }],
    plants: [{ draft, involved: [{ draft: inHospital }], note: '住院期间在门诊或药店结算' }],
  };
}

function splitStay(stage: Stage): Scene {
  const day = someDay(stage, 2, 32);
  const admission = suitableAdmission(stage, day, ({ days }) => days[1] <= 9);
  const first = hospitalise(stage, 0, day, { admission });
  const gap = stage.random.between(2, 12);
  const second = hospitalise(stage, 1, dayOfSecond(first.end) + gap, {
    admission,
    institution: first.institution,
  });
  return {
    sent: [{ draft: first }, { draft: second }],
    plants: [{ draft: second, involved: [{ draft: first }], note: `出院 ${gap} 日后以同类诊断再入院` }],
  };
}

const itemsForWomen = [
  items.baofukang,
  items.progesterone,
  items.vaginalUltrasound,
  items.colposcopy,
  items.vaginalWash,
];
const itemsForMen = [items.psa, items.prostateMassage, items.finasteride, items.qianlie];

function itemSex(stage: Stage): Scene {
  const wrong = stage.random.pick(stage.person.gend === '1' ? itemsForWomen : itemsForMen);
  const day = someDay(stage, 2, 2);
  if (wrong.listType === '101') {
    const draft = shop(stage, 0, day, { bought: [{ item: wrong, packs: 1 }] });
    return flagged(draft, wrong, `${stage.person.gend === '1' ? '男' : '女'}性使用${wrong.name}`);
  }
  const draft = outpatient(stage, 0, day);
  // Somebody whose visit holds the item already would be treated twice.
  clearDay(draft, draft.begin, [wrong]);
  addLine(draft, wrong, draft.begin + 22 * MINUTE);
  return flagged(draft, wrong, `${stage.person.gend === '1' ? '男' : '女'}性使用${wrong.name}`);
}

function itemAge(stage: Stage): Scene {
  switch (stage.variant % 5) {
    case 0:
      return flagged(
        shop(stage, 0, someDay(stage, 2, 2), { bought: [{ item: items.paediatricCold, packs: 2 }] }),
        items.paediatricCold,
        '成人购买儿童用药',
      );
    case 1: {
      const draft = shop(stage, 0, birthdayOf(stage.person.birthDay, 14), {
        bought: [{ item: items.paediatricCough, packs: 1 }],
      });
      return flagged(draft, items.paediatricCough, '年满 14 周岁当日购买儿童用药');
    }
    case 2: {
      const draft = outpatient(stage, 0, someDay(stage, 2, 2));
      addLine(draft, items.vocational, draft.begin + 22 * MINUTE);
      return flagged(draft, items.vocational, '超过法定就业年龄接受职业功能训练');
    }
    case 3: {
      const draft = outpatient(stage, 0, someDay(stage, 2, 2));
      addLine(draft, items.paediatricCough, draft.begin + 32 * MINUTE);
      return flagged(draft, items.paediatricCough, '成人门诊使用儿童用药');
    }
    default: {
      const draft = outpatient(stage, 0, someDay(stage, 2, 2));
      addLine(draft, items.phototherapy, draft.begin + 22 * MINUTE, { cnt: 6 });
      return flagged(draft, items.phototherapy, '新生儿项目用于一岁以上儿童');
    }
  }
}

const flagged = (draft: Draft, item: Item, note: string): Scene => ({
  sent: [{ draft }],
  plants: [{ draft, lines: draft.lines.filter((line) => line.item === item), note }],
});

function wrongDiagnosis(stage: Stage, code: string, name: string): Scene {
  const draft =
    stage.variant % 3 === 2
      ? hospitalise(stage, 0, someDay(stage, 2, 14))
      : outpatient(stage, 0, someDay(stage, 2, 2));
  draft.diagnoses = [...draft.diagnoses, { code, name }];
  return { sent: [{ draft }], plants: [{ draft, note: `诊断 ${code} ${name}` }] };
}

const diagnosesOfWomen = [
  { code: 'N76.000', name: '急性阴道炎' },
  { code: 'D25.900', name: '子宫平滑肌瘤' },
  { code: 'N80.900', name: '子宫内膜异位症' },
];
const diagnosesOfMen = [
  { code: 'N40.x00', name: '前列腺增生' },
  { code: 'N41.100', name: '慢性前列腺炎' },
  { code: 'C61.x00', name: '前列腺恶性肿瘤' },
];

function diagnosisSex(stage: Stage): Scene {
  const { code, name } = stage.random.pick(stage.person.gend === '1' ? diagnosesOfWomen : diagnosesOfMen);
  return wrongDiagnosis(stage, code, name);
}

const diagnosisAge = (stage: Stage): Scene =>
  stage.variant % 3 === 0
    ? wrongDiagnosis(stage, 'P59.900', '新生儿黄疸')
    : stage.variant % 3 === 1
      ? wrongDiagnosis(stage, 'H25.900', '老年性白内障')
      : wrongDiagnosis(stage, 'E30.100', '性早熟');

function afterDeath(stage: Stage): Scene {
  const last = hospitalise(stage, 0, someDay(stage, 2, 34));
  const died = dayOfSecond(last.end);
  last.dischargeWay = '5';
  last.died = { date: formatDay(died) };
  const draft = shop(stage, 1, died + stage.random.between(3, 18));
  // Where the register was not asked, the death is known from the last stay alone.
  const registered = stage.variant % 3 !== 0;
  if (registered) draft.died = last.died;
  return {
    sent: [{ draft: last }, { draft }],
    plants: [
      {
        draft,
        involved: [{ draft: last }],
        note: registered ? '死亡后购药' : '死亡后购药，死亡日期只见于末次住院',
      },
    ],
    diesOn: died,
  };
}

function identity(stage: Stage, draftsChecks: (draft: Draft) => Draft['checks'], note: string): Scene {
  const draft =
    stage.variant % 2 === 0
      ? shop(stage, 0, someDay(stage, 2, 2))
      : outpatient(stage, 0, someDay(stage, 2, 2));
  draft.checks = draftsChecks(draft);
  return { sent: [{ draft }], plants: [{ draft, note }] };
}

const identityFailed = (stage: Stage): Scene =>
  identity(
    stage,
    (draft) =>
      Array.from({ length: 1 + (stage.variant % 2) }, (_, attempt) => ({
        second: draft.settled - 3 * MINUTE + attempt * MINUTE,
        method: 'face' as const,
        passed: false,
        score: stage.random.between(18, 52) / 100,
      })),
    '人脸核验不通过仍结算',
  );

const identityMissing = (stage: Stage): Scene => identity(stage, () => [], '结算时无任何身份核验');

const resalable = [
  items.clopidogrel,
  items.dapagliflozin,
  items.insulin,
  items.atorvastatin,
  items.budesonide,
];

function traceResold(stage: Stage): Scene {
  const { random } = stage;
  const bought = [{ item: random.pick(resalable), packs: 1 }];
  const [first, other] = random.some(pharmaciesOf(stage), 2);
  if (first === undefined || other === undefined) throw new Error('a code is resold at another pharmacy');
  const day = someDay(stage, 2, 30);
  const sale = shop(stage, 0, day, {
    bought,
    institution: first,
    person: stage.variant % 3 === 0 ? stage.person : stage.partner,
  });
  const resale = shop(stage, 1, day + random.between(2, 26), { bought, institution: other });
  resale.traces = (resale.traces ?? []).map((trace, index) => ({
    ...trace,
    code: sale.traces?.[index]?.code ?? trace.code,
  }));
  return {
    sent: [{ draft: sale }, { draft: resale }],
    plants: [
      {
        draft: resale,
        lines: resale.lines,
        involved: [{ draft: sale, lines: sale.lines }],
        note: '同一整盒追溯码两次销售',
      },
    ],
  };
}

function feeOutsideStay(stage: Stage): Scene {
  const draft = hospitalise(stage, 0, someDay(stage, 8, 22));
  const before = stage.variant % 2 === 1;
  const apart = stage.random.between(2, 5);
  const day = before ? dayOfSecond(draft.begin) - apart : dayOfSecond(draft.end) + apart;
  const second = secondOfDay(day) + 10 * HOUR;
  const lines = [items.bloodCount, items.ultrasound].map((item, index) =>
    addLine(draft, item, second + index * 5 * MINUTE),
  );
  if (!before) draft.settled = Math.max(draft.settled, second + secondsPerDay);
  return {
    sent: [{ draft }],
    plants: [{ draft, lines, note: before ? `入院前 ${apart} 日计费` : `出院后 ${apart} 日计费` }],
  };
}

function priceOverCeiling(stage: Stage): Scene {
  const { random } = stage;
  const overcharge = (line: DraftLine, percent: number): void => {
    line.pric = Math.floor((line.pric * percent) / 1_000_000) * 10_000;
  };
  switch (stage.variant % 4) {
    case 0: {
      const draft = shop(stage, 0, someDay(stage, 2, 2), {
        bought: [{ item: random.pick([items.amlodipine, items.metformin, items.clopidogrel]), packs: 2 }],
      });
      for (const line of draft.lines) overcharge(line, random.between(115, 160));
      return { sent: [{ draft }], plants: [{ draft, lines: draft.lines, note: '药品零售价高于限价' }] };
    }
    case 1: {
      const draft = hospitalise(stage, 0, someDay(stage, 2, 14));
      const lines = draft.lines.filter((line) => line.item === items.bed);
      for (const line of lines) overcharge(line, 120);
      return { sent: [{ draft }], plants: [{ draft, lines, note: '床位费高于本级医院限价' }] };
    }
    case 2: {
      const switchDay = items.atorvastatin.later?.fromDay ?? stage.days.last;
      // Without the switch in the city's months there is no old price to charge; then the price is simply too high.
      const room = switchDay < stage.days.last - 3 && switchDay >= stage.days.first;
      const day = room ? random.between(switchDay, stage.days.last - 3) : someDay(stage, 2, 2);
      const institution = random.pick(pharmaciesOf(stage));
      const begin = shopHour(day, random);
      const draft = purchase(
        { serial: stage.serial, person: stage.person, institution, begin },
        [{ item: items.atorvastatin, packs: 2 }],
        random,
      );
      for (const line of draft.lines)
        line.pric =
          day >= switchDay
            ? items.atorvastatin.prices.primary
            : Math.floor(items.atorvastatin.prices.primary * 1.25);
      return {
        sent: [{ draft }],
        plants: [{ draft, lines: draft.lines, note: room ? '集采降价后仍按原价销售' : '药品零售价高于限价' }],
      };
    }
    default: {
      const draft = outpatient(stage, 0, someDay(stage, 2, 2));
      clearDay(draft, draft.begin, [items.bloodCount]);
      const line = addLine(draft, items.bloodCount, draft.begin + 21 * MINUTE);
      // The least that can be too much: one fen above the ceiling.
      line.pric = 18_010_000;
      return { sent: [{ draft }], plants: [{ draft, lines: [line], note: '血细胞分析超限价一分' }] };
    }
  }
}

/** A ring comes to one pharmacy together, three weeks running or a little more often, a few minutes apart. */
function gathering(stage: Stage): Scene {
  const { random } = stage;
  const institution = random.pick(pharmaciesOf(stage));
  const first = someDay(stage, 2, 26);
  const ring = [stage.person, ...stage.company];
  const meetings = [0, random.between(4, 9), random.between(12, 20)].map((after, meeting) => {
    const hour = shopHour(first + after, random);
    const apart = random.between(2, 5) * MINUTE;
    return ring.map((person, place) =>
      shop(stage, meeting * ring.length + place, first + after, {
        institution,
        person,
        begin: hour + place * apart,
      }),
    );
  });
  const [draft, ...others] = meetings.flat().toReversed();
  if (draft === undefined) throw new Error('nobody came together');
  return {
    sent: meetings.flat().map((one) => ({ draft: one })),
    plants: [
      {
        draft,
        involved: others.map((one) => ({ draft: one })),
        note: `${ring.length} 人三次结伴到${institution.document.fixmedins_name}`,
      },
    ],
  };
}

/** One visit billed for five persons, item by item. */
function alikeVisits(stage: Stage): Scene {
  const everybody = acutes.filter(
    (acute) =>
      acute.tests.length > 0 &&
      [stage.person, ...stage.company].every((person) => suits(acute, person, stage.days.first)),
  );
  const pattern = outpatientFor(stage, 0, someDay(stage, 2, 2), stage.random.pick(everybody));
  for (const item of [items.bloodCount, items.ecg])
    if (pattern.lines.every((line) => line.item !== item))
      addLine(pattern, item, pattern.begin + 18 * MINUTE);
  const others = stage.company.map((person, place): Draft => {
    const copy = copyOf(pattern, stage.serial + 1 + place);
    const later = (1 + place) * 12 * MINUTE;
    return {
      ...copy,
      person,
      begin: pattern.begin + later,
      end: pattern.end + later,
      settled: pattern.settled + later,
      lines: copy.lines.map((line) => ({ ...line, second: line.second + later })),
      checks: copy.checks?.map((one) => ({ ...one, second: one.second + later })) ?? null,
    };
  });
  const last = others.at(-1) ?? pattern;
  const all = [pattern, ...others];
  return {
    sent: all.map((draft) => ({ draft })),
    plants: [
      {
        draft: last,
        involved: all.filter((draft) => draft !== last).map((draft) => ({ draft })),
        note: `${all.length} 人同日的项目和总费用完全相同`,
      },
    ],
  };
}

export const frauds: readonly FraudPlay[] = [
  {
    fraud: 'duplicate-stay',
    count: 14,
    cast: grownUp,
    collateral: ['repeated-line', 'over-daily-limit'],
    play: duplicateStay,
  },
  { fraud: 'repeated-line', count: 30, cast: grownUp, collateral: [], play: repeatedLine },
  { fraud: 'exclusive-items', count: 32, cast: grownUp, collateral: [], play: exclusiveItems },
  { fraud: 'over-daily-limit', count: 28, cast: grownUp, collateral: [], play: overDailyLimit },
  {
    fraud: 'overlapping-stays',
    count: 14,
    cast: grownUp,
    collateral: ['over-daily-limit', 'exclusive-items'],
    play: overlappingStays,
  },
  { fraud: 'settlement-during-stay', count: 24, cast: grownUp, collateral: [], play: settlementDuringStay },
  { fraud: 'split-stay', count: 18, cast: grownUp, collateral: [], play: splitStay },
  { fraud: 'item-sex', count: 26, cast: anyAdult, collateral: [], play: itemSex },
  {
    fraud: 'item-age',
    count: 25,
    cast: (variant, random, days) =>
      variant % 5 === 1
        ? { birthDay: bornYearsBefore(random.between(days.first + 4, days.last - 5), 14) }
        : {
            age: (
              [
                [20, 60],
                [13, 14],
                [64, 84],
                [20, 60],
                [2, 10],
              ] as const
            )[variant % 5] ?? [20, 60],
          },
    collateral: [],
    play: itemAge,
  },
  { fraud: 'diagnosis-sex', count: 24, cast: grownUp, collateral: [], play: diagnosisSex },
  {
    fraud: 'diagnosis-age',
    count: 21,
    cast: (variant) => ({ age: variant % 3 === 1 ? [20, 38] : [46, 80] }),
    collateral: [],
    play: diagnosisAge,
  },
  { fraud: 'after-death', count: 15, cast: () => ({ age: [66, 92] }), collateral: [], play: afterDeath },
  { fraud: 'identity-failed', count: 30, cast: anyAdult, collateral: [], play: identityFailed },
  { fraud: 'identity-missing', count: 30, cast: anyAdult, collateral: [], play: identityMissing },
  { fraud: 'trace-resold', count: 30, cast: anyAdult, partner: true, collateral: [], play: traceResold },
  { fraud: 'fee-outside-stay', count: 20, cast: grownUp, collateral: [], play: feeOutsideStay },
  { fraud: 'price-over-ceiling', count: 36, cast: grownUp, collateral: [], play: priceOverCeiling },
  { fraud: 'gathering', count: 10, cast: anyAdult, company: 2, collateral: [], play: gathering },
  { fraud: 'alike-visits', count: 10, cast: grownUp, company: 4, collateral: [], play: alikeVisits },
];
