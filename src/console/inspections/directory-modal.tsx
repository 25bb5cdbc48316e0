/** A directory from a file: what it would change is seen before it is kept. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Modal } from 'antd';
import { useState } from 'react';
import { type DirectoryKind, type DirectoryUpload } from '../../inspection/draws-contract.ts';
import { Failure } from '../failure.tsx';
import { FileChoice } from '../file-choice.tsx';
import { count } from '../format.ts';
import { inspectionApi, inspectionsKey } from '../inspection-api.ts';
import { useText } from '../language.tsx';

export function DirectoryModal({ kind, onClose }: { kind: DirectoryKind | null; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const look = useMutation({
    mutationFn: (chosen: File) => inspectionApi.upload(kind ?? 'objects', chosen, false),
  });
  const keep = useMutation({
    mutationFn: (chosen: File) => inspectionApi.upload(kind ?? 'objects', chosen, true),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: inspectionsKey });
      void message.success(t('state.recorded'));
      onClose();
    },
  });
  const preview = look.data;
  const isGood = preview !== undefined && preview.issues.length === 0;
  return (
    <Modal
      open={kind !== null}
      title={kind === null ? '' : t(`draw.directory.${kind}`)}
      okText={t('draw.keep')}
      okButtonProps={{ disabled: file === null || !isGood, loading: keep.isPending }}
      onOk={() => {
        if (file !== null) keep.mutate(file);
      }}
      onCancel={onClose}
      afterClose={() => {
        setFile(null);
        look.reset();
        keep.reset();
      }}
      destroyOnHidden
    >
      <div className="stack">
        {kind !== null && <p className="quiet break">{t(`draw.columns.${kind}`)}</p>}
        <FileChoice
          name={t('draw.file')}
          accept=".csv,.xlsx"
          value={file}
          onChange={(chosen) => {
            setFile(chosen);
            look.mutate(chosen);
          }}
        />
        {[look.error, keep.error].map(
          (error, index) => error !== null && <Failure key={index === 0 ? 'look' : 'keep'} error={error} />,
        )}
        {preview !== undefined && <Preview preview={preview} />}
      </div>
    </Modal>
  );
}

function Preview({ preview }: { preview: DirectoryUpload }) {
  const { t, pick } = useText();
  if (preview.issues.length > 0)
    return (
      <Alert
        type="error"
        showIcon
        title={t('draw.bad_file', { n: count(preview.issues.length) })}
        description={
          <ul className="failure-issues">
            {preview.issues.map(({ line, column, message }) => (
              <li key={`${line} ${column ?? ''} ${message.en}`} className="break">
                {line > 0 && t('draw.line', { n: line })} {column} {pick(message)}
              </li>
            ))}
          </ul>
        }
      />
    );
  return (
    <>
      <p role="status">
        {t('draw.preview', {
          rows: count(preview.rows),
          added: count(preview.added),
          changed: count(preview.changed),
          removed: count(preview.removed),
        })}
      </p>
      <ul className="failure-issues">
        {preview.changes.map(({ id, kind }) => (
          <li key={id} className="break">
            {t(`draw.change.${kind}`)} <code>{id}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
