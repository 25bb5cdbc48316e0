/** Everything of a kind as a file, for a spreadsheet and for programs. */
import { Button } from 'antd';
import type { ExportKind } from '../../publicity/contract.ts';
import { DownloadIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { apiPaths } from '../paths.ts';

/** @param area of this area alone */
export function Files({ kind, name, area }: { kind: ExportKind; name?: string; area?: string | undefined }) {
  const { t } = useText();
  return (
    <span className="published-files">
      {name !== undefined && <span className="quiet">{name}</span>}
      <Button size="small" icon={<DownloadIcon />} href={apiPaths.publicFile(kind, 'csv', area)} download>
        {t('published.csv')}
      </Button>
      <Button size="small" icon={<DownloadIcon />} href={apiPaths.publicFile(kind, 'json', area)} download>
        {t('published.json')}
      </Button>
    </span>
  );
}
