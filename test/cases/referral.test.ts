/** Referrals to the police and to discipline bodies: what may follow on what, within which time, and the package that goes with each. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveText } from '../../src/cases/archive.ts';
import { clocksOf } from '../../src/cases/clocks.ts';
import type { CaseEvent, Command } from '../../src/cases/contract.ts';
import { documentPdf } from '../../src/cases/document-pdf.ts';
import { documentsOfCase } from '../../src/cases/document.ts';
import { packageOf, verifyPackage } from '../../src/cases/package.ts';
import { referralsOf } from '../../src/cases/referral.ts';
import { sha256Hex } from '../../src/cases/sha256.ts';
import { secondOf } from '../../src/platform/civil.ts';
import { unzipped, zipOf } from '../../src/platform/zip.ts';
import {
  type Desk,
  desk,
  filingOf,
  notifiedCase,
  officers,
  opening,
  penaltyOf,
  people,
  procedure,
} from './cases.ts';

const { officer, leader } = people;
const reason = { reason: '理由' };
const begun = '2026-03-02 09:00:00';
const proposal: Command = {
  action: 'propose_police',
  detail: { crime: 'fraud', group: officers, ...reason },
};
const toPolice: Command = { action: 'transfer_police', detail: { to: '某市公安局' } };
const receipt: Command = { action: 'take_police_receipt', detail: { receipt: '公（经）收〔2026〕1号' } };
const files: Command = { action: 'police_files', detail: { notice: '立字1号' } };
const declines: Command = { action: 'police_declines', detail: { notice: '不立字1号', reason: '显著轻微' } };
const returns: Command = { action: 'police_returns', detail: { notice: '移字1号', reason: '显著轻微' } };
const again: Command = { action: 'ask_police_again', detail: reason };
const supervision: Command = { action: 'ask_supervision', detail: { to: '某市人民检察院', ...reason } };
const reopen: Command = { action: 'reopen', detail: reason };
const decide = (kind: 'to_judiciary' | 'no_penalty' | 'penalty'): Command => ({
  action: 'decide',
  detail: { kind, penalty: kind === 'penalty' ? penaltyOf() : null, ...reason },
});

function all(made: Desk, at: string, commands: readonly Command[]): void {
  const ofLeader = new Set([
    'approve_police',
    'refuse_police',
    'decide',
    'reopen',
    'close',
    'refer_discipline',
  ]);
  for (const command of commands)
    expect([command.action, made.act(ofLeader.has(command.action) ? leader : officer, at, command)]).toEqual([
      command.action,
      null,
    ]);
}
/** Notified, and with the police since 10 March. */
function transferred(): Desk {
  const made = notifiedCase(begun);
  all(made, '2026-03-10 09:00:00', [proposal, { action: 'approve_police', detail: reason }, toPolice]);
  return made;
}
const standing = (made: Desk) => referralsOf(made.events).map(({ state }) => state);

describe('a referral to the police', () => {
  test('takes two certified officers, and nobody decides who prepared it', () => {
    const made = notifiedCase(begun);
    const late = '2026-03-10 09:00:00';
    const byOne: Command = {
      action: 'propose_police',
      detail: { crime: 'fraud', group: officers.slice(0, 1), ...reason },
    };
    expect(made.act(officer, late, byOne)).toContain('2 名');
    const withLeader: Command = {
      action: 'propose_police',
      detail: {
        crime: 'fraud',
        group: [...officers, { account: 'ju', certificate: 'Z9', valid_to: '2030-01-01' }],
        ...reason,
      },
    };
    all(made, late, [withLeader, { action: 'refuse_police', detail: reason }]);
    expect(made.act(leader, late, decide('penalty'))).toContain('本人承办');
  });

  test('may begin with a clue that is not filed yet', () => {
    const made = desk(opening(begun));
    all(made, begun, [proposal, { action: 'approve_police', detail: reason }, toPolice]);
    expect(made.act(leader, begun, { action: 'reject_clue', detail: reason })).toContain('尚未办结');
    all(made, begun, [receipt, files]);
    expect(made.act(leader, begun, filingOf())).toBeNull();
    expect(made.act(officer, begun, proposal)).toContain('已经立案');
  });

  test('stands in the way of every other end while it is open', () => {
    const made = transferred();
    const late = '2026-03-20 09:00:00';
    for (const kind of ['penalty', 'no_penalty'] as const)
      expect(made.act(leader, late, decide(kind))).toContain('移送');
    expect(made.act(officer, late, files)).toContain('先登记移送回执');
    all(made, late, [decide('to_judiciary'), { action: 'serve', detail: { way: 'direct' } }]);
    const close: Command = { action: 'close', detail: { ground: 'without_performance', ...reason } };
    expect(made.act(leader, late, close)).toContain('回执');
    all(made, late, [receipt, close]);
    expect(made.file().state).toBe('closed');
  });

  test('that is opened by the police takes goods and papers along, once', () => {
    const made = transferred();
    all(made, '2026-03-11 09:00:00', [receipt, files]);
    const over: Command = { action: 'hand_over_police', detail: { items: '账册三本' } };
    all(made, '2026-03-12 09:00:00', [over]);
    expect(made.act(officer, '2026-03-12 09:00:00', over)).toContain('一次');
    expect(made.act(leader, '2026-03-12 09:00:00', decide('penalty'))).toContain('移送');
    expect(standing(made)).toEqual(['filed']);
  });

  test('that is declined is objected to within three days, then to the procuratorate, and at last ends as a penalty', () => {
    const made = transferred();
    all(made, '2026-03-10 15:00:00', [receipt]);
    all(made, '2026-03-12 10:00:00', [declines]);
    // Thu 12 March and three days: Sunday 15 moves on to Monday 16.
    expect(made.act(officer, '2026-03-17 00:00:00', again)).toContain('2026-03-16');
    all(made, '2026-03-16 23:59:59', [again]);
    expect(made.act(leader, '2026-03-17 09:00:00', decide('penalty'))).toContain('移送');
    all(made, '2026-03-18 09:00:00', [declines]);
    expect(made.act(officer, '2026-03-18 09:00:00', again)).toContain('一次');
    all(made, '2026-03-18 10:00:00', [supervision]);
    expect(standing(made)).toEqual(['asked_supervision']);
    const last = '2026-03-25 09:00:00';
    all(made, last, [declines, decide('penalty')]);
    expect(made.file().state).toBe('decided');
    const once = transferred();
    all(once, '2026-03-20 09:00:00', [receipt, declines, decide('penalty')]);
    for (const late of [again, supervision])
      expect(once.act(officer, '2026-03-20 10:00:00', late)).toContain('另行');
  });

  test('that comes back after the case was decided is taken up again, notified anew and punished', () => {
    const made = transferred();
    all(made, '2026-03-11 09:00:00', [decide('to_judiciary'), receipt, files]);
    expect(made.act(leader, '2026-03-11 09:00:00', reopen)).toContain('移回');
    all(made, '2026-04-01 09:00:00', [returns, reopen]);
    expect(made.file()).toMatchObject({
      state: 'investigating',
      decision: null,
      notified: null,
      report: null,
    });
    const clocks = clocksOf(made.events, '330702', procedure, secondOf('2026-04-02 09:00:00') ?? 0);
    expect(clocks.findLast(({ code }) => code === 'decision_again')).toMatchObject({
      status: 'running',
      standing: '示例',
      // 1 April and 90 days.
      last_day: '2026-06-30',
    });
    expect(made.act(officer, '2026-04-02 09:00:00', proposal)).toBeNull();
  });

  test('that went twice tells of both, and of what became of each', () => {
    const made = transferred();
    all(made, '2026-03-11 09:00:00', [
      receipt,
      declines,
      proposal,
      { action: 'approve_police', detail: reason },
    ]);
    all(made, '2026-03-11 10:00:00', [toPolice, receipt, files]);
    expect(standing(made)).toEqual(['declined', 'filed']);
  });
});

test.each([
  // Received on Thu 12 March 2026 with three days: Sunday 15 moves on to Monday.
  ['police_answer', ['take_police_receipt', '2026-03-12'], '2026-03-16'],
  ['police_answer', ['take_police_receipt', '2026-03-10'], '2026-03-13'],
  // Declined on Mon 28 September: 1 October and the holiday after it, to Thu 8 October.
  ['police_objection', ['police_declines', '2026-09-28'], '2026-10-08'],
  // Asked again on Sat 12 September: Tue 15.
  ['police_reconsideration', ['ask_police_again', '2026-09-12'], '2026-09-15'],
  ['police_materials', ['police_files', '2026-03-10'], '2026-03-13'],
] as const)('%s: begun by %j it ends with %s', (code, [action, day], last) => {
  const at = `${day} 10:00:00`;
  const [clock] = clocksOf([{ action, at }], '330702', procedure, secondOf(at) ?? 0).filter(
    (one) => one.code === code,
  );
  expect([clock?.last_day, clock?.standing]).toEqual([last, '正式']);
});

describe('a referral to discipline bodies', () => {
  test('may go to several, and each receipt is one of them', () => {
    const made = notifiedCase(begun);
    const taken: Command = { action: 'take_discipline_receipt', detail: { receipt: '收1' } };
    const refer = (to: string): Command => ({ action: 'refer_discipline', detail: { to, ...reason } });
    expect(made.act(officer, begun, taken)).toContain('回执');
    all(made, begun, [refer('市纪委监委'), refer('派驻纪检监察组'), taken]);
    expect(referralsOf(made.events).map(({ to, state }) => [to, state])).toEqual([
      ['市纪委监委', 'received'],
      ['派驻纪检监察组', 'transferred'],
    ]);
    all(made, begun, [taken]);
    expect(made.act(officer, begun, taken)).toContain('回执');
    // It stands beside the case and holds nothing up.
    all(made, '2026-03-20 09:00:00', [decide('penalty')]);
  });
});

const content = '{"setl_id":"S1","金额":"1000.00"}';
const font = readFileSync(
  createRequire(import.meta.url).resolve(
    '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  ),
);

describe('the package', () => {
  let events: CaseEvent[];
  let file: Buffer;
  let archive: string;
  /** As it stands on the paper that the police sign. */
  let head: string;

  beforeAll(async () => {
    const made = transferred();
    events = made.events.map((event) =>
      event.action === 'open'
        ? {
            ...event,
            detail: {
              ...event.detail,
              evidence: event.detail.evidence.map((piece) => ({ ...piece, sha256: sha256Hex(content) })),
            },
          }
        : event,
    );
    const seq = events.length;
    const documents = documentsOfCase('330702-2026-000001', events, procedure.documents, procedure);
    archive = archiveText('330702-2026-000001', events, [{ no: 1, content }]);
    const enclosed = [];
    for (const one of documents.filter((document) => document.seq === seq)) {
      for (const line of one.lines) expect(line).not.toContain('{{');
      enclosed.push({ ...one, pdf: await documentPdf(one, begun, font) });
    }
    expect(enclosed.map(({ title }) => title)).toEqual([
      '涉嫌犯罪案件移送书',
      '涉嫌犯罪案件调查报告',
      '涉案物品清单',
      '移送证据清单',
      '涉嫌犯罪案件移送书（回执）',
    ]);
    expect(enclosed[0]?.lines.join('\n')).toContain('涉嫌构成诈骗罪（刑法第二百六十六条）');
    expect(enclosed[3]?.lines.join('').replaceAll(' ', '')).toContain(sha256Hex(content));
    head = /链哈希：([0-9a-f]{64})/.exec(enclosed[4]?.lines.join('').replaceAll(' ', '') ?? '')?.[1] ?? '';
    file = packageOf('police', enclosed, archive);
    const folder = process.env['FUNDWATCH_PDF_DIR'];
    if (folder !== undefined) {
      writeFileSync(`${folder}/referral.zip`, file);
      for (const { code, pdf } of enclosed) writeFileSync(`${folder}/${code}.pdf`, pdf);
    }
  });

  test('is verified as it went out, with the root that was written down', () => {
    const found = verifyPackage(file);
    expect(found).toMatchObject({
      faults: [],
      caseNo: '330702-2026-000001',
      package: { kind: 'police', to: '某市公安局', at: '2026-03-10 09:00:00' },
    });
    expect(verifyPackage(file, { root: found.root ?? '', head }).faults).toEqual([]);
    const none = '0'.repeat(64);
    expect(verifyPackage(file, { root: none, head: none }).faults.map(({ part }) => part)).toEqual([
      'case.json: head',
      'root',
    ]);
  });

  test('one changed byte anywhere is named', () => {
    const names = new Set<string>();
    const around = fc.nat(file.length - 1);
    // Most bytes are of PDFs: the other parts and the directory at the end get their share.
    const places = fc.oneof(
      around,
      fc.nat(30_000).map((back) => Math.max(0, file.length - 1 - back)),
    );
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ change;
        const { faults } = verifyPackage(changed);
        expect(faults.length).toBeGreaterThan(0);
        for (const { part, message } of faults) {
          expect(part).not.toBe('');
          expect(message.zh).not.toBe('');
          names.add(part.replace(/\d+$/, ''));
        }
      }),
      { numRuns: 600 },
    );
    for (const part of ['01-涉嫌犯罪案件移送书.pdf', 'case.json', 'manifest.json', 'byte '])
      expect([...names]).toContain(part);
  });

  test('what is left out, put in, or told otherwise is named, also with hashes made anew', () => {
    const { parts } = unzipped(file);
    const faultsOf = (changed: typeof parts) => verifyPackage(zipOf(changed)).faults.map(({ part }) => part);
    expect(faultsOf(parts.filter(({ name }) => !name.startsWith('02')))).toEqual([
      '02-涉嫌犯罪案件调查报告.pdf',
    ]);
    expect(faultsOf([...parts, { name: 'more.txt', content: Buffer.from('x') }])).toEqual(['more.txt']);
    expect(faultsOf(parts.filter(({ name }) => name !== 'case.json'))).toContain('case.json');
    const told = (from: string, to: string) =>
      faultsOf(
        parts.map(({ name, content: bytes }) => {
          if (name !== 'manifest.json') return { name, content: bytes };
          return { name, content: Buffer.from(bytes.toString('utf8').replace(from, to)) };
        }),
      );
    expect(told('"to":"某市公安局"', '"to":"某县公安局"')).toEqual(['manifest.json: to', 'root']);
    expect(told(sha256Hex(content), sha256Hex('x'))).toEqual(['manifest.json: evidence', 'root']);
  });

  test('is of the referral with which its archive ends, and of no other', () => {
    expect(() => packageOf('discipline', [], archive)).toThrow(RangeError);
    const earlier = archiveText('330702-2026-000001', events.slice(0, -1), [{ no: 1, content }]);
    expect(() => packageOf('police', [], earlier)).toThrow(RangeError);
    expect(verifyPackage(packageOf('case', [], earlier))).toMatchObject({
      faults: [],
      package: { kind: 'case', to: null, at: '2026-03-10 09:00:00' },
    });
  });
});

test('parts come out of a ZIP file as they went in', () => {
  const part = fc.record({
    name: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    content: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.uniqueArray(part, { maxLength: 6, selector: ({ name }) => name }), (parts) => {
      const { parts: back, faultAt } = unzipped(zipOf(parts));
      expect(faultAt).toBeNull();
      expect(back.map(({ name, content: bytes }) => [name, bytes.toString('hex')])).toEqual(
        parts.map(({ name, content: bytes }) => [name, bytes.toString('hex')]),
      );
    }),
  );
});
