import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Button, Select } from 'antd';
import { useState } from 'react';
import { verdicts } from '../../rules/contract.ts';
import { type FindingsQuery, findingStates } from '../../screening/contract.ts';
import { AmountFilter } from '../amount-filter.tsx';
import { DaysFilter } from '../days-filter.tsx';
import { FilterField } from '../filter-field.tsx';
import { addDays } from '../format.ts';
import { DownIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { overviewQuery, rulesQuery } from '../queries.ts';
import { verdictKeys } from '../verdict-tag.tsx';

type Changed = Partial<FindingsQuery>;

const filterNames = [
  'rule_code',
  'verdict',
  'fixmedins_code',
  'setl_id',
  'from',
  'to',
  'amount_min',
] as const;

/** How many filters narrow the list; the state counts only when it is not the usual one. */
const filtersOf = (query: FindingsQuery): number =>
  filterNames.filter((name) => query[name] !== undefined).length + (query.state === 'active' ? 0 : 1);
export const isFiltered = (query: FindingsQuery): boolean => filtersOf(query) > 0;

export function FilterBar(props: {
  query: FindingsQuery;
  onChange: (changed: Changed) => void;
  onClear: () => void;
}) {
  const { query, onChange } = props;
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const [isOpen, setOpen] = useState(false);
  const n = filtersOf(query);
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
          <RuleFilter query={query} onChange={onChange} />
          <FilterField label={t('field.verdict')} className="filter-short">
            <Select
              aria-label={t('field.verdict')}
              allowClear
              placeholder={t('filter.any')}
              value={query.verdict ?? null}
              onChange={(verdict) => onChange({ verdict: verdict ?? undefined })}
              options={verdicts.map((verdict) => ({ value: verdict, label: t(verdictKeys[verdict]) }))}
            />
          </FilterField>
          <FilterField label={t('field.state')} className="filter-short">
            <Select
              aria-label={t('field.state')}
              value={query.state}
              onChange={(state) => onChange({ state })}
              options={findingStates.map((state) => ({ value: state, label: t(`state.${state}`) }))}
            />
          </FilterField>
          <InstitutionFilter
            key={`institution ${query.fixmedins_code ?? ''}`}
            query={query}
            onChange={onChange}
          />
          <DaysFilter
            label={t('field.service_day')}
            first={query.from}
            // People mean the last day to be included; the API's `to` is the day after it.
            last={query.to === undefined ? undefined : addDays(query.to, -1)}
            onChange={(changed) =>
              onChange(
                'first' in changed
                  ? { from: changed.first }
                  : { to: changed.last === undefined ? undefined : addDays(changed.last, 1) },
              )
            }
          />
          <AmountFilter
            key={`amount ${query.amount_min ?? ''}`}
            amountMin={query.amount_min}
            onChange={onChange}
          />
          {query.setl_id !== undefined && (
            <FilterField label={t('field.setl_id')}>
              <Button onClick={() => onChange({ setl_id: undefined })}>
                {query.setl_id} {t('filter.remove')}
              </Button>
            </FilterField>
          )}
          {n > 0 && (
            <Button type="link" className="filter-clear" onClick={props.onClear}>
              {t('filter.clear')}
            </Button>
          )}
        </>
      )}
    </search>
  );
}

type FilterProps = { query: FindingsQuery; onChange: (changed: Changed) => void };

function RuleFilter({ query, onChange }: FilterProps) {
  const { t, pick } = useText();
  const rules = useQuery(rulesQuery);
  const options = (rules.data?.rules ?? []).map(({ document }) => ({
    value: document.code,
    label: pick(document.name),
    code: document.code,
  }));
  const isListed = options.some(({ value }) => value === query.rule_code);
  return (
    <FilterField label={t('field.rule')} className="filter-long">
      <Select
        aria-label={t('field.rule')}
        allowClear
        showSearch={{
          filterOption: (input, option) =>
            `${option?.label ?? ''} ${option?.code ?? ''}`.toLowerCase().includes(input.toLowerCase()),
        }}
        placeholder={t('filter.any')}
        loading={rules.isPending}
        popupMatchSelectWidth={false}
        value={query.rule_code ?? null}
        onChange={(code) => onChange({ rule_code: code ?? undefined })}
        // A rule that has left the library may still have findings.
        options={
          query.rule_code === undefined || isListed
            ? options
            : [...options, { value: query.rule_code, label: query.rule_code, code: query.rule_code }]
        }
      />
    </FilterField>
  );
}

/** Any code can be typed; those with most money at stake are offered. */
function InstitutionFilter({ query, onChange }: FilterProps) {
  const { t } = useText();
  const may = useMay();
  const overview = useQuery({ ...overviewQuery, enabled: may('overview.read') });
  const [typed, setTyped] = useState(query.fixmedins_code ?? '');
  const apply = (code: string): void => {
    const wanted = code.trim() === '' ? undefined : code.trim();
    if (wanted !== query.fixmedins_code) onChange({ fixmedins_code: wanted });
  };
  return (
    <FilterField label={t('field.institution')} className="filter-long">
      <AutoComplete
        aria-label={t('field.institution')}
        allowClear
        placeholder={t('filter.institution_code')}
        popupMatchSelectWidth={320}
        value={typed}
        onChange={setTyped}
        onSelect={apply}
        onClear={() => apply('')}
        onBlur={() => apply(typed)}
        onInputKeyDown={(event) => {
          if (event.key === 'Enter') apply(typed);
        }}
        showSearch={{
          filterOption: (input, option) => (option?.label ?? '').toLowerCase().includes(input.toLowerCase()),
        }}
        options={(overview.data?.by_institution ?? []).map(({ fixmedins_code, fixmedins_name }) => ({
          value: fixmedins_code,
          label: `${fixmedins_name ?? ''} ${fixmedins_code}`.trim(),
        }))}
      />
    </FilterField>
  );
}
