/** Accepts a selection as a whole, with one statement. */
import { Input } from 'antd';
import { useState } from 'react';
import { type AnswerItem, statementCharactersMax } from '../../cases/answer-contract.ts';
import { answersApi, answersKey } from '../answers-api.ts';
import { BulkDialog, useBulk } from '../bulk-dialog.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { FindingAnswers } from '../reviews/answers.tsx';
import { yuanOf } from '../reviews/fen.ts';

export function AcceptModal(props: { isOpen: boolean; items: readonly AnswerItem[]; onClose: () => void }) {
  const { t, language } = useText();
  const [statement, setStatement] = useState('');
  const bulk = useBulk({
    selected: props.items,
    changes: [answersKey],
    send: (given) =>
      answersApi.accept(
        given.map(({ finding_id, revision }) => ({ finding_id, revision })),
        statement.trim(),
      ),
    onClose: () => {
      setStatement('');
      props.onClose();
    },
  });
  const { items, sent } = bulk;
  return (
    <BulkDialog
      bulk={bulk}
      isTyped={statement !== ''}
      open={props.isOpen}
      title={t('answer.accept_many')}
      okText={t('answer.accept_do')}
      outcome={sent !== undefined && <FindingAnswers answers={sent} items={items} />}
    >
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
    </BulkDialog>
  );
}
