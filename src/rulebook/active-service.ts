/**
 * The rules and knowledge tables in force, followed by every process: the last row of `rule_activation` of each code and of
 * `knowledge_activation` of each table. Workers ask for their number at the begin of each transaction and compile anew when it has grown; the
 * API looks every `followMs`, so a pre-check follows a change within that time.
 *
 * Why no batch leaves findings of former rules behind: whoever judges holds the rules from before the first lock to the commit
 * (`hold_rules`), and a change waits for all of those. So when a change is committed, every batch that was judged by the former rules is
 * committed too; all later ones see the change; and the replay that the change begins starts after it, takes the locks of the same persons,
 * and judges all that is known of them by the rules of that moment. It comes last for every person whom nobody else judges by the new rules.
 */
import type { PoolClient } from 'pg';
import type { Database } from '../platform/database.ts';
import type { Knowledge } from '../knowledge/table.ts';
import { type RuleSet, ruleSetOf, selectRules } from '../rules/library.ts';
import type { RulesInForce } from '../screening/in-force.ts';
import type { Ramp } from './contract.ts';
import { withRamps } from './ramp.ts';
import { currentGeneration, documentOf, holdRules, type Mode, placedVersions, type Placed } from './store.ts';
import { tablesInForce } from './table-in-force-service.ts';

export const followMs = 2_000;

/** A version that judges in the shadow of the stream, or a written one that is watched while it is in force. */
export interface Placement {
  readonly contentHash: string;
  readonly code: string;
  readonly isWritten: boolean;
  readonly ramp: Ramp | null;
}

interface Loaded {
  readonly generation: number;
  readonly active: RuleSet;
  readonly placements: readonly Placement[];
  readonly shadow: Shadow;
}

/** The versions that run in shadow, one of a code at most. */
export interface Shadow {
  readonly ruleSet: RuleSet;
  readonly placements: readonly Placement[];
}

export interface ActiveRules extends RulesInForce {
  readonly generation: () => number;
  readonly placements: () => readonly Placement[];
  readonly shadow: () => Shadow;
  /** The active rules as they were at a generation: what a walk that takes hours began with. */
  readonly at: (client: PoolClient, generation: number) => Promise<RuleSet>;
  /** Looks whether they changed. */
  readonly refresh: () => Promise<void>;
}

/**
 * @param base the tables in the files of the installation
 * @throws when a rule in force cannot be compiled with the tables in force
 */
export async function openActiveRules(
  database: Pick<Database, 'pool'>,
  base: Knowledge,
): Promise<ActiveRules> {
  const { pool } = database;
  const read = (client: PoolClient | Database['pool'], generation: number, known: Knowledge) =>
    load(client, base, known, generation);
  let loaded = await read(pool, await currentGeneration(pool), base);
  /** What was asked for last that is not in force any more. */
  let former: Loaded | null = null;
  const follow = async (client: PoolClient | Database['pool'], generation: number): Promise<Loaded> => {
    // Two transactions of one process may load the same; the greater number stays.
    if (loaded.generation === generation) return loaded;
    const fresh = await read(client, generation, loaded.active.knowledge);
    if (fresh.generation > loaded.generation) loaded = fresh;
    return fresh;
  };
  return {
    current: () => loaded.active,
    hold: async (client) => (await follow(client, await holdRules(client))).active,
    generation: () => loaded.generation,
    placements: () => loaded.placements,
    shadow: () => loaded.shadow,
    at: async (client, generation) => {
      const known = [loaded, former].find((one) => one?.generation === generation);
      if (known) return known.active;
      former = await read(client, generation, loaded.active.knowledge);
      return former.active;
    },
    refresh: async () => {
      await follow(pool, await currentGeneration(pool));
    },
  };
}

/** Rules that never change: of tests, and where nothing was ever registered. */
export const standing = (ruleSet: RuleSet): ActiveRules => ({
  current: () => ruleSet,
  hold: async () => ruleSet,
  generation: () => 0,
  placements: () => [],
  shadow: () => ({ ruleSet: selectRules(ruleSet, () => false), placements: [] }),
  at: async () => ruleSet,
  refresh: async () => undefined,
});

/** Looks again and again. Returns what stops it. */
export function follow(rules: ActiveRules, onError: (error: unknown) => void): () => Promise<void> {
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= rules
      .refresh()
      .catch(onError)
      .finally(() => {
        looking = null;
      });
  }, followMs);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

async function load(
  client: PoolClient | Database['pool'],
  base: Knowledge,
  known: Knowledge,
  generation: number,
): Promise<Loaded> {
  const knowledge = await tablesInForce(client, base, known, generation);
  const placed = await placedVersions(client, generation);
  const of = (mode: Mode): Placed[] => placed.filter((one) => one.mode === mode && one.version !== null);
  return {
    generation,
    active: ruleSetOfPlaced(of('active'), knowledge),
    placements: of('active').flatMap(placementOf),
    shadow: {
      ruleSet: ruleSetOfPlaced(of('shadow'), knowledge),
      placements: of('shadow').flatMap(placementOf),
    },
  };
}

export function ruleSetOfPlaced(
  placed: readonly Pick<Placed, 'version' | 'ramp' | 'code'>[],
  knowledge: Knowledge,
): RuleSet {
  const documents = placed.flatMap(({ version }) => (version === null ? [] : [documentOf(version)]));
  const ramps = new Map(placed.flatMap(({ code, ramp }) => (ramp === null ? [] : [[code, ramp] as const])));
  return withRamps(ruleSetOf(documents, knowledge), ramps);
}

const placementOf = ({ version, code, ramp }: Placed): Placement[] =>
  version === null
    ? []
    : [{ contentHash: version.content_hash, code, isWritten: version.origin === 'written', ramp }];
