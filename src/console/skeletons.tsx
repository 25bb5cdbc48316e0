/** What stands in a room until its data is there: of about the same size, so that nothing jumps. */
import { Card, Skeleton } from 'antd';
import { useText } from './language.tsx';

export function RoomSkeleton() {
  const { t } = useText();
  return (
    <div className="skeleton-room" role="status" aria-busy="true" aria-label={t('state.loading')}>
      <Skeleton active title={{ width: 160 }} paragraph={false} />
      <Card size="small">
        <Skeleton active title={false} paragraph={{ rows: 3 }} />
      </Card>
      <Card size="small">
        <Skeleton active title={false} paragraph={{ rows: 8 }} />
      </Card>
    </div>
  );
}

export function RowsSkeleton({ rows }: { rows: number }) {
  const { t } = useText();
  return (
    <div className="skeleton-rows" role="status" aria-busy="true" aria-label={t('state.loading')}>
      <Skeleton active title={false} paragraph={{ rows, width: '100%' }} />
    </div>
  );
}
