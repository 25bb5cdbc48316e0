/** Honest scenes that look like a fraud and must not be flagged: the false positives that people who do this work complain about. */
import { dayOfSecond, formatDay, secondsPerDay } from '../platform/civil.ts';
import { birthdayOf, bornYearsBefore } from './birthday.ts';
import { items } from './catalogue.ts';
import { type Acute, acutes, dialysisAdmission } from './conditions.ts';
import { addLine, copyOf, type Draft, nextSn, refundOf, reverseLine, UNIT } from './draft.ts';
import { HOUR, MINUTE, purchase } from './encounters.ts';
import {
  afternoonOf,
  anyAdult,
  clearDay,
  grownUp,
  hospitalise,
  hospitalsOf,
  type LookAlikePlay,
  outpatient,
  outpatientFor,
  pharmaciesOf,
  plainService,
  repeat,
  type Scene,
  type Stage,
  shop,
  someDay,
  suitableAdmission,
  takes,
} from './stage.ts';

const honest = (...drafts: readonly Draft[]): Scene => ({
  sent: drafts.map((draft) => ({ draft })),
  plants: [],
});
const category = (code: string | undefined): string => (code ?? '').slice(0, 3);

function sameDayTransfer(stage: Stage): Scene {
  const day = someDay(stage, 2, 28);
  const admission = suitableAdmission(
    stage,
    day,
    (each) => hospitalsOf(stage).filter((place) => takes(place, each)).length > 1,
  );
  const [from, to] = stage.random.some(
    hospitalsOf(stage).filter((each) => takes(each, admission)),
    2,
  );
  if (from === undefined || to === undefined) throw new Error('a transfer needs two hospitals');
  const first = hospitalise(stage, 0, day, { admission, institution: from });
  first.dischargeWay = '2';
  const begin = first.end + stage.random.between(60, 150) * MINUTE;
  return honest(first, hospitalise(stage, 1, dayOfSecond(begin), { admission, institution: to, begin }));
}

function dialysisReadmission(stage: Stage): Scene {
  const first = hospitalise(stage, 0, someDay(stage, 2, 34), { admission: dialysisAdmission });
  const { institution } = first;
  const second = hospitalise(stage, 1, dayOfSecond(first.end) + stage.random.between(5, 8), {
    admission: dialysisAdmission,
    institution,
  });
  const third = hospitalise(stage, 2, dayOfSecond(second.end) + stage.random.between(5, 8), {
    admission: dialysisAdmission,
    institution,
  });
  return honest(first, second, third);
}

function readmittedLater(stage: Stage): Scene {
  const day = someDay(stage, 2, 42);
  const admission = suitableAdmission(stage, day, ({ days }) => days[1] <= 8);
  const first = hospitalise(stage, 0, day, { admission });
  return honest(
    first,
    hospitalise(stage, 1, dayOfSecond(first.end) + stage.random.between(18, 22), {
      admission,
      institution: first.institution,
    }),
  );
}

function readmittedOtherDisease(stage: Stage): Scene {
  const first = hospitalise(stage, 0, someDay(stage, 2, 38));
  const day = dayOfSecond(first.end) + stage.random.between(3, 10);
  const admission = suitableAdmission(
    stage,
    day,
    (each) => category(each.code) !== category(first.diagnoses[0]?.code) && takes(first.institution, each),
  );
  return honest(first, hospitalise(stage, 1, day, { admission, institution: first.institution }));
}

/** Left and right: the same item, price and doctor, some minutes apart. */
function bilateralProcedure(stage: Stage): Scene {
  const draft = outpatient(stage, 0, someDay(stage, 2, 2));
  const item = stage.random.pick([items.cataractLaser, items.jointInjection]);
  for (const minutes of [18, 18 + stage.random.between(4, 14)])
    addLine(draft, item, draft.begin + minutes * MINUTE);
  return honest(draft);
}

/** Two people get pills out of the same opened pack. */
function loosePack(stage: Stage): Scene {
  const day = someDay(stage, 2, 8);
  const disease = acutes.find(({ code, department }) => code === 'J06.900' && department === 'general');
  if (disease === undefined) throw new Error('no common cold');
  const opened: Acute = { ...disease, drugs: [], treatments: [] };
  const code = `81000008${String(stage.serial).padStart(12, '0')}`;
  const drafts = [stage.person, stage.partner].map((person, index) => {
    const draft = outpatientFor(stage, index, day + index * stage.random.between(1, 5), opened, person);
    const line = addLine(draft, items.amoxicillin, draft.begin + 30 * MINUTE, { cnt: 0.5, untraced: true });
    draft.traces?.push({ sn: line.sn, code, loose: true, returned: false, second: line.second });
    return draft;
  });
  return honest(...drafts);
}

/** A pack comes back – by a refund settlement or a negative line – and is sold again. */
function returnedThenResold(stage: Stage): Scene {
  const { random } = stage;
  const bought = [
    { item: random.pick([items.clopidogrel, items.dapagliflozin, items.montelukast]), packs: 1 },
  ];
  const institution = random.pick(pharmaciesOf(stage));
  const day = someDay(stage, 2, 24);
  const sale = shop(stage, 0, day, { bought, institution, person: stage.partner });
  const resale = shop(stage, 2, day + random.between(4, 20), { bought, institution });
  resale.traces = (resale.traces ?? []).map((trace, index) => ({
    ...trace,
    code: sale.traces?.[index]?.code ?? trace.code,
  }));
  if (stage.variant % 2 === 0) {
    const refund = refundOf(sale, stage.serial + 1, sale.settled + random.between(1, 40) * HOUR, sale.lines);
    return honest(sale, refund, resale);
  }
  // Something stays bought, or the negative line would have emptied the settlement.
  addLine(sale, items.ganmaoling, sale.begin + MINUTE);
  for (const line of sale.lines.slice(0, 1)) reverseLine(sale, line, line.cnt, sale.begin + 2 * MINUTE);
  return honest(sale, resale);
}

function priceAtCeiling(stage: Stage): Scene {
  const draft = shop(stage, 0, someDay(stage, 2, 2), {
    bought: [items.amlodipine, items.metformin].map((item) => ({ item, packs: 1 })),
  });
  for (const line of draft.lines) line.pric = line.item.prices.primary;
  return honest(draft);
}

/** Sold at the old price in the last minutes before the new one, settled after midnight. */
function priceBeforeSwitch(stage: Stage): Scene {
  const switchDay = items.atorvastatin.later?.fromDay ?? stage.days.last;
  const day =
    switchDay > stage.days.first + 2 && switchDay < stage.days.last - 2 ? switchDay : someDay(stage, 2, 2);
  const institution = stage.random.pick(pharmaciesOf(stage));
  const at = {
    serial: stage.serial,
    person: stage.person,
    institution,
    begin: day * secondsPerDay - 2 * MINUTE,
  };
  const draft = purchase(at, [{ item: items.atorvastatin, packs: 1 }], stage.random);
  if (day <= switchDay) for (const line of draft.lines) line.pric = items.atorvastatin.prices.primary;
  return honest(draft);
}

function quantityAtLimit(stage: Stage): Scene {
  const draft = hospitalise(stage, 0, someDay(stage, 2, 14));
  const second = afternoonOf(draft, 3);
  if (stage.variant % 2 === 0) {
    clearDay(draft, second, [items.oxygen]);
    for (const part of [0, 1]) addLine(draft, items.oxygen, second + part * 5 * MINUTE, { cnt: 12 });
  } else {
    clearDay(draft, second, [items.nebulise]);
    addLine(draft, items.nebulise, second, { cnt: 4 });
  }
  return honest(draft);
}

const childBeforeLimit = (stage: Stage): Scene =>
  honest(
    shop(stage, 0, birthdayOf(stage.person.birthDay, 14) - 1, {
      bought: [{ item: stage.random.pick([items.paediatricCold, items.paediatricCough]), packs: 1 }],
    }),
  );

/** The 28th day of life is the last of a newborn. */
const LAST_NEWBORN_DAY = 28;

function newbornLastDay(stage: Stage): Scene {
  const jaundice: Acute = {
    code: 'P59.900',
    name: '新生儿黄疸',
    department: 'paediatrics',
    gend: null,
    age: [0, 1],
    drugs: [],
    tests: [items.bloodCount, items.liverEnzyme],
    treatments: [],
  };
  const draft = outpatientFor(stage, 0, stage.person.birthDay + LAST_NEWBORN_DAY, jaundice);
  addLine(draft, items.phototherapy, draft.begin + 22 * MINUTE, { cnt: 6 });
  return honest(draft);
}

/** Before coming in, on the day of going out, or the family with the card on the day of admission. */
function outpatientOnStayDays(stage: Stage): Scene {
  const inHospital = hospitalise(stage, 0, someDay(stage, 3, 16));
  const admitted = dayOfSecond(inHospital.begin);
  const drug = [{ item: items.calcium, packs: 1 }];
  const institution = stage.random.pick(pharmaciesOf(stage));
  const begin =
    [inHospital.end + 40 * MINUTE, inHospital.begin + 70 * MINUTE, inHospital.begin - 40 * MINUTE][
      stage.variant % 3
    ] ?? admitted * secondsPerDay;
  return honest(
    inHospital,
    purchase({ serial: stage.serial + 1, person: stage.person, institution, begin }, drug, stage.random),
  );
}

function refundedDuplicateStay(stage: Stage): Scene {
  const draft = hospitalise(stage, 0, someDay(stage, 2, 18));
  const again = copyOf(draft, stage.serial + 1);
  again.settled = draft.settled + 5 * HOUR;
  return honest(draft, again, refundOf(again, stage.serial + 2, again.settled + secondsPerDay, again.lines));
}

function refundedRepeatedLine(stage: Stage): Scene {
  const draft =
    stage.variant % 3 === 0
      ? hospitalise(stage, 0, someDay(stage, 2, 14))
      : outpatient(stage, 0, someDay(stage, 2, 4));
  const line = plainService(draft) ?? addLine(draft, items.ecg, draft.begin + 18 * MINUTE);
  const again = repeat(draft, line, nextSn(draft), stage.random);
  if (stage.variant % 2 === 0) {
    reverseLine(draft, again, again.cnt, draft.end - MINUTE);
    return honest(draft);
  }
  return honest(draft, refundOf(draft, stage.serial + 1, draft.settled + 3 * HOUR, [again]));
}

/** Thirty hours of oxygen by mistake, eight of them taken back. */
function refundedExcess(stage: Stage): Scene {
  const draft = hospitalise(stage, 0, someDay(stage, 2, 14));
  const second = afternoonOf(draft, 3);
  clearDay(draft, second, [items.oxygen]);
  const line = addLine(draft, items.oxygen, second, { cnt: 30 });
  reverseLine(draft, line, 8 * UNIT, second + HOUR);
  return honest(draft);
}

/** Died in hospital; the bill is settled days later for services before the death. */
function settledAfterDeath(stage: Stage): Scene {
  const last = hospitalise(stage, 0, someDay(stage, 2, 22));
  const died = dayOfSecond(last.end);
  last.dischargeWay = '5';
  last.died = { date: formatDay(died) };
  last.settled = last.end + stage.random.between(2, 6) * secondsPerDay;
  return { ...honest(last), diesOn: died };
}

function identityRetried(stage: Stage): Scene {
  const draft =
    stage.variant % 2 === 0
      ? shop(stage, 0, someDay(stage, 2, 2))
      : outpatient(stage, 0, someDay(stage, 2, 2));
  const second = draft.settled - 3 * MINUTE;
  draft.checks = [
    { second, method: 'face', passed: false, score: 0.58 },
    { second: second + MINUTE, method: 'face', passed: true, score: 0.93 },
  ];
  return honest(draft);
}

/** The first version repeats a line; the revision takes it out. Every third time the revision arrives first. */
function revisedAway(stage: Stage): Scene {
  const draft = outpatient(stage, 0, someDay(stage, 2, 4));
  const corrected: Draft = {
    ...draft,
    lines: [...draft.lines],
    updated: draft.settled + stage.random.between(4, 30) * HOUR,
  };
  const line = plainService(draft) ?? addLine(draft, items.ecg, draft.begin + 18 * MINUTE);
  repeat(draft, line, nextSn(draft), stage.random);
  const late = stage.variant % 3 === 2;
  return {
    sent: [late ? { draft, delay: 2 * secondsPerDay } : { draft }, { draft: corrected, delay: 10 * MINUTE }],
    plants: [],
  };
}

function sentTwice(stage: Stage): Scene {
  const draft =
    stage.variant % 2 === 0
      ? shop(stage, 0, someDay(stage, 2, 4))
      : hospitalise(stage, 0, someDay(stage, 2, 16));
  return { sent: [{ draft }, { draft, delay: stage.random.between(1, 30) * HOUR }], plants: [] };
}

export const lookAlikes: readonly LookAlikePlay[] = [
  {
    lookAlike: 'same-day-transfer',
    resembles: ['overlapping-stays', 'split-stay', 'over-daily-limit'],
    count: 14,
    cast: grownUp,
    play: sameDayTransfer,
  },
  {
    lookAlike: 'dialysis-readmission',
    resembles: ['split-stay'],
    count: 8,
    cast: grownUp,
    play: dialysisReadmission,
  },
  {
    lookAlike: 'readmitted-later',
    resembles: ['split-stay'],
    count: 10,
    cast: grownUp,
    play: readmittedLater,
  },
  {
    lookAlike: 'readmitted-other-disease',
    resembles: ['split-stay'],
    count: 10,
    cast: grownUp,
    play: readmittedOtherDisease,
  },
  {
    lookAlike: 'bilateral-procedure',
    resembles: ['repeated-line'],
    count: 14,
    cast: grownUp,
    play: bilateralProcedure,
  },
  {
    lookAlike: 'loose-pack',
    resembles: ['trace-resold'],
    count: 14,
    cast: anyAdult,
    partner: true,
    play: loosePack,
  },
  {
    lookAlike: 'returned-then-resold',
    resembles: ['trace-resold'],
    count: 12,
    cast: anyAdult,
    partner: true,
    play: returnedThenResold,
  },
  {
    lookAlike: 'price-at-ceiling',
    resembles: ['price-over-ceiling'],
    count: 12,
    cast: grownUp,
    play: priceAtCeiling,
  },
  {
    lookAlike: 'price-before-switch',
    resembles: ['price-over-ceiling'],
    count: 8,
    cast: grownUp,
    play: priceBeforeSwitch,
  },
  {
    lookAlike: 'quantity-at-limit',
    resembles: ['over-daily-limit'],
    count: 14,
    cast: grownUp,
    play: quantityAtLimit,
  },
  {
    lookAlike: 'child-before-limit',
    resembles: ['item-age'],
    count: 12,
    cast: (_, random, days) => ({
      birthDay: bornYearsBefore(random.between(days.first + 4, days.last - 5), 14),
    }),
    play: childBeforeLimit,
  },
  {
    lookAlike: 'newborn-last-day',
    resembles: ['item-age', 'diagnosis-age'],
    count: 8,
    cast: (_, random, days) => ({
      birthDay: random.between(days.first - 20, days.last - LAST_NEWBORN_DAY - 3),
    }),
    play: newbornLastDay,
  },
  {
    lookAlike: 'outpatient-on-stay-days',
    resembles: ['settlement-during-stay'],
    count: 15,
    cast: grownUp,
    play: outpatientOnStayDays,
  },
  {
    lookAlike: 'refunded-duplicate-stay',
    resembles: ['duplicate-stay'],
    count: 8,
    cast: grownUp,
    play: refundedDuplicateStay,
  },
  {
    lookAlike: 'refunded-repeated-line',
    resembles: ['repeated-line'],
    count: 14,
    cast: grownUp,
    play: refundedRepeatedLine,
  },
  {
    lookAlike: 'refunded-excess',
    resembles: ['over-daily-limit'],
    count: 8,
    cast: grownUp,
    play: refundedExcess,
  },
  {
    lookAlike: 'settled-after-death',
    resembles: ['after-death'],
    count: 10,
    cast: () => ({ age: [66, 92] }),
    play: settledAfterDeath,
  },
  {
    lookAlike: 'identity-retried',
    resembles: ['identity-failed'],
    count: 12,
    cast: anyAdult,
    play: identityRetried,
  },
  { lookAlike: 'revised-away', resembles: ['repeated-line'], count: 12, cast: grownUp, play: revisedAway },
  {
    lookAlike: 'sent-twice',
    resembles: ['duplicate-stay', 'repeated-line', 'trace-resold'],
    count: 10,
    cast: grownUp,
    play: sentTwice,
  },
];
