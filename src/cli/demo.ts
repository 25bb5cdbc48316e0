/** `fundwatch demo`: writes the demo city to files, or scores findings against what was planted in it. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { cityDefaults, generateCity, monthsMax, monthsMin, personsMax, personsMin } from '../demo/city.ts';
import { scoredFindingSchema, scoreOf, scoreTable } from '../demo/score.ts';
import { truthSchema } from '../demo/truth.ts';
import { writeClaims, writeLookAlikes, writeNationalCsv, writeTruth } from '../demo/write.ts';

interface Options {
  readonly seed: number;
  readonly persons: number;
  readonly months: number;
  readonly start: string;
  readonly out: string;
  readonly gzip?: true;
  readonly csv?: true;
  readonly score?: true;
  readonly truth?: string;
  readonly findings?: string;
  readonly json?: true;
}

const seedMax = 2 ** 31 - 1;

export function register(program: Command): void {
  program
    .command('demo')
    .description(
      '演示城市：生成结算数据，或对照答案给疑点评分 / the demo city: write its claims, or score findings against the truth',
    )
    .option('--seed <n>', '种子，相同种子得到相同城市 / seed', within(0, seedMax), cityDefaults.seed)
    .option('--persons <n>', '参保人数 / persons', within(personsMin, personsMax), cityDefaults.persons)
    .option('--months <n>', '月数 / months', within(monthsMin, monthsMax), cityDefaults.months)
    .option('--start <date>', '第一天 / first day', cityDefaults.start)
    .option('--out <dir>', '输出目录 / where to write', 'demo-city')
    .option('--gzip', '压缩 claims.ndjson / write claims.ndjson.gz')
    .option('--csv', '另写国家字段名的一组 CSV / write the national CSV set too')
    .option('--score', '不生成数据，对照答案给疑点评分 / score findings instead of writing claims')
    .option(
      '--truth <file>',
      '答案文件；不给时按种子重新生成 / truth file; made again from the seed when not given',
    )
    .option(
      '--findings <file>',
      '疑点文件（NDJSON）；不给时读标准输入 / findings file; standard input when not given',
    )
    .option('--json', '评分以 JSON 输出 / print the score as JSON')
    .action((options: Options) => (options.score === true ? score(options) : write(options)));
}

async function write(options: Options): Promise<void> {
  const city = generateCity(options);
  const claims = await writeClaims(
    city,
    path.join(options.out, options.gzip === true ? 'claims.ndjson.gz' : 'claims.ndjson'),
  );
  // In a folder of its own: whoever imports the city's folder must not read the answers as claims.
  await writeTruth(city, path.join(options.out, 'truth', 'truth.ndjson'));
  await writeLookAlikes(city, path.join(options.out, 'truth', 'look-alikes.ndjson'));
  const folders = options.csv === true ? await writeNationalCsv(city, path.join(options.out, 'csv')) : [];
  process.stderr.write(
    [
      `已写入 ${options.out}：结算单 ${claims}，参保人 ${city.persons.length}，机构 ${city.institutions.length}，植入的违规 ${city.truth.length}，易混淆的正常情形 ${city.lookAlikes.length}`,
      `wrote ${options.out}: ${claims} claims of ${city.persons.length} persons at ${city.institutions.length} institutions, ${city.truth.length} planted frauds, ${city.lookAlikes.length} look-alikes`,
      ...folders.map((folder) => `  CSV ${folder}`),
      '',
    ].join('\n'),
  );
}

async function score(options: Options): Promise<void> {
  // The look-alikes only explain what was wrongly found; with a truth file of another city they would explain nothing.
  const city = options.truth === undefined ? generateCity(options) : null;
  const truth =
    city === null
      ? await readLines(createReadStream(options.truth ?? ''), options.truth ?? '', truthSchema)
      : city.truth;
  const source = options.findings === undefined ? process.stdin : createReadStream(options.findings);
  const findings = await readLines(source, options.findings ?? 'stdin', scoredFindingSchema);
  const result = scoreOf(truth, findings, city?.lookAlikes ?? []);
  process.stdout.write(`${options.json === true ? JSON.stringify(result) : scoreTable(result)}\n`);
}

/** Every line of an NDJSON file, or an error that names the line. */
async function readLines<Schema extends z.ZodType>(
  source: Readable,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>[]> {
  const records: z.infer<Schema>[] = [];
  let number = 0;
  for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const parsed = schema.safeParse(jsonOf(line));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(
        `${name} 第 ${number} 行无法读取 / cannot read line ${number}: ${issue?.path.join('.')} ${issue?.message}`,
      );
    }
    records.push(parsed.data);
  }
  return records;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function within(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!(Number.isSafeInteger(value) && value >= least && value <= most))
      throw new InvalidArgumentError(`应为 ${least} 至 ${most} 的整数 / an integer from ${least} to ${most}`);
    return value;
  };
}
