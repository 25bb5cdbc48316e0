import { expect, test } from 'vitest';
import { canonicalClaim, quickClaim } from '../../src/claims/canonical.ts';
import { fitsByAjv, fitsByZod, issuesMax } from '../../src/claims/explain.ts';
import { issueCodes } from '../../src/claims/issues.ts';
import { parseClaimText } from '../../src/claims/json-text.ts';
import { benchClaim } from '../../src/bench/claims.ts';
import { asOf, claimOf, fullDocument, seeded } from '../support/claims.ts';
import { referenceOf, told } from '../support/reference.ts';

const documentsMax = 10_000;
const mutationsMax = 4;
const seed = 20_260_601;

type Random = ReturnType<typeof seeded>;
type Holder = { holder: Record<string, unknown> | unknown[]; key: string | number };

/** Every place of a document, as the object or list that holds it and the name or position there. */
function places(value: unknown, found: Holder[] = []): Holder[] {
  if (Array.isArray(value)) {
    for (const [key, item] of value.entries()) {
      found.push({ holder: value, key });
      places(item, found);
    }
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      found.push({ holder: value, key });
      places(value[key], found);
    }
  }
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function put({ holder, key }: Holder, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

const strange: readonly unknown[] = [
  null,
  '',
  ' ',
  '\u0000',
  '\ud83d',
  '😀'.repeat(30),
  'x'.repeat(5000),
  '１２３',
  0,
  -0,
  -1,
  1e21,
  1e-9,
  Number.POSITIVE_INFINITY,
  Number.MAX_SAFE_INTEGER,
  0.1 + 0.2,
  12_345_678_901.99,
  '1e5',
  '0x10',
  '1,000.00',
  '-0.00',
  '00012.500',
  '.5',
  '5.',
  '9'.repeat(40),
  true,
  [],
  {},
  [[[[]]]],
  { toString: 1, constructor: 2, hasOwnProperty: 3 },
  '2026-02-30',
  '2026-13-01',
  '0000-00-00',
  '9999-12-31 23:59:59',
  '2026-01-01T00:00:00Z',
  '2026-01-01 24:00:00',
  '2026-01-01 00:00:60',
  '1899-12-31',
  '20260101',
];

const mutations: readonly ((document: unknown, random: Random) => void)[] = [
  (document, random) => put(random.pick(places(document)), random.pick(strange)),
  (document, random) => {
    const { holder, key } = random.pick(places(document));
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  },
  (document, random) => {
    const lists = places(document).filter(({ holder, key }) => Array.isArray(Reflect.get(holder, key)));
    if (lists.length === 0) return;
    const { holder, key } = random.pick(lists);
    const list: unknown = Reflect.get(holder, key);
    if (Array.isArray(list) && list.length > 0) list.push(structuredClone(random.pick(list)));
  },
  (document, random) => {
    const { holder } = random.pick(places(document));
    if (!Array.isArray(holder)) {
      put(
        { holder, key: random.pick(['__proto__', 'constructor', 'foo', '姓名', 'setl_id', '']) },
        random.pick(strange),
      );
    }
  },
  (document, random) => {
    const all = places(document);
    const [a, b] = [random.pick(all), random.pick(all)];
    const [left, right]: unknown[] = [
      structuredClone(Reflect.get(a.holder, a.key)),
      structuredClone(Reflect.get(b.holder, b.key)),
    ];
    put(a, right);
    put(b, left);
  },
  (document, random) => {
    const texts = places(document).filter(({ holder, key }) => typeof Reflect.get(holder, key) === 'string');
    if (texts.length === 0) return;
    const place = random.pick(texts);
    const text = String(Reflect.get(place.holder, place.key));
    const at = random.below(text.length + 1);
    put(
      place,
      text.slice(0, at) +
        random.pick(['0', '-', '.', ' ', 'T', '9', '\n', '💊', '\u200b']) +
        text.slice(at + random.below(2)),
    );
  },
];

/** What the quick pass takes, the careful one takes in the same way, byte for byte. */
function quickAgrees(bytes: Uint8Array): boolean {
  const quick = quickClaim(bytes, asOf);
  return quick === null || told(quick) === told(referenceOf(bytes, asOf));
}

/** Whatever comes in is taken with a stable canonical form, or rejected with reasons of the catalogue. `faults`: where this does not hold. */
function answerTo(document: unknown): { status: 'accepted' | 'rejected'; faults: string[] } {
  const result = canonicalClaim(document, asOf);
  const agrees = [
    ...(fitsByAjv(document) === fitsByZod(document) ? [] : ['ajv and zod']),
    ...(quickAgrees(Buffer.from(JSON.stringify(document))) ? [] : ['quick and careful']),
  ].map((who) => `${who} disagree on ${JSON.stringify(document)}`);
  if (result.ok) {
    const bytes = JSON.stringify(result.claim);
    const again = canonicalClaim(JSON.parse(bytes), asOf);
    const stable = again.ok && again.hash.equals(result.hash) ? [] : [`not stable: ${bytes}`];
    return { status: 'accepted', faults: [...agrees, ...stable] };
  }
  const { issues } = result;
  const counted = issues.length > 0 && issues.length <= issuesMax + 1 ? [] : [`${issues.length} reasons`];
  const faults = issues
    .filter(({ path, code, message }) => {
      const explained =
        message.zh !== '' && message.en !== '' && issueCodes.includes(code) && code !== 'structure';
      return !explained || !path.startsWith('$');
    })
    .map(({ path, code }) => `${path} ${code}`);
  return { status: 'rejected', faults: [...agrees, ...counted, ...faults] };
}

test(`${documentsMax} mutated documents are each accepted or rejected with a reason`, () => {
  const random = seeded(seed);
  const counts = { accepted: 0, rejected: 0 };
  for (let n = 0; n < documentsMax; n += 1) {
    const document: unknown = structuredClone(n % 2 === 0 ? fullDocument() : claimOf());
    for (let times = 1 + random.below(mutationsMax); times > 0; times -= 1) {
      if (places(document).length > 0) random.pick(mutations)(document, random);
    }
    const { status, faults } = answerTo(document);
    counts[status] += 1;
    expect(faults).toEqual([]);
  }
  // A test in which everything is rejected, or nothing, would show nothing.
  expect(counts.accepted).toBeGreaterThan(documentsMax / 20);
  expect(counts.rejected).toBeGreaterThan(documentsMax / 5);
});

test('damaged bytes of a document are answered as well', () => {
  const random = seeded(seed + 1);
  const clean = Buffer.from(JSON.stringify(fullDocument()));
  const reasons = new Set<string>();
  const faults: string[] = [];
  for (let n = 0; n < documentsMax / 5; n += 1) {
    const bytes = Buffer.from(clean);
    for (let times = 1 + random.below(3); times > 0; times -= 1)
      bytes[random.below(bytes.length)] = random.below(256);
    const parsed = parseClaimText(
      bytes.subarray(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length),
      '$',
    );
    if (parsed.ok) faults.push(...answerTo(parsed.value).faults);
    else reasons.add(parsed.issue.code);
  }
  expect(faults).toEqual([]);
  expect([...reasons].toSorted()).toEqual(['not_json', 'not_utf8']);
});

/** Bytes that mean something to JSON, to a number, a time or to UTF-8. */
const tellingBytes = Buffer.from('"\\{}[]:,0123456789.-+eE nulltrfas\n\t\0TZ\u007f\u00a0\u3000\ufeff药');

/** The text with one byte replaced, inserted, taken away or, with more luck, a piece of it repeated. */
function oneByteOff(text: Buffer, random: Random): Buffer {
  const at = random.below(text.length);
  const byte = random.below(8) === 0 ? random.below(256) : random.pick([...tellingBytes]);
  const replaced = random.below(2);
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([text.subarray(0, at), text.subarray(at + 1)]);
    case 1: {
      const end = at + random.below(60);
      return Buffer.concat([text.subarray(0, end), text.subarray(at)]);
    }
    default:
      return Buffer.concat([text.subarray(0, at), Buffer.of(byte), text.subarray(at + replaced)]);
  }
}

test('texts of which a byte is changed are taken by the quick pass as by the careful one, or not at all', () => {
  const random = seeded(seed + 2);
  const world = { persons: 100, history: 0 };
  const clean = [
    JSON.stringify(fullDocument()),
    JSON.stringify(claimOf()),
    JSON.stringify(claimOf(), null, 1),
    ...Array.from({ length: 20 }, (_, index) => benchClaim(index, world)),
  ].map((text) => Buffer.from(text));
  let taken = 0;
  const mutated = 4 * documentsMax;
  for (let n = 0; n < mutated; n += 1) {
    const bytes = oneByteOff(random.pick(clean), random);
    const quick = quickClaim(bytes, asOf);
    if (quick === null) continue;
    taken += 1;
    expect(told(quick), bytes.toString()).toBe(told(referenceOf(bytes, asOf)));
  }
  expect(taken).toBeGreaterThan(mutated / 10);
});
