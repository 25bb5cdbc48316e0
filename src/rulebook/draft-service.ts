/** Drafts become versions here: what can be read as a rule is stored under the hash of its content, for a backtest or to be submitted. */
import type { Message } from '../claims/contract.ts';
import { transaction } from '../platform/database.ts';
import type { RulesInForce } from '../screening/in-force.ts';
import { checkTexts } from './check.ts';
import { textOf } from './content.ts';
import type { Check } from './contract.ts';
import { discardDraft, findDraft, type StoredDraft } from './draft-store.ts';
import { act, type Acted, type LifeDeps } from './life-service.ts';
import type { Who } from '../people/identify.ts';
import { startBacktest, type RunAnswer } from './run-service.ts';
import { findVersion, insertVersion } from './store.ts';

export async function checkDraft(
  { knowledge, asOf, rules }: LifeDeps & { readonly rules: RulesInForce },
  draft: Pick<StoredDraft, 'code' | 'document' | 'examples'>,
): Promise<Check> {
  const inForce = rules.current().rules.map(({ document }) => document);
  return (await checkTexts(draft, draft.code, knowledge(), asOf(), inForce)).check;
}

type Refused = { readonly ok: false; readonly code: 'not_found' | 'not_allowed'; readonly reason: Message };

/** Stores the content of one's draft as a version, which it may be already. @returns its hash */
async function versionOfDraft(
  deps: LifeDeps,
  who: Who,
  code: string,
): Promise<{ ok: true; hash: string } | Refused> {
  const author = who.actor.account;
  const draft = await findDraft(deps.database.pool, code, author);
  if (draft === null)
    return { ok: false, code: 'not_found', reason: { zh: '没有这个草稿', en: 'There is no such draft' } };
  const { content } = await checkTexts(draft, code, deps.knowledge(), deps.asOf());
  if (content === null)
    return {
      ok: false,
      code: 'not_allowed',
      reason: { zh: '草稿还不是可用的规则，请看检查结果', en: 'The draft is no rule yet; see its checks' },
    };
  const text = textOf(content);
  await transaction(deps.database, async (client) => {
    const based = draft.based_on === null ? null : await findVersion(client, draft.based_on);
    await insertVersion(client, {
      ...text,
      code,
      origin: 'written',
      author,
      based_on: based?.content_hash ?? null,
    });
  });
  return { ok: true, hash: text.content_hash };
}

/** Submits what the draft says now. The draft is gone then: it goes on as a version, and whoever edits begins another one. */
export async function submitDraft(deps: LifeDeps, who: Who, code: string): Promise<Acted> {
  const stored = await versionOfDraft(deps, who, code);
  if (!stored.ok) return stored;
  const acted = await act(deps, who, stored.hash, 'submit');
  if (acted.ok) await discardDraft(deps.database.pool, code, who.actor.account);
  return acted;
}

/** Examples may still fail: how often it would hit can be known before. */
export async function backtestDraft(deps: LifeDeps, who: Who, code: string): Promise<RunAnswer> {
  const stored = await versionOfDraft(deps, who, code);
  return stored.ok ? startBacktest(deps.database, who.actor, stored.hash) : stored;
}
