/** What the quick pass must come to, made from objects by plain code: the careful judgement, and the rows of what it accepts. */
import { createHash } from 'node:crypto';
import type { Claim } from '../../src/claims/contract.ts';
import { explainClaim, futureDaysMax } from '../../src/claims/explain.ts';
import { parseClaimText } from '../../src/claims/json-text.ts';
import { splitPersonal } from '../../src/claims/personal.ts';
import type { StorableClaim } from '../../src/claims/storable.ts';
import { spanOf, statesDeath } from '../../src/claims/timeline.ts';
import { copyText } from '../../src/platform/copy.ts';
import { storedText } from './stored-text.ts';

/** @returns `null` for what is no claim */
export function referenceOf(bytes: Uint8Array, asOf: number): StorableClaim | null {
  const parsed = parseClaimText(bytes, '$');
  const explained = parsed.ok ? explainClaim(parsed.value, asOf + futureDaysMax) : parsed;
  return explained.ok && 'claim' in explained ? rowsOf(explained.claim) : null;
}

function rowsOf(claim: Claim): StorableClaim {
  const { firstDay, lastDay } = spanOf(claim);
  const { fixmedins_code } = claim.institution;
  const { setl_id, setl_time, updt_time = setl_time, traces = [], visit, settlement } = claim;
  const { psn_no } = claim.person;
  const { doc, personal } = splitPersonal(claim);
  const hash = createHash('sha256').update(JSON.stringify(claim)).digest();
  const keys = copyText([
    fixmedins_code,
    setl_id,
    hash,
    psn_no,
    visit.mdtrt_id,
    visit.med_type,
    setl_time,
    visit.begntime,
    visit.endtime ?? null,
    updt_time,
    claim.refd_setl_id ?? null,
    settlement.medfee_sumamt,
    settlement.fund_pay_sumamt ?? null,
    claim.lines.length,
    firstDay,
    lastDay,
    statesDeath(claim),
    traces.length > 0,
    practitionersOf(claim),
  ]);
  return {
    fixmedins_code,
    setl_id,
    psn_no,
    updt_time,
    hash: hash.toString('hex'),
    codes: [...new Set(traces.map(({ drug_trac_codg }) => drug_trac_codg))],
    last_day: lastDay,
    rows: Buffer.from(keys + storedText(doc)),
    keysBytes: Buffer.byteLength(keys),
    personal: personal === null ? null : Buffer.from(JSON.stringify(personal)),
  };
}

/** Whose work a visit is, before refunds; `null`: it may be anybody's. */
export function practitionersOf({ visit, lines }: Claim): string | null {
  const attending = visit.atddr_no ?? '';
  const ofDay = lines.filter(({ fee_ocur_time }) => dayPart(fee_ocur_time) === dayPart(visit.begntime));
  const codes = new Set(
    ofDay.length === 0 ? [attending] : ofDay.map(({ bilg_dr_codg }) => bilg_dr_codg ?? attending),
  );
  const isReversed = lines.some((line) => Number(line.cnt) < 0 || Number(line.det_item_fee_sumamt) < 0);
  const isEscaped = [...codes].some((code) => JSON.stringify(code).includes('\\'));
  return isReversed || isEscaped || codes.size > 20 ? null : [...codes].join('\u001f');
}

const dayPart = (time: string): string => time.slice(0, 10);

/** All of a claim as one text. */
export const told = (claim: StorableClaim | null): string =>
  claim === null ? 'null' : JSON.stringify({ ...claim, rows: claim.rows.toString() });
