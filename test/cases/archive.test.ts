import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { archiveText, chainOf, verifyArchive } from '../../src/cases/archive.ts';
import type { CaseEvent } from '../../src/cases/contract.ts';
import { sha256Hex } from '../../src/cases/sha256.ts';
import { notifiedCase } from './cases.ts';

const content = canonicalJson({ setl_id: 'S1', 行: [{ 金额: '12.30' }] });
/** The same case with evidence that has a content. */
const events = notifiedCase('2026-03-02 09:00:00').events.map(
  (event): CaseEvent =>
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
const text = archiveText('浙金医保立〔2026〕1号', events, [{ no: 1, content }]);
const bytes = Buffer.from(text);

describe('an archive', () => {
  test('is verified as it was exported, with the root that was written down', () => {
    const found = verifyArchive(text);
    expect(found.faults).toEqual([]);
    expect(found.summary).toMatchObject({ state: 'notified', flagged_fen: 100_000, confirmed_fen: 100_000 });
    const { root } = found;
    // Of any of its days.
    const head = chainOf(events)[2];
    expect(verifyArchive(text, { root: root ?? '', head }).faults).toEqual([]);
    const none = '0'.repeat(64);
    expect(verifyArchive(text, { root: none, head: none }).faults.map(({ part }) => part)).toEqual([
      'root',
      'head',
    ]);
  });

  test('one changed byte anywhere is named', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        const { faults } = verifyArchive(changed.toString('utf8'));
        expect(faults.length).toBeGreaterThan(0);
        for (const { part, message } of faults) {
          expect(part).not.toBe('');
          expect(message.zh).not.toBe('');
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('a change that keeps the form is named by its place', () => {
    const parts = (from: string, to: string) =>
      verifyArchive(text.replace(from, to)).faults.map(({ part }) => part);
    expect(parts('12.30', '12.31')).toContain('evidence[0]');
    expect(parts('事实与证据', '事实与依据')).toContain('events[3]');
    expect(parts('"state":"notified"', '"state":"reported"')).toContain('summary.state');
    expect(parts('〔2026〕1号', '〔2026〕2号')).toEqual(['root']);
  });

  test('evidence left out is missed', () => {
    expect(verifyArchive(archiveText('1', events, [])).faults.map(({ part }) => part)).toEqual(['evidence']);
  });
});
