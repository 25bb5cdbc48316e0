/** Passwords: what is taken as one, and what is kept of it. */
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { commonPasswords } from './common-passwords.ts';

export const passwordCharsMin = 10;
/** More would only make the server work. */
export const passwordCharsMax = 128;

export type PasswordProblem = 'too_short' | 'too_long' | 'is_login' | 'common';

/**
 * What is wrong with a password, or `null`. Nothing is asked of its letters, and it never grows old: both make people write it down.
 *
 * @param login in lower case
 */
export function passwordProblem(password: string, login: string): PasswordProblem | null {
  const characters = [...password].length;
  if (characters < passwordCharsMin) return 'too_short';
  if (characters > passwordCharsMax) return 'too_long';
  const plain = password.normalize('NFKC').toLowerCase();
  const isIn = login.length >= loginCharsMin ? plain.includes(login) : plain === login;
  if (isIn) return 'is_login';
  if (commonPasswords.has(plain) || new Set(plain).size <= distinctCharsMin) return 'common';
  return null;
}

/** A shorter login name stands by chance in many a good password. */
const loginCharsMin = 4;

/** `aaaaaaaaaab` and the like. */
const distinctCharsMin = 2;

/** OWASP's first choice for argon2id, which is the library's default: 19 MiB and two passes, too much memory for a card that guesses. */
const argon2id = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Verifications at the same time: they share the pool of threads with everything else that Node leaves to threads. */
const verificationsMax = 2;
const waitingMax = 32;

let running = 0;
const waiting: (() => void)[] = [];

/** `null`: too many wait already; nothing was looked at. */
async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
  if (running >= verificationsMax) {
    if (waiting.length >= waitingMax) return null;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

export const hashPassword = async (password: string): Promise<string> =>
  hash(password.normalize('NFKC'), argon2id);

/** Verified where there is no account, so that the time of the answer does not tell. */
let nobody: Promise<string> | undefined;

/** @param known `null`: there is no such account, or it has no password. `'busy'`: ask again later */
export async function isPassword(password: string, known: string | null): Promise<boolean | 'busy'> {
  const answer = await inTurn(async () => {
    nobody ??= hashPassword(randomBytes(16).toString('base64url'));
    const fits = await verify(known ?? (await nobody), password.normalize('NFKC'));
    return fits && known !== null;
  });
  return answer ?? 'busy';
}

/** Without letters that are taken for others; 20 of 31 are 99 bits. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const generatedChars = 20;
const groupChars = 5;

/** Four groups of five, to be read out and typed once. */
export function generatedPassword(): string {
  let text = '';
  while (text.length < generatedChars)
    // Bytes beyond the last whole multiple are thrown away, or the first letters would come more often.
    for (const byte of randomBytes(generatedChars))
      if (byte < letters.length * 8 && text.length < generatedChars) text += letters[byte % letters.length];
  return text.match(new RegExp(`.{${groupChars}}`, 'g'))?.join('-') ?? text;
}
