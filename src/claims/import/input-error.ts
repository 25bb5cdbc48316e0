import type { Message } from '../contract.ts';

/**
 * A file, a folder or a mapping that cannot be used as a whole. (A single bad row is no error: it is a rejected input with its reason.)
 * `problems` lists every place that is wrong, e.g. `tuva-medicare.json claims[0].claim.person.gend`, so that all are mended at once.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly text: Message;
  readonly problems: readonly InputProblem[];

  constructor(text: Message, problems: readonly InputProblem[] = [], cause?: unknown) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message.zh} / ${message.en}`);
    super([text.zh, text.en, ...lines].join('\n'), { cause });
    this.text = text;
    this.problems = problems;
  }
}

export type InputProblem = { path: string; message: Message };
