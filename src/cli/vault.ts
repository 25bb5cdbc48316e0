/** `fundwatch vault`: the keys that personal data is sealed with. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { systemActor } from '../audit/actor.ts';
import { sealedByCases } from '../cases/seal-store.ts';
import { sealAnew } from '../claims/seal-anew-service.ts';
import { isSealedOtherwise } from '../claims/seal-store.ts';
import { loadConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { listKeys } from '../vault/key-store.ts';
import type { Keyring } from '../vault/keyring.ts';
import { changeMasterKey, destroyOtherKeys, makeNewKeys } from '../vault/rotation-service.ts';
import { believedForS, openVault, openVaultNow } from '../vault/vault-service.ts';
import type { VaultSettings } from '../vault/vault.ts';
import { withDatabaseUrl } from './database-url.ts';
import { vaultSettings } from './vault-settings.ts';

const actor = systemActor('cli-vault');
/** One connection records while another reads. */
const poolMax = 2;
const pollMs = 5_000;

export function register(program: Command): void {
  const vault = program.command('vault').description('个人信息的加密密钥 / keys of personal data');
  vault
    .command('status')
    .description('列出密钥，并检查主密钥文件 / list the keys, and check the master key file')
    .action(() => withVault(showStatus));
  vault
    .command('rotate')
    .description(
      '生成新数据密钥，重新加密全部个人信息与上传的文件，销毁旧密钥 / new data keys: seal everything again, destroy the old',
    )
    .option('--keep', '保留旧密钥 / keep the old keys')
    .action((options: { keep?: true }) =>
      withVault((settings, database) => rotate(settings, database, options.keep === true)),
    );
  vault
    .command('new-master-key <file>')
    .description(
      '生成新主密钥文件，并以它重新加密数据密钥 / make a new master key, and seal the data keys with it',
    )
    .action((file: string) => withVault((settings) => newMasterKey(settings, file)));
}

async function withVault(
  work: (settings: VaultSettings, database: Database) => Promise<void>,
): Promise<void> {
  const config = loadConfig();
  await withDatabaseUrl(config, tell, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch vault', poolMax });
    try {
      await work(vaultSettings(config, database), database);
    } finally {
      await database.close();
    }
  });
}

async function showStatus(settings: VaultSettings, database: Database): Promise<void> {
  const keys = await (await openVaultNow(settings)).keys();
  for (const { id, purpose, suite, master, created_at } of await listKeys(database.pool)) {
    const used = id === keys.current.seal || id === keys.current.index ? '使用中 / in use' : '';
    print(`${id}  ${purpose}  ${suite}  ${created_at.toISOString()}  master ${master}  ${used}`);
  }
}

async function rotate(settings: VaultSettings, database: Database, keep: boolean): Promise<void> {
  const before = await openVault(settings).keys();
  await makeNewKeys(settings, actor);
  tell(
    `等待各进程获知新密钥，约 ${believedForS} 秒。Every process has to hear of the new keys: about ${believedForS} s.`,
  );
  const keys = await afterChange(settings, before);
  for await (const done of sealAnew(database, keys, actor, sealedByCases))
    tell(
      `  单据 documents ${done.documents}，隔离数据 quarantined ${done.quarantined}，文件 files ${done.files}，证据 evidence ${done.evidence}，文件名 file names ${done.file_names}`,
    );
  if (keep) return;
  const destroyed = await destroyOtherKeys(settings, keys, actor, isSealedOtherwise);
  if (destroyed === null)
    throw new Error(
      '仍有数据使用旧密钥，旧密钥已保留，请再次运行。Something is still sealed with an old key: none was destroyed; run this again.',
    );
  print(`已销毁旧密钥 ${destroyed} 个。Old keys destroyed: ${destroyed}.`);
}

/** Until no process seals with the former key any more, by the database's clock, which all of them count by. */
async function afterChange(settings: VaultSettings, before: Keyring): Promise<Keyring> {
  for (;;) {
    await sleep(pollMs);
    const keys = await openVault(settings).keys();
    const stored = await listKeys(settings.database.pool);
    const age = stored.find(({ id }) => id === keys.current.seal)?.age_s ?? 0;
    if (keys.current.seal !== before.current.seal && age > believedForS) return keys;
  }
}

async function newMasterKey(settings: VaultSettings, file: string): Promise<void> {
  const fingerprint = await changeMasterKey(settings, file, actor);
  print(
    `新主密钥 ${fingerprint} 在 ${file}。请以它替换 ${settings.masterKeyFile}（保留备份），并重启各进程。\n` +
      `The new master key ${fingerprint} is in ${file}. Put it in the place of ${settings.masterKeyFile}, keep a copy elsewhere, and restart every process.`,
  );
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
