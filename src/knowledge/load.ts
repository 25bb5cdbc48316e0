/** Reads the knowledge tables of a directory. A table that is not exactly what the manifest says is not loaded at all. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ColumnKind, type Manifest, manifestSchema, type TableSpec } from './contract.ts';
import { type KnowledgeIssue, parseTable } from './parse.ts';
import { indexTable, type Knowledge, knowledgeOf, overlapsOf, type Table } from './table.ts';

export const manifestFile = 'manifest.json';
export const knowledgeFileBytesMax = 512 * 1024 * 1024;

/** The knowledge tables cannot be used; `issues` says where they are wrong. */
export class KnowledgeError extends Error {
  readonly issues: readonly KnowledgeIssue[];

  constructor(issues: readonly KnowledgeIssue[]) {
    super(issues.map(describeIssue).join('\n'));
    this.name = 'KnowledgeError';
    this.issues = issues;
  }
}

/** `item-sex.csv 第 4 行 gend：… / …` */
export function describeIssue({ file, row, column, message }: KnowledgeIssue): string {
  const place = [file, row === null ? null : `第 ${row} 行`, column]
    .filter((part) => part !== null)
    .join(' ');
  return `${place}：${message.zh} / ${message.en}`;
}

/** Loads every table named in `directory/manifest.json`, or throws a {@link KnowledgeError} with all faults found. */
export async function loadKnowledge(directory: string): Promise<Knowledge> {
  const bytes = await readBounded(directory, manifestFile);
  const manifest = parseManifest(decode(manifestFile, bytes));
  const loaded = await Promise.all(manifest.map((spec) => loadTable(directory, spec)));
  const issues = loaded.flatMap((result) => result.issues);
  if (issues.length > 0) throw new KnowledgeError(issues);
  return knowledgeOf(loaded.flatMap(({ table }) => table ?? []));
}

function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fault(manifestFile, `不是合法的 JSON：${String(error)}`, `is not JSON: ${String(error)}`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    throw new KnowledgeError(
      parsed.error.issues.map((issue) => ({
        file: manifestFile,
        row: null,
        column: issue.path.join('.'),
        message: { zh: issue.message, en: issue.message },
      })),
    );
  const unbounded = parsed.data.flatMap(({ file, columns, least }) =>
    Object.entries(columns)
      .filter(([name, kind]) => isNumber(kind) && least?.[name] === undefined)
      .map(([column]) => ({
        file,
        row: null,
        column,
        message: {
          zh: '清单 least 中没有写这一列的最小值',
          en: 'the manifest states no least value of this column',
        },
      })),
  );
  if (unbounded.length > 0) throw new KnowledgeError(unbounded);
  const names = parsed.data.map((spec) => spec.table);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw fault(manifestFile, `知识表 ${twice} 出现两次`, `table ${twice} is listed twice`);
  return parsed.data;
}

const isNumber = (kind: ColumnKind): boolean => kind === 'int' || kind === 'decimal';

interface LoadedTable {
  readonly table: Table | null;
  readonly issues: readonly KnowledgeIssue[];
}

async function loadTable(directory: string, spec: TableSpec): Promise<LoadedTable> {
  const bytes = await readBounded(directory, spec.file);
  const actual = sha256(bytes);
  if (actual !== spec.sha256)
    return {
      table: null,
      issues: fault(
        spec.file,
        `文件内容与清单不符：清单 sha256 为 ${spec.sha256}，实际为 ${actual}`,
        `is not the file of the manifest: sha256 ${actual} instead of ${spec.sha256}`,
      ).issues,
    };
  const parsed = parseTable(spec, decode(spec.file, bytes));
  if (!parsed.ok) return { table: null, issues: parsed.issues };
  const table = indexTable(spec, parsed.rows);
  const issues = overlapsOf(table).map(({ first, second }) => ({
    file: spec.file,
    row: second.line,
    column: spec.key.join('+'),
    message: {
      zh: `与第 ${first.line} 行的键相同且有效期重叠`,
      en: `has the key of row ${first.line} and is in force at the same time`,
    },
  }));
  return { table, issues };
}

async function readBounded(directory: string, file: string): Promise<Buffer> {
  const path = join(directory, file);
  try {
    const { size } = await stat(path);
    if (size > knowledgeFileBytesMax)
      throw fault(
        file,
        `超过 ${knowledgeFileBytesMax} 字节`,
        `is larger than ${knowledgeFileBytesMax} bytes`,
      );
    return await readFile(path);
  } catch (error) {
    if (error instanceof KnowledgeError) throw error;
    throw fault(file, `无法读取：${String(error)}`, `cannot be read: ${String(error)}`);
  }
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fault(file, '不是 UTF-8 编码', 'is not UTF-8');
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const fault = (file: string, zh: string, en: string): KnowledgeError =>
  new KnowledgeError([{ file, row: null, column: null, message: { zh, en } }]);
