/** A decision in words: what, how much, why, by whom. */
import type { Decision, ReviewDetail, Term } from '../../cases/review-contract.ts';
import { Fact } from '../fact.tsx';
import { money } from '../format.ts';
import { useText } from '../language.tsx';
import { yuanOf } from '../reviews/fen.ts';

export function DecisionWords({ review, decision }: { review: ReviewDetail; decision: Decision }) {
  const { t } = useText();
  return (
    <dl className="review-facts">
      <Fact name={t('review.outcome')}>{t(`review.outcome.${decision.outcome}`)}</Fact>
      <DecisionParts decision={decision} review={review} />
      {review.decided_by !== null && (
        <Fact name={t('review.decided_by')}>
          <span className="break">{review.decided_by}</span>
        </Fact>
      )}
      {review.confirmed_by !== null && (
        <Fact name={t('review.confirmed_by')}>
          <span className="break">{review.confirmed_by}</span>
        </Fact>
      )}
    </dl>
  );
}

export function DecisionParts({
  decision,
  review,
}: {
  decision: Decision;
  review: Pick<ReviewDetail, 'exclusions' | 'missing'>;
}) {
  const { t, pick, language } = useText();
  const termOf = (terms: readonly Term[], code: string): string => {
    const term = terms.find((one) => one.code === code);
    return term === undefined ? code : pick(term);
  };
  return (
    <>
      {decision.outcome === 'confirmed' && (
        <Fact name={t('review.confirmed_fen')}>
          <strong className="number">{money(yuanOf(decision.fen), language)}</strong>
        </Fact>
      )}
      {decision.outcome === 'not_violation' && (
        <Fact name={t('review.exclusion')}>{termOf(review.exclusions, decision.exclusion)}</Fact>
      )}
      {decision.outcome === 'cannot_decide' && (
        <Fact name={t('review.missing')}>
          {decision.missing.map((code) => termOf(review.missing, code)).join(t('value.separator'))}
        </Fact>
      )}
      {decision.note !== '' && (
        <Fact name={t('review.note')}>
          <span className="break">{decision.note}</span>
        </Fact>
      )}
    </>
  );
}
