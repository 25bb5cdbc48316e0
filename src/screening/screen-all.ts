/** Screens any number of persons at once: what the worker does with a batch and `fundwatch screen` with a file. */
import {
  compareLines,
  type CurrentClaim,
  salesOf,
  type Timeline,
  timelineOf,
  type TraceSale,
} from '../claims/timeline.ts';
import type { PersonContext } from '../rules/candidate.ts';
import type { RuleSet } from '../rules/library.ts';
import { confirmHits, type Decided, decidePerson, type PersonVerdict } from './screen.ts';
import { screenHouses } from './window.ts';

/** The current claims of each person. */
export type ClaimsByPerson = ReadonlyMap<string, readonly CurrentClaim[]>;

/**
 * Judges the persons of `claims`, or only those of their claims that `concerns` picks by key; `others` only lend their sales of trace codes.
 * Where nothing is picked the claims are taken for all there are, and rules over windows judge the institutions as well, after the persons.
 * @param claims each as it counts now, in any order
 */
export async function screenAll(
  claims: readonly CurrentClaim[],
  others: readonly CurrentClaim[],
  ruleSet: RuleSet,
  concerns?: (key: string) => boolean,
): Promise<PersonVerdict[]> {
  const psnNoOf = ({ claim }: CurrentClaim): string => claim.person.psn_no;
  const persons = byPerson(claims, psnNoOf);
  const verdicts = await screenPersons(persons, byPerson(others, psnNoOf), ruleSet, concerns ?? everyClaim);
  return concerns === undefined ? [...verdicts, ...(await screenHouses(persons, ruleSet))] : verdicts;
}

const everyClaim = (): boolean => true;

/**
 * The same for claims that are told apart already. Documents that are read only when asked for are read once and let go with their
 * person, so that a batch costs no more memory than its texts.
 *
 * @param mayBegin asked before each person; when it says no, that person and all after are left out
 */
export async function screenPersons(
  claims: ClaimsByPerson,
  others: ClaimsByPerson,
  ruleSet: RuleSet,
  concerns: (key: string) => boolean,
  mayBegin: (psnNo: string) => boolean = () => true,
): Promise<PersonVerdict[]> {
  const contextOf = contextsOf(claims, others);
  const verdicts: PersonVerdict[] = [];
  for (const [psn_no, list] of [...claims].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!mayBegin(psn_no)) break;
    const decided = decidePerson(contextOf(psn_no, list), ruleSet, concerns);
    if (!isSilent(decided)) verdicts.push(await confirmHits(decided));
  }
  return verdicts;
}

/** Of nearly all persons there is nothing to say. */
const isSilent = ({ verdict, hits }: Decided): boolean =>
  hits.length === 0 && verdict.undecided.size === 0 && verdict.alarms.length === 0;

/** What is known around each person: the person's timeline, and who else sold the same trace codes. */
export function contextsOf(
  claims: ClaimsByPerson,
  others: ClaimsByPerson,
): (psnNo: string, list: readonly CurrentClaim[]) => PersonContext {
  const sellers = new Map<string, Timeline>();
  for (const [psn_no, list] of claims) if (list.some(isTraced)) sellers.set(psn_no, timelineOf(psn_no, list));
  const elsewhere = [...others].map(([psn_no, list]) => timelineOf(psn_no, list));
  const sales = salesByCode([...sellers.values(), ...elsewhere]);
  const salesOfCode = (code: string): readonly TraceSale[] => sales.get(code) ?? [];
  return (psnNo, list) => ({
    timeline: sellers.get(psnNo) ?? timelineOf(psnNo, list),
    salesOf: salesOfCode,
  });
}

export function byPerson<Known extends CurrentClaim>(
  claims: readonly Known[],
  psnNoOf: (claim: Known) => string,
): Map<string, Known[]> {
  const persons = new Map<string, Known[]>();
  for (const claim of claims) {
    const psn_no = psnNoOf(claim);
    const list = persons.get(psn_no);
    if (list === undefined) persons.set(psn_no, [claim]);
    else list.push(claim);
  }
  return persons;
}

const isTraced = (known: CurrentClaim): boolean => known.traced ?? (known.claim.traces ?? []).length > 0;

/** All valid sales, in canonical order. */
function salesByCode(timelines: readonly Timeline[]): Map<string, TraceSale[]> {
  const sales = new Map<string, TraceSale[]>();
  for (const timeline of timelines)
    for (const sale of salesOf(timeline)) {
      const list = sales.get(sale.code);
      if (list === undefined) sales.set(sale.code, [sale]);
      else list.push(sale);
    }
  for (const list of sales.values()) if (list.length > 1) list.sort((a, b) => compareLines(a.line, b.line));
  return sales;
}
