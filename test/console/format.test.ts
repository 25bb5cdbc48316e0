import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  amount,
  claimTime,
  fenOf,
  instant,
  money,
  share,
  shortMoneyText,
} from '../../src/console/format.ts';

describe('money', () => {
  it.each([
    ['0.00', '0.00 元', '¥0.00'],
    ['0.05', '0.05 元', '¥0.05'],
    ['9999.99', '9,999.99 元', '¥9,999.99'],
    ['10000.00', '1.00 万元', '¥10.00K'],
    ['1234567.89', '123.46 万元', '¥1.23M'],
    ['99999999.99', '10,000.00 万元', '¥100.00M'],
    ['100000000', '1.00 亿元', '¥100.00M'],
    ['98765432101.23', '987.65 亿元', '¥98.77B'],
    ['-12345.6', '-1.23 万元', '-¥12.35K'],
    ['n/a', 'n/a ', 'n/a'],
  ])('%s is short as %s and %s', (yuan, zh, en) => {
    expect(shortMoneyText(yuan, 'zh')).toBe(zh);
    expect(shortMoneyText(yuan, 'en')).toBe(en);
  });

  it('keeps every digit where it is written in full', () => {
    expect(money('9007199254740993.01', 'zh')).toBe('9,007,199,254,740,993.01 元');
    expect(money('-1234.5', 'en')).toBe('-¥1,234.50');
  });

  it('is written as what it is, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (fen) => {
        const size = fen < 0n ? -fen : fen;
        const text = `${fen < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
        expect(fenOf(text)).toBe(fen);
        expect(amount(text).replaceAll(',', '')).toBe(text);
      }),
    );
  });
});

describe('shares', () => {
  it('are exact and have a whole', () => {
    expect(share('1', '3')).toBe('33.33%');
    expect(share('2', '3')).toBe('66.67%');
    expect(share('1', '0.00')).toBeNull();
  });
});

describe('times', () => {
  it('of the server are shown in Beijing time', () => {
    expect(instant('2026-01-31T17:30:05.123Z')).toBe('2026-02-01 01:30:05');
  });

  it('of claims stay as they are, and midnight is a day', () => {
    expect(claimTime('2026-02-01 08:00:00')).toBe('2026-02-01 08:00:00');
    expect(claimTime('2026-02-01 00:00:00')).toBe('2026-02-01');
    expect(claimTime('2026-02-01')).toBe('2026-02-01');
  });

  it('go on over the ends of months and years', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2025-12-31', 1)).toBe('2026-01-01');
    expect(addDays('2025-03-01', -1)).toBe('2025-02-28');
  });
});
