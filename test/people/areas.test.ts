/** What people read for the code of an area. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import localAreas from '../../rules/areas/local.json' with { type: 'json' };
import { areaName } from '../../src/people/area-contract.ts';
import { areaNames, loadAreaNames, localAreasSchema } from '../../src/people/areas.ts';

const local = localAreasSchema.parse(localAreas);
const names = areaNames(local);
const someCode = fc.integer({ min: 0, max: 999_999 }).map((code) => String(code).padStart(6, '0'));

describe('the name of an area', () => {
  test.each([
    ['330000', '浙江省'],
    ['330700', '金华市'],
    ['330702', '金华市婺城区'],
    // Not in the standard: the city and the code.
    ['330799', '金华市 330799'],
    ['339900', '浙江省 339900'],
    ['110105', '北京市朝阳区'],
    // Right under a province, and the counties of 重庆: the fourth digit is no place.
    ['419001', '河南省济源市'],
    ['500229', '重庆市城口县'],
    // Since 2024.
    ['653228', '和田地区和康县'],
    ['990101', '示例市示例区'],
    ['970101', '970101'],
    ['000000', '000000'],
    // As ramps of rules have them.
    ['3307', '金华市'],
    ['33', '浙江省'],
    ['other', 'other'],
    ['', ''],
  ])('of %s is %s', (code, name) => {
    expect(areaName(names, code)).toBe(name);
  });

  test('never hides a code that has none, and begins with that of what it lies in', () => {
    fc.assert(
      fc.property(fc.oneof(someCode, fc.constantFrom(...Object.keys(names))), (code) => {
        const name = areaName(names, code);
        if (names[code] === undefined) expect(name.endsWith(code)).toBe(true);
        const city = names[`${code.slice(0, 4)}00`];
        if (city !== undefined) expect(name.startsWith(city)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is what is said locally before what the standard says', async () => {
    const own = [{ code: '330799', name: '市本级', basis: '省医保局编码', standing: '正式' } as const];
    expect(areaName(areaNames(own), '330799')).toBe('金华市市本级');
    expect(await loadAreaNames('rules')).toEqual(names);
  });

  test('is said once only in the local file', () => {
    expect(localAreasSchema.safeParse([...local, ...local]).success).toBe(false);
  });
});
