/** What people's services tell the audit, inside the transaction of the change they record. */
import type { PoolClient } from 'pg';

export interface Actor {
  /** Login name; of a key `key:` and its prefix; `system` for what the server itself does. */
  readonly account: string;
  readonly role: string;
  readonly area: string;
  readonly address?: string;
  readonly requestId?: string;
  readonly purpose?: string;
}

export type RecordEvent = (
  client: PoolClient,
  actor: Actor,
  kind: string,
  fields: Record<string, unknown>,
) => Promise<void>;

/** Where there is no audit chain: tests, and commands of the benchmark. */
export const unrecorded: RecordEvent = async () => undefined;

/** The server's own command line, and its first start. */
export const systemActor: Actor = { account: 'system', role: 'system', area: '' };
