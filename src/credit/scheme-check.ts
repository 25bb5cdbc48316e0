/** What a scheme must be beside fitting its schema, so that no score depends on a slip of the pen. */
import type { Message } from './contract.ts';
import type { Scheme } from './scheme-contract.ts';

export interface SchemeFault {
  readonly path: string;
  readonly message: Message;
}

export function checkScheme(scheme: Scheme): SchemeFault[] {
  const faults: SchemeFault[] = [];
  const fault = (path: string, zh: string, en: string): void => {
    faults.push({ path, message: { zh, en } });
  };
  const { from, to } = scheme.effective;
  if (to !== null && to <= from) fault('$.effective', '失效日须在生效日之后', 'ends before it begins');
  twice(scheme.facts.map(({ fact }) => fact)).forEach((name) =>
    fault('$.facts', `事实 ${name} 重复`, `fact ${name} stands twice`),
  );
  switch (scheme.method) {
    case 'natural_year': {
      scheme.facts.forEach(({ min, max, by_responsibility }, index) => {
        if (min > max) fault(`$.facts[${index}]`, '最低分高于最高分', 'min is above max');
        for (const points of Object.values(by_responsibility))
          if (points < min || points > max)
            fault(`$.facts[${index}].by_responsibility`, '分值不在该档之内', 'outside of the band');
      });
      rising(
        '$.suspension',
        scheme.suspension.map(({ from_points }) => from_points),
        fault,
      );
      rising(
        '$.suspension',
        scheme.suspension.map(({ months }) => months),
        fault,
        true,
      );
      rising(
        '$.bands',
        scheme.bands.map(({ from_points }) => from_points),
        fault,
      );
      if (scheme.bands[0]?.from_points !== 0)
        fault('$.bands[0]', '第一档须从 0 分开始', 'the first band begins at 0');
      const { months, single_event_months } = scheme.termination;
      if (single_event_months < months || scheme.suspension.some((step) => step.months > months))
        fault('$.termination', '越重的后果期限不得越短', 'what is worse must not last shorter');
      gradeCodes([...scheme.bands, scheme.suspended, scheme.terminated], fault);
      break;
    }
    case 'base_points': {
      const groups = new Set(scheme.groups.map(({ code }) => code));
      const grades = scheme.grades.map(({ code }) => code);
      scheme.facts.forEach(({ group, ceiling, points, decay }, index) => {
        if (!groups.has(group)) fault(`$.facts[${index}].group`, `没有指标组 ${group}`, `no group ${group}`);
        if (ceiling !== null && !grades.includes(ceiling))
          fault(`$.facts[${index}].ceiling`, `没有等级 ${ceiling}`, `no grade ${ceiling}`);
        if (typeof points === 'object' && points.by === 'value')
          rising(
            `$.facts[${index}].points.steps`,
            points.steps.map((step) => step.from),
            fault,
          );
        rising(
          `$.facts[${index}].decay`,
          decay.map(({ after_months }) => after_months),
          fault,
        );
      });
      const limits = scheme.grades.flatMap(({ from_points }) => from_points ?? []);
      rising('$.grades', [...limits].reverse(), fault);
      if (limits.at(-1) !== 0) fault('$.grades', '须有从 0 分开始的等级', 'one grade must begin at 0');
      if (scheme.highest < scheme.base) fault('$.highest', '上限低于基准分', 'below the base');
      gradeCodes(scheme.grades, fault);
      break;
    }
    case 'levels': {
      const grades = scheme.grades.map(({ code }) => code);
      scheme.facts.forEach(({ levels }, index) => {
        rising(
          `$.facts[${index}].levels`,
          levels.map((level) => level.from),
          fault,
        );
        for (const { grade } of levels)
          if (!grades.includes(grade))
            fault(`$.facts[${index}].levels`, `没有等级 ${grade}`, `no grade ${grade}`);
      });
      gradeCodes(scheme.grades, fault);
    }
  }
  return faults;
}

type Fault = (path: string, zh: string, en: string) => void;

function rising(path: string, values: readonly number[], fault: Fault, mayStay = false): void {
  const isSound = values.every((value, at) => {
    const before = values[at - 1];
    return before === undefined || (mayStay ? value >= before : value > before);
  });
  if (!isSound) fault(path, '须从低到高排列', 'must be in rising order');
}

function gradeCodes(grades: readonly { readonly code: string }[], fault: Fault): void {
  for (const code of twice(grades.map((grade) => grade.code)))
    fault('$.grades', `等级 ${code} 重复`, `grade ${code} stands twice`);
}

const twice = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, at) => names.indexOf(name) !== at)),
];
