import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadRuleSet, RuleError, ruleBytesMax } from '../../src/rules/library.ts';

const rules = fileURLToPath(new URL('../../rules', import.meta.url));
const text = readFileSync(join(rules, 'library', 'fw-stay-overlap.json'), 'utf8');
const sound: Record<string, unknown> = JSON.parse(text);

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fundwatch-rules-'));
  cpSync(join(rules, 'knowledge'), join(directory, 'knowledge'), { recursive: true });
  mkdirSync(join(directory, 'library'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const put = (file: string, content: string | object): void =>
  writeFileSync(
    join(directory, 'library', file),
    typeof content === 'string' ? content : JSON.stringify(content),
  );

async function faults(): Promise<string[]> {
  const error: unknown = await loadRuleSet(directory).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RuleError)) throw error;
  expect(error.message.split('\n')).toHaveLength(error.issues.length);
  return error.issues.map(({ file, path, message }) => `${file} ${path}: ${message.en}`);
}

describe('loading rules', () => {
  it('gives the same version for the same rules and another for any change', async () => {
    put('a.json', sound);
    const first = await loadRuleSet(directory);
    expect((await loadRuleSet(directory)).version).toBe(first.version);
    // The layout of the file is not part of the rule, its content is.
    put('a.json', JSON.stringify(sound, null, 8));
    expect((await loadRuleSet(directory)).version).toBe(first.version);
    put('a.json', { ...sound, verdict: '可疑' });
    const changed = await loadRuleSet(directory);
    expect(changed.version).not.toBe(first.version);
    expect(changed.rules[0]?.version).not.toBe(first.rules[0]?.version);
  });

  it('names every fault of every file, and loads nothing', async () => {
    put('a.json', '{"code": ');
    put('b.json', { ...sound, code: 'nonsense', colour: 'red' });
    put('c.json', {
      ...sound,
      code: 'FW-C',
      conditions: { fact: 'stay.colour', operator: 'equal', value: 1 },
    });
    put('d.json', sound);
    put('notes.txt', 'not a rule');
    put('e.examples.json', 'not a rule either');
    expect(await faults()).toEqual([
      expect.stringMatching(/^a\.json \$: is not JSON: line 1, column \d+: /),
      'b.json $.code: does not fit the schema: FW-…',
      'b.json $.colour: does not fit the schema: Unrecognized key: "colour"',
      'c.json $.conditions.fact: there is no fact named stay.colour',
    ]);
  });

  it('says where in a condition the fault is', async () => {
    const leaf = { fact: 'claim.los_days', operator: 'greaterThan', value: 1 };
    const broken = (conditions: object): void => put('a.json', { ...sound, conditions });
    broken({ all: [leaf, { any: [{ ...leaf, operator: 'larger' }] }] });
    expect(await faults()).toEqual([
      expect.stringMatching(
        /^a\.json \$\.conditions\.all\[1\]\.any\[0\]\.operator: does not fit the schema: Invalid option/,
      ),
    ]);
    broken({ not: { ...leaf, value: null } });
    expect(await faults()).toEqual([expect.stringMatching(/^a\.json \$\.conditions\.not\.value: /)]);
    broken({ all: [] });
    expect(await faults()).toEqual([expect.stringMatching(/^a\.json \$\.conditions\.all: .*>=1/)]);
    broken({ all: [leaf], any: [leaf] });
    expect(await faults()).toEqual([
      expect.stringMatching(/^a\.json \$\.conditions\.any: .*Unrecognized key/),
    ]);
    broken({ ...leaf, colour: 'red' });
    expect(await faults()).toEqual([
      expect.stringMatching(/^a\.json \$\.conditions\.colour: .*Unrecognized key: "colour"/),
    ]);
  });

  it('refuses a code that is used twice', async () => {
    put('a.json', sound);
    put('b.json', sound);
    expect(await faults()).toEqual(['FW-STAY-OVERLAP $.code: the code is used twice']);
  });

  it('refuses what is too large or too deep before reading it', async () => {
    put('a.json', JSON.stringify(sound).padEnd(ruleBytesMax + 1));
    const depth = 20_000;
    const deep = `${'{"not":'.repeat(depth)}{"fact":"claim.los_days","operator":"equal","value":1}${'}'.repeat(depth)}`;
    put(
      'b.json',
      JSON.stringify({ ...sound, conditions: 0 }).replace('"conditions":0', `"conditions":${deep}`),
    );
    expect(await faults()).toEqual([
      `a.json $: is larger than ${ruleBytesMax} bytes`,
      'b.json $: is nested deeper than 64',
    ]);
  });
});
