/** `fundwatch credit`: schemes, scores, verification and simulation on an exported ledger, without a database; and the export itself. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { systemActor } from '../audit/actor.ts';
import { bySubject, subjectText } from '../credit/by-subject.ts';
import type { CreditEntry, Message } from '../credit/contract.ts';
import { pointsText } from '../credit/held.ts';
import { ledgerFaultText } from '../credit/ledger-fault-text.ts';
import { ledgerLines } from '../credit/ledger-lines.ts';
import { type LedgerReport, verifyLedger } from '../credit/ledger.ts';
import { score } from '../credit/score.ts';
import type { Scheme } from '../credit/scheme-contract.ts';
import { loadSchemes, readScheme, SchemeError, schemeFor } from '../credit/scheme-files.ts';
import { schemeJsonSchema } from '../credit/scheme-schema.ts';
import type { Score } from '../credit/score-contract.ts';
import { simulate } from '../credit/simulate.ts';
import { type SuspendedDays, suspensionsOf, withoutOverlaps } from '../credit/suspensions.ts';
import { exportLedger } from '../credit/view-service.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { withDatabaseUrl } from './database-url.ts';

interface Common {
  readonly rules: string;
  readonly area: string;
  readonly asOf?: string;
  readonly json?: true;
}

const wholeCountry = '000000';

export function register(program: Command): void {
  const credit = program.command('credit').description('信用 / credit');
  credit
    .command('schemes')
    .description('检查并列出信用方案及其示例 / check and list the schemes with their examples')
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .option('--json', 'JSON')
    .action(async (options: Pick<Common, 'rules' | 'json'>) => {
      process.exitCode = await schemes(options);
    });
  credit
    .command('schema')
    .description('方案文件的 JSON Schema / the JSON Schema of schemes')
    .action(() => print(JSON.stringify(schemeJsonSchema(), null, 2)));
  credit
    .command('verify <ledger>')
    .description('核验导出的账本，指出被改动之处 / verify an exported ledger and name what was changed')
    .option('--head <hash>', '账本中必须含有此哈希 / the ledger must contain this hash')
    .action(async (file: string, { head }: { head?: string }) => {
      process.exitCode = await verify(file, head);
    });
  credit
    .command('export')
    .description('导出信用账本（标准输出，JSONL） / export the ledger of the database as JSONL')
    .action(exportFromDatabase);
  onLedger(credit, 'score', '逐条列出得分的由来 / scores with everything they are made of')
    .requiredOption('--scheme <code|file>', '方案编码或文件 / code or file of the scheme')
    .option('--subject <kind:key>', '只看一个主体，如 doctor:D0001 / one subject only')
    .action(async (file: string, options: Common & { scheme: string; subject?: string }) => {
      process.exitCode = await scores(file, options);
    });
  onLedger(credit, 'simulate', '换一个方案，谁的等级会变、为什么 / who moves between two schemes, and why')
    .requiredOption('--from <code|file>', '现行方案 / the scheme in force')
    .requiredOption('--to <code|file>', '拟用方案 / the scheme to be tried')
    .action(async (file: string, options: Common & { from: string; to: string }) => {
      process.exitCode = await simulation(file, options);
    });
  onLedger(credit, 'suspensions', '暂停与终止支付资格的期限 / periods of suspension and termination')
    .option('--scheme <code|file>', '方案编码或文件 / code or file of the scheme', 'PERSONNEL-12')
    .option('--csv', '知识表 doctor-suspended 的整表批次 / as a whole batch of that knowledge table')
    .action(async (file: string, options: Common & { scheme: string; csv?: true }) => {
      process.exitCode = await suspensions(file, options);
    });
}

const onLedger = (credit: Command, name: string, description: string): Command =>
  credit
    .command(`${name} <ledger>`)
    .description(description)
    .option('--rules <dir>', '规则目录 / rules directory', 'rules')
    .option(
      '--area <code>',
      '行政区划代码，决定用哪一级的方案 / area, which decides between schemes',
      wholeCountry,
    )
    .option('--as-of <day>', '截至日期，默认今天 / as of this day; today by default')
    .option('--json', 'JSON');

/** @returns 0 when all schemes are sound, 1 when one is not, or there is none */
async function schemes({ rules, json }: Pick<Common, 'rules' | 'json'>): Promise<number> {
  try {
    const loaded = await loadSchemes(rules);
    if (loaded.length === 0) {
      print(`${rules} 中没有信用方案 / there are no schemes`);
      return 1;
    }
    if (json === true) print(JSON.stringify(loaded, null, 2));
    else
      for (const { file, scheme, examples } of loaded)
        print(
          [
            scheme.code,
            scheme.area,
            `${scheme.effective.from} – ${scheme.effective.to ?? ''}`.trimEnd(),
            `${scheme.name.zh} / ${scheme.name.en}`,
            ...(scheme.is_example ? ['示例 / example'] : []),
            `${examples} 个算例 / worked examples`,
            file,
          ].join('  '),
        );
    return 0;
  } catch (error) {
    if (!(error instanceof SchemeError)) throw error;
    print(error.message);
    return 1;
  }
}

/** @returns 0 when everything holds, 1 when something was changed */
async function verify(file: string, head: string | undefined): Promise<number> {
  const { entries, head: found, fault } = await read(file, head?.toLowerCase());
  if (fault === null) print('信用账本完好 / the ledger holds');
  else {
    const { zh, en } = ledgerFaultText(fault);
    print(`信用账本不符 / the ledger does not hold\n  ${zh}\n  ${en}`);
  }
  print(`  已核验 ${entries.length} 条 / entries verified`);
  print(`  末端哈希 / head ${found}`);
  return fault === null ? 0 : 1;
}

async function exportFromDatabase(): Promise<void> {
  const config = loadConfig();
  const told = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await withDatabaseUrl(config, told, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch credit', poolMax: 2 });
    try {
      for await (const line of exportLedger({ database }, systemActor('cli-credit')))
        if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    } finally {
      await database.close();
    }
  });
}

async function scores(
  file: string,
  options: Common & { readonly scheme: string; readonly subject?: string },
): Promise<number> {
  const asOf = dayAsked(options);
  const scheme = await schemeAsked(options.scheme, options, asOf);
  const entries = await sound(file);
  const subjects = bySubject(
    entries,
    (subject) =>
      scheme.subjects.includes(subject.kind) &&
      (options.subject === undefined || subjectText(subject) === options.subject),
  );
  if (options.subject !== undefined && subjects.length === 0)
    throw new Error(
      `账本中没有适用此方案的主体 ${options.subject} / no such subject of this scheme in the ledger`,
    );
  const made = subjects.map(({ subject, entries: own }) => ({ subject, score: score(own, scheme, asOf) }));
  if (options.json === true) print(JSON.stringify(made, null, 2));
  else for (const each of made) print(`${subjectText(each.subject)}\n${scoreText(each.score)}\n`);
  return 0;
}

function scoreText({ scheme, as_of, summary, lines, steps, consequences }: Score): string {
  const { draw_ratio_percent, review_priority, other } = consequences;
  return [
    `  ${scheme.name.zh} / ${scheme.name.en}，截至 / as of ${as_of}`,
    `  → ${both(summary)}`,
    ...lines.flatMap(({ seq, day, source, text }) => [
      `    ${seq}  ${day}  ${source}`,
      `        ${text.zh}`,
      `        ${text.en}`,
    ]),
    ...steps.map((step) => `    = ${both(step)}`),
    `    抽查比例 ${draw_ratio_percent}%，复核优先级 ${review_priority} / draw ratio ${draw_ratio_percent}%, review priority ${review_priority}`,
    ...(other === null ? [] : [`    ${both(other)}`]),
  ].join('\n');
}

async function simulation(
  file: string,
  options: Common & { readonly from: string; readonly to: string },
): Promise<number> {
  const asOf = dayAsked(options);
  const from = await schemeAsked(options.from, options, asOf);
  const to = await schemeAsked(options.to, options, asOf);
  const result = simulate(await sound(file), from, to, asOf);
  if (options.json === true) {
    print(JSON.stringify(result, null, 2));
    return 0;
  }
  print(
    `${result.subjects} 个主体，等级变动 ${result.moves.length} 个，仅分值变动 ${result.pointsOnly} 个 / ${result.subjects} subjects, ${result.moves.length} change their grade, ${result.pointsOnly} only their points`,
  );
  for (const { before, after, subjects } of result.counts) print(`  ${before} → ${after}  ${subjects}`);
  for (const { subject, before, after, why } of result.moves) {
    const points = ({ points_hundredths }: Score): string =>
      points_hundredths === null ? '' : ` ${pointsText(points_hundredths)}`;
    print(
      `${subjectText(subject)}  ${before.grade.code}${points(before)} → ${after.grade.code}${points(after)}`,
    );
    for (const each of why) print(`    ${both(each)}`);
  }
  return 0;
}

async function suspensions(
  file: string,
  options: Common & { readonly scheme: string; readonly csv?: true },
): Promise<number> {
  const asOf = dayAsked(options);
  const scheme = await schemeAsked(options.scheme, options, asOf);
  if (scheme.method !== 'natural_year')
    throw new Error('此方案没有暂停与终止 / this scheme has no suspensions');
  const found = suspensionsOf(await sound(file), scheme, asOf);
  if (options.csv === true) process.stdout.write(csvOf(withoutOverlaps(found)));
  else if (options.json === true) print(JSON.stringify(found, null, 2));
  else for (const { subject, text } of found) print(`${subjectText(subject)}  ${both(text)}`);
  return 0;
}

const stateNames = { suspended: '暂停', terminated: '终止' } as const;

/** The columns of `rules/knowledge/doctor-suspended.csv`. */
function csvOf(days: readonly SuspendedDays[]): string {
  const rows = days.map(({ key, kind, from, to }) =>
    [key, stateNames[kind], from, to, '由信用账本得出'].map(csvField).join(','),
  );
  return `${['bilg_dr_codg,state,effective_from,effective_to,note', ...rows].join('\n')}\n`;
}

const csvField = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function dayAsked({ asOf }: Common): number {
  if (asOf === undefined) return today();
  const day = asOf.length === 10 ? dayOf(asOf) : null;
  if (day === null) throw new Error('--as-of 应为日期 yyyy-MM-dd / must be a day, yyyy-MM-dd');
  return day;
}

async function schemeAsked(asked: string, { rules, area }: Common, asOf: number): Promise<Scheme> {
  if (!/^\d{6}$/.test(area)) throw new Error('--area 应为六位行政区划代码 / must be six digits');
  if (asked.endsWith('.json')) return readScheme(asked);
  const found = schemeFor(await loadSchemes(rules), asked, area, formatDay(asOf));
  if (found === null)
    throw new Error(`${area} 在 ${formatDay(asOf)} 没有方案 ${asked} / no such scheme there on this day`);
  return found;
}

const read = (file: string, head?: string): Promise<LedgerReport> =>
  verifyLedger(ledgerLines(createReadStream(file)), head);

/** The entries of a ledger that holds: nothing is scored on one that was changed. */
async function sound(file: string): Promise<readonly CreditEntry[]> {
  const { entries, fault } = await read(file);
  if (fault === null) return entries;
  throw new Error(both(ledgerFaultText(fault)));
}

const both = ({ zh, en }: Message): string => `${zh} / ${en}`;

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
