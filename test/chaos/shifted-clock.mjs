// @ts-check
/** Loaded before everything else: the wall clock of this process is wrong by the milliseconds that the file CHAOS_CLOCK_FILE says. */
import { readFileSync } from 'node:fs';

const lookMs = 200;
const RealDate = Date;
let shiftMs = 0;

const look = () => {
  try {
    shiftMs = Number(readFileSync(process.env['CHAOS_CLOCK_FILE'] ?? '', 'utf8')) || 0;
  } catch {
    shiftMs = 0;
  }
};
look();
setInterval(look, lookMs).unref();

// @ts-expect-error Date is also a function without `new`; nobody here calls it so.
globalThis.Date = class Date extends RealDate {
  /** @param {[]} given */
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...given);
  }
  /** @override */
  static now() {
    return RealDate.now() + shiftMs;
  }
};
