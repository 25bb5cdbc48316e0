/** Why something sealed could not be opened, or nothing could be sealed: said in words, never by returning something else. */
import { AppError, type Message } from '../platform/http.ts';

const faults = {
  master_key_missing: {
    zh: '找不到主密钥文件，而数据库中已有用它加密的数据。请从备份恢复该文件（FUNDWATCH_MASTER_KEY_FILE）',
    en: 'The master key file is missing, and the database holds data sealed with it. Restore the file from its backup (FUNDWATCH_MASTER_KEY_FILE)',
  },
  master_key_wrong: {
    zh: '主密钥文件不是加密此数据库所用的那一个（FUNDWATCH_MASTER_KEY_FILE）',
    en: 'The master key file is not the one that this database was sealed with (FUNDWATCH_MASTER_KEY_FILE)',
  },
  master_key_unreadable: {
    zh: '主密钥文件格式不正确，或可被他人读取（应为 600）',
    en: 'The master key file is malformed, or others may read it (it should be 600)',
  },
  unknown_key: {
    zh: '数据所用的数据密钥已不存在，无法解密',
    en: 'The data key that this was sealed with does not exist any more: it cannot be opened',
  },
  not_sealed: {
    zh: '数据没有加密，来自旧版本。请运行 fundwatch vault rotate',
    en: 'This is not sealed; it comes from a former version. Run fundwatch vault rotate',
  },
  tampered: {
    zh: '加密的数据被改动过，或被移到别处，拒绝解密',
    en: 'What was sealed has been changed or moved elsewhere: it is not opened',
  },
} as const satisfies Record<string, Message>;
export type Fault = keyof typeof faults;

/** Answered with 503: nothing that the caller sends would make it better. */
export class VaultError extends AppError {
  readonly fault: Fault;

  /** @param detail ids of keys, never data */
  constructor(fault: Fault, detail = '') {
    const { zh, en } = faults[fault];
    const note = detail === '' ? '' : ` (${detail})`;
    super({ status: 503, code: fault, message: { zh: `${zh}${note}`, en: `${en}${note}` } });
    this.fault = fault;
  }
}
