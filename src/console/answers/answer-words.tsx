/** How an answer stands, in words: the notice with its period, what was said, the refund, and what was done before. */
import { Tag } from 'antd';
import type { AnswerDetail, InstitutionAnswer } from '../../cases/answer-contract.ts';
import { Fact } from '../fact.tsx';
import { instant, money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';
import { LastDay } from './last-day.tsx';
import { AnswerTag } from './state-tag.tsx';

export function AnswerWords({ answer }: { answer: AnswerDetail }) {
  const { t, language } = useText();
  const { notice } = answer;
  return (
    <>
      <dl className="review-facts">
        <Fact name={t('field.state')}>
          <AnswerTag state={answer.state} stance={answer.answer?.stance ?? null} />{' '}
          {notice === null && answer.answer !== null && <Tag color="blue">{t('answer.forward')}</Tag>}
          {answer.late && <Tag color="warning">{t('answer.late')}</Tag>}
        </Fact>
        {notice !== null && (
          <>
            <Fact name={t('answer.last_day')}>
              <LastDay state={answer.state} lastDay={notice.last_day} workdaysLeft={notice.workdays_left} />
              <small className="quiet">
                {t('answer.period', { n: notice.period_workdays })}
                {notice.sample && <Tag>{t('answer.sample')}</Tag>}
                {notice.provisional && <Tag>{t('case.clock.provisional')}</Tag>}
              </small>
            </Fact>
            <Fact name={t('answer.notice_no')}>
              <span className="number break">{notice.notice_no}</span>
              <small className="quiet number">{instant(notice.sent_at)}</small>
            </Fact>
          </>
        )}
        {answer.outcome !== null && (
          <Fact name={t('review.outcome')}>
            {t(`review.outcome.${answer.outcome}`)}
            {answer.confirmed_fen !== null && (
              <small className="number">{money(yuanOf(answer.confirmed_fen), language)}</small>
            )}
          </Fact>
        )}
        {notice !== null && notice.note !== '' && (
          <Fact name={t('answer.note')}>
            <span className="break">{notice.note}</span>
          </Fact>
        )}
      </dl>
      {answer.answer !== null && (
        <dl className="review-facts">
          <AnswerParts answer={answer.answer} of={answer} />
          {answer.answered_at !== null && (
            <Fact name={t('answer.answered_at')}>
              <span className="number">{instant(answer.answered_at)}</span>
            </Fact>
          )}
        </dl>
      )}
    </>
  );
}

export function AnswerParts({
  answer,
  of,
}: {
  answer: InstitutionAnswer;
  of: Pick<AnswerDetail, 'grounds' | 'flagged' | 'refund_confirmed_at'>;
}) {
  const { t, pick, language } = useText();
  const ground = answer.stance === 'objected' ? of.grounds.find(({ code }) => code === answer.ground) : null;
  const refund = answer.stance === 'objected' ? null : answer.refund;
  return (
    <>
      {answer.stance === 'objected' ? (
        <Fact name={t('answer.ground')}>
          {ground === undefined || ground === null ? answer.ground : pick(ground)}
        </Fact>
      ) : (
        <Fact name={t('answer.accepted_fen')}>
          <strong className="number">
            {money(yuanOf(answer.stance === 'partly' ? answer.fen : of.flagged.fen), language)}
          </strong>{' '}
          <small className="quiet">
            {t('review.of_flagged', { money: money(yuanOf(of.flagged.fen), language) })}
          </small>
        </Fact>
      )}
      {refund !== null && (
        <Fact name={t('answer.refund')}>
          <span className="number">{money(yuanOf(refund.fen), language)}</span>{' '}
          <Tag color={of.refund_confirmed_at === null ? 'default' : 'success'}>
            {t(of.refund_confirmed_at === null ? 'answer.refund_stated' : 'answer.refund_confirmed')}
          </Tag>
          <small className="quiet break">
            {refund.day} {refund.reference}
          </small>
        </Fact>
      )}
      {answer.statement !== '' && (
        <Fact name={t('answer.statement')}>
          <span className="break answer-statement">{answer.statement}</span>
        </Fact>
      )}
    </>
  );
}

/** What was done, the first act first. */
export function AnswerHistory({ answer }: { answer: AnswerDetail }) {
  const { t } = useText();
  if (answer.history.length === 0) return null;
  return (
    <details>
      <summary>{t('answer.history')}</summary>
      <ul className="answer-history">
        {answer.history.map((event) => (
          <li key={event.seq}>
            <span className="quiet number">{instant(event.at)}</span>{' '}
            <span className="break">{event.account ?? t('answer.agency')}</span>{' '}
            <strong>{t(`answer.act.${event.action}`)}</strong>{' '}
            {event.answer !== null && t(`answer.stance.${event.answer.stance}`)}
            {event.notice_no !== null && event.action === 'send' && (
              <span className="quiet break"> {event.notice_no}</span>
            )}
            {event.note !== null && event.note !== '' && <div className="quiet break">{event.note}</div>}
            {event.answer !== null && event.answer.statement !== '' && (
              <div className="quiet break answer-statement">{event.answer.statement}</div>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
