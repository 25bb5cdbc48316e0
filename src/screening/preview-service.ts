/**
 * What rules would say of everything that is known of some persons. The same function as the stream's over the same documents; nothing is
 * locked and nothing is written.
 */
import type { PoolClient } from 'pg';
import type { RuleSet } from '../rules/library.ts';
import { codesOf, keyOfChange, neighbourhoodOf, revisionsOfPersons, salesElsewhere } from './neighbours.ts';
import { reachOf } from './reach.ts';
import type { Preview } from './preview.ts';
import type { PersonVerdict } from './screen.ts';
import { groupedBy } from '../rules/around.ts';
import { byPerson, screenPersons } from './screen-all.ts';
import { housesOf, namedIn, visitsAround, visitsElsewhere } from './window-service.ts';
import { placesOf, windowsOfLot } from './window-store.ts';
import {
  type LightVisit,
  practitionerRulesOf,
  screenHouse,
  screenPractitioner,
  visitsOfWhom,
  windowRulesOf,
} from './window.ts';

/** @param persons in one part of a walk over all: a claim counts with the person it belongs to now, so that each is seen once */
export async function previewPersons(
  client: PoolClient,
  ruleSets: readonly RuleSet[],
  persons: readonly string[],
): Promise<Preview> {
  const own = await revisionsOfPersons(client, persons);
  const rules = ruleSets.flatMap((ruleSet) => ruleSet.rules);
  const [first] = ruleSets;
  if (first === undefined) return { claims: new Map(), verdicts: [] };
  const { documents } = await neighbourhoodOf(client, [], own, reachOf({ ...first, rules }));
  const elsewhere = await salesElsewhere(client, codesOf(documents), documents);
  const wanted = new Set(persons);
  const claims = new Map(
    documents
      .filter(({ psn_no }) => wanted.has(psn_no))
      .map((revision) => [keyOfChange(revision), revision] as const),
  );
  const psnNoOf = ({ psn_no }: { psn_no: string }): string => psn_no;
  const timelines = byPerson(documents, psnNoOf);
  const others = byPerson(elsewhere, psnNoOf);
  const verdicts: PersonVerdict[][] = [];
  for (const ruleSet of ruleSets)
    verdicts.push(await screenPersons(timelines, others, ruleSet, (key) => claims.has(key)));
  for (const [at, ofWindows] of (await previewWindows(client, ruleSets, persons)).entries())
    verdicts[at]?.push(...ofWindows);
  return { claims, verdicts };
}

/** The same of rules over windows: each day of an institution in the part of the walk to which it falls. */
async function previewWindows(
  client: PoolClient,
  ruleSets: readonly RuleSet[],
  persons: readonly string[],
): Promise<PersonVerdict[][]> {
  const rules = ruleSets.flatMap(windowRulesOf);
  if (rules.length === 0) return [];
  const verdicts = ruleSets.map((): PersonVerdict[] => []);
  const drawn = groupedBy(await windowsOfLot(client, persons), ({ fixmedins_code }) => fixmedins_code);
  for (const [institution, windows] of drawn) {
    const days = windows.map(({ day }) => day);
    const own = new Set(days);
    const isAsked = (_rule: unknown, day: number): boolean => own.has(day);
    const visits = await visitsAround(client, rules, institution, days);
    const places = await placesOf(client, await namedIn(client, rules, visits));
    for await (const part of housesOf(client, rules, [institution], visits, isAsked))
      for (const [at, ruleSet] of ruleSets.entries())
        verdicts[at]?.push(await screenHouse(part.house, institution, ruleSet, part.isAsked, places));
    const ofPractitioners = practitionerRulesOf(rules);
    const elsewhere = await visitsElsewhere(client, ofPractitioners, { institution, days, places });
    for (const [practitioner, institutions] of places) {
      const theirs = visitsOfWhom([...visits, ...elsewhere], practitioner, institutions);
      const firstPlace = firstPlaceOf(theirs, practitioner);
      const isAskedHere = (_rule: unknown, day: number): boolean =>
        own.has(day) && firstPlace(day) === institution;
      for await (const part of housesOf(client, ofPractitioners, institutions, theirs, isAskedHere))
        for (const [at, ruleSet] of ruleSets.entries())
          verdicts[at]?.push(await screenPractitioner(part.house, practitioner, ruleSet, part.isAsked));
    }
  }
  return verdicts;
}

/** With which institution a day of somebody is judged who works at several: the first by code at which it may have a visit of theirs. */
function firstPlaceOf(
  visits: readonly LightVisit[],
  practitioner: string,
): (day: number) => string | undefined {
  const first = new Map<number, string>();
  for (const { institution, day, named } of visits)
    if ((named === null || named.includes(practitioner)) && institution < (first.get(day) ?? '\uffff'))
      first.set(day, institution);
  return (day) => first.get(day);
}
