import type { ClaimInput } from '../../src/claims/contract.ts';
import { dayOf, formatDay } from '../../src/platform/civil.ts';
import { type Random, randomOf } from '../../src/demo/random.ts';

/**
 * A tiny crowded world: few persons, institutions, items, days and trace codes, so that claims meet each other in every way the rules
 * know – and refunds, revisions, deaths, missing data on top. Deterministic per seed.
 */
export function randomClaims(seed: number, count: number): ClaimInput[] {
  const random = randomOf('tiny world', seed);
  const days = daysOfWorlds[seed % daysOfWorlds.length] ?? 40;
  const claims: ClaimInput[] = [];
  for (let index = 0; index < count; index += 1) {
    const earlier = claims.length === 0 ? undefined : random.pick(claims);
    const kind = random.below(10);
    if (earlier !== undefined && kind === 0) claims.push(refundOf(random, earlier, index));
    else if (earlier !== undefined && kind === 1) claims.push(revisionOf(random, earlier));
    else claims.push(freshClaim(random, days, index));
  }
  return claims;
}

const firstDay = 19_358; // 2023-01-01
/** Close together, so that stays collide, or far apart, so that claims of one person lie beyond each other's reach. */
const daysOfWorlds = [40, 200, 800];
const institutions = ['H33070000001', 'H33070000002', 'P33070000003'];
const items: readonly (readonly [code: string, price: string])[] = [
  ['001203000010000', '4'],
  ['001109000010000', '45'],
  ['001109000010000', '9000'],
  ['003301000050000', '600'],
  ['003301000150000', '80'],
  ['003107010220000', '6'],
  ['001201000030000', '20'],
  ['001201000040000', '12'],
  ['002203010030000', '90'],
  ['003314000120000', '1800'],
  ['XG04CBD001A001010190001', '33.5'],
  ['003112030040000', '8'],
  ['999999999999999', '1.25'],
  // Followed through time: a cap, a cycle, a course, a second-line drug and its first-line drug.
  ['SL-ITEM-2801', '1200'],
  ['SL-ITEM-3101', '45'],
  ['SL-DRUG-1002', '280'],
  ['SL-DRUG-0501', '98'],
  ['SL-DRUG-0502', '15'],
];
const diagnoses = ['I10.x00', 'J18.900', 'C53.900', 'P59.901', 'Z51.100', 'N40.x00', 'E11.900'];
/** One is known at one institution only; the others are the same persons everywhere. */
const doctors = ['D1', 'D330702000001', 'D330702000002'];
const codes = ['81000000000000000001', '81000000000000000002', '81000000000000000003'];

function freshClaim(random: Random, daysOfWorld: number, index: number): ClaimInput {
  const institution = random.pick(institutions);
  const pharmacy = institution.startsWith('P');
  const inpatient = !pharmacy && random.chance(0.5);
  const begin = firstDay + random.below(daysOfWorld);
  const end = inpatient ? begin + random.below(12) : begin;
  const person = random.below(4);
  const timed = random.chance(0.8);
  const at = (day: number, hour: number): string =>
    timed ? `${formatDay(day)} ${String(hour).padStart(2, '0')}:00:00` : formatDay(day);
  const lines = Array.from({ length: 1 + random.below(4) }, (_, line) =>
    lineOf(random, line, at(random.between(begin - 1, end + 1), random.between(8, 10))),
  );
  return {
    setl_id: `S${index}`,
    setl_time: `${formatDay(end + random.below(3))} 12:00:00`,
    person: {
      psn_no: `P${person}`,
      ...(random.chance(0.9) ? { gend: person % 2 === 0 ? '1' : '2' } : {}),
      ...(random.chance(0.9) ? { brdy: person === 3 ? '2023-01-10' : `19${50 + person}-03-01` } : {}),
      ...(random.chance(0.05) ? { die_date: formatDay(firstDay + random.below(daysOfWorld)) } : {}),
      ...(random.chance(0.03) ? { surv_stas: '2' } : {}),
    },
    institution: {
      fixmedins_code: institution,
      ...(random.chance(0.9) ? { hosp_lv: random.pick(['02', '05', '08']) } : {}),
    },
    visit: {
      mdtrt_id: `M${index}`,
      med_type: pharmacy ? '41' : inpatient ? '21' : random.pick(['11', '14', 'X9']),
      begntime: at(begin, 8),
      ...(index % 5 === 0 ? { atddr_no: 'D330702000002' } : {}),
      ...(random.chance(0.9) ? { endtime: at(end, 11) } : {}),
    },
    ...(random.chance(0.9)
      ? { diagnoses: random.some(diagnoses, 1 + random.below(2)).map((diag_code) => ({ diag_code })) }
      : {}),
    lines,
    ...(random.chance(0.4)
      ? {
          traces: random.some(codes, 1 + random.below(2)).map((drug_trac_codg) => ({
            feedetl_sn: '1',
            drug_trac_codg,
            ...(random.chance(0.8) ? { trdn_flag: random.pick(['0', '0', '1']) } : {}),
          })),
        }
      : {}),
    ...(random.chance(0.7)
      ? {
          identity_checks: random.chance(0.8)
            ? [
                {
                  check_time: at(begin, 8),
                  method: 'face',
                  result: random.pick(['pass', 'fail']),
                  score: random.pick([0.4, 0.9]),
                },
              ]
            : [],
        }
      : {}),
    settlement: { medfee_sumamt: '1000', ...(random.chance(0.8) ? { fund_pay_sumamt: '700' } : {}) },
  };
}

function lineOf(random: Random, index: number, time: string): ClaimInput['lines'][number] {
  const [item, price] = random.pick(items);
  const cnt = random.pick(['1', '1', '2', '20', '0.5']);
  const amount = (Number(price) * Number(cnt)).toFixed(2);
  return {
    feedetl_sn: String(index + 1),
    med_list_codg: item,
    fee_ocur_time: time,
    cnt,
    pric: price,
    det_item_fee_sumamt: amount,
    ...(random.chance(0.7) ? { inscp_scp_amt: amount } : {}),
    ...(random.chance(0.8) ? { bilg_dr_codg: random.pick(doctors) } : {}),
  };
}

/** In full, in part, or of something that was never settled. */
function refundOf(random: Random, original: ClaimInput, index: number): ClaimInput {
  const part = random.chance(0.5);
  return {
    ...original,
    setl_id: `R${index}`,
    refd_setl_id: random.chance(0.9) ? original.setl_id : 'S9999',
    // Some sources state the day of the refund as that of the visit.
    visit: index % 2 === 0 ? original.visit : later(original.visit, 2),
    traces: null,
    lines: original.lines.slice(0, part ? 1 : original.lines.length).map((line) => ({
      ...line,
      cnt: `-${String(line.cnt).replace('-', '')}`,
      det_item_fee_sumamt: `-${String(line.det_item_fee_sumamt).replace('-', '')}`,
    })),
    settlement: { medfee_sumamt: '-1000' },
  };
}

function later(visit: ClaimInput['visit'], days: number): ClaimInput['visit'] {
  const moved = (text: string): string =>
    `${formatDay((dayOf(text.slice(0, 10)) ?? firstDay) + days)}${text.slice(10)}`;
  return {
    ...visit,
    begntime: moved(visit.begntime),
    ...(visit.endtime == null ? {} : { endtime: moved(visit.endtime) }),
  };
}

/** The same settlement once more with another content – sometimes older than what is known, sometimes of another person. */
function revisionOf(random: Random, original: ClaimInput): ClaimInput {
  const shift = random.between(-3, 3);
  return {
    ...original,
    updt_time: `${formatDay(firstDay + 900 + shift)} ${String(random.between(10, 20))}:00:00`,
    person: random.chance(0.2) ? { ...original.person, psn_no: `P${random.below(4)}` } : original.person,
    lines: original.lines.slice(0, Math.max(1, original.lines.length - random.below(2))),
  };
}
