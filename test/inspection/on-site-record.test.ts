/** Laws of checks on the spot: the table, what is looked at, the record and its hash, who has to sign, and what credit takes of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryFault } from '../../src/credit/entry-check.ts';
import { loadSchemes } from '../../src/credit/scheme-files.ts';
import { checklistFor, recheckChecklist, taskChecklist } from '../../src/inspection/checklist.ts';
import { teamFault } from '../../src/inspection/chosen-team.ts';
import {
  type Answer,
  type Conclusion,
  type Signature,
  taskActions,
  taskChecklistSchema,
  type TaskState,
  taskStates,
  type Verdict,
  verdicts,
} from '../../src/inspection/on-site-contract.ts';
import { onSiteDocument } from '../../src/inspection/on-site-document.ts';
import {
  conclusionFaults,
  conclusionOf,
  heaviestOf,
  isSigned,
  problemsOf,
  type RecordGiven,
  recordHash,
  recordText,
  signedHash,
} from '../../src/inspection/on-site-record.ts';
import { loadResultTerms } from '../../src/inspection/service.ts';
import { type TaskFacts, taskRefusal, taskTable } from '../../src/inspection/task-states-contract.ts';
import { factOfCheck } from '../../src/inspection/to-credit.ts';
import { permissionsOf, roles } from '../../src/people/permissions.ts';
import { inspectorOf, objectOf } from './draws.ts';

const terms = await loadResultTerms('rules');
const today = '2026-11-20';
const hospital = objectOf(1);
const row = checklistFor(terms.checklists, hospital, today);
if (row === null) throw new Error('no checklist for hospitals');
const found = [
  { rule_code: 'FW-A', rule_name: { zh: '甲', en: 'a' }, findings: 3, fen: 500, ids: ['1', '2', '3'] },
  { rule_code: 'FW-B', rule_name: { zh: '乙', en: 'b' }, findings: 1, fen: 9_000, ids: ['4'] },
];
const checklist = taskChecklist(row, found);
const codes = checklist.items.map(({ code }) => code);

const team = [0, 1].map((index) => inspectorOf(index, { certificate_valid_to: '2027-01-01' }));
const conclusion = (changed: Partial<Conclusion> = {}): Conclusion => ({
  checked_on: today,
  result_code: 'corrected',
  summary: '见各项记录',
  correction: { until: '2026-12-20', what: '退回并整改' },
  shown_certificates: true,
  ...changed,
});
const answerOf = (item: string, verdict: Verdict): Answer => ({
  item,
  verdict,
  fen: verdict === 'problem' ? 1_200 : null,
  note: verdict === 'problem' ? '账实不符' : '',
});
const givenOf = (changed: Partial<RecordGiven> = {}): RecordGiven => ({
  task: {
    id: 7,
    kind: 'daily',
    draw_id: null,
    recheck_of: null,
    reason: '日常检查',
    from_day: '2026-11-01',
    due_day: '2026-11-30',
  },
  object: {
    object_id: hospital.object_id,
    name: hospital.name,
    kind: hospital.kind,
    admdvs: hospital.admdvs,
  },
  team,
  checklist,
  answers: codes.map((code) => answerOf(code, 'conform')),
  photos: [],
  conclusion: conclusion(),
  replaces: null,
  ...changed,
});
const faults = (changed: Partial<RecordGiven>): string =>
  conclusionFaults(givenOf(changed), terms, today)
    .map(({ zh }) => zh)
    .join('；');
const verdictsArbitrary = fc.array(fc.constantFrom(...verdicts), {
  minLength: codes.length,
  maxLength: codes.length,
});
const answersFrom = (list: readonly Verdict[]): Answer[] =>
  codes.map((code, place) => answerOf(code, list[place] ?? 'conform'));

describe('the table of a check', () => {
  const factsArbitrary: fc.Arbitrary<Omit<TaskFacts, 'state'>> = fc.record({
    kind: fc.constantFrom('drawn' as const, 'daily' as const, 'recheck' as const),
    permissions: fc.constantFrom(...roles).map((role) => permissionsOf(role, '330700')),
    isMember: fc.boolean(),
    ownDraw: fc.constantFrom(null, { zh: '本人组织', en: 'own' }),
    isTeamDrawn: fc.boolean(),
    hasTeam: fc.boolean(),
    today: fc.constantFrom('2026-11-01', '2026-11-20'),
    fromDay: fc.constant('2026-11-10'),
    hasSigned: fc.boolean(),
    hasParty: fc.boolean(),
    hasProblem: fc.boolean(),
    hasClue: fc.boolean(),
  });

  test('is never left by any sequence of acts, and nobody acts without the permission or outside the team', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...taskActions), factsArbitrary), { maxLength: 40 }),
        (acts) => {
          let state: TaskState = 'planned';
          for (const [action, facts] of acts) {
            const refused = taskRefusal(action, { ...facts, state });
            if (refused !== null) continue;
            const to: TaskState | undefined = taskTable[state][action];
            expect(taskStates).toContain(to);
            if (['start', 'answer', 'conclude', 'reopen', 'sign', 'party'].includes(action)) {
              expect([facts.isMember, facts.ownDraw]).toEqual([true, null]);
              expect(facts.permissions).toContain('inspections.carry_out');
            }
            if (action === 'open_clue') expect(facts.permissions).toContain('cases.handle');
            state = to ?? state;
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test('lets nothing be written once it is signed', () => {
    for (const action of ['answer', 'conclude', 'reopen', 'sign', 'party', 'start'] as const)
      expect(taskTable.signed[action]).toBeUndefined();
  });
});

describe('what is looked at', () => {
  test('begins with what screening found, the most money first, and goes on with the plan', () => {
    expect(codes.slice(0, 2)).toEqual(['screening:FW-B', 'screening:FW-A']);
    expect(codes.slice(2)).toEqual(row.items.map(({ code }) => code));
    expect(taskChecklistSchema.parse(checklist)).toEqual(checklist);
  });

  test('is by kind of object, narrowest area and day; what no row names gets the general one', () => {
    expect(checklistFor(terms.checklists, { kind: '药店', admdvs: '330702' }, today)?.code).toBe('pharmacy');
    expect(checklistFor(terms.checklists, { kind: '参保单位', admdvs: '330702' }, today)?.code).toBe(
      'general',
    );
    expect(checklistFor(terms.checklists, hospital, '2020-01-01')).toBeNull();
    const local = { ...row, code: 'local', area: '3307' };
    expect(checklistFor([...terms.checklists, local], { kind: '医院', admdvs: '330702' }, today)?.code).toBe(
      'local',
    );
    expect(checklistFor([...terms.checklists, local], { kind: '医院', admdvs: '330102' }, today)?.code).toBe(
      'hospital',
    );
  });

  test('of a re-check is what was a problem, and nothing else', () => {
    fc.assert(
      fc.property(fc.subarray(codes), (wrong) => {
        const again = recheckChecklist(checklist, (code) => wrong.includes(code));
        expect(again.items.map(({ code }) => code)).toEqual(wrong);
        expect(again.items.every(({ source }) => source === 'recheck')).toBe(true);
      }),
    );
  });
});

describe('a record', () => {
  test('is the same text whatever order the answers come in, and another one when anything in it changes', () => {
    fc.assert(
      fc.property(
        verdictsArbitrary,
        fc.nat(codes.length - 1),
        fc.infiniteStream(fc.nat()),
        (list, at, order) => {
          const answers = answersFrom(list);
          const text = recordText(givenOf({ answers }));
          const keyed = answers.map((answer) => ({ answer, key: order.next().value }));
          const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ answer }) => answer);
          expect(recordText(givenOf({ answers: shuffled }))).toBe(text);
          const changed = answers.map((answer, place) =>
            place === at ? { ...answer, note: `${answer.note}x` } : answer,
          );
          expect(recordHash(recordText(givenOf({ answers: changed })))).not.toBe(recordHash(text));
          expect(problemsOf(text).map(({ code }) => code)).toEqual(
            codes.filter((_, place) => list[place] === 'problem'),
          );
          expect(conclusionOf(text)).toEqual(conclusion());
        },
      ),
    );
  });

  test('names its photos by hash and the record that it replaces', () => {
    const photo = { no: 1, item: codes[0] ?? '', sha256: 'a'.repeat(64), sent_sha256: 'b'.repeat(64) };
    const photos = [{ ...photo, account: 'x', at: '2026-11-20T01:00:00.000Z' }];
    const replaces = { no: 1, sha256: 'c'.repeat(64), reason: '漏项' };
    const text = recordText(givenOf({ photos, replaces }));
    for (const part of [photo.sha256, photo.sent_sha256, replaces.sha256, replaces.reason])
      expect(text).toContain(part);
  });

  test('is made when every item is answered, described and shown, and the result fits, or says what is missing', () => {
    const problem = answersFrom(codes.map((_, place) => (place === 0 ? 'problem' : 'conform')));
    expect(faults({ answers: problem })).toBe('');
    expect(faults({ answers: problem.slice(1) })).toContain('还有 1 项未检查');
    expect(faults({ answers: problem.map((one) => ({ ...one, note: '' })) })).toContain('须写明情况');
    expect(faults({})).toContain('没有问题，结果不能是“已责令改正”');
    const nothing = conclusion({ result_code: 'nothing-found', correction: null });
    expect(faults({ conclusion: nothing })).toBe('');
    expect(faults({ answers: problem, conclusion: nothing })).toContain('有问题，结果不能是“未发现问题”');
    expect(faults({ answers: problem, conclusion: conclusion({ correction: null }) })).toContain(
      '须写明改正内容和期限',
    );
    expect(faults({ answers: problem, conclusion: conclusion({ result_code: 'case' }) })).toContain(
      '不附责令改正',
    );
    expect(
      faults({ answers: problem, conclusion: conclusion({ correction: { until: today, what: '改' } }) }),
    ).toContain('改正期限须在检查之后');
    expect(faults({ answers: problem, conclusion: conclusion({ result_code: 'luck' }) })).toContain(
      '没有这种检查结果',
    );
    expect(faults({ answers: problem, conclusion: conclusion({ checked_on: '2026-11-21' }) })).toContain(
      '检查日期在今天之后',
    );
    expect(faults({ answers: problem, conclusion: conclusion({ checked_on: '2026-10-31' }) })).toContain(
      '检查日期应在',
    );
    const expired = team.map((one, place) =>
      place === 0 ? { ...one, certificate_valid_to: '2026-11-19' } : one,
    );
    expect(faults({ answers: problem, team: expired })).toContain('执法证有效的检查人员不足 2 人');
    const bed = answersFrom(codes.map((code) => (code === 'in-bed' ? 'problem' : 'conform')));
    expect(faults({ answers: bed })).toContain('须附照片');
  });

  test('is open for as long as an item is, whatever the others say', () => {
    fc.assert(
      fc.property(verdictsArbitrary, fc.nat(codes.length - 1), (list, at) => {
        const answers = answersFrom(list).filter((_, place) => place !== at);
        expect(faults({ answers })).toContain('还有 1 项未检查');
      }),
    );
  });
});

describe('what is printed', () => {
  const wrong = answersFrom(codes.map((code) => (code === 'records' ? 'problem' : 'conform')));
  const record = recordText(givenOf({ answers: wrong }));
  const printed = (document: 'record' | 'order', text = record) =>
    onSiteDocument(
      document,
      { no: 2, record: text, sha256: recordHash(text), signatures: [], signed_sha256: null },
      terms,
    );

  test('says every item with its answer, and names the hash of the record', () => {
    const lines = printed('record')?.lines ?? [];
    for (const [place, item] of checklist.items.entries())
      expect(lines.some((line) => line.startsWith(`${place + 1}. ${item.text.zh}：`))).toBe(true);
    expect(lines.join('\n')).toContain('有问题；涉及金额 12.00 元；账实不符');
    expect(lines.join('\n')).toContain(recordHash(record));
    expect(printed('record')).toMatchObject({
      title: '现场检查记录',
      number: '现检〔2026〕7-2号',
      standing: '示例',
    });
  });

  test('orders what the record orders, and nothing where it orders nothing', () => {
    const lines = printed('order')?.lines.join('\n') ?? '';
    expect(lines).toContain('账实不符');
    expect(lines).toContain('2026-12-20 前完成');
    expect(
      printed('order', recordText(givenOf({ conclusion: conclusion({ correction: null }) }))),
    ).toBeNull();
  });
});

describe('signatures', () => {
  const at = '2026-11-20T03:00:00.000Z';
  const by = (index: number): Signature => ({
    signer: 'inspector',
    inspector_id: `J${index}`,
    name: `检查员${index}`,
    certificate: `ZF${index}`,
    account: `a${index}`,
    at,
  });
  const drawn = { drawing_sha256: 'd'.repeat(64), account: 'a1', at };
  const representative: Signature = {
    signer: 'representative',
    name: '院长',
    position: '负责人',
    statement: '',
    ...drawn,
  };
  const refusal: Signature = {
    signer: 'refusal',
    reason: '不认可',
    witness: '见证人',
    witness_unit: '社区',
    ...drawn,
  };

  test('are whole with two inspectors and the institution or its refusal, in any order, and not before', () => {
    const all = [by(1), by(2), by(3), representative, refusal];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 8 }), (list) => {
        const inspectors = new Set(
          list.flatMap((one) => (one.signer === 'inspector' ? [one.inspector_id] : [])),
        );
        const hasParty = list.includes(representative) || list.includes(refusal);
        expect(isSigned(list)).toBe(inspectors.size >= 2 && hasParty);
        expect(isSigned(list.toReversed())).toBe(isSigned(list));
        expect(isSigned([...list, ...list])).toBe(isSigned(list));
      }),
    );
  });

  test('are frozen with the record: a changed signature or record is another hash', () => {
    const record = recordText(givenOf());
    const held = [by(1), by(2), representative];
    const hash = signedHash(record, held);
    expect(signedHash(record, held)).toBe(hash);
    expect(signedHash(record, [by(1), by(2), { ...representative, statement: '有异议' }])).not.toBe(hash);
    expect(signedHash(record, held.toReversed())).not.toBe(hash);
    expect(signedHash(`${record} `, held)).not.toBe(hash);
  });
});

describe('a team that is named', () => {
  const days = { from: '2026-11-10', to: '2026-11-20' };
  test('is two or more who hold certificates, are there and have nothing to do with the object', () => {
    const [one, other] = team;
    if (one === undefined || other === undefined) throw new Error('no team');
    expect(teamFault(team, 'H1', days)).toBeNull();
    expect(teamFault([one, one], 'H1', days)?.zh).toContain('不少于 2 人');
    expect(teamFault([one, { ...other, recused_from: ['H1'] }], 'H1', days)?.zh).toContain('应当回避');
    expect(teamFault([one, { ...other, certificate_valid_to: '2026-11-19' }], 'H1', days)?.zh).toContain(
      '到期',
    );
    // The day after the last is stated: who is back on the first day goes, who leaves on the last does not.
    const away = (from: string, to: string) => ({ ...other, away: [{ from, to }] });
    expect(teamFault([one, away('2026-11-01', '2026-11-10')], 'H1', days)).toBeNull();
    expect(teamFault([one, away('2026-11-20', '2026-11-21')], 'H1', days)?.zh).toContain('不在岗');
  });
});

describe('what credit takes of a check', () => {
  const check = (list: readonly Verdict[], kind: 'daily' | 'recheck', result_code: string) => ({
    id: 7,
    kind,
    object_id: 'H33070200001',
    record: recordText(
      givenOf({ answers: answersFrom(list), conclusion: conclusion({ result_code, correction: null }) }),
    ),
    signed_sha256: 'e'.repeat(64),
  });
  const conform = codes.map((): Verdict => 'conform');
  const wrong = codes.map((code): Verdict => (code === 'upload' ? 'problem' : 'conform'));

  test('is by result: problems by the heaviest, a refusal, nothing of what a case decides', () => {
    expect(factOfCheck(check(wrong, 'daily', 'corrected'), terms)).toMatchObject({
      fact: 'inspection_problem',
      severity: 'ordinary',
      event: '现场检查 7',
      day: today,
    });
    expect(factOfCheck(check(wrong, 'daily', 'case'), terms)).toBeNull();
    expect(factOfCheck(check(conform, 'daily', 'nothing-found'), terms)).toBeNull();
    expect(factOfCheck(check(conform, 'daily', 'refused'), terms)?.entry).toBe('fact');
    expect(factOfCheck(check(conform, 'recheck', 'nothing-found'), terms)).toMatchObject({
      fact: 'corrected_in_time',
    });
    expect(factOfCheck(check(wrong, 'recheck', 'corrected'), terms)).toMatchObject({ fact: 'not_corrected' });
    expect(factOfCheck(check(conform, 'recheck', 'refused'), terms)).toMatchObject({
      fact: 'refused_inspection',
    });
    expect(factOfCheck(check(conform, 'recheck', 'not-there'), terms)).toBeNull();
  });

  test('is what the schemes of institutions know, whatever was found', async () => {
    const schemes = (await loadSchemes('rules')).map(({ scheme }) => scheme);
    const institutions = schemes.filter(({ subjects }) => subjects.includes('institution'));
    const results = terms.results.map(({ code }) => code);
    fc.assert(
      fc.property(
        verdictsArbitrary,
        fc.constantFrom('daily' as const, 'recheck' as const),
        fc.constantFrom(...results),
        (list, kind, result) => {
          const hasProblem = list.includes('problem');
          const needs = terms.results.find(({ code }) => code === result)?.problems;
          fc.pre(needs === 'any' || (needs === 'some') === hasProblem);
          const entry = factOfCheck(check(list, kind, result), terms);
          if (entry !== null) expect(entryFault(entry, institutions, null, today)).toBeNull();
        },
      ),
    );
  });

  test('weighs as the heaviest of what was found', () => {
    expect(heaviestOf([])).toBeNull();
    expect(heaviestOf([{ severity: 'minor' }, { severity: 'grave' }, { severity: 'serious' }])).toBe('grave');
  });
});
