/** What narrows the queue; it stands in the address, so that a filter is kept as a bookmark and mailed as a link. */
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { answerFilters, type QueueQuery, reviewOutcomes } from '../../cases/review-contract.ts';
import { verdicts } from '../../rules/contract.ts';
import { AmountFilter } from '../amount-filter.tsx';
import { FilterField } from '../filter-field.tsx';
import { DownIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { rulesQuery } from '../queries.ts';
import { verdictKeys } from '../verdict-tag.tsx';

const names = ['rule_code', 'fixmedins_code', 'verdict', 'outcome', 'answer', 'amount_min'] as const;

const narrowedBy = (query: QueueQuery): number => names.filter((name) => query[name] !== undefined).length;
export const isNarrowed = (query: QueueQuery): boolean => narrowedBy(query) > 0;

export function QueueFilters(props: {
  query: QueueQuery;
  onChange: (changed: Partial<QueueQuery>) => void;
  onClear: () => void;
}) {
  const { query, onChange } = props;
  const { t, pick } = useText();
  const isPhone = useNarrow(phoneMax);
  const [isOpen, setOpen] = useState(false);
  const rules = useQuery(rulesQuery);
  const n = narrowedBy(query);
  return (
    <search className="filter-bar" aria-label={t('filter.title')}>
      {isPhone && (
        <Button
          block
          aria-expanded={isOpen}
          icon={<DownIcon />}
          iconPlacement="end"
          onClick={() => setOpen(!isOpen)}
        >
          {n === 0 ? t('filter.title') : t('filter.title_n', { n })}
        </Button>
      )}
      {(!isPhone || isOpen) && (
        <>
          <FilterField label={t('field.rule')} className="filter-long">
            <Select
              aria-label={t('field.rule')}
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              placeholder={t('filter.any')}
              popupMatchSelectWidth={false}
              value={query.rule_code ?? null}
              onChange={(code) => onChange({ rule_code: code ?? undefined })}
              options={(rules.data?.rules ?? []).map(({ document }) => ({
                value: document.code,
                label: pick(document.name),
              }))}
            />
          </FilterField>
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
          {query.tab === 'done' && (
            <FilterField label={t('review.outcome')} className="filter-short">
              <Select
                aria-label={t('review.outcome')}
                allowClear
                placeholder={t('filter.any')}
                value={query.outcome ?? null}
                onChange={(outcome) => onChange({ outcome: outcome ?? undefined })}
                options={reviewOutcomes.map((value) => ({ value, label: t(`review.outcome.${value}`) }))}
              />
            </FilterField>
          )}
          <FilterField label={t('answer.title')} className="filter-short">
            <Select
              aria-label={t('answer.title')}
              allowClear
              placeholder={t('filter.any')}
              popupMatchSelectWidth={false}
              value={query.answer ?? null}
              onChange={(answer) => onChange({ answer: answer ?? undefined })}
              options={answerFilters.map((value) => ({ value, label: t(`answer.filter.${value}`) }))}
            />
          </FilterField>
          <Institution key={query.fixmedins_code ?? ''} query={query} onChange={onChange} />
          <AmountFilter
            key={`amount ${query.amount_min ?? ''}`}
            amountMin={query.amount_min}
            onChange={onChange}
          />
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

type FieldProps = { query: QueueQuery; onChange: (changed: Partial<QueueQuery>) => void };

function Institution({ query, onChange }: FieldProps) {
  const { t } = useText();
  const [typed, setTyped] = useState(query.fixmedins_code ?? '');
  const apply = (): void => {
    const wanted = typed.trim() === '' ? undefined : typed.trim();
    if (wanted !== query.fixmedins_code) onChange({ fixmedins_code: wanted });
  };
  return (
    <FilterField label={t('field.institution')} className="filter-long">
      <Input
        aria-label={t('field.institution')}
        placeholder={t('filter.institution_code')}
        maxLength={30}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onBlur={apply}
        onPressEnter={apply}
      />
    </FilterField>
  );
}
