import { useQuery } from '@tanstack/react-query';
import type { FindingsPage, FindingsQuery } from '../../screening/contract.ts';
import { paths } from '../paths.ts';
import { findingsPageQuery } from '../queries.ts';

export interface Neighbours {
  /** 1-based place in the whole filter; `null` when the finding is not on the page of the list it was opened from. */
  readonly place: number | null;
  readonly total: number;
  readonly previous: string | null;
  readonly next: string | null;
}

/** Where the finding stands in the list it was opened from, and the addresses before and after it, over the edges of pages too. */
export function useNeighbours(findingId: string, query: FindingsQuery): Neighbours {
  const own = useOwnPage(query, true);
  const at = own?.items.findIndex(({ finding_id }) => finding_id === findingId) ?? -1;
  const isFirst = at === 0 && query.page > 1;
  const isLast =
    own !== null && at !== -1 && at === own.items.length - 1 && query.page * query.page_size < own.total;
  const before = useOwnPage({ ...query, page: Math.max(1, query.page - 1) }, isFirst);
  const after = useOwnPage({ ...query, page: query.page + 1 }, isLast);
  if (own === null || at === -1) return { place: null, total: own?.total ?? 0, previous: null, next: null };
  const link = (page: FindingsPage | null, index: number, number: number): string | null => {
    const row = page?.items.at(index);
    return row === undefined ? null : paths.finding(row.finding_id, { ...query, page: number });
  };
  return {
    place: (query.page - 1) * query.page_size + at + 1,
    total: own.total,
    previous: at > 0 ? link(own, at - 1, query.page) : isFirst ? link(before, -1, query.page - 1) : null,
    next: isLast
      ? link(after, 0, query.page + 1)
      : at < own.items.length - 1
        ? link(own, at + 1, query.page)
        : null,
  };
}

/** The page itself, never the one shown in its place while it loads. */
function useOwnPage(query: FindingsQuery, enabled: boolean): FindingsPage | null {
  const { data, isPlaceholderData } = useQuery({ ...findingsPageQuery(query), enabled });
  return data === undefined || isPlaceholderData || !enabled ? null : data;
}
