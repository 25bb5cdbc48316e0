/** Who was drawn, who goes, and what was found: a table at a desk, cards at a bedside. */
import { Button, Card, Table, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { DrawDetail, InspectionTask } from '../../inspection/draws-contract.ts';
import { addDays, count, instant, today } from '../format.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PagedCards } from '../persons/paged-cards.tsx';
import { paths } from '../paths.ts';
import { CheckModal, type Leaving, ReplaceModal } from './reason-modals.tsx';

const pageSize = 50;

/** Today, where the checks are open; otherwise their first or last day. */
function checkDay({ from, to }: { from: string; to: string }): string {
  const now = today();
  return now < from ? from : now >= to ? addDays(to, -1) : now;
}

export function TasksPanel({ detail }: { detail: DrawDetail }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  const [checking, setChecking] = useState<InspectionTask | null>(null);
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const { draw, tasks, replacements, terms, commitment } = detail;
  const titles = new Map(commitment.plan.strata.map(({ code, title }) => [code, title]));
  const shown: Shown = {
    detail,
    stratumOf: ({ stratum }) => titles.get(stratum) ?? stratum,
    onCheck: setChecking,
    onReplace: setLeaving,
  };
  return (
    <>
      <Card
        size="small"
        title={t('draw.tasks', {
          done: count(tasks.filter(({ record }) => record !== null).length),
          n: count(tasks.length),
        })}
      >
        {isPhone ? <TaskCards {...shown} /> : <TaskTable {...shown} />}
      </Card>
      {replacements.length > 0 && (
        <Card size="small" title={t('draw.replacements', { n: count(replacements.length) })}>
          <ul className="samples">
            {replacements.map((one) => (
              <li key={`${one.out} ${one.in} ${one.at}`} className="break">
                <code>{one.out}</code> → <code>{one.in}</code> {one.reason}{' '}
                <span className="quiet">
                  {one.signed_by} {instant(one.at)}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {checking !== null && (
        <CheckModal
          id={draw.id}
          task={checking}
          terms={terms}
          today={checkDay(draw.checks)}
          onClose={() => setChecking(null)}
        />
      )}
      {leaving !== null && <ReplaceModal id={draw.id} leaving={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

interface Shown {
  readonly detail: DrawDetail;
  readonly stratumOf: (task: InspectionTask) => string;
  readonly onCheck: (task: InspectionTask) => void;
  readonly onReplace: (leaving: Leaving) => void;
}

/** Of a note before it is opened: it may be as long as a page. */
const noteRows = 4;

function Found({ task: { record }, detail: { terms } }: { task: InspectionTask; detail: DrawDetail }) {
  const { t, pick } = useText();
  if (record === null) return <span className="quiet">{t('draw.not_checked')}</span>;
  const title = terms.results.find(({ code }) => code === record.result_code)?.title;
  return (
    <>
      <div>{title === undefined ? record.result_code : pick(title)}</div>
      <div className="quiet break">
        {record.checked_on} {record.account}
        {record.corrections > 0 && ` ${t('draw.corrected', { n: count(record.corrections) })}`}
      </div>
      {record.note !== '' && (
        <Typography.Paragraph
          className="break"
          ellipsis={{
            rows: noteRows,
            expandable: 'collapsible',
            symbol: (isOpen) => t(isOpen ? 'draw.note_less' : 'draw.note_more'),
          }}
        >
          {record.note}
        </Typography.Paragraph>
      )}
    </>
  );
}

function Acts({ task, onCheck, onReplace }: { task: InspectionTask } & Shown) {
  const { t } = useText();
  const may = useMay();
  const { object_id, stratum, name, record, check } = task;
  return (
    <div className="draw-acts">
      {check !== null && (
        <Link to={paths.task(check.id)}>
          <Button size="small">{t('check.one')}</Button>
        </Link>
      )}
      <Button
        size="small"
        disabled={!may('inspections.carry_out')}
        title={may('inspections.carry_out') ? undefined : t('state.forbidden')}
        onClick={() => onCheck(task)}
      >
        {record === null ? t('draw.check') : t('draw.correct')}
      </Button>
      <Button
        size="small"
        disabled={!may('inspections.draw') || record !== null}
        title={
          record === null
            ? may('inspections.draw')
              ? undefined
              : t('state.forbidden')
            : t('draw.was_checked')
        }
        onClick={() => onReplace({ kind: 'object', stratum, out: object_id, name })}
      >
        {t('draw.replace')}
      </Button>
    </div>
  );
}

function Team({ task, onReplace }: { task: InspectionTask } & Shown) {
  const { t } = useText();
  const mayDraw = useMay()('inspections.draw') && task.record === null;
  return task.inspectors.map(({ inspector_id, name, unit }) => (
    <div key={inspector_id}>
      {name} <span className="quiet">{unit}</span>{' '}
      {mayDraw && (
        <Button
          type="link"
          size="small"
          aria-label={t('draw.replace_title', { name })}
          onClick={() => onReplace({ kind: 'inspector', object_id: task.object_id, out: inspector_id, name })}
        >
          {t('draw.replace')}
        </Button>
      )}
    </div>
  ));
}

function TaskTable(shown: Shown) {
  const { t } = useText();
  return (
    <Table<InspectionTask>
      size="small"
      rowKey="object_id"
      dataSource={[...shown.detail.tasks]}
      pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 960 }}
      columns={[
        {
          title: t('draw.object'),
          className: 'break',
          render: (_, { name, object_id }) => (
            <>
              <div>{name}</div>
              <div className="quiet">{object_id}</div>
            </>
          ),
        },
        { title: t('draw.stratum'), width: 170, render: (_, task) => shown.stratumOf(task) },
        {
          title: t('draw.ticket'),
          width: 120,
          render: (_, { ticket }) =>
            ticket === null ? '' : <code title={ticket}>{ticket.slice(0, 10)}</code>,
        },
        { title: t('draw.team'), width: 230, render: (_, task) => <Team task={task} {...shown} /> },
        {
          title: t('draw.result'),
          width: 220,
          render: (_, task) => <Found task={task} detail={shown.detail} />,
        },
        { title: '', width: 150, render: (_, task) => <Acts task={task} {...shown} /> },
      ]}
    />
  );
}

function TaskCards(shown: Shown) {
  return (
    <PagedCards items={shown.detail.tasks} className="draw-cards">
      {(task) => (
        <li key={task.object_id}>
          <div className="finding-card-head">
            <span className="finding-name break">{task.name}</span>
            <span className="quiet">{shown.stratumOf(task)}</span>
          </div>
          <div className="quiet break">{task.object_id}</div>
          <Team task={task} {...shown} />
          <Found task={task} detail={shown.detail} />
          <Acts task={task} {...shown} />
        </li>
      )}
    </PagedCards>
  );
}
