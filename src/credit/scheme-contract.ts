/**
 * How facts become points and grades. Schemes are documents that supervisors own: dated, by area, and marked as examples where no
 * official value is public. Three methods, because three kinds of credit exist that must not be mixed: points of a natural year
 * (personnel), deductions from a base (institutions, insured persons) and levels (companies).
 */
import { z } from 'zod';
import { dayOf } from '../platform/civil.ts';
import { factCodeSchema, responsibilities, subjectKindSchema } from './contract.ts';

export const factsOfSchemeMax = 200;
export const gradesMax = 12;

const bilingual = z
  .strictObject({
    zh: z.string().min(1).max(300).describe('中文'),
    en: z.string().min(1).max(300).describe('英文'),
  })
  .describe('中英文');
const daySchema = z.string().refine((text) => text.length === 10 && dayOf(text) !== null, 'yyyy-MM-dd');
const points = z.int().min(0).max(100);
const percent = z.int().min(0).max(100);
const months = z.int().min(1).max(1_200);
const code = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/);

/** What follows from a grade, for whoever plans inspections and screens claims. */
export const consequencesSchema = z
  .strictObject({
    draw_ratio_percent: percent.describe('双随机抽查比例（%）'),
    review_priority: z.int().min(1).max(5).describe('疑点复核优先级，5 最先'),
    new_lines: z
      .enum(['as_usual', 'findings'])
      .describe('本人开具的新明细：照常，或成为疑点（急诊、抢救等例外见方案 exceptions）'),
    other: bilingual.nullable().describe('其他后果；无则 null'),
  })
  .describe('等级的后果');
export type Consequences = z.infer<typeof consequencesSchema>;

const gradeShape = {
  code: code.describe('等级代码'),
  name: bilingual,
  consequences: consequencesSchema,
};

export const objectionPeriodSchema = z
  .strictObject({
    days: z.int().min(1).max(90).describe('天数'),
    unit: z.enum(['WORKDAY', 'NATURAL']).describe('WORKDAY 工作日，NATURAL 自然日（末日非工作日的顺延）'),
  })
  .describe('告知次日起多少日内可以提出异议，期满才能公布');

export type ObjectionPeriod = z.infer<typeof objectionPeriodSchema>;

const common = {
  code: z
    .string()
    .regex(/^[A-Z][A-Z0-9-]{2,31}$/)
    .describe('方案编码'),
  name: bilingual,
  is_example: z.boolean().describe('示例：分值无公开的官方来源，正式使用前须按本地文件核对'),
  area: z
    .string()
    .regex(/^\d{6}$/)
    .describe('行政区划代码；000000 为全国，地方方案优先于上级方案'),
  effective: z.strictObject({
    from: daySchema.describe('生效日'),
    to: daySchema.nullable().describe('失效日（不含）；null 为仍有效'),
  }),
  subjects: z.array(subjectKindSchema).min(1).max(5).describe('适用的信用主体'),
  objection_period: objectionPeriodSchema,
  basis: z
    .array(
      z.strictObject({
        document: z.string().min(1).max(200).describe('文件'),
        says: bilingual.describe('其中的规定'),
      }),
    )
    .min(1)
    .max(20)
    .describe('依据'),
};

const factCommon = {
  fact: factCodeSchema.describe('事实代码'),
  name: bilingual,
  note: bilingual.optional().describe('来源与说明'),
};

/** From which measure on (inclusive) how many points; below the first step none. */
const steps = z
  .array(z.strictObject({ from: z.int().min(0).describe('达到此值（含）'), points }))
  .min(1)
  .max(20);
const amountOfPoints = z
  .union([
    points.describe('固定分值'),
    z
      .strictObject({
        by: z.literal('severity'),
        minor: points,
        ordinary: points,
        serious: points,
        grave: points,
      })
      .describe('按轻微、一般、较重、严重'),
    z
      .strictObject({
        by: z.literal('value'),
        unit: z.enum(['fen', 'permille', 'days']).describe('分、千分比或天'),
        steps,
      })
      .describe('按金额或比率分档'),
  ])
  .describe('分值');
export type AmountOfPoints = z.infer<typeof amountOfPoints>;

/** Points of a natural year, as 医保发〔2024〕23号 has them for the personnel of institutions. */
const naturalYearSchema = z.strictObject({
  ...common,
  method: z.literal('natural_year').describe('自然年度记分'),
  facts: z
    .array(
      z.strictObject({
        ...factCommon,
        min: z.int().min(1).max(100).describe('该档最低分'),
        max: z.int().min(1).max(100).describe('该档最高分'),
        by_responsibility: z
          .partialRecord(z.enum(responsibilities), z.int().min(1).max(100))
          .describe('文书未写分值时，一般、重要、主要责任各记几分'),
      }),
    )
    .min(1)
    .max(factsOfSchemeMax),
  suspension: z
    .array(
      z.strictObject({ from_points: points, months: z.int().min(1).max(6).describe('暂停月数，1 至 6') }),
    )
    .min(1)
    .max(12)
    .describe('累计达到几分，暂停几个月'),
  termination: z.strictObject({
    from_points: points.describe('累计达到几分终止'),
    months: months.describe('终止后几个月内不得再次登记备案'),
    single_event_from_points: points.describe('一次性达到几分'),
    single_event_months: months.describe('一次性达到时的月数'),
  }),
  exceptions: z.array(bilingual).max(10).describe('暂停或终止期间仍可支付的情形'),
  repair: z.strictObject({
    points_year_max: points.describe('一个自然年度内最多减免几分'),
    shorten_percent_max: percent.describe('暂停或终止期限最多缩短百分之几'),
  }),
  bands: z
    .array(z.strictObject({ ...gradeShape, from_points: points }))
    .min(1)
    .max(gradesMax)
    .describe('按当年累计分值，从轻到重'),
  suspended: z.strictObject(gradeShape).describe('暂停期内的状态'),
  terminated: z.strictObject(gradeShape).describe('终止期内的状态'),
});

/** Deductions from a base, by groups with a weight each. */
const basePointsSchema = z.strictObject({
  ...common,
  method: z.literal('base_points').describe('基准分扣减'),
  base: z.int().min(1).max(1_000).describe('基准分'),
  highest: z.int().min(1).max(1_000).describe('加分后的上限'),
  groups: z
    .array(
      z.strictObject({
        code: factCodeSchema.describe('指标组'),
        name: bilingual,
        deduct_max: z.int().min(0).max(1_000).describe('本组最多扣几分（权重）'),
        add_max: z.int().min(0).max(1_000).describe('本组最多加几分'),
      }),
    )
    .min(1)
    .max(20),
  facts: z
    .array(
      z.strictObject({
        ...factCommon,
        group: factCodeSchema,
        kind: z.enum(['violation', 'merit']).describe('失信扣分，守信加分'),
        points: amountOfPoints,
        effect_months: months.describe('有效期（月）'),
        decay: z
          .array(z.strictObject({ after_months: months, percent }))
          .max(5)
          .describe('满几个月后按百分之几计'),
        ceiling: code.nullable().describe('有效期内等级不得高于；无则 null'),
      }),
    )
    .min(1)
    .max(factsOfSchemeMax),
  repair: z.strictObject({
    after_months: z.int().min(0).max(120).describe('满几个月后才可修复'),
    percent: percent.describe('修复后按百分之几计'),
    lifts_ceiling: z.boolean().describe('修复是否解除等级上限'),
  }),
  grades: z
    .array(
      z.strictObject({
        ...gradeShape,
        from_points: z.int().min(0).max(1_000).nullable().describe('达到几分；null：只因等级上限而来'),
      }),
    )
    .min(2)
    .max(gradesMax)
    .describe('从好到坏'),
});

/** The worst level that is in effect. */
const levelsSchema = z.strictObject({
  ...common,
  method: z.literal('levels').describe('按最重的失信等级'),
  facts: z
    .array(
      z.strictObject({
        ...factCommon,
        levels: z
          .array(
            z.strictObject({
              from: z.int().min(0).describe('金额达到（分，含）'),
              grade: code,
            }),
          )
          .min(1)
          .max(gradesMax)
          .describe('按金额定级；不分金额的只写一档，from 为 0'),
        effect_months: months.describe('有效期（月）'),
      }),
    )
    .min(1)
    .max(factsOfSchemeMax),
  repair: z.strictObject({
    after_months: z.int().min(0).max(120).describe('满几个月后才可修复'),
    levels: z.int().min(1).max(gradesMax).describe('修复一次提高几级'),
  }),
  grades: z.array(z.strictObject(gradeShape)).min(2).max(gradesMax).describe('从好到坏'),
});

export const schemeSchema = z.discriminatedUnion('method', [
  naturalYearSchema,
  basePointsSchema,
  levelsSchema,
]);
export type Scheme = z.infer<typeof schemeSchema>;
export type NaturalYearScheme = z.infer<typeof naturalYearSchema>;
export type BasePointsScheme = z.infer<typeof basePointsSchema>;
export type LevelsScheme = z.infer<typeof levelsSchema>;
