/** What the checks say of a rule and its examples. */
import { Alert } from 'antd';
import type { Check, CheckIssue } from '../../rulebook/contract.ts';
import { useText } from '../language.tsx';

export function CheckWords(props: {
  check: Check;
  /** Leads to the place of an issue, where there is an editor to lead to. */
  onPlace?: (part: 'document' | 'examples', path: string) => void;
}) {
  const { t, pick } = useText();
  const { issues, example_issues, faults, notes, lint_clean, examples_pass } = props.check;
  const issueList = (part: 'document' | 'examples', list: readonly CheckIssue[]) => (
    <ul className="check-list">
      {list.map((issue, index) => (
        // Two issues may say the same of the same place.
        <li key={`${index} ${issue.path}`}>
          {props.onPlace === undefined ? (
            <code>{issue.path}</code>
          ) : (
            <button type="button" className="link-button" onClick={() => props.onPlace?.(part, issue.path)}>
              <code>{issue.path}</code>
            </button>
          )}{' '}
          <span className="break">{pick(issue.message)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <div className="check-words">
      {lint_clean && examples_pass && <Alert type="success" showIcon title={t('book.check.good')} />}
      {issues.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('book.check.issues', { n: issues.length })}
          description={issueList('document', issues)}
        />
      )}
      {example_issues.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('book.check.example_issues', { n: example_issues.length })}
          description={issueList('examples', example_issues)}
        />
      )}
      {faults.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('book.check.faults', { n: faults.length })}
          description={
            <ul className="check-list">
              {faults.map(({ example, message }, index) => (
                // An example may fail in several ways.
                <li key={`${index} ${example.en}`} className="break">
                  <b>{pick(example)}</b>: {pick(message)}
                </li>
              ))}
            </ul>
          }
        />
      )}
      {notes.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={t('book.check.notes')}
          description={
            <ul className="check-list">
              {notes.map((note) => (
                <li key={note.en}>{pick(note)}</li>
              ))}
            </ul>
          }
        />
      )}
    </div>
  );
}
