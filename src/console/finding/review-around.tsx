/** What stands around a review: findings that belong to it, earlier decisions, and what was done. */
import { Link } from 'react-router';
import type { Related, ReviewDetail } from '../../cases/review-contract.ts';
import { claimTime, count, instant, money } from '../format.ts';
import { useText } from '../language.tsx';
import { paths } from '../paths.ts';
import { yuanOf } from '../reviews/fen.ts';

const relations = ['same_rule', 'same_stay', 'same_ring'] as const;

export function ReviewAround({ review }: { review: ReviewDetail }) {
  const { t, pick, language } = useText();
  const { earlier, history } = review;
  const sum = (related: Related) => ({
    n: count(related.findings),
    money: money(yuanOf(related.fen), language),
  });
  return (
    <>
      {relations.map(
        (by) =>
          review[by].findings > 0 && (
            <RelatedList key={by} title={t(`review.${by}`, sum(review[by]))} related={review[by]} />
          ),
      )}
      <section>
        <h3 className="part-title">{t('review.earlier')}</h3>
        {earlier.items.length === 0 ? (
          <p className="quiet">{t('review.earlier_none')}</p>
        ) : (
          <>
            <p>
              {t('review.earlier_counts', {
                confirmed: count(earlier.confirmed),
                no: count(earlier.not_violation),
                open: count(earlier.cannot_decide),
              })}
            </p>
            <ul className="steps">
              {earlier.items.map((item) => {
                const term = review.exclusions.find(({ code }) => code === item.exclusion);
                return (
                  <li key={item.finding_id}>
                    <span className="number">{instant(item.decided_at)}</span>
                    <Link to={paths.finding(item.finding_id)}>{t(`review.outcome.${item.outcome}`)}</Link>
                    {item.confirmed_fen !== null && (
                      <span className="number">{money(yuanOf(item.confirmed_fen), language)}</span>
                    )}
                    {term !== undefined && <span>{pick(term)}</span>}
                    <span className="quiet break">{item.decided_by}</span>
                  </li>
                );
              })}
            </ul>
          </>
        )}
      </section>
      {history.length > 0 && (
        <section>
          <h3 className="part-title">{t('review.history')}</h3>
          <ul className="steps">
            {history.map((event) => (
              <li key={event.seq}>
                <span className="number">{instant(event.at)}</span>
                <b>{t(`review.act.${event.action}`)}</b>
                {event.decision !== null && <span>{t(`review.outcome.${event.decision.outcome}`)}</span>}
                <span className="quiet break">{event.account}</span>
                {event.reason !== null && <span className="break">{event.reason}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function RelatedList({ title, related }: { title: string; related: Related }) {
  const { pick, language } = useText();
  return (
    <details>
      <summary>{title}</summary>
      <ul className="steps">
        {related.items.map((item) => (
          <li key={item.finding_id}>
            <span className="number">{claimTime(item.occurred_at)}</span>
            <Link to={paths.finding(item.finding_id)}>{pick(item.rule_name)}</Link>
            <span className="number">{money(yuanOf(item.flagged_fen), language)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
