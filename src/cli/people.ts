/** `fundwatch people`: what has to be done on the server, because nobody can sign in. */
import type { Command } from 'commander';
import { systemActor } from '../audit/actor.ts';
import {
  createFirstAdministrator,
  firstAdministratorLogin,
  resetPassword,
  resetSecondFactor,
} from '../people/account-service.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { withDatabaseUrl } from './database-url.ts';

const actor = systemActor('cli-people');

export function register(program: Command): void {
  const people = program.command('people').description('账户 / accounts');
  people
    .command('first-administrator')
    .description(
      '在没有账户时建立首个管理员 / make the first administrator of an installation without people',
    )
    .action(() => withPeople(firstAdministrator));
  people
    .command('reset-password <login>')
    .description('重置密码，显示一次 / give an account a new password, shown once')
    .option('--second-factor', '同时取消双因素认证 / take its second factor away as well')
    .action((login: string, options: { secondFactor?: true }) =>
      withPeople((database) => reset(database, login, options.secondFactor === true)),
    );
}

async function withPeople(work: (database: Database, config: Config) => Promise<void>): Promise<void> {
  const config = loadConfig();
  await withDatabaseUrl(config, report, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch people', poolMax: 1 });
    try {
      await work(database, config);
    } finally {
      await database.close();
    }
  });
}

async function firstAdministrator(database: Database, config: Config): Promise<void> {
  const password = await createFirstAdministrator({ database }, config.area);
  if (password === null) throw new Error('已有账户。There are accounts already.');
  print(firstAdministratorLogin, password);
}

async function reset(database: Database, login: string, withSecondFactor: boolean): Promise<void> {
  const deps = { database };
  const password = await resetPassword(deps, login, actor);
  if (typeof password !== 'string')
    throw new Error(
      password.refusal === 'demo'
        ? '演示账户不能更改。Accounts of the demo cannot be changed.'
        : '没有这个账户。There is no such account.',
    );
  if (withSecondFactor) await resetSecondFactor(deps, login, actor);
  print(login, password);
}

const print = (login: string, password: string): void => {
  process.stdout.write(`${login} 的新密码（首次登录须修改）/ new password (to be changed): ${password}\n`);
};

const report = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
