import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manifestSchema } from '../../src/knowledge/contract.ts';
import { KnowledgeError, loadKnowledge } from '../../src/knowledge/load.ts';
import { cellOf, lookup, numberOf, rowsFor, type Table } from '../../src/knowledge/table.ts';
import { dayOf } from '../../src/platform/civil.ts';

const shipped = new URL('../../rules/knowledge', import.meta.url).pathname;
const day = (text: string): number => dayOf(text) ?? Number.NaN;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'knowledge-'));
  await cp(shipped, directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Replaces a file and seals the manifest over it, so that only the content is judged. */
async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const path = join(directory, file);
  const text = change(await readFile(path, 'utf8'));
  await writeFile(path, text);
  const manifestPath = join(directory, 'manifest.json');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  const sealed = manifest.map((spec) =>
    spec.file === file ? { ...spec, sha256: createHash('sha256').update(text).digest('hex') } : spec,
  );
  await writeFile(manifestPath, JSON.stringify(sealed));
}

async function faultsOf(loading: Promise<unknown>): Promise<KnowledgeError['issues']> {
  const error = await loading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KnowledgeError)) throw new Error(`expected a KnowledgeError, got ${String(error)}`);
  return error.issues;
}

describe('a column of numbers', () => {
  it('holds nothing below its least value, named by row and column', async () => {
    await rewrite('item-daily-limit.csv', (text) => text.replace(/^([^\n]+\n[^,]+,[^,]+,)[^,]+/, '$1-3'));
    expect(await faultsOf(loadKnowledge(directory))).toEqual([
      {
        file: 'item-daily-limit.csv',
        row: 2,
        column: 'cnt_max',
        message: { zh: '“-3”小于允许的最小值 0', en: "'-3' is less than 0" },
      },
    ]);
  });

  it('has a least value in the manifest', async () => {
    const path = join(directory, 'manifest.json');
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const without = manifest.map(({ least, ...spec }) =>
      spec.table === 'item-minutes' ? spec : { ...spec, ...(least === undefined ? {} : { least }) },
    );
    await writeFile(path, JSON.stringify(without));
    expect(await faultsOf(loadKnowledge(directory))).toMatchObject([
      { file: 'item-minutes.csv', column: 'minutes', message: { zh: '清单 least 中没有写这一列的最小值' } },
    ]);
  });
});

describe('the shipped tables', () => {
  it('load, and each says that it is an example', async () => {
    const { tables, version } = await loadKnowledge(shipped);
    expect([...tables.keys()]).toEqual(
      expect.arrayContaining(['diagnosis-age', 'item-age', 'item-exclusion', 'item-indication', 'item-sex']),
    );
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    for (const table of tables.values()) {
      expect(table.spec.standing).toBe('示例');
      expect(table.spec.title.zh).toContain('示例');
      expect(table.rows.length).toBeGreaterThan(0);
    }
  });

  it('answer as of the day of the service', async () => {
    const { tables } = await loadKnowledge(shipped);
    const table = (name: string): Table => {
      const found = tables.get(name);
      if (found === undefined) throw new Error(name);
      return found;
    };
    const atorvastatin = ['XC10AAD008A001010190008', '02'];
    const ceiling = (on: string) => {
      const found = lookup(table('item-price-ceiling'), atorvastatin, day(on));
      return found === null ? null : numberOf(found, 'pric_max');
    };
    expect(ceiling('2025-09-30')).toBe(38.64);
    expect(ceiling('2025-10-01')).toBe(5.88);
    const jaundice = lookup(table('diagnosis-age'), ['P59.900'], day('2025-07-01'));
    expect(
      jaundice === null
        ? null
        : [cellOf(jaundice, 'age_min'), cellOf(jaundice, 'age_max'), cellOf(jaundice, 'age_unit')],
    ).toEqual([null, '29', 'day']);
    expect(rowsFor(table('item-exclusion'), ['001201000010000'], day('2025-07-01')).length).toBe(4);
  });
});

describe('loadKnowledge', () => {
  it('refuses a file that is not the one of the manifest', async () => {
    await writeFile(
      join(directory, 'item-sex.csv'),
      `${await readFile(join(directory, 'item-sex.csv'), 'utf8')}\n`,
    );
    const [issue, ...more] = await faultsOf(loadKnowledge(directory));
    expect(more).toEqual([]);
    expect(issue?.file).toBe('item-sex.csv');
    expect(issue?.message.en).toContain('sha256');
  });

  it('gives another version for other bytes, and the same for the same', async () => {
    const before = await loadKnowledge(directory);
    await rewrite('item-sex.csv', (text) => text.replace('阴道镜检查', '阴道镜'));
    const after = await loadKnowledge(directory);
    expect(after.version).not.toBe(before.version);
    expect(before.version).toBe((await loadKnowledge(shipped)).version);
  });

  it.each([
    [
      'a value outside the list',
      (text: string) => text.replace(',2,2020-01-01', ',女,2020-01-01'),
      2,
      'gend',
    ],
    ['an empty required cell', (text: string) => text.replace(',2,2020-01-01', ',,2020-01-01'), 2, 'gend'],
    ['an empty key', (text: string) => text.replace('002203010030000', ''), 2, 'med_list_codg'],
    ['a date that is none', (text: string) => text.replace('2020-01-01', '2020-02-30'), 2, 'effective_from'],
    ['a missing first day', (text: string) => text.replace('2020-01-01', ''), 2, 'effective_from'],
    [
      'an end before the start',
      (text: string) => text.replace('2020-01-01,,', '2020-01-01,2020-01-01,'),
      2,
      'effective_to',
    ],
    ['a missing cell', (text: string) => text.replace('阴道镜检查,', ''), 3, null],
    ['another header', (text: string) => text.replace('gend', 'sex'), 1, null],
    [
      'the same key twice',
      (text: string) => `${text}002203010030000,again,1,2024-01-01,,\n`,
      16,
      'med_list_codg',
    ],
  ])('names file, row and column of %s', async (_, change, row, column) => {
    await rewrite('item-sex.csv', change);
    const issues = await faultsOf(loadKnowledge(directory));
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ file: 'item-sex.csv', row, column });
    expect(issues[0]?.message.zh).not.toBe('');
  });

  it('collects the faults of all files', async () => {
    await rewrite('item-sex.csv', (text) => text.replace(',2,2020-01-01', ',3,2020-01-01'));
    await rewrite('item-price-ceiling.csv', (text) => text.replace('50.00', '50.0000001'));
    const issues = await faultsOf(loadKnowledge(directory));
    expect(issues.map((issue) => `${issue.file}:${issue.row}:${issue.column}`)).toEqual([
      'item-sex.csv:2:gend',
      'item-price-ceiling.csv:2:pric_max',
    ]);
  });

  it('says so when a file is missing, is not UTF-8, or the manifest is none', async () => {
    await rm(join(directory, 'item-age.csv'));
    expect((await faultsOf(loadKnowledge(directory)))[0]?.file).toBe('item-age.csv');
    await writeFile(join(directory, 'manifest.json'), Buffer.from([0xc4, 0xe3]));
    expect((await faultsOf(loadKnowledge(directory)))[0]?.message.en).toBe('is not UTF-8');
    await writeFile(join(directory, 'manifest.json'), '[{"table":"x"}]');
    expect((await faultsOf(loadKnowledge(directory))).map((issue) => issue.column)).toContain('0.file');
    await writeFile(join(directory, 'manifest.json'), '[');
    expect((await faultsOf(loadKnowledge(directory)))[0]?.message.en).toMatch(/is not JSON/);
  });
});
