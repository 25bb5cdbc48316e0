/** Honest encounters: what an ordinary visit, purchase, dialysis session or stay looks like on paper. */
import { dayOfSecond, secondOfDay } from '../platform/civil.ts';
import { type Item, items } from './catalogue.ts';
import {
  type Acute,
  type Admission,
  type Chronic,
  type DepartmentKey,
  type Disease,
  dialysis,
} from './conditions.ts';
import { addLine, type Draft, type DraftCheck } from './draft.ts';
import type { Department, Doctor, Institution, Person } from './people.ts';
import type { Random } from './random.ts';

export const MINUTE = 60;
export const HOUR = 3600;

/** Who goes where and when. */
export interface At {
  readonly serial: number;
  readonly person: Person;
  readonly institution: Institution;
  /** Civil second. */
  readonly begin: number;
}

/** A pack count of one item. */
export interface Bought {
  readonly item: Item;
  readonly packs: number;
}

/** Machines that a clinic does not have. */
const hospitalOnly: ReadonlySet<Item> = new Set([
  items.ct,
  items.mri,
  items.gastroscopy,
  items.vaginalUltrasound,
]);

export function acuteVisit(at: At, disease: Acute, random: Random): Draft {
  const draft = outpatientDraft(at, '11', disease.department, [disease], random);
  addLine(draft, items.clinicVisit, at.begin + 5 * MINUTE);
  const tests =
    at.institution.tier === 'primary'
      ? disease.tests.filter((item) => !hospitalOnly.has(item))
      : disease.tests;
  for (const item of random.some(tests, random.between(1, 3))) addLine(draft, item, at.begin + 15 * MINUTE);
  for (const item of random.some(disease.drugs, random.between(1, 3))) {
    addLine(draft, item, at.begin + 30 * MINUTE, { cnt: item.traced ? random.between(1, 2) : 1 });
    if (item === items.saline) addLine(draft, items.infusionSet, at.begin + 30 * MINUTE);
  }
  if (random.chance(0.6)) for (const item of disease.treatments) addLine(draft, item, at.begin + 35 * MINUTE);
  return draft;
}

export function chronicVisit(at: At, diseases: readonly Chronic[], random: Random): Draft {
  const [main] = diseases;
  const draft = outpatientDraft(at, '140104', main?.department ?? 'general', diseases, random);
  addLine(draft, items.clinicVisit, at.begin + 5 * MINUTE);
  const tests = new Set(diseases.flatMap((disease) => disease.tests));
  for (const item of random.some([...tests], random.between(0, 3)))
    addLine(draft, item, at.begin + 15 * MINUTE);
  const drugs = new Set(diseases.flatMap((disease) => random.some(disease.drugs, random.between(1, 2))));
  // 处方管理办法: a prescription holds no more than five.
  for (const item of [...drugs].slice(0, 5))
    addLine(draft, item, at.begin + 25 * MINUTE, { cnt: random.between(1, 2) });
  return draft;
}

export function dialysisSession(at: At, random: Random): Draft {
  const draft = outpatientDraft(at, '140201', 'nephrology', [dialysis], random, 4 * HOUR);
  addLine(draft, items.hemodialysis, at.begin + 20 * MINUTE);
  addLine(draft, items.dialyser, at.begin + 20 * MINUTE);
  addLine(draft, items.heparin, at.begin + 25 * MINUTE);
  addLine(draft, items.saline, at.begin + 25 * MINUTE, { cnt: 2 });
  if (random.chance(0.5)) addLine(draft, items.epo, at.begin + 3 * HOUR);
  if (random.chance(0.1))
    for (const item of [items.bloodCount, items.potassium]) addLine(draft, item, at.begin + 15 * MINUTE);
  return draft;
}

export function purchase(at: At, bought: readonly Bought[], random: Random): Draft {
  const pharmacist = random.pick(at.institution.pharmacists);
  const draft = baseDraft(at, '41', 3 * MINUTE + random.below(240), null, pharmacist);
  draft.checks = [check(at.begin, random)];
  for (const { item, packs } of bought) addLine(draft, item, at.begin + MINUTE, { cnt: packs });
  return draft;
}

/** A stay of `days` nights: daily charges count the day of admission and not the day of discharge (算头不算尾). */
export function stay(at: At, admission: Admission, days: number, random: Random): Draft {
  const department = departmentFor(at.institution, admission.department, random);
  const end = secondOfDay(dayOfSecond(at.begin) + days) + 9 * HOUR + random.below(6 * HOUR);
  const draft = baseDraft(at, admission.medType, end - at.begin, department, random.pick(department.doctors));
  draft.settled = end + random.between(10, 90) * MINUTE;
  draft.diagnoses = [
    { code: admission.code, name: admission.name },
    ...draft.person.chronics.filter((chronic) => chronic.code !== admission.code),
  ];
  draft.checks = [check(at.begin, random), check(draft.settled - 2 * MINUTE, random)];
  draft.drg = admission.drg;
  draft.deductible = { tertiary: 80_000, secondary: 50_000, primary: 20_000 }[at.institution.tier];
  const surgeryNight = admission.surgery === null ? null : 1;
  for (let night = 0; night < days; night++) stayDay(draft, admission, night, surgeryNight, random);
  if (surgeryNight !== null) operate(draft, admission, surgeryNight);
  for (const item of admission.takeHome)
    addLine(draft, item, end - 30 * MINUTE, { cnt: random.between(1, 2), takeHome: true });
  return draft;
}

function stayDay(
  draft: Draft,
  admission: Admission,
  night: number,
  surgeryNight: number | null,
  random: Random,
): void {
  const morning = Math.max(
    draft.begin + 10 * MINUTE,
    secondOfDay(dayOfSecond(draft.begin) + night) + 8 * HOUR,
  );
  let minutes = 0;
  // Five minutes apart: no two lines of a day share a minute.
  const charge = (item: Item, cnt = 1): void => {
    addLine(draft, item, morning + (minutes += 5) * MINUTE, { cnt, loose: true });
  };
  const severe = night < 2 || night === surgeryNight;
  charge(items.bed);
  charge(severe ? items.nursing1 : items.nursing2);
  charge(items.inpatientVisit);
  for (const item of admission.dailyDrugs) charge(item, item === items.saline ? random.between(1, 3) : 1);
  if (admission.dailyDrugs.includes(items.saline)) {
    charge(items.infusion, random.between(1, 3));
    charge(items.infusionSet);
  }
  if (admission.oxygen) charge(items.oxygen, random.between(6, 24));
  if (night === 0) for (const item of admission.firstTests) charge(item);
  if (night === 0) for (const item of admission.imaging) charge(item);
  // General anaesthesia includes the monitoring of its day.
  if (severe && night !== surgeryNight) charge(items.ecgMonitor, random.between(8, 20));
  if (night > 1 && random.chance(0.4)) for (const item of [items.bloodCount, items.crp]) charge(item);
  const usual = new Set(draft.person.chronics.slice(0, 2).flatMap(({ drugs }) => drugs.slice(0, 1)));
  for (const item of usual) charge(item);
}

const anaesthesias = {
  general: items.generalAnaesthesia,
  spinal: items.spinalAnaesthesia,
  local: items.localAnaesthesia,
};
const anaesthesiaCodes = { general: '1', spinal: '2', local: '3' };

function operate(draft: Draft, { surgery }: Admission, night: number): void {
  if (surgery === null) return;
  const second = secondOfDay(dayOfSecond(draft.begin) + night) + 14 * HOUR;
  draft.operation = {
    code: surgery.code,
    name: surgery.name,
    second,
    anaesthesia: anaesthesiaCodes[surgery.anaesthesia],
  };
  addLine(draft, anaesthesias[surgery.anaesthesia], second);
  if (surgery.anaesthesia === 'general') addLine(draft, items.propofol, second, { cnt: 3 });
  if (surgery.anaesthesia === 'spinal') addLine(draft, items.ropivacaine, second, { cnt: 2 });
  addLine(draft, surgery.item, second + 10 * MINUTE);
  for (const item of surgery.consumables) addLine(draft, item, second + 10 * MINUTE);
}

function outpatientDraft(
  at: At,
  medType: string,
  key: DepartmentKey,
  diseases: readonly Disease[],
  random: Random,
  shortest = 40 * MINUTE,
): Draft {
  const department = departmentFor(at.institution, key, random);
  const draft = baseDraft(
    at,
    medType,
    shortest + random.below(50 * MINUTE),
    department,
    random.pick(department.doctors),
  );
  draft.diagnoses = diseases.map(({ code, name }) => ({ code, name }));
  if (at.institution.reports) draft.checks = [check(draft.settled - 2 * MINUTE, random)];
  return draft;
}

function baseDraft(
  at: At,
  medType: string,
  length: number,
  department: Department | null,
  doctor: Doctor,
): Draft {
  const { serial, person, institution, begin } = at;
  return {
    serial,
    visitSerial: serial,
    person,
    institution,
    medType,
    begin,
    end: begin + length,
    settled: begin + length,
    updated: null,
    refunds: null,
    department,
    doctor,
    diagnoses: [],
    operation: null,
    lines: [],
    traces: institution.reports ? [] : null,
    checks: null,
    drg: null,
    dischargeWay: null,
    died: null,
    deductible: 0,
    nextLine: 1,
  };
}

/** A face score is two decimals of a real matcher: genuine pairs score high, and a few need a second try. */
export function check(second: number, random: Random): DraftCheck {
  const method = random.pick(['ecode', 'card', 'face', 'face'] as const);
  return { second, method, passed: true, score: method === 'face' ? random.between(86, 99) / 100 : null };
}

/** The department for a disease, or the one that takes everything where there is no such department. */
function departmentFor(institution: Institution, key: DepartmentKey, random: Random): Department {
  return (
    institution.departments.find((department) => department.key === key) ??
    institution.departments.find((department) => department.key === 'general') ??
    random.pick(institution.departments)
  );
}
