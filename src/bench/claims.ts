/** Claims for the benchmark: made by arithmetic from a number, so that making them costs next to nothing and any part can be made alone. */
import { formatDay } from '../platform/civil.ts';

const firstDay = 20_089; // 2025-01-01
const daysOfYear = 365;
const institutions = 400;
const doctorsPerInstitution = 50;

/** Items with prices in fen; nine in ten are in no knowledge table, as in life. */
const items = Array.from({ length: 2_000 }, (_, index) => ({
  code: `XB${String(index).padStart(6, '0')}A001010100001`,
  price: 100 + ((index * 7919) % 9_900),
}));
const listed = [
  '001203000010000',
  '001204000060000',
  '002503020010000',
  '003107010220000',
  '001201000040000',
];

/** A number that looks random and depends on nothing but its arguments (splitmix32). */
function mix(a: number, b: number): number {
  let state = (Math.imul(a, 0x9e3779b9) ^ Math.imul(b, 0x85ebca6b)) >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  state = Math.imul(state ^ (state >>> 15), 0x735a2d97);
  return (state ^ (state >>> 15)) >>> 0;
}

const yuan = (fen: number): string => (fen / 100).toFixed(2);
const two = (value: number): string => String(value).padStart(2, '0');

/** The JSON text of claim `index`; 8 to 12 fee lines, about 1.8 kB written the way hospital systems write it. */
export function benchClaim(index: number, persons: number): string {
  const random = (salt: number): number => mix(index + 1, salt);
  const person = random(1) % persons;
  const institution = random(2) % institutions;
  const kind = random(3) % 100;
  const inpatient = kind < 5;
  const pharmacy = kind >= 85;
  const day = firstDay + (random(4) % daysOfYear);
  const end = inpatient ? day + 3 + (random(5) % 8) : day;
  const hour = 8 + (random(6) % 9);
  const doctor = `D${institution}${two(random(7) % doctorsPerInstitution)}`;
  const lineCount = 8 + (random(8) % 5);
  let total = 0;
  const lines: string[] = [];
  for (let line = 0; line < lineCount; line += 1) {
    const pick = random(100 + line);
    const rare = pick % 10 === 0;
    const item = items[pick % items.length];
    const code = rare ? listed[(pick >>> 8) % listed.length] : item?.code;
    const price = rare ? 400 : (item?.price ?? 100);
    const cnt = rare ? 1 : 1 + (pick % 3);
    const amount = price * cnt;
    total += amount;
    const feeDay = inpatient ? day + (line % (end - day)) : day;
    lines.push(
      `{"feedetl_sn":"${line + 1}","med_list_codg":"${code}","fee_ocur_time":"${formatDay(feeDay)} ${two(hour)}:${two(line * 4)}:00","cnt":${cnt},"pric":${yuan(price)},"det_item_fee_sumamt":${yuan(amount)},"inscp_scp_amt":${yuan(amount)},"bilg_dr_codg":"${doctor}"}`,
    );
  }
  const fund = Math.floor(total * 0.7);
  const trace = pharmacy
    ? `,"traces":[{"feedetl_sn":"1","drug_trac_codg":"8${String(index).padStart(19, '0')}","trdn_flag":"0"}]`
    : ',"traces":[]';
  return (
    `{"setl_id":"S${index}","setl_time":"${formatDay(end)} ${two(hour)}:50:00","person":{"psn_no":"P${person}","certno":"330799${1940 + (person % 80)}0101${String(person % 10000).padStart(4, '0')}","psn_name":"测试${person % 997}","gend":"${1 + (person % 2)}","brdy":"${1940 + (person % 80)}-01-01","insutype":"${person % 3 === 0 ? '310' : '390'}"},` +
    `"institution":{"fixmedins_code":"${pharmacy ? 'P' : 'H'}330799${String(institution).padStart(5, '0')}","fixmedins_name":"基准测试${institution}","hosp_lv":"${pharmacy ? '11' : '05'}"},` +
    `"visit":{"mdtrt_id":"M${index}","med_type":"${inpatient ? '21' : pharmacy ? '41' : '11'}","begntime":"${formatDay(day)} ${two(hour)}:00:00","endtime":"${formatDay(end)} ${two(hour)}:45:00","atddr_no":"${doctor}"},` +
    `"diagnoses":[{"diag_code":"${['I10.x00', 'J06.900', 'E11.900', 'M54.500'][person % 4]}","maindiag_flag":"1"}],` +
    `"lines":[${lines.join(',')}]${trace},` +
    `"identity_checks":[{"check_time":"${formatDay(day)} ${two(hour)}:01:00","method":"ecode","result":"pass"}],` +
    `"settlement":{"medfee_sumamt":${yuan(total)},"fund_pay_sumamt":${yuan(fund)},"psn_part_amt":${yuan(total - fund)}}}`
  );
}
