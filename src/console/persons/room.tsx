/** 参保人: found by a number that is known, never browsed. */
import { useMutation } from '@tanstack/react-query';
import { Button, Card, Empty, Input, Select } from 'antd';
import { useState } from 'react';
import { personValueMax, type PersonSearch } from '../../claims/persons-contract.ts';
import { api } from '../api.ts';
import { Failure } from '../failure.tsx';
import { FilterField } from '../filter-field.tsx';
import { useText } from '../language.tsx';
import { PageHead } from '../page-head.tsx';
import { RowsSkeleton } from '../skeletons.tsx';
import { FoundPersons } from './found-persons.tsx';

const skeletonRows = 3;
/** The number that people carry with them comes first. */
const kinds = ['certno', 'tel', 'psn_no'] as const satisfies readonly PersonSearch['by'][];

export function PersonsRoom() {
  const { t } = useText();
  const search = useMutation({ mutationFn: api.searchPersons });
  const { data, error, isPending, variables } = search;
  return (
    <>
      <PageHead title={t('room.persons')} note={t('persons.note')} />
      <SearchForm isSearching={isPending} onSearch={(wanted) => search.mutate(wanted)} />
      {error !== null && (
        <Failure
          error={error}
          onRetry={() => {
            if (variables !== undefined) search.mutate(variables);
          }}
        />
      )}
      {isPending && (
        <Card size="small">
          <RowsSkeleton rows={skeletonRows} />
        </Card>
      )}
      {data !== undefined &&
        (data.items.length === 0 ? (
          <Card>
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('persons.none')} />
          </Card>
        ) : (
          <FoundPersons persons={data.items} />
        ))}
    </>
  );
}

function SearchForm({
  isSearching,
  onSearch,
}: {
  isSearching: boolean;
  onSearch: (wanted: PersonSearch) => void;
}) {
  const { t } = useText();
  const [by, setBy] = useState<PersonSearch['by']>('certno');
  const [typed, setTyped] = useState('');
  const value = typed.trim();
  return (
    <form
      className="filter-bar"
      role="search"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (value !== '') onSearch({ by, value });
      }}
    >
      <FilterField label={t('persons.by')} className="filter-long">
        <Select
          aria-label={t('persons.by')}
          value={by}
          onChange={setBy}
          options={kinds.map((kind) => ({ value: kind, label: t(`person.${kind}`) }))}
        />
      </FilterField>
      <FilterField label={t('persons.value')} className="filter-long">
        <Input
          aria-label={t('persons.value')}
          placeholder={t('persons.value_hint')}
          autoComplete="off"
          spellCheck={false}
          maxLength={personValueMax}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </FilterField>
      <Button
        type="primary"
        htmlType="submit"
        disabled={value === ''}
        title={value === '' ? t('persons.value_first') : undefined}
        loading={isSearching}
      >
        {t('persons.search')}
      </Button>
    </form>
  );
}
