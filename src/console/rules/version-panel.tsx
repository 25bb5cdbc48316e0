/** One version: its steps, its checks, its trials, and the buttons of what may be done with it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Collapse } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { VersionDetail } from '../../rulebook/contract.ts';
import type { Action } from '../../rulebook/states-contract.ts';
import { useAreaName } from '../area-name.tsx';
import { Failure } from '../failure.tsx';
import { count, instant, money } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { paths } from '../paths.ts';
import { rulebookApi, rulebookKey, versionQuery } from '../rulebook-api.ts';
import { RowsSkeleton } from '../skeletons.tsx';
import { useTitles } from '../titles.ts';
import { ActDialog } from './act-dialog.tsx';
import { CheckWords } from './check-words.tsx';
import { Conditions } from './conditions.tsx';
import { rampWords } from './ramp-words.ts';
import { Samples } from './samples.tsx';
import { StateTag } from './state-tag.tsx';

const skeletonRows = 6;

export function VersionPanel({ hash }: { hash: string }) {
  const { t } = useText();
  const { data, error, refetch } = useQuery(versionQuery(hash));
  return (
    <>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined
        ? error === null && (
            <Card size="small">
              <RowsSkeleton rows={skeletonRows} />
            </Card>
          )
        : error === null && (
            <>
              <Card
                size="small"
                title={
                  <>
                    {t('book.version_n', { version: data.version })} <StateTag state={data.state} />
                  </>
                }
              >
                <div className="stack">
                  <Acts version={data} />
                  <Steps version={data} />
                  <CheckWords check={data.check} />
                </div>
              </Card>
              <Shadow version={data} />
              <Document version={data} />
            </>
          )}
    </>
  );
}

function Acts({ version }: { version: VersionDetail }) {
  const { t, pick } = useText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const may = useMay();
  const [open, setOpen] = useState<Action | null>(null);
  const backtest = useMutation({
    mutationFn: () => rulebookApi.backtest(version.content_hash),
    onSuccess: async (run) => {
      await queryClient.invalidateQueries({ queryKey: rulebookKey });
      await navigate(paths.ruleRun(version.code, run.id));
    },
  });
  const possible = version.actions.filter(({ allowed }) => allowed);
  const others = version.actions.filter(({ allowed }) => !allowed);
  return (
    <div>
      <div className="act-buttons">
        {possible.map(({ action }) => (
          <Button
            key={action}
            danger={isEnding(action)}
            type={isEnding(action) ? 'default' : 'primary'}
            onClick={() => setOpen(action)}
          >
            {t(`book.act.${action}`)}
          </Button>
        ))}
        {may('rules.write') && (
          <Button loading={backtest.isPending} onClick={() => backtest.mutate()}>
            {t('book.backtest')}
          </Button>
        )}
      </div>
      {backtest.error !== null && <Failure error={backtest.error} />}
      {others.length > 0 && (
        <Collapse
          size="small"
          ghost
          items={[
            {
              key: 'why',
              label: t('book.not_possible'),
              children: (
                <ul className="why-not">
                  {others.map(({ action, reason }) => (
                    <li key={action}>
                      <b>{t(`book.act.${action}`)}</b> {reason !== null && pick(reason)}
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      )}
      <ActDialog version={version} action={open} onClose={() => setOpen(null)} />
    </div>
  );
}

const isEnding = (action: Action): boolean =>
  action === 'reject' || action === 'pause' || action === 'retire' || action === 'rollback';

function Steps({
  version: { steps, author, created_at, ramp, backtest, code, rate },
}: {
  version: VersionDetail;
}) {
  const { t } = useText();
  const nameOf = useAreaName();
  return (
    <>
      <ul className="steps">
        <li>
          <span className="number">{instant(created_at)}</span>
          <b>{t('book.step.written')}</b>
          <span className="break">{author}</span>
        </li>
        {steps.map(({ action, account, reason, at }) => (
          <li key={`${at} ${action}`}>
            <span className="number">{instant(at)}</span>
            <b>{t(`book.step.${action}`)}</b>
            <span className="break">{account}</span>
            {reason !== null && <span className="break step-reason">{reason}</span>}
          </li>
        ))}
      </ul>
      {ramp !== null && (
        <p>
          {t('book.ramp_places')} <span className="break">{rampWords(ramp, { t }, nameOf)}</span>
        </p>
      )}
      {backtest !== null && (
        <p>
          <Link to={paths.ruleRun(code, backtest.id)}>{t('book.last_backtest')}</Link>{' '}
          <span className="quiet">
            {t('book.run.judged', { persons: count(backtest.persons), claims: count(backtest.claims) })}
          </span>
        </p>
      )}
      {rate !== null && (
        <p className="quiet">{t('book.rate', { claims: count(rate.claims), hits: count(rate.hits) })}</p>
      )}
    </>
  );
}

function Shadow({ version: { shadow, rate } }: { version: VersionDetail }) {
  const { t, language } = useText();
  if (shadow === null) return null;
  return (
    <Card
      size="small"
      title={t('book.shadow')}
      extra={t('book.shadow_sum', { n: count(shadow.findings), money: money(shadow.amount, language) })}
    >
      {rate !== null && rate.skipped_claims > 0 && (
        <Alert type="info" showIcon title={t('book.shadow_skipped', { n: count(rate.skipped_claims) })} />
      )}
      <Samples findings={shadow.samples} isStored={false} />
    </Card>
  );
}

function Document({ version: { document, examples } }: { version: VersionDetail }) {
  const { t, pick } = useText();
  const titles = useTitles();
  const json = (value: unknown) => (
    <pre className="json" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
  return (
    <Card size="small" title={t('book.content')}>
      <div className="stack">
        <p className="rule-purpose">{pick(document.purpose)}</p>
        <Conditions rule={document} titles={titles} />
        <Collapse
          size="small"
          items={[
            { key: 'json', label: t('rule.json'), children: json(document) },
            { key: 'examples', label: t('book.examples'), children: json(examples) },
          ]}
        />
      </div>
    </Card>
  );
}
