/**
 * The knowledge tables in force: the files of the installation, and what came into force here instead of them. A version is read and indexed
 * once by a process and then kept as long as it is in force.
 */
import type { Pool, PoolClient } from 'pg';
import { tableSpecSchema } from '../knowledge/contract.ts';
import { parseTable } from '../knowledge/parse.ts';
import { indexTable, type Knowledge, knowledgeOf, type Table } from '../knowledge/table.ts';
import { findTableVersion, placedTables, type StoredTable } from './table-store.ts';

type Client = Pool | PoolClient;

/**
 * @param base the files of the installation, for tables that were never registered
 * @param known tables that were read already
 * @param generation `null`: as it is now
 */
export async function tablesInForce(
  client: Client,
  base: Knowledge,
  known: Knowledge,
  generation: number | null,
): Promise<Knowledge> {
  const tables = new Map(base.tables);
  for (const { table_name, sha256 } of await placedTables(client, generation)) {
    const table = await tableAt(client, table_name, sha256, [base, known]);
    // What a batch is held to is the manifest's to say, also where the table in force was stored before it said so.
    const least = base.tables.get(table_name)?.spec.least;
    tables.set(
      table_name,
      table.spec.least === least || least === undefined
        ? table
        : { ...table, spec: { ...table.spec, least } },
    );
  }
  return knowledgeOf(tables.values());
}

/** A version of a table that is stored. @throws when it is not */
export async function tableAt(
  client: Client,
  name: string,
  sha256: string,
  known: readonly Knowledge[] = [],
): Promise<Table> {
  for (const { tables } of known) {
    const table = tables.get(name);
    if (table?.spec.sha256 === sha256) return table;
  }
  const stored = await findTableVersion(client, name, sha256);
  if (stored === null) throw new Error(`the version ${sha256} of the table ${name} is not stored`);
  return tableOfStored(stored);
}

/** What is stored was read once before, so it is sound; least values that were stated since are for what comes. */
export function tableOfStored({ spec, content }: StoredTable): Table {
  const read = tableSpecSchema.parse(spec);
  const { least: _, ...unbounded } = read;
  const parsed = parseTable(unbounded, new TextDecoder('utf-8', { fatal: true }).decode(content));
  if (!parsed.ok) throw new Error(`the stored table ${read.table} cannot be read`);
  return indexTable(read, parsed.rows);
}
