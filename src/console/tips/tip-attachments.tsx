/** Files of a tip: taken out, compared with what the tip names, opened with the key of the office, and looked at before they are shown. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { base64Of, bytesOfBase64, hashText, type KeyPair } from '../../publicity/seal-contract.ts';
import { openFile, type TipFileKind, tipFileKind } from '../../publicity/tip-file-contract.ts';
import type { TipDetail } from '../../publicity/tips-contract.ts';
import { download } from '../download.ts';
import { Failure } from '../failure.tsx';
import { sizeOf } from '../format.ts';
import { useText } from '../language.tsx';
import { tipsApi } from '../tips-api.ts';

const mediaTypes = { jpeg: 'image/jpeg', png: 'image/png', pdf: 'application/pdf' } as const;
const extensions = { jpeg: 'jpg', png: 'png', pdf: 'pdf' } as const;

/** @param named hashes that the tip itself states */
export function TipAttachments({
  tip,
  keys,
  named,
}: {
  tip: TipDetail;
  keys: KeyPair;
  named: readonly string[];
}) {
  const { t } = useText();
  const missing = named.filter((sha256) => !tip.files.some((file) => file.sha256 === sha256)).length;
  if (tip.files.length === 0 && missing === 0) return null;
  return (
    <section>
      <h3 className="part-title">{t('tip.files', { n: tip.files.length })}</h3>
      <ul className="answer-files">
        {tip.files.map((file) => (
          <li key={file.no}>
            <Attachment tip={tip} file={file} keys={keys} isNamed={named.includes(file.sha256)} />
          </li>
        ))}
      </ul>
      {missing > 0 && <Alert type="warning" showIcon title={t('tip.files_missing', { n: missing })} />}
      <p className="quiet">{t('answer.files_recorded')}</p>
    </section>
  );
}

/** `null`: it is not what the tip names, or nothing that may be shown. */
type Opened = {
  readonly name: string;
  readonly kind: TipFileKind;
  readonly content: Uint8Array;
  /** Of what is seen on the screen, and lies nowhere else. */
  readonly address: string;
} | null;

async function opened(tip: TipDetail, file: TipDetail['files'][number], keys: KeyPair): Promise<Opened> {
  const sealed = bytesOfBase64((await tipsApi.file(tip.id, file.no)).sealed);
  const plain = hashText(sealed) === file.sha256 ? await openFile(keys, sealed) : null;
  const kind = plain === null ? null : tipFileKind(plain.content);
  if (plain === null || kind === null) return null;
  return { ...plain, kind, address: `data:${mediaTypes[kind]};base64,${base64Of(plain.content)}` };
}

function Attachment({
  tip,
  file,
  keys,
  isNamed,
}: {
  tip: TipDetail;
  file: TipDetail['files'][number];
  keys: KeyPair;
  isNamed: boolean;
}) {
  const { t } = useText();
  const look = useMutation<Opened>({ mutationFn: () => opened(tip, file, keys) });
  const shown = look.data;
  return (
    <div className="answer-file-words">
      <span className="break">{shown?.name ?? t('tip.file_no', { n: file.no })}</span>{' '}
      <small className="quiet number">{sizeOf(shown?.content.length ?? file.bytes)}</small>{' '}
      {shown == null ? (
        <Button size="small" loading={look.isPending} disabled={!isNamed} onClick={() => look.mutate()}>
          {t('tip.file_open')}
        </Button>
      ) : (
        <Button
          size="small"
          onClick={() =>
            download(
              `${tip.tip_no}-${file.no}.${extensions[shown.kind]}`,
              mediaTypes[shown.kind],
              Uint8Array.from(shown.content),
            )
          }
        >
          {t('tip.file_save')}
        </Button>
      )}
      {!isNamed && <Alert type="error" showIcon title={t('tip.file_foreign')} />}
      {look.error !== null && <Failure error={look.error} />}
      {shown === null && <Alert type="error" showIcon title={t('tip.file_damaged')} />}
      {shown != null && shown.kind !== 'pdf' && (
        <img className="tip-picture" src={shown.address} alt={shown.name} />
      )}
    </div>
  );
}
