/** `fundwatch draw` as an agency runs it, from the plan to what the public verifies – and its page, in a browser without a network. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleText } from '../../src/inspection/bundle.ts';
import { buildVerifier } from '../../src/inspection/verifier/build.ts';
import { csvOf, drawnBundle, inspectorOf, listOf, objectOf } from '../inspection/draws.ts';
import { startTestBrowser } from '../support/chromium.ts';
import { runCommand } from '../support/command.ts';
import { folderOf } from '../support/folder.ts';
import { isLeftOut } from '../support/optional-parts.ts';

const runMs = 120_000;
const plan = 'rules/inspection/plan.example.json';

/** The clock of a process when the dice of the plan have been rolled. */
const whenKnown = {
  NODE_OPTIONS: `--import "data:text/javascript,Date.now = () => Date.parse('2027-02-24T02:00:00.000Z')"`,
};

const files = {
  'objects.csv': csvOf(listOf(80, (index) => objectOf(index, { last_checked: null }))),
  'inspectors.csv': csvOf(listOf(12, (index) => inspectorOf(index, { certificate_valid_to: '2028-12-31' }))),
  'dice.json': JSON.stringify({
    kind: 'dice',
    rolls: [1, 2].map((party) => listOf(60, (index) => 1 + ((index * 7 * party + party) % 6))),
  }),
};

test('a draw is committed, run once, replaced by the next ticket, verified, and drawn again only with two approvers', {
  timeout: runMs,
}, async () => {
  const folder = await folderOf(files);
  const at = (name: string): string => path.join(folder, name);
  const directories = ['--objects', at('objects.csv'), '--inspectors', at('inspectors.csv')];
  const draw = (...parameters: string[]) => runCommand(['draw', ...parameters]);

  expect((await draw('forecast', plan, ...directories, '--draws', '4')).out).toMatch(
    /年度覆盖率[^]*全年 4 次不能保证每家查到一次/,
  );
  const first = await draw('commit', plan, ...directories, '--out', at('first'));
  expect(first.code).toBe(0);
  const [hash = ''] = /[0-9a-f]{64}/.exec(first.out) ?? [];
  expect((await draw('commit', plan, ...directories, '--out', at('first'))).told).toContain('已存在，未覆盖');
  expect((await draw('verify', at('first/commitment.json'))).out).toContain('已承诺，尚未抽取');

  const early = await draw('run', at('first'), '--evidence', at('dice.json'));
  expect([early.code, early.told.includes('在此之前不得录入')]).toEqual([2, true]);
  const run = () => runCommand(['draw', 'run', at('first'), '--evidence', at('dice.json')], whenKnown);
  expect((await run()).code).toBe(0);
  const again = await run();
  expect([again.code, again.told.includes('已存在，未覆盖')]).toEqual([2, true]);
  const sealed = await draw('verify', at('first/sealed.json'), '--commitment', hash);
  expect([sealed.code, sealed.out.includes('名单待检查完成后公开')]).toEqual([0, true]);
  const opened = await draw('verify', at('first/bundle.json'), '--commitment', hash);
  expect([opened.code, opened.out.includes('复现一致')]).toEqual([0, true]);

  const bundle: { opening: { result: { strata: { code: string; drawn: { object_id: string }[] }[] } } } =
    JSON.parse(await readFile(at('first/bundle.json'), 'utf8'));
  const stratum = bundle.opening.result.strata.find(({ code }) => code === 'grade-c');
  const out = stratum?.drawn[0]?.object_id ?? '';
  const by = ['--reason', '已停业', '--signed-by', '王五'];
  const replaced = await draw('replace', at('first'), out, '--stratum', 'grade-c', ...by);
  expect([replaced.code, replaced.out.startsWith(`${out} → `)]).toEqual([0, true]);
  expect((await draw('verify', at('first/bundle.json'))).out).toContain('复现一致');

  const changed = (await readFile(at('first/bundle.json'), 'utf8')).replace('王五', '赵六');
  await writeFile(at('changed.json'), changed);
  const differs = await draw('verify', at('changed.json'), '--json');
  expect(differs.code).toBe(1);
  expect(JSON.parse(differs.out)).toMatchObject({ verdict: 'differs' });

  const redraw = [
    'commit',
    plan,
    ...directories,
    '--redraw-of',
    at('first/bundle.json'),
    '--out',
    at('second'),
  ];
  const one = await draw(...redraw, '--reason', '名录缺项', '--approved-by', '张三', '张三');
  expect([one.code, one.told.includes('两名不同的人批准')]).toEqual([2, true]);
  const two = await draw(...redraw, '--reason', '名录缺项', '--approved-by', '张三', '李四');
  expect(two.code).toBe(0);
  const second: { commitment: { redraw_of: unknown } } = JSON.parse(
    await readFile(at('second/commitment.json'), 'utf8'),
  );
  expect(second.commitment.redraw_of).toEqual({
    commitment_sha256: hash,
    reason: '名录缺项',
    approvers: ['张三', '李四'],
  });
});

describe.skipIf(isLeftOut('chromium'))('the page that verifies', () => {
  let browser: Browser;
  let html: string;
  beforeAll(async () => {
    [browser, html] = await Promise.all([startTestBrowser(), buildVerifier()]);
  }, runMs);
  afterAll(() => browser?.close());

  const text = bundleText(drawnBundle());

  async function open(
    file: string,
    bundle: string,
  ): Promise<{ page: Page; verdict: string; asked: string[] }> {
    const folder = await folderOf({ 'verify.html': html, [file]: bundle });
    const context = await browser.newContext({ locale: 'zh-CN', offline: true });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => asked.push(message.text()));
    page.on('pageerror', (error) => asked.push(error.message));
    await page.goto(pathToFileURL(path.join(folder, 'verify.html')).href);
    await page.setInputFiles('input[type=file]', path.join(folder, file));
    await page.locator('[data-verdict]').waitFor();
    const verdict = (await page.locator('[data-verdict]').getAttribute('data-verdict')) ?? '';
    return { page, verdict, asked: asked.slice(1) };
  }

  test('says reproduced without a network, in both languages, and asks for nothing', {
    timeout: runMs,
  }, async () => {
    const { page, verdict, asked } = await open('bundle.json', text);
    expect([verdict, asked]).toEqual(['reproduced', []]);
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('复现一致');
    expect(shown).toContain('浏览器自带算法核对一致');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('main').innerText()).toContain('Reproduced');
    await page.fill('#hash', '0'.repeat(64));
    await page.locator('#hash').blur();
    await page.locator('[data-verdict=differs]').waitFor();
    await page.context().close();
  });

  test('names what was changed', { timeout: runMs }, async () => {
    const { page, verdict } = await open('bundle.json', text.replace('示例医院7"', '示例医院8"'));
    expect(verdict).toBe('differs');
    expect(await page.locator('main').innerText()).toContain('检查对象 H3307000007 被改动');
    await page.context().close();
    const marked = await open('marked.json', `\uFEFF${text}`);
    expect(marked.verdict).toBe('differs');
    await marked.page.context().close();
  });
});
