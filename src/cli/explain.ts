/** `fundwatch explain`: what a finding says; with `--as-recorded` it is made again from what it recorded, and compared byte for byte. */
import type { Command } from 'commander';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { asRecorded, type Recorded } from '../rulebook/recorded-service.ts';
import { withDatabaseUrl } from './database-url.ts';

interface Options {
  readonly asRecorded: true;
  readonly revision?: string;
}

export function register(program: Command): void {
  program
    .command('explain')
    .description(
      '用疑点记录的规则版本、知识表和结算内容重新判断，并逐字节比较 / make a finding again from what it recorded',
    )
    .argument('<finding_id>', '疑点编号，32 位十六进制 / 32 hex digits')
    .requiredOption('--as-recorded', '按当时的版本 / by the versions of then')
    .option('--revision <n>', '疑点的第几版，默认为当前 / revision of the finding')
    .action(async (findingId: string, options: Options) => {
      process.exitCode = await explain(findingId, options);
    });
}

/** @returns 0 the same bytes, 1 others or something that was recorded is not there; errors end in 2. */
async function explain(findingId: string, { revision }: Options): Promise<number> {
  if (!/^[0-9a-f]{32}$/.test(findingId))
    throw new Error('疑点编号应为 32 位十六进制 / a finding id has 32 hex digits');
  const wanted = revision === undefined ? null : Number(revision);
  if (wanted !== null && !(Number.isInteger(wanted) && wanted >= 1))
    throw new Error('--revision 应为正整数 / must be a positive integer');
  return withDatabaseUrl(loadConfig(), print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch explain', poolMax: 1 });
    try {
      return report(await asRecorded(database, findingId, wanted));
    } finally {
      await database.close();
    }
  });
}

const missingWords = {
  finding: '没有这个疑点或版本 / there is no such finding or revision',
  rule_version: '规则版本未登记（记录早于规则登记） / the rule version was never registered',
  knowledge: '知识表版本未登记 / the version of a knowledge table was never registered',
  claims: '结算内容已按保存期限清理 / the content of a claim was removed by retention',
  engine: '由另一引擎版本判断，请用该版本的程序 / another engine version found it: use that program',
} as const;

function report(result: Recorded): number {
  if (!result.ok) {
    print(`${missingWords[result.missing]}：${result.what}`);
    return 1;
  }
  process.stdout.write(`${result.again ?? result.recorded}\n`);
  print(
    result.same
      ? '一致：逐字节相同 / the same, byte for byte'
      : `不一致：${result.again === null ? '现在不命中' : '内容不同'} / not the same`,
  );
  return result.same ? 0 : 1;
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
