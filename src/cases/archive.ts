/**
 * The archive of a case, for whoever has to trust it without this system: what happened, the evidence as it was, hashes over all of it, as
 * canonical JSON. `verifyArchive` repeats everything: the chain of the events, the hash of each piece, the state and the money that follow
 * from the events. One changed byte anywhere is named. Pure.
 */
import { z } from 'zod';
import { canonicalJson, type CanonicalValue } from '../audit/canonical-json.ts';
import { noHash } from '../audit/event.ts';
import type { Message } from '../claims/contract.ts';
import { sha256Hex } from './sha256.ts';
import { amountsOf } from './amounts.ts';
import { type CaseFile, caseOf } from './case-of.ts';
import {
  type CaseEvent,
  caseEventSchema,
  caseEventsMax,
  caseStates,
  contentCharsMax,
  evidenceMax,
} from './contract.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fen = z.int().min(0);

const archivedEventSchema = z.strictObject({ event: z.unknown(), hash });
const archivedEvidenceSchema = z.strictObject({
  no: z.int().min(1).max(evidenceMax),
  content: z.string().max(contentCharsMax),
  sha256: hash,
});

export const archiveSchema = z.strictObject({
  format: z.literal('fundwatch-case'),
  version: z.literal(1),
  case_no: z.string().min(1).max(60),
  events: z.array(archivedEventSchema).min(1).max(caseEventsMax),
  evidence: z.array(archivedEvidenceSchema).max(evidenceMax),
  summary: z.strictObject({
    state: z.enum(caseStates),
    revision: z.int().min(1),
    flagged_fen: fen,
    confirmed_fen: fen,
    refund_decided_fen: fen,
    fine_decided_fen: fen,
    recovered_fen: fen,
    fine_paid_fen: fen,
  }),
  /** Over everything above; what one writes down beside the file. */
  root: hash,
});
export type Archive = z.infer<typeof archiveSchema>;

/** The hash of an event, over its own text and the hash of the one before. */
export const eventHash = (previous: string, event: CaseEvent): string =>
  sha256Hex(`${previous}\n${canonicalJson(event)}`);

/** The hashes of all events, in order. */
export function chainOf(events: readonly CaseEvent[]): string[] {
  const hashes: string[] = [];
  for (const event of events) hashes.push(eventHash(hashes.at(-1) ?? noHash, event));
  return hashes;
}

export interface EvidenceContent {
  readonly no: number;
  readonly content: string;
}

/** The text of the file. @throws RangeError where the events are no case */
export function archiveText(
  caseNo: string,
  events: readonly CaseEvent[],
  evidence: readonly EvidenceContent[],
): string {
  const hashes = chainOf(events);
  const body = {
    format: 'fundwatch-case' as const,
    version: 1 as const,
    case_no: caseNo,
    events: events.map((event, place) => ({ event, hash: hashes[place] ?? '' })),
    evidence: evidence.map(({ no, content }) => ({ no, content, sha256: sha256Hex(content) })),
    summary: summaryOf(caseOf(events)),
  };
  return `${canonicalJson({ ...body, root: rootOf(body) })}\n`;
}

const summaryOf = (file: CaseFile): Archive['summary'] => ({
  state: file.state,
  revision: file.revision,
  ...amountsOf(file),
});

const rootOf = (body: CanonicalValue): string => sha256Hex(canonicalJson(body));

export interface ArchiveFault {
  /** `events[3]`, `evidence[1]`, `summary.state`, `root`, or `character 17` of the file. */
  readonly part: string;
  readonly message: Message;
}
export interface ArchiveVerification {
  readonly faults: readonly ArchiveFault[];
  readonly caseNo: string | null;
  readonly root: string | null;
  /** The hash of the last event: it binds the events before and the evidence, and stands on the paper that goes with a referral. */
  readonly head: string | null;
  readonly summary: Archive['summary'] | null;
}

const fault = (part: string, zh: string, en: string): ArchiveFault => ({ part, message: { zh, en } });

/** Hashes as somebody wrote them down, where the reader knows them. */
export interface Expected {
  readonly root?: string | undefined;
  /** Of the case as it was then: the archive may have gone on since. */
  readonly head?: string | undefined;
}

export const rootFault = (expected: string | undefined, stated: string): ArchiveFault[] =>
  expected === undefined || expected === stated
    ? []
    : [
        fault(
          'root',
          `登记的总哈希是 ${expected}，文件是 ${stated}`,
          `the root that was written down is ${expected}, the file has ${stated}`,
        ),
      ];

export function verifyArchive(text: string, expected: Expected = {}): ArchiveVerification {
  const read = readArchive(text);
  if ('part' in read) return { faults: [read], caseNo: null, root: null, head: null, summary: null };
  const { root, ...body } = read;
  const faults = [...eventFaults(body.events), ...evidenceFaults(read)];
  if (faults.length === 0) faults.push(...summaryFaults(read));
  // A changed name of the case is in no other hash.
  const own = rootOf(json.parse(body));
  if (own !== root)
    faults.push(
      fault('root', `总哈希应为 ${own}，文件写的是 ${root}`, `the root is ${own}, the file says ${root}`),
    );
  const head = read.events.at(-1)?.hash ?? noHash;
  faults.push(...rootFault(expected.root, root));
  if (expected.head !== undefined && !read.events.some((event) => event.hash === expected.head))
    faults.push(
      fault(
        'head',
        `档案中没有登记的链哈希 ${expected.head}`,
        `the archive does not contain the head ${expected.head} that was written down`,
      ),
    );
  return { faults, caseNo: read.case_no, root, head, summary: read.summary };
}

/** Canonical values only; a schema made once. */
const json: z.ZodType<CanonicalValue> = z.json();

function readArchive(text: string): Archive | ArchiveFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fault('file', `不是 JSON：${String(error)}`, `not JSON: ${String(error)}`);
  }
  const parsed = archiveSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = (issue?.path ?? [])
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('');
    const what = issue?.message ?? '';
    return fault(place.replace(/^\./, '') || 'file', `${place}：${what}`, `${place}: ${what}`);
  }
  const canonical = canonicalText(value);
  if (canonical === text) return parsed.data;
  const at = firstDifference(canonical ?? '', text);
  return fault(
    `character ${at}`,
    `第 ${at} 个字符起不是规范 JSON`,
    `not canonical JSON from character ${at} on`,
  );
}

function firstDifference(canonical: string, text: string): number {
  let at = 0;
  while (at < canonical.length && canonical[at] === text[at]) at += 1;
  return at;
}

/** `null` where a value cannot stand in canonical JSON at all. */
function canonicalText(value: unknown): string | null {
  try {
    return `${canonicalJson(json.parse(value))}\n`;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function eventFaults(events: Archive['events']): ArchiveFault[] {
  const faults: ArchiveFault[] = [];
  let previous = noHash;
  for (const [place, { event, hash: stated }] of events.entries()) {
    const parsed = caseEventSchema.safeParse(event);
    const own = sha256Hex(`${previous}\n${canonicalJson(json.parse(event))}`);
    if (own !== stated || !parsed.success)
      faults.push(
        fault(
          `events[${place}]`,
          `第 ${place + 1} 个事件或其哈希被改动`,
          `event ${place + 1} or its hash was changed`,
        ),
      );
    previous = stated;
  }
  return faults;
}

/** Each piece against its own hash, and against what the events say of it. */
function evidenceFaults({ events, evidence }: Archive): ArchiveFault[] {
  const named = new Map<number, string>();
  for (const { event } of events) {
    const parsed = caseEventSchema.safeParse(event);
    if (!parsed.success) continue;
    if (parsed.data.action === 'open')
      for (const piece of parsed.data.detail.evidence) named.set(piece.no, piece.sha256);
    if (parsed.data.action === 'add_evidence')
      named.set(parsed.data.detail.evidence.no, parsed.data.detail.evidence.sha256);
  }
  const faults = evidence.flatMap(({ no, content, sha256 }, place): ArchiveFault[] => {
    const own = sha256Hex(content);
    return own === sha256 && named.get(no) === sha256
      ? []
      : [
          fault(
            `evidence[${place}]`,
            `证据 ${no} 与事件记载的哈希不符`,
            `evidence ${no} is not what the events say it was`,
          ),
        ];
  });
  const held = new Set(evidence.map(({ no }) => no));
  if (held.size !== evidence.length)
    faults.push(fault('evidence', '证据编号重复', 'a number of evidence stands twice'));
  for (const no of named.keys())
    if (!held.has(no)) faults.push(fault('evidence', `缺少证据 ${no}`, `evidence ${no} is missing`));
  return faults;
}

function summaryFaults({ events, summary }: Archive): ArchiveFault[] {
  let file: CaseFile;
  try {
    file = caseOf(events.map(({ event }) => caseEventSchema.parse(event)));
  } catch (error) {
    if (error instanceof RangeError)
      return [
        fault('events', `事件不成为案件：${error.message}`, `the events are no case: ${error.message}`),
      ];
    throw error;
  }
  const own = summaryOf(file);
  return summaryKeys
    .filter((key) => own[key] !== summary[key])
    .map((key) =>
      fault(`summary.${key}`, `${key} 应为 ${own[key]}`, `${key} follows from the events as ${own[key]}`),
    );
}

const summaryKeys = archiveSchema.shape.summary.keyof().options;
