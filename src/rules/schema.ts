/**
 * The JSON Schema of rule documents for editors: the schema of the contract, and in it the facts by name with their titles, and which
 * arguments and columns each fact with arguments has. What it lets pass can still be wrong; `lint` says so.
 */
import { z } from 'zod';
import { factNameSchema, factRefSchema, leafSchema, ruleSchema } from './contract.ts';
import { plainFacts } from './facts.ts';
import { type RelatedName, relatedColumns, relatedParams } from './related.ts';

type Schema = z.core.JSONSchema.JSONSchema;

const titles: Readonly<Record<RelatedName, string>> = {
  table: '知识表中的一行，按服务日期',
  lines: '同一机构的其他明细，由知识表与本明细的项目相关联',
  claims: '同一参保人的其他就诊',
  sales: '本明细的追溯码此前的销售',
  identity: '本次就诊的身份核验',
  coded: '本结算单的诊断或手术操作中符合知识表的',
  stated: '来源是否提供某个事实',
  among: '本结算单内的明细合计',
  usage: '参保人在一段时间内的使用量',
  work: '当日服务的标准用时合计',
  calc: '事实之间的计算',
};

export function ruleJsonSchema(): Schema {
  return z.toJSONSchema(ruleSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === factNameSchema) {
        delete jsonSchema.type;
        delete jsonSchema.pattern;
        jsonSchema.anyOf = factNames;
      }
      if (zodSchema !== factRefSchema && zodSchema !== leafSchema) return;
      jsonSchema.allOf = relatedNames.map((fact) => ({
        if: { properties: { fact: { const: fact } }, required: ['fact'] },
        // oxlint-disable-next-line unicorn/no-thenable -- the name that JSON Schema gives it
        then: { properties: { params: argumentsOf(fact), path: pathOf(fact) }, required: ['params'] },
      }));
    },
  });
}

const relatedNames = Object.keys(relatedParams).filter((name): name is RelatedName => name in relatedParams);

const factNames: Schema[] = [
  ...Object.entries(plainFacts).map(([fact, { title, unit }]) => ({
    const: fact,
    description: unit === undefined ? title.zh : `${title.zh}（${unit}）`,
  })),
  ...relatedNames.map((fact) => ({ const: fact, description: titles[fact] })),
  { type: 'string', pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?$', description: 'let 中的名称' },
];

const paramRef: Schema = {
  type: 'object',
  properties: { param: { type: 'string', description: 'params 中的名称' } },
  required: ['param'],
  additionalProperties: false,
};

/** Every argument may be a parameter of the rule instead. */
function argumentsOf(fact: RelatedName): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(relatedParams[fact], { io: 'input' });
  const properties = Object.entries(schema.properties ?? {}).map(([name, of]): [string, Schema] => {
    const { description, ...own } = typeof of === 'boolean' ? {} : of;
    return [name, { ...(description === undefined ? {} : { description }), anyOf: [own, paramRef] }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Columns of `table` are those of the table. */
const pathOf = (fact: RelatedName): Schema =>
  fact === 'table' ? {} : { enum: Object.keys(relatedColumns[fact]).map((column) => `$.${column}`) };
