/** HTTP of why, and why not. */
import express, { type Response, type Router } from 'express';
import { allow } from '../people/allow.ts';
import { mayDo, refusalOf } from '../people/caller.ts';
import { seenBy } from '../people/identify.ts';
import { AppError, parseRequest } from '../platform/http.ts';
import {
  type Explanation,
  explainQuerySchema,
  type NamedClaim,
  namedClaim,
  type Near,
  nearQuerySchema,
} from '../screening/explain-contract.ts';
import { type Explained, explainClaim, isFoundClaim, nearClaim } from '../screening/explain-service.ts';
import { type ExplainedRuleDeps, explanationOf, ruleToExplain } from './explained-rule-service.ts';

export function explainRoutes(deps: ExplainedRuleDeps): Router {
  const { database, rules } = deps;
  const router = express.Router();

  router.get('/explain', allow('findings.read'), async (request, response) => {
    const query = parseRequest(explainQuerySchema, request.query);
    const claim = await claimInSight(query.claim, response);
    const rule = await ruleToExplain(deps, query);
    if (!rule.ok) throw rule.why === 'unknown' ? noSuchRule() : unusableRule();
    // What is not in force is the business of those who look after rules.
    if (rule.state !== 'active' && !may(response, 'rulebook.read')) {
      await response.locals.recordRefusal?.('rulebook.read');
      throw refusalOf('forbidden');
    }
    const said = saidOf(await explainClaim(database, rule.ruleSet, claim, seenBy(response)));
    response.json(explanationOf(said, rule) satisfies Explanation);
  });

  router.get('/explain/near', allow('findings.read'), async (request, response) => {
    const query = parseRequest(nearQuerySchema, request.query);
    const claim = await claimInSight(query.claim, response);
    const said: Near = saidOf(await nearClaim(database, rules.current(), claim, seenBy(response)));
    response.json(said);
  });

  /** Those who read findings and not claims see what findings are about; an institution knows its own claims. */
  async function claimInSight(text: string, response: Response): Promise<NamedClaim> {
    const claim = namedClaim(text);
    if (claim === null) throw noSuchClaim();
    const isOwn = seenBy(response).institution === claim.fixmedins_code;
    if (!isOwn && !may(response, 'claims.read') && !(await isFoundClaim(database, claim)))
      throw noSuchClaim();
    return claim;
  }

  return router;
}

const may = (response: Response, permission: 'claims.read' | 'rulebook.read'): boolean =>
  mayDo(response.locals.caller ?? null, permission) === 'allowed';

function saidOf<Said>(answer: Explained<Said>): Said {
  if (answer.ok) return answer.said;
  throw answer.why === 'unknown' ? noSuchClaim() : heldBack();
}

const noSuchClaim = (): AppError =>
  new AppError({
    status: 404,
    code: 'claim_not_found',
    message: { zh: '没有这张结算单', en: 'There is no such settlement' },
  });
const heldBack = (): AppError =>
  new AppError({
    status: 409,
    code: 'claim_held_back',
    message: {
      zh: '该结算因筛查出错被搁置，见隔离区',
      en: 'The settlement could not be screened and was set aside: see the quarantine',
    },
  });
const noSuchRule = (): AppError =>
  new AppError({
    status: 404,
    code: 'rule_not_found',
    message: { zh: '没有这条规则或版本，或规则未在用', en: 'There is no such rule or version in force' },
  });
const unusableRule = (): AppError =>
  new AppError({
    status: 409,
    code: 'rule_not_usable',
    message: {
      zh: '该版本所用的知识表或事实已不存在，无法判断',
      en: 'The version uses tables or facts that do not exist any more',
    },
  });
