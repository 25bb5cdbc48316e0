/** From a confirmed finding to its case: the one that it is in, or a new one. */
import { useQuery } from '@tanstack/react-query';
import { Card } from 'antd';
import { Link } from 'react-router';
import { OpenCase } from '../cases/open-case.tsx';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { reviewQuery } from '../reviews-api.ts';

export function CasePanel({ findingId, fixmedinsCode }: { findingId: string; fixmedinsCode: string }) {
  const { t } = useText();
  const { data: review } = useQuery(reviewQuery(findingId));
  if (review === undefined) return null;
  const isConfirmed = review.state === 'decided' && review.decision?.outcome === 'confirmed';
  if (review.case === null && !isConfirmed) return null;
  const others = paths.reviews({ tab: 'done', outcome: 'confirmed', fixmedins_code: fixmedinsCode });
  return (
    <Card size="small" title={t('room.cases')}>
      <div className="stack">
        {review.case === null ? (
          <>
            <p className="quiet">{t('case.open_note')}</p>
            <div>
              <OpenCase findings={[findingId]} />
            </div>
            <Link to={others}>{t('case.open_several')}</Link>
          </>
        ) : (
          <p>
            {t('case.evidence_in')} <Link to={paths.case(review.case.id)}>{review.case.case_no}</Link>
          </p>
        )}
      </div>
    </Card>
  );
}
