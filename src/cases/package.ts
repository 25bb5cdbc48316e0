/**
 * A case as one file: documents as PDF, the archive, and a manifest with the hash of everything and of each piece of evidence. It holds the whole
 * case, or what goes to the police or to a discipline body with a referral, up to which the archive reaches then. A ZIP file that every
 * program opens; `verifyPackage` repeats it, and one changed byte anywhere is named. Pure.
 */
import { z } from 'zod';
import { canonicalJson, type CanonicalValue } from '../audit/canonical-json.ts';
import { unzipped, zipOf, type ZipPart } from '../platform/zip.ts';
import {
  type Archive,
  type ArchiveFault,
  archiveSchema,
  type ArchiveVerification,
  type Expected,
  rootFault,
  verifyArchive,
} from './archive.ts';
import { caseOf } from './case-of.ts';
import {
  caseEventSchema,
  evidenceFilesMax,
  evidenceKinds,
  evidenceMax,
  type EvidenceRef,
  referralKinds,
} from './contract.ts';
import type { CaseDocument } from './document.ts';
import { referralsOf } from './referral.ts';
import { sha256Hex } from './sha256.ts';

/** A case without end makes documents without end. */
const enclosedMax = 900;
/** Files of the evidence in one package. What is beyond is named with its hash and is not enclosed. */
const enclosedFilesMax = 500;
export const enclosedFileBytesMax = 128 * 1024 * 1024;
export const packageKinds = ['case', ...referralKinds] as const;
export type PackageKind = (typeof packageKinds)[number];
const manifestName = 'manifest.json';
const archiveName = 'case.json';
const readMeName = '核验说明.txt';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  format: z.literal('fundwatch-case-package'),
  version: z.literal(1),
  case_no: z.string().min(1).max(60),
  kind: z.enum(packageKinds),
  /** Up to which event of the case it reaches: of a referral, the one by which it went out. */
  seq: z.int().min(1),
  at: z.string().length(19),
  /** To whom it was referred; `null`: it holds the whole case. */
  to: z.string().min(1).max(200).nullable(),
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
  /** Photos and documents of the evidence, each once; absent: there are none. */
  files: z
    .array(
      z.strictObject({
        file: z.string().nullable().describe('null: beyond the limits, and not enclosed'),
        evidence: z.array(z.int().min(1).max(evidenceMax)).min(1),
        title: z.string(),
        kind: z.enum(['jpeg', 'png', 'pdf']),
        bytes: z.int().min(1),
        sha256: hash,
      }),
    )
    .max(evidenceMax * evidenceFilesMax)
    .optional(),
  archive: z.strictObject({ file: z.literal(archiveName), sha256: hash, root: hash }),
  /** Over everything above; what one writes down beside the file. */
  root: hash,
});
type Manifest = z.infer<typeof manifestSchema>;

export interface EnclosedDocument extends Pick<CaseDocument, 'title' | 'number'> {
  readonly pdf: Buffer;
}

export type PackageFile = NonNullable<Manifest['files']>[number];

const extensions = { jpeg: 'jpg', png: 'png', pdf: 'pdf' } as const;

/** The files of evidence in its order, each once, and which of them are enclosed: as many as fit, in this order. */
export function packageFiles(evidence: readonly Pick<EvidenceRef, 'no' | 'files'>[]): PackageFile[] {
  const named = new Map<string, PackageFile>();
  let enclosed = 0;
  let bytesLeft = enclosedFileBytesMax;
  for (const { no, files = [] } of evidence)
    for (const { title, kind, bytes, sha256 } of files) {
      const known = named.get(sha256);
      if (known !== undefined) {
        if (!known.evidence.includes(no)) known.evidence.push(no);
        continue;
      }
      const fits = enclosed < enclosedFilesMax && bytes <= bytesLeft;
      if (fits) {
        enclosed += 1;
        bytesLeft -= bytes;
      }
      const file = fits ? `files/${sha256}.${extensions[kind]}` : null;
      named.set(sha256, { file, evidence: [no], title, kind, bytes, sha256 });
    }
  return [...named.values()];
}

/**
 * @param archive the text of the archive, which ends with the referral where it is one
 * @param files contents of those that `packageFiles` encloses, by hash
 * @throws RangeError when it does not, when there are too many documents, or when a file is missing
 */
export function packageOf(
  kind: PackageKind,
  documents: readonly EnclosedDocument[],
  archive: string,
  files: ReadonlyMap<string, Buffer> = new Map(),
): Buffer {
  if (documents.length > enclosedMax) throw new RangeError(`more than ${enclosedMax} documents`);
  const read = archiveSchema.parse(JSON.parse(archive));
  const facts = factsOf(kind, read);
  if (facts === null) throw new RangeError('the archive does not end with this referral');
  const enclosed = documents.map(({ title, pdf }, place) => ({
    name: `${String(place + 1).padStart(2, '0')}-${title}.pdf`,
    content: pdf,
  }));
  const archived = Buffer.from(archive, 'utf8');
  const body = {
    format: 'fundwatch-case-package' as const,
    version: 1 as const,
    ...facts,
    documents: documents.map(({ title, number, pdf }, place) => ({
      file: enclosed[place]?.name ?? '',
      title,
      number,
      sha256: sha256Hex(pdf),
    })),
    archive: { file: archiveName as typeof archiveName, sha256: sha256Hex(archived), root: read.root },
  };
  const manifest: Manifest = { ...body, root: rootOf(body) };
  return zipOf([
    ...enclosed,
    ...(facts.files ?? []).flatMap(({ file, sha256 }) => partOf(file, files.get(sha256))),
    { name: archiveName, content: archived },
    { name: manifestName, content: Buffer.from(`${canonicalJson(manifest)}\n`, 'utf8') },
    { name: readMeName, content: Buffer.from(readMeText, 'utf8') },
  ]);
}

function partOf(name: string | null, content: Buffer | undefined): ZipPart[] {
  if (name === null) return [];
  if (content === undefined) throw new RangeError(`${name} is missing`);
  return [{ name, content }];
}

const readMeText = `本文件是案卷或者案件移送材料。
case.json 是案件档案（办理过程与证据原文），manifest.json 列明各份文书、每件证据与档案的 SHA-256 哈希。
任何人可以离线核验：fundwatch case verify 本文件.zip --root 总哈希
输出“一致”，退出码 0；任何一个字节被改动，都会指出是哪一部分，退出码 1。

This is a case, or what was referred of it. Anybody verifies it offline: fundwatch case verify FILE.zip --root HASH
`;

const rootOf = (body: CanonicalValue): string => sha256Hex(canonicalJson(body));

/** What of a manifest follows from the archive. `null`: the archive does not end with a referral of this kind. */
function factsOf(kind: PackageKind, { case_no, events }: Archive) {
  const parsed = events.map(({ event }) => caseEventSchema.parse(event));
  const seq = parsed.length;
  const sent = referralsOf(parsed).find((one) => one.kind === kind && one.seq === seq);
  if (kind !== 'case' && sent === undefined) return null;
  const { evidence } = caseOf(parsed);
  const files = packageFiles(evidence);
  return {
    case_no,
    kind,
    seq,
    at: parsed.at(-1)?.at ?? '',
    to: sent?.to ?? null,
    evidence: evidence.map(({ no, kind: of, title, source, sha256 }) => ({
      no,
      kind: of,
      title,
      source,
      sha256,
    })),
    ...(files.length === 0 ? {} : { files }),
  };
}

export type PackageVerification = ArchiveVerification & {
  /** `null`: it could not be read. */
  readonly package:
    | (Pick<Manifest, 'kind' | 'to' | 'at'> & {
        /** Photos and documents that were compared with their hashes, and those that are named and not enclosed. */
        readonly files: { readonly enclosed: number; readonly left_out: number };
      })
    | null;
};

const fault = (part: string, zh: string, en: string): ArchiveFault => ({ part, message: { zh, en } });

/** @param expected the root of the package, not of the archive in it; the head is the archive's */
export function verifyPackage(file: Buffer, expected: Expected = {}): PackageVerification {
  const { parts, faultAt } = unzipped(file);
  const contents = new Map(parts.map(({ name, content }) => [name, content]));
  const faults: ArchiveFault[] = [];
  const archived = contents.get(archiveName);
  const archive =
    archived === undefined ? null : verifyArchive(archived.toString('utf8'), { head: expected.head });
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
    faults.push(...rootFault(expected.root, root));
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
    head: archive?.head ?? null,
    summary: archive?.summary ?? null,
    package:
      'part' in manifest
        ? null
        : { kind: manifest.kind, to: manifest.to, at: manifest.at, files: countFiles(manifest) },
  };
}

function countFiles({ files = [] }: Manifest): { enclosed: number; left_out: number } {
  const enclosed = files.filter(({ file }) => file !== null).length;
  return { enclosed, left_out: files.length - enclosed };
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
function enclosureFaults(
  { documents, files = [], archive }: Manifest,
  parts: readonly ZipPart[],
): ArchiveFault[] {
  const named = new Map(
    [...documents, ...files, archive].flatMap(({ file, sha256 }) => (file === null ? [] : [[file, sha256]])),
  );
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
  const facts = factsOf(manifest.kind, archive);
  if (facts === null)
    return [
      fault(
        `${manifestName}: kind`,
        '档案不以这样的移送结束',
        'the archive does not end with such a referral',
      ),
    ];
  const own: Readonly<Record<string, CanonicalValue>> = {
    ...facts,
    files: facts.files ?? null,
    archive: { ...manifest.archive, root: archive.root },
  };
  const stated: Readonly<Record<string, CanonicalValue>> = { ...manifest, files: manifest.files ?? null };
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
