/** What the system did by itself and somebody should know: rules that it paused. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { Link } from 'react-router';
import type { Notice } from '../../rulebook/contract.ts';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { paths } from '../paths.ts';
import { noticesQuery, rulebookApi } from '../rulebook-api.ts';

export function Notices() {
  const { data, error, refetch } = useQuery(noticesQuery);
  const unseen = data?.notices.filter(({ seen_at }) => seen_at === null) ?? [];
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {unseen.map((notice) => (
        <OneNotice key={notice.id} notice={notice} />
      ))}
    </>
  );
}

function OneNotice({ notice: { id, code, content_hash, detail, created_at } }: { notice: Notice }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const maySee = useMay()('rules.approve');
  const seen = useMutation({
    mutationFn: () => rulebookApi.noticeSeen(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: noticesQuery.queryKey }),
  });
  return (
    <Alert
      type="warning"
      showIcon
      className="failure"
      title={
        <>
          <Link to={paths.ruleVersions(code, content_hash)}>{code}</Link> {t('book.notice.paused')}
        </>
      }
      description={
        <>
          {t('book.notice.rate', {
            rate: rateText(detail.rate),
            low: rateText(detail.low),
            high: rateText(detail.high),
            claims: count(detail.claims),
            hits: count(detail.hits),
          })}{' '}
          <span className="quiet">{instant(created_at)}</span>
          {seen.error !== null && <Failure error={seen.error} />}
        </>
      }
      action={
        maySee && (
          <Button size="small" loading={seen.isPending} onClick={() => seen.mutate()}>
            {t('book.notice.seen')}
          </Button>
        )
      }
    />
  );
}

const rateText = (rate: number): string => rate.toFixed(2);
