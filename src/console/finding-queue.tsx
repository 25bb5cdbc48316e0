/** A queue of findings that are decided one by one or several at once: what the rooms of those who review and of those who answer share. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Card, Empty, Tabs } from 'antd';
import type { ReactNode } from 'react';
import { Asked } from './asked.tsx';
import { count, shortMoneyText } from './format.ts';
import { useText } from './language.tsx';
import { PageHead } from './page-head.tsx';
import { yuanOf } from './reviews/fen.ts';

interface QueueData<Tab extends string> {
  readonly counts: Readonly<Record<Tab, number>>;
  readonly fen: number;
  readonly items: readonly unknown[];
}

/**
 * Title with the total, tabs with their counts, and what a tab holds.
 *
 * @param filters between the tabs and the list
 */
export function QueueFrame<Tab extends string, Data extends QueueData<Tab>>({
  title,
  note,
  tabsLabel,
  tabs,
  tab,
  onTab,
  asked,
  rows,
  empty,
  wayOn,
  onClear,
  filters,
  children,
}: {
  title: string;
  note?: ReactNode;
  tabsLabel: string;
  tabs: readonly { readonly key: Tab; readonly name: string }[];
  tab: Tab;
  onTab: (tab: Tab) => void;
  asked: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch' | 'isPlaceholderData'>;
  /** About as many as there will be. */
  rows: number;
  empty: string;
  /** From an empty tab that no filter narrows to where there is something. */
  wayOn?: ReactNode;
  /** Where it is narrowed by a filter: takes that away. */
  onClear?: (() => void) | undefined;
  filters?: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { t, language } = useText();
  const { data, isPlaceholderData } = asked;
  return (
    <>
      <PageHead
        title={title}
        note={
          data !== undefined && (
            <span data-testid="total">
              {t('review.total', {
                n: count(data.counts[tab]),
                money: shortMoneyText(yuanOf(data.fen), language),
              })}
            </span>
          )
        }
      />
      {note}
      <Tabs
        aria-label={tabsLabel}
        activeKey={tab}
        onChange={(key) => {
          const chosen = tabs.find((one) => one.key === key);
          if (chosen !== undefined) onTab(chosen.key);
        }}
        items={tabs.map(({ key, name }) => ({
          key,
          label: data === undefined ? name : `${name} ${count(data.counts[key])}`,
        }))}
      />
      {filters}
      <Asked of={asked} rows={rows}>
        {(queue) =>
          queue.items.length === 0 ? (
            <Card>
              <Empty
                image={Empty.PRESENTED_IMAGE_SIMPLE}
                description={onClear === undefined ? empty : t('findings.none_for_filter')}
              >
                {onClear === undefined ? wayOn : <Button onClick={onClear}>{t('filter.clear')}</Button>}
              </Empty>
            </Card>
          ) : (
            <div className={isPlaceholderData ? 'stale' : ''}>{children(queue)}</div>
          )
        }
      </Asked>
    </>
  );
}

/** @param onAfter to the page after this place; `undefined`: the first */
export function QueueFoot({
  isFirst,
  next,
  onAfter,
  children,
}: {
  isFirst: boolean;
  next: string | null;
  onAfter: (after: string | undefined) => void;
  children?: ReactNode;
}) {
  const { t } = useText();
  return (
    <div className="list-foot">
      {children}
      <span className="review-acts">
        {!isFirst && <Button onClick={() => onAfter(undefined)}>{t('review.first')}</Button>}
        {next !== null && <Button onClick={() => onAfter(next)}>{t('review.more')}</Button>}
      </span>
    </div>
  );
}
