/** The worked examples that stand beside a scheme: a few entries, a day, and what the score must be. */
import { z } from 'zod';
import { dayOf } from '../platform/civil.ts';
import {
  type CreditEntry,
  entrySchema,
  factCodeSchema,
  type Message,
  responsibilities,
  severities,
} from './contract.ts';
import { pointsText } from './held.ts';
import { score } from './score.ts';
import type { Scheme } from './scheme-contract.ts';

const bilingual = z.strictObject({ zh: z.string().min(1).max(300), en: z.string().min(1).max(300) });
const seq = z.int().min(1);

/** What an entry of an example states; the rest is filled in, so that an example says only what it is about. */
const exampleEntrySchema = z.union([
  z.strictObject({
    seq,
    day: z.string(),
    fact: factCodeSchema,
    points: z.int().optional(),
    severity: z.enum(severities).optional(),
    responsibility: z.enum(responsibilities).optional(),
    value: z.int().optional(),
    event: z.string().optional(),
    act: z.string().optional(),
  }),
  z.strictObject({
    seq,
    day: z.string(),
    repairs: seq,
    points: z.int().optional(),
    days: z.int().optional(),
  }),
  z.strictObject({ seq, day: z.string(), revokes: seq }),
]);

export const schemeExamplesSchema = z.strictObject({
  scheme: z.string(),
  examples: z
    .array(
      z.strictObject({
        name: bilingual,
        entries: z.array(exampleEntrySchema).max(50),
        as_of: z.string(),
        /** As a score is written, such as `98.5`; `null` for schemes of levels. */
        points: z.string().nullable(),
        grade: z.string(),
        suspensions: z
          .array(
            z.strictObject({ kind: z.enum(['suspended', 'terminated']), from: z.string(), to: z.string() }),
          )
          .optional(),
      }),
    )
    .min(1)
    .max(200),
});
type SchemeExamples = z.infer<typeof schemeExamplesSchema>;
type Example = SchemeExamples['examples'][number];

export interface ExampleFault {
  readonly example: Message;
  readonly message: Message;
}

/** Every difference between what the examples say and what the scheme does. */
export function checkSchemeExamples(scheme: Scheme, { examples }: SchemeExamples): ExampleFault[] {
  return examples.flatMap((example) =>
    faultsOf(scheme, example).map((message) => ({ example: example.name, message })),
  );
}

function faultsOf(scheme: Scheme, example: Example): Message[] {
  const asOf = dayOf(example.as_of);
  if (asOf === null) return [{ zh: 'as_of 不是日期', en: 'as_of is no day' }];
  const entries = entriesOf(scheme, example);
  if (entries === null) return [{ zh: '条目不符合账本的格式', en: 'an entry does not fit the ledger' }];
  const made = score(entries, scheme, asOf);
  const points = made.points_hundredths === null ? null : pointsText(made.points_hundredths);
  const periods = (list: readonly { kind: string; from: string; to: string }[]): string =>
    list.map(({ kind, from, to }) => `${kind} ${from}–${to}`).join('; ');
  const expected: readonly (readonly [Message, string | null, string | null])[] = [
    [{ zh: '分值', en: 'points' }, example.points, points],
    [{ zh: '等级', en: 'grade' }, example.grade, made.grade.code],
    ...(example.suspensions === undefined
      ? []
      : [[{ zh: '期限', en: 'periods' }, periods(example.suspensions), periods(made.suspensions)] as const]),
  ];
  return expected.flatMap(([what, wanted, found]) =>
    wanted === found
      ? []
      : [
          {
            zh: `${what.zh}应为 ${wanted ?? '无'}，实为 ${found ?? '无'}`,
            en: `${what.en} should be ${wanted ?? 'none'}, not ${found ?? 'none'}`,
          },
        ],
  );
}

/** `null`: one of them is no entry. */
function entriesOf({ subjects: [kind] }: Scheme, { entries }: Example): CreditEntry[] | null {
  const filled = entries.map((entry) => {
    const common = {
      subject: { kind, key: 'EXAMPLE' },
      source: { reference: `示例文书第 ${entry.seq} 号`, sha256: null },
    };
    if ('fact' in entry)
      return {
        entry: 'fact',
        basis: 'case_decision',
        points: null,
        severity: null,
        responsibility: null,
        value: null,
        event: null,
        act: null,
        ...common,
        ...entry,
      };
    if ('repairs' in entry)
      return { entry: 'repair', basis: 'training', points: null, days: null, ...common, ...entry };
    return { entry: 'revocation', basis: 'reconsideration', ...common, ...entry };
  });
  const parsed = z.array(entrySchema).safeParse(filled);
  return parsed.success ? parsed.data : null;
}
