/**
 * The claim document: one settled visit (结算) with the national platform's field names, and the answers given to it.
 *
 * The schema only says what a document may look like – it holds no transforms, so that its JSON Schema is the same thing (published at
 * `/api/v1/schemas/claim`, compiled for the fast path). `canonical.ts` then normalises decimals and times and checks what a
 * schema cannot say. `null` and an absent field mean the same: not stated.
 *
 * Sources: national interfaces 1101, 2201–2207, 2301–2304, 2401/2402, 3505; lengths as there.
 */
import { z } from 'zod';

export const linesMax = 20_000;
export const diagnosesMax = 200;
export const operationsMax = 200;
export const tracesMax = 50_000;
export const identityChecksMax = 400;

const text = (max: number, zh: string) => z.string().min(1).max(max).describe(zh);
const optional = <T extends z.ZodType>(schema: T) => schema.nullish();
const code = (max: number, zh: string) => optional(text(max, zh));
/** What a decimal or a time field means beyond its JSON type. Kept beside the schema, so that the JSON Schema stays plain. */
export type FieldKind =
  | { kind: 'decimal'; digits: number; scale: number }
  | { kind: 'date' }
  | { kind: 'time' };
export const fieldKinds = z.registry<FieldKind>();

const decimal = (digits: number, scale: number, zh: string) =>
  z
    .union([z.number(), z.string().regex(new RegExp(`^-?\\d{1,${digits - scale}}(\\.\\d{1,${scale}}0*)?$`))])
    .describe(zh)
    .register(fieldKinds, { kind: 'decimal', digits, scale });
const money = (zh: string) => decimal(16, 2, `${zh}（元，两位小数）`);
const date = (zh: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .describe(`${zh}（yyyy-MM-dd）`)
    .register(fieldKinds, { kind: 'date' });
const dateTime = (zh: string) =>
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2})?$/)
    .describe(`${zh}（yyyy-MM-dd HH:mm:ss，北京时间）`)
    .register(fieldKinds, { kind: 'time' });

/** 参保人 (interface 1101). `certno`, `psn_name`, `tel`, `addr` are personal data and kept apart from the rest. */
export const personSchema = z
  .strictObject({
    psn_no: text(30, '人员编号'),
    psn_cert_type: code(6, '证件类型'),
    certno: code(50, '证件号码'),
    psn_name: code(50, '姓名'),
    gend: code(6, '性别：1 男 2 女 0 未知 9 未说明'),
    brdy: optional(date('出生日期')),
    naty: code(6, '民族'),
    tel: code(50, '联系电话'),
    addr: code(200, '地址'),
    insutype: code(6, '险种类型'),
    psn_type: code(6, '人员类别'),
    cvlserv_flag: code(3, '公务员标志'),
    insuplc_admdvs: code(6, '参保地医保区划'),
    surv_stas: code(6, '生存状态：1 正常 2 死亡 3 判刑收监 4 失踪 9 不明'),
    die_date: optional(date('死亡日期')),
  })
  .describe('参保人');

/** 定点医药机构 */
export const institutionSchema = z
  .strictObject({
    fixmedins_code: text(30, '定点医药机构编号'),
    fixmedins_name: code(200, '定点医药机构名称'),
    fixmedins_type: code(6, '定点医疗服务机构类型：1 医疗机构 2 药店'),
    hosp_lv: code(6, '医院等级'),
    medins_type: code(6, '医疗机构类型'),
    mdtrtarea_admvs: code(6, '就医地医保区划'),
  })
  .describe('定点医药机构');

/** 就诊 (interfaces 2201/2203, 2401/2402). `begntime` and `endtime` bound the stay, half-open. */
export const visitSchema = z
  .strictObject({
    mdtrt_id: text(30, '就诊ID'),
    med_type: text(6, '医疗类别'),
    begntime: dateTime('开始时间（入院或就诊）'),
    endtime: optional(dateTime('结束时间（出院或就诊结束）')),
    ipt_no: code(30, '住院号'),
    medrcdno: code(30, '病历号'),
    atddr_no: code(30, '主治医师编号'),
    chfpdr_name: code(50, '主治医师姓名'),
    adm_dept_codg: code(30, '入院科室编码'),
    adm_dept_name: code(100, '入院科室名称'),
    dscg_dept_codg: code(30, '出院科室编码'),
    dscg_dept_name: code(100, '出院科室名称'),
    adm_bed: code(30, '入院床位'),
    dise_codg: code(30, '病种编码'),
    dise_name: code(500, '病种名称'),
    dscg_way: code(3, '离院方式'),
    mdtrt_cert_type: code(3, '就诊凭证类型：01 电子凭证 02 身份证 03 社保卡'),
    trum_flag: code(3, '外伤标志'),
    rel_ttp_flag: code(3, '涉及第三方标志'),
    matn_stas: code(3, '生育状态：0 未知 1 非孕哺 2 近期计划 3 妊娠 4 哺乳'),
    mdtrt_grp_type: code(3, '就诊分组类型'),
  })
  .describe('就诊');

/** 诊断 */
export const diagnosisSchema = z
  .strictObject({
    diag_code: text(30, '诊断代码（ICD-10 医保版）'),
    diag_name: code(255, '诊断名称'),
    diag_type: code(3, '诊断类别：1 西医 2 中医主病 3 中医主证'),
    maindiag_flag: code(3, '主诊断标志：1 是 0 否'),
    diag_srt_no: optional(z.int().min(0).max(999).describe('诊断排序号')),
    adm_cond: code(500, '入院病情'),
    dise_dor_no: code(30, '诊断医生编号'),
    diag_time: optional(dateTime('诊断时间')),
  })
  .describe('诊断');

/** 手术操作 */
export const operationSchema = z
  .strictObject({
    oprn_oprt_code: text(30, '手术操作代码'),
    oprn_oprt_name: code(500, '手术操作名称'),
    oprn_oprt_date: optional(dateTime('手术操作时间')),
    main_oprn_flag: code(3, '主手术标志'),
    oper_dr_no: code(30, '术者编号'),
    anst_way: code(6, '麻醉方式'),
  })
  .describe('手术操作');

/** 费用明细 (interfaces 2204, 2301). `feedetl_sn` is unique within the visit only. Negative lines are reversals. */
export const lineSchema = z
  .strictObject({
    feedetl_sn: text(30, '费用明细流水号'),
    init_feedetl_sn: code(30, '原费用流水号（退费行指向被冲销行）'),
    med_list_codg: text(50, '医疗目录编码'),
    medins_list_codg: code(150, '医药机构目录编码'),
    medins_list_name: code(200, '医药机构目录名称'),
    list_type: code(6, '目录类别：101 西药中成药 102 饮片 201 服务项目 301 耗材'),
    med_chrgitm_type: code(6, '医疗收费项目类别'),
    chrgitm_lv: code(3, '收费项目等级：01 甲 02 乙 03 自费'),
    fee_ocur_time: dateTime('费用发生时间'),
    cnt: decimal(16, 4, '数量（四位小数）'),
    pric: decimal(16, 6, '单价（元，六位小数）'),
    det_item_fee_sumamt: money('明细项目费用总额'),
    inscp_scp_amt: optional(money('符合政策范围金额')),
    fulamt_ownpay_amt: optional(money('全自费金额')),
    overlmt_amt: optional(money('超限价金额')),
    preselfpay_amt: optional(money('先行自付金额')),
    pric_uplmt_amt: optional(decimal(16, 6, '定价上限金额')),
    selfpay_prop: optional(decimal(5, 4, '自付比例')),
    chrg_bchno: code(30, '收费批次号'),
    rxno: code(40, '处方号'),
    rx_circ_flag: code(3, '外购处方标志'),
    bilg_dept_codg: code(30, '开单科室编码'),
    bilg_dept_name: code(100, '开单科室名称'),
    bilg_dr_codg: code(30, '开单医生编码'),
    bilg_dr_name: code(50, '开单医师姓名'),
    acord_dept_codg: code(30, '受单科室编码'),
    orders_dr_code: code(30, '受单医生编码'),
    sin_dos_dscr: code(200, '单次剂量描述'),
    used_frqu_dscr: code(200, '使用频次描述'),
    prd_days: optional(decimal(4, 2, '周期天数')),
    medc_way_dscr: code(200, '用药途径描述'),
    hosp_appr_flag: code(3, '医院审批标志'),
    dscg_tkdrug_flag: code(3, '出院带药标志'),
    lmt_used_flag: code(3, '限制使用标志'),
    matn_fee_flag: code(3, '生育费用标志'),
  })
  .describe('费用明细');

/** 药品追溯码 (interface 3505 sale, 3506 return), tied to its fee line. */
export const traceSchema = z
  .strictObject({
    feedetl_sn: text(30, '费用明细流水号'),
    drug_trac_codg: text(100, '药品追溯码'),
    trdn_flag: code(3, '拆零标志：1 是 0 否'),
    sel_retn_flag: code(3, '退货标志：1 退货 0 销售'),
    sel_retn_time: optional(dateTime('销售/退货时间')),
  })
  .describe('药品追溯码');

/** 身份核验. Only result, score, time and a hash of the evidence: never a template or a picture. */
export const identityCheckSchema = z
  .strictObject({
    check_time: dateTime('核验时间'),
    method: text(20, '核验方式：face 人脸 card 卡 ecode 电子凭证 manual 人工 …'),
    result: text(20, '核验结果：pass 通过 fail 不通过 …'),
    score: optional(z.number().min(0).max(1).describe('比对分值 0–1')),
    liveness: optional(z.boolean().describe('活体检测是否通过')),
    evidence_hash: optional(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'sha256')
        .describe('留痕证据 SHA-256'),
    ),
  })
  .describe('身份核验');

/** DRG/DIP 分组 */
export const drgSchema = z
  .strictObject({
    drg_code: text(30, 'DRG/DIP 组编码'),
    drg_name: code(200, 'DRG/DIP 组名称'),
    drg_weight: optional(decimal(16, 6, '权重')),
    pay_std: optional(money('支付标准')),
    grouper_ver: code(30, '分组方案版本'),
  })
  .describe('DRG/DIP 分组');

/** 结算 (interfaces 2206/2207/2304) */
export const settlementSchema = z
  .strictObject({
    medfee_sumamt: money('医疗费总额'),
    fulamt_ownpay_amt: optional(money('全自费金额')),
    overlmt_selfpay: optional(money('超限价自费费用')),
    preselfpay_amt: optional(money('先行自付金额')),
    inscp_scp_amt: optional(money('符合政策范围金额')),
    act_pay_dedc: optional(money('实际支付起付线')),
    hifp_pay: optional(money('基本医疗保险统筹基金支出')),
    cvlserv_pay: optional(money('公务员医疗补助资金支出')),
    hifes_pay: optional(money('企业补充医疗保险基金支出')),
    hifmi_pay: optional(money('居民大病保险资金支出')),
    hifob_pay: optional(money('职工大额医疗费用补助基金支出')),
    maf_pay: optional(money('医疗救助基金支出')),
    oth_pay: optional(money('其他支出')),
    fund_pay_sumamt: optional(money('基金支付总额')),
    psn_part_amt: optional(money('个人负担总金额')),
    acct_pay: optional(money('个人账户支出')),
    psn_cash_pay: optional(money('个人现金支出')),
    hosp_part_amt: optional(money('医院负担金额')),
  })
  .describe('结算');

/**
 * The claim document as it comes in. A list that is absent was not reported by the source; a list that is empty was reported as
 * empty. Rules that need it answer *cannot judge* to the first and judge the second.
 */
export const claimSchema = z
  .strictObject({
    setl_id: text(30, '结算ID'),
    setl_time: dateTime('结算时间'),
    updt_time: optional(dateTime('数据更新时间；同一结算的多个版本中最晚者有效')),
    refd_setl_id: code(30, '被退费结算ID（本单为退费单时填写）'),
    medins_setl_id: code(30, '医药机构结算ID'),
    clr_type: code(6, '清算类别'),
    person: personSchema,
    institution: institutionSchema,
    visit: visitSchema,
    diagnoses: optional(z.array(diagnosisSchema).max(diagnosesMax)),
    operations: optional(z.array(operationSchema).max(operationsMax)),
    lines: z.array(lineSchema).max(linesMax),
    traces: optional(z.array(traceSchema).max(tracesMax)),
    identity_checks: optional(z.array(identityCheckSchema).max(identityChecksMax)),
    drg: optional(drgSchema),
    settlement: settlementSchema,
  })
  .describe('结算单：一次结算的全部数据');

/** A claim as it was sent. */
export type ClaimInput = z.infer<typeof claimSchema>;

// Tuples keep the conditions from being applied to each member of `string | number | null` on its own.
type Canonical<T> = [NonNullable<T>] extends [readonly (infer Item)[]]
  ? Canonical<Item>[] | Extract<T, undefined>
  : [NonNullable<T>] extends [object]
    ? { [Key in keyof NonNullable<T>]: Canonical<NonNullable<T>[Key]> } | Extract<T, undefined>
    : [Extract<T, string>] extends [never]
      ? Exclude<T, null>
      : Exclude<T, null | number>;

/**
 * A canonical claim: keys in schema order, nothing null, decimals as shortest decimal strings, times as `yyyy-MM-dd HH:mm:ss`, or as `yyyy-MM-dd` where only the
 * day is known.
 * The same settlement always has the same canonical bytes. Made by `canonicalClaim` alone.
 */
export type Claim = Canonical<ClaimInput>;
export type FeeLine = Claim['lines'][number];

/** A message in both languages of the product. */
export const messageSchema = z.object({ zh: z.string(), en: z.string() });
export type Message = z.infer<typeof messageSchema>;

/** One reason why a document was rejected. `path` is a JSON path such as `$.lines[3].cnt`. */
export const claimIssueSchema = z.object({
  path: z.string(),
  code: z.string().describe('stable machine-readable reason, e.g. missing, not_a_date, decimal_places'),
  message: messageSchema,
  more: z.int().optional().describe('of `more_reasons`, which comes last: how many reasons are not listed'),
});
export type ClaimIssue = z.infer<typeof claimIssueSchema>;

/**
 * The answer to one claim.
 * - `accepted`: a settlement not known before.
 * - `duplicate`: the same content was known already; nothing changed.
 * - `revised`: another content of a known settlement; `current` tells whether it is the one that counts now (latest `updt_time`).
 * - `rejected`: kept in quarantine under `quarantine_id` with the reasons.
 */
export const claimAnswerSchema = z.object({
  index: z.int().min(0).describe('0-based position in the request or file'),
  status: z.enum(['accepted', 'duplicate', 'revised', 'rejected']),
  setl_id: z.string().nullable(),
  fixmedins_code: z.string().nullable(),
  current: z.boolean().optional(),
  quarantine_id: z.string().optional(),
  issues: z.array(claimIssueSchema).optional(),
});
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;

export const intakeCountsSchema = z.object({
  received: z.int(),
  accepted: z.int(),
  duplicate: z.int(),
  revised: z.int(),
  rejected: z.int(),
});
export type IntakeCounts = z.infer<typeof intakeCountsSchema>;

export const quarantineStates = ['open', 'corrected', 'dismissed'] as const;
export const quarantinePageMax = 200;
export const dismissReasonMax = 500;
export const dismissManyMax = 200;

/** `GET /api/v1/quarantine`: newest first. */
export const quarantineQuerySchema = z.strictObject({
  state: z.enum(quarantineStates).default('open'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  page_size: z.coerce.number().int().min(1).max(quarantinePageMax).default(50),
});
export type QuarantineQuery = z.infer<typeof quarantineQuerySchema>;

export const quarantineRowSchema = z.object({
  id: z.string(),
  source: z.string().describe('where the input came from: api, or the name of an imported file'),
  position: z.int().min(0).describe('0-based position in the request or file'),
  setl_id: z.string().nullable().describe('where it can be read at all'),
  fixmedins_code: z.string().nullable(),
  issues: z.array(claimIssueSchema),
  state: z.enum(quarantineStates),
  note: z.string().nullable().describe('why it was dismissed'),
  received_at: z.iso.datetime(),
  resolved_at: z.iso.datetime().nullable(),
});
export type QuarantineRow = z.infer<typeof quarantineRowSchema>;

export const quarantinePageSchema = z.object({
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  items: z.array(quarantineRowSchema),
});
export type QuarantinePage = z.infer<typeof quarantinePageSchema>;

/** `GET /api/v1/quarantine/:id`, and the answer to `POST /api/v1/quarantine/:id/dismiss`. */
export const quarantineEntrySchema = quarantineRowSchema.extend({
  raw: z
    .string()
    .nullable()
    .describe('the input as JSON, masked; null: it is no JSON, and is shown in full for a purpose only'),
});
export type QuarantineEntry = z.infer<typeof quarantineEntrySchema>;

/** `POST /api/v1/quarantine/:id/resubmit` takes a claim document and answers with a `claimAnswerSchema`; this is the other one. */
const dismissReason = z.string().trim().min(1).max(dismissReasonMax);
export const dismissSchema = z.strictObject({ reason: dismissReason });

/** `POST /api/v1/quarantine/dismiss`: a selection with one reason. What is settled already, or not seen, is left as it is and said. */
export const dismissManySchema = z.strictObject({
  ids: z
    .array(z.string().regex(/^[1-9]\d{0,17}$/))
    .min(1)
    .max(dismissManyMax),
  reason: dismissReason,
});
export type DismissMany = z.infer<typeof dismissManySchema>;
export const dismissedManySchema = z.object({
  done: z.int(),
  answers: z.array(
    z.object({ id: z.string(), reason: messageSchema.nullable().describe('null: it was dismissed') }),
  ),
});
export type DismissedMany = z.infer<typeof dismissedManySchema>;

/** `POST /api/v1/claims`. */
export const intakeReplySchema = z.object({
  counts: intakeCountsSchema,
  batches: z.array(z.int()).describe('batches stored for screening; empty when nothing was new'),
  answers: z.array(claimAnswerSchema).describe('one for each claim, in the order of the request'),
});
export type IntakeReply = z.infer<typeof intakeReplySchema>;

export const claimsPageMax = 200;
/** Settlements beyond this many are not counted; narrow the filter to reach them. */
export const claimsTotalMax = 100_000;

/** `GET /api/v1/claims`: current revisions, latest settlement first. Filters are combined with *and*. Persons are never a filter in a URL. */
export const claimsQuerySchema = z.strictObject({
  fixmedins_code: z.string().min(1).max(30).optional(),
  setl_id: z.string().min(1).max(30).optional(),
  med_type: z.string().min(1).max(6).optional(),
  from: z.iso.date().optional().describe('settled on this day or later'),
  to: z.iso.date().optional().describe('settled before this day'),
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(claimsTotalMax / claimsPageMax)
    .default(1),
  page_size: z.coerce.number().int().min(1).max(claimsPageMax).default(50),
});
export type ClaimsQuery = z.infer<typeof claimsQuerySchema>;

export const claimRowSchema = z.object({
  fixmedins_code: z.string(),
  setl_id: z.string(),
  psn_no: z.string(),
  mdtrt_id: z.string(),
  med_type: z.string(),
  setl_time: z.string(),
  begntime: z.string(),
  endtime: z.string().nullable(),
  refd_setl_id: z.string().nullable(),
  medfee_sumamt: z.string().describe('yuan, two decimals'),
  fund_pay_sumamt: z.string().nullable(),
  lines: z.int(),
});
export type ClaimRow = z.infer<typeof claimRowSchema>;

export const claimsPageSchema = z.object({
  total: z.int().describe(`at most ${claimsTotalMax}: more are not counted`),
  page: z.int(),
  page_size: z.int(),
  items: z.array(claimRowSchema),
});
export type ClaimsPage = z.infer<typeof claimsPageSchema>;

/** Revisions of one settlement that are shown. */
export const revisionsShownMax = 100;

/** `GET /api/v1/claims/:fixmedins_code/:setl_id`. */
export const claimDetailSchema = z.object({
  claim: claimSchema.describe('the current revision; certno, psn_name, tel and addr masked'),
  content_hash: z.string().describe('SHA-256 of the canonical document, unmasked'),
  revisions: z
    .array(
      z.object({
        content_hash: z.string(),
        current: z.boolean(),
        updt_time: z.string(),
        batch_id: z.int(),
        source: z.string(),
        received_at: z.iso.datetime(),
        state: z.enum(['waiting', 'screened', 'failed']),
      }),
    )
    .describe('current first, then by updt_time, latest first'),
});
export type ClaimDetail = z.infer<typeof claimDetailSchema>;

export const summaryDaysMax = 92;
export const summarySourcesMax = 50;

/** `GET /api/v1/intake/summary`. Days are those of Asia/Shanghai. */
export const intakeSummarySchema = z.object({
  waiting: z.object({
    batches: z.int(),
    claims: z.int(),
    oldest_received_at: z.iso.datetime().nullable(),
  }),
  failed_batches: z.int(),
  quarantine: z.object({ open: z.int(), corrected: z.int(), dismissed: z.int() }),
  days: z
    .array(z.object({ day: z.iso.date(), source: z.string(), stored: z.int(), rejected: z.int() }))
    .describe(
      `the last ${summaryDaysMax} days, latest first; the ${summarySourcesMax} latest sources of each day`,
    ),
});
export type IntakeSummary = z.infer<typeof intakeSummarySchema>;
