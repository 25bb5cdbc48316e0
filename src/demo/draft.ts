/**
 * A claim while it is being made up: quantities are integers of their smallest unit, people and items are references. Scenes change
 * drafts; `finish` turns one into the document that an institution would send.
 */
import type { ClaimInput } from '../claims/contract.ts';
import { dayOfSecond, formatSecond } from '../platform/civil.ts';
import { decimalOf, scales, yuan } from '../platform/decimal.ts';
import { type Item, priceOn, productNumbers } from './catalogue.ts';
import type { Department, Doctor, Institution, Person } from './people.ts';

export const UNIT = 10 ** scales.count;

export interface DraftLine {
  readonly sn: string;
  readonly item: Item;
  second: number;
  /** In 1/10 000; negative for a reversal. */
  cnt: number;
  /** Micro-yuan. */
  pric: number;
  readonly department: Department | null;
  readonly doctor: Doctor;
  /** The line that a reversal takes back. */
  readonly init: string | null;
  readonly takeHome: boolean;
}

export interface DraftTrace {
  readonly sn: string;
  readonly code: string;
  /** Opened pack, sold loose (拆零). */
  readonly loose: boolean;
  readonly returned: boolean;
  readonly second: number;
}

export interface DraftCheck {
  readonly second: number;
  readonly method: 'face' | 'card' | 'ecode' | 'manual';
  readonly passed: boolean;
  readonly score: number | null;
}

export interface Draft {
  /** Makes `setl_id`. */
  serial: number;
  /** Makes `mdtrt_id`; a refund belongs to the visit it refunds. */
  visitSerial: number;
  readonly person: Person;
  readonly institution: Institution;
  medType: string;
  readonly begin: number;
  readonly end: number;
  settled: number;
  updated: number | null;
  refunds: number | null;
  readonly department: Department | null;
  readonly doctor: Doctor;
  diagnoses: { code: string; name: string }[];
  operation: { code: string; name: string; second: number; anaesthesia: string } | null;
  lines: DraftLine[];
  /** `null`: the source does not report them. */
  traces: DraftTrace[] | null;
  checks: DraftCheck[] | null;
  drg: {
    readonly code: string;
    readonly name: string;
    readonly weight: string;
    readonly standardYuan: number;
  } | null;
  /** 离院方式; inpatient only. */
  dischargeWay: string | null;
  /** Known to the source when it sent the document. */
  died: { readonly date: string } | null;
  /** Deductible in fen. */
  deductible: number;
  nextLine: number;
}

const id = (prefix: string, serial: number): string => prefix + String(serial).padStart(12, '0');
export const settlementId = (serial: number): string => id('9901', serial);
export const visitId = (serial: number): string => id('9902', serial);

export const isInpatient = (draft: Draft): boolean => draft.medType === '21' || draft.medType === '52';

export interface LineOptions {
  readonly cnt?: number;
  readonly loose?: boolean;
  readonly takeHome?: boolean;
  readonly init?: string;
  readonly untraced?: boolean;
}

/** Charges an item at its list price of the day. `cnt` is in whole units. */
export function addLine(draft: Draft, item: Item, second: number, options: LineOptions = {}): DraftLine {
  const listPrice = priceOn(item, draft.institution.tier, dayOfSecond(second));
  const line: DraftLine = {
    sn: nextSn(draft),
    item,
    second,
    cnt: Math.round((options.cnt ?? 1) * UNIT),
    // Whole fen: nobody sells at fractions of one.
    pric: Math.floor((listPrice * draft.institution.pricePercent) / 1_000_000) * 10_000,
    department: draft.department,
    doctor: draft.doctor,
    init: options.init ?? null,
    takeHome: options.takeHome ?? false,
  };
  draft.lines.push(line);
  if (item.traced && draft.traces !== null && options.untraced !== true)
    addTraces(draft, line, options.loose ?? false);
  return line;
}

export const nextSn = (draft: Draft): string =>
  String(draft.visitSerial).padStart(12, '0') + String(draft.nextLine++).padStart(4, '0');

/** Whole packs have a code each; loose pills of a ward come out of one pack a week. */
function addTraces(draft: Draft, line: DraftLine, loose: boolean): void {
  if (loose) {
    const week = Math.floor(dayOfSecond(line.second) / 7);
    const ward = `9${String(draft.institution.index).padStart(5, '0')}${String(week).padStart(7, '0')}`;
    draft.traces?.push({
      sn: line.sn,
      code: traceCode(line.item, ward),
      loose,
      returned: false,
      second: line.second,
    });
    return;
  }
  for (let pack = 0; pack < line.cnt / UNIT; pack++) {
    const code = traceCode(
      line.item,
      String(draft.visitSerial * 1000 + (draft.traces?.length ?? 0)).padStart(13, '0'),
    );
    draft.traces?.push({ sn: line.sn, code, loose, returned: false, second: line.second });
  }
}

/** 20 digits: `81`, five of the product, thirteen of the pack. */
const traceCode = (item: Item, pack: string): string =>
  `81${String(productNumbers.get(item.code) ?? 0).padStart(5, '0')}${pack}`;

/** The same visit under another settlement and visit number, as if it were billed once more. Whole packs are not scanned again. */
export function copyOf(draft: Draft, serial: number): Draft {
  const copy: Draft = { ...draft, serial, visitSerial: serial, lines: [], traces: [], nextLine: 1 };
  for (const line of draft.lines) {
    const sn = nextSn(copy);
    copy.lines.push({ ...line, sn });
    for (const trace of draft.traces ?? [])
      if (trace.sn === line.sn && trace.loose) copy.traces?.push({ ...trace, sn });
  }
  return copy;
}

/** A refund settlement (退费) for some or all lines of a settlement, packs returned with them. */
export function refundOf(draft: Draft, serial: number, second: number, lines: readonly DraftLine[]): Draft {
  const refund: Draft = {
    ...draft,
    serial,
    settled: second,
    refunds: draft.serial,
    lines: [],
    traces: draft.traces === null ? null : [],
    deductible: lines.length === draft.lines.length ? draft.deductible : 0,
  };
  for (const line of lines) reverseInto(refund, draft, line, line.cnt, second);
  return refund;
}

/** Takes back part of a line with a negative line in the same settlement (红冲). `cnt` is in 1/10 000. */
export function reverseLine(draft: Draft, line: DraftLine, cnt: number, second: number): DraftLine {
  return reverseInto(draft, draft, line, cnt, second);
}

function reverseInto(into: Draft, from: Draft, line: DraftLine, cnt: number, second: number): DraftLine {
  const reversal: DraftLine = { ...line, sn: nextSn(into), cnt: -cnt, init: line.sn };
  into.lines.push(reversal);
  const codes = (from.traces ?? [])
    .filter((trace) => trace.sn === line.sn && !trace.returned)
    .slice(0, Math.ceil(cnt / UNIT));
  for (const trace of codes) into.traces?.push({ ...trace, sn: reversal.sn, returned: true, second });
  return reversal;
}

/** Fen of a line, rounded half away from zero. */
export const amountOf = (line: DraftLine): number =>
  Math.sign(line.cnt) *
  Math.round((line.pric * Math.abs(line.cnt)) / 10 ** (scales.price + scales.count - scales.money));

/** Share of a 乙类 item that the person pays first, and its decimal. */
const FIRST_SHARE = 0.1;
const FIRST_SHARE_TEXT = '0.1';

/** Fund shares in percent: [employee, resident] by tier. */
const inpatientPercent = { tertiary: [85, 60], secondary: [88, 70], primary: [92, 80] } as const;
const outpatientPercent = [60, 50] as const;

export function finish(draft: Draft): ClaimInput {
  let total = 0;
  let scope = 0;
  let own = 0;
  let first = 0;
  const lines = draft.lines.map((line): ClaimInput['lines'][number] => {
    const amount = amountOf(line);
    const { item } = line;
    const ownPart = item.level === '03' ? amount : 0;
    const firstPart =
      item.level === '02' ? Math.sign(amount) * Math.round(Math.abs(amount) * FIRST_SHARE) : 0;
    total += amount;
    own += ownPart;
    first += firstPart;
    scope += amount - ownPart - firstPart;
    const document: ClaimInput['lines'][number] = {
      feedetl_sn: line.sn,
      med_list_codg: item.code,
      medins_list_codg: `L${item.code.slice(-12)}`,
      medins_list_name: item.name,
      list_type: item.listType,
      med_chrgitm_type: item.chargeType,
      chrgitm_lv: item.level,
      fee_ocur_time: formatSecond(line.second),
      cnt: decimalOf(line.cnt, scales.count),
      pric: decimalOf(line.pric, scales.price),
      det_item_fee_sumamt: yuan(amount),
      inscp_scp_amt: yuan(amount - ownPart - firstPart),
      fulamt_ownpay_amt: yuan(ownPart),
      preselfpay_amt: yuan(firstPart),
      selfpay_prop: item.level === '03' ? '1' : item.level === '02' ? FIRST_SHARE_TEXT : '0',
      bilg_dr_codg: line.doctor.code,
      bilg_dr_name: line.doctor.name,
    };
    if (line.init !== null) document.init_feedetl_sn = line.init;
    if (line.department !== null) {
      document.bilg_dept_codg = line.department.code;
      document.bilg_dept_name = line.department.name;
    }
    if (item.usage !== null) {
      document.rxno = `R${String(draft.visitSerial).padStart(12, '0')}`;
      document.sin_dos_dscr = item.usage.dose;
      document.used_frqu_dscr = item.usage.frequency;
      document.medc_way_dscr = item.usage.route;
    }
    if (line.takeHome) document.dscg_tkdrug_flag = '1';
    return document;
  });
  const claim: ClaimInput = {
    setl_id: settlementId(draft.serial),
    setl_time: formatSecond(draft.settled),
    medins_setl_id: `M${String(draft.serial).padStart(12, '0')}`,
    clr_type: isInpatient(draft) ? '21' : draft.medType === '41' ? '41' : '11',
    person:
      draft.died === null
        ? draft.person.document
        : { ...draft.person.document, surv_stas: '2', die_date: draft.died.date },
    institution: draft.institution.document,
    visit: visitOf(draft),
    diagnoses: draft.diagnoses.map(({ code, name }, index) => ({
      diag_code: code,
      diag_name: name,
      diag_type: '1',
      maindiag_flag: index === 0 ? '1' : '0',
      diag_srt_no: index + 1,
    })),
    operations: operationsOf(draft),
    lines,
    settlement: settlementOf(draft, total, scope, own, first),
  };
  if (draft.updated !== null) claim.updt_time = formatSecond(draft.updated);
  if (draft.refunds !== null) claim.refd_setl_id = settlementId(draft.refunds);
  if (draft.traces !== null)
    claim.traces = draft.traces.map((trace) => ({
      feedetl_sn: trace.sn,
      drug_trac_codg: trace.code,
      trdn_flag: trace.loose ? '1' : '0',
      sel_retn_flag: trace.returned ? '1' : '0',
      sel_retn_time: formatSecond(trace.second),
    }));
  if (draft.checks !== null) claim.identity_checks = draft.checks.map(checkOf);
  if (draft.drg !== null)
    claim.drg = {
      drg_code: draft.drg.code,
      drg_name: draft.drg.name,
      drg_weight: draft.drg.weight,
      pay_std: yuan(draft.drg.standardYuan * 100),
      grouper_ver: '示例-2.0',
    };
  return claim;
}

function visitOf(draft: Draft): ClaimInput['visit'] {
  const visit: ClaimInput['visit'] = {
    mdtrt_id: visitId(draft.visitSerial),
    med_type: draft.medType,
    begntime: formatSecond(draft.begin),
    endtime: formatSecond(draft.end),
    atddr_no: draft.doctor.code,
    chfpdr_name: draft.doctor.name,
    mdtrt_cert_type: draft.serial % 3 === 0 ? '03' : '01',
  };
  if (draft.department !== null) {
    visit.adm_dept_codg = draft.department.code;
    visit.adm_dept_name = draft.department.name;
  }
  if (isInpatient(draft)) {
    visit.ipt_no = `ZY${String(draft.visitSerial).padStart(10, '0')}`;
    if (draft.department !== null) {
      visit.dscg_dept_codg = draft.department.code;
      visit.dscg_dept_name = draft.department.name;
    }
    visit.adm_bed = String((draft.visitSerial % 60) + 1);
    visit.dscg_way = draft.dischargeWay ?? '1';
  }
  return visit;
}

function operationsOf(draft: Draft): NonNullable<ClaimInput['operations']> {
  if (draft.operation === null) return [];
  const { code, name, second, anaesthesia } = draft.operation;
  return [
    {
      oprn_oprt_code: code,
      oprn_oprt_name: name,
      oprn_oprt_date: formatSecond(second),
      main_oprn_flag: '1',
      oper_dr_no: draft.doctor.code,
      anst_way: anaesthesia,
    },
  ];
}

function checkOf(check: DraftCheck): NonNullable<ClaimInput['identity_checks']>[number] {
  const document: NonNullable<ClaimInput['identity_checks']>[number] = {
    check_time: formatSecond(check.second),
    method: check.method,
    result: check.passed ? 'pass' : 'fail',
  };
  if (check.score !== null) {
    document.score = check.score;
    document.liveness = true;
  }
  return document;
}

/** All amounts carry the sign of the settlement, so a full refund mirrors what it refunds to the fen. */
function settlementOf(
  draft: Draft,
  total: number,
  scope: number,
  own: number,
  first: number,
): ClaimInput['settlement'] {
  const { employee } = draft.person;
  const sign = scope < 0 ? -1 : 1;
  const deductible = Math.min(draft.deductible, Math.abs(scope));
  const percents = isInpatient(draft) ? inpatientPercent[draft.institution.tier] : outpatientPercent;
  const fund = sign * Math.round(((Math.abs(scope) - deductible) * percents[employee ? 0 : 1]) / 100);
  const rest = total - fund;
  const account = employee ? sign * Math.round(Math.abs(rest) * 0.6) : 0;
  return {
    medfee_sumamt: yuan(total),
    fulamt_ownpay_amt: yuan(own),
    preselfpay_amt: yuan(first),
    inscp_scp_amt: yuan(scope),
    act_pay_dedc: yuan(sign * deductible),
    hifp_pay: yuan(fund),
    fund_pay_sumamt: yuan(fund),
    psn_part_amt: yuan(rest),
    acct_pay: yuan(account),
    psn_cash_pay: yuan(rest - account),
  };
}
