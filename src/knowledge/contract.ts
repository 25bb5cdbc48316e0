/**
 * The manifest of the knowledge tables: which tables there are, what their columns hold, and the SHA-256 of every file, so that a
 * verdict which names a knowledge version names exact bytes.
 */
import { z } from 'zod';

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
