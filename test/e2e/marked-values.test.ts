/** The product runs with marked persons, and everything that it wrote is searched for the marks: files, tables, answers, output. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../src/api/operations.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import { revealedSchema } from '../../src/claims/persons-contract.ts';
import { claimsOf, generateCity } from '../../src/demo/city.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { freePort } from '../support/free-port.ts';
import { keyHeaders, signedIn } from '../support/people.ts';
import { drained, productDatabaseUrl, productReady, startProduct, stopProduct } from '../support/product.ts';

const markedMax = 1_000;
const startMs = 60_000;

/** Nothing else in the world begins like these: six bytes at least, and twelve digits, which neither sealed bytes nor their digests have by chance. */
const marks = { certno: '990188190606', psn_name: '龘鱻', tel: '0579-8807', addr: '密巷' } as const;
type Marked = Record<keyof typeof marks, string>;
const markedPerson = (n: number): Marked => ({
  certno: `${marks.certno}${String(n).padStart(5, '0')}X`,
  // The first character of a name is shown.
  psn_name: `赵${marks.psn_name}${String.fromCodePoint(0x4e00 + n)}`,
  tel: `${marks.tel}${String(n).padStart(4, '0')}`,
  addr: `${marks.addr}${n}号`,
});

/** As the marks may stand in what was written: plain, as PostgreSQL prints bytes, and as JSON may escape them. */
const needles = Object.values(marks).flatMap((mark) => [
  Buffer.from(mark),
  Buffer.from(Buffer.from(mark).toString('hex')),
  ...(/[^ -~]/.test(mark)
    ? [Buffer.from([...mark].map((c) => `\\u${c.charCodeAt(0).toString(16)}`).join(''))]
    : []),
]);
const marksIn = (text: Buffer | string): string[] => {
  const bytes = Buffer.from(text);
  return needles.filter((needle) => bytes.includes(needle)).map(String);
};

let dataDir: string;
let port: number;
let product: ChildProcess;
let output = '';
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fundwatch-marked-'));
  port = await freePort();
  product = startProduct(dataDir, port, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { FUNDWATCH_LOG_LEVEL: 'debug' },
  });
  for (const stream of [product.stdout, product.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
}, startMs);
afterAll(async () => {
  await stopProduct(product);
  await rm(dataDir, { recursive: true, force: true });
});

test('1,000 marked persons are found nowhere outside what is sealed', async () => {
  await productReady(port);
  const database = openDatabase(await productDatabaseUrl(dataDir), {
    applicationName: 'fundwatch test',
    poolMax: 2,
  });
  const answers: [string, string][] = [];
  try {
    const machine = await keyHeaders(database, [
      'claims:write',
      'precheck',
      'national-audit',
      'findings:read',
    ]);
    const inspector = await signedIn(database, { login: 'inspector', role: 'inspector', area: '990100' });
    const auditor = await signedIn(database, { login: 'auditor', role: 'auditor', area: '990100' });
    const administrator = await signedIn(database, { login: 'chief', role: 'administrator', area: '990100' });
    const ask = async (
      headers: Record<string, string>,
      address: string,
      body?: string,
    ): Promise<[string, string]> => {
      const response = await fetch(`http://127.0.0.1:${port}${address}`, {
        headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
        ...(body === undefined ? {} : { method: 'POST', body }),
      });
      // A fast machine asks more than an account may: what was not answered was not looked at.
      if (response.status === 429) {
        await sleep(Number(response.headers.get('retry-after')) * 1_000);
        return ask(headers, address, body);
      }
      return [`${address.slice(0, 80)} ${response.status}`, await response.text()];
    };

    const claims = markedClaims();
    expect(claims.length).toBeGreaterThan(2 * markedMax);
    const lines = claims.map((claim) => JSON.stringify(claim));
    // Wrong in every way in which something can be wrong: fields, structure, encoding, end.
    const wrong = claims
      .slice(0, 300)
      .flatMap((claim, at) => [
        JSON.stringify({ ...claim, setl_id: `W${at}`, lines: claim.person }),
        JSON.stringify({ ...claim, [claim.person.certno ?? '']: claim.person.psn_name }),
        JSON.stringify({ ...claim, person: { ...claim.person, brdy: claim.person.addr } }),
        JSON.stringify(claim).slice(0, -at - 1),
      ]);
    for (const body of [lines, wrong].map((each) => each.join('\n')))
      answers.push(await ask({ ...machine, 'content-type': 'application/x-ndjson' }, '/api/v1/claims', body));
    for (const line of [...lines.slice(0, 100), ...wrong.slice(0, 100)])
      answers.push(await ask(machine, '/api/v1/precheck', line));
    await drained(database);

    // Every operation, with marks where they do not belong.
    const stray = JSON.stringify({ ...markedPerson(1), reason: marks.addr, login: markedPerson(2).certno });
    for (const { method, path: route } of operations) {
      if (/sign-out/.test(route)) continue;
      const at = route.replaceAll(/:[a-z_]+/g, markedPerson(3).certno);
      const address = `${at}?q=${encodeURIComponent(markedPerson(4).psn_name)}&setl_id=${markedPerson(5).certno}`;
      for (const headers of [machine, inspector, auditor, administrator])
        answers.push(await ask(headers, address, method === 'post' ? stray : undefined));
    }

    // What people look at.
    for (const address of [
      '/api/v1/claims?page_size=100',
      '/api/v1/findings?page_size=100',
      '/api/v1/quarantine?page_size=100',
      '/api/v1/overview',
      '/api/v1/intake/summary',
    ])
      answers.push(await ask(inspector, address));
    const { rows } = await database.pool.query<{ fixmedins_code: string; setl_id: string }>(
      'SELECT fixmedins_code, setl_id FROM claim_revision ORDER BY id LIMIT 50',
    );
    const named = rows.map(({ fixmedins_code, setl_id }) => `/api/v1/claims/${fixmedins_code}/${setl_id}`);
    for (const address of named) {
      answers.push(await ask(inspector, address), await ask(inspector, `${address}/person`));
      answers.push(await ask(auditor, `${address}/person/seen`));
    }
    const entries = await database.pool.query<{ id: number }>(
      'SELECT id FROM quarantine ORDER BY id LIMIT 300',
    );
    for (const { id } of entries.rows) answers.push(await ask(inspector, `/api/v1/quarantine/${id}`));
    const found = await ask(
      inspector,
      '/api/v1/persons/search',
      JSON.stringify({ by: 'certno', value: claims[0]?.person.certno?.toLowerCase() }),
    );
    expect(found[1]).toContain('"psn_no"');
    answers.push(found);
    for (const address of ['/api/v1/audit/export', '/api/v1/audit/events?page_size=200'])
      answers.push(await ask(auditor, address));
    answers.push(await ask(administrator, '/metrics'));

    // Marks there are, for whoever says what for.
    const purpose = { reason: 'verify_identity' };
    const [, revealed] = await ask(inspector, `${named[0]}/reveal`, JSON.stringify({ purpose }));
    expect(revealedSchema.parse(JSON.parse(revealed)).certno).toContain(marks.certno);

    for (const [address, text] of answers)
      expect([address, marksIn(text), text]).toEqual([address, [], text]);
    for (const [table, text] of await dumped(database)) expect([table, marksIn(text)]).toEqual([table, []]);
  } finally {
    await database.close();
  }
  await stopProduct(product);
  expect(output.length).toBeGreaterThan(0);
  expect(marksIn(output)).toEqual([]);
  let bytes = 0;
  for (const file of await filesOf(dataDir)) {
    const content = await readFile(file);
    bytes += content.length;
    expect([path.relative(dataDir, file), marksIn(content)]).toEqual([path.relative(dataDir, file), []]);
  }
  // The database was there to be searched.
  expect(bytes).toBeGreaterThan(30_000_000);
}, 420_000);

test('the search finds marks where there are some', () => {
  const person = markedPerson(7);
  for (const value of Object.values(person)) {
    expect(marksIn(`x${value}y`)).toHaveLength(1);
    expect(marksIn(Buffer.from(value).toString('hex'))).toHaveLength(1);
  }
  expect(marksIn('{"psn_name":"\\u9f98\\u9c7b"}')).toHaveLength(1);
});

function markedClaims(): ClaimInput[] {
  const claims = [...claimsOf(generateCity({ seed: 11, persons: markedMax, months: 3 }))];
  const numbers = new Map<string, number>();
  return claims.map((claim) => {
    const { psn_no } = claim.person;
    const n = numbers.get(psn_no) ?? numbers.size;
    numbers.set(psn_no, n);
    return { ...claim, person: { ...claim.person, ...markedPerson(n) } };
  });
}

/** Every table of every schema as text: what lies compressed in the files is read as it is. */
async function dumped({ pool }: Database): Promise<[string, string][]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const tables: [string, string][] = [];
  for (const { name } of rows) {
    const found = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    tables.push([name, found.rows.map(({ row }) => row).join('\n')]);
  }
  expect(tables.length).toBeGreaterThan(15);
  return tables;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
