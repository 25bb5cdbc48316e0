import type { VersionRow } from '../../rulebook/contract.ts';
import { shortHash } from '../format.ts';

/** The name by which findings know a version, of its content hash; the hash itself while the versions are not known. */
export const versionName = (versions: readonly VersionRow[], hash: string | null): string =>
  hash === null
    ? ''
    : (versions.find(({ content_hash }) => content_hash === hash)?.version ?? shortHash(hash));
