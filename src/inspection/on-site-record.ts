/**
 * The record of a check (现场检查记录) as one canonical text, so that a changed byte is a changed hash: object, team, every item with its
 * answer and photos, result, order to correct. Signatures name its hash; the hash over record and signatures freezes both. Pure.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type CanonicalValue, canonicalJson } from '../audit/canonical-json.ts';
import type { Message } from '../claims/contract.ts';
import { countText } from '../platform/fill-contract.ts';
import type { ResultTerms } from './draws-contract.ts';
import {
  type Adviser,
  adviserSchema,
  type Answer,
  type CheckItem,
  type Conclusion,
  conclusionSchema,
  type Member,
  type Photo,
  type Severity,
  type Signature,
  signersMin,
  type TaskChecklist,
  type TaskKind,
  taskKinds,
  type TaskObject,
  taskObjectSchema,
  verdicts,
} from './on-site-contract.ts';

export const onSiteFormat = 'fundwatch-onsite/1';

export interface RecordGiven {
  readonly task: {
    readonly id: number;
    readonly kind: TaskKind;
    readonly draw_id: number | null;
    readonly recheck_of: number | null;
    readonly reason: string;
    readonly from_day: string;
    readonly due_day: string;
  };
  readonly object: TaskObject;
  readonly team: readonly Member[];
  readonly advisers: readonly Adviser[];
  readonly checklist: TaskChecklist;
  readonly answers: readonly Answer[];
  readonly photos: readonly Photo[];
  readonly conclusion: Conclusion;
  /** The record that was opened again, and why; `null`: this is the first. */
  readonly replaces: { readonly no: number; readonly sha256: string; readonly reason: string } | null;
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
export const recordHash = sha256Of;

/** In the order of the checklist, whatever order the answers come in. */
export function recordText(given: RecordGiven): string {
  const { task, object, team, advisers, checklist, answers, photos, conclusion, replaces } = given;
  const answerTo = new Map(answers.map((answer) => [answer.item, answer]));
  const items = checklist.items.map(({ code, text, basis, severity, findings }) => {
    const { verdict, fen, note } = answerTo.get(code) ?? { verdict: null, fen: null, note: '' };
    return {
      code,
      text: text.zh,
      basis,
      severity,
      findings: findings === null ? null : { count: findings.count, fen: findings.fen, ids: findings.ids },
      verdict,
      fen,
      note,
      photos: photos
        .filter(({ item }) => item === code)
        .map(({ no, sha256, sent_sha256, account, at }) => ({ no, sha256, sent_sha256, account, at }))
        .toSorted((a, b) => a.no - b.no),
    };
  });
  const record: CanonicalValue = {
    format: onSiteFormat,
    task: { ...task },
    object: { ...object },
    team: team.map((member) => ({ ...member })),
    advisers: advisers.map((adviser) => ({ ...adviser })),
    checklist: { code: checklist.code, name: checklist.name.zh, standing: checklist.standing, items },
    conclusion: {
      ...conclusion,
      correction: conclusion.correction === null ? null : { ...conclusion.correction },
    },
    replaces: replaces === null ? null : { ...replaces },
  };
  return canonicalJson(record);
}

/** A record as it is read again. */
const readSchema = z.object({
  task: z.object({ id: z.int(), kind: z.enum(taskKinds), reason: z.string() }),
  object: taskObjectSchema,
  team: z.array(z.object({ name: z.string(), unit: z.string(), certificate: z.string() })),
  advisers: z.array(adviserSchema),
  conclusion: conclusionSchema,
  checklist: z.object({
    name: z.string(),
    standing: z.enum(['正式', '示例']),
    items: z.array(
      z.object({
        code: z.string(),
        text: z.string(),
        severity: z.enum(['minor', 'ordinary', 'serious', 'grave']),
        verdict: z.enum(verdicts),
        fen: z.int().nullable(),
        note: z.string(),
        findings: z.object({ ids: z.array(z.string()) }).nullable(),
        photos: z.array(z.object({ no: z.int(), sha256: z.string() })),
      }),
    ),
  }),
});
export type Problem = z.infer<typeof readSchema>['checklist']['items'][number];
/** @throws ZodError on a text that is no record */
export const readRecord = (record: string): z.infer<typeof readSchema> =>
  readSchema.parse(JSON.parse(record));

export const conclusionOf = (record: string): Conclusion => readRecord(record).conclusion;
/** What a record found wrong. @throws ZodError on a text that is none */
export const problemsOf = (record: string): Problem[] =>
  readRecord(record).checklist.items.filter(({ verdict }) => verdict === 'problem');

const weights: readonly Severity[] = ['minor', 'ordinary', 'serious', 'grave'];
/** `null`: there is none. */
export const heaviestOf = (problems: readonly { readonly severity: Severity }[]): Severity | null =>
  weights.findLast((severity) => problems.some((one) => one.severity === severity)) ?? null;

export const signedHash = (record: string, signatures: readonly Signature[]): string =>
  sha256Of(
    canonicalJson({
      format: onSiteFormat,
      record_sha256: recordHash(record),
      signatures: signatures.map((signature) => ({ ...signature })),
    }),
  );

/** Two inspectors and the institution, or its refusal before a witness. */
export function isSigned(signatures: readonly Signature[]): boolean {
  const inspectors = new Set(
    signatures.flatMap((one) => (one.signer === 'inspector' ? [one.inspector_id] : [])),
  );
  return inspectors.size >= signersMin && signatures.some(({ signer }) => signer !== 'inspector');
}

/** What one answer lacks; `null`: nothing. */
export function answerFault({ verdict, fen, note }: Answer): Message | null {
  if (verdict === 'problem' && note.trim() === '')
    return { zh: '有问题的，须写明情况', en: 'A problem needs to be described' };
  if (verdict !== 'problem' && fen !== null)
    return { zh: '只有问题才有金额', en: 'Only a problem has an amount' };
  return null;
}

/** Everything that keeps a check from being concluded. @param today `yyyy-MM-dd` */
export function conclusionFaults(
  { task, team, checklist, answers, photos, conclusion }: RecordGiven,
  { results }: Pick<ResultTerms, 'results'>,
  today: string,
): Message[] {
  const answerTo = new Map(answers.map((answer) => [answer.item, answer]));
  const faults: Message[] = [];
  const open = checklist.items.filter(({ code }) => !answerTo.has(code));
  if (open.length > 0)
    faults.push({
      zh: `还有 ${open.length} 项未检查`,
      en: `${countText(open.length, 'item is', 'items are')} not answered yet`,
    });
  const problems = checklist.items.filter(({ code }) => answerTo.get(code)?.verdict === 'problem');
  for (const item of problems) {
    const answer = answerTo.get(item.code);
    const fault = answer === undefined ? null : answerFault(answer);
    if (fault !== null) faults.push(about(item, fault));
    if (item.needs_photo && !photos.some((photo) => photo.item === item.code))
      faults.push(about(item, { zh: '须附照片', en: 'a photo is needed' }));
  }
  const { checked_on, result_code, correction } = conclusion;
  const result = results.find(({ code }) => code === result_code);
  if (result === undefined) faults.push({ zh: '没有这种检查结果', en: 'There is no such result' });
  else {
    const { zh, en } = result.title;
    if (result.problems === 'none' && problems.length > 0)
      faults.push({ zh: `有问题，结果不能是“${zh}”`, en: `With problems the result is not “${en}”` });
    if (result.problems === 'some' && problems.length === 0)
      faults.push({ zh: `没有问题，结果不能是“${zh}”`, en: `Without problems the result is not “${en}”` });
    if (result.orders_correction !== (correction !== null))
      faults.push(
        result.orders_correction
          ? { zh: `“${zh}”须写明改正内容和期限`, en: `“${en}” needs an order with a last day` }
          : { zh: `“${zh}”不附责令改正`, en: `“${en}” goes without an order to correct` },
      );
  }
  if (correction !== null && correction.until <= checked_on)
    faults.push({ zh: '改正期限须在检查之后', en: 'The correction is due after the check' });
  if (checked_on > today) faults.push({ zh: '检查日期在今天之后', en: 'The check lies after today' });
  if (checked_on < task.from_day || (task.kind === 'drawn' && checked_on > task.due_day))
    faults.push({
      zh: `检查日期应在 ${task.from_day} 至 ${task.due_day}`,
      en: `The check is from ${task.from_day} to ${task.due_day}`,
    });
  const valid = team.filter(({ certificate_valid_to }) => certificate_valid_to >= checked_on);
  if (valid.length < signersMin)
    faults.push({
      zh: `执法证有效的检查人员不足 ${signersMin} 人`,
      en: `Fewer than ${signersMin} inspectors hold a valid certificate`,
    });
  return faults;
}

const about = ({ text }: CheckItem, { zh, en }: Message): Message => ({
  zh: `“${text.zh}”：${zh}`,
  en: `“${text.en}”: ${en}`,
});
