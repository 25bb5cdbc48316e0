/** The findings of a tab: as a table, and under instead of beside each other on a phone. */
import { Table } from 'antd';
import { Link } from 'react-router';
import type { QueueItem } from '../../cases/review-contract.ts';
import { AnswerTag } from '../answers/state-tag.tsx';
import { amount, claimTime, instant, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { paths } from '../paths.ts';
import { PickBox, type Selection } from '../selection.tsx';
import { useSentence } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { yuanOf } from './fen.ts';
import { ReviewTag } from './state-tag.tsx';

interface ListProps {
  readonly items: readonly QueueItem[];
  readonly chosenId: string | null;
  readonly onOpen: (item: QueueItem) => void;
  /** `null`: nothing can be done with several at once. */
  readonly selection: Selection<QueueItem> | null;
}

/** What its institution says, with the last day while it says nothing. */
function Answer({ answer }: { answer: NonNullable<QueueItem['answer']> }) {
  const isAwaited = answer.state === 'waiting' || answer.state === 'silent';
  return (
    <span>
      <AnswerTag state={answer.state} stance={answer.stance} />
      {isAwaited && answer.last_day !== null && <small className="quiet number">{answer.last_day}</small>}
    </span>
  );
}

function Due({ item }: { item: QueueItem }) {
  const { t } = useText();
  return (
    <span className={item.overdue ? 'review-late number' : 'number'}>
      {instant(item.due_at)}
      {item.overdue && <small className="review-overdue">{t('review.overdue')}</small>}
    </span>
  );
}

/** In which case it is evidence. */
function InCase({ of }: { of: NonNullable<QueueItem['case']> }) {
  const may = useMay();
  return (
    <span className="number">
      {may('cases.read') ? <Link to={paths.case(of.id)}>{of.case_no}</Link> : of.case_no}
    </span>
  );
}

export function ReviewTable({ items, chosenId, onOpen, selection }: ListProps) {
  const { t, pick } = useText();
  const sentence = useSentence();
  return (
    <Table<QueueItem>
      className="findings-table"
      size="small"
      rowKey="finding_id"
      dataSource={items}
      pagination={false}
      scroll={{ x: 980 }}
      rowClassName={({ finding_id }) => (finding_id === chosenId ? 'row row-chosen' : 'row')}
      onRow={(item) => ({
        'data-finding': item.finding_id,
        onClick: ({ target }) => {
          if (target instanceof Element && target.closest('a, label, input') === null) onOpen(item);
        },
      })}
      columns={[
        ...(selection === null
          ? []
          : [
              {
                title: '',
                width: 40,
                render: (_: unknown, item: QueueItem) => (
                  <PickBox item={item} name={item.setl_id} selection={selection} />
                ),
              },
            ]),
        { title: t('field.verdict'), width: 84, render: (_, item) => <VerdictTag verdict={item.verdict} /> },
        {
          title: t('field.finding'),
          render: (_, item) => (
            <>
              <Link to={paths.finding(item.finding_id)}>{pick(item.rule_name)}</Link>
              <div className="quiet finding-sentence">{sentence(item.message)}</div>
            </>
          ),
        },
        {
          title: t('field.institution'),
          width: 190,
          render: (_, item) => (
            <>
              <div className="one-line">{item.fixmedins_name ?? item.fixmedins_code}</div>
              <div className="quiet number">{claimTime(item.occurred_at)}</div>
            </>
          ),
        },
        {
          title: t('review.flagged_fen'),
          width: 130,
          align: 'right',
          className: 'number',
          render: (_, item) => amount(yuanOf(item.flagged_fen)),
        },
        {
          title: t('review.title'),
          width: 180,
          render: (_, item) => (
            <>
              <ReviewTag state={item.state} outcome={item.outcome} />
              {item.confirmed_fen !== null && (
                <div className="number">{amount(yuanOf(item.confirmed_fen))}</div>
              )}
              <div className="quiet one-line">{item.assignee}</div>
              {item.answer !== null && <Answer answer={item.answer} />}
              {item.case !== null && <InCase of={item.case} />}
            </>
          ),
        },
        { title: t('review.due'), width: 170, render: (_, item) => <Due item={item} /> },
      ]}
    />
  );
}

export function ReviewCards({ items, chosenId, selection }: ListProps) {
  const { pick, language } = useText();
  const sentence = useSentence();
  return (
    <ul className="finding-cards">
      {items.map((item) => (
        <li
          key={item.finding_id}
          data-finding={item.finding_id}
          className={item.finding_id === chosenId ? 'row-chosen review-card' : 'review-card'}
        >
          {selection !== null && <PickBox item={item} name={item.setl_id} selection={selection} />}
          <Link to={paths.finding(item.finding_id)}>
            <div className="finding-card-head">
              <VerdictTag verdict={item.verdict} />
              <span className="finding-name">{pick(item.rule_name)}</span>
              <strong className="number">{money(yuanOf(item.flagged_fen), language)}</strong>
            </div>
            <p className="finding-sentence">{sentence(item.message)}</p>
            <div className="quiet finding-card-foot">
              <span>{item.fixmedins_name ?? item.fixmedins_code}</span>
              <ReviewTag state={item.state} outcome={item.outcome} />
              {item.answer !== null && <Answer answer={item.answer} />}
              {item.case !== null && <span className="number">{item.case.case_no}</span>}
              <Due item={item} />
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}
