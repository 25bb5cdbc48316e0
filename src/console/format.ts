/** How money, counts and times are written. Money comes as decimal text and is never turned into a binary number on the way. */
import type { Language } from './language.tsx';

const fenPerYuan = 100n;
const fenPerWan = 1_000_000n;
const fenPerYi = 10_000_000_000n;
const fenPerThousand = 100_000n;
const fenPerMillion = 100_000_000n;
const fenPerBillion = 100_000_000_000n;

/** Integer fen of an amount in yuan with up to two decimals; `null` when the text is not one. */
export function fenOf(yuan: string): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,2})\d*)?$/.exec(yuan);
  if (match === null) return null;
  const fen = BigInt(match[2] ?? '0') * fenPerYuan + BigInt((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -fen : fen;
}

/** Every digit: `12,345.60`. The unit stands in the column head or is added by the caller. */
export function amount(yuan: string): string {
  const fen = fenOf(yuan);
  return fen === null ? yuan : decimal(fen, fenPerYuan);
}

/** Every digit, with its unit: `12,345.60 元`, `¥12,345.60`. */
export function money(yuan: string, language: Language): string {
  return language === 'zh'
    ? `${amount(yuan)} 元`
    : yuan.startsWith('-')
      ? `-¥${amount(yuan.slice(1))}`
      : `¥${amount(yuan)}`;
}

/** Number and unit of an amount in the size people speak of: `123.46` `万元`. Below ten thousand yuan every digit stays. */
export function shortMoney(yuan: string, language: Language): { number: string; unit: string } {
  const fen = fenOf(yuan);
  if (fen === null) return { number: yuan, unit: '' };
  const size = fen < 0n ? -fen : fen;
  if (language === 'en') {
    const written = (unit: bigint): string =>
      fen < 0n ? `-¥${decimal(size, unit)}` : `¥${decimal(size, unit)}`;
    if (size >= fenPerBillion) return { number: written(fenPerBillion), unit: 'B' };
    if (size >= fenPerMillion) return { number: written(fenPerMillion), unit: 'M' };
    if (size >= fenPerWan) return { number: written(fenPerThousand), unit: 'K' };
    return { number: written(fenPerYuan), unit: '' };
  }
  if (size >= fenPerYi) return { number: decimal(fen, fenPerYi), unit: '亿元' };
  if (size >= fenPerWan) return { number: decimal(fen, fenPerWan), unit: '万元' };
  return { number: decimal(fen, fenPerYuan), unit: '元' };
}

export function shortMoneyText(yuan: string, language: Language): string {
  const { number, unit } = shortMoney(yuan, language);
  return language === 'zh' ? `${number} ${unit}` : `${number}${unit}`;
}

/** For the axis of a chart only: there a binary number is what is drawn. */
export const yuanForChart = (yuan: string): number => Number(yuan);

/** `fen / unit` with two decimals, rounded half away from zero, thousands separated. */
function decimal(fen: bigint, unit: bigint): string {
  const size = fen < 0n ? -fen : fen;
  const hundredths = (size * 100n * 2n + unit) / (unit * 2n);
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0n && hundredths > 0n ? '-' : ''}${whole}.${(hundredths % 100n).toString().padStart(2, '0')}`;
}

const counts = new Intl.NumberFormat('en-US');
export const count = (value: number): string => counts.format(value);

/** `part / whole`, both in yuan, as a percentage of two decimals; `null` when there is no whole. */
export function share(part: string, whole: string): string | null {
  const [partFen, wholeFen] = [fenOf(part), fenOf(whole)];
  if (partFen === null || wholeFen === null || wholeFen <= 0n) return null;
  return `${decimal(partFen * 10_000n, wholeFen * 100n)}%`;
}

/** An instant of the API in Beijing time, which is the time of all claims: `2026-03-01 08:30:00`. */
const beijing = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});
export const instant = (iso: string): string => beijing.format(new Date(iso));

/** Times of claims are Beijing time already; midnight means that only the day is known. */
export const claimTime = (text: string): string => text.replace('T', ' ').replace(/ 00:00:00$/, '');
export const claimDay = (text: string): string => text.slice(0, 10);

/** Days since 1970-01-01 of `yyyy-MM-dd…`, for the drawing of stays on a line. */
export const dayNumber = (text: string): number =>
  Math.floor(Date.parse(`${claimDay(text)}T00:00:00Z`) / dayMs);
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
export const dayMs = 86_400_000;
const shanghaiMs = 8 * 3_600_000;
/** What day it is in Shanghai, wherever the browser is. */
export const today = (): string => dayText(Math.floor((Date.now() + shanghaiMs) / dayMs));
export const addDays = (day: string, days: number): string => dayText(dayNumber(day) + days);

/** The first characters of a hash: enough to compare by eye. */
export const shortHash = (hash: string): string => hash.slice(0, 12);

const bytesPerKilobyte = 1_024;
const bytesPerMegabyte = bytesPerKilobyte * bytesPerKilobyte;
/** Of a file: `12 KB`, `3.4 MB`. */
export const sizeOf = (bytes: number): string =>
  bytes < bytesPerMegabyte
    ? `${count(Math.max(1, Math.round(bytes / bytesPerKilobyte)))} KB`
    : `${(bytes / bytesPerMegabyte).toFixed(1)} MB`;
