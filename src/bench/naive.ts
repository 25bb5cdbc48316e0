/**
 * The baseline: what a competent team in a hurry writes. One BullMQ job per claim, json-rules-engine, one Prisma `create` per row, one
 * `findFirst` per line for what was charged already. Its tables are its own (schema bench_naive), with the indexes its look-ups need;
 * they start empty, and there is no HTTP before the queue: both favour it.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq';
import { Engine, type RuleProperties, type TopLevelCondition } from 'json-rules-engine';
import pg from 'pg';
import { z } from 'zod';
import { PrismaClient } from '../../prisma/client-naive/client.ts';
import { claimSchema } from '../claims/contract.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { type Knowledge, lookup, rowsFor } from '../knowledge/table.ts';
import { ageYears, dayOf, msPerDay } from '../platform/civil.ts';
import { benchClaim } from './claims.ts';
import { rangeSchema, type Task, worldSchema } from './task.ts';

const orderSchema = z.object({
  databaseUrl: z.string(),
  redisUrl: z.string().nullable(),
  knowledgeDir: z.string(),
  world: worldSchema,
  range: rangeSchema,
});
const resultSchema = z.object({
  seconds: z.number(),
  claims: z.int(),
  lines: z.int(),
  findings: z.int(),
  rules: z.int(),
  conditions: z.int(),
});

const concurrency = 10;
const poolMax = concurrency + 1;
const queueName = 'naive';
const stayGapDays = 15;

export const naive: Task<z.infer<typeof orderSchema>, z.infer<typeof resultSchema>> = {
  name: 'naive',
  order: orderSchema,
  result: resultSchema,
  prepare: async ({ databaseUrl, redisUrl, knowledgeDir, world, range }) => {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax });
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { schema: tableSchema }) });
    await pool.query(tables);
    const screen = await openScreen(prisma, await loadKnowledge(knowledgeDir));
    const claims = Array.from({ length: range.to - range.from }, (_, at): unknown =>
      JSON.parse(benchClaim(range.from + at, world)),
    );
    return async () => {
      const startedAt = performance.now();
      await throughQueue({ databaseUrl, redisUrl, claims, handle: screen });
      const seconds = (performance.now() - startedAt) / 1_000;
      const [stored, lines, findings] = await Promise.all([
        prisma.claim.count(),
        prisma.line.count(),
        prisma.finding.count(),
      ]);
      await pool.query(`DROP SCHEMA ${tableSchema} CASCADE`);
      await prisma.$disconnect();
      await pool.end();
      const conditions = [...lineRules, ...claimRules].reduce(
        (sum, rule) => sum + leavesOf(rule.conditions),
        0,
      );
      const rules = lineRules.length + claimRules.length;
      return { claims: stored, lines, findings, seconds, rules, conditions };
    };
  },
};

const tableSchema = 'bench_naive';
/** As naive.prisma describes them. */
const tables = `
  DROP SCHEMA IF EXISTS ${tableSchema} CASCADE;
  CREATE SCHEMA ${tableSchema};
  CREATE TABLE ${tableSchema}.claim (id bigserial PRIMARY KEY, setl_id text NOT NULL UNIQUE, psn_no text NOT NULL, fixmedins_code text NOT NULL,
    mdtrt_id text NOT NULL, med_type text NOT NULL, begntime timestamp(0) NOT NULL, endtime timestamp(0), setl_time timestamp(0) NOT NULL,
    main_diag text, medfee_sumamt numeric(16,2) NOT NULL, fund_pay_sumamt numeric(16,2));
  CREATE INDEX ON ${tableSchema}.claim (psn_no, begntime);
  CREATE TABLE ${tableSchema}.line (id bigserial PRIMARY KEY, claim_id int8 NOT NULL REFERENCES ${tableSchema}.claim, feedetl_sn text NOT NULL,
    psn_no text NOT NULL, fixmedins_code text NOT NULL, med_list_codg text NOT NULL, fee_ocur_time timestamp(0) NOT NULL,
    fee_day date NOT NULL, cnt numeric(16,4) NOT NULL, pric numeric(16,6) NOT NULL, amount numeric(16,2) NOT NULL, drug_trac_codg text);
  CREATE INDEX ON ${tableSchema}.line (psn_no, med_list_codg, fee_day);
  CREATE INDEX ON ${tableSchema}.line (drug_trac_codg);
  CREATE INDEX ON ${tableSchema}.line (claim_id);
  CREATE TABLE ${tableSchema}.finding (id bigserial PRIMARY KEY, setl_id text NOT NULL, rule_code text NOT NULL, feedetl_sn text)`;

interface ThroughQueue {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly claims: readonly unknown[];
  readonly handle: (claim: unknown) => Promise<void>;
}

async function throughQueue({ databaseUrl, redisUrl, claims, handle }: ThroughQueue): Promise<void> {
  const onPostgres = withBackend(createPostgresBackend);
  const onRedis = withBackend(createRedisBackend);
  const postgres = { connectionString: databaseUrl, max: 3, schema: 'bullmq', migrate: true };
  const jobs = { removeOnComplete: true };
  const queue =
    redisUrl === null
      ? new onPostgres.Queue(queueName, { connection: postgres, defaultJobOptions: jobs })
      : new onRedis.Queue(queueName, { connection: { url: redisUrl }, defaultJobOptions: jobs });
  const process = (job: { data: unknown }): Promise<void> => handle(job.data);
  const worker =
    redisUrl === null
      ? new onPostgres.Worker(queueName, process, { connection: postgres, concurrency })
      : new onRedis.Worker(queueName, process, {
          connection: { url: redisUrl, maxRetriesPerRequest: null },
          concurrency,
        });
  let done = 0;
  const finished = new Promise<void>((resolve, reject) => {
    worker.on('completed', () => {
      done += 1;
      if (done === claims.length) resolve();
    });
    worker.on('failed', (_job, error) => reject(error));
    worker.on('error', reject);
  });
  finished.catch(() => undefined);
  for (const claim of claims) await queue.add('claim', claim);
  await finished;
  await worker.close();
  await queue.close();
}

const rule = (code: string, conditions: TopLevelCondition): RuleProperties => ({
  conditions,
  event: { type: code },
});

/** Evaluated once for every line. */
const lineRules: readonly RuleProperties[] = [
  rule('FW-AFTER-DEATH', {
    all: [{ fact: 'fee_day', operator: 'greaterThan', value: { fact: 'die_day' } }],
  }),
  rule('FW-FEE-OUTSIDE-STAY', {
    any: [
      { fact: 'fee_day', operator: 'lessThan', value: { fact: 'begin_day' } },
      { fact: 'fee_day', operator: 'greaterThan', value: { fact: 'end_day' } },
    ],
  }),
  rule('FW-ITEM-AGE', {
    any: [
      { fact: 'item_age', operator: 'greaterThanInclusive', value: { fact: 'item_age_max' } },
      { fact: 'item_age', operator: 'lessThan', value: { fact: 'item_age_min' } },
    ],
  }),
  rule('FW-ITEM-SEX', {
    all: [
      { fact: 'item_gend', operator: 'in', value: ['1', '2'] },
      { fact: 'gend', operator: 'notEqual', value: { fact: 'item_gend' } },
    ],
  }),
  rule('FW-PRICE-CEILING', {
    all: [{ fact: 'pric', operator: 'greaterThan', value: { fact: 'pric_max' } }],
  }),
  rule('FW-ITEM-DAILY-LIMIT', {
    all: [{ fact: 'day_cnt', operator: 'greaterThan', value: { fact: 'day_cnt_max' } }],
  }),
  rule('FW-ITEM-EXCLUSIVE', { all: [{ fact: 'including_items', operator: 'greaterThan', value: 0 }] }),
  rule('FW-LINE-REPEATED', { all: [{ fact: 'equal_lines', operator: 'greaterThan', value: 1 }] }),
  rule('FW-TRACE-RESOLD', { all: [{ fact: 'earlier_sales', operator: 'greaterThan', value: 0 }] }),
];

/** Evaluated once for every claim. */
const claimRules: readonly RuleProperties[] = [
  rule('FW-DIAG-AGE', {
    any: [
      { fact: 'diag_age', operator: 'greaterThanInclusive', value: { fact: 'diag_age_max' } },
      { fact: 'diag_age', operator: 'lessThan', value: { fact: 'diag_age_min' } },
    ],
  }),
  rule('FW-DIAG-SEX', {
    all: [
      { fact: 'diag_gend', operator: 'in', value: ['1', '2'] },
      { fact: 'gend', operator: 'notEqual', value: { fact: 'diag_gend' } },
    ],
  }),
  rule('FW-IDENTITY-FAILED', {
    all: [
      { fact: 'checks', operator: 'greaterThan', value: 0 },
      { fact: 'checks_passed', operator: 'equal', value: 0 },
    ],
  }),
  rule('FW-IDENTITY-MISSING', { all: [{ fact: 'checks', operator: 'equal', value: 0 }] }),
  rule('FW-SETTLED-DURING-STAY', {
    all: [
      { fact: 'inpatient', operator: 'equal', value: false },
      { fact: 'stays_around', operator: 'greaterThan', value: 0 },
    ],
  }),
  rule('FW-STAY-DUPLICATE', { all: [{ fact: 'same_stays', operator: 'greaterThan', value: 0 }] }),
  rule('FW-STAY-OVERLAP', {
    all: [
      { fact: 'inpatient', operator: 'equal', value: true },
      { fact: 'stays_around', operator: 'greaterThan', value: 0 },
    ],
  }),
  rule('FW-STAY-SPLIT', {
    all: [
      { fact: 'recent_stays', operator: 'greaterThan', value: 0 },
      { fact: 'cyclic', operator: 'equal', value: false },
      { fact: 'same_stays', operator: 'equal', value: 0 },
    ],
  }),
];

type Nested = RuleProperties['conditions'] | { readonly fact: string };
function leavesOf(condition: Nested): number {
  if ('fact' in condition) return 1;
  const inner = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [];
  return inner.reduce((sum: number, each) => sum + ('condition' in each ? 0 : leavesOf(each)), 0);
}

const engineOf = (rules: readonly RuleProperties[]): Engine =>
  new Engine([...rules], { allowUndefinedFacts: true });

async function openScreen(
  prisma: PrismaClient,
  knowledge: Knowledge,
): Promise<(input: unknown) => Promise<void>> {
  const lineEngine = engineOf(lineRules);
  const claimEngine = engineOf(claimRules);

  return async (input) => {
    const claim = claimSchema.parse(input);
    const { person, visit, institution, settlement, setl_id } = claim;
    const { psn_no } = person;
    const { fixmedins_code } = institution;
    const inpatient = visit.med_type.startsWith('21');
    const main_diag = claim.diagnoses?.[0]?.diag_code ?? null;
    const [begntime, endtime] = [
      timeOf(visit.begntime),
      visit.endtime == null ? null : timeOf(visit.endtime),
    ];
    const stored = await prisma.claim.create({
      data: {
        setl_id,
        psn_no,
        fixmedins_code,
        mdtrt_id: visit.mdtrt_id,
        med_type: visit.med_type,
        begntime,
        endtime,
        setl_time: timeOf(claim.setl_time),
        main_diag,
        medfee_sumamt: settlement.medfee_sumamt,
        fund_pay_sumamt: settlement.fund_pay_sumamt ?? 0,
      },
    });
    const keep = async (rule_code: string, feedetl_sn: string | null): Promise<void> => {
      await prisma.finding.create({ data: { setl_id, rule_code, feedetl_sn } });
    };

    const facts = claimFacts(claim, knowledge);
    for (const line of claim.lines) {
      const { feedetl_sn, med_list_codg } = line;
      const fee_day = timeOf(line.fee_ocur_time.slice(0, 10));
      const charged = await prisma.line.findFirst({
        where: { psn_no, med_list_codg, fee_day, fixmedins_code, claim_id: { not: stored.id } },
      });
      const drug_trac_codg =
        claim.traces?.find((trace) => trace.feedetl_sn === feedetl_sn)?.drug_trac_codg ?? null;
      const sold =
        drug_trac_codg === null ? null : await prisma.line.findFirst({ where: { drug_trac_codg } });
      await prisma.line.create({
        data: {
          claim_id: stored.id,
          feedetl_sn,
          psn_no,
          fixmedins_code,
          med_list_codg,
          fee_ocur_time: timeOf(line.fee_ocur_time),
          fee_day,
          cnt: line.cnt,
          pric: line.pric,
          amount: line.det_item_fee_sumamt,
          drug_trac_codg,
        },
      });
      const { events } = await lineEngine.run({
        ...facts,
        ...lineFacts(claim, line, knowledge, Number(charged?.cnt ?? 0)),
        earlier_sales: sold === null ? 0 : 1,
      });
      for (const event of events) await keep(event.type, feedetl_sn);
    }

    const others = { psn_no, id: { not: stored.id }, med_type: { startsWith: '21' } } as const;
    const around =
      endtime === null
        ? null
        : await prisma.claim.findFirst({
            where: { ...others, begntime: { lt: endtime }, endtime: { gt: begntime } },
          });
    const recent = inpatient
      ? await prisma.claim.findFirst({
          where: {
            ...others,
            fixmedins_code,
            main_diag: { startsWith: main_diag?.slice(0, 3) ?? '' },
            endtime: { gte: new Date(begntime.getTime() - stayGapDays * msPerDay), lte: begntime },
          },
        })
      : null;
    const same =
      inpatient && endtime !== null
        ? await prisma.claim.findFirst({
            where: { ...others, fixmedins_code, begntime: onDayOf(begntime), endtime: onDayOf(endtime) },
          })
        : null;
    const { events } = await claimEngine.run({
      ...facts,
      inpatient,
      stays_around: around === null ? 0 : 1,
      recent_stays: recent === null ? 0 : 1,
      same_stays: same === null ? 0 : 1,
    });
    for (const event of events) await keep(event.type, null);
  };
}

/** A local time as Prisma writes it down. */
const timeOf = (text: string): Date => new Date(`${text.replace(' ', 'T')}${text.length === 10 ? '' : 'Z'}`);

function onDayOf(time: Date): { gte: Date; lt: Date } {
  const from = Math.floor(time.getTime() / msPerDay) * msPerDay;
  return { gte: new Date(from), lt: new Date(from + msPerDay) };
}

type NaiveClaim = z.infer<typeof claimSchema>;
type Facts = Record<string, string | number | boolean | undefined>;

const dayOrNone = (text: string | null | undefined): number | undefined =>
  text == null ? undefined : (dayOf(text) ?? undefined);

/** An age as the table counts it, and the table's bounds. */
function ageFacts(
  prefix: 'item' | 'diag',
  cells: Readonly<Record<string, string>> | undefined,
  born: number | undefined,
  day: number,
): Facts {
  if (cells === undefined || born === undefined) return {};
  const bound = (cell: string | undefined): number | undefined =>
    cell === undefined || cell === '' ? undefined : Number(cell);
  return {
    [`${prefix}_age`]: cells['age_unit'] === 'year' ? ageYears(born, day) : day - born,
    [`${prefix}_age_min`]: bound(cells['age_min']),
    [`${prefix}_age_max`]: bound(cells['age_max']),
  };
}

function rowOf(knowledge: Knowledge, table: string, key: readonly string[], day: number) {
  const found = knowledge.tables.get(table);
  return found === undefined ? undefined : lookup(found, key, day)?.cells;
}

function claimFacts(claim: NaiveClaim, knowledge: Knowledge): Facts {
  const begin = dayOrNone(claim.visit.begntime) ?? 0;
  const born = dayOrNone(claim.person.brdy);
  const diag = claim.diagnoses?.[0]?.diag_code ?? '';
  const checks = claim.identity_checks ?? [];
  return {
    begin_day: begin,
    end_day: dayOrNone(claim.visit.endtime),
    die_day: dayOrNone(claim.person.die_date),
    gend: claim.person.gend ?? undefined,
    checks: checks.length,
    checks_passed: checks.filter(({ result }) => result === 'pass').length,
    cyclic: /^Z(51|49|50|47|48)/.test(diag),
    diag_gend: rowOf(knowledge, 'diagnosis-sex', [diag], begin)?.['gend'],
    ...ageFacts('diag', rowOf(knowledge, 'diagnosis-age', [diag], begin), born, begin),
  };
}

function lineFacts(
  claim: NaiveClaim,
  line: NaiveClaim['lines'][number],
  knowledge: Knowledge,
  chargedElsewhere: number,
): Facts {
  const feeDay = dayOrNone(line.fee_ocur_time) ?? 0;
  const item = line.med_list_codg;
  const sameDay = claim.lines.filter((other) => dayOrNone(other.fee_ocur_time) === feeDay);
  const sameItem = sameDay.filter((other) => other.med_list_codg === item);
  const ceiling = rowOf(knowledge, 'item-price-ceiling', [item, claim.institution.hosp_lv ?? ''], feeDay);
  const limit = rowOf(knowledge, 'item-daily-limit', [item], feeDay);
  const exclusion = knowledge.tables.get('item-exclusion');
  const including =
    exclusion === undefined
      ? []
      : sameDay.filter((other) =>
          rowsFor(exclusion, [other.med_list_codg], feeDay).some(({ cells }) => cells['other_codg'] === item),
        );
  return {
    fee_day: feeDay,
    pric: Number(line.pric),
    item_gend: rowOf(knowledge, 'item-sex', [item], feeDay)?.['gend'],
    pric_max: ceiling === undefined ? undefined : Number(ceiling['pric_max']),
    day_cnt: chargedElsewhere + sameItem.reduce((sum, other) => sum + Number(other.cnt), 0),
    day_cnt_max: limit === undefined ? undefined : Number(limit['cnt_max']),
    including_items: including.length,
    equal_lines: sameItem.filter(
      (other) =>
        other.fee_ocur_time === line.fee_ocur_time &&
        other.pric === line.pric &&
        other.cnt === line.cnt &&
        other.bilg_dr_codg === line.bilg_dr_codg,
    ).length,
    ...ageFacts('item', rowOf(knowledge, 'item-age', [item], feeDay), dayOrNone(claim.person.brdy), feeDay),
  };
}
