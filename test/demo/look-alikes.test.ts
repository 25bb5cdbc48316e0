/** That each look-alike really stands on the border it is named after; that none crosses it is shown in patterns.test.ts. */
import { describe, expect, it } from 'vitest';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { claimKey } from '../../src/claims/timeline.ts';
import { cityDefaults, claimsOf, generateCity } from '../../src/demo/city.ts';
import type { LookAlikeKind } from '../../src/demo/truth.ts';
import { ageYears, dayOf } from '../../src/platform/civil.ts';

const city = generateCity(cityDefaults);
const documents = new Map<string, ClaimInput[]>();
for (const claim of claimsOf(city)) {
  const key = claimKey(claim.institution.fixmedins_code, claim.setl_id);
  documents.set(key, [...(documents.get(key) ?? []), claim]);
}

/** The documents of every scene of a kind, in the order in which the scene sends them. */
const scenes = (kind: LookAlikeKind): ClaimInput[][] => {
  const found = city.lookAlikes
    .filter((each) => each.kind === kind)
    .map((each) =>
      each.claims.flatMap((claim) => documents.get(claimKey(claim.fixmedins_code, claim.setl_id)) ?? []),
    );
  expect(found.length).toBeGreaterThan(5);
  return found;
};
const claim = (scene: readonly ClaimInput[], index: number): ClaimInput => {
  const found = scene[index];
  if (found === undefined) throw new Error(`the scene has no document ${index}`);
  return found;
};
const day = (text: string | null | undefined): number => dayOf(text ?? '') ?? Number.NaN;
const gapDays = (first: ClaimInput, second: ClaimInput): number =>
  day(second.visit.begntime) - day(first.visit.endtime);
const soldCodes = ({ traces }: ClaimInput): string[] =>
  (traces ?? []).filter((trace) => trace.sel_retn_flag === '0').map((trace) => trace.drug_trac_codg);
/** Lines that agree in item, price and doctor, as often as the commonest such does. */
const mostRepeated = ({ lines }: ClaimInput, unit: number): number => {
  const counts = new Map<string, number>();
  for (const { med_list_codg, pric, bilg_dr_codg, fee_ocur_time } of lines) {
    const key = [med_list_codg, pric, bilg_dr_codg, fee_ocur_time.slice(0, unit)].join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(...counts.values());
};
const BY_DAY = 10;
const BY_MINUTE = 16;

describe('stays', () => {
  it('a transfer leaves one hospital and enters another on the same day', () => {
    for (const scene of scenes('same-day-transfer')) {
      expect(gapDays(claim(scene, 0), claim(scene, 1))).toBe(0);
      expect(claim(scene, 1).visit.begntime > (claim(scene, 0).visit.endtime ?? '')).toBe(true);
      expect(claim(scene, 0).institution).not.toEqual(claim(scene, 1).institution);
    }
  });

  it('planned series come back to the same hospital within 15 days', () => {
    for (const kind of ['planned-chemotherapy', 'dialysis-readmission'] as const) {
      const gaps = scenes(kind).flatMap((scene) =>
        scene.slice(1).map((next, index) => gapDays(claim(scene, index), next)),
      );
      expect(gaps.some((gap) => gap >= 0 && gap <= 15)).toBe(true);
    }
  });

  it('others come back later, or with another disease', () => {
    for (const scene of scenes('readmitted-later'))
      expect(gapDays(claim(scene, 0), claim(scene, 1))).toBeGreaterThan(15);
    for (const scene of scenes('readmitted-other-disease')) {
      expect(gapDays(claim(scene, 0), claim(scene, 1))).toBeLessThanOrEqual(15);
      expect(claim(scene, 0).institution).toEqual(claim(scene, 1).institution);
      expect(claim(scene, 0).diagnoses?.[0]?.diag_code.slice(0, 3)).not.toBe(
        claim(scene, 1).diagnoses?.[0]?.diag_code.slice(0, 3),
      );
    }
  });

  it('somebody buys on the first or last day of a stay', () => {
    for (const scene of scenes('outpatient-on-stay-days')) {
      const { begntime, endtime } = claim(scene, 0).visit;
      expect([day(begntime), day(endtime)]).toContain(day(claim(scene, 1).visit.begntime));
    }
  });

  it('a bill is settled after the death, for services before it', () => {
    for (const scene of scenes('settled-after-death')) {
      const { person, setl_time, lines } = claim(scene, 0);
      expect(day(setl_time)).toBeGreaterThan(day(person.die_date));
      expect(Math.max(...lines.map((line) => day(line.fee_ocur_time)))).toBeLessThanOrEqual(
        day(person.die_date),
      );
    }
  });

  it('a stay billed twice is refunded once', () => {
    for (const scene of scenes('refunded-duplicate-stay')) {
      expect(claim(scene, 1).visit.begntime).toBe(claim(scene, 0).visit.begntime);
      expect(claim(scene, 2).refd_setl_id).toBe(claim(scene, 1).setl_id);
      expect(claim(scene, 2).settlement.medfee_sumamt).toBe(`-${claim(scene, 1).settlement.medfee_sumamt}`);
      expect(claim(scene, 2).settlement.fund_pay_sumamt).toBe(
        `-${claim(scene, 1).settlement.fund_pay_sumamt}`,
      );
    }
  });
});

describe('lines', () => {
  it('both sides are treated some minutes apart', () => {
    for (const scene of scenes('bilateral-procedure')) {
      expect(mostRepeated(claim(scene, 0), BY_DAY)).toBe(2);
      expect(mostRepeated(claim(scene, 0), BY_MINUTE)).toBe(1);
    }
  });

  it('a repeated line is refunded, or revised away', () => {
    for (const kind of ['refunded-repeated-line', 'revised-away'] as const)
      for (const scene of scenes(kind))
        expect(scene.some((each) => mostRepeated(each, BY_MINUTE) > 1)).toBe(true);
    for (const scene of scenes('refunded-repeated-line'))
      expect(scene.flatMap((each) => each.lines).filter((line) => line.init_feedetl_sn != null)).toHaveLength(
        1,
      );
    for (const scene of scenes('revised-away'))
      expect(scene.some((each) => each.updt_time != null && mostRepeated(each, BY_MINUTE) === 1)).toBe(true);
  });

  it('quantities reach their limit and do not pass it', () => {
    const totals = scenes('quantity-at-limit').map((scene) => {
      const { lines, visit } = claim(scene, 0);
      const onDay = lines.filter((line) => day(line.fee_ocur_time) === day(visit.begntime) + 3);
      const total = (name: string): number =>
        onDay
          .filter((line) => line.medins_list_name === name)
          .reduce((sum, line) => sum + Number(line.cnt), 0);
      return [total('氧气吸入'), total('雾化吸入')];
    });
    for (const [oxygen, nebuliser] of totals) expect(oxygen === 24 || nebuliser === 4).toBe(true);
  });

  it('prices are just the ceiling, or the old price on its last day', () => {
    for (const scene of scenes('price-at-ceiling'))
      expect(claim(scene, 0).lines.map((line) => line.pric)).toEqual(['7.28', '12.6']);
    for (const scene of scenes('price-before-switch')) {
      expect(claim(scene, 0).lines.map((line) => [line.pric, line.fee_ocur_time.slice(0, 10)])).toEqual([
        ['38.64', '2025-09-30'],
      ]);
      expect(claim(scene, 0).setl_time.slice(0, 10)).toBe('2025-10-01');
    }
  });
});

describe('people', () => {
  it('a child is a child for one more day', () => {
    for (const scene of scenes('child-before-limit')) {
      const born = day(claim(scene, 0).person.brdy);
      const bought = day(claim(scene, 0).visit.begntime);
      expect([ageYears(born, bought), ageYears(born, bought + 1)]).toEqual([13, 14]);
    }
  });

  it('a newborn is 28 days old', () => {
    for (const scene of scenes('newborn-last-day'))
      expect(day(claim(scene, 0).visit.begntime) - day(claim(scene, 0).person.brdy)).toBe(28);
  });

  it('a face is recognised at the second try', () => {
    for (const scene of scenes('identity-retried'))
      expect(claim(scene, 0).identity_checks?.map((check) => check.result)).toEqual(['fail', 'pass']);
  });
});

describe('trace codes', () => {
  it('one opened pack serves two people', () => {
    for (const scene of scenes('loose-pack')) {
      const shared = soldCodes(claim(scene, 0)).filter((code) => soldCodes(claim(scene, 1)).includes(code));
      expect(shared).toHaveLength(1);
      expect(claim(scene, 0).traces?.find((trace) => trace.drug_trac_codg === shared[0])?.trdn_flag).toBe(
        '1',
      );
      expect(claim(scene, 0).person.psn_no).not.toBe(claim(scene, 1).person.psn_no);
    }
  });

  it('a returned pack is sold again', () => {
    for (const scene of scenes('returned-then-resold')) {
      const resold = soldCodes(claim(scene, scene.length - 1));
      expect(resold).toHaveLength(1);
      expect(soldCodes(claim(scene, 0))).toContain(resold[0]);
      const returned = scene
        .flatMap((each) => each.traces ?? [])
        .filter((trace) => trace.sel_retn_flag === '1');
      expect(returned.map((trace) => trace.drug_trac_codg)).toEqual(resold);
    }
  });
});

it('a document that is sent twice is the same document', () => {
  for (const scene of scenes('sent-twice')) {
    expect(new Set(scene.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(scene.length).toBeGreaterThan(1);
  }
});

it('dialysis is given several times a week for months', () => {
  for (const scene of scenes('dialysis-sessions')) expect(scene.length).toBeGreaterThan(50);
});
