/**
 * The evaluation tree beside the conditions it came from, so that the page can say what an expected value stands for. The rule shown
 * is the one of today, the tree may be older: where the two no longer have the same form, the tree stands alone.
 */
import type { Condition, Leaf, TreeNode } from '../../rules/contract.ts';
import type { ExplainedLeaf, ExplainedNode, ExplainedOutcome } from '../../screening/explain-contract.ts';

/** Of a finding, or of an explanation, which says more. */
type ShownNode = TreeNode | ExplainedNode;
export type ShownLeaf = Extract<TreeNode, { op: 'leaf' }> | ExplainedLeaf;

export type PairedNode =
  | {
      readonly op: 'all' | 'any' | 'not';
      readonly outcome: ExplainedOutcome;
      readonly of: readonly PairedNode[];
    }
  | {
      readonly op: 'leaf';
      readonly outcome: ExplainedOutcome;
      readonly node: ShownLeaf;
      readonly authored: Leaf | null;
    };

export function pairTree(node: ShownNode, condition: Condition | null): PairedNode {
  const outcome = outcomeOf(node);
  if (node.op === 'leaf') return { op: 'leaf', outcome, node, authored: leafOf(node, condition) };
  const parts = partsOf(node.op, condition, node.of.length);
  return {
    op: node.op,
    outcome,
    of: node.of.map((part, index) => pairTree(part, parts?.[index] ?? null)),
  };
}

/** What json-rules-engine reports knows two outcomes. */
const outcomeOf = (node: ShownNode): ExplainedOutcome =>
  'outcome' in node ? node.outcome : node.result ? 'hit' : 'no';

/** Whether the outcome rests on something within. */
export const isDecisive = (node: PairedNode): boolean =>
  node.op === 'leaf' ? 'decides' in node.node && node.node.decides : node.of.some(isDecisive);

function leafOf(node: ShownLeaf, condition: Condition | null): Leaf | null {
  if (condition === null || !('operator' in condition)) return null;
  return condition.fact === node.fact && condition.operator === node.operator ? condition : null;
}

function partsOf(
  op: 'all' | 'any' | 'not',
  condition: Condition | null,
  length: number,
): readonly Condition[] | null {
  if (condition === null) return null;
  // A rule of one comparison alone is wrapped for json-rules-engine, which wants `all`, `any` or `not` at the top.
  if ('operator' in condition) return op === 'all' && length === 1 ? [condition] : null;
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition.not];
  const isSame = op in condition && parts.length === length;
  return isSame ? parts : null;
}
