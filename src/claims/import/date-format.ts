/** Dates as files write them, read by a format such as `yyyy/M/d H:mm`. */

export type CivilText = { date: string; time: string | null };

const groups: Readonly<Record<string, { pattern: string; part: Part }>> = {
  yyyy: { pattern: '(\\d{4})', part: 'year' },
  MM: { pattern: '(\\d{2})', part: 'month' },
  M: { pattern: '(\\d{1,2})', part: 'month' },
  dd: { pattern: '(\\d{2})', part: 'day' },
  d: { pattern: '(\\d{1,2})', part: 'day' },
  HH: { pattern: '(\\d{2})', part: 'hour' },
  H: { pattern: '(\\d{1,2})', part: 'hour' },
  mm: { pattern: '(\\d{2})', part: 'minute' },
  ss: { pattern: '(\\d{2})', part: 'second' },
};
type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

/** A reader for the format, or `null` when the format lacks year, month or day or names something twice. */
export function compileDateFormat(format: string): ((text: string) => CivilText | null) | null {
  const parts: Part[] = [];
  const pattern = format.replaceAll(/yyyy|MM?|dd?|HH?|mm|ss|[^A-Za-z]|[A-Za-z]/g, (token) => {
    const group = groups[token];
    if (group === undefined) return token.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    parts.push(group.part);
    return group.pattern;
  });
  if (new Set(parts).size !== parts.length) return null;
  if (!parts.includes('year') || !parts.includes('month') || !parts.includes('day')) return null;
  const reader = new RegExp(`^${pattern}$`);
  const hasTime = parts.includes('hour');
  return (text) => {
    const match = reader.exec(text);
    if (match === null) return null;
    const of = (part: Part): string =>
      (parts.includes(part) ? (match[parts.indexOf(part) + 1] ?? '') : '').padStart(2, '0');
    const date = `${of('year')}-${of('month')}-${of('day')}`;
    // Minutes or seconds that the format does not have are 00.
    return { date, time: hasTime ? `${of('hour')}:${of('minute')}:${of('second')}` : null };
  };
}
