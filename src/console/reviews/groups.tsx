/** Findings that belong together, each group as one item with its total: choosing it narrows the queue to it. */
import { Button, Card } from 'antd';
import type { Queue, QueueQuery } from '../../cases/review-contract.ts';
import { count, shortMoneyText } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from './fen.ts';

export function Groups(props: {
  groups: Queue['groups'];
  query: QueueQuery;
  onChoose: (changed: Partial<QueueQuery>) => void;
}) {
  const { t, pick, language } = useText();
  const { groups, query } = props;
  // The queue is narrowed to one already.
  if (groups.length === 0 || (query.rule_code !== undefined && query.fixmedins_code !== undefined))
    return null;
  return (
    <Card size="small" className="review-groups">
      <details>
        <summary>
          {t('review.groups')} {count(groups.length)}
        </summary>
        <ul className="steps">
          {groups.map((group) => (
            <li key={`${group.rule_code} ${group.fixmedins_code}`}>
              <span>{pick(group.rule_name)}</span>
              <span className="quiet break">{group.fixmedins_name ?? group.fixmedins_code}</span>
              <b className="number">
                {t('review.group', {
                  n: count(group.findings),
                  money: shortMoneyText(yuanOf(group.fen), language),
                })}
              </b>
              <Button
                size="small"
                onClick={() =>
                  props.onChoose({ rule_code: group.rule_code, fixmedins_code: group.fixmedins_code })
                }
              >
                {t('review.together')}
              </Button>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
