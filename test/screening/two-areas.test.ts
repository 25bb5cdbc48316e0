/**
 * A practitioner who works at institutions of two districts: their day is judged over both, the same by everything that judges, and nothing that
 * leaves the system names the visits of one district to the other, or of one institution to the other.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerDetail, answersOf } from '../../src/cases/answer-service.ts';
import { answersQuerySchema } from '../../src/cases/answer-contract.ts';
import { queueQuerySchema } from '../../src/cases/review-contract.ts';
import { loadReviewRules } from '../../src/cases/review-rules.ts';
import { dueDaysOf, review, reviewDetail } from '../../src/cases/review-service.ts';
import { reviewQueue } from '../../src/cases/review-store.ts';
import { exportCase, openCase } from '../../src/cases/service.ts';
import type { ClaimInput } from '../../src/claims/contract.ts';
import type { Who } from '../../src/people/identify.ts';
import { permissionsOf, type Role } from '../../src/people/permissions.ts';
import { everything, type Sight, sightOf } from '../../src/people/sight.ts';
import { type Database, transaction } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { asRecorded } from '../../src/rulebook/recorded-service.ts';
import { type RuleSet, ruleSetOf, selectRules } from '../../src/rules/library.ts';
import { findingsQuerySchema } from '../../src/screening/contract.ts';
import { explainClaim, nearClaim } from '../../src/screening/explain-service.ts';
import { auditDataSchema } from '../../src/screening/national/contract.ts';
import { nationalService } from '../../src/screening/national/service.ts';
import { prechecker } from '../../src/screening/precheck.ts';
import { previewPersons } from '../../src/screening/preview-service.ts';
import { replay } from '../../src/screening/replay-service.ts';
import { findFinding, listFindings } from '../../src/screening/store.ts';
import { screenAllMarked } from '../../src/screening/window-service.ts';
import { procedure } from '../cases/cases.ts';
import { north, south } from '../cases/findings.ts';
import { openWorld, stream, type World } from '../rulebook/world.ts';
import { asOf, claimOf, jsonOf, lineOf } from '../support/claims.ts';
import { cityArea } from '../support/people.ts';
import { withSmallWindows } from '../support/small-windows.ts';
import { auditOf, encounterOf, orderOf } from './national/requests.ts';

const doctor = 'D330702000001';
const code = 'FW-DOCTOR-VISITS';
const names: Readonly<Record<string, string>> = { [north]: '北区医院', [south]: '南区医院' };
const letters: Readonly<Record<string, string>> = { [north]: 'N', [south]: 'S' };

function visit(
  institution: string,
  n: number,
  hour: string,
  { day = '2026-01-05', of = doctor } = {},
): ClaimInput {
  const at = `${day} ${hour}:00:00`;
  const name = `${letters[institution]}${n}`;
  return claimOf({
    setl_id: `SETL-${name}`,
    setl_time: `${day} ${hour}:30:00`,
    person: { psn_no: `PSN-${name}` },
    institution: { fixmedins_code: institution, fixmedins_name: names[institution] ?? '' },
    visit: { mdtrt_id: `VISIT-${name}`, med_type: '11', begntime: at, endtime: at, atddr_no: of },
    lines: [{ ...lineOf('1'), fee_ocur_time: at, bilg_dr_codg: of }],
    settlement: { medfee_sumamt: 25, fund_pay_sumamt: '20.00' },
  });
}
const visits = [visit(north, 1, '08'), visit(north, 2, '09'), visit(south, 1, '10'), visit(south, 2, '11')];

/** Whatever would lead to a visit at the one institution. */
const traceOf = (institution: string): RegExp =>
  new RegExp(`${institution}|${names[institution]}|-${letters[institution]}[0-9]`);

const district = (institution: string): Sight => sightOf(institution.slice(1, 7), null);
const hospital = (institution: string): Sight => sightOf(cityArea, institution);
const who = (account: string, role: Role): Who => ({
  actor: { account, role, area: cityArea },
  permissions: permissionsOf(role, cityArea),
});

/** Small limits, and asked before payment as well. */
function eager(library: RuleSet): RuleSet {
  const { rules, knowledge } = withSmallWindows(library);
  return ruleSetOf(
    rules.map(({ document, window }) =>
      window === null ? document : { ...document, stage: ['事前', '事中', '事后'] },
    ),
    knowledge,
  );
}

let world: World;
let id = '';
beforeAll(async () => {
  world = await openWorld(eager);
  await stream(world, visits);
  await screenAllMarked(world.database, world.rules);
  const [only, ...others] = (await listed(everything)).items;
  expect(others).toEqual([]);
  id = only?.finding_id ?? '';
});
afterAll(() => world.drop());

const listed = async (sight: Sight, state: 'active' | 'withdrawn' = 'active') =>
  listFindings(world.database, findingsQuerySchema.parse({ rule_code: code, state }), sight);
const found = async (sight: Sight) => (await findFinding(world.database, id, sight))?.finding;

test('one finding over both, which a district sees with its own claims alone, and an institution as its own part', async () => {
  const whole = await found(everything);
  expect(whole).toMatchObject({
    fixmedins_code: south,
    amount: '80.00',
    window: { practitioner: doctor, claims: 4, persons: 4 },
  });
  expect(whole?.claims).toHaveLength(4);

  const ofDistrict = await found(district(south));
  expect(JSON.stringify(ofDistrict)).not.toMatch(traceOf(north));
  expect(ofDistrict?.claims).toHaveLength(2);
  expect(ofDistrict).toMatchObject({ message: whole?.message, window: { claims: 4 } });

  const own = await found(hospital(south));
  expect(JSON.stringify(own)).not.toMatch(traceOf(north));
  expect(own).toMatchObject({
    message: whole?.rule_name,
    values: {},
    tree: { of: [] },
    window: { claims: 2, persons: 2 },
  });

  // It lies where the last visit was.
  expect(await found(district(north))).toBeUndefined();
  expect(await found(hospital(north))).toBeUndefined();
});

test('lists', async () => {
  const sentence = async (sight: Sight) => (await listed(sight)).items.map(({ message }) => message.zh);
  expect(await sentence(district(south))).toEqual([
    expect.stringMatching(/南区医院的医师D330702000001在2家机构接诊4次/u),
  ]);
  expect(JSON.stringify(await listed(district(south)))).not.toMatch(traceOf(north));
  expect(await sentence(hospital(south))).toEqual([(await found(everything))?.rule_name.zh]);
  expect(await sentence(district(north))).toEqual([]);
  expect(await sentence(hospital(north))).toEqual([]);
});

test('a finding that does not name all of its visits says no more to an institution', async () => {
  const { pool } = world.database;
  const cut = `UPDATE finding SET body = (jsonb_set(body::jsonb, '{claims}',
    (SELECT jsonb_agg(c) FROM jsonb_array_elements(body::jsonb->'claims') c WHERE c->>'fixmedins_code' = $2)))::json WHERE finding_id = $1`;
  const { rows } = await pool.query<{ body: string }>(
    'SELECT body::text AS body FROM finding WHERE finding_id = $1',
    [id],
  );
  await pool.query(cut, [id, south]);
  try {
    const own = await found(hospital(south));
    expect(own).toMatchObject({ message: own?.rule_name, window: { claims: 2 } });
    expect((await listed(hospital(south))).items[0]?.message).toEqual(own?.rule_name);
  } finally {
    await pool.query('UPDATE finding SET body = $2::json WHERE finding_id = $1', [id, rows[0]?.body]);
  }
});

test('why: each visit of the day is a hit of the same finding, and elsewhere stays unsaid', async () => {
  const ruleSet = selectRules(world.rules.current(), ({ document }) => document.code === code);
  const asked = async (institution: string, sight: Sight) => {
    const name = { fixmedins_code: institution, setl_id: `SETL-${letters[institution]}1` };
    const why = await explainClaim(world.database, ruleSet, name, sight);
    const near = await nearClaim(world.database, world.rules.current(), name, sight);
    if (!why.ok || !near.ok) throw new Error('not explained');
    expect(why.said.findings.map(({ finding_id }) => finding_id)).toEqual([id]);
    return { why: why.said, near: near.said };
  };
  for (const [mine, theirs] of [
    [north, south],
    [south, north],
  ] as const) {
    const all = await asked(mine, everything);
    expect(all.why).toMatchObject({ verdict: 'hit', candidates: [{ subject: { window: { claims: 4 } } }] });
    for (const sight of [district(mine), hospital(mine)])
      expect(JSON.stringify(await asked(mine, sight))).not.toMatch(traceOf(theirs));
    const own = await asked(mine, hospital(mine));
    expect(own.why.candidates).toMatchObject([
      { subject: { window: { claims: 2, persons: 2 } }, tree: { of: [{ actual: null, hidden: true }, {}] } },
    ]);
  }
});

test('before payment a hospital is told its own part, wherever the finding would lie', async () => {
  const precheck = prechecker(world.database, world.rules, () => asOf);
  for (const [mine, theirs, hour, claims] of [
    [north, south, '07', 3],
    [south, north, '17', 3],
  ] as const) {
    const body = jsonOf(visit(mine, 9, hour));
    const whole = await precheck(body, everything);
    const own = await precheck(body, hospital(mine));
    const ofDistrict = await precheck(body, district(mine));
    if (!whole.ok || !own.ok || !ofDistrict.ok) throw new Error('rejected');
    const of = ({ precheck: { findings } }: typeof whole) => findings.filter((one) => one.rule_code === code);
    expect(of(whole)).toMatchObject([{ finding_id: id, fixmedins_code: south, window: { claims: 5 } }]);
    expect(of(own)).toMatchObject([{ finding_id: id, fixmedins_code: mine, window: { claims } }]);
    expect(of(ofDistrict)).toMatchObject([{ finding_id: id, fixmedins_code: mine }]);
    expect(JSON.stringify([own, ofDistrict])).not.toMatch(traceOf(theirs));
  }
});

test('the national answers say the same, whoever carries the message', async () => {
  const service = nationalService(world.database, world.database, world.rules, () => asOf);
  // Later than all others of its hospital: warnings are about what is asked.
  const order = orderOf('O1', { drord_dr_codg: doctor, drord_begn_date: '2026-01-05 09:31:00' });
  const encounter = encounterOf({
    medins_id: north,
    medins_name: names[north],
    adm_date: '2026-01-05 09:30:00',
    dr_codg: doctor,
    fsi_order_dtos: [order],
  });
  const data = auditDataSchema.parse(auditOf({}, { fsi_encounter_dtos: [encounter] }));
  const log = createLog({ process: 'test', level: 'silent' });
  const answer = await service.audit('3101', north, data, log, everything);
  expect(answer.judgement).toMatchObject({ history: 'used' });
  const records = answer.result.filter(({ rule_id }) => rule_id === code);
  expect(records.map(({ rule_name, vola_cont }) => vola_cont === rule_name)).toEqual([true]);
  expect(JSON.stringify(answer)).not.toMatch(traceOf(south));
});

test('trials, and the finding made again, say the same as the stream, byte for byte', async () => {
  const whole = JSON.stringify(await found(everything));
  const persons = visits.map(({ person }) => person.psn_no);
  const ruleSet = world.rules.current();
  // Each day is drawn to one part of the walk, whichever that is.
  const said: string[] = [];
  for (const person of persons) {
    const { verdicts } = await transaction(world.database, (client) =>
      previewPersons(client, [ruleSet], [person]),
    );
    for (const { findings } of verdicts.flat())
      for (const one of findings) if (one.rule_code === code) said.push(JSON.stringify(one));
  }
  expect(said).toEqual([whole]);
  expect(await asRecorded(world.database, id, null)).toMatchObject({ ok: true, same: true });
});

test('what stood by institution is withdrawn when all is judged again, and the day over both is found', async () => {
  const before = await found(everything);
  if (before === undefined) throw new Error('not found');
  const old = {
    ...before,
    finding_id: 'a'.repeat(32),
    claims: before.claims.filter(({ fixmedins_code }) => fixmedins_code === south),
    engine_version: '1',
  };
  // As it was before anybody was looked for elsewhere.
  await transaction(world.database, async (client) => {
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query('DELETE FROM practitioner_place');
    await client.query('UPDATE finding SET finding_id = $2, body = $3 WHERE finding_id = $1', [
      id,
      old.finding_id,
      JSON.stringify(old),
    ]);
  });
  expect(await asRecorded(world.database, old.finding_id, null)).toMatchObject({
    ok: false,
    missing: 'engine',
  });
  for await (const _progress of replay(world.database, world.rules, { concurrency: 1 }));
  await screenAllMarked(world.database, world.rules);
  expect(JSON.stringify(await found(everything))).toBe(JSON.stringify(before));
  expect(await findFinding(world.database, old.finding_id, everything)).toMatchObject({
    state: 'withdrawn',
    reason: 'no_longer_holds',
  });
});

test('a review, an answer and a case of one district hold nothing of the other', async () => {
  const rules = await loadReviewRules('rules');
  const reviews = { database: world.database, rules, asOf: () => asOf };
  const inspector = who('li', 'inspector');
  const detail = await reviewDetail(reviews, inspector, district(south), id);
  const queue = await reviewQueue(world.database.pool, {
    query: queueQuerySchema.parse({ tab: 'unassigned', rule_code: code }),
    sight: district(south),
    account: 'li',
    due: dueDaysOf(reviews),
  });
  expect(queue.items).toHaveLength(1);
  const answers = { database: world.database, vault: world.vault, rules, procedure, asOf: () => asOf };
  const answer = await answerDetail(answers, who('yuan', 'institution'), hospital(south), id);
  const page = await answersOf(answers, south, answersQuerySchema.parse({ tab: 'waiting' }));
  expect(answer).toMatchObject({ finding_id: id });
  expect(JSON.stringify([detail, queue, answer, page])).not.toMatch(traceOf(north));

  const decision = { outcome: 'confirmed' as const, fen: 8_000, lines: [], note: '' };
  const revision = detail?.revision ?? 0;
  const decided = await review(reviews, inspector, everything, id, { action: 'decide', revision, decision });
  expect(decided).toMatchObject({ ok: true });
  // The city opens it, and the district reads it.
  const cases = { database: world.database, vault: world.vault, procedure, now: () => asOf * 86_400 };
  const opened = await openCase(cases, { ...who('zhang', 'case_officer'), sight: everything }, [id]);
  if (!opened.ok) throw new Error(opened.reason.zh);
  const officer = { ...who('wang', 'case_officer'), sight: district(south) };
  const archive = (await exportCase(cases, officer, opened.id)) ?? '';
  expect(archive).toMatch(traceOf(south));
  expect(archive).not.toMatch(traceOf(north));
});

test('who is taken for one of a single institution is looked up again once nobody else can be at them', async () => {
  const other = { day: '2026-02-05', of: 'D330702000002' };
  await stream(world, [visit(north, 7, '08', other)]);
  let isElsewhere = false;
  // Right before the lock, the second institution comes in and is judged.
  const beforeLock = async (sql: unknown): Promise<void> => {
    if (isElsewhere || typeof sql !== 'string' || !sql.includes('bool_and(pg_try_advisory_xact_lock')) return;
    isElsewhere = true;
    await stream(world, [visit(south, 7, '09', other)]);
    await screenAllMarked(world.database, world.rules);
  };
  await screenAllMarked(interrupted(world.database, beforeLock), world.rules);
  expect(isElsewhere).toBe(true);
  await screenAllMarked(world.database, world.rules);
  const { items } = await listed(everything);
  const ofDay = items.filter(({ occurred_at }) => occurred_at.startsWith(other.day));
  expect(ofDay).toMatchObject([{ fixmedins_code: south, amount: '40.00' }]);
});

/** The same database; before each statement of a transaction something else may happen. */
function interrupted(database: Database, before: (sql: unknown) => Promise<void>): Database {
  const pool = new Proxy(database.pool, {
    get: (target, name) =>
      name !== 'connect'
        ? Reflect.get(target, name, target)
        : async () => {
            const client = await target.connect();
            return new Proxy(client, {
              get: (own, key) => {
                const value: unknown = Reflect.get(own, key, own);
                if (typeof value !== 'function') return value;
                return key !== 'query'
                  ? value.bind(own)
                  : async (...given: readonly unknown[]) => {
                      await before(given[0]);
                      return value.apply(own, given);
                    };
              },
            });
          },
  });
  return { ...database, pool };
}
