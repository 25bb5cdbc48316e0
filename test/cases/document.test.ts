import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentPdf } from '../../src/cases/document-pdf.ts';
import { documentsOfCase, documentTemplateSchema } from '../../src/cases/document.ts';
import type { Command } from '../../src/cases/contract.ts';
import {
  type Who,
  desk,
  filingOf,
  notifiedCase,
  opening,
  penaltyOf,
  people,
  procedure,
  reportOf,
} from './cases.ts';

const { officer, reviewer, leader } = people;
const late = '2026-03-20 09:00:00';
const reason = { reason: '事实清楚' };

/** Open, filed, confirmed, reported, submitted, agreed, notified; then what follows: the decision is the eleventh event. */
function closedCase() {
  const penalty = penaltyOf({ article: '40', intent: true, fine_fen: 200_000, suspension_months: 6 });
  const made = notifiedCase('2026-03-02 09:00:00', penalty);
  const steps: [Who, Command][] = [
    [officer, { action: 'waive_hearing', detail: reason }],
    [officer, { action: 'order_correction', detail: { until: '2026-04-01', what: '停止重复收费' } }],
    [leader, { action: 'discuss', detail: { participants: ['ju', 'fu'], minutes: '同意' } }],
    [leader, { action: 'decide', detail: { kind: 'penalty', penalty, reason: '事实清楚' } }],
    [officer, { action: 'serve', detail: { way: 'direct' } }],
    [officer, { action: 'pay', detail: { what: 'refund', fen: 100_000, reference: 'A1' } }],
    [officer, { action: 'pay', detail: { what: 'fine', fen: 200_000, reference: 'A2' } }],
    [leader, { action: 'close', detail: { ground: 'performed', reason: '履行完毕' } }],
  ];
  for (const [who, command] of steps)
    expect([command.action, made.act(who, late, command)]).toEqual([command.action, null]);
  return made;
}
const documents = (made: ReturnType<typeof desk>) =>
  documentsOfCase('330702-2026-000001', made.events, procedure.documents, procedure);

describe('documents', () => {
  test('of a case that went all the way are those that a file must hold, numbered and filled', () => {
    const made = documents(closedCase());
    expect(made.map(({ title }) => title)).toEqual([
      '立案审批表',
      '现场笔录',
      '询问笔录',
      '案件调查终结报告',
      '法制审核意见书',
      '行政处罚事先告知书',
      '责令改正通知书',
      '行政处罚决定书',
      '送达回证',
      '结案报告',
    ]);
    expect(new Set(made.map(({ number }) => number)).size).toBe(made.length);
    const decision = made.find(({ code }) => code === 'penalty_decision');
    expect(decision?.number).toBe('医保罚决〔2026〕330702-2026-000001-11号');
    expect(decision?.lines.join('\n')).toContain(
      '第四十条，决定：责令退回医疗保障基金 1000.00 元；处罚款 2000.00 元；暂停涉及医疗保障基金使用的医药服务或者联网结算 6 个月。',
    );
    expect(decision?.lines.join('\n')).not.toContain('涉嫌');
    for (const { lines } of made) expect(lines.join('')).not.toContain('{{');
  });

  test('of an earlier revision stay what they were, and made again get a new version', () => {
    const made = desk(opening('2026-03-02 09:00:00'));
    const report = reportOf(null, true);
    for (const [who, command] of [
      [leader, filingOf()],
      [officer, { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 5, ...reason } }],
      [officer, report],
    ] as const)
      expect(made.act(who, late, command)).toBeNull();
    const before = documents(made);
    for (const [who, command] of [
      [officer, { action: 'submit_review', detail: {} }],
      [reviewer, { action: 'review_continue', detail: { opinion: '补充证据' } }],
      [officer, report],
    ] as const)
      expect(made.act(who, late, command)).toBeNull();
    const after = documents(made);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.filter(({ code }) => code === 'final_report').map(({ version }) => version)).toEqual([1, 2]);
  });

  test('not to punish is another document than to punish', () => {
    const made = notifiedCase('2026-03-02 09:00:00');
    const decided = made.act(leader, late, {
      action: 'decide',
      detail: { kind: 'no_penalty', penalty: null, reason: '情节轻微并及时改正' },
    });
    expect(decided).toBeNull();
    expect(documents(made).at(-1)?.title).toBe('不予行政处罚决定书');
  });

  test('a template that names what there is not is refused', () => {
    const [template] = procedure.documents;
    expect(documentTemplateSchema.safeParse(template).success).toBe(true);
    for (const changed of [{ lines: ['{{nobody}}'] }, { acts: ['fly'] }])
      expect(documentTemplateSchema.safeParse({ ...template, ...changed }).success).toBe(false);
  });
});

describe('as PDF', () => {
  const font = readFileSync(
    createRequire(import.meta.url).resolve(
      '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
    ),
  );

  test('each is a file with its own glyphs, the same bytes each time', async () => {
    for (const document of documents(closedCase())) {
      const pdf = await documentPdf(document, late, font);
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(pdf.toString('latin1')).toMatch(/FontFile[23]/);
      // A whole font has 14 MB; what is embedded are the glyphs that occur.
      expect(pdf.length).toBeLessThan(200_000);
      expect((await documentPdf(document, late, font)).equals(pdf)).toBe(true);
      if (process.env['FUNDWATCH_PDF_DIR'] !== undefined)
        writeFileSync(path.join(process.env['FUNDWATCH_PDF_DIR'], `${document.code}.pdf`), pdf);
    }
  });

  test('a long one has as many pages as it needs, and no empty ones', async () => {
    const [first] = documents(closedCase());
    if (first === undefined) throw new Error('there are documents');
    const pages = async (count: number): Promise<number> => {
      const lines = Array.from({ length: count }, (_one, at) => `第 ${at + 1} 行`);
      const text = (await documentPdf({ ...first, lines }, late, font)).toString('latin1');
      return text.match(/\/Type \/Page\n/g)?.length ?? 0;
    };
    expect(await pages(1)).toBe(1);
    // 22 lines or so go on a page.
    expect(await pages(100)).toBeGreaterThan(3);
    expect(await pages(100)).toBeLessThan(7);
  });
});
