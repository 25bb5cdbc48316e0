/** What the verifier found, as a sentence for people. */
import type { Message } from './catalogue.ts';
import type { TimestampFault } from './timestamp.ts';
import type { Fault } from './verify.ts';

export function faultText(fault: Fault): Message {
  const { seq } = fault;
  switch (fault.fault) {
    case 'edited':
      return {
        zh: `第 ${seq} 条被改动：内容与哈希不符`,
        en: `event ${seq} was edited: its text does not match its hash`,
      };
    case 'malformed':
      return { zh: `第 ${seq} 条不是本系统的事件`, en: `event ${seq} is no event of this system` };
    case 'wrong_column':
      return {
        zh: `第 ${seq} 条的检索列 ${fault.column} 与内容不符`,
        en: `event ${seq}: column ${fault.column} does not match the text`,
      };
    case 'missing':
      return fault.upTo === seq
        ? { zh: `缺少第 ${seq} 条`, en: `event ${seq} is missing` }
        : { zh: `缺少第 ${seq} 至 ${fault.upTo} 条`, en: `events ${seq} to ${fault.upTo} are missing` };
    case 'reordered':
      return {
        zh: `顺序被改动：第 ${seq} 条的位置上是第 ${fault.found} 条`,
        en: `reordered: in the place of event ${seq} stands event ${fault.found}`,
      };
    case 'inserted':
      return { zh: `第 ${seq} 条是插入的`, en: `event ${seq} was inserted` };
    case 'wrong_previous_hash':
      return {
        zh: `第 ${seq} 条与前一条不衔接：前一条已被替换，或本条是伪造的`,
        en: `event ${seq} does not follow from the one before: one of the two was replaced`,
      };
    case 'unreadable':
      return {
        zh: `文件第 ${fault.line} 行无法识别（应为第 ${seq} 条）`,
        en: `line ${fault.line} cannot be read; event ${seq} was expected`,
      };
    case 'cut_off':
      return fault.known === null
        ? {
            zh: `链到第 ${seq} 条为止，不含给定的链头`,
            en: `the chain ends at event ${seq} without the given head`,
          }
        : {
            zh: `链尾被截断：到第 ${seq} 条为止，已知至少到第 ${fault.known} 条`,
            en: `cut off: the chain ends at event ${seq} and is known to reach event ${fault.known}`,
          };
    case 'not_as_anchored':
      return {
        zh: `第 ${seq} 条与 ${fault.day} 的锚点不符：该处之前被重写`,
        en: `event ${seq} is not the one anchored for ${fault.day}: something up to it was written anew`,
      };
    case 'bad_signature':
      return {
        zh: `${fault.day} 的锚点（第 ${seq} 条）签名无效`,
        en: `the anchor of ${fault.day} (event ${seq}) has no valid signature`,
      };
    case 'unknown_key':
      return {
        zh: `${fault.day} 的锚点（第 ${seq} 条）由未知密钥 ${fault.key} 签名`,
        en: `the anchor of ${fault.day} (event ${seq}) was signed by an unknown key ${fault.key}`,
      };
    case 'bad_timestamp': {
      const { zh, en } = timestampFaults[fault.reason];
      return {
        zh: `${fault.day} 的锚点（第 ${seq} 条）的时间戳不成立：${zh}`,
        en: `the time stamp of the anchor of ${fault.day} (event ${seq}) does not hold: ${en}`,
      };
    }
    case 'foreign_anchor':
      return {
        zh: `${fault.day} 的锚点（第 ${seq} 条）属于另一条链，或本链自首条起被重写`,
        en: `the anchor of ${fault.day} (event ${seq}) is of another chain, or this one was written anew from its first event`,
      };
  }
}

const timestampFaults: Readonly<Record<TimestampFault, Message>> = {
  unreadable: { zh: '不是 RFC 3161 时间戳令牌', en: 'it is no token of RFC 3161' },
  wrong_imprint: { zh: '是为别的内容签发的', en: 'it was made for another text' },
  bad_signature: { zh: '签名无效', en: 'its signature is not valid' },
  unknown_algorithm: {
    zh: '签名算法（如国密 SM2）无法在此核验',
    en: 'it is signed by an algorithm that cannot be verified here, like SM2',
  },
  wrong_certificate: {
    zh: '签发证书不是时间戳专用证书',
    en: 'the certificate it was signed by is not one for time stamps alone',
  },
  untrusted: {
    zh: '签发证书不能追溯到所信任的证书',
    en: 'the certificate it was signed by does not lead to one that is trusted',
  },
};
