import { useNavigate, useSearchParams } from 'react-router';

/**
 * What a list shows, kept in the address, and how a filter changes it. A change starts from the address as it is now, not from the one
 * drawn last: leaving one field and setting another comes in one go, and neither may undo the other. (The routes have no loaders, so
 * that the address has changed when `navigate` returns.)
 */
export function useListQuery<Query extends object>(
  queryOf: (parameters: URLSearchParams) => Query,
  pathOf: (query: Query) => string,
  /** What every change goes back to, such as the first page. */
  first: Partial<Query>,
): [query: Query, change: (changed: Partial<Query>) => void] {
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  return [
    queryOf(parameters),
    (changed) => {
      const now = queryOf(new URLSearchParams(window.location.search));
      void navigate(pathOf({ ...now, ...first, ...changed }));
    },
  ];
}
