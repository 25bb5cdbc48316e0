import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino';
import type { LogLevel } from './config.ts';

export type Log = Logger;

/**
 * Fields that name a person. They are removed wherever they stand in a logged object; code must not put them into message texts.
 * The names are those of the national platform, in both spellings that reach us.
 */
export const personalFields: ReadonlySet<string> = new Set([
  'certno',
  'psn_cert_no',
  'psn_name',
  'brdy',
  'tel',
  'mob',
  'addr',
  'coner_name',
  'coner_addr',
  'coner_tel',
  'mdtrt_cert_no',
  'bankacct',
]);

const redactedText = '[personal data removed]';
const redactDepthMax = 8;

/** Citizen identity numbers and mobile numbers that stand free in a text; database errors quote the values they stumbled over. */
const identityNumber =
  /(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])/g;
const mobileNumber = /(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])/g;

/**
 * JSON lines on standard output, or on `destination`. `process` names the part of the product: api, worker, start.
 * Use `log.child({ request_id })` and `log.child({ batch_id })`, so that the lines of one request or batch can be found together.
 */
export function createLog(options: {
  process: string;
  level: LogLevel;
  destination?: DestinationStream;
}): Log {
  const settings = {
    level: options.level,
    base: { process: options.process, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: serializeError, error: serializeError },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (entry: Record<string, unknown>) => redactFields(entry),
    },
    // The formatter above does not see the bindings of child loggers; these are flat.
    redact: { paths: [...personalFields].flatMap((field) => [field, `*.${field}`]), censor: redactedText },
  };
  return pino(settings, options.destination ?? standardOutput());
}

/**
 * Written at once: lines that still wait when the process ends are flushed in a loop that never gives up, and when the reader of our
 * output is gone (the supervisor was killed), the process would stay for ever.
 */
function standardOutput(): DestinationStream {
  return destination({ dest: 1, sync: true });
}

function redactFields(entry: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, redactField(name, value, 1)]),
  );
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (personalFields.has(name.toLowerCase())) return redactedText;
  // Errors and dates keep their own form; the serializer above takes care of errors.
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date)
    return value;
  if (depth >= redactDepthMax) return '[too deep]';
  if (Array.isArray(value)) return value.map((item: unknown) => redactField('', item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, redactField(key, item, depth + 1)]),
  );
}

/** Only what helps to find the fault: PostgreSQL's `detail`, `where` and parameters quote rows and are left out. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redactText(error) : typeof error;
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type, ...code, message: redactText(message), stack: redactText(stack) };
}

function redactText(text: string): string {
  return text.replaceAll(identityNumber, redactedText).replaceAll(mobileNumber, redactedText);
}
