/** `fundwatch case …`: checks an exported case file or the package of a referral, by anybody, without a database or a network. */
import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { stateNames } from '../cases/refusal.ts';
import { type Expected, verifyArchive } from '../cases/archive.ts';
import { type PackageVerification, verifyPackage } from '../cases/package.ts';
import { failedBy } from '../platform/failed-by.ts';
import { isZip } from '../platform/zip.ts';

const archiveBytesMax = 512 * 1024 * 1024;

export function register(program: Command): void {
  const cases = program.command('case').description('案件档案 / case files');
  cases
    .command('verify <file>')
    .description(
      '核验导出的案件档案（JSON）或者移送案卷包（ZIP），退出码 0 一致、1 不一致 / verify an exported case or the package of a referral; exit code 0 intact, 1 not',
    )
    .option('--root <hash>', '另行登记的总哈希 / the root as it was written down elsewhere')
    .option(
      '--head <hash>',
      '移送证据清单或回执上的链哈希 / the head, as it stands on the list of evidence or the receipt',
    )
    .option('--json', '以 JSON 输出 / as JSON')
    .action(async (file: string, { json, ...hashes }: { root?: string; head?: string; json?: true }) => {
      const found = verify(await readArchiveFile(file), {
        root: plain(hashes.root),
        head: plain(hashes.head),
      });
      process.stdout.write(`${json === true ? JSON.stringify(found) : textOf(found)}\n`);
      process.exitCode = found.faults.length === 0 ? 0 : 1;
    });
}

/** On paper a hash stands in groups. */
const plain = (hash: string | undefined): string | undefined => hash?.replaceAll(/\s/g, '').toLowerCase();

/** A byte that is not UTF-8 becomes another character, and so a fault. */
const verify = (bytes: Buffer, expected: Expected): PackageVerification =>
  isZip(bytes)
    ? verifyPackage(bytes, expected)
    : { ...verifyArchive(bytes.toString('utf8'), expected), package: null };

async function readArchiveFile(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > archiveBytesMax)
      throw new Error(`${file} 超过 ${archiveBytesMax} 字节 / is larger than ${archiveBytesMax} bytes`);
    return await readFile(file);
  } catch (error) {
    if (failedBy(error, 'ENOENT'))
      throw new Error(`没有文件 ${file} / there is no file ${file}`, { cause: error });
    throw error;
  }
}

const kindNames = {
  case: '案卷 / the whole case',
  police: '移送公安机关 / referred to the police',
  discipline: '移送纪检监察机关 / referred to a discipline body',
} as const;

const filesText = ({ enclosed, left_out }: { enclosed: number; left_out: number }): string[] =>
  enclosed + left_out === 0
    ? []
    : [
        `照片和文件 / photos and documents: ${enclosed}${
          left_out === 0
            ? ''
            : `，另有 ${left_out} 份超出案卷包限额未随附，仅列哈希 / ${left_out} more, beyond the limits of a package, named by their hashes only`
        }`,
      ];

function textOf({ faults, caseNo, root, head, summary, package: packed }: PackageVerification): string {
  const yuan = (fen: number): string => (fen / 100).toFixed(2);
  return [
    faults.length === 0 ? '一致 / intact' : '不一致 / not as it was',
    ...(caseNo === null || summary === null
      ? []
      : [
          `案件 / case: ${caseNo}（${stateNames[summary.state].zh} / ${stateNames[summary.state].en}）`,
          `涉嫌 / flagged ${yuan(summary.flagged_fen)}，认定 / confirmed ${yuan(summary.confirmed_fen)}，决定退回 / refund decided ${yuan(summary.refund_decided_fen)}，已退回 / recovered ${yuan(summary.recovered_fen)}`,
        ]),
    ...(packed === null
      ? []
      : [
          [kindNames[packed.kind], packed.to, packed.at].filter(Boolean).join('　'),
          ...filesText(packed.files),
        ]),
    ...(root === null ? [] : [`总哈希 / root: ${root}`]),
    ...(head === null ? [] : [`链哈希 / head: ${head}`]),
    ...faults.map(({ part, message }) => `✗ ${part}: ${message.zh} / ${message.en}`),
  ].join('\n');
}
