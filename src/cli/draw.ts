/** `fundwatch draw …`: a draw from commitment to bundle, as files in a folder, and its verification by anybody. No database, no network. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Message } from '../claims/contract.ts';
import { bundleText, committedBundle, givenOf, openedBundle, sealedBundle } from '../inspection/bundle.ts';
import { commitmentHash, commitmentOf, frozen } from '../inspection/commitment.ts';
import {
  type Bundle,
  bundleSchema,
  type DrawObject,
  type DrawPlan,
  type Evidence,
  evidenceSchema,
  type Inspector,
  inspectorSchema,
  objectSchema,
  planSchema,
  replacementSchema,
} from '../inspection/contract.ts';
import { type Directory, readInspectors, readObjects } from '../inspection/directory.ts';
import { drawAll } from '../inspection/draw.ts';
import { roundAt } from '../inspection/drand-contract.ts';
import { directoryFaults } from '../inspection/faults.ts';
import { planFaults } from '../inspection/plan-faults-contract.ts';
import { drawsMax, type Forecast, forecast } from '../inspection/forecast.ts';
import { type Leaving, replacementFor } from '../inspection/replaced.ts';
import { entropyFault, entropyWords } from '../inspection/entropy-contract.ts';
import { announcementFault, earlyFault, evidenceFault } from '../inspection/seed.ts';
import { loadSeedParameters, publishedBitsMin } from '../inspection/seed-parameters.ts';
import { buildVerifier } from '../inspection/verifier/build.ts';
import { type DrawVerdict, verifyFile } from '../inspection/verify.ts';
import { dayOf as parsedDay, formatDay } from '../platform/civil.ts';
import { today } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { failedBy } from '../platform/failed-by.ts';
import { ownerOnly } from '../platform/secret-file.ts';

const percentMax = 100;
const permillePerPercent = 10;
const saltBytes = 32;
/** Published before the draw. */
const commitmentFile = 'commitment.json';
/** Never published: it opens the leaves. */
const secretFile = 'secret.json';
/** Of an unannounced draw: published at once, without who was drawn. */
const sealedFile = 'sealed.json';
/** Repeats the draw. */
const bundleFile = 'bundle.json';

const secretSchema = z.strictObject({
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  objects: z.array(objectSchema),
  inspectors: z.array(inspectorSchema),
});

interface Directories {
  readonly objects: string;
  readonly inspectors?: string;
}
interface CommitOptions extends Directories {
  readonly out: string;
  readonly drandAt?: string;
  readonly redrawOf?: string;
  readonly reason?: string;
  readonly approvedBy?: readonly string[];
}
interface ForecastOptions extends Directories {
  readonly yearFrom?: string;
  readonly draws: string;
  readonly target: string;
  readonly json?: true;
}
interface ReplaceOptions {
  readonly stratum?: string;
  readonly object?: string;
  readonly reason: string;
  readonly signedBy: string;
}

const objectsHelp = '检查对象名录库（CSV 或 XLSX） / directory of objects';
const inspectorsHelp = '检查人员名录库（CSV 或 XLSX） / directory of inspectors';

export function register(program: Command): void {
  const draw = program.command('draw').description('双随机抽取 / verifiable draws');
  draw
    .command('forecast <plan>')
    .description('抽取前测算：数量、覆盖率、人力 / what a plan will reach, before anything is drawn')
    .requiredOption('--objects <file>', objectsHelp)
    .option('--inspectors <file>', inspectorsHelp)
    .option('--year-from <day>', '覆盖率的起算日，默认当年1月1日 / coverage is counted from this day')
    .option('--draws <n>', '全年按此方案抽取的次数 / draws like this one in the year', '1')
    .option('--target <percent>', '覆盖率目标 / coverage that is wanted', '80')
    .option('--json', '以 JSON 输出 / as JSON')
    .action(async (file: string, options: ForecastOptions) => {
      const plan = await readPlan(file);
      const { objects, inspectors } = await readDirectories(plan, options);
      const from = options.yearFrom ?? `${formatDay(today()).slice(0, 4)}-01-01`;
      if (parsedDay(from) === null)
        throw refuse({ zh: `不是日期：${from}`, en: `not a day, yyyy-MM-dd: ${from}` });
      const draws = wholeNumber('--draws', options.draws, drawsMax);
      const target = wholeNumber('--target', options.target, percentMax);
      const said = forecast(plan, objects, inspectors, { from, draws, target: target * permillePerPercent });
      print(options.json === true ? JSON.stringify(said) : forecastText(said, target));
    });
  draw
    .command('commit <plan>')
    .description(
      '冻结方案和名录，生成抽取前须公布的承诺 / freeze plan and directories into the commitment to publish',
    )
    .requiredOption('--objects <file>', objectsHelp)
    .option('--inspectors <file>', inspectorsHelp)
    .requiredOption('--out <dir>', '写入的文件夹，不得已有承诺 / folder; it must hold no commitment')
    .option(
      '--drand-at <instant>',
      '以此刻起的第一轮 drand 为种子 / the first drand round from this instant on',
    )
    .option('--redraw-of <bundle>', '重抽：被取代的抽取文件 / the draw whose place this takes')
    .option('--reason <text>', '重抽的理由 / why it is drawn again')
    .option('--approved-by <name...>', '批准重抽的两人 / the two who approved it')
    .action(commit);
  draw
    .command('run <dir>')
    .description('用种子证据抽取；已抽取的不再抽取 / draw by the evidence of the seed; once only')
    .requiredOption('--evidence <file>', '种子证据（JSON） / evidence of the seed')
    .action(async (dir: string, { evidence }: { evidence: string }) => run(dir, evidence));
  draw
    .command('replace <dir> <id>')
    .description('替补：由下一个签号顶替 / whoever has the next ticket comes in for somebody who cannot go')
    .option('--stratum <code>', '对象所在的分层 / the stratum, of an object')
    .option('--object <id>', '人员所查的对象 / the object, of an inspector')
    .requiredOption('--reason <text>', '理由 / why')
    .requiredOption('--signed-by <name>', '签字人 / who signs')
    .action(replace);
  draw
    .command('verify <bundle>')
    .description('重做一次抽取并比较，退出码 0 一致、1 不一致 / repeat a draw; exit code 0 reproduced, 1 not')
    .option('--commitment <hash>', '公布的承诺哈希 / the hash that was published')
    .option('--json', '以 JSON 输出 / as JSON')
    .action(async (file: string, options: { commitment?: string; json?: true }) => {
      process.exitCode = await verify(file, options);
    });
  draw
    .command('page <file>')
    .description(
      '生成可离线使用的核验网页（一个 HTML 文件） / write the page that verifies without a network',
    )
    .action(async (file: string) => {
      await writeNew(file, await buildVerifier());
      print(file);
    });
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const refuse = ({ zh, en }: Message): Error => new Error(`${zh} / ${en}`);

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (failedBy(error, 'ENOENT')) throw refuse({ zh: `没有文件 ${file}`, en: `there is no file ${file}` });
    if (error instanceof SyntaxError) throw refuse({ zh: `${file} 不是 JSON`, en: `${file} is not JSON` });
    throw error;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path: at, message }) => `$.${at.join('.')}：${message}`);
  throw refuse({ zh: `${file} 不符合要求：\n${lines.join('\n')}`, en: `${file} is not as it should be` });
}

/** @throws when a file of the name exists: what was published must not change */
async function writeNew(file: string, text: string, mode?: number): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
  } catch (error) {
    if (!failedBy(error, 'EEXIST')) throw error;
    throw refuse({ zh: `${file} 已存在，未覆盖`, en: `${file} exists and was not overwritten` });
  }
}

async function readPlan(file: string, drandAt?: string): Promise<DrawPlan> {
  const at = drandAt === undefined ? null : Date.parse(drandAt);
  if (at !== null && Number.isNaN(at))
    throw refuse({ zh: `不是时刻：${drandAt ?? ''}`, en: 'not an instant; e.g. 2027-02-24T10:00:00+08:00' });
  const plan = await readJson(file, planSchema);
  const seeded: DrawPlan =
    at === null ? plan : { ...plan, seed_source: { kind: 'drand', chain: 'quicknet', round: roundAt(at) } };
  failOn(planFaults(seeded).map(({ message }) => message));
  return seeded;
}

function failOn(faults: readonly Message[]): void {
  if (faults.length > 0)
    throw refuse({
      zh: faults.map(({ zh }) => zh).join('；'),
      en: faults.map(({ en }) => en).join('; '),
    });
}

async function readDirectories(
  plan: DrawPlan,
  files: Directories,
): Promise<{ objects: readonly DrawObject[]; inspectors: readonly Inspector[] }> {
  const objects = entriesOf(files.objects, await readObjects(await readFile(files.objects)));
  const inspectors =
    files.inspectors === undefined
      ? []
      : entriesOf(files.inspectors, await readInspectors(await readFile(files.inspectors)));
  if (objects.length === 0)
    throw refuse({ zh: '检查对象名录库为空', en: 'the directory of objects is empty' });
  failOn(directoryFaults(plan, objects, inspectors));
  return { objects, inspectors };
}

function entriesOf<Entry>(file: string, read: Directory<Entry>): readonly Entry[] {
  if (read.ok) return read.entries;
  const lines = (language: keyof Message): string =>
    read.issues
      .map(
        ({ line, column, message }) => `${line}${column === null ? '' : ` ${column}`}: ${message[language]}`,
      )
      .join('\n');
  throw refuse({ zh: `${file} 有问题：\n${lines('zh')}`, en: `${file} has faults:\n${lines('en')}` });
}

async function commit(file: string, options: CommitOptions): Promise<void> {
  const plan = await readPlan(file, options.drandAt);
  const asked = publishedBitsMin(await loadSeedParameters(loadConfig().rulesDir), formatDay(today()));
  const guessable = entropyFault(plan.seed_source, asked);
  if (guessable !== null) throw refuse(guessable);
  const { objects, inspectors } = await readDirectories(plan, options);
  const redrawOf = await redrawn(options);
  const salt = randomBytes(saltBytes).toString('hex');
  const held = frozen(salt, objects, inspectors);
  const commitment = commitmentOf({
    plan,
    salt,
    frozen: held,
    committedAt: new Date().toISOString(),
    redrawOf,
  });
  const fault = announcementFault(commitment);
  if (fault !== null) throw refuse(fault.message);
  await mkdir(options.out, { recursive: true });
  await writeNew(path.join(options.out, commitmentFile), bundleText(committedBundle(commitment, held)));
  await writeNew(
    path.join(options.out, secretFile),
    `${canonicalJson({ salt, objects: [...held.objects], inspectors: [...held.inspectors] })}\n`,
    ownerOnly,
  );
  print(
    [
      `承诺哈希 / hash of the commitment: ${commitmentHash(commitment)}`,
      `请在种子产生前公布 / publish before the seed exists: ${path.join(options.out, commitmentFile)}`,
      `请妥善保密 / keep secret: ${path.join(options.out, secretFile)}`,
    ].join('\n'),
  );
}

async function redrawn({
  redrawOf,
  reason,
  approvedBy = [],
}: CommitOptions): Promise<Bundle['commitment']['redraw_of']> {
  if (redrawOf === undefined) return null;
  const [first, second, ...rest] = approvedBy;
  if (
    reason === undefined ||
    first === undefined ||
    second === undefined ||
    rest.length > 0 ||
    first === second
  )
    throw refuse({
      zh: '重抽须写明理由，并由两名不同的人批准',
      en: 'a redraw takes a reason and two different people who approve',
    });
  const { commitment_sha256 } = await readJson(redrawOf, bundleSchema);
  return { commitment_sha256, reason, approvers: [first, second] };
}

/** As drand's servers answer it: `randomness` follows from the signature. */
const drandAnswer = z
  .object({ round: z.int().min(1), signature: z.string() })
  .transform(({ round, signature }): unknown => ({ kind: 'drand', round, signature }))
  .pipe(evidenceSchema);

/** What the folder holds of a draw. */
async function readDraw(dir: string) {
  const { commitment } = await readJson(path.join(dir, commitmentFile), bundleSchema);
  const { salt, objects, inspectors } = await readJson(path.join(dir, secretFile), secretSchema);
  return { commitment, salt, frozen: frozen(salt, objects, inspectors) };
}

async function run(dir: string, file: string): Promise<void> {
  const held = await readDraw(dir);
  const evidence: Evidence = await readJson(file, z.union([evidenceSchema, drandAnswer]));
  const fault = earlyFault(held.commitment, Date.now()) ?? evidenceFault(held.commitment, evidence);
  if (fault !== null) throw refuse(fault);
  const bundle = openedBundle({ ...held, evidence });
  const isSecret = held.commitment.plan.unannounced;
  await writeNew(path.join(dir, bundleFile), bundleText(bundle), isSecret ? ownerOnly : undefined);
  if (isSecret) await writeNew(path.join(dir, sealedFile), bundleText(sealedBundle(bundle)));
  const { result } = bundle.opening ?? {};
  print(
    [
      ...(result?.strata ?? []).map(({ code, size, drawn }) => `${code}: ${drawn.length}/${size}`),
      isSecret
        ? `可立即公布 / may be published now: ${path.join(dir, sealedFile)}\n检查完成后公布 / when the checks are done: ${path.join(dir, bundleFile)}`
        : `请公布 / publish: ${path.join(dir, bundleFile)}`,
    ].join('\n'),
  );
}

async function replace(dir: string, id: string, options: ReplaceOptions): Promise<void> {
  const { stratum, object } = options;
  if ((stratum === undefined) === (object === undefined))
    throw refuse({
      zh: '替补对象用 --stratum，替补人员用 --object',
      en: '--stratum for an object, --object for an inspector',
    });
  const leaving: Leaving =
    stratum === undefined
      ? { kind: 'inspector', object_id: object ?? '', out: id }
      : { kind: 'object', stratum, out: id };
  const file = path.join(dir, bundleFile);
  const [held, before] = [await readDraw(dir), await readJson(file, bundleSchema)];
  const { evidence, opening } = before;
  if (evidence === null || opening === null) throw refuse({ zh: '尚未抽取', en: 'nothing was drawn yet' });
  const given = { ...held, evidence };
  const drawn = drawAll(givenOf(given));
  const made = replacementFor(givenOf(given), drawn, opening.replacements, leaving, {
    reason: options.reason,
    signed_by: options.signedBy,
    at: new Date().toISOString(),
  });
  if (made === null)
    throw refuse({ zh: `${id} 未被抽中，或无人可替`, en: `${id} was not drawn, or nobody is left` });
  // Beside it first: an interruption must not leave half a bundle in the place of a whole one.
  const beside = `${file}.new`;
  const replacements = [...opening.replacements, replacementSchema.parse(made)];
  await writeFile(beside, bundleText(openedBundle(given, drawn, replacements)), {
    mode: (await stat(file)).mode,
  });
  await rename(beside, file);
  print(`${id} → ${made.in}\n替补链哈希 / chain of replacements: ${made.chain_sha256}`);
}

const verdictWords: Readonly<Record<DrawVerdict, Message>> = {
  reproduced: { zh: '复现一致', en: 'reproduced' },
  sealed: { zh: '已抽取，名单待检查完成后公开', en: 'drawn; opened when the checks are done' },
  committed: { zh: '已承诺，尚未抽取', en: 'committed, not drawn yet' },
  differs: { zh: '不一致', en: 'differs' },
};

async function verify(
  file: string,
  { commitment, json }: { commitment?: string; json?: true },
): Promise<number> {
  const { verdict, faults, passed, bundle, commitment_sha256 } = verifyFile(await readFile(file), commitment);
  const { zh, en } = verdictWords[verdict];
  const source = bundle?.commitment.plan.seed_source;
  const entropy = source?.kind === 'published' ? entropyWords(source) : null;
  print(
    json === true
      ? JSON.stringify({ verdict, commitment_sha256, entropy, passed, faults })
      : [
          `${zh} / ${en}`,
          ...(commitment_sha256 === null ? [] : [`承诺哈希 / commitment: ${commitment_sha256}`]),
          ...(entropy === null
            ? []
            : [`公布数字的熵 / entropy of the numbers: ${entropy.zh} / ${entropy.en}`]),
          ...faults.map(({ part, message }) => `✗ ${part}: ${message.zh} / ${message.en}`),
        ].join('\n'),
  );
  return verdict === 'differs' ? 1 : 0;
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw refuse({
    zh: `${option} 应为 1 至 ${max} 的整数`,
    en: `${option} is a whole number from 1 to ${max}`,
  });
}

function forecastText(said: Forecast, target: number): string {
  const percent = (permille: number): string => `${permille / permillePerPercent} %`;
  const draws = said.coverage_by_draw.length;
  return [
    `抽取 / drawn: ${said.drawn} / ${said.objects}`,
    ...said.strata.map(({ code, size, drawn }) => `  ${code}: ${drawn}/${size}`),
    `未纳入 / left out: 豁免 / exempt ${said.left_out.exempt}, 近期已查 / rested ${said.left_out.rested}, 无分层 / in no stratum ${said.left_out.outside}`,
    `年度覆盖率 / coverage of the year: ${percent(said.coverage)}`,
    ...(said.coverage_by_draw.length > 1
      ? [`逐次覆盖率（平均） / after each draw, on average: ${said.coverage_by_draw.map(percent).join(', ')}`]
      : []),
    said.target_after === null
      ? `✗ 全年 ${draws} 次达不到 ${target} % / ${target} % is not reached by ${draws} draws`
      : `✓ 第 ${said.target_after} 次后达到 ${target} % / ${target} % is reached after draw ${said.target_after}`,
    said.all_after === null
      ? `✗ 全年 ${draws} 次不能保证每家查到一次 / ${draws} draws do not make sure that everyone is checked once`
      : `✓ 第 ${said.all_after} 次后每家都查到一次 / everyone is checked once after draw ${said.all_after}`,
    `任务 / tasks: ${said.tasks}${said.capacity === null ? '' : `, 可承担 / capacity ${said.capacity}`}`,
  ].join('\n');
}
