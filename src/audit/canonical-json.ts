/**
 * Canonical JSON as RFC 8785 defines it, for what events are made of: keys in the order of their UTF-16 code units, nothing between tokens,
 * strings escaped as `JSON.stringify` does. Numbers are integers that every reader holds exactly, so that no two programs can differ on
 * how a number is written.
 */
export type CanonicalValue =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

const depthMax = 16;

/**
 * What is `undefined` in an object is left out.
 * @throws TypeError on numbers that are not safe integers, on lone surrogates, and on what is nested too deeply
 */
export function canonicalJson(value: CanonicalValue, depth = 0): string {
  if (depth > depthMax) throw new TypeError(`nested deeper than ${depthMax}`);
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new TypeError('a number in canonical JSON must be a safe integer');
    return String(value === 0 ? 0 : value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  const members: string[] = [];
  // Without a comparator, sort() compares UTF-16 code units: the order of RFC 8785.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${stringText(key)}:${canonicalJson(member, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function stringText(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('a lone surrogate has no place in canonical JSON');
  return JSON.stringify(text);
}

const isList = (value: CanonicalValue): value is readonly CanonicalValue[] => Array.isArray(value);
