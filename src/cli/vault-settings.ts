import type { Config } from '../platform/config.ts';
import type { VaultSettings } from '../vault/vault.ts';

export const vaultSettings = (
  config: Pick<Config, 'masterKeyFile' | 'cipherSuite'>,
  database: VaultSettings['database'],
): VaultSettings => ({ database, masterKeyFile: config.masterKeyFile, suite: config.cipherSuite });
