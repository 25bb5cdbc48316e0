/** What in a text that people wrote looks like a number of a person: such a text is neither published nor taken for the name of a party. Pure. */
import type { Message } from '../claims/contract.ts';

/** Numbers of identity cards, phones, bank cards, settlements and persons are longer than any amount or year that a story needs. */
const digitsMax = 7;
/** Days are no numbers of persons; spaces and hyphens within a number hide nothing. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\b\d{4}([-./])\d{1,2}\1\d{1,2}\b/g, ' ')
    .replaceAll(/(?<=\d)[\s-](?=\d)/g, '');

/** One for each place that must be rewritten; none: it may stand as it is. The text itself is not repeated. */
export function personalFaults(text: string): Message[] {
  const faults: Message[] = [];
  const long = new RegExp(`\\d{${digitsMax + 1},}`).test(plain(text));
  if (long)
    faults.push({
      zh: `含有超过 ${digitsMax} 位的连续数字（证件、电话、卡号、结算编号等），须删去`,
      en: `It holds more than ${digitsMax} digits in a row, as numbers of persons have; take them out`,
    });
  if (/[^\s@]+@[^\s@]+\.[a-z]{2,}/i.test(text.normalize('NFKC')))
    faults.push({ zh: '含有电子邮箱地址，须删去', en: 'It holds a mail address; take it out' });
  return faults;
}
