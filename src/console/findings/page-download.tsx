import { Button } from 'antd';
import type { FindingsPage } from '../../screening/contract.ts';
import { csvOf } from '../../platform/csv-contract.ts';
import { DownloadIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { useExport } from './use-export.ts';
import { useSentence } from '../titles.ts';
import { verdictKeys } from '../verdict-tag.tsx';

/** The rows on the screen as a table file, for those who work on in a spreadsheet. */
export function PageDownload({ page }: { page: FindingsPage }) {
  const { t, pick } = useText();
  const sentence = useSentence();
  const { mutate, isPending } = useExport();
  const write = (): void => {
    const head = [
      t('field.finding_id'),
      t('field.verdict'),
      t('field.rule_code'),
      t('field.rule'),
      t('field.sentence'),
      t('field.fixmedins_code'),
      t('field.institution'),
      t('field.setl_id'),
      t('field.occurred_at'),
      t('field.amount_yuan'),
    ];
    const rows = page.items.map((row) => [
      row.finding_id,
      t(verdictKeys[row.verdict]),
      row.rule_code,
      pick(row.rule_name),
      sentence(row.message),
      row.fixmedins_code,
      row.fixmedins_name ?? '',
      row.setl_id,
      row.occurred_at,
      row.amount,
    ]);
    mutate({
      form: 'csv',
      findings: page.items.map(({ finding_id }) => finding_id),
      name: `findings-page-${page.page}.csv`,
      content: csvOf([head, ...rows]),
    });
  };
  return (
    <Button icon={<DownloadIcon />} loading={isPending} disabled={page.items.length === 0} onClick={write}>
      {t('findings.download')}
    </Button>
  );
}
