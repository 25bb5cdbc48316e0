import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/platform/embedded.ts';

/** Starts an embedded server, commits a row, prints the server's process id, and waits to be killed. */
const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('missing data directory');

const server = await startEmbeddedPostgres({
  dataDir,
  settings: { shared_buffers: '16MB', max_connections: '10' },
  report: () => undefined,
});
const client = new pg.Client({ connectionString: server.url });
await client.connect();
await client.query('CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
process.stdout.write(`${server.pid()}\n`);
await sleep(600_000);
