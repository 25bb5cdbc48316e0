/** 复核: the queue of findings to review – tabs with counts, filters in the address, and a selection that is decided or assigned at once. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import {
  bulkFindingsMax,
  type Queue,
  type QueueItem,
  type QueueQuery,
  reviewTabs,
} from '../../cases/review-contract.ts';
import { AddToCase } from '../cases/add-to-case.tsx';
import { OpenCase } from '../cases/open-case.tsx';
import { NoticeModal } from '../answers/notice-modal.tsx';
import { QueueFoot, QueueFrame } from '../finding-queue.tsx';
import { count } from '../format.ts';
import { SelectionBar, useSelection } from '../selection.tsx';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { useListQuery } from '../list-query.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { paths, queueQueryOf } from '../paths.ts';
import { queueQuery } from '../reviews-api.ts';
import { AssignModal } from './assign-modal.tsx';
import { BulkModal } from './bulk-modal.tsx';
import { isNarrowed, QueueFilters } from './filters.tsx';
import { Groups } from './groups.tsx';
import { rememberQueue } from './last-queue.ts';
import { ReviewCards, ReviewTable } from './list.tsx';
import { SavedFilters } from './saved-filters.tsx';

const skeletonRows = 10;

/** What was confirmed and is no evidence yet. */
const isForCase = (item: QueueItem): boolean => item.outcome === 'confirmed' && item.case === null;

export function ReviewsRoom() {
  const { t } = useText();
  const may = useMay();
  const navigate = useNavigate();
  // Another filter or tab begins at its first page.
  const [query, change] = useListQuery(queueQueryOf, paths.reviews, { after: undefined });
  const asked = useQuery(queueQuery(query));
  const unassigned = asked.data?.counts.unassigned ?? 0;
  const clear = (): void => void navigate(paths.reviews({ tab: query.tab }));
  return (
    <QueueFrame
      title={t('room.reviews')}
      tabsLabel={t('review.tabs')}
      tabs={reviewTabs.map((key) => ({ key, name: t(`review.tab.${key}`) }))}
      tab={query.tab}
      onTab={(tab) => change({ tab, outcome: undefined })}
      asked={asked}
      rows={skeletonRows}
      empty={t(`review.none.${query.tab}`)}
      wayOn={
        query.tab === 'mine' &&
        unassigned > 0 &&
        may('findings.review') && (
          <>
            <p className="quiet">{t('review.unassigned_n', { n: count(unassigned) })}</p>
            <Button type="primary" onClick={() => change({ tab: 'unassigned' })}>
              {t('review.see_unassigned')}
            </Button>
          </>
        )
      }
      onClear={isNarrowed(query) ? clear : undefined}
      filters={
        <>
          <SavedFilters query={query} />
          <QueueFilters query={query} onChange={change} onClear={clear} />
        </>
      }
    >
      {(queue) => (
        <>
          <Groups groups={queue.groups} query={query} onChoose={change} />
          {/* What was selected on one page is not what is shown on another. */}
          <Items key={JSON.stringify(query)} queue={queue} query={query} onChange={change} />
        </>
      )}
    </QueueFrame>
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
  const isDone = query.tab === 'done';
  const selection = useSelection(
    items,
    ({ finding_id }) => finding_id,
    bulkFindingsMax,
    isDone ? isForCase : undefined,
  );
  const { picked } = selection;
  const [isDeciding, setDeciding] = useState(false);
  const [isAssigning, setAssigning] = useState(false);
  const [isSending, setSending] = useState(false);
  const chosen = items.findIndex(({ finding_id }) => finding_id === chosenId);
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
        if (items[chosen] !== undefined) selection.toggle(items[chosen]);
        return items[chosen] !== undefined;
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
  const isWaiting = !isDone && query.tab !== 'to_confirm';
  const canOpen = isDone && may('cases.handle');
  const canSelect = canOpen || (isWaiting && (may('findings.review') || may('findings.assign')));
  const list = {
    items,
    chosenId,
    onOpen: (item: QueueItem): void => void navigate(paths.finding(item.finding_id)),
    selection: canSelect ? selection : null,
  };
  return (
    <>
      {canSelect && (
        <SelectionBar selection={selection}>
          {canOpen && <OpenCase findings={picked.map(({ finding_id }) => finding_id)} />}
          {canOpen && <AddToCase items={picked.filter(isForCase)} />}
          {isWaiting && may('findings.review') && (
            <Button
              size="small"
              type="primary"
              disabled={picked.length === 0}
              onClick={() => setDeciding(true)}
            >
              {t('review.bulk')}
            </Button>
          )}
          {isWaiting && may('findings.review') && (
            <Button size="small" disabled={picked.length === 0} onClick={() => setSending(true)}>
              {t('answer.act.send')}
            </Button>
          )}
          {isWaiting && may('findings.assign') && (
            <Button
              size="small"
              type="primary"
              disabled={picked.length === 0}
              onClick={() => setAssigning(true)}
            >
              {t('review.act.assign')}
            </Button>
          )}
        </SelectionBar>
      )}
      {isPhone ? <ReviewCards {...list} /> : <ReviewTable {...list} />}
      <QueueFoot
        isFirst={query.after === undefined}
        next={queue.next}
        onAfter={(after) => props.onChange({ after })}
      >
        <span className="quiet keyboard-hint">{t('review.keys')}</span>
      </QueueFoot>
      <BulkModal isOpen={isDeciding} items={picked} onClose={() => setDeciding(false)} />
      <NoticeModal
        isOpen={isSending}
        items={picked}
        onClose={(isSent) => {
          setSending(false);
          // They stay in the queue, and wait now: nothing else is to be done with them together.
          if (isSent) selection.selectNone();
        }}
      />
      <AssignModal isOpen={isAssigning} items={picked} onClose={() => setAssigning(false)} />
    </>
  );
}
