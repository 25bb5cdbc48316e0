/**
 * Every kind of event that there is: what it means, what it is about, and its fields. Types, checks and the auditors' handbook
 * (docs/audit-events.zh-CN.md) come from here.
 *
 * No field may hold personal data: an event can never be changed or removed. People and claims stand here by their keys (`psn_no`, ids);
 * free text that people type (reasons, notes) stays in the record that the event names.
 */
import { z } from 'zod';

export interface Message {
  readonly zh: string;
  readonly en: string;
}

export interface KindDefinition {
  readonly meaning: Message;
  /** The kind of thing an event is about, mostly a table; the event adds the key. */
  readonly subject: string;
  /** What of the thing stands in `before` and `after`; without it both are null. */
  readonly state?: z.ZodObject;
  readonly detail: z.ZodObject;
}

/** A field of an event with its meaning in both languages. */
const field = <Schema extends z.ZodType>(schema: Schema, zh: string, en: string): Schema =>
  schema.describe(`${zh} / ${en}`);

const count = z.int().min(0);
const name = z.string().max(200);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const source = field(
  name,
  '来源：api、import:<批次>、quarantine:<编号>',
  'source: api, import:<run>, quarantine:<id>',
);
const error = field(name, '错误名称与代码，不含数据', 'name and code of the error, never data');
const engine = field(name, '引擎版本', 'engine version');
const ruleSet = field(name, '规则集版本', 'version of the rule set');
const beforeDay = field(day, '此日之前', 'what lies before this day');
const intakeCounts = {
  received: field(count, '接收条数', 'claims received'),
  accepted: field(count, '新增条数', 'claims accepted'),
  duplicate: field(count, '重复条数', 'duplicates'),
  revised: field(count, '更新条数', 'revisions'),
  rejected: field(count, '拒收条数', 'claims rejected'),
};
const caseStep = {
  action: field(name, '动作', 'the act'),
  seq: field(count, '案件的第几个事件', 'which event of the case'),
  hash: field(hash, '事件的哈希', 'hash of the event'),
};
const importFields = {
  mapping: field(name, '映射文件', 'mapping file'),
  files: field(count, '文件数', 'files'),
  ...intakeCounts,
};
const quarantineState = z.strictObject({
  state: field(z.enum(['open', 'corrected', 'dismissed']), '状态', 'state'),
});
const batchState = z.strictObject({
  state: field(z.enum(['waiting', 'screened', 'failed']), '状态', 'state'),
});

const placeFields = {
  role: field(name, '角色', 'role'),
  area: field(name, '行政区划代码', 'code of the administrative area'),
  fixmedins_code: field(
    name.nullable(),
    '所属医药机构；空：不属于机构',
    'institution it speaks for; null: none',
  ),
};
const accountState = z.strictObject({
  ...placeFields,
  state: field(z.enum(['active', 'disabled']), '状态', 'state'),
});
const ruleName = { rule_code: field(name, '规则编码', 'code of the rule') };
const rampField = field(
  z.strictObject({ areas: z.array(name).max(50), institutions: z.array(name).max(500) }).nullable(),
  '范围：行政区划与机构；空：全部',
  'where: areas and institutions; null: everywhere',
);
const replayField = field(count.nullable(), '重新筛查编号；空：无', 'number of the replay; null: none');
const claimName = {
  fixmedins_code: field(
    name,
    '所凭结算单的定点医药机构编号',
    'institution of the settlement it was opened by',
  ),
  setl_id: field(name, '所凭结算单的结算编号', 'id of the settlement it was opened by'),
};
const batchName = {
  table: field(name, '知识表名称', 'name of the knowledge table'),
  file: field(hash, '所上传文件的 SHA-256', 'SHA-256 of the uploaded file'),
};
const nothing = z.strictObject({});

/** Of publications; what they say and why stands in publication_version. */
const publication = {
  subject: 'publication_version',
  detail: z.strictObject({
    of: field(
      z.enum(['penalty', 'grade', 'typical_case', 'statistics']),
      '公开内容的种类',
      'kind of the publication',
    ),
    action: field(z.enum(['publish', 'correct', 'withdraw']), '公开、更正或撤回', 'what is done with it'),
    hash: field(
      hash.nullable(),
      '内容的 SHA-256；空：撤回',
      'SHA-256 of the document; null: of a withdrawal',
    ),
  }),
} as const;

/** Of reviews of findings; reasons and notes stay in finding_review_event. */
const review = {
  subject: 'finding_review',
  state: z.strictObject({
    state: field(
      z.enum(['open', 'assigned', 'to_confirm', 'decided', 'outdated']),
      '复核状态',
      'how the review stands',
    ),
  }),
  detail: z.strictObject({
    ...ruleName,
    revision: field(z.int().min(1), '疑点版次', 'revision of the finding'),
    assignee: field(name.nullable(), '复核人员；空：待分派', 'who has it; null: nobody'),
    outcome: field(
      z.enum(['confirmed', 'not_violation', 'cannot_decide']).nullable(),
      '结论；空：尚无',
      'decision; null: none',
    ),
    confirmed_fen: field(count.nullable(), '认定金额（分）；空：无', 'confirmed amount in fen; null: none'),
  }),
} as const;

/** Of answers of institutions to findings; what people write stays in finding_answer_event. */
const answer = {
  subject: 'finding_answer',
  state: z.strictObject({
    state: field(
      z.enum(['none', 'waiting', 'silent', 'answered', 'recalled', 'outdated', 'withdrawn']),
      '答复状态',
      'how the answer stands',
    ),
  }),
  detail: z.strictObject({
    revision: field(z.int().min(1), '疑点版次', 'revision of the finding'),
    notice: field(
      count.nullable(),
      '通知编号；空：机构主动自纠',
      'number of the notice; null: it came forward',
    ),
    stance: field(
      z.enum(['accepted', 'partly', 'objected']).nullable(),
      '答复；空：尚无',
      'answer; null: none',
    ),
    accepted_fen: field(count.nullable(), '认可金额（分）；空：无', 'accepted amount in fen; null: none'),
    refund_fen: field(count.nullable(), '退款金额（分）；空：无', 'refund in fen; null: none'),
  }),
} as const;

const answerFile = {
  subject: 'finding_answer',
  detail: z.strictObject({ sha256: field(hash, '文件的 SHA-256', 'SHA-256 of the file') }),
} as const;

export const catalogue = {
  'answer.came_forward': {
    ...answer,
    meaning: { zh: '机构主动自纠并填报退款', en: 'An institution came forward and stated a refund' },
  },
  'answer.file_added': {
    ...answerFile,
    meaning: { zh: '机构为答复上传文件', en: 'An institution added a file to its answer' },
  },
  'answer.file_opened': {
    ...answerFile,
    meaning: { zh: '经办人员查看答复的文件', en: 'Somebody of the agency opened a file of an answer' },
  },
  'answer.file_removed': {
    ...answerFile,
    meaning: {
      zh: '机构移除尚未提交的文件',
      en: 'An institution removed a file before its answer was given',
    },
  },
  'answer.given': { ...answer, meaning: { zh: '机构答复疑点', en: 'An institution answered a finding' } },
  'answer.recalled': { ...answer, meaning: { zh: '撤回对机构的通知', en: 'A notice was recalled' } },
  'answer.refund_confirmed': {
    ...answer,
    meaning: { zh: '核实机构的退款', en: 'The refund of an institution was confirmed' },
  },
  'answer.sent': {
    ...answer,
    meaning: { zh: '通知机构答复疑点', en: 'An institution was notified of a finding, to answer it' },
  },
  'answer.taken_back': {
    ...answer,
    meaning: { zh: '机构撤回答复', en: 'An institution took its answer back' },
  },
  'audit.anchored': {
    meaning: { zh: '审计链的当日末端已签名', en: 'The head of a day of the chain was signed' },
    subject: 'audit_anchor',
    detail: z.strictObject({
      day: field(day, '日期（上海时间）', 'day in Shanghai'),
      seq: field(z.int().min(1), '所签事件的序号', 'sequence number of the signed event'),
      hash: field(hash, '所签事件的哈希', 'hash of the signed event'),
      key: field(name, '签名密钥的指纹', 'fingerprint of the signing key'),
    }),
  },
  'audit.chain_started': {
    meaning: { zh: '审计链开始', en: 'The chain begins' },
    subject: 'audit_event',
    detail: z.strictObject({ chain: field(z.uuid(), '链的随机编号', 'random id of the chain') }),
  },
  'audit.exported': {
    meaning: { zh: '审计日志被导出', en: 'The audit log was exported' },
    subject: 'audit_event',
    detail: z.strictObject({
      from_seq: field(z.int().min(1), '起始序号', 'from this sequence number'),
      to_seq: field(count, '结束序号', 'to this sequence number'),
    }),
  },
  'audit.timestamped': {
    meaning: {
      zh: '时间戳服务机构已为锚点签发时间戳',
      en: 'A time stamping authority has stamped an anchor',
    },
    subject: 'audit_anchor',
    detail: z.strictObject({
      day: field(day, '锚点的日期（上海时间）', 'day of the anchor in Shanghai'),
      time: field(z.iso.datetime(), '机构所述时间', 'the time that the authority states'),
      token: field(hash, '时间戳令牌的 SHA-256', 'SHA-256 of the token'),
    }),
  },
  'cases.acted': {
    meaning: {
      zh: '案件办理的一步（对象为案件编号）；内容在 case_event',
      en: 'A step of a case (the subject is its number); what it says is in case_event',
    },
    subject: 'case_file',
    detail: z.strictObject(caseStep),
  },
  'cases.exported': {
    meaning: {
      zh: '导出案件档案或者案卷包（含移送）',
      en: 'A case was exported, whole or with a referral',
    },
    subject: 'case_file',
    detail: z.strictObject({
      seq: field(count, '导出至第几个事件', 'up to which event'),
      hash: field(hash, '文件的哈希', 'hash of the file'),
    }),
  },
  'cases.file_added': {
    meaning: {
      zh: '照片或者文件作为证据加入案件',
      en: 'A photo or document was added to the evidence of a case',
    },
    subject: 'case_file',
    detail: z.strictObject({
      number: field(count, '证据编号', 'number of the piece of evidence'),
      sha256: field(hash, '文件的 SHA-256', 'SHA-256 of the file'),
    }),
  },
  'cases.file_opened': {
    meaning: {
      zh: '查看案件证据中的照片或者文件',
      en: 'Somebody opened a photo or document of the evidence of a case',
    },
    subject: 'case_file',
    detail: z.strictObject({ sha256: field(hash, '文件的 SHA-256', 'SHA-256 of the file') }),
  },
  'cases.opened': {
    meaning: { zh: '由经复核确认的疑点登记案件线索', en: 'A clue was opened out of confirmed findings' },
    subject: 'case_file',
    detail: z.strictObject(caseStep),
  },
  'claims.batch_stored': {
    meaning: {
      zh: '一次入库（数千单一条；对象为入库批次号，以逗号分隔）',
      en: 'Claims were stored (one event for thousands; the subject is the ids of their batches)',
    },
    subject: 'intake_batch',
    detail: z.strictObject({ source, ...intakeCounts }),
  },
  'claims.input_rejected': {
    meaning: {
      zh: '一次上传没有新增数据，但有数据被拒收并进入隔离区',
      en: 'An upload brought nothing new, and some of it was rejected into quarantine',
    },
    subject: 'quarantine',
    detail: z.strictObject({ source, ...intakeCounts }),
  },
  'credit.entry_recorded': {
    meaning: {
      zh: '信用账本追加一条事实、修复或撤销',
      en: 'A fact, repair or revocation was appended to the credit ledger',
    },
    subject: 'credit_entry',
    detail: z.strictObject({
      entry: field(z.enum(['fact', 'repair', 'revocation']), '条目种类', 'kind of entry'),
      subject_kind: field(name, '信用主体种类', 'kind of the subject'),
      target: field(
        count.nullable(),
        '所修复或撤销条目的序号；空：无',
        'entry repaired or revoked; null: none',
      ),
      hash: field(hash, '条目的哈希', 'hash of the entry'),
    }),
  },
  'credit.exported': {
    meaning: {
      zh: '信用账本被导出（对象为末条序号）',
      en: 'The credit ledger was exported (the subject is its last number)',
    },
    subject: 'credit_entry',
    detail: z.strictObject({
      entries: field(count, '条数', 'entries'),
      head: field(hash, '末端哈希', 'hash of the last entry'),
    }),
  },
  'credit.noticed': {
    meaning: {
      zh: '信用等级已告知主体，异议期开始',
      en: 'A subject was told of its grade; it can object from now on',
    },
    subject: 'credit_publication',
    detail: z.strictObject({
      scheme: field(name, '方案编码', 'code of the scheme'),
      grade: field(name, '等级代码', 'code of the grade'),
      points_hundredths: field(
        z.int().nullable(),
        '分值（百分之一分）；空：只有等级',
        'hundredths of a point; null: levels only',
      ),
    }),
  },
  'credit.objected': {
    meaning: {
      zh: '主体对信用等级提出异议（内容见原记录）',
      en: 'A subject objected to its grade; what it says stands with the record',
    },
    subject: 'credit_publication',
    detail: z.strictObject({ objection: field(count, '异议编号', 'number of the objection') }),
  },
  'credit.objection_decided': {
    meaning: {
      zh: '评分人以外的人员处理了异议（理由见原记录）',
      en: 'Somebody other than the scorer decided an objection; the reason stands with it',
    },
    subject: 'credit_publication',
    detail: z.strictObject({
      objection: field(count, '异议编号', 'number of the objection'),
      outcome: field(z.enum(['upheld', 'rejected']), '结果', 'outcome'),
      revokes: field(z.array(count).max(50), '因此撤销的条目序号', 'entries revoked by it'),
    }),
  },
  'credit.published': {
    meaning: { zh: '信用等级公布', en: 'A grade was published' },
    subject: 'credit_publication',
    detail: z.strictObject({
      scheme: field(name, '方案编码', 'code of the scheme'),
      grade: field(name, '等级代码', 'code of the grade'),
    }),
  },
  'credit.withdrawn': {
    meaning: {
      zh: '告知或已公布的信用等级被撤回（理由见原记录）',
      en: 'A notice or a published grade was taken back; the reason stands with it',
    },
    subject: 'credit_publication',
    detail: z.strictObject({
      scheme: field(name, '方案编码', 'code of the scheme'),
      grade: field(name, '等级代码', 'code of the grade'),
      was_published: field(z.boolean(), '是否已公布', 'whether it had been published'),
    }),
  },
  'findings.exported': {
    meaning: {
      zh: '疑点被导出为文件（对象为文件格式）',
      en: 'Findings were exported as a file (the subject is its form)',
    },
    subject: 'export',
    detail: z.strictObject({
      findings: field(z.array(name).max(200), '疑点编号', 'ids of the findings'),
    }),
  },
  'import.failed': {
    meaning: { zh: '文件导入失败，之前的批次保留', en: 'An import of files failed; the batches before stay' },
    subject: 'import_run',
    detail: z.strictObject(importFields),
  },
  'import.finished': {
    meaning: { zh: '文件导入完成', en: 'An import of files was finished' },
    subject: 'import_run',
    detail: z.strictObject(importFields),
  },
  'inspection.directory_stored': {
    meaning: {
      zh: '检查对象、检查人员或专家名录库上传',
      en: 'A directory of objects, inspectors or experts was stored',
    },
    subject: 'draw_directory',
    detail: z.strictObject({
      directory: field(z.enum(['objects', 'inspectors', 'experts']), '名录', 'which directory'),
      rows: field(count, '行数', 'rows'),
      sha256: field(hash, '文件的 SHA-256', 'SHA-256 of the file'),
    }),
  },
  'inspection.committed': {
    meaning: {
      zh: '抽取方案和名录冻结，承诺形成',
      en: 'Plan and directories of a draw were frozen into a commitment',
    },
    subject: 'draw',
    detail: z.strictObject({
      commitment: field(hash, '承诺的哈希', 'hash of the commitment'),
      objects: field(count, '检查对象数', 'objects'),
      redraw_of: field(count.nullable(), '所重抽的抽取；空：无', 'the draw that is drawn again; null: none'),
    }),
  },
  'inspection.redraw_approved': {
    meaning: {
      zh: '重抽获一人批准（理由见原记录）',
      en: 'Somebody approved that a draw is drawn again; the reason stands with it',
    },
    subject: 'draw',
    detail: z.strictObject({}),
  },
  'inspection.evidence_entered': {
    meaning: { zh: '录入种子证据的一份', en: 'One of two parts of the evidence of the seed was entered' },
    subject: 'draw',
    detail: z.strictObject({ place: field(count, '第几份', 'which part') }),
  },
  'inspection.drawn': {
    meaning: { zh: '抽取完成', en: 'A draw was made' },
    subject: 'draw',
    detail: z.strictObject({
      drawn: field(count, '抽中对象数', 'objects drawn'),
      seed: field(hash.nullable(), '种子；空：RFC 3797', 'seed; null: RFC 3797'),
    }),
  },
  'inspection.replaced': {
    meaning: {
      zh: '抽中的对象或人员由下一签号替补（理由见原记录）',
      en: 'The next ticket came in for an object or inspector; the reason stands with it',
    },
    subject: 'draw',
    detail: z.strictObject({
      replaced: field(z.enum(['object', 'inspector']), '替补种类', 'what was replaced'),
      number: field(count, '第几次', 'number of the replacement'),
    }),
  },
  'inspection.check_recorded': {
    meaning: { zh: '检查结果录入或更正', en: 'The result of a check was entered or corrected' },
    subject: 'inspection_record',
    detail: z.strictObject({
      object: field(name, '检查对象编号', 'the object'),
      result: field(name, '结果代码', 'code of the result'),
    }),
  },
  'inspection.inspector_linked': {
    meaning: {
      zh: '检查人员与登录账号对应',
      en: 'An inspector of the directory got the account they sign in by',
    },
    subject: 'inspector_account',
    detail: z.strictObject({
      account: field(name.nullable(), '账号；空：取消对应', 'the account; null: the link was taken away'),
    }),
  },
  'inspection.task_planned': {
    meaning: {
      zh: '安排现场检查（理由见原记录）',
      en: 'A check beside the draw was planned; the reason stands with it',
    },
    subject: 'inspection_task',
    detail: z.strictObject({
      kind: field(name, '检查种类', 'kind of the check'),
      object: field(name, '检查对象编号', 'the object'),
    }),
  },
  'inspection.team_set': {
    meaning: { zh: '指定检查人员', en: 'The team of a check was named' },
    subject: 'inspection_task',
    detail: z.strictObject({
      inspectors: field(z.array(name), '检查人员编号', 'the inspectors'),
      experts: field(z.array(name), '专家和第三方人员编号', 'experts and third parties who go along'),
    }),
  },
  'inspection.task_cancelled': {
    meaning: {
      zh: '取消现场检查（理由见原记录）',
      en: 'A planned check was cancelled; the reason stands with it',
    },
    subject: 'inspection_task',
    detail: z.strictObject({}),
  },
  'inspection.task_started': {
    meaning: { zh: '开始现场检查，检查表冻结', en: 'A check began: its checklist is frozen' },
    subject: 'inspection_task',
    detail: z.strictObject({
      checklist: field(name, '检查表', 'the checklist'),
      items: field(count, '项数', 'items'),
    }),
  },
  'inspection.photo_added': {
    meaning: { zh: '现场照片上传', en: 'A photo was added to a check' },
    subject: 'inspection_task',
    detail: z.strictObject({
      number: field(count, '第几张', 'which photo'),
      sha256: field(hash, '所存照片的 SHA-256', 'SHA-256 of the photo as it is kept'),
    }),
  },
  'inspection.photo_removed': {
    meaning: { zh: '现场照片从记录中撤下（文件保留）', en: 'A photo was taken off a record; its file stays' },
    subject: 'inspection_task',
    detail: z.strictObject({ number: field(count, '第几张', 'which photo') }),
  },
  'inspection.concluded': {
    meaning: { zh: '现场检查记录形成，待签字', en: 'The record of a check was made, to be signed' },
    subject: 'inspection_task',
    detail: z.strictObject({
      number: field(count, '第几版', 'which version'),
      record: field(hash, '记录的哈希', 'hash of the record'),
      result: field(name, '结果代码', 'code of the result'),
    }),
  },
  'inspection.reopened': {
    meaning: {
      zh: '现场检查记录退回修改，已有签字作废（理由见原记录）',
      en: 'A record was opened again: its signatures no longer count; the reason stands in the next one',
    },
    subject: 'inspection_task',
    detail: z.strictObject({ number: field(count, '被退回的版本', 'the version that was opened again') }),
  },
  'inspection.record_signed': {
    meaning: {
      zh: '现场检查记录签字或拒签',
      en: 'A record was signed, or signing was refused before a witness',
    },
    subject: 'inspection_task',
    detail: z.strictObject({
      signer: field(z.enum(['inspector', 'representative', 'refusal']), '签字人', 'who signed'),
      record: field(hash, '记录的哈希', 'hash of the record'),
      drawing: field(
        hash.nullable(),
        '手写签名图像的 SHA-256；空：无',
        'SHA-256 of the drawn signature; null: none',
      ),
    }),
  },
  'inspection.record_complete': {
    meaning: {
      zh: '现场检查记录签字齐备，不再变化',
      en: 'A record has all its signatures and changes no more',
    },
    subject: 'inspection_task',
    detail: z.strictObject({
      signed: field(hash, '记录与签字的哈希', 'hash over record and signatures'),
      result: field(name, '结果代码', 'code of the result'),
      recheck: field(
        count.nullable(),
        '责令改正的复查任务；空：无',
        'the re-check of an order to correct; null: none',
      ),
    }),
  },
  'inspection.clue_opened': {
    meaning: { zh: '由现场检查登记线索', en: 'A clue was opened out of a check' },
    subject: 'inspection_task',
    detail: z.strictObject({ case: field(count, '案件编号', 'number of the case') }),
  },
  'inspection.opened': {
    meaning: { zh: '抽取名单公开', en: 'Who was drawn was made public' },
    subject: 'draw',
    detail: z.strictObject({}),
  },
  'knowledge.approved': {
    meaning: {
      zh: '知识表批次由上传人以外的人员批准并投入使用；变化涉及已发生费用时入库数据重新筛查',
      en: 'A batch of a knowledge table was approved by somebody other than its uploader and is in force',
    },
    subject: 'knowledge_batch',
    detail: z.strictObject({
      ...batchName,
      version: field(hash, '投入使用的整张表的 SHA-256', 'SHA-256 of the whole table that is in force'),
      replaced: field(hash, '此前整张表的 SHA-256', 'SHA-256 of the table before'),
      from_day: field(day.nullable(), '变化所及的最早日期', 'first day that the change touches'),
      replay: replayField,
    }),
  },
  'knowledge.backtest_started': {
    meaning: {
      zh: '开始对知识表批次进行回测（对比现行表）',
      en: 'A backtest of a batch against the table in force began',
    },
    subject: 'knowledge_batch',
    detail: z.strictObject({
      ...batchName,
      version: field(hash, '所试整张表的 SHA-256', 'SHA-256 of the whole table that is tried'),
      run: field(count, '编号', 'its number'),
    }),
  },
  'knowledge.rejected': {
    meaning: {
      zh: '知识表批次被退回（理由见原记录）',
      en: 'A batch was rejected; the reason stands with it',
    },
    subject: 'knowledge_batch',
    detail: z.strictObject(batchName),
  },
  'knowledge.rolled_back': {
    meaning: {
      zh: '知识表批次被撤下，此前的表恢复使用（理由见原记录）',
      en: 'A batch was taken back, and the table before it is in force again; the reason stands with it',
    },
    subject: 'knowledge_batch',
    detail: z.strictObject({
      ...batchName,
      version: field(hash, '撤下的整张表的 SHA-256', 'SHA-256 of the table that was taken back'),
      restored: field(hash, '恢复的整张表的 SHA-256', 'SHA-256 of the table that is in force again'),
      replay: replayField,
    }),
  },
  'knowledge.uploaded': {
    meaning: { zh: '知识表批次上传', en: 'A batch of a knowledge table was uploaded' },
    subject: 'knowledge_batch',
    detail: z.strictObject({
      ...batchName,
      rows: field(count, '数据行数', 'rows of data'),
      bad_rows: field(count, '错误行数', 'bad rows'),
    }),
  },
  'knowledge.withdrawn': {
    meaning: { zh: '知识表批次由上传人撤回', en: 'A batch was withdrawn by its uploader' },
    subject: 'knowledge_batch',
    detail: z.strictObject(batchName),
  },
  'national.feedback_stored': {
    meaning: {
      zh: '医药机构对一条审核提醒的处理反馈已保存或变更（理由见原记录）',
      en: 'What a hospital did about a warning was stored or changed; the reason stands with it',
    },
    subject: 'audit_feedback',
    detail: z.strictObject({
      dspo_way: field(name, '处理方式', 'what was done'),
      revision: field(z.int().min(1), '第几次反馈', 'which answer it is'),
    }),
  },
  'people.account_changed': {
    meaning: {
      zh: '账户的角色、辖区、机构或状态被变更；其会话随之结束',
      en: 'Role, area, institution or state of an account were changed; its sessions ended',
    },
    subject: 'account',
    state: accountState,
    detail: nothing,
  },
  'people.account_created': {
    meaning: { zh: '建立账户', en: 'An account was made' },
    subject: 'account',
    detail: z.strictObject({ ...placeFields, demo: field(z.boolean(), '演示账户', 'of the demo') }),
  },
  'people.key_created': {
    meaning: {
      zh: '签发接口密钥（对象为其公开前缀）',
      en: 'An API key was made (the subject is its public prefix)',
    },
    subject: 'api_key',
    detail: z.strictObject({
      scopes: field(z.array(name).max(20), '用途', 'scopes'),
      fixmedins_code: field(name.nullable(), '限于此机构；空：不限', 'for this institution; null: for all'),
      expires_at: field(z.iso.datetime(), '到期时间', 'expires at'),
    }),
  },
  'people.key_revoked': {
    meaning: { zh: '吊销接口密钥', en: 'An API key was revoked' },
    subject: 'api_key',
    detail: nothing,
  },
  'people.password_changed': {
    meaning: {
      zh: '本人修改密码；其他会话结束',
      en: 'Somebody changed their password; their other sessions ended',
    },
    subject: 'account',
    detail: nothing,
  },
  'people.password_reset': {
    meaning: { zh: '密码被重置；会话结束', en: 'A password was reset; the sessions ended' },
    subject: 'account',
    detail: nothing,
  },
  'people.refused': {
    meaning: {
      zh: '请求因没有权限而被拒绝（对象为方法与路由，不含编号）',
      en: 'A request was refused for want of permission (the subject is method and route, without ids)',
    },
    subject: 'route',
    detail: z.strictObject({ access: field(name, '所需权限', 'permission that it takes') }),
  },
  'people.second_factor_enrolled': {
    meaning: { zh: '启用双因素认证', en: 'A second factor was enrolled' },
    subject: 'account',
    detail: nothing,
  },
  'people.second_factor_removed': {
    meaning: { zh: '本人停用双因素认证', en: 'Somebody removed their second factor' },
    subject: 'account',
    detail: nothing,
  },
  'people.second_factor_reset': {
    meaning: { zh: '双因素认证被管理员取消', en: 'A second factor was taken away by an administrator' },
    subject: 'account',
    detail: nothing,
  },
  'people.session_ended': {
    meaning: { zh: '本人结束了自己的另一个会话', en: 'Somebody ended another session of their own' },
    subject: 'account',
    detail: nothing,
  },
  'people.sign_in_failed': {
    meaning: {
      zh: '登录失败（仅记录存在的账户；连续失败会被锁定）',
      en: 'A sign-in failed (of accounts that exist; failures in a row lock it)',
    },
    subject: 'account',
    detail: z.strictObject({
      factor: field(z.enum(['password', 'second_factor']), '未通过的一步', 'what did not fit'),
    }),
  },
  'people.signed_in': {
    meaning: { zh: '登录', en: 'Somebody signed in' },
    subject: 'account',
    detail: z.strictObject({
      way: field(z.enum(['password', 'oidc']), '方式：密码或单位统一认证', 'by password or by the provider'),
      second_factor: field(name, '第二因素', 'second factor'),
    }),
  },
  'people.signed_out': {
    meaning: { zh: '退出', en: 'Somebody signed out' },
    subject: 'account',
    detail: nothing,
  },
  'people.signed_out_everywhere': {
    meaning: { zh: '在所有设备上退出', en: 'Somebody signed out everywhere' },
    subject: 'account',
    detail: z.strictObject({ sessions: field(count, '会话数', 'sessions') }),
  },
  'person.opened': {
    meaning: {
      zh: '打开参保人页面（个人信息脱敏）',
      en: 'The page of a person was opened, personal data masked',
    },
    subject: 'person',
    detail: z.strictObject({ ...claimName }),
  },
  'person.revealed': {
    meaning: {
      zh: '按所述目的查看参保人的完整个人信息',
      en: 'Personal data was shown in full, for the stated purpose',
    },
    subject: 'person',
    detail: z.strictObject({
      ...claimName,
      fields: field(z.array(name).max(20), '所示字段', 'fields that were shown'),
    }),
  },
  'person.searched': {
    meaning: {
      zh: '按号码查找参保人（对象为号码的种类；号码本身不记录）',
      en: 'Persons were searched by number (the subject is the kind of number; the number itself is not recorded)',
    },
    subject: 'search',
    detail: z.strictObject({ found: field(count, '找到人数', 'persons found') }),
  },
  'publicity.approved': {
    meaning: {
      zh: '拟稿人以外的人员批准公开',
      en: 'Somebody other than the preparer approved a publication',
    },
    ...publication,
  },
  'publicity.prepared': {
    meaning: { zh: '公开内容已拟稿，待批准', en: 'A publication was prepared and waits' },
    ...publication,
  },
  'publicity.rejected': {
    meaning: { zh: '公开内容被退回（理由见原记录）', en: 'A publication was sent back; why stands with it' },
    ...publication,
  },
  'publicity.taken_back': {
    meaning: { zh: '拟稿人收回待批准的公开内容', en: 'Whoever prepared a publication took it back' },
    ...publication,
  },
  'quarantine.revealed': {
    meaning: {
      zh: '按所述目的查看隔离数据原文',
      en: 'A quarantined input was shown in full, for the stated purpose',
    },
    subject: 'quarantine',
    detail: nothing,
  },
  'quarantine.corrected': {
    meaning: { zh: '隔离数据已改正并入库', en: 'A quarantined input was corrected and stored' },
    subject: 'quarantine',
    state: quarantineState,
    detail: z.strictObject({
      batch: field(
        count.nullable(),
        '入库批次；空：此前已入库',
        'the batch it came in with; null: it was known before',
      ),
    }),
  },
  'quarantine.dismissed': {
    meaning: {
      zh: '隔离数据不再处理（理由见隔离区）',
      en: 'A quarantined input was dismissed; the reason stands with it',
    },
    subject: 'quarantine',
    state: quarantineState,
    detail: z.strictObject({}),
  },
  'replay.finished': {
    meaning: { zh: '重新筛查结束或中断', en: 'A replay ended or was stopped' },
    subject: 'rule_set',
    detail: z.strictObject({
      stopped: field(z.boolean(), '是否被中断', 'it was stopped'),
      persons: field(count, '参保人数', 'persons'),
      judged: field(count, '结算数', 'settlements judged'),
      created: field(count, '新增疑点', 'findings created'),
      changed: field(count, '变更疑点', 'findings changed'),
      withdrawn: field(count, '撤回疑点', 'findings withdrawn'),
      alarms: field(count, '规则异常次数', 'times a rule could not be trusted'),
    }),
  },
  'replay.started': {
    meaning: { zh: '按现行规则重新筛查开始', en: 'A replay under the present rules began' },
    subject: 'rule_set',
    detail: z.strictObject({
      engine,
      from: field(day.nullable(), '起始日', 'from this day on'),
      to: field(day.nullable(), '截止日', 'up to this day'),
      after: field(name.nullable(), '从此人员编号（psn_no）之后', 'after this person (psn_no)'),
    }),
  },
  'retention.claims_removed': {
    meaning: {
      zh: '按保存期限清理结算数据（每个事务一条）',
      en: 'Claims were removed by retention (one event a transaction)',
    },
    subject: 'claim_revision',
    detail: z.strictObject({
      before: beforeDay,
      months: field(
        z.record(z.string().regex(/^\d{4}-\d{2}$/), count),
        '各月清理的结算版本数',
        'revisions removed, by month',
      ),
    }),
  },
  'retention.documents_rewritten': {
    meaning: {
      zh: '某月单据被重写、压缩或整月删除',
      en: 'The documents of a month were rewritten, compacted or dropped',
    },
    subject: 'claim_document',
    detail: z.strictObject({
      before: beforeDay,
      outcome: field(z.enum(['dropped', 'rewritten']), '结果', 'outcome'),
    }),
  },
  'retention.rows_removed': {
    meaning: { zh: '按保存期限清理其他记录', en: 'Other records were removed by retention' },
    subject: 'table',
    detail: z.strictObject({ before: beforeDay, rows: field(count, '行数', 'rows') }),
  },
  'retention.started': {
    meaning: { zh: '清理或压缩命令开始', en: 'The retention command began' },
    subject: 'claim_revision',
    detail: z.strictObject({
      action: field(z.enum(['remove', 'compact']), '清理或压缩', 'remove or compact'),
      before: beforeDay,
    }),
  },
  'review.assigned': {
    ...review,
    meaning: { zh: '疑点分派给复核人员', en: 'A finding was assigned to a reviewer' },
  },
  'review.confirmed': {
    ...review,
    meaning: { zh: '第二人确认复核结论', en: 'A second person confirmed a review' },
  },
  'review.decided': { ...review, meaning: { zh: '对疑点作出复核结论', en: 'A finding was reviewed' } },
  'review.recused': { ...review, meaning: { zh: '复核人员申请回避', en: 'A reviewer recused themselves' } },
  'review.released': { ...review, meaning: { zh: '复核人员退还疑点', en: 'A reviewer gave a finding back' } },
  'review.reopened': { ...review, meaning: { zh: '复核结论被重新打开', en: 'A review was reopened' } },
  'review.returned': {
    ...review,
    meaning: { zh: '第二人退回复核结论', en: 'A second person returned a review' },
  },
  'review.taken': { ...review, meaning: { zh: '复核人员领取疑点', en: 'A reviewer took a finding' } },
  'rulebook.activated': {
    meaning: {
      zh: '规则版本投入使用（对象为内容哈希）；入库数据随后重新筛查',
      en: 'A version of a rule was put into force (the subject is the hash of its content)',
    },
    subject: 'rule_version',
    detail: z.strictObject({ ...ruleName, ramp: rampField, replay: replayField }),
  },
  'rulebook.approved': {
    meaning: {
      zh: '规则版本由编写人以外的人员批准',
      en: 'A version of a rule was approved by somebody other than its authors',
    },
    subject: 'rule_version',
    detail: z.strictObject(ruleName),
  },
  'rulebook.backtest_started': {
    meaning: { zh: '规则版本的回测开始', en: 'A backtest of a version began' },
    subject: 'rule_version',
    detail: z.strictObject({ ...ruleName, run: field(count, '编号', 'its number') }),
  },
  'rulebook.library_registered': {
    meaning: {
      zh: '安装文件中的规则与知识表已登记；新版本随之投入使用',
      en: 'Rules and tables of the installation were registered; new versions of them are in force',
    },
    subject: 'rule_set',
    detail: z.strictObject({
      activated: field(count, '投入使用的规则', 'rules put into force'),
      taken_out: field(count, '随文件移除的规则', 'rules taken out with their files'),
      tables: field(count, '投入使用的知识表', 'tables put into force'),
      replay: replayField,
    }),
  },
  'rulebook.paused': {
    meaning: {
      zh: '规则版本被暂停（人工，或命中率离开回测区间时自动）',
      en: 'A version was paused, by somebody or because its hit rate left what its backtest saw',
    },
    subject: 'rule_version',
    detail: z.strictObject({
      ...ruleName,
      automatic: field(z.boolean(), '自动', 'automatically'),
      replay: replayField,
    }),
  },
  'rulebook.rejected': {
    meaning: {
      zh: '规则版本被退回（理由见原记录）',
      en: 'A version was rejected; the reason stands with it',
    },
    subject: 'rule_version',
    detail: z.strictObject(ruleName),
  },
  'rulebook.retired': {
    meaning: { zh: '规则版本停用', en: 'A version was retired' },
    subject: 'rule_version',
    detail: z.strictObject({ ...ruleName, replay: replayField }),
  },
  'rulebook.rolled_back': {
    meaning: {
      zh: '规则版本被撤下，此前的版本恢复使用',
      en: 'A version was taken back, and the one before it is in force again',
    },
    subject: 'rule_version',
    detail: z.strictObject({
      ...ruleName,
      restored: field(hash, '恢复的版本', 'the version that is in force again'),
      replay: replayField,
    }),
  },
  'rulebook.run_ended': {
    meaning: {
      zh: '回测或随规则变更的重新筛查结束',
      en: 'A backtest, or a replay that a change of rules began, ended',
    },
    subject: 'rule_run',
    detail: z.strictObject({
      kind: field(z.enum(['backtest', 'replay']), '种类', 'kind'),
      rule_code: field(name, '规则，或知识表名称', 'rule, or name of the knowledge table'),
      state: field(z.enum(['done', 'cancelled', 'failed']), '结果', 'how it ended'),
      persons: field(count, '参保人数', 'persons'),
      created: field(count, '新增疑点', 'findings created'),
      changed: field(count, '变更疑点', 'findings changed'),
      withdrawn: field(count, '撤回疑点', 'findings withdrawn'),
    }),
  },
  'rulebook.run_resumed': {
    meaning: { zh: '回测或重新筛查继续', en: 'A backtest or replay was resumed' },
    subject: 'rule_run',
    detail: nothing,
  },
  'rulebook.shadowed': {
    meaning: {
      zh: '规则版本开始影子运行（不写疑点）',
      en: 'A version began to run in shadow, which writes no findings',
    },
    subject: 'rule_version',
    detail: z.strictObject(ruleName),
  },
  'rulebook.submitted': {
    meaning: { zh: '规则版本提交审批', en: 'A version was submitted for approval' },
    subject: 'rule_version',
    detail: z.strictObject(ruleName),
  },
  'screening.batch_given_up': {
    meaning: { zh: '一批数据无法筛查，待查明原因', en: 'A batch could not be screened and was given up' },
    subject: 'intake_batch',
    state: batchState,
    detail: z.strictObject({ error }),
  },
  'screening.batch_taken_apart': {
    meaning: { zh: '一批数据改为分部分筛查', en: 'A batch is screened in parts from now on' },
    subject: 'intake_batch',
    detail: z.strictObject({}),
  },
  'screening.claim_set_aside': {
    meaning: {
      zh: '一张结算单无法筛查，已搁置并进入隔离区',
      en: 'A claim could not be screened and was set aside',
    },
    subject: 'claim_revision',
    detail: z.strictObject({
      batch: field(count, '批次', 'batch'),
      error,
      engine,
      rule_set: ruleSet,
      neighbours_judged: field(
        z.boolean(),
        '相关结算已在不含此单的情况下筛查',
        'what is around it was judged without it',
      ),
    }),
  },
  'screening.retried': {
    meaning: {
      zh: '曾失败的批次与搁置的结算单重新筛查',
      en: 'What had failed or was set aside is tried again',
    },
    subject: 'rule_set',
    detail: z.strictObject({
      batches: field(count, '批次数', 'batches'),
      claims: field(count, '结算单数', 'claims'),
    }),
  },
  'screening.worker_started': {
    meaning: {
      zh: '筛查进程启动，记录所用规则集与引擎版本',
      en: 'A screening worker started, under these versions',
    },
    subject: 'rule_set',
    detail: z.strictObject({
      engine,
      rules: field(count, '规则数', 'rules'),
      concurrency: field(count, '并行批次数', 'batches at the same time'),
    }),
  },
  'tips.acted': {
    meaning: {
      zh: '举报受理机构办理了一步（答复密封，不在此处）',
      en: 'The tip office took a step; its answer is sealed and not here',
    },
    subject: 'tip',
    detail: z.strictObject({
      action: field(name, '动作', 'the act'),
      seq: field(z.int().min(1), '举报的第几步', 'which step of the tip'),
    }),
  },
  'tips.case_opened': {
    meaning: {
      zh: '由举报转办的线索登记了案件，案件只得到编号和摘要',
      en: 'A case was opened of a referred tip; it got number and summary only',
    },
    subject: 'tip',
    detail: z.strictObject({
      seq: field(z.int().min(1), '举报的第几步', 'which step of the tip'),
      case_id: field(count, '案件序号', 'number of the case'),
    }),
  },
  'tips.file_received': {
    meaning: {
      zh: '收到举报的一个密封附件；不记录来源',
      en: 'A sealed file of a tip came in; where from is not kept',
    },
    subject: 'tip',
    detail: z.strictObject({ number: field(count, '第几个附件', 'which file of the tip') }),
  },
  'tips.file_taken_out': {
    meaning: {
      zh: '举报受理机构取出了一个密封的附件',
      en: 'The tip office took out a sealed file of a tip',
    },
    subject: 'tip',
    detail: z.strictObject({ number: field(count, '第几个附件', 'which file of the tip') }),
  },
  'tips.key_set': {
    meaning: { zh: '举报受理机构登记了新公钥', en: 'The tip office set a new public key' },
    subject: 'tip_key',
    detail: z.strictObject({ fingerprint: field(name, '公钥指纹', 'fingerprint of the key') }),
  },
  'tips.looked_at': {
    meaning: { zh: '举报受理机构查看了一件举报的密文', en: 'The tip office took out a sealed tip' },
    subject: 'tip',
    detail: nothing,
  },
  'tips.received': {
    meaning: {
      zh: '收到一件密封的举报；不记录来源',
      en: 'A sealed tip came in; where from is not kept',
    },
    subject: 'tip',
    detail: nothing,
  },
  'vault.key_created': {
    meaning: { zh: '生成数据密钥（数据密钥以主密钥加密保存）', en: 'A data key was made' },
    subject: 'data_key',
    detail: z.strictObject({
      purpose: field(z.enum(['seal', 'index']), '用途：加密或检索', 'for sealing or for searching'),
      suite: field(z.enum(['aes', 'sm']), '算法：国际或国密', 'international or national algorithms'),
      master: field(name, '主密钥的指纹', 'fingerprint of the master key'),
    }),
  },
  'vault.key_destroyed': {
    meaning: {
      zh: '数据密钥已销毁，用它加密的一切从此无法解密',
      en: 'A data key was destroyed: what was sealed with it is closed for ever',
    },
    subject: 'data_key',
    detail: nothing,
  },
  'vault.master_key_changed': {
    meaning: {
      zh: '主密钥已更换（对象为新主密钥的指纹）',
      en: 'The master key was changed (the subject is its fingerprint)',
    },
    subject: 'master_key',
    detail: z.strictObject({
      former: field(name, '原主密钥的指纹', 'fingerprint of the former one'),
      keys: field(count, '重新加密的数据密钥数', 'data keys that were sealed again'),
    }),
  },
  'vault.sealed_anew': {
    meaning: { zh: '个人信息以新密钥重新加密', en: 'Personal data was sealed again with new keys' },
    subject: 'data_key',
    detail: z.strictObject({
      documents: field(count, '单据数', 'documents'),
      quarantined: field(count, '隔离数据条数', 'quarantined inputs'),
      files: field(count, '上传文件数', 'uploaded files'),
      evidence: field(count, '案件证据数', 'pieces of evidence of cases'),
      file_names: field(count, '答复文件名数', 'names of files that came with answers'),
    }),
  },
} as const satisfies Record<string, KindDefinition>;

export type EventKind = keyof typeof catalogue;

type StateOf<Definition> = Definition extends { readonly state: infer State extends z.ZodObject }
  ? { readonly before: z.infer<State> | null; readonly after: z.infer<State> | null }
  : { readonly before?: never; readonly after?: never };

/** An event as it is recorded. Its fields follow from its kind. */
export type AuditEvent = {
  [Kind in EventKind]: {
    readonly kind: Kind;
    /** Key of what it is about; of what kind that is, the catalogue says. */
    readonly key: string;
    readonly detail: z.infer<(typeof catalogue)[Kind]['detail']>;
  } & StateOf<(typeof catalogue)[Kind]>;
}[EventKind];

export const eventKinds = Object.keys(catalogue).sort();

export const definitions: ReadonlyMap<string, KindDefinition> = new Map(Object.entries(catalogue));
