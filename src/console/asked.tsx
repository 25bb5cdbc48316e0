/** What a room asked for: rows in its place until it is there, what went wrong above it, and then itself – stale rather than gone. */
import { Card } from 'antd';
import type { ReactNode } from 'react';
import type { ApiError } from './api.ts';
import { Failure } from './failure.tsx';
import { RowsSkeleton } from './skeletons.tsx';

export function Asked<Data>({
  of: { data, error, refetch },
  rows,
  children,
}: {
  of: {
    readonly data: Data | undefined;
    readonly error: ApiError | null;
    readonly refetch: () => Promise<unknown>;
  };
  /** About as many as there will be. */
  rows: number;
  children: (data: Data) => ReactNode;
}) {
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined
        ? error === null && (
            <Card size="small">
              <RowsSkeleton rows={rows} />
            </Card>
          )
        : children(data)}
    </>
  );
}
