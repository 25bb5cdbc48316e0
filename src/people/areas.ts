/**
 * Names of 行政区划: GB/T 2260 with the functional zones (功能区) that institutions are coded by, from the package `@vant/area-data`; over them
 * what is said locally in `rules/areas/local.json`.
 */
import { areaList } from '@vant/area-data';
import { z } from 'zod';
import { readLocalFile } from '../platform/local-file.ts';
import { type AreaNames, areaNamesSchema } from './area-contract.ts';
import { areaPattern } from './permissions.ts';

export const localAreasSchema = z
  .array(
    z.strictObject({
      code: z.string().regex(areaPattern),
      name: z.string().trim().min(1).max(60),
      basis: z.string().describe('who says so, and since when'),
      standing: z.enum(['正式', '示例']),
    }),
  )
  .max(2_000)
  .refine((rows) => new Set(rows.map(({ code }) => code)).size === rows.length, 'a code stands here twice');
type LocalAreas = z.infer<typeof localAreasSchema>;

/** Fourth digits that stand for no place of their own: counties right under a province (省直辖县), and those of 重庆. */
const isNoPlace = (name: string): boolean => name === '县' || name.includes('直辖县');

/** @param local these names count instead */
export function areaNames(local: LocalAreas): AreaNames {
  const { province_list, city_list, county_list } = areaList;
  const cities = Object.entries(city_list).map(([code, name]): [string, string] => [
    code,
    isNoPlace(name) ? (province_list[`${code.slice(0, 2)}0000`] ?? name) : name,
  ]);
  return areaNamesSchema.parse({
    names: {
      ...province_list,
      ...Object.fromEntries(cities),
      ...county_list,
      ...Object.fromEntries(local.map(({ code, name }) => [code, name])),
    },
  }).names;
}

/** @param rulesDir folder with what supervisors own */
export const loadAreaNames = async (rulesDir: string): Promise<AreaNames> =>
  areaNames(await readLocalFile(rulesDir, 'areas/local.json', localAreasSchema));
