/** Of which area a public list is: a district, or a 统筹区 with everything in it. */
import { Select } from 'antd';
import { areaLabel } from '../../people/area-contract.ts';
import { useAreaName } from '../area-name.tsx';
import { useText } from '../language.tsx';

export function AreaSelect({
  areas,
  value,
  onChange,
}: {
  areas: readonly string[];
  value: string | undefined;
  onChange: (area: string | undefined) => void;
}) {
  const { t } = useText();
  const nameOf = useAreaName();
  if (areas.length < 2 && value === undefined) return null;
  const pools = [...new Set(areas.map((area) => `${area.slice(0, 4)}00`))];
  return (
    <Select
      allowClear
      showSearch={{
        // By the code as well, whatever is shown.
        filterOption: (typed, option) =>
          option !== undefined && areaLabel(option.label, option.value).includes(typed.trim()),
      }}
      className="published-area"
      aria-label={t('published.area')}
      placeholder={t('published.area_all')}
      value={value ?? null}
      onChange={(area: string | null) => onChange(area ?? undefined)}
      options={pools.flatMap((pool) => [
        { value: pool, label: t('published.area_pool', { area: nameOf(pool) }) },
        ...areas
          .filter((area) => area !== pool && area.startsWith(pool.slice(0, 4)))
          .map((area) => ({ value: area, label: nameOf(area) })),
      ])}
    />
  );
}
