/** Everything that is published as rows of a table. Heads are Chinese, as the documents are. Pure. */
import type { PublicDraws } from '../inspection/draws-contract.ts';
import {
  type Party,
  type PublicationKind,
  type PublicCheck,
  type PublicDocument,
  type PublicItem,
  statisticsRows,
} from './contract.ts';

/** What people read for the code of an area. */
type NameOf = (code: string) => string;
type Rows = readonly (readonly string[])[];

const yuan = (fen: number): string => `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
const partyKinds: Readonly<Record<Party['kind'], string>> = {
  institution: '定点医药机构',
  agency: '经办机构',
  company: '医药企业',
  person: '自然人',
  other: '其他',
};
const partyCells = (party: Party): string[] => [
  partyKinds[party.kind],
  'code' in party ? party.code : '',
  'code' in party ? (party.name ?? '') : '',
];
const partyHead = ['当事人类别', '代码', '名称'];

const heads: Readonly<Record<PublicationKind, readonly string[]>> = {
  penalty: [
    '决定书文号',
    ...partyHead,
    '案由',
    '违法行为',
    '依据',
    '决定日期',
    '行政区划',
    '区划名称',
    '责令退回（元）',
    '罚款（元）',
    '暂停（月）',
    '解除协议',
  ],
  grade: [...partyHead, '评价方案', '示例', '评价日期', '等级', '分值'],
  typical_case: [
    '标题',
    '案情',
    '处理',
    '警示',
    '案由',
    '依据',
    '行政区划',
    '区划名称',
    '责令退回（元）',
    '罚款（元）',
  ],
  statistics: ['月份', '行政区划', '区划名称', '规则类别', '属实疑点（条）', '认定金额（元）', '最少人数'],
};

/** With version and day of publication before, so that a reader sees what is corrected; what was withdrawn has no row. */
export function publicationRows(kind: PublicationKind, items: readonly PublicItem[], nameOf: NameOf): Rows {
  return [
    ['编号', '版次', '公开日期', ...heads[kind]],
    ...items.flatMap(({ id, document, versions: [last] }) =>
      document === null || last === undefined
        ? []
        : rowsOf(document, nameOf).map((row) => [
            String(id),
            String(last.version),
            last.published_on,
            ...row,
          ]),
    ),
  ];
}

function rowsOf(document: PublicDocument, nameOf: NameOf): Rows {
  switch (document.kind) {
    case 'penalty':
      return [
        [
          document.decision_no ?? '',
          ...partyCells(document.party),
          document.cause,
          document.conduct,
          document.basis,
          document.decided_on,
          document.area,
          nameOf(document.area),
          yuan(document.refund_fen),
          yuan(document.fine_fen),
          String(document.suspension_months),
          document.ends_agreement ? '是' : '否',
        ],
      ];
    case 'grade':
      return [
        [
          ...partyCells(document.party),
          document.scheme.name.zh,
          document.scheme.is_example ? '是' : '否',
          document.as_of,
          document.grade.name.zh,
          document.points_hundredths === null ? '' : String(document.points_hundredths / 100),
        ],
      ];
    case 'typical_case':
      return [
        [
          document.title,
          document.facts,
          document.handling,
          document.lesson,
          document.cause,
          document.basis,
          document.area,
          nameOf(document.area),
          yuan(document.refund_fen),
          yuan(document.fine_fen),
        ],
      ];
    case 'statistics':
      return statisticsRows(document).flatMap(({ level, area, cells }) =>
        cells.map(({ findings, amount_fen }, columnAt) => [
          document.month,
          level === 'pool' ? `${area}（小计）` : (area ?? '合计'),
          area === null ? '合计' : area === 'other' ? '其他' : nameOf(area),
          document.classes[columnAt] ?? '合计',
          findings === null ? '不公开' : String(findings),
          amount_fen === null ? '不公开' : yuan(amount_fen),
          String(document.persons_min),
        ]),
      );
  }
}

const states = { committed: '已承诺', drawn: '已抽取', opened: '已公开' } as const;

export const drawRows = (draws: PublicDraws['items']): Rows => [
  [
    '方案',
    '名称',
    '机关',
    '承诺哈希',
    '承诺时间',
    '状态',
    '检查开始',
    '检查结束（不含）',
    '抽中',
    '已查',
    '由何承诺重抽',
  ],
  ...draws.map((draw) => [
    draw.plan_id,
    draw.title,
    draw.agency,
    draw.commitment_sha256,
    draw.committed_at,
    states[draw.state],
    draw.checks.from,
    draw.checks.to,
    String(draw.drawn),
    String(draw.checked),
    draw.redrawn_by ?? '',
  ]),
];

export const resultRows = (draws: PublicDraws['items'], nameOf: NameOf): Rows => [
  ['承诺哈希', '方案', '对象', '名称', '行政区划', '区划名称', '检查日期', '结果', '逾期'],
  ...draws.flatMap(({ commitment_sha256, plan_id, results }) =>
    results.map(({ object_id, name, area, checked_on, result, overdue }) => [
      commitment_sha256,
      plan_id,
      object_id,
      name,
      area ?? '',
      area === null ? '' : nameOf(area),
      checked_on ?? '',
      result?.zh ?? '',
      overdue ? '是' : '否',
    ]),
  ),
];

const checkKinds: Readonly<Record<PublicCheck['kind'], string>> = {
  daily: '日常检查',
  special: '专项检查',
  flight: '飞行检查',
  key: '重点检查',
  expert: '专家审查',
  recheck: '回头看',
};

export const checkRows = (checks: readonly PublicCheck[], nameOf: NameOf): Rows => [
  [
    '编号',
    '检查种类',
    ...partyHead,
    '行政区划',
    '区划名称',
    '检查开始',
    '检查截止',
    '回头看所对检查',
    '检查日期',
    '结果',
    '逾期',
  ],
  ...checks.map(({ id, kind, party, area, from_day, due_day, recheck_of, checked_on, result, overdue }) => [
    String(id),
    checkKinds[kind],
    ...(party === null ? ['未公开', '', ''] : partyCells(party)),
    area ?? '',
    area === null ? '' : nameOf(area),
    from_day,
    due_day,
    recheck_of === null ? '' : String(recheck_of),
    checked_on ?? '',
    result?.zh ?? '',
    overdue ? '是' : '否',
  ]),
];
