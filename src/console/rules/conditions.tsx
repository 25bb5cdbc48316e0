/** The conditions of a rule as its author wrote them, in words. */
import type { Condition, RuleDocument } from '../../rules/contract.ts';
import { factWords, operandWords, type Titles } from '../fact-words.ts';
import { useText } from '../language.tsx';

export function Conditions({ rule, titles }: { rule: RuleDocument; titles: Titles }) {
  return (
    <ul className="tree">
      <Part condition={rule.conditions} rule={rule} titles={titles} />
    </ul>
  );
}

function Part({ condition, rule, titles }: { condition: Condition; rule: RuleDocument; titles: Titles }) {
  const text = useText();
  const { t } = text;
  if ('operator' in condition)
    return (
      <li className="tree-leaf">
        <div>
          <span className="tree-fact">{factWords(condition, rule, titles, text)}</span>{' '}
          <span className="tree-operator">{t(`operator.${condition.operator}`)}</span>{' '}
          <b className="tree-value">{operandWords(condition, rule, titles, text)}</b>
        </div>
      </li>
    );
  const [op, parts] =
    'all' in condition
      ? (['all', condition.all] as const)
      : 'any' in condition
        ? (['any', condition.any] as const)
        : (['not', [condition.not]] as const);
  return (
    <li>
      <div className="tree-head">{t(`tree.${op}`)}</div>
      <ul>
        {parts.map((part, index) => (
          // The parts of a condition never move: their place is their identity.
          <Part key={index} condition={part} rule={rule} titles={titles} />
        ))}
      </ul>
    </li>
  );
}
