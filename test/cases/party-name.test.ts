/** The name of the party: stated once by officers, frozen with the case, in every document from then on, and never of a person. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveSchema, archiveText, chainOf, verifyArchive } from '../../src/cases/archive.ts';
import {
  type CaseEvent,
  caseEventSchema,
  type Command,
  commandSchema,
  partyNameCharsMax,
} from '../../src/cases/contract.ts';
import { documentFont, documentPdf } from '../../src/cases/document-pdf.ts';
import { documentsOfCase } from '../../src/cases/document.ts';
import { textOfPdf } from '../support/pdf-text.ts';
import {
  desk,
  type Desk,
  filingOf,
  notifiedCase,
  officers,
  opening,
  penaltyOf,
  people,
  procedure,
} from './cases.ts';

const { officer, leader } = people;
const at = '2026-03-02 09:00:00';
const late = '2026-03-20 09:00:00';
const code = 'H33070200001';
const named = '示例市第一人民医院';
const reason = { reason: '事实清楚' };
const caseNo = '330702-2026-000001';

const documents = ({ events }: Pick<Desk, 'events'>) =>
  documentsOfCase(caseNo, events, procedure.documents, procedure);
const textsOf = (made: Pick<Desk, 'events'>): Map<string, string> =>
  new Map(documents(made).map((one) => [one.code, one.lines.join('\n')]));
const summary = (party_name?: string): Command => ({
  action: 'decide_summary',
  detail: {
    penalty: penaltyOf({ refund_fen: 100_000, fine_fen: 100_000 }),
    officers,
    ...reason,
    ...(party_name === undefined ? {} : { party_name }),
  },
});
/** From the clue to a penalty that was served and a referral, with whatever the party is called. */
function ledCase(party_name?: string): Desk {
  const penalty = penaltyOf();
  const made = desk(opening(at));
  const steps: [(typeof people)[keyof typeof people], Command][] = [
    [leader, filingOf(party_name === undefined ? {} : { party_name })],
    [officer, { action: 'confirm_amount', detail: { no: 1, confirmed_fen: 100_000, ...reason } }],
    ...notifiedCase(at)
      .events.slice(3)
      .map((event): [typeof officer, Command] => [officer, commandOf(event)]),
    [officer, { action: 'order_correction', detail: { until: '2026-04-01', what: '停止重复收费' } }],
    [leader, { action: 'decide', detail: { kind: 'penalty', penalty, ...reason } }],
    [officer, { action: 'serve', detail: { way: 'direct' } }],
    [leader, { action: 'refer_discipline', detail: { to: '示例市纪委监委', ...reason } }],
  ];
  // The party is heard before a penalty: what comes after the notice comes later.
  for (const [place, [who, command]] of steps.entries())
    expect([command.action, made.act(who, place < 4 ? at : late, command)]).toEqual([command.action, null]);
  return made;
}
const commandOf = ({ action, detail }: CaseEvent): Command => commandSchema.parse({ action, detail });

describe('the name of a party', () => {
  test('stands with its code wherever a document names the party or the case', () => {
    const texts = textsOf(ledCase(named));
    const both = `${named}（${code}）`;
    expect(texts.get('filing_form')).toContain(`当事人：${both}\n`);
    expect(texts.get('penalty_decision')).toContain(`当事人：${both}\n案件：${both}重复收费`);
    expect(texts.get('service_receipt')).toContain(`受送达人：${both}\n`);
    expect(texts.get('advance_notice')).toMatch(new RegExp(`^${both}：`));
    expect(texts.get('discipline_letter')).toContain(`当事人：${both}`);
    for (const [kind, text] of texts)
      for (const place of text.matchAll(new RegExp(code, 'g')))
        expect([kind, text.slice(place.index - named.length - 1, place.index + code.length + 1)]).toEqual([
          kind,
          both,
        ]);
  });

  test('that nobody stated leaves the code, and everything as it was before there were names', () => {
    expect(textsOf(ledCase()).get('penalty_decision')).toContain(`当事人：${code}\n案件：${code}重复收费`);
    // The archive in the samples is from before: what is made today without a name has its hashes.
    const { events } = archiveSchema.parse(JSON.parse(readFileSync('docs/samples/case.json', 'utf8')));
    const { events: same } = notifiedCase(at);
    expect(chainOf(same).slice(1)).not.toEqual([]);
    const alike = events.slice(1, same.length).map(({ event }) => event);
    expect(same.slice(1)).toEqual(alike);
    const parsed = events.map(({ event }) => caseEventSchema.parse(event));
    expect(chainOf(parsed)).toEqual(events.map(({ hash }) => hash));
  });

  test('is bound by the chain: the same case with another name is another one', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[一-龥]{1,40}$/), (name) => {
        const made = desk(opening(at));
        expect(made.act(leader, at, filingOf({ party_name: name }))).toBeNull();
        expect(made.file().party_name).toBe(name);
        const evidence = [{ no: 1, content: '' }];
        const text = archiveText(caseNo, made.events, evidence);
        expect(verifyArchive(text).faults).toEqual([]);
        expect(verifyArchive(text.replace(`"${name}"`, `"${name}分院"`)).faults[0]?.part).toBe('events[1]');
      }),
      { numRuns: 30 },
    );
  });

  test('is stated in the summary procedure as well', () => {
    const made = desk(opening(at));
    expect(made.act(officer, at, summary(named))).toBeNull();
    expect(textsOf(made).get('penalty_decision')).toContain(`当事人：${named}（${code}）\n`);
    const without = desk(opening(at));
    expect(without.act(officer, at, summary())).toBeNull();
    expect(textsOf(without).get('penalty_decision')).toContain(`当事人：${code}\n`);
  });

  test('is stated by a referral before there is a filing, corrected by the filing, and no more after it', () => {
    const propose = (party_name?: string): Command => ({
      action: 'propose_police',
      detail: {
        crime: 'fraud',
        group: officers,
        ...reason,
        ...(party_name === undefined ? {} : { party_name }),
      },
    });
    const refer = (party_name?: string): Command => ({
      action: 'refer_discipline',
      detail: { to: '示例市纪委监委', ...reason, ...(party_name === undefined ? {} : { party_name }) },
    });
    const both = `${named}（${code}）`;
    const made = desk(opening(at));
    expect(made.act(officer, at, propose(named))).toBeNull();
    expect(made.act(leader, at, { action: 'approve_police', detail: reason })).toBeNull();
    expect(made.act(officer, at, { action: 'transfer_police', detail: { to: '示例市公安局' } })).toBeNull();
    expect(made.act(leader, at, refer())).toBeNull();
    for (const kind of ['police_letter', 'police_report', 'discipline_letter'])
      expect([kind, textsOf(made).get(kind)]).toEqual([kind, expect.stringContaining(both)]);
    expect(made.act(leader, at, refer('示例市第二医院'))).toContain(named);
    expect(made.act(leader, at, refer(named))).toBeNull();
    expect(made.act(leader, at, filingOf({ party_name: '示例市中心医院' }))).toBeNull();
    expect(made.act(leader, at, refer(named))).toContain('示例市中心医院');
    expect(made.act(leader, at, refer())).toBeNull();
    expect(textsOf(made).get('discipline_letter')).toContain(`示例市中心医院（${code}）`);

    const transferred = desk(opening(at));
    const transfer: Command = {
      action: 'transfer',
      detail: { to: '示例市市场监督管理局', party_name: named, ...reason },
    };
    expect(transferred.act(leader, at, transfer)).toBeNull();
    expect(textsOf(transferred).get('transfer_letter')).toContain(both);
    // Filing that says nothing of it leaves what was said.
    const filed = desk(opening(at));
    expect([filed.act(leader, at, refer(named)), filed.act(leader, at, filingOf())]).toEqual([null, null]);
    expect(filed.file().party_name).toBe(named);
  });

  test.each(['person', 'other'] as const)('is refused of a party of kind %s', (kind) => {
    const first = opening(at);
    if (first.action !== 'open') throw new Error('a case begins with being opened');
    const about = (): Desk =>
      desk({ ...first, detail: { ...first.detail, subject: { kind, key: 'P330702000000000001' } } });
    const cause = procedure.causes.find(({ subject }) => subject === kind)?.item ?? 0;
    expect(about().act(leader, at, filingOf({ cause, party_name: '张三' }))).toContain('只写编号');
    expect(about().act(officer, at, summary('张三'))).toContain('只写编号');
    const transfer: Command = { action: 'transfer', detail: { to: '示例', party_name: '张三', ...reason } };
    expect(about().act(leader, at, transfer)).toContain('只写编号');
    expect(about().act(leader, at, filingOf({ cause }))).toBeNull();
  });

  test('holds no number of a person, no line break, and no more than its limit', () => {
    const said = (party_name: string) => desk(opening(at)).act(leader, at, filingOf({ party_name }));
    expect(said('示例诊所 330702199001011234')).toContain('证件');
    expect(said('示例诊所（1990年设立，3楼）')).toBeNull();
    const takes = (party_name: string): boolean =>
      commandSchema.safeParse({ ...filingOf(), detail: { ...filingOf().detail, party_name } }).success;
    expect(['院'.repeat(partyNameCharsMax), ` ${named} `].map(takes)).toEqual([true, true]);
    expect(['院'.repeat(partyNameCharsMax + 1), '', ' \t ', `${named}\n当事人：他院`].map(takes)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(commandSchema.parse(filingOf({ party_name: ` ${named} ` })).detail).toMatchObject({
      party_name: named,
    });
  });

  test('is printed', async () => {
    const font = readFileSync(documentFont);
    const printed = documents(ledCase(named)).filter((one) =>
      ['filing_form', 'penalty_decision', 'service_receipt', 'discipline_letter'].includes(one.code),
    );
    expect(printed).toHaveLength(4);
    for (const one of printed) {
      const pdf = await documentPdf(one, late, font);
      expect(textOfPdf(pdf)).toContain(`${named}（${code}）`);
      if (process.env['FUNDWATCH_PDF_DIR'] !== undefined)
        writeFileSync(path.join(process.env['FUNDWATCH_PDF_DIR'], `named-${one.code}.pdf`), pdf);
    }
  });
});
