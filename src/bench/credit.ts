/**
 * `bench credit`: how well the risk index, and the credit of a test scheme in which every finding counts as confirmed, tell labelled
 * institutions apart – beside what their size alone tells, over all and within five groups of like size. Claim ids and labels are no input
 * of anything that is scored.
 */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { readClaims } from '../claims/import/read.ts';
import { judgeItem } from '../claims/item.ts';
import { splitPersonal } from '../claims/personal.ts';
import { type CurrentClaim, currentClaims } from '../claims/timeline.ts';
import { bySubject } from '../credit/by-subject.ts';
import type { NewEntry } from '../credit/contract.ts';
import { append, exported, type Row, verifyLedger } from '../credit/ledger.ts';
import { loadRiskDocument } from '../credit/risk-file.ts';
import { riskIndex } from '../credit/risk-index.ts';
import { excessDays, type MeasuredStay, measure, type SuspectedAmount } from '../credit/risk-measures.ts';
import { score } from '../credit/score.ts';
import { dayOf, formatDay } from '../platform/civil.ts';
import { scales, unitsOf } from '../platform/decimal.ts';
import { loadRuleSet } from '../rules/library.ts';
import { screenAll } from '../screening/screen-all.ts';
import { auc, aucWithin, type Labelled, type WithinGroups } from './auc.ts';
import { excessDaysMin, testScheme } from './credit-scheme.ts';
import { type Machine, machine } from './machine.ts';

export interface CreditOptions {
  /** Folder of the claims, with the labels in `labels-development-half.csv`. */
  readonly data: string;
  readonly mapping: string;
  readonly rulesDir: string;
  /** Day number of today: claims of later days are rejected. */
  readonly asOf: number;
  readonly print: (line: string) => void;
}

export interface ScoreFigures {
  readonly name: string;
  readonly auc: number;
  readonly within: WithinGroups;
  /** Of the two halves into which a hash of their codes parts the labelled institutions. */
  readonly halves: readonly [number | null, number | null];
}

export interface CreditFigures {
  readonly measured_at: string;
  readonly machine: Machine;
  readonly claims: number;
  readonly institutions: number;
  readonly labelled: number;
  readonly positives: number;
  readonly rule_findings: number;
  readonly long_stays: number;
  readonly ledger: { readonly entries: number; readonly append_ms: number; readonly verify_ms: number };
  readonly scores: readonly ScoreFigures[];
}

const sizeGroups = 5;

export async function runCreditBench(options: CreditOptions): Promise<CreditFigures> {
  const { rulesDir, asOf, print } = options;
  const claims = await claimsOf(options);
  print(`${claims.length} claims`);
  const ruleSet = await loadRuleSet(rulesDir);
  const findings: SuspectedAmount[] = (await screenAll(claims, [], ruleSet))
    .flatMap((verdict) => verdict.findings)
    .map(({ fixmedins_code, amount }) => ({ institution: fixmedins_code, amountFen: fen(amount) }));
  print(`${findings.length} findings of rules`);
  const stays = claims.map(stayOf);
  const document = await loadRiskDocument(rulesDir);
  if (document === null) throw new Error('没有风险指数文件 / there is no document of the risk index');
  const measures = measure(stays, findings, document.peers_min);
  const excess = excessDays(stays, document.peers_min);
  const longStays = stays.flatMap(({ institution }, at) => {
    const days = excess[at] ?? 0;
    return days >= excessDaysMin ? [{ institution, days }] : [];
  });

  const ruleEntries = findings.map(({ institution }) => entryOf(institution, 'rule_finding', null, asOf));
  const stayEntries = longStays.map(({ institution, days }) =>
    entryOf(institution, 'stay_beyond_peers', days, asOf),
  );
  const appendedAt = performance.now();
  const rows = rowsOf([...ruleEntries, ...stayEntries]);
  const append_ms = Math.round(performance.now() - appendedAt);
  const lines = exported(rows).split('\n').slice(0, -1);
  const verifiedAt = performance.now();
  const { entries, fault } = await verifyLedger(lines);
  const verify_ms = Math.round(performance.now() - verifiedAt);
  if (fault !== null) throw new Error(`the ledger does not hold: ${fault.fault}`);

  const labels = await labelsOf(options.data);
  const labelled = [...labels].filter(([institution]) => measures.has(institution));
  const sizeOf = (institution: string): number => measures.get(institution)?.settlements ?? 0;
  const figuresOf = (name: string, scores: ReadonlyMap<string, number>): ScoreFigures => {
    const all = labelled.map(([institution, isPositive]) => ({
      institution,
      size: sizeOf(institution),
      score: scores.get(institution) ?? 0,
      isPositive,
    }));
    const half = (odd: boolean): Labelled[] => all.filter(({ institution }) => isOdd(institution) === odd);
    return {
      name,
      auc: auc(all) ?? 0,
      within: aucWithin(all, sizeGroups),
      halves: [auc(half(false)), auc(half(true))],
    };
  };
  /** What is lost of the base: higher is worse, like the risk index. */
  const lost = (isCounted: (fact: string) => boolean): ReadonlyMap<string, number> =>
    new Map(
      bySubject(
        entries.filter((entry) => entry.entry === 'fact' && isCounted(entry.fact)),
        () => true,
      ).map(({ subject, entries: own }) => [
        subject.key,
        testScheme.base * 100 - (score(own, testScheme, asOf).points_hundredths ?? 0),
      ]),
    );
  return {
    measured_at: formatDay(asOf),
    machine: machine(),
    claims: claims.length,
    institutions: measures.size,
    labelled: labelled.length,
    positives: labelled.filter(([, isPositive]) => isPositive).length,
    rule_findings: findings.length,
    long_stays: longStays.length,
    ledger: { entries: entries.length, append_ms, verify_ms },
    scores: [
      figuresOf(
        'size: settlements',
        mapOf(measures, ({ settlements }) => settlements),
      ),
      figuresOf(
        'size: fund paid',
        mapOf(measures, ({ fund_paid_fen }) => fund_paid_fen),
      ),
      figuresOf(
        'credit: findings of rules',
        lost((fact) => fact === 'rule_finding'),
      ),
      figuresOf(
        'credit: and stays beyond their peers',
        lost(() => true),
      ),
      figuresOf(
        'risk index',
        new Map(
          riskIndex(measures, document).map(({ institution, index_hundredths }) => [
            institution,
            index_hundredths,
          ]),
        ),
      ),
    ],
  };
}

async function claimsOf({ data, mapping, asOf }: CreditOptions): Promise<CurrentClaim[]> {
  const claims: CurrentClaim[] = [];
  for await (const item of readClaims([data], { mapping })) {
    const result = judgeItem(item, asOf);
    if (result.ok)
      claims.push({ claim: splitPersonal(result.claim).doc, contentHash: result.hash.toString('hex') });
  }
  return currentClaims(claims);
}

function stayOf({ claim: { institution, visit, drg, settlement } }: CurrentClaim): MeasuredStay {
  const from = dayOf(visit.begntime);
  const to = visit.endtime === undefined ? null : dayOf(visit.endtime);
  return {
    institution: institution.fixmedins_code,
    group: drg?.drg_code ?? null,
    days: from === null || to === null ? null : to - from,
    fundPaidFen: fen(settlement.fund_pay_sumamt ?? '0'),
  };
}

const fen = (yuan: string): number => unitsOf(yuan, scales.money) ?? 0;

const entryOf = (institution: string, fact: string, value: number | null, asOf: number): NewEntry => ({
  entry: 'fact',
  subject: { kind: 'institution', key: institution },
  day: formatDay(asOf),
  source: { reference: 'test scheme: taken as confirmed', sha256: null },
  fact,
  basis: 'accepted_finding',
  points: null,
  severity: null,
  responsibility: null,
  value,
  event: null,
  act: null,
});

function rowsOf(entries: readonly NewEntry[]): Row[] {
  const rows: Row[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    rows.push(
      append(
        last === undefined ? null : { seq: last.entry.seq, hash: last.hash },
        entry,
        '2000-01-01T00:00:00.000Z',
      ),
    );
  }
  return rows;
}

const labelSchema = z.array(z.object({ Provider: z.string(), PotentialFraud: z.enum(['Yes', 'No']) }));

async function labelsOf(data: string): Promise<Map<string, boolean>> {
  const text = await readFile(join(data, 'labels-development-half.csv'), 'utf8');
  const rows = labelSchema.parse(parse(text, { columns: true }));
  return new Map(rows.map(({ Provider, PotentialFraud }) => [Provider, PotentialFraud === 'Yes']));
}

const isOdd = (institution: string): boolean =>
  Number.parseInt(hash('sha256', institution, 'hex').slice(0, 2), 16) % 2 === 1;

const mapOf = <Value>(of: ReadonlyMap<string, Value>, pick: (value: Value) => number): Map<string, number> =>
  new Map([...of].map(([key, value]) => [key, pick(value)]));
