/** What is wrong with a ledger, in words. */
import { countText } from '../platform/fill-contract.ts';
import type { Message } from './contract.ts';
import type { LedgerFault } from './ledger.ts';

export function ledgerFaultText(fault: LedgerFault): Message {
  const { line } = fault;
  switch (fault.fault) {
    case 'unreadable':
      return fault.seq === null
        ? { zh: `第 ${line} 行：不是账本的首行`, en: `line ${line}: not the header of a ledger` }
        : {
            zh: `第 ${line} 行（第 ${fault.seq} 条）：已被改动，不是账本条目的规范写法`,
            en: `line ${line} (entry ${fault.seq}): changed; not an entry in canonical form`,
          };
    case 'edited':
      return {
        zh: `第 ${line} 行（第 ${fault.seq} 条）：内容与哈希不符，其中之一被改动`,
        en: `line ${line} (entry ${fault.seq}): text and hash do not belong together; one of them was changed`,
      };
    case 'out_of_order':
      return {
        zh: `第 ${line} 行：应为第 ${fault.expected} 条，实为第 ${fault.seq} 条（缺失、重复或调换）`,
        en: `line ${line}: entry ${fault.seq} where ${fault.expected} belongs (missing, doubled or moved)`,
      };
    case 'wrong_previous_hash':
      return {
        zh: `第 ${line} 行（第 ${fault.seq} 条）：与前一条衔接不上，两条之一被替换`,
        en: `line ${line} (entry ${fault.seq}): names another predecessor; one of the two was replaced`,
      };
    case 'dangling':
      return {
        zh: `第 ${line} 行（第 ${fault.seq} 条）：所指第 ${fault.target} 条不存在、不属同一主体或不可撤销修复`,
        en: `line ${line} (entry ${fault.seq}): entry ${fault.target} is not there, another subject's, or cannot be revoked or repaired`,
      };
    case 'wrong_header':
      return fault.field === 'entries'
        ? {
            zh: '第 1 行：首行所写条数与实际不符（首行被改动，或条目被截去、添加）',
            en: 'line 1: another number of entries than there are (the header was changed, or entries cut off or added)',
          }
        : {
            zh: '第 1 行：首行所写末端哈希与实际不符',
            en: 'line 1: another head than the chain has',
          };
    case 'not_the_known_one':
      return {
        zh: `账本自洽，但其中没有所给的哈希：不是当时的那本，或被整本重写（共 ${fault.seq} 条）`,
        en: `the ledger holds, but does not contain the hash: it is another one, or was written anew (${countText(fault.seq, 'entry', 'entries')})`,
      };
  }
}
