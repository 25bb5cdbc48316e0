/**
 * The catalogue of plain facts: what a rule may read of a claim, a line, a person without arguments. `related.ts` has the facts that
 * take arguments. Quantities are plain decimal numbers in the stated unit.
 */
import { ageYears, dayOf, formatDay } from '../platform/civil.ts';
import { numberOf, scales } from '../platform/decimal.ts';
import { asOfDay, type Candidate, minuteOf, type WindowSet } from './candidate.ts';
import type { Message } from '../claims/contract.ts';
import { claimKey, type NetClaim, type NetLine } from '../claims/timeline.ts';
import type { Value } from './value.ts';

export type FactType = 'text' | 'number' | 'boolean' | 'date' | 'time' | 'list';
type Needs = 'institution' | 'claim' | 'line' | 'group' | 'diagnosis' | 'window';

export interface PlainFact {
  readonly title: Message;
  readonly type: FactType;
  readonly unit?: string;
  /**
   * The unit of evaluation the fact exists in; facts of `institution` exist everywhere, those of `claim` everywhere but in windows, those of
   * `line` also in groups (the last line).
   */
  readonly needs: Needs;
  readonly read: (candidate: Candidate) => Value;
}

type LineRead = (candidate: Candidate & { line: NonNullable<Candidate['line']> }) => Value;

const claimFact = (
  type: FactType,
  zh: string,
  en: string,
  read: PlainFact['read'],
  unit?: string,
): PlainFact => ({
  title: { zh, en },
  type,
  needs: 'claim',
  read,
  ...(unit === undefined ? {} : { unit }),
});

const lineFact = (type: FactType, zh: string, en: string, read: LineRead, unit?: string): PlainFact => ({
  title: { zh, en },
  type,
  needs: 'line',
  read: (candidate) => (hasLine(candidate) ? read(candidate) : undefined),
  ...(unit === undefined ? {} : { unit }),
});

const hasLine = (candidate: Candidate): candidate is Candidate & { line: NonNullable<Candidate['line']> } =>
  candidate.line !== null;

const groupFact = (
  zh: string,
  en: string,
  unit: string,
  read: (group: NonNullable<Candidate['group']>) => number,
): PlainFact => ({
  title: { zh, en },
  type: 'number',
  unit,
  needs: 'group',
  read: (candidate) =>
    candidate.group === null || candidate.missing.length > 0 ? undefined : read(candidate.group),
});

const institutionFact = (zh: string, en: string, read: PlainFact['read']): PlainFact => ({
  title: { zh, en },
  type: 'text',
  needs: 'institution',
  read,
});

const windowFact = (
  type: FactType,
  zh: string,
  en: string,
  read: (window: WindowSet) => Value,
  unit?: string,
): PlainFact => ({
  title: { zh, en },
  type,
  needs: 'window',
  read: ({ window }) => (window === undefined ? undefined : read(window)),
  ...(unit === undefined ? {} : { unit }),
});

const diagnosisFact = (
  zh: string,
  en: string,
  read: (diagnosis: NonNullable<Candidate['diagnosis']>) => Value,
): PlainFact => ({
  title: { zh, en },
  type: 'text',
  needs: 'diagnosis',
  read: (candidate) => (candidate.diagnosis === null ? undefined : read(candidate.diagnosis)),
});

/** Money of a settlement that the fund paid, in fen, or all of it where the source does not tell. */
export const fundMoneyOfClaim = ({ fund, medfee }: NetClaim): number => Math.max(0, fund ?? medfee);

/** All visits of a set, the earlier ones first. */
const visitsOf = ({ claims, earlier }: WindowSet): readonly NetClaim[] => [...earlier, ...claims];

/** A visit that was settled in parts is one. */
const visitsIn = (claims: readonly NetClaim[]): number =>
  new Set(claims.map(({ claim }) => claimKey(claim.institution.fixmedins_code, claim.visit.mdtrt_id))).size;
const personsIn = (claims: readonly NetClaim[]): number =>
  new Set(claims.map(({ claim }) => claim.person.psn_no)).size;
const feesOf = (claims: readonly NetClaim[]): number =>
  numberOf(sum(claims.map(({ medfee }) => medfee)), scales.money);

/** Money of a line that the fund may lose, in fen: what is in scope, or the whole amount where the source does not tell. */
export const fundMoneyOf = (line: NetLine): number => line.inScope ?? line.amount;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The principal diagnosis: the one flagged, else the first in order; `null` when the list is empty. */
export function mainDiagnosis(claim: Candidate['claim']): string | null | undefined {
  const { diagnoses } = claim.claim;
  if (diagnoses === undefined) return undefined;
  const flagged = diagnoses.find((diagnosis) => diagnosis.maindiag_flag === '1');
  return (flagged ?? diagnoses[0])?.diag_code ?? null;
}

/** The principal operation: the one flagged, else the first in order; `null` when the list is empty. */
export function mainOperation({ claim }: Candidate['claim']): string | null | undefined {
  if (claim.operations === undefined) return undefined;
  const flagged = claim.operations.find((operation) => operation.main_oprn_flag === '1');
  return (flagged ?? claim.operations[0])?.oprn_oprt_code ?? null;
}

const linesAmount = ({ lines }: Candidate['claim']): number => sum(lines.map(({ amount }) => amount));

export const plainFacts: Readonly<Record<string, PlainFact>> = {
  'claim.kind': claimFact('text', '就医方式', 'kind of visit', ({ claim }) => claim.kind),
  'claim.setl_id': claimFact('text', '结算ID', 'settlement id', ({ claim }) => claim.claim.setl_id),
  'claim.mdtrt_id': claimFact('text', '就诊ID', 'visit id', ({ claim }) => claim.claim.visit.mdtrt_id),
  'claim.med_type': claimFact('text', '医疗类别', 'medical type', ({ claim }) => claim.claim.visit.med_type),
  'claim.insutype': claimFact(
    'text',
    '险种类型',
    'insurance type',
    ({ claim }) => claim.claim.person.insutype,
  ),
  'claim.fixmedins_code': institutionFact(
    '定点医药机构编号',
    'institution code',
    ({ claim }) => claim.claim.institution.fixmedins_code,
  ),
  'claim.fixmedins_name': institutionFact(
    '定点医药机构名称',
    'institution name',
    ({ claim }) => claim.claim.institution.fixmedins_name ?? claim.claim.institution.fixmedins_code,
  ),
  'claim.hosp_lv': institutionFact(
    '医院等级',
    'hospital level',
    ({ claim }) => claim.claim.institution.hosp_lv,
  ),
  'claim.begin_day': claimFact('date', '开始日期', 'first day', ({ claim }) => formatDay(claim.beginDay)),
  'claim.end_day': claimFact('date', '结束日期', 'last day', ({ claim }) =>
    claim.endDay === null ? undefined : formatDay(claim.endDay),
  ),
  'claim.begin_time': claimFact('time', '开始时间', 'begin', ({ claim }) => claim.claim.visit.begntime),
  'claim.setl_time': claimFact('time', '结算时间', 'settlement time', ({ claim }) => claim.claim.setl_time),
  'claim.los_days': claimFact(
    'number',
    '住院天数',
    'length of stay',
    ({ claim }) => (claim.endDay === null ? undefined : claim.endDay - claim.beginDay),
    '天',
  ),
  'claim.main_diag': claimFact('text', '主要诊断', 'principal diagnosis', ({ claim }) =>
    mainDiagnosis(claim),
  ),
  'claim.main_diag_category': claimFact(
    'text',
    '主要诊断类目',
    'principal diagnosis category',
    ({ claim }) => {
      const code = mainDiagnosis(claim);
      return typeof code === 'string' ? code.slice(0, 3) : code;
    },
  ),
  'claim.diag_codes': claimFact('list', '全部诊断', 'all diagnoses', ({ claim }) =>
    claim.claim.diagnoses?.map((diagnosis) => diagnosis.diag_code),
  ),
  'claim.oprn_codes': claimFact('list', '全部手术操作', 'all operations', ({ claim }) =>
    claim.claim.operations?.map((operation) => operation.oprn_oprt_code),
  ),
  'claim.medfee_sumamt': claimFact(
    'number',
    '医疗费总额',
    'total fee',
    ({ claim }) => numberOf(claim.medfee, scales.money),
    '元',
  ),
  'claim.lines_amount': claimFact(
    'number',
    '明细金额合计',
    'sum of the lines',
    ({ claim }) => numberOf(linesAmount(claim), scales.money),
    '元',
  ),
  'claim.amount_gap': claimFact(
    'number',
    '医疗费总额与明细合计之差（绝对值）',
    'difference between the total fee and the sum of the lines',
    ({ claim }) => numberOf(Math.abs(claim.medfee - linesAmount(claim)), scales.money),
    '元',
  ),
  'claim.main_oprn': claimFact('text', '主要手术操作', 'principal operation', ({ claim }) =>
    mainOperation(claim),
  ),
  'claim.matn_stas': claimFact('text', '生育状态', 'maternity', ({ claim }) => {
    const { matn_stas } = claim.claim.visit;
    return matn_stas === '0' ? undefined : matn_stas;
  }),
  'claim.trum_flag': claimFact('text', '外伤标志', 'injury flag', ({ claim }) => claim.claim.visit.trum_flag),
  'claim.rel_ttp_flag': claimFact(
    'text',
    '涉及第三方标志',
    'third-party flag',
    ({ claim }) => claim.claim.visit.rel_ttp_flag,
  ),
  'claim.atddr_no': claimFact(
    'text',
    '主治医师编号',
    'attending doctor',
    ({ claim }) => claim.claim.visit.atddr_no,
  ),
  'claim.settled_after_days': claimFact(
    'number',
    '就诊结束至结算的天数',
    'days from the end of the visit to its settlement',
    ({ claim }) => {
      const settled = dayOf(claim.claim.setl_time.slice(0, 10));
      return claim.endDay === null || settled === null ? undefined : settled - claim.endDay;
    },
    '天',
  ),
  'claim.dscg_way': claimFact('text', '离院方式', 'discharge way', ({ claim }) => claim.claim.visit.dscg_way),
  'claim.drg_code': claimFact('text', 'DRG/DIP 组编码', 'DRG', ({ claim }) => claim.claim.drg?.drg_code),
  'claim.drg_pay_std': claimFact(
    'number',
    'DRG/DIP 支付标准',
    'standard payment of the DRG',
    ({ claim }) => {
      const standard = claim.claim.drg?.pay_std;
      return standard === undefined ? undefined : Number(standard);
    },
    '元',
  ),
  'claim.line_count': claimFact('number', '明细条数', 'lines', ({ claim }) => claim.lines.length, '条'),

  // Sex 0 (unknown) and 9 (unstated) are not a sex.
  'person.gend': claimFact('text', '性别', 'sex', ({ claim }) => {
    const { gend } = claim.claim.person;
    return gend === '1' || gend === '2' ? gend : undefined;
  }),
  'person.surv_stas': claimFact('text', '生存状态', 'survival', ({ claim }) => claim.claim.person.surv_stas),
  'person.brdy': claimFact('date', '出生日期', 'birth date', ({ claim }) => claim.claim.person.brdy),
  'person.age_years': claimFact(
    'number',
    '年龄（周岁）',
    'age in years',
    (candidate) => age(candidate, 'year'),
    '岁',
  ),
  'person.age_days': claimFact(
    'number',
    '年龄（天）',
    'age in days',
    (candidate) => age(candidate, 'day'),
    '天',
  ),
  // Nobody states the date of death of the living: absent, unless the person is said to be dead.
  'person.die_date': claimFact('date', '死亡日期', 'date of death', ({ context }) => {
    const { dieDay, dead } = context.timeline.person;
    if (dieDay !== null) return formatDay(dieDay);
    return dead ? undefined : null;
  }),

  'line.feedetl_sn': lineFact('text', '费用明细流水号', 'line number', ({ line }) => line.line.feedetl_sn),
  'line.med_list_codg': lineFact('text', '医疗目录编码', 'item code', ({ line }) => line.line.med_list_codg),
  'line.item_name': lineFact('text', '项目名称', 'item name', ({ line }) => itemName(line)),
  'line.list_type': lineFact('text', '目录类别', 'list type', ({ line }) => line.line.list_type),
  'line.med_chrgitm_type': lineFact(
    'text',
    '医疗收费项目类别',
    'charge type',
    ({ line }) => line.line.med_chrgitm_type,
  ),
  'line.prd_days': lineFact(
    'number',
    '周期天数',
    'days of supply',
    ({ line }) => (line.line.prd_days === undefined ? undefined : Number(line.line.prd_days)),
    '天',
  ),
  'line.amount_gap': lineFact(
    'number',
    '数量×单价与金额之差（绝对值）',
    'difference between quantity × unit price and the amount',
    ({ line }) => {
      // 1/10 000 × micro-yuan → fen, rounded half up.
      const exact = (BigInt(line.cnt) * BigInt(line.pric) + 50_000_000n) / 100_000_000n;
      return numberOf(Math.abs(Number(exact) - line.amount), scales.money);
    },
    '元',
  ),
  'line.cnt': lineFact('number', '数量', 'quantity', ({ line }) => numberOf(line.cnt, scales.count)),
  'line.pric': lineFact(
    'number',
    '单价',
    'unit price',
    ({ line }) => numberOf(line.pric, scales.price),
    '元',
  ),
  'line.amount': lineFact(
    'number',
    '金额',
    'amount',
    ({ line }) => numberOf(line.amount, scales.money),
    '元',
  ),
  'line.in_scope': lineFact(
    'number',
    '政策范围内金额',
    'in-scope amount',
    ({ line }) => (line.inScope === null ? undefined : numberOf(line.inScope, scales.money)),
    '元',
  ),
  'line.at_stake': lineFact(
    'number',
    '涉及基金的金额（政策范围内金额；未提供时为金额）',
    'money that concerns the fund: in-scope amount, or the amount where not stated',
    ({ line }) => numberOf(fundMoneyOf(line), scales.money),
    '元',
  ),
  'line.fee_time': lineFact('time', '费用发生时间', 'fee time', ({ line }) => line.line.fee_ocur_time),
  'line.fee_day': lineFact('date', '费用发生日期', 'fee day', ({ line }) => formatDay(line.feeDay)),
  'line.fee_minute': lineFact('text', '费用发生时间（分）', 'fee minute', ({ line }) => minuteOf(line)),
  'line.bilg_dr_codg': lineFact('text', '开单医生', 'ordering doctor', ({ line }) => line.line.bilg_dr_codg),
  'line.bilg_dept_codg': lineFact(
    'text',
    '开单科室',
    'ordering department',
    ({ line }) => line.line.bilg_dept_codg,
  ),
  'line.rxno': lineFact('text', '处方号', 'prescription', ({ line }) => line.line.rxno),

  'diagnosis.diag_code': diagnosisFact('诊断代码', 'diagnosis code', (diagnosis) => diagnosis.diag_code),
  'diagnosis.diag_name': diagnosisFact(
    '诊断名称',
    'diagnosis',
    (diagnosis) => diagnosis.diag_name ?? diagnosis.diag_code,
  ),

  'group.count': groupFact('组内条数', 'lines in the group', '条', (group) => group.length),
  'group.cnt': groupFact('组内数量合计', 'total quantity', '', (group) =>
    numberOf(sum(group.map((line) => line.cnt)), scales.count),
  ),
  'group.amount': groupFact('组内金额合计', 'total amount', '元', (group) =>
    numberOf(sum(group.map((line) => line.amount)), scales.money),
  ),
  'group.at_stake': groupFact(
    '组内涉及基金的金额',
    'money of the group that concerns the fund',
    '元',
    (group) => numberOf(sum(group.map(fundMoneyOf)), scales.money),
  ),

  'window.day': windowFact('date', '判断的日期', 'day that is judged', ({ day }) => formatDay(day)),
  'window.from_day': windowFact('date', '窗口首日', 'first day of the window', ({ fromDay }) =>
    formatDay(fromDay),
  ),
  'window.practitioner': windowFact('text', '医师', 'practitioner', ({ over, practitioner }) =>
    over === 'institution' ? null : (practitioner ?? undefined),
  ),
  'window.visits': windowFact(
    'number',
    '窗口内就诊次数',
    'visits in the window',
    (window) => visitsIn(visitsOf(window)),
    '次',
  ),
  'window.persons': windowFact(
    'number',
    '窗口内人数',
    'persons in the window',
    (window) => personsIn(visitsOf(window)),
    '人',
  ),
  'window.days': windowFact(
    'number',
    '窗口内有就诊的天数',
    'days with visits in the window',
    (window) => new Set(visitsOf(window).map(({ beginDay }) => beginDay)).size,
    '天',
  ),
  'window.amount': windowFact(
    'number',
    '窗口内医疗费总额',
    'total fee in the window',
    (window) => feesOf(visitsOf(window)),
    '元',
  ),
  'window.day_visits': windowFact(
    'number',
    '当日就诊次数',
    'visits of the day',
    ({ claims }) => visitsIn(claims),
    '次',
  ),
  'window.day_persons': windowFact(
    'number',
    '当日人数',
    'persons of the day',
    ({ claims }) => personsIn(claims),
    '人',
  ),
  'window.day_institutions': windowFact(
    'number',
    '当日机构数',
    'institutions of the day',
    ({ claims }) => new Set(claims.map(({ claim }) => claim.institution.fixmedins_code)).size,
    '家',
  ),
  'window.day_amount': windowFact(
    'number',
    '当日医疗费总额',
    'total fee of the day',
    ({ claims }) => feesOf(claims),
    '元',
  ),
  'window.day_at_stake': windowFact(
    'number',
    '当日涉及基金的金额',
    'money of the day that concerns the fund',
    ({ claims }) => numberOf(sum(claims.map(fundMoneyOfClaim)), scales.money),
    '元',
  ),
  'window.day_items': windowFact(
    'number',
    '当日项目种数',
    'different items of the day',
    // Sources that state no lines at all state nothing of the items.
    ({ lines }) =>
      lines.length === 0 ? undefined : new Set(lines.map(({ line }) => line.med_list_codg)).size,
    '种',
  ),
};

/** Looked up among our own names only: `constructor` is a name of every object. */
export const plainFact = (name: string): PlainFact | undefined =>
  Object.hasOwn(plainFacts, name) ? plainFacts[name] : undefined;

/** Age at the fee date of the line, else at the begin of the visit. Nobody is younger than zero: such dates are not to be judged. */
function age(candidate: Candidate, unit: 'year' | 'day'): number | undefined {
  const { brdy } = candidate.claim.claim.person;
  const birthDay = brdy === undefined ? null : dayOf(brdy);
  const day = asOfDay(candidate);
  if (birthDay === null || day < birthDay) return undefined;
  return unit === 'year' ? ageYears(birthDay, day) : day - birthDay;
}

export const itemName = (line: NonNullable<Candidate['line']>): string =>
  line.line.medins_list_name ?? line.line.med_list_codg;
