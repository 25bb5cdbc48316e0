/** Writes a city to files: claims, what was planted, look-alikes, and the national CSV set. */
import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ClaimInput } from '../claims/contract.ts';
import { claimKey } from '../claims/timeline.ts';
import { type City, claimsOf } from './city.ts';
import { csvHeader, nationalRows, type NationalTable, nationalTables } from './national-csv.ts';

const CHUNK_CHARACTERS = 1 << 18;

/** Writes `claims.ndjson`, gzipped when the name ends in `.gz`. Returns the number of documents. */
export async function writeClaims(
  city: City,
  file: string,
  onClaim: () => void = () => undefined,
): Promise<number> {
  let claims = 0;
  function* texts(): Generator<string> {
    for (const claim of claimsOf(city)) {
      claims++;
      onClaim();
      yield `${JSON.stringify(claim)}\n`;
    }
  }
  await writeText(file, texts());
  return claims;
}

/** Writes what was planted, one case a line. */
export const writeTruth = (city: City, file: string): Promise<void> => writeText(file, ndjson(city.truth));

/** Writes the honest claims that look like a fraud, one group a line. */
export const writeLookAlikes = (city: City, file: string): Promise<void> =>
  writeText(file, ndjson(city.lookAlikes));

/**
 * Writes the national CSV set: a snapshot, so of several versions of a settlement only the one that counts. A row cannot say that its
 * system reports no identity checks and no trace codes, only a set without these files can: claims of such institutions go into
 * a set of their own.
 */
export async function writeNationalCsv(city: City, directory: string): Promise<string[]> {
  const current = currentDocuments(city);
  const folders = [path.join(directory, 'reporting'), path.join(directory, 'not-reporting')] as const;
  const withoutReports = nationalTables.filter((table) => table !== 'traces' && table !== 'identity_checks');
  const reporting = await openCsvSet(folders[0], nationalTables);
  const silent = await openCsvSet(folders[1], withoutReports);
  try {
    let index = 0;
    for (const claim of claimsOf(city))
      if (current.has(index++)) await (claim.identity_checks == null ? silent : reporting).write(claim);
  } finally {
    await reporting.close();
    await silent.close();
  }
  return [...folders];
}

interface CsvSet {
  write(claim: ClaimInput): Promise<void>;
  close(): Promise<void>;
}

async function openCsvSet(directory: string, tables: readonly NationalTable[]): Promise<CsvSet> {
  await mkdir(directory, { recursive: true });
  const files = await Promise.all(
    tables.map(async (table) => ({
      table,
      handle: await open(path.join(directory, `${table}.csv`), 'w'),
      text: csvHeader(table),
    })),
  );
  const flush = async (file: (typeof files)[number]): Promise<void> => {
    await file.handle.appendFile(file.text);
    file.text = '';
  };
  return {
    write: async (claim) => {
      const rows = nationalRows(claim);
      for (const file of files) {
        file.text += rows[file.table];
        if (file.text.length >= CHUNK_CHARACTERS) await flush(file);
      }
    },
    close: async () => {
      for (const file of files) {
        await flush(file);
        await file.handle.close();
      }
    },
  };
}

/** Positions of the documents that count: of one settlement the latest version, of equal ones the first to arrive. */
function currentDocuments(city: City): ReadonlySet<number> {
  const latest = new Map<string, { readonly at: string; readonly index: number }>();
  let index = 0;
  for (const claim of claimsOf(city)) {
    const key = claimKey(claim.institution.fixmedins_code, claim.setl_id);
    const at = claim.updt_time ?? claim.setl_time;
    const known = latest.get(key);
    if (known === undefined || at > known.at) latest.set(key, { at, index });
    index++;
  }
  return new Set([...latest.values()].map((each) => each.index));
}

function* ndjson(records: readonly object[]): Generator<string> {
  for (const record of records) yield `${JSON.stringify(record)}\n`;
}

async function writeText(file: string, texts: Iterable<string>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const packing: Transform[] = file.endsWith('.gz') ? [createGzip()] : [];
  await pipeline([
    Readable.from(chunksOf(texts), { objectMode: false }),
    ...packing,
    createWriteStream(file),
  ]);
}

function* chunksOf(texts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
