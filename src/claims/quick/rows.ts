/** The claim at hand as it is stored: the row of keys that COPY takes, and the document, written from its canonical bytes. */
import { hash as digest } from 'node:crypto';
import { copyText } from '../../platform/copy.ts';
import { practitionersMax, practitionerSeparator } from '../practitioners.ts';
import type { StorableClaim } from '../storable.ts';
import { mayGoOn, openDay } from '../timeline.ts';
import { copy, target, writeDocument, writePersonal } from './columns.ts';
import {
  endOf,
  type Field,
  fieldAt,
  fieldOfRecords,
  hasEscapes,
  isStated,
  listAt,
  recordsOf,
  startOf,
  textOf,
} from './fields.ts';
import { backslash, out, scan } from './scan.ts';

const setlId = fieldAt('setl_id');
const setlTime = fieldAt('setl_time');
const updtTime = fieldAt('updt_time');
const refdSetlId = fieldAt('refd_setl_id');
const psnNo = fieldAt('person', 'psn_no');
const survStas = fieldAt('person', 'surv_stas');
const dieDate = fieldAt('person', 'die_date');
const fixmedinsCode = fieldAt('institution', 'fixmedins_code');
const mdtrtId = fieldAt('visit', 'mdtrt_id');
const medType = fieldAt('visit', 'med_type');
const begntime = fieldAt('visit', 'begntime');
const endtime = fieldAt('visit', 'endtime');
const medfee = fieldAt('settlement', 'medfee_sumamt');
const fundPay = fieldAt('settlement', 'fund_pay_sumamt');
const lines = listAt('lines');
const statedTraces = fieldAt('traces');
const traces = listAt('traces');
const traceCode = fieldOfRecords(traces, 'drug_trac_codg');
const attending = fieldAt('visit', 'atddr_no');
const feeTime = fieldOfRecords(lines, 'fee_ocur_time');
const orderedBy = fieldOfRecords(lines, 'bilg_dr_codg');
const quantity = fieldOfRecords(lines, 'cnt');
const lineAmount = fieldOfRecords(lines, 'det_item_fee_sumamt');

const noCodes: readonly string[] = [];

export function rowsOfClaim(): StorableClaim {
  const hash = digest('sha256', out.subarray(0, scan.at), 'hex');
  const isTraced = isStated(statedTraces) && traces.rows > 0;
  const isOpen = !isStated(endtime) && mayGoOn(textOf(medType));
  const lastDay = isOpen ? openDay : scan.lastDay;
  const keysBytes = writeKeys(hash, lastDay, isTraced);
  const rowsEnd = writeDocument(keysBytes);
  return {
    fixmedins_code: textOf(fixmedinsCode),
    setl_id: textOf(setlId),
    psn_no: textOf(psnNo),
    updt_time: textOf(isStated(updtTime) ? updtTime : setlTime),
    hash,
    codes: isTraced ? codesOf() : noCodes,
    last_day: lastDay,
    rows: Buffer.from(target.subarray(0, rowsEnd)),
    keysBytes,
    personal: personalOf(rowsEnd),
  };
}

function codesOf(): string[] {
  const codes = new Set<string>();
  for (const trace of recordsOf(traces)) codes.add(textOf(traceCode, trace));
  return [...codes];
}

const tab = 0x09;

/** Values of `keyColumns`. @returns where they end */
function writeKeys(hash: string, lastDay: number, isTraced: boolean): number {
  let to = writeField(fixmedinsCode, 0);
  to = writeField(setlId, to);
  to = write(`\\\\x${hash}\t`, to);
  to = writeField(psnNo, to);
  to = writeField(mdtrtId, to);
  to = writeField(medType, to);
  to = writeField(setlTime, to);
  to = writeField(begntime, to);
  to = writeField(endtime, to);
  to = writeField(isStated(updtTime) ? updtTime : setlTime, to);
  to = writeField(refdSetlId, to);
  to = writeField(medfee, to);
  to = writeField(fundPay, to);
  const statesDeath = isStated(dieDate) || (isStated(survStas) && textOf(survStas) === '2');
  to = write(`${lines.rows}\t${scan.firstDay}\t${lastDay}\t${statesDeath}\t${isTraced}\t`, to);
  return writePractitioners(to);
}

const minus = 0x2d;
const digitsOfDay = 10;
/** First and last place of each code that is named, in `out`; two zeros for nobody. Reused. */
const named: number[] = [];

/** What `practitionersIn` reads. @returns where it ends */
function writePractitioners(start: number): number {
  named.length = 0;
  let hasOwn = false;
  const day = startOf(begntime);
  const step = 2 * lines.members.all.length;
  const end = lines.first + lines.rows * step;
  for (let line = lines.first; line < end; line += step) {
    const isReversal = out[startOf(quantity, line)] === minus || out[startOf(lineAmount, line)] === minus;
    if (isReversal || named.length > 2 * practitionersMax) return write('\\N', start);
    if (!areSame(startOf(feeTime, line), day, digitsOfDay)) continue;
    hasOwn = true;
    if (isStated(orderedBy, line)) nameOnce(startOf(orderedBy, line), endOf(orderedBy, line));
    else nameAttending();
  }
  if (!hasOwn) nameAttending();
  if (named.length > 2 * practitionersMax) return write('\\N', start);
  let to = start;
  for (let at = 0; at < named.length; at += 2) {
    if (at > 0) target[to++] = practitionerSeparator;
    const from = named[at] ?? 0;
    const behind = named[at + 1] ?? 0;
    if (scan.escapes && out.subarray(from, behind).includes(backslash)) return write('\\N', start);
    to = copy(from, behind, to);
  }
  return to;
}

function nameAttending(): void {
  if (isStated(attending)) nameOnce(startOf(attending), endOf(attending));
  else nameOnce(0, 0);
}

function nameOnce(from: number, to: number): void {
  const bytes = to - from;
  for (let at = 0; at < named.length; at += 2) {
    const known = named[at] ?? 0;
    if ((named[at + 1] ?? 0) - known === bytes && areSame(known, from, bytes)) return;
  }
  named.push(from, to);
}

/** Codes and days that differ mostly differ at their ends. */
function areSame(one: number, other: number, bytes: number): boolean {
  for (let at = bytes - 1; at >= 0; at -= 1) if (out[one + at] !== out[other + at]) return false;
  return true;
}

/** @param free where nothing of the claim stands any more */
function personalOf(free: number): Buffer | null {
  const end = writePersonal(free);
  return end === free ? null : Buffer.from(target.subarray(free, end));
}

/** The text of a field and a tab. */
function writeField(field: Field, start: number): number {
  const to =
    isStated(field) && !hasEscapes(field)
      ? copy(startOf(field), endOf(field), start)
      : start + target.write(copyText([isStated(field) ? textOf(field) : null]), start);
  target[to] = tab;
  return to + 1;
}

/** @param text of ASCII, or bytes of UTF-8 as characters */
const write = (text: string, to: number): number => to + target.write(text, to, 'latin1');
