/**
 * docs/verify.md as a stranger follows it: its commands on the files beside it, and one changed byte in each of them. With FUNDWATCH_WRITE_SAMPLES
 * the files are written anew; a form of them that changed is seen here, because others hold files of the former one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveText, verifyArchive } from '../../src/cases/archive.ts';
import type { CaseEvent, Command } from '../../src/cases/contract.ts';
import { documentPdf } from '../../src/cases/document-pdf.ts';
import { documentsOfCase } from '../../src/cases/document.ts';
import { packageOf, verifyPackage } from '../../src/cases/package.ts';
import { sha256Hex } from '../../src/cases/sha256.ts';
import type { NewEntry } from '../../src/credit/contract.ts';
import { ledgerLines } from '../../src/credit/ledger-lines.ts';
import { append, exported, type Row, verifyLedger } from '../../src/credit/ledger.ts';
import { bundleText } from '../../src/inspection/bundle.ts';
import { verifyFile } from '../../src/inspection/verify.ts';
import { notifiedCase, officers, people, procedure } from '../cases/cases.ts';
import { directories, drawnBundle, planOf } from '../inspection/draws.ts';
import { runCommand } from '../support/command.ts';

const runMs = 120_000;
const samples = 'docs/samples';
const guide = 'docs/verify.md';
const caseNo = '330702-2026-000001';
const content = '{"setl_id":"S1","det_item_fee_sumamt":"1000.00"}';

/** A case that was notified and then went to the police. */
function events(): CaseEvent[] {
  const made = notifiedCase('2026-03-02 09:00:00');
  const steps: readonly [{ account: string; role: 'case_officer' | 'leader' }, Command][] = [
    [
      people.officer,
      { action: 'propose_police', detail: { crime: 'fraud', group: officers, reason: '示例' } },
    ],
    [people.leader, { action: 'approve_police', detail: { reason: '示例' } }],
    [people.officer, { action: 'transfer_police', detail: { to: '示例市公安局' } }],
  ];
  for (const [who, command] of steps) expect(made.act(who, '2026-03-10 09:00:00', command)).toBeNull();
  return made.events.map((event) =>
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
}

function ledger(): string {
  const common = {
    subject: { kind: 'doctor', key: 'D330700000001' },
    source: { reference: '示例 1 号', sha256: null },
  } as const;
  const facts: readonly NewEntry[] = [
    {
      entry: 'fact',
      ...common,
      day: '2026-03-01',
      fact: 'administrative_penalty',
      basis: 'case_decision',
      points: 6,
      severity: null,
      responsibility: null,
      value: null,
      event: null,
      act: null,
    },
    { entry: 'revocation', ...common, day: '2026-06-20', basis: 'objection_upheld', revokes: 1 },
  ];
  let last: Row | undefined;
  return exported(
    facts.map((entry) => {
      const before = last === undefined ? null : { seq: last.entry.seq, hash: last.hash };
      last = append(before, entry, '2026-07-01T00:00:00.000Z');
      return last;
    }),
  );
}

async function packed(archive: string, all: readonly CaseEvent[]): Promise<Buffer> {
  const font = readFileSync(
    createRequire(import.meta.url).resolve(
      '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
    ),
  );
  const documents = documentsOfCase(caseNo, all, procedure.documents, procedure);
  const [letter] = documents.filter(({ seq }) => seq === all.length);
  if (letter === undefined) throw new Error('no letter');
  const pdf = await documentPdf(letter, '2026-03-10 09:00:00', font);
  return packageOf('police', [{ ...letter, pdf }], archive);
}

const files: Readonly<Record<string, (bytes: Buffer) => Promise<readonly string[]>>> = {
  'case.json': async (bytes) => verifyArchive(bytes.toString('utf8')).faults.map(({ part }) => part),
  'referral.zip': async (bytes) => verifyPackage(bytes).faults.map(({ part }) => part),
  'ledger.jsonl': async (bytes) => {
    const { fault } = await verifyLedger(ledgerLines(Readable.from([bytes])));
    return fault === null ? [] : [fault.fault];
  },
  'draw.json': async (bytes) => verifyFile(bytes).faults.map(({ part }) => part),
};

beforeAll(async () => {
  const all = events();
  const archive = archiveText(caseNo, all, [{ no: 1, content }]);
  const draw = bundleText(drawnBundle(planOf(), directories(20, 6)));
  const texts = { 'case.json': archive, 'ledger.jsonl': ledger(), 'draw.json': draw };
  if (process.env['FUNDWATCH_WRITE_SAMPLES'] !== undefined) {
    for (const [name, text] of Object.entries(texts)) writeFileSync(path.join(samples, name), text);
    writeFileSync(path.join(samples, 'referral.zip'), await packed(archive, all));
  }
  // A PDF may come out otherwise with another release of its library; the texts may not.
  for (const [name, text] of Object.entries(texts))
    expect(readFileSync(path.join(samples, name), 'utf8'), name).toBe(text);
}, runMs);

test('its commands do what it says', { timeout: runMs }, async () => {
  const text = readFileSync(guide, 'utf8');
  const commands = [...text.matchAll(/^npm run fundwatch -- (.*docs\/samples\/\S+.*?)(?: +#.*)?$/gm)];
  const done = await Promise.all(
    commands.map(async ([, args = '']) => {
      const { code, out } = await runCommand(args.split(/\s+/));
      return { args, code, out };
    }),
  );
  expect(done.length).toBe(Object.keys(files).length);
  for (const { args, code, out } of done) {
    expect([args, code]).toEqual([args, 0]);
    expect(out).toMatch(/intact|holds|reproduced/i);
  }
});

describe('one changed byte', () => {
  test.each(Object.entries(files))('in %s is named', async (name, faultsOf) => {
    const bytes = readFileSync(path.join(samples, name));
    expect(await faultsOf(bytes)).toEqual([]);
    const places = 60;
    for (let one = 0; one < places; one += 1) {
      const changed = Buffer.from(bytes);
      const at = Math.floor(((one + 0.5) * bytes.length) / places);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const faults = await faultsOf(changed);
      expect([name, at, faults.length > 0 && faults.every((part) => part !== '')]).toEqual([name, at, true]);
    }
  });
});
