import { Link } from 'react-router';
import { ForwardIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { lastQueue, nextInQueue } from './last-queue.ts';

/** From a finding to the one after it, and back to the queue. */
export function QueueWays({
  findingId,
  back,
}: {
  findingId: string;
  /** Where the queue is for who did not come from it, and what the way there is called. */
  back: { readonly to: string; readonly name: string };
}) {
  const { t } = useText();
  const next = nextInQueue(findingId);
  return (
    <span className="review-acts">
      {next !== null && (
        <Link to={paths.finding(next)}>
          {t('review.next')} <ForwardIcon />
        </Link>
      )}
      <Link to={lastQueue() ?? back.to}>{back.name}</Link>
    </span>
  );
}
