import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { archiveText, chainOf, verifyArchive } from '../../src/cases/archive.ts';
import type { CaseEvent } from '../../src/cases/contract.ts';
import { enclosedFileBytesMax, packageFiles, packageOf, verifyPackage } from '../../src/cases/package.ts';
import { sha256Hex } from '../../src/cases/sha256.ts';
import { jpegOf, pdfOf } from '../support/pictures.ts';
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

describe('photos and documents', () => {
  const photo = jpegOf([], Buffer.from('a picture of the ward'));
  const paper = pdfOf('course of the disease');
  const described = [photo, paper].map((bytesOf, place) => ({
    title: `附件 ${place + 1}`,
    kind: place === 0 ? ('jpeg' as const) : ('pdf' as const),
    bytes: bytesOf.length,
    sha256: sha256Hex(bytesOf),
  }));
  const withFiles = events.map(
    (event): CaseEvent =>
      event.action === 'open'
        ? {
            ...event,
            detail: {
              ...event.detail,
              evidence: event.detail.evidence.map((piece) => ({ ...piece, files: described })),
            },
          }
        : event,
  );
  const archived = archiveText('330702-2026-000001', withFiles, [{ no: 1, content }]);
  const contents = new Map([photo, paper].map((bytesOf) => [sha256Hex(bytesOf), bytesOf]));
  const file = packageOf('case', [], archived, contents);
  const nameOf = (place: number) => packageFiles([{ no: 1, files: described }])[place]?.file ?? '';

  test('lie in the package as they are, and are verified', () => {
    expect(file.includes(photo)).toBe(true);
    expect(file.includes(paper)).toBe(true);
    expect(verifyPackage(file)).toMatchObject({
      faults: [],
      package: { files: { enclosed: 2, left_out: 0 } },
    });
    expect(() => packageOf('case', [], archived)).toThrow('is missing');
  });

  test('a changed byte of one names it, and one anywhere in the file is named', () => {
    for (const [place, one] of [photo, paper].entries()) {
      const changed = Buffer.from(file);
      const at = changed.indexOf(one) + one.length - 9;
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyPackage(changed).faults.map(({ part }) => part)).toContain(nameOf(place));
    }
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ change;
        const { faults } = verifyPackage(changed);
        expect(faults.length > 0 && faults.every(({ part }) => part !== '')).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('are enclosed as far as they fit, each once, and named with their hash beyond', () => {
    const size = fc.constantFrom(1, 1_000, enclosedFileBytesMax / 2, enclosedFileBytesMax);
    const piece = fc.array(fc.tuple(fc.nat(30), size), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const sizes = new Map(pieces.flat());
        const files = packageFiles(
          pieces.map((of, place) => ({
            no: place + 1,
            files: of.map(([id]) => ({
              title: '附件',
              kind: 'pdf' as const,
              bytes: sizes.get(id) ?? 1,
              sha256: sha256Hex(String(id)),
            })),
          })),
        );
        expect(files.map(({ sha256 }) => sha256).toSorted()).toEqual(
          [...sizes.keys()].map((id) => sha256Hex(String(id))).toSorted(),
        );
        const enclosed = files.filter((one) => one.file !== null);
        const sum = enclosed.reduce((total, { bytes: of }) => total + of, 0);
        expect(sum).toBeLessThanOrEqual(enclosedFileBytesMax);
        for (const left of files.filter((one) => one.file === null))
          expect(sum + left.bytes).toBeGreaterThan(enclosedFileBytesMax);
      }),
    );
  });

  test('one that a manifest leaves out, or another case has, is missed', () => {
    const without = archiveText('330702-2026-000001', events, [{ no: 1, content }]);
    const other = packageOf('case', [], without);
    expect(verifyPackage(other).faults).toEqual([]);
    expect(verifyPackage(other).package?.files).toEqual({ enclosed: 0, left_out: 0 });
    // The manifest of the case without files, with the archive that names them.
    const at = file.indexOf(Buffer.from(archived));
    expect(at).toBeGreaterThan(0);
    const forged = Buffer.concat([
      file.subarray(0, at),
      Buffer.from(without),
      file.subarray(at + archived.length),
    ]);
    expect(verifyPackage(forged).faults.length).toBeGreaterThan(0);
  });
});
