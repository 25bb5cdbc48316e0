/** Draws and checks on the spot of the fixtures: a draw as the pure core makes it, and a check in each state that has a face of its own. */
import resultTerms from '../../rules/inspection/results.json' with { type: 'json' };
import {
  directoriesSchema,
  type DrawDetail,
  drawDetailSchema,
  drawsSchema,
  publicDrawsSchema,
  resultTermsSchema,
} from '../../src/inspection/draws-contract.ts';
import {
  taskActions,
  type TaskDetail,
  taskDetailSchema,
  type TaskRow,
  tasksPageSchema,
} from '../../src/inspection/on-site-contract.ts';
import { directories, drawnBundle, listOf, planOf } from '../inspection/draws.ts';
import type { Scenario } from './fixture-server.ts';
import { longCode, longMessage, longName, longZh } from './overflow.ts';

const at = '2026-01-20T02:00:00.000Z';
const hash = 'a'.repeat(64);
const hugeFen = 987_654_321_012;
const longLogin = 'a-very-long-login-of-an-inspector-of-the-city';
const terms = resultTermsSchema.parse(resultTerms);

const taskStates = ['planned', 'open', 'concluded', 'signed'] as const;
/** Checks are numbered from 1 in the order of their states. */
export const taskIds = taskStates.map((_, place) => place + 1);
export const drawId = 7;

function rowOf(place: number, isLong: boolean): TaskRow {
  const state = taskStates[place % taskStates.length] ?? 'planned';
  const member = (n: number) => ({
    inspector_id: `J${n}`,
    name: isLong ? longZh : `检查员${n}`,
    unit: isLong ? longZh : '市局稽核科',
    certificate: isLong ? longCode : `ZF-${n}`,
    certificate_valid_to: '2027-12-31',
  });
  return {
    id: place + 1,
    kind: place % 2 === 0 ? 'flight' : 'drawn',
    state,
    object: {
      object_id: isLong ? longCode : 'H33070200001',
      name: isLong ? longZh : '示例市第一人民医院',
      kind: isLong ? longZh : '医院',
      admdvs: '330702',
    },
    team: [member(1), member(2)],
    advisers: [{ expert_id: 'E1', name: isLong ? longZh : '专家1', unit: '医科大学', role: 'expert' }],
    from_day: '2026-01-10',
    due_day: '2026-02-10',
    reason: isLong ? longMessage.zh : '智能监管发现疑点较多',
    draw_id: place % 2 === 0 ? null : drawId,
    recheck_of: null,
    is_mine: true,
    is_overdue: place % 3 === 0,
    result_code: state === 'signed' ? 'corrected' : null,
  };
}

function taskOf(id: number, isLong: boolean): TaskDetail | null {
  if (!taskIds.includes(id)) return null;
  const row = rowOf(id - 1, isLong);
  const isBegun = row.state !== 'planned';
  const isConcluded = row.state === 'concluded' || row.state === 'signed';
  const items = listOf(isLong ? 40 : 4, (place) => ({
    code: `item-${place}`,
    source: place === 0 ? ('screening' as const) : ('checklist' as const),
    text: isLong ? longMessage : { zh: '住院病人在床', en: 'Who is in hospital is in bed' },
    basis: place === 0 ? 'FW-STAY-SPLIT' : '《医疗保障基金使用监督管理条例》第三十八条',
    severity: 'serious' as const,
    needs_photo: place === 1,
    findings: place === 0 ? { count: isLong ? 1_234_567 : 2, fen: isLong ? hugeFen : 6_100, ids: [] } : null,
  }));
  return {
    ...row,
    account: isLong ? longLogin : 'zhao.yi',
    checklist: isBegun
      ? {
          code: 'hospital',
          name: isLong ? longName : { zh: '定点医疗机构检查表', en: 'Checklist for hospitals' },
          standing: '示例',
          subject: 'institution',
          items,
        }
      : null,
    hidden_items: isBegun ? 1 : 0,
    answers: isBegun
      ? items.slice(isConcluded ? 0 : 1).map(({ code }, place) => ({
          item: code,
          verdict: (['problem', 'conform', 'not_applicable'] as const)[place % 3] ?? 'conform',
          fen: place % 3 === 0 ? (isLong ? hugeFen : 100_000) : null,
          note: place % 3 === 0 ? (isLong ? longMessage.zh : '两次入院间隔不足一天') : '',
          seq: place + 1,
          account: isLong ? longLogin : 'sun.san',
          at,
        }))
      : [],
    photos: [],
    conclusion: isConcluded
      ? {
          checked_on: '2026-01-20',
          result_code: 'corrected',
          summary: isLong ? longMessage.zh.repeat(6) : '现场核对病历与结算，发现一处分解住院。',
          correction: { until: '2026-02-04', what: isLong ? longMessage.zh : '退回违规费用' },
          shown_certificates: true,
        }
      : null,
    record_sha256: isConcluded ? hash : null,
    signatures: isConcluded
      ? [
          {
            signer: 'inspector',
            inspector_id: 'J1',
            name: isLong ? longZh : '检查员1',
            certificate: isLong ? longCode : 'ZF-1',
            account: isLong ? longLogin : 'sun.san',
            at,
          },
        ]
      : [],
    signed_sha256: row.state === 'signed' ? hash : null,
    recheck:
      row.state === 'signed' ? { id: 9, state: 'planned', due_day: '2026-02-19', corrected: null } : null,
    case_id: null,
    results: terms.results.map(({ code, title, orders_correction }) => ({ code, title, orders_correction })),
    offers: taskActions.map((action) => ({ action, refused: null })),
  };
}

const bundle = drawnBundle(planOf(), directories(40, 12));

function drawOf(isLong: boolean): DrawDetail {
  const { commitment, commitment_sha256, opening } = bundle;
  if (opening === null) throw new Error('the draw is sealed');
  const { result, objects, inspectors } = opening;
  const nameOf = new Map(objects.map(({ object_id, name }) => [object_id, name]));
  const inspectorOf = new Map(inspectors.map((one) => [one.inspector_id, one]));
  const teamOf = new Map((result.teams ?? []).map((team) => [team.object_id, team.inspectors]));
  const tasks = result.strata
    .flatMap(({ code, drawn }) => drawn.map((one) => ({ ...one, stratum: code })))
    .map(({ object_id, ticket, stratum }, place) => ({
      object_id,
      ticket,
      stratum,
      name: isLong ? longZh : (nameOf.get(object_id) ?? ''),
      inspectors: (teamOf.get(object_id) ?? []).map((id) => ({
        inspector_id: id,
        name: isLong ? longZh : (inspectorOf.get(id)?.name ?? ''),
        unit: isLong ? longZh : (inspectorOf.get(id)?.unit ?? ''),
      })),
      check: place === 0 ? { id: 1, state: 'planned' } : null,
      record:
        place === 1
          ? {
              checked_on: '2023-09-10',
              result_code: 'nothing-found',
              note: isLong ? longMessage.zh : '',
              account: isLong ? longLogin : 'sun.san',
              at,
              published_on: '2023-09-11',
              corrections: 1,
            }
          : null,
    }));
  return {
    draw: {
      id: drawId,
      plan_id: isLong ? longCode : commitment.plan.plan_id,
      title: isLong ? longZh : commitment.plan.title,
      agency: isLong ? longZh : commitment.plan.agency,
      commitment_sha256,
      committed_at: commitment.committed_at,
      state: 'drawn',
      unannounced: true,
      checks: commitment.plan.checks,
      drawn: tasks.length,
      checked: 1,
      redrawn_by: null,
    },
    commitment,
    evidence_from: at,
    evidence_wait_seconds: 0,
    account: isLong ? longLogin : 'zhao.yi',
    readings: [{ place: 0, account: 'zhao.yi', at }],
    drawn_by: 'zhao.yi',
    result,
    tasks,
    replacements: [
      {
        kind: 'object',
        stratum: 'others',
        team: null,
        out: 'H3307000001',
        in: 'H3307000002',
        reason: isLong ? longMessage.zh : '已停业',
        signed_by: 'zhao.yi',
        at,
        chain_sha256: hash,
      },
    ],
    redraw_approvals: [{ account: 'qian.ba', reason: isLong ? longMessage.zh : '名录有误', at }],
    terms,
  };
}

/** `null`: there is no such draw or check. */
export function inspectionAnswer(scenario: Scenario, [what, id]: readonly string[]): unknown {
  const isLong = scenario === 'overflow';
  const isEmpty = scenario === 'empty';
  switch (what) {
    case 'tasks': {
      if (id !== undefined) {
        const task = taskOf(Number(id), isLong);
        return task === null ? null : taskDetailSchema.parse(task);
      }
      const items = isEmpty ? [] : listOf(isLong ? 20 : 4, (place) => rowOf(place, isLong));
      return tasksPageSchema.parse({ total: isLong ? 1_234_567 : items.length, items, is_linked: !isEmpty });
    }
    case 'directories':
      return directoriesSchema.parse({
        items: isEmpty
          ? []
          : (['objects', 'inspectors'] as const).map((kind, place) => ({
              id: place + 1,
              kind,
              sha256: hash,
              rows: isLong ? 100_000 : 40,
              file_name: isLong ? `${longZh}.csv` : `${kind}.csv`,
              account: isLong ? longLogin : 'zhao.yi',
              at,
            })),
      });
    case 'draws':
      return id === undefined
        ? drawsSchema.parse({
            items: isEmpty ? [] : listOf(isLong ? 30 : 1, () => drawOf(isLong).draw),
            published_bits_min: 64,
          })
        : drawDetailSchema.parse(drawOf(isLong));
    default:
      return null;
  }
}

/** What the public site says of draws. */
export function publicDrawsAnswer(scenario: Scenario): unknown {
  const isLong = scenario === 'overflow';
  const { id: _, ...draw } = drawOf(isLong).draw;
  return publicDrawsSchema.parse({
    format: bundle.commitment.format,
    areas: scenario === 'empty' ? [] : ['330702', '330703'],
    items:
      scenario === 'empty'
        ? []
        : listOf(isLong ? 20 : 1, () => ({
            ...draw,
            state: 'opened' as const,
            results: listOf(isLong ? 60 : 3, (place) => ({
              object_id: isLong ? longCode : `H3307020000${place}`,
              name: isLong ? longZh : '示例市第一人民医院',
              area: place === 0 ? '330703' : '330702',
              checked_on: place === 0 ? null : '2023-09-10',
              result: place === 0 ? null : isLong ? longName : (terms.results[0]?.title ?? null),
              overdue: place === 0,
            })),
          })),
  });
}
