import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Input, Tag } from 'antd';
import { useRef, useState } from 'react';
import { type ClaimIssue, dismissReasonMax, type QuarantineEntry } from '../../claims/contract.ts';
import { api } from '../api.ts';
import { Asked } from '../asked.tsx';
import { Failure } from '../failure.tsx';
import { count, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { useMay } from '../me.tsx';
import { PurposeDialog } from '../purpose-dialog.tsx';
import { quarantinedQuery } from '../queries.ts';
import { useUnsaved } from '../unsaved.tsx';
import { jsonFault, prettyJson, spanOf } from '../../platform/json-text-contract.ts';
import { quarantineKeys } from './keys.ts';
import { listedIssues } from './listed-issues.ts';
import { sourceOf } from './source.ts';

const skeletonRows = 10;

export function EntryDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useText();
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      size="min(860px, 100vw)"
      title={t('quarantine.entry_title')}
      destroyOnHidden
    >
      {id !== undefined && <Entry key={id} id={id} onDone={onClose} />}
    </Drawer>
  );
}

function Entry({ id, onDone }: { id: string; onDone: () => void }) {
  return (
    <Asked of={useQuery(quarantinedQuery(id))} rows={skeletonRows}>
      {(entry) => <Content entry={entry} onDone={onDone} />}
    </Asked>
  );
}

function Content({ entry, onDone }: { entry: QuarantineEntry; onDone: () => void }) {
  const text = useText();
  const { t } = text;
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  // In full it is here and nowhere else: it is gone with the drawer.
  const [document, setDocument] = useState(entry.raw ?? '');
  const [shown, setShown] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const editor = useRef<HTMLDivElement>(null);
  const isOpen = entry.state === 'open';
  const may = useMay();
  const maySettle = may('quarantine.settle');
  const mayReveal = may('persons.reveal');
  const isRevealed = shown !== null;
  const fault = isRevealed ? jsonFault(document) : null;
  const whyNotSent =
    !maySettle || !mayReveal
      ? t('state.forbidden')
      : !isRevealed
        ? t('quarantine.reveal_first')
        : fault !== null
          ? t('quarantine.fix_json_first')
          : undefined;

  const refresh = (): Promise<unknown> =>
    Promise.all(quarantineKeys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  const resubmit = useMutation({
    mutationFn: () => api.resubmit(entry.id, document),
    onSuccess: async (answer) => {
      if (answer.status === 'rejected') return;
      void message.success(t(`quarantine.answer.${answer.status}`));
      await refresh();
      onDone();
    },
  });
  useUnsaved(isRevealed && document !== shown && !resubmit.isPending);
  const { listed, total } = listedIssues(
    resubmit.data?.status === 'rejected' ? (resubmit.data.issues ?? []) : entry.issues,
  );

  const show = (path: string): void => {
    const area = editor.current?.querySelector('textarea');
    const span = spanOf(document, path);
    if (area == null || span === null) return;
    area.focus();
    area.setSelectionRange(span.start, span.end);
    // Browsers do not scroll a text area to its selection: lines are of one height, so the place is known.
    const lines = document.split('\n').length;
    const line = document.slice(0, span.start).split('\n').length;
    area.scrollTop = (area.scrollHeight * line) / lines - area.clientHeight / 2;
  };

  return (
    <div className="stack">
      <dl className="claim-facts">
        <div>
          <dt>{t('quarantine.source')}</dt>
          <dd className="break">
            {sourceOf(entry, text)} · {t('quarantine.position', { n: entry.position + 1 })}
          </dd>
        </div>
        <div>
          <dt>{t('quarantine.received_at')}</dt>
          <dd className="number">{instant(entry.received_at)}</dd>
        </div>
        <div>
          <dt>{t('field.setl_id')}</dt>
          <dd className="break">{entry.setl_id ?? t('quarantine.unreadable')}</dd>
        </div>
        <div>
          <dt>{t('field.state')}</dt>
          <dd>
            <Tag variant="filled">{t(`quarantine.state.${entry.state}`)}</Tag> {entry.note}
          </dd>
        </div>
      </dl>
      {resubmit.data?.status === 'rejected' && (
        <Alert type="error" showIcon title={t('quarantine.answer.rejected')} />
      )}
      {resubmit.error !== null && <Failure error={resubmit.error} />}
      <section>
        <h3 className="part-title">{t('quarantine.issues', { n: count(total) })}</h3>
        <Issues issues={listed} unlisted={total - listed.length} onShow={show} />
      </section>
      <section ref={editor}>
        <div className="document-head">
          <h3 className="part-title">
            {!isRevealed && entry.raw !== null
              ? t('quarantine.document_masked')
              : isRevealed && isOpen && maySettle
                ? t('quarantine.document_edit')
                : t('quarantine.document')}
          </h3>
          {mayReveal && !isRevealed && (
            <Button onClick={() => setAsking(true)}>
              {isOpen && maySettle ? t('quarantine.reveal_and_edit') : t('quarantine.reveal')}
            </Button>
          )}
        </div>
        {entry.raw === null && !isRevealed ? (
          <Alert type="info" showIcon title={t('quarantine.unmaskable')} />
        ) : (
          <Input.TextArea
            className="document"
            aria-label={t('quarantine.document')}
            value={document}
            onChange={(event) => setDocument(event.target.value)}
            readOnly={!isRevealed || !isOpen || !maySettle}
            rows={18}
            spellCheck={false}
            wrap="off"
            status={fault === null ? '' : 'error'}
          />
        )}
        <PurposeDialog
          isOpen={isAsking}
          usual="correct_data"
          show={(purpose) => api.revealInput(entry.id, purpose)}
          onShown={({ raw }) => {
            const pretty = prettyJson(raw) ?? raw;
            setDocument(pretty);
            setShown(pretty);
          }}
          onClose={() => setAsking(false)}
        />
        {fault !== null && (
          <p className="document-fault" role="alert">
            {t('quarantine.not_json', { line: fault.line, column: fault.column })}
          </p>
        )}
      </section>
      {isOpen && (
        <div className="entry-actions">
          <Button
            type="primary"
            loading={resubmit.isPending}
            disabled={whyNotSent !== undefined}
            title={whyNotSent}
            onClick={() => resubmit.mutate()}
          >
            {t('quarantine.resubmit')}
          </Button>
          <Dismiss
            id={entry.id}
            maySettle={maySettle}
            onDismissed={async () => {
              void message.success(t('quarantine.dismissed'));
              await refresh();
              onDone();
            }}
          />
        </div>
      )}
    </div>
  );
}

function Issues({
  issues,
  unlisted,
  onShow,
}: {
  issues: readonly ClaimIssue[];
  unlisted: number;
  onShow: (path: string) => void;
}) {
  const { t, pick } = useText();
  return (
    <>
      <ul className="issues">
        {issues.map((issue, index) => (
          <li key={`${issue.path} ${issue.code} ${index}`}>
            <button
              type="button"
              className="issue-path"
              title={t('quarantine.show_place')}
              onClick={() => onShow(issue.path)}
            >
              {issue.path}
            </button>
            <span>{pick(issue.message)}</span>
            <code className="quiet">{issue.code}</code>
          </li>
        ))}
      </ul>
      {unlisted > 0 && <p className="quiet">{t('quarantine.unlisted', { n: count(unlisted) })}</p>}
    </>
  );
}

function Dismiss({
  id,
  maySettle,
  onDismissed,
}: {
  id: string;
  maySettle: boolean;
  onDismissed: () => Promise<void>;
}) {
  const { t } = useText();
  const [reason, setReason] = useState('');
  const dismiss = useMutation({ mutationFn: () => api.dismiss(id, reason.trim()), onSuccess: onDismissed });
  useUnsaved(reason !== '' && !dismiss.isPending);
  const isEmpty = reason.trim() === '';
  return (
    <div className="dismiss">
      <Input
        aria-label={t('quarantine.reason')}
        placeholder={t('quarantine.reason')}
        maxLength={dismissReasonMax}
        value={reason}
        disabled={!maySettle}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button
        danger
        disabled={isEmpty || !maySettle}
        title={!maySettle ? t('state.forbidden') : isEmpty ? t('quarantine.reason_first') : undefined}
        loading={dismiss.isPending}
        onClick={() => dismiss.mutate()}
      >
        {t('quarantine.dismiss')}
      </Button>
      {dismiss.error !== null && <Failure error={dismiss.error} />}
    </div>
  );
}
