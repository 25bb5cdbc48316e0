/**
 * The record of a check and the order to correct as they are printed: for the file of the institution and for whoever signs on paper. What they say
 * comes from the text that was hashed, and they name its hash. Pure.
 */
import type { PrintedDocument } from '../cases/document-pdf.ts';
import type { ResultTerms } from './draws-contract.ts';
import type { Signature, TaskKind, Verdict } from './on-site-contract.ts';
import { readRecord } from './on-site-record.ts';

export const onSiteDocuments = ['record', 'order'] as const;
export type OnSiteDocument = (typeof onSiteDocuments)[number];

export interface DocumentGiven {
  readonly no: number;
  readonly record: string;
  readonly sha256: string;
  readonly signatures: readonly Signature[];
  /** `null`: signatures are still missing. */
  readonly signed_sha256: string | null;
}

const kindNames: Readonly<Record<TaskKind, string>> = {
  drawn: '双随机检查',
  daily: '日常检查',
  special: '专项检查',
  flight: '飞行检查',
  key: '重点检查',
  expert: '专家审查',
  recheck: '回头看',
};
const verdictNames: Readonly<Record<Verdict, string>> = {
  conform: '符合',
  problem: '有问题',
  not_applicable: '不适用',
};
const fenPerYuan = 100;
const yuanOf = (fen: number): string => (fen / fenPerYuan).toFixed(2);
const aheadMs = 8 * 3_600_000;
/** Asia/Shanghai. */
const clock = (iso: string): string =>
  new Date(Date.parse(iso) + aheadMs).toISOString().slice(0, 19).replace('T', ' ');

/** `null`: nothing was ordered. */
export function onSiteDocument(
  document: OnSiteDocument,
  given: DocumentGiven,
  { results }: Pick<ResultTerms, 'results'>,
): PrintedDocument | null {
  const read = readRecord(given.record);
  const { task, conclusion } = read;
  const head = {
    number: `现检〔${conclusion.checked_on.slice(0, 4)}〕${task.id}-${given.no}号`,
    standing: '示例',
    version: given.no,
  } as const;
  if (document === 'record')
    return { ...head, title: '现场检查记录', lines: recordLines(read, given, results) };
  return conclusion.correction === null
    ? null
    : { ...head, title: '责令改正通知书', lines: orderLines(read, given.sha256) };
}

type Read = ReturnType<typeof readRecord>;

function itemLine(item: Read['checklist']['items'][number], place: number): string {
  const { text, verdict, fen, note, photos } = item;
  const parts = [
    `${place + 1}. ${text}：${verdictNames[verdict]}`,
    ...(fen === null ? [] : [`涉及金额 ${yuanOf(fen)} 元`]),
    ...(note === '' ? [] : [note]),
    ...photos.map(({ no, sha256 }) => `照片 ${no}（SHA-256 ${sha256.slice(0, 12)}…）`),
  ];
  return parts.join('；');
}

function recordLines(
  { task, object, team, conclusion, checklist }: Read,
  { sha256, signatures, signed_sha256 }: DocumentGiven,
  results: ResultTerms['results'],
): string[] {
  const result =
    results.find(({ code }) => code === conclusion.result_code)?.title.zh ?? conclusion.result_code;
  return [
    `被检查对象：${object.name}（${object.object_id}，${object.kind}）`,
    `检查种类：${kindNames[task.kind]}　检查日期：${conclusion.checked_on}`,
    `事由：${task.reason}`,
    `检查人员：${team.map(({ name, unit, certificate }) => `${name}（${unit}，执法证 ${certificate}）`).join('、')}`,
    '告知事项：检查人员已出示执法证件，并告知被检查对象有陈述、申辩和申请回避的权利。',
    '',
    '一、检查情况',
    ...conclusion.summary.split('\n'),
    `二、${checklist.name}`,
    ...checklist.items.map(itemLine),
    `三、检查结果：${result}`,
    ...(conclusion.correction === null
      ? []
      : [`责令改正：${conclusion.correction.what}；期限 ${conclusion.correction.until}`]),
    '四、签字',
    ...(signatures.length === 0 ? ['尚未签字'] : signatures.map(signatureLine)),
    '',
    `记录 SHA-256：${sha256}`,
    ...(signed_sha256 === null ? [] : [`记录与签字 SHA-256：${signed_sha256}`]),
  ];
}

function signatureLine(signature: Signature): string {
  const at = clock(signature.at);
  switch (signature.signer) {
    case 'inspector':
      return `检查人员 ${signature.name}（执法证 ${signature.certificate}）　${at}`;
    case 'representative':
      return `被检查机构 ${signature.name}（${signature.position}）　${at}　意见：${signature.statement === '' ? '无异议' : signature.statement}　签名见下图`;
    case 'refusal':
      return `被检查机构拒绝签字：${signature.reason}。见证人 ${signature.witness}（${signature.witness_unit}）　${at}　签名见下图`;
  }
}

function orderLines({ object, conclusion, checklist }: Read, sha256: string): string[] {
  const problems = checklist.items.filter(({ verdict }) => verdict === 'problem');
  return [
    `${object.name}：`,
    `本机关于 ${conclusion.checked_on} 对你单位进行现场检查，发现以下问题：`,
    ...problems.map(({ text, note, fen }, place) =>
      [`${place + 1}. ${text}：${note}`, ...(fen === null ? [] : [`涉及金额 ${yuanOf(fen)} 元`])].join('；'),
    ),
    `依据《中华人民共和国行政处罚法》第二十八条，责令你单位改正：${conclusion.correction?.what ?? ''}`,
    `改正期限：${conclusion.correction?.until ?? ''} 前完成。逾期不改正的，依法处理。`,
    '',
    '承办机关（印章）：＿＿＿＿＿＿＿＿',
    conclusion.checked_on,
    '',
    `所依据的现场检查记录 SHA-256：${sha256}`,
  ];
}
