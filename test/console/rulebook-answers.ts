/** What the fixture server says of the life of rules: one rule with a history, and the others as they are shipped. */
import { readFileSync } from 'node:fs';
import {
  type Check,
  checkSchema,
  type Diff,
  diffSchema,
  draftSchema,
  noticesSchema,
  rulebookListSchema,
  type RuleHistory,
  ruleHistorySchema,
  type Run,
  type RunDetail,
  runDetailSchema,
  runSchema,
  type Sums,
  type VersionDetail,
  versionDetailSchema,
  type VersionRow,
} from '../../src/rulebook/contract.ts';
import { actions, type VersionState } from '../../src/rulebook/states-contract.ts';
import { examplesSchema } from '../../src/rules/contract.ts';
import type { Finding } from '../../src/screening/contract.ts';
import type { Scenario } from './fixture-server.ts';
import type { Fixtures } from './fixtures.ts';
import { longCode, longMessage, longName } from './overflow.ts';

export const writtenCode = 'FW-STAY-SPLIT';
const at = '2026-02-10T02:30:00.000Z';
const examplesFile = new URL('../../rules/library/fw-stay-split.examples.json', import.meta.url);
const examples = examplesSchema.parse(JSON.parse(readFileSync(examplesFile, 'utf8')));
const hashOf = (index: number): string => String(index).padStart(64, 'b');
const states: readonly VersionState[] = [
  'review',
  'shadow',
  'active',
  'paused',
  'rejected',
  'retired',
  'approved',
];

const good: Check = {
  issues: [],
  example_issues: [],
  faults: [],
  notes: [],
  lint_clean: true,
  examples_pass: true,
};
const bad: Check = {
  ...good,
  issues: [{ path: '$.conditions.all[0].fact', message: longMessage }],
  example_issues: [{ path: '$.examples.2.claims', message: longMessage }],
  faults: Array.from({ length: 20 }, () => ({ example: longName, message: longMessage })),
  notes: [longMessage],
  lint_clean: false,
  examples_pass: false,
};

/** @returns `null`: there is no such thing */
export function rulebookAnswer(
  method: string,
  [what = '', id = '', act = '']: readonly string[],
  scenario: Scenario,
  fixtures: Fixtures,
): unknown {
  const world = { scenario, fixtures, isLong: scenario === 'overflow', isEmpty: scenario === 'empty' };
  switch (`${method} ${what}`) {
    case 'GET rules':
      return id === ''
        ? rulebookListSchema.parse(listIn(world))
        : ruleHistorySchema.parse(historyIn(world, id));
    case 'GET versions':
      return versionDetailSchema.parse(versionIn(world, id));
    case 'GET diff':
      return diffSchema.parse(diffIn(world));
    case 'GET runs':
      return runDetailSchema.parse(runIn(world));
    case 'POST runs':
      return runSchema.parse({ ...run(world), state: act === 'cancel' ? 'cancelled' : 'waiting' });
    case 'GET notices':
      return noticesSchema.parse({ notices: world.isEmpty ? [] : [noticeIn(world)] });
    case 'POST check':
      return checkSchema.parse(world.isLong ? bad : good);
    case 'GET drafts':
      return null;
    case 'POST drafts':
      return draftSchema.parse({
        code: id,
        author: 'fixture',
        based_on: null,
        updated_at: at,
        document: '',
        examples: '',
        check: good,
      });
    default:
      return null;
  }
}

interface World {
  readonly fixtures: Fixtures;
  readonly scenario: Scenario;
  readonly isLong: boolean;
  readonly isEmpty: boolean;
}

const account = ({ isLong }: World): string => (isLong ? longCode.repeat(3) : 'author-li');

const row = (world: World, index: number): VersionRow => ({
  content_hash: hashOf(index),
  code: writtenCode,
  version: String(index).padStart(12, 'c'),
  name: world.isLong ? longName : { zh: '分解住院', en: 'Stay split in two' },
  state: states[index % states.length] ?? 'retired',
  origin: index === 2 ? 'shipped' : 'written',
  author: account(world),
  based_on: index === 2 ? null : hashOf(2),
  created_at: at,
});
const rows = (world: World): VersionRow[] =>
  Array.from({ length: world.isEmpty ? 0 : world.isLong ? 30 : 4 }, (_, index) => row(world, index));

function listIn(world: World): unknown {
  const inForce = { ramp: null, account: 'system:library', at };
  const shipped = world.isEmpty ? [] : world.fixtures.rules.rules;
  return {
    generation: 7,
    rule_set: world.fixtures.rules.version,
    rules: shipped.map(({ version, document: { code, name } }, index) => ({
      code,
      name,
      active: { ...inForce, content_hash: hashOf(index), version },
      shadow: code === writtenCode ? { ...inForce, content_hash: hashOf(1), version } : null,
      latest: {
        ...row(world, 2),
        code,
        name: world.isLong ? longName : name,
        version,
        state: code === writtenCode ? 'review' : 'active',
      },
      versions: code === writtenCode ? 4 : 1,
    })),
    drafts: world.isEmpty
      ? []
      : [{ code: writtenCode, author: account(world), based_on: null, updated_at: at }],
  };
}

const historyIn = (world: World, code: string): RuleHistory => ({
  code,
  versions: rows(world),
  activations: rows(world).map((_, index) => ({
    id: index + 1,
    mode: index % 2 === 0 ? 'active' : 'shadow',
    content_hash: index % 3 === 0 ? null : hashOf(index),
    ramp:
      index % 2 === 0
        ? null
        : { areas: ['330702'], institutions: world.isLong ? Array(200).fill(longCode) : [] },
    account: account(world),
    at,
  })),
  drafts: [],
  runs: world.isEmpty ? [] : [run(world), { ...run(world), id: '6', kind: 'replay', state: 'done' }],
  may_roll_back: { action: 'rollback', allowed: false, reason: longMessage },
});

function versionIn(world: World, hash: string): VersionDetail | null {
  const document = world.fixtures.rules.rules.find((rule) => rule.document.code === writtenCode)?.document;
  if (document === undefined) return null;
  const samples = findings(world);
  return {
    ...row(world, Number(hash.replaceAll('b', '')) || 0),
    document: world.isLong ? { ...document, name: longName, purpose: longMessage } : document,
    examples,
    check: world.isLong ? bad : good,
    steps: [
      { action: 'submit', account: account(world), reason: null, at },
      {
        action: 'reject',
        account: 'approver-wang',
        reason: world.isLong ? longMessage.zh.repeat(5) : '须补充示例',
        at,
      },
    ],
    actions: actions.map((action, index) =>
      index % 2 === 0
        ? { action, allowed: true, reason: null }
        : {
            action,
            allowed: false,
            reason: world.isLong ? longMessage : { zh: '示例未全部通过', en: 'Not all examples pass' },
          },
    ),
    ramp: world.isLong ? { areas: Array(50).fill('330702'), institutions: Array(50).fill(longCode) } : null,
    backtest: run(world),
    rate: {
      low: 1,
      high: 2,
      factor: 3,
      window_claims_max: 10_000,
      claims: 123_456_789,
      hits: 98_765,
      window_claims: 1,
      window_hits: 1,
      last_rate: 1.5,
      skipped_batches: 1,
      skipped_claims: 1_234_567,
    },
    shadow: { findings: samples.length, amount: '98765432101.23', samples },
  };
}

const findings = ({ fixtures, isLong, isEmpty }: World): Finding[] =>
  isEmpty
    ? []
    : fixtures.stored
        .slice(0, 5)
        .map(({ detail: { finding } }) =>
          isLong
            ? { ...finding, message: longMessage, fixmedins_code: longCode, amount: '98765432101.23' }
            : finding,
        );

const diffIn = (world: World): Diff => ({
  from: row(world, 2),
  to: row(world, 0),
  changes: (['added', 'removed', 'changed'] as const).map((kind) => ({
    path: `$.conditions.all[0].${world.isLong ? 'long_member'.repeat(12) : 'value'}`,
    kind,
    text: world.isLong ? longMessage : { zh: '间隔由 15 改为 10', en: 'gap changed from 15 to 10' },
  })),
  examples_changed: true,
});

const run = (world: World): Run => ({
  id: '7',
  kind: 'backtest',
  subject: 'rule',
  code: writtenCode,
  content_hash: hashOf(0),
  base_hash: world.isEmpty ? null : hashOf(2),
  scope: 'all',
  state: world.isEmpty ? 'done' : 'failed',
  account: account(world),
  created_at: at,
  finished_at: at,
  error: world.isLong ? longCode.repeat(12) : world.isEmpty ? null : 'TypeError',
  persons_total: 1_234_567,
  persons: world.isEmpty ? 0 : 654_321,
  claims: world.isEmpty ? 0 : 98_765_432,
  undecided: 12,
  alarms: 3,
  created: 0,
  changed: 0,
  withdrawn: 0,
});

function runIn(world: World): RunDetail {
  const n = world.isEmpty ? 0 : 123_456;
  const sum = { findings: n, amount: world.isEmpty ? '0.00' : '98765432101.23' };
  const sums: Sums = {
    claims: n,
    new: sum,
    lost: sum,
    same: { ...sum, amount_before: '1.00', changed: 0 },
    rate: world.isEmpty ? null : 1.25,
    rate_before: null,
  };
  const samples = findings(world);
  return {
    run: run(world),
    results: {
      total: sums,
      by_institution: Array.from({ length: world.isEmpty ? 0 : world.isLong ? 400 : 4 }, (_, index) => ({
        ...sums,
        fixmedins_code: `${world.isLong ? longCode : 'H3307020000'}${index}`,
      })),
      by_month: Array.from({ length: world.isEmpty ? 0 : world.isLong ? 60 : 6 }, (_, index) => ({
        ...sums,
        month: `${2021 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
      })),
      band: world.isEmpty ? null : { low: 0.5, high: 2 },
      precision: { labelled: 0, precision: null, note: null },
      samples: { new: samples, lost: samples, same: samples },
    },
  };
}

const noticeIn = (world: World) => ({
  id: '3',
  code: world.isLong ? `FW-${'LONG-'.repeat(11)}X` : writtenCode,
  content_hash: hashOf(3),
  kind: 'rate_left_band',
  detail: { rate: 12.5, low: 0.5, high: 2, claims: 12_000, hits: 150, state: 'paused' },
  created_at: at,
  seen_by: null,
  seen_at: null,
});
