/**
 * `fundwatch explain`: why a rule hits a stored claim and why it does not, or which rules came nearest. With the id of a finding and
 * `--as-recorded` the finding is made again from what it recorded, and compared byte for byte.
 */
import type { Command } from 'commander';
import { type Config, loadConfig } from '../platform/config.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { migrate } from '../platform/migrate.ts';
import { everything } from '../people/sight.ts';
import { openActiveRules, standing } from '../rulebook/active-service.ts';
import { explanationOf, ruleToExplain } from '../rulebook/explained-rule-service.ts';
import { asRecorded, type Recorded } from '../rulebook/recorded-service.ts';
import { loadRuleSet } from '../rules/library.ts';
import { type NamedClaim, namedClaim } from '../screening/explain-contract.ts';
import { explainClaim, nearClaim } from '../screening/explain-service.ts';
import { withDatabaseUrl } from './database-url.ts';
import { explanationText, type Language, nearText } from './explain-text.ts';

interface Options {
  readonly asRecorded?: true;
  readonly revision?: string;
  readonly claim?: string;
  readonly rule?: string;
  readonly version?: string;
  readonly language: string;
  readonly json?: true;
}

export function register(program: Command): void {
  program
    .command('explain')
    .description(
      '说明一张结算单为什么命中、为什么没有；或用疑点记录的版本重新判断并逐字节比较 / say why a rule hits a claim and why not; or make a finding again from what it recorded',
    )
    .argument('[finding_id]', '疑点编号，32 位十六进制，与 --as-recorded 同用 / 32 hex digits')
    .option('--as-recorded', '按当时的版本 / by the versions of then')
    .option('--revision <n>', '疑点的第几版，默认为当前 / revision of the finding')
    .option('--claim <claim>', '结算单：定点医药机构编号/结算ID / fixmedins_code/setl_id')
    .option(
      '--rule <rule>',
      '规则编码或版本的内容哈希；不写则列出最接近的规则 / a rule; without it, those that came nearest',
    )
    .option('--version <version>', '规则版本，默认为在用版本 / the version in force by default')
    .option('--language <language>', 'zh 或 en / zh or en', 'zh')
    .option('--json', '输出 JSON / as JSON')
    .action(async (findingId: string | undefined, options: Options) => {
      process.exitCode = await explain(findingId, options);
    });
}

/** @returns 0 the same bytes, or explained; 1 others, or something that was recorded or asked for is not there; errors end in 2. */
async function explain(findingId: string | undefined, options: Options): Promise<number> {
  const { claim, asRecorded: isRecorded } = options;
  if (claim !== undefined && findingId === undefined) return explainOnClaim(claim, options);
  if (findingId === undefined || claim !== undefined || isRecorded === undefined)
    throw new Error(
      '请用 --claim 指明结算单，或用疑点编号与 --as-recorded / give --claim, or the id of a finding with --as-recorded',
    );
  return makeAgain(findingId, options);
}

async function explainOnClaim(text: string, options: Options): Promise<number> {
  const claim = namedClaim(text);
  if (claim === null)
    throw new Error('--claim 应为 定点医药机构编号/结算ID / --claim must be fixmedins_code/setl_id');
  const { language } = options;
  if (language !== 'zh' && language !== 'en')
    throw new Error('--language 应为 zh 或 en / --language must be zh or en');
  return onDatabase(async (database, config) =>
    options.rule === undefined
      ? sayNear(database, config, claim, language, options.json)
      : sayWhy(database, config, claim, { ...options, rule: options.rule, language }),
  );
}

async function sayNear(
  database: Database,
  config: Config,
  claim: NamedClaim,
  language: Language,
  json: true | undefined,
): Promise<number> {
  const { rules, knowledge } = await rulesOf(database, config);
  const ruleSet = rules.current();
  const answer = await nearClaim(database, ruleSet, claim, everything);
  if (!answer.ok) return refuse(claimWords[answer.why]);
  const documents = new Map(ruleSet.rules.map(({ document }) => [document.code, document]));
  write(
    answer.said,
    nearText(answer.said, (code) => documents.get(code), { language, knowledge }),
    json,
  );
  return 0;
}

async function sayWhy(
  database: Database,
  config: Config,
  claim: NamedClaim,
  {
    rule: name,
    version,
    language,
    json,
  }: Pick<Options, 'version' | 'json'> & { readonly rule: string; readonly language: Language },
): Promise<number> {
  const { rules, knowledge } = await rulesOf(database, config);
  const rule = await ruleToExplain(
    { database, knowledge, rules },
    { rule: name, ...(version === undefined ? {} : { version }) },
  );
  if (!rule.ok) return refuse(ruleWords[rule.why]);
  const answer = await explainClaim(database, rule.ruleSet, claim, everything);
  if (!answer.ok) return refuse(claimWords[answer.why]);
  const explanation = explanationOf(answer.said, rule);
  write(explanation, explanationText(explanation, { language, knowledge }), json);
  return 0;
}

/** What is in force; where nothing was ever registered, the files of the installation. */
async function rulesOf(database: Database, { rulesDir }: Config) {
  const library = await loadRuleSet(rulesDir);
  const active = await openActiveRules(database, library.knowledge);
  return { rules: active.generation() === 0 ? standing(library) : active, knowledge: library.knowledge };
}

function write(said: unknown, text: string, json: true | undefined): void {
  process.stdout.write(json === true ? `${JSON.stringify(said)}\n` : text);
}

function refuse(words: string): number {
  print(words);
  return 1;
}

const claimWords = {
  unknown: '没有这张结算单 / there is no such settlement',
  held_back: '该结算因筛查出错被搁置，见隔离区 / the settlement was set aside: see the quarantine',
} as const;
const ruleWords = {
  unknown: '没有这条规则或版本，或规则未在用 / there is no such rule or version in force',
  unusable: '该版本所用的知识表或事实已不存在 / the version uses tables or facts that do not exist any more',
} as const;

async function makeAgain(findingId: string, { revision }: Options): Promise<number> {
  if (!/^[0-9a-f]{32}$/.test(findingId))
    throw new Error('疑点编号应为 32 位十六进制 / a finding id has 32 hex digits');
  const wanted = revision === undefined ? null : Number(revision);
  if (wanted !== null && !(Number.isInteger(wanted) && wanted >= 1))
    throw new Error('--revision 应为正整数 / must be a positive integer');
  return onDatabase(async (database) => report(await asRecorded(database, findingId, wanted)));
}

async function onDatabase(work: (database: Database, config: Config) => Promise<number>): Promise<number> {
  const config = loadConfig();
  return withDatabaseUrl(config, print, async (url) => {
    await migrate(url);
    const database = openDatabase(url, { applicationName: 'fundwatch explain', poolMax: 1 });
    try {
      return await work(database, config);
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
