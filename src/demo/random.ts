/**
 * Seeded pseudo-random numbers for the demo city: the same seed gives the same city on every machine. sfc32 (Chris Doty-Humphrey,
 * PractRand), seeded by hashing a name, so that every person, scene and visit has a stream of its own and adding one disturbs no other.
 * Not for draws or anything that must not be guessed.
 */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** An integer in [from, to], both included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item;
  /** `count` different ones in the order of the list, or all when there are no more. */
  some<Item>(list: readonly Item[], count: number): Item[];
}

const WARM_UP_ROUNDS = 12;

export function randomOf(...name: readonly (string | number)[]): Random {
  let [a, b, c, d] = hash128(name.join('/'));
  const word = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) word();
  const next = (): number => word() / 2 ** 32;
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <Item>(list: readonly Item[]): Item => {
    for (const item of list.slice(below(list.length))) return item;
    throw new Error('nothing to pick from');
  };
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick,
    some: (list, count) => {
      let wanted = Math.min(count, list.length);
      let left = list.length;
      // Selection sampling (Knuth 3.4.2 S): every subset is equally likely and the order is kept.
      return list.filter(() => {
        const taken = next() * left < wanted;
        left--;
        if (taken) wanted--;
        return taken;
      });
    },
  };
}

/** A permutation of the integers below `count` (Fisher–Yates). */
export function permutation(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return order;
}

/** Four words of a string (FNV-1a with four offsets, mixed): spreads seeds, nothing more. */
function hash128(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    words[0] = Math.imul(words[0] ^ unit, 0x01000193);
    words[1] = Math.imul(words[1] ^ unit, 0x85ebca77) ^ (words[0] >>> 13);
    words[2] = Math.imul(words[2] ^ unit, 0xc2b2ae3d) ^ (words[1] >>> 11);
    words[3] = Math.imul(words[3] ^ unit, 0x27d4eb2f) ^ (words[2] >>> 15);
  }
  return words;
}
