import { setTimeout as sleep } from 'node:timers/promises';
import { intakeReplySchema } from '../../src/claims/contract.ts';

export interface Sending {
  /** Every request goes to one of them; when that one does not answer, to the next. */
  readonly apis: readonly string[];
  readonly requests: readonly string[];
  /** Of an API key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly senders: number;
  /** Waited before each request, so that there is time for something to happen. */
  readonly pauseMs: number;
  readonly onAnswered: (answered: number) => void;
}

const answerMs = 20_000;
const retryMs = 200;
const sendMs = 300_000;

/** Sends until every claim has an answer. Whoever is killed, frozen or cut off meanwhile is asked again, or another is. */
export async function sendAll(sending: Sending): Promise<void> {
  let next = 0;
  let answered = 0;
  const sender = async (): Promise<void> => {
    for (let at = next++; at < sending.requests.length; at = next++) {
      await sleep(sending.pauseMs);
      await sendOne(sending, at, sending.requests[at] ?? '');
      answered += 1;
      sending.onAnswered(answered);
    }
  };
  await Promise.all(Array.from({ length: sending.senders }, sender));
}

async function sendOne({ apis, headers }: Sending, at: number, body: string): Promise<void> {
  const giveUpAt = performance.now() + sendMs;
  for (let attempt = 0; performance.now() < giveUpAt; attempt += 1) {
    const answer = await ask(apis[(at + attempt) % apis.length] ?? '', headers, body).catch(() => null);
    if (answer !== null) {
      const { counts } = intakeReplySchema.parse(JSON.parse(answer));
      if (counts.rejected > 0) throw new Error(`${counts.rejected} claims were rejected`);
      return;
    }
    await sleep(retryMs);
  }
  throw new Error(`a request had no answer within ${sendMs / 1000} s`);
}

async function ask(api: string, key: Sending['headers'], body: string): Promise<string | null> {
  const response = await fetch(`${api}/api/v1/claims`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...key },
    body,
    signal: AbortSignal.timeout(answerMs),
  });
  const text = await response.text();
  return response.ok ? text : null;
}
