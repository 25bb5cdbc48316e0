import { InputNumber } from 'antd';
import { useState } from 'react';
import { moneyYuanMax } from '../platform/money-contract.ts';
import { FilterField } from './filter-field.tsx';
import { useText } from './language.tsx';

/** The least amount in yuan of what a list shows; nothing, or nothing above zero, narrows nothing. Given another amount from outside, it needs another key. */
export function AmountFilter({
  amountMin,
  onChange,
}: {
  amountMin: number | undefined;
  onChange: (changed: { amount_min: number | undefined }) => void;
}) {
  const { t } = useText();
  const [typed, setTyped] = useState<number | null>(amountMin ?? null);
  const apply = (): void => {
    const wanted = typed === null || typed <= 0 ? undefined : typed;
    if (wanted !== amountMin) onChange({ amount_min: wanted });
  };
  return (
    <FilterField label={t('filter.amount_min')} className="filter-short">
      <InputNumber
        aria-label={t('filter.amount_min')}
        min={0}
        max={moneyYuanMax}
        controls={false}
        placeholder={t('filter.any')}
        suffix={t('unit.yuan')}
        value={typed}
        onChange={(value) => setTyped(typeof value === 'number' ? value : null)}
        onBlur={apply}
        onPressEnter={apply}
      />
    </FilterField>
  );
}
