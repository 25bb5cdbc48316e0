import { useState } from 'react';
import type { RuleDocument, TreeNode } from '../../rules/contract.ts';
import { factWords, isFactRef, operandName, type Titles, valueWords } from '../fact-words.ts';
import { DownIcon, ForwardIcon, NoIcon, YesIcon } from '../icons.tsx';
import { useText } from '../language.tsx';
import { type PairedNode, pairTree } from './pair-tree.ts';

export function EvaluationTree({
  tree,
  rule,
  titles,
}: {
  tree: TreeNode;
  rule: RuleDocument | null;
  titles: Titles;
}) {
  const { t } = useText();
  return (
    <ul className="tree" aria-label={t('reason.tree')}>
      <Branch node={pairTree(tree, rule?.conditions ?? null)} rule={rule} titles={titles} />
    </ul>
  );
}

type Shown = { rule: RuleDocument | null; titles: Titles };

function Branch({ node, rule, titles }: { node: PairedNode } & Shown) {
  const { t } = useText();
  // What holds is the reason and stands open; what does not is there for those who ask.
  const [isOpen, setOpen] = useState(node.op !== 'leaf' && node.result);
  if (node.op === 'leaf') return <LeafItem node={node} rule={rule} titles={titles} />;
  const holding = node.of.filter((part) => (part.op === 'leaf' ? part.node.result : part.result)).length;
  return (
    <li>
      <button type="button" className="tree-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className="tree-fold">{isOpen ? <DownIcon /> : <ForwardIcon />}</span>
        <Outcome result={node.result} />
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
  node: { node, authored },
  rule,
  titles,
}: { node: Extract<PairedNode, { op: 'leaf' }> } & Shown) {
  const text = useText();
  const { t } = text;
  const reference = authored ?? { fact: node.fact, ...(node.path === undefined ? {} : { path: node.path }) };
  const expectedAs = authored !== null && isFactRef(authored.value) ? authored.value : reference;
  const standsFor = authored === null ? null : operandName(authored, rule, titles, text);
  return (
    <li className="tree-leaf">
      <Outcome result={node.result} />
      <div>
        <div>
          <span className="tree-fact" title={`${node.fact}${node.path ?? ''}`}>
            {factWords(reference, rule, titles, text)}
          </span>{' '}
          <b className="tree-value">{valueWords(node.actual, reference, rule, titles, text)}</b>
        </div>
        <div>
          <span className="tree-operator">{t(`operator.${node.operator}`)}</span>{' '}
          <b className="tree-value">{valueWords(node.expected, expectedAs, rule, titles, text)}</b>
          {standsFor !== null && (
            <span className="quiet">{t('value.in_brackets', { value: standsFor })}</span>
          )}
        </div>
      </div>
    </li>
  );
}

function Outcome({ result }: { result: boolean }) {
  const { t } = useText();
  return (
    <span
      className={result ? 'outcome outcome-yes' : 'outcome outcome-no'}
      title={result ? t('tree.holds') : t('tree.holds_not')}
    >
      {result ? <YesIcon /> : <NoIcon />}
      <span className="sr-only">{result ? t('tree.holds') : t('tree.holds_not')}</span>
    </span>
  );
}
