/** An amount that somebody types, in yuan with two decimals. */
import { Form, InputNumber, type InputNumberProps } from 'antd';
import { useState } from 'react';
import { moneyYuanMax } from '../platform/money-contract.ts';
import { amount } from './format.ts';
import { useText } from './language.tsx';

export function YuanInput(props: Omit<InputNumberProps<number>, 'min' | 'max' | 'precision' | 'suffix'>) {
  const { t } = useText();
  return (
    <InputNumber<number> className="yuan-input" {...props} min={0} precision={2} suffix={t('unit.yuan')} />
  );
}

/** Instead of an upper end of the input, which would put another amount in the place of what was typed without a word. */
export function useYuanRule(): { type: 'number'; max: number; message: string } {
  const { t } = useText();
  return {
    type: 'number',
    max: moneyYuanMax,
    message: t('amount.too_much', { most: amount(String(moneyYuanMax)) }),
  };
}

/** Outside of a form: what is beyond the limit is said beside it, and told to nobody else. */
export function YuanField({
  value,
  onChange,
  ...rest
}: Parameters<typeof YuanInput>[0] & { value: number | null; onChange: (yuan: number | null) => void }) {
  const { message } = useYuanRule();
  const [refused, setRefused] = useState<number | null>(null);
  return (
    <Form.Item
      className="yuan-field"
      validateStatus={refused === null ? '' : 'error'}
      help={refused === null ? undefined : message}
    >
      <YuanInput
        {...rest}
        value={refused ?? value}
        onChange={(yuan) => {
          const isTooMuch = yuan !== null && yuan > moneyYuanMax;
          setRefused(isTooMuch ? yuan : null);
          if (!isTooMuch) onChange(yuan);
        }}
      />
    </Form.Item>
  );
}
