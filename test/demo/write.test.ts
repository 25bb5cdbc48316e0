import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalClaim } from '../../src/claims/canonical.ts';
import { readClaims } from '../../src/claims/import/read.ts';
import { type CurrentClaim, currentClaims } from '../../src/claims/timeline.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { nationalColumns } from '../../src/demo/national-csv.ts';
import { lookAlikeSchema, truthSchema } from '../../src/demo/truth.ts';
import { writeClaims, writeLookAlikes, writeNationalCsv, writeTruth } from '../../src/demo/write.ts';
import { dayOf } from '../../src/platform/civil.ts';

const city = generateCity({ seed: 5, persons: 200, months: 2 });
const asOf = dayOf('2026-12-31') ?? 0;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'demo-city-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The settlements that count, as canonical JSON, in the order of their keys. */
function canonical(documents: Iterable<unknown>): string[] {
  const all: CurrentClaim[] = [];
  for (const document of documents) {
    const result = canonicalClaim(document, asOf);
    if (!result.ok) throw new Error(JSON.stringify(result.issues));
    all.push({ claim: result.claim, contentHash: result.hash.toString('hex') });
  }
  return currentClaims(all)
    .map((each) => JSON.stringify(each.claim))
    .sort();
}

const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

it('writes claims as NDJSON, gzipped when the name says so', async () => {
  const file = path.join(directory, 'claims.ndjson.gz');
  let seen = 0;
  const count = await writeClaims(city, file, () => seen++);
  expect([count, seen]).toEqual([city.arrivals.length, city.arrivals.length]);
  const written = linesOf(gunzipSync(await readFile(file)).toString('utf8'));
  expect(written).toEqual(linesOf([...claimsOf(city)].map((claim) => JSON.stringify(claim)).join('\n')));
});

it('writes the truth and the look-alikes as their schemas say', async () => {
  const truth = path.join(directory, 'truth', 'truth.ndjson');
  const alike = path.join(directory, 'truth', 'look-alikes.ndjson');
  await writeTruth(city, truth);
  await writeLookAlikes(city, alike);
  expect(linesOf(await readFile(truth, 'utf8')).map((line) => truthSchema.parse(line))).toEqual(city.truth);
  expect(linesOf(await readFile(alike, 'utf8')).map((line) => lookAlikeSchema.parse(line))).toEqual(
    city.lookAlikes,
  );
});

describe('the national CSV set', () => {
  it('has no column twice', () => {
    for (const [table, columns] of Object.entries(nationalColumns))
      expect([table, new Set(columns).size]).toEqual([table, columns.length]);
  });

  it('reads back to the very claims that count', async () => {
    const folders = await writeNationalCsv(city, path.join(directory, 'csv'));
    const read: unknown[] = [];
    for await (const { raw, problems } of readClaims(folders)) {
      expect(problems).toEqual([]);
      read.push(JSON.parse(Buffer.from(raw).toString()));
    }
    expect(canonical(read)).toEqual(canonical(claimsOf(city)));
  });
});
