/** Accepts a selection as a whole, with one statement. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Input } from 'antd';
import { useState } from 'react';
import { type AnswerItem, statementCharactersMax } from '../../cases/answer-contract.ts';
import { answersApi, answersKey } from '../answers-api.ts';
import { Failure } from '../failure.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { FindingAnswers } from '../reviews/answers.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { TypedModal } from '../unsaved.tsx';

export function AcceptModal(props: { isOpen: boolean; items: readonly AnswerItem[]; onClose: () => void }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [given, setGiven] = useState<readonly AnswerItem[] | null>(null);
  const items = given ?? props.items;
  const [statement, setStatement] = useState('');
  const accept = useMutation({
    mutationFn: () => {
      setGiven(items);
      return answersApi.accept(
        items.map(({ finding_id, revision }) => ({ finding_id, revision })),
        statement.trim(),
      );
    },
    onSuccess: (answers) => {
      if (answers.done < answers.answers.length) return;
      void message.success(t('review.bulk_done', { n: answers.done, of: answers.answers.length }));
      close();
    },
  });
  const close = (): void => {
    accept.reset();
    setGiven(null);
    setStatement('');
    // Not before: the list may be empty then, and with it goes what the dialog has to say.
    void queryClient.invalidateQueries({ queryKey: answersKey });
    props.onClose();
  };
  return (
    <TypedModal
      isTyped={statement !== '' && !accept.isPending && accept.data === undefined}
      open={props.isOpen}
      title={t('answer.accept_many')}
      okText={t('answer.accept_do')}
      okButtonProps={{ disabled: accept.data !== undefined, loading: accept.isPending }}
      onOk={() => accept.mutate()}
      onClose={close}
    >
      <div className="stack">
        <p>
          {t('answer.accept_note', {
            n: count(items.length),
            money: money(yuanOf(items.reduce((sum, item) => sum + item.flagged_fen, 0)), language),
          })}
        </p>
        <Input.TextArea
          aria-label={t('answer.statement')}
          placeholder={t('answer.statement')}
          rows={3}
          maxLength={statementCharactersMax}
          value={statement}
          onChange={({ target }) => setStatement(target.value)}
        />
        {accept.error !== null && <Failure error={accept.error} />}
        {accept.data !== undefined && <FindingAnswers answers={accept.data} items={items} />}
      </div>
    </TypedModal>
  );
}
