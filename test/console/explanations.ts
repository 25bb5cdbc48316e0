/** Why rules hit a settlement and others do not, as the product itself says it of an example of the library. */
import type { CurrentClaim } from '../../src/claims/timeline.ts';
import { everything } from '../../src/people/sight.ts';
import { type RuleSet, selectRules } from '../../src/rules/library.ts';
import { type Asked, explained, nearest } from '../../src/screening/explain.ts';
import {
  type ExplainedNode,
  type Explanation,
  explanationSchema,
  type Near,
  nearSchema,
  type Subject,
} from '../../src/screening/explain-contract.ts';
import { byPerson, contextsOf } from '../../src/screening/screen-all.ts';
import { longCode, longMessage, longName, longZh } from './overflow.ts';

export interface Explanations {
  readonly near: Near;
  /** By the code of the rule. */
  readonly of: ReadonlyMap<string, Explanation>;
}

/** @param claims those of one person; the first is asked about */
export async function explanationsOf(
  claims: readonly CurrentClaim[],
  ruleSet: RuleSet,
): Promise<Explanations> {
  const [claim] = claims;
  if (claim === undefined) throw new Error('nothing to explain');
  const { psn_no } = claim.claim.person;
  const context = contextsOf(
    byPerson(claims, (one) => one.claim.person.psn_no),
    new Map(),
  )(psn_no, claims);
  const asked: Asked = { context, claim, sight: everything };
  const explanations = await Promise.all(
    ruleSet.rules.map(async ({ document, version, tables }): Promise<[string, Explanation]> => {
      const said = await explained(
        asked,
        selectRules(ruleSet, (rule) => rule.document.code === document.code),
      );
      return [
        document.code,
        explanationSchema.parse({
          ...said,
          rule: {
            code: document.code,
            version,
            content_hash: null,
            state: 'active',
            in_force: true,
            document,
            tables,
          },
        }),
      ];
    }),
  );
  return { near: nearSchema.parse(await nearest(asked, ruleSet)), of: new Map(explanations) };
}

const manyRules = 30;
const longSubject = (subject: Subject): Subject => ({
  ...subject,
  unit: 'group',
  lines_total: 4_321,
  lines: [
    {
      setl_id: longCode,
      fixmedins_code: longCode,
      feedetl_sn: longCode,
      med_list_codg: longCode,
      item_name: longMessage.zh,
      fee_ocur_time: '2025-03-02 09:00:00',
    },
  ],
});

export const overflowingNear = (near: Near): Near => {
  const brief = { rule_code: 'FW-LONG', rule_version: longCode, name: longName, verdict: '可疑' } as const;
  const [first] = near.near;
  return {
    ...near,
    claim: { ...near.claim, fixmedins_name: longZh },
    reasons: [{ code: 'ramp', message: longMessage }],
    counts: { hit: 1_234_567, unknown: 1_234_567, no: 1_234_567, not_applicable: 1_234_567 },
    hits: Array.from({ length: manyRules }, (_, index) => ({
      ...brief,
      rule_code: `FW-LONG-HIT-${index}`,
      findings: [{ finding_id: longCode, message: longMessage, amount: '98765432101.23' }],
    })),
    unknown: Array.from({ length: manyRules }, (_, index) => ({
      ...brief,
      rule_code: `FW-LONG-UNKNOWN-${index}`,
      missing: ['person.brdy', 'table(item-sex)', 'line.bilg_dr_codg', 'claims'],
    })),
    near:
      first === undefined
        ? []
        : Array.from({ length: 20 }, (_, index) => ({
            ...first,
            rule_code: `FW-LONG-NEAR-${index}`,
            name: longName,
            subject: longSubject(first.subject),
          })),
  };
};

const deepened = (tree: ExplainedNode, depth: number): ExplainedNode =>
  depth === 0 ? tree : { op: 'all', result: false, outcome: 'no', of: [deepened(tree, depth - 1), tree] };
const treeDepth = 8;

export const overflowingExplanation = (explanation: Explanation): Explanation => {
  const [first] = explanation.candidates;
  return {
    ...explanation,
    rule: {
      ...explanation.rule,
      in_force: false,
      state: 'shadow',
      document: { ...explanation.rule.document, name: longName },
    },
    reasons: [{ code: 'ramp', message: longMessage }],
    missing: ['person.brdy', 'table(item-sex)', 'line.bilg_dr_codg', 'claims'],
    findings: [{ finding_id: longCode, message: longMessage, amount: '98765432101.23' }],
    candidates_total: 1_999,
    candidates:
      first === undefined
        ? []
        : Array.from({ length: 20 }, () => ({
            ...first,
            subject: longSubject(first.subject),
            tree: first.tree === null ? null : deepened(first.tree, treeDepth),
          })),
  };
};
