/** One subject: what its grades are made of, and their way to publication. */
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { SubjectDetail } from '../../credit/publication-contract.ts';
import type { Score, ScoreLine } from '../../credit/score-contract.ts';
import { Asked } from '../asked.tsx';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { creditSubjectQuery } from '../queries.ts';
import { FactModal } from './fact-modal.tsx';
import { type Later, LaterModal } from './later-modal.tsx';
import { Publications } from './publications.tsx';
import { ScoreCard } from './score-card.tsx';

const skeletonRows = 10;

export function SubjectRoom() {
  const { t } = useText();
  const firstSeq = Number(useParams()['firstSeq'] ?? '');
  const asked = useQuery(creditSubjectQuery(firstSeq));
  const mayRecord = useMay()('credit.score');
  const [isRecording, setRecording] = useState(false);
  const { data } = asked;
  // The title of the tab never names a person.
  const isNamed = data?.subject.kind === 'institution' || data?.subject.kind === 'company';
  const title = data === undefined ? t('room.credit') : t(`credit.kind.${data.subject.kind}`);
  return (
    <>
      <PageHead
        title={(isNamed && data.subject_name) || title}
        note={
          data !== undefined && (
            <>
              <Link to={paths.credit({ kind: data.subject.kind })}>{t('room.credit')}</Link> ·{' '}
              {data.subject_name !== null && !isNamed && <>{data.subject_name} </>}
              <span className="number break">{data.subject.key}</span> ·{' '}
              {t('credit.note', { day: data.as_of })}
            </>
          )
        }
        extra={
          <Button
            type="primary"
            disabled={!mayRecord || data === undefined}
            title={mayRecord ? undefined : t('state.forbidden')}
            onClick={() => setRecording(true)}
          >
            {t('credit.record')}
          </Button>
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(detail) => (
          <>
            <Subject detail={detail} mayRecord={mayRecord} />
            <FactModal
              isOpen={isRecording}
              kind={detail.subject.kind}
              subject={detail.subject}
              today={detail.as_of}
              onDone={() => undefined}
              onClose={() => setRecording(false)}
            />
          </>
        )}
      </Asked>
    </>
  );
}

function Subject({ detail, mayRecord }: { detail: SubjectDetail; mayRecord: boolean }) {
  const { t } = useText();
  const [later, setLater] = useState<Later | null>(null);
  const facts = new Set(
    detail.entries.filter(({ entry }) => entry.entry === 'fact').map(({ entry }) => entry.seq),
  );
  const acts = ({ seq, state, points_hundredths }: ScoreLine, { method }: Score['scheme']) =>
    mayRecord &&
    state !== 'note' &&
    state !== 'revoked' && (
      <span className="knowledge-acts">
        <Button type="link" size="small" onClick={() => setLater({ act: 'revoke', seq })}>
          {t('credit.revoke')}
        </Button>
        {facts.has(seq) && !(method === 'base_points' && points_hundredths > 0) && (
          <Button type="link" size="small" onClick={() => setLater({ act: 'repair', seq })}>
            {t('credit.repair')}
          </Button>
        )}
      </span>
    );
  return (
    <div className="knowledge-stack">
      {detail.scores.map((score) => (
        <ScoreCard
          key={score.scheme.code}
          score={score}
          firstSeq={detail.first_seq}
          refusal={detail.notice_refusals[score.scheme.code] ?? null}
          acts={(line) => acts(line, score.scheme)}
        />
      ))}
      <Publications detail={detail} />
      <LaterModal
        later={later}
        subject={detail.subject}
        today={detail.as_of}
        onClose={() => setLater(null)}
      />
    </div>
  );
}
