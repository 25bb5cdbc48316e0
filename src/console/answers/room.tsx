/** 我的疑点: what an institution was notified of – tabs with counts, the last day of each, and a selection that is accepted at once. */
import { useQuery } from '@tanstack/react-query';
import { Button, Table } from 'antd';
import { useEffect, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type AnswerItem, type Answers, type AnswersQuery, answerTabs } from '../../cases/answer-contract.ts';
import { answersQuery } from '../answers-api.ts';
import { bulkFindingsMax } from '../../cases/review-contract.ts';
import { QueueFoot, QueueFrame } from '../finding-queue.tsx';
import { amount, claimTime, money } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { answersQueryOf, paths } from '../paths.ts';
import { yuanOf } from '../reviews/fen.ts';
import { rememberQueue } from '../reviews/last-queue.ts';
import { PickBox, type Selection, SelectionBar, useSelection } from '../selection.tsx';
import { AcceptModal } from './accept-modal.tsx';
import { LastDay } from './last-day.tsx';
import { AnswerTag } from './state-tag.tsx';

const skeletonRows = 8;

export function AnswersRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const query = answersQueryOf(parameters);
  const asked = useQuery(answersQuery(query));
  return (
    <QueueFrame
      title={t('answer.room')}
      note={<p className="quiet card-note">{t('answer.room_note')}</p>}
      tabsLabel={t('answer.room')}
      tabs={answerTabs.map((key) => ({ key, name: t(`answer.tab.${key}`) }))}
      tab={query.tab}
      onTab={(tab) => void navigate(paths.answers({ tab }))}
      asked={asked}
      rows={skeletonRows}
      empty={t(`answer.none.${query.tab}`)}
    >
      {/* What was selected on one page is not what is shown on another. */}
      {(answers) => <Items key={JSON.stringify(query)} answers={answers} query={query} />}
    </QueueFrame>
  );
}

interface ListProps {
  readonly items: readonly AnswerItem[];
  /** `null`: nothing can be done with several at once. */
  readonly selection: Selection<AnswerItem> | null;
}

function Items({ answers, query }: { answers: Answers; query: AnswersQuery }) {
  const { t } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const { items } = answers;
  const selection = useSelection(items, ({ finding_id }) => finding_id, bulkFindingsMax);
  const [isAccepting, setAccepting] = useState(false);
  // Before one is opened: what is answered leaves the tab, and its place is still known.
  useEffect(() => {
    rememberQueue(
      paths.answers(query),
      items.map(({ finding_id }) => finding_id),
    );
  }, [items, query]);
  const canSelect = query.tab === 'waiting' || query.tab === 'overdue';
  const list: ListProps = { items, selection: canSelect ? selection : null };
  return (
    <>
      {canSelect && (
        <SelectionBar selection={selection}>
          <Button
            size="small"
            type="primary"
            disabled={selection.picked.length === 0}
            onClick={() => setAccepting(true)}
          >
            {t('answer.accept_many')}
          </Button>
        </SelectionBar>
      )}
      {isPhone ? <AnswerCards {...list} /> : <AnswerTable {...list} />}
      <QueueFoot
        isFirst={query.after === undefined}
        next={answers.next}
        onAfter={(after) => void navigate(paths.answers({ tab: query.tab, after }))}
      />
      <AcceptModal isOpen={isAccepting} items={selection.picked} onClose={() => setAccepting(false)} />
    </>
  );
}

function Until({ item }: { item: AnswerItem }) {
  const { t } = useText();
  return item.last_day === null ? (
    <span className="quiet">{t('answer.forward')}</span>
  ) : (
    <LastDay state={item.state} lastDay={item.last_day} workdaysLeft={item.workdays_left} />
  );
}

function Said({ item }: { item: AnswerItem }) {
  const { t } = useText();
  return (
    <>
      <AnswerTag state={item.state} stance={item.stance} />
      {item.accepted_fen !== null && item.accepted_fen > 0 && (
        <div className="quiet number">
          {t('answer.accepted_fen')} {amount(yuanOf(item.accepted_fen))}
        </div>
      )}
      {item.outcome !== null && (
        <div className="number">
          {t(`review.outcome.${item.outcome}`)}{' '}
          {item.confirmed_fen !== null && amount(yuanOf(item.confirmed_fen))}
        </div>
      )}
    </>
  );
}

function AnswerTable({ items, selection }: ListProps) {
  const { t, pick } = useText();
  return (
    <Table<AnswerItem>
      className="findings-table"
      size="small"
      rowKey="finding_id"
      dataSource={[...items]}
      pagination={false}
      scroll={{ x: 860 }}
      rowClassName="row"
      columns={[
        ...(selection === null
          ? []
          : [
              {
                title: '',
                width: 40,
                render: (_: unknown, item: AnswerItem) => (
                  <PickBox item={item} name={item.setl_id} selection={selection} />
                ),
              },
            ]),
        {
          title: t('field.finding'),
          render: (_, item) => (
            <>
              <Link to={paths.finding(item.finding_id)}>{pick(item.rule_name)}</Link>
              <div className="quiet break">
                {item.setl_id} {claimTime(item.occurred_at)}
              </div>
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
          title: t('answer.notice_no'),
          width: 190,
          className: 'number',
          render: (_, item) => item.notice_no,
        },
        { title: t('answer.last_day'), width: 170, render: (_, item) => <Until item={item} /> },
        { title: t('answer.title'), width: 220, render: (_, item) => <Said item={item} /> },
      ]}
    />
  );
}

function AnswerCards({ items, selection }: ListProps) {
  const { pick, language } = useText();
  return (
    <ul className="finding-cards">
      {items.map((item) => (
        <li key={item.finding_id} className="review-card">
          {selection !== null && <PickBox item={item} name={item.setl_id} selection={selection} />}
          <Link to={paths.finding(item.finding_id)}>
            <div className="finding-card-head">
              <span className="finding-name">{pick(item.rule_name)}</span>
              <strong className="number">{money(yuanOf(item.flagged_fen), language)}</strong>
            </div>
            <p className="quiet break">
              {item.setl_id} {claimTime(item.occurred_at)}
            </p>
            <div className="finding-card-foot">
              <Until item={item} />
              <span>
                <Said item={item} />
              </span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}
