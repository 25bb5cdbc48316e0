/**
 * A canonical claim made ready for the database. What is stored besides its keys are bytes, so thousands of claims can wait for their
 * transaction without being kept as objects.
 */
import { copyText } from '../platform/copy.ts';
import type { CanonicalClaim } from './canonical.ts';
import { spanOf, statesDeath } from './timeline.ts';

export type StorableClaim = {
  fixmedins_code: string;
  setl_id: string;
  psn_no: string;
  /** The document's `updt_time`, or its `setl_time`. */
  updt_time: string;
  /** SHA-256 of the canonical JSON, in hex. */
  hash: string;
  /** The drug trace codes it carries, each once. */
  codes: readonly string[];
  last_day: number;
  /** Values of `keyColumns` in COPY's text form. */
  keys: Buffer;
  /** Values of `documentColumns` in COPY's text form. */
  document: Buffer;
};

/** Columns of `claim_revision` after the ids, in the order of `keys`. */
export const keyColumns = [
  'fixmedins_code',
  'setl_id',
  'content_hash',
  'psn_no',
  'mdtrt_id',
  'med_type',
  'setl_time',
  'begntime',
  'endtime',
  'updt_time',
  'refd_setl_id',
  'medfee_sumamt',
  'fund_pay_sumamt',
  'lines',
  'first_day',
  'last_day',
  'states_death',
  'traced',
];

/** Columns of `claim_document` after the id, in the order of `document`. */
export const documentColumns = ['last_day', 'doc', 'personal'];

const noCodes: readonly string[] = [];

export function storable({ claim, hash, doc, personal }: CanonicalClaim): StorableClaim {
  const { firstDay, lastDay } = spanOf(claim);
  const { fixmedins_code } = claim.institution;
  const { setl_id, setl_time, updt_time = setl_time, traces, visit, settlement } = claim;
  const { psn_no } = claim.person;
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
    traces !== undefined && traces.length > 0,
  ]);
  return {
    fixmedins_code,
    setl_id,
    psn_no,
    updt_time,
    hash: hash.toString('hex'),
    codes:
      traces === undefined || traces.length === 0
        ? noCodes
        : [...new Set(traces.map(({ drug_trac_codg }) => drug_trac_codg))],
    last_day: lastDay,
    keys: Buffer.from(keys),
    document: documentRow(String(lastDay), escaped(doc), personal === null ? absent : escaped(personal)),
  };
}

const tab = 0x09;
const backslash = 0x5c;
const absent = Buffer.from('\\N');

function documentRow(lastDay: string, doc: Buffer, personal: Buffer): Buffer {
  const size = lastDay.length;
  const row = Buffer.allocUnsafe(size + doc.length + personal.length + 2);
  row.write(lastDay);
  row[size] = tab;
  doc.copy(row, size + 1);
  row[size + 1 + doc.length] = tab;
  personal.copy(row, size + 2 + doc.length);
  return row;
}

/** JSON as written by us has no bare control characters, so only its backslashes mean something to COPY. */
const escaped = (json: Buffer): Buffer =>
  json.includes(backslash) ? Buffer.from(json.toString('latin1').replaceAll('\\', '\\\\'), 'latin1') : json;
