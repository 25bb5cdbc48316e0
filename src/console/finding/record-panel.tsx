/** What exactly was judged by what, and what the finding was before: enough to replay it. */
import { Card, Timeline, Typography } from 'antd';
import type { ReactNode } from 'react';
import type { FindingDetail } from '../../screening/contract.ts';
import { instant, money, shortHash } from '../format.ts';
import { useText } from '../language.tsx';
import { useTitles } from '../titles.ts';

export function RecordPanel({ detail }: { detail: FindingDetail }) {
  const { t, language } = useText();
  const titles = useTitles();
  const { finding } = detail;
  const tables = Object.entries(finding.tables);
  return (
    <Card size="small" className="panel-record" title={t('record.title')}>
      <dl className="record">
        <Entry name={t('field.finding_id')}>
          <Typography.Text code copyable={{ text: finding.finding_id }}>
            {shortHash(finding.finding_id)}
          </Typography.Text>
        </Entry>
        <Entry name={t('record.rule_version')}>
          <code>{finding.rule_version}</code>
        </Entry>
        <Entry name={t('record.engine_version')}>
          <code>{finding.engine_version}</code>
        </Entry>
        {tables.map(([table, version]) => (
          <Entry key={table} name={t('record.table', { table: titles.table(table) })}>
            <code>{version}</code>
          </Entry>
        ))}
        {finding.claims.map((claim) => (
          <Entry key={claim.content_hash} name={t('record.claim', { id: claim.setl_id })}>
            <Typography.Text code copyable={{ text: claim.content_hash }}>
              {shortHash(claim.content_hash)}
            </Typography.Text>
          </Entry>
        ))}
      </dl>
      <h3 className="part-title">{t('record.history')}</h3>
      <Timeline
        className="history"
        items={[
          {
            color: detail.state === 'active' ? 'green' : 'gray',
            content: (
              <>
                {t('record.revision', {
                  n: detail.revision,
                  state: t(`state.${detail.state}`),
                  money: money(finding.amount, language),
                })}
                <div className="quiet">
                  {t('record.since', { time: instant(detail.updated_at) })}
                  {detail.reason !== null && ` · ${t(`reason.${detail.reason}`)}`}
                </div>
              </>
            ),
          },
          ...detail.history
            .toSorted((a, b) => b.revision - a.revision)
            .map((revision) => ({
              color: 'gray',
              content: (
                <>
                  {t('record.revision', {
                    n: revision.revision,
                    state: t(`state.${revision.state}`),
                    money: money(revision.amount, language),
                  })}
                  <div className="quiet">{t('record.until', { time: instant(revision.replaced_at) })}</div>
                </>
              ),
            })),
        ]}
      />
      <p className="quiet">{t('record.created', { time: instant(detail.created_at) })}</p>
    </Card>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
