/** Everything of a kind as a file, for a spreadsheet and for programs. */
import { Button } from 'antd';
import type { ExportKind } from '../../publicity/contract.ts';
import { DownloadIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { apiPaths } from '../paths.ts';

export function Files({ kind, name }: { kind: ExportKind; name?: string }) {
  const { t } = useText();
  return (
    <span className="published-files">
      {name !== undefined && <span className="quiet">{name}</span>}
      <Button size="small" icon={<DownloadIcon />} href={apiPaths.publicFile(kind, 'csv')} download>
        {t('published.csv')}
      </Button>
      <Button size="small" icon={<DownloadIcon />} href={apiPaths.publicFile(kind, 'json')} download>
        {t('published.json')}
      </Button>
    </span>
  );
}
