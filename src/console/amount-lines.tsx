/** Amounts beside what was flagged: of a whole finding, or line by line. */
import { Button, InputNumber } from 'antd';
import type { ReviewDetail } from '../cases/review-contract.ts';
import { money } from './format.ts';
import { useText } from './language.tsx';
import { fenOfTyped, yuanOf } from './reviews/fen.ts';

type Flagged = ReviewDetail['flagged'];

/** Every line in full, in order, until the flagged amount is used up. */
export function inFull({ fen, lines }: Flagged): number[] {
  let left = fen;
  return lines.map((line) => {
    const taken = Math.min(line.fen, left);
    left -= taken;
    return taken;
  });
}

export function AmountField(props: {
  label: string;
  fen: number;
  most: number;
  onChange: (fen: number) => void;
}) {
  return (
    <InputNumber
      className="yuan-input"
      aria-label={props.label}
      size="small"
      min={0}
      max={props.most / 100}
      precision={2}
      controls={false}
      value={props.fen / 100}
      onChange={(value) => props.onChange(typeof value === 'number' ? fenOfTyped(value) : 0)}
    />
  );
}

export function AmountLines(props: {
  flagged: Flagged;
  nameOf: (line: Flagged['lines'][number]) => string;
  words: { all: string; none: string; amountOf: (line: string) => string };
  amounts: readonly number[];
  onChange: (amounts: number[]) => void;
}) {
  const { t, language } = useText();
  const { flagged, amounts, words } = props;
  return (
    <div>
      <div className="review-acts">
        <Button size="small" onClick={() => props.onChange(inFull(flagged))}>
          {words.all}
        </Button>
        <Button size="small" onClick={() => props.onChange(flagged.lines.map(() => 0))}>
          {words.none}
        </Button>
      </div>
      <ul className="review-lines">
        {flagged.lines.map((line, index) => (
          <li key={`${line.fixmedins_code} ${line.setl_id} ${line.feedetl_sn}`}>
            <span className="break">
              {t('review.line', { n: line.feedetl_sn })} {props.nameOf(line)}
            </span>
            <span className="quiet number">{money(yuanOf(line.fen), language)}</span>
            <AmountField
              label={words.amountOf(line.feedetl_sn)}
              fen={amounts[index] ?? 0}
              most={line.fen}
              onChange={(fen) => props.onChange(amounts.map((one, at) => (at === index ? fen : one)))}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
