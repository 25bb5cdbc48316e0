/** What an organiser plans beside the draw, and by which accounts inspectors sign in. */
import { recordEvents } from '../audit/store.ts';
import { findAccount } from '../people/account-store.ts';
import type { Who } from '../people/identify.ts';
import { permissionsOf } from '../people/permissions.ts';
import { transaction } from '../platform/database.ts';
import { teamFault } from './chosen-team.ts';
import type { DrawObject, Inspector } from './contract.ts';
import type { Member, PlanTask } from './on-site-contract.ts';
import { cancelTask, insertTask, linkInspector, setTeam } from './on-site-store.ts';
import { act } from './on-site-service.ts';
import { type DrawAnswer, type DrawRefusal, memberOf, taskObjectOf } from './service.ts';
import { entriesOf, latestDirectories, lockDraws } from './store.ts';
import { badRequest, type OnSiteDeps, refuse } from './task-view-service.ts';

type Reader = Parameters<typeof entriesOf>[0];

async function inspectorsNow(database: Reader): Promise<Inspector[]> {
  const held = (await latestDirectories(database)).find(({ kind }) => kind === 'inspectors');
  return held === undefined ? [] : entriesOf<Inspector>(database, held.id);
}

/** The named inspectors of the directory, who can go there together in that time. */
async function teamNow(
  database: Reader,
  inspectors: readonly string[],
  objectId: string,
  days: { readonly from: string; readonly to: string },
): Promise<{ readonly ok: true; readonly team: Member[] } | DrawRefusal> {
  const directory = await inspectorsNow(database);
  const team = directory.filter(({ inspector_id }) => inspectors.includes(inspector_id));
  if (team.length !== new Set(inspectors).size)
    return badRequest('名录库中没有这名检查人员', 'There is no such inspector in the directory');
  const fault = teamFault(team, objectId, days);
  return fault === null ? { ok: true, team: team.map(memberOf) } : refuse('bad_request', fault);
}

/** Plans a check of an object of the directory by inspectors of the directory. */
export const planTask = (
  { database }: OnSiteDeps,
  { actor }: Who,
  { kind, object_id, inspectors, from_day, due_day, reason }: PlanTask,
): Promise<DrawAnswer> =>
  transaction(database, async (client): Promise<DrawAnswer> => {
    await lockDraws(client);
    if (due_day < from_day) return badRequest('截止日早于开始日', 'It ends before it begins');
    const held = (await latestDirectories(client)).find((one) => one.kind === 'objects');
    const object = (held === undefined ? [] : await entriesOf<DrawObject>(client, held.id)).find(
      (one) => one.object_id === object_id,
    );
    if (object === undefined)
      return badRequest('名录库中没有这个检查对象', 'There is no such object in the directory');
    const chosen = await teamNow(client, inspectors, object_id, { from: from_day, to: due_day });
    if (!chosen.ok) return chosen;
    const id = await insertTask(client, {
      kind,
      draw_id: null,
      recheck_of: null,
      object: taskObjectOf(object),
      team: chosen.team,
      from_day,
      due_day,
      reason,
      account: actor.account,
    });
    await recordEvents(client, actor, [
      { kind: 'inspection.task_planned', key: String(id), detail: { kind, object: object_id } },
      { kind: 'inspection.team_set', key: String(id), detail: { inspectors: [...inspectors] } },
    ]);
    return { ok: true, id };
  });

export const setTaskTeam = (
  deps: OnSiteDeps,
  who: Who,
  id: number,
  inspectors: readonly string[],
): Promise<DrawAnswer> =>
  act(deps, who, id, 'set_team', async ({ client, task: { object, from_day, due_day } }) => {
    const chosen = await teamNow(client, inspectors, object.object_id, { from: from_day, to: due_day });
    if (!chosen.ok) return chosen;
    await setTeam(client, id, chosen.team);
    return {
      ok: true,
      events: [{ kind: 'inspection.team_set', key: String(id), detail: { inspectors: [...inspectors] } }],
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
