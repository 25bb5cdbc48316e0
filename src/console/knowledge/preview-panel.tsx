/** What a batch would change against the table in force, in rows and in findings. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import type { TablePreview } from '../../knowledge/contract.ts';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { knowledgeApi } from '../knowledge-api.ts';
import { knowledgePreviewQuery } from '../queries.ts';

type Cells = Readonly<Record<string, string>>;
const textOf = (cells: Cells): string => Object.values(cells).join(', ');

export function PreviewPanel({ id, preview }: { id: string; preview: TablePreview }) {
  const { t } = useText();
  const { added, changed, withdrawn, conflicts, first_changed_day: day } = preview;
  const cellOf = (cells: Cells, name: string): string => cells[name] ?? t('value.none');
  const replay =
    day === null
      ? t('knowledge.no_change')
      : preview.replay_follows
        ? t('knowledge.replay', { day })
        : t('knowledge.no_replay', { day });
  return (
    <Card size="small" title={t('knowledge.preview')}>
      <p>
        {t('knowledge.counts', {
          before: count(preview.rows_before),
          after: count(preview.rows_after),
          added: count(added.count),
          changed: count(changed.count),
          withdrawn: count(withdrawn.count),
          conflicts: count(conflicts.count),
        })}
      </p>
      <p>{replay}</p>
      <Findings id={id} preview={preview} />
      <Rows
        label={<Tag color="success">{t('knowledge.added')}</Tag>}
        count={added.count}
        rows={added.first.map(({ cells }) => textOf(cells))}
      />
      <Rows
        label={<Tag color="processing">{t('knowledge.changed')}</Tag>}
        count={changed.count}
        rows={changed.first.map(
          ({ before, after, columns }) =>
            `${textOf(before)} · ${columns.map((name) => `${name}: ${cellOf(before, name)} → ${cellOf(after, name)}`).join(', ')}`,
        )}
      />
      <Rows
        label={<Tag color="error">{t('knowledge.withdrawn')}</Tag>}
        count={withdrawn.count}
        rows={withdrawn.first.map(({ cells }) => textOf(cells))}
      />
      <Rows
        label={<Tag color="warning">{t('knowledge.conflict')}</Tag>}
        count={conflicts.count}
        rows={conflicts.first.map(({ in_force, incoming }) => `${textOf(in_force)} × ${textOf(incoming)}`)}
      />
    </Card>
  );
}

/** @param props.count all there are; the first of them are shown */
function Rows({ label, count: all, rows }: { label: ReactNode; count: number; rows: readonly string[] }) {
  const { t } = useText();
  if (rows.length === 0) return null;
  return (
    <ul className="knowledge-rows">
      {rows.map((row) => (
        <li key={row} className="break">
          {label} {row}
        </li>
      ))}
      {all > rows.length && (
        <li className="quiet">
          {label} {t('value.more', { n: count(all - rows.length) })}
        </li>
      )}
    </ul>
  );
}

function Findings({ id, preview: { findings, first_changed_day } }: { id: string; preview: TablePreview }) {
  const { t, pick } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const mayTry = useMay()('knowledge.write');
  const backtest = useMutation({
    mutationFn: () => knowledgeApi.backtest(id),
    onError: (error) => void message.error(pick(error.text)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: knowledgePreviewQuery(id).queryKey }),
  });
  if (findings === null)
    return (
      first_changed_day !== null && (
        <p>
          {t('knowledge.no_backtest')}{' '}
          <Button
            size="small"
            disabled={!mayTry}
            title={mayTry ? undefined : t('state.forbidden')}
            loading={backtest.isPending}
            onClick={() => backtest.mutate()}
          >
            {t('knowledge.backtest')}
          </Button>
        </p>
      )
    );
  const { persons, persons_total, claims, lost, changed } = findings;
  return (
    <p>
      {findings.is_done
        ? t('knowledge.findings', {
            persons: count(persons),
            claims: count(claims),
            fresh: count(findings.new),
            lost: count(lost),
            changed: count(changed),
          })
        : t('knowledge.findings_running', { persons: count(persons), total: count(persons_total) })}
    </p>
  );
}
