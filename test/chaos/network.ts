import { execFileSync } from 'node:child_process';
import { processExists } from '../../src/platform/data-dir-lock.ts';

/**
 * Hosts on a wire: network namespaces joined by a bridge in a namespace of its own. This machine hangs on the same bridge by one pair of
 * interfaces, and nothing else of its network is touched.
 */
export interface Network {
  /** What stands before a command so that it runs on that host. */
  readonly on: (host: string) => string[];
  readonly addressOf: (host: string) => string;
  /** Pulls the host's cable: what is sent is lost without a word. */
  readonly cut: (host: string) => void;
  readonly join: (host: string) => void;
  /** Safe to call twice. */
  readonly remove: () => void;
}

/** Addresses that a machine is unlikely to have. */
const subnet = '10.213.77';
export const subnetMask = `${subnet}.0/24`;
const ownNumber = 254;
const hostsMax = 200;
const prefix = 'fundwatch';

/** @throws with the reason when this machine does not let us make namespaces. */
export function makeNetwork(hosts: readonly string[]): Network {
  if (hosts.length > hostsMax) throw new RangeError(`${hosts.length} hosts; at most ${hostsMax}`);
  sweepAbandoned();
  const nameOf = (host: string): string => `${prefix}-${process.pid}-${host}`;
  const bridge = nameOf('switch');
  const numberOf = (host: string): number => {
    const at = hosts.indexOf(host);
    if (at < 0) throw new Error(`there is no host ${host}`);
    return at + 1;
  };
  const remove = (): void => {
    for (const name of [...hosts.map(nameOf), bridge]) tryIp('netns', 'del', name);
    tryIp('link', 'del', ownLink);
  };
  const ownLink = `fw${process.pid}`;
  // Also when something else ends this process.
  process.once('exit', remove);
  try {
    ip('netns', 'add', bridge);
    ip('-n', bridge, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', bridge, 'link', 'set', 'bridge', 'up');
    ip('link', 'add', ownLink, 'type', 'veth', 'peer', 'name', 'outside', 'netns', bridge);
    ip('-n', bridge, 'link', 'set', 'outside', 'master', 'bridge', 'up');
    ip('address', 'add', `${subnet}.${ownNumber}/24`, 'dev', ownLink);
    ip('link', 'set', ownLink, 'up');
    for (const host of hosts) {
      const name = nameOf(host);
      const port = `port${numberOf(host)}`;
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', port, 'netns', bridge);
      ip('-n', bridge, 'link', 'set', port, 'master', 'bridge', 'up');
      ip('-n', name, 'address', 'add', `${subnet}.${numberOf(host)}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
    }
  } catch (error) {
    remove();
    throw error;
  }
  const plug = (host: string, state: 'up' | 'down'): void =>
    ip('-n', bridge, 'link', 'set', `port${numberOf(host)}`, state);
  return {
    on: (host) => ['ip', 'netns', 'exec', nameOf(host)],
    addressOf: (host) => `${subnet}.${numberOf(host)}`,
    cut: (host) => plug(host, 'down'),
    join: (host) => plug(host, 'up'),
    remove,
  };
}

/** A run that was killed could not remove its namespaces. */
function sweepAbandoned(): void {
  const names =
    execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).match(/^fundwatch-\d+-\S+/gm) ?? [];
  for (const name of names) if (!processExists(Number(name.split('-')[1]))) tryIp('netns', 'del', name);
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function tryIp(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It is gone already.
  }
}
