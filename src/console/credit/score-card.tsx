/** One score: the grade, every entry with what it counted for, how it adds up, and what follows. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Popconfirm, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import type { Message } from '../../claims/contract.ts';
import type { Score, ScoreLine } from '../../credit/score-contract.ts';
import { creditApi } from '../credit-api.ts';
import { Fact } from '../fact.tsx';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { creditKey } from '../queries.ts';
import { GradeTag } from './grade-tag.tsx';
import { changeOf } from './points.ts';

export function ScoreCard({
  score,
  firstSeq,
  refusal,
  acts,
}: {
  score: Score;
  firstSeq: number;
  /** Why no notice can be given; `null`: it can. */
  refusal: Message | null;
  /** What can be done with an entry. */
  acts: (line: ScoreLine) => ReactNode;
}) {
  const { t, pick } = useText();
  const isPhone = useNarrow(phoneMax);
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const notice = useMutation({
    mutationFn: () => creditApi.notice(firstSeq, score.scheme.code),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: creditKey }),
    onError: (error) => void message.error(pick(error.text)),
  });
  const { grade, points_hundredths, consequences, steps, lines, scheme } = score;
  return (
    <Card
      size="small"
      title={
        <span className="credit-title">
          {pick(scheme.name)} {scheme.is_example && <Tag>{t('credit.example')}</Tag>}
        </span>
      }
      extra={
        <Popconfirm
          title={t('credit.notice')}
          description={t('credit.notice_sure')}
          disabled={refusal !== null}
          onConfirm={() => notice.mutate()}
        >
          <Button
            size="small"
            disabled={refusal !== null}
            loading={notice.isPending}
            title={refusal === null ? undefined : pick(refusal)}
          >
            {t('credit.notice')}
          </Button>
        </Popconfirm>
      }
    >
      <p className="credit-summary">
        <GradeTag name={grade.name} rank={grade.rank} points={points_hundredths} />
      </p>
      {isPhone ? (
        <LineList lines={lines} hasPoints={points_hundredths !== null} acts={acts} />
      ) : (
        <Table<ScoreLine>
          size="small"
          rowKey="seq"
          dataSource={lines}
          pagination={false}
          scroll={{ x: 680 }}
          title={() => t('credit.breakdown')}
          rowClassName={({ state }) => (state === 'counted' ? '' : 'row-quiet')}
          columns={[
            { title: t('credit.number'), width: 64, className: 'number', dataIndex: 'seq' },
            { title: t('credit.day'), width: 104, className: 'number', dataIndex: 'day' },
            {
              title: t('credit.explained'),
              render: (_, { text, source }) => (
                <>
                  <div>{pick(text)}</div>
                  <div className="quiet break">{source}</div>
                </>
              ),
            },
            {
              title: t('credit.change'),
              width: 76,
              align: 'right',
              className: 'number',
              render: (_, { points_hundredths: change, state }) =>
                points_hundredths === null || state === 'note' ? '' : changeOf(change),
            },
            { title: '', width: 150, render: (_, line) => acts(line) },
          ]}
        />
      )}
      <ul className="knowledge-rows credit-steps" aria-label={t('credit.steps')}>
        {steps.map((step) => (
          <li key={step.zh}>{pick(step)}</li>
        ))}
      </ul>
      <dl className="claim-facts">
        <Fact name={t('credit.draw_ratio')}>{consequences.draw_ratio_percent}%</Fact>
        <Fact name={t('credit.review_priority')}>{consequences.review_priority}</Fact>
        <Fact name={t('credit.new_lines')}>{t(`credit.new_lines.${consequences.new_lines}`)}</Fact>
        {consequences.other !== null && <Fact name={t('credit.other')}>{pick(consequences.other)}</Fact>}
      </dl>
    </Card>
  );
}

function LineList({
  lines,
  hasPoints,
  acts,
}: {
  lines: readonly ScoreLine[];
  hasPoints: boolean;
  acts: (line: ScoreLine) => ReactNode;
}) {
  const { t, pick } = useText();
  return (
    <ul className="knowledge-rows" aria-label={t('credit.breakdown')}>
      {lines.map((line) => (
        <li key={line.seq} className={line.state === 'counted' ? undefined : 'row-quiet'}>
          <div className="finding-card-head">
            <span className="quiet number">
              {line.seq} · {line.day}
            </span>
            {hasPoints && line.state !== 'note' && (
              <span className="number">{changeOf(line.points_hundredths)}</span>
            )}
          </div>
          <div>{pick(line.text)}</div>
          <div className="quiet break">{line.source}</div>
          {acts(line)}
        </li>
      ))}
    </ul>
  );
}
