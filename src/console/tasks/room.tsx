/** 检查任务: what is mine to check, the one that is due first before, and for whoever organises everything. */
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Empty, Pagination, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { type TaskRow, type TasksQuery, taskStates } from '../../inspection/on-site-contract.ts';
import { Asked } from '../asked.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useListQuery } from '../list-query.ts';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { paths, tasksQueryOf } from '../paths.ts';
import { tasksQuery } from '../task-api.ts';
import { PlanModal } from './plan-modal.tsx';
import { TaskStateTag } from './state-tag.tsx';

const skeletonRows = 6;
const whoseShown = ['mine', 'all'] as const;
const statesShown = ['due', ...taskStates, 'every'] as const;

export function TasksRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const may = useMay();
  const isChecker = may('inspections.carry_out');
  const [query, change] = useListQuery<TasksQuery>(
    // Who checks begins with their own.
    (parameters) => tasksQueryOf(parameters, isChecker ? 'mine' : 'all'),
    paths.tasks,
    { page: 1 },
  );
  const asked = useQuery(tasksQuery(query));
  const [isPlanning, setPlanning] = useState(false);
  return (
    <>
      <PageHead
        title={t('room.tasks')}
        note={asked.data !== undefined && t('check.total', { n: count(asked.data.total) })}
        extra={
          <Button
            type="primary"
            disabled={!may('inspections.draw')}
            title={may('inspections.draw') ? undefined : t('state.forbidden')}
            onClick={() => setPlanning(true)}
          >
            {t('check.plan')}
          </Button>
        }
      />
      <div className="filter-bar">
        <Select
          aria-label={t('check.whose')}
          className="case-state"
          value={query.whose}
          onChange={(whose) => change({ whose })}
          options={whoseShown.map((value) => ({ value, label: t(`check.whose.${value}`) }))}
        />
        <Select
          aria-label={t('field.state')}
          className="case-state"
          value={query.state}
          onChange={(state) => change({ state })}
          options={statesShown.map((value) => ({ value, label: t(`check.state.${value}`) }))}
        />
      </div>
      <Asked of={asked} rows={skeletonRows}>
        {({ items, total, is_linked }) => (
          <div className="stack">
            {isChecker && !is_linked && <Alert type="info" showIcon title={t('check.not_linked')} />}
            {items.length === 0 ? (
              <Card size="small">
                <Empty
                  image={Empty.PRESENTED_IMAGE_SIMPLE}
                  description={t(query.whose === 'mine' ? 'check.none_mine' : 'check.none')}
                />
              </Card>
            ) : (
              <Tasks items={items} />
            )}
            {total > query.page_size && (
              <Pagination
                simple
                current={query.page}
                pageSize={query.page_size}
                total={total}
                showSizeChanger={false}
                onChange={(page) => change({ page })}
              />
            )}
          </div>
        )}
      </Asked>
      <PlanModal
        isOpen={isPlanning}
        onDone={({ id }) => void navigate(paths.task(id))}
        onClose={() => setPlanning(false)}
      />
    </>
  );
}

function Tasks({ items }: { items: readonly TaskRow[] }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  if (isPhone)
    return (
      <ul className="finding-cards">
        {items.map((task) => (
          <li key={task.id}>
            <Link to={paths.task(task.id)}>
              <span className="finding-card-head">
                <span className="finding-name break">{task.object.name}</span>
                <TaskStateTag task={task} />
              </span>
              <span className="quiet break">
                {t(`check.kind.${task.kind}`)} · {task.reason}
              </span>
              <span className="quiet finding-card-foot">
                <span className="break">{task.team.map(({ name }) => name).join(t('value.separator'))}</span>
                <span className="number">{t('check.until', { day: task.due_day })}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    );
  return (
    <Table<TaskRow>
      size="small"
      rowKey="id"
      dataSource={[...items]}
      pagination={false}
      scroll={{ x: 900 }}
      columns={[
        {
          title: t('draw.object'),
          className: 'break',
          render: (_, { id, object, reason }) => (
            <>
              <Link to={paths.task(id)}>{object.name}</Link>{' '}
              <span className="quiet">
                {object.object_id} · {object.kind}
              </span>
              <div className="quiet">{reason}</div>
            </>
          ),
        },
        {
          title: t('check.kind'),
          width: 130,
          render: (_, { kind }) => <Tag>{t(`check.kind.${kind}`)}</Tag>,
        },
        { title: t('field.state'), width: 170, render: (_, task) => <TaskStateTag task={task} /> },
        {
          title: t('draw.team'),
          width: 200,
          className: 'break',
          render: (_, { team, is_mine }) => (
            <>
              {team.map(({ name }) => name).join(t('value.separator'))}{' '}
              {is_mine && <Tag color="processing">{t('check.mine')}</Tag>}
            </>
          ),
        },
        {
          title: t('draw.checks'),
          width: 210,
          className: 'number',
          render: (_, { from_day, due_day }) => t('check.days', { from: from_day, to: due_day }),
        },
      ]}
    />
  );
}
