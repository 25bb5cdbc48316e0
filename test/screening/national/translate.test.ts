import { describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../../src/claims/canonical.ts';
import { auditDataSchema, ordersMax } from '../../../src/screening/national/contract.ts';
import {
  ruleIdsOf,
  stageOf,
  translateAudit,
  type TranslatedVisit,
} from '../../../src/screening/national/translate.ts';
import { asOf } from '../../support/claims.ts';
import { auditOf, encounterOf, orderOf, patientOf } from './requests.ts';

const translate = (data: unknown) => translateAudit(auditDataSchema.parse(data), 'H9');

function visitsOf(data: unknown): readonly TranslatedVisit[] {
  const translation = translate(data);
  if (!translation.ok) throw new Error(JSON.stringify(translation.refusals));
  return translation.visits;
}

function claimOf(data: unknown): TranslatedVisit['claim'] {
  const [visit] = visitsOf(data);
  if (visit === undefined) throw new Error('no visit');
  return visit.claim;
}

const oneOrder = (over: Record<string, unknown>) =>
  auditOf({}, { fsi_encounter_dtos: [encounterOf({ fsi_order_dtos: [orderOf('O1', over)] })] });
const oneEncounter = (over: Record<string, unknown>, data: Record<string, unknown> = {}) =>
  auditOf(data, { fsi_encounter_dtos: [encounterOf(over)] });

describe('a request of the national contract', () => {
  test('becomes the claim that it describes, and one that is accepted', () => {
    const claim = claimOf(auditOf());
    const canonical = canonicalClaim(claim, asOf);
    if (!canonical.ok) throw new Error(JSON.stringify(canonical.issues));
    expect(canonical.claim).toEqual({
      setl_id: 'M100',
      setl_time: '2026-01-05 09:10:00',
      person: { psn_no: 'P100', gend: '1', brdy: '1980-01-01', insutype: '310', insuplc_admdvs: '330700' },
      institution: {
        fixmedins_code: 'H33070000001',
        fixmedins_name: '金华市某医院',
        hosp_lv: '02',
        medins_type: 'A1',
        mdtrtarea_admvs: '330700',
      },
      visit: {
        mdtrt_id: 'M100',
        med_type: '11',
        begntime: '2026-01-05 09:00:00',
        atddr_no: 'D001',
        adm_dept_codg: 'K01',
        adm_dept_name: '全科',
      },
      diagnoses: [
        { diag_code: 'J06.900', diag_name: '急性上呼吸道感染', maindiag_flag: '1', diag_srt_no: 1 },
      ],
      lines: [
        {
          feedetl_sn: 'O1',
          med_list_codg: '002203010030000',
          medins_list_codg: 'YY1',
          medins_list_name: '腔内彩超',
          list_type: '201',
          med_chrgitm_type: '03',
          chrgitm_lv: '01',
          fee_ocur_time: '2026-01-05 09:10:00',
          cnt: '1',
          pric: '100',
          det_item_fee_sumamt: '100',
          fulamt_ownpay_amt: '0',
          rxno: 'RX1',
          bilg_dept_codg: 'K02',
          bilg_dept_name: '超声科',
          bilg_dr_codg: 'D002',
          bilg_dr_name: '李医生',
          dscg_tkdrug_flag: '0',
        },
      ],
      settlement: { medfee_sumamt: '100' },
    });
  });

  test('says the same whether a list of one is written as a list or as the object', () => {
    const [diagnosis, order] = [encounterOf()['fsi_diagnose_dtos'], encounterOf()['fsi_order_dtos']];
    const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : list);
    const asObjects = {
      ...auditOf(),
      patient_dtos: patientOf({
        fsi_encounter_dtos: encounterOf({
          fsi_diagnose_dtos: first(diagnosis),
          fsi_order_dtos: first(order),
        }),
      }),
    };
    expect(claimOf(asObjects)).toEqual(claimOf(auditOf()));
  });

  test('takes the institution of the envelope where the encounter names none', () => {
    expect(claimOf(oneEncounter({ medins_id: '' })).institution.fixmedins_code).toBe('H9');
  });

  test('keeps a list that was not sent apart from an empty one', () => {
    expect(claimOf(oneEncounter({ fsi_operation_dtos: '' })).operations).toBeUndefined();
    expect(claimOf(oneEncounter({ fsi_operation_dtos: null })).operations).toBeUndefined();
    expect(claimOf(oneEncounter({ fsi_operation_dtos: [] })).operations).toEqual([]);
  });

  test('never states what it does not say', () => {
    const claim = claimOf(auditOf());
    expect(claim.traces).toBeUndefined();
    expect(claim.identity_checks).toBeUndefined();
    expect(claim.lines[0]?.inscp_scp_amt).toBeUndefined();
    expect(claimOf(oneEncounter({ med_type: '' })).visit.med_type).toBe('0');
  });

  test('says that nothing is in scope only where the patient pays all', () => {
    expect(claimOf(oneOrder({ ownpay_amt: '100' })).lines[0]?.inscp_scp_amt).toBe('0');
    expect(claimOf(oneOrder({ ownpay_amt: '30' })).lines[0]?.inscp_scp_amt).toBeUndefined();
  });

  test('reads shares of payment only when they have been worked out', () => {
    const paid = { hifp_payamt: '60', medfee_sumamt: '100' };
    expect(claimOf(oneEncounter(paid)).settlement.hifp_pay).toBeUndefined();
    expect(claimOf(oneEncounter(paid, { trig_scen: '7' })).settlement.hifp_pay).toBe('60');
  });

  test('takes maternity from the list of the contract, which is another than that of claims', () => {
    const of = (matn_stas: string) => claimOf(oneEncounter({ matn_stas })).visit.matn_stas;
    expect([of('0'), of('1'), of('2')]).toEqual([undefined, '3', '4']);
  });

  test('does not take the second of the admission for a discharge', () => {
    const times = { adm_date: '2026-01-05 09:00:00', dscg_date: '2026-01-05 09:00:00' };
    expect(claimOf(oneEncounter({ ...times, med_type: '21' })).visit.endtime).toBeUndefined();
    expect(claimOf(oneEncounter({ ...times, med_type: '11' })).visit.endtime).toBe('2026-01-05 09:00:00');
  });

  test('works out a missing sum, and rounds it', () => {
    const [line] = claimOf(oneOrder({ cnt: '3', pric: '0.335', sumamt: '' })).lines;
    expect(line?.det_item_fee_sumamt).toBe('1.01');
  });

  test.each([
    ['2026/01/05 09:10', '2026-01-05 09:10:00'],
    ['2026-01-05T09:10:00.000', '2026-01-05 09:10:00'],
    ['2026-01-05', '2026-01-05'],
  ])('reads the time %s', (written, expected) => {
    expect(claimOf(oneOrder({ drord_begn_date: written })).lines[0]?.fee_ocur_time).toBe(expected);
  });

  test.each([
    [{ drord_begn_date: '' }, 'drord_begn_date'],
    [{ drord_begn_date: 1767575400000 }, 'drord_begn_date'],
    [{ drord_begn_date: '2026-02-30 09:00:00' }, 'drord_begn_date'],
    [{ hilist_code: '-' }, 'hilist_code'],
    [{ cnt: 'two' }, 'cnt'],
    [{ pric: null }, 'pric'],
  ])('leaves out an order that cannot be judged, and says so: %j', (over, field) => {
    const translation = translate(oneOrder(over));
    if (!translation.ok) throw new Error('refused');
    expect(translation.visits[0]?.claim.lines).toEqual([]);
    expect(translation.leftOut).toMatchObject([{ mdtrt_id: 'M100', item: 'O1' }]);
    expect(translation.leftOut[0]?.reason).toContain(field);
  });

  test('tells orders apart that carry one id, and ids apart that are too long for a claim', () => {
    const long = 'a'.repeat(36);
    const orders = [orderOf('O1'), orderOf('O1'), orderOf(''), orderOf(`${long}1`), orderOf(`${long}2`)];
    const [visit] = visitsOf(oneEncounter({ mdtrt_id: 'm'.repeat(50), fsi_order_dtos: orders }));
    const numbers = visit?.claim.lines.map(({ feedetl_sn }) => feedetl_sn) ?? [];
    expect(new Set(numbers).size).toBe(5);
    expect(numbers.map((sn) => visit?.orders.get(sn)?.rx_id)).toEqual([
      'O1',
      'O1',
      '',
      `${long}1`,
      `${long}2`,
    ]);
    expect(canonicalClaim(visit?.claim, asOf).ok).toBe(true);
  });

  test('may speak of several patients and visits, each of its own', () => {
    const data = auditOf({
      patient_dtos: [
        patientOf({
          curr_mdtrt_id: '',
          fsi_encounter_dtos: [encounterOf(), encounterOf({ mdtrt_id: 'M101' })],
        }),
        patientOf({ patn_id: 'P200', fsi_encounter_dtos: encounterOf({ mdtrt_id: 'M200' }) }),
      ],
    });
    expect(visitsOf(data).map(({ patn_id, mdtrt_id, asked }) => [patn_id, mdtrt_id, asked])).toEqual([
      ['P100', 'M100', true],
      ['P100', 'M101', true],
      ['P200', 'M200', true],
    ]);
  });

  test('asks about the current visit alone where it names it', () => {
    const encounters = { fsi_encounter_dtos: [encounterOf(), encounterOf({ mdtrt_id: 'M101' })] };
    expect(visitsOf(auditOf({}, encounters)).map(({ asked }) => asked)).toEqual([true, false]);
  });

  test.each([
    [auditOf({ patient_dtos: [] }), 'patient_dtos'],
    [auditOf({}, { patn_id: '' }), 'patient_dtos[0].patn_id'],
    [auditOf({}, { fsi_encounter_dtos: '' }), 'patient_dtos[0].fsi_encounter_dtos'],
    [oneEncounter({ mdtrt_id: null }), 'patient_dtos[0].fsi_encounter_dtos[0].mdtrt_id'],
    [oneEncounter({ adm_date: 'today' }), 'patient_dtos[0].fsi_encounter_dtos[0].adm_date'],
    [
      auditOf({}, { fsi_encounter_dtos: [encounterOf(), encounterOf()] }),
      'patient_dtos[0].fsi_encounter_dtos[1].mdtrt_id',
    ],
  ])('is refused where there is nothing to judge by (%#)', (data, path) => {
    const translation = translate(data);
    expect(translation.ok ? [] : translation.refusals.map((each) => each.path)).toEqual([path]);
  });

  test('holds no more orders than the limit', () => {
    const orders = Array.from({ length: ordersMax + 1 }, (_, index) => orderOf(`O${index}`));
    expect(auditDataSchema.safeParse(oneEncounter({ fsi_order_dtos: orders })).success).toBe(false);
  });

  test('asks for the rules of the stage that interface and scene stand for', () => {
    const of = (infno: '3101' | '3102', trig_scen: unknown) =>
      stageOf(infno, auditDataSchema.parse({ trig_scen }));
    expect(['1', '2', '3', '4', '5', '', null].map((scene) => of('3101', scene))).toEqual(
      Array(7).fill('事前'),
    );
    expect(['6', 7, '8', '9'].map((scene) => of('3101', scene))).toEqual(Array(4).fill('事中'));
    expect(of('3102', '5')).toBe('事中');
  });

  test('limits the rules by the ids it names, the number of the interface not being one', () => {
    const of = (rule_ids: unknown) => ruleIdsOf(auditDataSchema.parse({ rule_ids }));
    expect(of(null)).toBeUndefined();
    expect(of('')).toBeUndefined();
    expect(of(['3101'])).toBeUndefined();
    expect(of(['FW-ITEM-SEX', '3101'])).toEqual(new Set(['FW-ITEM-SEX']));
  });
});
