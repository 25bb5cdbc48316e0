/** The auditors' handbook of event kinds, in Markdown, written from the catalogue. */
import { z } from 'zod';
import { definitions, type KindDefinition } from './catalogue.ts';

const opening = `# 审计事件手册 / Audit events

本文由 \`fundwatch audit handbook\` 根据 \`src/audit/catalogue.ts\` 生成，请勿手工修改。
Generated from the catalogue; do not edit.

每个事件都有：序号 \`seq\`、前一条的哈希 \`prev_hash\`、种类 \`kind\`、数据库时间 \`recorded_at\`（UTC）、操作者 \`actor\`
（账号 \`account\`、角色 \`role\`、辖区 \`area\`、地址 \`address\`）、目的 \`purpose\`、请求编号 \`request_id\`、对象 \`subject\`（类型 \`type\` 与键 \`key\`）、
变更前后 \`before\` / \`after\`，以及下表所列的 \`detail\`。事件中没有个人信息：人员以 \`psn_no\` 表示，理由等自由文字留在原记录中。
`;

export function handbook(): string {
  const kinds = [...definitions].sort(([a], [b]) => (a < b ? -1 : 1));
  return [opening, ...kinds.map(([kind, definition]) => section(kind, definition))].join('\n');
}

function section(kind: string, { meaning, subject, state, detail }: KindDefinition): string {
  const rows = [...rowsOf('detail', detail), ...(state === undefined ? [] : rowsOf('before/after', state))];
  const table =
    rows.length === 0
      ? '没有其他字段 / no further fields\n'
      : `| 字段 field | 含义 meaning | 取值 values |\n|---|---|---|\n${rows.join('\n')}\n`;
  return `## \`${kind}\`\n\n${meaning.zh}。\n${meaning.en}.\n\n对象 subject：\`${subject}\`\n\n${table}`;
}

function rowsOf(prefix: string, object: z.ZodObject): string[] {
  return Object.entries(object.shape).map(([name, schema]) => {
    const described = z.toJSONSchema(schema);
    return `| \`${prefix}.${name}\` | ${described.description ?? ''} | ${valuesOf(described)} |`;
  });
}

function valuesOf(schema: z.core.JSONSchema.BaseSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((each) => (typeof each === 'boolean' ? '' : valuesOf(each))).join('，或 ');
  switch (schema.type) {
    case 'integer':
      return '整数';
    case 'boolean':
      return '`true` `false`';
    case 'null':
      return '空';
    case 'object':
      return '键与整数';
    default:
      return '文本';
  }
}
