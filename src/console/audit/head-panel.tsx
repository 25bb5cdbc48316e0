/** Where the chain ends, when that was last signed, and how anybody can check all of it. */
import { useQuery } from '@tanstack/react-query';
import { Card, Typography } from 'antd';
import type { ReactNode } from 'react';
import { count, instant, shortHash } from '../format.ts';
import { useText } from '../language.tsx';
import { auditHeadQuery } from '../queries.ts';

export function HeadPanel() {
  const { t } = useText();
  const { data, error } = useQuery(auditHeadQuery);
  // The room says what is wrong, once for everything in it.
  if (error !== null) return null;
  const anchor = data?.anchor;
  return (
    <Card size="small" className="audit-head" aria-busy={data === undefined}>
      <dl className="claim-facts">
        <Entry name={t('audit.head')}>
          {data !== undefined && (
            <>
              {t('audit.head_seq', { n: count(data.seq) })} ·{' '}
              <span className="number">{instant(data.recorded_at)}</span>{' '}
              <Typography.Text code copyable={{ text: data.hash }}>
                {shortHash(data.hash)}
              </Typography.Text>
            </>
          )}
        </Entry>
        <Entry name={t('audit.anchor')}>
          {anchor === null ? (
            <>
              {t('audit.no_anchor')}
              <code>{t('audit.keygen_command')}</code>
            </>
          ) : (
            anchor !== undefined && (
              <>
                {t('audit.anchor_of', { day: anchor.day, n: count(anchor.seq), key: shortHash(anchor.key) })}
                {anchor.stamped_at !== null && (
                  <>
                    {' · '}
                    {t('audit.stamped_at')} <span className="number">{instant(anchor.stamped_at)}</span>
                  </>
                )}
              </>
            )
          )}
        </Entry>
        <Entry name={t('audit.verify')}>
          {t('audit.verify_hint')}
          <code>{t('audit.verify_command')}</code>
        </Entry>
      </dl>
    </Card>
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
