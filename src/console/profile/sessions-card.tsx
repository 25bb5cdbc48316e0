import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Tag } from 'antd';
import { Failure } from '../failure.tsx';
import { instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { peopleApi } from '../people-api.ts';
import { mySessionsQuery } from '../queries.ts';
import { RowsSkeleton } from '../skeletons.tsx';

const skeletonRows = 3;

export function SessionsCard() {
  const { t, pick } = useText();
  const { idle_minutes } = useMe();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(mySessionsQuery);
  const end = useMutation({
    mutationFn: (id: string) => peopleApi.endSession(id),
    onSettled: () => queryClient.invalidateQueries({ queryKey: mySessionsQuery.queryKey }),
    onError: (refused) => void message.error(pick(refused.text)),
  });
  return (
    <Card size="small" title={t('profile.sessions')}>
      <p className="quiet card-note">{t('profile.sessions_note', { n: idle_minutes })}</p>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <RowsSkeleton rows={skeletonRows} />
      ) : (
        <ul className="sessions">
          {data.sessions.map((session) => (
            <li key={session.id}>
              <div className="sessions-words">
                <div className="break">
                  {session.agent === '' ? t('value.not_stated') : session.agent}{' '}
                  {session.current && <Tag color="success">{t('profile.this_session')}</Tag>}
                </div>
                <div className="quiet number">
                  {session.address} ·{' '}
                  {t('profile.session_times', {
                    from: instant(session.created_at),
                    seen: instant(session.seen_at),
                  })}
                </div>
              </div>
              {!session.current && (
                <Button
                  size="small"
                  loading={end.isPending && end.variables === session.id}
                  onClick={() => end.mutate(session.id)}
                >
                  {t('profile.end_session')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
