/**
 * The library in the files of the installation is the base: what is in it is in force, unless people here have put another version in force
 * or taken the rule out. Every process registers it when it starts; only what is new changes anything.
 *
 * A shipped version comes into force by itself once. When people have rolled it back or retired it, it stays so until files with other
 * content come. A rule whose file is gone goes with it, while what is in force of it came with files, and comes back with it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { systemActor } from '../audit/actor.ts';
import { recordEvents } from '../audit/store.ts';
import { type Database, transaction } from '../platform/database.ts';
import { examplesSchema } from '../rules/contract.ts';
import type { RuleSet } from '../rules/library.ts';
import { type ContentText, textOf } from './content.ts';
import { beginReplay } from './life-service.ts';
import { stateAfter } from './states-contract.ts';
import {
  insertActivation,
  insertStep,
  insertVersion,
  keepKnowledge,
  lockRules,
  placedVersions,
  type Step,
  stepsOf,
} from './store.ts';

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
    const tables = await keepKnowledge(client, ruleSet.knowledge, readTable);
    const before = await changesOf(client, shipped);
    // Nearly always nothing has changed, and nobody has to wait for that to be seen.
    const isNew = before.fresh.length + before.gone.length > 0;
    if (isNew) await lockRules(client);
    const { fresh, gone, isFirst } = isNew ? await changesOf(client, shipped) : before;
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
    const replay = code === undefined || isFirst ? null : await beginReplay(client, code, actor.account);
    if (changed.length + tables > 0)
      await recordEvents(client, actor, [
        {
          kind: 'rulebook.library_registered',
          key: ruleSet.version,
          detail: { activated: fresh.length, taken_out: gone.length, tables, replay },
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

interface Changes {
  readonly fresh: readonly { readonly version: Shipped; readonly replaces: string | null }[];
  readonly gone: readonly { readonly code: string; readonly content_hash: string }[];
  /** Nothing was ever in force. */
  readonly isFirst: boolean;
}

async function changesOf(client: PoolClient, shipped: readonly Shipped[]): Promise<Changes> {
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
  return { fresh, gone, isFirst: placed.length === 0 };
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
