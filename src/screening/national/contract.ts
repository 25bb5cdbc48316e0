/**
 * The national audit contract: 3101 明细审核事前分析, 3102 明细审核事中分析, 3103 事前事中反馈. Hospital systems already speak it, each with its own
 * habits, so the schemas take what was seen in the wild: numbers as numbers or as text, `""` or `-` for “not stated”, one object where
 * the contract has a list, fields that nobody documented. What the values mean is decided in `translate.ts`.
 *
 * Sources: national interface specification, interfaces 3101–3103, with the field names and code lists there.
 */
import { z } from 'zod';
import { undecidedSchema } from '../contract.ts';

export const patientsMax = 20;
export const encountersMax = 50;
/** Of one encounter. */
export const ordersMax = 20_000;
export const diagnosesMax = 200;
export const operationsMax = 200;
export const ruleIdsMax = 500;
export const warnsMax = 500;
export const reasonCharsMax = 500;
/** C500 in the national contract. */
export const volaTextCharsMax = 500;
/** A whole stay of one patient with all its orders fits. */
export const nationalBytesMax = 8 * 1_048_576;

const scalarCharsMax = 4_000;
const scalar = (zh: string) =>
  z
    .union([z.string().max(scalarCharsMax), z.number(), z.boolean()])
    .nullish()
    .describe(zh);
const listOf = <Item extends z.ZodObject>(item: Item, max: number, zh: string) =>
  z
    .union([z.array(item).max(max), item, z.literal('')])
    .nullish()
    .describe(`${zh}（数组或单个对象，最多 ${max} 条）`);

export const diagnosisDtoSchema = z
  .object({
    dise_id: scalar('诊断标识'),
    inout_dise_type: scalar('出入诊断类别：1 入院诊断 2 出院诊断'),
    maindise_flag: scalar('主诊断标志：1 是 0 否'),
    dias_srt_no: scalar('诊断排序号'),
    dise_codg: scalar('诊断编码（ICD-10 医保版）'),
    dise_name: scalar('诊断名称'),
    dise_date: scalar('诊断日期'),
  })
  .describe('诊断信息');
export type DiagnosisDto = z.infer<typeof diagnosisDtoSchema>;

export const orderDtoSchema = z
  .object({
    rx_id: scalar('处方(医嘱)标识'),
    rxno: scalar('处方号'),
    hilist_type: scalar('目录类别：101 西药中成药 102 饮片 201 服务项目 301 耗材'),
    chrg_type: scalar('收费类别：01 床位 … 14 其他'),
    drord_bhvr: scalar('医嘱行为：0 其他 1 出院带药'),
    hilist_code: scalar('医保目录编码'),
    hilist_name: scalar('医保目录名称'),
    hilist_lv: scalar('医保目录等级：01 甲 02 乙 03 丙'),
    hosplist_code: scalar('医院目录编码'),
    hosplist_name: scalar('医院目录名称'),
    cnt: scalar('数量'),
    pric: scalar('单价（元）'),
    sumamt: scalar('总费用（元）'),
    ownpay_amt: scalar('自费金额（元）'),
    drord_begn_date: scalar('医嘱开始时间'),
    drord_dept_codg: scalar('医嘱科室编码'),
    drord_dept_name: scalar('医嘱科室名称'),
    drord_dr_codg: scalar('开处方(医嘱)医生编码'),
    drord_dr_name: scalar('开处方(医嘱)医生姓名'),
  })
  .describe('处方(医嘱)信息');
export type OrderDto = z.infer<typeof orderDtoSchema>;

export const operationDtoSchema = z
  .object({
    oprn_code: scalar('手术操作代码'),
    oprn_name: scalar('手术操作名称'),
    main_oprn_flag: scalar('主手术操作标志'),
    oprn_date: scalar('手术操作日期'),
    anst_way: scalar('麻醉方式'),
    oper_dr_code: scalar('术者医师代码'),
    oper_dr_codg: scalar('术者医师代码（部分系统的写法）'),
  })
  .describe('手术操作信息');
export type OperationDto = z.infer<typeof operationDtoSchema>;

export const encounterDtoSchema = z
  .object({
    mdtrt_id: scalar('就诊标识'),
    medins_id: scalar('医疗服务机构标识；未填取报文头 fixmedins_code'),
    medins_name: scalar('医疗机构名称'),
    medins_admdvs: scalar('医疗机构行政区划编码'),
    medins_type: scalar('医疗服务机构类型'),
    medins_lv: scalar('医疗机构等级'),
    bedno: scalar('病床号'),
    adm_date: scalar('入院（就诊）日期'),
    dscg_date: scalar('出院日期'),
    dscg_main_dise_codg: scalar('主诊断编码'),
    dscg_main_dise_name: scalar('主诊断名称'),
    fsi_diagnose_dtos: listOf(diagnosisDtoSchema, diagnosesMax, '诊断信息'),
    dr_codg: scalar('医师标识'),
    adm_dept_codg: scalar('入院科室标识'),
    adm_dept_name: scalar('入院科室名称'),
    dscg_dept_codg: scalar('出院科室标识'),
    dscg_dept_name: scalar('出院科室名称'),
    med_mdtrt_type: scalar('就诊类型（各地编码不一，不采用，以 med_type 为准）'),
    med_type: scalar('医疗类别'),
    fsi_order_dtos: listOf(orderDtoSchema, ordersMax, '处方(医嘱)信息'),
    matn_stas: scalar('生育状态：0 其他 1 妊娠期 2 哺乳期'),
    medfee_sumamt: scalar('总费用（元）'),
    ownpay_amt: scalar('自费金额（元）'),
    acct_payamt: scalar('个人账户支付金额（元）'),
    ma_amt: scalar('救助金支付金额（元）'),
    hifp_payamt: scalar('统筹金支付金额（元）'),
    insutype: scalar('险种'),
    fsi_operation_dtos: listOf(operationDtoSchema, operationsMax, '手术操作信息'),
  })
  .describe('就诊信息');
export type EncounterDto = z.infer<typeof encounterDtoSchema>;

export const patientDtoSchema = z
  .object({
    patn_id: scalar('参保人标识（人员编号）'),
    gend: scalar('性别：0 未知 1 男 2 女 9 未说明'),
    brdy: scalar('出生日期'),
    poolarea: scalar('统筹区编码'),
    curr_mdtrt_id: scalar('当前就诊标识；填写时只返回与该次就诊有关的结果'),
    fsi_encounter_dtos: listOf(encounterDtoSchema, encountersMax, '就诊信息'),
  })
  .describe('参保人信息');

export const auditDataSchema = z
  .object({
    patient_dtos: listOf(patientDtoSchema, patientsMax, '参保人信息'),
    rule_ids: z
      .union([z.array(scalar('规则编码')).max(ruleIdsMax), z.literal('')])
      .nullish()
      .describe('规则编码集合：本系统编码（FW-…）或国家编码（GZ…）；为空即全部规则'),
    task_id: scalar('任务标识'),
    trig_scen: scalar(
      '触发场景：1 门诊挂号 2 门诊收费登记 3 住院登记 4 住院收费登记 5 住院执行医嘱 6 门诊结算 7 门诊预结算 8 住院结算 9 住院预结算',
    ),
  })
  .describe('明细审核输入');
export type AuditData = z.infer<typeof auditDataSchema>;

const envelopeHead = {
  infno: scalar('交易编号：3101、3102、3103'),
  msgid: scalar('发送方报文ID'),
  fixmedins_code: scalar('定点医药机构编号'),
};

/** The head of any request; `input` is read by the interface it names. */
export const envelopeSchema = z.object({ ...envelopeHead, input: z.unknown() }).describe('国家接口报文');

export const auditRequestSchema = z
  .object({ ...envelopeHead, input: z.object({ data: auditDataSchema }) })
  .describe('3101 明细审核事前分析、3102 明细审核事中分析；报文头的其他字段照收不用');

const warnSchema = z
  .object({
    warn_rslt_id: scalar('违规标识：3101、3102 返回的 jr_id'),
    dspo_way: scalar('处理方式：1 继续执行医嘱 2 返回修改医嘱'),
    dspo_way_rea: scalar(`处理原因：dspo_way 为 1 时必填，最多 ${reasonCharsMax} 个字符`),
  })
  .describe('反馈');
export type WarnDto = z.infer<typeof warnSchema>;

export const feedbackDataSchema = z.object({
  warn_type: scalar('反馈类型：1 事前 2 事中'),
  warns: listOf(warnSchema, warnsMax, '处理数据'),
});
export type FeedbackData = z.infer<typeof feedbackDataSchema>;

export const feedbackRequestSchema = z
  .object({ ...envelopeHead, input: z.object({ data: feedbackDataSchema }) })
  .describe('3103 事前事中反馈');

export const nationalRequestSchema = z.union([auditRequestSchema, feedbackRequestSchema]);

export const detailSchema = z.object({
  jrd_id: z.string().describe('违规明细标识'),
  patn_id: z.string().describe('参保人标识；涉及他人时为空'),
  mdtrt_id: z.string().describe('就诊标识；涉及其他机构时为空'),
  rx_id: z.string().describe('处方(医嘱)标识；整次就诊或其他机构时为空'),
  vola_item_type: z.enum(['1', '2']).describe('1 违规项 2 涉及项'),
  vola_amt: z.number().describe('违规金额（元）；涉及项为 0'),
});

export const judgeResultSchema = z.object({
  jr_id: z.string().describe('违规标识：同样的结果总是同样的标识'),
  rule_id: z.string().describe('规则编码'),
  rule_name: z.string(),
  vola_cont: z.string().max(volaTextCharsMax).describe('违规内容'),
  patn_id: z.string(),
  mdtrt_id: z.string(),
  judge_result_detail_dtos: z.array(detailSchema),
  vola_amt: z.number().describe('违规金额（元，两位小数）'),
  vola_amt_stas: z.enum(['0', '1']).describe('违规金额计算状态：0 未计算 1 正常'),
  sev_deg: z.enum(['1', '2', '3']).describe('严重程度：1 明确违规 2 高度可疑 3 轻度可疑（提示）'),
  vola_evid: z.string().max(volaTextCharsMax).describe('违规依据'),
  vola_bhvr_type: z.enum(['1', '2']).describe('违规行为分类：1 行为类 2 项目类'),
  task_id: z.string(),
});
export type JudgeResult = z.infer<typeof judgeResultSchema>;

export const leftOutSchema = z.object({
  mdtrt_id: z.string(),
  item: z.string().describe('处方(医嘱)标识、诊断或手术的序号'),
  reason: z.string(),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

export const auditOutputSchema = z.object({
  result: z.array(judgeResultSchema),
  judgement: z
    .object({
      stage: z.enum(['事前', '事中']),
      rule_set: z.string(),
      unknown_rule_ids: z.array(z.string()).describe('rule_ids 中本系统没有的规则'),
      history: z.enum(['used', 'left_out']).describe('left_out：系统繁忙，未查历史'),
      left_out_rules: z.array(z.string()).describe('因未查历史而没有判断的规则'),
      not_judged: z.array(undecidedSchema).describe('因缺少数据而不能判断的规则'),
      left_out_items: z.array(leftOutSchema).describe('缺少必要内容而未参与判断的医嘱、诊断、手术'),
    })
    .describe('国家规范之外的说明：哪些判断了，哪些没有'),
});
export type AuditOutput = z.infer<typeof auditOutputSchema>;

const answerHead = {
  infcode: z.union([z.literal(0), z.literal(-1)]).describe('交易状态码：0 成功 -1 失败'),
  inf_refmsgid: z.string().describe('接收方报文ID'),
  refmsg_time: z.string().describe('接收报文时间，yyyyMMddHHmmssSSS'),
  respond_time: z.string().describe('响应报文时间，yyyyMMddHHmmssSSS'),
  err_msg: z.string().describe('错误信息；成功时为空'),
};
export const auditAnswerSchema = z.object({ ...answerHead, output: auditOutputSchema.nullable() });
export const feedbackAnswerSchema = z.object({
  ...answerHead,
  output: z.object({ stored: z.int(), unchanged: z.int() }).nullable(),
});
export const nationalAnswerSchema = z.union([auditAnswerSchema, feedbackAnswerSchema]);
export type NationalAnswer = z.infer<typeof nationalAnswerSchema>;

/** Doctors and departments shown; those with most warnings come first. */
export const feedbackGroupsMax = 100;

/** `GET /api/v1/national/feedback`. Days are those on which the warning was first given, in Asia/Shanghai. */
export const feedbackQuerySchema = z.strictObject({
  from: z.iso.date().optional().describe('inclusive'),
  to: z.iso.date().optional().describe('exclusive'),
  fixmedins_code: z.string().min(1).max(50).optional(),
  rule_code: z.string().min(1).max(60).optional(),
  warn_type: z.enum(['1', '2']).optional().describe('1 事前 2 事中'),
});
export type FeedbackQuery = z.infer<typeof feedbackQuerySchema>;

const count = z.int().min(0);
const counts = {
  warnings: count.describe('warnings given out'),
  continued: count.describe('answered with 1: the order stands, with a reason'),
  changed: count.describe('answered with 2: the order was taken back to be changed'),
};
export const feedbackSummarySchema = z.object({
  ...counts,
  by_rule: z.array(z.object({ rule_code: z.string(), ...counts })),
  by_doctor: z
    .array(z.object({ fixmedins_code: z.string(), doctor: z.string(), ...counts }))
    .describe(`the ${feedbackGroupsMax} with most warnings; warnings without a doctor are in none`),
  by_department: z
    .array(z.object({ fixmedins_code: z.string(), department: z.string(), ...counts }))
    .describe(`the ${feedbackGroupsMax} with most warnings; warnings without a department are in none`),
});
export type FeedbackSummary = z.infer<typeof feedbackSummarySchema>;
