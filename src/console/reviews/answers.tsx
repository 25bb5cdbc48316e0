import { Alert } from 'antd';
import type { Message } from '../../claims/contract.ts';
import { count } from '../format.ts';
import { useText } from '../language.tsx';

/** What became of a selection: how many were done, and why the others were not. */
export function Answers({
  answers,
  items,
}: {
  answers: {
    readonly done: number;
    readonly answers: readonly { readonly finding_id: string; readonly reason: Message | null }[];
  };
  items: readonly { readonly finding_id: string; readonly setl_id: string }[];
}) {
  const { t, pick } = useText();
  const refused = answers.answers.filter(({ reason }) => reason !== null);
  return (
    <Alert
      type={refused.length === 0 ? 'success' : 'warning'}
      showIcon
      title={t('review.bulk_done', { n: count(answers.done), of: count(answers.answers.length) })}
      description={
        <ul>
          {refused.map(({ finding_id, reason }) => (
            <li key={finding_id} className="break">
              {items.find((item) => item.finding_id === finding_id)?.setl_id ?? finding_id}{' '}
              {reason === null ? '' : pick(reason)}
            </li>
          ))}
        </ul>
      }
    />
  );
}
