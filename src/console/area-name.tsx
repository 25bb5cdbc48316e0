/** Names of 行政区划 in the place of their codes: one list for the whole page. Until it is there a code is shown as it is. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { AutoComplete } from 'antd';
import { useCallback, useMemo } from 'react';
import { areaLabel, areaName, areaNamesSchema, type AreaNames } from '../people/area-contract.ts';
import { ask } from './api.ts';
import { useText } from './language.tsx';
import { apiPaths } from './paths.ts';

const areaNamesQuery = queryOptions({
  queryKey: ['areas'],
  queryFn: ({ signal }) => ask(apiPaths.areas(), areaNamesSchema, { signal, isAnonymous: true }),
  staleTime: Number.POSITIVE_INFINITY,
});

const cityDigits = 4;
const none: AreaNames = {};
const useAreaNames = (): AreaNames => useQuery(areaNamesQuery).data?.names ?? none;

/** `*` is what programs answer for. */
export function useAreaName(): (code: string) => string {
  const names = useAreaNames();
  const { t } = useText();
  return useCallback((code) => (code === '*' ? t('audit.everywhere') : areaName(names, code)), [names, t]);
}

export function AreaName({ code }: { code: string }) {
  const nameOf = useAreaName();
  return (
    <span className="break" title={code}>
      {nameOf(code)}
    </span>
  );
}

interface AreaOption {
  readonly value: string;
  readonly label: string;
}

/** The areas of a city that have names, to be found by these or by their codes. @param city any code of it */
export function useAreaOptions(city: string): AreaOption[] {
  const names = useAreaNames();
  const prefix = city.slice(0, cityDigits);
  return useMemo(
    () =>
      Object.keys(names)
        .filter((code) => code.startsWith(prefix))
        .toSorted()
        .map((code) => ({ value: code, label: areaLabel(areaName(names, code), code) })),
    [names, prefix],
  );
}

/** A code that is typed, or found by its name among those of a city. */
export function AreaInput({
  city,
  value,
  onChange,
  disabled,
  id,
}: {
  city: string;
  /** What the field of a form hands on. */
  value?: string;
  onChange?: (code: string) => void;
  disabled?: boolean;
  id?: string;
}) {
  const names = useAreaNames();
  const options = useAreaOptions(city);
  return (
    <>
      <AutoComplete
        {...(id === undefined ? {} : { id })}
        {...(value === undefined ? {} : { value })}
        disabled={disabled === true}
        maxLength={6}
        options={options}
        showSearch={{ filterOption: (typed, option) => option?.label.includes(typed.trim()) ?? false }}
        onChange={(typed: string) => onChange?.(typed)}
      />
      {value !== undefined && names[value] !== undefined && (
        <div className="quiet">{areaName(names, value)}</div>
      )}
    </>
  );
}
