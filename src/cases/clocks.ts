/**
 * Statutory periods of a case: when each began, when it ends, whether it was kept. A function of the events, the rules of the clocks
 * (rules/procedure/clocks.json) and the calendar; it reads no clock. The day of the act that starts a period is not counted, days between
 * acts that stop it are not counted either, and a period that would end on a day off ends on the next working day.
 */
import { formatDay, formatSecond, dayOfSecond, secondOf, secondOfDay } from '../platform/civil.ts';
import { isKnown, isWorkday, periodDaysMax, type WorkCalendar } from '../platform/calendar.ts';
import type { Action, CaseEvent } from './contract.ts';
import { type ClockRule, inForce, type Procedure } from './procedure.ts';

export type ClockStatus = 'running' | 'stopped' | 'overdue' | 'kept' | 'missed';

export interface Clock {
  readonly code: string;
  readonly name: ClockRule['name'];
  readonly basis: string;
  readonly standing: ClockRule['standing'];
  readonly unit: ClockRule['unit'];
  /** With its extensions. */
  readonly period: number;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** The last day on which the act is in time; of a stopped clock as if it went on at once. */
  readonly last_day: string;
  /** The first moment at which it is late. */
  readonly late_from: string;
  readonly status: ClockStatus;
  /** The holidays of a year on the way are not announced yet. */
  readonly provisional: boolean;
}

type Timed = Pick<CaseEvent, 'action' | 'at'>;
/** Days that do not count, half-open; without an end while it is still stopped. */
interface Span {
  readonly from: number;
  readonly to: number | null;
}

const secondsAnHour = 3_600;

/**
 * Every period that began, in the order in which they began.
 * @param now a civil second
 */
export function clocksOf(
  events: readonly Timed[],
  area: string,
  { clocks, calendar }: Pick<Procedure, 'clocks' | 'calendar'>,
  now: number,
): Clock[] {
  return events.flatMap((event, place) =>
    inForce(clocks, area, event.at.slice(0, 10))
      .filter((rule) => rule.starts.includes(event.action))
      .map((rule) => clockOf(rule, events, place, calendar, now)),
  );
}

function clockOf(
  rule: ClockRule,
  events: readonly Timed[],
  place: number,
  calendar: WorkCalendar,
  now: number,
): Clock {
  const [start, ...later] = events.slice(place);
  if (start === undefined) throw new RangeError('a clock without a start');
  const endsAt = later.findIndex(({ action }) => rule.ends.includes(action));
  const end = later[endsAt];
  const during = endsAt < 0 ? later : later.slice(0, endsAt);
  const begin = secondAt(start);
  const until = end === undefined ? now : secondAt(end);
  const period = rule.period + extended(rule, during);
  const spans = stopsIn(rule, during);
  const due =
    rule.unit === 'HOUR'
      ? { lateFrom: begin + period * secondsAnHour, provisional: false }
      : dueAfter(calendar, dayOfSecond(begin), period, rule.unit, spans, dayOfSecond(until));
  const isLate = until >= due.lateFrom;
  const isStopped = end === undefined && spans.some(({ to }) => to === null);
  return {
    code: rule.code,
    name: rule.name,
    basis: rule.basis,
    standing: rule.standing,
    unit: rule.unit,
    period,
    started_at: start.at,
    ended_at: end?.at ?? null,
    last_day: formatDay(dayOfSecond(due.lateFrom - 1)),
    late_from: formatSecond(due.lateFrom),
    status:
      end !== undefined
        ? isLate
          ? 'missed'
          : 'kept'
        : isLate
          ? 'overdue'
          : isStopped
            ? 'stopped'
            : 'running',
    provisional: due.provisional,
  };
}

function secondAt({ at }: Timed): number {
  const second = secondOf(at);
  if (second === null) throw new RangeError(`no such moment: ${at}`);
  return second;
}

const extended = ({ extensions }: ClockRule, during: readonly Timed[]): number =>
  extensions
    .filter(({ by }) => during.some(({ action }) => action === by))
    .reduce((sum, { period }) => sum + period, 0);

function stopsIn({ stops }: ClockRule, during: readonly Timed[]): Span[] {
  return stops.flatMap(({ from, to }) => spansOf(during, from, to));
}

function spansOf(during: readonly Timed[], from: Action, to: Action): Span[] {
  const spans: Span[] = [];
  let open: number | null = null;
  for (const event of during) {
    if (event.action === from && open === null) open = dayOfSecond(secondAt(event));
    else if (event.action === to && open !== null) {
      spans.push({ from: open, to: dayOfSecond(secondAt(event)) });
      open = null;
    }
  }
  return open === null ? spans : [...spans, { from: open, to: null }];
}

/** Walks day by day: a stop that begins after the last day changes nothing. */
function dueAfter(
  calendar: WorkCalendar,
  start: number,
  period: number,
  unit: 'WORKDAY' | 'NATURAL',
  spans: readonly Span[],
  until: number,
): { lateFrom: number; provisional: boolean } {
  // A stop without an end lasts up to and with the day on which one looks; what comes after counts again.
  const isStopped = (day: number): boolean =>
    spans.some(({ from, to }) => from <= day && day < (to ?? until + 1));
  let day = start;
  let provisional = false;
  for (let left = period, walked = 0; left > 0; walked += 1) {
    if (walked > periodDaysMax + until - start) throw new RangeError('a period without an end');
    day += 1;
    if (unit === 'WORKDAY' && !isKnown(calendar, day)) provisional = true;
    if (!isStopped(day) && (unit === 'NATURAL' || isWorkday(calendar, day))) left -= 1;
  }
  while (!isWorkday(calendar, day)) day += 1;
  return { lateFrom: secondOfDay(day + 1), provisional: provisional || !isKnown(calendar, day) };
}
