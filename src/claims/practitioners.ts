/**
 * Whose work a visit is, as its key says it: so that of the thousands of visits of a day at a hospital only those are read that may stand in one
 * practitioner's day together. Written at intake (`quick/rows.ts`); revisions that were stored before there was such a key have none.
 */

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
