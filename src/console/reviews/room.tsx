/** 复核: the queue of findings to review – tabs with counts, filters in the address, and a selection that is decided or assigned at once. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Tabs } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import {
  bulkFindingsMax,
  type Queue,
  type QueueItem,
  type QueueQuery,
  type ReviewTab,
  reviewTabs,
} from '../../cases/review-contract.ts';
import { NoticeModal } from '../answers/notice-modal.tsx';
import { Asked } from '../asked.tsx';
import { count, shortMoneyText } from '../format.ts';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { useListQuery } from '../list-query.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths, queueQueryOf } from '../paths.ts';
import { queueQuery } from '../reviews-api.ts';
import { AssignModal } from './assign-modal.tsx';
import { BulkModal } from './bulk-modal.tsx';
import { yuanOf } from './fen.ts';
import { QueueFilters } from './filters.tsx';
import { Groups } from './groups.tsx';
import { rememberQueue } from './last-queue.ts';
import { ReviewCards, ReviewTable } from './list.tsx';

const skeletonRows = 10;
const isTab = (key: string): key is ReviewTab => reviewTabs.some((tab) => tab === key);

export function ReviewsRoom() {
  const { t, language } = useText();
  const navigate = useNavigate();
  // Another filter or tab begins at its first page.
  const [query, change] = useListQuery(queueQueryOf, paths.reviews, { after: undefined });
  const asked = useQuery(queueQuery(query));
  const { data, isPlaceholderData } = asked;
  return (
    <>
      <PageHead
        title={t('room.reviews')}
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
      <Tabs
        aria-label={t('review.tabs')}
        activeKey={query.tab}
        onChange={(key) => {
          if (isTab(key)) change({ tab: key, outcome: undefined });
        }}
        items={reviewTabs.map((tab) => ({
          key: tab,
          label:
            data === undefined
              ? t(`review.tab.${tab}`)
              : `${t(`review.tab.${tab}`)} ${count(data.counts[tab])}`,
        }))}
      />
      <QueueFilters
        query={query}
        onChange={change}
        onClear={() => void navigate(paths.reviews({ tab: query.tab }))}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(queue) =>
          queue.items.length === 0 ? (
            <Card>
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(`review.none.${query.tab}`)} />
            </Card>
          ) : (
            <div className={isPlaceholderData ? 'stale' : ''}>
              <Groups groups={queue.groups} query={query} onChoose={change} />
              {/* What was selected on one page is not what is shown on another. */}
              <Items key={JSON.stringify(query)} queue={queue} query={query} onChange={change} />
            </div>
          )
        }
      </Asked>
    </>
  );
}

function Items(props: { queue: Queue; query: QueueQuery; onChange: (changed: Partial<QueueQuery>) => void }) {
  const { t } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const { queue, query } = props;
  const { items } = queue;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isDeciding, setDeciding] = useState(false);
  const [isAssigning, setAssigning] = useState(false);
  const [isSending, setSending] = useState(false);
  const chosen = items.findIndex(({ finding_id }) => finding_id === chosenId);
  // What has left the tab meanwhile is not decided with the rest.
  const picked = items.filter(({ finding_id }) => selected.has(finding_id));
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id) && picked.length < bulkFindingsMax) next.add(id);
    setSelected(next);
  };

  useEffect(() => {
    if (chosenId === null) return;
    document.querySelector(`[data-finding="${CSS.escape(chosenId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosenId]);
  const move = (steps: 1 | -1): boolean => {
    const next = items[Math.max(0, Math.min(items.length - 1, chosen === -1 ? 0 : chosen + steps))];
    if (next === undefined) return false;
    setChosenId(next.finding_id);
    return true;
  };
  useKeys((key) => {
    switch (key) {
      case 'j':
      case 'ArrowDown':
        return move(1);
      case 'k':
      case 'ArrowUp':
        return move(-1);
      case 'x':
        if (chosenId !== null) toggle(chosenId);
        return chosenId !== null;
      case 'Enter':
        if (chosenId === null) return false;
        void navigate(paths.finding(chosenId));
        return true;
      default:
        return false;
    }
  });

  // Its last drawing before a finding is opened: what is decided there leaves the queue, and its place is still known.
  useEffect(() => {
    rememberQueue(
      paths.reviews(query),
      items.map(({ finding_id }) => finding_id),
    );
  }, [items, query]);

  // What is decided is confirmed, returned or reopened one by one.
  const isWaiting = query.tab !== 'done' && query.tab !== 'to_confirm';
  const canSelect = isWaiting && (may('findings.review') || may('findings.assign'));
  const list = {
    items,
    chosenId,
    onOpen: (item: QueueItem): void => void navigate(paths.finding(item.finding_id)),
    selection: canSelect ? { selected, toggle } : null,
  };
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
          {may('findings.review') && (
            <Button
              size="small"
              type="primary"
              disabled={picked.length === 0}
              onClick={() => setDeciding(true)}
            >
              {t('review.bulk')}
            </Button>
          )}
          {may('findings.review') && (
            <Button size="small" disabled={picked.length === 0} onClick={() => setSending(true)}>
              {t('answer.act.send')}
            </Button>
          )}
          {may('findings.assign') && (
            <Button
              size="small"
              type="primary"
              disabled={picked.length === 0}
              onClick={() => setAssigning(true)}
            >
              {t('review.act.assign')}
            </Button>
          )}
        </div>
      )}
      {isPhone ? <ReviewCards {...list} /> : <ReviewTable {...list} />}
      <div className="list-foot">
        <span className="quiet keyboard-hint">{t('review.keys')}</span>
        <span className="review-acts">
          {query.after !== undefined && (
            <Button onClick={() => props.onChange({ after: undefined })}>{t('review.first')}</Button>
          )}
          {queue.next !== null && (
            <Button onClick={() => props.onChange({ after: queue.next ?? undefined })}>
              {t('review.more')}
            </Button>
          )}
        </span>
      </div>
      <BulkModal isOpen={isDeciding} items={picked} onClose={() => setDeciding(false)} />
      <NoticeModal isOpen={isSending} items={picked} onClose={() => setSending(false)} />
      <AssignModal isOpen={isAssigning} items={picked} onClose={() => setAssigning(false)} />
    </>
  );
}
