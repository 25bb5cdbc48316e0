/** Reads the data of the procedure from a folder (rules/procedure). */
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { type DocumentTemplate, documentTemplateSchema } from './document.ts';
import { calendarYearSchema, workCalendar } from '../platform/calendar.ts';
import { readLocalFile } from '../platform/local-file.ts';
import {
  causeSchema,
  clockRuleSchema,
  parametersSchema,
  penaltyRangeSchema,
  type Procedure,
} from './procedure.ts';

const rowsMax = 2_000;
const calendarFile = /^calendar-\d{4}\.json$/;

export type ProcedureData = Procedure & { readonly documents: readonly DocumentTemplate[] };

/** @throws Error that names the file and every place in it */
export async function loadProcedure(directory: string): Promise<ProcedureData> {
  const names = (await readdir(directory)).filter((name) => calendarFile.test(name));
  const [years, clocks, parameters, penalties, causes, documents] = await Promise.all([
    Promise.all(names.map((name) => readLocalFile(directory, name, calendarYearSchema))),
    readLocalFile(directory, 'clocks.json', z.array(clockRuleSchema).max(rowsMax)),
    readLocalFile(directory, 'parameters.json', parametersSchema),
    readLocalFile(directory, 'penalties.json', z.array(penaltyRangeSchema).max(rowsMax)),
    readLocalFile(directory, 'causes.json', z.array(causeSchema).max(rowsMax)),
    readLocalFile(directory, 'documents.json', z.array(documentTemplateSchema).max(rowsMax)),
  ]);
  return { calendar: workCalendar(years), clocks, parameters, penalties, causes, documents };
}
