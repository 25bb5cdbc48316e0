/** Documents for the public, made of what cases, grades and reviews say. Only fields of the contract are copied. Pure. */
import type { CaseFile } from '../cases/case-of.ts';
import type { Cause, Procedure } from '../cases/procedure.ts';
import type { Message } from '../claims/contract.ts';
import { areaPrefix } from '../people/permissions.ts';
import {
  type Party,
  type PublicDocument,
  type StatisticsDocument,
  statisticsRows,
  type Story,
} from './contract.ts';
import { type Cell, tellable } from './suppress.ts';

const articles: Readonly<Record<string, string>> = {
  '38': '第三十八条',
  '39': '第三十九条',
  '40': '第四十条',
  '41': '第四十一条',
};
const regulation = '《医疗保障基金使用监督管理条例》';
const basisOf = (article: string): string => `${regulation}${articles[article] ?? ''}`;

/** A person is said to be one, and nothing more. An institution is called what its decision calls it. @param names of institutions by code, for cases that state none */
export function partyOf(
  { subject: { kind, key }, party_name }: Pick<CaseFile, 'subject' | 'party_name'>,
  names: ReadonlyMap<string, string>,
): Party {
  switch (kind) {
    case 'institution':
    case 'agency':
      return { kind, code: key, name: party_name ?? names.get(key) ?? null };
    case 'person':
    case 'other':
      return { kind };
  }
}

const causeOf = ({ filing }: CaseFile, { causes }: Pick<Procedure, 'causes'>): Cause | null =>
  causes.find(({ item }) => item === filing?.cause) ?? null;

/** `null`: there is no penalty to publish. @param decisionNo number of the decision, as its document has it */
export function penaltyDocument(
  file: CaseFile,
  procedure: Pick<Procedure, 'causes'>,
  names: ReadonlyMap<string, string>,
  decisionNo: string | null,
): PublicDocument | null {
  const { decision } = file;
  if (decision?.kind !== 'penalty' || decision.penalty === null) return null;
  const { article, refund_fen, fine_fen, suspension_months, ends_agreement } = decision.penalty;
  const cause = causeOf(file, procedure);
  return {
    kind: 'penalty',
    decision_no: decisionNo,
    party: partyOf(file, names),
    cause: cause?.cause ?? '',
    conduct: cause?.conduct ?? '',
    basis: basisOf(article),
    decided_on: decision.at.slice(0, 10),
    area: file.area,
    refund_fen,
    fine_fen,
    suspension_months,
    ends_agreement,
  };
}

/** `null`: the case is not closed with a penalty. */
export function typicalCaseDocument(
  file: CaseFile,
  procedure: Pick<Procedure, 'causes'>,
  story: Story,
): PublicDocument | null {
  const { decision } = file;
  if (file.state !== 'closed' || decision?.kind !== 'penalty' || decision.penalty === null) return null;
  const { article, refund_fen, fine_fen } = decision.penalty;
  return {
    kind: 'typical_case',
    ...story,
    cause: causeOf(file, procedure)?.cause ?? '',
    basis: basisOf(article),
    area: file.area,
    refund_fen,
    fine_fen,
  };
}

export interface PublishedGrade {
  readonly subject_kind: 'institution' | 'company';
  readonly subject_key: string;
  readonly scheme_code: string;
  readonly scheme_name: Message;
  readonly is_example: boolean;
  readonly as_of: string;
  readonly grade: string;
  readonly grade_name: Message;
  readonly points_hundredths: number | null;
  readonly is_withdrawn: boolean;
  /** Day on which it was published, or withdrawn. */
  readonly changed_on: string;
}

/** `null`: it was withdrawn. */
export function gradeDocument(
  grade: PublishedGrade,
  names: ReadonlyMap<string, string>,
): PublicDocument | null {
  if (grade.is_withdrawn) return null;
  return {
    kind: 'grade',
    party: {
      kind: grade.subject_kind,
      code: grade.subject_key,
      name: names.get(grade.subject_key) ?? null,
    },
    scheme: { code: grade.scheme_code, name: grade.scheme_name, is_example: grade.is_example },
    as_of: grade.as_of,
    grade: { code: grade.grade, name: grade.grade_name },
    points_hundredths: grade.points_hundredths,
  };
}

/** What of the installation has no district, in the codes of the statistics. */
export const elsewhere = 'other';

/** Confirmed findings of a month; `null` for area or class stands for all of them. */
export interface Counted extends Cell {
  readonly area: string | null;
  /** Of a total of a 统筹区; `null`: of an area, or of everything. */
  readonly pool: string | null;
  readonly of_class: string | null;
}

/** `null`: nothing was confirmed. */
export function statisticsDocument(
  month: string,
  counted: readonly Counted[],
  personsMin: number,
): StatisticsDocument | null {
  if (counted.length === 0) return null;
  const areas = distinct(counted.map(({ area }) => area));
  const classes = distinct(counted.map(({ of_class }) => of_class));
  const nobody: Cell = { persons: 0, findings: 0, amount_fen: 0 };
  const pools = poolsOf(areas);
  const lines = [
    ...areas.map((area) => ({ area, pool: null })),
    ...pools.map((pool) => ({ area: null, pool })),
    { area: null, pool: null },
  ];
  const grid = lines.map((line) =>
    [...classes, null].map(
      (ofClass) =>
        counted.find((one) => one.area === line.area && one.pool === line.pool && one.of_class === ofClass) ??
        nobody,
    ),
  );
  const total = lines.length - 1;
  const told = tellable(
    grid,
    personsMin,
    lines.map(({ area }) => {
      const pool = area === null ? -1 : pools.indexOf(poolOf(area));
      return pool === -1 ? total : areas.length + pool;
    }),
  );
  return {
    kind: 'statistics',
    month,
    persons_min: personsMin,
    areas,
    ...(pools.length === 0 ? {} : { pools }),
    classes,
    cells: grid.map((row, rowAt) =>
      row.map(({ findings, amount_fen }, columnAt) =>
        told[rowAt]?.[columnAt] === true ? { findings, amount_fen } : { findings: null, amount_fen: null },
      ),
    ),
  };
}

/** 统筹区 of a district: its city. */
const poolOf = (area: string): string => (area === elsewhere ? area : `${area.slice(0, 4)}00`);

/** Those that have a total of their own: of one area the area itself tells it, and of a single 统筹区 the total of everything. */
function poolsOf(areas: readonly string[]): string[] {
  const pools = areas.map(poolOf);
  return distinct(pools).length === 1
    ? []
    : distinct(pools.filter((pool, place) => pools.indexOf(pool) !== place));
}

/** The rows of an area and of what lies in it: nothing that is not in the document as a whole. The total stays where it is the area's own. */
export function statisticsIn(document: StatisticsDocument, area: string): StatisticsDocument {
  const prefix = areaPrefix(area);
  const isIn = (code: string): boolean => code.startsWith(prefix);
  const areas = document.areas.filter(isIn);
  const pools = (document.pools ?? []).filter(isIn);
  return {
    ...document,
    areas,
    ...(document.pools === undefined ? {} : { pools }),
    cells: statisticsRows(document)
      .filter((row) => (row.area === null ? areas.length === document.areas.length : isIn(row.area)))
      .map(({ cells }) => [...cells]),
  };
}

/** Whether somebody who kept the version before could subtract: a total that is told in both differs by fewer than so many. */
export function differsByFew(before: StatisticsDocument, after: StatisticsDocument): boolean {
  const told = (document: StatisticsDocument): Map<string, number> =>
    new Map(
      statisticsRows(document).flatMap(({ level, area, cells }) =>
        cells.flatMap(({ findings }, columnAt) =>
          findings === null
            ? []
            : [[`${level} ${area} ${document.classes[columnAt] ?? ''}`, findings] as const],
        ),
      ),
    );
  const earlier = told(before);
  return [...told(after)].some(([name, findings]) => {
    const difference = Math.abs(findings - (earlier.get(name) ?? findings));
    return difference > 0 && difference < after.persons_min;
  });
}

const distinct = (values: readonly (string | null)[]): string[] =>
  [...new Set(values)].filter((value) => value !== null).toSorted();

/** What a publication is called in lists. */
export function titleOf(document: PublicDocument): string {
  switch (document.kind) {
    case 'penalty':
      return `${partyTitle(document.party)}：${document.conduct === '' ? document.basis : document.conduct}`;
    case 'grade':
      return `${partyTitle(document.party)}：${document.scheme.name.zh}`;
    case 'typical_case':
      return document.title;
    case 'statistics':
      return document.month;
  }
}

const partyTitle = (party: Party): string => {
  switch (party.kind) {
    case 'institution':
    case 'agency':
    case 'company':
      return party.name ?? party.code;
    case 'person':
      return '自然人';
    case 'other':
      return '其他当事人';
  }
};
