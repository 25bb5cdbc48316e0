import { Link } from 'react-router';
import type { FindingRow, FindingsQuery } from '../../screening/contract.ts';
import { claimTime, money } from '../format.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { useSentence } from '../titles.ts';
import { VerdictTag } from '../verdict-tag.tsx';
import { rememberOpened } from './last-opened.ts';

/** The list on a phone: everything of a row, under instead of beside each other. */
export function FindingCards(props: {
  items: readonly FindingRow[];
  chosenId: string | null;
  query: FindingsQuery;
}) {
  const { pick, language } = useText();
  const sentence = useSentence();
  return (
    <ul className="finding-cards">
      {props.items.map((row) => (
        <li
          key={row.finding_id}
          data-finding={row.finding_id}
          className={row.finding_id === props.chosenId ? 'row-chosen' : ''}
        >
          <Link
            to={paths.finding(row.finding_id, props.query)}
            onClick={() => rememberOpened(row.finding_id)}
          >
            <div className="finding-card-head">
              <VerdictTag verdict={row.verdict} />
              <span className="finding-name">{pick(row.rule_name)}</span>
              <strong className="number">{money(row.amount, language)}</strong>
            </div>
            <p className="finding-sentence">{sentence(row.message)}</p>
            <div className="quiet finding-card-foot">
              <span>{row.fixmedins_name ?? row.fixmedins_code}</span>
              <span>{claimTime(row.occurred_at)}</span>
            </div>
          </Link>
        </li>
      ))}
    </ul>
  );
}
