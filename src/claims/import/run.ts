/**
 * One import of files into the database. The same files through the same mapping are the same run: broken off, it goes on where its last
 * durable chunk ended; finished, it can be run again and meets duplicates only.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { recordEvents } from '../../audit/store.ts';
import { hearLoss, transaction } from '../../platform/database.ts';
import type { ClaimAnswer, IntakeCounts } from '../contract.ts';
import { addCounts, type IntakeDeps, noCounts, takeClaims } from '../intake.ts';
import type { ClaimItem } from '../item.ts';
import { findFiles, type InputFile } from './files.ts';
import { InputError } from './input-error.ts';
import { defaultMapping, readMappingText } from './load-mapping.ts';
import { readClaims, type ReadOptions } from './read.ts';

export type ImportRequest = ReadOptions & {
  paths: readonly string[];
  /** how batches and quarantine name where claims came from; left out: `import:<run>` */
  source?: string;
};

export type ImportProgress = {
  runId: number;
  /** claims that an earlier, broken-off run of the same files had dealt with */
  resumedAt: number;
  /** of the whole run, earlier parts included */
  counts: IntakeCounts;
  /** of the chunk just stored */
  answers: readonly ClaimAnswer[];
};

export const sourceCharactersMax = 80;

/** @throws InputError when the input cannot be used as a whole, or when the same import is running already */
export async function* runImport(deps: IntakeDeps, request: ImportRequest): AsyncGenerator<ImportProgress> {
  if (request.source !== undefined && request.source.length > sourceCharactersMax) {
    throw new InputError({
      zh: `来源名称超过 ${sourceCharactersMax} 个字符`,
      en: `The name of the source is longer than ${sourceCharactersMax} characters`,
    });
  }
  const identity = await identify(request);
  const holder = await deps.database.pool.connect();
  const { lost, stop } = hearLoss(holder);
  try {
    const run = await openRun(holder, identity);
    if (!(await holdRun(holder, run.id))) {
      throw new InputError({
        zh: `同样的文件正在由另一个进程导入（批次 ${run.id}）`,
        en: `Another process is importing the same files (run ${run.id})`,
      });
    }
    // Read again now that nobody else can be writing it.
    yield* importRun(deps, request, await restartIfDone(holder, run.id));
  } finally {
    // Ending the session gives the lock back for certain, but not at once; who comes next must not be turned away meanwhile.
    if (lost() === undefined) await holder.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    stop();
    holder.release(lost() ?? true);
  }
}

type Run = { id: number; position: number; counts: IntakeCounts };

async function* importRun(
  deps: IntakeDeps,
  request: ImportRequest,
  run: Run,
): AsyncGenerator<ImportProgress> {
  const source = request.source ?? `import:${run.id}`;
  let counts = run.counts;
  const items = after(readClaims(request.paths, request), run.position);
  const chunks = takeClaims(deps, source, items, {
    alongside: async (client, chunk) => {
      const last = chunk.answers.at(-1);
      if (last !== undefined) await saveProgress(client, run.id, last.index + 1, chunk.counts);
    },
  });
  try {
    for await (const chunk of chunks) {
      counts = addCounts(counts, chunk.counts);
      yield { runId: run.id, resumedAt: run.position, counts, answers: chunk.answers };
    }
  } catch (error) {
    // In a transaction of its own: the one that failed is rolled back.
    await closeRun(deps, run.id, 'failed').catch(() => undefined);
    throw error;
  }
  await closeRun(deps, run.id, 'done');
  yield { runId: run.id, resumedAt: run.position, counts, answers: [] };
}

async function* after(items: AsyncIterable<ClaimItem>, position: number): AsyncGenerator<ClaimItem[]> {
  for await (const item of items) if (item.index >= position) yield [item];
}

type Identity = { fingerprint: Buffer; mapping: string; files: { name: string; bytes: number }[] };

/** What makes two imports the same: the bytes and names of the files in their order, the mapping, the chosen encoding and source. */
async function identify(request: ImportRequest): Promise<Identity> {
  const sets = await findFiles(request.paths);
  const files = sets.flatMap((set) => [...set.claimFiles, ...set.csvFiles]);
  const mappingName = request.mapping ?? defaultMapping;
  const usesMapping = sets.some((set) => set.csvFiles.length > 0);
  const mapping = usesMapping ? await readMappingText(mappingName, request.mappingsDir) : null;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([request.encoding ?? null, request.source ?? null, mapping?.text ?? null]));
  for (const file of files) hash.update(JSON.stringify([file.name, await digestOf(file)]));
  return {
    fingerprint: hash.digest(),
    mapping: mapping?.fileName ?? '',
    files: files.map(({ name, bytes }) => ({ name, bytes })),
  };
}

async function digestOf(file: InputFile): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file.path), hash);
  return hash.digest('hex');
}

async function openRun(client: PoolClient, identity: Identity): Promise<{ id: number }> {
  await client.query(
    'INSERT INTO import_run (fingerprint, mapping, files) VALUES ($1, $2, $3) ON CONFLICT (fingerprint) DO NOTHING',
    [identity.fingerprint, identity.mapping, JSON.stringify(identity.files)],
  );
  const { rows } = await client.query<{ id: number }>('SELECT id FROM import_run WHERE fingerprint = $1', [
    identity.fingerprint,
  ]);
  const [run] = rows;
  if (run === undefined) throw new Error('an import run was not stored');
  return run;
}

/** Advisory locks of runs: 'impo'. The session holds it, so a killed import gives it back. */
const lockSpace = 0x696d706f;

async function holdRun(client: PoolClient, runId: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS held', [
    lockSpace,
    runId % 0x7fffffff,
  ]);
  return rows[0]?.held === true;
}

async function restartIfDone(client: PoolClient, runId: number): Promise<Run> {
  await client.query(
    `UPDATE import_run SET position = 0, received = 0, accepted = 0, duplicate = 0, revised = 0, rejected = 0, started_at = now()
      WHERE id = $1 AND state = 'done'`,
    [runId],
  );
  const { rows } = await client.query<{ position: number } & IntakeCounts>(
    `UPDATE import_run SET state = 'running', finished_at = NULL WHERE id = $1
     RETURNING position, received, accepted, duplicate, revised, rejected`,
    [runId],
  );
  const { position, ...counts } = rows[0] ?? { position: 0, ...noCounts };
  return { id: runId, position, counts };
}

async function saveProgress(
  client: PoolClient,
  runId: number,
  position: number,
  counts: IntakeCounts,
): Promise<void> {
  await client.query(
    `UPDATE import_run SET position = $2, received = received + $3, accepted = accepted + $4, duplicate = duplicate + $5,
            revised = revised + $6, rejected = rejected + $7 WHERE id = $1`,
    [runId, position, counts.received, counts.accepted, counts.duplicate, counts.revised, counts.rejected],
  );
}

async function closeRun(deps: IntakeDeps, runId: number, state: 'done' | 'failed'): Promise<void> {
  await transaction(deps.database, async (client) => {
    const { rows } = await client.query<{ mapping: string; files: number } & IntakeCounts>(
      `UPDATE import_run SET state = $2, finished_at = now() WHERE id = $1
       RETURNING mapping, jsonb_array_length(files) AS files, received, accepted, duplicate, revised, rejected`,
      [runId, state],
    );
    const kind = state === 'done' ? 'import.finished' : 'import.failed';
    // Files are counted and not named: people write the names of persons into them.
    await recordEvents(
      client,
      deps.actor,
      rows.map((detail) => ({ kind, key: String(runId), detail })),
    );
  });
}
