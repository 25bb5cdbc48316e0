import type { ClaimInput } from '../../src/claims/contract.ts';
import { claimShape, type Shape } from '../../src/claims/shape.ts';
import { dayOf } from '../../src/platform/civil.ts';

/** The day of receipt in tests: everything below happened before it. */
export const asOf = day('2026-06-01');

export function day(text: string): number {
  const found = dayOf(text);
  if (found === null) throw new Error(`${text} is no day`);
  return found;
}

/** A small valid claim; `over` replaces whole parts of it. */
export function claimOf(over: Partial<ClaimInput> = {}): ClaimInput {
  return {
    setl_id: 'S1',
    setl_time: '2026-01-05 10:00:00',
    person: { psn_no: 'P1', psn_name: '张三丰', certno: '330702198001011234', gend: '1', brdy: '1980-01-01' },
    institution: { fixmedins_code: 'H33070000001', fixmedins_name: '金华市某医院' },
    visit: {
      mdtrt_id: 'M1',
      med_type: '21',
      begntime: '2026-01-01 08:00:00',
      endtime: '2026-01-05 09:00:00',
    },
    lines: [lineOf('1'), lineOf('2')],
    settlement: { medfee_sumamt: 50, fund_pay_sumamt: '40.00' },
    ...over,
  };
}

/** As a request carries it. */
export const jsonOf = (document: unknown): Buffer => Buffer.from(JSON.stringify(document));

export const lineOf = (feedetl_sn: string): ClaimInput['lines'][number] => ({
  feedetl_sn,
  med_list_codg: '001201000030000',
  fee_ocur_time: '2026-01-02 09:00:00',
  cnt: 1,
  pric: '25.00',
  det_item_fee_sumamt: 25,
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A valid document in which every field of the schema stands, made from the schema itself. */
export function fullDocument(): { [name: string]: Json } {
  const document = valueOf(claimShape);
  if (!isPlain(document)) throw new Error('a claim is an object');
  const traces = document['traces'];
  if (Array.isArray(traces)) for (const trace of traces) if (isPlain(trace)) trace['feedetl_sn'] = 'A';
  document['refd_setl_id'] = 'another';
  return document;
}

const isPlain = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueOf(shape: Shape): Json {
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(shape.fields.map((field) => [field.name, valueOf(field.shape)]));
    case 'list':
      return [valueOf(shape.item)];
    case 'text':
      return 'A';
    case 'hash':
      return '0123456789abcdef'.repeat(4);
    case 'decimal':
      return '1.50';
    case 'date':
      return '2020-02-29';
    case 'time':
      return '2026-01-02 03:04:05';
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
  }
}

/** A generator of its own for tests: the same seed, the same numbers (mulberry32). */
export function seeded(seed: number): { below: (n: number) => number; pick: <T>(items: readonly T[]) => T } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}
