/** The database of versions: what they say, what was done with them, and which are in force. */
import type { Pool, PoolClient } from 'pg';
import { prepared } from '../platform/prepared.ts';
import { type Examples, examplesSchema, type RuleDocument, ruleSchema } from '../rules/contract.ts';
import type { ContentText } from './content.ts';
import { type Ramp, rampSchema } from './contract.ts';
import type { StepAction } from './states-contract.ts';

type Client = Pool | PoolClient;

export interface StoredVersion extends ContentText {
  readonly code: string;
  readonly origin: 'shipped' | 'written';
  readonly author: string;
  readonly based_on: string | null;
  readonly created_at: Date;
}

const versionColumns =
  'v.content_hash, v.code, v.version, v.document, v.examples, v.origin, v.author, v.based_on, v.created_at';

/** Written by `content.ts`, so it is read without a doubt; zod keeps the order of what it reads. */
export const documentOf = ({ document }: Pick<StoredVersion, 'document'>): RuleDocument =>
  ruleSchema.parse(JSON.parse(document));
export const examplesOf = ({ examples }: Pick<StoredVersion, 'examples'>): Examples | null =>
  examples === null ? null : examplesSchema.parse(JSON.parse(examples));

/** @returns whether it was new: the same content is stored once, under whoever brought it first */
export async function insertVersion(
  client: PoolClient,
  version: Omit<StoredVersion, 'created_at'>,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO rule_version (content_hash, code, version, document, examples, origin, author, based_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (content_hash) DO NOTHING`,
    [
      version.content_hash,
      version.code,
      version.version,
      version.document,
      version.examples,
      version.origin,
      version.author,
      version.based_on,
    ],
  );
  return rowCount === 1;
}

export async function findVersion(client: Client, contentHash: string): Promise<StoredVersion | null> {
  const { rows } = await client.query<StoredVersion>(
    `SELECT ${versionColumns} FROM rule_version v WHERE v.content_hash = $1`,
    [contentHash],
  );
  return rows[0] ?? null;
}

/** The version that a finding names; of contents with the same document, the first. */
export async function findNamedVersion(
  client: Client,
  code: string,
  version: string,
): Promise<StoredVersion | null> {
  const { rows } = await client.query<StoredVersion>(
    `SELECT ${versionColumns} FROM rule_version v WHERE v.code = $1 AND v.version = $2 ORDER BY v.created_at LIMIT 1`,
    [code, version],
  );
  return rows[0] ?? null;
}

/** Of one rule or of all, newest first. */
export async function listVersions(
  client: Client,
  code: string | null,
): Promise<(StoredVersion & { steps: StepAction[] })[]> {
  const { rows } = await client.query<StoredVersion & { steps: StepAction[] }>(
    `SELECT ${versionColumns},
            ARRAY(SELECT s.action::text FROM rule_step s WHERE s.content_hash = v.content_hash ORDER BY s.id) AS steps
       FROM rule_version v WHERE $1::text IS NULL OR v.code = $1 ORDER BY v.code, v.created_at DESC, v.content_hash`,
    [code],
  );
  return rows;
}

export interface Step {
  readonly action: StepAction;
  readonly account: string;
  readonly reason: string | null;
  readonly at: Date;
}

export async function stepsOf(client: Client, contentHash: string): Promise<Step[]> {
  const { rows } = await client.query<Step>(
    'SELECT action, account, reason, at FROM rule_step WHERE content_hash = $1 ORDER BY id',
    [contentHash],
  );
  return rows;
}

export async function insertStep(
  client: PoolClient,
  contentHash: string,
  { action, account, reason }: Omit<Step, 'at'>,
): Promise<void> {
  await client.query(
    'INSERT INTO rule_step (content_hash, action, account, reason) VALUES ($1, $2, $3, $4)',
    [contentHash, action, account, reason],
  );
}

export type Mode = 'active' | 'shadow';

export interface Activation {
  readonly id: number;
  readonly code: string;
  readonly mode: Mode;
  readonly content_hash: string | null;
  readonly ramp: Ramp | null;
  readonly account: string;
  readonly at: Date;
}

interface ActivationRecord extends Omit<Activation, 'ramp'> {
  readonly ramp: unknown;
}
const activationOf = (row: ActivationRecord): Activation => ({
  ...row,
  ramp: rampSchema.nullable().parse(row.ramp),
});

/** Keeps everybody from judging claims until this transaction ends, and waits for those who do. Taken before any other lock. */
export async function lockRules(client: PoolClient): Promise<void> {
  await client.query('SELECT change_rules()');
}

/** Keeps the rules in force as they are until this transaction ends. @returns their number */
export async function holdRules(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ generation: number }>(
    prepared('SELECT hold_rules() AS generation', []),
  );
  return rows[0]?.generation ?? 0;
}

/** The number of the rules and tables in force: grows with every change. */
export async function currentGeneration(client: Client): Promise<number> {
  const { rows } = await client.query<{ generation: number }>('SELECT rules_generation() AS generation');
  return rows[0]?.generation ?? 0;
}

/** Under the lock of `lockRules`: what counts from the commit on. */
export async function insertActivation(
  client: PoolClient,
  { code, mode, content_hash, ramp, account }: Omit<Activation, 'id' | 'at'>,
): Promise<void> {
  await client.query(
    'INSERT INTO rule_activation (code, mode, content_hash, ramp, account) VALUES ($1, $2, $3, $4, $5)',
    [code, mode, content_hash, ramp === null ? null : JSON.stringify(ramp), account],
  );
}

export interface Placed extends Activation {
  readonly version: Omit<StoredVersion, 'created_at'> | null;
}

/** The last row of every code and mode, with its version: `null` where the rule was taken out. */
export async function placedVersions(client: Client, generation: number | null): Promise<Placed[]> {
  const { rows } = await client.query<
    ActivationRecord & { stored: Omit<StoredVersion, 'created_at'> | null }
  >(
    `SELECT DISTINCT ON (a.mode, a.code) a.id, a.code, a.mode, a.content_hash, a.ramp, a.account, a.at,
            CASE WHEN v.content_hash IS NULL THEN NULL ELSE
              json_build_object('content_hash', v.content_hash, 'code', v.code, 'version', v.version, 'document', v.document,
                'examples', v.examples, 'origin', v.origin, 'author', v.author, 'based_on', v.based_on) END AS stored
       FROM rule_activation a LEFT JOIN rule_version v ON v.content_hash = a.content_hash
      WHERE a.id <= coalesce($1, a.id) ORDER BY a.mode, a.code, a.id DESC`,
    [generation],
  );
  return rows.map(({ stored, ...row }) => ({ ...activationOf(row), version: stored }));
}

/** What was in force of a rule, newest first. */
export async function activationsOf(client: Client, code: string): Promise<Activation[]> {
  const { rows } = await client.query<ActivationRecord>(
    'SELECT id, code, mode, content_hash, ramp, account, at FROM rule_activation WHERE code = $1 ORDER BY id DESC',
    [code],
  );
  return rows.map(activationOf);
}
