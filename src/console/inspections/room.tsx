/** 双随机: the directories, and every draw with where it stands. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { type DirectoryBrief, directoryKinds, type DrawRow } from '../../inspection/draws-contract.ts';
import { Asked } from '../asked.tsx';
import { count, instant, shortHash } from '../format.ts';
import { directoriesQuery, drawsQuery } from '../inspection-api.ts';
import { useText } from '../language.tsx';
import { phoneMax, useNarrow } from '../media.ts';
import { useMay } from '../me.tsx';
import { PageHead } from '../page-head.tsx';
import { apiPaths, paths } from '../paths.ts';
import { AccountsModal } from '../tasks/accounts-modal.tsx';
import { CommitModal } from './commit-modal.tsx';
import { DirectoryModal } from './directory-modal.tsx';
import { DrawStateTag } from './draw-state-tag.tsx';

const skeletonRows = 6;

export function InspectionsRoom() {
  const { t } = useText();
  const navigate = useNavigate();
  const mayDraw = useMay()('inspections.draw');
  const [isCommitting, setCommitting] = useState(false);
  return (
    <>
      <PageHead
        title={t('room.inspections')}
        note={t('draw.note')}
        extra={
          <div className="knowledge-acts">
            <Button href={apiPaths.verifier()} download>
              {t('draw.verifier')}
            </Button>
            <Button
              type="primary"
              disabled={!mayDraw}
              title={mayDraw ? undefined : t('state.forbidden')}
              onClick={() => setCommitting(true)}
            >
              {t('draw.new')}
            </Button>
          </div>
        }
      />
      <div className="stack">
        <Asked of={useQuery(directoriesQuery)} rows={2}>
          {({ items }) => <Directories items={items} />}
        </Asked>
        <Asked of={useQuery(drawsQuery)} rows={skeletonRows}>
          {({ items }) => (
            <Card size="small" title={t('draw.list', { n: count(items.length) })}>
              {items.length === 0 ? (
                <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('draw.none')} />
              ) : (
                <Draws items={items} />
              )}
            </Card>
          )}
        </Asked>
      </div>
      <CommitModal
        isOpen={isCommitting}
        onDone={({ draw }) => void navigate(paths.draw(draw.id))}
        onClose={() => setCommitting(false)}
      />
    </>
  );
}

function Directories({ items }: { items: readonly DirectoryBrief[] }) {
  const { t } = useText();
  const mayDraw = useMay()('inspections.draw');
  const [uploading, setUploading] = useState<DirectoryBrief['kind'] | null>(null);
  const [isLinking, setLinking] = useState(false);
  return (
    <Card
      size="small"
      title={t('draw.directories')}
      extra={
        <div className="knowledge-acts">
          <Button
            size="small"
            disabled={!mayDraw}
            title={mayDraw ? undefined : t('state.forbidden')}
            onClick={() => setLinking(true)}
          >
            {t('check.accounts')}
          </Button>
          <Button
            size="small"
            {...(mayDraw ? { href: apiPaths.proposedObjects() } : { disabled: true })}
            title={t('draw.propose_note')}
            download
          >
            {t('draw.propose')}
          </Button>
        </div>
      }
    >
      <ul className="draw-directories">
        {directoryKinds.map((kind) => {
          const held = items.find((one) => one.kind === kind);
          return (
            <li key={kind}>
              <div>
                <b>{t(`draw.directory.${kind}`)}</b>
                <div className="quiet break">
                  {held === undefined
                    ? t('draw.directory_none')
                    : t('draw.directory_of', {
                        n: count(held.rows),
                        file: held.file_name,
                        account: held.account,
                        time: instant(held.at),
                      })}
                </div>
              </div>
              <Button
                disabled={!mayDraw}
                title={mayDraw ? undefined : t('state.forbidden')}
                onClick={() => setUploading(kind)}
              >
                {t('draw.upload')}
              </Button>
            </li>
          );
        })}
      </ul>
      <DirectoryModal kind={uploading} onClose={() => setUploading(null)} />
      <AccountsModal isOpen={isLinking} onClose={() => setLinking(false)} />
    </Card>
  );
}

function Progress({ draw: { state, drawn, checked } }: { draw: DrawRow }) {
  const { t } = useText();
  return state === 'committed' ? null : (
    <span className="number">{t('draw.checked_of', { checked: count(checked), drawn: count(drawn) })}</span>
  );
}

function Draws({ items }: { items: readonly DrawRow[] }) {
  const { t } = useText();
  const isPhone = useNarrow(phoneMax);
  if (isPhone)
    return (
      <ul className="finding-cards">
        {items.map((draw) => (
          <li key={draw.id}>
            <Link to={paths.draw(draw.id)}>
              <span className="finding-card-head">
                <span className="finding-name break">{draw.title}</span>
                <DrawStateTag draw={draw} />
              </span>
              <span className="quiet break">{draw.plan_id}</span>
              <span className="quiet finding-card-foot">
                <span className="number">{instant(draw.committed_at)}</span>
                <Progress draw={draw} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    );
  return (
    <Table<DrawRow>
      size="small"
      rowKey="id"
      dataSource={[...items]}
      pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 860 }}
      columns={[
        {
          title: t('draw.title'),
          className: 'break',
          render: (_, { id, title, plan_id }) => (
            <>
              <Link to={paths.draw(id)}>{title}</Link>
              <div className="quiet">{plan_id}</div>
            </>
          ),
        },
        {
          title: t('field.state'),
          width: 210,
          render: (_, draw) => (
            <>
              <DrawStateTag draw={draw} />
              {draw.unannounced && <Tag>{t('draw.unannounced')}</Tag>}
            </>
          ),
        },
        { title: t('draw.progress'), width: 150, render: (_, draw) => <Progress draw={draw} /> },
        {
          title: t('draw.commitment'),
          width: 150,
          render: (_, { commitment_sha256 }) => (
            <code title={commitment_sha256}>{shortHash(commitment_sha256)}</code>
          ),
        },
        {
          title: t('draw.committed_at'),
          width: 190,
          className: 'number',
          render: (_, { committed_at }) => instant(committed_at),
        },
      ]}
    />
  );
}
