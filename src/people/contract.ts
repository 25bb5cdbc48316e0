/** What goes over HTTP about people: signing in, one's own account, accounts, API keys. */
import { z } from 'zod';
import { areaPattern, permissions, roles, scopes } from './permissions.ts';

export const loginPattern = /^[a-z0-9][a-z0-9._-]{1,39}$/;
const passwordTextMax = 200;

/** As typed, in any case; what cannot be a login name is simply nobody's. */
const login = z.string().trim().toLowerCase().min(1).max(40);
const area = z.string().regex(areaPattern).describe('行政区划 code, six digits; the city itself ends in 00');
const fixmedinsCode = z.string().trim().min(1).max(30);
const displayName = z.string().trim().min(1).max(60);
const secret = z.string().min(1).max(passwordTextMax);

/** `GET /api/v1/sign-in`: what the page shows to somebody who is nobody yet. */
export const signInOffersSchema = z.object({
  provider: z
    .boolean()
    .describe('signing in at the provider of the agency is possible: /api/v1/sign-in/provider'),
  demo: z
    .object({
      password: z.string(),
      accounts: z.array(z.object({ login: z.string(), role: z.enum(roles) })),
    })
    .nullable()
    .describe('the accounts of the demo city; null outside demo mode'),
});
export type SignInOffers = z.infer<typeof signInOffersSchema>;

/** `POST /api/v1/sign-in`. Asked again with `code` when the answer is `second_factor_needed`. */
export const signInSchema = z.strictObject({
  login,
  password: secret,
  code: z.string().trim().max(40).optional().describe('of the authenticator, or a recovery code'),
});

export const pendingSchema = z.enum(['password', 'second_factor']);

/** `GET /api/v1/me`, and the answer to a sign-in. */
export const meSchema = z.object({
  login: z.string(),
  display_name: z.string(),
  role: z.enum(roles),
  area: z.string(),
  fixmedins_code: z.string().nullable(),
  permissions: z.array(z.enum(permissions)),
  pending: pendingSchema.nullable().describe('what has to be done before anything else'),
  has_second_factor: z.boolean(),
  idle_minutes: z.int().describe('signed out after so long without doing anything'),
});
export type Me = z.infer<typeof meSchema>;

export const doneSchema = z.object({ done: z.literal(true) });
export type Done = z.infer<typeof doneSchema>;

export const endedSchema = z.object({ sessions: z.int().describe('how many ended') });
export type Ended = z.infer<typeof endedSchema>;

export const sessionsShownMax = 100;
/** `GET /api/v1/me/sessions` */
export const sessionsSchema = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      current: z.boolean().describe('the one that asks'),
      address: z.string(),
      agent: z.string(),
      created_at: z.iso.datetime(),
      seen_at: z.iso.datetime(),
      expires_at: z.iso.datetime(),
    }),
  ),
});
export type Sessions = z.infer<typeof sessionsSchema>;

export const changePasswordSchema = z.strictObject({ current: secret, next: secret });

/** `GET /api/v1/me/second-factor` */
export const secondFactorSchema = z.object({
  enabled: z.boolean(),
  required: z.boolean().describe('by the role; it cannot be removed'),
  recovery_codes_left: z.int(),
});
export type SecondFactor = z.infer<typeof secondFactorSchema>;

export const withPasswordSchema = z.strictObject({ password: secret });
export const enrolmentSchema = z.object({
  secret: z.string().describe('base32, for typing'),
  uri: z.string().describe('otpauth, for the QR code'),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;
export const confirmSecondFactorSchema = z.strictObject({ code: z.string().trim().min(6).max(10) });
export const recoveryCodesSchema = z.object({ recovery_codes: z.array(z.string()) });
export type RecoveryCodes = z.infer<typeof recoveryCodesSchema>;

export const accountStates = ['active', 'disabled'] as const;
export const accountsShownMax = 5_000;

const place = { role: z.enum(roles), area, fixmedins_code: fixmedinsCode.nullable() };

export const accountRowSchema = z.object({
  login: z.string(),
  display_name: z.string(),
  role: z.enum(roles),
  area: z.string(),
  fixmedins_code: z.string().nullable(),
  state: z.enum(accountStates),
  demo: z.boolean(),
  must_change_password: z.boolean(),
  has_second_factor: z.boolean(),
  created_at: z.iso.datetime(),
  signed_in_at: z.iso.datetime().nullable(),
});
export type AccountRow = z.infer<typeof accountRowSchema>;

/** `GET /api/v1/accounts` */
export const accountsSchema = z.object({ accounts: z.array(accountRowSchema) });
export type Accounts = z.infer<typeof accountsSchema>;

export const newAccountSchema = z.strictObject({
  login: z.string().regex(loginPattern),
  display_name: displayName,
  ...place,
});
export type NewAccount = z.infer<typeof newAccountSchema>;

export const accountChangeSchema = z.strictObject({
  display_name: displayName,
  ...place,
  state: z.enum(accountStates),
});
export type AccountChange = z.infer<typeof accountChangeSchema>;

/** The generated password stands here and nowhere else. */
export const accountWithPasswordSchema = z.object({ login: z.string(), password: z.string() });
export type AccountWithPassword = z.infer<typeof accountWithPasswordSchema>;

export const keyDaysMax = 731;
export const keysShownMax = 2_000;

export const keyRowSchema = z.object({
  id: z.string(),
  prefix: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  fixmedins_code: z.string().nullable().describe('null: speaks for every institution'),
  state: z.enum(['live', 'expired', 'revoked']),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
  used_at: z.iso.datetime().nullable().describe('to the minute'),
});
export type KeyRow = z.infer<typeof keyRowSchema>;

/** `GET /api/v1/keys` */
export const keysSchema = z.object({ keys: z.array(keyRowSchema) });
export type Keys = z.infer<typeof keysSchema>;

export const newKeySchema = z.strictObject({
  name: displayName,
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
  fixmedins_code: fixmedinsCode.nullable(),
  days: z.int().min(1).max(keyDaysMax),
});
export type NewKey = z.infer<typeof newKeySchema>;

/** The token stands here and nowhere else. */
export const createdKeySchema = z.object({ key: keyRowSchema, token: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;
