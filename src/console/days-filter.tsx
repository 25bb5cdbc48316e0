import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { FilterField } from './filter-field.tsx';
import { useText } from './language.tsx';
import { phoneMax, useNarrow } from './media.ts';

const format = 'YYYY-MM-DD';
const dayOf = (text: string | undefined) => (text === undefined ? null : dayjs(text));

/**
 * The days a list is narrowed to, both included; each end counts as soon as it is entered. Two fields, since a range
 * picker forgets an end that was entered when the page around it is drawn again before the other one is.
 */
export function DaysFilter({
  label,
  first,
  last,
  onChange,
}: {
  label: string;
  first: string | undefined;
  last: string | undefined;
  onChange: (changed: { first: string | undefined } | { last: string | undefined }) => void;
}) {
  const { t } = useText();
  // A keyboard would cover half of a phone, and the calendar is there.
  const inputReadOnly = useNarrow(phoneMax);
  return (
    <FilterField label={label} className="filter-dates">
      <div className="filter-ends">
        <DatePicker
          aria-label={`${label} ${t('filter.from')}`}
          placeholder={t('filter.from')}
          format={format}
          inputReadOnly={inputReadOnly}
          value={dayOf(first)}
          disabledDate={(day) => last !== undefined && day.format(format) > last}
          onChange={(day) => onChange({ first: day?.format(format) })}
        />
        <DatePicker
          aria-label={`${label} ${t('filter.to')}`}
          placeholder={t('filter.to')}
          format={format}
          inputReadOnly={inputReadOnly}
          value={dayOf(last)}
          disabledDate={(day) => first !== undefined && day.format(format) < first}
          onChange={(day) => onChange({ last: day?.format(format) })}
        />
      </div>
    </FilterField>
  );
}
