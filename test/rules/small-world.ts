/**
 * A crowded little world for the comparison of the two evaluators: two persons, three institutions, five weeks, few items – so that claims
 * meet in every way the rules know – with anything left out that a source may leave out. Deterministic per seed. Its days and codes are
 * those of `small-tables.ts`.
 */
import { canonicalClaim } from '../../src/claims/canonical.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import {
  compareLines,
  type CurrentClaim,
  currentClaims,
  salesOf,
  timelineOf,
} from '../../src/claims/timeline.ts';
import { type Random, randomOf } from '../../src/demo/random.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import type { PersonContext } from '../../src/rules/candidate.ts';

const claimsPerWorld = 24;
const persons = ['P1', 'P2'] as const;
const firstDay = dayOf('2026-01-01') ?? 0;
const daysOfWorld = 35;
const asOf = firstDay + 400;

const items: readonly (readonly [code: string, price: string])[] = [
  ['001203000010000', '4'],
  ['001109000010000', '45'],
  ['001109000010000', '44.999999'],
  ['003301000050000', '600'],
  ['003301000150000', '80'],
  ['003107010220000', '6'],
  ['001201000030000', '20'],
  ['001201000040000', '12'],
  ['XG04CBD001A001010190001', '33.5'],
  ['003112030040000', '8'],
];
const diagnoses = ['I10.x00', 'J18.900', 'J18.000', 'C53.900', 'C50', 'P59.901', 'P07', 'Z51.100', 'N40.x00'];
const codes = ['81000000000000000001', '81000000000000000002'];

export function personsOfWorld(seed: number): PersonContext[] {
  const random = randomOf('small world', seed);
  const claims = Array.from({ length: claimsPerWorld }, (_, index) => canonical(claim(random, index)));
  const reversed = claims.flatMap((original, index) =>
    random.chance(0.1) ? [canonical(refund(random, original.claim, index))] : [],
  );
  const current = currentClaims([...claims, ...reversed]);
  const timelines = persons.map((psn_no) =>
    timelineOf(
      psn_no,
      current.filter((one) => one.claim.person.psn_no === psn_no),
    ),
  );
  const sales = timelines.flatMap(salesOf).sort((a, b) => compareLines(a.line, b.line));
  return timelines.map((timeline) => ({
    timeline,
    salesOf: (code) => sales.filter((sale) => sale.code === code),
  }));
}

function canonical(input: unknown): CurrentClaim {
  const read = canonicalClaim(input, asOf);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return { claim: read.claim, contentHash: read.hash.toString('hex') };
}

function claim(random: Random, index: number): ClaimInput {
  const maybe = <Item>(value: Item, probability = 0.85): Item | null =>
    random.chance(probability) ? value : null;
  const begin = firstDay + random.below(daysOfWorld);
  const inpatient = random.chance(0.6);
  const end = begin + (inpatient ? random.below(9) : 0);
  const at = (day: number): string =>
    random.chance(0.85)
      ? `${formatDay(day)} ${random.pick(['08:00:00', '08:00:30', '09:15:00'])}`
      : formatDay(day);
  const psn_no = random.pick(persons);
  const lines = Array.from({ length: random.between(1, 4) }, (_, line) =>
    feeLine(random, line, at(random.between(begin - 1, end + 1))),
  );
  return {
    setl_id: `S${index}`,
    setl_time: `${formatDay(end)} 18:00:00`,
    person: {
      psn_no,
      gend: maybe(random.pick(['1', '2', '2', '9'])),
      brdy: maybe(random.pick(['1950-03-01', '1951-01-15', '2025-12-20', '2026-01-12'])),
      die_date: maybe(formatDay(firstDay + random.below(daysOfWorld)), 0.02),
      surv_stas: maybe(random.pick(['1', '2']), 0.1),
      insutype: maybe(random.pick(['310', '310', '390'])),
      insuplc_admdvs: maybe('330702'),
    },
    institution: {
      fixmedins_code: random.pick(['H33070000001', 'H33070000001', 'H33070000002', 'P33070000003']),
      hosp_lv: maybe(random.pick(['02', '05', '08'])),
      mdtrtarea_admvs: maybe(random.pick(['330702', '330703', '330102'])),
    },
    visit: {
      mdtrt_id: `M${random.below(claimsPerWorld)}`,
      med_type: inpatient
        ? random.pick(['21', '21', '52', '77'])
        : random.pick(['11', '14', '41', '61', '77']),
      begntime: `${formatDay(begin)} ${random.pick(['08:00:00', '08:20:00', '08:30:00', '00:00:00'])}`,
      endtime: maybe(`${formatDay(end)} 11:00:00`),
      dscg_way: maybe(random.pick(['1', '5'])),
    },
    diagnoses: maybe(
      random
        .some(diagnoses, random.below(3))
        .map((diag_code) => ({ diag_code, maindiag_flag: maybe(random.pick(['0', '1'])) })),
    ),
    operations: maybe(random.chance(0.5) ? [{ oprn_oprt_code: '47.0100' }] : []),
    lines,
    traces: maybe(
      random.some(codes, random.below(3)).map((drug_trac_codg) => ({
        feedetl_sn: String(random.between(1, lines.length)),
        drug_trac_codg,
        trdn_flag: maybe(random.pick(['0', '0', '1'])),
      })),
    ),
    identity_checks: maybe(
      Array.from({ length: random.below(3) }, () => ({
        check_time: `${formatDay(begin)} 08:00:00`,
        method: 'face',
        result: random.pick(['pass', 'pass', 'fail']),
        score: maybe(random.pick([0.4, 0.5, 0.95])),
        liveness: maybe(random.chance(0.8)),
      })),
    ),
    settlement: { medfee_sumamt: random.pick(['90', '1000']), fund_pay_sumamt: maybe('65') },
  };
}

function feeLine(random: Random, index: number, time: string): ClaimInput['lines'][number] {
  const [med_list_codg, pric] = random.pick(items);
  const cnt = random.pick(['1', '1', '2', '20', '0.5']);
  const amount = (Number(pric) * Number(cnt)).toFixed(2);
  return {
    feedetl_sn: String(index + 1),
    med_list_codg,
    list_type: random.chance(0.7) ? random.pick(['201', '201', '101', '301']) : null,
    med_chrgitm_type: random.chance(0.7) ? random.pick(['05', '07', '14']) : null,
    fee_ocur_time: time,
    cnt,
    pric,
    det_item_fee_sumamt: amount,
    inscp_scp_amt: random.chance(0.7) ? random.pick([amount, '0']) : null,
    bilg_dr_codg: random.chance(0.8) ? random.pick(['D1', 'D2']) : null,
    rxno: random.chance(0.6) ? random.pick(['R1', 'R2']) : null,
  };
}

/** Of the whole settlement or of its first line. */
function refund(random: Random, original: CurrentClaim['claim'], index: number): unknown {
  const lines = original.lines.slice(0, random.chance(0.5) ? 1 : original.lines.length);
  return {
    ...original,
    setl_id: `R${index}`,
    refd_setl_id: original.setl_id,
    traces: null,
    lines: lines.map((line) => ({
      ...line,
      cnt: `-${line.cnt}`,
      det_item_fee_sumamt: `-${line.det_item_fee_sumamt}`,
      inscp_scp_amt: null,
    })),
    settlement: { medfee_sumamt: '-50' },
  };
}
