/** Draws and checks for everybody: commitments before, bundles and results after. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import type { PublicDraws } from '../../inspection/draws-contract.ts';
import { csvOf } from '../../platform/csv-contract.ts';
import { AreaName } from '../area-name.tsx';
import { Asked } from '../asked.tsx';
import { download } from '../download.ts';
import { Fact } from '../fact.tsx';
import { count, instant } from '../format.ts';
import { publicDrawsQuery } from '../inspection-api.ts';
import { DrawStateTag } from '../inspections/draw-state-tag.tsx';
import { type Text, useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { apiPaths } from '../paths.ts';
import { PagedCards } from '../persons/paged-cards.tsx';
import { AreaSelect } from './area-select.tsx';
import { Files } from './files.tsx';

type Draw = PublicDraws['items'][number];
type Result = Draw['results'][number];

const skeletonRows = 8;
const pageSize = 20;

export function PublishedDraws() {
  const { t } = useText();
  const [area, setArea] = useState<string>();
  const asked = useQuery(publicDrawsQuery({ area }));
  return (
    <>
      <div className="knowledge-acts">
        <AreaSelect areas={asked.data?.areas ?? []} value={area} onChange={setArea} />
        <Button href={apiPaths.verifier()} download>
          {t('draw.verifier')}
        </Button>
        <Files kind="draws" area={area} />
        <Files kind="results" name={t('published.results_files')} area={area} />
      </div>
      <p className="quiet">{t('published.note')}</p>
      <Asked of={asked} rows={skeletonRows}>
        {({ items }) =>
          items.length === 0 ? (
            <Card size="small">
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('published.none')} />
            </Card>
          ) : (
            <div className="stack">
              {items.map((draw) => (
                <PublishedDraw key={draw.commitment_sha256} draw={draw} />
              ))}
            </div>
          )
        }
      </Asked>
    </>
  );
}

function PublishedDraw({ draw }: { draw: Draw }) {
  const text = useText();
  const { t } = text;
  const { commitment_sha256, results } = draw;
  return (
    <Card
      size="small"
      title={
        <span className="break">
          {draw.title} <DrawStateTag draw={draw} />
        </span>
      }
      extra={
        <Button size="small" href={apiPaths.publicBundle(commitment_sha256)} download>
          {t('draw.bundle')}
        </Button>
      }
    >
      <div className="stack">
        <dl className="claim-facts">
          <Fact name={t('draw.agency')}>{draw.agency}</Fact>
          <Fact name={t('draw.title')}>{draw.plan_id}</Fact>
          <Fact name={t('draw.committed_at')}>
            <span className="number">{instant(draw.committed_at)}</span>
          </Fact>
          <Fact name={t('draw.checks')}>
            <span className="number">{t('draw.days', draw.checks)}</span>
          </Fact>
          {draw.drawn > 0 && (
            <Fact name={t('draw.progress')}>
              {t('draw.checked_of', { checked: count(draw.checked), drawn: count(draw.drawn) })}
            </Fact>
          )}
          <Fact name={t('draw.hash')}>
            <Typography.Text className="break" code copyable>
              {commitment_sha256}
            </Typography.Text>
          </Fact>
        </dl>
        {draw.redrawn_by !== null && (
          <p className="quiet break">{t('draw.redrawn_by', { hash: draw.redrawn_by })}</p>
        )}
        {draw.state === 'opened' ? (
          <Results results={results} onCsv={() => saveCsv(draw, text)} />
        ) : (
          <p className="quiet">{t('published.sealed')}</p>
        )}
      </div>
    </Card>
  );
}

function saveCsv({ commitment_sha256, results }: Draw, { t, pick }: Text): void {
  const rows = results.map(({ object_id, name, checked_on, result, overdue }) => [
    object_id,
    name,
    checked_on ?? '',
    result === null ? '' : pick(result),
    overdue ? t('published.overdue') : '',
  ]);
  const head = [t('draw.object'), t('published.name'), t('draw.checked_on'), t('draw.result'), ''];
  download(`results-${commitment_sha256.slice(0, 12)}.csv`, 'text/csv', csvOf([head, ...rows]));
}

function Outcome({ result: { result, checked_on, overdue } }: { result: Result }) {
  const { t, pick } = useText();
  return (
    <>
      {result === null ? <span className="quiet">{t('draw.not_checked')}</span> : pick(result)}{' '}
      <span className="quiet number">{checked_on}</span>{' '}
      {overdue && <Tag color="error">{t('published.overdue')}</Tag>}
    </>
  );
}

function Results({ results, onCsv }: { results: readonly Result[]; onCsv: () => void }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  return (
    <section>
      <h2 className="part-title">
        {t('published.results', { n: count(results.length) })}{' '}
        <Button size="small" type="link" onClick={onCsv}>
          {t('published.csv')}
        </Button>
      </h2>
      {results.length === 0 ? (
        <p className="quiet">{t('published.no_results')}</p>
      ) : isPhone ? (
        <PagedCards items={results} className="draw-cards">
          {(result) => (
            <li key={result.object_id}>
              <div className="finding-name break">{result.name}</div>
              <div className="quiet break">
                {result.object_id} {result.area !== null && <AreaName code={result.area} />}
              </div>
              <Outcome result={result} />
            </li>
          )}
        </PagedCards>
      ) : (
        <Table<Result>
          size="small"
          rowKey="object_id"
          dataSource={[...results]}
          pagination={{ pageSize, hideOnSinglePage: true, showSizeChanger: false }}
          columns={[
            {
              title: t('draw.object'),
              className: 'break',
              render: (_, { name, object_id }) => (
                <>
                  {name} <span className="quiet">{object_id}</span>
                </>
              ),
            },
            {
              title: t('published.area'),
              width: 160,
              render: (_, { area }) => area !== null && <AreaName code={area} />,
            },
            { title: t('draw.result'), width: 360, render: (_, result) => <Outcome result={result} /> },
          ]}
        />
      )}
    </section>
  );
}
