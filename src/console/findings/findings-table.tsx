import { Table } from 'antd';
import { Link } from 'react-router';
import { type FindingRow, type FindingsQuery, findingSorts } from '../../screening/contract.ts';
import { amount, claimTime, instant } from '../format.ts';
import { useText } from '../language.tsx';
import { barPx, laptopMax, narrowMax, tabletMax, useNarrow } from '../media.ts';
import { paths } from '../paths.ts';
import { useSentence } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { rememberOpened } from './last-opened.ts';

type Sort = FindingsQuery['sort'];
const sortOf = (key: unknown): Sort | undefined => findingSorts.find((sort) => sort === key);

export function FindingsTable(props: {
  items: readonly FindingRow[];
  chosenId: string | null;
  query: FindingsQuery;
  onOpen: (findingId: string) => void;
  onSort: (changed: Partial<FindingsQuery>) => void;
}) {
  const { t, pick } = useText();
  const sentence = useSentence();
  const { query } = props;
  const isWide = !useNarrow(laptopMax);
  const isNarrow = useNarrow(narrowMax);
  const isTablet = useNarrow(tabletMax);
  const sorted = (key: Sort) => ({
    key,
    sorter: true,
    sortOrder: query.sort !== key ? null : query.order === 'asc' ? ('ascend' as const) : ('descend' as const),
    sortDirections: ['descend' as const, 'ascend' as const, 'descend' as const],
  });
  return (
    <Table<FindingRow>
      className="findings-table"
      size="small"
      bordered={false}
      rowKey="finding_id"
      dataSource={props.items}
      pagination={false}
      scroll={{ x: isNarrow ? 680 : 860 }}
      sticky={{ offsetHeader: isTablet ? barPx : 0 }}
      showSorterTooltip={false}
      onChange={(_, __, sorter) => {
        const { columnKey, order } = Array.isArray(sorter) ? { columnKey: undefined, order: null } : sorter;
        const sort = sortOf(columnKey);
        if (sort !== undefined) props.onSort({ sort, order: order === 'ascend' ? 'asc' : 'desc' });
      }}
      rowClassName={({ finding_id }) => (finding_id === props.chosenId ? 'row row-chosen' : 'row')}
      onRow={({ finding_id }) => ({
        'data-finding': finding_id,
        'aria-current': finding_id === props.chosenId,
        onClick: (event) => {
          // The link in the row goes by itself, in a new tab if so wished; selected text is being copied.
          const isLink = event.target instanceof Element && event.target.closest('a') !== null;
          if (!isLink && window.getSelection()?.toString() === '') props.onOpen(finding_id);
        },
      })}
      columns={[
        {
          title: t('field.verdict'),
          width: 84,
          render: (_, row) => <VerdictTag verdict={row.verdict} />,
        },
        {
          title: t('field.finding'),
          render: (_, row) => (
            <>
              <Link
                className="finding-name"
                to={paths.finding(row.finding_id, query)}
                onClick={() => rememberOpened(row.finding_id)}
              >
                {pick(row.rule_name)}
              </Link>
              <div className="finding-sentence" title={sentence(row.message)}>
                {sentence(row.message)}
              </div>
            </>
          ),
        },
        {
          title: t('field.institution'),
          width: isNarrow ? 150 : 190,
          render: (_, row) => (
            <>
              <div className="one-line" title={row.fixmedins_name ?? row.fixmedins_code}>
                {row.fixmedins_name ?? row.fixmedins_code}
              </div>
              <div className="quiet one-line">{row.fixmedins_code}</div>
            </>
          ),
        },
        ...(isNarrow
          ? []
          : [
              {
                title: t('field.setl_id'),
                width: 132,
                render: (_: unknown, row: FindingRow) => (
                  <>
                    <div className="one-line" title={row.setl_id}>
                      {row.setl_id}
                    </div>
                    <div className="quiet one-line" title={row.psn_no}>
                      {row.psn_no}
                    </div>
                  </>
                ),
              },
            ]),
        {
          title: t('field.occurred_at'),
          ...sorted('occurred_at'),
          width: 112,
          className: 'number',
          render: (_, row) => <TwoLines text={claimTime(row.occurred_at)} />,
        },
        {
          title: t('field.amount_yuan'),
          ...sorted('amount'),
          width: 132,
          align: 'right',
          className: 'number',
          render: (_, row) => <strong>{amount(row.amount)}</strong>,
        },
        // The least needed of the three times gives way to the sentence.
        ...(isWide
          ? [
              {
                title: t('field.updated_at'),
                ...sorted('updated_at'),
                width: 122,
                className: 'number quiet',
                render: (_: unknown, row: FindingRow) => <TwoLines text={instant(row.updated_at)} />,
              },
            ]
          : []),
      ]}
    />
  );
}

/** Day above, time below: the column stays narrow and days stand under days. */
function TwoLines({ text }: { text: string }) {
  const [day = '', time] = text.split(' ');
  return (
    <>
      <div>{day}</div>
      {time !== undefined && <div className="quiet">{time}</div>}
    </>
  );
}
