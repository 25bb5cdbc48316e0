/** The host of PostgreSQL and Redis: run by scale-out with a folder, its address and the network that may connect. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/embedded.ts';
import { findOptionalPart } from '../support/optional-parts.ts';

const [folder = '', address = '', network = ''] = process.argv.slice(2);
const redisPort = 6379;

mkdirSync(folder, { recursive: true, mode: 0o711 });
const accessFile = path.join(folder, 'pg_hba.conf');
writeFileSync(
  accessFile,
  ['127.0.0.1/32', network].map((from) => `host all all ${from} scram-sha-256\n`).join(''),
);
chmodSync(accessFile, 0o644);
const postgres = await startEmbeddedPostgres({
  dataDir: folder,
  report: () => undefined,
  settings: { listen_addresses: `127.0.0.1,${address}`, hba_file: accessFile, max_connections: '120' },
});

const password = randomBytes(24).toString('base64url');
const redis = spawn(
  findOptionalPart('redis') ?? 'redis-server',
  ['--port', String(redisPort), '--bind', address, '--requirepass', password, '--dir', folder]
    // The queue is noted down once a second, as the runbook says.
    .concat(['--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction']),
  { stdio: 'ignore' },
);

const databaseUrl = new URL(postgres.url);
databaseUrl.hostname = address;
process.send?.({ databaseUrl: databaseUrl.href, redisUrl: `redis://:${password}@${address}:${redisPort}` });

const stop = async (): Promise<void> => {
  redis.kill('SIGTERM');
  await postgres.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('disconnect', () => void stop());
