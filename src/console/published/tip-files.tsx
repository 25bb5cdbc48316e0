/** Files that go along with a tip: chosen, looked at, and rid of what pictures tell of who took them, all in this browser. */
import { Button } from 'antd';
import { useState } from 'react';
import {
  type TipFile,
  tipFileBytesMax,
  type TipFileKind,
  tipFileKind,
  tipFilesMax,
} from '../../publicity/tip-file-contract.ts';
import { FileButton } from '../file-choice.tsx';
import { sizeOf } from '../format.ts';
import { useText } from '../language.tsx';

const pictureQuality = 0.9;

type Why = 'tip.file_kind' | 'tip.file_size';

/** Why a file cannot go along. */
class Unfit extends Error {
  readonly key: Why;
  constructor(key: Why) {
    super(key);
    this.key = key;
  }
}

async function fit(file: File): Promise<TipFile> {
  const sent = new Uint8Array(await file.arrayBuffer());
  const kind = tipFileKind(sent);
  if (kind === null) throw new Unfit('tip.file_kind');
  const content = kind === 'pdf' ? sent : await redrawn(file, kind);
  if (content.length > tipFileBytesMax) throw new Unfit('tip.file_size');
  return { name: file.name, content };
}

/** The picture as it is seen, drawn anew: place, device and owner that a camera wrote beside it are not in it. */
async function redrawn(file: File, kind: Exclude<TipFileKind, 'pdf'>): Promise<Uint8Array> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) throw new Unfit('tip.file_kind');
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, `image/${kind}`, pictureQuality);
  });
  if (blob === null) throw new Unfit('tip.file_kind');
  return new Uint8Array(await blob.arrayBuffer());
}

export function TipFiles({
  files,
  onFiles,
}: {
  files: readonly TipFile[];
  onFiles: (files: readonly TipFile[]) => void;
}) {
  const { t } = useText();
  const [faults, setFaults] = useState<readonly { readonly name: string; readonly key: Why }[]>([]);
  const isFull = files.length >= tipFilesMax;
  const add = async (chosen: readonly File[]): Promise<void> => {
    const fitting: TipFile[] = [];
    const unfit: { name: string; key: Why }[] = [];
    for (const file of chosen.slice(0, tipFilesMax - files.length))
      try {
        fitting.push(await fit(file));
      } catch (error) {
        if (!(error instanceof Unfit)) throw error;
        unfit.push({ name: file.name, key: error.key });
      }
    setFaults(unfit);
    onFiles([...files, ...fitting]);
  };
  return (
    <div className="tip-files">
      <h3 className="part-title">{t('tip.files', { n: files.length })}</h3>
      <ul className="answer-files">
        {files.map((file, place) => (
          <li key={`${place} ${file.name}`}>
            <span className="answer-file-words break">
              {file.name} <small className="quiet number">{sizeOf(file.content.length)}</small>
            </span>
            <Button size="small" onClick={() => onFiles(files.filter((one) => one !== file))}>
              {t('tip.file_remove')}
            </Button>
          </li>
        ))}
      </ul>
      <FileButton
        isMany
        name={t('tip.file_add')}
        accept=".jpg,.jpeg,.png,.pdf"
        size="small"
        disabled={isFull}
        title={isFull ? t('tip.files_full', { n: tipFilesMax }) : ''}
        onFiles={(chosen) => void add(chosen)}
      >
        {t('tip.file_add')}
      </FileButton>
      {faults.map(({ name, key }) => (
        <p key={name} className="break" role="alert">
          {t('tip.file_refused', { name })}
          {t(key, { size: sizeOf(tipFileBytesMax) })}
        </p>
      ))}
      <p className="quiet">{t('tip.files_note', { n: tipFilesMax, size: sizeOf(tipFileBytesMax) })}</p>
    </div>
  );
}
