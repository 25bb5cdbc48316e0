/** `fundwatch audit …`: the audit chain – verify, export, sign, and say what its events mean. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type pg from 'pg';
import { systemActor } from '../audit/actor.ts';
import { lineOfAnchor } from '../audit/anchor.ts';
import { anchorDay, dayFromText } from '../audit/anchor-service.ts';
import { listAnchors } from '../audit/anchor-store.ts';
import { lineOfRow } from '../audit/chain-row.ts';
import { recordExport } from '../audit/export-service.ts';
import { faultText } from '../audit/fault-text.ts';
import { handbook } from '../audit/handbook.ts';
import { makeKeyFile, publicFileOf, readKeyFile, trustedKeys } from '../audit/key-file.ts';
import { anchorsOfFile } from '../audit/lines.ts';
import { firstSeqFrom, readChain, type SeqRange } from '../audit/store.ts';
import { tsaCertificates } from '../audit/tsa-certificates.ts';
import {
  type Verification,
  verifyDatabase,
  verifyFile,
  type VerifyRequest,
} from '../audit/verify-service.ts';
import { formatDay } from '../platform/civil.ts';
import { today } from '../platform/clock.ts';
import { type Config, loadConfig } from '../platform/config.ts';
import { type Database, openDatabase, withReadOnlyConnection } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { withDatabaseUrl } from './database-url.ts';

interface Range {
  readonly from?: string;
  readonly to?: string;
}

interface VerifyOptions extends Range {
  readonly anchors?: string;
  readonly key?: string;
  readonly tsaCertificate?: string;
  readonly head?: string;
}

const poolMax = 2;
const actor = systemActor('cli-audit');
const fromHelp = '起始：序号，或日期 yyyy-MM-dd / from: a sequence number or a day';
const toHelp = '截止（含） / up to and including';

export function register(program: Command): void {
  const audit = program.command('audit').description('审计链 / the audit chain');
  audit
    .command('verify [file]')
    .description(
      '核验审计链：数据库，或导出的 JSONL 文件（无需数据库） / verify the chain of the database, or an exported file without one',
    )
    .option('--from <seq|day>', fromHelp)
    .option('--to <seq|day>', toHelp)
    .option('--anchors <file>', '另存的锚点，每行一个 / anchors kept outside, one a line')
    .option('--key <file>', '只信任此文件中的公钥（PEM） / trust only the public keys of this PEM file')
    .option(
      '--tsa-certificate <file>',
      '只信任由此文件中的证书（PEM）签发的时间戳 / trust only time stamps that lead to a certificate of this PEM file',
    )
    .option('--head <hash>', '链中必须含有此哈希 / the chain must contain this hash')
    .action(async (file: string | undefined, options: VerifyOptions) => {
      process.exitCode = await verify(file, options);
    });
  audit
    .command('export')
    .description('导出为 JSONL（标准输出） / export as JSONL to standard output')
    .option('--from <seq|day>', fromHelp)
    .option('--to <seq|day>', toHelp)
    .action(exportChain);
  audit
    .command('anchor')
    .description('签名链头，输出一行可公布的 JSON / sign the head and print one line that can be published')
    .option(
      '--day <day>',
      '某日的末端，yyyy-MM-dd；默认今天至此刻 / the head of this day; today up to now by default',
    )
    .action(anchor);
  audit
    .command('anchors')
    .description('输出全部锚点，每行一个 / print all anchors, one a line')
    .action(printAnchors);
  audit
    .command('keygen')
    .description('生成签名密钥（FUNDWATCH_AUDIT_KEY_FILE） / make the key that signs')
    .action(async () => {
      const { auditKeyFile } = loadConfig();
      const fingerprint = await makeKeyFile(auditKeyFile);
      print(`私钥（请妥善保管并备份） / private key, keep it safe: ${auditKeyFile}`);
      print(`公钥（交给核验者） / public key, for verifiers: ${publicFileOf(auditKeyFile)}`);
      print(`指纹 / fingerprint: ${fingerprint}`);
    });
  audit
    .command('handbook')
    .description('输出审计事件手册（Markdown） / print the handbook of event kinds')
    .action(() => {
      process.stdout.write(handbook());
    });
}

/** @returns 0 when everything holds, 1 when a link is broken; errors end in 2. */
async function verify(file: string | undefined, options: VerifyOptions): Promise<number> {
  const startedAt = performance.now();
  const proofs = {
    anchors: options.anchors === undefined ? [] : await anchorsOfFile(options.anchors),
    trusted: options.key === undefined ? null : await trustedKeys(options.key),
    authorities: options.tsaCertificate === undefined ? null : await tsaCertificates(options.tsaCertificate),
    ...(options.head === undefined ? {} : { head: options.head.toLowerCase() }),
  };
  if (file !== undefined)
    return report(await verifyFile(file, { ...seqsOfFile(options), ...proofs }), proofs, startedAt);
  const config = loadConfig();
  return withDatabaseUrl(config, print, (url) =>
    withReader(url, async (client) =>
      report(
        await verifyDatabase(client, { ...(await rangeOf(client, options)), ...proofs }),
        proofs,
        startedAt,
      ),
    ),
  );
}

function report(
  result: Verification,
  { authorities }: Pick<VerifyRequest, 'authorities'>,
  startedAt: number,
): number {
  const { count, first, last, headHash, anchors, keys, timestamps, fault } = result;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (fault !== null) {
    const { zh, en } = faultText(fault);
    print(`审计链断裂 / the chain is broken\n  ${zh}\n  ${en}`);
  } else print('审计链完好 / the chain holds');
  print(`  核验 / verified ${count}（${first ?? '–'} – ${last ?? '–'}），${seconds} s`);
  print(`  末端哈希 / head ${headHash ?? '–'}`);
  print(`  锚点 / anchors ${anchors}${keys.length === 0 ? '' : `，密钥 / keys ${keys.join(' ')}`}`);
  const latest = timestamps.reduce<Date | null>(
    (found, { time }) => (found !== null && found > time ? found : time),
    null,
  );
  if (latest !== null)
    print(`  时间戳 / time stamps ${timestamps.length}，最近 / latest ${latest.toISOString()}`);
  const trust = authorities === null ? '未核对信任 / trust not checked' : '受信任 / trusted';
  for (const signer of new Set(timestamps.map((each) => each.signer)))
    print(`    签发者 / signed by ${signer}，${trust}`);
  return fault === null ? 0 : 1;
}

async function exportChain(options: Range): Promise<void> {
  const config = loadConfig();
  await withDatabase(config, async (database, url) => {
    await withReader(url, async (client) => {
      const range = await rangeOf(client, options);
      const upTo = await recordExport(database, actor, range);
      for await (const rows of readChain(client, { from: range.from, to: upTo })) {
        if (!process.stdout.write(rows.map(lineOfRow).join(''))) await once(process.stdout, 'drain');
      }
    });
  });
}

async function anchor(options: { readonly day?: string }): Promise<void> {
  const day = options.day === undefined ? today() : dayFromText(options.day);
  if (day === null || day > today())
    throw new Error('--day 应为不晚于今天的日期 yyyy-MM-dd / must be a day yyyy-MM-dd, not after today');
  const config = loadConfig();
  const key = await readKeyFile(config.auditKeyFile);
  if (key === null)
    throw new Error(
      `没有签名密钥 ${config.auditKeyFile}，请先运行 fundwatch audit keygen / there is no key; make one first`,
    );
  await withDatabase(config, async (database) => {
    const { made } = await anchorDay(database, { day, key, actor, now: new Date(), once: false });
    if (made === null)
      throw new Error(`${formatDay(day)} 之前没有审计事件 / nothing had been recorded by ${formatDay(day)}`);
    process.stdout.write(`${lineOfAnchor(made)}\n`);
  });
}

async function printAnchors(): Promise<void> {
  await withDatabaseUrl(loadConfig(), print, (url) =>
    withReader(url, async (client) => {
      for (const each of await listAnchors(client)) process.stdout.write(`${lineOfAnchor(each)}\n`);
    }),
  );
}

async function withDatabase(
  config: Config,
  work: (database: Database, url: string) => Promise<void>,
): Promise<void> {
  await withDatabaseUrl(config, print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch audit', poolMax });
    try {
      await work(database, url);
    } finally {
      await database.close();
    }
  });
}

const withReader = <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withReadOnlyConnection(url, 'fundwatch audit reader', work);

async function rangeOf(client: pg.Client, { from, to }: Range): Promise<SeqRange> {
  return {
    from:
      from === undefined ? 1 : (seqFrom(from) ?? (await firstSeqFrom(client, midnight(from, 0, '--from')))),
    to: to === undefined ? null : (seqFrom(to) ?? (await firstSeqFrom(client, midnight(to, 1, '--to'))) - 1),
  };
}

/** An export knows no calendar: a time that was tampered with would move the borders. */
function seqsOfFile({ from, to }: Range): SeqRange {
  const seq = (text: string, option: string): number => {
    const found = seqFrom(text);
    if (found === null)
      throw new Error(`核验文件时 ${option} 应为序号 / of a file, ${option} is a sequence number`);
    return found;
  };
  return {
    from: from === undefined ? 1 : seq(from, '--from'),
    to: to === undefined ? null : seq(to, '--to'),
  };
}

const seqFrom = (text: string): number | null => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : null);

/** The beginning of a day in Shanghai, or of one after it. */
function midnight(text: string, daysLater: number, option: string): Date {
  const day = dayFromText(text);
  if (day === null)
    throw new Error(`${option} 应为序号或日期 yyyy-MM-dd / must be a sequence number or a day yyyy-MM-dd`);
  return new Date(`${formatDay(day + daysLater)}T00:00:00+08:00`);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
