/** 疑点: the findings of a filter that stands in the address, page by page. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Pagination } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { FindingsPage, FindingsQuery } from '../../screening/contract.ts';
import { Asked } from '../asked.tsx';
import { count, shortMoneyText } from '../format.ts';
import { useKeys } from '../keyboard.ts';
import { useText } from '../language.tsx';
import { useListQuery } from '../list-query.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { PageHead } from '../page-head.tsx';
import { findingsQueryOf, paths } from '../paths.ts';
import { findingsPageQuery } from '../queries.ts';
import { FilterBar, isFiltered } from './filter-bar.tsx';
import { FindingCards } from './finding-cards.tsx';
import { FindingsTable } from './findings-table.tsx';
import { lastOpened, rememberOpened } from './last-opened.ts';
import { PageDownload } from './page-download.tsx';

const pageSizes = [20, 50, 100, 200];
const skeletonRows = 12;

export function FindingsRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  // Another filter or order begins at its first page.
  const [query, change] = useListQuery(findingsQueryOf, paths.findings, { page: 1 });
  const asked = useQuery(findingsPageQuery(query));
  const { data, isPlaceholderData } = asked;

  return (
    <>
      <PageHead
        title={t('room.findings')}
        note={data !== undefined && <Total page={data} />}
        extra={data !== undefined && data.items.length > 0 && <PageDownload page={data} />}
      />
      <FilterBar query={query} onChange={change} onClear={() => void navigate(paths.findings())} />
      <Asked of={asked} rows={skeletonRows}>
        {(found) => (
          <Found
            page={found}
            query={query}
            isStale={isPlaceholderData}
            onChange={change}
            onClear={() => void navigate(paths.findings())}
          />
        )}
      </Asked>
    </>
  );
}

function Total({ page }: { page: FindingsPage }) {
  const { t, language } = useText();
  return (
    <span data-testid="total">
      {t('findings.total', { n: count(page.total), money: shortMoneyText(page.amount, language) })}
    </span>
  );
}

function Found(props: {
  page: FindingsPage;
  query: FindingsQuery;
  isStale: boolean;
  onChange: (changed: Partial<FindingsQuery>) => void;
  onClear: () => void;
}) {
  const { page, query, onChange } = props;
  const { t } = useText();
  const navigate = useNavigate();
  const isPhone = useNarrow(phoneMax);
  const [chosenId, setChosenId] = useState(lastOpened);
  const chosen = page.items.findIndex(({ finding_id }) => finding_id === chosenId);

  useEffect(() => {
    if (chosenId === null) return;
    document.querySelector(`[data-finding="${CSS.escape(chosenId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosenId]);

  const open = (findingId: string): void => {
    rememberOpened(findingId);
    void navigate(paths.finding(findingId, query));
  };
  const move = (steps: 1 | -1): boolean => {
    const from = chosen === -1 ? (steps === 1 ? -1 : 0) : chosen;
    const next = page.items[Math.max(0, Math.min(page.items.length - 1, from + steps))];
    if (next === undefined) return false;
    setChosenId(next.finding_id);
    return true;
  };
  useKeys((key) => {
    switch (key) {
      case 'ArrowDown':
      case 'j':
        return move(1);
      case 'ArrowUp':
      case 'k':
        return move(-1);
      case 'Enter': {
        const item = page.items[chosen];
        if (item === undefined) return false;
        open(item.finding_id);
        return true;
      }
      default:
        return false;
    }
  });

  if (page.total === 0)
    return (
      <Card>
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={isFiltered(query) ? t('findings.none_for_filter') : t('findings.none')}
        >
          {isFiltered(query) && <Button onClick={props.onClear}>{t('filter.clear')}</Button>}
        </Empty>
      </Card>
    );

  return (
    <div className={props.isStale ? 'stale' : ''}>
      {isPhone ? (
        <FindingCards items={page.items} chosenId={chosenId} query={query} />
      ) : (
        <FindingsTable items={page.items} chosenId={chosenId} query={query} onOpen={open} onSort={onChange} />
      )}
      <div className="list-foot">
        <span className="quiet keyboard-hint">{t('findings.keys')}</span>
        <Pagination
          size={isPhone ? 'small' : 'medium'}
          simple={isPhone}
          current={query.page}
          pageSize={query.page_size}
          total={page.total}
          showSizeChanger={!isPhone}
          pageSizeOptions={pageSizes}
          onChange={(number, size) =>
            onChange(size === query.page_size ? { page: number } : { page: 1, page_size: size })
          }
        />
      </div>
    </div>
  );
}
