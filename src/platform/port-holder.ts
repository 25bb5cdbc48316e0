import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Undefined when the port can be listened on; otherwise why not, with the process that holds it where the system tells (Linux). */
export async function portProblem(
  host: string,
  port: number,
): Promise<{ code: string; holder: string | undefined } | undefined> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return undefined;
  return { code, holder: code === 'EADDRINUSE' ? await findHolder(port).catch(() => undefined) : undefined };
}

const listening = '0A';
const processesMax = 5_000;

async function findHolder(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = (await readFile(table, 'utf8').catch(() => '')).trim().split('\n').slice(1);
    for (const row of rows) {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      if (state === listening && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).slice(0, processesMax);
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (inodes.has(target)) return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (${pid})`;
    }
  }
  return undefined;
}
