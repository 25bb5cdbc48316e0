import { describe, expect, test } from 'vitest';
import {
  base32,
  enrolmentUri,
  hotp,
  newRecoveryCodes,
  newSecret,
  recoveryCodeOf,
  recoveryCodesCount,
  stepAt,
  stepOfCode,
} from '../../src/people/totp.ts';

/** Of the appendices of RFC 4226 and RFC 6238. */
const secret = Buffer.from('12345678901234567890');

test.each(
  ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
    (code, counter) => [counter, code] as const,
  ),
)('RFC 4226, appendix D, counter %i', (counter, code) => {
  expect(hotp(secret, counter)).toBe(code);
});

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('RFC 6238, appendix B, at %i s', (seconds, code) => {
  expect(hotp(secret, stepAt(seconds), 8)).toBe(code);
});

describe('a code', () => {
  const now = 1_700_000_000;
  const step = stepAt(now);

  test('is good for a clock that is one step off, and not for two', () => {
    for (const off of [-1, 0, 1])
      expect(stepOfCode(secret, hotp(secret, step + off), now, 0)).toBe(step + off);
    for (const off of [-2, 2]) expect(stepOfCode(secret, hotp(secret, step + off), now, 0)).toBeNull();
  });

  test('is good once, and what came before it is not good afterwards', () => {
    expect(stepOfCode(secret, hotp(secret, step), now, step)).toBeNull();
    expect(stepOfCode(secret, hotp(secret, step - 1), now, step)).toBeNull();
    expect(stepOfCode(secret, hotp(secret, step + 1), now, step)).toBe(step + 1);
  });

  test.each(['', '12345', '1234567', '12345a', '１２３４５６'])('is none: %s', (typed) => {
    expect(stepOfCode(secret, typed, now, 0)).toBeNull();
  });
});

test('base32 as RFC 4648 writes it, without padding', () => {
  for (const [text, encoded] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const)
    expect(base32(Buffer.from(text))).toBe(encoded);
});

test('what stands in the QR code names the account and holds the secret', () => {
  const made = newSecret();
  const uri = new URL(enrolmentUri(made, 'li.si'));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.pathname).toContain('li.si');
  expect(uri.searchParams.get('secret')).toBe(base32(made));
});

test('recovery codes are taken however they are typed', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(recoveryCodesCount);
  const [code = ''] = codes;
  for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ' '), ` ${code.replaceAll('-', '')} `])
    expect(recoveryCodeOf(typed)).toBe(code);
  expect(recoveryCodeOf('123456')).toBeNull();
});
