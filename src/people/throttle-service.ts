/** Counts an attempt to prove who one is before it is looked at, so that many at once are not more than one after the other. */
import { msPerSecond } from '../platform/civil.ts';
import { type Database, transaction } from '../platform/database.ts';
import { accountLockout, addressLockout, afterFailure, lockedMs } from './lockout.ts';
import {
  forgetFailures,
  lockFailures,
  type Subject,
  takeBackFailure,
  writeFailures,
} from './throttle-store.ts';
import { sha256 } from './tokens.ts';

type Pooled = Pick<Database, 'pool'>;

export interface Attempt {
  readonly account: Subject;
  readonly address: Subject;
}

export const attemptOf = (login: string, address: string): Attempt => ({
  account: { kind: 'account', hash: sha256(login) },
  address: { kind: 'address', hash: sha256(address) },
});

/** @returns seconds to wait; 0: it may be made, and counts as failed until it is said not to be */
export async function beginAttempt(database: Pooled, { account, address }: Attempt): Promise<number> {
  return transaction(database, async (client) => {
    // Always in this order: two attempts never wait for each other in a ring.
    const ofAddress = await lockFailures(client, address);
    const ofAccount = await lockFailures(client, account);
    const { now } = ofAccount;
    const leftMs = Math.max(lockedMs(ofAddress.state, now), lockedMs(ofAccount.state, now));
    if (leftMs > 0) return Math.ceil(leftMs / msPerSecond);
    await writeFailures(client, address, afterFailure(ofAddress.state, now, addressLockout));
    await writeFailures(client, account, afterFailure(ofAccount.state, now, accountLockout));
    return 0;
  });
}

/** It was right as far as it went, or was not looked at. */
export async function takeBackAttempt(database: Pooled, { account, address }: Attempt): Promise<void> {
  await transaction(database, async (client) => {
    await takeBackFailure(client, address);
    await takeBackFailure(client, account);
  });
}

/** It was right. Of an address only this one attempt is forgotten: others behind it may be guessing. */
export async function forgiveAttempt(
  client: Parameters<typeof forgetFailures>[0],
  { account, address }: Attempt,
): Promise<void> {
  await takeBackFailure(client, address);
  await forgetFailures(client, account);
}
