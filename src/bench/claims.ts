/** Claims for the benchmark: made by arithmetic from a number, so that making them costs next to nothing and any part can be made alone. */
import { formatDay } from '../platform/civil.ts';

/**
 * A city of the benchmark. Claims are numbered: the first `history` ones lie anywhere in the year, those after them in its last month,
 * as what streams in does. Without a history they all lie anywhere in the year.
 */
export interface World {
  readonly persons: number;
  readonly history: number;
  /** How many claims make up the year: then they lie in it in the order of their numbers, as they do where a year goes by. */
  readonly yearly?: number | undefined;
}

/** Claims of a run: `from`, up to but not including `to`. */
export interface ClaimRange {
  readonly from: number;
  readonly to: number;
}

const firstDay = 20_089; // 2025-01-01
const daysOfYear = 365;
const daysOfStream = 30;
const daysOfStayMax = 11;
const institutions = 400;
const doctorsPerInstitution = 50;

/** Formatted once: a claim names about ten days. */
const days = Array.from({ length: daysOfYear + daysOfStayMax }, (_, at) => formatDay(firstDay + at));

/** Items with prices in fen, one in five a drug; nine in ten are in no knowledge table, as in life. */
const items = Array.from({ length: 2_000 }, (_, index) => ({
  code: `XB${String(index).padStart(6, '0')}A001010100001`,
  price: 100 + ((index * 7919) % 9_900),
  listType: index % 5 === 0 ? '101' : '201',
}));
const listed = [
  '001203000010000',
  '001204000060000',
  '002503020010000',
  '003107010220000',
  '001201000040000',
];

/** Codes of the items that claims hold most. */
export const benchItems: readonly string[] = items.map(({ code }) => code);

/** A number that looks random and depends on nothing but its arguments (splitmix32). */
function mix(a: number, b: number): number {
  let state = (Math.imul(a, 0x9e3779b9) ^ Math.imul(b, 0x85ebca6b)) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97);
  return (state ^ (state >>> 15)) >>> 0;
}

const yuan = (fen: number): string => (fen / 100).toFixed(2);
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string => String(value).padStart(3, '0');

/** Of hospitals with a national code, as nearly all have; of pharmacies with one of their own. */
const doctorOf = (institution: number, doctor: number, pharmacy: boolean): string =>
  pharmacy ? `P${institution}${two(doctor)}` : `D330799${three(institution)}${three(doctor)}`;

/** Whose claim `index` is, without making it. */
export const personOf = (index: number, { persons }: World): number => mix(index + 1, 1) % persons;

export const psnNoOf = (person: number): string => `P${person}`;
export const setlIdOf = (index: number): string => `S${index}`;

function dayOf(index: number, random: number, { history, yearly }: World): number {
  if (yearly !== undefined) return Math.floor(((index % yearly) * daysOfYear) / yearly);
  if (index < history || history === 0) return random % daysOfYear;
  return daysOfYear - daysOfStream + (random % daysOfStream);
}

/** The JSON text of claim `index`; 8 to 12 fee lines, about 2.6 kB written the way hospital systems write it. */
export function benchClaim(index: number, world: World, person: number = personOf(index, world)): string {
  const random = (salt: number): number => mix(index + 1, salt);
  const institution = random(2) % institutions;
  const kind = random(3) % 100;
  const inpatient = kind < 5;
  const pharmacy = kind >= 85;
  const day = dayOf(index, random(4), world);
  const end = inpatient ? day + 3 + (random(5) % (daysOfStayMax - 3)) : day;
  const hour = two(8 + (random(6) % 9));
  const doctor = doctorOf(institution, random(7) % doctorsPerInstitution, pharmacy);
  const lineCount = 8 + (random(8) % 5);
  let total = 0;
  const lines: string[] = [];
  for (let line = 0; line < lineCount; line += 1) {
    const pick = random(100 + line);
    const rare = pick % 10 === 0;
    const item = items[pick % items.length];
    const code = rare ? listed[(pick >>> 8) % listed.length] : item?.code;
    const price = rare ? 400 : (item?.price ?? 100);
    const listType = rare ? '201' : item?.listType;
    const cnt = rare ? 1 : 1 + (pick % 3);
    const amount = yuan(price * cnt);
    total += price * cnt;
    const feeDay = inpatient ? day + (line % (end - day)) : day;
    lines.push(
      `{"feedetl_sn":"${line + 1}","med_list_codg":"${code}","list_type":"${listType}","fee_ocur_time":"${days[feeDay]} ${hour}:${two(line * 4)}:00","cnt":${cnt},"pric":${yuan(price)},"det_item_fee_sumamt":${amount},"inscp_scp_amt":${amount},"bilg_dr_codg":"${doctor}"}`,
    );
  }
  const fund = Math.floor(total * 0.7);
  const born = 1940 + (person % 80);
  const trace = pharmacy
    ? `,"traces":[{"feedetl_sn":"1","drug_trac_codg":"8${String(index).padStart(19, '0')}","trdn_flag":"0"}]`
    : ',"traces":[]';
  return (
    `{"setl_id":"${setlIdOf(index)}","setl_time":"${days[end]} ${hour}:50:00","person":{"psn_no":"${psnNoOf(person)}","certno":"330799${born}0101${String(person % 10000).padStart(4, '0')}","psn_name":"测试${person % 997}","gend":"${1 + (person % 2)}","brdy":"${born}-01-01","insutype":"${person % 3 === 0 ? '310' : '390'}"},` +
    `"institution":{"fixmedins_code":"${pharmacy ? 'P' : 'H'}330799${String(institution).padStart(5, '0')}","fixmedins_name":"基准测试${institution}","hosp_lv":"${pharmacy ? '11' : '05'}"},` +
    `"visit":{"mdtrt_id":"M${index}","med_type":"${inpatient ? '21' : pharmacy ? '41' : '11'}","begntime":"${days[day]} ${hour}:00:00","endtime":"${days[end]} ${hour}:45:00","atddr_no":"${doctor}"},` +
    `"diagnoses":[{"diag_code":"${['I10.x00', 'J06.900', 'E11.900', 'M54.500'][person % 4]}","maindiag_flag":"1"}],` +
    `"lines":[${lines.join(',')}]${trace},` +
    `"identity_checks":[{"check_time":"${days[day]} ${hour}:01:00","method":"ecode","result":"pass"}],` +
    `"settlement":{"medfee_sumamt":${yuan(total)},"fund_pay_sumamt":${yuan(fund)},"psn_part_amt":${yuan(total - fund)}}}`
  );
}

/** One NDJSON body. */
export function benchBody({ from, to }: ClaimRange, world: World): Buffer {
  const lines: string[] = [];
  for (let index = from; index < to; index += 1) lines.push(benchClaim(index, world));
  return Buffer.from(lines.join('\n'));
}

/** The range in pieces of `size`, the last one perhaps smaller. */
export function piecesOf({ from, to }: ClaimRange, size: number): ClaimRange[] {
  const pieces: ClaimRange[] = [];
  for (let at = from; at < to; at += size) pieces.push({ from: at, to: Math.min(at + size, to) });
  return pieces;
}
