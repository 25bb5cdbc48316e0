/** The files that stand with an answer: a preview of pictures, a link to each, and where one may, adding with progress and removing. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Progress } from 'antd';
import { useState } from 'react';
import { type AnswerDetail, answerFileBytesMax, answerFilesMax } from '../../cases/answer-contract.ts';
import { answersApi, answersKey, ownAnswerQuery } from '../answers-api.ts';
import { Failure } from '../failure.tsx';
import { FileButton } from '../file-choice.tsx';
import { instant, sizeOf } from '../format.ts';
import { useText } from '../language.tsx';
import { apiPaths } from '../paths.ts';

type AnswerFile = AnswerDetail['files'][number];

/** As reviewers see them: each opening is on record, so that nothing is shown before somebody asks. */
export function AnswerFiles({ answer }: { answer: AnswerDetail }) {
  const { t } = useText();
  if (answer.files.length === 0) return null;
  return (
    <div>
      <h3 className="part-title">{t('answer.files')}</h3>
      <ul className="answer-files">
        {answer.files.map((file) => (
          <li key={file.sha256}>
            <FileWords file={file} address={apiPaths.answerFile(answer.finding_id, file.sha256)} />
          </li>
        ))}
      </ul>
      <p className="quiet">{t('answer.files_recorded')}</p>
    </div>
  );
}

function FileWords({ file, address }: { file: AnswerFile; address: string }) {
  const { t } = useText();
  return (
    <span className="answer-file-words">
      <a href={address} target="_blank" rel="noreferrer" className="break">
        {file.name}
      </a>
      <small className="quiet number">
        {file.kind.toUpperCase()} {sizeOf(file.bytes)} {instant(file.added_at)}
      </small>
      <small className="quiet break" title={file.sha256}>
        {t('answer.sha256', { hash: file.sha256.slice(0, shownDigits) })}
      </small>
    </span>
  );
}

const shownDigits = 16;

export function OwnAnswerFiles({ answer, canChange }: { answer: AnswerDetail; canChange: boolean }) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [sent, setSent] = useState<{ name: string; share: number } | null>(null);
  const shown = async (changed: AnswerDetail): Promise<void> => {
    queryClient.setQueryData(ownAnswerQuery(answer.finding_id).queryKey, changed);
    await queryClient.invalidateQueries({ queryKey: [...answersKey, 'list'] });
  };
  const add = useMutation({
    mutationFn: async (files: readonly File[]) => {
      let last: AnswerDetail | null = null;
      // One after the other: what was taken stays when a later one is refused.
      for (const file of files) {
        setSent({ name: file.name, share: 0 });
        last = await answersApi.addFile(answer.finding_id, file, (share) =>
          setSent({ name: file.name, share }),
        );
        await shown(last);
      }
    },
    onSettled: () => setSent(null),
  });
  const remove = useMutation({
    mutationFn: (sha256: string) => answersApi.removeFile(answer.finding_id, sha256),
    onSuccess: shown,
  });
  const isFull = answer.files.length >= answerFilesMax;
  if (!canChange && answer.files.length === 0) return null;
  return (
    <div>
      <h3 className="part-title">{t('answer.files')}</h3>
      {answer.files.length === 0 ? (
        <p className="quiet">{t('answer.no_files')}</p>
      ) : (
        <ul className="answer-files">
          {answer.files.map((file) => {
            const address = apiPaths.ownAnswerFile(answer.finding_id, file.sha256);
            return (
              <li key={file.sha256}>
                {file.kind === 'pdf' ? (
                  <span className="answer-preview">{file.kind.toUpperCase()}</span>
                ) : (
                  <img
                    className="answer-preview"
                    src={address}
                    alt={t('answer.preview', { name: file.name })}
                  />
                )}
                <FileWords file={file} address={address} />
                {canChange && file.removable && (
                  <Button
                    size="small"
                    loading={remove.isPending && remove.variables === file.sha256}
                    aria-label={t('answer.remove_file', { name: file.name })}
                    onClick={() => remove.mutate(file.sha256)}
                  >
                    {t('answer.remove')}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {sent !== null && (
        <div role="status">
          <span className="quiet break">{t('answer.sending', { name: sent.name })}</span>
          <Progress size="small" percent={Math.round(sent.share * 100)} />
        </div>
      )}
      {add.error !== null && <Failure error={add.error} />}
      {remove.error !== null && <Failure error={remove.error} />}
      {canChange && (
        <div className="review-acts">
          <FileButton
            isMany
            name={t('answer.add_file')}
            accept=".jpg,.jpeg,.png,.pdf"
            disabled={isFull}
            loading={add.isPending}
            title={isFull ? t('answer.files_full', { n: answerFilesMax }) : ''}
            onFiles={add.mutate}
          >
            {t('answer.add_file')}
          </FileButton>
          <span className="quiet">
            {t('answer.file_limits', { n: answerFilesMax, size: sizeOf(answerFileBytesMax) })}
          </span>
        </div>
      )}
    </div>
  );
}
