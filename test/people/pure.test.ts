/** What people's pure files decide: sight, lock-out, duties, passwords, places to go. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayDo, sightOfCaller } from '../../src/people/caller.ts';
import { accountLockout, afterFailure, type Failures, lockedMs } from '../../src/people/lockout.ts';
import { generatedPassword, hashPassword, isPassword, passwordProblem } from '../../src/people/passwords.ts';
import { permissionsOf, roles } from '../../src/people/permissions.ts';
import { conflict, duties } from '../../src/people/segregation.ts';
import { areaOf, everything, sees, sightOf } from '../../src/people/sight.ts';
import { readToken, tokenOfKey } from '../../src/people/tokens.ts';
import { buckets } from '../../src/platform/buckets.ts';
import { machine, someone } from '../support/people.ts';

describe('sight', () => {
  test.each([
    ['H33070200001', '330702'],
    ['P33070300118', '330703'],
    ['h33070200001', '330702'],
    ['H3307020001', null],
    ['33070200001', null],
    ['HH3070200001', null],
    ['H33070200001 ', null],
    ['SYNTH-7', null],
    ['', null],
  ])('the area of %s is %s', (code, area) => {
    expect(areaOf(code)).toBe(area);
  });

  test('a district sees its own, the city all, an institution itself', () => {
    const district = sightOf('330702', null);
    expect([sees(district, 'H33070200001'), sees(district, 'H33070300001')]).toEqual([true, false]);
    expect([sees(district, 'SYNTH-7'), sees(district, null)]).toEqual([false, false]);
    const city = sightOf('330700', null);
    expect([sees(city, 'H33070300001'), sees(city, 'SYNTH-7'), sees(city, null)]).toEqual([true, true, true]);
    const own = sightOf('330702', 'SYNTH-7');
    expect([sees(own, 'SYNTH-7'), sees(own, 'H33070200001'), sees(own, null)]).toEqual([true, false, false]);
  });

  test('a key sees its institution, or everything when it is bound to none', () => {
    expect(sightOfCaller(machine(['precheck']))).toEqual(everything);
    expect(sees(sightOfCaller(machine(['precheck'], 'H1')), 'H2')).toBe(false);
    expect(() => sightOfCaller(null)).toThrow('without a caller');
  });
});

describe('who may', () => {
  test('nobody may anything but what is public', () => {
    expect(mayDo(null, 'public')).toBe('allowed');
    for (const access of ['signed-in', 'findings.read'] as const)
      expect(mayDo(null, access)).toBe('not_signed_in');
  });

  test('whoever has something to do first may do that and nothing else', () => {
    const pending = { ...someone('leader'), pending: 'password' } as const;
    expect(mayDo(pending, 'signed-in')).toBe('allowed');
    expect(mayDo(pending, 'findings.read')).toBe('password');
    expect(mayDo(pending, 'people.manage')).toBe('forbidden');
  });

  test('a machine is nobody with an account of its own', () => {
    expect(mayDo(machine(['findings:read']), 'signed-in')).toBe('forbidden');
  });

  test('every role may something', () => {
    for (const role of roles) expect(permissionsOf(role, '330700').length).toBeGreaterThan(0);
  });
});

describe('lock-out', () => {
  const fail = (times: number, everyMs = 1_000): { state: Failures | null; now: number } => {
    let state: Failures | null = null;
    let now = 0;
    for (let done = 0; done < times; done += 1) {
      now = Math.max(now + everyMs, state?.lockedUntil ?? 0);
      state = afterFailure(state, now, accountLockout);
    }
    return { state, now };
  };
  const lockAfter = (times: number): number => {
    const { state, now } = fail(times);
    return lockedMs(state, now);
  };

  test('begins after the free failures, doubles, and ends at its greatest', () => {
    const { freeFailures, firstLockMs, lockMsMax } = accountLockout;
    expect(lockAfter(freeFailures - 1)).toBe(0);
    expect(lockAfter(freeFailures)).toBe(firstLockMs);
    expect(lockAfter(freeFailures + 1)).toBe(firstLockMs * 2);
    expect(lockAfter(freeFailures + 3)).toBe(firstLockMs * 8);
    expect(lockAfter(freeFailures + 60)).toBe(lockMsMax);
  });

  test('is over when it is over, and failures are forgotten after a day', () => {
    const { state, now } = fail(accountLockout.freeFailures);
    expect(lockedMs(state, now + accountLockout.firstLockMs)).toBe(0);
    expect(afterFailure(state, now + accountLockout.forgottenAfterMs + 1, accountLockout).failures).toBe(1);
  });

  test('leaves a guesser at most 150 attempts a day', () => {
    const dayMs = 86_400_000;
    let state: Failures | null = null;
    let attempts = 0;
    for (let now = 0; now < dayMs; now = Math.max(now + 1, state?.lockedUntil ?? 0)) {
      state = afterFailure(state, now, accountLockout);
      attempts += 1;
    }
    expect(attempts).toBeLessThan(150);
  });
});

describe('passwords', () => {
  test.each([
    ['short', 'too_short'],
    ['九个字符的密码不行吧', null],
    ['x'.repeat(129), 'too_long'],
    ['my zhang.san secret', 'is_login'],
    ['ZHANG.SAN-1234', 'is_login'],
    ['1234567890', 'common'],
    ['Password123', 'common'],
    ['ｐａｓｓｗｏｒｄ１２３', 'common'],
    ['aaaaaaaaaaab', 'common'],
    ['correct horse battery', null],
  ])('%s: %s', (password, problem) => {
    expect(passwordProblem(password, 'zhang.san')).toBe(problem);
  });

  test('are kept as argon2id with a salt of their own, and verified', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await isPassword('correct horse', one)).toBe(true);
    expect(await isPassword('correct horsf', one)).toBe(false);
    expect(await isPassword('correct horse', null)).toBe(false);
  });

  test('somebody who does not exist is as much work as somebody who does', async () => {
    const hash = await hashPassword('correct horse');
    await isPassword('x', null);
    /** Of the processor, whatever else the machine does; the least of some turns, so that what this process does beside does not count. */
    const leastMicros = async (known: string | null): Promise<number> => {
      const took: number[] = [];
      for (let turn = 0; turn < 9; turn += 1) {
        const before = process.cpuUsage();
        await isPassword('wrong password', known);
        const { user, system } = process.cpuUsage(before);
        took.push(user + system);
      }
      return Math.min(...took);
    };
    const [known, unknown] = [await leastMicros(hash), await leastMicros(null)];
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  test('too many at once are told to come back', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => isPassword('x', null)));
    expect(answers.filter((answer) => answer === 'busy').length).toBeGreaterThan(0);
    expect(answers.filter((answer) => answer === false).length).toBeGreaterThanOrEqual(34);
  });

  test('that are generated fit the rules and differ', () => {
    const made = Array.from({ length: 200 }, generatedPassword);
    expect(new Set(made).size).toBe(200);
    for (const one of made) {
      expect(one).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
      expect(passwordProblem(one, 'admin')).toBeNull();
    }
  });
});

describe('segregation of duties', () => {
  test('every duty stops whoever did the other thing, and nobody else', () => {
    for (const duty of duties) {
      const history = [{ action: duty.conflictsWith, account: 'li' }];
      expect(conflict(duty.action, 'li', history)).toEqual(duty);
      expect(conflict(duty.action, 'wang', history)).toBeNull();
      expect(conflict(duty.action, 'li', [{ action: 'rule.read', account: 'li' }])).toBeNull();
    }
  });

  test('does not depend on the order or the length of the history', () => {
    const act = fc.record({
      action: fc.constantFrom('rule.write', 'case.handle', 'case.legal_review', 'draw.run'),
      account: fc.constantFrom('li', 'wang'),
    });
    fc.assert(
      fc.property(fc.array(act), fc.constantFrom('li', 'wang'), (history, account) => {
        const answer = conflict('case.decide', account, history);
        expect(conflict('case.decide', account, history.toReversed())).toEqual(answer);
        const isBarred = history.some(
          (one) => one.account === account && ['case.handle', 'case.legal_review'].includes(one.action),
        );
        expect(answer !== null).toBe(isBarred);
      }),
    );
  });
});

test('the text of a key is read back, and nothing else is', () => {
  const secret = 'A'.repeat(43);
  expect(readToken(tokenOfKey('0123456789', secret))).toEqual({ prefix: '0123456789', secret });
  for (const text of [
    '',
    'fw_',
    `fw_012345678_${secret}`,
    `fw_0123456789_${secret}x`,
    `xx_0123456789_${secret}`,
  ])
    expect(readToken(text)).toBeNull();
});

describe('buckets', () => {
  test('give the burst at once, then so many a second, to each on its own', () => {
    let now = 0;
    const limited = buckets({ perS: 2, burst: 3, subjectsMax: 10 }, () => now);
    expect([1, 2, 3, 4].map(() => limited.take('a', 1))).toEqual([0, 0, 0, 1]);
    expect(limited.take('b', 1)).toBe(0);
    now = 500;
    expect([limited.take('a', 1), limited.take('a', 1)]).toEqual([0, 1]);
  });

  test('a great cost delays whoever it falls upon', () => {
    const limited = buckets({ perS: 1, burst: 10, subjectsMax: 10 }, () => 0);
    expect(limited.take('a', 30)).toBe(0);
    expect(limited.take('a', 1)).toBe(21);
    expect(limited.take('a', 0)).toBe(21);
  });

  test('remember no more than they are allowed to', () => {
    const limited = buckets({ perS: 1, burst: 1, subjectsMax: 2 }, () => 0);
    for (const subject of ['a', 'b', 'c']) limited.take(subject, 1);
    expect([limited.take('c', 1) > 0, limited.take('a', 1)]).toEqual([true, 0]);
  });
});
