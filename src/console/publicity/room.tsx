/** 信息公开: what is due, what waits for somebody else's approval, and what was published. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Select, Tag } from 'antd';
import { useState } from 'react';
import {
  type Due,
  type PublicationKind,
  publicationKinds,
  type PublicityDesk,
  type PublishedItem,
  publicPageSize,
  type Story,
} from '../../publicity/contract.ts';
import { Asked } from '../asked.tsx';
import { count } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { publicityDeskQuery, publishedQuery } from '../publicity-api.ts';
import { DocumentTitle } from '../published/document.tsx';
import { Versions } from '../published/publications.tsx';
import { ListFoot } from '../list-foot.tsx';
import { PrepareModal, type Preparing } from './prepare-modal.tsx';
import { StoryModal, type Writing } from './story-modal.tsx';
import { WaitingVersion } from './waiting.tsx';

const skeletonRows = 6;

export function PublicityRoom() {
  const { t } = useText();
  const asked = useQuery(publicityDeskQuery);
  const mayPrepare = useMay()('publicity.prepare');
  const [preparing, setPreparing] = useState<Preparing | null>(null);
  const [writing, setWriting] = useState<Writing | null>(null);
  const why = mayPrepare ? undefined : t('state.forbidden');
  const nothingToWrite = asked.data !== undefined && asked.data.closed_cases.length === 0;
  return (
    <>
      <PageHead
        title={t('room.publicity')}
        note={t('publicity.note')}
        extra={
          <Button
            type="primary"
            disabled={!mayPrepare || asked.data === undefined || nothingToWrite}
            title={why ?? (nothingToWrite ? t('publicity.no_closed_case') : undefined)}
            onClick={() => setWriting({ action: 'publish', source: null, story: null })}
          >
            {t('publicity.write')}
          </Button>
        }
      />
      <Asked of={asked} rows={skeletonRows}>
        {(desk) => (
          <div className="stack">
            <DueList due={desk.due} why={why} onPrepare={setPreparing} />
            <WaitingList waiting={desk.waiting} />
            <PublishedList
              why={why}
              onPrepare={setPreparing}
              onWrite={(source, story) => setWriting({ action: 'correct', source, story })}
            />
          </div>
        )}
      </Asked>
      {preparing !== null && <PrepareModal what={preparing} onClose={() => setPreparing(null)} />}
      {writing !== null && (
        <StoryModal
          writing={writing}
          cases={asked.data?.closed_cases ?? []}
          onSeen={(source, story) =>
            setPreparing({ kind: 'typical_case', source, story, title: story.title, action: writing.action })
          }
          onClose={() => setWriting(null)}
        />
      )}
    </>
  );
}

type Prepared = (what: Preparing) => void;

function DueList({
  due,
  why,
  onPrepare,
}: {
  due: readonly Due[];
  /** Why nothing can be prepared; `undefined`: it can. */
  why: string | undefined;
  onPrepare: Prepared;
}) {
  const { t } = useText();
  return (
    <Card size="small" title={t('publicity.due', { n: count(due.length) })}>
      {due.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('publicity.nothing_due')} />
      ) : (
        <ul className="knowledge-rows">
          {due.map((one) => (
            <li key={`${one.kind} ${one.source}`} className="publicity-row">
              <div className="publicity-words">
                <Tag>{t(`publicity.kind.${one.kind}`)}</Tag>
                <span className="break">{one.title}</span>
                <div className="quiet number">
                  {t('publicity.last_day', { day: one.last_day })}{' '}
                  {one.is_late && <Tag color="error">{t('published.overdue')}</Tag>}
                  {one.standing === '示例' && <Tag>{t('publicity.example')}</Tag>}
                </div>
              </div>
              <Button
                size="small"
                disabled={why !== undefined}
                title={why}
                onClick={() => onPrepare({ ...one, story: null })}
              >
                {t(`publicity.prepare.${one.action}`)}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function WaitingList({ waiting }: Pick<PublicityDesk, 'waiting'>) {
  const { t } = useText();
  return (
    <Card size="small" title={t('publicity.waiting', { n: count(waiting.length) })}>
      {waiting.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('publicity.nothing_waits')} />
      ) : (
        <ul className="knowledge-rows">
          {waiting.map((version) => (
            <li key={version.id}>
              <WaitingVersion version={version} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function PublishedList({
  why,
  onPrepare,
  onWrite,
}: {
  why: string | undefined;
  onPrepare: Prepared;
  onWrite: (source: string, story: Story) => void;
}) {
  const { t } = useText();
  const [kind, setKind] = useState<PublicationKind>('penalty');
  const [page, setPage] = useState(1);
  const asked = useQuery(publishedQuery(kind, page));
  return (
    <Card
      size="small"
      title={t('publicity.published')}
      extra={
        <Select<PublicationKind>
          aria-label={t('publicity.kind')}
          className="publicity-kind"
          value={kind}
          onChange={(chosen) => {
            setKind(chosen);
            setPage(1);
          }}
          options={publicationKinds.map((value) => ({ value, label: t(`publicity.kind.${value}`) }))}
        />
      }
    >
      <Asked of={asked} rows={skeletonRows}>
        {({ items, total }) =>
          items.length === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('published.nothing')} />
          ) : (
            <>
              <ul className="knowledge-rows">
                {items.map((item) => (
                  <li key={item.id}>
                    <Published kind={kind} item={item} why={why} onPrepare={onPrepare} onWrite={onWrite} />
                  </li>
                ))}
              </ul>
              <ListFoot page={page} size={publicPageSize} total={total} onPage={setPage} />
            </>
          )
        }
      </Asked>
    </Card>
  );
}

function Published({
  kind,
  item: { id, source, title, document, versions, is_waiting },
  why,
  onPrepare,
  onWrite,
}: {
  kind: PublicationKind;
  item: PublishedItem;
  why: string | undefined;
  onPrepare: Prepared;
  onWrite: (source: string, story: Story) => void;
}) {
  const { t } = useText();
  const refused = why ?? (is_waiting ? t('publicity.waits_already') : undefined);
  const button = { size: 'small', disabled: refused !== undefined, title: refused } as const;
  const correct = (): void => {
    if (document?.kind === 'typical_case') {
      const { facts, handling, lesson } = document;
      onWrite(source, { title: document.title, facts, handling, lesson });
    } else onPrepare({ kind, source, title, story: null, action: 'correct' });
  };
  return (
    <div className="stack">
      <div className="publicity-row">
        <div className="publicity-words">
          {document === null ? (
            <>
              <span className="break">{title}</span> <Tag color="error">{t('published.state.withdrawn')}</Tag>
            </>
          ) : (
            <DocumentTitle document={document} />
          )}
          <div className="quiet">{t('published.number', { n: id })}</div>
        </div>
        {document !== null && (
          <div className="draw-acts">
            <Button {...button} onClick={correct}>
              {t('published.action.correct')}
            </Button>
            <Button
              {...button}
              danger
              onClick={() => onPrepare({ kind, source, title, story: null, action: 'withdraw' })}
            >
              {t('published.action.withdraw')}
            </Button>
          </div>
        )}
      </div>
      <Versions versions={versions} />
    </div>
  );
}
