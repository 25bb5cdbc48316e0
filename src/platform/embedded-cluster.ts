import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { EmbeddedBinaries } from './embedded-binaries.ts';

/**
 * How PostgreSQL's programs are run: as we are, or, when we are root, as the system user `postgres`, because they refuse to run as root.
 */
export type ServerIdentity = {
  /** The user who must own the cluster; undefined: we ourselves. */
  readonly owner: { uid: number; gid: number } | undefined;
  /** A program and arguments that stand before the command, or nothing. */
  readonly launcher: readonly string[];
};

/** PostgreSQL's programs need nothing of our environment. */
export const systemPath = '/usr/bin:/bin';

const run = promisify(execFile);

/**
 * For root a user without rights is found or made.
 *
 * @param pathsToReach the programs must be able to reach these as that user. Where a folder above is closed (root's own home is), they
 * keep one right of root's, the one to pass through closed folders; the rest of fundwatch runs as root there anyway.
 */
export async function serverIdentity(pathsToReach: readonly string[]): Promise<ServerIdentity> {
  if (process.getuid?.() !== 0) return { owner: undefined, launcher: [] };
  const owner = (await findUser('postgres')) ?? (await makeUser('postgres'));
  const plain: ServerIdentity = { owner, launcher: [] };
  const passing: ServerIdentity = { owner, launcher: passThroughClosedFolders(owner) };
  for (const identity of [plain, passing]) {
    if (await reachesAll(identity, pathsToReach)) return identity;
  }
  throw new Error(
    `以 root 运行时，数据库以系统用户 postgres 运行，但它无法进入 ${pathsToReach.join('、')}（上级目录不允许）。` +
      '请把 fundwatch 放到 /opt 或 /srv 下，或用普通用户运行，或用 DATABASE_URL 指定 PostgreSQL。\n' +
      `Running as root, the database runs as the user postgres, who cannot reach ${pathsToReach.join(', ')} because a folder ` +
      'above is closed. Move fundwatch to /opt or /srv, or run as an ordinary user, or set DATABASE_URL.',
  );
}

/** Arguments of `spawn` and `execFile` for one of PostgreSQL's programs. */
export function asServer(
  identity: ServerIdentity,
  program: string,
  args: readonly string[],
): { program: string; args: string[]; user: { uid?: number; gid?: number } } {
  const [launcher, ...launcherArgs] = identity.launcher;
  if (launcher === undefined) return { program, args: [...args], user: { ...identity.owner } };
  return { program: launcher, args: [...launcherArgs, program, ...args], user: {} };
}

/** `setpriv` is part of every Debian; where it is missing, the check in `serverIdentity` fails and says what to do. */
function passThroughClosedFolders({ uid, gid }: { uid: number; gid: number }): string[] {
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=+dac_override',
    '--bounding-set=-all,+dac_override',
    // PostgreSQL asks access(2) whether it can run itself, and access(2) forgets the right unless told not to.
    '--securebits=+no_setuid_fixup',
  ];
}

async function reachesAll(identity: ServerIdentity, places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    const { program, args, user } = asServer(identity, '/usr/bin/test', ['-x', place]);
    const reached = await run(program, args, { ...user, cwd: '/' }).then(
      () => true,
      () => false,
    );
    if (!reached) return false;
  }
  return true;
}

async function findUser(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function makeUser(name: string): Promise<{ uid: number; gid: number }> {
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]).catch(
    // Alpine has no useradd.
    () => run('adduser', ['-S', '-D', '-H', name]),
  );
  const made = await findUser(name);
  if (made !== undefined) return made;
  throw new Error(
    `以 root 运行时无法创建系统用户 ${name}。请用普通用户运行，或用 DATABASE_URL 指定 PostgreSQL。\n` +
      `Running as root, and the system user ${name} cannot be created. Run as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Runs initdb into a folder that does not exist yet. */
export async function createCluster(options: {
  binaries: EmbeddedBinaries;
  identity: ServerIdentity;
  clusterDir: string;
  userName: string;
  password: string;
  /** False only for a database that may be lost with the machine, as in tests. */
  durable: boolean;
}): Promise<void> {
  const { binaries, identity, clusterDir } = options;
  await mkdir(clusterDir, { mode: 0o700 });
  const secretDir = await mkdtemp(path.join(os.tmpdir(), 'fundwatch-initdb-'));
  const passwordFile = path.join(secretDir, 'password');
  try {
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
    const { owner } = identity;
    if (owner !== undefined) {
      for (const place of [clusterDir, secretDir, passwordFile]) await chown(place, owner.uid, owner.gid);
    }
    const flags = [
      `--pgdata=${clusterDir}`,
      `--username=${options.userName}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorting and case folding by PostgreSQL's own rules: the same order on every machine, whatever the system's locale.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.durable ? [] : ['--no-sync']),
    ];
    const { program, args, user } = asServer(identity, binaries.initdb, flags);
    await run(program, args, {
      ...user,
      cwd: path.parse(clusterDir).root,
      env: { LC_ALL: 'C', PATH: systemPath },
    });
  } finally {
    await rm(secretDir, { recursive: true, force: true });
  }
}
