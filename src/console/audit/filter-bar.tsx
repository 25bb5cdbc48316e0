import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import type { AuditEventsQuery } from '../../audit/contract.ts';
import { DaysFilter } from '../days-filter.tsx';
import { FilterField } from '../filter-field.tsx';
import { DownIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { auditKindsQuery } from '../queries.ts';

type Changed = Partial<AuditEventsQuery>;
type FilterProps = { query: AuditEventsQuery; onChange: (changed: Changed) => void };

const filterNames = ['kind', 'account', 'subject', 'from', 'to'] as const;

export function AuditFilterBar(props: FilterProps & { onClear: () => void }) {
  const { query, onChange, onClear } = props;
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const [isOpen, setOpen] = useState(false);
  const n = filterNames.filter((name) => query[name] !== undefined).length;
  return (
    <search className="filter-bar" aria-label={t('filter.title')}>
      {isPhone && (
        <Button
          block
          onClick={() => setOpen(!isOpen)}
          aria-expanded={isOpen}
          icon={<DownIcon />}
          iconPlacement="end"
        >
          {n === 0 ? t('filter.title') : t('filter.title_n', { n })}
        </Button>
      )}
      {(!isPhone || isOpen) && (
        <>
          <KindFilter query={query} onChange={onChange} />
          <TextFilter name="account" hint={t('audit.account_hint')} query={query} onChange={onChange} />
          <TextFilter name="subject" hint={t('audit.subject_hint')} query={query} onChange={onChange} />
          <DaysFilter
            label={t('audit.days')}
            first={query.from}
            last={query.to}
            onChange={(changed) =>
              onChange('first' in changed ? { from: changed.first } : { to: changed.last })
            }
          />
          {n > 0 && (
            <Button type="link" className="filter-clear" onClick={onClear}>
              {t('filter.clear')}
            </Button>
          )}
        </>
      )}
    </search>
  );
}

function KindFilter({ query, onChange }: FilterProps) {
  const { t, pick } = useText();
  const kinds = useQuery(auditKindsQuery);
  return (
    <FilterField label={t('audit.kind')} className="filter-long">
      <Select
        aria-label={t('audit.kind')}
        allowClear
        showSearch={{
          filterOption: (input, option) =>
            `${option?.label ?? ''} ${option?.value ?? ''}`.toLowerCase().includes(input.toLowerCase()),
        }}
        placeholder={t('filter.any')}
        loading={kinds.isPending}
        popupMatchSelectWidth={false}
        value={query.kind ?? null}
        onChange={(kind) => onChange({ kind: kind ?? undefined })}
        options={(kinds.data?.items ?? []).map(({ kind, meaning }) => ({
          value: kind,
          label: pick(meaning),
        }))}
      />
    </FilterField>
  );
}

function TextFilter({
  name,
  hint,
  query,
  onChange,
}: FilterProps & { name: 'account' | 'subject'; hint: string }) {
  const { t } = useText();
  const applied = query[name] ?? '';
  const [typed, setTyped] = useState(applied);
  const [shown, setShown] = useState(applied);
  // The address changed by other means, for instance by going back.
  if (shown !== applied) {
    setShown(applied);
    setTyped(applied);
  }
  const apply = (text: string): void => {
    const wanted = text.trim() === '' ? undefined : text.trim();
    if (wanted !== query[name]) onChange({ [name]: wanted });
  };
  return (
    <FilterField label={t(`audit.${name}`)} className="filter-long">
      <Input
        aria-label={t(`audit.${name}`)}
        allowClear
        placeholder={hint}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onClear={() => apply('')}
        onBlur={() => apply(typed)}
        onPressEnter={() => apply(typed)}
      />
    </FilterField>
  );
}
