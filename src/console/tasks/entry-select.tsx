/** Objects or inspectors of the directory, found by number or name while one types. */
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import type { DirectoryKind } from '../../inspection/draws-contract.ts';
import { useText } from '../language.tsx';
import { entriesQuery } from '../task-api.ts';

/** The form gives `id`, `value` and `onChange`. */
export function EntrySelect<Value extends string | string[]>({
  kind,
  mode,
  ...field
}: {
  kind: DirectoryKind;
  mode?: 'multiple';
  id?: string;
  value?: Value;
  onChange?: (value: Value) => void;
}) {
  const { t } = useText();
  const [text, setText] = useState('');
  const { data, isFetching } = useQuery(entriesQuery(kind, text));
  return (
    <Select<Value>
      {...field}
      {...(mode === undefined ? {} : { mode })}
      showSearch={{ filterOption: false, onSearch: setText, autoClearSearchValue: false }}
      loading={isFetching}
      notFoundContent={isFetching ? null : t('check.no_entries')}
      options={(data?.items ?? []).map(({ id, name, about, account }) => ({
        value: id,
        label: `${name} · ${id} · ${about}${account === null ? '' : ` · ${account}`}`,
      }))}
    />
  );
}
