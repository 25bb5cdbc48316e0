/**
 * The library in the files of the installation is the base: what is in it is in force, unless people here have put another version in force
 * or taken the rule out. Every process registers it when it starts; only what is new changes anything.
 *
 * A shipped version comes into force by itself once. When people have rolled it back or retired it, it stays so until files with other
 * content come. A rule whose file is gone goes with it, while what is in force of it came with files, and comes back with it. Knowledge tables
 * are the same, except that one whose file is gone stays: rules written here may consult it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { systemActor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import { examplesSchema } from '../rules/contract.ts';
import type { Knowledge, Table } from '../knowledge/table.ts';
import type { RuleSet } from '../rules/library.ts';
import { type ContentText, textOf } from './content.ts';
import { beginReplay } from './life-service.ts';
import { stateAfter } from './states-contract.ts';
import {
  insertActivation,
  insertStep,
  insertVersion,
  lockRules,
  placedVersions,
  type Step,
  stepsOf,
} from './store.ts';
import {
  findBatch,
  insertBatch,
  insertTableActivation,
  insertTableVersion,
  placedTables,
  wasInForce,
} from './table-store.ts';

const actor = systemActor('library');

interface Shipped extends ContentText {
  readonly code: string;
}

/** @param directory as `loadRuleSet` took it; `ruleSet` is what it read there */
export async function registerLibrary(
  database: Pick<Database, 'pool'>,
  directory: string,
  ruleSet: RuleSet,
): Promise<void> {
  const shipped = await Promise.all(
    ruleSet.rules.map(
      async ({ document }): Promise<Shipped> => ({
        code: document.code,
        ...textOf({ document, examples: await readExamples(directory, document.code) }),
      }),
    ),
  );
  const readTable = (file: string): Promise<Buffer> => readFile(join(directory, 'knowledge', file));
  await transaction(database, async (client) => {
    const before = await changesOf(client, shipped, ruleSet.knowledge);
    // Nearly always nothing has changed, and nobody has to wait for that to be seen.
    const isNew = before.fresh.length + before.gone.length + before.tables.length > 0;
    if (isNew) await lockRules(client);
    const { fresh, gone, isFirst, tables, tableReplaced } = isNew
      ? await changesOf(client, shipped, ruleSet.knowledge)
      : before;
    for (const table of tables) await placeTable(client, table, await readTable(table.spec.file));
    for (const { version, replaces } of fresh) {
      await insertVersion(client, {
        ...version,
        origin: 'shipped',
        author: actor.account,
        based_on: replaces,
      });
      if (replaces !== null)
        await insertStep(client, replaces, { action: 'supersede', account: actor.account, reason: null });
      await insertStep(client, version.content_hash, {
        action: 'activate',
        account: actor.account,
        reason: null,
      });
      await place(client, version.code, version.content_hash);
    }
    for (const { code, content_hash } of gone) {
      await insertStep(client, content_hash, { action: 'retire', account: actor.account, reason: null });
      await place(client, code, null);
    }
    const changed = [...fresh.map(({ version }) => version.code), ...gone.map(({ code }) => code)];
    const [code] = changed;
    // What was found before there was a rulebook was found by these very rules.
    const { account } = actor;
    const all = { account, changed: { rules: changed, tables: tables.map(({ spec }) => spec.table) } };
    const replay =
      code !== undefined && !isFirst
        ? await beginReplay(client, { subject: 'rule', code, ...all })
        : tableReplaced !== null
          ? await beginReplay(client, { subject: 'table', code: tableReplaced, ...all })
          : null;
    if (changed.length + tables.length > 0)
      await recordEvents(client, actor, [
        {
          kind: 'rulebook.library_registered',
          key: ruleSet.version,
          detail: { activated: fresh.length, taken_out: gone.length, tables: tables.length, replay },
        },
      ]);
  });
}

const place = (client: PoolClient, code: string, contentHash: string | null): Promise<void> =>
  insertActivation(client, {
    code,
    mode: 'active',
    content_hash: contentHash,
    ramp: null,
    account: actor.account,
  });

async function placeTable(client: PoolClient, { spec, rows }: Table, content: Buffer): Promise<void> {
  await insertTableVersion(client, spec, content);
  const batch_id = await insertBatch(client, {
    table_name: spec.table,
    origin: 'shipped',
    extent: 'whole',
    source: spec.source,
    batch: spec.batch,
    published_at: spec.published_at,
    effective_from: null,
    effective_to: null,
    supersedes: null,
    file_name: spec.file,
    file_sha256: spec.sha256,
    file: null,
    format: 'csv',
    encoding: 'utf-8',
    rows: rows.length,
    bad_rows: 0,
    issues: [],
    account: actor.account,
  });
  const { account } = actor;
  await insertTableActivation(client, { table_name: spec.table, sha256: spec.sha256, batch_id, account });
}

interface Changes {
  readonly fresh: readonly { readonly version: Shipped; readonly replaces: string | null }[];
  readonly gone: readonly { readonly code: string; readonly content_hash: string }[];
  /** Nothing was ever in force. */
  readonly isFirst: boolean;
  /** Tables that come into force. */
  readonly tables: readonly Table[];
  /** One of them that takes the place of another; `null`: none does. */
  readonly tableReplaced: string | null;
}

async function changesOf(
  client: PoolClient,
  shipped: readonly Shipped[],
  knowledge: Knowledge,
): Promise<Changes> {
  const placed = (await placedVersions(client, null)).filter(({ mode }) => mode === 'active');
  const byCode = new Map(placed.map((one) => [one.code, one]));
  const fresh: { version: Shipped; replaces: string | null }[] = [];
  for (const version of shipped) {
    const held = byCode.get(version.code);
    if (held?.version?.origin === 'written') continue;
    // What was in force once, or is being tried here, is in people's hands.
    const steps =
      held?.content_hash === version.content_hash ? null : await stepsOf(client, version.content_hash);
    if (steps !== null && (isUntried(steps) || wentWithItsFile(steps)))
      fresh.push({ version, replaces: held?.content_hash ?? null });
  }
  const codes = new Set(shipped.map(({ code }) => code));
  const gone = placed.flatMap(({ code, content_hash, version }) =>
    version?.origin === 'shipped' && content_hash !== null && !codes.has(code)
      ? [{ code, content_hash }]
      : [],
  );
  return { fresh, gone, isFirst: placed.length === 0, ...(await freshTables(client, knowledge)) };
}

async function freshTables(
  client: PoolClient,
  { tables }: Knowledge,
): Promise<Pick<Changes, 'tables' | 'tableReplaced'>> {
  const placed = new Map((await placedTables(client, null)).map((one) => [one.table_name, one]));
  const fresh: Table[] = [];
  let tableReplaced: string | null = null;
  for (const table of tables.values()) {
    const { table: name, sha256 } = table.spec;
    const held = placed.get(name);
    if (held !== undefined) {
      if (held.sha256 === sha256) continue;
      const batch = await findBatch(client, held.batch_id);
      // What people here put into force, or took back, stays so.
      if (batch?.origin === 'uploaded' || (await wasInForce(client, name, sha256))) continue;
      tableReplaced = name;
    }
    fresh.push(table);
  }
  return { tables: fresh, tableReplaced };
}

const isUntried = (steps: readonly Step[]): boolean =>
  stateAfter(steps.map(({ action }) => action)) === 'draft';

function wentWithItsFile(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  return last?.action === 'retire' && last.account === actor.account;
}

/** `null`: there are none. A file that is there and no examples is a fault of the library, which its tests would have found. */
async function readExamples(directory: string, code: string) {
  const file = join(directory, 'library', `${code.toLowerCase()}.examples.json`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : examplesSchema.parse(JSON.parse(text));
}
