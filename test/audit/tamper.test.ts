/** What an insider with all rights on the database can do to a chain of 100,000 events, and what the verifier says to it. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChainRow, lineOfRow } from '../../src/audit/chain-row.ts';
import { readRows } from '../../src/audit/store.ts';
import { beforeFirst, verifyChain, type VerifyReport } from '../../src/audit/verify.ts';
import { verifyDatabase, verifyFile } from '../../src/audit/verify-service.ts';
import { withReadOnlyConnection } from '../../src/platform/database.ts';
import { seeded } from '../support/claims.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { folderOf } from '../support/folder.ts';
import { broken, growChain, rowsOf } from './chains.ts';

const events = 100_000;
const manipulations = 100;
/** Rows around a manipulation that are read again; every tenth time it is the whole chain. */
const windowRows = 1_500;
const wholeEvery = 20;

let held: TestDatabase;
let rows: ChainRow[];
beforeAll(async () => {
  held = await createTestDatabase();
  await growChain(held.database, events);
  rows = await rowsOf(held.url);
});
afterAll(() => held.drop());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const at = (seq: number): ChainRow => {
  const row = rows[seq - 1];
  if (row === undefined) throw new Error(`no event ${seq}`);
  return row;
};
const plain = { anchors: [], trusted: null, authorities: null } as const;

/** Does something to the events around `seq`, and says what the verifier must answer. */
type Manipulation = (client: pg.PoolClient, seq: number) => Promise<string>;

const forgedText = (row: ChainRow): string => row.text.replace('"rejected":0', '"rejected":1');

const setColumn =
  (column: string, value: string): Manipulation =>
  async (client, seq) => {
    await client.query(`UPDATE audit_event SET ${column} = ${value} WHERE seq = $1`, [seq]);
    return `wrong_column ${seq}`;
  };

const manipulate: Readonly<Record<string, Manipulation>> = {
  'edit the text': async (client, seq) => {
    await client.query('UPDATE audit_event SET text = $2 WHERE seq = $1', [seq, forgedText(at(seq))]);
    return `edited ${seq}`;
  },
  'edit the hash': async (client, seq) => {
    await client.query('UPDATE audit_event SET hash = $2 WHERE seq = $1', [seq, sha256('x')]);
    return `edited ${seq}`;
  },
  'edit the text and its hash, but not what follows': async (client, seq) => {
    const text = forgedText(at(seq));
    await client.query('UPDATE audit_event SET text = $2, hash = $3 WHERE seq = $1', [
      seq,
      text,
      sha256(text),
    ]);
    return `wrong_previous_hash ${seq + 1}`;
  },
  'edit the kind': setColumn('kind', `'quarantine.dismissed'`),
  'edit the account': setColumn('account', `'somebody'`),
  'edit the subject': setColumn('subject', `'intake_batch/0'`),
  'edit the time': setColumn('recorded_at', `recorded_at - interval '1 microsecond'`),
  'edit the previous hash': setColumn('prev_hash', `repeat('a', 64)`),
  delete: async (client, seq) => {
    await client.query('DELETE FROM audit_event WHERE seq = $1', [seq]);
    return `missing ${seq}`;
  },
  'delete several': async (client, seq) => {
    await client.query('DELETE FROM audit_event WHERE seq BETWEEN $1 AND $1 + 9', [seq]);
    return `missing ${seq}`;
  },
  'delete and close the gap': async (client, seq) => {
    await client.query('ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey');
    await client.query('DELETE FROM audit_event WHERE seq = $1', [seq]);
    await client.query('UPDATE audit_event SET seq = seq - 1 WHERE seq BETWEEN $1 AND $1 + 20', [seq]);
    return `reordered ${seq}`;
  },
  'swap two': async (client, seq) => {
    const other = Math.min(events, seq + 1 + (seq % 40));
    await client.query('ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey');
    await client.query('UPDATE audit_event SET seq = $1 + $2 - seq WHERE seq IN ($1, $2)', [seq, other]);
    return `reordered ${seq}`;
  },
  'insert one that fits the one before': async (client, seq) => {
    const { prev_hash: before, text: model } = at(seq);
    const text = forgedText({
      ...at(seq),
      text: model.replace(/"prev_hash":"\w+"/, `"prev_hash":"${before}"`),
    });
    await client.query('ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey');
    await client.query(
      `INSERT INTO audit_event SELECT seq, prev_hash, $2, kind, account, subject, recorded_at, $3 FROM audit_event WHERE seq = $1`,
      [seq, sha256(text), text],
    );
    return `inserted ${seq}`;
  },
};

test('100 of 100 manipulations are named at the first link that does not hold', {
  timeout: 60_000,
}, async () => {
  const random = seeded(20_261_125);
  const kinds = Object.keys(manipulate);
  const wrong: string[] = [];
  const client = await held.database.pool.connect();
  try {
    // What a superuser does first: triggers and checks off.
    await client.query(`BEGIN; SET LOCAL session_replication_role = replica`);
    await client.query('ALTER TABLE audit_event DROP CONSTRAINT audit_event_hash');
    for (let turn = 0; turn < manipulations; turn += 1) {
      const name = kinds[turn % kinds.length] ?? '';
      const seq = 2 + random.below(events - 60);
      await client.query('SAVEPOINT intact');
      const expected = await manipulate[name]?.(client, seq);
      const whole = turn % wholeEvery === 0;
      const from = whole ? 1 : Math.max(1, seq - random.below(windowRows));
      const to = whole ? null : Math.min(events, seq + windowRows);
      const before = from === 1 ? beforeFirst : at(from - 1).hash;
      const found = broken(await verifyChain(readRows(client, { from, to }), { from, to, before }));
      if (found !== expected) wrong.push(`${name} at ${seq}: ${found}`);
      // Whoever stops reading leaves the cursor; it goes with the savepoint.
      await client.query('ROLLBACK TO SAVEPOINT intact');
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  expect(wrong).toEqual([]);
  const report = await withReadOnlyConnection(held.url, 'fundwatch test reader', (reader) =>
    verifyDatabase(reader, { from: 1, to: null, ...plain }),
  );
  expect(report).toMatchObject({ count: events, fault: null });
});

describe('an export, verified without a database', () => {
  const exportOf = async (lines: readonly string[]): Promise<string> =>
    path.join(await folderOf({ 'export.jsonl': lines.join('') }), 'export.jsonl');

  async function verifyLines(
    lines: readonly string[],
    range = { from: 1, to: null as number | null },
  ): Promise<VerifyReport> {
    return verifyFile(await exportOf(lines), { ...range, ...plain });
  }
  const part = (): string[] => rows.slice(0, 200).map(lineOfRow);

  test('the whole chain is verified as it is in the database', async () => {
    const live = await withReadOnlyConnection(held.url, 'fundwatch test reader', (reader) =>
      verifyDatabase(reader, { from: 1, to: null, ...plain }),
    );
    expect(await verifyLines(rows.map(lineOfRow))).toEqual(live);
    expect(live).toMatchObject({ count: events, headHash: at(events).hash, fault: null });
  });

  test('a part that begins in the middle is taken from there', async () => {
    expect(await verifyLines(rows.slice(50, 90).map(lineOfRow), { from: 51, to: null })).toMatchObject({
      count: 40,
      first: 51,
      last: 90,
      fault: null,
    });
  });

  test.each<[string, (lines: string[]) => void, string]>([
    ['a line taken out', (lines) => lines.splice(99, 1), 'missing 100'],
    ['the first line taken out', (lines) => lines.splice(0, 1), 'missing 1'],
    ['a line twice', (lines) => lines.splice(100, 0, lines[99] ?? ''), 'inserted 100'],
    ['two lines swapped', (lines) => lines.splice(98, 2, lines[99] ?? '', lines[98] ?? ''), 'reordered 99'],
    [
      'a line from the end put before',
      (lines) => lines.splice(9, 0, ...lines.splice(150, 1)),
      'reordered 10',
    ],
    ['a line that is no JSON', (lines) => lines.splice(99, 1, '{"seq":100\n'), 'unreadable 100'],
    [
      'a line that is JSON of another kind',
      (lines) => lines.splice(99, 1, '{"seq":100}\n'),
      'unreadable 100',
    ],
    [
      'a text that is no event',
      (lines) => lines.splice(99, 1, lineOfRow({ ...at(100), text: '{}', hash: sha256('{}') })),
      'malformed 100',
    ],
    ['everything taken out', (lines) => lines.splice(0, lines.length), 'cut_off 0'],
    [
      'a line inserted and all that follow numbered anew',
      (lines) => {
        const text = at(101).text.replace('"rejected":0', '"rejected":1');
        const later = rows.slice(100, 200).map((row) => lineOfRow({ ...row, seq: row.seq + 1 }));
        lines.splice(100, 100, lineOfRow({ ...at(101), text, hash: sha256(text) }), ...later);
      },
      'inserted 101',
    ],
  ])('%s', async (_name, change, expected) => {
    const lines = part();
    change(lines);
    expect(broken(await verifyLines(lines))).toBe(expected);
  });

  test('a tail that is cut off is missed by who knows a head or how far the chain goes', async () => {
    const file = await exportOf(part().slice(0, 150));
    expect(broken(await verifyFile(file, { from: 1, to: null, ...plain }))).toBe('holds');
    expect(broken(await verifyFile(file, { from: 1, to: null, ...plain, head: at(150).hash }))).toBe('holds');
    expect(broken(await verifyFile(file, { from: 1, to: null, ...plain, head: at(151).hash }))).toBe(
      'cut_off 150',
    );
    expect(broken(await verifyFile(file, { from: 1, to: 200, ...plain }))).toBe('cut_off 150');
  });
});
