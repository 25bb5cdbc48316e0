/** Signing in at the agency's own provider: OpenID Connect, authorization code with PKCE, state and nonce. */
import * as oidc from 'openid-client';
import { z } from 'zod';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where browsers find this installation, without a path: the provider sends them back there. */
  readonly publicUrl: string;
}

/** What the browser keeps between leaving for the provider and coming back. */
export const journeySchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string(),
});
export type Journey = z.infer<typeof journeySchema>;

export interface Vouched {
  readonly subject: string;
  readonly preferredUsername: string | null;
}

export interface Provider {
  /** Where to send the browser. @throws when the provider cannot be reached */
  readonly begin: (to: string) => Promise<{ url: string; journey: Journey }>;
  /** @param cameTo path and query of the request. @throws when anything about the answer is not as it must be */
  readonly finish: (cameTo: string, journey: Journey) => Promise<Vouched>;
}

export const callbackPath = '/api/v1/sign-in/provider/callback';
const scope = 'openid profile';
const timeoutS = 10;

export function openProvider(settings: ProviderSettings): Provider {
  let found: Promise<oidc.Configuration> | undefined;
  /** Asked for when it is first needed: the provider may be down when we start. */
  const discovered = async (): Promise<oidc.Configuration> => {
    found ??= discover(settings);
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
  const redirectUri = new URL(callbackPath, settings.publicUrl).href;
  return {
    begin: async (to) => {
      const journey = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        to,
      };
      const url = oidc.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope,
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, journey };
    },
    finish: async (cameTo, { state, nonce, verifier }) => {
      const tokens = await oidc.authorizationCodeGrant(
        await discovered(),
        new URL(cameTo, settings.publicUrl),
        { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      );
      const claims = claimsSchema.parse(tokens.claims());
      return { subject: claims.sub, preferredUsername: claims.preferred_username ?? null };
    },
  };
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  preferred_username: z.string().max(255).optional(),
});

async function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  // Without TLS only on this very host, where there is no network to listen on.
  const isHere = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return oidc.discovery(url, clientId, clientSecret, undefined, {
    timeout: timeoutS,
    ...(isHere ? { execute: [oidc.allowInsecureRequests] } : {}),
  });
}
