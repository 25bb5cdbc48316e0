/** What an organiser plans beside the draw, and by which accounts inspectors sign in. */
import { recordEvents } from '../audit/store.ts';
import { findAccount } from '../people/account-store.ts';
import type { Who } from '../people/identify.ts';
import { permissionsOf } from '../people/permissions.ts';
import { transaction } from '../platform/database.ts';
import { teamFault } from './chosen-team.ts';
import type { DrawObject, Expert, Inspector } from './contract.ts';
import type { Adviser, Member, PlanTask, TeamGiven } from './on-site-contract.ts';
import { cancelTask, insertTask, linkInspector, setTeam } from './on-site-store.ts';
import { act } from './on-site-service.ts';
import { type DrawAnswer, type DrawRefusal, memberOf, taskObjectOf } from './service.ts';
import { entriesOf, latestDirectories, lockDraws } from './store.ts';
import { badRequest, type OnSiteDeps, refuse, todayOf } from './task-view-service.ts';

type Reader = Parameters<typeof entriesOf>[0];

async function inspectorsNow(database: Reader): Promise<Inspector[]> {
  const held = (await latestDirectories(database)).find(({ kind }) => kind === 'inspectors');
  return held === undefined ? [] : entriesOf<Inspector>(database, held.id);
}
async function expertsNow(database: Reader): Promise<Expert[]> {
  const held = (await latestDirectories(database)).find(({ kind }) => kind === 'experts');
  return held === undefined ? [] : entriesOf<Expert>(database, held.id);
}

const adviserOf = ({ expert_id, name, unit, role }: Expert): Adviser => ({ expert_id, name, unit, role });

/** Who is named of the directories, and can go there together in that time. */
async function teamNow(
  database: Reader,
  { inspectors, experts }: TeamGiven,
  objectId: string,
  days: { readonly from: string; readonly to: string },
): Promise<{ readonly ok: true; readonly team: Member[]; readonly advisers: Adviser[] } | DrawRefusal> {
  const directory = await inspectorsNow(database);
  const team = directory.filter(({ inspector_id }) => inspectors.includes(inspector_id));
  if (team.length !== new Set(inspectors).size)
    return badRequest('名录库中没有这名检查人员', 'There is no such inspector in the directory');
  const along = (await expertsNow(database)).filter(({ expert_id }) => experts.includes(expert_id));
  if (along.length !== new Set(experts).size)
    return badRequest('名录库中没有这名专家', 'There is no such expert in the directory');
  const fault = teamFault(team, along, objectId, days);
  return fault === null
    ? { ok: true, team: team.map(memberOf), advisers: along.map(adviserOf) }
    : refuse('bad_request', fault);
}

/** Plans a check of an object of the directory by inspectors of the directory. */
export const planTask = (
  { database, now }: OnSiteDeps,
  { actor }: Who,
  { kind, object_id, from_day, due_day, reason, ...given }: PlanTask,
): Promise<DrawAnswer> =>
  transaction(database, async (client): Promise<DrawAnswer> => {
    await lockDraws(client);
    if (due_day < from_day) return badRequest('截止日早于开始日', 'It ends before it begins');
    // It would be late, and shown so to everybody, as soon as it is there.
    if (due_day < todayOf({ now }))
      return badRequest('截止日不能早于今天', 'It cannot have been due before today');
    const held = (await latestDirectories(client)).find((one) => one.kind === 'objects');
    const object = (held === undefined ? [] : await entriesOf<DrawObject>(client, held.id)).find(
      (one) => one.object_id === object_id,
    );
    if (object === undefined)
      return badRequest('名录库中没有这个检查对象', 'There is no such object in the directory');
    const chosen = await teamNow(client, given, object_id, { from: from_day, to: due_day });
    if (!chosen.ok) return chosen;
    const id = await insertTask(client, {
      kind,
      draw_id: null,
      recheck_of: null,
      object: taskObjectOf(object),
      team: chosen.team,
      advisers: chosen.advisers,
      from_day,
      due_day,
      reason,
      account: actor.account,
    });
    await recordEvents(client, actor, [
      { kind: 'inspection.task_planned', key: String(id), detail: { kind, object: object_id } },
      { kind: 'inspection.team_set', key: String(id), detail: given },
    ]);
    return { ok: true, id };
  });

export const setTaskTeam = (deps: OnSiteDeps, who: Who, id: number, given: TeamGiven): Promise<DrawAnswer> =>
  act(deps, who, id, 'set_team', async ({ client, task: { object, from_day, due_day } }) => {
    const chosen = await teamNow(client, given, object.object_id, { from: from_day, to: due_day });
    if (!chosen.ok) return chosen;
    await setTeam(client, id, chosen.team, chosen.advisers);
    return {
      ok: true,
      events: [{ kind: 'inspection.team_set', key: String(id), detail: given }],
    };
  });

export const cancelPlannedTask = (
  deps: OnSiteDeps,
  who: Who,
  id: number,
  reason: string,
): Promise<DrawAnswer> =>
  act(deps, who, id, 'cancel', async ({ client }) => {
    await cancelTask(client, id, reason);
    return { ok: true, events: [{ kind: 'inspection.task_cancelled', key: String(id), detail: {} }] };
  });

/** Says by which account an inspector signs in: only who may carry out checks stands for one. */
export const linkAccount = (
  { database }: OnSiteDeps,
  { actor }: Who,
  inspectorId: string,
  login: string | null,
): Promise<{ readonly ok: true } | DrawRefusal> =>
  transaction(database, async (client): Promise<{ readonly ok: true } | DrawRefusal> => {
    await lockDraws(client);
    if (!(await inspectorsNow(client)).some(({ inspector_id }) => inspector_id === inspectorId))
      return badRequest('名录库中没有这名检查人员', 'There is no such inspector in the directory');
    if (login !== null) {
      const account = await findAccount(client, login);
      if (account === null || account.state !== 'active')
        return badRequest('没有这个账号，或已停用', 'There is no such account, or it is disabled');
      if (!permissionsOf(account.role, account.area).includes('inspections.carry_out'))
        return badRequest('该账号不能执行检查', 'This account may not carry out checks');
    }
    if (!(await linkInspector(client, inspectorId, login, actor.account)))
      return badRequest('该账号已对应另一名检查人员', 'This account stands for another inspector');
    await recordEvents(client, actor, [
      { kind: 'inspection.inspector_linked', key: inspectorId, detail: { account: login } },
    ]);
    return { ok: true };
  });
