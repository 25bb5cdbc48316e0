import path from 'node:path';
import { z } from 'zod';
import { projectRoot } from './project.ts';

/**
 * The only reader of the environment. Every setting has a default that suits one host with nothing installed but Node;
 * `.env.example` explains each in a sentence. A variable that starts with FUNDWATCH_ and is not known here is an error, because a
 * misspelt setting that is silently ignored is found out on the worst day.
 */
export type Config = {
  /** undefined: bring along an embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** undefined: the queue lives in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Where the worker answers /livez, /readyz and /metrics; undefined: nowhere. */
  readonly workerPort: number | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly rulesDir: string;
  readonly logLevel: LogLevel;
  /** Batches that one worker process screens at the same time. */
  readonly workerConcurrency: number;
  /** Opens the administrators' pages; undefined: there are none. */
  readonly adminToken: string | undefined;
  /** Absolute. The agency's key that signs the audit chain; where there is no such file, nothing is signed. */
  readonly auditKeyFile: string;
  /** The authority that stamps signed heads of the chain by RFC 3161; undefined: none. */
  readonly timestampUrl: string | undefined;
  /** Absolute. The key that the keys of personal data are sealed with; the first start makes it. */
  readonly masterKeyFile: string;
  /** Algorithms of keys that are made from now on: AES and SHA-256, or SM4 and SM3. */
  readonly cipherSuite: 'aes' | 'sm';
  /** 行政区划 of the city that this installation serves: of its first administrator. */
  readonly area: string;
  /** Signed out after so long without doing anything, and after so long whatever one does. */
  readonly sessionIdleMinutes: number;
  readonly sessionHoursMax: number;
  /** Roles that may do nothing before they have a second factor; which roles there are is known to people/permissions.ts. */
  readonly secondFactorRoles: readonly string[];
  /** Proxies whose X-Forwarded-For, -Proto and -Host are believed. */
  readonly trustProxy: string | undefined;
  /** Where people of the agency may sign in as well; undefined: nowhere else. */
  readonly provider: ProviderConfig | undefined;
  /** Load the demo city into an empty database at the first start. On by default only where the database is the embedded one. */
  readonly demo: boolean;
};

export type ProviderConfig = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As browsers see this installation. */
  readonly publicUrl: string;
};

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const workerConcurrencyMax = 64;
const adminTokenCharactersMin = 16;
const adminTokenCharactersMax = 256;

const port = wholeNumber(1, 65_535);
const folder = z.string().describe('a folder');

const Variables = z.object({
  DATABASE_URL: urlOf(
    ['postgresql:', 'postgres:'],
    'postgresql://user:password@host:5432/database',
  ).optional(),
  REDIS_URL: urlOf(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  FUNDWATCH_HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .describe('an address to listen on, like 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  FUNDWATCH_PORT: port.default(8080),
  FUNDWATCH_WORKER_PORT: port.optional(),
  FUNDWATCH_DATA_DIR: folder.default(path.join(projectRoot, '.data')),
  FUNDWATCH_RULES_DIR: folder.default(path.join(projectRoot, 'rules')),
  FUNDWATCH_LOG_LEVEL: z
    .enum(logLevels)
    .describe(`one of ${logLevels.join(', ')}`)
    .default('info'),
  FUNDWATCH_WORKER_CONCURRENCY: wholeNumber(1, workerConcurrencyMax).default(2),
  FUNDWATCH_ADMIN_TOKEN: z
    .string()
    // What a header can carry unescaped.
    .regex(/^[\x21-\x7e]+$/)
    .min(adminTokenCharactersMin)
    .max(adminTokenCharactersMax)
    .describe(`${adminTokenCharactersMin} to ${adminTokenCharactersMax} visible ASCII characters, no spaces`)
    .optional(),
  FUNDWATCH_MASTER_KEY_FILE: z.string().describe('a file').optional(),
  FUNDWATCH_CIPHER_SUITE: z.enum(['aes', 'sm']).default('aes'),
  FUNDWATCH_AUDIT_KEY_FILE: z.string().describe('a file').optional(),
  FUNDWATCH_TIMESTAMP_URL: urlOf(['https:', 'http:'], '')
    // fetch takes none, and would quote them in its error.
    .refine((text) => !/^\w+:\/\/[^/]*@/.test(text))
    .describe('a URL without a user name, like http://tsa.example.gov.cn/rfc3161')
    .optional(),
  FUNDWATCH_AREA: z
    .string()
    .regex(/^\d{4}00$/)
    .describe('the 行政区划 code of a city, six digits that end in 00')
    .default('990100'),
  FUNDWATCH_SESSION_IDLE_MINUTES: wholeNumber(1, 480).default(30),
  FUNDWATCH_SESSION_HOURS: wholeNumber(1, 24).default(12),
  FUNDWATCH_SECOND_FACTOR_ROLES: z
    .string()
    .regex(/^(none|[a-z_]+(,[a-z_]+)*)$/)
    .describe('roles with commas between them, like administrator,leader; or none')
    .optional(),
  FUNDWATCH_TRUST_PROXY: z
    .string()
    .regex(/^[\w.:/]+(,[\w.:/]+)*$/)
    .describe('addresses or networks of proxies with commas between them, like 127.0.0.1 or 10.0.0.0/8')
    .optional(),
  FUNDWATCH_OIDC_ISSUER: urlOf(['https:', 'http:'], 'https://login.example.gov.cn').optional(),
  FUNDWATCH_OIDC_CLIENT_ID: z
    .string()
    .max(255)
    .describe('the name of this installation at the provider')
    .optional(),
  FUNDWATCH_OIDC_CLIENT_SECRET: z
    .string()
    .max(255)
    .describe('the secret of this installation at the provider')
    .optional(),
  FUNDWATCH_PUBLIC_URL: urlOf(['https:', 'http:'], 'https://fundwatch.example.gov.cn').optional(),
  FUNDWATCH_DEMO: z.enum(['on', 'off']).describe('on or off').optional(),
});

/** Read by the tests and by .ci/run, not by the product. */
const variablesOfTests = ['FUNDWATCH_TEST_DATABASE_URL', 'FUNDWATCH_REQUIRE_ALL'];

/** Its message has one line for each wrong variable, and never the value of one that may hold a password. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param baseDir relative folders that are given are taken from here.
 * @throws ConfigError naming every variable that is wrong or unknown, what was given, and what is expected.
 */
export function loadConfig(environment: Environment = process.env, baseDir: string = process.cwd()): Config {
  // An empty value means «not set»: compose files and CI systems write it so.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Variables.safeParse(given);
  const complaints = Object.keys(given).filter(isUnknown).map(unknownComplaint);
  for (const issue of parsed.error?.issues ?? [])
    complaints.push(valueComplaint(String(issue.path[0]), given));
  if (!parsed.success || complaints.length > 0) {
    throw new ConfigError(
      `环境变量有误 / wrong settings in the environment:\n${complaints.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  const values = parsed.data;
  const dataDir = path.resolve(baseDir, values.FUNDWATCH_DATA_DIR);
  const demo =
    values.FUNDWATCH_DEMO === undefined ? values.DATABASE_URL === undefined : values.FUNDWATCH_DEMO === 'on';
  return {
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    host: values.FUNDWATCH_HOST,
    port: values.FUNDWATCH_PORT,
    workerPort: values.FUNDWATCH_WORKER_PORT,
    dataDir,
    rulesDir: path.resolve(baseDir, values.FUNDWATCH_RULES_DIR),
    logLevel: values.FUNDWATCH_LOG_LEVEL,
    workerConcurrency: values.FUNDWATCH_WORKER_CONCURRENCY,
    adminToken: values.FUNDWATCH_ADMIN_TOKEN,
    auditKeyFile: path.resolve(
      baseDir,
      values.FUNDWATCH_AUDIT_KEY_FILE ?? path.join(dataDir, 'audit-key.pem'),
    ),
    timestampUrl: values.FUNDWATCH_TIMESTAMP_URL,
    masterKeyFile: path.resolve(
      baseDir,
      values.FUNDWATCH_MASTER_KEY_FILE ?? path.join(dataDir, 'master-key'),
    ),
    cipherSuite: values.FUNDWATCH_CIPHER_SUITE,
    area: values.FUNDWATCH_AREA,
    sessionIdleMinutes: values.FUNDWATCH_SESSION_IDLE_MINUTES,
    sessionHoursMax: values.FUNDWATCH_SESSION_HOURS,
    // In the demo everybody knows the passwords; a second factor would only keep them out.
    secondFactorRoles: listOf(values.FUNDWATCH_SECOND_FACTOR_ROLES ?? (demo ? 'none' : 'administrator')),
    trustProxy: values.FUNDWATCH_TRUST_PROXY,
    provider: providerOf(values),
    demo,
  };
}

const providerVariables = [
  'FUNDWATCH_OIDC_ISSUER',
  'FUNDWATCH_OIDC_CLIENT_ID',
  'FUNDWATCH_OIDC_CLIENT_SECRET',
  'FUNDWATCH_PUBLIC_URL',
] as const;

/** All of it or nothing: a provider that is half set up would fail when somebody signs in. */
function providerOf(values: z.infer<typeof Variables>): ProviderConfig | undefined {
  const [issuer, clientId, clientSecret, publicUrl] = providerVariables.map((name) => values[name]);
  if (issuer === undefined) return undefined;
  if (clientId !== undefined && clientSecret !== undefined && publicUrl !== undefined)
    return { issuer, clientId, clientSecret, publicUrl };
  const missing = providerVariables.filter((name) => values[name] === undefined);
  throw new ConfigError(
    `环境变量有误 / wrong settings in the environment:\n  FUNDWATCH_OIDC_ISSUER：还需要 / needs as well: ${missing.join(', ')}`,
  );
}

const listOf = (text: string): string[] => (text === 'none' ? [] : text.split(','));

function isUnknown(name: string): boolean {
  return name.startsWith('FUNDWATCH_') && !(name in Variables.shape) && !variablesOfTests.includes(name);
}

function unknownComplaint(name: string): string {
  const known = Object.keys(Variables.shape).filter((other) => other.startsWith('FUNDWATCH_'));
  return `${name}：没有这个设置，可用的有 / is unknown; there are: ${known.join(', ')}`;
}

function valueComplaint(name: string, given: Environment): string {
  const shown = /_(URL|TOKEN|SECRET)$/.test(name) ? '(not shown)' : JSON.stringify(given[name]);
  const expected = expectationOf(name);
  return `${name}：给出 ${shown}，应为 ${expected} / got ${shown}, expected ${expected}`;
}

function expectationOf(name: string): string {
  const entry = Object.entries(Variables.shape).find(([known]) => known === name);
  return entry?.[1].unwrap().description ?? 'another value';
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .describe(`a whole number from ${min} to ${max}`);
}

function urlOf(protocols: readonly string[], example: string) {
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol))
    .describe(`a URL like ${example}`);
}
