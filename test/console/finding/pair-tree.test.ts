import { describe, expect, it } from 'vitest';
import { type PairedNode, pairTree } from '../../../src/console/finding/pair-tree.ts';
import type { Condition, TreeNode } from '../../../src/rules/contract.ts';

const leaf = (fact: string): Extract<TreeNode, { op: 'leaf' }> => ({
  op: 'leaf',
  result: true,
  fact,
  operator: 'equal',
  actual: 1,
  expected: 1,
});
const authored = (fact: string): Condition => ({ fact, operator: 'equal', value: { param: 'p' } });
const factsOf = (node: PairedNode): (string | null)[] =>
  node.op === 'leaf' ? [node.authored?.fact ?? null] : node.of.flatMap(factsOf);

describe('a tree and the conditions of its rule', () => {
  it('are paired part by part', () => {
    const tree: TreeNode = {
      op: 'all',
      result: true,
      of: [
        leaf('a.x'),
        { op: 'any', result: true, of: [leaf('b.x')] },
        { op: 'not', result: true, of: [leaf('c.x')] },
      ],
    };
    const condition: Condition = {
      all: [authored('a.x'), { any: [authored('b.x')] }, { not: authored('c.x') }],
    };
    expect(factsOf(pairTree(tree, condition))).toEqual(['a.x', 'b.x', 'c.x']);
  });

  it('are paired when the rule is a single comparison', () => {
    expect(factsOf(pairTree({ op: 'all', result: true, of: [leaf('a.x')] }, authored('a.x')))).toEqual([
      'a.x',
    ]);
  });

  it('are not paired where the rule has changed since', () => {
    const tree: TreeNode = {
      op: 'all',
      result: true,
      of: [leaf('a.x'), { op: 'any', result: true, of: [leaf('b.x')] }],
    };
    expect(factsOf(pairTree(tree, { all: [authored('other.x'), { all: [authored('b.x')] }] }))).toEqual([
      null,
      null,
    ]);
    expect(factsOf(pairTree(tree, { any: [authored('a.x'), authored('b.x')] }))).toEqual([null, null]);
    expect(factsOf(pairTree(tree, { all: [authored('a.x')] }))).toEqual([null, null]);
    expect(factsOf(pairTree(tree, null))).toEqual([null, null]);
  });
});
