/**
 * Repeats a draw from its bundle and says where the two differ. The same function for the command line and for the page that anybody opens
 * without a network. Pure.
 */
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Message } from '../claims/contract.ts';
import { evidenceHash, givenOf } from './bundle.ts';
import { commitmentHash, inspectorLeaf, objectLeaf, rootOf, saltHash } from './commitment.ts';
import { type Bundle, bundleSchema, type DrawResult, type Evidence, type Opening } from './contract.ts';
import { byId, type Drawn, drawAll } from './draw.ts';
import { directoryFaults, redrawFaults } from './faults.ts';
import { planFaults } from './plan-faults-contract.ts';
import { afterReplacements } from './replaced.ts';
import { announcementFault, evidenceFault } from './seed.ts';
import { UnfilledTeam } from './teams.ts';

/** `committed`: not drawn yet. `sealed`: drawn, and to be opened when the checks are done. */
export type DrawVerdict = 'reproduced' | 'sealed' | 'committed' | 'differs';

export const verifiedParts = [
  'file',
  'commitment',
  'plan',
  'directories',
  'evidence',
  'salt',
  'result',
  'teams',
  'replacements',
] as const;
export type VerifiedPart = (typeof verifiedParts)[number];

export interface Verification {
  readonly verdict: DrawVerdict;
  readonly faults: readonly { readonly part: VerifiedPart; readonly message: Message }[];
  /** What was repeated, in order. */
  readonly passed: readonly VerifiedPart[];
  /** `null`: the file holds none that can be read. */
  readonly bundle: Bundle | null;
  readonly commitment_sha256: string | null;
}

/** Faults of one kind that are told; more say nothing new. */
const faultsShownMax = 20;

const say = (zh: string, en: string): Message => ({ zh, en });

/**
 * Of a file, byte for byte: what is no UTF-8 is told, not read as something else, and a byte order mark is a byte too.
 * @param published the hash of the commitment as it was published, where the reader knows it
 */
export function verifyFile(bytes: Uint8Array, published?: string): Verification {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return unread(say('不是 UTF-8 文本', 'no text in UTF-8'));
  }
  return verifyBundle(text, published);
}

const unread = (message: Message): Verification => ({
  verdict: 'differs',
  faults: [{ part: 'file', message }],
  passed: [],
  bundle: null,
  commitment_sha256: null,
});

/** @param published the hash of the commitment as it was published, where the reader knows it */
export function verifyBundle(text: string, published?: string): Verification {
  const read = readBundle(text);
  if (!read.ok) return unread(read.message);
  const { bundle } = read;
  const faults: { part: VerifiedPart; message: Message }[] = [];
  const passed: VerifiedPart[] = ['file'];
  const check = (part: VerifiedPart, found: readonly Message[]): boolean => {
    if (found.length === 0) passed.push(part);
    else faults.push(...found.slice(0, faultsShownMax).map((message) => ({ part, message })));
    return found.length === 0;
  };
  const { commitment, evidence, opening } = bundle;
  const isCommitted = check('commitment', commitmentFaults(bundle, published));
  const isPlanned = check('plan', [
    ...planFaults(commitment.plan).map(({ message }) => message),
    ...redrawFaults(commitment.redraw_of),
    ...present(announcementFault(commitment)?.message ?? null),
  ]);
  const isFrozen = check('directories', directoriesFaults(bundle));
  const isEvident = isUndrawn(bundle) || check('evidence', evidenceFaults(bundle));
  if (opening !== null && check('salt', saltFaults(bundle, opening)) && isEvident)
    if (evidence === null)
      check('evidence', [say('有结果而没有种子证据', 'there is a result without evidence')]);
    else if (isCommitted && isPlanned && isFrozen) repeat(bundle, opening, evidence, check);
  return {
    verdict:
      faults.length > 0
        ? 'differs'
        : opening !== null
          ? 'reproduced'
          : evidence === null
            ? 'committed'
            : 'sealed',
    faults,
    passed,
    bundle,
    commitment_sha256: commitmentHash(commitment),
  };
}

const isUndrawn = ({ evidence, evidence_sha256 }: Bundle): boolean =>
  evidence === null && evidence_sha256 === null;

function evidenceFaults({ commitment, evidence, evidence_sha256 }: Bundle): Message[] {
  if (evidence === null) return [say('缺少种子证据', 'the evidence of the seed is missing')];
  const hash = evidenceHash(evidence);
  return [
    ...present(evidenceFault(commitment, evidence)),
    ...(hash === evidence_sha256
      ? []
      : [
          say(
            `种子证据的哈希是 ${hash}，文件写的是 ${evidence_sha256 ?? '—'}`,
            `the evidence hashes to ${hash}, the file says ${evidence_sha256 ?? '—'}`,
          ),
        ]),
  ];
}

const present = (fault: Message | null): Message[] => (fault === null ? [] : [fault]);

type Read =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly message: Message };

function readBundle(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: say(`不是 JSON：${String(error)}`, `not JSON: ${String(error)}`) };
  }
  const parsed = bundleSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = `$${(issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`;
    const what = issue?.message ?? '';
    return { ok: false, message: say(`${path}：${what}`, `${path}: ${what}`) };
  }
  const canonical = canonicalText(parsed.data);
  if (canonical === text) return { ok: true, bundle: parsed.data };
  const at = firstDifference(canonical, text);
  return {
    ok: false,
    message: say(`第 ${at} 个字符起不是规范 JSON`, `not canonical JSON from character ${at} on`),
  };
}

/** `null` where a text cannot stand in canonical JSON at all. */
function canonicalText(bundle: Bundle): string | null {
  try {
    return `${canonicalJson(bundle)}\n`;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function firstDifference(canonical: string | null, text: string): number {
  if (canonical === null) return 0;
  let at = 0;
  while (at < canonical.length && canonical[at] === text[at]) at += 1;
  return at;
}

function commitmentFaults(
  { commitment, commitment_sha256 }: Bundle,
  published: string | undefined,
): Message[] {
  const hash = commitmentHash(commitment);
  const faults: Message[] = [];
  if (hash !== commitment_sha256)
    faults.push(
      say(
        `承诺的哈希是 ${hash}，文件写的是 ${commitment_sha256}`,
        `the commitment hashes to ${hash}, the file says ${commitment_sha256}`,
      ),
    );
  if (published !== undefined && published !== hash)
    faults.push(
      say(
        `公布的承诺哈希是 ${published}，文件的是 ${hash}`,
        `${published} was published, the file is of ${hash}`,
      ),
    );
  return faults;
}

function directoriesFaults({ commitment, object_leaves, inspector_leaves }: Bundle): Message[] {
  const faults: Message[] = [];
  if (object_leaves.length !== commitment.objects || rootOf(object_leaves) !== commitment.objects_root)
    faults.push(
      say('检查对象名录的叶哈希与承诺不符', 'the leaves of the objects are not those of the commitment'),
    );
  if (
    inspector_leaves.length !== commitment.inspectors ||
    rootOf(inspector_leaves) !== commitment.inspectors_root
  )
    faults.push(
      say('检查人员名录的叶哈希与承诺不符', 'the leaves of the inspectors are not those of the commitment'),
    );
  return faults;
}

/** Of the lines that were frozen, which are not what they were. */
function saltFaults({ commitment, object_leaves, inspector_leaves }: Bundle, opening: Opening): Message[] {
  const { salt, objects, inspectors } = opening;
  if (saltHash(salt) !== commitment.salt_sha256)
    return [say('盐值与承诺不符', 'the salt is not the one committed to')];
  const faults: Message[] = [...directoryFaults(commitment.plan, objects, inspectors)];
  if (objects.length !== object_leaves.length || inspectors.length !== inspector_leaves.length)
    faults.push(say('名录的行数与承诺不符', 'the directories have other lengths than committed to'));
  if (!isSorted(objects, byId('object_id')) || !isSorted(inspectors, byId('inspector_id')))
    faults.push(say('名录未按编号排列', 'the directories are not in the order of their ids'));
  for (const [place, object] of objects.entries())
    if (objectLeaf(salt, object) !== object_leaves[place])
      faults.push(say(`检查对象 ${object.object_id} 被改动`, `object ${object.object_id} was changed`));
  for (const [place, inspector] of inspectors.entries())
    if (inspectorLeaf(salt, inspector) !== inspector_leaves[place])
      faults.push(
        say(`检查人员 ${inspector.inspector_id} 被改动`, `inspector ${inspector.inspector_id} was changed`),
      );
  return faults;
}

const isSorted = <Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): boolean =>
  items.every((item, index) => {
    const before = items[index - 1];
    return before === undefined || compare(before, item) < 0;
  });

function repeat(
  { commitment }: Bundle,
  opening: Opening,
  evidence: Evidence,
  check: (part: VerifiedPart, found: readonly Message[]) => boolean,
): void {
  const given = givenOf({
    commitment,
    salt: opening.salt,
    evidence,
    frozen: {
      objects: opening.objects,
      inspectors: opening.inspectors,
      objectLeaves: [],
      inspectorLeaves: [],
    },
  });
  let drawn: Drawn;
  try {
    drawn = drawAll(given);
  } catch (error) {
    if (error instanceof UnfilledTeam) check('teams', [error.text]);
    else if (error instanceof RangeError) check('result', [say(error.message, error.message)]);
    else throw error;
    return;
  }
  const isDrawn = check('result', resultFaults(drawn.result, opening.result));
  const isTeamed = check('teams', teamFaults(drawn.result.teams, opening.result.teams));
  if (!isDrawn || !isTeamed) return;
  const replaced = afterReplacements(given, drawn, opening.replacements);
  check('replacements', replaced.ok ? [] : [numbered(replaced.place, replaced.message)]);
}

const numbered = (place: number, { zh, en }: Message): Message =>
  say(`第 ${place + 1} 次替补：${zh}`, `replacement ${place + 1}: ${en}`);

function resultFaults(drawn: DrawResult, stated: DrawResult): Message[] {
  const faults: Message[] = [];
  if (drawn.seed !== stated.seed)
    faults.push(say(`种子应为 ${drawn.seed ?? '—'}`, `the seed is ${drawn.seed ?? '—'}`));
  if (canonicalJson(drawn.left_out) !== canonicalJson(stated.left_out))
    faults.push(say('未纳入抽取的数量不符', 'others were left out than the file says'));
  if (drawn.strata.length !== stated.strata.length)
    faults.push(say('分层数量不符', 'there are other strata'));
  for (const [place, own] of drawn.strata.entries()) {
    const other = stated.strata[place];
    if (other === undefined || canonicalJson(own) === canonicalJson(other)) continue;
    const at = own.drawn.findIndex((one, index) => {
      const there = other.drawn[index];
      return there === undefined || one.object_id !== there.object_id || one.ticket !== there.ticket;
    });
    const expected = own.drawn[at];
    faults.push(
      expected === undefined
        ? say(
            `分层 ${own.code} 的编码、规模或数量不符`,
            `stratum ${own.code} has another code, size or number`,
          )
        : say(
            `分层 ${own.code} 第 ${at + 1} 位应为 ${expected.object_id}（${expected.ticket}）`,
            `number ${at + 1} of stratum ${own.code} is ${expected.object_id} (${expected.ticket})`,
          ),
    );
  }
  return faults;
}

function teamFaults(drawn: DrawResult['teams'], stated: DrawResult['teams']): Message[] {
  if (drawn === null || stated === null)
    return drawn === stated ? [] : [say('检查人员的抽取与方案不符', 'the plan says otherwise of teams')];
  const faults = drawn.flatMap(({ object_id, inspectors }, place): Message[] => {
    const other = stated[place];
    return other !== undefined && canonicalJson({ object_id, inspectors }) === canonicalJson(other)
      ? []
      : [
          say(
            `对象 ${object_id} 应由 ${inspectors.join('、')} 检查`,
            `${object_id} is checked by ${inspectors.join(', ')}`,
          ),
        ];
  });
  if (stated.length > drawn.length) faults.push(say('多出检查小组', 'there are teams too many'));
  return faults;
}
