/** Whether a code is the second factor of an account: one of its authenticator, or a recovery code, each good once. */
import type { PoolClient } from 'pg';
import type { Keyring } from '../vault/keyring.ts';
import { type Account, updateAccount, spendRecoveryCode } from './account-store.ts';
import { recoveryCodeOf, stepOfCode } from './totp.ts';
import { sha256 } from './tokens.ts';
import { msPerSecond } from '../platform/civil.ts';

export type UsedFactor = 'code' | 'recovery_code';

/** Where the secret of an authenticator belongs. */
export const totpPlace = (accountId: number): string => `totp ${accountId}`;

/** Uses the code up. @param account locked @throws VaultError */
export async function spendSecondFactor(
  client: PoolClient,
  keys: Keyring,
  account: Account,
  typed: string,
  nowMs: number,
): Promise<UsedFactor | null> {
  if (account.totp_secret === null) return null;
  const code = typed.replaceAll(/\s/g, '');
  const secret = keys.open(totpPlace(account.id), account.totp_secret);
  const step = stepOfCode(secret, code, nowMs / msPerSecond, account.totp_last_step);
  if (step !== null) {
    await updateAccount(client, account.id, { totp_last_step: step });
    return 'code';
  }
  const recovery = recoveryCodeOf(typed);
  if (recovery === null) return null;
  return (await spendRecoveryCode(client, account.id, sha256(recovery))) ? 'recovery_code' : null;
}
