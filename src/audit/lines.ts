/** Reads exports and anchors line by line. Nothing but the current piece is held, whatever the size of the file. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Anchor, anchorOfLine } from './anchor.ts';
import { rowOfLine } from './chain-row.ts';
import type { ChainInput } from './verify.ts';

const pageRows = 1_000;
/** Anchors of a file: one a day, for a lifetime. */
const anchorsMax = 100_000;

export async function* chainOfFile(
  file: string,
  { from, to }: { from: number; to: number | null },
): AsyncGenerator<ChainInput[]> {
  let page: ChainInput[] = [];
  for await (const { line, number } of linesOf(file)) {
    const row = rowOfLine(line);
    if (row === null) page.push({ unreadableLine: number });
    else if (row.seq >= from && (to === null || row.seq <= to)) page.push(row);
    if (page.length < pageRows) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** @throws when a line is no anchor: a proof that is not read must not pass for one that holds */
export async function anchorsOfFile(file: string): Promise<Anchor[]> {
  const anchors: Anchor[] = [];
  for await (const { line, number } of linesOf(file)) {
    const anchor = anchorOfLine(line);
    if (anchor === null) throw new Error(`${file} 第 ${number} 行不是锚点 / line ${number} is no anchor`);
    if (anchors.length >= anchorsMax)
      throw new Error(`锚点超过 ${anchorsMax} 个 / more than ${anchorsMax} anchors`);
    anchors.push(anchor);
  }
  return anchors;
}

async function* linesOf(file: string): AsyncGenerator<{ line: string; number: number }> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    if (line !== '') yield { line, number };
  }
}
