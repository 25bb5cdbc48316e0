/**
 * The rule document: json-rules-engine's condition format inside the envelope of the field. Supervisors write it; nothing in it is code.
 */
import { z } from 'zod';

export const conditionDepthMax = 8;
export const conditionsMax = 64;

/** A text in both languages. */
const bilingual = z.strictObject({
  zh: z.string().min(1).max(500).describe('中文'),
  en: z.string().min(1).max(500).describe('英文'),
});

const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);
export const factNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/, 'a fact name such as line.cnt')
  .meta({ id: 'fact_name', description: '事实，或 let 中的“名称”“名称.列”' });

/** A parameter of the rule, by name. */
const paramRef = z.strictObject({
  param: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .describe('params 中的名称'),
});
export type ParamRef = z.infer<typeof paramRef>;

/** A fact, with its arguments and the part of its value that is meant: `{"fact": "table", "params": {…}, "path": "$.gend"}`. */
const factRefShape = {
  fact: factNameSchema,
  params: z
    .record(z.string(), z.union([scalar, z.array(scalar).max(200), paramRef]))
    .optional()
    .describe('带参数的事实的参数'),
  path: z
    .string()
    .regex(/^\$\.[a-z][a-z0-9_]*$/, '$.column')
    .optional()
    .describe('取其中一列，如 "$.count"'),
};
export const factRefSchema = z.strictObject(factRefShape).meta({ id: 'fact' });
export type FactRef = z.infer<typeof factRefSchema>;

export const operators = [
  'equal',
  'notEqual',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'before',
  'notBefore',
  'after',
  'notAfter',
  'startsWithAny',
] as const;
export type Operator = (typeof operators)[number];

/** What the fact `calc` does with two others. */
export const calculations = ['plus', 'minus', 'times', 'divided_by', 'least', 'greatest'] as const;
export type Calculation = (typeof calculations)[number];

/** One comparison. `value` is a literal, a list, a parameter or another fact. */
export const leafSchema = z.strictObject({
  ...factRefShape,
  operator: z.enum(operators).describe('运算符'),
  value: z
    .union([scalar, z.array(scalar).max(1000), paramRef, factRefSchema])
    .describe('文字、数字、列表、参数 {"param": …} 或另一个事实 {"fact": …}'),
});
export type Leaf = z.infer<typeof leafSchema>;

export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Leaf;
export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(conditionSchema).min(1).max(conditionsMax).describe('全部成立') }),
      z.strictObject({ any: z.array(conditionSchema).min(1).max(conditionsMax).describe('任一成立') }),
      z.strictObject({ not: conditionSchema }).describe('不成立'),
      leafSchema,
    ]),
  )
  .meta({ id: 'condition', description: '条件：一个比较，或用 all、any、not 组合' });

/** Kinds of visits; `unknown`: the medical type of the source is none that is known. */
export const visitKinds = ['inpatient', 'outpatient', 'pharmacy', 'other', 'unknown'] as const;

/** Line fields by which lines may be grouped or merged. */
export const lineKeys = [
  'fixmedins_code',
  'setl_id',
  'med_list_codg',
  'fee_day',
  'fee_minute',
  'pric',
  'cnt',
  'bilg_dr_codg',
  'rxno',
] as const;
export type LineKey = (typeof lineKeys)[number];

/** Days of a window at most: the visits of an institution in so many days are read at once. */
export const windowDaysMax = 92;
export const windowMinutesMax = 1_440;

const windowNumber = (most: number, description: string) =>
  z.union([z.int().min(1).max(most), paramRef]).describe(description);

/** What one evaluation looks at. */
export const eachSchema = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.literal('claim') }).describe('每张结算单判一次'),
  z
    .strictObject({
      unit: z.literal('line'),
      merge_by: z.array(z.enum(lineKeys)).max(6).describe('合并命中的字段'),
    })
    .describe('逐条费用明细判断；同一结算单内 merge_by 相同的命中合并为一个疑点'),
  z.strictObject({ unit: z.literal('diagnosis') }).describe('逐条诊断判断；同一结算单的命中合并为一个疑点'),
  z
    .strictObject({
      unit: z.literal('group'),
      over: z.enum(['claim', 'person']).describe('claim 一张结算单、person 参保人全部结算单'),
      group_by: z.array(z.enum(lineKeys)).min(1).max(6).describe('分组的字段'),
    })
    .describe('按字段把明细分组，逐组判断；over 指在一张结算单内还是在参保人全部结算单内分组'),
  z
    .strictObject({
      unit: z.literal('window'),
      over: z
        .enum(['institution', 'practitioner'])
        .describe('institution 一家机构、practitioner 机构内的一名医师'),
      sets: z
        .enum(['all', 'same_bill', 'together'])
        .describe('all 全部就诊为一组、same_bill 项目和总额都相同的为一组、together 多次同行的人为一组'),
      days: windowNumber(windowDaysMax, '窗口天数，截至判断当日，包括当日'),
      minutes: windowNumber(windowMinutesMax, 'together：开始时间相差不到这么多分钟算一次同行').optional(),
      times: windowNumber(windowDaysMax, 'together：窗口内至少同行的天数，包括当日').optional(),
      except: z.string().optional().describe('知识表：含有表中项目的就诊不计入'),
    })
    .describe('按日判断一家机构或一名医师：当日的就诊连同此前窗口内的就诊，分组后逐组判断'),
]);
export type Each = z.infer<typeof eachSchema>;

/** Which lines violate, and how much money is at stake. */
export const stakeSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('lines') }).describe('命中的明细（或整组）的政策范围内金额'),
  z.strictObject({ of: z.literal('lines_but_first') }).describe('组内除第一条以外的明细'),
  z
    .strictObject({ of: z.literal('excess_cnt'), limit: factRefSchema })
    .describe('超出数量上限的部分，按比例折算'),
  z
    .strictObject({ of: z.literal('excess_amount'), limit: factRefSchema })
    .describe('组内涉及基金的金额超出金额上限的部分'),
  z.strictObject({ of: z.literal('excess_price'), limit: factRefSchema }).describe('（单价 − 限价）× 数量'),
  z
    .strictObject({ of: z.literal('claim') })
    .describe('本次结算的基金支付额；未提供时为医疗费总额。判断单元为 window 时是当日各次结算之和'),
  z.strictObject({ of: z.literal('none') }).describe('不涉及金额'),
]);

export const verdicts = ['违规', '可疑', '提示'] as const;
export type Verdict = (typeof verdicts)[number];
export const stages = ['事前', '事中', '事后'] as const;

export const paramSchema = z.strictObject({
  title: bilingual.describe('参数的名称'),
  value: z.union([scalar, z.array(scalar).max(500)]).describe('取值'),
  unit: z.string().max(20).describe('单位，如 天、元、次；无单位写“—”'),
  standing: z.enum(['法定', '示例']).describe('法定：有明文依据；示例：由使用者按本地政策调整'),
});

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** A code of the national library of 2025; rules that came new with it have only their number. */
export const nationalPattern = /^((GZ|ZB)\d{14}|2025-\d{2})$/;

export const ruleSchema = z.strictObject({
  code: z
    .string()
    .regex(/^FW-[A-Z0-9]+(-[A-Z0-9]+)*$/, 'FW-…')
    .max(60)
    .describe('本系统的规则编码，固定不变'),
  national: z
    .array(z.string().regex(nationalPattern))
    .max(20)
    .describe('对应的国家规则编码；2025 年版新增而未公布编码的写“2025-序号”；没有则为空'),
  name: bilingual.describe('规则名称'),
  category: z.enum(['政策类', '管理类', '医疗类']).describe('规则类别'),
  verdict: z.enum(verdicts).describe('医疗类只能为“可疑”或“提示”'),
  stage: z.array(z.enum(stages)).min(1).describe('监控环节'),
  purpose: bilingual.describe('给人看的说明'),
  basis: z
    .array(
      z.strictObject({
        law: z.string().min(1).describe('法规或政策文件'),
        article: z.string().min(1).describe('条款'),
      }),
    )
    .min(1)
    .describe('法律或政策依据'),
  scope: z
    .strictObject({
      kinds: z
        .array(z.enum(visitKinds))
        .min(1)
        .describe('inpatient 住院、outpatient 门诊、pharmacy 药店、other 其他、unknown 医疗类别代码无法识别'),
    })
    .describe('适用的就医方式'),
  effective: z
    .strictObject({
      from: date.describe('首日，yyyy-MM-dd'),
      to: date.nullable().describe('末日的次日；null 表示未终止'),
    })
    .describe('按服务日期生效，半开区间'),
  each: eachSchema.describe('每次判断看什么'),
  params: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), paramSchema).describe('参数'),
  let: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/), factRefSchema)
    .describe('给带参数的事实起名，供条件和消息使用；“名称.列”取其中一列'),
  conditions: conditionSchema,
  stake: stakeSchema.describe('违规项和涉及金额'),
  message: bilingual.describe(
    '给人看的一句话，{事实} 处填入实际的值，{事实:name} 处填入代码的名称，如 {person.gend:name} 为“男”或“女”',
  ),
  exclusions: z.array(bilingual).max(20).describe('已知的误报情形，供复核者参考'),
});
export type RuleDocument = z.infer<typeof ruleSchema>;

/**
 * What a reference names: an entry of `let` by `name`, or one of its columns by `name.column`. A column or path given by the reference
 * takes the place of the entry's own. `null` when the reference names no entry, but a fact.
 */
export function letEntryOf(
  reference: FactRef,
  entries: RuleDocument['let'],
): (FactRef & { name: string }) | null {
  const [name = '', column] = reference.fact.split('.');
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined) return null;
  const path = column === undefined ? (reference.path ?? entry.path) : `$.${column}`;
  return {
    name,
    fact: entry.fact,
    ...(entry.params === undefined ? {} : { params: entry.params }),
    ...(path === undefined ? {} : { path }),
  };
}

/** The field or column whose values a fact has, by which code lists are found. @param reference what an entry of `let` stands for, not the entry */
export const fieldOf = ({ fact, path }: FactRef): string =>
  path === undefined ? fact.slice(fact.lastIndexOf('.') + 1) : path.slice(2);

/**
 * An examples file: claims of one or more persons and what the rule must say of them. A claim is merged over `base.claim`, each of its
 * lines over `base.line`, so that an example states only what matters.
 */
export const examplesSchema = z.strictObject({
  rule: z.string(),
  base: z.strictObject({ claim: z.record(z.string(), z.unknown()), line: z.record(z.string(), z.unknown()) }),
  examples: z
    .array(
      z.strictObject({
        name: bilingual,
        kind: z.enum(['hit', 'near_miss', 'border', 'cannot_judge']),
        claims: z.array(z.record(z.string(), z.unknown())).min(1).max(200),
        findings: z
          .array(
            z.strictObject({
              setl_id: z.string(),
              lines: z.array(z.string()).optional().describe('违规项的 feedetl_sn'),
              amount: z.string().optional(),
            }),
          )
          .describe('本规则应给出的疑点；空表示不应命中'),
        undecided: z.array(z.string()).optional().describe('无法判定的 setl_id'),
      }),
    )
    .min(3),
});
export type Examples = z.infer<typeof examplesSchema>;

/** What the evaluation saw: json-rules-engine's tree, which is the explanation. */
export type TreeNode =
  | { op: 'all' | 'any'; result: boolean; of: TreeNode[] }
  | { op: 'not'; result: boolean; of: TreeNode[] }
  | {
      op: 'leaf';
      result: boolean;
      fact: string;
      path?: string | undefined;
      operator: Operator;
      actual: Json;
      expected: Json;
    };
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const jsonSchema: z.ZodType<Json> = z.json();
export const treeSchema: z.ZodType<TreeNode> = z.lazy(() =>
  z.union([
    z.object({ op: z.enum(['all', 'any']), result: z.boolean(), of: z.array(treeSchema) }),
    z.object({ op: z.literal('not'), result: z.boolean(), of: z.array(treeSchema) }),
    z.object({
      op: z.literal('leaf'),
      result: z.boolean(),
      fact: z.string(),
      path: z.string().optional(),
      operator: z.enum(operators),
      actual: jsonSchema,
      expected: jsonSchema,
    }),
  ]),
);

/** `GET /api/v1/facts`: what rules may speak of, so that people read titles and never names. */
export const factsListSchema = z.object({
  facts: z.array(
    z.object({
      name: z.string(),
      title: z.object({ zh: z.string(), en: z.string() }),
      type: z.enum(['text', 'number', 'boolean', 'date', 'time', 'list']),
      unit: z.string().optional().describe('单位；无单位则不给'),
    }),
  ),
  tables: z
    .array(z.object({ table: z.string(), title: z.object({ zh: z.string(), en: z.string() }) }))
    .optional()
    .describe('titles of the knowledge tables; without it their names are shown'),
});
export type FactsList = z.infer<typeof factsListSchema>;

/** `GET /api/v1/rules` */
export const rulesListSchema = z.object({
  version: z.string(),
  rules: z.array(
    z.object({ version: z.string(), document: ruleSchema, tables: z.record(z.string(), z.string()) }),
  ),
});
export type RulesList = z.infer<typeof rulesListSchema>;

/** One rule of the national library of 2025. `no` is its number there. */
export const nationalRuleSchema = z.strictObject({
  no: z.int().min(1),
  code: z.string().regex(nationalPattern),
  category: z.string(),
  group: z.string(),
  name: z.string(),
  scope: z
    .array(z.enum(['L', 'V', 'H', 'I', 'X']))
    .min(1)
    .describe('L 明细 V 就诊 H 病史 I 机构 X 结算数据以外'),
  indicator: z.strictObject({ definition: z.string(), unit: z.string(), period: z.string() }).optional(),
  needs: z
    .array(z.strictObject({ data: z.string(), format: z.string() }))
    .min(1)
    .optional()
    .describe('结算数据不能判定时所需的数据和格式'),
});
export type NationalRule = z.infer<typeof nationalRuleSchema>;

export const coverageStates = ['executable', 'indicator', 'not_decidable', 'missing'] as const;

/** `GET /api/v1/rules/coverage`: the national library, and what of it is executed here. `tables` gives the rows of each table. */
export const coverageSchema = z.object({
  rows: z.array(
    z.object({
      national: nationalRuleSchema,
      state: z.enum(coverageStates),
      rules: z.array(
        z.object({
          code: z.string(),
          version: z.string(),
          examples: z.int(),
          tables: z.record(z.string(), z.int()),
        }),
      ),
    }),
  ),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const guideNames = ['writing', 'reference'] as const;
export type GuideName = (typeof guideNames)[number];
/** `GET /api/v1/guides/:name`: how rules are written, in Chinese. */
export const guideSchema = z.object({ text: z.string().describe('Markdown') });
export type CoverageRow = Coverage['rows'][number];
