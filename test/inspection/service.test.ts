/** Draws in a real database, from the directories to what the public repeats. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleText } from '../../src/inspection/bundle.ts';
import type { DrawPlan } from '../../src/inspection/contract.ts';
import { areaPrefix } from '../../src/people/permissions.ts';
import { drawDetailSchema, publicDrawsSchema } from '../../src/inspection/draws-contract.ts';
import { publicDrawRoutes } from '../../src/inspection/routes.ts';
import {
  approveRedraw,
  commitDraw,
  type DrawAnswer,
  type DrawDeps,
  drawDetail,
  giveEvidence,
  loadResultTerms,
  openDraw,
  proposeObjects,
  publicBundle,
  publicDraws,
  recordCheck,
  replaceDrawn,
  uploadDirectory,
} from '../../src/inspection/service.ts';
import { csvOfObjects, proposedObjects } from '../../src/inspection/proposal.ts';
import { readObjects } from '../../src/inspection/directory.ts';
import { verifyBundle } from '../../src/inspection/verify.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { dayOf, formatDay, secondOf } from '../../src/platform/civil.ts';
import { thisSecond, today } from '../../src/platform/clock.ts';
import { closeServer, createHttpApp, listen, presentErrors } from '../../src/platform/http.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actAs, cityArea } from '../support/people.ts';
import { csvOf, inspectorOf, listOf, objectOf, planOf } from './draws.ts';

let held: TestDatabase;
let deps: DrawDeps;
/** An hour on, when the seed of the plans below is known. */
let later: DrawDeps;

const who = (login: string, role: Role): Who => ({
  actor: { account: login, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});
const organiser = who('organiser', 'draw_organiser');
const other = who('other', 'draw_organiser');
const inspector = who('inspector', 'inspector');
const [leader, second] = [who('leader', 'leader'), who('second', 'leader')];

const secondsPerHour = 3_601;
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const dayFrom = (days: number): string => formatDay(today() + days);
const dice = (changed: Partial<DrawPlan> = {}): DrawPlan =>
  planOf({
    checks: { from: dayFrom(0), to: dayFrom(40) },
    seed_source: {
      kind: 'dice',
      parties: ['医保局', '纪检组'],
      rolls: 50,
      held_at: inAnHour(),
    },
    ...changed,
  });
const rolls = (party: number): number[] => listOf(50, (index) => 1 + ((index * 7 * party + party) % 6));

beforeAll(async () => {
  held = await createTestDatabase();
  deps = { database: held.database, terms: await loadResultTerms('rules'), now: thisSecond };
  later = { ...deps, now: () => thisSecond() + secondsPerHour };
});
afterAll(() => held.drop());

const upload = (kind: 'objects' | 'inspectors', text: string, save = true) =>
  uploadDirectory(deps, organiser, { kind, file: Buffer.from(text), fileName: `${kind}.csv`, save });
const idOf = (answer: DrawAnswer): number => {
  if (!answer.ok) throw new Error(answer.reason.zh);
  return answer.id;
};
const whyNot = (answer: DrawAnswer): string => (answer.ok ? '' : answer.reason.zh);
const detail = async (id: number) => drawDetailSchema.parse(await drawDetail(deps, id));
const committed = async (plan = dice()): Promise<number> =>
  idOf(await commitDraw(deps, organiser, { plan, redraw_of: null }));
const drawn = async (plan = dice()): Promise<number> => {
  const id = await committed(plan);
  await giveEvidence(later, organiser, id, { kind: 'dice', rolls: rolls(1) });
  return idOf(await giveEvidence(later, other, id, { kind: 'dice', rolls: rolls(2) }));
};

const objects = listOf(40, (index) => objectOf(index, { last_checked: null }));
const inspectors = listOf(10, (index) => inspectorOf(index, { certificate_valid_to: '2099-12-31' }));

describe('directories', () => {
  test('are previewed, then kept, and say what changed', async () => {
    expect(whyNot(await commitDraw(deps, organiser, { plan: dice(), redraw_of: null }))).toBe(
      '请先上传名录库',
    );
    const preview = await upload('objects', csvOf(objects), false);
    expect(preview).toMatchObject({ saved: null, rows: 40, added: 40, changed: 0, removed: 0 });
    expect((await upload('objects', csvOf(objects))).saved).toMatchObject({ rows: 40, kind: 'objects' });
    expect((await upload('inspectors', csvOf(inspectors))).saved?.rows).toBe(10);
    const other39 = [objectOf(0, { last_checked: null, clues: 9 }), ...objects.slice(2)];
    expect(await upload('objects', csvOf(other39), false)).toMatchObject({
      added: 0,
      changed: 1,
      removed: 1,
    });
    const bad = await upload('objects', `${csvOf(objects)}H1,x\n`);
    expect(bad.saved).toBeNull();
    expect(bad.issues[0]?.line).toBe(42);
    expect(
      (await upload('objects', csvOf([...objects, ...objects.slice(0, 1)]))).issues[0]?.message.zh,
    ).toContain('重复');
  });
});

describe('a directory out of what is known', () => {
  test('has grade, risk, last check, and what was confirmed since, and is read by the upload', async () => {
    const proposed = proposedObjects({
      institutions: [
        { fixmedins_code: 'H33070200001', name: '甲医院，“东院”' },
        { fixmedins_code: 'P33070300002', name: null },
        { fixmedins_code: 'SYNTH-7', name: '乙' },
      ],
      grades: new Map([['H33070200001', 'C']]),
      risks: new Map([['P33070300002', 9_512]]),
      confirmed: [
        { fixmedins_code: 'H33070200001', day: '2026-01-05', findings: 4 },
        { fixmedins_code: 'H33070200001', day: '2026-02-05', findings: 3 },
      ],
      checks: new Map([['H33070200001', '2026-01-05']]),
    });
    expect(proposed).toMatchObject([
      { kind: '医院', admdvs: '330702', credit_grade: 'C', risk: null, clues: 3, last_checked: '2026-01-05' },
      { kind: '药店', name: 'P33070300002', risk: 951, clues: 0, last_checked: null },
      { admdvs: '000000', credit_grade: null },
    ]);
    expect(await readObjects(Buffer.from(csvOfObjects(proposed)))).toEqual({ ok: true, entries: proposed });
    expect(await proposeObjects(deps, null, () => 0)).toEqual([]);
  });
});

describe('a draw', () => {
  test('goes from commitment to what everybody repeats', async () => {
    const id = await committed();
    const before = await detail(id);
    expect(before.draw).toMatchObject({ state: 'committed', drawn: 0 });
    const hash = before.draw.commitment_sha256;
    const bundleOf = async () => bundleText((await publicBundle(deps, hash)) ?? fail());
    expect(verifyBundle(await bundleOf(), hash).verdict).toBe('committed');

    expect(
      whyNot(
        await replaceDrawn(deps, organiser, id, { kind: 'object', stratum: 'others', out: 'x', reason: 'y' }),
      ),
    ).toBe('尚未抽取');
    await giveEvidence(later, organiser, id, { kind: 'dice', rolls: rolls(1) });
    expect((await detail(id)).draw.state).toBe('committed');
    expect(whyNot(await giveEvidence(later, organiser, id, { kind: 'dice', rolls: rolls(2) }))).toContain(
      '两名不同的人录入',
    );
    expect(
      whyNot(await giveEvidence(later, other, id, { kind: 'dice', rolls: rolls(2).slice(1) })),
    ).toContain('应掷 50 次');
    expect(idOf(await giveEvidence(later, other, id, { kind: 'dice', rolls: rolls(2) }))).toBe(id);
    expect(whyNot(await giveEvidence(later, other, id, { kind: 'dice', rolls: rolls(2) }))).toContain(
      '已经抽取',
    );

    const after = await detail(id);
    expect(after.tasks.length).toBeGreaterThan(3);
    expect(after.tasks.every((task) => task.inspectors.length === 2)).toBe(true);
    expect(verifyBundle(await bundleOf(), hash).verdict).toBe('sealed');
    for (const { object_id } of after.tasks) expect(await bundleOf()).not.toContain(object_id);

    const [first] = after.tasks.filter(({ stratum }) => stratum === 'low-grade');
    const out = first?.object_id ?? '';
    await replaceDrawn(deps, organiser, id, { kind: 'object', stratum: 'low-grade', out, reason: '已停业' });
    const replaced = await detail(id);
    expect(replaced.replacements[0]).toMatchObject({ out, signed_by: 'organiser' });
    const [task] = replaced.tasks;
    await replaceDrawn(deps, organiser, id, {
      kind: 'inspector',
      object_id: task?.object_id ?? '',
      out: task?.inspectors[0]?.inspector_id ?? '',
      reason: '病假',
    });

    const today = dayFrom(0);
    const check = (object_id: string, as = inspector, result_code = 'corrected', checked_on = today) =>
      recordCheck(deps, as, id, { object_id, checked_on, result_code, note: '' });
    expect(whyNot(await check(out))).toBe('该对象未被抽中');
    const now = await detail(id);
    const [one] = now.tasks;
    expect(whyNot(await check(one?.object_id ?? '', other))).toContain('不得执行本人组织抽取的检查');
    expect(whyNot(await check(one?.object_id ?? '', inspector, 'luck'))).toContain('没有这种检查结果');
    expect(whyNot(await check(one?.object_id ?? '', inspector, 'corrected', '2020-01-01'))).toContain(
      '检查日期应在',
    );
    expect(whyNot(await openDraw(deps, organiser, id))).toContain('未检查');
    for (const { object_id } of now.tasks) expect(whyNot(await check(object_id))).toBe('');
    expect(whyNot(await check(one?.object_id ?? '', inspector, 'nothing-found'))).toBe('');
    expect((await detail(id)).tasks[0]?.record).toMatchObject({
      result_code: 'nothing-found',
      corrections: 1,
    });
    expect(
      whyNot(
        await replaceDrawn(deps, organiser, id, {
          kind: 'object',
          stratum: one?.stratum ?? '',
          out: one?.object_id ?? '',
          reason: '停业',
        }),
      ),
    ).toBe('该对象已检查');

    expect(idOf(await openDraw(deps, organiser, id))).toBe(id);
    const opened = verifyBundle(await bundleOf(), hash);
    expect([opened.verdict, opened.faults]).toEqual(['reproduced', []]);
    expect(opened.bundle?.opening?.replacements.length).toBe(2);
    const { areas, items } = await publicDraws(deps, today);
    const mine = items.find(({ commitment_sha256 }) => commitment_sha256 === hash);
    expect(mine?.results.length).toBe(now.tasks.length);
    expect(mine?.results.every(({ result, overdue }) => result !== null && !overdue)).toBe(true);
    // Every area that is offered has results, all of them its own, and whichever is asked for the others are still offered.
    expect(areas).toEqual(
      [...new Set(items.flatMap(({ results }) => results.map(({ area }) => area ?? '')))].toSorted(),
    );
    for (const area of areas) {
      const there = await publicDraws(deps, today, area);
      expect(there.areas).toEqual(areas);
      expect(new Set(there.items.flatMap(({ results }) => results.map((one) => one.area)))).toEqual(
        new Set(
          items
            .flatMap(({ results }) => results.map((one) => one.area))
            .filter((one) => one?.startsWith(areaPrefix(area))),
        ),
      );
    }
  });

  test('is made when its seed is known, and not before', async () => {
    const source = dice().seed_source;
    if (source.kind !== 'dice') throw new Error('no dice');
    const id = await committed(dice({ seed_source: { ...source, held_at: '2099-01-04T02:00:00.000Z' } }));
    const given = { kind: 'dice', rolls: rolls(1) } as const;
    const at = (second: string): DrawDeps => ({ ...deps, now: () => secondOf(second) ?? 0 });
    const early = await giveEvidence(at('2099-01-04 09:59:59'), organiser, id, given);
    expect(early).toMatchObject({ ok: false, code: 'not_allowed' });
    expect(whyNot(early)).toBe('公告的种子在北京时间 2099-01-04 10:00:00 才产生，在此之前不得录入');
    expect(await drawDetail(at('2099-01-04 09:59:59'), id)).toMatchObject({
      readings: [],
      evidence_from: '2099-01-04T02:00:00.000Z',
      evidence_wait_seconds: 1,
    });
    expect(whyNot(await giveEvidence(at('2099-01-04 10:00:00'), organiser, id, given))).toBe('');
    expect(await drawDetail(at('2099-01-05 10:00:00'), id)).toMatchObject({ evidence_wait_seconds: 0 });
  });

  test('states times by the clock that it is given: of the commitment, which comes before its seed, and of replacements', async () => {
    const source = dice().seed_source;
    if (source.kind !== 'dice') throw new Error('no dice');
    const at = (second: string): DrawDeps => ({ ...deps, now: () => secondOf(second) ?? 0 });
    const plan = dice({
      checks: { from: '2099-01-04', to: '2099-02-10' },
      seed_source: { ...source, held_at: '2099-01-04T02:00:00.000Z' },
    });
    const commit = (second: string) => commitDraw(at(second), organiser, { plan, redraw_of: null });
    expect(whyNot(await commit('2099-01-04 10:00:00'))).toContain('早于承诺时间 2099-01-04T02:00:00.000Z');
    const within = dice({ ...plan, seed_source: { ...source, held_at: '2099-01-04T01:59:59.500Z' } });
    expect(
      whyNot(await commitDraw(at('2099-01-04 09:59:59'), organiser, { plan: within, redraw_of: null })),
    ).toContain('早于承诺时间 2099-01-04T01:59:59.000Z');
    const id = idOf(await commit('2099-01-04 09:59:59'));
    expect((await detail(id)).draw.committed_at).toBe('2099-01-04T01:59:59.000Z');
    const thrown = at('2099-01-04 10:00:00');
    idOf(await giveEvidence(thrown, organiser, id, { kind: 'dice', rolls: rolls(1) }));
    idOf(await giveEvidence(thrown, other, id, { kind: 'dice', rolls: rolls(2) }));
    const [task] = (await detail(id)).tasks.filter(({ stratum }) => stratum === 'low-grade');
    const leaving = {
      kind: 'object',
      stratum: 'low-grade',
      out: task?.object_id ?? '',
      reason: '已停业',
    } as const;
    idOf(await replaceDrawn(at('2099-01-05 08:30:01'), organiser, id, leaving));
    expect((await detail(id)).replacements.map((one) => one.at)).toEqual(['2099-01-05T00:30:01.000Z']);
  });

  test('is drawn again only when two others approve, and the first one stays', async () => {
    const id = await drawn();
    const redraw = () => commitDraw(deps, organiser, { plan: dice({ title: '重抽' }), redraw_of: id });
    expect(whyNot(await redraw())).toContain('须由 2 人批准');
    expect(whyNot(await approveRedraw(deps, organiser, id, '名录缺项'))).toContain('本人组织的抽取');
    expect(whyNot(await approveRedraw(deps, leader, id, '名录缺项'))).toBe('');
    expect(whyNot(await approveRedraw(deps, leader, id, '名录缺项'))).toBe('您已批准过');
    expect(whyNot(await redraw())).toContain('须由 2 人批准');
    await approveRedraw(deps, second, id, '同意');
    const again = idOf(await redraw());
    const [first, later] = [await detail(id), await detail(again)];
    expect(later.commitment.redraw_of).toEqual({
      commitment_sha256: first.draw.commitment_sha256,
      reason: '名录缺项',
      approvers: ['leader', 'second'],
    });
    expect(first.draw.redrawn_by).toBe(later.draw.commitment_sha256);
    expect(whyNot(await redraw())).toContain('已被重抽');
    expect(first.tasks.length).toBeGreaterThan(0);
  });

  test('is opened at once where it was announced, and says what is late', async () => {
    const id = await drawn(dice({ unannounced: false }));
    const { draw } = await detail(id);
    expect(draw.state).toBe('opened');
    const bundle = await publicBundle(deps, draw.commitment_sha256);
    expect(verifyBundle(bundleText(bundle ?? fail())).verdict).toBe('reproduced');
    const shown = (await publicDraws(deps, dayFrom(90))).items.find(
      ({ commitment_sha256 }) => commitment_sha256 === draw.commitment_sha256,
    );
    expect(shown?.results.every(({ overdue, checked_on }) => overdue && checked_on === null)).toBe(true);
  });

  test('has results in time by their first entry, whatever is corrected later', async () => {
    const id = await drawn(dice({ unannounced: false }));
    const { draw, tasks } = await detail(id);
    const [early, late, midnight] = tasks.map(({ object_id }) => object_id);
    const enter = (object_id: string | undefined, result: string, at: string): Promise<unknown> =>
      held.database.pool.query(
        `INSERT INTO inspection_record (draw_id, object_id, checked_on, result_code, note, account, at)
         VALUES ($1, $2, $3, $4, '', 'inspector', $5)`,
        [id, object_id, dayFrom(0), result, at],
      );
    // The twentieth day is the last one, by the clock in Shanghai.
    await enter(early, 'corrected', `${dayFrom(20)}T15:59:00.000Z`);
    await enter(early, 'nothing-found', `${dayFrom(70)}T01:00:00.000Z`);
    await enter(midnight, 'corrected', `${dayFrom(20)}T16:01:00.000Z`);
    await enter(late, 'corrected', `${dayFrom(30)}T01:00:00.000Z`);
    await enter(late, 'nothing-found', `${dayFrom(31)}T01:00:00.000Z`);
    const overdue = async (days: number) => {
      const shown = (await publicDraws(deps, dayFrom(days))).items.find(
        ({ commitment_sha256 }) => commitment_sha256 === draw.commitment_sha256,
      );
      return new Map(shown?.results.map((one) => [one.object_id, one.overdue]));
    };
    const after = await overdue(59);
    expect([early, late, midnight].map((one) => after.get(one ?? ''))).toEqual([false, true, true]);
    // The last day for checks is the thirty-ninth: what is not entered is overdue on the sixtieth, as beside the draws.
    const rest = (shown: Map<string, boolean>) => [...shown.values()].slice(3);
    expect(new Set(rest(after))).toEqual(new Set([false]));
    expect(new Set(rest(await overdue(60)))).toEqual(new Set([true]));
    const [first] = (await detail(id)).tasks;
    expect(first?.record).toMatchObject({
      result_code: 'nothing-found',
      corrections: 1,
      published_on: dayFrom(20),
    });
  });

  test('is refused with the plan’s faults, and when its seed can be known', async () => {
    const why = async (changed: Partial<DrawPlan>): Promise<string> =>
      whyNot(await commitDraw(deps, organiser, { plan: dice(changed), redraw_of: null }));
    expect(await why({ checks: { from: '2026-02-01', to: '2026-01-01' } })).toContain('起止日期不成立');
    expect(await why({ seed_source: { kind: 'drand', chain: 'quicknet', round: 1_000 } })).toContain(
      '早于承诺时间',
    );
    const early = dice({
      seed_source: { kind: 'dice', parties: ['甲', '乙'], rolls: 50, held_at: '2023-08-23T08:00:00.000Z' },
    });
    expect(await commitDraw(deps, organiser, { plan: early, redraw_of: null })).toMatchObject({
      code: 'bad_request',
      faults: [{ path: ['seed_source', 'held_at'] }],
    });
  });

  test('takes published numbers only with the entropy that seeds need, and only numbers of their range', async () => {
    const plan = (numbers: number, declared = true): DrawPlan =>
      dice({
        seed_source: {
          kind: 'published',
          sources: [
            {
              name: '三位数字彩票',
              available_at: inAnHour(),
              numbers,
              ...(declared ? { range: { from: 0, to: 999, repeats: true } } : {}),
            },
          ],
          readers: ['张三', '李四'],
        },
      });
    const commit = (one: DrawPlan) => commitDraw(deps, organiser, { plan: one, redraw_of: null });
    expect(whyNot(await commit(plan(7)))).toBe(
      '公布的数字只有 57.4 比特的熵，要求至少 64 比特，还差 6.6 比特',
    );
    expect(whyNot(await commit(plan(100, false)))).toContain('“三位数字彩票”未声明取值范围');
    const id = idOf(await commit(plan(8)));
    const enter = (who_: Who, reading: number[]) =>
      giveEvidence(later, who_, id, { kind: 'published', reading: [reading] });
    const numbers = listOf(8, (index) => index * 71);
    expect(whyNot(await enter(organiser, numbers.with(3, 1_000)))).toBe(
      '“三位数字彩票”的数字应在 0 至 999 之间',
    );
    expect(whyNot(await enter(organiser, numbers.slice(1)))).toContain('应为 8 个数字');
    expect((await detail(id)).readings).toEqual([]);
    expect(whyNot(await enter(organiser, numbers))).toBe('');
    expect(whyNot(await enter(other, numbers.toReversed()))).toBe('');
  });

  test('keeps everything against the database itself', async () => {
    const id = await drawn();
    for (const sql of [
      'UPDATE draw SET account = account WHERE id = $1',
      'DELETE FROM draw_result WHERE draw_id = $1',
      'UPDATE draw_reading SET place = 0 WHERE draw_id = $1',
      'DELETE FROM draw_secret WHERE draw_id = $1',
    ])
      await expect(held.database.pool.query(sql, [id])).rejects.toThrow('append-only');
    const inserted = held.database.pool.query(
      `INSERT INTO draw (commitment, commitment_sha256, objects_id, account, committed_at)
       SELECT '{}', commitment_sha256, objects_id, account, committed_at FROM draw WHERE id = $1`,
      [id],
    );
    await expect(inserted).rejects.toThrow('draw_commitment_sha256');
  });
});

describe('the public part', () => {
  let server: Server;
  let base = '';
  beforeAll(async () => {
    const metrics = createMetrics('test');
    const app = createHttpApp({ log: createLog({ process: 'test', level: 'silent' }), metrics });
    app.use(actAs(() => null));
    app.use(
      '/public',
      publicDrawRoutes({
        ...deps,
        asOf: () => dayOf(dayFrom(0)) ?? 0,
        risk: null,
        verifierPage: () => Promise.resolve('<p>'),
      }),
    );
    presentErrors(app, { metrics });
    server = await listen(app, { host: '127.0.0.1', port: 0 });
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/public`;
  });
  afterAll(() => closeServer(server, { graceMs: 0 }));

  test('answers everybody, and gives bundles to the byte', async () => {
    const { items } = publicDrawsSchema.parse(await (await fetch(`${base}/draws`)).json());
    expect(items.length).toBeGreaterThan(3);
    for (const { commitment_sha256 } of items) {
      const text = await (await fetch(`${base}/draws/${commitment_sha256}/bundle`)).text();
      expect(verifyBundle(text, commitment_sha256).faults).toEqual([]);
    }
    expect((await fetch(`${base}/draws/${'0'.repeat(64)}/bundle`)).status).toBe(404);
    expect(await (await fetch(`${base}/verifier`)).text()).toBe('<p>');
  });
});

function fail(): never {
  throw new Error('there is no bundle');
}
