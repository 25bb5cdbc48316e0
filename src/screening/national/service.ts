/** 3101, 3102, 3103: translate, judge as the pre-check judges, remember what is given out, keep what comes back. */
import { canonicalClaim } from '../../claims/canonical.ts';
import { splitPersonal } from '../../claims/personal.ts';
import type { CurrentClaim } from '../../claims/timeline.ts';
import { sees, type Sight } from '../../people/sight.ts';
import type { Database } from '../../platform/database.ts';
import { AppError, type Message } from '../../platform/http.ts';
import type { Log } from '../../platform/log.ts';
import type { RuleSet } from '../../rules/library.ts';
import { inForce, type Rules } from '../in-force.ts';
import { askedPart } from '../own-part.ts';
import { type History, visitJudge } from '../precheck.ts';
import type { AuditData, AuditOutput, FeedbackData } from './contract.ts';
import { feedbackOf } from './feedback.ts';
import { recordOf, visitsByKey, type Warning } from './records.ts';
import { rememberWarnings, storeFeedback } from './store.ts';
import { contractPath } from './contract-path.ts';
import { textOf } from './scalar.ts';
import { type Refusal, ruleIdsOf, stageOf, translateAudit, type TranslatedVisit } from './translate.ts';

/** A warning that cannot be remembered in time is still given: for the patient it matters more than for the count. */
export const rememberMs = 300;

export interface NationalService {
  readonly audit: (
    infno: '3101' | '3102',
    fixmedins_code: AuditData['task_id'],
    data: AuditData,
    log: Log,
    sight: Sight,
  ) => Promise<AuditOutput>;
  readonly feedback: (data: FeedbackData, sight: Sight) => Promise<{ stored: number; unchanged: number }>;
}

export function nationalService(
  database: Database,
  history: History,
  rules: Rules,
  asOf: () => number,
): NationalService {
  const judge = visitJudge(history, rules);

  return {
    audit: async (infno, fixmedins_code, data, log, sight) => {
      const translation = translateAudit(data, fixmedins_code);
      if (!translation.ok) throw refused(translation.refusals);
      const persons = byPerson(translation.visits, asOf());
      for (const { claims } of persons)
        for (const { claim } of claims)
          if (!sees(sight, claim.institution.fixmedins_code))
            throw refused([{ path: 'fixmedins_code', zh: '接口密钥不属于该定点医药机构' }]);
      const stage = stageOf(infno, data);
      const ruleSet = inForce(rules).current();
      const rulesByCode = new Map(ruleSet.rules.map(({ document }) => [document.code, document]));
      const ruleIds = ruleIdsOf(data);
      const only = codesOf(ruleIds, ruleSet);
      const request = {
        warn_type: infno === '3101' ? '1' : '2',
        task_id: textOf(data.task_id) ?? '',
      } as const;
      const output: AuditOutput = {
        result: [],
        judgement: {
          stage,
          rule_set: ruleSet.version,
          unknown_rule_ids: [...(ruleIds ?? [])].filter((id) => codesOf(new Set([id]), ruleSet)?.size === 0),
          history: 'used',
          left_out_rules: [],
          not_judged: [],
          left_out_items: [...translation.leftOut],
        },
      };
      const { judgement } = output;
      const warnings: Warning[] = [];
      for (const { visits, claims } of persons) {
        const options = { stage, wholeVisit: true, ...(only === undefined ? {} : { only }) };
        const precheck = await judge(claims, options);
        const byKey = visitsByKey(visits);
        // Whoever carries the message, it is a hospital that reads the answer.
        const institution = claims[0]?.claim.institution.fixmedins_code ?? '';
        for (const found of precheck.findings) {
          const finding = askedPart(found, { areas: 'all', institution });
          const rule = rulesByCode.get(finding.rule_code);
          const made = rule === undefined ? null : recordOf(finding, rule, byKey, request);
          if (made === null) continue;
          output.result.push(made.record);
          warnings.push(made.warning);
        }
        if (precheck.history === 'left_out') judgement.history = 'left_out';
        judgement.left_out_rules = [...new Set([...judgement.left_out_rules, ...precheck.left_out])];
        judgement.not_judged.push(...precheck.undecided);
      }
      judgement.not_judged = distinct(judgement.not_judged);
      await remember(database, warnings, log);
      return output;
    },

    feedback: async (data, sight) => {
      const reading = feedbackOf(data);
      if (!reading.ok) throw refused(reading.refusals);
      const result = await storeFeedback(database, reading.answers, sight);
      if (!result.ok)
        throw refused(
          result.unknown
            .map(() => ({ path: 'warns', zh: '含有不是本系统返回的违规标识（jr_id）' }))
            .slice(0, 1),
        );
      return { stored: result.stored, unchanged: result.unchanged };
    },
  };
}

interface PersonVisits {
  readonly visits: TranslatedVisit[];
  readonly claims: CurrentClaim[];
}

/** The visits of each person together: they are each other's history. Throws with everything that is wrong with any of them. */
function byPerson(visits: readonly TranslatedVisit[], asOf: number): PersonVisits[] {
  const persons = new Map<string, PersonVisits>();
  const refusals: Refusal[] = [];
  for (const visit of visits) {
    const result = canonicalClaim(visit.claim, asOf);
    if (!result.ok) {
      refusals.push(
        ...result.issues.map(({ path, message }) => ({ path: contractPath(visit, path), zh: message.zh })),
      );
      continue;
    }
    const { psn_no } = result.claim.person;
    const person = persons.get(psn_no) ?? { visits: [], claims: [] };
    persons.set(psn_no, person);
    person.visits.push(visit);
    person.claims.push({
      claim: splitPersonal(result.claim).doc,
      contentHash: result.hash.toString('hex'),
    });
  }
  if (refusals.length > 0) throw refused(refusals);
  return [...persons.values()];
}

/** Rules may be named by our codes or by the national ones. */
function codesOf(ids: ReadonlySet<string> | undefined, ruleSet: RuleSet): ReadonlySet<string> | undefined {
  if (ids === undefined) return undefined;
  return new Set(
    ruleSet.rules
      .filter(({ document }) => [document.code, ...document.national].some((id) => ids.has(id)))
      .map(({ document }) => document.code),
  );
}

function distinct(items: AuditOutput['judgement']['not_judged']): AuditOutput['judgement']['not_judged'] {
  return [...new Map(items.map((item) => [`${item.rule_code} ${item.missing.join(' ')}`, item])).values()];
}

async function remember(database: Database, warnings: readonly Warning[], log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), rememberMs);
  });
  const written = rememberWarnings(database, warnings).then(
    () => 'written' as const,
    (error: unknown) => {
      log.error({ err: error }, 'warnings were given out without being remembered');
      return 'failed' as const;
    },
  );
  const outcome = await Promise.race([written, tooLate]).finally(() => clearTimeout(timer));
  if (outcome === 'late') log.warn({ warnings: warnings.length }, 'remembering warnings takes long');
}

const text: Message = { zh: '报文不符合要求', en: 'The message does not have the expected form' };

const refused = (refusals: readonly Refusal[]): AppError =>
  new AppError({
    status: 422,
    code: 'national_refused',
    message: text,
    issues: refusals.map(({ path, zh }) => ({
      path,
      code: 'refused',
      message: { zh, en: 'see the Chinese text' },
    })),
  });
