/** The part of the API's client that is about people. */
import {
  type AccountChange,
  accountRowSchema,
  accountsSchema,
  accountWithPasswordSchema,
  createdKeySchema,
  doneSchema,
  endedSchema,
  enrolmentSchema,
  keyRowSchema,
  keysSchema,
  meSchema,
  type NewAccount,
  type NewKey,
  recoveryCodesSchema,
  secondFactorSchema,
  sessionsSchema,
  signInOffersSchema,
} from '../people/contract.ts';
import { ask, type Asked } from './api.ts';
import { apiPaths } from './paths.ts';

const bodyOf = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

export const peopleApi = {
  me: ({ signal }: Asked = {}) => ask(apiPaths.me(), meSchema, { signal }),
  signInOffers: ({ signal }: Asked = {}) => ask(apiPaths.signIn(), signInOffersSchema, { signal }),
  signIn: (given: { login: string; password: string; code?: string }) =>
    ask(apiPaths.signIn(), meSchema, bodyOf(given)),
  signOut: () => ask(apiPaths.signOut(), doneSchema, bodyOf({})),
  signOutEverywhere: () => ask(apiPaths.signOutEverywhere(), endedSchema, bodyOf({})),
  mySessions: ({ signal }: Asked = {}) => ask(apiPaths.mySessions(), sessionsSchema, { signal }),
  endSession: (id: string) => ask(apiPaths.endSession(id), doneSchema, bodyOf({})),
  changePassword: (given: { current: string; next: string }) =>
    ask(apiPaths.myPassword(), doneSchema, bodyOf(given)),
  secondFactor: ({ signal }: Asked = {}) => ask(apiPaths.secondFactor(), secondFactorSchema, { signal }),
  beginSecondFactor: (password: string) =>
    ask(apiPaths.secondFactorStep('begin'), enrolmentSchema, bodyOf({ password })),
  confirmSecondFactor: (code: string) =>
    ask(apiPaths.secondFactorStep('confirm'), recoveryCodesSchema, bodyOf({ code })),
  removeSecondFactor: (password: string) =>
    ask(apiPaths.secondFactorStep('remove'), doneSchema, bodyOf({ password })),
  accounts: ({ signal }: Asked = {}) => ask(apiPaths.accounts(), accountsSchema, { signal }),
  createAccount: (account: NewAccount) =>
    ask(apiPaths.accounts(), accountWithPasswordSchema, bodyOf(account)),
  changeAccount: (login: string, change: AccountChange) =>
    ask(apiPaths.accountAct(login, 'change'), accountRowSchema, bodyOf(change)),
  resetPassword: (login: string) =>
    ask(apiPaths.accountAct(login, 'reset-password'), accountWithPasswordSchema, bodyOf({})),
  resetSecondFactor: (login: string) =>
    ask(apiPaths.accountAct(login, 'reset-second-factor'), doneSchema, bodyOf({})),
  keys: ({ signal }: Asked = {}) => ask(apiPaths.keys(), keysSchema, { signal }),
  createKey: (key: NewKey) => ask(apiPaths.keys(), createdKeySchema, bodyOf(key)),
  revokeKey: (id: string) => ask(apiPaths.revokeKey(id), keyRowSchema, bodyOf({})),
} as const;
