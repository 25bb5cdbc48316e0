/** Everything of one event: who, what, before and after, and the text and hashes that tie it into the chain. */
import { useQuery } from '@tanstack/react-query';
import { Drawer, Empty, Typography } from 'antd';
import type { ReactNode } from 'react';
import type { AuditEventRow } from '../../audit/contract.ts';
import { AreaName } from '../area-name.tsx';
import { Asked } from '../asked.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { purposeWords } from '../purpose-words.ts';
import { auditEventQuery } from '../queries.ts';

const skeletonRows = 10;

export function EventDrawer({ seq, onClose }: { seq: string | undefined; onClose: () => void }) {
  const { t } = useText();
  const number = Number(seq);
  return (
    <Drawer
      open={seq !== undefined}
      onClose={onClose}
      size="min(720px, 100vw)"
      title={
        Number.isSafeInteger(number) ? t('audit.event_title', { n: count(number) }) : t('audit.no_event')
      }
      destroyOnHidden
    >
      {Number.isSafeInteger(number) && number > 0 ? (
        <Event key={number} seq={number} />
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('audit.no_event')} />
      )}
    </Drawer>
  );
}

function Event({ seq }: { seq: number }) {
  const { t } = useText();
  return (
    <Asked of={useQuery(auditEventQuery(seq))} rows={skeletonRows}>
      {(event) =>
        event === null ? (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('audit.no_event')} />
        ) : (
          <Content event={event} />
        )
      }
    </Asked>
  );
}

function Content({ event }: { event: AuditEventRow }) {
  const text = useText();
  const { t, pick } = text;
  const { actor, subject } = event;
  return (
    <div className="stack">
      <div>
        <div className="finding-name">{pick(event.meaning)}</div>
        <code className="quiet">{event.kind}</code>
      </div>
      <dl className="claim-facts">
        <Entry name={t('audit.recorded_at')}>
          <span className="number">{instant(event.recorded_at)}</span>
        </Entry>
        <Entry name={t('audit.subject')}>
          {subject.type}/{subject.key}
        </Entry>
        <Entry name={t('audit.account')}>{actor.account}</Entry>
        <Entry name={t('audit.role')}>{actor.role}</Entry>
        <Entry name={t('audit.area')}>
          <AreaName code={actor.area} />
        </Entry>
        <Entry name={t('audit.address')}>{actor.address ?? t('value.none')}</Entry>
        <Entry name={t('audit.purpose')}>{purposeWords(event.purpose, text)}</Entry>
        <Entry name={t('audit.request_id')}>{event.request_id ?? t('value.none')}</Entry>
      </dl>
      {!isEmpty(event.detail) && (
        <Part title={t('audit.detail')}>
          <Json value={event.detail} />
        </Part>
      )}
      {(event.before !== null || event.after !== null) && (
        <Part title={t('audit.change')}>
          <div className="audit-change">
            <div>
              <div className="quiet">{t('audit.before')}</div>
              <Json value={event.before} />
            </div>
            <div>
              <div className="quiet">{t('audit.after')}</div>
              <Json value={event.after} />
            </div>
          </div>
        </Part>
      )}
      <Part title={t('audit.hashes')}>
        <dl className="audit-hashes">
          <Entry name={t('audit.prev_hash')}>
            <Hash value={event.prev_hash} />
          </Entry>
          <Entry name={t('audit.hash')}>
            <Hash value={event.hash} />
          </Entry>
        </dl>
      </Part>
      <Part title={t('audit.text')}>
        <Typography.Paragraph className="audit-text" copyable={{ text: event.text }}>
          <code>{event.text}</code>
        </Typography.Paragraph>
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="part-title">{title}</h3>
      {children}
    </section>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="break">{children}</dd>
    </div>
  );
}

const isEmpty = (value: AuditEventRow['detail']): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

const Json = ({ value }: { value: AuditEventRow['detail'] }) => (
  <pre className="json">{JSON.stringify(value, null, 2)}</pre>
);

const Hash = ({ value }: { value: string }) => (
  <Typography.Text code copyable={{ text: value }} className="break">
    {value}
  </Typography.Text>
);
