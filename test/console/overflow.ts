/** Everything as long and as much as its contract allows, or as people really write it: what breaks layouts. */
import type { QuarantineEntry } from '../../src/claims/contract.ts';
import type { CoverageRow, Json, RulesList, TreeNode } from '../../src/rules/contract.ts';
import type { FindingDetail, FindingRow, Overview } from '../../src/screening/contract.ts';

export const longZh =
  '中国人民解放军联勤保障部队第九〇〇医院（示例大学附属福总临床医学院）滨海分院互联网医院暨区域医疗联合体远程会诊中心门诊部';
export const longName = {
  zh: '同一参保人同一天在同一机构重复收取重症监护、特级护理与一般专项护理费用且数量超过每日上限',
  en: 'Intensive care, special nursing and general nursing charged together for one person on one day at one institution above the daily limit',
};
export const longMessage = {
  zh: '2025-03-02，“一次性使用多腔中心静脉导管穿刺包（双腔，含导丝、扩张器、注射器及固定装置，进口，抗菌涂层）”在同一结算单内合计收费128次，超过每日上限2次；其中第3至第128次由同一医师在同一分钟内开具，且与“中心静脉穿刺置管术”相互排斥，政策范围内金额合计1,234,567.89元。',
  en: 'On 2025-03-02, 128 of “disposable multi-lumen central venous catheter kit (double lumen, with guide wire, dilator, syringe and fixation, imported, antimicrobial coating)” were charged in one settlement; the daily limit is 2, and all but two were ordered by the same doctor within one minute.',
};
export const longCode = 'H330702000010000000000000000AB';
const hugeAmount = '98765432101.23';

const deepTree = (depth: number, leaf: TreeNode): TreeNode =>
  depth === 0
    ? leaf
    : { op: depth % 2 === 0 ? 'all' : 'any', result: true, of: [deepTree(depth - 1, leaf), leaf] };

const isRecord = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const overflowing = {
  guide: [
    `# ${longZh}`,
    `## ${longZh}`,
    `A \`${longCode.repeat(6)}\` and [${longZh}](README.md).`,
    '',
    `| ${longZh} | \`${longCode.repeat(3)}\` |`,
    '|---|---|',
    `| ${longZh} | ${longZh} |`,
    '',
    '```json',
    JSON.stringify({ [longCode]: longZh, text: longMessage.zh }),
    '```',
  ].join('\n'),
  overview: (overview: Overview): Overview => ({
    ...overview,
    claims: 987_654_321,
    persons: 123_456_789,
    medfee_sumamt: '1234567890123.45',
    amount: hugeAmount,
    undecided: 123_456_789,
    quarantined: 1_234_567,
    by_rule: Array.from({ length: 88 }, (_, index) => ({
      rule_code: `FW-LONG-RULE-CODE-${index}`,
      name: longName,
      verdict: (['违规', '可疑', '提示'] as const)[index % 3] ?? '提示',
      findings: index === 0 ? 9_876_543 : 88 - index,
      amount: index === 0 ? hugeAmount : `${(88 - index) * 1000}.00`,
    })),
    by_institution: overview.by_institution.map((institution) => ({
      ...institution,
      fixmedins_name: longZh,
      findings: 1_234_567,
      amount: hugeAmount,
    })),
    by_month: Array.from({ length: 60 }, (_, index) => ({
      month: `${2021 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
      claims: 1_000_000 + index * 9_000,
      findings: (index * 7_919) % 40_000,
      amount: '123456789.00',
    })),
    undecided_by_rule: Array.from({ length: 40 }, (_, index) => ({
      rule_code: `FW-LONG-RULE-CODE-${index}`,
      name: longName,
      missing: [
        'person.brdy',
        'line.inscp_scp_amt_unknown_fact',
        'claim.begin_time',
        'claims',
        'sales',
        'identity',
        'line.bilg_dr_codg',
      ],
      claims: 1_234_567,
    })),
  }),
  row: (row: FindingRow): FindingRow => ({
    ...row,
    rule_name: longName,
    message: longMessage,
    fixmedins_code: longCode,
    fixmedins_name: longZh,
    setl_id: 'S20250302000000000000000000012',
    psn_no: 'P20250302000000000000000000012',
    amount: hugeAmount,
  }),
  detail: (detail: FindingDetail): FindingDetail => {
    const [document] = detail.documents;
    const [claim] = detail.finding.claims;
    if (document === undefined || claim === undefined || !isRecord(document.claim)) return detail;
    const base = document.claim;
    const setlId = (index: number): string => `S2025030200000000000000000${String(index).padStart(4, '0')}`;
    const hash = (index: number): string => String(index).padStart(64, 'a');
    const lines: Json[] = Array.from({ length: 600 }, (_, index) => ({
      feedetl_sn: String(index),
      med_list_codg: 'C0212345678901234567890123456789012345678901234567',
      medins_list_name:
        '一次性使用多腔中心静脉导管穿刺包（双腔，含导丝、扩张器、注射器及固定装置，进口，抗菌涂层）',
      fee_ocur_time: '2025-03-02 09:00:00',
      cnt: '123456.7891',
      pric: '9876543.123456',
      det_item_fee_sumamt: '99999999999.99',
      inscp_scp_amt: '99999999999.99',
    }));
    const diagnoses: Json[] = Array.from({ length: 30 }, (_, index) => ({
      diag_code: `J18.9${String(index).padStart(2, '0')}`,
      diag_name: '未特指的病原体所致的社区获得性肺炎伴急性呼吸窘迫综合征',
      maindiag_flag: index === 3 ? '1' : '0',
    }));
    return {
      ...detail,
      finding: {
        ...detail.finding,
        rule_name: longName,
        message: longMessage,
        amount: hugeAmount,
        claims: Array.from({ length: 12 }, (_, index) => ({
          ...claim,
          setl_id: setlId(index),
          fixmedins_code: longCode,
          content_hash: hash(index),
          role: index < 2 ? '违规项' : '涉及项',
        })),
        lines: Array.from({ length: 40 }, (_, index) => ({
          fixmedins_code: longCode,
          setl_id: setlId(0),
          feedetl_sn: String(index * 7),
          role: index % 2 === 0 ? '违规项' : '涉及项',
          amount: '99999999999.99',
        })),
        values: {
          ...detail.finding.values,
          'line.item_name':
            '一次性使用多腔中心静脉导管穿刺包（双腔，含导丝、扩张器、注射器及固定装置，进口，抗菌涂层）',
          'claim.diag_codes': Array.from({ length: 60 }, (_, index) => `J18.9${index}`),
        },
        tree: deepTree(8, {
          op: 'leaf',
          result: true,
          fact: 'claim.diag_codes',
          operator: 'startsWithAny',
          actual: Array.from({ length: 60 }, (_, index) => `J18.9${index}`),
          expected: ['J18', 'I10', 'E11'],
        }),
      },
      documents: Array.from({ length: 12 }, (_, index) => ({
        content_hash: hash(index),
        current: index % 3 !== 0,
        claim: {
          ...base,
          setl_id: setlId(index),
          diagnoses,
          lines,
          institution: { fixmedins_code: longCode, fixmedins_name: longZh, hosp_lv: '02' },
        },
      })),
      history: Array.from({ length: 9 }, (_, index) => ({
        revision: index + 1,
        state: 'active',
        amount: hugeAmount,
        replaced_at: '2026-01-20T02:00:00.000Z',
      })),
      revision: 10,
    };
  },
  entry: (entry: QuarantineEntry): QuarantineEntry => ({
    ...entry,
    source: `${longZh}-2026年1月结算明细.ndjson.gz`,
    setl_id: 'S20250302000000000000000000012',
    fixmedins_code: longCode,
    issues: Array.from({ length: 50 }, (_, index) => ({
      path: `$.lines[${19_000 + index}].det_item_fee_sumamt`,
      code: 'not_a_decimal',
      message: {
        zh: '应为十进制数或其字符串，不含千分位、单位或指数',
        en: 'must be a decimal number or string without grouping, unit or exponent',
      },
    })),
  }),
  coverage: (row: CoverageRow): CoverageRow => ({
    ...row,
    national: { ...row.national, name: longZh },
    rules: row.rules.flatMap((rule) =>
      Array.from({ length: 4 }, (_, index) => ({ ...rule, code: `${rule.code}-${index}` })),
    ),
  }),
  rule: (rule: RulesList['rules'][number]): RulesList['rules'][number] => ({
    ...rule,
    document: {
      ...rule.document,
      name: longName,
      national: Array.from({ length: 10 }, (_, index) => `GZ1000010201400${index}`),
    },
  }),
} as const;
