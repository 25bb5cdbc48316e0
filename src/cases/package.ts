/**
 * What goes to the police or to a discipline body with a referral, as one file: the documents of the referral as PDF, the archive of the case
 * up to it, and a manifest with the hash of everything and of each piece of evidence. A ZIP file that every program opens;
 * `verifyPackage` repeats it, and one changed byte anywhere is named. Pure.
 */
import { z } from 'zod';
import { canonicalJson, type CanonicalValue } from '../audit/canonical-json.ts';
import { unzipped, zipOf, type ZipPart } from '../platform/zip.ts';
import {
  type Archive,
  type ArchiveFault,
  archiveSchema,
  type ArchiveVerification,
  verifyArchive,
} from './archive.ts';
import { caseOf } from './case-of.ts';
import { caseEventSchema, type EvidenceRef, evidenceKinds, evidenceMax, referralKinds } from './contract.ts';
import type { CaseDocument } from './document.ts';
import { type Referral, referralsOf } from './referral.ts';
import { sha256Hex } from './sha256.ts';

export const enclosedMax = 50;
const manifestName = 'manifest.json';
const archiveName = 'case.json';
const readMeName = '核验说明.txt';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  format: z.literal('fundwatch-referral'),
  version: z.literal(1),
  case_no: z.string().min(1).max(60),
  kind: z.enum(referralKinds),
  /** The event of the case by which it was referred. */
  seq: z.int().min(2),
  at: z.string().length(19),
  to: z.string().min(1).max(200),
  documents: z
    .array(z.strictObject({ file: z.string(), title: z.string(), number: z.string(), sha256: hash }))
    .max(enclosedMax),
  /** Their contents stand in the archive. */
  evidence: z
    .array(
      z.strictObject({
        no: z.int().min(1).max(evidenceMax),
        kind: z.enum(evidenceKinds),
        title: z.string(),
        source: z.string(),
        sha256: hash,
      }),
    )
    .max(evidenceMax),
  archive: z.strictObject({ file: z.literal(archiveName), sha256: hash, root: hash }),
  /** Over everything above; what one writes down beside the file. */
  root: hash,
});
type Manifest = z.infer<typeof manifestSchema>;

export interface EnclosedDocument extends Pick<CaseDocument, 'title' | 'number'> {
  readonly pdf: Buffer;
}

/**
 * @param archive the text of the archive up to the referral
 * @throws RangeError when the archive does not end with this referral
 */
export function packageOf(
  referral: Pick<Referral, 'kind' | 'seq'>,
  documents: readonly EnclosedDocument[],
  archive: string,
): Buffer {
  const read = archiveSchema.parse(JSON.parse(archive));
  const sent = sentIn(read);
  if (sent === null || sent.referral.kind !== referral.kind || sent.referral.seq !== referral.seq)
    throw new RangeError('the archive does not end with this referral');
  const enclosed = documents.map(({ title, pdf }, place) => ({
    name: `${String(place + 1).padStart(2, '0')}-${title}.pdf`,
    content: pdf,
  }));
  const archived = Buffer.from(archive, 'utf8');
  const body = {
    format: 'fundwatch-referral' as const,
    version: 1 as const,
    ...factsOf(read, sent),
    documents: documents.map(({ title, number, pdf }, place) => ({
      file: enclosed[place]?.name ?? '',
      title,
      number,
      sha256: sha256Hex(pdf),
    })),
    archive: {
      file: archiveName as typeof archiveName,
      sha256: sha256Hex(archived),
      root: read.root,
    },
  };
  const manifest: Manifest = { ...body, root: rootOf(body) };
  return zipOf([
    ...enclosed,
    { name: archiveName, content: archived },
    { name: manifestName, content: Buffer.from(`${canonicalJson(manifest)}\n`, 'utf8') },
    { name: readMeName, content: Buffer.from(readMeText, 'utf8') },
  ]);
}

const readMeText = `本文件是案件移送材料。
case.json 是移送时的案件档案（办理过程与证据原文），manifest.json 列明各份文书、每件证据与档案的 SHA-256 哈希。
任何人可以离线核验：fundwatch case verify 本文件.zip --root 总哈希
输出“一致”，退出码 0；任何一个字节被改动，都会指出是哪一部分，退出码 1。

This is the package of a referral. Anybody verifies it offline: fundwatch case verify FILE.zip --root HASH
`;

const rootOf = (body: CanonicalValue): string => sha256Hex(canonicalJson(body));

interface Sent {
  readonly referral: Referral;
  readonly evidence: readonly EvidenceRef[];
}

/** What the last event of an archive refers, or `null`. */
function sentIn({ events }: Archive): Sent | null {
  const parsed = events.map(({ event }) => caseEventSchema.parse(event));
  const referral = referralsOf(parsed).at(-1);
  return referral === undefined || referral.seq !== parsed.length
    ? null
    : { referral, evidence: caseOf(parsed).evidence };
}

/** What of a manifest follows from the archive. */
const factsOf = ({ case_no }: Archive, { referral, evidence }: Sent) => ({
  case_no,
  kind: referral.kind,
  seq: referral.seq,
  at: referral.at,
  to: referral.to,
  evidence: evidence.map(({ no, kind, title, source, sha256 }) => ({ no, kind, title, source, sha256 })),
});

export type PackageVerification = ArchiveVerification & {
  readonly referral: Pick<Manifest, 'kind' | 'to' | 'at'> | null;
};

const fault = (part: string, zh: string, en: string): ArchiveFault => ({ part, message: { zh, en } });

/** @param expectedRoot the root of the package as somebody wrote it down, where the reader knows it */
export function verifyPackage(file: Buffer, expectedRoot?: string): PackageVerification {
  const { parts, faultAt } = unzipped(file);
  const contents = new Map(parts.map(({ name, content }) => [name, content]));
  const faults: ArchiveFault[] = [];
  const archived = contents.get(archiveName);
  const archive = archived === undefined ? null : verifyArchive(archived.toString('utf8'));
  if (archive === null) faults.push(missing(archiveName));
  else
    faults.push(...archive.faults.map(({ part, message }) => ({ part: `${archiveName}: ${part}`, message })));
  const manifest = readManifest(contents.get(manifestName));
  if ('part' in manifest) faults.push(manifest);
  else {
    faults.push(...enclosureFaults(manifest, parts));
    if (faults.length === 0 && archived !== undefined) faults.push(...factFaults(manifest, archived));
    const { root, ...body } = manifest;
    const own = rootOf(body);
    if (own !== root)
      faults.push(fault('root', `总哈希应为 ${own}，文件写的是 ${root}`, `the root is ${own}, not ${root}`));
    if (expectedRoot !== undefined && expectedRoot !== root)
      faults.push(
        fault('root', `登记的总哈希是 ${expectedRoot}`, `the root that was written down is ${expectedRoot}`),
      );
  }
  // What belongs to no part, or was packed otherwise.
  if (faults.length === 0 && faultAt !== null)
    faults.push(
      fault(
        `byte ${faultAt}`,
        `第 ${faultAt} 字节起与打包格式不符`,
        `not as it was packed from byte ${faultAt} on`,
      ),
    );
  return {
    faults,
    caseNo: archive?.caseNo ?? null,
    root: 'part' in manifest ? null : manifest.root,
    summary: archive?.summary ?? null,
    referral: 'part' in manifest ? null : { kind: manifest.kind, to: manifest.to, at: manifest.at },
  };
}

const missing = (name: string): ArchiveFault => fault(name, `缺少 ${name}`, `${name} is missing`);

function readManifest(content: Buffer | undefined): Manifest | ArchiveFault {
  if (content === undefined) return missing(manifestName);
  const changed = fault(manifestName, '清单被改动', 'the manifest was changed');
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return changed;
    throw error;
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) return changed;
  return `${canonicalJson(parsed.data)}\n` === content.toString('utf8') ? parsed.data : changed;
}

/** Every part is named once with the hash that it has, and nothing else lies in the file. */
function enclosureFaults({ documents, archive }: Manifest, parts: readonly ZipPart[]): ArchiveFault[] {
  const named = new Map([...documents, archive].map((one) => [one.file, one.sha256]));
  const readMe = sha256Hex(readMeText);
  const wanted = new Map([...named, [manifestName, null], [readMeName, readMe]]);
  const held = new Set(parts.map(({ name }) => name));
  return [
    ...[...wanted.keys()].filter((name) => !held.has(name)).map(missing),
    ...parts.flatMap(({ name, content }): ArchiveFault[] => {
      const stated = wanted.get(name);
      if (stated === undefined) return [fault(name, `清单中没有 ${name}`, `${name} is not in the manifest`)];
      return stated === null || sha256Hex(content) === stated
        ? []
        : [fault(name, `${name} 与清单记载的哈希不符`, `${name} is not what the manifest says it was`)];
    }),
  ];
}

/** What the manifest says of the referral against what the events say. The archive holds. */
function factFaults(manifest: Manifest, archived: Buffer): ArchiveFault[] {
  const archive = archiveSchema.parse(JSON.parse(archived.toString('utf8')));
  const sent = sentIn(archive);
  if (sent === null)
    return [fault(archiveName, '档案不以移送结束', 'the archive does not end with a referral')];
  const own: Readonly<Record<string, CanonicalValue>> = {
    ...factsOf(archive, sent),
    archive: { ...manifest.archive, root: archive.root },
  };
  const stated: Readonly<Record<string, CanonicalValue>> = manifest;
  return Object.keys(own)
    .filter((key) => canonicalJson(own[key] ?? null) !== canonicalJson(stated[key] ?? null))
    .map((key) =>
      fault(
        `${manifestName}: ${key}`,
        `清单的 ${key} 与案件档案不符`,
        `${key} of the manifest is not what the archive says`,
      ),
    );
}
