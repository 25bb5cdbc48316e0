import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { canonicalClaim } from '../../../src/claims/canonical.ts';
import type { ClaimInput } from '../../../src/claims/contract.ts';
import { today } from '../../../src/platform/clock.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../../src/platform/http.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { loadRuleSet, type RuleSet } from '../../../src/rules/library.ts';
import {
  auditAnswerSchema,
  auditDataSchema,
  type AuditOutput,
  feedbackAnswerSchema,
  feedbackSummarySchema,
  nationalBytesMax,
  patientsMax,
} from '../../../src/screening/national/contract.ts';
import { everything } from '../../../src/people/sight.ts';
import { nationalRoutes } from '../../../src/screening/national/routes.ts';
import { translateAudit } from '../../../src/screening/national/translate.ts';
import { prechecker } from '../../../src/screening/precheck.ts';
import { claimOf, jsonOf } from '../../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { storeCanonical } from '../../support/store-claims.ts';
import { actAs, machine, someone } from '../../support/people.ts';
import { auditOf, encounterOf, envelopeOf, orderOf, patientOf } from './requests.ts';

let ruleSet: RuleSet;
let held: TestDatabase;
let server: Server;
let base = '';

beforeAll(async () => {
  ruleSet = await loadRuleSet('rules');
  held = await createTestDatabase();
  ({ server, base } = await serve(held));
});
afterAll(async () => {
  await closeServer(server, { graceMs: 0 });
  await held.drop();
});
beforeEach(async () => {
  await held.database.pool.query('TRUNCATE audit_feedback, audit_warning');
});

async function serve(
  { database }: TestDatabase,
  key = machine(['national-audit']),
): Promise<{ server: Server; base: string }> {
  const metrics = createMetrics('test');
  const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
  app.use(
    '/api/v1',
    actAs(({ method }) => (method === 'POST' ? key : someone('inspector'))),
    nationalRoutes(database, database, ruleSet, metrics),
  );
  presentErrors(app, { metrics });
  const started = await listen(app, { host: '127.0.0.1', port: 0 });
  const address: AddressInfo | string | null = started.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server: started, base: `http://127.0.0.1:${address.port}/api/v1/national` };
}

async function post<Schema extends z.ZodType>(
  path: string,
  body: unknown,
  schema: Schema,
  contentType = 'application/json;charset=UTF-8',
): Promise<z.output<Schema>> {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return schema.parse(await response.json());
}

async function audit(infno: '3101' | '3102', data: Record<string, unknown>): Promise<AuditOutput> {
  const answer = await post(`/${infno}`, envelopeOf(infno, data), auditAnswerSchema);
  if (answer.output === null) throw new Error(answer.err_msg);
  return answer.output;
}

async function refusalOf(path: string, body: unknown): Promise<string> {
  const answer = await post(path, body, auditAnswerSchema);
  expect(answer).toMatchObject({ infcode: -1, output: null });
  expect(answer.err_msg).toMatch(/[\u4e00-\u9fff]/);
  expect(answer.err_msg).not.toMatch(/\n|node:|\.ts|SELECT/);
  return answer.err_msg;
}

async function store(...inputs: readonly ClaimInput[]): Promise<void> {
  const claims = inputs.map((input) => {
    const result = canonicalClaim(input, today());
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    return result;
  });
  await storeCanonical(held, claims);
}

const rows = async (sql: string): Promise<unknown[]> => (await held.database.pool.query(sql)).rows;

describe('3101', () => {
  test('finds what the pre-check finds in the same claim', async () => {
    const twice = [orderOf('O1'), orderOf('O2'), orderOf('O3', { pric: 9_999, sumamt: 9_999 })];
    const data = auditOf({}, { fsi_encounter_dtos: [encounterOf({ fsi_order_dtos: twice })] });
    const translation = translateAudit(auditDataSchema.parse(data), undefined);
    const input = translation.ok ? translation.visits[0]?.claim : undefined;
    const result = await prechecker(held.database, ruleSet, today)(jsonOf(input), everything);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    const { findings, undecided } = result.precheck;
    expect(new Set(findings.map(({ rule_code }) => rule_code))).toEqual(
      new Set(['FW-ITEM-SEX', 'FW-LINE-REPEATED']),
    );

    const output = await audit('3101', data);
    expect(
      output.result.map(({ rule_id, vola_cont, vola_amt, patn_id, mdtrt_id }) => ({
        rule_id,
        vola_cont,
        vola_amt,
        patn_id,
        mdtrt_id,
      })),
    ).toEqual(
      findings.map((finding) => ({
        rule_id: finding.rule_code,
        vola_cont: finding.message.zh,
        vola_amt: Number(finding.amount),
        patn_id: 'P100',
        mdtrt_id: 'M100',
      })),
    );
    expect(output.judgement.not_judged).toEqual(undecided);
  });

  test('answers with a complete record', async () => {
    const [record] = (await audit('3101', auditOf())).result;
    expect(record).toMatchObject({
      rule_id: 'FW-ITEM-SEX',
      patn_id: 'P100',
      mdtrt_id: 'M100',
      vola_amt: 100,
      vola_amt_stas: '1',
      sev_deg: '2',
      vola_bhvr_type: '2',
      task_id: 'T1',
      judge_result_detail_dtos: [
        { patn_id: 'P100', mdtrt_id: 'M100', rx_id: 'O1', vola_item_type: '1', vola_amt: 100 },
      ],
    });
    expect(record?.vola_evid).toContain('医疗保障基金使用监督管理条例');
  });

  test('gives the same ids to the same findings, and remembers them once', async () => {
    const first = await audit('3101', auditOf());
    const again = await audit('3101', auditOf({ task_id: 'T2' }));
    expect(again.result.map(({ jr_id }) => jr_id)).toEqual(first.result.map(({ jr_id }) => jr_id));
    const changed = await audit(
      '3101',
      auditOf({}, { fsi_encounter_dtos: encounterOf({ fsi_order_dtos: orderOf('O1', { sumamt: 101 }) }) }),
    );
    expect(changed.result[0]?.jr_id).not.toBe(first.result[0]?.jr_id);
    expect(
      await rows('SELECT rule_code, doctor, department, mdtrt_id, warn_type FROM audit_warning'),
    ).toEqual(
      Array.from({ length: 2 }, () => ({
        rule_code: 'FW-ITEM-SEX',
        doctor: 'D002',
        department: 'K02',
        mdtrt_id: 'M100',
        warn_type: '1',
      })),
    );
  });

  test('judges by the rules it is asked for, by our codes and by the national ones', async () => {
    const of = async (rule_ids: unknown) =>
      (await audit('3101', auditOf({ rule_ids }))).result.map(({ rule_id }) => rule_id);
    expect(await of(['FW-ITEM-SEX'])).toEqual(['FW-ITEM-SEX']);
    expect(await of(['GZ10000301004000'])).toEqual(['FW-ITEM-SEX']);
    expect(await of(['FW-ITEM-AGE'])).toEqual([]);
    expect(await of(['3101'])).toEqual(['FW-ITEM-SEX']);
    const unknown = await audit('3101', auditOf({ rule_ids: ['R01', 'FW-ITEM-AGE'] }));
    expect(unknown.result).toEqual([]);
    expect(unknown.judgement.unknown_rule_ids).toEqual(['R01']);
  });

  test('judges several patients and visits in one request', async () => {
    const data = auditOf({
      patient_dtos: [
        patientOf({
          curr_mdtrt_id: '',
          fsi_encounter_dtos: [encounterOf(), encounterOf({ mdtrt_id: 'M101' })],
        }),
        patientOf({ patn_id: 'P200', gend: '2', fsi_encounter_dtos: encounterOf({ mdtrt_id: 'M200' }) }),
        patientOf({ patn_id: 'P300', fsi_encounter_dtos: encounterOf({ mdtrt_id: 'M300' }) }),
      ],
    });
    const { result } = await audit('3101', data);
    expect(result.map(({ patn_id, mdtrt_id }) => [patn_id, mdtrt_id])).toEqual([
      ['P100', 'M100'],
      ['P100', 'M101'],
      ['P300', 'M300'],
    ]);
  });

  test('answers about the current visit where it names one', async () => {
    const encounters = [encounterOf(), encounterOf({ mdtrt_id: 'M101' })];
    const { result } = await audit('3101', auditOf({}, { fsi_encounter_dtos: encounters }));
    expect(result.map(({ mdtrt_id }) => mdtrt_id)).toEqual(['M100']);
  });

  test('says what it could not judge and what it left out', async () => {
    const orders = [orderOf('O1'), orderOf('O2', { cnt: '' })];
    const { judgement } = await audit(
      '3101',
      auditOf({}, { gend: '9', fsi_encounter_dtos: encounterOf({ fsi_order_dtos: orders }) }),
    );
    expect(judgement.not_judged).toContainEqual({ rule_code: 'FW-ITEM-SEX', missing: ['person.gend'] });
    expect(judgement.left_out_items).toMatchObject([{ mdtrt_id: 'M100', item: 'O2' }]);
    expect(judgement).toMatchObject({ stage: '事前', history: 'used', left_out_rules: [] });
  });
});

describe('3102', () => {
  const stay = {
    mdtrt_id: 'M1',
    med_type: '21',
    adm_date: '2026-01-03 08:00:00',
    dscg_date: '2026-01-08 09:00:00',
    fsi_order_dtos: [],
  };
  const elsewhere = claimOf({
    setl_id: 'S9',
    person: { psn_no: 'P501' },
    institution: { fixmedins_code: 'H33070000099' },
    visit: { ...claimOf().visit, mdtrt_id: 'M9' },
  });

  test('judges beside the history, and tells nothing of another hospital but that it is concerned', async () => {
    await store(elsewhere);
    const data = auditOf(
      { trig_scen: '8' },
      {
        patn_id: 'P501',
        curr_mdtrt_id: '',
        fsi_encounter_dtos: [encounterOf({ ...stay, hifp_payamt: 500 })],
      },
    );
    const { result, judgement } = await audit('3102', data);
    expect(judgement.stage).toBe('事中');
    const overlap = result.find(({ rule_id }) => rule_id === 'FW-STAY-OVERLAP');
    expect(overlap).toMatchObject({ vola_amt: 500, vola_bhvr_type: '1', sev_deg: '1' });
    expect(overlap?.judge_result_detail_dtos).toMatchObject([
      { mdtrt_id: 'M1', vola_item_type: '1', vola_amt: 500 },
      { patn_id: 'P501', mdtrt_id: '', rx_id: '', vola_item_type: '2', vola_amt: 0 },
    ]);
  });

  test('does not hold a settlement of the visit itself against the visit', async () => {
    const visit = {
      mdtrt_id: 'M1',
      med_type: '21',
      begntime: '2026-01-03 08:00:00',
      endtime: '2026-01-08 09:00:00',
    };
    await store(claimOf({ person: { psn_no: 'P502' }, visit }));
    const data = auditOf(
      { trig_scen: '8' },
      { patn_id: 'P502', curr_mdtrt_id: '', fsi_encounter_dtos: [encounterOf(stay)] },
    );
    expect((await audit('3102', data)).result).toEqual([]);
  });

  test('gives its warnings ids of their own: they are answered for themselves', async () => {
    const before = await audit('3101', auditOf());
    const during = await audit('3102', auditOf());
    expect(during.result[0]?.rule_id).toBe(before.result[0]?.rule_id);
    expect(during.result[0]?.jr_id).not.toBe(before.result[0]?.jr_id);
  });
});

describe('the envelope', () => {
  test('is answered as the national platform answers', async () => {
    const answer = await post('/3101', envelopeOf('3101', auditOf()), auditAnswerSchema);
    expect(answer).toMatchObject({ infcode: 0, err_msg: '' });
    expect(answer.refmsg_time).toMatch(/^20\d{15}$/);
    expect(answer.inf_refmsgid).toMatch(/^[0-9a-f]{30}$/);
  });

  test('names the interface by itself where the address does not, under any media type', async () => {
    const message = JSON.stringify(envelopeOf('3101', auditOf()));
    const answer = await post('', message, auditAnswerSchema, 'text/plain');
    expect(answer.output?.result).toHaveLength(1);
    expect(await refusalOf('', envelopeOf('2207', auditOf()))).toContain('infno');
    expect(await refusalOf('/3102', envelopeOf('3101', auditOf()))).toContain('infno');
  });

  test.each([
    ['no JSON at all', '{"infno":', 'JSON'],
    ['an empty body', '', '不符合'],
    ['no input', { infno: '3101' }, 'input'],
    ['a patient that is a text', envelopeOf('3101', { patient_dtos: 'x' }), 'patient_dtos'],
    [
      'too many patients',
      envelopeOf('3101', { patient_dtos: Array.from({ length: patientsMax + 1 }, () => patientOf()) }),
      'patient_dtos 超过',
    ],
    ['no patient', envelopeOf('3101', auditOf({ patient_dtos: null })), 'patient_dtos'],
    [
      'a fee of the day after tomorrow',
      envelopeOf(
        '3101',
        auditOf(
          {},
          {
            fsi_encounter_dtos: encounterOf({
              fsi_order_dtos: orderOf('O7', { drord_begn_date: '2099-01-01' }),
            }),
          },
        ),
      ),
      'mdtrt_id=M100 fsi_order_dtos[rx_id=O7].drord_begn_date',
    ],
  ])('with %s is refused in a sentence', async (_name, body, expected) => {
    expect(await refusalOf('/3101', body)).toContain(expected);
  });

  test('has a limit of size', async () => {
    const body = JSON.stringify(envelopeOf('3101', auditOf({ task_id: 'x'.repeat(nationalBytesMax) })));
    expect(await refusalOf('/3101', body)).toContain(String(nationalBytesMax));
  });

  test('of an error on our side tells nothing of it', async () => {
    const broken = await createTestDatabase();
    const other = await serve(broken);
    await broken.drop();
    const response = await fetch(`${other.base}/3103`, {
      method: 'POST',
      body: JSON.stringify(
        envelopeOf('3103', { warn_type: '1', warns: { warn_rslt_id: 'x', dspo_way: '2' } }),
      ),
    });
    const answer = feedbackAnswerSchema.parse(await response.json());
    expect(answer).toMatchObject({ infcode: -1, output: null });
    expect(answer.err_msg).toMatch(/^系统内部错误，请把此编号告诉管理员（[\w-]+）$/);
    await closeServer(other.server, { graceMs: 0 });
  });
});

describe('3103', () => {
  const send = (warns: unknown, warn_type = '1') =>
    post('/3103', envelopeOf('3103', { warn_type, warns }), feedbackAnswerSchema);
  const summary = async (query = '') => {
    const response = await fetch(`${base}/feedback${query}`);
    expect(response.status).toBe(200);
    return feedbackSummarySchema.parse(await response.json());
  };
  const warned = async (data = auditOf()): Promise<string> => {
    const [record] = (await audit('3101', data)).result;
    if (record === undefined) throw new Error('no warning');
    return record.jr_id;
  };

  test('with a key of another hospital, neither asks about its visits nor answers its warnings', async () => {
    const jr_id = await warned();
    const abroad = await serve(held, machine(['national-audit'], 'H33070300001'));
    const sendAbroad = async (path: string, body: unknown) => {
      const response = await fetch(abroad.base + path, { method: 'POST', body: JSON.stringify(body) });
      return feedbackAnswerSchema.parse(await response.json());
    };
    const warns = [{ warn_rslt_id: jr_id, dspo_way: '2' }];
    const feedback = envelopeOf('3103', { warn_type: '1', warns });
    try {
      const asked = await sendAbroad('/3101', envelopeOf('3101', auditOf()));
      expect(asked).toMatchObject({ infcode: -1, output: null });
      expect(asked.err_msg).toContain('接口密钥不属于该定点医药机构');
      expect(await sendAbroad('/3103', feedback)).toMatchObject({ infcode: -1 });
      expect(await rows('SELECT * FROM audit_feedback')).toEqual([]);
    } finally {
      await closeServer(abroad.server, { graceMs: 0 });
    }
    expect(await send(warns)).toMatchObject({ infcode: 0 });
  });

  test('of somebody without a key is an HTTP error too, in the same envelope', async () => {
    const closed = await serve(held, machine(['precheck']));
    try {
      const response = await fetch(`${closed.base}/3101`, { method: 'POST', body: '{}' });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        infcode: -1,
        err_msg: '您的角色没有此项权限',
        output: null,
      });
    } finally {
      await closeServer(closed.server, { graceMs: 0 });
    }
  });

  test('is kept, and counted by rule, doctor and department', async () => {
    const continued = await warned();
    const changed = await warned(
      auditOf(
        {},
        {
          curr_mdtrt_id: 'M2',
          fsi_encounter_dtos: encounterOf({
            mdtrt_id: 'M2',
            fsi_order_dtos: orderOf('O1', { drord_dr_codg: '', drord_dept_codg: '' }),
          }),
        },
      ),
    );
    await warned(
      auditOf(
        {},
        {
          curr_mdtrt_id: 'M3',
          fsi_encounter_dtos: encounterOf({
            mdtrt_id: 'M3',
            dr_codg: '',
            adm_dept_codg: '',
            fsi_order_dtos: orderOf('O1', { drord_dr_codg: '', drord_dept_codg: '' }),
          }),
        },
      ),
    );
    const answer = await send([
      { warn_rslt_id: continued, dspo_way: '1', dspo_way_rea: '登记性别有误' },
      { warn_rslt_id: changed, dspo_way: 2, dspo_way_rea: '' },
    ]);
    expect(answer).toMatchObject({ infcode: 0, output: { stored: 2, unchanged: 0 } });
    const all = { warnings: 3, continued: 1, changed: 1 };
    const at = { fixmedins_code: 'H33070000001' };
    expect(await summary()).toEqual({
      ...all,
      by_rule: [{ rule_code: 'FW-ITEM-SEX', ...all }],
      by_doctor: [
        { ...at, doctor: 'D001', warnings: 1, continued: 0, changed: 1 },
        { ...at, doctor: 'D002', warnings: 1, continued: 1, changed: 0 },
      ],
      by_department: [
        { ...at, department: 'K01', warnings: 1, continued: 0, changed: 1 },
        { ...at, department: 'K02', warnings: 1, continued: 1, changed: 0 },
      ],
    });
    expect((await summary('?warn_type=2')).warnings).toBe(0);
    expect((await summary('?to=2020-01-01')).warnings).toBe(0);
    expect((await summary('?fixmedins_code=H33070000001&rule_code=FW-ITEM-SEX')).warnings).toBe(3);
    expect((await fetch(`${base}/feedback?from=yesterday`)).status).toBe(400);
  });

  test('sent again changes nothing; another answer takes the place of the former', async () => {
    const id = await warned();
    const change = { warn_rslt_id: id, dspo_way: '2' };
    expect((await send(change)).output).toEqual({ stored: 1, unchanged: 0 });
    expect((await send([change, change])).output).toEqual({ stored: 0, unchanged: 1 });
    expect((await send([{ ...change, dspo_way: '1', dspo_way_rea: '已核对' }])).output).toEqual({
      stored: 1,
      unchanged: 0,
    });
    expect(await rows('SELECT dspo_way, dspo_way_rea, revision FROM audit_feedback')).toEqual([
      { dspo_way: '1', dspo_way_rea: '已核对', revision: 2 },
    ]);
    expect(await summary()).toMatchObject({ warnings: 1, continued: 1, changed: 0 });
  });

  test.each([
    ['without a reason', { dspo_way: '1', dspo_way_rea: '  ' }, '必须填写原因'],
    ['in a way that is not listed', { dspo_way: '3' }, 'dspo_way'],
    ['with a reason that is too long', { dspo_way: '1', dspo_way_rea: '因'.repeat(501) }, '500'],
    ['to a warning that was never given', { warn_rslt_id: 'unknown', dspo_way: '2' }, 'jr_id'],
  ])('%s is refused, and nothing of the request is kept', async (_name, over, expected) => {
    const id = await warned();
    const good = { warn_rslt_id: id, dspo_way: '2' };
    const answer = await send([good, { ...good, ...over }]);
    expect(answer).toMatchObject({ infcode: -1, output: null });
    expect(answer.err_msg).toContain(expected);
    expect(await rows('SELECT 1 FROM audit_feedback')).toEqual([]);
  });

  test('keeps no personal data, here or of the warning', async () => {
    const id = await warned();
    await send({
      warn_rslt_id: id,
      dspo_way: '1',
      dspo_way_rea: '患者330702198001011234电话13800001111已核对',
    });
    const stored = JSON.stringify([
      ...(await rows('SELECT * FROM audit_warning')),
      ...(await rows('SELECT * FROM audit_feedback')),
      ...(await rows('SELECT * FROM claim_revision')),
      ...(await rows('SELECT * FROM claim_document')),
    ]);
    expect(stored).toContain('已核对');
    expect(stored).not.toMatch(/王小明|P100|1980|33070219|1380000/);
  });
});
