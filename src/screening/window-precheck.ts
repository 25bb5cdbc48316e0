/**
 * Rules over windows asked of a visit in the making: what they would say of the sets it belongs to if it were stored as it is. Keys tell first
 * whether any such set could be large enough; for nearly every visit it could not, after one look at its day.
 */
import { type CurrentClaim, claimKey, type NetClaim } from '../claims/timeline.ts';
import { yuan } from '../platform/decimal.ts';
import type { Rule, RuleSet } from '../rules/library.ts';
import { companions, houseOf, practitionersOf, type WindowLook } from '../rules/window.ts';
import type { Database } from '../platform/database.ts';
import { partnersOf, type Revision, revisionsOfIds } from './neighbours.ts';
import { confirmHits, decideCandidates, emptyVerdict, type Hit, type PersonVerdict } from './screen.ts';
import { byPerson } from './screen-all.ts';
import {
  houseWithin,
  institutionOf,
  judgedOf,
  type LightVisit,
  netClaimsOf,
  windowRulesOf,
  worthReading,
} from './window.ts';
import { elsewhereOf } from './window-elsewhere.ts';
import { type Asked, visitsOf, visitsOfPersons, visitsSharing } from './window-store.ts';

export interface AskedVisits {
  /** Claims of one person. */
  readonly claims: readonly CurrentClaim[];
  /** What is known of the person, without these: what refunds them may be among it. */
  readonly documents: readonly Revision[];
  /** Other settlements of the same visits are about the same services. */
  readonly wholeVisit: boolean;
}

/** A finding about several of the visits comes once. */
export async function windowsBeside(
  pool: Database['pool'],
  ruleSet: RuleSet,
  asked: AskedVisits,
): Promise<PersonVerdict[]> {
  const rules = windowRulesOf(ruleSet);
  if (rules.length === 0) return [];
  const keys = new Set(asked.claims.map(keyOf));
  const partners = asked.documents.filter(({ isPartnered }) => isPartnered);
  const visits = netClaimsOf(byPerson([...asked.claims, ...partners], psnNoOf)).filter(({ key }) =>
    keys.has(key),
  );
  const verdicts: PersonVerdict[] = [];
  const found = new Set<string>();
  for (const visit of visits) {
    const verdict = await windowsOf(pool, rules, visit, visits, { ...asked, documents: partners });
    verdicts.push({
      ...verdict,
      findings: verdict.findings.filter(({ finding_id }) => !found.has(finding_id)),
    });
    for (const { finding_id } of verdict.findings) found.add(finding_id);
  }
  return verdicts;
}

async function windowsOf(
  pool: Database['pool'],
  all: readonly Rule[],
  visit: NetClaim,
  visits: readonly NetClaim[],
  { claims, documents, wholeVisit }: AskedVisits,
): Promise<PersonVerdict> {
  const institution = institutionOf(visit);
  const day = visit.beginDay;
  const rules = all.filter((rule) => concerns(rule, visit, institution));
  const here = visits.filter((one) => institutionOf(one) === institution);
  const own = here.map(lightOf);
  const light = own[here.indexOf(visit)];
  const verdict = emptyVerdict();
  const hits: Hit[] = [];
  if (light === undefined || rules.length === 0) return confirmHits({ verdict, hits });
  const mdtrtIds = new Set(wholeVisit ? own.map(({ mdtrtId }) => mdtrtId) : []);
  const without = here.map(({ claim }) => claim.setl_id);
  const asked: Asked = { institution, fromDay: day, toDay: day, without };
  const elsewhere = await elsewhereOf(pool, rules, {
    institution,
    day,
    practitioners: light.practitioners ?? [],
  });
  const ids = new Set<number>();
  let isWorth = false;
  for (const part of await partsOf(pool, rules, asked, light)) {
    const others = (await part.read()).filter(({ mdtrtId }) => !mdtrtIds.has(mdtrtId));
    const worth = worthReading(
      part.rules,
      [...own, ...others, ...elsewhere.visits],
      (_rule, at) => at === day,
      undefined,
      (set) => set.includes(light),
    );
    for (const id of worth.get(day) ?? []) if (id > 0) ids.add(id);
    isWorth ||= worth.has(day);
  }
  if (!isWorth) return confirmHits({ verdict, hits });
  const read = await revisionsOfIds(pool, [...ids]);
  const partners = await partnersOf(pool, read);
  const known = new Map([...read, ...partners, ...documents, ...claims].map((one) => [keyOf(one), one]));
  const house = houseOf(
    netClaimsOf(byPerson([...known.values()], psnNoOf)).filter((claim) =>
      elsewhere.institutions.has(institutionOf(claim)),
    ),
  );
  for (const rule of rules) {
    if (rule.window === null) continue;
    const candidates = judgedOf(rule, rule.window, houseWithin(rule, house), day).filter(
      ({ window }) => window?.claims.some(({ key }) => key === visit.key) === true,
    );
    if (candidates.length > 0) decideCandidates(rule, candidates, verdict, hits);
  }
  return confirmHits({ verdict, hits });
}

const concerns = ({ window, within }: Rule, visit: NetClaim, institution: string): boolean =>
  window !== null &&
  window.isInForce(visit.beginDay) &&
  (visit.kind === 'unknown' || window.isOfKind(visit.kind)) &&
  window.counts(visit) &&
  within?.(institution) !== false;

const psnNoOf = ({ claim }: CurrentClaim): string => claim.person.psn_no;
const keyOf = ({ claim }: CurrentClaim): string => claimKey(claim.institution.fixmedins_code, claim.setl_id);

/** Ids below zero are of what is asked. */
const lightOf = (visit: NetClaim, at: number): LightVisit => ({
  id: -1 - at,
  institution: institutionOf(visit),
  psnNo: visit.claim.person.psn_no,
  mdtrtId: visit.claim.visit.mdtrt_id,
  medType: visit.claim.visit.med_type,
  day: visit.beginDay,
  second: visit.beginSecond,
  medfee: yuan(visit.medfee),
  practitioners: practitionersOf(visit),
  named: practitionersOf(visit),
});

interface RulesPart {
  readonly rules: readonly Rule[];
  /** Every visit that may stand in a set with the one that is asked about, on its day or before. */
  readonly read: () => Promise<readonly LightVisit[]>;
}

/** By what has to be looked at: others of the day and the person's own visits before, which one query tells; companions; all of some days. */
async function partsOf(
  pool: Database['pool'],
  rules: readonly Rule[],
  asked: Asked,
  visit: LightVisit,
): Promise<RulesPart[]> {
  const looked = rules.flatMap((rule) => (rule.window === null ? [] : [{ rule, look: rule.window }]));
  const ofOneDay = looked.filter(({ look }) => look.sets !== 'together' && look.days === 1);
  const ofCompanions = looked.filter(({ look }) => look.sets === 'together');
  const ofManyDays = looked.filter(({ look }) => look.sets !== 'together' && look.days > 1);
  const near =
    ofOneDay.length + ofCompanions.length === 0
      ? []
      : await visitsSharing(pool, asked, {
          practitioners: wantedOf(
            ofOneDay.map(({ look }) => look),
            visit,
          ),
          medfee: visit.medfee ?? '',
          psnNo: visit.psnNo,
          daysBefore: ofCompanions.reduce((most, { look }) => Math.max(most, look.days - 1), 0),
        });
  return [
    { rules: ofOneDay.map(({ rule }) => rule), read: async () => near },
    ...ofCompanions.map(({ rule, look }) => ({
      rules: [rule],
      read: async () => companyOf(pool, look, asked, visit, near),
    })),
    ...ofManyDays.map(({ rule, look }) => ({
      rules: [rule],
      read: async () => visitsOf(pool, { ...asked, fromDay: asked.toDay - look.days + 1 }),
    })),
  ];
}

/** Whose visits of the day matter; `null`: all. */
function wantedOf(looks: readonly WindowLook[], { practitioners }: LightVisit): readonly string[] | null {
  if (looks.some(({ over, sets }) => over === 'institution' && sets === 'all')) return null;
  if (!looks.some(({ over }) => over === 'practitioner')) return [];
  return practitioners === null || practitioners.includes('') ? null : [...practitioners, ''];
}

/** Who was not there so often has met nobody so often; else those whom meetings of the day tie to the person, as far back as the rule looks. */
async function companyOf(
  pool: Database['pool'],
  look: WindowLook,
  asked: Asked,
  visit: LightVisit,
  near: readonly LightVisit[],
): Promise<readonly LightVisit[]> {
  const fromDay = asked.toDay - look.days + 1;
  const own = near.filter(({ psnNo, day }) => psnNo === visit.psnNo && day >= fromDay);
  if (new Set([visit, ...own].map(({ day }) => day)).size < look.times) return [];
  const ofDay = await visitsOf(pool, asked);
  const tied = companions({ ...look, times: 1 }, [visit, ...ofDay], visit.day, true).find((set) =>
    set.includes(visit),
  );
  const persons = [...new Set(tied?.map(({ psnNo }) => psnNo))];
  return persons.length === 0 ? [] : visitsOfPersons(pool, { ...asked, fromDay }, persons);
}
