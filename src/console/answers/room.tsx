/** 我的疑点: what an institution was notified of – tabs with counts, the last day of each, and a selection that is accepted at once. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Checkbox, Empty, Table, Tabs } from 'antd';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import {
  type AnswerItem,
  type Answers,
  type AnswersQuery,
  type AnswerTab,
  answerTabs,
} from '../../cases/answer-contract.ts';
import { bulkFindingsMax } from '../../cases/review-contract.ts';
import { answersQuery } from '../answers-api.ts';
import { Asked } from '../asked.tsx';
import { amount, claimTime, count, money, shortMoneyText } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { answersQueryOf, paths } from '../paths.ts';
import { yuanOf } from '../reviews/fen.ts';
import { AcceptModal } from './accept-modal.tsx';
import { LastDay } from './last-day.tsx';
import { AnswerTag } from './state-tag.tsx';

const skeletonRows = 8;
const isTab = (key: string): key is AnswerTab => answerTabs.some((tab) => tab === key);

export function AnswersRoom() {
  const { t, language } = useText();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const query = answersQueryOf(parameters);
  const asked = useQuery(answersQuery(query));
  const { data, isPlaceholderData } = asked;
  return (
    <>
      <PageHead
        title={t('answer.room')}
        note={
          data !== undefined && (
            <span data-testid="total">
              {t('review.total', {
                n: count(data.counts[query.tab]),
                money: shortMoneyText(yuanOf(data.fen), language),
              })}
            </span>
          )
        }
      />
      <p className="quiet card-note">{t('answer.room_note')}</p>
      <Tabs
        aria-label={t('answer.room')}
        activeKey={query.tab}
        onChange={(key) => {
          if (isTab(key)) void navigate(paths.answers({ tab: key }));
        }}
        items={answerTabs.map((tab) => ({
          key: tab,
          label:
            data === undefined
              ? t(`answer.tab.${tab}`)
              : `${t(`answer.tab.${tab}`)} ${count(data.counts[tab])}`,
        }))}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(answers) =>
          answers.items.length === 0 ? (
            <Card>
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`answer.none.${query.tab}`)} />
            </Card>
          ) : (
            <div className={isPlaceholderData ? 'stale' : ''}>
              {/* What was selected on one page is not what is shown on another. */}
              <Items key={JSON.stringify(query)} answers={answers} query={query} />
            </div>
          )
        }
      </Asked>
    </>
  );
}

interface ListProps {
  readonly items: readonly AnswerItem[];
  /** `null`: nothing can be done with several at once. */
  readonly selection: {
    readonly selected: ReadonlySet<string>;
    readonly toggle: (id: string) => void;
  } | null;
}

function Items({ answers, query }: { answers: Answers; query: AnswersQuery }) {
  const { t } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const { items } = answers;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAccepting, setAccepting] = useState(false);
  const picked = items.filter(({ finding_id }) => selected.has(finding_id));
  const canSelect = query.tab === 'waiting' || query.tab === 'overdue';
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id) && picked.length < bulkFindingsMax) next.add(id);
    setSelected(next);
  };
  const list: ListProps = { items, selection: canSelect ? { selected, toggle } : null };
  return (
    <>
      {canSelect && (
        <div className="review-bar">
          <span data-testid="selected">
            {t('review.selected', { n: count(picked.length), max: bulkFindingsMax })}
          </span>
          <Button
            size="small"
            onClick={() =>
              setSelected(new Set(items.slice(0, bulkFindingsMax).map(({ finding_id }) => finding_id)))
            }
          >
            {t('review.select_page')}
          </Button>
          <Button size="small" disabled={picked.length === 0} onClick={() => setSelected(new Set())}>
            {t('review.select_none')}
          </Button>
          <Button
            size="small"
            type="primary"
            disabled={picked.length === 0}
            onClick={() => setAccepting(true)}
          >
            {t('answer.accept_many')}
          </Button>
        </div>
      )}
      {isPhone ? <AnswerCards {...list} /> : <AnswerTable {...list} />}
      <div className="list-foot">
        <span className="review-acts">
          {query.after !== undefined && (
            <Button onClick={() => void navigate(paths.answers({ tab: query.tab }))}>
              {t('review.first')}
            </Button>
          )}
          {answers.next !== null && (
            <Button
              onClick={() =>
                void navigate(paths.answers({ tab: query.tab, after: answers.next ?? undefined }))
              }
            >
              {t('review.more')}
            </Button>
          )}
        </span>
      </div>
      <AcceptModal isOpen={isAccepting} items={picked} onClose={() => setAccepting(false)} />
    </>
  );
}

function Pick({ item, selection }: { item: AnswerItem; selection: NonNullable<ListProps['selection']> }) {
  const { t } = useText();
  return (
    <Checkbox
      aria-label={t('review.select', { n: item.setl_id })}
      checked={selection.selected.has(item.finding_id)}
      onChange={() => selection.toggle(item.finding_id)}
    />
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
                render: (_: unknown, item: AnswerItem) => <Pick item={item} selection={selection} />,
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
          {selection !== null && <Pick item={item} selection={selection} />}
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
