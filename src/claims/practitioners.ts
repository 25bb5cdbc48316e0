/**
 * Whose work a visit is, as its key says it: so that of the thousands of visits of a day at a hospital only those are read that may stand in one
 * practitioner's day together. Written at intake (`quick/rows.ts`); revisions that were stored before there was such a key have none.
 */
import type { Claim } from './contract.ts';

/**
 * What a national code of medical staff looks like, for JavaScript and PostgreSQL alike: a letter, six digits of 行政区划, six of serial number. It
 * names one person in the whole country. Of another form, or with a serial number that only fills the field, a code is one of its institution.
 */
export const nationalCodePattern = `^[A-Za-z](?!000000)[0-9]{6}(?!${Array.from({ length: 10 }, (_, digit) => String(digit).repeat(6)).join('|')})[0-9]{6}$`;
const national = new RegExp(nationalCodePattern);

/** Whether the code means the same person at every institution. */
export const isNationalCode = (code: string): boolean => national.test(code);

/** National codes that a document names anywhere: whose work a visit is after refunds is among them. */
export function nationalCodesOf({ visit, lines }: Pick<Claim, 'visit' | 'lines'>): string[] {
  const named = [visit.atddr_no, ...lines.map(({ bilg_dr_codg }) => bilg_dr_codg)];
  return [...new Set(named.filter((code) => code !== undefined))].filter(isNationalCode);
}

/** A visit by more than these is not told apart by whose it is. */
export const practitionersMax = 20;
/** U+001F: control characters stand in JSON as escapes, and codes with escapes are not named. */
export const practitionerSeparator = 0x1f;

/**
 * The codes that a key names: of each line of the day on which the visit began who ordered it, else the attending doctor, who is named too where
 * that day has no line; `''`: nobody. `null`: the visit may be anybody's – the key is not known, a line reverses another, a code is written with
 * escapes, or there are too many.
 */
export const practitionersIn = (key: string | null): readonly string[] | null =>
  key === null ? null : key.split(String.fromCharCode(practitionerSeparator));
