/**
 * The manifest of the knowledge tables: which tables there are, what their columns hold, and the SHA-256 of every file, so that a
 * verdict which names a knowledge version names exact bytes. Below it what goes over HTTP about their life: `/api/v1/knowledge/…`.
 */
import { z } from 'zod';
import { messageSchema } from '../claims/contract.ts';
import { dayOf } from '../platform/civil.ts';
import { batchActions, batchStates } from './states-contract.ts';

/** What a column holds. `codes` are several, separated by `|`; `decimal` keeps up to six decimal places; `date` is `yyyy-MM-dd`. */
export const columnKinds = ['code', 'codes', 'text', 'decimal', 'int', 'date'] as const;
export type ColumnKind = (typeof columnKinds)[number];

const columnName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'a column name such as med_list_codg');

export const tableSpecSchema = z
  .strictObject({
    table: z.string().regex(/^[a-z][a-z0-9-]*$/, 'a table name such as item-sex'),
    file: z.string().regex(/^[a-z0-9][a-z0-9._-]*\.csv$/, 'a file name beside the manifest'),
    title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
    key: z.array(columnName).min(1).max(4).describe('查询键；单元格为 * 时匹配任何值'),
    match: z.enum(['exact', 'prefix']).describe('prefix：最后一个键列按最长前缀匹配'),
    multi: z.boolean().describe('true：同一键在同一日可有多行，用 rowsFor 查询'),
    columns: z.record(columnName, z.enum(columnKinds)).describe('全部列，顺序与文件表头一致'),
    required: z.array(columnName).describe('除键和 effective_from 外不得为空的列'),
    least: z
      .record(columnName, z.number())
      .optional()
      .describe('int、decimal 列的最小值（含）；清单中每个这样的列都要写'),
    values: z.record(columnName, z.array(z.string()).min(1)).optional().describe('取值受限的列'),
    standing: z.enum(['示例', '正式']).describe('示例：非官方数据，仅供演示与测试'),
    source: z.string().min(1),
    batch: z.string().min(1),
    published_at: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .describe('一张知识表');
export type TableSpec = z.infer<typeof tableSpecSchema>;

export const knowledgeTablesMax = 200;
export const manifestSchema = z.array(tableSpecSchema).min(1).max(knowledgeTablesMax);
export type Manifest = z.infer<typeof manifestSchema>;

/** A batch of a table as one file. The national tables hold about 250 000 points in all, each single one far fewer. */
export const batchBytesMax = 32 * 1024 * 1024;
export const batchRowsMax = 200_000;
export const cellCharsMax = 2_000;
/** Reasons that are kept of a batch; the count of bad rows is complete, and the file is kept whole. */
export const batchIssuesMax = 5_000;
/** Rows of each kind that a preview shows. */
export const previewRowsMax = 50;
export const batchesShownMax = 100;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const daySchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine((text) => dayOf(text) !== null, 'a day, yyyy-MM-dd');
const account = z.string();
const time = z.iso.datetime();
const count = z.int().min(0);
export const tableNameSchema = tableSpecSchema.shape.table.max(80);

/** A line of text as people type it. */
const words = (charactersMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .regex(/^\P{Cc}*$/u);

export const batchExtents = ['whole', 'supplement'] as const;
export type BatchExtent = (typeof batchExtents)[number];

/** What stands with a file: its manifest. In the address of the upload, because the body is the file. */
export const batchTermsSchema = z
  .strictObject({
    extent: z
      .enum(batchExtents)
      .describe('whole：文件就是整张表；supplement：在其各行的有效期内优先于现行表，其余不变'),
    source: words(500).describe('来源文件或发布单位'),
    batch: words(120).describe('批次名称'),
    published_at: daySchema.describe('发布日期'),
    effective_from: daySchema.describe('没有写生效日期的行从此日生效（含）'),
    effective_to: daySchema.optional().describe('没有写失效日期的行到此日失效（不含）；不写表示未终止'),
    supersedes: words(120).optional().describe('所替代的批次名称；批准时它必须是现行批次'),
    sha256: sha256Schema.describe('文件的 SHA-256；与收到的内容不符则拒收'),
    file_name: words(200).optional(),
  })
  .refine(
    ({ effective_from, effective_to }) => effective_to === undefined || effective_from < effective_to,
    'effective_to must be later than effective_from',
  );
export type BatchTerms = z.infer<typeof batchTermsSchema>;

export const batchIssueSchema = z.object({
  row: z.int().nullable().describe('line of the file, the header being 1; null: the whole file'),
  column: z.string().nullable(),
  message: messageSchema,
});
export type BatchIssue = z.infer<typeof batchIssueSchema>;

const batchRowSchema = z.object({
  id: z.string(),
  table: z.string(),
  origin: z.enum(['shipped', 'uploaded']).describe('shipped: came with the files of the installation'),
  state: z.enum(batchStates),
  in_force: z.boolean(),
  extent: z.enum(batchExtents),
  source: z.string(),
  batch: z.string(),
  published_at: daySchema,
  effective_from: daySchema.nullable(),
  effective_to: daySchema.nullable(),
  supersedes: z.string().nullable(),
  file_name: z.string().nullable(),
  file_sha256: sha256Schema,
  format: z.enum(['csv', 'xlsx']),
  encoding: z.string().nullable().describe('null: XLSX'),
  rows: count.describe('rows of data in the file'),
  bad_rows: count,
  account: account.describe('who uploaded it'),
  created_at: time,
});
export type BatchRow = z.infer<typeof batchRowSchema>;

const batchVerdictSchema = z.object({
  action: z.enum(batchActions),
  allowed: z.boolean(),
  reason: messageSchema.nullable().describe('why not'),
});

/** `GET /knowledge/batches/:id`, and what every step answers with. */
export const batchDetailSchema = batchRowSchema.extend({
  issues: z.array(batchIssueSchema).describe(`at most ${batchIssuesMax}; bad_rows counts all`),
  steps: z.array(
    z.object({ action: z.enum(batchActions), account, reason: z.string().nullable(), at: time }),
  ),
  actions: z.array(batchVerdictSchema).describe('for who asks'),
});
export type BatchDetail = z.infer<typeof batchDetailSchema>;

const versionSchema = z.object({
  sha256: sha256Schema.describe('of the whole table; findings name its first 12 digits'),
  batch: batchRowSchema,
  account: account.describe('who put it into force'),
  at: time,
});
export type TableVersion = z.infer<typeof versionSchema>;

const tableRowSchema = z.object({
  table: z.string(),
  title: messageSchema,
  standing: z.enum(['示例', '正式']),
  rows: count,
  rules: z.array(z.string()).describe('codes of the rules in force that consult it'),
  in_force: versionSchema.nullable().describe('null: the file of this process, not registered yet'),
  waiting: count.describe('batches that wait for approval'),
});

/** `GET /knowledge/tables` */
export const knowledgeListSchema = z.object({
  generation: z.int().describe('number of the rules and tables in force'),
  version: z.string().describe('of all tables together'),
  tables: z.array(tableRowSchema),
});
export type KnowledgeList = z.infer<typeof knowledgeListSchema>;

/** `GET /knowledge/tables/:table` */
export const tableDetailSchema = tableRowSchema.extend({
  spec: tableSpecSchema,
  history: z.array(versionSchema).describe('what was in force, newest first'),
  batches: z.array(batchRowSchema).describe('newest first'),
  may_roll_back: batchVerdictSchema,
});
export type TableDetail = z.infer<typeof tableDetailSchema>;

const cellsSchema = z.record(z.string(), z.string());
const someOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ count, first: z.array(row).max(previewRowsMax) });

/** `GET /knowledge/batches/:id/preview`: against the table in force now. */
export const previewSchema = z.object({
  table: z.string(),
  table_sha256: sha256Schema.describe('the table that would be in force: what an approval has to name'),
  base_sha256: sha256Schema.describe('the table in force'),
  rows_before: count,
  rows_after: count,
  added: someOf(z.object({ cells: cellsSchema })),
  changed: someOf(z.object({ before: cellsSchema, after: cellsSchema, columns: z.array(z.string()) })),
  withdrawn: someOf(z.object({ cells: cellsSchema })),
  conflicts: someOf(z.object({ in_force: cellsSchema, incoming: cellsSchema })).describe(
    'the same key in force on the same day; the batch prevails for its days',
  ),
  first_changed_day: daySchema.nullable(),
  replay_follows: z.boolean().describe('the change reaches into the past: stored claims are judged again'),
  rules: z.array(z.string()).describe('codes of the rules in force that consult the table'),
  findings: z
    .object({
      method: z.literal('backtest').describe('every stored claim judged by the rules that consult the table'),
      run: z.string().describe('/rulebook/runs/:id shows its sums, months, institutions and samples'),
      is_done: z.boolean(),
      persons: count,
      persons_total: count,
      claims: count,
      new: count,
      lost: count,
      changed: count.describe('found by both, with another amount'),
      same: count.describe('found by both, changed or not'),
    })
    .nullable()
    .describe('null: no backtest against the table in force was begun; POST …/backtest begins one'),
});
export type TablePreview = z.infer<typeof previewSchema>;

export const approvalSchema = z.strictObject({
  table_sha256: sha256Schema.describe('of the preview that was looked at'),
});
export const batchReasonSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export const noTermsSchema = z.strictObject({});

/** What a change of what is in force answers with. */
export const tableChangedSchema = z.object({
  batch: batchDetailSchema,
  replay: z.string().nullable().describe('number of the replay; null: no stored claim is touched'),
});
export type TableChanged = z.infer<typeof tableChangedSchema>;

const runNumber = z.string().describe('of a run: /rulebook/runs/:id');
/** `POST /knowledge/tables/:table/batches` */
export const uploadAnswerSchema = z.object({
  batch: batchDetailSchema,
  run: runNumber.nullable().describe('the backtest that has begun; null: bad rows, or nothing would change'),
});
export type UploadAnswer = z.infer<typeof uploadAnswerSchema>;
export const batchRunSchema = z.object({ run: runNumber });
export type BatchRun = z.infer<typeof batchRunSchema>;
