/** Reads the data of the procedure from a folder (rules/procedure). A file that is not as it should be stops the start, with its place. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type DocumentTemplate, documentTemplateSchema } from './document.ts';
import { calendarYearSchema, workCalendar } from '../platform/calendar.ts';
import {
  causeSchema,
  clockRuleSchema,
  parameterSchema,
  penaltyRangeSchema,
  type Procedure,
} from './procedure.ts';

const rowsMax = 2_000;
const calendarFile = /^calendar-\d{4}\.json$/;

export type ProcedureData = Procedure & { readonly documents: readonly DocumentTemplate[] };

/** @throws Error that names the file and the place in it */
export async function loadProcedure(directory: string): Promise<ProcedureData> {
  const names = (await readdir(directory)).filter((name) => calendarFile.test(name));
  const [years, clocks, parameters, penalties, causes, documents] = await Promise.all([
    Promise.all(names.map((name) => readAs(directory, name, calendarYearSchema))),
    readAs(directory, 'clocks.json', z.array(clockRuleSchema).max(rowsMax)),
    readAs(directory, 'parameters.json', z.array(parameterSchema).max(rowsMax)),
    readAs(directory, 'penalties.json', z.array(penaltyRangeSchema).max(rowsMax)),
    readAs(directory, 'causes.json', z.array(causeSchema).max(rowsMax)),
    readAs(directory, 'documents.json', z.array(documentTemplateSchema).max(rowsMax)),
  ]);
  return { calendar: workCalendar(years), clocks, parameters, penalties, causes, documents };
}

async function readAs<Value>(directory: string, name: string, schema: z.ZodType<Value>): Promise<Value> {
  const text = await readFile(path.join(directory, name), 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} 不是合法的 JSON / is not JSON: ${String(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${name} $.${(issue?.path ?? []).join('.')}：${issue?.message ?? ''}`);
}
