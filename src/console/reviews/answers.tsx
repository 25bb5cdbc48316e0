import { Alert } from 'antd';
import type { Message } from '../../claims/contract.ts';
import { count } from '../format.ts';
import { useText } from '../language.tsx';

/** What became of a selection: how many were done, and why the others were not. */
export function Answers<One extends { readonly reason: Message | null }>({
  answers,
  idOf,
  nameOf,
}: {
  answers: { readonly done: number; readonly answers: readonly One[] };
  idOf: (one: One) => string;
  /** What the row is known by in its list. */
  nameOf: (id: string) => string | null | undefined;
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
          {refused.map((one) => (
            <li key={idOf(one)} className="break">
              {nameOf(idOf(one)) ?? idOf(one)} {one.reason === null ? '' : pick(one.reason)}
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** The same of findings, which are known by their settlements. */
export function FindingAnswers({
  answers,
  items,
}: {
  answers: {
    readonly done: number;
    readonly answers: readonly { readonly finding_id: string; readonly reason: Message | null }[];
  };
  items: readonly { readonly finding_id: string; readonly setl_id: string }[];
}) {
  return (
    <Answers
      answers={answers}
      idOf={({ finding_id }) => finding_id}
      nameOf={(id) => items.find(({ finding_id }) => finding_id === id)?.setl_id}
    />
  );
}
