import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimDoc } from '../../src/claims/personal.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import { documentOf, itemsOf, parsedDocument } from '../../src/claims/stored.ts';
import { readStored } from '../../src/claims/stored-reader.ts';
import { asOf, claimOf, fullDocument, lineOf } from '../support/claims.ts';
import { randomClaims } from '../support/random-claims.ts';
import { storedText } from '../support/stored-text.ts';

function docOf(input: unknown): ClaimDoc {
  const result = canonicalClaim(input, asOf);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return splitPersonal(result.claim).doc;
}

const roundTrip = (doc: ClaimDoc): string => JSON.stringify(documentOf(storedText(doc)));

describe('the stored form of a document', () => {
  test('tells its items without being read', () => {
    const itemsIn = (doc: ClaimDoc): string[] => doc.lines.map(({ med_list_codg }) => med_list_codg);
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        for (const claim of randomClaims(seed, 12)) {
          const doc = docOf(claim);
          expect(new Set(itemsOf(storedText(doc)))).toEqual(new Set(itemsIn(doc)));
        }
      }),
      { numRuns: 60 },
    );
    const named = { ...lineOf('1'), medins_list_name: 'a \\ and "med_list_codg":"X"' };
    for (const lines of [[], [lineOf('1')], [named], [named, { ...lineOf('2'), med_list_codg: 'Y],[' }]]) {
      const doc = docOf(claimOf({ lines }));
      expect(itemsOf(storedText(doc))).toEqual(itemsIn(doc));
    }
    expect(itemsOf(storedText(docOf(claimOf({ lines: [lineOf('1'), lineOf('2')] }))))).toHaveLength(1);
    for (const cut of ['"med_list_codg":', '"med_list_codg":"1', '"med_list_codg":["1","2'])
      expect(() => itemsOf(cut)).toThrow(SyntaxError);
  });

  test('comes back byte for byte, whatever the claim', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        for (const claim of randomClaims(seed, 12)) {
          const doc = docOf(claim);
          expect(roundTrip(doc)).toBe(JSON.stringify(doc));
        }
      }),
      { numRuns: 60 },
    );
    const full = docOf(fullDocument());
    expect(roundTrip(full)).toBe(JSON.stringify(full));
  });

  test('comes back when lines state different fields, or all the same', () => {
    const lines = [
      { ...lineOf('1'), rxno: 'R1' },
      { ...lineOf('2'), bilg_dr_codg: 'D1' },
      { ...lineOf('3'), rxno: 'R1', bilg_dr_codg: 'D1' },
    ];
    const same = { diag_code: 'I10.x00', maindiag_flag: '1' };
    for (const claim of [
      claimOf({ lines }),
      claimOf({ diagnoses: [same, same, same] }),
      claimOf({ lines: [], diagnoses: [] }),
      claimOf({ lines: [lineOf('1')] }),
    ]) {
      const doc = docOf(claim);
      expect(roundTrip(doc)).toBe(JSON.stringify(doc));
    }
  });

  test('writes a name once a list, and a shared value once', () => {
    const text = storedText(docOf(claimOf({ lines: [lineOf('1'), lineOf('2')] })));
    expect(text.match(/med_list_codg/g)).toHaveLength(1);
    expect(text.match(/001201000030000/g)).toHaveLength(1);
    expect(text).toContain('"feedetl_sn":["1","2"]');
  });
});

const told = (text: string): string | null => {
  try {
    return JSON.stringify(parsedDocument(text));
  } catch {
    return null;
  }
};

describe('the quick reader of stored texts', () => {
  test('reads what JSON.parse reads, and leaves it only what is escaped', () => {
    const texts = [
      fullDocument(),
      ...Array.from({ length: 40 }, (_, seed) => randomClaims(seed, 12)).flat(),
    ].map((claim) => storedText(docOf(claim)));
    const plain = texts.filter((text) => !text.includes('\\'));
    expect(plain.length).toBeGreaterThan(400);
    for (const text of plain) expect(JSON.stringify(readStored(text))).toBe(told(text));
    for (const name of ['一"二', '一\\二', '一\n二']) {
      const text = storedText(docOf(claimOf({ lines: [{ ...lineOf('1'), medins_list_name: name }] })));
      expect(readStored(text)).toBeNull();
      expect(documentOf(text).lines[0]?.medins_list_name).toBe(name);
    }
  });

  test('says of a damaged text nothing else than JSON.parse, or nothing', () => {
    const { traces: _traces, ...full } = fullDocument();
    const text = storedText(docOf({ ...full, lines: [lineOf('1'), { ...lineOf('2'), rxno: 'R1' }] }));
    for (let at = 0; at < text.length; at += 1) {
      expect(readStored(text.slice(0, at))).toBeNull();
      for (const put of ['', '"', ',', '}', ']', '[', '{', 'n', '7', ' ', '"x":"y",']) {
        const damaged = text.slice(0, at) + put + text.slice(at + 1);
        const read = readStored(damaged);
        const parsed = told(damaged);
        if (read !== null && parsed !== null) expect(JSON.stringify(read)).toBe(parsed);
      }
    }
  });
});
