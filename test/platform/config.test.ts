import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/platform/config.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');

function complaintOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('no complaint');
}

test('an empty environment gives settings that need nothing else', () => {
  expect(loadConfig({})).toEqual({
    databaseUrl: undefined,
    redisUrl: undefined,
    host: '127.0.0.1',
    port: 8080,
    workerPort: undefined,
    dataDir: path.join(projectRoot, '.data'),
    rulesDir: path.join(projectRoot, 'rules'),
    logLevel: 'info',
    workerConcurrency: 2,
    adminToken: undefined,
    auditKeyFile: path.join(projectRoot, '.data', 'audit-key.pem'),
    timestampUrl: undefined,
    masterKeyFile: path.join(projectRoot, '.data', 'master-key'),
    cipherSuite: 'aes',
    area: '990100',
    sessionIdleMinutes: 30,
    sessionHoursMax: 12,
    secondFactorRoles: [],
    trustProxy: undefined,
    provider: undefined,
    demo: true,
  });
});

test('an outside database never receives the demo city unless asked for', () => {
  const DATABASE_URL = 'postgresql://u:p@db/fund';
  expect(loadConfig({ DATABASE_URL }).demo).toBe(false);
  expect(loadConfig({ DATABASE_URL, FUNDWATCH_DEMO: 'on' }).demo).toBe(true);
  expect(loadConfig({ FUNDWATCH_DEMO: 'off' }).demo).toBe(false);
});

test('relative folders are taken from where the program was started', () => {
  expect(loadConfig({ FUNDWATCH_DATA_DIR: 'x/y' }, '/somewhere').dataDir).toBe('/somewhere/x/y');
  expect(loadConfig({ FUNDWATCH_RULES_DIR: '/etc/rules' }, '/somewhere').rulesDir).toBe('/etc/rules');
});

test('an empty value means that the variable is not set', () => {
  expect(loadConfig({ DATABASE_URL: '', FUNDWATCH_PORT: '', FUNDWATCH_DEMO: '' })).toEqual(loadConfig({}));
});

test.each([
  ['FUNDWATCH_PORT', '0', 'a whole number from 1 to 65535'],
  ['FUNDWATCH_PORT', '65536', 'a whole number from 1 to 65535'],
  ['FUNDWATCH_PORT', '80x', 'a whole number from 1 to 65535'],
  ['FUNDWATCH_PORT', '-1', 'a whole number from 1 to 65535'],
  ['FUNDWATCH_PORT', '1e3', 'a whole number from 1 to 65535'],
  ['FUNDWATCH_WORKER_CONCURRENCY', '0', 'a whole number from 1 to 64'],
  ['FUNDWATCH_WORKER_CONCURRENCY', '65', 'a whole number from 1 to 64'],
  ['FUNDWATCH_LOG_LEVEL', 'loud', 'one of trace, debug, info'],
  ['FUNDWATCH_DEMO', 'yes', 'on or off'],
  ['FUNDWATCH_HOST', 'a b', 'an address to listen on'],
])('%s=%s is refused with what was given and what is expected', (name, value, expected) => {
  const complaint = complaintOf({ [name]: value });
  expect(complaint).toContain(name);
  expect(complaint).toContain(JSON.stringify(value));
  expect(complaint).toContain(expected);
});

test.each(['fifteen-letters', 'sixteen letters with blanks', 'x'.repeat(257)])(
  'an administrators\u2019 token like %s is refused without showing it',
  (token) => {
    const complaint = complaintOf({ FUNDWATCH_ADMIN_TOKEN: token });
    expect(complaint).toContain('FUNDWATCH_ADMIN_TOKEN');
    expect(complaint).toContain('16 to 256 visible ASCII characters');
    expect(complaint).not.toContain(token);
    expect(loadConfig({ FUNDWATCH_ADMIN_TOKEN: 'sixteen-letters-' }).adminToken).toBe('sixteen-letters-');
  },
);

test('a wrong URL is refused without showing the password in it', () => {
  const complaint = complaintOf({ DATABASE_URL: 'mysql://root:geheim@db/fund', REDIS_URL: 'no url: geheim' });
  expect(complaint).toContain('DATABASE_URL');
  expect(complaint).toContain('postgresql://user:password@host:5432/database');
  expect(complaint).toContain('REDIS_URL');
  expect(complaint).not.toContain('geheim');
});

test('a time stamping authority is asked without a password', () => {
  const FUNDWATCH_TIMESTAMP_URL = 'https://tsa.example.gov.cn/rfc3161';
  expect(loadConfig({ FUNDWATCH_TIMESTAMP_URL }).timestampUrl).toBe(FUNDWATCH_TIMESTAMP_URL);
  for (const wrong of ['https://user:geheim@tsa.example.gov.cn', 'file:///geheim', 'geheim']) {
    const complaint = complaintOf({ FUNDWATCH_TIMESTAMP_URL: wrong });
    expect(complaint).toContain('a URL without a user name');
    expect(complaint).not.toContain('geheim');
  }
});

test('all faults are named at once, an unknown variable among them with the known ones', () => {
  const complaint = complaintOf({
    FUNDWATCH_PROT: '8081',
    FUNDWATCH_PORT: 'x',
    FUNDWATCH_DEMO: 'x',
    PATH: '/bin',
  });
  expect(complaint).toContain('FUNDWATCH_PROT');
  expect(complaint).toContain('FUNDWATCH_DATA_DIR');
  expect(complaint.match(/FUNDWATCH_PORT：/g)).toHaveLength(1);
  expect(complaint).toContain('FUNDWATCH_DEMO');
  expect(complaint).not.toContain('PATH：');
});

test('.env.example names every setting, and as it stands it changes nothing', () => {
  const lines = readFileSync(path.join(projectRoot, '.env.example'), 'utf8').split('\n');
  const example = Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(loadConfig(example, projectRoot)).toEqual(loadConfig({}));
  const known = complaintOf({ FUNDWATCH_NOTHING: 'x' }).match(/FUNDWATCH_\w+/g) ?? [];
  for (const name of [...known, 'DATABASE_URL', 'REDIS_URL'].filter((each) => each !== 'FUNDWATCH_NOTHING')) {
    expect(example).toHaveProperty(name);
  }
});
