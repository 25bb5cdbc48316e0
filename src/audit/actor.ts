/** Who does something, as plain data: `people/` makes it of a session, a command or a worker of its own name. */
export interface Actor {
  /** The account; `system:` and a name where no person acts. */
  readonly account: string;
  readonly role: string;
  /** Code of the administrative area that the actor answers for; `*`: all. */
  readonly area: string;
  /** Network address the request came from. */
  readonly address?: string;
  readonly requestId?: string;
  /** What the actor states that it is for: a case number or a reason from a list, never free text about a person. */
  readonly purpose?: string;
}

const systemRole = 'system';
export const everywhere = '*';

/** @param name of the worker or command, like `screening` or `retention` */
export const systemActor = (name: string): Actor => ({
  account: `system:${name}`,
  role: systemRole,
  area: everywhere,
});
