import type { PeopleDeps } from '../people/sign-in-service.ts';
import { type Role, roles } from '../people/permissions.ts';
import type { Config } from '../platform/config.ts';

/** What the settings say about people. Roles are checked here: `platform/config.ts` stands below and does not know them. */
export function peopleSettings(config: Config): Omit<PeopleDeps, 'database' | 'vault'> {
  return {
    session: { idleMinutes: config.sessionIdleMinutes, hoursMax: config.sessionHoursMax },
    secondFactorRoles: config.secondFactorRoles.map(knownRole),
    demo: config.demo,
  };
}

function knownRole(name: string): Role {
  const role = roles.find((each) => each === name);
  if (role !== undefined) return role;
  throw new Error(
    `FUNDWATCH_SECOND_FACTOR_ROLES：没有角色 ${name}，可用的有 / there is no role ${name}; there are: ${roles.join(', ')}`,
  );
}
