/** From findings to the records of the national audit contract, and to what is remembered of each so that feedback finds its rule. Pure. */
import { createHash } from 'node:crypto';
import { claimKey } from '../../claims/timeline.ts';
import type { RuleDocument, Verdict } from '../../rules/contract.ts';
import type { Finding } from '../contract.ts';
import { type JudgeResult, volaTextCharsMax } from './contract.ts';
import type { TranslatedVisit } from './translate.ts';

/** What is remembered of a record that was given out. Nothing in it leads to the patient but the visit. */
export interface Warning {
  readonly jr_id: string;
  readonly rule_code: string;
  readonly rule_version: string;
  readonly fixmedins_code: string;
  readonly mdtrt_id: string;
  readonly doctor: string | null;
  readonly department: string | null;
  /** 1 事前 (3101), 2 事中 (3102). */
  readonly warn_type: '1' | '2';
}

/** 明确违规, 高度可疑, 轻度可疑. */
const severity = { 违规: '1', 可疑: '2', 提示: '3' } as const satisfies Record<Verdict, string>;

/** By `claimKey` of the claims that were made from them. */
export type VisitsByKey = ReadonlyMap<string, TranslatedVisit>;

export const visitsByKey = (visits: readonly TranslatedVisit[]): VisitsByKey =>
  new Map(
    visits.map((visit) => [claimKey(visit.claim.institution.fixmedins_code, visit.claim.setl_id), visit]),
  );

/** `null`: the finding has nothing to do with what was asked. */
export function recordOf(
  finding: Finding,
  rule: RuleDocument,
  visits: VisitsByKey,
  request: { warn_type: '1' | '2'; task_id: string },
): { record: JudgeResult; warning: Warning } | null {
  const owner = visits.get(keyOf(finding));
  if (owner === undefined || !finding.claims.some((claim) => visits.get(keyOf(claim))?.asked)) return null;
  const jr_id = jrIdOf(finding, request.warn_type);
  const violating = finding.lines.find(({ role }) => role === '违规项');
  const order =
    violating === undefined ? undefined : visits.get(keyOf(violating))?.orders.get(violating.feedetl_sn);
  return {
    record: {
      jr_id,
      rule_id: finding.rule_code,
      rule_name: finding.rule_name.zh,
      vola_cont: cut(finding.message.zh),
      patn_id: owner.patn_id,
      mdtrt_id: owner.mdtrt_id,
      judge_result_detail_dtos: detailsOf(finding, owner, visits).map((detail, index) => ({
        jrd_id: hash(jr_id, String(index)),
        ...detail,
      })),
      vola_amt: Number(finding.amount),
      vola_amt_stas: rule.stake.of === 'none' ? '0' : '1',
      sev_deg: severity[finding.verdict],
      vola_evid: cut(rule.basis.map(({ law, article }) => `${law}${article}`).join('；')),
      vola_bhvr_type: rule.each.unit === 'line' || rule.each.unit === 'group' ? '2' : '1',
      task_id: request.task_id,
    },
    warning: {
      jr_id,
      rule_code: finding.rule_code,
      rule_version: finding.rule_version,
      fixmedins_code: finding.fixmedins_code,
      mdtrt_id: finding.mdtrt_id,
      doctor: order?.doctor ?? owner.doctor,
      department: order?.department ?? owner.department,
      warn_type: request.warn_type,
    },
  };
}

type Detail = Omit<JudgeResult['judge_result_detail_dtos'][number], 'jrd_id'>;

/** Lines with their orders; claims that no line stands for as a whole. */
function detailsOf(finding: Finding, owner: TranslatedVisit, visits: VisitsByKey): Detail[] {
  const withLines = new Set(finding.lines.map(keyOf));
  const claims = new Map(finding.claims.map((claim) => [keyOf(claim), claim]));
  return [
    ...finding.lines.map((line) => {
      const visit = visits.get(keyOf(line));
      const claim = claims.get(keyOf(line));
      const rx_id = visit === undefined ? line.feedetl_sn : (visit.orders.get(line.feedetl_sn)?.rx_id ?? '');
      return detail(finding, owner, visit, claim, { role: line.role, rx_id, amount: line.amount });
    }),
    ...finding.claims
      .filter((claim) => !withLines.has(keyOf(claim)))
      .map((claim) => {
        const amount = finding.lines.length === 0 && keyOf(claim) === keyOf(finding) ? finding.amount : '0';
        return detail(finding, owner, visits.get(keyOf(claim)), claim, {
          role: claim.role,
          rx_id: '',
          amount,
        });
      }),
  ];
}

/** Another hospital's visits and another person's number are nothing the asking hospital may be told. */
function detail(
  finding: Finding,
  owner: TranslatedVisit,
  visit: TranslatedVisit | undefined,
  claim: Finding['claims'][number] | undefined,
  item: { role: '违规项' | '涉及项'; rx_id: string; amount: string },
): Detail {
  const samePerson = visit !== undefined || claim?.psn_no === finding.psn_no;
  const sameHospital = visit !== undefined || claim?.fixmedins_code === finding.fixmedins_code;
  const known = samePerson && sameHospital;
  return {
    patn_id: samePerson ? owner.patn_id : '',
    mdtrt_id: known ? (visit?.mdtrt_id ?? claim?.mdtrt_id ?? '') : '',
    rx_id: known ? item.rx_id : '',
    vola_item_type: item.role === '违规项' ? '1' : '2',
    vola_amt: item.role === '违规项' ? Number(item.amount) : 0,
  };
}

/**
 * The same finding gets the same id however often and whenever it is asked for. The tree, the values and the hashes of the documents are
 * left out: they also change with what does not matter to the finding.
 */
function jrIdOf(finding: Finding, warn_type: string): string {
  const { finding_id, rule_version, verdict, amount, message, claims, lines } = finding;
  return hash(
    warn_type,
    finding_id,
    rule_version,
    verdict,
    amount,
    message.zh,
    ...claims.map((claim) => `${keyOf(claim)}\u001f${claim.role}`),
    ...lines.map((line) => `${keyOf(line)}\u001f${line.feedetl_sn}\u001f${line.role}\u001f${line.amount}`),
  );
}

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\u001e')).digest('hex').slice(0, 32);

const keyOf = ({ fixmedins_code, setl_id }: { fixmedins_code: string; setl_id: string }): string =>
  claimKey(fixmedins_code, setl_id);

const cut = (text: string): string =>
  text.length <= volaTextCharsMax
    ? text
    : `${text.slice(0, volaTextCharsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
