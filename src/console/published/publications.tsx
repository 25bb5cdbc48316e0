/** Publications of a kind: what each says now, and what was corrected or withdrawn. */
import { useQuery } from '@tanstack/react-query';
import { Card, Collapse, Empty, Tag } from 'antd';
import { useState } from 'react';
import {
  type PublicationKind,
  type PublicItem,
  publicPageSize,
  type PublicVersion,
} from '../../publicity/contract.ts';
import { Asked } from '../asked.tsx';
import { count, shortHash } from '../format.ts';
import { useText } from '../language.tsx';
import { ListFoot } from '../list-foot.tsx';
import { publicPublicationsQuery } from '../publicity-api.ts';
import { AreaSelect } from './area-select.tsx';
import { DocumentFacts, DocumentTitle } from './document.tsx';
import { Files } from './files.tsx';

const skeletonRows = 8;

export function Publications({ kind }: { kind: PublicationKind }) {
  const { t } = useText();
  const [page, setPage] = useState(1);
  const [area, setArea] = useState<string>();
  const asked = useQuery(publicPublicationsQuery({ kind, area, page }));
  return (
    <>
      <div className="knowledge-acts">
        <AreaSelect
          areas={asked.data?.areas ?? []}
          value={area}
          onChange={(next) => {
            setArea(next);
            setPage(1);
          }}
        />
        <Files kind={kind} area={area} />
      </div>
      <p className="quiet">{t(`published.note.${kind}`)}</p>
      <Asked of={asked} rows={skeletonRows}>
        {({ items, total }) =>
          items.length === 0 ? (
            <Card size="small">
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('published.nothing')} />
            </Card>
          ) : (
            <>
              <div className="stack">
                {items.map((item) => (
                  <OnePublication key={item.id} item={item} />
                ))}
              </div>
              <ListFoot page={page} size={publicPageSize} total={total} onPage={setPage} />
            </>
          )
        }
      </Asked>
    </>
  );
}

function OnePublication({ item: { id, document, versions } }: { item: PublicItem }) {
  const { t } = useText();
  const [last] = versions;
  if (last === undefined) return null;
  return (
    <Card
      size="small"
      title={
        document === null ? (
          <>
            {t('published.number', { n: id })} <Tag color="error">{t('published.state.withdrawn')}</Tag>
          </>
        ) : (
          <DocumentTitle document={document} />
        )
      }
      extra={<span className="quiet number">{last.published_on}</span>}
    >
      <div className="stack">
        {document === null ? (
          <p className="break">{t('published.withdrawn_because', { reason: last.reason ?? '' })}</p>
        ) : (
          <DocumentFacts document={document} />
        )}
        <Versions versions={versions} />
      </div>
    </Card>
  );
}

const colours = { current: 'success', corrected: 'default', withdrawn: 'error' } as const;

/** @param versions the newest first; of one that was never changed its hash alone */
export function Versions({ versions }: { versions: readonly PublicVersion[] }) {
  const { t } = useText();
  const [last] = versions;
  if (last === undefined) return null;
  if (versions.length === 1)
    return last.sha256 === null ? null : (
      <p className="quiet number">{t('published.hash', { hash: shortHash(last.sha256) })}</p>
    );
  return (
    <Collapse
      size="small"
      items={[
        {
          key: 'versions',
          label: t('published.versions', { n: count(versions.length) }),
          children: (
            <ul className="knowledge-rows">
              {versions.map(({ version, action, published_on, reason, state, sha256 }) => (
                <li key={version}>
                  <Tag color={colours[state]}>{t(`published.state.${state}`)}</Tag>
                  {t('published.version', {
                    n: version,
                    day: published_on,
                    action: t(`published.action.${action}`),
                  })}
                  {reason !== null && <span className="break"> {t('published.reason', { reason })}</span>}
                  {sha256 !== null && (
                    <div className="quiet number">{t('published.hash', { hash: shortHash(sha256) })}</div>
                  )}
                </li>
              ))}
            </ul>
          ),
        },
      ]}
    />
  );
}
