/** The only clock of domain callers: what day it is in Shanghai, as a day number. Pure code takes the day as an argument. */
import { dayOf } from './civil.ts';

const shanghaiDate = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

export function today(): number {
  const day = dayOf(shanghaiDate.format(new Date()));
  if (day === null) throw new Error('the platform cannot format a date');
  return day;
}
