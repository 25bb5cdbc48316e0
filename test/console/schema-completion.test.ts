import { CompletionContext } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { completionsFrom } from '../../src/console/rules/schema-completion.ts';
import { schemaNodeSchema } from '../../src/console/rules/schema-node.ts';
import { emptyTexts } from '../../src/console/rules/empty-rule.ts';
import { ruleSchema } from '../../src/rules/contract.ts';
import { plainFacts } from '../../src/rules/facts.ts';
import { ruleJsonSchema } from '../../src/rules/schema.ts';

const source = completionsFrom(schemaNodeSchema.parse(ruleJsonSchema()));

/** What is offered where `|` stands. */
function offered(marked: string): string[] {
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [json()] });
  const found = source(new CompletionContext(state, marked.indexOf('|'), true));
  return (found?.options ?? []).map(({ label }) => label);
}

it('a new rule begins with every member of a rule, and with a fact that there is', () => {
  const document = z
    .looseObject({ conditions: z.object({ all: z.array(z.looseObject({ fact: z.string() })) }) })
    .parse(JSON.parse(emptyTexts('FW-NEW').document));
  expect(Object.keys(document).toSorted()).toEqual(Object.keys(ruleSchema.shape).toSorted());
  for (const { fact } of document.conditions.all) expect(Object.keys(plainFacts)).toContain(fact);
});

describe('completion of rules', () => {
  it('offers the members that are not there yet', () => {
    expect(offered('{"code": "FW-A", "|"}')).toEqual(expect.arrayContaining(['"verdict"', '"conditions"']));
    expect(offered('{"code": "FW-A", "|"}')).not.toContain('"code"');
    expect(offered('{"name": {"|"}}')).toEqual(['"zh"', '"en"']);
  });

  it('offers the values that the schema lists', () => {
    expect(offered('{"verdict": "|"}')).toEqual(['"违规"', '"可疑"', '"提示"']);
    expect(offered('{"stage": ["|"]}')).toEqual(['"事前"', '"事中"', '"事后"']);
  });

  it('goes on inside nested conditions', () => {
    const inside = (leaf: string): string[] => offered(`{"conditions": {"any": [{"all": [${leaf}]}]}}`);
    expect(inside('{"fact": "|"}')).toEqual(
      expect.arrayContaining(['"claim.medfee_sumamt"', '"group.count"', '"table"']),
    );
    expect(inside('{"operator": |}')).toContain('"greaterThan"');
  });

  it('offers the arguments of the fact that is named, and of no other', () => {
    expect(offered('{"let": {"row": {"fact": "table", "params": {"|"}}}}')).toContain('"table"');
    expect(offered('{"let": {"row": {"fact": "calc", "params": {"|"}}}}')).not.toContain('"table"');
  });
});
