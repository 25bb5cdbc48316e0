/** A document as everybody sees it: on the public site, and in the preview of whoever publishes. */
import { Table, Tag } from 'antd';
import {
  type Party,
  type PublicDocument,
  type StatisticsDocument,
  type StatisticsRow,
  statisticsRows,
} from '../../publicity/contract.ts';
import { AreaName, useAreaName } from '../area-name.tsx';
import { Fact } from '../fact.tsx';
import { count, money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { categoryWords } from '../rules/category-words.ts';

const hundredths = 100;

export function DocumentTitle({ document }: { document: PublicDocument }) {
  const { t, pick } = useText();
  switch (document.kind) {
    case 'penalty':
      return <span className="break">{document.decision_no ?? t('published.summary_decision')}</span>;
    case 'grade':
      return (
        <span className="break">
          <PartyName party={document.party} /> <Tag>{pick(document.grade.name)}</Tag>
        </span>
      );
    case 'typical_case':
      return <span className="break">{document.title}</span>;
    case 'statistics':
      return <span className="number">{t('published.month', { month: document.month })}</span>;
  }
}

export function DocumentFacts({ document }: { document: PublicDocument }) {
  const { t, pick, language } = useText();
  const amount = (fen: number): string => money(yuanOf(fen), language);
  switch (document.kind) {
    case 'penalty':
      return (
        <dl className="claim-facts">
          <Fact name={t('published.party')}>
            <PartyName party={document.party} />
          </Fact>
          <Fact name={t('published.cause')}>{document.cause}</Fact>
          <Fact name={t('published.conduct')}>{document.conduct}</Fact>
          <Fact name={t('published.basis')}>{document.basis}</Fact>
          <Fact name={t('published.decided_on')}>
            <span className="number">{document.decided_on}</span>
          </Fact>
          <Fact name={t('published.area')}>
            <AreaName code={document.area} />
          </Fact>
          <Fact name={t('published.refund')}>{amount(document.refund_fen)}</Fact>
          <Fact name={t('published.fine')}>{amount(document.fine_fen)}</Fact>
          {document.suspension_months > 0 && (
            <Fact name={t('published.suspension')}>
              {t('published.months', { n: document.suspension_months })}
            </Fact>
          )}
          {document.ends_agreement && <Fact name={t('published.agreement')}>{t('published.ended')}</Fact>}
        </dl>
      );
    case 'grade':
      return (
        <dl className="claim-facts">
          <Fact name={t('published.scheme')}>
            {pick(document.scheme.name)} {document.scheme.is_example && <Tag>{t('credit.example')}</Tag>}
          </Fact>
          <Fact name={t('published.as_of')}>
            <span className="number">{document.as_of}</span>
          </Fact>
          {document.points_hundredths !== null && (
            <Fact name={t('published.points')}>
              {t('credit.points', { n: document.points_hundredths / hundredths })}
            </Fact>
          )}
        </dl>
      );
    case 'typical_case':
      return (
        <>
          <dl className="claim-facts">
            <Fact name={t('published.cause')}>{document.cause}</Fact>
            <Fact name={t('published.basis')}>{document.basis}</Fact>
            <Fact name={t('published.area')}>
              <AreaName code={document.area} />
            </Fact>
            <Fact name={t('published.refund')}>{amount(document.refund_fen)}</Fact>
            <Fact name={t('published.fine')}>{amount(document.fine_fen)}</Fact>
          </dl>
          {(['facts', 'handling', 'lesson'] as const).map((part) => (
            <section key={part}>
              <h3 className="part-title">{t(`published.story.${part}`)}</h3>
              <p className="published-story break">{document[part]}</p>
            </section>
          ))}
        </>
      );
    case 'statistics':
      return <StatisticsTable document={document} />;
  }
}

export function PartyName({ party }: { party: Party }) {
  const { t } = useText();
  switch (party.kind) {
    case 'institution':
    case 'agency':
    case 'company':
      return (
        <>
          {party.name} <span className="quiet number">{party.code}</span>
        </>
      );
    case 'person':
    case 'other':
      return t(`published.party.${party.kind}`);
  }
}

function StatisticsTable({ document }: { document: StatisticsDocument }) {
  const { t, language } = useText();
  const areaNameOf = useAreaName();
  const { classes, persons_min } = document;
  const nameOf = ({ level, area }: StatisticsRow): string => {
    if (area === null) return t('published.total');
    if (level === 'pool') return t('published.area_pool', { area: areaNameOf(area) });
    return area === 'other' ? t('published.area_other') : areaNameOf(area);
  };
  return (
    <>
      <Table<StatisticsRow>
        size="small"
        rowKey={({ level, area }) => `${level} ${area}`}
        dataSource={statisticsRows(document)}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={[
          {
            title: t('published.area'),
            // On a phone the classes pass beside it.
            fixed: 'start',
            render: (_, row) => nameOf(row),
          },
          ...[...classes, null].map((name, place) => ({
            key: name ?? '',
            title: name === null ? t('published.total') : categoryWords(name, { t }),
            align: 'right' as const,
            className: 'number',
            render: (_: unknown, { cells: row }: StatisticsRow) => {
              const cell = row[place];
              return cell === undefined || cell.findings === null || cell.amount_fen === null ? (
                <span className="quiet">{t('published.withheld')}</span>
              ) : (
                <>
                  {t('published.findings', { n: count(cell.findings) })}
                  <div className="quiet">{money(yuanOf(cell.amount_fen), language)}</div>
                </>
              );
            },
          })),
        ]}
      />
      <p className="quiet">{t('published.withheld_note', { n: persons_min })}</p>
    </>
  );
}
