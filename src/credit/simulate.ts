/** Who would move if another scheme held, and why: asked before a scheme is changed. Pure; nothing is recorded. */
import { bySubject } from './by-subject.ts';
import type { CreditEntry, CreditSubject, Message } from './contract.ts';
import { score } from './score.ts';
import type { Scheme } from './scheme-contract.ts';
import type { Score } from './score-contract.ts';

export interface Move {
  readonly subject: CreditSubject;
  readonly before: Score;
  readonly after: Score;
  /** Every entry and every step that differs. */
  readonly why: readonly Message[];
}

export interface Simulation {
  /** Subjects of the kinds of both schemes. */
  readonly subjects: number;
  /** Subjects by grade before and after; only pairs that occur. */
  readonly counts: readonly { readonly before: string; readonly after: string; readonly subjects: number }[];
  /** Subjects whose grade changes, in order of kind and key. */
  readonly moves: readonly Move[];
  /** Subjects whose points change and whose grade stays. */
  readonly pointsOnly: number;
}

export function simulate(
  entries: readonly CreditEntry[],
  from: Scheme,
  to: Scheme,
  asOf: number,
): Simulation {
  const subjects = bySubject(
    entries,
    ({ kind }) => from.subjects.includes(kind) && to.subjects.includes(kind),
  );
  const counts = new Map<string, { before: string; after: string; subjects: number }>();
  const moves: Move[] = [];
  let pointsOnly = 0;
  for (const { subject, entries: own } of subjects) {
    const before = score(own, from, asOf);
    const after = score(own, to, asOf);
    const pair = `${before.grade.code} ${after.grade.code}`;
    const count = counts.get(pair) ?? { before: before.grade.code, after: after.grade.code, subjects: 0 };
    count.subjects += 1;
    counts.set(pair, count);
    if (before.grade.code !== after.grade.code)
      moves.push({ subject, before, after, why: differences(before, after) });
    else if (before.points_hundredths !== after.points_hundredths) pointsOnly += 1;
  }
  return { subjects: subjects.length, counts: [...counts.values()], moves, pointsOnly };
}

function differences(before: Score, after: Score): Message[] {
  const lines = after.lines.flatMap((line) => {
    const old = before.lines.find(({ seq }) => seq === line.seq);
    if (old === undefined || (old.text.zh === line.text.zh && old.state === line.state)) return [];
    return [
      {
        zh: `第 ${line.seq} 条（${line.day}）：${old.text.zh} → ${line.text.zh}`,
        en: `entry ${line.seq} (${line.day}): ${old.text.en} → ${line.text.en}`,
      },
    ];
  });
  const known = new Set(before.steps.map(({ zh }) => zh));
  const steps = after.steps.filter(({ zh }) => !known.has(zh));
  if (lines.length + steps.length > 0) return [...lines, ...steps];
  return [
    {
      zh: `分值相同，等级界线不同：${before.grade.name.zh} → ${after.grade.name.zh}`,
      en: `the points are the same, the limits of grades differ: ${before.grade.name.en} → ${after.grade.name.en}`,
    },
  ];
}
