/**
 * What the fixture server answers. The findings are those of the real rules on their own examples, so their trees, values and lines are
 * what the product writes; every answer is parsed by its contract before it is sent, so none can drift from it.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AuditEventRow } from '../../src/audit/contract.ts';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { type ClaimIssue, type QuarantineEntry, quarantineEntrySchema } from '../../src/claims/contract.ts';
import { currentClaims, type CurrentClaim } from '../../src/claims/timeline.ts';
import type { Scheme } from '../../src/credit/scheme-contract.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { dayOf } from '../../src/platform/civil.ts';
import {
  examplesSchema,
  type CoverageRow,
  type FactsList,
  factsListSchema,
  type Json,
  type RulesList,
  rulesListSchema,
} from '../../src/rules/contract.ts';
import { plainFacts } from '../../src/rules/facts.ts';
import { coverageOf } from '../../src/rules/coverage.ts';
import { loadRuleSet } from '../../src/rules/library.ts';
import {
  type Finding,
  type FindingDetail,
  findingDetailSchema,
  type FindingRow,
  findingRowSchema,
  type Overview,
  overviewSchema,
} from '../../src/screening/contract.ts';
import { screenAll } from '../../src/screening/screen-all.ts';
import { makeAuditEvents } from './audit-events.ts';
import { type Explanations, explanationsOf } from './explanations.ts';

const rulesDir = fileURLToPath(new URL('../../rules', import.meta.url));
const asOf = dayOf('2026-01-01') ?? 0;
const createdAt = '2026-01-05T01:30:00.000Z';
const updatedAt = '2026-02-11T06:45:12.000Z';
/** More than two pages of fifty. */
export const findingsCount = 137;

export interface Stored {
  readonly detail: FindingDetail;
  readonly row: FindingRow;
}
export interface Fixtures {
  readonly rules: RulesList;
  readonly facts: FactsList;
  readonly coverage: readonly CoverageRow[];
  readonly stored: readonly Stored[];
  readonly explanations: Explanations;
  readonly overview: Overview;
  readonly quarantine: readonly QuarantineEntry[];
  /** first to last */
  readonly audit: readonly AuditEventRow[];
  /** Of the credit of institutions. */
  readonly schemes: readonly Scheme[];
}

const institutions = [
  ['H33070200001', '示例市第一人民医院'],
  ['H33070200014', '示例市中医医院'],
  ['H33070300027', '江北区妇幼保健院'],
  ['H33070300031', '城东街道社区卫生服务中心'],
  ['P33070200118', '康宁大药房连锁有限公司城西店'],
  ['H33070400009', '示例大学附属第二医院（互联网医院）'],
  ['H33070500066', '安和医院'],
  ['P33070500207', '百姓缘大药房'],
  ['H33070600012', '湖滨康复医院'],
  ['H33070600020', '示例市第三人民医院'],
] as const;

/** Whose example of a hit is explained. */
export const explainedCode = 'FW-ITEM-DAILY-LIMIT';

/** The findings of every example of the library. */
async function exampleFindings(): Promise<{
  rules: RulesList;
  coverage: CoverageRow[];
  found: { finding: Finding; claims: CurrentClaim[] }[];
  explanations: Explanations;
}> {
  const ruleSet = await loadRuleSet(rulesDir);
  const found: { finding: Finding; claims: CurrentClaim[] }[] = [];
  for (const file of readdirSync(`${rulesDir}/library`).filter((name) => name.endsWith('.examples.json'))) {
    const { rule, base, examples } = examplesSchema.parse(
      JSON.parse(readFileSync(`${rulesDir}/library/${file}`, 'utf8')),
    );
    for (const example of examples) {
      const claims = example.claims.flatMap((claim): CurrentClaim[] => {
        const whole = merge(base.claim, claim);
        const lines = Array.isArray(whole['lines']) ? whole['lines'] : [];
        const read = canonicalClaim({ ...whole, lines: lines.map((line) => merge(base.line, line)) }, asOf);
        return read.ok ? [{ claim: read.claim, contentHash: read.hash.toString('hex') }] : [];
      });
      const verdicts = await screenAll(currentClaims(claims), [], ruleSet);
      for (const finding of verdicts.flatMap(({ findings }) => findings))
        if (finding.rule_code === rule) found.push({ finding, claims });
    }
  }
  return {
    rules: rulesListSchema.parse({
      version: ruleSet.version,
      rules: ruleSet.rules.map(({ version, document, tables }) => ({ version, document, tables })),
    }),
    coverage: await coverageOf(rulesDir, ruleSet),
    found,
    explanations: await explanationsOf(
      found.find(({ finding }) => finding.rule_code === explainedCode)?.claims ?? [],
      ruleSet,
    ),
  };
}

/** Examples state only what matters, over what the base of their file says. */
function merge(base: unknown, over: unknown): Record<string, unknown> {
  const merged: Record<string, unknown> = isObject(base) ? { ...base } : {};
  for (const [name, value] of Object.entries(isObject(over) ? over : {}))
    merged[name] = isObject(value) && isObject(merged[name]) ? merge(merged[name], value) : value;
  return merged;
}
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What every claim of a hospital has beside the lines that an example needs. */
const otherLines: readonly { [key: string]: Json }[] = Array.from({ length: 24 }, (_, index) => ({
  feedetl_sn: `9${String(index).padStart(3, '0')}`,
  med_list_codg: `00250101${String(index).padStart(7, '0')}`,
  medins_list_name:
    [
      '血细胞分析',
      '静脉采血',
      'Ⅱ级护理',
      '普通病房床位费',
      '头孢呋辛钠注射用（0.75g）',
      '一次性使用无菌注射器',
    ][index % 6] ?? '',
  list_type: index % 6 === 4 ? '101' : '201',
  chrgitm_lv: '01',
  fee_ocur_time: `2025-03-0${(index % 8) + 1} 08:${String(index + 10)}:00`,
  cnt: '1',
  pric: '12.5',
  det_item_fee_sumamt: '12.5',
  inscp_scp_amt: '12.5',
  bilg_dr_codg: 'D330702001234',
  bilg_dr_name: '王医师',
  bilg_dept_name: '呼吸内科',
}));

const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The claim as the server shows it: masked, and with the things that examples leave out. */
function shown(claim: CurrentClaim['claim'], place: number): Json {
  const json = JSON.parse(JSON.stringify(claim));
  const document: { [key: string]: Json } = json;
  const part = (name: string): { [key: string]: Json } => {
    const value = document[name];
    return isRecord(value) ? value : {};
  };
  const [, name] = institutions[place % institutions.length] ?? institutions[0];
  return {
    ...document,
    person: { psn_name: '张*', certno: '3307**********1234', insutype: '310', ...part('person') },
    institution: { ...part('institution'), fixmedins_name: name, hosp_lv: '02' },
    visit: { chfpdr_name: '李医师', dscg_dept_name: '呼吸内科', ...part('visit') },
    settlement: { inscp_scp_amt: '7120.50', psn_part_amt: '2000', ...part('settlement') },
    lines: [...claim.lines.map((line) => JSON.parse(JSON.stringify(line))), ...otherLines],
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const dayText = (index: number): string =>
  new Date(Date.UTC(2025, 0, 1 + index * 2)).toISOString().slice(0, 10);

function storedOf(
  { finding, claims }: { finding: Finding; claims: readonly CurrentClaim[] },
  index: number,
  rules: RulesList,
): Stored {
  const [code, name] = institutions[index % institutions.length] ?? institutions[0];
  const copy: Finding = {
    ...finding,
    finding_id: hashOf(`${finding.finding_id} ${index}`).slice(0, 32),
    occurred_at: `${dayText(index)} 09:${String(index % 60).padStart(2, '0')}:00`,
    amount:
      ((index * 7919) % 100_000) / 100 > 3 ? (((index * 7919) % 1_000_000) / 100).toFixed(2) : finding.amount,
  };
  const isWithdrawn = index % 23 === 5;
  const detail = findingDetailSchema.parse({
    finding: copy,
    state: isWithdrawn ? 'withdrawn' : 'active',
    revision: index % 4 === 1 ? 2 : 1,
    withheld: false,
    reason: isWithdrawn ? 'no_longer_holds' : index % 4 === 1 ? 'claims_changed' : null,
    created_at: createdAt,
    updated_at: updatedAt,
    history:
      index % 4 === 1
        ? [{ revision: 1, state: 'active', amount: '88.00', replaced_at: '2026-01-20T02:00:00.000Z' }]
        : [],
    rule: rules.rules.find(({ document }) => document.code === finding.rule_code)?.document ?? null,
    documents: finding.claims.flatMap(({ content_hash }, place) => {
      const claim = claims.find(({ contentHash }) => contentHash === content_hash);
      return claim === undefined
        ? []
        : [{ content_hash, current: place === 0, claim: shown(claim.claim, index + place) }];
    }),
  });
  const row = findingRowSchema.parse({
    ...copy,
    fixmedins_code: code,
    fixmedins_name: index % 9 === 7 ? null : name,
    setl_id: `${copy.setl_id}-${String(index).padStart(5, '0')}`,
    state: detail.state,
    revision: detail.revision,
    updated_at: detail.updated_at,
  });
  return { detail, row };
}

const yuan = (fen: number): string => (fen / 100).toFixed(2);
const fenOf = (text: string): number => Math.round(Number(text) * 100);
export const sumOf = (rows: readonly { amount: string }[]): string =>
  yuan(rows.reduce((sum, { amount }) => sum + fenOf(amount), 0));

function overviewOf(stored: readonly Stored[], rules: RulesList, quarantined: number): Overview {
  const rows = stored.map(({ row }) => row).filter(({ state }) => state === 'active');
  const grouped = (keyOf: (row: FindingRow) => string): Map<string, FindingRow[]> => {
    const groups = new Map<string, FindingRow[]>();
    for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
    return groups;
  };
  return overviewSchema.parse({
    claims: 48_213,
    persons: 12_067,
    institutions: 86,
    medfee_sumamt: '163480255.37',
    waiting_claims: 0,
    quarantined,
    findings: rows.length,
    amount: sumOf(rows),
    undecided: 1_894,
    by_rule: [...grouped(({ rule_code }) => rule_code)].map(([rule_code, own]) => ({
      rule_code,
      name: own[0]?.rule_name,
      verdict: own[0]?.verdict,
      findings: own.length,
      amount: sumOf(own),
    })),
    by_institution: [...grouped(({ fixmedins_code }) => fixmedins_code)]
      .map(([fixmedins_code, own]) => ({
        fixmedins_code,
        fixmedins_name: own[0]?.fixmedins_name ?? null,
        findings: own.length,
        amount: sumOf(own),
      }))
      .toSorted((a, b) => fenOf(b.amount) - fenOf(a.amount))
      .slice(0, 10),
    by_month: [...grouped(({ occurred_at }) => occurred_at.slice(0, 7))].map(([month, own], index) => ({
      month,
      claims: 3_400 + ((index * 977) % 1_300),
      findings: own.length,
      amount: sumOf(own),
    })),
    undecided_by_rule: [
      ['FW-IDENTITY-MISSING', ['claim.kind'], 702],
      ['FW-ITEM-SEX', ['person.gend'], 411],
      ['FW-PRICE-CEILING', ['claim.hosp_lv'], 388],
      ['FW-STAY-OVERLAP', ['claim.end_day', 'claims'], 205],
      ['FW-TRACE-RESOLD', ['sales'], 188],
    ].map(([rule_code, missing, claims]) => ({
      rule_code,
      name: rules.rules.find(({ document }) => document.code === rule_code)?.document.name,
      missing,
      claims,
    })),
  });
}

const issue = (path: string, code: string, zh: string, en: string): ClaimIssue => ({
  path,
  code,
  message: { zh, en },
});

function quarantineOf(): QuarantineEntry[] {
  const good = {
    setl_id: 'S2026010500017',
    setl_time: '2026-01-05 10:12:00',
    person: { psn_no: '33070020001234', psn_name: '陈建国', gend: '3', brdy: '1961-02-30' },
    institution: { fixmedins_code: 'H33070200001' },
    visit: { mdtrt_id: 'M2026010500017', med_type: '11', begntime: '2026-01-05 09:30:00' },
    lines: [
      {
        feedetl_sn: '1',
        med_list_codg: '001102000010000',
        fee_ocur_time: '2026-01-05 09:35:00',
        cnt: '1',
        pric: '20',
        det_item_fee_sumamt: '20',
      },
      {
        feedetl_sn: '2',
        med_list_codg: '001204000020000',
        fee_ocur_time: '2026-01-05 09:40:00',
        cnt: '两次',
        pric: '8.5',
        det_item_fee_sumamt: '17',
      },
    ],
    settlement: { medfee_sumamt: '37' },
  };
  const entry = (changed: Partial<QuarantineEntry>): QuarantineEntry =>
    quarantineEntrySchema.parse({
      id: '1',
      source: 'api',
      position: 0,
      setl_id: good.setl_id,
      fixmedins_code: 'H33070200001',
      issues: [],
      state: 'open',
      note: null,
      received_at: '2026-01-05T02:20:31.000Z',
      resolved_at: null,
      raw: JSON.stringify(good),
      ...changed,
    });
  return [
    entry({
      id: '41',
      position: 1_037,
      issues: [
        issue('$.person.brdy', 'no_such_date', '日历上没有这一天', 'there is no such day in the calendar'),
        issue(
          '$.lines[1].cnt',
          'not_a_decimal',
          '应为十进制数或其字符串，不含千分位、单位或指数',
          'must be a decimal number or string without grouping, unit or exponent',
        ),
      ],
    }),
    entry({
      id: '42',
      source: '2026年1月结算明细（第三批，含异地）.ndjson.gz',
      position: 88_214,
      setl_id: null,
      fixmedins_code: null,
      raw: '{"setl_id": "S2026010500018", "setl_time": "2026-01-05 10:1',
      issues: [issue('$', 'not_json', '不是合法的 JSON', 'not valid JSON')],
    }),
    ...Array.from({ length: 12 }, (_, index) =>
      entry({
        id: String(50 + index),
        source: 'claims-2026-01.csv',
        position: 3_000 + index * 17,
        setl_id: `S20260106${String(index).padStart(5, '0')}`,
        issues: [
          issue(
            '$.settlement.medfee_sumamt',
            'missing',
            '缺少必填字段（null 视为未填）',
            'this field is required (null means not stated)',
          ),
          ...(index === 3 ? [{ ...issue('$', 'more_reasons', '另有', 'and more'), more: 1_203 }] : []),
        ],
      }),
    ),
    entry({
      id: '70',
      state: 'dismissed',
      note: '测试数据，医院确认作废',
      resolved_at: '2026-01-06T01:00:00.000Z',
    }),
    entry({ id: '71', state: 'corrected', resolved_at: '2026-01-06T03:30:00.000Z' }),
  ];
}

export async function makeFixtures(): Promise<Fixtures> {
  const { rules, coverage, found, explanations } = await exampleFindings();
  const stored = Array.from({ length: findingsCount }, (_, index) => {
    const source = found[index % found.length];
    if (source === undefined) throw new Error('the library has no example of a hit');
    return storedOf(source, index, rules);
  });
  const quarantine = quarantineOf();
  const facts = factsListSchema.parse({
    facts: Object.entries(plainFacts).map(([name, { title, type, unit }]) => ({ name, title, type, unit })),
    tables: manifestTitles(),
  });
  return {
    rules,
    coverage,
    facts,
    stored,
    explanations,
    quarantine,
    audit: makeAuditEvents(),
    schemes: (await loadSchemes(rulesDir))
      .map(({ scheme }) => scheme)
      .filter(({ subjects }) => subjects.includes('institution')),
    overview: overviewOf(stored, rules, quarantine.filter(({ state }) => state === 'open').length),
  };
}

function manifestTitles(): unknown {
  return JSON.parse(readFileSync(`${rulesDir}/knowledge/manifest.json`, 'utf8'));
}
