/**
 * From the national audit contract to claim documents: one encounter becomes one claim, as if it were settled as it stands. Pure.
 *
 * What the contract cannot say stays absent, so that rules which need it answer *cannot judge*: trace codes, identity checks, in-scope
 * amounts (unless all of an order is paid by the patient), discharge way. Names of patients are not even read.
 */
import type { ClaimInput } from '../../claims/contract.ts';
import { kindOf } from '../../claims/kind.ts';
import { decimalOf, scales, unitsOf } from '../../platform/decimal.ts';
import type { AuditData, DiagnosisDto, EncounterDto, LeftOut, OperationDto, OrderDto } from './contract.ts';
import {
  codeOf,
  idCharsMax,
  idOf,
  itemsOf,
  nameOf,
  type Scalar,
  textOf,
  timeOf,
  unitsOfScalar,
} from './scalar.ts';

/** Who ordered a line, and the order's own id; `feedetl_sn` is made from it. */
export interface OrderOf {
  readonly rx_id: string;
  readonly doctor: string | null;
  readonly department: string | null;
}

export interface TranslatedVisit {
  /** As the request writes them. */
  readonly patn_id: string;
  readonly mdtrt_id: string;
  readonly doctor: string | null;
  readonly department: string | null;
  readonly claim: ClaimInput;
  readonly orders: ReadonlyMap<string, OrderOf>;
  /** The request says that it asks about this visit, or does not say about which. */
  readonly asked: boolean;
}

export interface Refusal {
  /** In the names of the contract. */
  readonly path: string;
  readonly zh: string;
}

export type Translation =
  | { ok: true; visits: readonly TranslatedVisit[]; leftOut: readonly LeftOut[] }
  | { ok: false; refusals: readonly Refusal[] };

/** No code of the list: what kind of visit it is stays unknown. */
const medTypeUnstated = '0';
/** Only from here on (门诊结算 … 住院预结算) have shares been worked out; before, a zero there is an empty field. */
const settlingScenes: ReadonlySet<string> = new Set(['6', '7', '8', '9']);
/** The contract counts 0 other, 1 pregnant, 2 lactating; the claim document 0 unknown … 3 pregnant, 4 lactating. */
const maternity: Readonly<Record<string, string>> = { '1': '3', '2': '4', '3': '3', '4': '4' };

/**
 * Which rules are asked for. 3102 asks for 事中. 3101 asks for 事前 while the visit goes on (`trig_scen` 1–5), and for 事中 once it is
 * settled or pre-settled (6–9): then the visit is complete, and rules that need its end can be judged. Anything else counts as going on.
 */
export function stageOf(infno: '3101' | '3102', data: AuditData): '事前' | '事中' {
  return infno === '3102' || settlingScenes.has(textOf(data.trig_scen) ?? '') ? '事中' : '事前';
}

/**
 * The rules a request is limited to; `undefined`: none named. Interface numbers are passed over: systems in use send `["3101"]`.
 * Ids that name no rule of ours limit as well, to nothing.
 */
export function ruleIdsOf(data: AuditData): ReadonlySet<string> | undefined {
  const ids = (itemsOf(data.rule_ids) ?? []).map(textOf).filter((id) => id !== undefined);
  const named = ids.filter((id) => !/^31\d\d$/.test(id));
  return named.length === 0 ? undefined : new Set(named);
}

/** @param fixmedins_code of the envelope; stands in where an encounter names no institution */
export function translateAudit(data: AuditData, fixmedins_code: Scalar): Translation {
  const visits: TranslatedVisit[] = [];
  const leftOut: LeftOut[] = [];
  const refusals: Refusal[] = [];
  const seen = new Set<string>();
  const settling = settlingScenes.has(textOf(data.trig_scen) ?? '');
  const patients = itemsOf(data.patient_dtos) ?? [];
  if (patients.length === 0) refusals.push({ path: 'patient_dtos', zh: '缺少参保人信息' });
  for (const [index, patient] of patients.entries()) {
    const at = `patient_dtos[${index}]`;
    const patn_id = textOf(patient.patn_id);
    if (patn_id === undefined) refusals.push({ path: `${at}.patn_id`, zh: '缺少参保人标识' });
    const encounters = itemsOf(patient.fsi_encounter_dtos) ?? [];
    if (encounters.length === 0) refusals.push({ path: `${at}.fsi_encounter_dtos`, zh: '缺少就诊信息' });
    const current = textOf(patient.curr_mdtrt_id);
    const named = current !== undefined && encounters.some(({ mdtrt_id }) => textOf(mdtrt_id) === current);
    for (const [position, encounter] of encounters.entries()) {
      const path = `${at}.fsi_encounter_dtos[${position}]`;
      const head = headOf(encounter, fixmedins_code);
      const missing = Object.entries(head).flatMap(([field, value]) => (value === undefined ? [field] : []));
      for (const field of missing) refusals.push({ path: `${path}.${field}`, zh: '缺失或格式不符' });
      const { mdtrt_id, medins_id, adm_date } = head;
      if (
        patn_id === undefined ||
        mdtrt_id === undefined ||
        medins_id === undefined ||
        adm_date === undefined
      )
        continue;
      const key = `${medins_id}\u001f${mdtrt_id}`;
      if (seen.has(key)) refusals.push({ path: `${path}.mdtrt_id`, zh: '同一就诊在报文中出现两次' });
      seen.add(key);
      const { lines, orders } = linesOf(encounter, mdtrt_id, leftOut);
      visits.push({
        patn_id,
        mdtrt_id,
        doctor: codeOf(encounter.dr_codg, 30) ?? null,
        department: codeOf(encounter.adm_dept_codg, 30) ?? codeOf(encounter.dscg_dept_codg, 30) ?? null,
        claim: {
          setl_id: idOf(mdtrt_id),
          setl_time: lastTimeOf(encounter, adm_date, lines),
          person: {
            psn_no: idOf(patn_id),
            gend: codeOf(patient.gend, 6),
            brdy: timeOf(patient.brdy)?.slice(0, 10),
            insutype: codeOf(encounter.insutype, 6),
            insuplc_admdvs: codeOf(patient.poolarea, 6),
          },
          institution: {
            fixmedins_code: idOf(medins_id),
            fixmedins_name: nameOf(encounter.medins_name, 200),
            hosp_lv: codeOf(encounter.medins_lv, 6),
            medins_type: codeOf(encounter.medins_type, 6),
            mdtrtarea_admvs: codeOf(encounter.medins_admdvs, 6),
          },
          visit: visitOf(encounter, mdtrt_id, adm_date),
          diagnoses: diagnosesOf(encounter, mdtrt_id, leftOut),
          operations: operationsOf(encounter, mdtrt_id, leftOut),
          lines,
          settlement: settlementOf(encounter, lines, settling),
        },
        orders,
        asked: !named || mdtrt_id === current,
      });
    }
  }
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, visits, leftOut };
}

const headOf = (encounter: EncounterDto, fixmedins_code: Scalar) => ({
  mdtrt_id: textOf(encounter.mdtrt_id),
  medins_id: textOf(encounter.medins_id) ?? textOf(fixmedins_code),
  adm_date: timeOf(encounter.adm_date),
});

function visitOf(encounter: EncounterDto, mdtrt_id: string, begntime: string): ClaimInput['visit'] {
  const med_type = codeOf(encounter.med_type, 6) ?? medTypeUnstated;
  const endtime = timeOf(encounter.dscg_date);
  // Systems fill in the admission again while a patient is still in: a stay of no second is a stay that has not ended.
  const placeholder = kindOf(med_type) === 'inpatient' && endtime === begntime && endtime.length > 10;
  return {
    mdtrt_id: idOf(mdtrt_id),
    med_type,
    begntime,
    endtime: placeholder ? undefined : endtime,
    atddr_no: codeOf(encounter.dr_codg, 30),
    adm_dept_codg: codeOf(encounter.adm_dept_codg, 30),
    adm_dept_name: nameOf(encounter.adm_dept_name, 100),
    dscg_dept_codg: codeOf(encounter.dscg_dept_codg, 30),
    dscg_dept_name: nameOf(encounter.dscg_dept_name, 100),
    adm_bed: codeOf(encounter.bedno, 30),
    matn_stas: maternity[textOf(encounter.matn_stas) ?? ''],
  };
}

/** As if settled after the last thing that is stated. The time of the request would make every retry another claim. */
function lastTimeOf(encounter: EncounterDto, adm_date: string, lines: ClaimInput['lines']): string {
  const times = [
    adm_date,
    timeOf(encounter.dscg_date) ?? adm_date,
    ...lines.map((line) => line.fee_ocur_time),
  ];
  return times.reduce((last, time) => (time > last ? time : last));
}

function diagnosesOf(
  encounter: EncounterDto,
  mdtrt_id: string,
  leftOut: LeftOut[],
): ClaimInput['diagnoses'] | undefined {
  const main = codeOf(encounter.dscg_main_dise_codg, 30);
  const stated = itemsOf(encounter.fsi_diagnose_dtos);
  if (stated === undefined)
    return main === undefined
      ? undefined
      : [{ diag_code: main, diag_name: nameOf(encounter.dscg_main_dise_name, 255), maindiag_flag: '1' }];
  return stated.flatMap((diagnosis: DiagnosisDto, index) => {
    const diag_code = codeOf(diagnosis.dise_codg, 30);
    if (diag_code === undefined) {
      leftOut.push({ mdtrt_id, item: `fsi_diagnose_dtos[${index}]`, reason: '缺少诊断编码 dise_codg' });
      return [];
    }
    const order = Number(textOf(diagnosis.dias_srt_no) ?? Number.NaN);
    return [
      {
        diag_code,
        diag_name: nameOf(diagnosis.dise_name, 255),
        maindiag_flag: codeOf(diagnosis.maindise_flag, 3) ?? (diag_code === main ? '1' : undefined),
        diag_srt_no: Number.isInteger(order) && order >= 0 && order <= 999 ? order : undefined,
        diag_time: timeOf(diagnosis.dise_date),
      },
    ];
  });
}

function operationsOf(
  encounter: EncounterDto,
  mdtrt_id: string,
  leftOut: LeftOut[],
): ClaimInput['operations'] | undefined {
  return itemsOf(encounter.fsi_operation_dtos)?.flatMap((operation: OperationDto, index) => {
    const oprn_oprt_code = codeOf(operation.oprn_code, 30);
    if (oprn_oprt_code === undefined) {
      leftOut.push({ mdtrt_id, item: `fsi_operation_dtos[${index}]`, reason: '缺少手术操作代码 oprn_code' });
      return [];
    }
    return [
      {
        oprn_oprt_code,
        oprn_oprt_name: nameOf(operation.oprn_name, 500),
        oprn_oprt_date: timeOf(operation.oprn_date),
        main_oprn_flag: codeOf(operation.main_oprn_flag, 3),
        oper_dr_no: codeOf(operation.oper_dr_code, 30) ?? codeOf(operation.oper_dr_codg, 30),
        anst_way: codeOf(operation.anst_way, 6),
      },
    ];
  });
}

function linesOf(
  encounter: EncounterDto,
  mdtrt_id: string,
  leftOut: LeftOut[],
): { lines: ClaimInput['lines']; orders: Map<string, OrderOf> } {
  const lines: ClaimInput['lines'] = [];
  const orders = new Map<string, OrderOf>();
  for (const [index, order] of (itemsOf(encounter.fsi_order_dtos) ?? []).entries()) {
    const rx_id = textOf(order.rx_id) ?? '';
    const line = lineOf(order);
    if (typeof line === 'string') {
      leftOut.push({ mdtrt_id, item: rx_id === '' ? `fsi_order_dtos[${index}]` : rx_id, reason: line });
      continue;
    }
    // Some systems repeat the id of a prescription on each of its orders.
    const base = rx_id === '' ? `#${index}` : idOf(rx_id);
    const feedetl_sn = orders.has(base) ? `${base.slice(0, idCharsMax - 6)}#${index}` : base;
    orders.set(feedetl_sn, {
      rx_id,
      doctor: codeOf(order.drord_dr_codg, 30) ?? null,
      department: codeOf(order.drord_dept_codg, 30) ?? null,
    });
    lines.push({ feedetl_sn, ...line });
  }
  return { lines, orders };
}

/** A fee line, or why the order cannot be one. */
function lineOf(order: OrderDto): Omit<ClaimInput['lines'][number], 'feedetl_sn'> | string {
  const med_list_codg = codeOf(order.hilist_code, 50);
  const fee_ocur_time = timeOf(order.drord_begn_date);
  const cnt = unitsOfScalar(order.cnt, scales.count);
  const pric = unitsOfScalar(order.pric, scales.price);
  if (med_list_codg === undefined) return '缺少医保目录编码 hilist_code';
  if (fee_ocur_time === undefined) return '医嘱开始时间 drord_begn_date 缺失或格式不符';
  if (cnt === undefined) return '数量 cnt 缺失或格式不符';
  if (pric === undefined) return '单价 pric 缺失或格式不符';
  const amount = unitsOfScalar(order.sumamt, scales.money) ?? product(cnt, pric);
  const ownpay = unitsOfScalar(order.ownpay_amt, scales.money);
  return {
    med_list_codg,
    medins_list_codg: codeOf(order.hosplist_code, 150),
    medins_list_name: nameOf(order.hosplist_name, 200) ?? nameOf(order.hilist_name, 200),
    list_type: codeOf(order.hilist_type, 6),
    med_chrgitm_type: codeOf(order.chrg_type, 6),
    chrgitm_lv: codeOf(order.hilist_lv, 3),
    fee_ocur_time,
    cnt: decimalOf(cnt, scales.count),
    pric: decimalOf(pric, scales.price),
    det_item_fee_sumamt: decimalOf(amount, scales.money),
    // Where the patient pays all, nothing is in scope. Otherwise the contract does not say how much is.
    inscp_scp_amt: ownpay !== undefined && amount > 0 && ownpay === amount ? '0' : undefined,
    fulamt_ownpay_amt: ownpay === undefined ? undefined : decimalOf(ownpay, scales.money),
    rxno: codeOf(order.rxno, 40),
    bilg_dept_codg: codeOf(order.drord_dept_codg, 30),
    bilg_dept_name: nameOf(order.drord_dept_name, 100),
    bilg_dr_codg: codeOf(order.drord_dr_codg, 30),
    bilg_dr_name: nameOf(order.drord_dr_name, 50),
    dscg_tkdrug_flag: codeOf(order.drord_bhvr, 3),
  };
}

function settlementOf(
  encounter: EncounterDto,
  lines: ClaimInput['lines'],
  settling: boolean,
): ClaimInput['settlement'] {
  const money = (value: Scalar): string | undefined => {
    const fen = unitsOfScalar(value, scales.money);
    return fen === undefined ? undefined : decimalOf(fen, scales.money);
  };
  const sum = lines.reduce((fen, line) => fen + (unitsOf(line.det_item_fee_sumamt, scales.money) ?? 0), 0);
  const medfee_sumamt = money(encounter.medfee_sumamt) ?? decimalOf(sum, scales.money);
  if (!settling) return { medfee_sumamt };
  return {
    medfee_sumamt,
    fulamt_ownpay_amt: money(encounter.ownpay_amt),
    hifp_pay: money(encounter.hifp_payamt),
    acct_pay: money(encounter.acct_payamt),
    maf_pay: money(encounter.ma_amt),
  };
}

/** 1/10 000 × micro-yuan → fen, rounded half away from zero. */
function product(cnt: number, pric: number): number {
  const exact = BigInt(cnt) * BigInt(pric);
  const size = exact < 0n ? -exact : exact;
  const fen = Number((size + 50_000_000n) / 100_000_000n);
  return exact < 0n ? -fen : fen;
}
