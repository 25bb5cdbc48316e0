/**
 * The documents of a case (文书), filled from its events by templates that are data (rules/procedure/documents.json). A document is a function
 * of template and events up to one revision, so that it can be made again years later to the same text; its number names the case, its kind
 * and that revision. What a case does not say yet stands as a line to be written on. Pure.
 */
import { z } from 'zod';
import type { Message } from '../claims/contract.ts';
import { messageSchema } from '../claims/contract.ts';
import { amountsOf } from './amounts.ts';
import { chainOf } from './archive.ts';
import { type CaseFile, caseOf, type Officer } from './case-of.ts';
import { type CaseEvent, commandSchema, type crimes, decisionKinds, type Penalty } from './contract.ts';
import { caseName, inForce, partyText, type Procedure } from './procedure.ts';
import { stateNames } from './refusal.ts';

export const documentLinesMax = 200;

/** What a template may name in `{{…}}`. */
export const placeholders = [
  'case_no',
  'case_name',
  'subject',
  'cause',
  'cause_kind',
  'source',
  'discovered',
  'opened_on',
  'officers',
  'flagged_yuan',
  'confirmed_yuan',
  'refund_yuan',
  'fine_yuan',
  'recovered_yuan',
  'fine_paid_yuan',
  'evidence_list',
  'basics',
  'course',
  'facts',
  'nature',
  'discretion',
  'proposal',
  'article',
  'penalty',
  'statement',
  'opinion',
  'decision_kind',
  'reason',
  'service_way',
  'until',
  'what',
  'hearing_days',
  'recipient',
  'crime',
  'proposal_reason',
  'group',
  'evidence_hashes',
  'head',
  'items',
  'act_by',
  'act_on',
  'state',
] as const;
type Placeholder = (typeof placeholders)[number];

const naming = /\{\{([a-z_]+)\}\}/g;
const line = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    for (const [, name] of text.matchAll(naming))
      if (!placeholders.some((one) => one === name))
        context.addIssue({
          code: 'custom',
          message: `没有名为 ${name ?? ''} 的内容 / nothing is called ${name ?? ''}`,
        });
  });

export const documentTemplateSchema = z.strictObject({
  code: z.string().regex(/^[a-z][a-z_]*$/),
  name: messageSchema,
  area: z
    .string()
    .regex(/^\d{2,6}$/)
    .nullable(),
  from: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  to: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
  basis: z.string().min(1),
  standing: z.enum(['正式', '示例']),
  /** The acts that call for the document: each makes a version of its own. */
  acts: z
    .array(z.string().refine((name) => commandSchema.options.some((one) => one.shape.action.value === name)))
    .min(1),
  kinds: z.array(z.enum(decisionKinds)).min(1).optional().describe('only of decisions of these kinds'),
  mark: z.string().min(1).max(10).describe('字号中的文种简称'),
  lines: z.array(line).min(1).max(documentLinesMax),
});
export type DocumentTemplate = z.infer<typeof documentTemplateSchema>;

export interface CaseDocument {
  readonly code: string;
  readonly name: Message;
  readonly standing: DocumentTemplate['standing'];
  /** 1, 2, …: how often this document was made in the case. */
  readonly version: number;
  /** The event that called for it. */
  readonly seq: number;
  readonly number: string;
  readonly title: string;
  readonly lines: readonly string[];
}

const blank = '＿＿＿＿＿＿＿＿';
const yuan = (fen: number): string => (fen / 100).toFixed(2);
const dayIn = (at: string): string =>
  `${at.slice(0, 4)}年${Number(at.slice(5, 7))}月${Number(at.slice(8, 10))}日`;

/** Every document that the case has called for so far, in order. */
export function documentsOfCase(
  caseNo: string,
  events: readonly CaseEvent[],
  templates: readonly DocumentTemplate[],
  procedure: Procedure,
): CaseDocument[] {
  const made = new Map<string, number>();
  const heads = chainOf(events);
  return events.flatMap((event, place) => {
    const file = caseOf(events.slice(0, place + 1));
    return inForce(templates, file.area, event.at.slice(0, 10))
      .filter(
        ({ acts, kinds }) =>
          acts.includes(event.action) &&
          (kinds === undefined || (file.decision !== null && kinds.includes(file.decision.kind))),
      )
      .map((template): CaseDocument => {
        const version = (made.get(template.code) ?? 0) + 1;
        made.set(template.code, version);
        const values = valuesOf(caseNo, file, event, procedure, heads[place] ?? '');
        return {
          code: template.code,
          name: template.name,
          standing: template.standing,
          version,
          seq: event.seq,
          number: `医保${template.mark}〔${event.at.slice(0, 4)}〕${caseNo}-${event.seq}号`,
          title: template.name.zh,
          lines: template.lines.flatMap((text) => filled(text, values).split('\n')),
        };
      });
  });
}

const filled = (text: string, values: Values): string =>
  text.replaceAll(naming, (_whole, name: string) => {
    const known = placeholders.find((one) => one === name);
    return (known === undefined ? null : values[known]) ?? blank;
  });

/** `null`: the case does not say. */
type Values = Readonly<Record<Placeholder, string | null>>;

const sources = {
  finding: '智能监管系统发现',
  tip: '举报投诉',
  inspection: '监督检查发现',
  referred: '其他机关移送',
  other: '其他来源',
} as const;
const decisionNames = {
  penalty: '行政处罚',
  no_penalty: '不予行政处罚',
  not_established: '违法事实不能成立，不予行政处罚',
  to_other_agency: '移送其他行政机关',
  to_judiciary: '移送司法机关',
} as const;
const ways = {
  direct: '直接送达',
  left: '留置送达',
  mail: '邮寄送达',
  electronic: '电子送达',
  public_notice: '公告送达',
} as const;
const crimeNames: Readonly<Record<(typeof crimes)[number], string>> = {
  fraud: '诈骗罪（刑法第二百六十六条）',
  handling_proceeds: '掩饰、隐瞒犯罪所得罪（刑法第三百一十二条）',
  embezzlement: '贪污罪（刑法第三百八十二条）',
  other: '其他犯罪',
};
const articleNames = { '38': '三十八', '39': '三十九', '40': '四十', '41': '四十一' } as const;

function penaltyText({ refund_fen, fine_fen, suspension_months, ends_agreement }: Penalty): string {
  const parts = [
    ...(refund_fen > 0 ? [`责令退回医疗保障基金 ${yuan(refund_fen)} 元`] : []),
    ...(fine_fen > 0 ? [`处罚款 ${yuan(fine_fen)} 元`] : []),
    ...(suspension_months > 0
      ? [`暂停涉及医疗保障基金使用的医药服务或者联网结算 ${suspension_months} 个月`]
      : []),
    ...(ends_agreement ? ['由医疗保障经办机构解除服务协议'] : []),
  ];
  return parts.length === 0 ? '责令改正' : parts.join('；');
}

function valuesOf(
  caseNo: string,
  file: CaseFile,
  event: CaseEvent,
  procedure: Procedure,
  head: string,
): Values {
  const cause = procedure.causes.find(({ item }) => item === file.filing?.cause);
  const party = partyText(file.subject.key, file.party_name);
  const amounts = amountsOf(file);
  const penalty = file.decision?.penalty ?? file.notified?.penalty ?? file.report?.penalty ?? null;
  const detail: Readonly<Record<string, unknown>> = event.detail;
  const said = (name: string): string | null => {
    const value = detail[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const hearing = inForce(procedure.clocks, file.area, event.at.slice(0, 10)).find(
    ({ code }) => code === 'hearing_request',
  );
  return {
    case_no: caseNo,
    case_name: cause === undefined ? null : caseName(party, cause, file.decision !== null),
    subject: party,
    cause: cause?.conduct ?? null,
    cause_kind: cause?.cause ?? null,
    source: sources[file.source],
    discovered: dayIn(file.discovered),
    opened_on: dayIn(file.opened_at),
    officers: officersText(file.officers),
    flagged_yuan: yuan(amounts.flagged_fen),
    confirmed_yuan: yuan(amounts.confirmed_fen),
    refund_yuan: penalty === null ? null : yuan(penalty.refund_fen),
    fine_yuan: penalty === null ? null : yuan(penalty.fine_fen),
    recovered_yuan: yuan(amounts.recovered_fen),
    fine_paid_yuan: yuan(amounts.fine_paid_fen),
    evidence_list: file.evidence
      .map(
        ({ no, title, source, flagged_fen, confirmed_fen }) =>
          `${no}. ${title}（${source}），涉嫌 ${yuan(flagged_fen)} 元${confirmed_fen === null ? '' : `，认定 ${yuan(confirmed_fen)} 元`}`,
      )
      .join('\n'),
    evidence_hashes: file.evidence
      .map(({ no, title, source, sha256 }) => `${no}. ${title}（${source}）\n${inGroups(sha256)}`)
      .join('\n'),
    head: inGroups(head),
    basics: file.report?.basics ?? null,
    course: file.report?.course ?? null,
    facts: file.report?.facts_and_evidence ?? null,
    nature: file.report?.nature_and_basis ?? null,
    discretion: file.report?.discretion ?? null,
    proposal: file.report?.proposal ?? null,
    article: penalty === null ? null : `第${articleNames[penalty.article]}条`,
    penalty: penalty === null ? null : penaltyText(penalty),
    statement: said('statement'),
    opinion: said('opinion'),
    decision_kind: file.decision === null ? null : decisionNames[file.decision.kind],
    reason: said('reason'),
    service_way: event.action === 'serve' ? ways[event.detail.way] : null,
    until: event.action === 'order_correction' ? dayIn(event.detail.until) : null,
    what: said('what'),
    hearing_days: hearing === undefined ? null : String(hearing.period),
    recipient: said('to'),
    crime: file.proposal === null ? null : crimeNames[file.proposal.crime],
    proposal_reason: file.proposal?.reason ?? null,
    group: officersText(file.proposal?.group ?? []),
    items: said('items'),
    act_by: event.account,
    act_on: dayIn(event.at),
    state: stateNames[file.state].zh,
  };
}

/** A line of a page holds no hash as one word. */
const inGroups = (hash: string): string => hash.replace(/.{16}(?=.)/g, '$& ');

const officersText = (officers: readonly Officer[]): string | null =>
  officers.length === 0
    ? null
    : officers.map(({ account, certificate }) => `${account}（执法证号 ${certificate}）`).join('、');
