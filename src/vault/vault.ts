/**
 * Envelope encryption: personal data is sealed with data keys, which lie in the database sealed with the master key, which lies in a file.
 * A database without its file is of no use to whoever takes it.
 */
import type { Database } from '../platform/database.ts';
import type { Keyring } from './keyring.ts';
import type { Suite } from './suite.ts';

export interface Vault {
  /**
   * The keys as of at most a minute ago. Asked for before a transaction begins: it may make a key in one of its own.
   * @throws VaultError
   */
  readonly keys: () => Promise<Keyring>;
}

export interface VaultSettings {
  readonly database: Pick<Database, 'pool'>;
  /** Absolute. */
  readonly masterKeyFile: string;
  /** Of keys that are made from now on. */
  readonly suite: Suite;
}
