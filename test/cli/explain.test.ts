/** `fundwatch explain` as an operator runs it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explanationSchema, nearSchema } from '../../src/screening/explain-contract.ts';
import { lineOf } from '../support/claims.ts';
import { runCommand } from '../support/command.ts';
import { openWorld, splitCode, stay, stream, type World } from '../rulebook/world.ts';

const runMs = 120_000;
let world: World;
beforeAll(async () => {
  world = await openWorld();
  await stream(world, [
    stay('S1', 1, 3),
    {
      ...stay('S2', 20, 22),
      lines: [
        { ...lineOf('1'), med_list_codg: '001203000010000', cnt: 23, fee_ocur_time: '2026-01-21 09:00:00' },
      ],
    },
    stay('S3', 25, 27),
  ]);
}, runMs);
afterAll(() => world.drop());

const explain = (...parameters: string[]) =>
  runCommand(['explain', ...parameters], { DATABASE_URL: world.url });
const claim = (setl_id: string): string => `H33070000001/${setl_id}`;

test('a hit with its tree, and what would have had to be otherwise of what is none', {
  timeout: runMs,
}, async () => {
  const hit = await explain('--claim', claim('S3'), '--rule', splitCode);
  expect(hit).toMatchObject({ code: 0 });
  expect(hit.out).toContain('→ 命中');
  const none = await explain('--claim', claim('S2'), '--rule', 'FW-ITEM-DAILY-LIMIT');
  expect(none.out).toContain('→ 不命中');
  expect(none.out).toContain('✗ 组内数量合计 23 > 24 ← 相差 8 %');
  const english = await explain('--claim', claim('S2'), '--rule', 'FW-ITEM-DAILY-LIMIT', '--language', 'en');
  expect(english.out).toContain('total quantity 23 > 24 ← off by 8 %');
  const { out } = await explain('--claim', claim('S2'), '--rule', 'FW-ITEM-DAILY-LIMIT', '--json');
  expect(explanationSchema.parse(JSON.parse(out))).toMatchObject({
    verdict: 'no',
    rule: { state: 'active' },
  });
});

test('the rules that came nearest, when none is named', { timeout: runMs }, async () => {
  const near = await explain('--claim', claim('S2'));
  expect(near).toMatchObject({ code: 0 });
  expect(near.out).toContain('最接近的规则');
  expect(near.out).toContain('FW-ITEM-DAILY-LIMIT');
  const { out } = await explain('--claim', claim('S2'), '--json');
  expect(nearSchema.parse(JSON.parse(out)).near.map(({ rule_code }) => rule_code)).toContain(
    'FW-ITEM-DAILY-LIMIT',
  );
});

test('what is not there ends with 1, what makes no sense with 2', { timeout: runMs }, async () => {
  expect(await explain('--claim', claim('S9'))).toMatchObject({
    code: 1,
    told: expect.stringContaining('没有这张结算单'),
  });
  expect(await explain('--claim', claim('S2'), '--rule', 'FW-NOTHING')).toMatchObject({ code: 1 });
  expect(await explain('--claim', 'S2')).toMatchObject({ code: 2 });
  expect(await explain()).toMatchObject({ code: 2, told: expect.stringContaining('--as-recorded') });
});
