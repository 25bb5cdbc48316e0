import { Tag } from 'antd';
import { type ComponentType, useState } from 'react';
import type { RuleDocument, TreeNode } from '../../rules/contract.ts';
import type { ExplainedNode, ExplainedOutcome } from '../../screening/explain-contract.ts';
import { factWords, isFactRef, offByWords, operandName, type Titles, valueWords } from '../fact-words.ts';
import { DownIcon, ForwardIcon, NoIcon, UnknownIcon, YesIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import type { MessageKey } from '../messages.ts';
import { isDecisive, type PairedNode, pairTree, type ShownLeaf } from './pair-tree.ts';

export function EvaluationTree({ tree, rule, titles }: { tree: TreeNode | ExplainedNode } & Shown) {
  const { t } = useText();
  return (
    <ul className="tree" aria-label={t('reason.tree')}>
      <Branch node={pairTree(tree, rule?.conditions ?? null)} rule={rule} titles={titles} />
    </ul>
  );
}

/** Comparisons on their own. */
export function EvaluatedLeaves({ leaves, rule, titles }: { leaves: readonly ShownLeaf[] } & Shown) {
  return (
    <ul className="tree">
      {leaves.map((leaf, index) => (
        <Branch key={index} node={pairTree(leaf, null)} rule={rule} titles={titles} />
      ))}
    </ul>
  );
}

type Shown = { rule: RuleDocument | null; titles: Titles };

function Branch({ node, rule, titles }: { node: PairedNode } & Shown) {
  const { t } = useText();
  // What holds is the reason, and what decides is why not; the rest is there for those who ask.
  const [isOpen, setOpen] = useState(node.op !== 'leaf' && (node.outcome === 'hit' || isDecisive(node)));
  if (node.op === 'leaf') return <LeafItem node={node} rule={rule} titles={titles} />;
  const holding = node.of.filter(({ outcome }) => outcome === 'hit').length;
  return (
    <li>
      <button type="button" className="tree-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className="tree-fold">{isOpen ? <DownIcon /> : <ForwardIcon />}</span>
        <Outcome outcome={node.outcome} />
        <span>{t(`tree.${node.op}`)}</span>
        {node.op !== 'not' && (
          <span className="quiet">{t('tree.holding', { n: holding, all: node.of.length })}</span>
        )}
      </button>
      {isOpen && (
        <ul>
          {node.of.map((part, index) => (
            // The parts of a tree never move: their place is their identity.
            <Branch key={index} node={part} rule={rule} titles={titles} />
          ))}
        </ul>
      )}
    </li>
  );
}

function LeafItem({
  node: { node, outcome, authored },
  rule,
  titles,
}: { node: Extract<PairedNode, { op: 'leaf' }> } & Shown) {
  const text = useText();
  const { t } = text;
  const reference = authored ?? { fact: node.fact, ...(node.path === undefined ? {} : { path: node.path }) };
  const expectedAs = authored !== null && isFactRef(authored.value) ? authored.value : reference;
  const standsFor = authored === null ? null : operandName(authored, rule, titles, text);
  const isStated = (side: 'actual' | 'expected'): boolean =>
    !('unstated' in node && node.unstated?.includes(side) === true);
  const isHidden = 'hidden' in node && node.hidden === true;
  const actual = isHidden
    ? t('tree.hidden')
    : isStated('actual')
      ? valueWords(node.actual, reference, rule, titles, text)
      : t('value.not_stated');
  const expected = isStated('expected')
    ? valueWords(node.expected, expectedAs, rule, titles, text)
    : t('value.not_stated');
  return (
    <li className="tree-leaf">
      <Outcome outcome={outcome} />
      <div>
        <div>
          <span className="tree-fact" title={`${node.fact}${node.path ?? ''}`}>
            {factWords(reference, rule, titles, text)}
          </span>{' '}
          <b className="tree-value">{actual}</b>
        </div>
        <div>
          <span className="tree-operator">{t(`operator.${node.operator}`)}</span>{' '}
          <b className="tree-value">{expected}</b>
          {standsFor !== null && (
            <span className="quiet">{t('value.in_brackets', { value: standsFor })}</span>
          )}{' '}
          {'decides' in node && node.decides && <Decides distance={node.distance} />}
        </div>
      </div>
    </li>
  );
}

function Decides({ distance }: { distance: number | undefined }) {
  const text = useText();
  return (
    <Tag className="tree-decides">
      {text.t('tree.decides')}
      {distance !== undefined &&
        distance < 1 &&
        text.t('value.in_brackets', { value: offByWords(distance, text) })}
    </Tag>
  );
}

const outcomes = {
  hit: { Icon: YesIcon, name: 'outcome outcome-yes', says: 'tree.holds' },
  no: { Icon: NoIcon, name: 'outcome outcome-no', says: 'tree.holds_not' },
  unknown: { Icon: UnknownIcon, name: 'outcome outcome-unknown', says: 'tree.unknown' },
} as const satisfies Record<ExplainedOutcome, { Icon: ComponentType; name: string; says: MessageKey }>;

function Outcome({ outcome }: { outcome: ExplainedOutcome }) {
  const { t } = useText();
  const { Icon, name, says } = outcomes[outcome];
  return (
    <span className={name} title={t(says)}>
      <Icon />
      <span className="sr-only">{t(says)}</span>
    </span>
  );
}
