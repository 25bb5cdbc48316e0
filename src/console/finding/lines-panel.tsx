/** The fee lines: what violates stands first, then what it violates against, then everything else. */
import { Card, Empty, Segmented, Tabs } from 'antd';
import { useState } from 'react';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { type InvolvedClaim, linesInOrder } from './claim-view.ts';
import { LinesTable } from './lines-table.tsx';
import { RoleTag } from './role-tag.tsx';

export function LinesPanel({ claims }: { claims: readonly InvolvedClaim[] }) {
  const { t } = useText();
  const [first] = claims;
  if (first === undefined) return null;
  return (
    <Card size="small" className="panel-lines" title={t('lines.title')}>
      {claims.length === 1 ? (
        <Lines claim={first} />
      ) : (
        <Tabs
          size="small"
          items={claims.map((claim) => ({
            key: claim.key,
            label: (
              <span className="lines-tab">
                <RoleTag role={claim.named.role} />
                <span className="one-line">
                  {claim.view?.institution.fixmedins_name ?? claim.named.fixmedins_code}
                </span>
                <span className="quiet">{claim.named.setl_id}</span>
              </span>
            ),
            children: <Lines claim={claim} />,
          }))}
        />
      )}
    </Card>
  );
}

function Lines({ claim }: { claim: InvolvedClaim }) {
  const { t } = useText();
  const [show, setShow] = useState<'all' | 'marked'>('all');
  const lines = linesInOrder(claim);
  const marked = lines.filter(({ feedetl_sn }) => claim.marks.has(feedetl_sn ?? ''));
  const shown = show === 'all' ? lines : marked;
  if (claim.view === null)
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('claims.no_document')} />;
  return (
    <>
      <div className="lines-head">
        <Segmented
          size="small"
          value={show}
          onChange={setShow}
          options={[
            { value: 'all', label: t('lines.all', { n: count(lines.length) }) },
            {
              value: 'marked',
              label: t('lines.marked', { n: count(marked.length) }),
              disabled: marked.length === 0,
            },
          ]}
        />
        {marked.length === 0 && <span className="quiet">{t('lines.none_marked')}</span>}
      </div>
      <LinesTable claim={claim} lines={shown} />
    </>
  );
}
