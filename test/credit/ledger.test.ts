/** An exported ledger, as a stranger checks it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { NewEntry } from '../../src/credit/contract.ts';
import { ledgerLines } from '../../src/credit/ledger-lines.ts';
import { append, exported, type Row, verifyLedger } from '../../src/credit/ledger.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { entriesOf, unplaced } from './random-entries.ts';

const scheme = (await loadSchemes('rules')).find((each) => each.scheme.code === 'PERSONNEL-12')?.scheme;
if (scheme === undefined) throw new Error('no scheme');

const rowsOf = (entries: readonly NewEntry[]): Row[] => {
  const rows: Row[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    rows.push(
      append(
        last === undefined ? null : { seq: last.entry.seq, hash: last.hash },
        entry,
        '2026-03-01T01:02:03.004Z',
      ),
    );
  }
  return rows;
};
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
const sample = (): Row[] => {
  const entries = fc
    .sample(entriesOf(scheme), { numRuns: 200, seed: 6 })
    .find((each) => each.length === 5 && new Set(each.map(({ entry }) => entry)).size === 3);
  if (entries === undefined) throw new Error('no sample');
  return rowsOf(entries.map(unplaced));
};

it('verifies what was exported, whatever the entries', async () => {
  await fc.assert(
    fc.asyncProperty(entriesOf(scheme), async (entries) => {
      const report = await verifyLedger(linesOf(exported(rowsOf(entries.map(unplaced)))));
      expect(report.fault).toBeNull();
      expect(report.entries).toEqual(entries);
    }),
    { numRuns: 100 },
  );
});

it('names the line of every single byte that is changed', async () => {
  const whole = Buffer.from(exported(sample()), 'utf8');
  const verifyBytes = async (bytes: Uint8Array) => {
    const buffer = Buffer.from(bytes);
    // In two pieces, as a file comes.
    async function* chunks() {
      yield buffer.subarray(0, 700);
      yield buffer.subarray(700);
    }
    return (await verifyLedger(ledgerLines(chunks()))).fault;
  };
  expect(await verifyBytes(whole)).toBeNull();
  let line = 1;
  for (const [at, byte] of whole.entries()) {
    const changed = Uint8Array.from(whole);
    changed[at] = byte === 0x31 ? 0x32 : 0x31;
    expect([at, (await verifyBytes(changed))?.line]).toEqual([at, line]);
    changed[at] = byte ^ 0x80;
    expect([at, (await verifyBytes(changed))?.line]).toEqual([at, line]);
    if (byte === 0x0a) line += 1;
  }
  expect(line).toBe(7);
});

it('names lines that are missing, doubled, swapped or cut off', async () => {
  const lines = linesOf(exported(sample()));
  const [header = '', a = '', b = '', c = '', d = '', e = ''] = lines;
  const faultOf = async (kept: string[]) => (await verifyLedger(kept)).fault;
  expect(await faultOf([header, a, c, d, e])).toMatchObject({ fault: 'out_of_order', line: 3, expected: 2 });
  expect(await faultOf([header, a, a, b, c, d, e])).toMatchObject({ fault: 'out_of_order', line: 3 });
  expect(await faultOf([header, b, a, c, d, e])).toMatchObject({ fault: 'out_of_order', line: 2 });
  expect(await faultOf([header, a, b, c, d])).toMatchObject({ fault: 'wrong_header', field: 'entries' });
  expect(await faultOf([])).toMatchObject({ fault: 'unreadable', line: 1 });
});

it('tells a ledger that was written anew by a hash that somebody had written down', async () => {
  const rows = sample();
  const known = rows[2]?.hash ?? '';
  expect((await verifyLedger(linesOf(exported(rows)), known)).fault).toBeNull();
  const forged = rowsOf(
    rows.map(({ entry: { v: _v, seq: _seq, prev_hash: _prev, recorded_at: _at, ...entry } }) =>
      entry.entry === 'fact' ? { ...entry, points: 1 } : entry,
    ),
  );
  expect((await verifyLedger(linesOf(exported(forged)))).fault).toBeNull();
  expect((await verifyLedger(linesOf(exported(forged)), known)).fault).toMatchObject({
    fault: 'not_the_known_one',
  });
});

it('names a revocation of what is not there or is somebody else’s', async () => {
  const rows = sample();
  const first = rows[0]?.entry;
  if (first === undefined) throw new Error('no entry');
  const revocation = (key: string, revokes: number): NewEntry => ({
    entry: 'revocation',
    subject: { kind: first.subject.kind, key },
    day: first.day,
    basis: 'reconsideration',
    revokes,
    source: { reference: '复议', sha256: null },
  });
  const { v: _v, seq: _seq, prev_hash: _prev, recorded_at: _at, ...fact } = first;
  for (const wrong of [revocation('S2', 1), revocation('S1', 2), revocation('S1', 9)])
    expect((await verifyLedger(linesOf(exported(rowsOf([fact, wrong]))))).fault).toMatchObject({
      fault: 'dangling',
      line: 3,
    });
});
