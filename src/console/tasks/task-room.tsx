/** One check on the spot, made for a phone: the checklist, what was found, the record, and its signatures. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Popconfirm, Tag } from 'antd';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { TaskDetail } from '../../inspection/on-site-contract.ts';
import { Asked } from '../asked.tsx';
import { Fact } from '../fact.tsx';
import { Failure } from '../failure.tsx';
import { count } from '../format.ts';
import { BackIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useMe } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths } from '../paths.ts';
import { taskApi, taskKey, taskQuery, tasksKey } from '../task-api.ts';
import { ChecklistPanel } from './checklist-panel.tsx';
import { ConcludePanel } from './conclude-panel.tsx';
import { draftKey, draftOf, type DraftState } from './draft.ts';
import { kept } from './kept.ts';
import { ReasonModal, TeamModal } from './plan-modal.tsx';
import { RecordPanel } from './record-panel.tsx';
import { TaskStateTag } from './state-tag.tsx';
import { useWhyNot } from './why-not.ts';

const skeletonRows = 10;

export function TaskRoom() {
  const { t } = useText();
  const id = Number(useParams()['id']);
  const { login } = useMe();
  const asked = useQuery(taskQuery(id));
  const isOver = asked.data !== undefined && !['planned', 'open', 'concluded'].includes(asked.data.state);
  // Nothing of it is left on the device: what was not sent has no place any more.
  useEffect(() => {
    if (isOver) void kept.forget(draftKey(login, id));
  }, [isOver, login, id]);
  return (
    <>
      <div className="finding-bar">
        <Link className="back-link" to={paths.tasks()}>
          <BackIcon />
          {t('room.tasks')}
        </Link>
      </div>
      <PageHead
        title={asked.data?.object.name ?? t('check.one')}
        note={asked.data !== undefined && <TaskStateTag task={asked.data} />}
      />
      <Asked of={asked} rows={skeletonRows}>
        {(task) => (
          <div className="stack" key={task.id}>
            <Facts task={task} />
            {task.state === 'open' && <Writing task={task} />}
            {(task.state === 'concluded' || task.state === 'signed') && (
              <>
                <RecordPanel task={task} />
                <ChecklistPanel task={task} draft={null} />
              </>
            )}
          </div>
        )}
      </Asked>
    </>
  );
}

function Facts({ task }: { task: TaskDetail }) {
  const { t } = useText();
  const { object, team, draw_id, recheck_of, reason, from_day, due_day, kind } = task;
  return (
    <Card size="small" title={t('check.facts')}>
      <dl className="claim-facts">
        <Fact name={t('check.kind')}>
          {t(`check.kind.${kind}`)}{' '}
          {draw_id !== null && <Link to={paths.draw(draw_id)}>{t('check.to_draw')}</Link>}
          {recheck_of !== null && <Link to={paths.task(recheck_of)}>{t('check.to_former')}</Link>}
        </Fact>
        <Fact name={t('draw.object')}>
          {object.object_id} <span className="quiet">{object.kind}</span>
        </Fact>
        <Fact name={t('check.from_day')}>
          <span className="number">{from_day}</span>
        </Fact>
        <Fact name={t('check.due_day')}>
          <span className="number">{due_day}</span>
        </Fact>
        <Fact name={t('draw.team')}>
          {team.length === 0
            ? t('check.no_team')
            : team.map(({ inspector_id, name, certificate }) => (
                <div key={inspector_id}>
                  {name} <span className="quiet">{certificate}</span>
                </div>
              ))}
        </Fact>
        <Fact name={t('check.reason')}>
          <span className="break">{reason}</span>
        </Fact>
      </dl>
      {task.state === 'planned' && <Planned task={task} />}
    </Card>
  );
}

function Planned({ task }: { task: TaskDetail }) {
  const { t } = useText();
  const whyNot = useWhyNot(task);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'team' | 'cancel' | null>(null);
  const start = useMutation({
    mutationFn: () => taskApi.start(task.id),
    onSuccess: (next) => {
      queryClient.setQueryData(taskKey(task.id), next);
      void queryClient.invalidateQueries({ queryKey: tasksKey });
    },
  });
  const why = whyNot('start');
  return (
    <>
      <div className="check-acts">
        <Popconfirm
          title={t('check.start_sure')}
          disabled={why !== undefined}
          onConfirm={() => start.mutate()}
        >
          <Button
            type="primary"
            size="large"
            disabled={why !== undefined}
            title={why}
            loading={start.isPending}
          >
            {t('check.start')}
          </Button>
        </Popconfirm>
        {whyNot('set_team') === undefined && (
          <Button size="large" onClick={() => setAsking('team')}>
            {t('check.set_team')}
          </Button>
        )}
        {whyNot('cancel') === undefined && (
          <Button size="large" danger onClick={() => setAsking('cancel')}>
            {t('check.cancel')}
          </Button>
        )}
      </div>
      {why !== undefined && <p className="quiet">{why}</p>}
      {start.error !== null && <Failure error={start.error} />}
      <TeamModal task={task} isOpen={asking === 'team'} onClose={() => setAsking(null)} />
      <ReasonModal
        isOpen={asking === 'cancel'}
        title={t('check.cancel')}
        note={t('check.cancel_note')}
        send={async (reason) => {
          await taskApi.cancel(task.id, reason);
          void navigate(paths.tasks());
        }}
        onClose={() => setAsking(null)}
      />
    </>
  );
}

/** While it is under way: what is typed is kept here first, and sent. */
function Writing({ task }: { task: TaskDetail }) {
  const { login } = useMe();
  const queryClient = useQueryClient();
  const { id } = task;
  const [draft] = useState(() =>
    draftOf(draftKey(login, id), {
      save: async (answers) => {
        const saved = await taskApi.answers(id, { answers });
        queryClient.setQueryData(
          taskKey(id),
          (old: TaskDetail | undefined) => old && { ...old, answers: saved.answers },
        );
        return saved;
      },
      addPhoto: async (item, file) =>
        queryClient.setQueryData(taskKey(id), await taskApi.addPhoto(id, item, file)),
    }),
  );
  useEffect(() => draft.open(), [draft]);
  const state = useSyncExternalStore(draft.subscribe, draft.state);
  return (
    <>
      <ChecklistPanel task={task} draft={{ ...draft, now: state }} />
      <ConcludePanel task={task} left={state.answers.size + state.photos.length} />
      <DraftBar task={task} state={state} />
    </>
  );
}

/** Stays in sight: how far one has come, and whether the server has it. */
function DraftBar({ task, state }: { task: TaskDetail; state: DraftState }) {
  const { t } = useText();
  const answered = new Set([
    ...task.answers.map(({ item }) => item),
    ...[...state.answers.values()].flatMap(({ item, verdict }) => (verdict === null ? [] : [item])),
  ]);
  const left = state.answers.size + state.photos.length;
  return (
    <div className="check-bar" role="status">
      <span className="number">
        {t('check.answered', {
          done: count(answered.size),
          n: count((task.checklist?.items.length ?? 0) + task.hidden_items),
        })}
      </span>
      {state.error !== null ? (
        <Tag color="error">{t('check.not_taken')}</Tag>
      ) : state.isOffline ? (
        <Tag color="warning">{t('check.offline', { n: count(left) })}</Tag>
      ) : left > 0 ? (
        <Tag color="processing">{t('check.sending', { n: count(left) })}</Tag>
      ) : (
        <Tag color="success">{t('check.saved')}</Tag>
      )}
      {state.error !== null && <Failure error={state.error} />}
      {state.conflicts.size > 0 && (
        <Alert type="warning" showIcon title={t('check.conflicts', { n: count(state.conflicts.size) })} />
      )}
    </div>
  );
}
